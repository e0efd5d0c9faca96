//! Requests: where they may go, how they move on, how they end.

use super::action::{DoneReport, EventKind, Purpose, RegistrationState, RequestResult};
use super::attempt::FinalResponse;
use super::context::{Context, ListState};
use super::lists::Extent;
use super::machine::{Account, Phase as AccountPhase};
use super::trace::What;
use super::urgent::{Urgency, end_attempts};
use super::walk::{Pick, Walk};
use crate::config::{Redundancy, ServerSettings};
use crate::policy::Method;
use crate::types::{AttemptId, Cause, DialogId, RequestId, Server, Time, TimerHandle};
use core::num::NonZeroU32;

/// Why a request exists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The firmware started it.
    Firmware,
    /// Registration or refresh by this lane.
    Registration(u8),
    /// Is server 1 back?
    Probe,
    /// Is this one target still a registrar?
    TargetCheck,
    /// Moves the binding to this one target, because requests are to go there.
    Move,
    /// Makes the phone known to this one target, because a request is to go there; the binding stays where it is.
    Beside,
    /// Moves the binding back to the primary.
    Failback,
    /// Does the primary answer?
    FailbackProbe,
    /// Is a target alive, although nobody needs it just now?
    Liveness,
    /// Removes a binding.
    Unregister,
}

/// What a request is doing.
#[derive(Clone, Debug)]
pub enum Phase {
    /// An attempt is open.
    Attempting(AttemptId),
    /// The targets of a server are being resolved.
    AwaitingList(Server),
    /// A registration at this server comes first.
    Parked(Server),
    /// The network is down.
    Frozen,
    /// It has ended; the completion waits in the queue.
    Finished(Box<DoneReport>),
}

/// What is to be delivered.
#[derive(Clone, Debug)]
pub struct Request {
    /// Why it exists.
    pub kind: Kind,
    /// The account.
    pub account: crate::types::AccountId,
    /// The method.
    pub method: Method,
    /// The caller's token.
    pub token: u64,
    /// When it began.
    pub began: Time,
    /// The order in which it tries targets.
    pub walk: Walk,
    /// What it is doing.
    pub phase: Phase,
    /// The latest attempt.
    pub last_attempt: Option<AttemptId>,
    /// A registrar asked for at least this lifetime, seconds. Never zero, which makes requests smaller.
    pub min_expires_s: Option<NonZeroU32>,
    /// No call was up or being set up when it began, itself not counted.
    pub was_idle: bool,
    /// It belongs to a dialog: it goes to one target, and its end says nothing about where the account is.
    pub is_in_dialog: bool,
    /// It waits for nothing that can be helped. Boxed, as few requests are.
    pub urgent: Option<Box<Urgency>>,
    /// The end of its patience.
    pub timer: Option<TimerHandle>,
}

/// What the firmware wants delivered.
#[derive(Clone, Copy, Debug)]
pub struct NewRequest {
    /// The method.
    pub method: Method,
    /// The caller's token.
    pub token: u64,
    /// An emergency call.
    pub is_urgent: bool,
    /// The dialog that it belongs to.
    pub dialog: Option<DialogId>,
}

impl NewRequest {
    /// A request outside of dialogs.
    #[must_use]
    pub fn new(method: Method, token: u64) -> NewRequest {
        NewRequest { method, token, is_urgent: false, dialog: None }
    }
}

impl Request {
    /// What its attempts are for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        match self.kind {
            Kind::Firmware => Purpose::Request,
            // Another server serves the account meanwhile, or a request has just found this one dead.
            Kind::Registration(_) if self.walk.always_retries => Purpose::Probe,
            Kind::Registration(_) | Kind::Move | Kind::Beside => Purpose::Register,
            Kind::Probe | Kind::TargetCheck | Kind::Failback | Kind::FailbackProbe | Kind::Liveness => Purpose::Probe,
            Kind::Unregister => Purpose::Unregister,
        }
    }

    /// The server at which a registration has to come before it.
    #[cfg(test)]
    pub fn awaits_registration(&self) -> Option<Server> {
        if let Phase::Parked(server) = self.phase { Some(server) } else { None }
    }

    /// Goes on with these attempts alone; without any, it is frozen.
    pub fn stay_with(&mut self, mut attempts: Vec<AttemptId>) {
        self.phase = attempts.pop().map_or(Phase::Frozen, Phase::Attempting);
        if let Some(urgency) = &mut self.urgent {
            urgency.branches = attempts;
        }
    }

    /// The completion of a request that has ended.
    #[must_use]
    pub fn into_finished(self) -> Option<Box<DoneReport>> {
        match self.phase {
            Phase::Finished(report) => Some(report),
            Phase::Attempting(_) | Phase::AwaitingList(_) | Phase::Parked(_) | Phase::Frozen => None,
        }
    }

    /// The lifetime to request in a REGISTER, seconds.
    #[must_use]
    pub fn expires_s(&self, settings: &ServerSettings) -> u32 {
        match (self.method, self.kind) {
            (Method::Register, Kind::Unregister) => 0,
            (Method::Register, _) => settings.expires_s.max(self.min_expires_s.map_or(0, NonZeroU32::get)),
            _ => 0,
        }
    }
}

/// Why a request could not be started.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StartError {
    /// The account is not running.
    NotRunning,
    /// Too many requests at once.
    TooMany,
    /// The account has no such dialog.
    NoDialog,
}

/// May a request be sent to a server?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Gate {
    Open,
    /// A registration there comes first.
    Register,
    /// Not at all.
    Closed,
    /// Not before the account may ask again for the registration that it was refused.
    Refused,
}

impl Account {
    /// Starts a request of the firmware. `announce` learns the id before any decision about the request is made.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start_request(&mut self, ctx: &mut Context<'_>, new: NewRequest) -> Result<RequestId, StartError> {
        if self.phase != AccountPhase::Running {
            return Err(StartError::NotRunning);
        }
        if let Some(dialog) = new.dialog {
            return self.start_in_dialog(ctx, new, dialog);
        }
        let NewRequest { method, token, .. } = new;
        let working_only = self.is_working_only(method) && !new.is_urgent;
        let walk = match working_only {
            true => Walk::new(Server::Working, None),
            false => Walk::new(self.current, self.other_configured(self.current)),
        };
        let id = self.insert_request(ctx, Kind::Firmware, method, token, walk).ok_or(StartError::TooMany)?;
        ctx.counters.requests_started += 1;
        ctx.trace.note_request(ctx.now, self.id, id, What::Started(method), None);
        if new.is_urgent
            && let Some(request) = ctx.requests.get_mut(id.0)
        {
            request.urgent = Some(Box::default());
        }
        if working_only && self.current == Server::Fallback {
            let text = format!("{} goes to server 1 only: server 2 does not offer it", method.text());
            self.event(ctx, EventKind::ReducedService, Server::Working, self.sides[0].cause, text);
        }
        self.advance(ctx, id);
        Ok(id)
    }

    /// Puts a request into the table.
    pub(super) fn insert_request(
        &mut self,
        ctx: &mut Context<'_>,
        kind: Kind,
        method: Method,
        token: u64,
        mut walk: Walk,
    ) -> Option<RequestId> {
        walk.no_plain_after_tls = !self.settings.allow_plain_failover;
        let was_idle = self.is_idle(ctx);
        let id = RequestId(ctx.requests.insert(Request {
            kind,
            account: self.id,
            method,
            token,
            walk,
            phase: Phase::AwaitingList(self.current),
            last_attempt: None,
            began: ctx.now,
            min_expires_s: None,
            was_idle,
            is_in_dialog: false,
            urgent: None,
            timer: None,
        })?);
        self.open.push(id);
        Some(id)
    }

    /// The caller withdraws a request: its attempt is ended, and nothing more is heard of it. False if there is no such
    /// request of the firmware.
    pub fn cancel_request(&mut self, ctx: &mut Context<'_>, id: RequestId) -> bool {
        let Some(request) = ctx.requests.get(id.0) else { return false };
        if request.kind != Kind::Firmware {
            return false;
        }
        let (has_ended, method) = (matches!(request.phase, Phase::Finished(_)), request.method);
        if !has_ended {
            end_attempts(ctx, id, None, Cause::Cancelled);
        }
        ctx.counters.requests_done += u64::from(!has_ended);
        ctx.trace.note_request(ctx.now, self.id, id, What::Withdrawn(method), None);
        ctx.requests.remove(id.0);
        self.open.retain(|open| *open != id);
        true
    }

    /// Moves a request to its next target, or ends it.
    pub(super) fn advance(&mut self, ctx: &mut Context<'_>, id: RequestId) {
        if ctx.frozen {
            return self.freeze(ctx, id);
        }
        // Each round opens an attempt, waits, ends, completes or closes one of two servers, or puts it behind the other.
        for _ in 0..8 {
            let Some(request) = ctx.requests.get(id.0) else { return };
            let avoid = self.settings.skip_redundant_failover_addr;
            let pick = request.walk.pick(|server, key| self.is_tried_last(ctx, request, server, key), avoid);
            let (Pick::Target(server, _) | Pick::NeedList(server)) = pick else {
                return self.exhausted(ctx, id);
            };
            let (has_list, is_urgent) = (request.walk.list(server).is_some(), request.urgent.is_some());
            let is_return = matches!(request.kind, Kind::Failback | Kind::FailbackProbe);
            match self.gate(ctx.now, request, server) {
                Gate::Open => {}
                Gate::Closed => {
                    if !self.sets_aside(ctx, id, server) {
                        self.close_server(ctx, id, server);
                    }
                    continue;
                }
                Gate::Refused => {
                    self.close_unregistered(ctx, id, server);
                    continue;
                }
                Gate::Register => {
                    if self.park(ctx, id, server) {
                        self.take_over(ctx, server);
                    }
                    return;
                }
            }
            match pick {
                Pick::Target(server, index) if self.needs_registration(ctx.now, request, server, index) => {
                    if self.await_registration(ctx, id, server, index) {
                        return;
                    }
                }
                Pick::Target(server, index) if is_return && self.puts_off_return(ctx, id, server, index) => return,
                Pick::Target(server, index) => return self.open_attempt(ctx, id, server, index),
                Pick::NeedList(server) => match self.list_for_walk(ctx, server, has_list) {
                    state @ (ListState::Begun { .. } | ListState::Pending | ListState::Slow) if is_urgent => {
                        if self.awaits_urgently(ctx, id, server, &state) {
                            return;
                        }
                    }
                    ListState::Ready(list) if self.repeats_server_1(ctx, id, server, &list) => {
                        return self.rest_lane(ctx, id, server);
                    }
                    ListState::Ready(list) => {
                        self.give_list(ctx, id, server, list, Extent::Complete);
                    }
                    ListState::Begun { list, waits } => {
                        let extent = if waits { Extent::Begun } else { Extent::Waited };
                        let can_begin = has_list || self.can_begin(server, &list);
                        let is_news = (can_begin || !waits) && self.give_list(ctx, id, server, list, extent);
                        if waits && !is_news {
                            return set_phase(ctx, id, Phase::AwaitingList(server));
                        }
                    }
                    _ if has_list => self.pass_by(ctx, id, server),
                    ListState::Failed => self.name_leads_nowhere(ctx, id, server),
                    ListState::Slow if self.can_pass(ctx, id, server) => self.close_server(ctx, id, server),
                    ListState::Pending | ListState::Slow => return set_phase(ctx, id, Phase::AwaitingList(server)),
                },
                Pick::Exhausted => {}
            }
        }
    }

    /// Concurrent registration: a server that is current but holds no registration is passed over for now. It may have one
    /// when the other server has been asked. True if there is another.
    fn sets_aside(&self, ctx: &mut Context<'_>, id: RequestId, server: Server) -> bool {
        self.is_concurrent() && ctx.requests.get_mut(id.0).is_some_and(|request| request.walk.put_behind(server))
    }

    pub(super) fn close_server(&mut self, ctx: &mut Context<'_>, id: RequestId, server: Server) {
        if let Some(request) = ctx.requests.get_mut(id.0) {
            request.walk.close(server);
        }
    }

    /// The request cannot go to this server, as the account cannot register there.
    pub(super) fn close_unregistered(&self, ctx: &mut Context<'_>, id: RequestId, server: Server) {
        if let Some(request) = ctx.requests.get_mut(id.0) {
            request.walk.close(server);
            request.walk.wants_registration = true;
        }
    }

    /// A server without an address is a failed server.
    fn name_leads_nowhere(&mut self, ctx: &mut Context<'_>, id: RequestId, server: Server) {
        let Some(request) = ctx.requests.get_mut(id.0) else { return };
        request.walk.close_unresolved(server);
        if matches!(request.kind, Kind::Registration(_)) {
            let text = format!("server {}: its name leads to no address", server.number());
            self.event(ctx, EventKind::ResolutionFailed, server, Cause::Resolution, text);
        }
    }

    fn gate(&self, now: Time, request: &Request, server: Server) -> Gate {
        if request.is_in_dialog {
            return Gate::Open;
        }
        if self.settings.server(server).is_none() {
            return Gate::Closed;
        }
        if request.kind != Kind::Firmware || request.urgent.is_some() {
            return Gate::Open;
        }
        match self.settings.redundancy {
            Redundancy::Concurrent => match server {
                Server::Working => Gate::Open,
                Server::Fallback if self.holds_binding(now, server) => Gate::Open,
                // Current or not, it would not know us; alone, it is the only chance.
                Server::Fallback if self.settings.server(Server::Working).is_none() => Gate::Open,
                Server::Fallback => Gate::Closed,
            },
            Redundancy::Successive if server == self.current => Gate::Open,
            // The account has moved on since this request began: so does the request.
            Redundancy::Successive if self.has_moved_on(request, server) => Gate::Closed,
            // The account has gone back to the other one meanwhile; what it leaves here serves until it ends.
            Redundancy::Successive if request.walk.has_reached(server) && self.holds_binding(now, server) => Gate::Open,
            // Only a server that did not answer at all is left by the whole account.
            Redundancy::Successive => match (self.is_dead_or_nowhere(request), self.has_refused(server)) {
                // A call is worth asking again for. What a stack repeats by itself is not.
                (true, true) if request.method != Method::Invite => Gate::Refused,
                (true, _) => Gate::Register,
                (false, _) => Gate::Open,
            },
        }
    }

    /// True if this server has refused the account: it is asked slowly.
    fn has_refused(&self, server: Server) -> bool {
        let lane = &self.lanes[usize::from(self.lane_of(server))];
        lane.refusals > 0 && self.sides[server.index()].state == RegistrationState::Refused
    }

    /// True if a request waits until the account is registered with this server at all, not only with one of its targets.
    pub(super) fn waits_for_server(&self, ctx: &Context<'_>, id: RequestId, server: Server) -> bool {
        ctx.requests.get(id.0).is_none_or(|request| self.gate(ctx.now, request, server) != Gate::Open)
    }

    /// True if a request that began at this server has not come to the one that is current by now.
    fn has_moved_on(&self, request: &Request, server: Server) -> bool {
        request.walk.first_server() == server
            && request.walk.visits(self.current)
            && request.walk.list(self.current).is_none()
    }

    /// True if this request met nothing alive at the current server.
    fn is_dead_or_nowhere(&self, request: &Request) -> bool {
        let avoid = self.settings.skip_redundant_failover_addr;
        request.walk.found_dead(self.current, avoid) || request.walk.list(self.current).is_none()
    }

    /// True if a server whose targets are not known yet may still be asked by this request.
    pub(super) fn may_follow(&self, now: Time, request: &Request, server: Server) -> bool {
        request.walk.visits(server) && !matches!(self.gate(now, request, server), Gate::Closed | Gate::Refused)
    }

    /// True if the request has found every target of this server dead.
    pub(super) fn found_dead(&self, ctx: &Context<'_>, id: RequestId, server: Server) -> bool {
        let avoid = self.settings.skip_redundant_failover_addr;
        let request = ctx.requests.get(id.0);
        let counts = |r: &Request| r.kind == Kind::Firmware && self.concerns_account(r);
        request.is_some_and(|r| counts(r) && r.walk.found_dead(server, avoid))
    }

    /// A final response that is the answer.
    pub(super) fn on_answer(
        &mut self,
        ctx: &mut Context<'_>,
        id: RequestId,
        attempt_id: AttemptId,
        response: Option<FinalResponse>,
    ) {
        let (Some(request), Some(attempt)) = (ctx.requests.get(id.0), ctx.attempts.get(attempt_id.0)) else { return };
        let Some(response) = response else { return };
        let (server, index, list) = (attempt.server, attempt.index, attempt.list.clone());
        let (cause, method) = (request.walk.last_cause(), attempt.method);
        if request.kind != Kind::Firmware {
            return self.on_register_answer(ctx, id, attempt_id, response);
        }
        let is_in_dialog = request.is_in_dialog;
        let needs_binding = !self.holds_binding(ctx.now, server) && !is_in_dialog;
        self.win(ctx, id, attempt_id);
        if self.note_answer(ctx, id, (server, &list, index)) {
            self.note_current_target(ctx, server, list, index, cause);
        }
        if method == Method::Invite && (200..=299).contains(&response.status) && !is_in_dialog {
            self.note_call_answered(ctx);
        }
        let report = self.done_report(ctx, id, RequestResult::Answered, Cause::Response(response.status));
        self.finish(ctx, id, report);
        // New settings that only wait for the end of the call bring a registration of their own.
        if needs_binding && self.pending.is_none() {
            self.register_soon(ctx, server);
        }
    }
}

pub(super) fn set_phase(ctx: &mut Context<'_>, id: RequestId, phase: Phase) {
    if let Some(request) = ctx.requests.get_mut(id.0) {
        request.phase = phase;
    }
}
