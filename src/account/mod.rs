//! Fifth floor: the state machines of one account.
//!
//! A **request** is what is to be delivered; an **attempt** is one SIP transaction of it to one target; a **walk** is
//! the sequence of attempts of one request. REGISTER requests are started here; all others come from the firmware. The
//! **current server** is the one of the two configured servers that requests go to now. A **binding** is a registration
//! that a registrar granted and that has not expired. A **lane** keeps one maintained binding: with concurrent
//! registration each server has a lane of its own, otherwise one lane serves both. The target **used last** is where the
//! requests of an account start in the list of a server, unless its failback mode says: at the primary.
//!
//! Inputs come in as method calls with a [`Context`]; decisions leave as [`Action`]s in one queue, in order.
//!
//! Invariants:
//! * A request has at most one open attempt, an urgent one several until one is answered; each target is tried at most once in a walk (a second time only where the
//!   registrar asked for a longer lifetime).
//! * Every request ends in exactly one completion, unless its caller cancelled it.
//! * Each lane has either a walk under way, a REGISTER to one target in its way, or a timer set while the account runs: it
//!   never gives up.
//! * At most one REGISTER that looks for or keeps a binding is under way at a server.
//! * CANCEL and ACK never walk; after a cancel no further attempt starts.

mod action;
mod attempt;
mod bindings;
mod completion;
mod context;
mod current;
mod dialog;
mod failback;
mod held;
mod lifecycle;
mod lists;
mod liveness;
mod machine;
mod network;
mod outcome;
mod parking;
mod registration;
mod rehearsal;
mod request;
mod trace;
mod urgent;
mod verdict;
mod walk;

pub use action::{
    Action, CancelMode, CancelSip, DoneReport, Event, EventKind, FailedAttempt, LogLevel, Purpose, RegistrationState,
    RequestResult,
};
pub use attempt::{Attempt, AttemptState, FinalResponse, ReportStatus};
pub use context::{Context, Counters, ListState, Lists, Options, TimerKey};
pub use dialog::{Dialog, DialogError, NewDialog};
pub use failback::WayBack;
pub use machine::{Account, Phase};
pub use rehearsal::{Candidate, Passed, PassedOver, Rehearsal, Rule, Standing};
pub use request::{NewRequest, Request, StartError};
pub use trace::{DnsAnswer, Due, Record, RecordOrigin, Subject, Trace, What};
