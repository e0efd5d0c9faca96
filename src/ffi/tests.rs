//! The `SFO_..._INIT` macros of the header and the defaults used here are written down twice, as cbindgen cannot make
//! initializers: this holds them together.

use super::constants::*;
use super::engine::{DEFAULT_OPTIONS, NO_CALLBACKS};
use super::memory::read_struct;
use super::request::{NO_REQUEST, NO_RESPONSE};
use super::types::sfo_options;
use core::mem::size_of;

const MACROS: &str = include_str!("../../cmake/header/trailer.h.in");

/// What a macro initializes the members with, in order, behind the size.
fn initializer(name: &str) -> Vec<u32> {
    let line = MACROS.lines().find(|line| line.starts_with(&format!("#define SFO_{name}_INIT "))).unwrap();
    let inside = line.split_once('{').unwrap().1.rsplit_once('}').unwrap().0;
    let (size, members) = inside.split_once(',').unwrap();
    assert_eq!(size.trim(), format!("sizeof(sfo_{})", name.to_lowercase()));
    members.split(',').map(|member| number(member.trim())).collect()
}

fn number(text: &str) -> u32 {
    match text {
        "NULL" | "{ 0 }" => 0,
        "SFO_ABSENT" => SFO_ABSENT,
        "SFO_LOG_INFO" => SFO_LOG_INFO,
        digits => digits.trim_end_matches('u').parse().unwrap(),
    }
}

#[test]
fn the_options_of_the_header_are_the_defaults() {
    let o = DEFAULT_OPTIONS;
    assert_eq!((o.struct_size, o.seed), (size_of::<sfo_options>(), [0; 32]));
    let early = [o.t1_ms, o.startup_window_s, o.jitter, o.dns_wait_ms, o.cache_entries, o.transports, o.log_level, 0];
    let late = [o.stale_limit_s, o.failback_successes, o.failback_min_stay_s];
    assert_eq!(initializer("OPTIONS"), [&early[..], &late].concat());
}

#[test]
fn the_request_of_the_header_is_the_default() {
    let r = NO_REQUEST;
    assert_eq!(r.user_token, 0);
    assert_eq!(initializer("REQUEST"), [r.account, r.method, r.flags, 0]);
}

#[test]
fn the_response_of_the_header_is_the_default() {
    let r = NO_RESPONSE;
    let numbers = [r.status, r.retry_after_s, r.granted_expires_s, r.min_expires_s, r.flags];
    assert_eq!(initializer("RESPONSE"), numbers);
}

#[test]
fn the_callbacks_of_the_header_are_the_default() {
    let c = NO_CALLBACKS;
    assert!(c.send_sip.is_none() && c.set_timer.is_none() && c.dns_send.is_none() && c.dns_watch.is_none());
    assert!(c.cancel_sip.is_none() && c.request_done.is_none() && c.event.is_none() && c.log.is_none());
    assert!(c.destroyed.is_none() && c.wake.is_none() && c.posted.is_none());
    assert_eq!(initializer("CALLBACKS"), [0; 11]);
}

#[test]
fn a_size_that_no_compiler_makes_is_refused() {
    let read = |struct_size: usize| {
        let options = sfo_options { struct_size, ..DEFAULT_OPTIONS };
        // SAFETY: no size below is larger than the struct.
        unsafe { read_struct(&raw const options, 12, DEFAULT_OPTIONS) }.is_some()
    };
    let whole = size_of::<sfo_options>();
    assert!(read(whole) && read(16));
    assert!(!read(0) && !read(8) && !read(whole - 1) && !read(whole - 3));
}
