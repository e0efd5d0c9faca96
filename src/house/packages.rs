//! What the library is built from.

use super::read;

/// What ships. Everything else is for building or for testing.
const SHIPPED: [&str; 4] = ["hickory-proto", "libc", "once_cell", "parking_lot"];
/// May join them.
const ALLOWED: [&str; 1] = ["tracing"];

/// The names in a section of Cargo.toml.
fn section(manifest: &str, name: &str) -> Vec<String> {
    let lines = manifest.lines().skip_while(|line| line.trim() != format!("[{name}]")).skip(1);
    let entries = lines.take_while(|line| !line.starts_with('[')).filter(|line| !line.trim_start().starts_with('#'));
    let mut names: Vec<String> = entries.filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned())).collect();
    names.sort();
    names
}

/// Versions of a package in Cargo.lock.
fn locked<'a>(lock: &'a str, name: &str) -> Vec<&'a str> {
    let mut versions = Vec::new();
    for package in lock.split("[[package]]") {
        let field = |key: &str| package.lines().find_map(|line| line.strip_prefix(key)?.strip_suffix('"'));
        if field("name = \"") == Some(name) {
            versions.extend(field("version = \""));
        }
    }
    versions
}

#[test]
fn nothing_ships_but_what_was_agreed_upon() {
    let manifest = read("Cargo.toml");
    let mut shipped = section(&manifest, "dependencies");
    shipped.retain(|name| !ALLOWED.contains(&name.as_str()));
    assert_eq!(shipped, SHIPPED);
    for line in manifest.lines().filter(|line| line.starts_with('[')) {
        let is_known = matches!(line, "[dependencies]" | "[build-dependencies]" | "[dev-dependencies]");
        assert!(is_known || !line.contains("dependencies"), "{line}: dependencies of another kind");
    }
    assert_eq!(section(&manifest, "build-dependencies"), ["cbindgen"]);
}

#[test]
fn the_only_feature_is_for_tests() {
    let manifest = read("Cargo.toml");
    assert_eq!(section(&manifest, "features"), ["default", "inject-faults"]);
    assert!(manifest.lines().any(|line| line == "default = []"), "something is on by default");
}

#[test]
fn the_adapter_without_unicode_tables_is_pinned() {
    // 1.0.0 does without ICU, which would add 132 KB to the library.
    let lock = read("Cargo.lock");
    assert_eq!(locked(&lock, "idna_adapter"), ["1.0.0"]);
    assert!(!lock.contains("name = \"icu_"), "ICU is in Cargo.lock");
}

#[test]
fn the_lock_file_keeps_the_versions_that_matter() {
    let lock = read("Cargo.lock");
    let [hickory] = locked(&lock, "hickory-proto")[..] else { panic!("more than one hickory-proto") };
    let numbers: Vec<u32> = hickory.split('.').map(|part| part.parse().unwrap()).collect();
    assert!(numbers >= vec![0, 26, 3], "hickory-proto {hickory} decodes names recursively");
    let [parking_lot] = locked(&lock, "parking_lot")[..] else { panic!("more than one parking_lot") };
    assert!(parking_lot.starts_with("0.12."), "parking_lot {parking_lot} needs a newer compiler");
}

#[test]
fn what_is_fuzzed_is_what_ships() {
    let (lock, fuzzed) = (read("Cargo.lock"), read("fuzz/Cargo.lock"));
    for name in SHIPPED {
        assert_eq!(locked(&fuzzed, name), locked(&lock, name), "{name}");
    }
}

#[test]
fn the_critical_section_feature_is_off() {
    // Without once_cell's own defaults the library links, but cannot be loaded.
    let manifest = read("Cargo.toml");
    let line = manifest.lines().find(|line| line.starts_with("once_cell")).unwrap();
    assert!(!line.contains("default-features"), "{line}");
}
