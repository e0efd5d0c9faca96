//! Ground floor: the values everything else is made of.
//!
//! Time, addresses, transports, domain names, ids, randomness and causes. Nothing here performs I/O, reads a clock
//! or draws randomness on its own: the caller passes both in, so that the same inputs always give the same outputs.
//!
//! Invariants:
//! * [`Time`] is the engine's own millisecond scale; it never runs backwards.
//! * [`Name`] is stored in lower case, so equality is the ASCII-case-insensitive equality of RFC 4343.
//! * Ids handed out through [`Slab`] are never reused within one run.

mod cause;
mod families;
pub mod faults;
mod ids;
mod name;
mod queue;
mod random;
mod rare;
mod slab;
mod sorted;
mod sparse;
mod text;
mod time;
mod timers;
mod transport;

pub use cause::{Cause, TransportFailure};
pub use families::Families;
pub use ids::{AccountId, AttemptId, DialogId, DnsServerIndex, RequestId, Server};
pub use name::{Name, NameError};
pub use queue::take_first;
pub use random::Random;
pub use rare::RareList;
pub use slab::Slab;
pub use sorted::{SortedMap, sort_short_by_key};
pub use sparse::{Sparse, Unset};
pub use text::{CText, CTexts, TextBuffer};
pub use time::{SECOND_MS, Seconds, Time};
pub use timers::{TimerHandle, Timers};
pub use transport::{DnsTransport, Transport, TransportSet, TransportSetting};
