//! Attempts: opening one, and what is reported about it.

use super::action::{Action, CancelMode, CancelSip, LogLevel, Purpose};
use super::context::{Context, TimerKey};
use super::machine::Account;
use super::request::{Phase, Request};
use super::trace::What;
use crate::config::ServerSettings;
use crate::policy::{Budget, Method, Report, TIMER_C_MS, full_budget, retry_budget, transaction_timeout_ms};
use crate::target::{Target, TargetList};
use crate::types::{AccountId, AttemptId, Cause, RequestId, Seconds, Server, Time, TimerHandle, TransportFailure};
use std::sync::Arc;

/// How far an attempt got.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AttemptState {
    /// Nothing was heard yet.
    Open,
    /// A provisional response came: the server is alive.
    Proceeding,
    /// A final response came; further reports are ignored.
    Reported,
    /// The walk went on without it; a late report is a sign of life.
    Left,
}

/// One SIP transaction of a request to one target.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Its request.
    pub request: RequestId,
    /// The account.
    pub account: AccountId,
    /// The server.
    pub server: Server,
    /// The list that the target is in.
    pub list: Arc<TargetList>,
    /// Position of the target in the list.
    pub index: u8,
    /// The method.
    pub method: Method,
    /// What it is for.
    pub purpose: Purpose,
    /// The caller's token of the request.
    pub token: u64,
    /// Retransmissions and time.
    pub budget: Budget,
    /// 1 for the first attempt of the request.
    pub ordinal: u32,
    /// REGISTER: the lifetime to request, seconds.
    pub expires_s: u32,
    /// When it began.
    pub started: Time,
    /// How far it got.
    pub state: AttemptState,
    /// The send callback has run.
    pub sent: bool,
    /// A 401 or 407 has restarted the budget.
    pub challenged: bool,
    /// Runs to the end of the budget, then of the afterlife.
    pub timer: Option<TimerHandle>,
}

impl Attempt {
    /// The target. Attempts are only made for places that exist.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.list.targets()[usize::from(self.index)]
    }

    pub(super) fn is_proceeding(&self) -> bool {
        self.state == AttemptState::Proceeding
    }

    /// Nothing final was heard or decided yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, AttemptState::Open | AttemptState::Proceeding)
    }
}

/// A final response, as the stack reports it.
#[derive(Clone, Copy, Debug)]
pub struct FinalResponse {
    /// 200..=699.
    pub status: u16,
    /// Retry-After, seconds.
    pub retry_after_s: Option<u32>,
    /// REGISTER: the lifetime granted for our own contact, seconds.
    pub granted_expires_s: Option<u32>,
    /// 423: Min-Expires, seconds.
    pub min_expires_s: Option<u32>,
    /// The stack has no answer to this 401 or 407.
    pub challenge_is_final: bool,
}

/// What became of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReportStatus {
    /// Taken, or ignored because an earlier report had settled the attempt.
    Taken,
    /// The attempt had been left: the stack must CANCEL it, or end the call it set up.
    Late,
    /// There is no such attempt.
    Unknown,
}

impl Account {
    /// Starts the attempt that a walk has picked.
    pub(super) fn open_attempt(&mut self, ctx: &mut Context<'_>, id: RequestId, server: Server, index: u8) {
        if let Some(kind) = ctx.requests.get(id.0).map(|request| request.kind) {
            self.make_way(ctx, kind, server);
        }
        let Some(request) = ctx.requests.get_mut(id.0) else { return };
        let Some(list) = request.walk.list(server).cloned() else { return };
        let Some(key) = list.targets().get(usize::from(index)).map(|target| target.key) else { return };
        let settings = self.settings.server(server);
        let is_full = self.has_whole_timeout(ctx.now, request, server, index);
        let (method, purpose, is_urgent) = (request.method, request.purpose(), request.urgent.is_some());
        let budget = match settings.filter(|_| !is_full) {
            Some(settings) => retry_budget(method, key.transport, retries(settings, method), ctx.options.t1_ms),
            None => full_budget(method, ctx.options.t1_ms),
        };
        request.walk.try_target(server, index);
        let new = ctx.attempts.insert_with(|attempt| Attempt {
            request: id,
            account: self.id,
            server,
            index,
            method,
            purpose,
            token: request.token,
            budget,
            ordinal: u32::from(request.walk.ordinal),
            expires_s: settings.map_or(0, |settings| request.expires_s(settings)),
            started: ctx.now,
            state: AttemptState::Open,
            sent: false,
            challenged: false,
            timer: Some(ctx.timers.set(ctx.now.after(budget.ms), TimerKey::Attempt(AttemptId(attempt)))),
            list,
        });
        let Some(attempt_id) = new.map(AttemptId) else {
            // The table of attempts is full: a fault of this device, so no server is blamed.
            return self.give_up(ctx, id, Cause::Transport(TransportFailure::Local));
        };
        if is_urgent {
            self.keep_branch_open(ctx, id, key.transport);
        }
        if let Some(request) = ctx.requests.get_mut(id.0) {
            request.phase = Phase::Attempting(attempt_id);
            request.last_attempt = Some(attempt_id);
        }
        self.note_quarantine_probe(ctx, server, key, attempt_id);
        ctx.counters.attempts += 1;
        let budget_ms = u32::try_from(budget.ms).unwrap_or(u32::MAX);
        let what = What::Sent { method, server, purpose, budget_ms };
        ctx.trace.note_request(ctx.now, self.id, id, what, Some(key));
        if ctx.options.log_level >= LogLevel::Debug {
            log_attempt(ctx, attempt_id);
        }
        ctx.actions.push_back(Action::Send(attempt_id));
    }

    /// True if an attempt gets all the time that a SIP transaction may take: nothing else can be tried afterwards.
    fn has_whole_timeout(&self, now: Time, request: &Request, server: Server, index: u8) -> bool {
        // An urgent request does not wait for the end of an attempt.
        if request.is_in_dialog || request.urgent.is_some() {
            return true;
        }
        let can_follow = |other: Server| other == server || self.may_follow(now, request, other);
        !request.walk.always_retries && request.walk.is_last(server, index, can_follow)
    }

    /// A provisional response: the server is alive, the retry budget is over.
    pub fn on_provisional(&mut self, ctx: &mut Context<'_>, id: AttemptId, status: u16) -> ReportStatus {
        let t1_ms = ctx.options.t1_ms;
        let Some(attempt) = ctx.attempts.get_mut(id.0) else { return ReportStatus::Unknown };
        match attempt.state {
            AttemptState::Reported => return ReportStatus::Taken,
            AttemptState::Left => return self.note_late(ctx, id),
            AttemptState::Open | AttemptState::Proceeding => {}
        }
        attempt.state = AttemptState::Proceeding;
        let ms = match attempt.method {
            Method::Invite => TIMER_C_MS,
            _ => attempt.started.after(transaction_timeout_ms(t1_ms)).since(ctx.now),
        };
        let (request, server, list, index) = (attempt.request, attempt.server, attempt.list.clone(), attempt.index);
        set_attempt_timer(ctx, id, ms);
        note(ctx, id, What::Provisional);
        self.note_heard(ctx, list.targets()[usize::from(index)].key);
        self.note_answer(ctx, request, (server, &list, index));
        // 100 only says that the next hop has got it: somebody else may still be quicker.
        if status > 100 {
            self.win(ctx, request, id);
        }
        ReportStatus::Taken
    }

    /// A final response.
    pub fn on_final(&mut self, ctx: &mut Context<'_>, id: AttemptId, response: FinalResponse) -> ReportStatus {
        let Some(attempt) = ctx.attempts.get_mut(id.0) else { return ReportStatus::Unknown };
        match attempt.state {
            AttemptState::Reported => return ReportStatus::Taken,
            AttemptState::Left => return self.note_late(ctx, id),
            AttemptState::Open | AttemptState::Proceeding => {}
        }
        let (key, method) = (attempt.target().key, attempt.method);
        self.note_heard(ctx, key);
        let is_challenge = matches!(response.status, 401 | 407) && !response.challenge_is_final;
        // The registrar has just been asked: what it said counts, and it is not asked again because it is back.
        if method == Method::Register && !is_challenge {
            self.liveness.note_register_answered(key);
        }
        if is_challenge {
            note(ctx, id, What::Challenged);
            self.restart_budget_once(ctx, id);
        } else {
            self.conclude(ctx, id, Report::Final(response.status), Some(response));
        }
        ReportStatus::Taken
    }

    /// A failure below SIP.
    pub fn on_transport_failure(
        &mut self,
        ctx: &mut Context<'_>,
        id: AttemptId,
        failure: TransportFailure,
    ) -> ReportStatus {
        let Some(attempt) = ctx.attempts.get(id.0) else { return ReportStatus::Unknown };
        match attempt.state {
            AttemptState::Reported => ReportStatus::Taken,
            // Silence was followed by its explanation: no sign of life, nothing to cancel.
            AttemptState::Left => ReportStatus::Taken,
            AttemptState::Open | AttemptState::Proceeding => {
                self.conclude(ctx, id, Report::Transport(failure), None);
                ReportStatus::Taken
            }
        }
    }

    /// The attempt's timer: its budget is used up, or nobody will ask for it any more.
    pub(super) fn on_attempt_timer(&mut self, ctx: &mut Context<'_>, id: AttemptId) {
        let Some(attempt) = ctx.attempts.get_mut(id.0) else { return };
        attempt.timer = None;
        match attempt.state {
            AttemptState::Reported | AttemptState::Left => {
                ctx.attempts.remove(id.0);
            }
            AttemptState::Open => self.conclude(ctx, id, Report::Silence, None),
            // The server was alive, so nothing else is tried: a second ringing phone would be worse.
            AttemptState::Proceeding => {
                note(ctx, id, |method, server| What::Failed(method, server, Cause::Timeout));
                leave_attempt(ctx, id, Cause::Timeout);
                self.on_fallen_silent(ctx, id, Cause::Timeout);
            }
        }
    }

    fn restart_budget_once(&mut self, ctx: &mut Context<'_>, id: AttemptId) {
        let Some(attempt) = ctx.attempts.get_mut(id.0) else { return };
        if attempt.challenged {
            return;
        }
        attempt.challenged = true;
        let ms = attempt.budget.ms;
        set_attempt_timer(ctx, id, ms);
        self.restart_patience(ctx, id);
    }

    fn note_late(&mut self, ctx: &mut Context<'_>, id: AttemptId) -> ReportStatus {
        ctx.counters.late_reports += 1;
        note(ctx, id, What::Late);
        if let Some(key) = ctx.attempts.get(id.0).map(|attempt| attempt.target().key) {
            self.note_heard(ctx, key);
        }
        ReportStatus::Late
    }
}

/// Configured retransmissions for a method.
fn retries(settings: &ServerSettings, method: Method) -> u8 {
    match method {
        Method::Invite => settings.invite_retry_counts,
        _ => settings.retry_counts,
    }
}

pub(super) fn set_attempt_timer(ctx: &mut Context<'_>, id: AttemptId, ms: u64) {
    let Some(attempt) = ctx.attempts.get_mut(id.0) else { return };
    attempt.timer = Some(ctx.timers.replace(attempt.timer, ctx.now.after(ms), TimerKey::Attempt(id)));
}

/// The stack has finished with this attempt: nothing needs to be cancelled.
pub(super) fn settle_attempt(ctx: &mut Context<'_>, id: AttemptId, state: AttemptState) {
    let Some(attempt) = ctx.attempts.get_mut(id.0) else { return };
    attempt.state = state;
    let at = ctx.now.after(transaction_timeout_ms(ctx.options.t1_ms));
    attempt.timer = Some(ctx.timers.replace(attempt.timer, at, TimerKey::Attempt(id)));
}

/// The walk goes on without this attempt: the stack stops it but stays ready for a late answer.
pub(super) fn leave_attempt(ctx: &mut Context<'_>, id: AttemptId, cause: Cause) {
    let Some(attempt) = ctx.attempts.get(id.0) else { return };
    let mode = match attempt.state {
        AttemptState::Proceeding if attempt.method == Method::Invite => CancelMode::Cancel,
        _ => CancelMode::Stop,
    };
    end_attempt(ctx, id, mode, cause);
}

/// Leaves an attempt in a given way. An attempt whose send callback has not run yet simply never happens.
pub(super) fn end_attempt(ctx: &mut Context<'_>, id: AttemptId, mode: CancelMode, cause: Cause) {
    let Some(attempt) = ctx.attempts.get(id.0) else { return };
    if !attempt.is_open() {
        return;
    }
    if !attempt.sent {
        if let Some(timer) = ctx.attempts.remove(id.0).and_then(|attempt| attempt.timer) {
            ctx.timers.cancel(timer);
        }
        return;
    }
    let cancel = CancelSip {
        attempt: id,
        request: attempt.request,
        token: attempt.token,
        account: attempt.account,
        server: attempt.server,
        list: attempt.list.clone(),
        index: attempt.index,
        method: attempt.method,
        mode,
        cause,
    };
    settle_attempt(ctx, id, AttemptState::Left);
    // That it was silent has been noted.
    if cause != Cause::Timeout {
        note(ctx, id, |method, server| What::Left(method, server, cause));
    }
    ctx.actions.push_back(Action::Cancel(cancel));
}

/// Keeps a fact about an attempt.
pub(super) fn note(ctx: &mut Context<'_>, id: AttemptId, what: impl FnOnce(Method, Server) -> What) {
    let Some(attempt) = ctx.attempts.get(id.0) else { return };
    let what = what(attempt.method, attempt.server);
    ctx.trace.note_request(ctx.now, attempt.account, attempt.request, what, Some(attempt.target().key));
}

fn log_attempt(ctx: &mut Context<'_>, id: AttemptId) {
    let Some(attempt) = ctx.attempts.get(id.0) else { return };
    let (account, server, target) = (attempt.account.0, attempt.server.number(), attempt.target().as_str());
    let (method, wait) = (attempt.method.text(), Seconds(attempt.budget.ms));
    let line = format!("account {account}: {method} to {target} (server {server}), up to {wait}");
    ctx.actions.push_back(Action::Log(LogLevel::Debug, line));
}

/// A cause for people, with the status code of a response.
pub(super) struct CauseText(pub Cause);

impl core::fmt::Display for CauseText {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            Cause::Response(status) => write!(f, "response {status}"),
            other => f.write_str(other.text()),
        }
    }
}
