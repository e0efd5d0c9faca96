//! The C header: the committed file is the generated one, and it documents everything.
//!
//! `SFO_BLESS=1 cargo test house` rewrites the committed files after a change that was meant.

use super::{assert_none, path, read};
use std::fs;

pub(super) const GENERATED: &str = include_str!(concat!(env!("OUT_DIR"), "/sipfailover.h"));
const HEADER: &str = "include/sipfailover.h";
const SYMBOLS: &str = "c-tests/api/symbols.txt";

/// A declaration with the comment directly above it.
#[derive(Debug)]
pub(super) struct Item {
    line: usize,
    /// All of it on one line.
    pub(super) comment: String,
    /// Line by line, without the marks of a comment.
    pub(super) lines: Vec<String>,
    /// The declaration on one line.
    pub(super) code: String,
    /// Of the struct above it.
    pub(super) is_member: bool,
}

impl Item {
    /// The function that this item declares.
    pub(super) fn function(&self) -> Option<&str> {
        let (before, _) = self.code.split_once('(')?;
        let name = before.rsplit([' ', '*']).next()?;
        (name.starts_with("sfo_") && !self.code.starts_with("#define")).then_some(name)
    }

    /// The declaration, with a parameter to a line where it is long.
    pub(super) fn folded(&self) -> String {
        // Eighty columns, less the indentation of a manual page.
        if self.code.len() <= 72 {
            return self.code.clone();
        }
        let (before, _) = self.code.split_once('(').unwrap_or((&self.code, ""));
        format!("{before}(\n    {});", self.parameter_declarations().join(",\n    "))
    }

    /// The parameters of a function as they are declared.
    pub(super) fn parameter_declarations(&self) -> Vec<&str> {
        let inside =
            self.code.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')).map_or("", |(inside, _)| inside);
        inside.split(',').map(str::trim).filter(|one| !matches!(*one, "" | "void")).collect()
    }

    /// The names of the parameters of a function.
    pub(super) fn parameters(&self) -> Vec<&str> {
        self.parameter_declarations().into_iter().filter_map(|one| one.rsplit([' ', '*']).next()).collect()
    }
}

/// Constants that explain each other: one comment stands above all of them.
fn is_in_group(code: &str) -> bool {
    code.starts_with("#define SFO_VERSION_") || (code.starts_with("#define") && code.contains("_INIT "))
}

/// Everything that a header declares: functions, structs, their members, types and constants.
pub(super) fn items(header: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let (mut comment, mut code, mut first) = (Vec::<String>::new(), String::new(), 0);
    let (mut in_comment, mut is_member) = (false, false);
    for (number, line) in (1..).zip(header.lines()) {
        let text = line.trim();
        if in_comment || (code.is_empty() && text.starts_with("/*")) {
            if !in_comment {
                comment.clear();
            }
            let content = text.trim_start_matches("/*").trim_end_matches("*/").trim_start_matches('*');
            comment.push(content.trim().to_owned());
            in_comment = !text.ends_with("*/");
            continue;
        }
        if text.is_empty() || is_frame(text) {
            comment.clear();
            continue;
        }
        if code.is_empty() {
            (first, is_member) = (number, line.starts_with("  "));
        }
        code.push_str(text);
        code.push(' ');
        let is_whole = text.starts_with("#define") || text.ends_with(';') || text.ends_with('{');
        if is_whole {
            let flat = comment.join(" ").trim().to_owned();
            let code_of_item = code.trim().to_owned();
            items.push(Item { line: first, comment: flat, lines: comment.clone(), code: code_of_item, is_member });
            code.clear();
            // Macros of one group share the comment above them.
            if !text.starts_with("#define") || !is_in_group(text) {
                comment.clear();
            }
        }
    }
    items
}

/// Lines that declare nothing.
fn is_frame(text: &str) -> bool {
    let is_preprocessor = text.starts_with('#') && !text.starts_with("#define SFO_");
    is_preprocessor || text.starts_with('}') || text == "extern \"C\" {" || text.contains("#define SIPFAILOVER_H")
}

fn undocumented(header: &str) -> Vec<String> {
    let mut found = Vec::new();
    for item in items(header) {
        let mut note = |what: &str| found.push(format!("{HEADER}:{}: {what}: {}", item.line, item.code));
        if item.comment.len() < 3 {
            note("no comment");
            continue;
        }
        if item.function().is_none() {
            continue;
        }
        for parameter in item.parameters() {
            let is_named = item.comment.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == parameter);
            if !is_named {
                note(&format!("nothing about {parameter}"));
            }
        }
        for word in ["Returns ", "Callbacks: ", "From callbacks: ", "Since 0."] {
            let is_void = word == "Returns " && item.code.starts_with("void ");
            if !is_void && !item.comment.contains(word) {
                note(&format!("no \"{word}\""));
            }
        }
    }
    found
}

fn functions(header: &str) -> Vec<String> {
    let mut names: Vec<String> = items(header).iter().filter_map(|item| Some(item.function()?.to_owned())).collect();
    names.sort();
    names
}

/// Compares a committed file with what it should be, or rewrites it.
pub(super) fn compare(relative: &str, wanted: &str) {
    if std::env::var_os("SFO_BLESS").is_some_and(|value| value == "1") {
        return fs::write(path(relative), wanted).unwrap();
    }
    let committed = read(relative);
    let differs = (1..).zip(committed.lines().zip(wanted.lines())).find(|(_, (is, should))| is != should);
    let first = differs
        .map_or("the end".to_owned(), |(line, (is, should))| format!("line {line}\n is     {is}\n should {should}"));
    assert!(committed == wanted, "{relative} is out of date, from {first}\nSFO_BLESS=1 cargo test house rewrites it");
}

#[test]
fn the_committed_header_is_the_generated_one() {
    compare(HEADER, GENERATED);
}

#[test]
fn the_symbol_list_names_the_functions_of_the_header() {
    compare(SYMBOLS, &(functions(GENERATED).join("\n") + "\n"));
}

#[test]
fn everything_in_the_header_is_documented() {
    assert!(functions(GENERATED).len() > 30 && items(GENERATED).len() > 250, "the header was not understood");
    assert_none("what the header leaves unsaid", &undocumented(GENERATED));
}

#[test]
fn every_exported_function_is_in_the_header() {
    let mut exported = Vec::new();
    for source in super::source::sources() {
        for (at, token) in source.tokens.iter().enumerate() {
            if token.text == "no_mangle" && !token.is_test {
                let behind = source.tokens[at..].iter().skip_while(|token| token.text != "fn");
                exported.extend(behind.skip(1).take(1).map(|token| token.text.clone()));
            }
        }
    }
    exported.sort();
    assert_eq!(exported, functions(GENERATED));
}

#[test]
fn the_interface_has_no_types_whose_size_depends_on_the_compiler() {
    let banned = ["bool", "enum", "long", "time_t", "wchar_t", "short", "unsigned", "float", "double"];
    let mut found = Vec::new();
    for item in items(GENERATED).iter().filter(|item| !item.code.starts_with("#define")) {
        let mut words = item.code.split(|c: char| !c.is_alphanumeric() && c != '_');
        if let Some(word) = words.find(|word| banned.contains(word)) {
            found.push(format!("{HEADER}:{}: {word}: {}", item.line, item.code));
        }
    }
    assert_none("types without a fixed size", &found);
}

#[test]
fn the_test_sees_what_is_not_documented() {
    let function = "/* Does it.\n *\n * a: what.\n * Returns SFO_OK.\n * Callbacks: none. From callbacks: yes. Since 0.1.\n */\n\
        sfo_status sfo_f(const char *a,\n  size_t b);\n";
    assert_eq!(undocumented(function).len(), 1, "b");
    assert!(undocumented(&function.replace("a: what", "a, b: what")).is_empty());
    for word in ["Returns", "Callbacks", "From callbacks", "Since"] {
        let text = function.replace("a: what", "a, b: what").replacen(word, "-", 1);
        assert!(!undocumented(&text).is_empty(), "{word}");
    }
    let wrong = [
        "#define SFO_A 1u\n",
        "/* One. */\n#define SFO_A 1u\n#define SFO_B 2u\n",
        "/* A struct. */\ntypedef struct sfo_a {\n  uint32_t b;\n} sfo_a;\n",
        "/* A struct. */\ntypedef struct sfo_a {\n  void (*b)(void *user,\n    uint32_t c);\n} sfo_a;\n",
        "typedef int32_t sfo_a;\n",
        "void sfo_f(void);\n",
    ];
    for text in wrong {
        assert_eq!(undocumented(text).len(), 1, "{text}");
    }
}
