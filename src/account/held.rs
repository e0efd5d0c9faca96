//! Targets that are tried last: those that asked for a pause, and those that failed lately.
//!
//! Silence and transport failures are known to all accounts; what a target answered concerns the account that it answered.

use super::context::Context;
use super::machine::{Account, Held, HeldFor};
use super::request::Request;
use crate::policy::Method;
use crate::target::TargetKey;
use crate::types::{AttemptId, SECOND_MS, Server, Time};

/// Targets whose wish for a pause one account remembers: as many as two full lists have.
const MAX_HELD: usize = 64;

impl Account {
    /// True if a request tries this target last. An urgent one treats all alike.
    pub(super) fn is_tried_last(&self, ctx: &Context<'_>, request: &Request, server: Server, key: TargetKey) -> bool {
        let is_avoided = || request.walk.avoided.as_deref() == Some(&key);
        request.urgent.is_none() && (is_avoided() || self.is_held(ctx, request.method, server, key))
    }

    /// True if this target is to be tried last by a request of this method: it asked for a pause, does not answer OPTIONS, or
    /// is in quarantine.
    pub(super) fn is_held(&self, ctx: &Context<'_>, method: Method, server: Server, key: TargetKey) -> bool {
        self.held_until(ctx.now, method, key).is_some()
            || self.liveness.is_given_up(key)
            || self.is_quarantined(ctx, server, key)
    }

    /// Until when a target is held back from requests of this method, because of what it answered.
    pub(super) fn held_until(&self, now: Time, method: Method, key: TargetKey) -> Option<Time> {
        // Nearly always, and asked for every target of every request.
        if self.held.is_empty() {
            return None;
        }
        self.held(now, method, key).map(|held| held.until).max()
    }

    /// The same, for one reason.
    pub(super) fn held_for(&self, why: HeldFor, now: Time, method: Method, key: TargetKey) -> Option<Time> {
        self.held(now, method, key).filter(|held| held.why == why).map(|held| held.until).max()
    }

    /// What a target says to other requests does not keep the binding away from it.
    fn held(&self, now: Time, method: Method, key: TargetKey) -> impl Iterator<Item = &Held> {
        let concerns = move |held: &&Held| held.key == key && held.until > now;
        let concerns_method = move |held: &&Held| held.registrations || method != Method::Register;
        self.held.iter().filter(concerns).filter(concerns_method)
    }

    /// Tries a target last for some time, because of its answer to this method.
    pub(super) fn hold(&mut self, now: Time, method: Method, key: TargetKey, (why, seconds): (HeldFor, u32)) {
        let registrations = method == Method::Register;
        let is_same = |held: &Held| (held.key, held.registrations, held.why) == (key, registrations, why);
        self.held.retain(|held| held.until > now && !is_same(held));
        if self.held.len() < MAX_HELD {
            self.held.push(Held { key, until: now.after(u64::from(seconds) * SECOND_MS), why, registrations });
        }
    }

    /// A target serves requests of this method again: that ends its quarantine, but not the pause that it asked for.
    pub(super) fn note_served(&mut self, method: Method, key: TargetKey) {
        let registrations = method == Method::Register;
        let is_over =
            |held: &Held| held.key == key && held.why == HeldFor::Quarantine && held.registrations == registrations;
        if self.held.iter().any(is_over) {
            self.held.retain(|held| !is_over(held));
        }
    }

    /// True if a target failed less than the quarantine of its server ago, or if the first request after that is still
    /// finding out about it: one at a time.
    fn is_quarantined(&self, ctx: &Context<'_>, server: Server, key: TargetKey) -> bool {
        let quarantine_ms = self.quarantine_ms(server);
        quarantine_ms > 0
            && ctx.health.failure(key).is_some_and(|failure| {
                let is_probed = failure.probe.is_some_and(|probe| is_unanswered(ctx, probe));
                ctx.now.since(failure.at) < quarantine_ms || is_probed
            })
    }

    /// How long a target of a server is tried last after a failure, ms; 0: not at all.
    pub(super) fn quarantine_ms(&self, server: Server) -> u64 {
        self.settings.server(server).map_or(0, |settings| u64::from(settings.quarantine_timeout_s) * SECOND_MS)
    }

    /// An attempt begins: if its target has failed, it is the one that finds out whether the target is back.
    pub(super) fn note_quarantine_probe(&self, ctx: &mut Context<'_>, server: Server, key: TargetKey, id: AttemptId) {
        if self.quarantine_ms(server) == 0 {
            return;
        }
        let has_probe = |probe| is_unanswered(ctx, probe);
        if ctx.health.failure(key).is_some_and(|failure| !failure.probe.is_some_and(has_probe)) {
            ctx.health.probed(key, id);
        }
    }
}

fn is_unanswered(ctx: &Context<'_>, id: AttemptId) -> bool {
    ctx.attempts.get(id.0).is_some_and(|attempt| attempt.state == super::attempt::AttemptState::Open)
}
