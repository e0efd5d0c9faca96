//! The account: its state, and the inputs that are not about one attempt.

use super::action::{Action, Event, EventKind, RegistrationState};
use super::bindings::Binding;
use super::context::{Context, TimerKey};
use super::failback::Failback;
use super::liveness::Liveness;
use super::trace::{Due, What};
use crate::config::{AccountSettings, Redundancy};
use crate::target::{Target, TargetKey, TargetList};
use crate::types::{AccountId, Cause, DialogId, RareList, RequestId, Server, Sparse, Time, TimerHandle};
use core::net::IpAddr;
use std::sync::Arc;

/// Whether an account is in use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Not started, or stopped.
    Off,
    /// Registering and routing.
    Running,
    /// Removing its bindings.
    Stopping,
}

/// What is known about one of the two servers.
#[derive(Clone, Debug)]
pub(super) struct Side {
    /// The registration it granted.
    pub binding: Option<Binding>,
    /// Concurrent registration: the server is fit to be current.
    pub good: bool,
    /// The registration it granted before a restart of the device: its target alone, and the end.
    pub remembered: Option<Box<(Arc<TargetList>, Time)>>,
    /// DNS does not name the target of the binding any more.
    pub unlisted: bool,
    /// State for the firmware.
    pub state: RegistrationState,
    /// Why it is in this state.
    pub cause: Cause,
    /// Where requests start.
    pub failback: Sparse<Failback>,
    /// A target that knows the phone beside the one that holds the binding, and until when.
    pub registered_beside: Option<(TargetKey, Time)>,
}

/// Keeps one maintained binding.
#[derive(Clone, Debug, Default)]
pub(super) struct Lane {
    /// The registration walk under way.
    pub walk: Option<RequestId>,
    /// The next walk, and shortly before it the look-ups that it will need.
    pub timer: Option<TimerHandle>,
    /// When the next walk begins.
    pub due: Time,
    /// Walks in a row that found no server.
    pub failures: u32,
    /// The servers that the last of them came to.
    pub reached: [bool; 2],
    /// Refusals in a row.
    pub refusals: u32,
    /// A walk was due while a REGISTER to one target was under way.
    pub owes_walk: bool,
    /// The next walk begins at this target: it has lost the connection to us.
    pub begins_at: Option<Box<TargetKey>>,
}

/// A target that asked not to be used, or that answered that it cannot serve.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub key: TargetKey,
    pub until: Time,
    pub why: HeldFor,
    /// It said so to a REGISTER. What it says to other requests does not keep the binding away from it.
    pub registrations: bool,
}

/// Why a target is tried last for a while.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum HeldFor {
    /// It asked for a pause.
    Pause,
    /// It declined: the quarantine that the account has configured.
    Quarantine,
}

/// One account.
#[derive(Clone, Debug)]
pub struct Account {
    pub(super) id: AccountId,
    pub(super) settings: Arc<AccountSettings>,
    pub(super) phase: Phase,
    pub(super) current: Server,
    /// The target that answered last at the current server.
    pub(super) current_target: Option<(Arc<TargetList>, u8)>,
    pub(super) sides: [Side; 2],
    pub(super) lanes: [Lane; 2],
    pub(super) probe: Option<RequestId>,
    pub(super) probe_timer: Option<TimerHandle>,
    pub(super) probe_due: Time,
    /// Requests that have not ended, in the order in which they began, or began to wait for a registration.
    pub(super) open: Vec<RequestId>,
    /// Targets that asked not to be used until a moment.
    pub(super) held: RareList<Held>,
    /// A target to be asked by REGISTER as soon as another REGISTER has ended.
    pub(super) owed_check: Option<Box<(Server, Arc<TargetList>, TargetKey)>>,
    /// Where the account was registered last: the subscriptions are there.
    pub(super) registered_ip: Option<IpAddr>,
    pub(super) stop_timer: Option<TimerHandle>,
    /// Settings that wait for the account to become idle.
    pub(super) pending: Option<(Option<Arc<AccountSettings>>, Option<TimerHandle>)>,
    /// The account leaves its servers because of new settings, not because the firmware stopped it.
    pub(super) restart: bool,
    /// The firmware has a call up.
    pub(super) busy: bool,
    /// A call was answered just now: the firmware has not had the time to say that it is up.
    pub(super) answered: Option<TimerHandle>,
    /// Dialogs that the firmware told of.
    pub(super) dialogs: RareList<DialogId>,
    /// Of these, calls.
    pub(super) calls: u32,
    /// Whether targets are alive.
    pub(super) liveness: Liveness,
}

impl Side {
    fn new() -> Side {
        Side {
            binding: None,
            remembered: None,
            unlisted: false,
            good: true,
            state: RegistrationState::Off,
            cause: Cause::None,
            failback: Sparse::default(),
            registered_beside: None,
        }
    }
}

impl Account {
    /// An account that is not started yet.
    #[must_use]
    pub fn new(settings: Arc<AccountSettings>) -> Account {
        let mut account = Account {
            id: settings.id,
            current: Server::Working,
            settings,
            phase: Phase::Off,
            current_target: None,
            sides: [Side::new(), Side::new()],
            lanes: [Lane::default(), Lane::default()],
            probe: None,
            probe_timer: None,
            probe_due: Time(0),
            open: Vec::new(),
            held: RareList::EMPTY,
            owed_check: None,
            registered_ip: None,
            stop_timer: None,
            pending: None,
            restart: false,
            busy: false,
            answered: None,
            dialogs: RareList::EMPTY,
            calls: 0,
            liveness: Liveness::default(),
        };
        account.current = account.first_server();
        account
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> &Arc<AccountSettings> {
        &self.settings
    }

    /// Whether the account is in use.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The server that requests go to now.
    #[must_use]
    pub fn current(&self) -> Server {
        self.current
    }

    /// The target that answered last at the current server.
    #[must_use]
    pub fn current_target(&self) -> Option<&Target> {
        let (list, index) = self.current_target.as_ref()?;
        list.targets().get(usize::from(*index))
    }

    /// State of the registration with a server, and why.
    #[must_use]
    pub fn registration(&self, server: Server) -> (RegistrationState, Cause) {
        let side = &self.sides[server.index()];
        (side.state, side.cause)
    }

    /// The end of the binding at a server.
    #[must_use]
    pub fn binding_expires(&self, server: Server) -> Option<Time> {
        self.sides[server.index()].binding.as_ref().map(|binding| binding.expires)
    }

    /// The target that holds the binding at a server, and the end of the binding.
    #[must_use]
    pub fn binding(&self, server: Server) -> Option<(&Target, Time)> {
        self.sides[server.index()].binding.as_ref().map(|binding| (binding.target(), binding.expires))
    }

    /// A server granted a registration before a restart of the device: its target is a candidate while that lives.
    pub fn remember_binding(&mut self, server: Server, list: Arc<TargetList>, expires: Time) {
        self.sides[server.index()].remembered = Some(Box::new((list, expires)));
    }

    /// The address of the target that holds the binding at a server.
    #[must_use]
    pub fn binding_address(&self, server: Server) -> Option<core::net::SocketAddr> {
        self.sides[server.index()].binding.as_ref().map(|binding| binding.target().key.address)
    }

    /// A deadline of this account has come.
    pub fn on_timer(&mut self, ctx: &mut Context<'_>, key: TimerKey) {
        let due = match key {
            TimerKey::Lane(_, lane) => Some((Due::Registration, Some(self.lane_server(lane)))),
            TimerKey::Binding(_, server) => Some((Due::BindingEnd, Some(server))),
            TimerKey::Probe(_) => Some((Due::Probe, Some(Server::Working))),
            TimerKey::Failback(_, server) => Some((Due::Failback, Some(server))),
            TimerKey::Pending(_) => Some((Due::Settings, None)),
            TimerKey::Liveness(_) => Some((Due::Liveness, None)),
            TimerKey::Attempt(_) | TimerKey::Stopping(_) | TimerKey::Answered(_) | TimerKey::Request(..) => None,
        };
        if let Some((due, server)) = due {
            ctx.trace.note(ctx.now, self.id, What::Woken(due, server));
        }
        match key {
            TimerKey::Attempt(attempt) => self.on_attempt_timer(ctx, attempt),
            TimerKey::Lane(_, lane) => self.on_lane_timer(ctx, lane),
            TimerKey::Binding(_, server) => self.on_binding_expired(ctx, server),
            TimerKey::Probe(_) => self.on_probe_timer(ctx),
            TimerKey::Failback(_, server) => self.on_failback_timer(ctx, server),
            TimerKey::Stopping(_) => self.on_stopping_timer(ctx),
            TimerKey::Pending(_) => self.apply_pending(ctx),
            TimerKey::Answered(_) => self.answered = None,
            TimerKey::Request(_, request) => self.on_request_timer(ctx, request),
            TimerKey::Liveness(_) => self.on_liveness_timer(ctx),
        }
    }

    /// The server to begin with: server 1, or server 2 where it is the only one.
    pub(super) fn first_server(&self) -> Server {
        if self.settings.server(Server::Working).is_some() { Server::Working } else { Server::Fallback }
    }

    /// The other server, if it is configured.
    pub(super) fn other_configured(&self, server: Server) -> Option<Server> {
        let other = server.other();
        self.settings.server(other).map(|_| other)
    }

    pub(super) fn is_concurrent(&self) -> bool {
        self.settings.redundancy == Redundancy::Concurrent
    }

    pub(super) fn event(&self, ctx: &mut Context<'_>, kind: EventKind, server: Server, cause: Cause, text: String) {
        self.event_between(ctx, (kind, server, cause, None), [String::new(), String::new()], text);
    }

    pub(super) fn event_between(
        &self,
        ctx: &mut Context<'_>,
        (kind, server, cause, key): (EventKind, Server, Cause, Option<TargetKey>),
        [from, to]: [String; 2],
        text: String,
    ) {
        let state = self.sides[server.index()].state;
        match kind {
            EventKind::FallbackEntered => ctx.counters.fallbacks_entered += 1,
            EventKind::FallbackLeft => ctx.counters.fallbacks_left += 1,
            EventKind::FailbackDone => ctx.counters.failbacks += 1,
            _ => {}
        }
        let what = What::Told(kind, server, state, cause);
        match key {
            Some(key) => ctx.trace.note_target(ctx.now, self.id, what, key),
            None => ctx.trace.note(ctx.now, self.id, what),
        }
        let text = format!("account {}: {text}", self.id.0);
        let event = Event { at: ctx.now, kind, account: self.id, server: Some(server), state, cause, from, to, text };
        ctx.actions.push_back(Action::Event(Box::new(event)));
    }
}
