//! The device's own network: down, up, changed; and a connection to a server that was lost.
//!
//! While the network is down, nothing is sent, and nobody is blamed. The requests of the firmware are **frozen**: those
//! that no server has answered yet begin anew when the network is back, at the target where they were; those with a
//! provisional response are waited for. A request that has been frozen for the lifetime of a transaction fails: whoever
//! waits for it has to be told. What the account asks by itself is dropped: everything is asked anew afterwards.

use super::action::{CancelMode, RegistrationState, RequestResult};
use super::attempt::{leave_attempt, set_attempt_timer};
use super::context::Context;
use super::machine::{Account, Phase};
use super::registration::Walking;
use super::request::{Kind, Phase as Awaiting, set_phase};
use super::urgent::{cancel_request_timer, end_attempts, open_attempts};
use crate::policy::{Method, TIMER_C_MS, transaction_timeout_ms};
use crate::types::{AttemptId, Cause, RareList, RequestId, SECOND_MS, Server, TransportFailure};

/// After a connection was lost, the registration is renewed within this time, ms: a server that restarts loses the
/// connections of all its phones at once.
const FLOW_SPREAD_MS: u64 = 2 * SECOND_MS;

/// Why requests end that could not be sent: the fault is on this device.
const NO_NETWORK: Cause = Cause::Transport(TransportFailure::Local);

impl Account {
    /// The network is down: what is under way stops.
    pub fn on_link_down(&mut self, ctx: &mut Context<'_>) {
        if self.phase != Phase::Running {
            return;
        }
        self.drop_own_requests(ctx, NO_NETWORK);
        for id in self.open.clone() {
            self.freeze(ctx, id);
        }
    }

    /// Ends what the account asks by itself.
    fn drop_own_requests(&mut self, ctx: &mut Context<'_>, cause: Cause) {
        self.forget_watched(ctx);
        for id in self.open.clone() {
            if ctx.requests.get(id.0).is_some_and(|request| request.kind != Kind::Firmware) {
                self.drop_request(ctx, id, CancelMode::Destroy, cause);
            }
        }
        self.probe = None;
        self.owed_check = None;
        for lane in &mut self.lanes {
            lane.walk = None;
            lane.owes_walk = false;
            lane.begins_at = None;
        }
    }

    /// The network is down, and a request wants to go on.
    pub(super) fn freeze(&mut self, ctx: &mut Context<'_>, id: RequestId) {
        let Some(request) = ctx.requests.get(id.0) else { return };
        if matches!(request.phase, Awaiting::Finished(_)) {
            return;
        }
        let is_new = request.timer.is_none() || !matches!(request.phase, Awaiting::Frozen);
        let (kept, silent): (Vec<AttemptId>, Vec<AttemptId>) = open_attempts(ctx, id)
            .into_iter()
            .partition(|attempt| ctx.attempts.get(attempt.0).is_some_and(|attempt| attempt.is_proceeding()));
        for attempt in silent {
            let Some((server, index)) = ctx.attempts.get(attempt.0).map(|a| (a.server, a.index)) else { continue };
            leave_attempt(ctx, attempt, NO_NETWORK);
            if let Some(request) = ctx.requests.get_mut(id.0) {
                request.walk.try_again(server, index);
            }
        }
        if let Some(request) = ctx.requests.get_mut(id.0) {
            request.stay_with(kept.clone());
        }
        // Its time stands still.
        for attempt in kept {
            if let Some(timer) = ctx.attempts.get_mut(attempt.0).and_then(|attempt| attempt.timer.take()) {
                ctx.timers.cancel(timer);
            }
        }
        if is_new {
            self.set_request_timer(ctx, id, transaction_timeout_ms(ctx.options.t1_ms));
        }
    }

    /// The network has been down for as long as a transaction lives.
    pub(super) fn on_frozen_too_long(&mut self, ctx: &mut Context<'_>, id: RequestId) {
        end_attempts(ctx, id, None, NO_NETWORK);
        let report = self.done_report(ctx, id, RequestResult::Failed, NO_NETWORK);
        self.finish(ctx, id, report);
    }

    /// The network is back: frozen requests go on.
    fn thaw(&mut self, ctx: &mut Context<'_>) {
        for id in self.open.clone() {
            let Some(request) = ctx.requests.get(id.0) else { continue };
            match request.phase {
                Awaiting::Frozen => {
                    cancel_request_timer(ctx, id);
                    set_phase(ctx, id, Awaiting::AwaitingList(self.current));
                    self.advance(ctx, id);
                }
                Awaiting::Attempting(_) => self.go_on_waiting(ctx, id),
                Awaiting::AwaitingList(_) | Awaiting::Parked(_) | Awaiting::Finished(_) => {}
            }
        }
    }

    /// The attempts whose time stood still get all of it again.
    fn go_on_waiting(&mut self, ctx: &mut Context<'_>, id: RequestId) {
        for attempt in open_attempts(ctx, id) {
            let Some(paused) = ctx.attempts.get(attempt.0).filter(|attempt| attempt.timer.is_none()) else { continue };
            let ms = match paused.method {
                Method::Invite => TIMER_C_MS,
                _ => transaction_timeout_ms(ctx.options.t1_ms),
            };
            set_attempt_timer(ctx, attempt, ms);
            cancel_request_timer(ctx, id);
        }
    }

    /// The network or the device's own address changed: every binding is renewed, from the first server on.
    pub fn on_network_changed(&mut self, ctx: &mut Context<'_>) {
        if self.phase != Phase::Running {
            return;
        }
        self.held = RareList::EMPTY;
        // With a call up, the registration stays at the target where it is: another network is no reason to go back to the primary.
        match self.is_idle(ctx) {
            true => self.forget_places(ctx),
            false => self.forget_asides(),
        }
        self.drop_own_requests(ctx, Cause::Network);
        for server in Server::BOTH {
            // The registrar has bound an address that may not be ours any more.
            self.forget_binding(ctx, server);
            if self.settings.server(server).is_some() {
                self.sides[server.index()].good = true;
            }
            let state = self.sides[server.index()].state;
            if matches!(state, RegistrationState::Registered | RegistrationState::RefreshFailing) {
                self.set_registration(ctx, server, RegistrationState::Registering, Cause::Network);
            }
        }
        for lane in 0..self.lanes.len() as u8 {
            if self.lane_is_used(lane) {
                self.register(ctx, lane, Walking::Due);
            }
        }
        self.thaw(ctx);
    }

    fn lane_is_used(&self, lane: u8) -> bool {
        Server::BOTH.into_iter().any(|server| self.settings.server(server).is_some() && self.lane_of(server) == lane)
    }

    /// The connection was lost over which the account is registered with a server: the registrar cannot reach the phone
    /// any more. REGISTER to the same target, which has mostly just restarted; should it fail, to the next.
    pub fn on_flow_lost(&mut self, ctx: &mut Context<'_>, server: Server) {
        let lane = self.lane_of(server);
        let is_maintained = self.phase == Phase::Running && !ctx.frozen && self.lane_server(lane) == server;
        let Some(key) = self.live_binding(ctx.now, server).map(|binding| binding.target().key) else { return };
        // A REGISTER that is under way brings a connection of its own.
        if !is_maintained || self.lanes[usize::from(lane)].walk.is_some() {
            return;
        }
        self.lanes[usize::from(lane)].begins_at = Some(Box::new(key));
        let delay_ms = ctx.jitter().map_or(0, |random| random.up_to(FLOW_SPREAD_MS));
        let due = ctx.now.after(delay_ms);
        let state = &self.lanes[usize::from(lane)];
        match delay_ms {
            0 => self.register(ctx, lane, Walking::Due),
            _ if state.timer.is_some() && state.due <= due => {}
            _ => self.set_lane_timer(ctx, lane, Some(delay_ms)),
        }
    }
}
