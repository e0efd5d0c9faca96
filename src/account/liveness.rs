//! Liveness: the current target is asked by OPTIONS whether it is alive, so that a dead one is found before anyone dials.
//!
//! A target is **watched** while it is the current one. It is asked some time after the last **sign of life**: any
//! response to any request, or anything else that the firmware reports. A question without a response is a **loss**.
//! After several losses in a row the target is **given up**: the account registers elsewhere at once, and the target is
//! tried last by everything, until a sign of life comes. So that one comes, it is asked on. After a loss the first sign of
//! life brings a REGISTER: a server that was restarted may have lost the registration.

use super::action::{CancelMode, LogLevel};
use super::attempt::CauseText;
use super::context::{Context, TimerKey};
use super::machine::{Account, Phase};
use super::registration::Walking;
use super::request::Kind;
use super::walk::Walk;
use crate::policy::Method;
use crate::target::{Target, TargetKey, TargetList};
use crate::types::{AttemptId, Cause, RequestId, SECOND_MS, Server, Time, TimerHandle};
use core::net::IpAddr;
use std::sync::Arc;

/// Targets of one account that are watched at the same time: the current one, and those given up.
const MAX_WATCHED: usize = 8;

/// A target that is asked whether it is alive.
#[derive(Clone, Debug)]
struct Watched {
    server: Server,
    list: Arc<TargetList>,
    index: u8,
    /// The last sign of life, or the beginning of the last question.
    since: Time,
    /// Losses in a row.
    lost: u32,
    asking: Option<RequestId>,
    is_given_up: bool,
    /// A sign of life came after a loss, and no REGISTER has been answered since.
    is_back: bool,
}

impl Watched {
    fn target(&self) -> &Target {
        &self.list.targets()[usize::from(self.index)]
    }
}

/// The targets that an account watches.
#[derive(Clone, Debug, Default)]
pub(super) struct Liveness {
    watched: Vec<Watched>,
    timer: Option<TimerHandle>,
}

impl Liveness {
    /// True if this target is tried last, because it has not answered.
    pub fn is_given_up(&self, key: TargetKey) -> bool {
        self.watched.iter().any(|watched| watched.is_given_up && watched.target().key == key)
    }

    /// A target has answered a REGISTER.
    pub fn note_register_answered(&mut self, key: TargetKey) {
        for watched in self.watched.iter_mut().filter(|watched| watched.target().key == key) {
            watched.is_back = false;
        }
    }

    /// A question has ended, one way or the other.
    pub fn note_asked(&mut self, id: RequestId) {
        for watched in self.watched.iter_mut().filter(|watched| watched.asking == Some(id)) {
            watched.asking = None;
        }
    }
}

impl Account {
    /// A sign of life of a target.
    pub(super) fn note_heard(&mut self, ctx: &mut Context<'_>, key: TargetKey) {
        ctx.health.alive(key);
        for watched in self.liveness.watched.iter_mut().filter(|watched| watched.target().key == key) {
            watched.since = ctx.now;
            watched.is_back |= watched.lost > 0;
            watched.is_given_up = false;
            watched.lost = 0;
        }
    }

    /// The firmware has heard from an address, whatever it was.
    pub fn on_heard_from(&mut self, ctx: &mut Context<'_>, ip: IpAddr, port: Option<u16>) {
        let is_there = |watched: &&Watched| watched.target().key.is_at(ip, port);
        let keys: Vec<TargetKey> =
            self.liveness.watched.iter().filter(is_there).map(|watched| watched.target().key).collect();
        for key in keys {
            self.note_heard(ctx, key);
        }
    }

    fn options_interval_ms(&self, server: Server) -> u64 {
        self.settings.server(server).map_or(0, |settings| u64::from(settings.options_interval_s) * SECOND_MS)
    }

    /// The end of an input: watches the target that the account is at now, and renews the registration with one that is
    /// back.
    pub(super) fn settle_liveness(&mut self, ctx: &mut Context<'_>) {
        if self.liveness.watched.is_empty() && self.options_interval_ms(self.current) == 0 {
            return;
        }
        if self.phase != Phase::Running || ctx.frozen {
            return self.forget_watched(ctx);
        }
        let back: Vec<Server> = self.liveness.watched.iter().filter(|w| w.is_back).map(|w| w.server).collect();
        for watched in &mut self.liveness.watched {
            watched.is_back = false;
        }
        for server in back {
            self.register_after_return(ctx, server);
        }
        self.watch_current_target(ctx);
        self.set_liveness_timer(ctx);
    }

    fn watch_current_target(&mut self, ctx: &mut Context<'_>) {
        let current = self.current_target.clone().filter(|_| self.options_interval_ms(self.current) > 0);
        let current_key = current.as_ref().map(|(list, index)| list.targets()[usize::from(*index)].key);
        let is_over = |watched: &Watched| !watched.is_given_up && Some(watched.target().key) != current_key;
        for place in (0..self.liveness.watched.len()).rev() {
            if is_over(&self.liveness.watched[place])
                && let Some(id) = self.liveness.watched.remove(place).asking
            {
                self.drop_request(ctx, id, CancelMode::Destroy, Cause::None);
            }
        }
        let is_watched = self.liveness.watched.iter().any(|watched| Some(watched.target().key) == current_key);
        if let (Some((list, index)), false) = (current, is_watched || self.liveness.watched.len() >= MAX_WATCHED) {
            let (server, since) = (self.current, ctx.now);
            let (lost, asking) = (0, None);
            let fresh = Watched { server, list, index, since, lost, asking, is_given_up: false, is_back: false };
            self.liveness.watched.push(fresh);
        }
    }

    fn due(&self, watched: &Watched) -> Option<Time> {
        let interval_ms = self.options_interval_ms(watched.server);
        (watched.asking.is_none() && interval_ms > 0).then(|| watched.since.after(interval_ms))
    }

    /// The timer is left alone as long as it is early enough: it finds out for itself that there is nothing to do.
    fn set_liveness_timer(&mut self, ctx: &mut Context<'_>) {
        if self.liveness.timer.is_some() {
            return;
        }
        let due = self.liveness.watched.iter().filter_map(|watched| self.due(watched)).min();
        if let Some(due) = due {
            let ms = due.since(ctx.now);
            ctx.set_timer(&mut self.liveness.timer, ms, TimerKey::Liveness(self.id));
        }
    }

    /// Somebody may have been silent for long enough to be asked.
    pub(super) fn on_liveness_timer(&mut self, ctx: &mut Context<'_>) {
        self.liveness.timer = None;
        for place in 0..self.liveness.watched.len() {
            let watched = &self.liveness.watched[place];
            if ctx.frozen || self.due(watched).is_none_or(|due| due > ctx.now) {
                continue;
            }
            let walk = Walk::single(watched.server, watched.list.clone(), watched.target().key);
            let asking = self.insert_request(ctx, Kind::Liveness, Method::Options, 0, walk);
            self.liveness.watched[place].since = ctx.now;
            self.liveness.watched[place].asking = asking;
            if let Some(id) = asking {
                self.advance(ctx, id);
            }
        }
    }

    /// A question was not answered.
    pub(super) fn on_liveness_lost(&mut self, ctx: &mut Context<'_>, id: RequestId, key: TargetKey, cause: Cause) {
        self.drop_request(ctx, id, CancelMode::Stop, cause);
        let Some(watched) = self.liveness.watched.iter_mut().find(|watched| watched.asking == Some(id)) else { return };
        watched.asking = None;
        watched.lost = watched.lost.saturating_add(1);
        // What was due while the answer was waited for comes at once; the timer may have been set for later.
        let (server, lost, was_given_up) = (watched.server, watched.lost, watched.is_given_up);
        ctx.cancel_timer(&mut self.liveness.timer);
        let max_lost = self.settings.server(server).map_or(u32::MAX, |settings| u32::from(settings.options_max_lost));
        let (account, text) = (self.id.0, CauseText(cause));
        ctx.log(
            LogLevel::Info,
            format_args!("account {account}: {key} does not answer OPTIONS ({text}), {lost} in a row"),
        );
        if was_given_up || lost < max_lost {
            return;
        }
        if let Some(watched) = self.liveness.watched.iter_mut().find(|watched| watched.target().key == key) {
            watched.is_given_up = true;
        }
        ctx.health.failed(key, ctx.now, cause);
        self.leave_lost_target(ctx, server, key, cause);
        self.fail_registrations_to(ctx, key, AttemptId(0));
    }

    /// A target has been given up: the account moves at once. One that has no registration any more, and has just found
    /// nobody, keeps its pause.
    fn leave_lost_target(&mut self, ctx: &mut Context<'_>, server: Server, key: TargetKey, cause: Cause) {
        if self.has_found_nobody(server) && !self.holds_binding(ctx.now, server) {
            return;
        }
        let is_left = |target: &Target| target.key != key && !self.liveness.is_given_up(target.key);
        let list = ctx.lists.known(&self.settings, server);
        if list.is_some_and(|list| list.targets().iter().any(is_left)) {
            let lane = self.lane_of(server);
            // A registrar that refused is asked slowly, whoever falls silent beside it.
            if self.lanes[usize::from(lane)].refusals == 0 {
                self.register(ctx, lane, Walking::Lost(server, key));
            }
            return;
        }
        self.server_found_dead(ctx, server, cause);
        match self.other_configured(server) {
            Some(other) if !self.is_concurrent() && server == self.current => self.take_over(ctx, other),
            _ => self.check_dead_server(ctx, server),
        }
    }

    /// A server is back after it had not answered: it may have forgotten the registration.
    fn register_after_return(&mut self, ctx: &mut Context<'_>, server: Server) {
        if self.maintains(server) {
            self.register_soon(ctx, server);
        } else if server == Server::Working {
            self.probe_server_1(ctx);
        }
    }

    /// Forgets who was asked.
    pub(super) fn forget_watched(&mut self, ctx: &mut Context<'_>) {
        ctx.cancel_timer(&mut self.liveness.timer);
        for watched in core::mem::take(&mut self.liveness.watched) {
            if let Some(id) = watched.asking {
                self.drop_request(ctx, id, CancelMode::Destroy, Cause::None);
            }
        }
    }
}
