//! Attempts: opening one, and what is reported about it.

use super::action::{Action, CancelMode, CancelSip, LogLevel, Purpose};
use super::context::{Context, TimerKey};
use super::machine::{Account, HeldFor};
use super::request::{Kind, Phase};
use super::trace::What;
use super::walk::Failed;
use crate::config::{FailoverCodes, ServerSettings};
use crate::policy::{
    Budget, Method, Report, TIMER_C_MS, Verdict, full_budget, judge, retry_budget, transaction_timeout_ms,
};
use crate::target::{Target, TargetList};
use crate::types::{AccountId, AttemptId, Cause, RequestId, Seconds, Server, Time, TimerHandle, TransportFailure};
use std::sync::Arc;

/// Retry-After values are believed within these bounds, seconds.
const RETRY_AFTER_S: std::ops::RangeInclusive<u32> = 1..=3_600;

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
        let last = self.is_last_target(ctx, id, server, index);
        let t1_ms = ctx.options.t1_ms;
        let settings = self.settings.server(server);
        let Some(request) = ctx.requests.get_mut(id.0) else { return };
        let Some(list) = request.walk.list(server).cloned() else { return };
        let Some(target) = list.targets().get(usize::from(index)) else { return };
        request.walk.try_target(server, index);
        // Inside a dialog nothing else can be tried, and an urgent request does not wait for the end of an attempt.
        let is_full = last || request.is_in_dialog || request.urgent.is_some();
        let transport = target.key.transport;
        let budget = match settings.filter(|_| !is_full) {
            Some(settings) => retry_budget(request.method, transport, retries(settings, request.method), t1_ms),
            None => full_budget(request.method, t1_ms),
        };
        let attempt = Attempt {
            request: id,
            account: self.id,
            server,
            index,
            method: request.method,
            purpose: request.purpose(),
            token: request.token,
            budget,
            ordinal: request.walk.ordinal,
            expires_s: settings.map_or(0, |settings| request.expires_s(settings)),
            started: ctx.now,
            state: AttemptState::Open,
            sent: false,
            challenged: false,
            timer: None,
            list,
        };
        let key = attempt.target().key;
        let budget_ms = u32::try_from(budget.ms).unwrap_or(u32::MAX);
        let what = What::Sent { method: attempt.method, server, purpose: attempt.purpose, budget_ms };
        let Ok(attempt_id) = ctx.attempts.insert(attempt).map(AttemptId) else {
            // The table of attempts is full: a fault of this device, so no server is blamed.
            return self.give_up(ctx, id, Cause::Transport(TransportFailure::Local));
        };
        self.keep_branch_open(ctx, id, transport);
        if let Some(request) = ctx.requests.get_mut(id.0) {
            request.phase = Phase::Attempting(attempt_id);
            request.last_attempt = Some(attempt_id);
        }
        set_attempt_timer(ctx, attempt_id, budget.ms);
        self.note_quarantine_probe(ctx, attempt_id);
        ctx.counters.attempts += 1;
        ctx.trace.note_request(ctx.now, self.id, id, what, Some(key));
        if ctx.options.log_level >= LogLevel::Debug {
            log_attempt(ctx, attempt_id);
        }
        ctx.actions.push_back(Action::Send(attempt_id));
    }

    fn is_last_target(&mut self, ctx: &mut Context<'_>, id: RequestId, server: Server, index: u8) -> bool {
        let Some(request) = ctx.requests.get(id.0) else { return false };
        if request.walk.always_retries {
            return false;
        }
        let can_follow = |other: Server| other == server || self.may_follow(ctx.now, request, other);
        request.walk.is_last(server, index, can_follow)
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
        let key = attempt.target().key;
        self.note_heard(ctx, key);
        let is_challenge = matches!(response.status, 401 | 407) && !response.challenge_is_final;
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

    /// One report settles an attempt.
    pub(super) fn conclude(
        &mut self,
        ctx: &mut Context<'_>,
        id: AttemptId,
        report: Report,
        response: Option<FinalResponse>,
    ) {
        let Some(attempt) = ctx.attempts.get(id.0) else { return };
        if !attempt.is_open() {
            return;
        }
        let (request, attempt_method, key) = (attempt.request, attempt.method, attempt.target().key);
        let verdict = self.judge_report(ctx, attempt, report);
        // A provisional response has already shown the server alive: from then on only an answer can come.
        let was_alive = attempt.state == AttemptState::Proceeding;
        match report {
            Report::Final(status) => {
                ctx.counters.answered += 1;
                note(ctx, id, |method, server| What::Response(method, server, status));
            }
            Report::Silence | Report::Transport(_) => {
                note(ctx, id, |method, server| What::Failed(method, server, report.cause()));
            }
        }
        match report {
            Report::Silence => leave_attempt(ctx, id, report.cause()),
            // Should an answer come all the same, nobody waits for it any more.
            Report::Transport(failure) => {
                ctx.counters.transport[failure as usize] += 1;
                settle_attempt(ctx, id, AttemptState::Left);
            }
            Report::Final(_) => settle_attempt(ctx, id, AttemptState::Reported),
        }
        match verdict {
            Verdict::Answer => {
                self.note_served(attempt_method, key);
                self.on_answer(ctx, request, id, response);
            }
            Verdict::Local => self.on_local_fault(ctx, request, id, report.cause()),
            Verdict::Unreachable(cause) if was_alive => self.on_fallen_silent(ctx, id, cause),
            Verdict::Unreachable(cause) => self.on_unreachable(ctx, request, id, cause),
            Verdict::Unavailable(cause) => {
                let retry_after = response.and_then(|r| r.retry_after_s);
                self.on_unavailable(ctx, request, id, cause, retry_after);
            }
        }
    }

    /// What a report means for the request of this attempt.
    fn judge_report(&self, ctx: &Context<'_>, attempt: &Attempt, report: Report) -> Verdict {
        let request = ctx.requests.get(attempt.request.0);
        // Inside a dialog, and where only a sign of life is wanted, any response is the answer.
        let takes_any = request.is_some_and(|request| request.is_in_dialog || request.kind == Kind::Liveness);
        match (report, self.settings.server(attempt.server)) {
            (Report::Final(_), _) if takes_any => Verdict::Answer,
            (_, Some(settings)) => judge(attempt.method, &settings.failover_codes, report),
            // A dialog with a server that is not configured any more.
            (_, None) => judge(attempt.method, &FailoverCodes::default(), report),
        }
    }

    /// This device could not send. No target is blamed; where another may be in reach all the same, an urgent request tries.
    fn on_local_fault(&mut self, ctx: &mut Context<'_>, request: RequestId, id: AttemptId, cause: Cause) {
        let Some(attempt) = ctx.attempts.get(id.0) else { return };
        let (server, index) = (attempt.server, attempt.index);
        match ctx.requests.get_mut(request.0) {
            Some(urgent) if urgent.urgent.is_some() => {
                urgent.walk.note_failure(Failed { server, index, cause }, false, None);
                self.advance(ctx, request);
            }
            _ => self.give_up(ctx, request, cause),
        }
    }

    /// A server that had sent a provisional response was not heard of any more: the request ends.
    fn on_fallen_silent(&mut self, ctx: &mut Context<'_>, id: AttemptId, cause: Cause) {
        let Some(attempt) = ctx.attempts.get(id.0) else { return };
        let (request, server, index, started) = (attempt.request, attempt.server, attempt.index, attempt.started);
        log_failure(ctx, id, cause);
        if let Some(request) = ctx.requests.get_mut(request.0) {
            request.walk.note_failure(Failed { server, index, cause }, false, None);
        }
        self.note_failback_failed(ctx, request, (server, index), started);
        match self.has_rivals(ctx, request) {
            true => self.advance(ctx, request),
            false => self.give_up(ctx, request, cause),
        }
    }

    fn on_unreachable(&mut self, ctx: &mut Context<'_>, request: RequestId, id: AttemptId, cause: Cause) {
        let Some(attempt) = ctx.attempts.get(id.0) else { return };
        let (server, index, key, started) = (attempt.server, attempt.index, attempt.target().key, attempt.started);
        if ctx.requests.get(request.0).is_some_and(|request| request.kind == Kind::Liveness) {
            // A challenge was a sign of life, even if nothing came after it.
            return match attempt.challenged {
                true => self.give_up(ctx, request, cause),
                false => self.on_liveness_lost(ctx, request, key, cause),
            };
        }
        match cause {
            // The request that found the target dead has been counted.
            Cause::OtherRequest => {}
            Cause::Timeout => ctx.counters.failures_timeout += 1,
            _ => ctx.counters.failures_transport += 1,
        }
        if cause != Cause::OtherRequest {
            ctx.health.failed(key, ctx.now, cause);
        }
        log_failure(ctx, id, cause);
        if let Some(request) = ctx.requests.get_mut(request.0) {
            request.walk.note_failure(Failed { server, index, cause }, true, None);
        }
        self.note_failback_failed(ctx, request, (server, index), started);
        self.move_on(ctx, request, server, cause);
        self.fail_registrations_to(ctx, key, id);
    }

    /// A request goes on after a target of this server was found dead.
    pub(super) fn move_on(&mut self, ctx: &mut Context<'_>, request: RequestId, server: Server, cause: Cause) {
        let found_dead = self.found_dead(ctx, request, server);
        if found_dead {
            self.server_found_dead(ctx, server, cause);
        }
        self.advance(ctx, request);
        if found_dead {
            self.check_dead_server(ctx, server);
        }
    }

    fn on_unavailable(
        &mut self,
        ctx: &mut Context<'_>,
        request: RequestId,
        id: AttemptId,
        cause: Cause,
        retry_after_s: Option<u32>,
    ) {
        let Some(attempt) = ctx.attempts.get(id.0) else { return };
        let (server, index, list, started) = (attempt.server, attempt.index, attempt.list.clone(), attempt.started);
        let (key, method) = (attempt.target().key, attempt.method);
        ctx.counters.failures_response += 1;
        log_failure(ctx, id, cause);
        let retry_after_s = retry_after_s.map(|s| s.clamp(*RETRY_AFTER_S.start(), *RETRY_AFTER_S.end()));
        if let (Some(seconds), Cause::Response(503)) = (retry_after_s, cause) {
            self.hold(ctx.now, method, key, (HeldFor::Pause, seconds));
        }
        let quarantine_s = self.settings.server(server).map_or(0, |settings| settings.quarantine_timeout_s);
        if quarantine_s > 0 {
            self.hold(ctx.now, method, key, (HeldFor::Quarantine, quarantine_s));
        }
        let mut is_firmwares = false;
        if let Some(request) = ctx.requests.get_mut(request.0) {
            request.walk.note_failure(Failed { server, index, cause }, false, retry_after_s);
            is_firmwares = request.kind == Kind::Firmware && request.method != Method::Options;
        }
        self.note_failback_failed(ctx, request, (server, index), started);
        self.advance(ctx, request);
        // The response may concern this request only (a trunk is full): a REGISTER finds out about the server.
        if is_firmwares {
            self.check_target(ctx, server, list, key);
        }
    }

    /// A REGISTER in flight to a target that was just found dead need not wait for its own budget.
    pub(super) fn fail_registrations_to(
        &mut self,
        ctx: &mut Context<'_>,
        key: crate::target::TargetKey,
        found_by: AttemptId,
    ) {
        let is_waiting = |id: &&RequestId| {
            let Some(request) = ctx.requests.get(id.0) else { return false };
            let Phase::Attempting(attempt) = request.phase else { return false };
            let Some(attempt) = ctx.attempts.get(attempt.0) else { return false };
            // A check of the target begins after it was found dead: it is meant to find out more.
            attempt.method == Method::Register
                && attempt.target().key == key
                && attempt.state == AttemptState::Open
                && attempt.started < ctx.now
        };
        let Some(first) = self.open.iter().position(|id| is_waiting(&id)) else { return };
        let waiting: Vec<RequestId> = self.open[first..].iter().filter(is_waiting).copied().collect();
        for id in waiting {
            let Some(Phase::Attempting(attempt)) = ctx.requests.get(id.0).map(|r| r.phase.clone()) else { continue };
            if attempt != found_by {
                leave_attempt(ctx, attempt, Cause::OtherRequest);
                self.on_unreachable(ctx, id, attempt, Cause::OtherRequest);
            }
        }
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
fn settle_attempt(ctx: &mut Context<'_>, id: AttemptId, state: AttemptState) {
    if let Some(attempt) = ctx.attempts.get_mut(id.0) {
        attempt.state = state;
    }
    set_attempt_timer(ctx, id, transaction_timeout_ms(ctx.options.t1_ms));
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
fn note(ctx: &mut Context<'_>, id: AttemptId, what: impl FnOnce(Method, Server) -> What) {
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

fn log_failure(ctx: &mut Context<'_>, id: AttemptId, cause: Cause) {
    if ctx.options.log_level < LogLevel::Info {
        return;
    }
    let Some(attempt) = ctx.attempts.get(id.0) else { return };
    let (account, method, list, index) = (attempt.account.0, attempt.method, attempt.list.clone(), attempt.index);
    let after = Seconds(ctx.now.since(attempt.started));
    let target = list.targets()[usize::from(index)].as_str();
    let (method, cause) = (method.text(), CauseText(cause));
    ctx.log(LogLevel::Info, format_args!("account {account}: {method} to {target} failed after {after}: {cause}"));
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
