//! What the machines decide: the entries of the action queue.

use crate::policy::Method;
use crate::target::TargetList;
use crate::types::{AccountId, AttemptId, Cause, DnsServerIndex, DnsTransport, RequestId, Server, Time};
use std::sync::Arc;

/// One decision, to be carried out in the order of the queue.
#[derive(Debug)]
pub enum Action {
    /// Send an attempt, if it is still open when its turn comes.
    Send(AttemptId),
    /// Tell the stack that an attempt was left.
    Cancel(CancelSip),
    /// Report the end of a request, if its caller has not cancelled it meanwhile.
    Done(RequestId),
    /// Tell the firmware what happened.
    Event(Box<Event>),
    /// Send a DNS query.
    DnsSend {
        /// The query's handle: the same for every try.
        query: u64,
        /// Which of the configured DNS servers.
        server: DnsServerIndex,
        /// How it travels.
        transport: DnsTransport,
        /// The message, without the length that stands before it over TCP.
        bytes: Vec<u8>,
    },
    /// A DNS query is over; its socket can be closed.
    DnsReleased(u64),
    /// One line for the log.
    Log(LogLevel, String),
}

/// How much a log line matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LogLevel {
    /// Nothing at all.
    Off,
    /// Something does not work.
    Error,
    /// Something works worse than it should.
    Warning,
    /// Decisions.
    Info,
    /// Each attempt and each DNS query.
    Debug,
}

/// What an attempt is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// A request of the firmware.
    Request,
    /// Registration or refresh.
    Register,
    /// Finds out whether a server is back: a REGISTER, or an OPTIONS.
    Probe,
    /// Removal of a binding.
    Unregister,
}

/// What the stack is to do with the transaction of an attempt that was left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CancelMode {
    /// Stop retransmitting, but stay ready for late answers: before a 1xx no CANCEL may be sent (RFC 3261 §9.1).
    Stop,
    /// Send a CANCEL.
    Cancel,
    /// Forget the transaction.
    Destroy,
}

/// An attempt that was left.
#[derive(Clone, Debug)]
pub struct CancelSip {
    /// The attempt.
    pub attempt: AttemptId,
    /// Its request.
    pub request: RequestId,
    /// The caller's token of the request.
    pub token: u64,
    /// The account.
    pub account: AccountId,
    /// The server.
    pub server: Server,
    /// The list that its target is in.
    pub list: Arc<TargetList>,
    /// Position of the target in the list.
    pub index: u8,
    /// The method.
    pub method: Method,
    /// What to do.
    pub mode: CancelMode,
    /// Why it was left.
    pub cause: Cause,
}

/// How a request ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestResult {
    /// A final response was the answer.
    Answered,
    /// No server could be reached.
    Failed,
    /// Its account was stopped or removed.
    Stopped,
    /// The engine is being released.
    Released,
}

/// One attempt that failed on the way.
#[derive(Clone, Debug)]
pub struct FailedAttempt {
    /// The server.
    pub server: Server,
    /// The target.
    pub target: std::ffi::CString,
    /// Why it failed.
    pub cause: Cause,
}

/// The end of a request.
#[derive(Clone, Debug)]
pub struct DoneReport {
    /// The account.
    pub account: AccountId,
    /// The caller's token.
    pub token: u64,
    /// The method.
    pub method: Method,
    /// How it ended.
    pub result: RequestResult,
    /// Why.
    pub cause: Cause,
    /// The attempt that was answered or failed last; `None` if there was none.
    pub attempt: Option<AttemptId>,
    /// The attempts that failed, in order.
    pub failed: Vec<FailedAttempt>,
}

/// State of the registration with one server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RegistrationState {
    /// Not registered, and not meant to be.
    Off,
    /// No binding yet, a walk is under way.
    Registering,
    /// A binding is held.
    Registered,
    /// A binding is held, but the last refresh failed.
    RefreshFailing,
    /// No binding; the next walk comes.
    Retrying,
    /// The registrar refused; it is asked again slowly.
    Refused,
    /// Being removed.
    Stopping,
}

impl RegistrationState {
    /// The state for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            RegistrationState::Off => "off",
            RegistrationState::Registering => "registering",
            RegistrationState::Registered => "registered",
            RegistrationState::RefreshFailing => "registered, refresh failing",
            RegistrationState::Retrying => "unregistered, retrying",
            RegistrationState::Refused => "refused by the registrar",
            RegistrationState::Stopping => "unregistering",
        }
    }
}

/// Kinds of events.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EventKind {
    /// The registration with a server changed.
    Registration,
    /// Requests now go to another target.
    CurrentTarget,
    /// Server 2 has taken over.
    FallbackEntered,
    /// Server 1 has taken over again.
    FallbackLeft,
    /// Every server failed; the account keeps trying.
    AllFailed,
    /// A configured name led to no address.
    ResolutionFailed,
    /// The account has stopped.
    Stopped,
    /// A function that only server 1 offers is not available now.
    ReducedService,
    /// It is time to return to the primary of a list.
    FailbackDue,
    /// The return waits for the end of a call.
    FailbackDeferred,
    /// The account is back at the primary.
    FailbackDone,
    /// The registration moved to another address, and subscriptions are to follow at once.
    Resubscribe,
    /// The target that served the account failed, and its subscriptions with it.
    SubscriptionsAffected,
    /// Something in the configuration is wrong, or without effect.
    Configuration,
}

/// Something happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// When.
    pub at: Time,
    /// What.
    pub kind: EventKind,
    /// Which account; 0 where it is about none.
    pub account: AccountId,
    /// Which server, unless it is about none.
    pub server: Option<Server>,
    /// Registration state of the server.
    pub state: RegistrationState,
    /// Why.
    pub cause: Cause,
    /// The former target, or empty.
    pub from: String,
    /// The new target, or empty.
    pub to: String,
    /// The event in one sentence.
    pub text: String,
}
