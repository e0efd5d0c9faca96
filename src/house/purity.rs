//! What shipping code does not name: clocks, chance, output, the process around it.

use super::assert_none;
use super::source::{Named, Source, sources};

/// Paths that begin like this, with the folders in which they are allowed, and the reason.
const FORBIDDEN: [(&str, &[&str], &str); 19] = [
    ("std::time", &[], "time comes in as a parameter"),
    ("core::time", &[], "time comes in as a number of milliseconds"),
    ("std::collections::HashMap", &[], "its order differs from run to run"),
    ("std::collections::HashSet", &[], "its order differs from run to run"),
    ("std::collections::hash_map", &[], "its order differs from run to run"),
    ("std::collections::hash_set", &[], "its order differs from run to run"),
    ("std::hash::RandomState", &[], "it draws random numbers"),
    ("std::env", &[], "a library does not read the environment"),
    ("std::process", &[], "a library does not touch the process"),
    ("std::thread", &[], "the library owns no thread"),
    ("std::io", &["io"], "only the driver does input and output"),
    ("std::fs", &["io"], "only the driver reads a file"),
    ("std::os", &["io"], "only the driver talks to the system"),
    ("std::net::UdpSocket", &[], "sockets come from libc, so that errno and flags are ours"),
    ("std::net::TcpStream", &[], "sockets come from libc, so that errno and flags are ours"),
    ("std::net::TcpListener", &[], "sockets come from libc, so that errno and flags are ours"),
    ("std::net::ToSocketAddrs", &[], "it asks the system's resolver, and blocks"),
    ("libc", &["io", "ffi"], "only the roof talks to the system"),
    ("parking_lot", &["ffi"], "only the gate at the C boundary locks"),
];

/// Words that do not occur, however they are reached.
const WORDS: [(&str, &str); 14] = [
    ("HashMap", "its order differs from run to run"),
    ("HashSet", "its order differs from run to run"),
    ("Instant", "time comes in as a parameter"),
    ("SystemTime", "time comes in as a parameter"),
    ("println", "a library does not print"),
    ("eprintln", "a library does not print"),
    ("print", "a library does not print"),
    ("eprint", "a library does not print"),
    ("dbg", "a library does not print"),
    ("todo", "what ships is finished"),
    ("unimplemented", "what ships is finished"),
    ("panic", "the firmware must go on"),
    ("thread_local", "the library has no global state"),
    ("transmute", "there is always a safer way"),
];

fn violations(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let mut note =
        |line: usize, what: &str, why: &str| found.push(format!("src/{}:{line}: {what}: {why}", source.name));
    for Named { line, is_test, path, .. } in source.paths() {
        if is_test {
            continue;
        }
        for (start, allowed, why) in FORBIDDEN {
            let is_meant = path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
            if is_meant && !allowed.contains(&source.folder()) && !is_panic_guard(&path) {
                note(line, &path, why);
            }
        }
        for (word, why) in WORDS {
            if path.split("::").any(|step| step == word) && !is_panic_guard(&path) {
                note(line, &path, why);
            }
        }
    }
    found
}

/// `std::panic::catch_unwind` is what keeps panics from crossing into C.
fn is_panic_guard(path: &str) -> bool {
    path.starts_with("std::panic::")
}

#[test]
fn shipping_code_has_no_clock_no_chance_and_no_voice() {
    let found: Vec<String> = sources().iter().flat_map(violations).collect();
    assert_none("names that do not belong into shipping code", &found);
}

#[test]
fn no_variable_is_global_and_mutable() {
    let mut found = Vec::new();
    for source in sources() {
        for pair in source.tokens.windows(2) {
            if !pair[0].is_test && pair[0].text == "static" && pair[1].text == "mut" {
                found.push(format!("src/{}:{}: static mut", source.name, pair[0].line));
            }
        }
    }
    assert_none("global variables", &found);
}

#[test]
fn the_test_sees_what_is_forbidden() {
    let wrong = [
        ("engine/a.rs", "use std::time::Duration;"),
        ("engine/a.rs", "use std::{collections::HashMap, fmt};"),
        ("ffi/a.rs", "fn f() { std::process::abort() }"),
        ("ffi/a.rs", "fn f() { println!(\"x\") }"),
        ("config/a.rs", "use std::fs;"),
        ("account/a.rs", "fn f() { libc::getpid(); }"),
    ];
    for (name, text) in wrong {
        assert!(!violations(&Source::new(name, text)).is_empty(), "{name}: {text}");
    }
    let right = [
        ("io/a.rs", "use std::fs::OpenOptions;\n// println!"),
        ("engine/a.rs", "#[cfg(test)]\nmod tests { use std::collections::HashMap; }\nfn f() { \"std::env\"; }"),
    ];
    for (name, text) in right {
        assert_eq!(violations(&Source::new(name, text)), Vec::<String>::new(), "{name}: {text}");
    }
}
