//! The words of the trace.

use crate::account::{
    DnsAnswer, Due, EventKind, Purpose, Record, RecordOrigin, RegistrationState, RequestResult, Subject, What,
};
use crate::types::{Cause, Seconds, Server};

/// A fact in one line, without its moment.
#[must_use]
pub fn line(record: &Record) -> String {
    let mut line = match record.account.0 {
        0 => String::new(),
        account => format!("account {account}: "),
    };
    if record.request != 0 {
        line.push_str(&format!("[{}] ", record.request));
    }
    line + &fact(record)
}

/// What a fact is about, as text.
#[must_use]
pub fn subject(record: &Record) -> Option<String> {
    match &record.subject {
        Subject::None => None,
        Subject::Target(key) => Some(key.to_string()),
        Subject::Question(question) => Some(question.to_string()),
    }
}

/// A cause with the status of a response.
#[must_use]
pub fn cause(cause: Cause) -> String {
    match cause {
        Cause::Response(status) => format!("response {status}"),
        other => other.text().to_owned(),
    }
}

fn because(why: Cause) -> String {
    if why == Cause::None { String::new() } else { format!(" ({})", cause(why)) }
}

fn of(server: Server) -> u32 {
    server.number()
}

/// A fact without account and request.
#[must_use]
pub fn fact(record: &Record) -> String {
    let about = subject(record).unwrap_or_default();
    match record.what {
        What::Started(method) => format!("{} started", method.text()),
        What::Sent { method, server, purpose, budget_ms } => {
            let wait = Seconds(u64::from(budget_ms));
            format!("{}{} -> {about} (server {}), up to {wait}", method.text(), purpose_of(purpose), of(server))
        }
        What::Provisional(method, _) => format!("{} at {about}: provisional response", method.text()),
        What::Challenged(method, _) => format!("{} at {about}: asked for credentials", method.text()),
        What::Response(method, _, status) => format!("{} at {about}: {status}", method.text()),
        What::Failed(method, _, why) => format!("{} at {about} failed: {}", method.text(), cause(why)),
        What::Left(method, _, why) => format!("{} at {about} left{}", method.text(), because(why)),
        What::Late(method, _) => format!("{} at {about}: late answer, the server is alive", method.text()),
        What::Done(method, result, why) => format!("{} ended: {}{}", method.text(), result_of(result), because(why)),
        What::Withdrawn(method) => format!("{} withdrawn by the firmware", method.text()),
        What::Told(kind, server, state, why) => told(kind, server, state, &about) + &because(why),
        What::Woken(due, server) => match server {
            Some(server) => format!("due: {} (server {})", due_of(due), of(server)),
            None => format!("due: {}", due_of(due)),
        },
        What::NewList(server, count) => format!("server {}: new list of targets, {count} in all", of(server)),
        What::ListTarget(server, place, origin) => {
            format!("server {}: target {} is {about}{}", of(server), place + 1, origin_of(origin))
        }
        What::NoList(server, true) => {
            format!("server {}: its name led to no address; the targets known before serve", of(server))
        }
        What::NoList(server, false) => format!("server {}: its name led to no address", of(server)),
        What::DnsAsked(server, over_tcp) => {
            format!("DNS server {} is asked{}: {about}", server.0 + 1, if over_tcp { " over TCP" } else { "" })
        }
        What::DnsAnswered(answer) => format!("DNS: {about}: {}", answer_of(answer)),
        What::AccountStarted => "started by the firmware".to_owned(),
        What::AccountStopped => "stopped by the firmware".to_owned(),
        What::Busy(true) => "a call is up".to_owned(),
        What::Busy(false) => "no call is up".to_owned(),
        What::Reloaded => "new configuration".to_owned(),
        What::Diagnosed(0) => "the configuration has something to be corrected".to_owned(),
        What::Diagnosed(line) => format!("the configuration has something to be corrected in line {line}"),
        What::Network => "the network is up again, or another one".to_owned(),
        What::Families(families) => {
            let word = |has| if has { "yes" } else { "no" };
            format!("routes: IPv4 {}, IPv6 {}", word(families.v4), word(families.v6))
        }
        What::DnsServers(count) => format!("DNS servers: {count}"),
    }
}

const fn purpose_of(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Request | Purpose::Register => "",
        Purpose::Probe => " (probe)",
        Purpose::Unregister => " (removal)",
    }
}

const fn result_of(result: RequestResult) -> &'static str {
    match result {
        RequestResult::Answered => "answered",
        RequestResult::Failed => "failed at every server",
        RequestResult::Stopped => "its account was stopped",
        RequestResult::Released => "the engine was released",
    }
}

const fn due_of(due: Due) -> &'static str {
    match due {
        Due::Registration => "registration, or the look-ups before it",
        Due::Probe => "probe of server 1, or the look-ups before it",
        Due::BindingEnd => "end of the registration's lifetime",
        Due::Failback => "return to the primary",
        Due::Settings => "changed settings have waited long enough",
        Due::Liveness => "nothing was heard from a server for long",
    }
}

const fn origin_of(origin: RecordOrigin) -> &'static str {
    match origin {
        RecordOrigin::Regular => "",
        RecordOrigin::Static => ", static record",
        RecordOrigin::Stale => ", expired record",
    }
}

fn answer_of(answer: DnsAnswer) -> String {
    match answer {
        DnsAnswer::Records(1) => "1 record".to_owned(),
        DnsAnswer::Records(count) => format!("{count} records"),
        DnsAnswer::Alias => "an alias".to_owned(),
        DnsAnswer::NoData => "no such record".to_owned(),
        DnsAnswer::NoSuchName => "no such name".to_owned(),
        DnsAnswer::Failed(failure) => failure.to_string(),
    }
}

/// The name of an event, for machines.
#[must_use]
pub const fn event_name(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Registration => "registration",
        EventKind::CurrentTarget => "current_target",
        EventKind::FallbackEntered => "fallback_entered",
        EventKind::FallbackLeft => "fallback_left",
        EventKind::AllFailed => "all_failed",
        EventKind::ResolutionFailed => "resolution_failed",
        EventKind::Stopped => "stopped",
        EventKind::ReducedService => "reduced_service",
        EventKind::FailbackDue => "failback_due",
        EventKind::FailbackDeferred => "failback_deferred",
        EventKind::FailbackDone => "failback_done",
        EventKind::Resubscribe => "resubscribe",
        EventKind::SubscriptionsAffected => "subscriptions_affected",
        EventKind::Configuration => "configuration",
    }
}

fn told(kind: EventKind, server: Server, state: RegistrationState, about: &str) -> String {
    let server = of(server);
    let is_registered = matches!(state, RegistrationState::Registered | RegistrationState::RefreshFailing);
    match kind {
        EventKind::Registration if about.is_empty() || !is_registered => format!("server {server}: {}", state.text()),
        EventKind::Registration => format!("server {server}: {} at {about}", state.text()),
        EventKind::CurrentTarget => format!("served by {about} now"),
        EventKind::FallbackEntered => "server 2 takes over".to_owned(),
        EventKind::FallbackLeft => "server 1 has taken over again".to_owned(),
        EventKind::AllFailed => "every server failed; it is tried again".to_owned(),
        EventKind::ResolutionFailed => format!("server {server}: its name leads to no address"),
        EventKind::Stopped => "stopped".to_owned(),
        EventKind::ReducedService => "server 2 does not offer what is asked for".to_owned(),
        EventKind::FailbackDue => format!("server {server}: return to {about} due"),
        EventKind::FailbackDeferred => format!("server {server}: return to {about} waits for the end of a call"),
        EventKind::FailbackDone => format!("server {server}: back at its primary {about}"),
        EventKind::Resubscribe => format!("registration moved to {about}: subscribe again"),
        EventKind::SubscriptionsAffected => format!("moved to {about}: subscriptions are affected"),
        EventKind::Configuration => "the configuration has something to be corrected".to_owned(),
    }
}
