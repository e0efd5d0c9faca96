//! What the end of a REGISTER means: granted, refused, or no server found.

use super::action::{CancelMode, EventKind, RegistrationState};
use super::attempt::{CauseText, FinalResponse};
use super::context::Context;
use super::machine::Account;
use super::registration::Walking;
use super::request::Kind;
use super::walk::{Failed, Walk};
use crate::policy::{Method, refusal_pause_ms, retry_pause_ms};
use crate::target::{TargetKey, TargetList};
use crate::types::{AttemptId, Cause, RequestId, SECOND_MS, Seconds, Server, TransportFailure};
use core::num::NonZeroU32;
use std::sync::Arc;

impl Account {
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
            request.min_expires_s = NonZeroU32::new(wanted_s);
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
        // A registrar may only shorten what was asked for (RFC 3261 §10.3). Whoever believes in more, which may be an error of
        // the stack, does not renew for years.
        let granted_s = response.granted_expires_s.map_or(requested_s, |granted_s| granted_s.min(requested_s));
        let is_removed = (200..=299).contains(&response.status) && granted_s == 0 && method == Method::Register;
        if is_removed && self.is_bound_to(ctx.now, server, list.targets()[usize::from(index)].key) {
            // The registrar says itself that it knows the phone no more.
            self.forget_binding(ctx, server);
        }
        match response.status {
            _ if kind == Kind::Unregister => self.on_unregistered(ctx),
            _ if kind == Kind::FailbackProbe => self.note_probe_answered(ctx, server),
            _ if kind == Kind::Liveness => self.liveness.note_asked(id),
            200..=299 if granted_s > 0 && kind == Kind::Beside => {
                self.on_registered_beside(ctx, server, list.targets()[usize::from(index)].key, granted_s);
            }
            200..=299 if granted_s > 0 => {
                let has_moved = self.has_moved_since(started, server, list.targets()[usize::from(index)].key);
                self.on_registered(ctx, (kind, has_moved), (server, list, index), granted_s, cause);
            }
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

    /// A registration was granted. `has_moved`: after it was asked for, another target answered the account, which stays
    /// there.
    fn on_registered(
        &mut self,
        ctx: &mut Context<'_>,
        (kind, has_moved): (Kind, bool),
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
        if !has_moved {
            self.note_registered_target(ctx, kind, server, &list, index);
        }
        let was_registered = self.sides[server.index()].state == RegistrationState::Registered;
        self.set_registration(ctx, server, RegistrationState::Registered, cause.unwrap_or(Cause::None));
        if was_registered && moved {
            self.tell_registration(ctx, server);
        }
        if !has_moved {
            self.note_current_target(ctx, server, list, index, cause);
        }
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
            if matches!(ctx.requests.get(id.0).map(|request| request.kind), Some(Kind::Move | Kind::Failback)) {
                self.drop_request(ctx, id, CancelMode::Stop, Cause::Recovered);
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
        if ctx.frozen {
            return;
        }
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
            Kind::Liveness => self.liveness.note_asked(id),
            // The target that refused a request does not answer REGISTER either: the account looks for another one.
            Kind::TargetCheck => {
                for server in Server::BOTH.into_iter().filter(|server| reached[server.index()]) {
                    if !self.pauses(server) {
                        self.register(ctx, self.lane_of(server), Walking::Due);
                    }
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
        state.reached = reached;
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
        if server == Server::Working {
            self.wake_resting_lane(ctx);
        }
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
        if server == Server::Working {
            self.wake_resting_lane(ctx);
        }
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
            | Kind::Liveness
            | Kind::Unregister
            | Kind::Firmware => {}
        }
    }
}
