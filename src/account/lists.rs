//! What target lists mean for an account: who waits for them, and what follows when they change.

use super::context::{Context, ListState};
use super::machine::{Account, Phase as AccountPhase};
use super::registration::Walking;
use super::request::{Kind, Phase, Request};
use super::walk::Start;
use crate::target::{Target, TargetList};
use crate::types::{Cause, Families, RequestId, SECOND_MS, Server, Time};
use std::sync::Arc;

/// What a REGISTER needs from DNS is asked this long before it is due, ms: more than a slow answer takes, and less than
/// the shortest TTL in use, so that what arrives still holds.
const LOOK_AHEAD_MS: u64 = 5 * SECOND_MS;

/// When to look ahead to a REGISTER that is due in `ms`: at once means that there is no time for it.
pub(super) const fn look_ahead_in_ms(ms: u64) -> u64 {
    if ms > LOOK_AHEAD_MS { ms - LOOK_AHEAD_MS } else { ms }
}

/// How much of a server's list is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Extent {
    /// All of it.
    Complete,
    /// The first targets; others may follow.
    Begun,
    /// What was known when the wait was over.
    Waited,
}

impl Account {
    /// The targets of a server, for a walk that has none of them or has begun with a part. Where DNS has none, the one that
    /// holds a binding remains.
    pub(super) fn list_for_walk(&self, ctx: &mut Context<'_>, server: Server, has_begun: bool) -> ListState {
        let state = match has_begun {
            true => ctx.more_of_list(&self.settings, server),
            false => ctx.list(&self.settings, server),
        };
        if !matches!(state, ListState::Failed | ListState::Slow) {
            return state;
        }
        match self.bound_target(ctx.now, server) {
            Some((list, target)) => ListState::Ready(list.only(target)),
            None => state,
        }
    }

    /// The target of a living binding, and the list it is in. It belongs to the targets of its server as long as the
    /// binding lives, whatever DNS says by now: the registrar there knows this account.
    pub(super) fn bound_target(&self, now: Time, server: Server) -> Option<(&Arc<TargetList>, &Target)> {
        let side = &self.sides[server.index()];
        match (&side.binding, side.remembered.as_deref()) {
            (Some(binding), _) if binding.expires > now => Some((&binding.list, binding.target())),
            (None, Some((list, expires))) if *expires > now => list.targets().first().map(|target| (list, target)),
            _ => None,
        }
    }

    /// True if a walk can begin with these targets although more may follow: the one that it starts at is among them.
    pub(super) fn can_begin(&self, server: Server, list: &TargetList) -> bool {
        self.last_used(server).is_none_or(|last| list.position(last).is_some())
    }

    /// Gives a request targets of a server. True if there are some among them that it did not have.
    pub(super) fn give_list(
        &mut self,
        ctx: &mut Context<'_>,
        id: RequestId,
        server: Server,
        list: Arc<TargetList>,
        extent: Extent,
    ) -> bool {
        let is_complete = extent == Extent::Complete;
        let begins = ctx.requests.get(id.0).is_some_and(|request| request.walk.list(server).is_none());
        let start = match begins && (is_complete || self.can_begin(server, &list)) {
            true => self.start_in(ctx, id, server, &list),
            false => Start::Primary,
        };
        let list = match self.bound_target(ctx.now, server) {
            // Mostly the binding was granted by a target of this very list.
            Some((known, target)) if is_complete && !Arc::ptr_eq(known, &list) => list.with(target),
            _ => list,
        };
        let Some(request) = ctx.requests.get_mut(id.0) else { return false };
        if is_complete && matches!(request.kind, Kind::Registration(_)) {
            // This walk asks those that DNS names now: none has to follow it for their sake.
            self.sides[server.index()].unlisted = false;
        }
        request.walk.set_list(server, list, start, extent == Extent::Begun)
    }

    pub(super) fn pass_by(&mut self, ctx: &mut Context<'_>, id: RequestId, server: Server) {
        if let Some(request) = ctx.requests.get_mut(id.0) {
            request.walk.pass_by(server);
        }
    }

    /// The targets of a server are known, or will not become known: requests that waited for them go on.
    pub fn on_list(&mut self, ctx: &mut Context<'_>, server: Server) {
        for id in self.waiting_for(ctx, server) {
            self.advance(ctx, id);
        }
    }

    /// Resolution is slow: requests that can go elsewhere do not wait for it.
    pub fn on_list_slow(&mut self, ctx: &mut Context<'_>, server: Server) {
        for id in self.waiting_for(ctx, server) {
            if self.can_pass(ctx, id, server) {
                self.close_server(ctx, id, server);
                self.advance(ctx, id);
            }
        }
    }

    /// True for a request of the firmware that need not wait for the targets of this server: it can go to the other.
    pub(super) fn can_pass(&self, ctx: &Context<'_>, id: RequestId, server: Server) -> bool {
        let request = ctx.requests.get(id.0);
        let waits = |r: &&Request| r.kind == Kind::Firmware && r.urgent.is_none();
        request.filter(waits).is_some_and(|r| self.may_follow(ctx.now, r, server.other()))
    }

    /// Requests that wait for the targets of a server.
    fn waiting_for(&self, ctx: &Context<'_>, server: Server) -> Vec<RequestId> {
        let is_urgent = |id: &RequestId| ctx.requests.get(id.0).is_some_and(|request| request.urgent.is_some());
        let waits = |id: &&RequestId| match ctx.requests.get(id.0).map(|request| &request.phase) {
            // An urgent request takes whichever comes first.
            Some(Phase::AwaitingList(at)) => *at == server || is_urgent(id),
            Some(Phase::Attempting(_) | Phase::Parked(_) | Phase::Frozen | Phase::Finished(_)) | None => false,
        };
        self.open.iter().filter(waits).copied().collect()
    }

    /// DNS has other targets for a server now. While the one that holds the binding is among them, nothing moves.
    pub fn on_list_changed(&mut self, _ctx: &mut Context<'_>, server: Server, list: &TargetList) {
        let side = &mut self.sides[server.index()];
        side.unlisted = side.binding.as_ref().is_some_and(|binding| list.position(binding.target().key).is_none());
    }

    /// The end of an input: a binding whose target DNS does not name any more moves, once no call is up or being set up.
    pub(super) fn leave_unlisted_targets(&mut self, ctx: &mut Context<'_>) {
        for server in Server::BOTH {
            if !self.sides[server.index()].unlisted {
                continue;
            }
            let lane = self.lane_of(server);
            let is_walking = self.lanes[usize::from(lane)].walk.is_some();
            if self.phase != AccountPhase::Running || is_walking || !self.is_idle(ctx) {
                continue;
            }
            self.sides[server.index()].unlisted = false;
            if self.lane_server(lane) == server && self.holds_binding(ctx.now, server) {
                self.register(ctx, lane, Walking::Due);
            }
        }
    }

    /// A REGISTER of this lane is due at `due`: what it will need from DNS is asked now.
    pub(super) fn look_ahead(&mut self, ctx: &mut Context<'_>, lane: u8, due: Time) {
        let walk = self.registration_walk(ctx, self.lane_server(lane), Walking::Due);
        for server in Server::BOTH.into_iter().filter(|server| walk.visits(*server)) {
            ctx.lists.look_ahead(ctx.now, &self.settings, server, due);
        }
    }

    /// Names may be resolved now: a lane that paused because its name led nowhere does not wait any longer.
    pub fn on_dns_changed(&mut self, ctx: &mut Context<'_>) {
        for server in Server::BOTH {
            let led_nowhere = self.sides[server.index()].cause == Cause::Resolution;
            if led_nowhere && !self.holds_binding(ctx.now, server) {
                self.register(ctx, self.lane_of(server), Walking::Due);
            }
        }
    }

    /// Other address families have a route now: a binding at an address that has none any more is of no use.
    pub fn on_families_changed(&mut self, ctx: &mut Context<'_>, families: Families) {
        for server in Server::BOTH {
            let address = self.binding_address(server);
            if address.is_some_and(|address| !families.contains(address.ip())) {
                self.forget_binding(ctx, server);
                self.register(ctx, self.lane_of(server), Walking::Due);
            }
        }
        self.on_dns_changed(ctx);
    }
}
