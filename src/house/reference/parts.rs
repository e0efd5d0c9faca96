//! The parts of a comment: what it does, its parameters, what it returns, and from where it may be called.

use crate::house::header::{GENERATED, Item, items};

/// The comment of a function.
#[derive(Default, Debug, PartialEq)]
pub(super) struct Parts {
    /// Paragraphs.
    pub(super) text: Vec<String>,
    /// The names as they stand there ("text, length"), and the meaning.
    pub(super) parameters: Vec<(String, String)>,
    /// What it returns: statuses with their meaning, or one sentence without a name.
    pub(super) returns: Vec<(String, String)>,
    /// Callbacks, threads, and since when.
    pub(super) rules: String,
}

/// Paragraphs of a comment without parts.
pub(super) fn paragraphs(lines: &[String]) -> Vec<String> {
    lines.split(|line| line.is_empty()).map(|part| part.join(" ")).filter(|part| !part.is_empty()).collect()
}

pub(super) fn parts(item: &Item) -> Parts {
    let names = item.parameters();
    let is_parameters = |line: &str| {
        line.split_once(": ").is_some_and(|(before, _)| before.split(", ").all(|name| names.contains(&name)))
    };
    let begins_part =
        |line: &str| is_parameters(line) || line.starts_with("Returns ") || line.starts_with("Callbacks: ");
    let body = item.lines.iter().position(|line| begins_part(line)).unwrap_or(item.lines.len());
    let mut parts = Parts { text: paragraphs(&item.lines[..body]), ..Parts::default() };
    let mut rest: Vec<String> = Vec::new();
    for line in item.lines[body..].iter().filter(|line| !line.is_empty()) {
        match rest.last_mut().filter(|_| !begins_part(line)) {
            Some(last) => *last = format!("{last} {line}"),
            None => rest.push(line.clone()),
        }
    }
    for part in rest {
        if let Some(returns) = part.strip_prefix("Returns ") {
            parts.returns = statuses(returns);
        } else if part.starts_with("Callbacks: ") {
            parts.rules = part;
        } else if let Some((names, meaning)) = part.split_once(": ") {
            parts.parameters.push((names.to_owned(), meaning.to_owned()));
        }
    }
    parts
}

/// "SFO_OK; SFO_ERR_INVALID: a pointer is NULL; SFO_ERR_BUSY." in its statuses.
fn statuses(returns: &str) -> Vec<(String, String)> {
    if !returns.starts_with("SFO_") {
        return vec![(String::new(), returns.to_owned())];
    }
    let mut found: Vec<(String, String)> = Vec::new();
    for piece in returns.trim_end_matches('.').split("; ") {
        let end = piece.find(|letter: char| !letter.is_ascii_uppercase() && letter != '_').unwrap_or(piece.len());
        let (name, rest) = piece.split_at(end);
        match found.last_mut().filter(|_| !name.starts_with("SFO_")) {
            Some((_, meaning)) => *meaning = format!("{meaning}; {piece}"),
            None => {
                let meaning = rest.trim_start_matches([':', ',', ' ']);
                found.push((name.to_owned(), sentence(name, meaning)));
            }
        }
    }
    found
}

/// Statuses that are explained once for all functions take their meaning from the header's constants.
fn sentence(name: &str, meaning: &str) -> String {
    let (own, further) = meaning.split_once(". ").unwrap_or((meaning.trim_start_matches('.'), ""));
    let mut out = if own.is_empty() { general(name) } else { format!("{own}.") };
    if !further.is_empty() {
        out.push_str(&format!(" {further}."));
    }
    out
}

fn general(name: &str) -> String {
    let define = format!("#define {name} ");
    items(GENERATED)
        .iter()
        .find(|item| item.code.starts_with(&define))
        .map_or(String::new(), |item| item.comment.clone())
}

#[test]
fn a_comment_is_taken_apart() {
    let header = "/* Does it,\n * twice.\n *\n * Well.\n *\n * a, b: what\n * it is.\n * Returns SFO_OK, always; SFO_ERR_IO: no file; none; \
        SFO_ERR_BUSY.\n * Callbacks: any.\n * Since 0.1.\n */\nsfo_status sfo_f(int32_t a,\n  int32_t b);\n";
    let found = parts(&items(header)[0]);
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(found.text, ["Does it, twice.", "Well."]);
    assert_eq!(found.parameters, [pair("a, b", "what it is.")]);
    assert_eq!(
        found.returns,
        [
            pair("SFO_OK", "always."),
            pair("SFO_ERR_IO", "no file.; none"),
            pair("SFO_ERR_BUSY", "Another thread is inside a call on the same engine.")
        ]
    );
    assert_eq!(found.rules, "Callbacks: any. Since 0.1.");
}

#[test]
fn no_part_of_a_function_gets_lost() {
    for item in items(GENERATED).iter().filter(|item| !item.is_member && item.function().is_some()) {
        let found = parts(item);
        assert!(!found.text.is_empty() && found.rules.contains("Since 0."), "{}: {found:?}", item.code);
        let told: usize = found.parameters.iter().map(|(names, _)| names.split(", ").count()).sum();
        assert!(told <= item.parameters().len(), "{}: {found:?}", item.code);
        assert_eq!(found.returns.is_empty(), item.code.starts_with("void "), "{}", item.code);
    }
}
