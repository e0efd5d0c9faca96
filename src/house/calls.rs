//! Which function may be called from where: the table in `src/ffi/calls.rs`, compared with the header; and the page of
//! the documentation that is made from it.

use super::header::{GENERATED, Item, compare, items};
use super::{assert_none, read};
use crate::ffi::calls::{ALL, Call, Kind, Returns, Threads};
use std::collections::BTreeSet;
use std::fmt::Write;

const OPENING: &str = "# What may be called from where

Made from the table in `src/ffi/calls.rs`, which the gate of the library reads at every call; do not edit.

* **input**: tells the engine something. Any callback may run within the call.
* **query**: reads from the engine, or writes into it what causes nothing. No callback runs.
* **post**: puts an input into the engine's inbox, for `sfo_engine_process()`. Only `wake` may run.
* **lifetime**: makes or releases an object. No other function may use that object meanwhile, on no thread.
* **config**: works on a configuration, which belongs to one thread at a time.
* **helper**: works on nothing but its parameters.

*From callbacks: yes* means that the call works in every callback but two. `destroyed` is told that the engine is gone. `wake`
runs on the thread that posts, and must do nothing but wake the engine's thread. What a call from a callback causes runs
after the callback has returned.

*From other threads*: **refused** means that a thread which calls while another one is inside of the same engine gets
`SFO_ERR_BUSY` (or 0, where a number or length is returned), at once and without harm. One after the other is fine.
**yours to prevent** means that nothing can be checked: the object is being made or released, or is a plain configuration.

| function | kind | from callbacks | from other threads | returns |
|---|---|---|---|---|
";

pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Input => "input",
        Kind::Query => "query",
        Kind::Post => "post",
        Kind::Lifetime => "lifetime",
        Kind::Config => "config",
        Kind::Helper => "helper",
    }
}

fn threads(threads: Threads) -> &'static str {
    match threads {
        Threads::OneAtATime => "refused",
        Threads::CallerSeesToIt => "yours to prevent",
        Threads::Any => "yes",
    }
}

/// The names of statuses by their numbers, from the header itself.
fn status_names() -> Vec<(i32, String)> {
    let define = |line: &str| {
        let (name, value) = line.strip_prefix("#define ")?.split_once(' ')?;
        let is_status = name.starts_with("SFO_ERR_") || matches!(name, "SFO_OK" | "SFO_LATE");
        is_status.then(|| (value.trim_matches(['(', ')']).parse().unwrap(), name.to_owned()))
    };
    GENERATED.lines().filter_map(define).collect()
}

/// The names of what a function can return, in the order of the header.
pub(super) fn statuses(call: &Call) -> Vec<String> {
    let can: Vec<i32> = call.statuses().collect();
    status_names().into_iter().filter(|(number, _)| can.contains(number)).map(|(_, name)| name).collect()
}

fn page() -> String {
    let mut page = OPENING.to_owned();
    for call in ALL {
        let from = if call.from_callbacks { "yes" } else { "no" };
        let returns = match call.returns {
            Returns::Status(_) => statuses(call).iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
            Returns::Value => "a value".to_owned(),
            Returns::Nothing => String::new(),
        };
        let (kind, threads) = (kind(call.kind), threads(call.kind.threads()));
        let _ = writeln!(page, "| `{}` | {kind} | {from} | {threads} | {returns} |", call.name);
    }
    page
}

pub(super) fn functions() -> Vec<Item> {
    items(GENERATED).into_iter().filter(|item| item.function().is_some()).collect()
}

/// Where the comment of a function and its row say different things.
fn differences(item: &Item, call: &Call) -> Vec<String> {
    let mut found = Vec::new();
    let comment = &item.comment;
    let from = if call.from_callbacks { "From callbacks: yes" } else { "From callbacks: no" };
    let other = comment.contains("From other threads: yes");
    if !comment.contains(from) {
        found.push(format!("the table says \"{from}\""));
    }
    if other != (call.kind == Kind::Post) {
        found.push("\"From other threads: yes\" belongs to posts, and to nothing else".to_owned());
    }
    let callbacks = match call.kind {
        Kind::Input => Some("Callbacks: any."),
        Kind::Query | Kind::Config | Kind::Helper => Some("Callbacks: none."),
        Kind::Post => Some("Callbacks: wake."),
        Kind::Lifetime => None,
    };
    if let Some(callbacks) = callbacks.filter(|callbacks| !comment.contains(callbacks)) {
        found.push(format!("its kind says \"{callbacks}\""));
    }
    let returns = comment.split_once("Returns ").map_or("", |(_, rest)| rest);
    let returns = returns.split_once("Callbacks: ").map_or("", |(returns, _)| returns);
    let words: Vec<&str> = returns.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    for (_, name) in status_names() {
        let (said, can) = (words.contains(&name.as_str()), statuses(call).contains(&name));
        if said != can {
            found.push(format!("{name}: {}", if can { "not documented" } else { "documented, but not in the table" }));
        }
    }
    found
}

#[test]
fn every_function_has_a_row_and_every_row_a_function() {
    let functions = functions();
    let mut found = Vec::new();
    for item in &functions {
        let name = item.function().unwrap();
        if ALL.iter().filter(|call| call.name == name).count() != 1 {
            let example = format!(
                "{}: {name}, Input, from callbacks: yes, Status(&[]);",
                name.trim_start_matches("sfo_").to_uppercase()
            );
            found.push(format!("{name} has no row (or two): add a line like `{example}` to src/ffi/calls.rs"));
        }
    }
    let is_declared = |call: &&Call| functions.iter().any(|item| item.function() == Some(call.name));
    found.extend(ALL.iter().filter(|call| !is_declared(call)).map(|call| format!("{} is no function", call.name)));
    assert_none("functions and the table of calls", &found);
}

#[test]
fn the_header_says_what_the_table_says() {
    let mut found = Vec::new();
    for item in functions() {
        let name = item.function().unwrap();
        let Some(call) = ALL.iter().find(|call| call.name == name) else { continue };
        found.extend(differences(&item, call).into_iter().map(|difference| format!("{name}: {difference}")));
    }
    assert_none("what the header says otherwise than the table of calls", &found);
}

/// A function that passes the gate names its own row.
#[test]
fn every_call_through_the_gate_names_its_own_row() {
    let mut found = Vec::new();
    let mut seen = 0;
    for source in super::source::sources().iter().filter(|source| source.folder() == "ffi") {
        let mut function = String::new();
        for (at, token) in source.tokens.iter().enumerate() {
            let word = |step: usize| source.tokens.get(at + step).map_or("", |token| token.text.as_str());
            if token.text == "fn" {
                function = word(1).to_owned();
            }
            // sfo_engine::run(&calls::ROW, ...
            if !token.is_test
                && token.text == "sfo_engine"
                && matches!(word(2), "run" | "post" | "try_post")
                && word(4) == "&"
            {
                seen += 1;
                let wanted = function.trim_start_matches("sfo_").to_uppercase();
                if word(7) != wanted {
                    found.push(format!("src/{}:{}: {function} passes {}", source.name, token.line, word(7)));
                }
            }
        }
    }
    assert!(seen > 25, "the calls were not found");
    assert_none("calls under another name", &found);
}

/// Who makes a struct that begins with its size must not have to know that.
#[test]
fn every_struct_that_a_caller_makes_has_an_initializer() {
    let macros = read("cmake/header/trailer.h.in");
    let functions = functions();
    let parameters = functions.iter().flat_map(Item::parameter_declarations);
    let structs = parameters.filter_map(|parameter| Some(parameter.split_once("struct sfo_")?.1.split_once(" *")?.0));
    // The two objects, which nobody makes, and elements of an array, which carry no size.
    let structs: BTreeSet<&str> = structs.filter(|name| !["config", "engine", "dns_fd"].contains(name)).collect();
    assert!(structs.len() > 8, "the structs were not found");
    let without = |name: &&&str| !macros.contains(&format!("#define SFO_{}_INIT ", name.to_uppercase()));
    let found: Vec<String> = structs.iter().filter(without).map(|name| format!("sfo_{name}")).collect();
    assert_none("structs without an initializer in cmake/header/trailer.h.in", &found);
}

#[test]
fn the_page_of_calls_is_made_from_the_table() {
    compare("docs/calls.md", &page());
}

#[test]
fn the_test_sees_what_is_said_otherwise() {
    let right = "/* Does it.\n *\n * Returns SFO_OK; SFO_LATE; SFO_ERR_INVALID; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.\n\
        * Callbacks: any. From callbacks: yes. Since 0.1.\n */\nsfo_status sfo_f(void);\n";
    let call = Call {
        name: "sfo_f",
        kind: Kind::Input,
        from_callbacks: true,
        returns: Returns::Status(&[crate::ffi::SFO_LATE]),
    };
    assert_eq!(differences(&items(right)[0], &call), Vec::<String>::new());
    for (from, to) in [
        ("SFO_LATE; ", ""),
        ("SFO_LATE", "SFO_LATE; SFO_ERR_IO"),
        ("Callbacks: any", "Callbacks: none"),
        ("From callbacks: yes", "From callbacks: no"),
        ("Since", "From other threads: yes. Since"),
    ] {
        let wrong = right.replace(from, to);
        assert_eq!(differences(&items(&wrong)[0], &call).len(), 1, "{from} -> {to}");
    }
}
