//! `docs/man/*.3`: manual pages in the man macros, one per subject and one above them all.
//!
//! The installation makes a page for each name in a NAME section, which leads to the page that it stands on.

use super::Part;
use super::parts::{paragraphs, parts};
use super::subjects::name_of;
use crate::house::header::Item;
use std::fmt::Write;

const DESCRIPTION: &str = "Gives a SIP stack server redundancy.
A program loads the provisioning text into a configuration, makes an engine from it, and feeds that engine with what
happens: requests to be sent, responses, failures, DNS answers, the timer.
The engine calls back: send this request to that server, leave that attempt, call me at that moment.
.PP
A program that uses the built-in DNS driver goes through these steps:
.PP
.nf
sfo_config_new()              sfo_config_load_text()
sfo_engine_new()              sfo_config_free()
sfo_dns_io_use_resolv_conf()  sfo_account_start()
.fi
.PP
and then, in its event loop, polls what
.BR sfo_dns_io_fds (3)
lists, calls
.BR sfo_dns_io_handle (3)
for descriptors that are ready and
.BR sfo_engine_handle_timer (3)
when the deadline of the
.I set_timer
callback has come, starts requests by
.BR sfo_request_start (3),
and reports what becomes of each attempt by
.BR sfo_attempt_provisional (3),
.BR sfo_attempt_response (3)
and
.BR sfo_attempt_failed (3).
";

const CLOSING: &str = ".SH FILES
.TP
.I /etc/resolv.conf
read by
.BR sfo_dns_io_use_resolv_conf (3)
only.
.SH STANDARDS
RFC 3261 (SIP), RFC 3263 (locating SIP servers), RFC 2782 (SRV), RFC 3403 (NAPTR), RFC 8767 (serving stale data).
.SH SEE ALSO
.BR sipfailover\\-sim (1);
.I integration.md
in the documentation of the package.
";

/// Of the interface that the pages describe. A formatter wants a date; that of the day would change the pages every day.
const DATE: &str = "2026-11-22";

/// The page above the others.
pub(super) fn overview(rules: &[(String, String)], all: &[Part]) -> String {
    let mut out = heading("sipfailover");
    out.push_str(".SH NAME\nsipfailover \\- SIP server redundancy: failover, fallback and failback\n");
    out.push_str(".SH SYNOPSIS\n.nf\n.B #include <sipfailover.h>\n.PP\n");
    out.push_str(".B cc program.c $(pkg\\-config \\-\\-cflags \\-\\-libs sipfailover)\n.fi\n.SH DESCRIPTION\n");
    out.push_str(DESCRIPTION);
    out.push_str(".SH RULES\n");
    for (name, text) in rules {
        let _ = write!(out, ".TP\n.B {}\n{}", escaped(name), lines(text));
    }
    out.push_str(".SH PAGES\n");
    for part in all {
        let _ = write!(out, ".TP\n.BR {} (3)\n{}", part.subject.manual(), lines(part.subject.purpose));
    }
    out + CLOSING
}

/// The page of a subject.
pub(super) fn page(part: &Part) -> String {
    let mut out = heading(&part.subject.manual());
    let functions = part.functions.iter().map(name_of);
    let mut names: Vec<&str> = functions.chain(part.types.iter().map(|(item, _)| name_of(item))).collect();
    let manual = part.subject.manual();
    names.insert(0, &manual);
    let title = part.subject.purpose.trim_end_matches('.');
    let _ = write!(out, ".SH NAME\n{} \\- {}\n", names.join(", "), lowercase_first(title));
    out.push_str(".SH SYNOPSIS\n.nf\n.B #include <sipfailover.h>\n");
    for item in &part.functions {
        let _ = write!(out, ".PP\n{}\n", escaped(&item.folded()));
    }
    out.push_str(".fi\n");
    if !part.functions.is_empty() {
        out.push_str(".SH FUNCTIONS\n");
    }
    part.functions.iter().for_each(|item| function(&mut out, item));
    if !part.types.is_empty() {
        out.push_str(".SH TYPES\n");
    }
    for (item, members) in &part.types {
        let _ = writeln!(out, ".SS {}", name_of(item));
        out.push_str(&joined(&paragraphs(&item.lines)));
        for member in members {
            let code = escaped(member.code.trim_end_matches(';'));
            let _ = write!(out, ".TP\n.B {code}\n{}", lines(&member.comment));
        }
    }
    if !part.constants.is_empty() {
        out.push_str(".SH CONSTANTS\n");
    }
    for constant in &part.constants {
        let (name, value) = (name_of(constant), constant.code.splitn(3, ' ').nth(2).unwrap_or_default());
        // The initializers are long, and nobody needs their values.
        let value = if name.ends_with("_INIT") { String::new() } else { format!(" = {}", escaped(value)) };
        let _ = write!(out, ".TP\n.B {name}{value}\n{}", lines(&constant.comment));
    }
    out.push_str(".SH SEE ALSO\n.BR sipfailover (3)\n");
    out
}

fn function(out: &mut String, item: &Item) {
    let found = parts(item);
    let _ = writeln!(out, ".SS {}()", name_of(item));
    out.push_str(&joined(&found.text));
    for (names, meaning) in &found.parameters {
        let _ = write!(out, ".TP\n.I {names}\n{}", lines(meaning));
    }
    for (status, meaning) in &found.returns {
        let meaning = lines(meaning);
        let _ = match status.as_str() {
            "" => write!(out, ".PP\nReturns: {meaning}"),
            _ => write!(out, ".TP\n.B {status}\n{meaning}"),
        };
    }
    let _ = write!(out, ".PP\n{}", lines(&found.rules));
}

fn heading(name: &str) -> String {
    let version = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));
    let note = ".\\\" Made from the comments of sipfailover.h; do not edit.\n";
    format!("{note}.TH {} 3 \"{DATE}\" \"sipfailover {version}\" \"Library functions\"\n", name.to_uppercase())
}

fn joined(paragraphs: &[String]) -> String {
    paragraphs.iter().map(|one| lines(one)).collect::<Vec<String>>().join(".PP\n")
}

/// A sentence to a line, as manual pages have it.
fn lines(text: &str) -> String {
    let mut out = String::new();
    for line in text.replace(". ", ".\n").lines() {
        let _ = writeln!(out, "{}", escaped(line));
    }
    out
}

/// What means something to roff.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-").replace('`', "");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

fn lowercase_first(text: &str) -> String {
    let is_name = text.get(..2).is_some_and(|two| two.bytes().all(|byte| byte.is_ascii_uppercase()));
    if is_name { text.to_owned() } else { text[..1].to_lowercase() + &text[1..] }
}

#[test]
fn roff_gets_no_commands_from_the_text() {
    assert_eq!(lines(".x -1 a\\b. 'c `d`"), "\\&.x \\-1 a\\eb.\n\\&'c d\n");
}
