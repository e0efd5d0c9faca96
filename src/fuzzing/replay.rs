//! Runs the committed inputs through the harnesses: what the fuzzer once found stays found.

use super::{dns_message, ffi_calls, provisioning_text, resolution};
use std::fs;
use std::path::Path;

/// Takes any bytes; panics where a promise is broken.
pub type Harness = fn(&[u8]);

/// Every harness by the name of its program.
pub const HARNESSES: [(&str, Harness); 4] = [
    ("dns_message", dns_message),
    ("ffi_calls", ffi_calls),
    ("provisioning_text", provisioning_text),
    ("resolution", resolution),
];
/// Files of one harness. Fewer mean that some were lost, more that somebody forgot to minimise.
const FILES: core::ops::RangeInclusive<usize> = 10..=60;

#[test]
fn the_regression_corpus_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus-regression");
    for (name, harness) in HARNESSES {
        let mut files: Vec<_> = fs::read_dir(root.join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(FILES.contains(&files.len()), "{name}: {} files", files.len());
        for file in files {
            // Shown when one of them panics.
            println!("{}", file.display());
            harness(&fs::read(&file).unwrap());
        }
    }
}
