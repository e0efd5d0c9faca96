//! Inputs written by hand, to begin with: what a fuzzer would take days to stumble upon.
//!
//! Those in `fuzz/corpus-regression` with a speaking name come from here, and so do the dictionaries.
//! `SFO_BLESS=1 cargo test fuzzing` rewrites them; large ones are only made when they run.

mod messages;
mod scripts;
mod texts;

use super::replay::HARNESSES;
use std::fs;
use std::path::{Path, PathBuf};

/// Larger inputs are not committed, bytes.
const LARGEST_FILE: usize = 8_192;

/// An input with the name of its harness and its own.
pub struct Seed {
    pub harness: &'static str,
    pub name: &'static str,
    pub bytes: Vec<u8>,
}

fn all() -> Vec<Seed> {
    let mut seeds = messages::all();
    seeds.extend(scripts::all().into_iter().map(|script| script.seed()));
    seeds.extend(texts::all());
    seeds
}

fn fuzz_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// Compares a committed file with what it should be, or rewrites it.
fn compare(file: &Path, wanted: &[u8]) {
    if std::env::var_os("SFO_BLESS").is_some_and(|value| value == "1") {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        return fs::write(file, wanted).unwrap();
    }
    let committed = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert!(committed == wanted, "{} is out of date: SFO_BLESS=1 cargo test fuzzing rewrites it", file.display());
}

#[test]
fn the_committed_seeds_are_the_written_ones() {
    for seed in all().into_iter().filter(|seed| seed.bytes.len() <= LARGEST_FILE) {
        let file = fuzz_folder().join("corpus-regression").join(seed.harness).join(seed.name);
        compare(&file, &seed.bytes);
    }
}

#[test]
fn the_committed_dictionaries_are_the_written_ones() {
    for (name, entries) in [("dns_message", messages::dictionary()), ("provisioning_text", texts::dictionary())] {
        let lines: String = entries.iter().map(|entry| format!("\"{}\"\n", escaped(entry))).collect();
        let text = format!("# Made by src/fuzzing/seeds; do not edit.\n{lines}");
        compare(&fuzz_folder().join("dictionaries").join(format!("{name}.dict")), text.as_bytes());
    }
}

/// As libFuzzer reads it.
fn escaped(bytes: &[u8]) -> String {
    let one = |byte: &u8| match byte {
        b'"' | b'\\' => format!("\\{}", *byte as char),
        0x20..=0x7e => (*byte as char).to_string(),
        _ => format!("\\x{byte:02X}"),
    };
    bytes.iter().map(one).collect()
}

#[test]
fn seeds_too_large_for_a_file_hold_too() {
    let large: Vec<Seed> = all().into_iter().filter(|seed| seed.bytes.len() > LARGEST_FILE).collect();
    assert!(!large.is_empty());
    for seed in large {
        println!("{} {}", seed.harness, seed.name);
        let (_, harness) = HARNESSES.iter().find(|(name, _)| *name == seed.harness).unwrap();
        harness(&seed.bytes);
    }
}
