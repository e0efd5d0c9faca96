//! What a report about an attempt means for its request: the answer, the end, or the next target.

use super::action::LogLevel;
use super::attempt::{Attempt, AttemptState, CauseText, FinalResponse, leave_attempt, note, settle_attempt};
use super::context::Context;
use super::machine::{Account, HeldFor};
use super::request::{Kind, Phase};
use super::trace::What;
use super::walk::Failed;
use crate::config::FailoverCodes;
use crate::policy::{Method, Report, Verdict, judge};
use crate::types::{AttemptId, Cause, RequestId, Seconds, Server};

/// Retry-After values are believed within these bounds, seconds.
const RETRY_AFTER_S: std::ops::RangeInclusive<u32> = 1..=3_600;

impl Account {
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
    pub(super) fn on_fallen_silent(&mut self, ctx: &mut Context<'_>, id: AttemptId, cause: Cause) {
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
        match ctx.requests.get_mut(request.0) {
            // A challenge was a sign of life, even if nothing came after it.
            Some(asked) if asked.kind == Kind::Liveness => {
                return match attempt.challenged {
                    true => self.give_up(ctx, request, cause),
                    false => self.on_liveness_lost(ctx, request, key, cause),
                };
            }
            Some(routed) => routed.walk.note_failure(Failed { server, index, cause }, true, None),
            None => {}
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
        let Some(first) = self.open.iter().position(|id| waits_for_registrar(ctx, *id, key)) else { return };
        let waiting: Vec<RequestId> =
            self.open[first..].iter().copied().filter(|id| waits_for_registrar(ctx, *id, key)).collect();
        for id in waiting {
            let Some(Phase::Attempting(attempt)) = ctx.requests.get(id.0).map(|r| r.phase.clone()) else { continue };
            // The one before may have taken it along: then it is at its next target already.
            if attempt != found_by && waits_for_registrar(ctx, id, key) {
                leave_attempt(ctx, attempt, Cause::OtherRequest);
                self.on_unreachable(ctx, id, attempt, Cause::OtherRequest);
            }
        }
    }
}

/// True for a REGISTER that this target has not answered, and that began before this moment: a check of the target begins
/// after it was found dead, and is meant to find out more.
fn waits_for_registrar(ctx: &Context<'_>, id: RequestId, key: crate::target::TargetKey) -> bool {
    let Some(request) = ctx.requests.get(id.0) else { return false };
    let Phase::Attempting(attempt) = request.phase else { return false };
    let Some(attempt) = ctx.attempts.get(attempt.0) else { return false };
    attempt.method == Method::Register
        && attempt.target().key == key
        && attempt.state == AttemptState::Open
        && attempt.started < ctx.now
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
