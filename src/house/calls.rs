//! Which function may be called from where: the table in `src/ffi/calls.rs`, compared with the header; and what is made
//! from it, a page of the documentation and a list for the C program that tries all of it.

use super::header::{GENERATED, Item, compare, items};
use super::{assert_none, read};
use crate::ffi::calls::{ALL, Call, Kind, Returns, Threads};
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

fn kind(kind: Kind) -> &'static str {
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
fn statuses(call: &Call) -> Vec<String> {
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

/// What the C program hands over for each parameter, by its type and name. `m` is the state of that program.
const ARGUMENTS: [(&str, &str); 48] = [
    ("struct sfo_engine *engine", "m->engine"),
    ("uint64_t now_ms", "m->now"),
    ("uint64_t unix_ms", "0"),
    ("uint32_t account", "m->account"),
    ("uint32_t busy", "0"),
    ("uint32_t server", "0"),
    ("uint32_t method", "SFO_METHOD_INVITE"),
    ("uint32_t format", "SFO_FORMAT_TEXT"),
    ("const struct sfo_dialog *dialog", "&m->dialog"),
    ("uint64_t dialog", "m->started"),
    ("struct sfo_account_info *out", "&m->account_info"),
    ("struct sfo_target *out", "&m->target"),
    ("struct sfo_counters *out", "&m->counters"),
    ("struct sfo_diagnostic *out", "&m->diagnostic"),
    ("struct sfo_key_info *out", "&m->key_info"),
    ("struct sfo_config **out", "&m->new_config"),
    ("struct sfo_engine **out", "&m->new_engine"),
    ("struct sfo_dns_fd *out", "m->fds"),
    ("uint32_t *out", "&m->word"),
    ("int64_t *out", "&m->number"),
    ("const struct sfo_request *request", "&m->request"),
    ("uint64_t *id", "&m->started"),
    ("uint64_t request", "m->request_id"),
    ("uint64_t attempt", "m->attempt_id"),
    ("uint64_t user_token", "7"),
    ("uint32_t sip_status", "180"),
    ("const struct sfo_response *response", "&m->response"),
    ("uint32_t cause", "SFO_CAUSE_CONNECT"),
    ("uint32_t index", "0"),
    ("uint32_t link", "SFO_LINK_CHANGED"),
    ("uint32_t families", "SFO_FAMILY_IPV4"),
    ("uint32_t server_index", "0"),
    ("uint64_t query", "m->query"),
    ("uint32_t transport", "SFO_TRANSPORT_UDP"),
    ("const uint8_t *data", "m->bytes"),
    ("const uint8_t *bytes", "m->bytes"),
    ("size_t length", "m->length"),
    ("size_t *length", "&m->needed"),
    ("uint8_t *buffer", "m->bytes"),
    ("char *buffer", "m->text"),
    ("const char *address_text", "\"192.0.2.1\""),
    ("const char *path", "m->path"),
    ("int32_t fd", "m->fd"),
    ("sfo_status status", "SFO_OK"),
    ("const char *const *servers", "m->servers"),
    ("size_t count", "1"),
    ("uint64_t last_ms", "m->now"),
    ("uint32_t tick_ms", "0"),
];

/// Parameters whose meaning depends on the function.
const ARGUMENTS_OF: [(&str, &str, &str); 20] = [
    ("sfo_config_new", "uint32_t max_accounts", "1"),
    ("sfo_config_free", "struct sfo_config *config", "m->spare_config"),
    ("sfo_config_load_text", "const char *text", "\"\""),
    ("sfo_config_load_text", "size_t length", "0"),
    ("sfo_config_get_int", "const char *key", "\"account.1.sip_server.1.port\""),
    ("sfo_config_get", "size_t *length", "&m->needed"),
    ("sfo_config_", "struct sfo_config *config", "m->config"),
    ("sfo_config_", "const struct sfo_config *config", "m->config"),
    ("sfo_config_", "const char *key", "\"account.1.label\""),
    ("sfo_config_", "const char *value", "\"x\""),
    ("sfo_engine_", "const struct sfo_config *config", "m->config"),
    ("sfo_engine_new", "const struct sfo_options *options", "NULL"),
    ("sfo_engine_new", "const struct sfo_callbacks *callbacks", "&m->silent"),
    ("sfo_engine_new", "void *user", "NULL"),
    ("sfo_dns_io_fds", "size_t capacity", "sizeof m->fds / sizeof m->fds[0]"),
    ("sfo_engine_snapshot_export", "size_t capacity", "sizeof m->bytes"),
    ("sfo_engine_last_error", "size_t capacity", "sizeof m->text"),
    ("sfo_engine_explain", "size_t capacity", "sizeof m->text"),
    ("sfo_engine_trace", "size_t capacity", "sizeof m->text"),
    ("sfo_config_", "size_t capacity", "sizeof m->text"),
];

fn argument(function: &str, parameter: &str) -> Option<&'static str> {
    let special = ARGUMENTS_OF.iter().find(|(start, named, _)| function.starts_with(start) && *named == parameter);
    let usual = ARGUMENTS.iter().find(|(named, _)| *named == parameter);
    special.map(|(_, _, value)| *value).or(usual.map(|(_, value)| *value))
}

fn functions() -> Vec<Item> {
    items(GENERATED).into_iter().filter(|item| item.function().is_some()).collect()
}

const LIST_OPENING: &str =
    "/* Every function with a call of it: CALL(name, kind, how, from callbacks, statuses, call). Then
 * each with one of its pointers NULL: NULLED(name, how, statuses, call). Then each that takes a length, with one that cannot
 * be: LENGTH(name, how, IN or OUT, call). Made from src/ffi/calls.rs and the header by `SFO_BLESS=1 cargo test --lib house`; do
 * not edit.
 */

";

/// What the C program passes to a function, in order.
fn arguments(name: &str, item: &Item) -> Vec<&'static str> {
    let one = |parameter: &&str| {
        let known = argument(name, parameter);
        known.unwrap_or_else(|| {
            let place = "ARGUMENTS of src/house/calls.rs";
            panic!("{name}: say in {place} what c-tests/api/every_call.c passes for `{parameter}`")
        })
    };
    item.parameter_declarations().iter().map(one).collect()
}

fn how(call: &Call) -> &'static str {
    match call.returns {
        Returns::Status(_) => "STATUS",
        Returns::Value => "VALUE",
        Returns::Nothing => "NOTHING",
    }
}

/// The list for the C program.
fn list() -> String {
    let (mut calls, mut nulled, mut lengths) = (LIST_OPENING.to_owned(), String::new(), String::new());
    let functions = functions();
    for call in ALL {
        let Some(item) = functions.iter().find(|item| item.function() == Some(call.name)) else { continue };
        let arguments = arguments(call.name, item);
        let statuses = statuses(call).iter().map(|name| format!("S({name})")).collect::<Vec<_>>().join(" | ");
        let statuses = if statuses.is_empty() { "0" } else { &statuses };
        let (name, kind, how) = (call.name, kind(call.kind).to_uppercase(), how(call));
        let from = u8::from(call.from_callbacks);
        let _ = writeln!(calls, "CALL({name}, {kind}, {how}, {from}, {statuses},\n  ({}))", arguments.join(", "));
        for (place, parameter) in item.parameter_declarations().iter().enumerate() {
            if !parameter.contains('*') {
                continue;
            }
            // Without the object itself there is only one thing to say.
            let is_object = place == 0 && how == "STATUS";
            let statuses = if is_object { "S(SFO_ERR_INVALID)" } else { statuses };
            let mut arguments = arguments.clone();
            arguments[place] = "NULL";
            let _ = writeln!(nulled, "NULLED({name}, {how}, {statuses},\n  ({}))", arguments.join(", "));
        }
        for (place, parameter) in item.parameter_declarations().iter().enumerate() {
            let direction = match *parameter {
                "size_t length" | "size_t count" => "IN",
                "size_t capacity" => "OUT",
                _ => continue,
            };
            let mut arguments = arguments.clone();
            // Room for the longest text that there is to tell.
            arguments.iter_mut().filter(|value| **value == "m->text").for_each(|value| *value = "(char *)m->bytes");
            arguments[place] = "m->huge";
            let _ = writeln!(lengths, "LENGTH({name}, {how}, {direction},\n  ({}))", arguments.join(", "));
        }
    }
    calls + "\n" + &nulled + "\n" + &lengths
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

#[test]
fn the_page_of_calls_is_made_from_the_table() {
    compare("docs/calls.md", &page());
}

#[test]
fn the_list_for_the_c_program_is_made_from_the_table() {
    compare("c-tests/api/every_call_list.h", &list());
    assert!(read("c-tests/api/CMakeLists.txt").contains(" matrix"), "nobody runs it");
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
