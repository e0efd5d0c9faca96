//! Bindings: what a registrar granted, when it ends, and what the firmware is told about it.

use super::action::{EventKind, RegistrationState};
use super::attempt::CauseText;
use super::context::{Context, TimerKey};
use super::machine::Account;
use crate::config::FailbackMode;
use crate::policy::{Method, earlier_by_up_to, refresh_lead_ms, retry_budget};
use crate::target::{Target, TargetList};
use crate::types::{Cause, Server, Time, TimerHandle};
use std::sync::Arc;

/// A registration that a registrar granted.
#[derive(Clone, Debug)]
pub struct Binding {
    /// The list of the target that holds it.
    pub list: Arc<TargetList>,
    /// Position of the target.
    pub index: u8,
    /// The end of its lifetime.
    pub expires: Time,
    /// Runs to the end of the lifetime.
    pub timer: Option<TimerHandle>,
}

impl Binding {
    /// The target that holds it.
    pub fn target(&self) -> &Target {
        &self.list.targets()[usize::from(self.index)]
    }
}

impl Account {
    /// The binding at this server, if it lives.
    pub(super) fn live_binding(&self, now: Time, server: Server) -> Option<&Binding> {
        self.sides[server.index()].binding.as_ref().filter(|binding| binding.expires > now)
    }

    /// True if a binding lives at this server.
    pub(super) fn holds_binding(&self, now: Time, server: Server) -> bool {
        self.live_binding(now, server).is_some()
    }

    /// Keeps a new binding in place of the old one at the same server.
    pub(super) fn keep_binding(
        &mut self,
        ctx: &mut Context<'_>,
        server: Server,
        list: Arc<TargetList>,
        index: u8,
        lifetime_ms: u64,
    ) {
        self.forget_binding(ctx, server);
        let mut timer = None;
        ctx.set_timer(&mut timer, lifetime_ms, TimerKey::Binding(self.id, server));
        let expires = ctx.now.after(lifetime_ms);
        self.sides[server.index()].unlisted = false;
        self.sides[server.index()].remembered = None;
        self.sides[server.index()].binding = Some(Binding { list, index, expires, timer });
    }

    /// Forgets the binding at a server.
    pub(super) fn forget_binding(&mut self, ctx: &mut Context<'_>, server: Server) {
        if let Some(mut binding) = self.sides[server.index()].binding.take() {
            ctx.cancel_timer(&mut binding.timer);
        }
    }

    /// Time until the refresh of a binding that was granted now, ms.
    pub(super) fn refresh_in_ms(&self, ctx: &mut Context<'_>, server: Server, lifetime_ms: u64) -> u64 {
        let lead_ms = refresh_lead_ms(lifetime_ms, self.dead_budgets_ms(ctx, server));
        earlier_by_up_to(lifetime_ms - lead_ms, lead_ms, 10, ctx.jitter())
    }

    /// What a refresh will cost before it reaches the target that holds the binding, ms.
    fn dead_budgets_ms(&self, ctx: &Context<'_>, server: Server) -> u64 {
        let side = &self.sides[server.index()];
        let (Some(binding), Some(settings)) = (&side.binding, self.settings.server(server)) else { return 0 };
        if matches!(settings.failback_mode, FailbackMode::DnsTtl | FailbackMode::Duration) {
            // The refresh starts where the account is.
            return 0;
        }
        let before = binding.list.targets().iter().take(usize::from(binding.index));
        let dead = before.filter(|target| ctx.health.failure(target.key).is_some());
        let cost = |target: &Target| {
            retry_budget(Method::Register, target.key.transport, settings.retry_counts, ctx.options.t1_ms).ms
        };
        dead.map(cost).sum()
    }

    /// Tells the firmware about the registration with a server, if there is something new.
    pub(super) fn set_registration(
        &mut self,
        ctx: &mut Context<'_>,
        server: Server,
        state: RegistrationState,
        cause: Cause,
    ) {
        let side = &mut self.sides[server.index()];
        let is_new = side.state != state;
        side.state = state;
        side.cause = cause;
        if is_new {
            self.tell_registration(ctx, server);
        }
    }

    /// Tells the firmware about the registration with a server.
    pub(super) fn tell_registration(&mut self, ctx: &mut Context<'_>, server: Server) {
        let side = &self.sides[server.index()];
        let at = side.binding.as_ref().map(|binding| binding.target().as_str().to_owned()).unwrap_or_default();
        let (state, cause) = (side.state, side.cause);
        let mut text = format!("server {}: {}", server.number(), state.text());
        let serves = matches!(state, RegistrationState::Registered | RegistrationState::RefreshFailing);
        if serves && !at.is_empty() {
            text.push_str(&format!(" at {at}"));
        }
        if cause != Cause::None && state != RegistrationState::Registered {
            text.push_str(&format!(" ({})", CauseText(cause)));
        }
        let key = side.binding.as_ref().map(|binding| binding.target().key);
        self.event_between(ctx, (EventKind::Registration, server, cause, key), [String::new(), at], text);
    }
}
