//! Inputs from the other threads of a stack about requests, dialogs and accounts; and the function that takes all inputs.

use super::calls;
use super::constants::*;
use super::convert;
use super::dialog::opening_of;
use super::handle::sfo_engine;
use super::posted::Input;
use super::request::{provisional_of, response_of, start_of};
use super::types::{sfo_dialog, sfo_request, sfo_response};
use crate::types::{AccountId, AttemptId, DialogId, RequestId};

/// Takes everything that was posted by other threads, in the order of each thread, as if the functions without "post" in
/// their names had been called now. Call it when your wake callback has been called. The posted callback tells what could not be
/// done.
///
/// engine: the engine.
/// now_ms: your clock.
/// Returns SFO_OK, also if nothing was posted; SFO_ERR_INVALID: engine is NULL; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_engine_process(engine: *mut sfo_engine, now_ms: u64) -> sfo_status {
    // SAFETY: the caller vouches for the pointer.
    let Some(handle) = (unsafe { engine.as_ref() }) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ENGINE_PROCESS, engine, Some(now_ms), |core| {
            handle.take_posted(core);
            SFO_OK
        })
    }
}

/// Posts what sfo_attempt_provisional() reports. The posted callback tells if that was not SFO_OK.
///
/// engine: the engine; see THREADS for how long it must live.
/// attempt: the id given to send_sip.
/// sip_status: 100..199.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
/// is NULL, or sip_status out of range; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_attempt_provisional(
    engine: *mut sfo_engine,
    attempt: u64,
    sip_status: u32,
) -> sfo_status {
    if !provisional_of(sip_status) {
        return SFO_ERR_INVALID;
    }
    let input = || Input::Provisional(AttemptId(attempt), sip_status as u16);
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_ATTEMPT_PROVISIONAL, engine, input) }
}

/// Posts what sfo_attempt_response() reports. The posted callback tells if that was not SFO_OK: with SFO_LATE, ACK and BYE a
/// call that was set up.
///
/// engine: the engine; see THREADS for how long it must live.
/// attempt: the id given to send_sip.
/// response: copied. Begin with SFO_RESPONSE_INIT.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: a pointer
/// is NULL, struct_size too small, or status or flags out of range; SFO_ERR_STATE: the engine is being freed;
/// SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_attempt_response(
    engine: *mut sfo_engine,
    attempt: u64,
    response: *const sfo_response,
) -> sfo_status {
    // SAFETY: the caller vouches for the pointer and its size.
    let Some(response) = (unsafe { response_of(response) }) else { return SFO_ERR_INVALID };
    let input = || Input::Response(AttemptId(attempt), response);
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_ATTEMPT_RESPONSE, engine, input) }
}

/// Posts what sfo_attempt_failed() reports. The posted callback tells if that was not SFO_OK.
///
/// engine: the engine; see THREADS for how long it must live.
/// attempt: the id given to send_sip.
/// cause: as for sfo_attempt_failed().
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
/// is NULL, or another cause; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_attempt_failed(engine: *mut sfo_engine, attempt: u64, cause: u32) -> sfo_status {
    let Some(failure) = convert::transport_failure(cause) else { return SFO_ERR_INVALID };
    let input = || Input::Failed(AttemptId(attempt), failure);
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_ATTEMPT_FAILED, engine, input) }
}

/// Posts a request to be started, as sfo_request_start() does. The posted callback tells its id before any other callback
/// about it, or why it was refused: once for each request posted, at the latest within sfo_engine_free().
///
/// engine: the engine; see THREADS for how long it must live.
/// request: what to route; copied. Begin with SFO_REQUEST_INIT. Its user_token is all that connects it with its callbacks.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: a pointer
/// is NULL, struct_size too small, or method or flags unknown; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_request_start(engine: *mut sfo_engine, request: *const sfo_request) -> sfo_status {
    // SAFETY: the caller vouches for the pointer and its size.
    let Some(start) = (unsafe { start_of(request) }) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_REQUEST_START, engine, || Input::Start(start)) }
}

/// Posts what sfo_request_cancel() does. Callbacks about the request may come until it is taken; if it has ended by then, the
/// posted callback tells so.
///
/// engine: the engine; see THREADS for how long it must live.
/// request: the id.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
/// is NULL; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_request_cancel(engine: *mut sfo_engine, request: u64) -> sfo_status {
    let input = || Input::Cancel(RequestId(request));
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_REQUEST_CANCEL, engine, input) }
}

/// Posts what sfo_dialog_open() does. The posted callback tells the dialog's id, or why it was refused: once for each dialog
/// posted, at the latest within sfo_engine_free().
///
/// engine: the engine; see THREADS for how long it must live.
/// dialog: copied. Begin with SFO_DIALOG_INIT.
/// user_token: yours: handed back in the posted callback.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: a pointer
/// is NULL, struct_size too small, or what it says as sfo_dialog_open() would refuse it; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_dialog_open(
    engine: *mut sfo_engine,
    dialog: *const sfo_dialog,
    user_token: u64,
) -> sfo_status {
    // SAFETY: the caller vouches for the pointer, its size and its text.
    let Some(opening) = (unsafe { opening_of(dialog) }) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_DIALOG_OPEN, engine, || Input::DialogOpen(opening, user_token)) }
}

/// Posts what sfo_dialog_close() does. The posted callback tells if there was no such dialog.
///
/// engine: the engine; see THREADS for how long it must live.
/// dialog: the id.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
/// is NULL; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_dialog_close(engine: *mut sfo_engine, dialog: u64) -> sfo_status {
    let input = || Input::DialogClose(DialogId(dialog));
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_DIALOG_CLOSE, engine, input) }
}

/// Posts what sfo_account_start() does. The posted callback tells if that was not SFO_OK.
///
/// engine: the engine; see THREADS for how long it must live.
/// account: X.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
/// is NULL; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_account_start(engine: *mut sfo_engine, account: u32) -> sfo_status {
    let input = || Input::AccountStart(AccountId(account));
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_ACCOUNT_START, engine, input) }
}

/// Posts what sfo_account_stop() does. The posted callback tells if that was not SFO_OK.
///
/// engine: the engine; see THREADS for how long it must live.
/// account: X.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
/// is NULL; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_account_stop(engine: *mut sfo_engine, account: u32) -> sfo_status {
    let input = || Input::AccountStop(AccountId(account));
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_ACCOUNT_STOP, engine, input) }
}

/// Posts what sfo_account_set_busy() says. The posted callback tells if there is no such account.
///
/// engine: the engine; see THREADS for how long it must live.
/// account: X.
/// busy: 1 or 0.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
/// is NULL, or busy neither 0 nor 1; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_set_busy(engine: *mut sfo_engine, account: u32, busy: u32) -> sfo_status {
    if busy > 1 {
        return SFO_ERR_INVALID;
    }
    let input = || Input::Busy(AccountId(account), busy == 1);
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_SET_BUSY, engine, input) }
}
