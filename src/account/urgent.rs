//! Urgent requests: emergency calls, which are not kept waiting by anything that can be helped.
//!
//! An urgent request does not wait for the end of an attempt. A target that has not answered at all for two seconds stays
//! in the race while the next one is asked, so that several attempts, its **branches**, may be open at once. The first
//! response above 100 wins: the other branches are ended, and from then on the request is one like any other. A branch
//! that fails before that has its place taken by the next target at once; when no target is left, the branches that are
//! still open are waited for.
//!
//! It passes by what keeps others back: registration before use, quarantine, wishes for a pause, slow DNS.

use super::action::CancelMode;
use super::attempt::{end_attempt, leave_attempt};
use super::context::{Context, ListState, TimerKey};
use super::lists::Extent;
use super::machine::Account;
use super::request::{Phase, set_phase};
use super::walk::Start;
use crate::policy::urgent_patience_ms;
use crate::target::TargetList;
use crate::types::{AttemptId, Cause, RequestId, Server, Transport};
use std::sync::Arc;

/// What an urgent request knows beside the others.
#[derive(Clone, Debug, Default)]
pub struct Urgency {
    /// Attempts that were open when the latest one began.
    pub(super) branches: Vec<AttemptId>,
    /// A response above 100 has come.
    is_won: bool,
}

impl Account {
    /// Where an urgent request begins in a list: at the target that answered last.
    pub(super) fn urgent_start(&self, server: Server, list: &TargetList) -> Start {
        let current = self.current_target().map(|target| target.key).filter(|_| server == self.current);
        match current.or_else(|| self.last_used(server)).filter(|key| list.position(*key).is_some()) {
            Some(key) => Start::At(key),
            None => Start::Primary,
        }
    }

    /// What an urgent request uses while DNS is still being asked: whatever is known of a server.
    pub(super) fn known_list(&self, ctx: &mut Context<'_>, server: Server) -> Option<Arc<TargetList>> {
        let known = ctx.lists.known(&self.settings, server);
        known.or_else(|| self.bound_target(ctx.now, server).map(|(list, target)| list.only(target)))
    }

    /// An urgent request needs targets of a server that DNS has not named yet. True if it has to wait for them.
    pub(super) fn awaits_urgently(
        &mut self,
        ctx: &mut Context<'_>,
        id: RequestId,
        server: Server,
        state: &ListState,
    ) -> bool {
        let begun = match state {
            ListState::Begun { list, .. } => Some(list.clone()),
            _ => None,
        };
        if let Some(list) = begun.or_else(|| self.known_list(ctx, server))
            && self.give_list(ctx, id, server, list, Extent::Begun)
        {
            return false;
        }
        if self.has_targets(ctx, id, server.other())
            && ctx.requests.get_mut(id.0).is_some_and(|request| request.walk.put_behind(server))
        {
            return false;
        }
        self.await_list(ctx, id, server);
        true
    }

    /// True if an urgent request has targets of this server, or would get them without waiting.
    fn has_targets(&self, ctx: &mut Context<'_>, id: RequestId, server: Server) -> bool {
        let Some(request) = ctx.requests.get(id.0) else { return false };
        if !request.walk.visits(server) || self.settings.server(server).is_none() {
            return false;
        }
        let is_waiting = |state| matches!(state, ListState::Pending | ListState::Slow);
        request.walk.list(server).is_some()
            || !is_waiting(self.list_for_walk(ctx, server, false))
            || self.known_list(ctx, server).is_some()
    }

    /// The walk of a request needs targets; branches that are open stay so.
    pub(super) fn await_list(&mut self, ctx: &mut Context<'_>, id: RequestId, server: Server) {
        keep_branch(ctx, id);
        set_phase(ctx, id, Phase::AwaitingList(server));
    }

    /// The next attempt of an urgent request begins: those that are open stay so, and yet another target is asked if this
    /// one is silent.
    pub(super) fn keep_branch_open(&mut self, ctx: &mut Context<'_>, id: RequestId, transport: Transport) {
        keep_branch(ctx, id);
        self.set_request_timer(ctx, id, urgent_patience_ms(transport));
    }

    /// A challenge was answered: the server gets the same patience once more.
    pub(super) fn restart_patience(&mut self, ctx: &mut Context<'_>, id: AttemptId) {
        let Some(attempt) = ctx.attempts.get(id.0) else { return };
        let (request, transport) = (attempt.request, attempt.target().key.transport);
        let is_latest = |phase: &Phase| matches!(phase, Phase::Attempting(latest) if *latest == id);
        if ctx.requests.get(request.0).is_some_and(|r| r.urgent.is_some() && is_latest(&r.phase)) {
            self.set_request_timer(ctx, request, urgent_patience_ms(transport));
        }
    }

    /// The latest attempt of an urgent request has been silent for a while.
    pub(super) fn on_patience_over(&mut self, ctx: &mut Context<'_>, id: RequestId) {
        let Some(request) = ctx.requests.get_mut(id.0) else { return };
        let (Phase::Attempting(latest), Some(urgency)) = (&request.phase, &request.urgent) else { return };
        let is_silent = |id: &AttemptId| ctx.attempts.get(id.0).is_none_or(|attempt| !attempt.is_proceeding());
        // A server that has said 100 is at work. Should it fail, the next one is asked at once.
        if urgency.is_won || !urgency.branches.iter().chain([latest]).all(is_silent) {
            return;
        }
        if let Some(attempt) = ctx.attempts.get(latest.0) {
            request.walk.note_silent(attempt.server, attempt.index);
        }
        self.advance(ctx, id);
    }

    /// A response above 100 has come to this attempt: the others are ended.
    pub(super) fn win(&mut self, ctx: &mut Context<'_>, id: RequestId, winner: AttemptId) {
        let Some(request) = ctx.requests.get_mut(id.0) else { return };
        let Some(urgency) = &mut request.urgent else { return };
        urgency.is_won = true;
        let mut others = core::mem::take(&mut urgency.branches);
        if let Phase::Attempting(latest) = request.phase {
            others.push(latest);
        }
        if !matches!(request.phase, Phase::Finished(_)) {
            request.phase = Phase::Attempting(winner);
        }
        request.last_attempt = Some(winner);
        cancel_request_timer(ctx, id);
        for other in others.into_iter().filter(|other| *other != winner) {
            leave_attempt(ctx, other, Cause::AnsweredElsewhere);
        }
    }

    /// True if an urgent request may still be answered by another target than the one that has just failed.
    pub(super) fn has_rivals(&self, ctx: &Context<'_>, id: RequestId) -> bool {
        let urgency = ctx.requests.get(id.0).and_then(|request| request.urgent.as_ref());
        urgency.is_some_and(|urgency| !urgency.is_won)
    }

    /// No target is left for a request. True if it is an urgent one with branches that are open: they are waited for.
    pub(super) fn waits_for_branches(&mut self, ctx: &mut Context<'_>, id: RequestId) -> bool {
        let Some(request) = ctx.requests.get_mut(id.0) else { return false };
        let Some(urgency) = &mut request.urgent else { return false };
        let is_open = |id: &AttemptId| ctx.attempts.get(id.0).is_some_and(|attempt| attempt.is_open());
        urgency.branches.retain(is_open);
        if matches!(&request.phase, Phase::Attempting(latest) if is_open(latest)) {
            return true;
        }
        match urgency.branches.pop() {
            Some(branch) => {
                request.phase = Phase::Attempting(branch);
                true
            }
            None => false,
        }
    }

    /// Sets the deadline of a request: the end of its patience, or of its stay while the network is down.
    pub(super) fn set_request_timer(&self, ctx: &mut Context<'_>, id: RequestId, ms: u64) {
        let Some(request) = ctx.requests.get_mut(id.0) else { return };
        let at = ctx.now.after(ms);
        request.timer = Some(ctx.timers.replace(request.timer, at, TimerKey::Request(self.id, id)));
    }

    /// The deadline of a request.
    pub(super) fn on_request_timer(&mut self, ctx: &mut Context<'_>, id: RequestId) {
        let Some(request) = ctx.requests.get_mut(id.0) else { return };
        request.timer = None;
        match request.phase {
            Phase::Frozen => self.on_frozen_too_long(ctx, id),
            Phase::Attempting(_) if ctx.frozen => self.on_frozen_too_long(ctx, id),
            Phase::Attempting(_) => self.on_patience_over(ctx, id),
            Phase::AwaitingList(_) | Phase::Parked(_) | Phase::Finished(_) => {}
        }
    }
}

/// The attempt that a request is at becomes one branch among others, if it is open.
fn keep_branch(ctx: &mut Context<'_>, id: RequestId) {
    let Some(request) = ctx.requests.get_mut(id.0) else { return };
    let (Phase::Attempting(latest), Some(urgency)) = (&request.phase, &mut request.urgent) else { return };
    if ctx.attempts.get(latest.0).is_some_and(|attempt| attempt.is_open()) {
        urgency.branches.push(*latest);
    }
}

/// The attempts of a request that are open.
pub(super) fn open_attempts(ctx: &Context<'_>, id: RequestId) -> Vec<AttemptId> {
    let Some(request) = ctx.requests.get(id.0) else { return Vec::new() };
    let latest = match request.phase {
        Phase::Attempting(latest) => Some(latest),
        _ => None,
    };
    let branches = request.urgent.iter().flat_map(|urgency| urgency.branches.iter().copied());
    let is_open = |id: &AttemptId| ctx.attempts.get(id.0).is_some_and(|attempt| attempt.is_open());
    branches.chain(latest).filter(is_open).collect()
}

/// Cancels the deadline of a request.
pub(super) fn cancel_request_timer(ctx: &mut Context<'_>, id: RequestId) {
    if let Some(timer) = ctx.requests.get_mut(id.0).and_then(|request| request.timer.take()) {
        ctx.timers.cancel(timer);
    }
}

/// Ends every attempt of a request that is still open: in a given way, or as its state demands.
pub(super) fn end_attempts(ctx: &mut Context<'_>, id: RequestId, mode: Option<CancelMode>, cause: Cause) {
    cancel_request_timer(ctx, id);
    let Some(request) = ctx.requests.get_mut(id.0) else { return };
    let branches = request.urgent.as_mut().map(|urgency| core::mem::take(&mut urgency.branches));
    let latest = match request.phase {
        Phase::Attempting(latest) => Some(latest),
        _ => None,
    };
    for attempt in branches.into_iter().flatten().chain(latest) {
        match mode {
            Some(mode) => end_attempt(ctx, attempt, mode, cause),
            None => leave_attempt(ctx, attempt, cause),
        }
    }
}
