//! Registration: when a REGISTER is started, over which servers it walks, and what its end means.

use super::action::{CancelMode, EventKind, RegistrationState};
use super::attempt::{CauseText, FinalResponse};
use super::context::{Context, ListState, TimerKey};
use super::lists::look_ahead_in_ms;
use super::machine::{Account, Phase};
use super::request::{Kind, Phase as Awaiting};
use super::walk::{Failed, Walk};
use crate::config::RegisterSwitch;
use crate::policy::{Method, refusal_pause_ms, retry_pause_ms};
use crate::target::{TargetKey, TargetList};
use crate::types::{AttemptId, Cause, RequestId, SECOND_MS, Seconds, Server, TransportFailure};
use std::sync::Arc;

/// Why a registration walk starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Walking {
    /// It is time: first registration, refresh or retry.
    Due,
    /// A request found this server dead.
    Check(Server),
    /// This server is to become current at once.
    TakeOver(Server),
}

impl Account {
    /// The lane that maintains the binding at a server.
    pub(super) fn lane_of(&self, server: Server) -> u8 {
        if self.is_concurrent() { server.index() as u8 } else { 0 }
    }

    /// The server whose binding a lane maintains now.
    pub(super) fn lane_server(&self, lane: u8) -> Server {
        match (self.is_concurrent(), lane) {
            (true, 0) => Server::Working,
            (true, _) => Server::Fallback,
            (false, _) => self.current,
        }
    }

    /// The timer of a lane.
    pub(super) fn on_lane_timer(&mut self, ctx: &mut Context<'_>, lane: u8) {
        let state = &mut self.lanes[usize::from(lane)];
        state.timer = None;
        let due = state.due;
        if due <= ctx.now {
            return self.register(ctx, lane, Walking::Due);
        }
        ctx.set_timer(&mut state.timer, due.since(ctx.now), TimerKey::Lane(self.id, lane));
        self.look_ahead(ctx, lane, due);
    }

    /// Starts a registration walk, unless the lane is walking already.
    pub(super) fn register(&mut self, ctx: &mut Context<'_>, lane: u8, why: Walking) {
        let server = self.lane_server(lane);
        if self.phase != Phase::Running {
            return;
        }
        if let Some(walking) = self.lanes[usize::from(lane)].walk {
            if let (Walking::TakeOver(to), Some(request)) = (why, ctx.requests.get_mut(walking.0)) {
                request.walk.extend(to);
            }
            return;
        }
        // A registrar must not be asked twice at once: what is under way may make this walk unnecessary.
        if self.has_single_register(ctx, lane) {
            self.lanes[usize::from(lane)].owes_walk = true;
            return;
        }
        self.set_lane_timer(ctx, lane, None);
        let walk = self.registration_walk(ctx, server, why);
        let kind = Kind::Registration(lane);
        let Some(id) = self.insert_request(ctx, kind, Method::Register, 0, walk) else {
            // The table of requests is full: later.
            return self.set_lane_timer(ctx, lane, Some(u64::from(self.settings.retry.interval_s) * SECOND_MS));
        };
        self.lanes[usize::from(lane)].walk = Some(id);
        if self.sides[server.index()].state == RegistrationState::Off {
            self.set_registration(ctx, server, RegistrationState::Registering, Cause::None);
        }
        self.advance(ctx, id);
    }

    /// The servers a registration walk goes over.
    pub(super) fn registration_walk(&self, ctx: &Context<'_>, server: Server, why: Walking) -> Walk {
        let other = self.other_configured(server);
        if self.is_concurrent() {
            let mut walk = Walk::new(server, None);
            // Somebody else serves the account meanwhile: this is only to find out when the server is back.
            let is_check =
                !self.sides[server.index()].good && other.is_some_and(|other| self.holds_binding(ctx.now, other));
            walk.always_retries = is_check || matches!(why, Walking::Check(_));
            return walk;
        }
        if let Walking::TakeOver(to) = why {
            return Walk::new(to, None);
        }
        if !self.holds_binding(ctx.now, server) {
            let first = self.first_server();
            return Walk::new(first, self.other_configured(first));
        }
        match self.settings.register_switch {
            RegisterSwitch::Immediate => {
                let mut walk = Walk::new(server, other);
                walk.always_retries = matches!(why, Walking::Check(_));
                walk
            }
            // The binding lives: the other server waits until it has ended.
            RegisterSwitch::AtExpiry => {
                let mut walk = Walk::new(server, None);
                walk.more_behind = other.is_some();
                walk.always_retries = matches!(why, Walking::Check(_));
                walk
            }
        }
    }

    /// Concurrent registration: true if server 2 leads only to targets of server 1. The account registers there once.
    pub(super) fn repeats_server_1(
        &self,
        ctx: &mut Context<'_>,
        id: RequestId,
        server: Server,
        list: &TargetList,
    ) -> bool {
        let is_lanes = ctx.requests.get(id.0).is_some_and(|r| matches!(r.kind, Kind::Registration(_)));
        if !self.is_concurrent() || server != Server::Fallback || !is_lanes {
            return false;
        }
        match ctx.lists.get(ctx.now, &self.settings, Server::Working) {
            ListState::Ready(first) | ListState::Begun { list: first, .. } => {
                list.targets().iter().all(|target| first.position(target.key).is_some())
            }
            ListState::Pending | ListState::Slow | ListState::Failed => false,
        }
    }

    /// Ends a registration walk for which there is nothing to do. The lane is looked at again when server 1 has been
    /// registered with again.
    pub(super) fn rest_lane(&mut self, ctx: &mut Context<'_>, id: RequestId, server: Server) {
        self.drop_request(ctx, id, CancelMode::Destroy, Cause::None);
        self.lanes[usize::from(self.lane_of(server))].walk = None;
        if !self.holds_binding(ctx.now, server) {
            self.set_registration(ctx, server, RegistrationState::Off, Cause::None);
        }
    }

    fn wake_resting_lane(&mut self, ctx: &mut Context<'_>) {
        let lane = &self.lanes[Server::Fallback.index()];
        let rests = lane.walk.is_none() && lane.timer.is_none();
        if self.is_concurrent() && rests && self.settings.server(Server::Fallback).is_some() {
            self.register(ctx, Server::Fallback.index() as u8, Walking::Due);
        }
    }

    /// Successive registration: a request needs this server to be current.
    pub(super) fn take_over(&mut self, ctx: &mut Context<'_>, server: Server) {
        self.register(ctx, self.lane_of(server), Walking::TakeOver(server));
    }

    /// A request got through without a binding: register now instead of waiting out the pause.
    pub(super) fn register_soon(&mut self, ctx: &mut Context<'_>, server: Server) {
        let lane = self.lane_of(server);
        // A registrar that refused is asked slowly, whatever else it answers.
        if self.lane_server(lane) == server && self.lanes[usize::from(lane)].refusals == 0 {
            self.register(ctx, lane, Walking::Due);
        }
    }

    /// A request got a response that may concern only itself: ask the same target by REGISTER.
    pub(super) fn check_target(
        &mut self,
        ctx: &mut Context<'_>,
        server: Server,
        list: Arc<TargetList>,
        key: TargetKey,
    ) {
        let is_checking = |id: &RequestId| {
            ctx.requests.get(id.0).is_some_and(|r| r.kind == Kind::TargetCheck && r.walk.visits(server))
        };
        let lane = self.lane_of(server);
        if self.has_single_register(ctx, lane) {
            self.owed_check = Some((server, list, key));
            return;
        }
        // A REGISTER that another target answers would move the binding there.
        let may_hold = self.sides[server.index()].binding.as_ref().is_none_or(|binding| binding.target().key == key);
        if self.phase == Phase::Running
            && self.lane_server(lane) == server
            && may_hold
            && self.lanes[usize::from(lane)].walk.is_none()
            && !self.open.iter().any(is_checking)
        {
            let walk = Walk::single(server, list, key);
            if let Some(id) = self.insert_request(ctx, Kind::TargetCheck, Method::Register, 0, walk) {
                self.advance(ctx, id);
            }
        }
    }

    /// The registrar gave a final answer.
    pub(super) fn on_register_answer(
        &mut self,
        ctx: &mut Context<'_>,
        id: RequestId,
        attempt_id: AttemptId,
        response: FinalResponse,
    ) {
        let Some(attempt) = ctx.attempts.get(attempt_id.0) else { return };
        let (server, index, list, requested_s) =
            (attempt.server, attempt.index, attempt.list.clone(), attempt.expires_s);
        let (method, started) = (attempt.method, attempt.started);
        let Some(request) = ctx.requests.get_mut(id.0) else { return };
        // RFC 3261 §10.2.8: once more, with the lifetime that the registrar wants.
        if let (423, Some(wanted_s)) = (response.status, response.min_expires_s)
            && wanted_s > requested_s
            && request.min_expires_s.is_none()
        {
            request.min_expires_s = Some(wanted_s);
            request.walk.try_again(server, index);
            return self.open_attempt(ctx, id, server, index);
        }
        let (kind, cause) = (request.kind, request.walk.last_cause());
        let is_granted = (200..=299).contains(&response.status) && response.granted_expires_s != Some(0);
        let is_answered = is_granted || method == Method::Options;
        if !is_answered && self.note_failback_failed(ctx, id, (server, index), started) {
            return self.on_return_refused(ctx, id, (server, index), response.status);
        }
        self.drop_request(ctx, id, CancelMode::Destroy, Cause::None);
        let granted_s = response.granted_expires_s.unwrap_or(requested_s);
        match response.status {
            _ if kind == Kind::Unregister => self.on_unregistered(ctx),
            _ if kind == Kind::FailbackProbe => self.note_probe_answered(ctx, server),
            200..=299 if granted_s > 0 && kind == Kind::Beside => {
                self.on_registered_beside(ctx, server, list.targets()[usize::from(index)].key, granted_s);
            }
            200..=299 if granted_s > 0 => self.on_registered(ctx, kind, (server, list, index), granted_s, cause),
            status if matches!(kind, Kind::Move | Kind::Beside) => {
                let key = list.targets()[usize::from(index)].key;
                self.unpark_past(ctx, server, key, Cause::Response(status));
                self.after_single_register(ctx, server);
            }
            status => self.on_refused(ctx, kind, server, status),
        }
    }

    /// The primary refused the REGISTER that was to bring the account back: a renewal goes on where the account is.
    fn on_return_refused(&mut self, ctx: &mut Context<'_>, id: RequestId, (server, index): (Server, u8), status: u16) {
        let Some(request) = ctx.requests.get_mut(id.0) else { return };
        request.walk.note_failure(Failed { server, index, cause: Cause::Response(status) }, false, None);
        self.advance(ctx, id);
    }

    /// A target knows the phone, but the binding stays where it is.
    fn on_registered_beside(&mut self, ctx: &mut Context<'_>, server: Server, key: TargetKey, granted_s: u32) {
        let until = ctx.now.after(u64::from(granted_s) * SECOND_MS);
        self.sides[server.index()].registered_beside = Some((key, until));
        self.unpark(ctx, [false; 2]);
        self.after_single_register(ctx, server);
    }

    fn on_registered(
        &mut self,
        ctx: &mut Context<'_>,
        kind: Kind,
        (server, list, index): (Server, Arc<TargetList>, u8),
        granted_s: u32,
        cause: Option<Cause>,
    ) {
        let lane = self.lane_of(server);
        self.note_walk_end(kind);
        let key = list.targets()[usize::from(index)].key;
        let lifetime_ms = u64::from(granted_s) * SECOND_MS;
        let moved = self.sides[server.index()].binding.as_ref().is_none_or(|binding| binding.target().key != key);
        self.keep_binding(ctx, server, list.clone(), index, lifetime_ms);
        self.sides[server.index()].good = true;
        self.lanes[usize::from(lane)].failures = 0;
        self.lanes[usize::from(lane)].refusals = 0;
        self.note_registered_target(ctx, kind, server, &list, index);
        let was_registered = self.sides[server.index()].state == RegistrationState::Registered;
        self.set_registration(ctx, server, RegistrationState::Registered, cause.unwrap_or(Cause::None));
        if was_registered && moved {
            self.tell_registration(ctx, server);
        }
        self.note_current_target(ctx, server, list, index, cause);
        self.settle_current(ctx, server, cause);
        if self.lane_server(lane) == server {
            let ms = self.refresh_in_ms(ctx, server, lifetime_ms);
            self.set_lane_timer(ctx, lane, Some(ms));
            self.lanes[usize::from(lane)].owes_walk = false;
        }
        self.settle_probing(ctx);
        if server == Server::Working {
            self.wake_resting_lane(ctx);
        }
        self.unpark_at(ctx, server, key);
        self.after_single_register(ctx, server);
    }

    /// A target granted a registration: it is the one used last. A check of the target that holds the binding says
    /// nothing new, unless requests need a registration where they go.
    fn note_registered_target(
        &mut self,
        ctx: &mut Context<'_>,
        kind: Kind,
        server: Server,
        list: &Arc<TargetList>,
        index: u8,
    ) {
        let registers_first = self.settings.server(server).is_some_and(|settings| settings.register_on_enable);
        if kind != Kind::TargetCheck || registers_first {
            self.note_used(ctx, server, list, index);
        }
        self.note_registered_address(ctx, server);
    }

    /// After a registration at `server`: is it the current server now?
    fn settle_current(&mut self, ctx: &mut Context<'_>, server: Server, cause: Option<Cause>) {
        if !self.is_concurrent() {
            let cause = match server {
                Server::Working => Cause::Recovered,
                Server::Fallback => cause.unwrap_or(self.sides[0].cause),
            };
            // Server 2 was tried only for want of server 1: it is not meant to be registered any more.
            if server == Server::Working && !self.holds_binding(ctx.now, Server::Fallback) {
                self.set_registration(ctx, Server::Fallback, RegistrationState::Off, Cause::None);
            }
            return self.move_binding_to(ctx, server, cause);
        }
        match server {
            Server::Working => self.switch_to(ctx, Server::Working, Cause::Recovered),
            Server::Fallback => {
                let cause = self.sides[0].cause;
                self.leave_if_not_good(ctx, Server::Working, cause);
            }
        }
    }

    /// Successive registration: the maintained binding is at `server` now; the other one is left to expire.
    fn move_binding_to(&mut self, ctx: &mut Context<'_>, server: Server, cause: Cause) {
        if server == self.current {
            return;
        }
        let left = self.current;
        self.switch_to(ctx, server, cause);
        if left == Server::Fallback && self.settings.unregister_after_recovery {
            self.unregister(ctx, left);
        }
        // What was meant for the server left behind has lost its purpose.
        if let Some(walk) = self.lanes[0].walk.take() {
            self.drop_request(ctx, walk, CancelMode::Stop, Cause::Recovered);
        }
        for id in self.open.clone() {
            match ctx.requests.get(id.0).map(|request| (request.kind, &request.phase)) {
                Some((Kind::Move | Kind::Failback, _)) => {
                    self.drop_request(ctx, id, CancelMode::Stop, Cause::Recovered)
                }
                Some((Kind::Firmware, Awaiting::Parked(at))) if *at == left => self.close_server(ctx, id, left),
                _ => {}
            }
        }
        let state = match left {
            Server::Fallback => RegistrationState::Off,
            Server::Working => RegistrationState::Retrying,
        };
        self.set_registration(ctx, left, state, cause);
    }

    /// Removes the binding at a server, if there is one.
    pub(super) fn unregister(&mut self, ctx: &mut Context<'_>, server: Server) {
        let Some(binding) = &self.sides[server.index()].binding else { return };
        let walk = Walk::single(server, binding.list.clone(), binding.target().key);
        self.forget_binding(ctx, server);
        if let Some(id) = self.insert_request(ctx, Kind::Unregister, Method::Register, 0, walk) {
            self.advance(ctx, id);
        }
    }

    /// A REGISTER found no server, or its server fell silent after a provisional response.
    pub(super) fn on_register_failed(&mut self, ctx: &mut Context<'_>, id: RequestId, cause: Cause) {
        let Some(request) = ctx.requests.get(id.0) else { return };
        let (kind, retry_after_s) = (request.kind, request.walk.retry_after_s);
        let reached = Server::BOTH.map(|server| request.walk.has_reached(server));
        let (asked, single) = (request.walk.first_server(), request.walk.single_target());
        self.note_failback_failed(ctx, id, (asked, 0), ctx.now);
        self.drop_request(ctx, id, CancelMode::Stop, cause);
        match kind {
            Kind::Registration(lane) => self.on_walk_failed(ctx, lane, cause, retry_after_s, reached),
            Kind::Probe => self.probe = None,
            Kind::Move | Kind::Beside => {
                if let Some(key) = single {
                    self.unpark_past(ctx, asked, key, cause);
                }
                self.after_single_register(ctx, asked);
            }
            Kind::Failback => {
                self.unpark(ctx, [false; 2]);
                self.after_single_register(ctx, asked);
            }
            Kind::FailbackProbe => {}
            // The target that refused a request does not answer REGISTER either: the account looks for another one.
            Kind::TargetCheck => {
                for server in Server::BOTH.into_iter().filter(|server| reached[server.index()]) {
                    self.register(ctx, self.lane_of(server), Walking::Due);
                }
            }
            Kind::Unregister => self.on_unregistered(ctx),
            Kind::Firmware => {}
        }
    }

    fn on_walk_failed(
        &mut self,
        ctx: &mut Context<'_>,
        lane: u8,
        cause: Cause,
        retry_after_s: Option<u32>,
        reached: [bool; 2],
    ) {
        let server = self.lane_server(lane);
        let state = &mut self.lanes[usize::from(lane)];
        state.walk = None;
        state.failures += 1;
        let failures = state.failures;
        let ms = retry_pause_ms(&self.settings.retry, failures, retry_after_s, ctx.jitter());
        self.set_lane_timer(ctx, lane, Some(ms));
        let mut lost_all = true;
        let is_own_fault = cause == Cause::Transport(TransportFailure::Local);
        for other in Server::BOTH {
            // The next walk begins at the primary.
            if reached[other.index()] && !is_own_fault {
                self.forget_last(ctx, other);
            }
            if self.settings.server(other).is_none() || self.lane_of(other) != lane {
                continue;
            }
            let holds = self.holds_binding(ctx.now, other);
            lost_all &= !holds;
            match holds {
                true if other == server => self.set_registration(ctx, other, RegistrationState::RefreshFailing, cause),
                true => {}
                false if reached[other.index()] => {
                    self.set_registration(ctx, other, RegistrationState::Retrying, cause);
                }
                false => {}
            }
        }
        if self.is_concurrent() {
            // A fault of this device says nothing about the server.
            if !is_own_fault {
                self.sides[server.index()].good = false;
                self.leave_if_not_good(ctx, server, cause);
            }
            lost_all &= self.has_given_up_on(ctx, server.other());
        }
        if lost_all {
            let text = format!("every server failed ({}); next try in {}", CauseText(cause), Seconds(ms));
            self.event(ctx, EventKind::AllFailed, server, cause, text);
        }
        self.unpark(ctx, reached);
    }

    /// True if nothing is to be hoped from a server before its next walk.
    fn has_given_up_on(&self, ctx: &Context<'_>, server: Server) -> bool {
        let state = self.sides[server.index()].state;
        let failed = matches!(state, RegistrationState::Retrying | RegistrationState::Refused);
        self.settings.server(server).is_none() || (failed && !self.holds_binding(ctx.now, server))
    }

    fn on_refused(&mut self, ctx: &mut Context<'_>, kind: Kind, server: Server, status: u16) {
        let lane = self.lane_of(server);
        self.note_walk_end(kind);
        if !matches!(kind, Kind::Registration(_)) {
            return;
        }
        let state = &mut self.lanes[usize::from(lane)];
        state.refusals += 1;
        let ms = refusal_pause_ms(state.refusals);
        self.set_lane_timer(ctx, lane, Some(ms));
        let cause = Cause::Response(status);
        self.set_registration(ctx, server, RegistrationState::Refused, cause);
        if self.is_concurrent() {
            self.sides[server.index()].good = false;
            self.leave_if_not_good(ctx, server, cause);
        }
        self.unpark(ctx, Server::BOTH.map(|other| other == server));
    }

    /// A registration walk or probe is over.
    fn note_walk_end(&mut self, kind: Kind) {
        match kind {
            Kind::Registration(lane) => self.lanes[usize::from(lane)].walk = None,
            Kind::Probe => self.probe = None,
            Kind::TargetCheck
            | Kind::Move
            | Kind::Beside
            | Kind::Failback
            | Kind::FailbackProbe
            | Kind::Unregister
            | Kind::Firmware => {}
        }
    }

    /// Successive registration on server 2: time to look for server 1. Skipped while server 1 is being asked already, by
    /// the last probe or by a walk over both servers.
    pub(super) fn on_probe_timer(&mut self, ctx: &mut Context<'_>) {
        self.probe_timer = None;
        let due = self.probe_due;
        if due > ctx.now {
            ctx.set_timer(&mut self.probe_timer, due.since(ctx.now), TimerKey::Probe(self.id));
            return ctx.lists.look_ahead(ctx.now, &self.settings, Server::Working, due);
        }
        self.schedule_probe(ctx);
        let is_beside = |id: &RequestId| {
            ctx.requests.get(id.0).is_some_and(|r| r.kind == Kind::Beside && r.walk.visits(Server::Working))
        };
        let is_asked = self.is_registering_at(ctx, Server::Working) || self.open.iter().any(is_beside);
        if self.probe.is_some() || is_asked {
            return;
        }
        let mut walk = Walk::new(Server::Working, None);
        walk.always_retries = true;
        if let Some(id) = self.insert_request(ctx, Kind::Probe, Method::Register, 0, walk) {
            self.probe = Some(id);
            self.advance(ctx, id);
        }
    }

    /// True if the registration walk of a server's lane is at this server now.
    fn is_registering_at(&self, ctx: &Context<'_>, server: Server) -> bool {
        let walk = self.lanes[usize::from(self.lane_of(server))].walk;
        match walk.and_then(|walk| ctx.requests.get(walk.0)).map(|request| &request.phase) {
            Some(Awaiting::Attempting(id)) => ctx.attempts.get(id.0).is_some_and(|attempt| attempt.server == server),
            Some(Awaiting::AwaitingList(at)) => *at == server,
            Some(Awaiting::Parked(_) | Awaiting::Finished(_)) | None => false,
        }
    }

    /// A REGISTER of this kind is about to go to a server: lesser ones that are there step aside, as a registrar must
    /// not be asked twice at once (RFC 3261 §10.2).
    pub(super) fn make_way(&mut self, ctx: &mut Context<'_>, kind: Kind, server: Server) {
        if matches!(kind, Kind::TargetCheck | Kind::Unregister | Kind::Firmware) {
            return;
        }
        let is_lesser = |other: Kind| match kind {
            Kind::Registration(_) | Kind::Move | Kind::Beside | Kind::Failback => {
                matches!(other, Kind::Probe | Kind::TargetCheck | Kind::FailbackProbe)
            }
            Kind::Probe => matches!(other, Kind::TargetCheck | Kind::FailbackProbe),
            Kind::TargetCheck => other == Kind::FailbackProbe,
            Kind::FailbackProbe | Kind::Unregister | Kind::Firmware => false,
        };
        let steps_aside =
            |id: &&RequestId| ctx.requests.get(id.0).is_some_and(|r| is_lesser(r.kind) && r.walk.visits(server));
        let lesser: Vec<RequestId> = self.open.iter().filter(steps_aside).copied().collect();
        for id in lesser {
            self.drop_request(ctx, id, CancelMode::Stop, Cause::OtherRequest);
            self.probe.take_if(|probe| *probe == id);
        }
    }

    /// The lifetime of a binding has ended without a renewal.
    pub(super) fn on_binding_expired(&mut self, ctx: &mut Context<'_>, server: Server) {
        let cause = match self.sides[server.index()].state {
            RegistrationState::RefreshFailing => self.sides[server.index()].cause,
            _ => Cause::Expired,
        };
        self.sides[server.index()].binding = None;
        let lane = self.lane_of(server);
        if self.lane_server(lane) != server {
            // Left to expire after a change of servers.
            let state = self.rest_state(server);
            return match self.sides[server.index()].state {
                RegistrationState::Retrying => {}
                _ => self.set_registration(ctx, server, state, Cause::Expired),
            };
        }
        self.set_registration(ctx, server, RegistrationState::Retrying, cause);
        if self.is_concurrent() {
            return;
        }
        if let Some(other) = self.other_configured(server) {
            match server {
                Server::Working => self.register(ctx, lane, Walking::TakeOver(other)),
                Server::Fallback => self.register(ctx, lane, Walking::Due),
            }
        }
    }

    /// Sets the next walk of a lane, or none.
    pub(super) fn set_lane_timer(&mut self, ctx: &mut Context<'_>, lane: u8, ms: Option<u64>) {
        let mut timer = self.lanes[usize::from(lane)].timer.take();
        ctx.cancel_timer(&mut timer);
        if let Some(ms) = ms {
            ctx.set_timer(&mut timer, look_ahead_in_ms(ms), TimerKey::Lane(self.id, lane));
            self.lanes[usize::from(lane)].due = ctx.now.after(ms);
        }
        self.lanes[usize::from(lane)].timer = timer;
    }
}
