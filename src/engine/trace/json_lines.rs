//! The trace for machines: one JSON object per line.

use super::moment::{Moments, date_and_time};
use super::words;
use crate::account::{EventKind, Record, Subject, What};
use crate::engine::json::Json;
use crate::policy::Method;
use crate::types::{Cause, Server};

/// Writes one fact.
pub fn write(json: &mut Json, moments: &Moments, record: &Record) {
    json.object(|json| {
        json.number("ago_ms", moments.now.since(record.at));
        if let Some(unix_ms) = moments.unix_ms(record.at) {
            json.text("time", &date_and_time(unix_ms).replace(' ', "T"));
        }
        json.text("what", name(record.what));
        if record.account.0 != 0 {
            json.number("account", u64::from(record.account.0));
        }
        if record.request != 0 {
            json.number("request", u64::from(record.request));
        }
        let (method, server, cause) = parts(record.what);
        if let Some(method) = method {
            json.text("method", method.text());
        }
        if let Some(server) = server {
            json.number("server", u64::from(server.number()));
        }
        match &record.subject {
            Subject::None => {}
            Subject::Target(key) => json.text("target", &key.to_string()),
            Subject::Question(question) => json.text("question", &question.to_string()),
        }
        if let Some(cause) = cause.filter(|cause| *cause != Cause::None) {
            json.text("cause", &words::cause(cause));
        }
        json.text("text", &words::fact(record));
    });
    json.end_line();
}

fn name(what: What) -> &'static str {
    match what {
        What::Started(_) => "request_started",
        What::Sent { .. } => "sent",
        What::Provisional(..) => "provisional",
        What::Challenged(..) => "challenged",
        What::Response(..) => "response",
        What::Failed(..) => "failed",
        What::Left(..) => "left",
        What::Late(..) => "late",
        What::Done(..) => "request_done",
        What::Withdrawn(_) => "request_withdrawn",
        What::Told(kind, ..) => words::event_name(kind),
        What::Woken(..) => "due",
        What::NewList(..) => "new_list",
        What::ListTarget(..) => "list_target",
        What::NoList(..) => "no_list",
        What::DnsAsked(..) => "dns_asked",
        What::DnsAnswered(_) => "dns_answered",
        What::AccountStarted => "account_started",
        What::AccountStopped => "account_stopped",
        What::Busy(_) => "busy",
        What::Reloaded => "reloaded",
        What::Diagnosed(_) => words::event_name(EventKind::Configuration),
        What::Network => "network",
        What::Families(_) => "families",
        What::DnsServers(_) => "dns_servers",
    }
}

fn parts(what: What) -> (Option<Method>, Option<Server>, Option<Cause>) {
    match what {
        What::Started(method) | What::Withdrawn(method) => (Some(method), None, None),
        What::Sent { method, server, .. }
        | What::Provisional(method, server)
        | What::Challenged(method, server)
        | What::Late(method, server) => (Some(method), Some(server), None),
        What::Response(method, server, status) => (Some(method), Some(server), Some(Cause::Response(status))),
        What::Failed(method, server, cause) | What::Left(method, server, cause) => {
            (Some(method), Some(server), Some(cause))
        }
        What::Done(method, _, cause) => (Some(method), None, Some(cause)),
        What::Told(_, server, _, cause) => (None, Some(server), Some(cause)),
        What::Woken(_, server) => (None, server, None),
        What::NewList(server, _) | What::ListTarget(server, ..) | What::NoList(server, _) => (None, Some(server), None),
        What::DnsAsked(..)
        | What::DnsAnswered(_)
        | What::AccountStarted
        | What::AccountStopped
        | What::Busy(_)
        | What::Reloaded
        | What::Diagnosed(_)
        | What::Network
        | What::Families(_)
        | What::DnsServers(_) => (None, None, None),
    }
}
