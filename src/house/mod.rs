//! The rules of the house, as tests: what a review would otherwise have to look for in every change.
//!
//! The tests read the sources as text, cut into tokens; they know nothing of types. That is enough, because the rules
//! are about what may be named where.
//!
//! * [`floors`]: which folder may use which.
//! * [`purity`]: what no shipping code may name.
//! * [`unsafe_code`]: where `unsafe` may stand, and that each one says why.
//! * [`header`]: the C header is the generated one, and says everything about every function.
//! * [`calls`]: the table of who may call what is complete, and the header and the documentation say the same.
//! * [`quoted`]: the page about troubles quotes what the library says.
//! * [`reference`]: the reference of functions and the manual pages are made from the header.
//! * [`packages`]: what the library is built from.
//! * [`texts`]: nothing in the repository refers to what is not in it.

mod call_list;
mod calls;
mod floors;
mod header;
mod keys;
mod packages;
mod purity;
mod quoted;
mod reference;
mod source;
mod texts;
mod unsafe_code;

use std::path::PathBuf;

/// A file of the repository.
fn path(relative: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// The text of a file of the repository.
fn read(relative: &str) -> String {
    std::fs::read_to_string(path(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
}

/// Fails with all findings at once, one per line.
fn assert_none(what: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{what}:\n{}", findings.join("\n"));
}
