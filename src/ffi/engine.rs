//! The engine: its life, its timer and what it has counted.

use super::callbacks::sfo_callbacks;
use super::calls;
use super::config::sfo_config;
use super::constants::*;
use super::convert;
use super::guard::guarded;
use super::handle::{Armed, Core, sfo_engine};
use super::memory::{copy_out, read_struct, write_struct};
use super::types::{sfo_counters, sfo_options};
use crate::account::{LogLevel, Options};
use crate::engine::{Engine, EngineOptions};
use crate::io::{DnsIo, ErrnoGuard};
use crate::types::{Random, SECOND_MS, TransportSet};
use core::ffi::{c_char, c_void};
use core::mem::{offset_of, size_of};
use std::collections::VecDeque;

/// A year: longer than any phone is without DNS and still of use.
const MAX_STALE_LIMIT_S: u32 = 31_536_000;

/// Five megabytes: more than a day of a busy gateway.
const MAX_TRACE_ENTRIES: u32 = 65_536;

/// Options where the caller gives none. The header's SFO_OPTIONS_INIT says the same.
pub(super) const DEFAULT_OPTIONS: sfo_options = sfo_options {
    struct_size: size_of::<sfo_options>(),
    t1_ms: 500,
    startup_window_s: 0,
    jitter: 1,
    dns_wait_ms: 1_800,
    cache_entries: 256,
    transports: SFO_TRANSPORT_UDP | SFO_TRANSPORT_TCP | SFO_TRANSPORT_TLS,
    log_level: SFO_LOG_INFO,
    seed: [0; 32],
    stale_limit_s: 86_400,
    failback_successes: 1,
    failback_min_stay_s: 0,
    trace_entries: 512,
};

pub(super) const NO_CALLBACKS: sfo_callbacks = sfo_callbacks {
    struct_size: size_of::<sfo_callbacks>(),
    send_sip: None,
    set_timer: None,
    dns_send: None,
    dns_watch: None,
    cancel_sip: None,
    request_done: None,
    event: None,
    log: None,
    destroyed: None,
    wake: None,
    posted: None,
};

/// Options in range, or nothing.
fn engine_options(options: &sfo_options, has_log: bool) -> Option<EngineOptions> {
    let log_level = convert::log_level_of(options.log_level)?;
    let is_in_range = (50..=5_000).contains(&options.t1_ms)
        && options.startup_window_s <= 3_600
        && options.jitter <= 1
        && options.dns_wait_ms <= 60_000
        && options.stale_limit_s <= MAX_STALE_LIMIT_S
        && (16..=65_536).contains(&options.cache_entries)
        && (1..=100).contains(&options.failback_successes)
        && options.failback_min_stay_s <= 86_400
        && options.trace_entries <= MAX_TRACE_ENTRIES;
    let transports = TransportSet::from_bits(u8::try_from(options.transports).ok()?)?;
    let account = Options {
        t1_ms: u64::from(options.t1_ms),
        startup_window_ms: u64::from(options.startup_window_s) * 1_000,
        jitter: options.jitter == 1,
        failback_successes: options.failback_successes,
        failback_min_stay_ms: u64::from(options.failback_min_stay_s) * 1_000,
        // Lines that nobody reads are not even put together.
        log_level: if has_log { log_level } else { LogLevel::Off },
    };
    is_in_range.then_some(EngineOptions {
        account,
        dns_wait_ms: u64::from(options.dns_wait_ms),
        stale_limit_ms: u64::from(options.stale_limit_s) * SECOND_MS,
        cache_entries: options.cache_entries as usize,
        transports,
        trace_entries: options.trace_entries as usize,
        seed: options.seed,
    })
}

/// Makes an engine from a configuration. No account is started.
///
/// config: copied; may be released or changed afterwards.
/// options: copied; NULL stands for SFO_OPTIONS_INIT, but then the seed is zero: give at least a seed in a product.
/// callbacks: copied. send_sip and set_timer are required.
/// user: handed to every callback; may be NULL.
/// now_ms: any monotonic 64-bit millisecond counter that also counts suspend (CLOCK_BOOTTIME). Use the same for all calls.
/// out: receives the engine; release it with sfo_engine_free().
/// Returns SFO_OK; SFO_ERR_INVALID: a pointer is NULL, a struct_size too small, an option out of range, or a required
/// callback missing; SFO_ERR_FAULT: an internal fault, nothing was made.
/// Callbacks: none. From callbacks: yes (another engine). Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_new(
    config: *const sfo_config,
    options: *const sfo_options,
    callbacks: *const sfo_callbacks,
    user: *mut c_void,
    now_ms: u64,
    out: *mut *mut sfo_engine,
) -> sfo_status {
    let defaults = DEFAULT_OPTIONS;
    let options = if options.is_null() { &raw const defaults } else { options };
    let least_callbacks = offset_of!(sfo_callbacks, dns_send);
    // SAFETY: the caller vouches for the pointers and their sizes.
    let (config, options, callbacks) = unsafe {
        (
            config.as_ref(),
            read_struct(options, offset_of!(sfo_options, startup_window_s), DEFAULT_OPTIONS),
            read_struct(callbacks, least_callbacks, NO_CALLBACKS),
        )
    };
    let (Some(config), Some(options), Some(callbacks)) = (config, options, callbacks) else { return SFO_ERR_INVALID };
    if out.is_null() || callbacks.send_sip.is_none() || callbacks.set_timer.is_none() {
        return SFO_ERR_INVALID;
    }
    let Some(engine_options) = engine_options(&options, callbacks.log.is_some()) else { return SFO_ERR_INVALID };
    let _errno = ErrnoGuard::new();
    let made = guarded(|| {
        let mut engine = Engine::new(engine_options, &config.config.settings(), now_ms);
        if callbacks.event.is_some() {
            engine.tell_diagnostics(now_ms, &config.diagnostics());
        }
        let core = Core {
            engine,
            io: callbacks.dns_send.is_none().then(DnsIo::new),
            port_random: Random::new(&options.seed.map(|byte| byte ^ 0xa5)),
            now_ms,
            last_error: String::new(),
            armed: Armed::Never,
            posted: VecDeque::new(),
        };
        Box::into_raw(Box::new(sfo_engine::new(core, callbacks, user)))
    });
    let Some(engine) = made else { return SFO_ERR_FAULT };
    // SAFETY: `out` is not NULL.
    unsafe { *out = engine };
    SFO_OK
}

/// Releases an engine. Sends nothing: to de-register, call sfo_account_stop() and wait for SFO_EVENT_STOPPED first.
/// Called from a callback, it takes effect when the outermost call returns. Disarm your timer: set_timer is not called.
///
/// engine: NULL is allowed. Not valid any more afterwards.
/// Callbacks: request_done (SFO_DONE_RELEASED) for every open request, dns_watch, then destroyed. From callbacks: yes.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_free(engine: *mut sfo_engine) {
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::free(engine) };
}

/// Replaces the configuration as a whole. Accounts whose settings stay the same are not touched; changed ones leave their
/// old servers and start anew when no call is up or being set up, at the latest after 10 minutes; removed ones stop;
/// new ones wait for sfo_account_start(). Whatever changes for the servers counts as a change, a password too; a label does not.
///
/// When an account changes, its requests inside dialogs (a BYE, mostly) are waited for; others that are under way end with
/// SFO_DONE_STOPPED and SFO_CAUSE_CONFIGURATION: start them again. Between leaving the old servers and being registered
/// again lies a round trip or two.
///
/// engine: the engine.
/// now_ms: your clock.
/// config: copied.
/// Returns SFO_OK; SFO_ERR_INVALID: a pointer is NULL; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_reconfigure(
    engine: *mut sfo_engine,
    now_ms: u64,
    config: *const sfo_config,
) -> sfo_status {
    // SAFETY: the caller vouches for the pointer.
    let Some(config) = (unsafe { config.as_ref() }) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ENGINE_RECONFIGURE, engine, Some(now_ms), |core| {
            core.engine.reconfigure(now_ms, &config.config.settings());
            core.engine.tell_diagnostics(now_ms, &config.diagnostics());
            SFO_OK
        })
    }
}

/// The timer set by set_timer has fired. Being late is harmless, being early does nothing but set it again.
///
/// engine: the engine.
/// now_ms: your clock.
/// Returns SFO_OK; SFO_ERR_INVALID: engine is NULL; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_handle_timer(engine: *mut sfo_engine, now_ms: u64) -> sfo_status {
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ENGINE_HANDLE_TIMER, engine, Some(now_ms), |core| {
            sfo_engine::disarm(core);
            core.engine.handle_timer(now_ms);
            SFO_OK
        })
    }
}

/// Reads the counters.
///
/// engine: the engine.
/// out: set its struct_size before; receives the counters.
/// Returns SFO_OK; SFO_ERR_INVALID: a pointer is NULL, or struct_size too small; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_counters(engine: *mut sfo_engine, out: *mut sfo_counters) -> sfo_status {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        sfo_engine::run(&calls::ENGINE_COUNTERS, engine, None, |core| {
            let counters = counters(core);
            if write_struct(out, offset_of!(sfo_counters, failures_timeout), &counters) {
                SFO_OK
            } else {
                SFO_ERR_INVALID
            }
        })
    }
}

fn counters(core: &Core) -> sfo_counters {
    let all = core.engine.counters();
    let (account, dns) = (all.account, all.resolve.dns);
    let dropped = core.io.as_ref().map_or(0, |io| io.counters().oversized + io.counters().foreign);
    sfo_counters {
        struct_size: size_of::<sfo_counters>(),
        attempts: account.attempts,
        failures_timeout: account.failures_timeout,
        failures_transport: account.failures_transport,
        failures_response: account.failures_response,
        switches: account.switches,
        dns_queries: dns.queries_sent.iter().sum(),
        dns_answers: dns.answers_accepted,
        dns_ignored: dns.datagrams_ignored_malformed + dns.datagrams_ignored_unmatched + dropped,
        dns_timeouts: dns.timeouts,
        late_reports: account.late_reports,
        clock_steps_back: all.clock_steps_back,
        requests_started: account.requests_started,
        requests_done: account.requests_done,
        answered: account.answered,
        failures_unreachable: account.transport[0],
        failures_connect: account.transport[1],
        failures_tls: account.transport[2],
        failures_connection_lost: account.transport[3],
        failures_send: account.transport[4],
        failures_local: account.transport[5],
        fallbacks_entered: account.fallbacks_entered,
        fallbacks_left: account.fallbacks_left,
        failbacks: account.failbacks,
        dns_queries_a: dns.queries_sent[0],
        dns_queries_aaaa: dns.queries_sent[1],
        dns_queries_srv: dns.queries_sent[2],
        dns_queries_naptr: dns.queries_sent[3],
        dns_queries_tcp: dns.queries_over_tcp,
        dns_failures: dns.server_failures + dns.refused + dns.unusable + dns.send_failures,
        cache_hits: all.resolve.cache_hits,
        cache_evictions: all.resolve.cache_evictions,
        static_answers: all.resolve.static_answers,
        stale_answers: all.resolve.stale_answers,
        trace_lost: all.trace_lost,
    }
}

/// What was wrong with the last call that was refused with a detail, in one sentence of plain English.
///
/// engine: the engine.
/// buffer, capacity: receives the text with a closing NUL, cut to capacity bytes; may be NULL with capacity 0.
/// Returns the full length without NUL, as snprintf() would; 0 if there is none.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_last_error(engine: *mut sfo_engine, buffer: *mut c_char, capacity: usize) -> usize {
    let mut length = 0;
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        sfo_engine::run(&calls::ENGINE_LAST_ERROR, engine, None, |core| {
            length = copy_out(&core.last_error, buffer, capacity);
            SFO_OK
        });
    }
    length
}
