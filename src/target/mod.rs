//! Third floor: where requests can go.
//!
//! A **target** is a transport, an IP address and a port; that triple is its identity, so two SRV records with one host
//! and two ports are two targets. The ordered targets of one configured address are its **list**; the first is the
//! **primary**, every later one a **backup**. What is known about a target's health lives in a table of its own, keyed
//! by identity and shared by all accounts, never in DNS data.
//!
//! Invariants:
//! * A list never changes once built; a walk keeps the list it began with.
//! * A list has at most [`MAX_TARGETS`] targets, no two of them alike.
//! * The health table is bounded; a target without an entry is healthy.

mod health;
mod list;
mod places;

pub use health::{Failure, HealthTable};
pub use list::{MAX_TARGETS, Target, TargetKey, TargetList};
pub use places::Places;
