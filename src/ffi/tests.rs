//! The `SFO_..._INIT` macros of the header and the defaults used here are written down twice, as cbindgen cannot make
//! initializers: this holds them together.

use super::callbacks::{sfo_callbacks, sfo_send};
use super::calls::{self, Call, Kind, Returns};
use super::constants::*;
use super::dialog::NO_DIALOG;
use super::drive::{Script, live};
use super::engine::{DEFAULT_OPTIONS, NO_CALLBACKS};
use super::memory::read_struct;
use super::request::{NO_REQUEST, NO_RESPONSE};
use super::types::{sfo_counters, sfo_options};
use super::{
    sfo_account_start, sfo_config_free, sfo_config_load_text, sfo_config_new, sfo_engine, sfo_engine_free,
    sfo_engine_new,
};
use crate::types::Random;
use core::ffi::c_void;
use core::mem::size_of;
use core::ptr::{null, null_mut};
use std::collections::BTreeSet;

const MACROS: &str = include_str!("../../cmake/header/trailer.h.in");

/// What a macro initializes the members with, in order, behind the size.
fn initializer(name: &str) -> Vec<u32> {
    let macros = MACROS.replace("\\\n", "");
    let line = macros.lines().find(|line| line.starts_with(&format!("#define SFO_{name}_INIT "))).unwrap();
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
    let late = [o.stale_limit_s, o.failback_successes, o.failback_min_stay_s, o.trace_entries];
    assert_eq!(initializer("OPTIONS"), [&early[..], &late].concat());
}

#[test]
fn the_request_of_the_header_is_the_default() {
    let r = NO_REQUEST;
    assert_eq!((r.user_token, r.dialog), (0, 0));
    assert_eq!(initializer("REQUEST"), [r.account, r.method, r.flags, 0, 0]);
}

#[test]
fn the_dialog_of_the_header_is_the_default() {
    let d = NO_DIALOG;
    assert!(d.attempt == 0 && d.source_text.is_null());
    assert_eq!(initializer("DIALOG"), [d.account, d.method, 0, 0]);
}

#[test]
fn the_response_of_the_header_is_the_default() {
    let r = NO_RESPONSE;
    let numbers = [r.status, r.retry_after_s, r.granted_expires_s, r.min_expires_s, r.flags];
    assert_eq!(initializer("RESPONSE"), numbers);
}

/// What is filled in begins as nothing; how many members there are, the compiler counts (`api/header`).
#[test]
fn what_a_function_fills_in_begins_empty() {
    let members = |name: &str| initializer(name).iter().filter(|member| **member == 0).count();
    let counted = (size_of::<sfo_counters>() - size_of::<u64>()) / size_of::<u64>();
    assert_eq!(["DIAGNOSTIC", "KEY_INFO", "ACCOUNT_INFO", "TARGET", "COUNTERS"].map(members), [5, 8, 5, 6, counted]);
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

/// Random lives, always the same ones: what Miri looks at, which cannot run the fuzzer's corpus in reasonable time.
struct Dice {
    random: Random,
    left: u32,
}

impl Script for Dice {
    fn below(&mut self, count: usize) -> usize {
        self.left = self.left.saturating_sub(1);
        self.random.up_to(count as u64 - 1) as usize
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..self.below(count)).map(|_| self.random.up_to(255) as u8).collect()
    }

    fn has_more(&self) -> bool {
        self.left > 0
    }
}

#[test]
fn random_calls_from_everywhere_break_nothing() {
    let (lives, decisions) = if cfg!(miri) { (2, 100) } else { (600, 400) };
    let mut called = BTreeSet::new();
    for seed in 0_u16..lives {
        called.extend(live(&mut Dice {
            random: Random::new(&[seed as u8, (seed >> 8) as u8, 7].repeat(11)[..32].try_into().unwrap()),
            left: decisions,
        }));
    }
    let of_engines = |call: &&Call| matches!(call.kind, Kind::Input | Kind::Query | Kind::Post);
    let missing: Vec<&str> =
        calls::ALL.iter().filter(of_engines).map(|call| call.name).filter(|name| !called.contains(name)).collect();
    assert!(missing.is_empty() || cfg!(miri), "never called: {missing:?}");
}

/// What the engine made for the next test was told.
struct Told {
    refused_within: Option<sfo_status>,
    engine: *mut sfo_engine,
}

/// A function of the table that must not be called from callbacks; there is none yet in the interface.
static OUTSIDE_ONLY: Call =
    Call { name: "sfo_outside_only", kind: Kind::Query, from_callbacks: false, returns: Returns::Status(&[]) };

/// # Safety
/// `user` is the Told of the test below.
unsafe extern "C" fn calls_what_it_must_not(user: *mut c_void, _: *const sfo_send) -> i32 {
    // SAFETY: `user` is the Told of the test below, whose engine lives.
    unsafe {
        let told = user.cast::<Told>();
        (*told).refused_within = Some(sfo_engine::run(&OUTSIDE_ONLY, (*told).engine, None, |_| SFO_OK));
    }
    0
}

/// # Safety
/// None needed.
unsafe extern "C" fn ignores_the_timer(_: *mut c_void, _: u64) {}

#[test]
fn the_gate_refuses_what_the_table_says() {
    let text = b"account.1.enable = 1\naccount.1.user_name = 1\naccount.1.sip_server.1.address = 192.0.2.1\n";
    let callbacks =
        sfo_callbacks { send_sip: Some(calls_what_it_must_not), set_timer: Some(ignores_the_timer), ..NO_CALLBACKS };
    let mut config = null_mut();
    let told = Box::into_raw(Box::new(Told { refused_within: None, engine: null_mut() }));
    // SAFETY: all pointers are good, and each object is released once.
    unsafe {
        assert_eq!(sfo_config_new(1, &raw mut config), SFO_OK);
        assert_eq!(sfo_config_load_text(config, text.as_ptr().cast(), text.len()), SFO_OK);
        let engine = &raw mut (*told).engine;
        assert_eq!(sfo_engine_new(config, null(), &raw const callbacks, told.cast(), 0, engine), SFO_OK);
        let engine = (*told).engine;
        assert_eq!(sfo_engine::run(&OUTSIDE_ONLY, engine, None, |_| SFO_OK), SFO_OK);
        assert_eq!(sfo_account_start(engine, 0, 1), SFO_OK);
        assert_eq!((*told).refused_within, Some(SFO_ERR_STATE));
        sfo_engine_free(engine);
        sfo_config_free(config);
        drop(Box::from_raw(told));
    }
}

/// Whatever tells the engine something can be posted, but for what belongs to the engine's thread.
#[test]
fn every_input_has_a_twin_for_other_threads_or_a_reason() {
    const WITHOUT: [(&str, &str); 5] = [
        ("sfo_engine_reconfigure", "copies all settings: too much for a table of bounded size"),
        ("sfo_engine_handle_timer", "the one timer must not be lost to a full inbox"),
        ("sfo_engine_process", "takes what was posted"),
        ("sfo_dns_io_handle", "the descriptor may be another one by the time it is taken"),
        ("sfo_dns_io_use_resolv_conf", "reads a file, while the posting thread may read it itself"),
    ];
    let twin = |name: &str| name.replace("sfo_engine_", "sfo_post_").replace("account_set_busy", "set_busy");
    let posts: Vec<&str> = calls::ALL.iter().filter(|call| call.kind == Kind::Post).map(|call| call.name).collect();
    let mut found = 0;
    for call in calls::ALL.iter().filter(|call| call.kind == Kind::Input) {
        let name = twin(call.name);
        let name = if name.starts_with("sfo_post_") { name } else { name.replacen("sfo_", "sfo_post_", 1) };
        let has_twin = posts.contains(&name.as_str());
        let is_excused = WITHOUT.iter().any(|(without, _)| *without == call.name);
        assert_ne!(has_twin, is_excused, "{}: neither {name} nor a reason, or both", call.name);
        found += usize::from(has_twin);
    }
    assert_eq!(found, posts.len(), "a post without an input");
}
