//! The engine: what can be put in, and what comes out.

mod network;
mod news;
mod settings;

use super::clock::Clock;
use super::directory::{Directory, Surroundings};
use super::options::EngineOptions;
use crate::account::{
    Account, Action, Attempt, AttemptState, Context, Counters, Dialog, DoneReport, FinalResponse, Lists, LogLevel,
    NewRequest, Options, Phase, RegistrationState, ReportStatus, Request, StartError, TimerKey, Trace, What,
};
use crate::config::{DeviceSettings, Settings};
use crate::resolve::{ResolveCounters, Resolver, ResolverOptions};
use crate::target::{HealthTable, TargetList};
use crate::types::{
    AccountId, AttemptId, Cause, DnsServerIndex, DnsTransport, Families, Random, RequestId, Server, Slab, Time, Timers,
    TransportFailure, take_first,
};
use core::net::SocketAddr;
use std::collections::VecDeque;
use std::sync::Arc;

/// Requests per account, on average, that fit into the table.
const TABLE_PER_ACCOUNT: usize = 8;
/// Requests that fit into the table of the smallest device.
const TABLE_MIN: usize = 1_024;
/// Places in the table of attempts for each one in that of requests: an attempt stays for a while after its end, for late
/// reports, and must not keep new requests from being sent.
const ATTEMPTS_PER_REQUEST: usize = 4;
/// Actions that the queue keeps room for: more than one input causes on a phone.
const ROOM_FOR_ACTIONS: usize = 32;
/// Stands in records for what concerns no single account.
const DEVICE: AccountId = AccountId(0);
/// Why an input was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InputError {
    /// There is no such account, request or attempt.
    NotFound,
    /// A bounded table is full.
    Limit,
    /// Not possible now: the account is not running, or is running already.
    State,
    /// The bytes are not what they should be.
    Malformed,
}

/// An account from outside.
#[derive(Clone, Copy, Debug)]
pub struct AccountView {
    /// Whether it is in use.
    pub phase: Phase,
    /// The current server.
    pub current: Server,
    /// Registration by server: state, why, end of the binding.
    pub registrations: [(RegistrationState, Cause, Option<Time>); 2],
}

/// All counters.
#[derive(Clone, Copy, Debug)]
pub struct EngineCounters {
    /// Of the accounts.
    pub account: Counters,
    /// Of the resolver.
    pub resolve: ResolveCounters,
    /// Clock readings that lay before the one before.
    pub clock_steps_back: u64,
    /// Facts that the trace has forgotten.
    pub trace_lost: u64,
}

/// Everything that accounts share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) random: Random,
    pub(super) timers: Timers<TimerKey>,
    pub(super) requests: Slab<Request>,
    pub(super) attempts: Slab<Attempt>,
    pub(super) dialogs: Slab<Dialog>,
    // The network is down.
    pub(super) frozen: bool,
    pub(super) health: HealthTable,
    actions: VecDeque<Action>,
    pub(super) directory: Directory,
    pub(super) options: Options,
    counters: Counters,
    pub(super) trace: Trace,
}

/// All accounts of a device.
#[derive(Debug)]
pub struct Engine {
    pub(super) clock: Clock,
    pub(super) shared: Shared,
    // Place X-1 holds account X.
    accounts: Vec<Option<Box<Account>>>,
    device: Arc<DeviceSettings>,
    dns_servers: Vec<SocketAddr>,
    // The firmware named the DNS servers: the configuration's are not used any more.
    dns_servers_given: bool,
}

impl Shared {
    fn context(&mut self, now: Time) -> Context<'_> {
        Context {
            now,
            random: &mut self.random,
            timers: &mut self.timers,
            requests: &mut self.requests,
            attempts: &mut self.attempts,
            dialogs: &mut self.dialogs,
            frozen: self.frozen,
            health: &mut self.health,
            actions: &mut self.actions,
            lists: &mut self.directory,
            options: &self.options,
            counters: &mut self.counters,
            trace: &mut self.trace,
        }
    }
}

impl Shared {
    /// Puts a decision into the queue.
    pub(super) fn queue(&mut self, action: Action) {
        self.actions.push_back(action);
    }
}

impl Engine {
    /// An engine with these settings. No account is started.
    #[must_use]
    pub fn new(options: EngineOptions, settings: &Settings, now_ms: u64) -> Engine {
        let clock = Clock::new(now_ms);
        let mut random = Random::new(&options.seed);
        let draw = random.up_to(u64::MAX);
        let mut dns_seed = [0; 32];
        for chunk in dns_seed.chunks_exact_mut(4) {
            chunk.copy_from_slice(&random.next_u32().to_le_bytes());
        }
        let resolver_options = ResolverOptions {
            cache_entries: options.cache_entries,
            dns_wait_ms: options.dns_wait_ms,
            stale_limit_ms: options.stale_limit_ms,
        };
        let mut resolver = Resolver::new(resolver_options, Random::new(&dns_seed));
        resolver.configure(&settings.device);
        let device = settings.device.clone();
        let around = Surroundings {
            device: device.clone(),
            transports: options.transports,
            families: Families::default(),
            stale_limit_ms: options.stale_limit_ms,
            draw,
        };
        let mut directory = Directory::new(resolver, around);
        directory.wants_facts(options.trace_entries > 0);
        directory.wants_notes = options.account.log_level >= LogLevel::Info;
        let table = TABLE_MIN.max(settings.max_accounts as usize * TABLE_PER_ACCOUNT);
        let shared = Shared {
            random,
            timers: Timers::default(),
            requests: Slab::new(table),
            attempts: Slab::new(table * ATTEMPTS_PER_REQUEST),
            dialogs: Slab::new(table),
            frozen: false,
            health: HealthTable::default(),
            actions: VecDeque::new(),
            directory,
            options: options.account,
            counters: Counters::default(),
            trace: Trace::new(options.trace_entries),
        };
        let mut engine =
            Engine { clock, shared, accounts: Vec::new(), device, dns_servers: Vec::new(), dns_servers_given: false };
        engine.use_configured_dns_servers();
        for account in &settings.accounts {
            engine.add_account(account.clone());
        }
        engine
    }

    /// The next decision. Attempts that were closed before their turn, and completions of requests that were cancelled
    /// meanwhile, do not come out.
    pub fn next_action(&mut self) -> Option<Action> {
        loop {
            let action = take_first(&mut self.shared.actions, ROOM_FOR_ACTIONS)?;
            let is_wanted = match &action {
                Action::Send(id) => self.attempt(*id).is_some_and(|attempt| attempt.state == AttemptState::Open),
                Action::Done(id) => self.shared.requests.get(id.0).is_some(),
                _ => true,
            };
            if is_wanted {
                return Some(action);
            }
        }
    }

    /// The moment, on the caller's scale, at which [`Engine::handle_timer`] wants to be called; `None` = not at all.
    #[must_use]
    pub fn next_deadline(&self) -> Option<u64> {
        let next = Time::sooner(self.shared.timers.next(), self.shared.directory.next_deadline());
        next.map(|at| self.clock.to_caller(at))
    }

    /// A moment on the caller's scale.
    #[must_use]
    pub fn to_caller(&self, time: Time) -> u64 {
        self.clock.to_caller(time)
    }

    /// An attempt, until its afterlife ends.
    #[must_use]
    pub fn attempt(&self, id: AttemptId) -> Option<&Attempt> {
        self.shared.attempts.get(id.0)
    }

    /// The send callback runs now: from here on, leaving the attempt has to be told to the stack. The attempt and its
    /// account.
    pub fn take_send(&mut self, id: AttemptId) -> Option<(&Attempt, Option<&Account>)> {
        let attempt = self.shared.attempts.get_mut(id.0)?;
        attempt.sent = true;
        Some((attempt, account_in(&self.accounts, attempt.account)))
    }

    /// The completion of a request; the request is gone then.
    pub fn take_done(&mut self, id: RequestId) -> Option<DoneReport> {
        self.shared.requests.remove(id.0)?.into_finished().map(|report| *report)
    }

    /// Takes a reading of the caller's clock.
    pub(super) fn read_clock(&mut self, now_ms: u64) -> Time {
        self.clock.read(now_ms)
    }

    /// The target lists.
    pub(super) fn directory(&mut self) -> &mut Directory {
        &mut self.shared.directory
    }

    /// Numbers of accounts that may be in use: 1 to this.
    pub(super) fn account_places(&self) -> usize {
        self.accounts.len()
    }

    /// An account held a registration before a restart.
    pub(super) fn remember_binding(&mut self, id: AccountId, server: Server, list: Arc<TargetList>, expires: Time) {
        let place = (id.0 as usize).checked_sub(1).and_then(|place| self.accounts.get_mut(place));
        if let Some(account) = place.and_then(Option::as_mut) {
            account.remember_binding(server, list, expires);
        }
    }

    /// Whether a request is known, and whose it is.
    fn account_of_request(&self, id: RequestId) -> Option<AccountId> {
        self.shared.requests.get(id.0).map(|request| request.account)
    }

    /// Does everything that is due.
    pub fn handle_timer(&mut self, now_ms: u64) {
        let now = self.clock.read(now_ms);
        loop {
            let of_lists = self.shared.directory.next_deadline();
            let of_accounts = self.shared.timers.next();
            // Equal moments: lists first, so that a walk that becomes due finds them.
            let lists_first = of_lists.is_some_and(|at| at <= now && of_accounts.is_none_or(|other| at <= other));
            if lists_first {
                self.shared.directory.handle_timer(now);
                self.spread_news(now);
            } else if let Some(key) = self.shared.timers.take_due(now) {
                self.fire(now, key);
            } else {
                break;
            }
        }
        self.settle(now);
    }

    fn fire(&mut self, now: Time, key: TimerKey) {
        let account = match key {
            TimerKey::Attempt(id) => match self.shared.attempts.get(id.0) {
                Some(attempt) => attempt.account,
                None => return,
            },
            TimerKey::Lane(account, _)
            | TimerKey::Binding(account, _)
            | TimerKey::Probe(account)
            | TimerKey::Failback(account, _)
            | TimerKey::Stopping(account)
            | TimerKey::Pending(account)
            | TimerKey::Answered(account)
            | TimerKey::Request(account, _)
            | TimerKey::Liveness(account) => account,
        };
        if self.with_account(now, account, |account, ctx| account.on_timer(ctx, key)).is_none()
            && let TimerKey::Attempt(id) = key
        {
            // The account is gone; so is everybody who could ask for its attempts.
            self.shared.attempts.remove(id.0);
        }
    }

    /// A DNS message from a server.
    pub fn handle_dns(&mut self, now_ms: u64, server: DnsServerIndex, bytes: &[u8]) {
        let now = self.clock.read(now_ms);
        let (resolver, out) = self.shared.directory.resolver();
        resolver.handle_datagram(now, server, bytes, out);
        self.settle(now);
    }

    /// A DNS query could not be sent, the server cannot be reached over this transport, or a connection has ended.
    pub fn dns_send_failed(&mut self, now_ms: u64, query: u64, server: DnsServerIndex, transport: DnsTransport) {
        let now = self.clock.read(now_ms);
        let (resolver, out) = self.shared.directory.resolver();
        resolver.send_failed(now, crate::dns::QueryHandle(query), server, transport, out);
        self.settle(now);
    }

    /// The address families that have a route. Targets of another family are not used, and not asked for.
    pub fn set_families(&mut self, now_ms: u64, families: Families) {
        let now = self.clock.read(now_ms);
        if self.shared.directory.families() != families {
            self.shared.trace.note(now, DEVICE, What::Families(families));
            self.shared.directory.set_families(families);
            for place in 0..self.accounts.len() {
                let id = AccountId(place as u32 + 1);
                self.with_account(now, id, |account, ctx| account.on_families_changed(ctx, families));
            }
        }
        self.settle(now);
    }

    /// Starts an account.
    ///
    /// # Errors
    /// [`InputError::NotFound`]: it is not configured, or not enabled.
    pub fn start_account(&mut self, now_ms: u64, id: AccountId) -> Result<(), InputError> {
        self.on_account(now_ms, id, |account, ctx| account.start(ctx))
    }

    /// Stops an account.
    ///
    /// # Errors
    /// [`InputError::NotFound`]: it is not configured, or not enabled.
    pub fn stop_account(&mut self, now_ms: u64, id: AccountId) -> Result<(), InputError> {
        self.on_account(now_ms, id, |account, ctx| account.stop(ctx))
    }

    /// Whether the firmware has a call up on an account.
    ///
    /// # Errors
    /// [`InputError::NotFound`]: it is not configured, or not enabled.
    pub fn set_account_busy(&mut self, now_ms: u64, id: AccountId, busy: bool) -> Result<(), InputError> {
        self.on_account(now_ms, id, |account, ctx| account.set_busy(ctx, busy))
    }

    /// An account, if it is configured and enabled.
    #[must_use]
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        account_in(&self.accounts, id)
    }

    /// The state of an account.
    #[must_use]
    pub fn account_view(&self, id: AccountId) -> Option<AccountView> {
        let account = self.account(id)?;
        let registrations = Server::BOTH.map(|server| {
            let (state, cause) = account.registration(server);
            (state, cause, account.binding_expires(server))
        });
        Some(AccountView { phase: account.phase(), current: account.current(), registrations })
    }

    /// Starts a request of the firmware.
    ///
    /// # Errors
    /// [`InputError::NotFound`]: no such account or dialog; [`InputError::State`]: the account is not running;
    /// [`InputError::Limit`]: too many requests at once.
    pub fn start_request(&mut self, now_ms: u64, id: AccountId, new: NewRequest) -> Result<RequestId, InputError> {
        let now = self.clock.read(now_ms);
        let started =
            self.with_account(now, id, |account, ctx| account.start_request(ctx, new)).ok_or(InputError::NotFound)?;
        self.settle(now);
        started.map_err(|error| match error {
            StartError::NotRunning => InputError::State,
            StartError::TooMany => InputError::Limit,
            StartError::NoDialog => InputError::NotFound,
        })
    }

    /// Withdraws a request of the firmware.
    ///
    /// # Errors
    /// [`InputError::NotFound`]: it has ended, or never was.
    pub fn cancel_request(&mut self, now_ms: u64, id: RequestId) -> Result<(), InputError> {
        let now = self.clock.read(now_ms);
        let account = self.account_of_request(id).ok_or(InputError::NotFound)?;
        let cancelled = self.with_account(now, account, |account, ctx| account.cancel_request(ctx, id));
        self.settle(now);
        if cancelled == Some(true) { Ok(()) } else { Err(InputError::NotFound) }
    }

    /// A provisional response to an attempt, 100..=199.
    pub fn provisional(&mut self, now_ms: u64, id: AttemptId, status: u16) -> ReportStatus {
        self.report(now_ms, id, |account, ctx| account.on_provisional(ctx, id, status))
    }

    /// A final response to an attempt.
    pub fn final_response(&mut self, now_ms: u64, id: AttemptId, response: FinalResponse) -> ReportStatus {
        self.report(now_ms, id, |account, ctx| account.on_final(ctx, id, response))
    }

    /// An attempt failed below SIP.
    pub fn transport_failed(&mut self, now_ms: u64, id: AttemptId, failure: TransportFailure) -> ReportStatus {
        self.report(now_ms, id, |account, ctx| account.on_transport_failure(ctx, id, failure))
    }

    /// Ends everything: requests of the firmware get their completion, nothing is sent any more.
    pub fn release(&mut self, now_ms: u64) {
        let now = self.clock.read(now_ms);
        for place in 0..self.accounts.len() {
            self.with_account(now, AccountId(place as u32 + 1), |account, ctx| account.release(ctx));
        }
        self.shared.actions.retain(|action| matches!(action, Action::Done(_)));
    }

    /// All counters.
    #[must_use]
    pub fn counters(&self) -> EngineCounters {
        EngineCounters {
            account: self.shared.counters,
            resolve: self.shared.directory.resolver_counters(),
            clock_steps_back: self.clock.steps_back(),
            trace_lost: self.shared.trace.lost(),
        }
    }

    /// True for a request that goes where the account is: neither urgent nor inside a dialog.
    #[cfg(test)]
    pub fn is_routed(&self, id: RequestId) -> bool {
        self.shared.requests.get(id.0).is_some_and(|request| request.urgent.is_none() && !request.is_in_dialog)
    }

    /// The server at which a registration has to come before this request.
    #[cfg(test)]
    pub fn awaits_registration(&self, id: RequestId) -> Option<Server> {
        self.shared.requests.get(id.0)?.awaits_registration()
    }

    /// Entries in the tables: requests, attempts, deadlines, dialogs.
    #[cfg(test)]
    pub fn table_sizes(&self) -> [usize; 4] {
        let Shared { requests, attempts, timers, dialogs, .. } = &self.shared;
        [requests.len(), attempts.len(), timers.len(), dialogs.len()]
    }

    /// Everything that decides what comes next; see [`Engine::internal_time`] for the moments in it.
    #[cfg(test)]
    pub fn portrait(&self) -> impl core::fmt::Debug {
        let Shared { requests, attempts, timers, health, .. } = &self.shared;
        let requests: Vec<_> = requests.iter().map(|(id, request)| (RequestId(id), request)).collect();
        let attempts: Vec<_> = attempts.iter().map(|(id, attempt)| (AttemptId(id), attempt)).collect();
        (&self.accounts, requests, attempts, timers.pending(), health)
    }

    /// The latest moment, on the engine's own scale.
    #[cfg(test)]
    pub fn internal_time(&self) -> u64 {
        self.clock.now().0
    }

    fn report(
        &mut self,
        now_ms: u64,
        id: AttemptId,
        input: impl FnOnce(&mut Account, &mut Context<'_>) -> ReportStatus,
    ) -> ReportStatus {
        let now = self.clock.read(now_ms);
        let Some(account) = self.attempt(id).map(|attempt| attempt.account) else { return ReportStatus::Unknown };
        let status = self.with_account(now, account, input).unwrap_or(ReportStatus::Unknown);
        self.settle(now);
        status
    }

    fn on_account(
        &mut self,
        now_ms: u64,
        id: AccountId,
        input: impl FnOnce(&mut Account, &mut Context<'_>),
    ) -> Result<(), InputError> {
        let now = self.clock.read(now_ms);
        let found = self.with_account(now, id, input);
        self.settle(now);
        found.ok_or(InputError::NotFound)
    }

    /// Gives an input to one account.
    fn with_account<T>(
        &mut self,
        now: Time,
        id: AccountId,
        input: impl FnOnce(&mut Account, &mut Context<'_>) -> T,
    ) -> Option<T> {
        let place = self.accounts.get_mut((id.0 as usize).checked_sub(1)?)?;
        let account = place.as_mut()?;
        let mut ctx = self.shared.context(now);
        let result = input(account, &mut ctx);
        account.end_input(&mut ctx);
        if account.is_gone() {
            *place = None;
            self.shared.directory.forget(id);
        }
        Some(result)
    }
}

/// An account, if it is configured and enabled.
fn account_in(accounts: &[Option<Box<Account>>], id: AccountId) -> Option<&Account> {
    accounts.get((id.0 as usize).checked_sub(1)?)?.as_deref()
}
