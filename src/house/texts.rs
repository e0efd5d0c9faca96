//! Nothing refers to papers that are not in the repository.

use super::{assert_none, path};
use std::fs;
use std::path::Path;

/// What the repository consists of; build directories are not.
const ROOTS: [&str; 14] = [
    "src",
    "include",
    "cmake",
    "c-tests",
    "examples",
    "docs",
    "fuzz",
    ".ci",
    "build.rs",
    "Cargo.toml",
    "CMakeLists.txt",
    "README.md",
    "CHANGELOG.md",
    "deny.toml",
];

/// Each in two halves, so that this file does not contain them.
const FOREIGN: [(&str, &str); 9] = [
    ("../sha", "red"),
    ("/wo", "rk/"),
    ("/tm", "p/wt-"),
    ("1-para", "meters"),
    ("2-beha", "viour"),
    ("3-tra", "ces"),
    ("4-c-a", "pi"),
    ("5-hou", "se"),
    ("6-scena", "rios"),
];

/// Folders of no prose: builds, and what a fuzzer made.
const PASSED_OVER: [&str; 5] = ["target", "corpus", "corpus-regression", "artifacts", "coverage"];

fn collect(place: &Path, files: &mut Vec<(String, String)>) {
    if place.is_dir() {
        for entry in fs::read_dir(place).unwrap() {
            let entry = entry.unwrap();
            if !PASSED_OVER.iter().any(|name| entry.file_name() == *name) {
                collect(&entry.path(), files);
            }
        }
    } else if let Ok(text) = fs::read_to_string(place) {
        let name = place.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(place);
        files.push((name.display().to_string(), text));
    }
}

fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    ROOTS.iter().for_each(|root| collect(&path(root), &mut files));
    files
}

/// Numbers of sections belong to RFCs, numbers of rules to nothing that a reader of the repository has.
fn findings(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut context = String::new();
    for (number, line) in (1..).zip(text.lines()) {
        let foreign = FOREIGN.iter().map(|(a, b)| format!("{a}{b}")).find(|foreign| line.contains(foreign.as_str()));
        if let Some(foreign) = foreign {
            found.push(format!("{name}:{number}: {foreign}"));
        }
        let is_comment = line.trim_start().starts_with(['/', '*', '#', '|']);
        context = if is_comment { format!("{context} {line}") } else { line.to_owned() };
        if line.contains('\u{a7}') && !context.contains("RFC") {
            found.push(format!("{name}:{number}: a section of which paper?"));
        }
        if has_rule_number(line) {
            found.push(format!("{name}:{number}: a rule of which paper?"));
        }
    }
    found
}

fn has_rule_number(line: &str) -> bool {
    let lower = line.to_lowercase();
    let digit_follows = |at: usize| lower[at..].starts_with(|letter: char| letter.is_ascii_digit());
    ["rule ", "rules ", "spec "]
        .iter()
        .any(|word| lower.match_indices(word).any(|(at, _)| digit_follows(at + word.len())))
}

#[test]
fn everything_referred_to_is_in_the_repository() {
    let files = files();
    assert!(files.len() > 100, "the repository was not found");
    let found: Vec<String> = files.iter().flat_map(|(name, text)| findings(name, text)).collect();
    assert_none("references to papers that are not in the repository", &found);
}

#[test]
fn the_test_sees_foreign_references() {
    let foreign: Vec<String> = FOREIGN.iter().map(|(a, b)| format!("// see {a}{b}.")).collect();
    for text in &foreign {
        assert_eq!(findings("a.rs", text).len(), 1, "{text}");
    }
    assert_eq!(findings("a.rs", "// by \u{a7}2.3").len(), 1);
    assert_eq!(findings("a.rs", &["// ru", "le 17"].concat()).len(), 1);
    assert!(findings("a.rs", "// RFC 3261 \u{a7}17\n// and \u{a7}18").is_empty());
}
