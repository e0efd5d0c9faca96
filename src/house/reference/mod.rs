//! The reference of the C interface and its manual pages: made from the comments of the header, and compared with the
//! committed files.
//!
//! * [`subjects`]: what belongs together on one page.
//! * [`parts`]: a comment of the header in its parts.
//! * [`markdown`]: makes `docs/reference.md`.
//! * [`manual`]: makes `docs/man/*.3`.

mod manual;
mod markdown;
mod parts;
mod subjects;

use super::header::{GENERATED, Item, compare, items};
use super::{assert_none, path};
use subjects::{SUBJECTS, Subject, name_of};

/// What the header declares for one subject, in its order.
struct Part {
    subject: &'static Subject,
    functions: Vec<Item>,
    /// A struct or another type, with its members.
    types: Vec<(Item, Vec<Item>)>,
    constants: Vec<Item>,
}

/// The whole header, subject by subject.
fn parts_of(header: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = SUBJECTS
        .iter()
        .map(|subject| Part { subject, functions: Vec::new(), types: Vec::new(), constants: Vec::new() })
        .collect();
    let mut open = 0;
    for item in items(header) {
        if item.is_member {
            if let Some((_, members)) = parts[open].types.last_mut() {
                members.push(item);
            }
            continue;
        }
        let Some(at) = subjects::of(name_of(&item)) else { continue };
        if item.function().is_some() {
            parts[at].functions.push(item);
        } else if item.code.starts_with("#define") {
            parts[at].constants.push(item);
        } else {
            open = at;
            parts[at].types.push((item, Vec::new()));
        }
    }
    parts
}

/// The rules of the interface, which open the header: a heading and its text.
fn rules_of(header: &str) -> Vec<(String, String)> {
    let opening = header.split_once("*/").map_or("", |(opening, _)| opening);
    let mut rules: Vec<(String, String)> = Vec::new();
    for line in opening.lines().skip(1).map(|line| line.trim_start().trim_start_matches('*')) {
        let text = line.strip_prefix(' ').unwrap_or(line);
        let is_heading = text.starts_with(|letter: char| letter.is_ascii_uppercase()) && text.contains("  ");
        if let (true, Some((heading, rest))) = (is_heading, text.split_once("  ")) {
            rules.push((heading.to_owned(), rest.trim().to_owned()));
        } else if text.starts_with("   ") {
            if let Some((_, rule)) = rules.last_mut() {
                rule.push(' ');
                rule.push_str(text.trim());
            }
        } else if !rules.is_empty() {
            break;
        }
    }
    rules
}

#[test]
fn every_item_of_the_header_has_a_subject_and_every_subject_an_item() {
    let all = items(GENERATED);
    let homeless: Vec<String> = all
        .iter()
        .filter(|item| !item.is_member && subjects::of(name_of(item)).is_none())
        .map(|item| format!("{}: add it to src/house/reference/subjects.rs", name_of(item)))
        .collect();
    assert_none("items without a subject", &homeless);
    let names: Vec<&str> = all.iter().map(name_of).collect();
    let idle: Vec<String> = SUBJECTS
        .iter()
        .flat_map(|subject| subject.prefixes)
        .filter(|prefix| !names.iter().any(|name| name.starts_with(*prefix)))
        .map(|prefix| (*prefix).to_owned())
        .collect();
    assert_none("prefixes that fit nothing", &idle);
}

#[test]
fn the_rules_on_one_page_are_found() {
    let rules = rules_of(GENERATED);
    assert!(rules.len() > 10, "{rules:?}");
    assert!(rules.iter().all(|(_, text)| text.len() > 40), "{rules:?}");
}

#[test]
fn the_reference_is_made_from_the_header() {
    compare("docs/reference.md", &markdown::page(&rules_of(GENERATED), &parts_of(GENERATED)));
}

#[test]
fn the_manual_pages_are_made_from_the_header() {
    let parts = parts_of(GENERATED);
    compare("docs/man/sipfailover.3", &manual::overview(&rules_of(GENERATED), &parts));
    for part in &parts {
        compare(&format!("docs/man/{}.3", part.subject.manual()), &manual::page(part));
    }
    let mut wanted: Vec<String> = parts.iter().map(|part| format!("{}.3", part.subject.manual())).collect();
    wanted.push("sipfailover.3".to_owned());
    let foreign: Vec<String> = std::fs::read_dir(path("docs/man"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".3") && !wanted.contains(name))
        .collect();
    assert_none("manual pages of no subject", &foreign);
}
