//! What must hold for every attempt of every test, given the state of its account when it is sent.

use super::recorder::Recorder;
use crate::account::{Attempt, AttemptState, CancelMode, CancelSip, Phase, Purpose};
use crate::config::Redundancy;
use crate::policy::{Method, retry_budget};
use crate::types::{Cause, Server};

/// One attempt, as far as tests look at it when it is over.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Milliseconds since the start of the world.
    pub at: u64,
    pub method: Method,
    pub purpose: Purpose,
    pub server: Server,
    pub ip: String,
    pub budget_ms: u64,
}

impl Sent {
    pub fn new(at: u64, attempt: &Attempt) -> Sent {
        let Attempt { method, purpose, server, budget, .. } = *attempt;
        Sent { at, method, purpose, server, ip: attempt.target().key.address.ip().to_string(), budget_ms: budget.ms }
    }

    /// When its budget is used up, if nothing comes.
    pub fn end(&self) -> u64 {
        self.at + self.budget_ms
    }

    /// It looks for a registration, or keeps one.
    pub fn is_register(&self) -> bool {
        self.method == Method::Register && self.purpose != Purpose::Unregister
    }
}

/// Panics if this attempt must not be sent, or not like this.
pub fn check(engine: &Recorder, attempt: &Attempt, t1_ms: u64) {
    // A request may have been queued in the turn in which its account stopped.
    let Some(account) = engine.account(attempt.account).filter(|account| account.phase() == Phase::Running) else {
        return;
    };
    let Some(settings) = account.settings().server(attempt.server) else { return };
    let (server, key) = (attempt.server, attempt.target().key);
    if attempt.purpose == Purpose::Probe {
        let wanted = retry_budget(attempt.method, key.transport, settings.retry_counts, t1_ms);
        assert_eq!(attempt.budget, wanted, "a probe waits no longer than the retries take");
    }
    if attempt.purpose != Purpose::Request || !engine.is_routed(attempt.request) {
        return;
    }
    let is_known = account.is_known_to(server, key);
    assert!(is_known || !settings.only_signal_with_registered, "a request to a target without a registration");
    let is_backup = attempt.index > 0;
    assert!(is_known || !settings.register_on_enable || !is_backup, "a request to a backup without a registration");
    let is_of_server_1 = matches!(attempt.method, Method::Subscribe | Method::Publish)
        && account.settings().redundancy == Redundancy::Concurrent
        && account.settings().server(Server::Working).is_some();
    assert!(!is_of_server_1 || server == Server::Working, "server 2 does not offer what {:?} asks for", attempt.method);
}

/// Panics if an attempt was left as its target is silent, while a REGISTER that began before still waits for the same target.
pub fn check_left(engine: &Recorder, left: &CancelSip) {
    let key = left.list.targets()[usize::from(left.index)].key;
    let is_of_request = engine.attempt(left.attempt).is_some_and(|attempt| attempt.purpose == Purpose::Request);
    let now = engine.internal_time();
    // One that fell silent after a provisional response was not dead.
    let is_dead = engine.shared.health.failure(key).is_some_and(|failure| failure.at.0 == now);
    if left.cause != Cause::Timeout || left.mode != CancelMode::Stop || !is_of_request || !is_dead {
        return;
    }
    let waits = |attempt: &&Attempt| {
        let is_former = attempt.state == AttemptState::Open && attempt.started.0 < now;
        is_former
            && attempt.account == left.account
            && attempt.method == Method::Register
            && attempt.target().key == key
    };
    let waiting = engine.shared.attempts.iter().map(|(_, attempt)| attempt).find(waits);
    assert!(waiting.is_none(), "{key} is silent, and is waited for: {waiting:?}");
}
