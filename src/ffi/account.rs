//! Accounts.

use super::calls;
use super::constants::*;
use super::convert;
use super::handle::{Core, sfo_engine};
use super::memory::write_struct;
use super::types::{sfo_account_info, sfo_target};
use crate::account::Phase;
use crate::engine::InputError;
use crate::types::{AccountId, Server};
use core::ffi::c_char;
use core::mem::{offset_of, size_of};

/// The status for an input that was not taken.
pub(super) fn status(result: Result<(), InputError>) -> sfo_status {
    match result {
        Ok(()) => SFO_OK,
        Err(InputError::NotFound) => SFO_ERR_NOT_FOUND,
        Err(InputError::Limit) => SFO_ERR_LIMIT,
        Err(InputError::Malformed) => SFO_ERR_DATA,
        Err(InputError::State) => SFO_ERR_STATE,
    }
}

/// Starts an account: it registers, and requests can be routed. Does nothing if it is running.
///
/// engine: the engine.
/// now_ms: your clock.
/// account: X; it must be enabled (`account.X.enable` = 1) and have a server.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: not configured, not enabled, or without a server; SFO_ERR_INVALID: engine is NULL; SFO_ERR_BUSY; SFO_ERR_STATE;
/// SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_account_start(engine: *mut sfo_engine, now_ms: u64, account: u32) -> sfo_status {
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ACCOUNT_START, engine, Some(now_ms), |core| {
            status(core.engine.start_account(now_ms, AccountId(account)))
        })
    }
}

/// Stops an account: its requests end with SFO_DONE_STOPPED, and its registrations are removed. SFO_EVENT_STOPPED follows
/// when the answers have come, or after 2 seconds. Does nothing if it is not running.
///
/// engine: the engine.
/// now_ms: your clock.
/// account: X.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: no such account; SFO_ERR_INVALID: engine is NULL; SFO_ERR_BUSY; SFO_ERR_STATE;
/// SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_account_stop(engine: *mut sfo_engine, now_ms: u64, account: u32) -> sfo_status {
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ACCOUNT_STOP, engine, Some(now_ms), |core| {
            status(core.engine.stop_account(now_ms, AccountId(account)))
        })
    }
}

/// Says whether a call is up on an account, incoming or outgoing. New settings and the return to a primary (failback) wait
/// until it is over. When an INVITE was answered with 2xx, say 1 in the request_done callback, or at the latest before your
/// next sfo_engine_handle_timer(): until then the library takes it for granted. Calls that the library knows as dialogs
/// (sfo_dialog_open()) count by themselves: the account is idle when this says 0 and none of those is open.
///
/// engine: the engine.
/// now_ms: your clock.
/// account: X.
/// busy: 1 or 0.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: no such account; SFO_ERR_INVALID: engine is NULL, or busy neither 0 nor 1;
/// SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_account_set_busy(
    engine: *mut sfo_engine,
    now_ms: u64,
    account: u32,
    busy: u32,
) -> sfo_status {
    if busy > 1 {
        return SFO_ERR_INVALID;
    }
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ACCOUNT_SET_BUSY, engine, Some(now_ms), |core| {
            status(core.engine.set_account_busy(now_ms, AccountId(account), busy == 1))
        })
    }
}

/// Reads the state of an account.
///
/// engine: the engine.
/// account: X.
/// out: set its struct_size before; receives the state.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: no such account; SFO_ERR_INVALID: a pointer is NULL, or struct_size too small;
/// SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_account_state(
    engine: *mut sfo_engine,
    account: u32,
    out: *mut sfo_account_info,
) -> sfo_status {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        sfo_engine::run(&calls::ACCOUNT_STATE, engine, None, |core| {
            let Some(info) = account_info(core, AccountId(account)) else { return SFO_ERR_NOT_FOUND };
            if write_struct(out, offset_of!(sfo_account_info, state), &info) { SFO_OK } else { SFO_ERR_INVALID }
        })
    }
}

fn account_info(core: &Core, account: AccountId) -> Option<sfo_account_info> {
    let view = core.engine.account_view(account)?;
    let [one, two] = view.registrations;
    let ends = |at| core_time(core, at);
    Some(sfo_account_info {
        struct_size: size_of::<sfo_account_info>(),
        started: u32::from(view.phase == Phase::Running),
        current_server: view.current.number(),
        state: [convert::registration(one.0), convert::registration(two.0)],
        cause: [convert::cause(one.1).0, convert::cause(two.1).0],
        expires_at_ms: [ends(one.2), ends(two.2)],
    })
}

fn core_time(core: &Core, at: Option<crate::types::Time>) -> u64 {
    at.map_or(SFO_TIME_NEVER, |at| core.engine.to_caller(at))
}

/// Reads the target that answered last at the current server. Where the next request starts depends on the failback mode: in
/// mode newRequests at the primary.
///
/// engine: the engine.
/// account: X.
/// out: set its struct_size before; receives the target.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: no such account, or nothing has answered yet; SFO_ERR_INVALID: a pointer is NULL, or
/// struct_size too small; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: none. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_account_current_target(
    engine: *mut sfo_engine,
    account: u32,
    out: *mut sfo_target,
) -> sfo_status {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        sfo_engine::run(&calls::ACCOUNT_CURRENT_TARGET, engine, None, |core| {
            let Some(target) = current_target(core, AccountId(account)) else { return SFO_ERR_NOT_FOUND };
            if write_struct(out, size_of::<sfo_target>(), &target) { SFO_OK } else { SFO_ERR_INVALID }
        })
    }
}

fn current_target(core: &Core, id: AccountId) -> Option<sfo_target> {
    let account = core.engine.account(id)?;
    let target = account.current_target()?;
    let server: Server = account.current();
    let (family, address) = convert::address(target.key);
    let mut text: [c_char; 80] = [0; 80];
    // One place stays for the closing NUL; the longest target has 54 characters.
    for (place, byte) in text.iter_mut().take(79).zip(target.as_str().bytes()) {
        *place = byte as c_char;
    }
    Some(sfo_target {
        struct_size: size_of::<sfo_target>(),
        server: server.number(),
        transport: convert::transport(target.key.transport),
        family,
        port: u32::from(target.key.address.port()),
        address,
        text,
    })
}
