//! `unsafe` stands in the roof only, and says why it is sound.

use super::source::{Source, sources};
use super::{assert_none, read};

/// Folders that may contain `unsafe`.
const MAY: [&str; 2] = ["ffi", "io"];
/// Lines that a statement may take from its comment to its `unsafe`.
const REACH: usize = 4;

/// True if the `unsafe` in this line has its reason: in a comment above the statement, for a function or trait also in
/// its documentation.
fn has_reason(lines: &[&str], line: usize, is_declaration: bool) -> bool {
    let above = lines[..line - 1].iter().rev().map(|line| line.trim());
    if is_declaration {
        let documentation = above.take_while(|line| line.starts_with("///") || line.starts_with("#["));
        return documentation.into_iter().any(|line| line.contains("# Safety") || line.contains("no_mangle"));
    }
    let mut code_lines = 0;
    for text in above {
        if text.starts_with("//") {
            if text.contains("SAFETY:") {
                return true;
            }
        } else {
            code_lines += 1;
            // The end of the statement before: whatever is said above it is not about this one.
            if code_lines > REACH || text.is_empty() || text.ends_with(';') || text.ends_with('}') {
                return false;
            }
        }
    }
    false
}

fn violations(source: &Source) -> Vec<String> {
    let lines: Vec<&str> = source.text.lines().collect();
    let mut found = Vec::new();
    for (at, token) in source.tokens.iter().enumerate().filter(|(_, token)| token.text == "unsafe") {
        let next = |step: usize| source.tokens.get(at + step).map_or("", |token| token.text.as_str());
        // `#[unsafe(no_mangle)]`, and the type of a function pointer, make no promise.
        let is_pointer = next(1) == "extern" && next(2) == "fn" && next(3) == "(";
        if next(1) == "(" || is_pointer {
            continue;
        }
        let place = format!("src/{}:{}", source.name, token.line);
        if !MAY.contains(&source.folder()) {
            found.push(format!("{place}: unsafe outside of the roof"));
        } else if !has_reason(&lines, token.line, matches!(next(1), "fn" | "extern" | "trait")) {
            found.push(format!("{place}: unsafe without a reason"));
        }
    }
    found
}

#[test]
fn every_unsafe_is_in_the_roof_and_has_a_reason() {
    let found: Vec<String> = sources().iter().flat_map(violations).collect();
    assert_none("unsafe code", &found);
}

#[test]
fn the_compiler_forbids_unsafe_everywhere_else() {
    let lib = read("src/lib.rs");
    let lines: Vec<&str> = lib.lines().collect();
    for pair in lines.windows(2) {
        let Some(folder) = pair[1].strip_prefix("pub mod ").or_else(|| pair[1].strip_prefix("mod ")) else { continue };
        let folder = folder.trim_end_matches(';');
        let is_forbidden = pair[0] == "#[forbid(unsafe_code)]";
        assert!(is_forbidden || folder == "house" || MAY.contains(&folder), "{folder} may contain unsafe code");
    }
}

#[test]
fn the_test_sees_what_has_no_reason() {
    let wrong = [
        ("engine/a.rs", "// SAFETY: none.\nlet a = unsafe { b };"),
        ("ffi/a.rs", "let a = unsafe { b };"),
        ("ffi/a.rs", "// SAFETY: for the first one.\nlet a = unsafe { b };\nlet c = unsafe { d };"),
        ("ffi/a.rs", "unsafe impl Send for A {}"),
        ("ffi/a.rs", "/// Does it.\nunsafe fn a() {}"),
    ];
    for (name, text) in wrong {
        assert_eq!(violations(&Source::new(name, text)).len(), 1, "{name}: {text}");
    }
    let right = [
        ("ffi/a.rs", "// SAFETY: because.\nlet a =\n    unsafe { b };"),
        ("ffi/a.rs", "/// # Safety\n/// Because.\nunsafe fn a() {}"),
        ("ffi/a.rs", "/// Exported.\n#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn a() {}"),
        ("ffi/a.rs", "struct A { b: Option<unsafe extern \"C\" fn(u32)> }"),
    ];
    for (name, text) in right {
        assert_eq!(violations(&Source::new(name, text)), Vec::<String>::new(), "{name}: {text}");
    }
}
