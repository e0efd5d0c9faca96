//! Start, stop, new settings, a changed network.

use super::action::{CancelMode, EventKind, RegistrationState, RequestResult};
use super::context::{Context, TimerKey};
use super::machine::{Account, Phase};
use super::registration::Walking;
use super::request::Kind;
use super::trace::What;
use crate::config::AccountSettings;
use crate::types::{Cause, RequestId, SECOND_MS, Server};
use std::sync::Arc;

/// How long a stopping account waits for the answers to its un-REGISTERs, ms.
const STOP_PATIENCE_MS: u64 = 2 * SECOND_MS;
/// New settings take effect after this time even during a call, ms.
const PENDING_LIMIT_MS: u64 = 600 * SECOND_MS;

impl Account {
    /// Starts the account: it registers, now or at a random moment of the start-up window.
    pub fn start(&mut self, ctx: &mut Context<'_>) {
        if self.phase == Phase::Stopping {
            self.stopped(ctx);
        }
        // What stopped just now may have been removed from the configuration.
        if self.phase == Phase::Running || self.is_gone() {
            return;
        }
        ctx.trace.note(ctx.now, self.id, What::AccountStarted);
        self.phase = Phase::Running;
        self.current = self.first_server();
        self.current_target = None;
        let window_ms = ctx.options.startup_window_ms;
        let delay_ms = if window_ms > 0 { ctx.random.up_to(window_ms) } else { 0 };
        for server in Server::BOTH {
            self.sides[server.index()].good = true;
            let lane = self.lane_of(server);
            let is_lanes_first = self.is_concurrent() || server == self.first_server();
            if self.settings.server(server).is_none() || !is_lanes_first {
                continue;
            }
            match delay_ms {
                0 => self.register(ctx, lane, Walking::Due),
                _ => self.set_lane_timer(ctx, lane, Some(delay_ms)),
            }
        }
    }

    /// Stops the account: its requests end, its bindings are removed; event *stopped* at the answers or after 2 s.
    pub fn stop(&mut self, ctx: &mut Context<'_>) {
        ctx.trace.note(ctx.now, self.id, What::AccountStopped);
        self.restart = false;
        self.leave_servers(ctx);
    }

    /// Why the account leaves its servers.
    fn leaving_cause(&self) -> Cause {
        if self.restart { Cause::Configuration } else { Cause::Stopped }
    }

    fn leave_servers(&mut self, ctx: &mut Context<'_>) {
        if self.phase != Phase::Running {
            return;
        }
        let cause = self.leaving_cause();
        self.end_everything(ctx, RequestResult::Stopped, cause);
        if !self.restart {
            self.end_dialogs(ctx);
        }
        self.phase = Phase::Stopping;
        for server in Server::BOTH {
            if self.holds_binding(ctx.now, server) {
                self.set_registration(ctx, server, RegistrationState::Stopping, cause);
                self.unregister(ctx, server);
            } else {
                self.forget_binding(ctx, server);
            }
        }
        if self.open.is_empty() {
            return self.stopped(ctx);
        }
        let mut timer = self.stop_timer.take();
        ctx.set_timer(&mut timer, STOP_PATIENCE_MS, TimerKey::Stopping(self.id));
        self.stop_timer = timer;
    }

    /// The engine is being released: every request of the firmware gets its completion, nothing is sent.
    pub fn release(&mut self, ctx: &mut Context<'_>) {
        self.drop_pending(ctx);
        self.end_everything(ctx, RequestResult::Released, Cause::Released);
        self.end_dialogs(ctx);
        self.phase = Phase::Off;
    }

    /// An un-REGISTER has ended, one way or the other.
    pub(super) fn on_unregistered(&mut self, ctx: &mut Context<'_>) {
        match self.phase {
            // Without the timer, the account is still at sending them.
            Phase::Stopping if self.open.is_empty() && self.stop_timer.is_some() => self.stopped(ctx),
            // Where both servers share a location service, removing one binding may have removed the other.
            Phase::Running => self.register(ctx, self.lane_of(self.current), Walking::Due),
            Phase::Stopping | Phase::Off => {}
        }
    }

    /// The answers to the un-REGISTERs are not waited for any longer.
    pub(super) fn on_stopping_timer(&mut self, ctx: &mut Context<'_>) {
        self.stop_timer = None;
        self.stopped(ctx);
    }

    fn stopped(&mut self, ctx: &mut Context<'_>) {
        let cause = self.leaving_cause();
        for id in core::mem::take(&mut self.open) {
            self.drop_request(ctx, id, CancelMode::Destroy, cause);
        }
        let mut timer = self.stop_timer.take();
        ctx.cancel_timer(&mut timer);
        self.phase = Phase::Off;
        for server in Server::BOTH {
            self.set_registration(ctx, server, RegistrationState::Off, cause);
        }
        self.current_target = None;
        // An account that only changes its settings has not stopped as far as the firmware is concerned.
        let begins_anew = self.restart && matches!(self.pending, Some((Some(_), _)));
        if !begins_anew {
            // It may have been stopped for good while it was leaving only its servers.
            self.end_dialogs(ctx);
            self.event(ctx, EventKind::Stopped, self.current, cause, "stopped".to_owned());
        }
        if self.pending.is_some() {
            self.apply_pending(ctx);
        }
    }

    fn end_everything(&mut self, ctx: &mut Context<'_>, result: RequestResult, cause: Cause) {
        for lane in 0..self.lanes.len() {
            self.set_lane_timer(ctx, lane as u8, None);
            self.lanes[lane].walk = None;
            self.lanes[lane].failures = 0;
            self.lanes[lane].refusals = 0;
            self.lanes[lane].owes_walk = false;
            self.lanes[lane].begins_at = None;
        }
        self.forget_watched(ctx);
        self.forget_places(ctx);
        self.registered_ip = None;
        ctx.cancel_timer(&mut self.answered);
        let mut timer = self.probe_timer.take();
        ctx.cancel_timer(&mut timer);
        self.probe = None;
        let open: Vec<RequestId> = self.open.clone();
        for id in open {
            match ctx.requests.get(id.0).map(|request| request.kind) {
                Some(Kind::Firmware) => self.abort_request(ctx, id, result, cause),
                Some(_) => self.drop_request(ctx, id, CancelMode::Destroy, cause),
                None => {}
            }
        }
    }

    /// Forgets where requests started, and what waited for a REGISTER that is given up.
    pub(super) fn forget_places(&mut self, ctx: &mut Context<'_>) {
        for server in Server::BOTH {
            self.forget_last(ctx, server);
        }
        self.forget_asides();
    }

    /// Forgets the registrations beside the maintained ones, and what waited for a REGISTER that is given up.
    pub(super) fn forget_asides(&mut self) {
        for side in &mut self.sides {
            side.registered_beside = None;
        }
        self.owed_check = None;
    }

    /// The firmware says whether it has a call up.
    pub fn set_busy(&mut self, ctx: &mut Context<'_>, busy: bool) {
        if self.busy != busy {
            ctx.trace.note(ctx.now, self.id, What::Busy(busy));
        }
        self.busy = busy;
        ctx.cancel_timer(&mut self.answered);
    }

    /// A call was answered. It counts as up until the firmware has had the time to say so: until it calls again.
    pub(super) fn note_call_answered(&mut self, ctx: &mut Context<'_>) {
        let mut timer = self.answered.take();
        ctx.set_timer(&mut timer, 0, TimerKey::Answered(self.id));
        self.answered = timer;
    }

    /// New settings for the account, or none: it is not configured any more. Settings that are the same are not noticed;
    /// a running account changes when it is idle, at the latest after ten minutes.
    pub fn reconfigure(&mut self, ctx: &mut Context<'_>, settings: Option<Arc<AccountSettings>>) {
        // An account that leaves its servers only to start again does so even if the new settings are taken back.
        let is_leaving = self.phase == Phase::Stopping && self.restart;
        self.restart &= settings.is_some();
        match settings {
            Some(settings) if settings == self.settings && !is_leaving => self.drop_pending(ctx),
            Some(settings)
                if self.phase == Phase::Off || (is_same_service(&settings, &self.settings) && !is_leaving) =>
            {
                self.drop_pending(ctx);
                match self.phase {
                    Phase::Off => self.take_settings(ctx, settings),
                    // The same servers: walks under way, and those that wait for DNS, go on.
                    Phase::Running | Phase::Stopping => self.settings = settings,
                }
            }
            settings => {
                // The limit counts from the first settings that had to wait.
                let mut timer = self.pending.take().and_then(|(_, timer)| timer);
                if timer.is_none() {
                    ctx.set_timer(&mut timer, PENDING_LIMIT_MS, TimerKey::Pending(self.id));
                }
                self.pending = Some((settings, timer));
            }
        }
    }

    /// The account is off: what it knows about servers is about those of its former settings.
    fn take_settings(&mut self, ctx: &mut Context<'_>, settings: Arc<AccountSettings>) {
        ctx.lists.forget(self.id);
        self.settings = settings;
        self.current = self.first_server();
    }

    /// True once the account is off and not configured any more: the engine can drop it.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.phase == Phase::Off && matches!(self.pending, Some((None, _)))
    }

    fn drop_pending(&mut self, ctx: &mut Context<'_>) {
        if let Some((_, mut timer)) = self.pending.take() {
            ctx.cancel_timer(&mut timer);
        }
    }

    /// The end of an input: what waited for the account to be idle takes effect if no call is up or being set up: new
    /// settings, the departure from a target that is not listed any more, the return to a primary. Never in the middle of
    /// an input, where what follows would mix the old state with the new one.
    pub fn end_input(&mut self, ctx: &mut Context<'_>) {
        self.leave_unlisted_targets(ctx);
        if self.pending.is_some() && self.can_change(ctx) && !self.is_gone() {
            self.apply_pending(ctx);
        }
        for server in Server::BOTH {
            self.pursue_failback(ctx, server);
        }
        self.settle_liveness(ctx);
    }

    /// True if new settings disturb no call. A request inside a dialog that is under way when the call is over is a BYE: were
    /// it cut off, the other side would not hear that the call has ended.
    fn can_change(&self, ctx: &Context<'_>) -> bool {
        let is_in_dialog = |id: &RequestId| ctx.requests.get(id.0).is_some_and(|request| request.is_in_dialog);
        self.phase == Phase::Off || (self.is_idle(ctx) && !self.open.iter().any(is_in_dialog))
    }

    /// Lets waiting settings take effect: the account leaves its old servers and starts anew.
    pub(super) fn apply_pending(&mut self, ctx: &mut Context<'_>) {
        match self.phase {
            Phase::Running => {
                self.restart = matches!(self.pending, Some((Some(_), _)));
                self.leave_servers(ctx);
            }
            // The account comes back here when it has stopped.
            Phase::Stopping => {}
            Phase::Off => {
                let Some((settings, mut timer)) = self.pending.take() else { return };
                ctx.cancel_timer(&mut timer);
                match settings {
                    Some(settings) => {
                        self.take_settings(ctx, settings);
                        if core::mem::take(&mut self.restart) {
                            self.start(ctx);
                        }
                    }
                    None => self.pending = Some((None, None)),
                }
            }
        }
    }
}

/// True if two settings differ in nothing that the servers would notice.
fn is_same_service(a: &AccountSettings, b: &AccountSettings) -> bool {
    let mut named_alike = a.clone();
    named_alike.label = b.label.clone();
    named_alike.display_name = b.display_name.clone();
    named_alike == *b
}
