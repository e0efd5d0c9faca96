//! What an account needs from the engine around it.

use super::action::{Action, LogLevel};
use super::attempt::Attempt;
use super::dialog::Dialog;
use super::request::Request;
use super::trace::Trace;
use crate::config::AccountSettings;
use crate::target::{HealthTable, TargetList};
use crate::types::{AccountId, AttemptId, Random, RequestId, Server, Slab, Time, TimerHandle, Timers};
use std::collections::VecDeque;
use std::sync::Arc;

/// What a deadline belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimerKey {
    /// The budget of an attempt, or the end of its afterlife.
    Attempt(AttemptId),
    /// The next walk of a registration lane.
    Lane(AccountId, u8),
    /// The end of a binding.
    Binding(AccountId, Server),
    /// The next probe of server 1.
    Probe(AccountId),
    /// The return to the primary of a server.
    Failback(AccountId, Server),
    /// The end of the patience for answers to the un-REGISTERs of a stopping account.
    Stopping(AccountId),
    /// The latest moment for new settings to take effect.
    Pending(AccountId),
    /// The firmware has had the time to say that the call that was answered is up.
    Answered(AccountId),
    /// A request waits no longer: for a first response, or for the network.
    Request(AccountId, RequestId),
    /// A target is asked whether it is alive.
    Liveness(AccountId),
}

/// What is known about the targets of one server.
#[derive(Clone, Debug)]
pub enum ListState {
    /// The targets.
    Ready(Arc<TargetList>),
    /// The first targets; the others are being resolved.
    Begun {
        /// What is known so far.
        list: Arc<TargetList>,
        /// A walk that is through with these may wait for more; the account hears of it.
        waits: bool,
    },
    /// DNS has been asked; the account hears of the end.
    Pending,
    /// Likewise, but it takes longer than a walk that can go elsewhere should wait.
    Slow,
    /// The name leads nowhere.
    Failed,
}

/// Where target lists come from.
pub trait Lists {
    /// The targets of a server, as of `now`. Asks DNS where needed.
    fn get(&mut self, now: Time, settings: &AccountSettings, server: Server) -> ListState;

    /// The same for a walk that has begun with a part of the targets. What was found for it since then is complete, even if it
    /// counts for no other walk any more.
    fn get_more(&mut self, now: Time, settings: &AccountSettings, server: Server) -> ListState;

    /// The targets of a server as they were known last, in date or not. Asks nobody.
    fn known(&self, settings: &AccountSettings, server: Server) -> Option<Arc<TargetList>>;

    /// A REGISTER to a server is due at `due`: asks DNS now what will have expired by then.
    fn look_ahead(&mut self, now: Time, settings: &AccountSettings, server: Server, due: Time);

    /// Forgets what is known about the servers of an account. Nobody may be waiting for it.
    fn forget(&mut self, account: AccountId);

    /// What was learned since the last time, for the trace and the log. A rehearsal tells nothing.
    fn tell(&mut self, _now: Time, _trace: &mut Trace, _actions: &mut VecDeque<Action>) {}
}

/// Engine options that the machines need.
#[derive(Clone, Debug)]
pub struct Options {
    /// T1 of RFC 3261, ms.
    pub t1_ms: u64,
    /// The first REGISTER of each account is spread over this time, ms.
    pub startup_window_ms: u64,
    /// Random spread of timers.
    pub jitter: bool,
    /// Probes in a row that the primary must answer before an account returns to it.
    pub failback_successes: u32,
    /// An account stays at least this long at a backup, ms.
    pub failback_min_stay_ms: u64,
    /// Lines above this level are not even put together.
    pub log_level: LogLevel,
}

/// What has been counted since the engine was made.
#[derive(Clone, Copy, Default, Debug)]
pub struct Counters {
    /// Attempts started.
    pub attempts: u64,
    /// Attempts without a response in time.
    pub failures_timeout: u64,
    /// Attempts that failed below SIP.
    pub failures_transport: u64,
    /// Attempts answered by a response that means "server unavailable".
    pub failures_response: u64,
    /// Changes of the current target.
    pub switches: u64,
    /// Reports for attempts that had been left.
    pub late_reports: u64,
    /// Requests started by the firmware.
    pub requests_started: u64,
    /// Requests of the firmware that ended.
    pub requests_done: u64,
    /// Attempts that a final response ended, whatever it says.
    pub answered: u64,
    /// Attempts that failed below SIP, in the order of `TransportFailure`.
    pub transport: [u64; 6],
    /// Times that server 2 took over.
    pub fallbacks_entered: u64,
    /// Times that server 1 took over again.
    pub fallbacks_left: u64,
    /// Returns to the primary of a list.
    pub failbacks: u64,
}

/// Everything outside the account that an input may read or change.
pub struct Context<'a> {
    /// The moment of the input.
    pub now: Time,
    /// The source of randomness.
    pub random: &'a mut Random,
    /// Deadlines of the whole engine.
    pub timers: &'a mut Timers<TimerKey>,
    /// Requests of the whole engine.
    pub requests: &'a mut Slab<Request>,
    /// Attempts of the whole engine.
    pub attempts: &'a mut Slab<Attempt>,
    /// Dialogs of the whole engine.
    pub dialogs: &'a mut Slab<Dialog>,
    /// The network is down: nothing is sent, and nobody is to blame.
    pub frozen: bool,
    /// Health of all targets.
    pub health: &'a mut HealthTable,
    /// Decisions.
    pub actions: &'a mut VecDeque<Action>,
    /// Target lists.
    pub lists: &'a mut dyn Lists,
    /// Options.
    pub options: &'a Options,
    /// Counters.
    pub counters: &'a mut Counters,
    /// What happened, for whoever asks why.
    pub trace: &'a mut Trace,
}

impl Context<'_> {
    /// Sets a deadline `ms` from now, replacing the one in `slot`.
    pub fn set_timer(&mut self, slot: &mut Option<TimerHandle>, ms: u64, key: TimerKey) {
        self.cancel_timer(slot);
        *slot = Some(self.timers.set(self.now.after(ms), key));
    }

    /// Cancels the deadline in `slot`, if there is one.
    pub fn cancel_timer(&mut self, slot: &mut Option<TimerHandle>) {
        if let Some(handle) = slot.take() {
            self.timers.cancel(handle);
        }
    }

    /// The targets of a server; see [`Lists::get`]. What was learned stands in the trace before what is made of it.
    pub fn list(&mut self, settings: &AccountSettings, server: Server) -> ListState {
        let state = self.lists.get(self.now, settings, server);
        self.lists.tell(self.now, self.trace, self.actions);
        state
    }

    /// The same for a walk that has begun; see [`Lists::get_more`].
    pub fn more_of_list(&mut self, settings: &AccountSettings, server: Server) -> ListState {
        let state = self.lists.get_more(self.now, settings, server);
        self.lists.tell(self.now, self.trace, self.actions);
        state
    }

    /// The generator, where random spread is on.
    pub fn jitter(&mut self) -> Option<&mut Random> {
        if self.options.jitter { Some(self.random) } else { None }
    }

    /// Puts a line into the log, if anybody wants lines of this level.
    pub fn log(&mut self, level: LogLevel, line: core::fmt::Arguments<'_>) {
        if level <= self.options.log_level {
            self.actions.push_back(Action::Log(level, line.to_string()));
        }
    }
}
