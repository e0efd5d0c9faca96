//! Return to the primary: where in the list of a server a request starts, and when that becomes the primary again.
//!
//! An account that found the primary of a list dead stays with the target that answered instead, the one *used last*.
//! The moment of that answer is the **switch**. In mode *newRequests* nothing is remembered: every request starts at the
//! primary. In the other modes the return becomes due some time after the switch (*DNSTTL*, *duration*) or with the
//! renewal of the binding (*registration*), waits until no call is up or being set up, and is then tried: by a REGISTER,
//! after probes if wanted, or by the next request, which goes to the primary first. If that fails, the account stays
//! where it is, and the time starts anew.

use super::action::{CancelMode, EventKind};
use super::context::{Context, TimerKey};
use super::machine::{Account, Phase};
use super::request::{Kind, Phase as Awaiting, Request};
use super::walk::{Start, Walk};
use crate::config::FailbackMode;
use crate::policy::{FailbackStep, Method, PROBE_SPACING_MS, failback_step, stay_ms};
use crate::target::{Target, TargetKey, TargetList};
use crate::types::{Cause, RequestId, Server, Time, TimerHandle, Timers, Unset};
use std::sync::Arc;

/// How far the return to the primary of a server is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Stage {
    /// Not due. The timer, if there is one, runs until it is.
    #[default]
    Waiting,
    /// Due: waits for the account to become idle, for the next request, or for the timer between two probes.
    Due,
    /// This request asks the primary.
    Trying(RequestId),
}

/// When an account that is not at the primary returns there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WayBack {
    /// Not before the target used last fails.
    Never,
    /// At this moment.
    At(Time),
    /// With the renewal of the registration.
    WithRenewal,
    /// When the call has ended.
    AfterCall,
    /// With the next step of the account.
    Due,
    /// A request asks the primary now.
    UnderWay,
}

/// What an account remembers about the targets of one server.
#[derive(Clone, Debug)]
pub(super) struct Failback {
    /// The target used last.
    last: Option<(Arc<TargetList>, u8)>,
    /// When it answered for the first time.
    since: Time,
    stage: Stage,
    timer: Option<TimerHandle>,
    /// Probes in a row that the primary answered.
    successes: u32,
    /// The firmware has been told that the return waits for the end of a call.
    deferred: bool,
}

impl Unset for Failback {
    const UNSET: Failback =
        Failback { last: None, since: Time(0), stage: Stage::Waiting, timer: None, successes: 0, deferred: false };

    fn unset() -> &'static Failback {
        static UNSET: Failback = Failback::UNSET;
        &UNSET
    }
}

impl Failback {
    fn last(&self) -> Option<&Target> {
        let (list, index) = self.last.as_ref()?;
        list.targets().get(usize::from(*index))
    }

    fn last_key(&self) -> Option<TargetKey> {
        self.last().map(|target| target.key)
    }

    fn wait(&mut self) {
        self.stage = Stage::Waiting;
        self.successes = 0;
        self.deferred = false;
    }
}

impl Account {
    /// Where a request begins in the list of a server. Nothing else decides that.
    pub(super) fn start_in(
        &mut self,
        ctx: &mut Context<'_>,
        id: RequestId,
        server: Server,
        list: &Arc<TargetList>,
    ) -> Start {
        let Some(request) = ctx.requests.get(id.0) else { return Start::Primary };
        let (kind, was_idle) = (request.kind, request.was_idle);
        if request.urgent.is_some() {
            return self.urgent_start(server, list);
        }
        if let Some(key) = request.walk.begins_at.as_deref().filter(|key| list.position(**key).is_some()) {
            // Unless a request has moved the account meanwhile: then it registers where it is.
            let last = self.sides[server.index()].failback.last_key().filter(|_| self.remembers(server));
            return Start::At(last.unwrap_or(*key));
        }
        // What the library asks besides is about the primary, or names its target.
        if !matches!(kind, Kind::Firmware | Kind::Registration(_)) || !self.remembers(server) {
            return Start::Primary;
        }
        let Some(last) = self.sides[server.index()].failback.last_key() else { return Start::Primary };
        match list.position(last) {
            // The target is not in DNS any more: the account moves when no call is up.
            None if was_idle => {
                self.forget_last(ctx, server);
                return Start::Primary;
            }
            None => return Start::At(last),
            Some(0) => {
                self.clear_due(ctx, server);
                return Start::At(last);
            }
            Some(_) => self.note_new_primary(ctx, server),
        }
        let is_renewal = matches!(kind, Kind::Registration(_)) && self.holds_binding(ctx.now, server);
        if is_renewal {
            self.note_renewal(ctx, server);
        }
        let goes_back = match self.due_step(ctx, server) {
            Some(FailbackStep::NextRequest) => true,
            Some(FailbackStep::Register) => is_renewal,
            Some(FailbackStep::ProbeByOptions | FailbackStep::ProbeByRegister) | None => false,
        };
        if goes_back && !was_idle {
            self.tell_deferred(ctx, server);
        }
        if !goes_back || !was_idle {
            return Start::At(last);
        }
        // Should the primary be one that is tried last for now, the return stays due when this request has ended.
        self.sides[server.index()].failback.stage = Stage::Trying(id);
        Start::BackAtPrimary(last)
    }

    /// The target that requests start at, where that is not the primary anyway.
    pub(super) fn last_used(&self, server: Server) -> Option<TargetKey> {
        self.sides[server.index()].failback.last_key().filter(|_| self.remembers(server))
    }

    /// True if the account starts at the target used last, rather than at the primary.
    pub(super) fn remembers(&self, server: Server) -> bool {
        self.settings.server(server).is_some_and(|settings| settings.failback_mode != FailbackMode::NewRequests)
    }

    /// No INVITE of ours under way, no call up, and none that was answered at this very moment.
    pub(super) fn is_idle(&self, ctx: &Context<'_>) -> bool {
        let is_call = |id: &RequestId| {
            ctx.requests.get(id.0).is_some_and(|r| r.kind == Kind::Firmware && r.method == Method::Invite)
        };
        !self.busy && self.answered.is_none() && self.calls == 0 && !self.open.iter().any(is_call)
    }

    /// True if the account has moved to another target since this moment: what this one answers to what it was asked before
    /// does not bring the account back, which may have a call there.
    pub(super) fn has_moved_since(&self, moment: Time, server: Server, key: TargetKey) -> bool {
        let state = &self.sides[server.index()].failback;
        self.remembers(server) && state.since > moment && state.last_key().is_some_and(|last| last != key)
    }

    /// A target serves the account now. `list` is where it was found.
    pub(super) fn note_used(&mut self, ctx: &mut Context<'_>, server: Server, list: &Arc<TargetList>, index: u8) {
        let Some(target) = list.targets().get(usize::from(index)) else { return };
        if !self.remembers(server) {
            return;
        }
        let state = &mut self.sides[server.index()].failback;
        let is_same = state.last_key() == Some(target.key);
        let former = state.last.replace((list.clone(), index));
        if is_same {
            // DNS may have made it the primary while the return was due: the account is there already.
            if index == 0 {
                self.clear_due(ctx, server);
            }
            return;
        }
        let was_trying = matches!(state.stage, Stage::Trying(_));
        state.since = ctx.now;
        self.clear_due(ctx, server);
        match (index, former) {
            (0, Some((list, index))) if was_trying => {
                let from = list.targets()[usize::from(index)].as_str().to_owned();
                let text = format!("server {}: back at its primary {}", server.number(), target.as_str());
                let ends = [from, target.as_str().to_owned()];
                self.event_between(
                    ctx,
                    (EventKind::FailbackDone, server, Cause::Recovered, Some(target.key)),
                    ends,
                    text,
                );
            }
            (0, _) => {}
            _ => self.schedule_failback(ctx, server, ctx.now),
        }
    }

    /// A server answered a request of the firmware: it may be the one that the next requests start at. False if this
    /// request alone went there: past a better target that is not dead, or because it began before the account moved.
    pub(super) fn note_answer(
        &mut self,
        ctx: &mut Context<'_>,
        id: RequestId,
        (server, list, index): (Server, &Arc<TargetList>, u8),
    ) -> bool {
        let routed = |request: &&Request| request.kind == Kind::Firmware && !request.is_in_dialog;
        let Some(request) = ctx.requests.get(id.0).filter(routed) else { return false };
        let health = &*ctx.health;
        let moves = request.walk.passed_only_dead(server, index, |key| health.failure(key).is_some());
        // A call may ring for long. A target that it went past may have served others meanwhile.
        let is_back = |key| request.walk.has_found_dead(server, key) && health.failure(key).is_none();
        if !self.remembers(server) {
            let was_left = |current: &Target| is_back(current.key);
            return moves && !(request.walk.has_found_any_dead(server) && self.current_target().is_some_and(was_left));
        }
        let key = list.targets()[usize::from(index)].key;
        let state = &self.sides[server.index()].failback;
        let came_from_last = state.last_key().is_none_or(|last| {
            let has_returned = state.since > request.began && is_back(last);
            let is_behind = request.walk.comes_before(server, last, index) && !has_returned;
            last == key || state.stage == Stage::Trying(id) || is_behind
        });
        // Where each target wants a registration of its own, only a registration moves the account.
        let needs_binding = self.settings.server(server).is_some_and(|settings| settings.register_on_enable)
            && self.holds_binding(ctx.now, server)
            && !self.is_bound_to(ctx.now, server, key);
        let is_switch = moves && came_from_last && !needs_binding;
        if is_switch {
            self.note_used(ctx, server, list, index);
        }
        is_switch
    }

    /// The target used last is the primary, or the account has just switched: nothing is due.
    fn clear_due(&mut self, ctx: &mut Context<'_>, server: Server) {
        if self.sides[server.index()].failback.is_unset() {
            return;
        }
        let state = &mut self.sides[server.index()].failback;
        ctx.cancel_timer(&mut state.timer);
        state.wait();
    }

    /// Forgets where the account was: the next request starts at the primary.
    pub(super) fn forget_last(&mut self, ctx: &mut Context<'_>, server: Server) {
        self.clear_due(ctx, server);
        self.sides[server.index()].failback.clear();
    }

    /// Sets the moment at which the return is due: at the end of the stay, counted from `from`.
    fn schedule_failback(&mut self, ctx: &mut Context<'_>, server: Server, from: Time) {
        let Some(settings) = self.settings.server(server) else { return };
        let state = &mut self.sides[server.index()].failback;
        let Some(ms) = state.last().and_then(|target| stay_ms(settings, target)) else { return };
        let at = from.after(ms).max(state.since.after(ctx.options.failback_min_stay_ms));
        ctx.set_timer(&mut state.timer, at.since(ctx.now), TimerKey::Failback(self.id, server));
    }

    /// DNS put another target in front of the one used last: the time runs from now.
    fn note_new_primary(&mut self, ctx: &mut Context<'_>, server: Server) {
        let state = &self.sides[server.index()].failback;
        if state.stage == Stage::Waiting && state.timer.is_none() {
            self.schedule_failback(ctx, server, ctx.now);
        }
    }

    /// The binding is being renewed: in mode *registration* that is the moment of return.
    fn note_renewal(&mut self, ctx: &mut Context<'_>, server: Server) {
        let mode = self.settings.server(server).map(|settings| settings.failback_mode);
        let state = &self.sides[server.index()].failback;
        let has_stayed = ctx.now.since(state.since) >= ctx.options.failback_min_stay_ms;
        if mode == Some(FailbackMode::Registration) && state.stage == Stage::Waiting && has_stayed {
            self.become_due(ctx, server);
        }
    }

    fn become_due(&mut self, ctx: &mut Context<'_>, server: Server) {
        self.sides[server.index()].failback.stage = Stage::Due;
        self.tell_failback(ctx, EventKind::FailbackDue, server, "the return to its primary is due");
    }

    fn tell_deferred(&mut self, ctx: &mut Context<'_>, server: Server) {
        if !core::mem::replace(&mut self.sides[server.index()].failback.deferred, true) {
            self.tell_failback(ctx, EventKind::FailbackDeferred, server, "the return waits for the end of a call");
        }
    }

    fn tell_failback(&mut self, ctx: &mut Context<'_>, kind: EventKind, server: Server, text: &str) {
        let Some((list, index)) = &self.sides[server.index()].failback.last else { return };
        let name = |index: usize| list.targets().get(index).map(|t| t.as_str().to_owned()).unwrap_or_default();
        let ends = [name(usize::from(*index)), name(0)];
        let text = format!("server {}: {text}", server.number());
        let key = list.targets().first().map(|target| target.key);
        self.event_between(ctx, (kind, server, Cause::None, key), ends, text);
    }

    /// What the return needs next. `None` while it is not due, or something is under way.
    fn due_step(&mut self, ctx: &Context<'_>, server: Server) -> Option<FailbackStep> {
        let settings = self.settings.server(server)?;
        let state = &mut self.sides[server.index()].failback;
        if let Stage::Trying(id) = state.stage {
            let is_under_way = |r: &Request| !matches!(r.phase, Awaiting::Finished(_));
            if ctx.requests.get(id.0).is_some_and(is_under_way) {
                return None;
            }
            // It ended without an answer of the primary, for instance because its caller withdrew it.
            state.stage = Stage::Due;
        }
        let is_due = state.stage == Stage::Due && state.timer.is_none();
        is_due.then(|| failback_step(settings, state.successes, ctx.options.failback_successes))
    }

    /// The stay at a backup is over, or the next probe is due.
    pub(super) fn on_failback_timer(&mut self, ctx: &mut Context<'_>, server: Server) {
        let state = &mut self.sides[server.index()].failback;
        state.timer = None;
        if state.stage == Stage::Waiting {
            self.become_due(ctx, server);
        }
    }

    /// When the account, which is not at the primary of a server, returns there.
    pub(super) fn way_back(&self, ctx: &Context<'_>, timers: &Timers<TimerKey>, server: Server) -> WayBack {
        let state = &self.sides[server.index()].failback;
        let waits_until = state.timer.and_then(|timer| timers.when(timer));
        let mode = self.settings.server(server).map(|settings| settings.failback_mode);
        match (state.stage, waits_until) {
            (Stage::Trying(_), _) => WayBack::UnderWay,
            (_, Some(at)) => WayBack::At(at),
            (Stage::Due, None) if !self.is_idle(ctx) => WayBack::AfterCall,
            (Stage::Due, None) => WayBack::Due,
            (Stage::Waiting, None) if mode == Some(FailbackMode::Registration) => WayBack::WithRenewal,
            (Stage::Waiting, None) => WayBack::Never,
        }
    }

    /// The end of an input: goes on with a return that is due, if nothing stands in its way.
    pub(super) fn pursue_failback(&mut self, ctx: &mut Context<'_>, server: Server) {
        if self.sides[server.index()].failback.stage == Stage::Waiting
            || self.phase != Phase::Running
            || ctx.frozen
            || !self.maintains(server)
        {
            return;
        }
        let Some(step) = self.due_step(ctx, server) else { return };
        if !self.is_idle(ctx) {
            let returns_itself = matches!(step, FailbackStep::NextRequest) && self.returning_call_waits(ctx, server);
            if !returns_itself {
                self.tell_deferred(ctx, server);
            }
            return;
        }
        let (kind, method) = match step {
            FailbackStep::NextRequest => return,
            FailbackStep::ProbeByOptions => (Kind::FailbackProbe, Method::Options),
            FailbackStep::ProbeByRegister => (Kind::FailbackProbe, Method::Register),
            FailbackStep::Register => (Kind::Failback, Method::Register),
        };
        if method == Method::Register && self.is_registering(ctx, server) {
            return;
        }
        if let Some(id) = self.insert_request(ctx, kind, method, 0, Walk::primary(server)) {
            self.sides[server.index()].failback.stage = Stage::Trying(id);
            self.advance(ctx, id);
        }
    }

    /// A call that began while the account was idle waits for DNS: it is the one that goes back, and none to wait for.
    fn returning_call_waits(&self, ctx: &Context<'_>, server: Server) -> bool {
        let goes_back = |r: &Request| {
            r.was_idle && r.last_attempt.is_none() && matches!(r.phase, Awaiting::AwaitingList(at) if at == server)
        };
        self.open.iter().any(|id| ctx.requests.get(id.0).is_some_and(goes_back))
    }

    /// The return was about to ask a primary that wants a pause: it waits until that is over. False if it may be asked.
    pub(super) fn puts_off_return(&mut self, ctx: &mut Context<'_>, id: RequestId, server: Server, index: u8) -> bool {
        let Some(request) = ctx.requests.get(id.0) else { return false };
        let Some(key) = request.walk.key(server, index) else { return false };
        let Some(until) = self.held_until(ctx.now, request.method, key) else { return false };
        self.drop_request(ctx, id, CancelMode::Destroy, Cause::None);
        let state = &mut self.sides[server.index()].failback;
        state.stage = Stage::Due;
        ctx.set_timer(&mut state.timer, until.since(ctx.now), TimerKey::Failback(self.id, server));
        true
    }

    /// An attempt of this request at a target failed: if it was the one that was to bring the account back, the account
    /// stays, and the time starts anew with the beginning of the attempt. True if it was.
    pub(super) fn note_failback_failed(
        &mut self,
        ctx: &mut Context<'_>,
        id: RequestId,
        (server, index): (Server, u8),
        started: Time,
    ) -> bool {
        let was_trying = index == 0 && self.sides[server.index()].failback.stage == Stage::Trying(id);
        if was_trying {
            self.clear_due(ctx, server);
            self.schedule_failback(ctx, server, started);
        }
        was_trying
    }

    /// The primary answered a probe.
    pub(super) fn note_probe_answered(&mut self, ctx: &mut Context<'_>, server: Server) {
        let state = &mut self.sides[server.index()].failback;
        if !matches!(state.stage, Stage::Trying(_)) {
            return;
        }
        state.successes += 1;
        state.stage = Stage::Due;
        if state.successes < ctx.options.failback_successes {
            ctx.set_timer(&mut state.timer, PROBE_SPACING_MS, TimerKey::Failback(self.id, server));
        }
    }
}
