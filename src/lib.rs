//! SIP server redundancy for IP-phone firmware.
//!
//! The interface that users link against is the C header `include/sipfailover.h`, generated from [`ffi`]. The rest of
//! the crate is the machine behind it: a synchronous core that takes inputs with a time stamp and leaves actions in a
//! queue. It owns no socket, no thread, no clock and no global variable.

#![deny(unsafe_op_in_unsafe_fn)]
#![warn(missing_docs)]

#[forbid(unsafe_code)]
mod account;
#[forbid(unsafe_code)]
mod cache;
#[forbid(unsafe_code)]
mod config;
#[forbid(unsafe_code)]
mod dns;
#[forbid(unsafe_code)]
mod engine;
pub mod ffi;
mod io;
#[forbid(unsafe_code)]
mod policy;
#[forbid(unsafe_code)]
mod resolve;
#[forbid(unsafe_code)]
mod target;
#[forbid(unsafe_code)]
mod types;
