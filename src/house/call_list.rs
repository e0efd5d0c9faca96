//! The list of calls for the C programs that try all of them, made from the table in `src/ffi/calls.rs` and the header.

use super::calls::{functions, kind, statuses};
use super::header::{Item, compare};
use super::read;
use crate::ffi::calls::{ALL, Call, Returns};
use std::fmt::Write;

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
            let place = "ARGUMENTS of src/house/call_list.rs";
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

#[test]
fn the_list_for_the_c_program_is_made_from_the_table() {
    compare("c-tests/api/every_call_list.h", &list());
    assert!(read("c-tests/api/CMakeLists.txt").contains(" matrix"), "nobody runs it");
}
