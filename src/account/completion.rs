//! How requests end.

use super::action::{Action, CancelMode, DoneReport, FailedAttempt, RequestResult};
use super::attempt::end_attempt;
use super::context::Context;
use super::machine::Account;
use super::request::{Kind, Phase, set_phase};
use super::trace::What;
use super::urgent::{cancel_request_timer, end_attempts};
use crate::types::{Cause, RequestId, Server};

impl Account {
    /// No target is left.
    pub(super) fn exhausted(&mut self, ctx: &mut Context<'_>, id: RequestId) {
        if self.waits_for_branches(ctx, id) {
            return;
        }
        let Some(request) = ctx.requests.get(id.0) else { return };
        let knows_targets = Server::BOTH.into_iter().any(|server| request.walk.list(server).is_some());
        let unasked = if knows_targets { Cause::NotRegistered } else { Cause::Resolution };
        let cause = request.walk.last_cause().unwrap_or(unasked);
        let is_wanted = |server: Server| self.settings.server(server).is_some_and(|s| s.only_signal_with_registered);
        let had_no_binding =
            request.walk.ordinal == 0 && request.urgent.is_none() && Server::BOTH.into_iter().any(is_wanted);
        match request.kind {
            Kind::Firmware if had_no_binding || request.walk.ended_unregistered() => {
                self.give_up(ctx, id, Cause::NotRegistered)
            }
            Kind::Firmware => self.give_up(ctx, id, cause),
            _ => self.on_register_failed(ctx, id, cause),
        }
    }

    /// The request ends without an answer.
    pub(super) fn give_up(&mut self, ctx: &mut Context<'_>, id: RequestId, cause: Cause) {
        let Some(request) = ctx.requests.get(id.0) else { return };
        if request.kind != Kind::Firmware {
            return self.on_register_failed(ctx, id, cause);
        }
        if self.waits_for_branches(ctx, id) {
            return;
        }
        let report = self.done_report(ctx, id, RequestResult::Failed, cause);
        self.finish(ctx, id, report);
    }

    /// Ends a request of the firmware from outside.
    pub(super) fn abort_request(&mut self, ctx: &mut Context<'_>, id: RequestId, result: RequestResult, cause: Cause) {
        end_attempts(ctx, id, None, cause);
        let report = self.done_report(ctx, id, result, cause);
        self.finish(ctx, id, report);
    }

    /// Ends a request that the library started itself: nobody waits for a completion.
    pub(super) fn drop_request(&mut self, ctx: &mut Context<'_>, id: RequestId, mode: CancelMode, cause: Cause) {
        if let Some(request) = ctx.requests.remove(id.0)
            && let Phase::Attempting(attempt) = request.phase
        {
            end_attempt(ctx, attempt, mode, cause);
        }
        self.open.retain(|open| *open != id);
    }

    pub(super) fn finish(&mut self, ctx: &mut Context<'_>, id: RequestId, report: Option<DoneReport>) {
        let Some(report) = report else { return };
        let what = What::Done(report.method, report.result, report.cause);
        cancel_request_timer(ctx, id);
        set_phase(ctx, id, Phase::Finished(Box::new(report)));
        self.open.retain(|open| *open != id);
        ctx.counters.requests_done += 1;
        ctx.trace.note_request(ctx.now, self.id, id, what, None);
        ctx.actions.push_back(Action::Done(id));
    }

    pub(super) fn done_report(
        &self,
        ctx: &Context<'_>,
        id: RequestId,
        result: RequestResult,
        cause: Cause,
    ) -> Option<DoneReport> {
        let request = ctx.requests.get(id.0)?;
        let failed = request.walk.failures().filter_map(|failed| {
            let target = request.walk.list(failed.server)?.targets().get(usize::from(failed.index))?;
            Some(FailedAttempt { server: failed.server, target: target.text().to_c_string(), cause: failed.cause })
        });
        Some(DoneReport {
            account: self.id,
            token: request.token,
            method: request.method,
            result,
            cause,
            attempt: request.last_attempt,
            failed: failed.collect(),
        })
    }
}
