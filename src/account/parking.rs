//! Requests that wait for a registration, and the REGISTER requests they wait for.
//!
//! With `register_on_enable` a backup gets a REGISTER before it gets anything else, so that it knows the phone. The
//! primary gets requests without one, as long as no backup holds the binding; with `only_signal_with_registered` it does
//! not either. A REGISTER after the better targets were found dead moves the binding; after they merely declined one
//! request it does not: the backup then knows the phone beside the target that holds the binding.

use super::context::Context;
use super::machine::{Account, Phase as AccountPhase};
use super::registration::Walking;
use super::request::{Kind, Phase, Request, set_phase};
use super::walk::{Failed, Walk};
use crate::config::FailbackMode;
use crate::policy::Method;
use crate::target::TargetKey;
use crate::types::{Cause, RequestId, Server, Time, TransportFailure};

/// Requests of one account that may wait for a registration at the same time.
const MAX_PARKED: usize = 16;

impl Account {
    /// True if this target must know the phone before it gets this request.
    pub(super) fn needs_registration(&self, now: Time, request: &Request, server: Server, index: u8) -> bool {
        let Some(settings) = self.settings.server(server).filter(|settings| settings.register_on_enable) else {
            return false;
        };
        if request.kind != Kind::Firmware || request.urgent.is_some() || request.is_in_dialog {
            return false;
        }
        let target = request.walk.list(server).and_then(|list| list.targets().get(usize::from(index)));
        if target.is_none_or(|target| self.knows_us(now, server, target.key)) {
            return false;
        }
        let is_asked_at_once = settings.failback_mode == FailbackMode::NewRequests || !self.holds_binding(now, server);
        let is_exempt = index == 0 && is_asked_at_once && !settings.only_signal_with_registered;
        !is_exempt
    }

    /// True if the binding at a server is held by this target.
    pub(super) fn is_bound_to(&self, now: Time, server: Server, key: TargetKey) -> bool {
        self.live_binding(now, server).is_some_and(|binding| binding.target().key == key)
    }

    /// True if a target has granted a registration that the account has not replaced since, expired or not.
    #[cfg(test)]
    pub fn is_known_to(&self, server: Server, key: TargetKey) -> bool {
        let side = &self.sides[server.index()];
        let beside = side.registered_beside.is_some_and(|(known, _)| known == key);
        beside || side.binding.as_ref().is_some_and(|binding| binding.target().key == key)
    }

    /// A target that knows the phone beside the one that holds the binding.
    #[must_use]
    pub fn target_beside(&self, now: Time, server: Server) -> Option<TargetKey> {
        self.registered_beside(now, server).map(|(key, _)| key)
    }

    /// The same, and until when it does.
    pub(super) fn registered_beside(&self, now: Time, server: Server) -> Option<(TargetKey, Time)> {
        self.sides[server.index()].registered_beside.filter(|(_, until)| *until > now)
    }

    fn knows_us(&self, now: Time, server: Server, key: TargetKey) -> bool {
        self.is_bound_to(now, server, key) || self.target_beside(now, server) == Some(key)
    }

    /// Lets a request wait until this target knows the phone. False if that cannot be had: the walk goes on.
    pub(super) fn await_registration(
        &mut self,
        ctx: &mut Context<'_>,
        id: RequestId,
        server: Server,
        index: u8,
    ) -> bool {
        let lane = self.lane_of(server);
        // A registrar that refused is asked slowly, whatever a request needs.
        if self.lanes[usize::from(lane)].refusals > 0 && !self.holds_binding(ctx.now, server) {
            self.pass_unregistered(ctx, id, server);
            return false;
        }
        if !self.park(ctx, id, server) || self.is_registering(ctx, server) {
            return true;
        }
        let Some(request) = ctx.requests.get(id.0) else { return true };
        let Some(list) = request.walk.list(server).cloned() else { return true };
        let health = &*ctx.health;
        let moves =
            self.maintains(server) && request.walk.passed_only_dead(server, index, |key| health.failure(key).is_some());
        let kind = if moves { Kind::Move } else { Kind::Beside };
        let key = list.targets()[usize::from(index)].key;
        let walk = Walk::single(server, list, key).because(request.walk.last_cause());
        match self.insert_request(ctx, kind, Method::Register, 0, walk) {
            Some(register) => self.advance(ctx, register),
            None => self.give_up(ctx, id, Cause::Transport(TransportFailure::Local)),
        }
        true
    }

    /// No target of this server will know the phone soon: a request passes by those that have to. The primary may be none of
    /// them.
    fn pass_unregistered(&self, ctx: &mut Context<'_>, id: RequestId, server: Server) {
        let now = ctx.now;
        let Some(request) = ctx.requests.get_mut(id.0) else { return };
        let count = request.walk.list(server).map_or(0, |list| list.targets().len()) as u8;
        for index in 0..count {
            if self.needs_registration(now, request, server, index) {
                request.walk.skip_target(server, index);
            }
        }
    }

    /// A registration walk has just been over this server: what it found dead, of the targets that have to know the phone before
    /// they get this request, is dead for the request, too.
    fn note_dead_unregistered(&self, ctx: &mut Context<'_>, id: RequestId, server: Server) {
        let now = ctx.now;
        let Some(request) = ctx.requests.get_mut(id.0) else { return };
        let Some(list) = request.walk.list(server).cloned() else { return };
        for (index, target) in (0u8..).zip(list.targets()) {
            let waited_for =
                request.walk.is_untried(server, index) && self.needs_registration(now, request, server, index);
            if let Some(failure) = ctx.health.failure(target.key).filter(|_| waited_for) {
                request.walk.note_failure(Failed { server, index, cause: failure.cause }, true, None);
            }
        }
    }

    /// Lets a request wait for a registration. False if too many wait: the request has ended.
    pub(super) fn park(&mut self, ctx: &mut Context<'_>, id: RequestId, server: Server) -> bool {
        if self.parked(ctx).count() >= MAX_PARKED {
            self.give_up(ctx, id, Cause::NotRegistered);
            return false;
        }
        // They go on in the order in which they began to wait.
        self.open.retain(|open| *open != id);
        self.open.push(id);
        set_phase(ctx, id, Phase::Parked(server));
        true
    }

    fn parked(&self, ctx: &Context<'_>) -> impl Iterator<Item = (RequestId, Server)> {
        self.open.iter().filter_map(|id| match ctx.requests.get(id.0)?.phase {
            Phase::Parked(at) => Some((*id, at)),
            Phase::Attempting(_) | Phase::AwaitingList(_) | Phase::Frozen | Phase::Finished(_) => None,
        })
    }

    /// A registration walk has ended: requests that waited for it go on. `failed` names the servers that it did not
    /// register with; those that waited for a server that it never reached ask for another walk.
    pub(super) fn unpark(&mut self, ctx: &mut Context<'_>, failed: [bool; 2]) {
        let parked: Vec<(RequestId, Server)> = self.parked(ctx).collect();
        for (id, at) in parked {
            if is_parked(ctx, id) && failed[at.index()] {
                match self.waits_for_server(ctx, id, at) {
                    true if self.sides[at.index()].cause == Cause::Resolution => self.close_server(ctx, id, at),
                    true => self.close_unregistered(ctx, id, at),
                    false => {
                        self.note_dead_unregistered(ctx, id, at);
                        self.pass_unregistered(ctx, id, at);
                    }
                }
            }
            if is_parked(ctx, id) {
                self.advance(ctx, id);
            }
        }
    }

    /// A target knows the phone now: requests that waited at its server go there, unless they have been there.
    pub(super) fn unpark_at(&mut self, ctx: &mut Context<'_>, server: Server, key: TargetKey) {
        let parked: Vec<(RequestId, Server)> = self.parked(ctx).collect();
        for (id, _) in parked.iter().filter(|(_, at)| *at == server) {
            if let Some(request) = ctx.requests.get_mut(id.0) {
                request.walk.aim(server, key);
            }
        }
        self.unpark(ctx, [false; 2]);
    }

    /// A REGISTER that requests waited for has failed at this target: they pass it by.
    pub(super) fn unpark_past(&mut self, ctx: &mut Context<'_>, server: Server, key: TargetKey, cause: Cause) {
        let is_dead = matches!(cause, Cause::Timeout | Cause::Transport(_) | Cause::OtherRequest);
        let parked: Vec<(RequestId, Server)> = self.parked(ctx).collect();
        for (id, at) in parked {
            if !is_parked(ctx, id) {
                continue;
            }
            let Some(request) = ctx.requests.get_mut(id.0) else { continue };
            let index = request.walk.list(server).and_then(|list| list.position(key)).map(|index| index as u8);
            match index.filter(|index| at == server && request.walk.is_untried(server, *index)) {
                Some(index) => {
                    request.walk.skip_target(server, index);
                    request.walk.note_failure(Failed { server, index, cause }, is_dead, None);
                    self.move_on(ctx, id, server, cause);
                }
                None => self.advance(ctx, id),
            }
        }
    }

    /// True if the binding at this server is the one that is maintained now.
    pub(super) fn maintains(&self, server: Server) -> bool {
        self.lane_server(self.lane_of(server)) == server
    }

    /// True if a REGISTER that others must wait for is under way in the lane of a server.
    pub(super) fn is_registering(&self, ctx: &Context<'_>, server: Server) -> bool {
        let lane = self.lane_of(server);
        self.lanes[usize::from(lane)].walk.is_some() || self.has_single_register(ctx, lane)
    }

    /// True if a REGISTER to one target is under way in a lane, beside its walk.
    pub(super) fn has_single_register(&self, ctx: &Context<'_>, lane: u8) -> bool {
        let is_one = |id: &RequestId| {
            ctx.requests.get(id.0).is_some_and(|request| {
                matches!(request.kind, Kind::Move | Kind::Beside | Kind::Failback)
                    && Server::BOTH.into_iter().any(|at| request.walk.visits(at) && self.lane_of(at) == lane)
            })
        };
        self.open.iter().any(is_one)
    }

    /// A REGISTER to one target has ended: what waited for it comes now.
    pub(super) fn after_single_register(&mut self, ctx: &mut Context<'_>, server: Server) {
        if self.phase != AccountPhase::Running {
            return;
        }
        let lane = self.lane_of(server);
        if core::mem::take(&mut self.lanes[usize::from(lane)].owes_walk) {
            self.register(ctx, lane, Walking::Due);
        }
        if let Some((server, list, key)) = self.owed_check.take().map(|check| *check) {
            self.check_target(ctx, server, list, key);
        }
    }
}

/// True if a request still waits: what became of the ones before it may have moved it on.
fn is_parked(ctx: &Context<'_>, id: RequestId) -> bool {
    ctx.requests.get(id.0).is_some_and(|request| matches!(request.phase, Phase::Parked(_)))
}
