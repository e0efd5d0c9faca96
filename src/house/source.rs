//! Rust sources as tokens, with comments and literals taken out and test code marked.

use super::path;
use std::fs;
use std::path::Path;

/// A word, a number or a punctuation mark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// From 1.
    pub line: usize,
    /// As written; `::` is one token.
    pub text: String,
    /// Inside of an item with `#[cfg(test)]`, or in a file that is one.
    pub is_test: bool,
    /// Modules within the file that are open here.
    pub depth: usize,
}

/// A path like `crate::types::Time`.
pub struct Named {
    /// From 1.
    pub line: usize,
    /// As of its first token.
    pub is_test: bool,
    /// As of its first token.
    pub depth: usize,
    /// The whole path.
    pub path: String,
}

/// One Rust file below `src`.
pub struct Source {
    /// Relative to `src`, for example `account/walk.rs`.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Its tokens.
    pub tokens: Vec<Token>,
}

impl Source {
    /// The folder below `src`; empty for files directly in it.
    pub fn folder(&self) -> &str {
        self.name.split_once('/').map_or("", |(folder, _)| folder)
    }

    /// Reads a file that does not exist on disk.
    pub fn new(name: &str, text: &str) -> Source {
        let mut tokens = tokens(&without_literals(text));
        mark_tests(&mut tokens);
        mark_modules(&mut tokens);
        Source { name: name.to_owned(), text: text.to_owned(), tokens }
    }

    /// All paths, imports with braces written out.
    pub fn paths(&self) -> Vec<Named> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            at = read_path(&self.tokens, at, "", &mut found).max(at + 1);
        }
        found
    }
}

/// All Rust files below `src` but for these tests themselves.
pub fn sources() -> Vec<Source> {
    let mut names = Vec::new();
    collect(&path("src"), "", &mut names);
    names.sort();
    let read = |name: &String| Source::new(name, &super::read(&format!("src/{name}")));
    let mut all: Vec<Source> = names.iter().filter(|name| !name.starts_with("house/")).map(read).collect();
    mark_test_files(&mut all);
    assert!(all.len() > 60, "the sources were not found");
    all
}

fn collect(directory: &Path, prefix: &str, names: &mut Vec<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{name}/"), names);
        } else if name.ends_with(".rs") {
            names.push(name);
        }
    }
}

/// Blanks out comments, strings and character literals; lines stay where they are.
pub fn without_literals(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        let end = literal_end(&letters, at);
        if end == at {
            out.push(letters[at]);
            at += 1;
        } else {
            out.extend(letters[at..end].iter().map(|letter| if *letter == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// Where the comment or literal that begins at `at` ends; `at` if none begins there.
fn literal_end(letters: &[char], at: usize) -> usize {
    let next = letters.get(at + 1).copied();
    let behind_word = at > 0 && (letters[at - 1].is_alphanumeric() || letters[at - 1] == '_');
    match letters[at] {
        '/' if next == Some('/') => find(letters, at, |rest| rest[0] == '\n'),
        '/' if next == Some('*') => find(letters, at + 2, |rest| rest.starts_with(&['*', '/'])) + 2,
        '"' => string_end(letters, at + 1),
        'b' | 'c' if !behind_word && next == Some('"') => string_end(letters, at + 2),
        'r' if !behind_word => raw_string_end(letters, at),
        '\'' if next == Some('\\') => find(letters, at + 3, |rest| rest[0] == '\'') + 1,
        '\'' if letters.get(at + 2) == Some(&'\'') => at + 3,
        _ => at,
    }
    .min(letters.len())
}

fn find(letters: &[char], from: usize, is_end: impl Fn(&[char]) -> bool) -> usize {
    (from..letters.len()).find(|at| is_end(&letters[*at..])).unwrap_or(letters.len())
}

fn string_end(letters: &[char], from: usize) -> usize {
    let mut at = from;
    while at < letters.len() && letters[at] != '"' {
        at += if letters[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

fn raw_string_end(letters: &[char], at: usize) -> usize {
    let hashes = letters[at + 1..].iter().take_while(|letter| **letter == '#').count();
    if letters.get(at + 1 + hashes) != Some(&'"') {
        return at;
    }
    let mut close = vec!['"'];
    close.extend(std::iter::repeat_n('#', hashes));
    find(letters, at + 2 + hashes, |rest| rest.starts_with(&close)) + close.len()
}

fn tokens(text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        let mut rest = content.trim_start();
        while let Some(first) = rest.chars().next() {
            let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
            let length = match first {
                _ if is_word(first) => rest.find(|letter| !is_word(letter)).unwrap_or(rest.len()),
                ':' if rest.starts_with("::") => 2,
                _ => first.len_utf8(),
            };
            let (token, behind) = rest.split_at(length);
            out.push(Token { line, text: token.to_owned(), is_test: false, depth: 0 });
            rest = behind.trim_start();
        }
    }
    out
}

fn text_at(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| &token.text)
}

/// Attributes of what never ships: the tests, and what fuzzing shares with them.
const TEST_ATTRIBUTES: [&[&str]; 3] = [
    &["#", "[", "cfg", "(", "test", ")", "]"],
    &["#", "[", "cfg", "(", "any", "(", "test", ",", "fuzzing", ")", ")", "]"],
    // The only feature there is, which another test holds.
    &["#", "[", "cfg", "(", "any", "(", "test", ",", "feature", "=", ")", ")", "]"],
];

/// The token behind such an attribute, if one begins at `at`.
fn test_attribute_end(tokens: &[Token], at: usize) -> Option<usize> {
    let begins = |words: &&&[&str]| words.iter().enumerate().all(|(i, word)| text_at(tokens, at + i) == *word);
    TEST_ATTRIBUTES.iter().find(begins).map(|words| at + words.len())
}

/// The token behind the item that begins at `from`: its body in braces, or its semicolon.
fn item_end(tokens: &[Token], from: usize) -> usize {
    let (mut depth, mut at) = (0_i32, from);
    while at < tokens.len() {
        match text_at(tokens, at) {
            "{" | "(" | "[" => depth += 1,
            "}" if depth == 1 => return at + 1,
            "}" | ")" | "]" => depth -= 1,
            ";" | "," if depth == 0 => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at
}

fn mark_tests(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        if let Some(behind) = test_attribute_end(tokens, at) {
            let end = item_end(tokens, behind);
            tokens[at..end].iter_mut().for_each(|token| token.is_test = true);
        }
    }
}

fn mark_modules(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        if text_at(tokens, at) == "mod" && text_at(tokens, at + 2) == "{" {
            let end = item_end(tokens, at);
            tokens[at + 2..end].iter_mut().for_each(|token| token.depth += 1);
        }
    }
}

/// The file that `#[path = "..."]` above a test module names: a literal, so not among the tokens.
fn test_paths(source: &Source) -> Vec<&str> {
    let lines: Vec<&str> = source.text.lines().map(str::trim).collect();
    let behind_test = lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]");
    behind_test.filter_map(|pair| pair[1].strip_prefix("#[path = \"")?.strip_suffix(".rs\"]")).collect()
}

/// Marks the files of `#[cfg(test)] mod name;`, and what is below them.
fn mark_test_files(all: &mut [Source]) {
    let mut test_modules = Vec::new();
    for source in all.iter() {
        let folder = source.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (at, token) in source.tokens.iter().enumerate() {
            if token.is_test && token.text == "mod" && text_at(&source.tokens, at + 2) == ";" {
                let module = format!("{folder}/{}", text_at(&source.tokens, at + 1));
                test_modules.push(module.trim_start_matches('/').to_owned());
            }
        }
        test_modules.extend(test_paths(source).iter().map(|name| format!("{folder}/{name}")));
    }
    for source in all {
        let is_below = |module: &String| {
            source.name.strip_prefix(module.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        if test_modules.iter().any(is_below) {
            source.tokens.iter_mut().for_each(|token| token.is_test = true);
        }
    }
}

/// Reads the path that begins at `at`, with all branches of its braces, and returns where it ends.
fn read_path(tokens: &[Token], at: usize, prefix: &str, found: &mut Vec<Named>) -> usize {
    let is_word = |text: &str| text.starts_with(|letter: char| letter.is_alphabetic() || letter == '_');
    let Some(first) = tokens.get(at).filter(|token| is_word(&token.text)) else { return at };
    let mut whole = format!("{prefix}{}", first.text);
    let mut end = at + 1;
    while text_at(tokens, end) == "::" {
        let next = text_at(tokens, end + 1);
        if is_word(next) {
            whole.push_str("::");
            whole.push_str(next);
            end += 2;
        } else if next == "{" {
            return read_branches(tokens, end + 2, &format!("{whole}::"), found);
        } else {
            break;
        }
    }
    found.push(Named { line: first.line, is_test: first.is_test, depth: first.depth, path: whole });
    end
}

fn read_branches(tokens: &[Token], from: usize, prefix: &str, found: &mut Vec<Named>) -> usize {
    let mut at = from;
    while at < tokens.len() && text_at(tokens, at) != "}" {
        at = read_path(tokens, at, prefix, found).max(at + 1);
    }
    at + 1
}

#[test]
fn comments_and_literals_are_no_code() {
    let text = "a /* b */ \"c \\\" d\" 'e' '\\'' r#\"f \" g\"# 'life h // i\nj";
    let words: Vec<String> = tokens(&without_literals(text)).into_iter().map(|token| token.text).collect();
    assert_eq!(words, ["a", "'", "life", "h", "j"]);
}

#[test]
fn paths_are_written_out_and_test_code_is_marked() {
    let source = Source::new(
        "x/y.rs",
        "use a::{b::{c, d}, e};\n#[cfg(test)]\nmod tests { use f::g; }\nfn h() { i::j(); }\n\
            #[cfg(any(test, fuzzing))]\n#[forbid(unsafe_code)]\npub mod k { use l::m; }\nuse n::o;",
    );
    let named: Vec<(bool, String)> = source.paths().into_iter().map(|named| (named.is_test, named.path)).collect();
    for (is_test, path) in [
        (false, "a::b::c"),
        (false, "a::b::d"),
        (false, "a::e"),
        (true, "f::g"),
        (false, "i::j"),
        (true, "l::m"),
        (false, "n::o"),
    ] {
        assert!(named.contains(&(is_test, path.to_owned())), "{path}");
    }
}
