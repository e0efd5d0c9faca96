//! The words of an explanation.

use super::facts::{Explanation, Health, Origin, Place};
use crate::account::{PassedOver, Phase, Rehearsal, Rule, WayBack};
use crate::target::Failure;
use crate::types::{Cause, Seconds, Server, Time};

/// Milliseconds that are left until a moment, or have passed since one, in whole seconds: what is left is never nothing.
pub fn left(now: Time, until: Time) -> Seconds {
    Seconds(until.since(now).div_ceil(1_000) * 1_000)
}

/// How long ago a moment was.
fn ago(now: Time, then: Time) -> Seconds {
    Seconds(now.since(then) / 1_000 * 1_000)
}

/// A cause with the status of a response.
pub fn cause(cause: Cause) -> String {
    match cause {
        Cause::Response(status) => format!("response {status}"),
        other => other.text().to_owned(),
    }
}

/// "1 target", "2 targets".
pub fn count(targets: usize) -> String {
    format!("{targets} target{}", if targets == 1 { "" } else { "s" })
}

/// A list that is used as it is.
pub fn list_holds(targets: usize, now: Time, until: Time) -> String {
    match until {
        Time::NEVER => count(targets),
        until if until > now => format!("{}, for another {}", count(targets), left(now, until)),
        _ => format!("{}, although their records have expired", count(targets)),
    }
}

/// Why a target stands where it stands.
pub fn rule(now: Time, rule: Rule, failure: Option<Failure>) -> String {
    match rule {
        Rule::Primary => "primary".to_owned(),
        Rule::Return => "primary, where the account returns to with this request".to_owned(),
        Rule::Backup => "backup".to_owned(),
        Rule::UsedLast(way_back) => format!("used last; {}", return_in_words(now, way_back)),
        Rule::Paused(until) => format!("tried last: asked for a pause of another {}", left(now, until)),
        Rule::Quarantined(until) => {
            let since = failure.map_or(String::new(), |failure| format!("failed {} ago, ", ago(now, failure.at)));
            format!("tried last: {since}in quarantine for another {}", left(now, until))
        }
        Rule::Probed => "tried last: another request is finding out whether it is back".to_owned(),
        Rule::SilentAddress => "tried last: same address as a target that failed before it".to_owned(),
    }
}

fn return_in_words(now: Time, way_back: WayBack) -> String {
    match way_back {
        WayBack::Never => "no return before it fails".to_owned(),
        WayBack::At(at) => format!("return to the primary due in {}", left(now, at)),
        WayBack::WithRenewal => "return to the primary with the renewal of the registration".to_owned(),
        WayBack::AfterCall => "return to the primary due, after the call".to_owned(),
        WayBack::Due => "return to the primary due".to_owned(),
        WayBack::UnderWay => "the primary is being tried".to_owned(),
    }
}

/// Why a target would not be asked.
pub const fn passed_over(why: PassedOver) -> &'static str {
    match why {
        PassedOver::ServerOneOnly => "passed over: only server 1 offers this",
        PassedOver::NotRegistered => "passed over: not registered there",
        PassedOver::Refused => "passed over: its registrar refused the account",
        PassedOver::NoPlainAfterTls => "passed over: no plain transport after TLS has failed",
        PassedOver::NotReached => "comes when it is known what is before it",
    }
}

/// Where a target comes from.
pub fn origin(now: Time, origin: Origin) -> String {
    match origin {
        Origin::Live(until) => format!("live record, {} of its TTL left", left(now, until)),
        Origin::Stale => "stale record: expired, serves while DNS is silent".to_owned(),
        Origin::Expired => "expired record, DNS is asked first".to_owned(),
        Origin::Static => "static record".to_owned(),
        Origin::Literal => "configured as an address".to_owned(),
        Origin::Known => "known from before, not in the DNS cache".to_owned(),
    }
}

/// The same in one word.
pub const fn origin_word(origin: Origin) -> &'static str {
    match origin {
        Origin::Live(_) => "live",
        Origin::Stale => "stale",
        Origin::Expired => "expired",
        Origin::Static => "static",
        Origin::Literal => "literal",
        Origin::Known => "known",
    }
}

/// How a target does.
pub fn health(now: Time, health: &Health) -> String {
    let mut words = match health.failure {
        Some(failure) => format!("failed {} ago ({})", ago(now, failure.at), cause(failure.cause)),
        None => "no failure known".to_owned(),
    };
    if let Some(until) = health.quarantined_until {
        words.push_str(&format!(", quarantine for another {}", left(now, until)));
    }
    if let Some(until) = health.paused_until {
        words.push_str(&format!(", asked for a pause (503 Retry-After) of another {}", left(now, until)));
    }
    match health.registered_until {
        Some(until) => words.push_str(&format!("; registered for another {}", left(now, until))),
        None => words.push_str("; not registered"),
    }
    words
}

/// What an administrator would want to know beside the order.
pub fn remarks(of: &Explanation, shown: &Rehearsal, always_begins_there: impl Fn(Server) -> bool) -> Vec<String> {
    let mut remarks = Vec::new();
    match of.phase {
        Phase::Running => {}
        Phase::Off => remarks.push("the account is not started: a request would be refused".to_owned()),
        Phase::Stopping => remarks.push("the account is stopping: a request would be refused".to_owned()),
    }
    if let Some(server) = shown.awaits_dns {
        remarks.push(format!("the request would wait for DNS: the targets of server {}", server.number()));
    }
    if let Some(server) = shown.awaits_registration {
        remarks.push(format!("the request would wait for a registration with server {}", server.number()));
    }
    if of.phase == Phase::Running && of.candidates.is_empty() && remarks.is_empty() {
        remarks.push("no target can be asked: the request would fail at once".to_owned());
    }
    remarks.extend(cost_of_dead(of, always_begins_there));
    remarks
}

/// A dead primary that every request begins with costs every request.
fn cost_of_dead(of: &Explanation, always_begins_there: impl Fn(Server) -> bool) -> Option<String> {
    let is_dead = |place: &&Place| place.health.failure.is_some() && always_begins_there(place.server);
    let dead: Vec<&Place> = of.candidates.iter().take_while(is_dead).collect();
    if dead.is_empty() || dead.len() == of.candidates.len() {
        return None;
    }
    let ms = dead.iter().filter_map(|place| place.budget_ms).sum();
    let names: Vec<&str> = dead.iter().map(|place| place.target.as_str()).collect();
    Some(format!(
        "each request waits up to {} here before it moves on: failback_mode 0 begins at {} every time, although {} silent; \
         quarantine_timeout > 0 would try {} last",
        Seconds(ms),
        names.join(" and "),
        if dead.len() == 1 { "it was" } else { "they were" },
        if dead.len() == 1 { "it" } else { "them" },
    ))
}
