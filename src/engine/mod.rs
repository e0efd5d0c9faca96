//! Sixth floor: all accounts of a device, composed.
//!
//! Inputs go in as method calls with a time stamp; decisions come out of one queue ([`Engine::next_action`]); one
//! deadline says when the engine wants to be called again ([`Engine::next_deadline`]). That is the whole contract:
//! call an input, drain the queue, set the timer.
//!
//! The engine owns no socket, thread, clock or random source. The same settings, clock readings, seed and inputs give
//! the same actions in the same order.
//!
//! Invariants:
//! * Time never runs backwards inside, whatever the caller's clock does ([`Clock`]).
//! * Requests, attempts, accounts, resolutions and cache entries live in bounded tables.
//! * A reload replaces the settings as a whole, and does not touch an account whose settings stayed the same.

mod clock;
mod diagnostics;
mod directory;
mod explain;
mod inputs;
mod json;
mod list_fact;
mod options;
mod slot;
mod snapshot;
#[cfg(any(test, fuzzing))]
pub use snapshot::seal;
mod trace;

#[cfg(test)]
mod tests;

pub use clock::Clock;
pub use explain::{Explanation, Health, Origin, Place, ServerFacts};
pub use inputs::{AccountView, Engine, EngineCounters, InputError};
pub use options::EngineOptions;
pub use trace::TraceFormat;
