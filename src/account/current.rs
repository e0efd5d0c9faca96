//! The current server and target: when requests begin to go elsewhere.

use super::action::{EventKind, RegistrationState};
use super::attempt::CauseText;
use super::context::{Context, TimerKey};
use super::lists::look_ahead_in_ms;
use super::machine::{Account, Phase};
use super::registration::Walking;
use crate::policy::spread;
use crate::target::{TargetKey, TargetList};
use crate::types::{Cause, SECOND_MS, Server, Time};
use std::sync::Arc;

impl Account {
    /// A target answered: it is the current target if its server is the current one. `cause` is the last failure before
    /// it answered, if there was one.
    pub(super) fn note_current_target(
        &mut self,
        ctx: &mut Context<'_>,
        server: Server,
        list: Arc<TargetList>,
        index: u8,
        cause: Option<Cause>,
    ) {
        if server != self.current {
            return;
        }
        let Some(target) = list.targets().get(usize::from(index)) else { return };
        let from = self.current_target().map(|former| (former.key, former.as_str().to_owned()));
        if from.as_ref().is_some_and(|(key, _)| *key == target.key) {
            self.current_target = Some((list, index));
            return;
        }
        let to = target.as_str().to_owned();
        let cause = match (cause, &from) {
            (Some(cause), _) => cause,
            // Another account may have found the former target dead.
            (None, Some((former, _))) => ctx.health.failure(*former).map_or(Cause::Recovered, |failure| failure.cause),
            (None, None) => Cause::None,
        };
        let from = from.map(|(_, text)| text).unwrap_or_default();
        let mut text = format!("served by {to} now");
        if cause != Cause::None {
            text.push_str(&format!(" ({})", CauseText(cause)));
        }
        ctx.counters.switches += u64::from(!from.is_empty());
        let is_elsewhere = self.current_target().is_some_and(|f| f.key.address.ip() != target.key.address.ip());
        let key = target.key;
        self.current_target = Some((list, index));
        self.event_between(ctx, (EventKind::CurrentTarget, server, cause, Some(key)), [from.clone(), to.clone()], text);
        if is_elsewhere && is_failure(cause) && !self.subscriptions_follow(ctx.now, server, key) {
            let text = format!("subscriptions at {from} are affected ({})", CauseText(cause));
            self.event_between(ctx, (EventKind::SubscriptionsAffected, server, cause, Some(key)), [from, to], text);
        }
    }

    /// True if the firmware has been told to renew its subscriptions through this target, the account's registrar.
    fn subscriptions_follow(&self, now: Time, server: Server, key: TargetKey) -> bool {
        let wants = self.settings.server(server).is_some_and(|settings| settings.failback_subscribe);
        wants && self.is_home_of_subscriptions(server) && self.is_bound_to(now, server, key)
    }

    /// Concurrent registration: subscriptions are at server 1 only.
    fn is_home_of_subscriptions(&self, server: Server) -> bool {
        !self.is_concurrent() || server == self.first_server()
    }

    /// A registration was granted. If the binding has moved to another address, subscriptions may have to follow.
    pub(super) fn note_registered_address(&mut self, ctx: &mut Context<'_>, server: Server) {
        let Some(binding) = &self.sides[server.index()].binding else { return };
        let (key, to) = (binding.target().key, binding.target().as_str().to_owned());
        let ip = key.address.ip();
        if !self.is_home_of_subscriptions(server) {
            return;
        }
        let former = self.registered_ip.replace(ip).filter(|former| *former != ip);
        let wants = self.settings.server(server).is_some_and(|settings| settings.failback_subscribe);
        if let (Some(former), true) = (former, wants) {
            let text = format!("the registration moved to {to}: subscribe again");
            let ends = [former.to_string(), to];
            self.event_between(ctx, (EventKind::Resubscribe, server, Cause::None, Some(key)), ends, text);
        }
    }

    /// Makes a server current. Its target is the one that holds its binding, if there is one.
    pub(super) fn switch_to(&mut self, ctx: &mut Context<'_>, server: Server, cause: Cause) {
        if server == self.current {
            return;
        }
        self.current = server;
        let (kind, text) = match server {
            Server::Fallback => (EventKind::FallbackEntered, "server 2 takes over"),
            Server::Working => (EventKind::FallbackLeft, "server 1 has taken over again"),
        };
        self.event(ctx, kind, server, cause, format!("{text} ({})", CauseText(cause)));
        if let Some(binding) = &self.sides[server.index()].binding {
            let (list, index) = (binding.list.clone(), binding.index);
            self.note_current_target(ctx, server, list, index, Some(cause));
        }
    }

    /// A request found every target of a server dead.
    pub(super) fn server_found_dead(&mut self, ctx: &mut Context<'_>, server: Server, cause: Cause) {
        self.forget_last(ctx, server);
        if !self.is_concurrent() {
            self.sides[server.index()].cause = cause;
            return;
        }
        self.sides[server.index()].good = false;
        self.leave_if_not_good(ctx, server, cause);
    }

    /// Concurrent registration: a server that is not good stops being current while the other holds a binding.
    pub(super) fn leave_if_not_good(&mut self, ctx: &mut Context<'_>, server: Server, cause: Cause) {
        let other = server.other();
        let is_left = server == self.current && !self.sides[server.index()].good;
        if is_left && self.sides[other.index()].good && self.holds_binding(ctx.now, other) {
            self.switch_to(ctx, other, cause);
        }
    }

    /// After a request found a server dead: find out by REGISTER when it is back.
    pub(super) fn check_dead_server(&mut self, ctx: &mut Context<'_>, server: Server) {
        if self.phase != Phase::Running || self.pauses(server) {
            return;
        }
        let has_other = self.other_configured(server).is_some();
        if self.is_concurrent() || !has_other {
            self.register(ctx, self.lane_of(server), Walking::Check(server));
        }
    }

    /// True if the last registration walk failed at this server, and the next one has its time.
    pub(super) fn pauses(&self, server: Server) -> bool {
        let lane = &self.lanes[usize::from(self.lane_of(server))];
        (lane.failures > 0 || lane.refusals > 0) && lane.timer.is_some()
    }

    /// True if the last registration walk found nobody at any server it could come to, and the next one has its time.
    pub(super) fn has_found_nobody(&self, server: Server) -> bool {
        let lane = self.lane_of(server);
        let state = &self.lanes[usize::from(lane)];
        let is_left_out =
            |at: Server| self.settings.server(at).is_some() && self.lane_of(at) == lane && !state.reached[at.index()];
        let has_failed = state.failures > 0 && state.refusals == 0 && state.timer.is_some();
        has_failed && !Server::BOTH.into_iter().any(is_left_out)
    }

    /// Successive registration: the next probe of server 1, counted from the start of the last one.
    pub(super) fn schedule_probe(&mut self, ctx: &mut Context<'_>) {
        let interval_ms = u64::from(self.settings.probe_interval_s) * SECOND_MS;
        let ms = spread(interval_ms, 10, ctx.jitter());
        self.probe_due = ctx.now.after(ms);
        let mut timer = self.probe_timer.take();
        ctx.set_timer(&mut timer, look_ahead_in_ms(ms), TimerKey::Probe(self.id));
        self.probe_timer = timer;
    }

    /// Successive registration: the account has entered or left server 2.
    pub(super) fn settle_probing(&mut self, ctx: &mut Context<'_>) {
        let on_fallback = self.current == Server::Fallback && self.settings.server(Server::Working).is_some();
        if self.is_concurrent() || !on_fallback {
            let mut timer = self.probe_timer.take();
            ctx.cancel_timer(&mut timer);
        } else if self.probe_timer.is_none() {
            self.schedule_probe(ctx);
        }
    }

    /// The registration state of a server without a binding that is not meant to have one.
    pub(super) fn rest_state(&self, server: Server) -> RegistrationState {
        if self.sides[server.index()].binding.is_some() {
            RegistrationState::Registered
        } else {
            RegistrationState::Off
        }
    }
}

/// True if a target was left because it failed.
fn is_failure(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::Timeout
            | Cause::Transport(_)
            | Cause::Response(_)
            | Cause::Resolution
            | Cause::OtherRequest
            | Cause::Expired
    )
}
