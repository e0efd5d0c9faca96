//! Imports go down, never up or sideways.

use super::assert_none;
use super::source::{Named, Source, sources};

/// Each folder with the folders it may use beside itself. From the ground up.
const FLOORS: [(&str, &[&str]); 12] = [
    ("types", &[]),
    ("dns", &["types"]),
    ("config", &["types"]),
    ("cache", &["types", "dns", "config"]),
    ("target", &["types", "dns", "config", "cache"]),
    ("resolve", &["types", "dns", "config", "cache"]),
    ("policy", &["types", "dns", "config", "cache", "target", "resolve"]),
    ("account", &["types", "dns", "config", "cache", "target", "resolve", "policy"]),
    ("engine", &["types", "dns", "config", "cache", "target", "resolve", "policy", "account"]),
    // The driver moves datagrams: it knows nothing of accounts.
    ("io", &["types", "engine"]),
    ("ffi", &["types", "dns", "config", "cache", "target", "resolve", "policy", "account", "engine", "io"]),
    // Outside of the house: looks in through the windows of those it examines, and nobody looks back.
    ("fuzzing", &["types", "dns", "config", "resolve", "ffi"]),
];

/// The folder below `src` that a path leads to, if it leads out of its own.
fn folder_named<'a>(source: &Source, named: &'a Named) -> Option<&'a str> {
    let path = named.path.as_str();
    let mut steps = path.split("::");
    let first = steps.next()?;
    if matches!(first, "crate" | "sipfailover") {
        return steps.next();
    }
    if first != "super" {
        return None;
    }
    // A file is a module of its folder, `mod.rs` is the folder itself.
    let depth = source.name.split('/').count() - usize::from(source.name.ends_with("mod.rs")) + named.depth;
    let supers = path.split("::").take_while(|step| *step == "super").count();
    if supers < depth { None } else { path.split("::").nth(supers) }
}

fn violations(source: &Source) -> Vec<String> {
    let folder = source.folder();
    let Some((_, below)) = FLOORS.iter().find(|(name, _)| *name == folder) else {
        return vec![format!("src/{}: folder {folder:?} has no floor", source.name)];
    };
    let is_wrong = |named: &str| named != folder && !below.contains(&named);
    let mut found = Vec::new();
    for named in source.paths() {
        let Named { line, path, .. } = &named;
        match folder_named(source, &named) {
            Some(other) if is_wrong(other) => found.push(format!("src/{}:{line}: {path}", source.name)),
            // `use crate as other` would hide everything from this test.
            None if path == "crate" && names_whole_crate(source, *line) => {
                found.push(format!("src/{}:{line}: the crate as a whole", source.name));
            }
            _ => {}
        }
    }
    found
}

/// `crate` alone is harmless in `pub(crate)` only.
fn names_whole_crate(source: &Source, line: usize) -> bool {
    let tokens: Vec<&str> = source.tokens.iter().filter(|t| t.line == line).map(|t| t.text.as_str()).collect();
    tokens.windows(2).any(|pair| pair[0] == "crate" && !matches!(pair[1], ")" | "::"))
}

#[test]
fn no_import_goes_up_or_sideways() {
    let found: Vec<String> = sources().iter().filter(|source| source.name != "lib.rs").flat_map(violations).collect();
    assert_none("imports that go up or sideways", &found);
}

#[test]
fn every_folder_has_a_floor_and_every_floor_a_folder() {
    let mut folders: Vec<String> = sources().iter().map(|source| source.folder().to_owned()).collect();
    folders.retain(|folder| !folder.is_empty());
    folders.sort();
    folders.dedup();
    let mut floors: Vec<&str> = FLOORS.iter().map(|(name, _)| *name).collect();
    floors.sort_unstable();
    assert_eq!(folders, floors);
}

#[test]
fn only_lib_rs_is_directly_in_src() {
    let files: Vec<String> =
        sources().into_iter().filter(|source| source.folder().is_empty()).map(|source| source.name).collect();
    assert_eq!(files, ["lib.rs"]);
}

#[test]
fn only_the_message_codec_names_the_dns_library() {
    let found: Vec<String> = sources()
        .iter()
        // The harness uses hickory's other half, the encoder, as a second opinion.
        .filter(|source| !["dns/codec.rs", "fuzzing/dns_message.rs"].contains(&source.name.as_str()))
        .flat_map(|source| {
            let is_named = |path: &str| path.split("::").any(|step| step.starts_with("hickory"));
            let named = source.paths().into_iter().filter(move |named| is_named(&named.path));
            named.map(|named| format!("src/{}:{}: {}", source.name, named.line, named.path)).collect::<Vec<_>>()
        })
        .collect();
    assert_none("hickory outside of the codec", &found);
}

#[test]
fn the_test_sees_what_goes_up() {
    let wrong = [
        ("types/a.rs", "use crate::config::Config;"),
        ("config/a.rs", "fn f() { crate::dns::codec::decode() }"),
        ("dns/a.rs", "use crate::{types::Time, config};"),
        ("target/a.rs", "use super::super::resolve::Resolver;"),
        ("resolve/mod.rs", "use super::target::Target;"),
        ("resolve/tests/a.rs", "use super::super::super::engine::Engine;"),
        ("io/a.rs", "use crate::account::Account;"),
        ("policy/a.rs", "#[cfg(test)]\nmod tests {\n    use crate::account::Account;\n}"),
        ("policy/a.rs", "mod tests {\n    use super::super::super::account::Account;\n}"),
        ("cache/a.rs", "use crate as all;"),
        ("cellar/a.rs", "use crate::types::Time;"),
        ("fuzzing/a.rs", "use crate::io::DnsIo;"),
        ("ffi/a.rs", "use crate::fuzzing::Input;"),
        ("resolve/a.rs", "use crate::fuzzing::resolution;"),
    ];
    for (name, text) in wrong {
        assert_eq!(violations(&Source::new(name, text)).len(), 1, "{name}: {text}");
    }
    let right = [
        ("engine/a.rs", "use crate::{account::Account, types::Time};\nuse super::clock::Clock;\npub(crate) fn f() {}"),
        ("resolve/tests/a.rs", "use super::super::walk::Walk;"),
        ("config/a.rs", "mod tests {\n    use super::super::keys::Key;\n}"),
        ("ffi/a.rs", "// crate::nothing\nuse crate::io::DnsIo;"),
    ];
    for (name, text) in right {
        assert_eq!(violations(&Source::new(name, text)), Vec::<String>::new(), "{name}: {text}");
    }
}
