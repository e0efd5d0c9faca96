//! `docs/reference.md`: a chapter for each subject, with links between them.

use super::Part;
use super::parts::{paragraphs, parts};
use super::subjects::name_of;
use crate::house::header::Item;
use std::fmt::Write;

const OPENING: &str = "# Reference of the C interface

Made from the comments of [`sipfailover.h`](../include/sipfailover.h); do not edit. The same is in the manual: `man sipfailover`, then
`man sfo_request_start` and so on. Which function may be called from where is on [one page](calls.md), too. How the parts work
together is in [integration.md](integration.md).

";

pub(super) fn page(rules: &[(String, String)], all: &[Part]) -> String {
    let mut out = OPENING.to_owned();
    let names = linked_names(all);
    out.push_str("| subject | functions |\n|---|---|\n");
    for part in all {
        let functions: Vec<String> = part.functions.iter().map(|one| link(name_of(one), "()")).collect();
        let _ =
            writeln!(out, "| [{}](#{}) | {} |", part.subject.title, anchor(part.subject.title), functions.join(", "));
    }
    out.push_str("\n## The rules on one page\n\n");
    for (heading, text) in rules {
        let _ = writeln!(out, "* **{}**: {}", lowercase(heading), prose(text, &names));
    }
    for part in all {
        chapter(&mut out, part, &names);
    }
    out
}

fn chapter(out: &mut String, part: &Part, names: &[String]) {
    let _ = writeln!(out, "\n## {}\n\n{}", part.subject.title, part.subject.purpose);
    part.functions.iter().for_each(|item| function(out, item, names));
    for (item, members) in &part.types {
        let _ = writeln!(out, "\n### {}\n", name_of(item));
        described(out, item, names);
        if members.is_empty() {
            continue;
        }
        out.push_str("\n| member | type | meaning |\n|---|---|---|\n");
        for member in members {
            let meaning = prose(&member.comment, names);
            let _ = writeln!(out, "| `{}` | `{}` | {meaning} |", name_of(member), type_of(member));
        }
    }
    if part.constants.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "\n### Constants: {}\n\n| constant | value | meaning |\n|---|---|---|",
        lowercase(part.subject.title)
    );
    for constant in &part.constants {
        let value = constant.code.splitn(3, ' ').nth(2).unwrap_or_default();
        let meaning = prose(&constant.comment, names);
        let _ = writeln!(out, "| `{}` | `{value}` | {meaning} |", name_of(constant));
    }
}

fn function(out: &mut String, item: &Item, names: &[String]) {
    let found = parts(item);
    let _ = writeln!(out, "\n### {}\n\n```c\n{}\n```\n", name_of(item), item.folded());
    let text: Vec<String> = found.text.iter().map(|one| prose(one, names)).collect();
    let _ = writeln!(out, "{}", text.join("\n\n"));
    let mut lines: Vec<String> = Vec::new();
    for (names_of_parameters, meaning) in &found.parameters {
        lines.push(format!("* `{}`: {}", names_of_parameters.replace(", ", "`, `"), prose(meaning, names)));
    }
    for (status, meaning) in &found.returns {
        let meaning = prose(meaning, names);
        lines.push(match status.as_str() {
            "" => format!("* returns {meaning}"),
            "SFO_OK" if meaning == "The call did what it should." => "* returns `SFO_OK`".to_owned(),
            _ => format!("* returns `{status}`: {meaning}"),
        });
    }
    lines.push(format!("* {}", prose(&found.rules, names)));
    let _ = writeln!(out, "\n{}", lines.join("\n"));
}

fn described(out: &mut String, item: &Item, names: &[String]) {
    let text: Vec<String> = paragraphs(&item.lines).iter().map(|one| prose(one, names)).collect();
    let _ = writeln!(out, "{}", text.join("\n\n"));
}

/// The type of a member, without its name.
fn type_of(member: &Item) -> String {
    let code = member.code.trim_end_matches(';');
    if code.contains("(*") {
        return code.to_owned();
    }
    let (kind, name) = code.rsplit_once([' ', '*']).unwrap_or((code, ""));
    let array = name.find('[').map_or("", |at| &name[at..]);
    let star = if code.contains('*') { "*" } else { "" };
    format!("{}{star}{array}", kind.trim_start_matches("struct ").trim_end_matches('*'))
}

/// What has a heading of its own.
fn linked_names(all: &[Part]) -> Vec<String> {
    let functions = all.iter().flat_map(|part| part.functions.iter());
    let types = all.iter().flat_map(|part| part.types.iter().map(|(item, _)| item));
    functions.chain(types).map(|item| name_of(item).to_owned()).collect()
}

/// Names of C as code, those with a heading as links; what means something in Markdown or in a table is escaped.
fn prose(text: &str, names: &[String]) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut in_code = false;
    while let Some(first) = rest.chars().next() {
        let length = word_length(rest).max(first.len_utf8());
        let (word, behind) = rest.split_at(length);
        rest = behind;
        in_code ^= word == "`";
        if in_code || word.len() == 1 {
            out.push_str(&if in_code { word.to_owned() } else { escaped(word) });
            continue;
        }
        let call = if rest.starts_with("()") { "()" } else { "" };
        let owner = word.split('.').next().unwrap_or_default();
        if names.iter().any(|name| name == owner) {
            let _ = write!(out, "[`{word}{call}`](#{owner})");
        } else if word.contains('_') {
            let _ = write!(out, "`{word}{call}`");
        } else {
            let _ = write!(out, "{word}{call}");
        }
        rest = &rest[call.len()..];
    }
    out
}

/// How long the name at the beginning is: `sfo_send.server`, `SFO_LOG_...`, `..._INIT`, `sfo_..._new`.
fn word_length(text: &str) -> usize {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut at = 0;
    loop {
        at += text[at..].find(|letter| !is_name(letter)).unwrap_or(text.len() - at);
        let rest = &text[at..];
        if text[..at].contains('_') && rest.starts_with("...") || rest.starts_with("..._") {
            at += 3;
        } else if at > 0 && rest.starts_with('.') && rest[1..].starts_with(is_name) {
            at += 1;
        } else {
            return at;
        }
    }
}

fn escaped(mark: &str) -> String {
    match mark {
        "*" | "<" | "|" | "[" => format!("\\{mark}"),
        _ => mark.to_owned(),
    }
}

fn link(name: &str, behind: &str) -> String {
    format!("[`{name}{behind}`](#{name})")
}

fn anchor(title: &str) -> String {
    let kept = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, ' ' | '_' | '-');
    title.to_lowercase().chars().filter(kept).map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

fn lowercase(text: &str) -> String {
    if text == "DNS" { text.to_owned() } else { text.to_lowercase() }
}

#[test]
fn names_become_links_and_marks_are_escaped() {
    let names = ["sfo_f".to_owned()];
    assert_eq!(prose("Call sfo_f() or sfo_g; a*b", &names), "Call [`sfo_f()`](#sfo_f) or `sfo_g`; a\\*b");
    assert_eq!(prose("SFO_LOG_... and `a*b`", &names), "`SFO_LOG_...` and `a*b`");
    assert_eq!(
        prose("sfo_f.x, sfo_..._new(), ..._INIT, a.b_c.", &names),
        "[`sfo_f.x`](#sfo_f), `sfo_..._new()`, `..._INIT`, `a.b_c`."
    );
}
