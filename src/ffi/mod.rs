//! Roof: the C interface.
//!
//! Everything that C sees is in this folder, and everything in this folder is about C: handles, the gate, numbers,
//! strings, struct sizes. Decisions are made below. The header `include/sipfailover.h` is generated from here; what
//! the comments say is what firmware engineers read, so they speak C.
//!
//! Invariants:
//! * No panic crosses the boundary; no lock is held while a callback runs; callbacks never nest.
//! * Every pointer is checked for NULL, every size and number for its range, every id for being alive.
//! * What is handed in is copied; what is handed out dies with the callback, or when its owner changes.

#![allow(non_camel_case_types)]
// The safety contract of each function is its C documentation.
#![allow(clippy::missing_safety_doc)]

mod account;
mod callbacks;
pub mod calls;
mod config;
mod constants;
mod convert;
mod deliver;
mod dialog;
mod dns;
mod dns_io;
#[cfg(any(test, fuzzing))]
pub mod drive;
mod engine;
mod guard;
mod handle;
mod helpers;
mod inbox;
#[cfg(any(test, feature = "inject-faults"))]
mod inject;
mod insight;
mod keys;
mod memory;
mod network;
mod post;
mod post_network;
mod posted;
mod request;
mod snapshot;
mod types;

#[cfg(test)]
mod tests;

pub use account::*;
pub use callbacks::*;
pub use config::*;
pub use constants::*;
pub use dialog::*;
pub use dns::*;
pub use dns_io::*;
pub use engine::*;
pub use handle::sfo_engine;
pub use helpers::*;
pub use insight::*;
pub use keys::*;
pub use network::*;
pub use post::*;
pub use post_network::*;
pub use posted::sfo_posted;
pub use request::*;
pub use snapshot::*;
pub use types::*;
