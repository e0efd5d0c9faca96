//! Registration: when a REGISTER is started, and over which servers it walks.

use super::action::{CancelMode, RegistrationState};
use super::context::{Context, ListState, TimerKey};
use super::lists::look_ahead_in_ms;
use super::machine::{Account, Phase};
use super::request::{Kind, Phase as Awaiting};
use super::walk::Walk;
use crate::config::RegisterSwitch;
use crate::policy::Method;
use crate::target::{TargetKey, TargetList};
use crate::types::{Cause, RequestId, SECOND_MS, Server};
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
    /// This target of this server does not answer any more: the others are asked, all of them.
    Lost(Server, TargetKey),
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
        // When the network is back, every lane registers.
        if ctx.frozen {
            return;
        }
        if due <= ctx.now {
            return self.register(ctx, lane, Walking::Due);
        }
        ctx.set_timer(&mut state.timer, due.since(ctx.now), TimerKey::Lane(self.id, lane));
        self.look_ahead(ctx, lane, due);
    }

    /// Starts a registration walk, unless the lane is walking already.
    pub(super) fn register(&mut self, ctx: &mut Context<'_>, lane: u8, why: Walking) {
        let server = self.lane_server(lane);
        if self.phase != Phase::Running || ctx.frozen {
            return;
        }
        if let Some(walking) = self.lanes[usize::from(lane)].walk {
            let Some(request) = ctx.requests.get_mut(walking.0) else { return };
            match why {
                Walking::TakeOver(to) => request.walk.extend(to),
                Walking::Lost(_, key) => request.walk.avoided = Some(Box::new(key)),
                Walking::Due | Walking::Check(_) => {}
            }
            return;
        }
        // A registrar must not be asked twice at once: what is under way may make this walk unnecessary.
        if self.has_single_register(ctx, lane) {
            self.lanes[usize::from(lane)].owes_walk = true;
            return;
        }
        self.set_lane_timer(ctx, lane, None);
        let mut walk = self.registration_walk(ctx, server, why);
        walk.begins_at = self.lanes[usize::from(lane)].begins_at.take();
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
        let avoided = match why {
            Walking::Lost(_, key) => Some(Box::new(key)),
            Walking::Due | Walking::Check(_) | Walking::TakeOver(_) => None,
        };
        if self.is_concurrent() {
            let mut walk = Walk::new(server, None);
            // Somebody else serves the account meanwhile: this is only to find out when the server is back.
            let is_check =
                !self.sides[server.index()].good && other.is_some_and(|other| self.holds_binding(ctx.now, other));
            walk.always_retries = is_check || matches!(why, Walking::Check(_));
            walk.avoided = avoided;
            return walk;
        }
        if let Walking::TakeOver(to) = why {
            return Walk::new(to, None);
        }
        if avoided.is_some() {
            let mut walk = Walk::new(server, other);
            walk.avoided = avoided;
            return walk;
        }
        if !self.holds_binding(ctx.now, server) {
            let first = self.first_server();
            return Walk::new(first, self.other_configured(first));
        }
        // The other server waits until the binding has ended, unless it has been wanted before, and failed like this one.
        let lane = &self.lanes[usize::from(self.lane_of(server))];
        let waits = self.settings.register_switch == RegisterSwitch::AtExpiry
            && !(lane.failures > 0 && lane.reached[server.other().index()]);
        let mut walk = Walk::new(server, other.filter(|_| !waits));
        walk.more_behind = waits && other.is_some();
        walk.always_retries = matches!(why, Walking::Check(_));
        walk
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
        self.is_concurrent() && server == Server::Fallback && is_lanes && self.leads_to_server_1(ctx, list)
    }

    /// True if a list has no target that server 1 does not have.
    fn leads_to_server_1(&self, ctx: &mut Context<'_>, list: &TargetList) -> bool {
        match ctx.list(&self.settings, Server::Working) {
            ListState::Ready(first) | ListState::Begun { list: first, .. } => {
                list.targets().iter().all(|target| first.position(target.key).is_some())
            }
            ListState::Pending | ListState::Slow | ListState::Failed => false,
        }
    }

    /// Ends a registration walk for which there is nothing to do. The lane is looked at again when server 1 has been
    /// registered with again, or could not be.
    pub(super) fn rest_lane(&mut self, ctx: &mut Context<'_>, id: RequestId, server: Server) {
        self.drop_request(ctx, id, CancelMode::Destroy, Cause::None);
        self.lanes[usize::from(self.lane_of(server))].walk = None;
        if !self.holds_binding(ctx.now, server) {
            self.set_registration(ctx, server, RegistrationState::Off, Cause::None);
        }
    }

    /// Concurrent registration: server 2 may lead elsewhere by now, and be the only one that answers.
    pub(super) fn wake_resting_lane(&mut self, ctx: &mut Context<'_>) {
        let lane = &self.lanes[Server::Fallback.index()];
        let rests = lane.walk.is_none() && lane.timer.is_none();
        if !self.is_concurrent() || !rests || self.settings.server(Server::Fallback).is_none() {
            return;
        }
        // Nothing has changed as far as is known: nobody is to hear of a registration that begins and ends at once.
        let known = ctx.list(&self.settings, Server::Fallback);
        if !matches!(known, ListState::Ready(list) if self.leads_to_server_1(ctx, &list)) {
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
            self.owed_check = Some(Box::new((server, list, key)));
            return;
        }
        // A REGISTER that another target answers would move the binding there.
        let may_hold = self.sides[server.index()].binding.as_ref().is_none_or(|binding| binding.target().key == key);
        if self.phase == Phase::Running
            && !ctx.frozen
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
        self.probe_server_1(ctx);
    }

    /// Asks server 1 whether it is back, unless it is being asked already.
    pub(super) fn probe_server_1(&mut self, ctx: &mut Context<'_>) {
        let is_beside = |id: &RequestId| {
            ctx.requests.get(id.0).is_some_and(|r| r.kind == Kind::Beside && r.walk.visits(Server::Working))
        };
        let is_asked = self.is_registering_at(ctx, Server::Working) || self.open.iter().any(is_beside);
        if self.probe.is_some() || is_asked || ctx.frozen {
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
            Some(Awaiting::Parked(_) | Awaiting::Frozen | Awaiting::Finished(_)) | None => false,
        }
    }

    /// A REGISTER of this kind is about to go to a server: lesser ones that are there step aside, as a registrar must
    /// not be asked twice at once (RFC 3261 §10.2).
    pub(super) fn make_way(&mut self, ctx: &mut Context<'_>, kind: Kind, server: Server) {
        if matches!(kind, Kind::TargetCheck | Kind::Unregister | Kind::Firmware | Kind::Liveness) {
            return;
        }
        let is_lesser = |other: Kind| match kind {
            Kind::Registration(_) | Kind::Move | Kind::Beside | Kind::Failback => {
                matches!(other, Kind::Probe | Kind::TargetCheck | Kind::FailbackProbe)
            }
            Kind::Probe => matches!(other, Kind::TargetCheck | Kind::FailbackProbe),
            Kind::TargetCheck | Kind::FailbackProbe | Kind::Unregister | Kind::Firmware | Kind::Liveness => false,
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
            RegistrationState::RefreshFailing | RegistrationState::Refused => self.sides[server.index()].cause,
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
        // A registrar that refuses is alive: it is asked on slowly, and nobody takes over.
        if self.lanes[usize::from(lane)].refusals > 0 {
            return self.set_registration(ctx, server, RegistrationState::Refused, cause);
        }
        self.set_registration(ctx, server, RegistrationState::Retrying, cause);
        if self.is_concurrent() {
            return;
        }
        if let Some(other) = self.other_configured(server) {
            // The other one at once, unless the last walk has failed there, too: then both have their pause, and the next walk
            // goes over both. Server 1 is probed beside the walks. An old registration there may live on: that it failed is
            // what counts.
            let state = &self.lanes[usize::from(lane)];
            let is_probed = other == Server::Working && self.sides[other.index()].state == RegistrationState::Retrying;
            let has_failed = is_probed || (state.failures > 0 && state.reached[other.index()]);
            if !(has_failed && state.timer.is_some()) {
                self.register(ctx, lane, Walking::TakeOver(other));
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
