//! Runs the resolution vectors: text files that say what is configured, what DNS has, and what must come out.
//!
//! The files are data on purpose (`docs/vectors.md` describes them): whoever knows a zone that phones get wrong can
//! write it down without knowing this library. They are read when the test runs, so that a new file needs no code.

mod parse;
mod run;
mod server;
mod zone;

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Fewer cases than this mean that files were lost, not that everything is fine.
const FEWEST: usize = 300;

/// All complaints about one text, in order of its cases, and how many cases it has.
fn complaints(file: &str, text: &str) -> (Vec<String>, Vec<String>) {
    let cases = match parse::cases(text) {
        Ok(cases) => cases,
        Err((line, message)) => return (Vec::new(), vec![format!("{file}:{line}: {message}")]),
    };
    let mut found = Vec::new();
    for case in &cases {
        let run = catch_unwind(AssertUnwindSafe(|| run::run(case)));
        let result = run.unwrap_or_else(|_| Err((case.line, "the library panicked".to_owned())));
        if let Err((line, message)) = result {
            found.push(format!("{file}:{line}: {}: {message}", case.title));
        }
    }
    (cases.into_iter().map(|case| case.title).collect(), found)
}

/// The vector files, by name.
fn files() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("c-tests/vectors");
    let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let vectors = entries.filter(|path| path.extension().is_some_and(|extension| extension == "vec"));
    vectors
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (format!("c-tests/vectors/{name}"), fs::read_to_string(&path).unwrap())
        })
        .collect()
}

#[test]
fn every_vector_holds() {
    let mut failures = Vec::new();
    let mut titles = BTreeMap::new();
    let mut count = 0;
    for (file, text) in files() {
        let (names, mut found) = complaints(&file, &text);
        println!("{file}: {} cases", names.len());
        count += names.len();
        for name in names {
            if let Some(other) = titles.insert(name.clone(), file.clone()) {
                found.push(format!("{file}: a case in {other} has the same title: {name}"));
            }
        }
        failures.append(&mut found);
    }
    assert!(failures.is_empty(), "{} failures, {count} cases read\n\n{}\n", failures.len(), failures.join("\n\n"));
    assert!(count >= FEWEST, "only {count} cases");
}

#[test]
fn the_example_of_the_documentation_holds() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/vectors.md")).unwrap();
    let (_, behind) = text.split_once("```vector\n").unwrap();
    let (example, behind) = behind.split_once("```\n").unwrap();
    let (titles, found) = complaints("docs/vectors.md", example);
    assert_eq!((titles.len(), found), (1, vec![]));
    // The message that the page shows is that of a phone which prefers the other server.
    let (_, behind) = behind.split_once("```text\n").unwrap();
    let (message, _) = behind.split_once("```\n").unwrap();
    let (_, found) = complaints("c-tests/vectors/pbx.vec", &example.replace("0 1 5060", "0 9 5060"));
    assert!(found[0].starts_with(message.trim_end()), "the page shows\n{message}but it is\n{}", found[0]);
}

/// A case that holds; the tests below spoil it.
const GOOD: &str = "\
title  a service behind a pointer
config
  account.1.sip_server.1.address = h.test
  account.1.sip_server.1.port = 0
  account.1.sip_server.1.transport_type = 3
end
zone
  h.test.            60 NAPTR 1 1 \"s\" \"SIP+D2T\" \"\" _sip._tcp.h.test.
  _sip._tcp.h.test.  60 SRV   1 1 5070 a.h.test.
  a.h.test.          60 A     192.0.2.1
  a.h.test.          60 A     192.0.2.2
end
queries
  NAPTR h.test
  SRV _sip._tcp.h.test
  A a.h.test
end
targets
  tcp 192.0.2.1:5070 host=a.h.test from=dns
  tcp 192.0.2.2:5070 ttl=60
end
valid 60
";

#[test]
fn an_expectation_that_does_not_hold_is_told_with_its_line_and_the_difference() {
    assert_eq!(complaints("x.vec", GOOD), (vec!["a service behind a pointer".to_owned()], vec![]));
    for (good, bad, line, words) in [
        ("  tcp 192.0.2.1:5070", "  udp 192.0.2.1:5070", 18, "! udp 192.0.2.1:5070"),
        ("  tcp 192.0.2.2:5070 ttl=60\n", "", 18, "(nothing)"),
        ("ttl=60", "ttl=61", 18, "! tcp 192.0.2.2:5070 ttl=61"),
        ("host=a.h.test", "host=b.h.test", 18, "! tcp 192.0.2.1:5070 host=b.h.test"),
        ("from=dns", "from=static", 18, "! tcp 192.0.2.1:5070 host=a.h.test from=static"),
        ("  A a.h.test\nend", "  A a.h.test, AAAA a.h.test\nend", 13, "! A a.h.test, AAAA a.h.test"),
        ("  A a.h.test\nend", "  A a.h.test @1\nend", 13, "! A a.h.test @1"),
        ("  A a.h.test\nend", "  at 1: A a.h.test\nend", 13, "! at 1: A a.h.test"),
        ("  A a.h.test\nend", "end", 13, "(nothing)"),
        ("valid 60", "valid 59", 22, "valid for 60"),
        ("valid 60", "valid 60\nremark oh", 18, "remarks"),
        ("valid 60", "took 1", 1, "took 0 s"),
    ] {
        let (_, found) = complaints("x.vec", &GOOD.replace(good, bad));
        assert_eq!(found.len(), 1, "{bad}");
        let start = format!("x.vec:{line}: a service behind a pointer: ");
        assert!(found[0].starts_with(&start) && found[0].contains(words), "{bad}\n{}", found[0]);
    }
}

#[test]
fn what_is_not_understood_is_an_error_with_its_line() {
    for (good, bad, line) in [
        ("title ", "titel ", 1),
        ("valid 60", "vaild 60", 22),
        ("valid 60", "dns sillent", 22),
        ("valid 60", "dns servers none", 22),
        ("valid 60", "targets\nend", 22),
        ("sip_server.1.port", "sip_server.1.prot", 4),
        ("account.1.sip_server.1.port = 0", "acount.1.sip_server.1.port = 0", 4),
        ("transport_type = 3", "transport_type = 9", 5),
        ("transport_type = 3", "fallback.timeout = 200", 5),
        ("60 A     192.0.2.1", "60 MX    192.0.2.1", 10),
        ("60 A     192.0.2.1", "60 A     192.0.2", 10),
        ("60 A     192.0.2.1", "60 A     192.0.2.1 5", 10),
        ("  A a.h.test", "  MX a.h.test", 16),
        ("tcp 192.0.2.1:5070", "tpc 192.0.2.1:5070", 19),
        ("tcp 192.0.2.1:5070", "tcp 192.0.2.1", 19),
        ("ttl=60", "tll=60", 20),
        ("valid 60", "targets 2.1\n udp 192.0.2.1:5060", 22),
        ("queries\n  NAPTR h.test\n  SRV _sip._tcp.h.test\n  A a.h.test\nend\n", "", 13),
        ("valid 60", "after 5", 22),
    ] {
        assert!(GOOD.contains(good));
        let (_, found) = complaints("x.vec", &GOOD.replacen(good, bad, 1));
        assert!(found.len() == 1 && found[0].starts_with(&format!("x.vec:{line}: ")), "{bad}\n{found:?}");
    }
}
