//! What the page about troubles quotes of explanation and trace, the library does say.

use super::source::sources;
use super::{assert_none, read};

const PAGE: &str = "docs/troubleshooting.md";

/// The quoted sentences, cut where the library puts something in. Names, keys and single words are no sentences.
fn quoted(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in page.lines() {
        for words in line.split('`').skip(1).step_by(2) {
            let is_sentence = words.starts_with(|letter: char| letter.is_ascii_lowercase()) && !words.contains('=');
            if is_sentence {
                found.extend(words.split("...").map(|piece| piece.trim().to_owned()));
            }
        }
    }
    found.retain(|piece| piece.contains(' '));
    found
}

#[test]
fn the_library_says_what_the_page_about_troubles_quotes() {
    let all = sources();
    let says = |words: &str| all.iter().any(|source| !source.name.contains("tests") && source.text.contains(words));
    let quoted = quoted(&read(PAGE));
    assert!(quoted.len() > 10, "the quotations were not found: {quoted:?}");
    let unknown: Vec<String> = quoted.into_iter().filter(|words| !says(words)).collect();
    assert_none("what docs/troubleshooting.md quotes and the library does not say", &unknown);
}

#[test]
fn the_test_sees_quotations() {
    let page = "a `first word ... second part` and `key = 1`, `SFO_OK x`, `word`\n";
    assert_eq!(quoted(page), ["first word", "second part"]);
}
