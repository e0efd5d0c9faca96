//! SIP server redundancy for IP-phone firmware.
//!
//! The interface that users link against is the C header `include/sipfailover.h`, generated from [`ffi`]. The rest of
//! the crate is the machine behind it: a synchronous core that takes inputs with a time stamp and leaves actions in a
//! queue. It owns no socket, no thread, no clock and no global variable. Its modules are public for tests, fuzzing and
//! benchmarks; only the C interface is a promise.

#![deny(unsafe_op_in_unsafe_fn)]
#![warn(missing_docs)]

#[forbid(unsafe_code)]
pub mod account;
#[forbid(unsafe_code)]
pub mod cache;
#[forbid(unsafe_code)]
pub mod config;
#[forbid(unsafe_code)]
pub mod dns;
#[forbid(unsafe_code)]
pub mod engine;
pub mod ffi;
#[cfg(any(test, fuzzing))]
#[forbid(unsafe_code)]
pub mod fuzzing;
#[cfg(test)]
mod house;
pub mod io;
#[forbid(unsafe_code)]
pub mod policy;
#[forbid(unsafe_code)]
pub mod resolve;
#[forbid(unsafe_code)]
pub mod target;
#[forbid(unsafe_code)]
pub mod types;
