//! Requests, and what is reported about their attempts.

use super::account::status;
use super::calls;
use super::constants::*;
use super::convert;
use super::handle::sfo_engine;
use super::memory::read_struct;
use super::types::{sfo_request, sfo_response};
use crate::account::{FinalResponse, NewRequest, ReportStatus};
use crate::engine::{Engine, InputError};
use crate::types::{AccountId, AttemptId, DialogId, RequestId};
use core::mem::{offset_of, size_of};

pub(super) const NO_REQUEST: sfo_request =
    sfo_request { struct_size: size_of::<sfo_request>(), account: 0, method: 0, flags: 0, user_token: 0, dialog: 0 };

pub(super) const NO_RESPONSE: sfo_response = sfo_response {
    struct_size: size_of::<sfo_response>(),
    status: 0,
    retry_after_s: SFO_ABSENT,
    granted_expires_s: SFO_ABSENT,
    min_expires_s: SFO_ABSENT,
    flags: 0,
};

pub(super) fn report_status(status: ReportStatus) -> sfo_status {
    match status {
        ReportStatus::Taken => SFO_OK,
        ReportStatus::Late => SFO_LATE,
        ReportStatus::Unknown => SFO_ERR_NOT_FOUND,
    }
}

/// A request of the caller. Its numbers have been checked.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    pub account: AccountId,
    pub new: NewRequest,
}

impl Start {
    pub fn apply(self, engine: &mut Engine, now_ms: u64) -> Result<RequestId, InputError> {
        engine.start_request(now_ms, self.account, self.new)
    }
}

/// A request of the caller, if it can be one.
///
/// # Safety
/// `request` is NULL or has the size that its first member says.
pub(super) unsafe fn start_of(request: *const sfo_request) -> Option<Start> {
    // SAFETY: the caller vouches for the pointer and its size.
    let request = unsafe { read_struct(request, offset_of!(sfo_request, flags), NO_REQUEST) }?;
    Some(Start { account: AccountId(request.account), new: new_request(&request)? })
}

/// True for the status of a provisional response.
pub(super) fn provisional_of(sip_status: u32) -> bool {
    (100..=199).contains(&sip_status)
}

/// A final response of the caller, if it can be one.
///
/// # Safety
/// `response` is NULL or has the size that its first member says.
pub(super) unsafe fn response_of(response: *const sfo_response) -> Option<FinalResponse> {
    // SAFETY: the caller vouches for the pointer and its size.
    let response = unsafe { read_struct(response, offset_of!(sfo_response, retry_after_s), NO_RESPONSE) }?;
    let is_in_range = (200..=699).contains(&response.status) && response.flags & !SFO_RESPONSE_FINAL == 0;
    let present = |value: u32| (value != SFO_ABSENT).then_some(value);
    is_in_range.then_some(FinalResponse {
        status: response.status as u16,
        retry_after_s: present(response.retry_after_s),
        granted_expires_s: present(response.granted_expires_s),
        min_expires_s: present(response.min_expires_s),
        challenge_is_final: response.flags & SFO_RESPONSE_FINAL != 0,
    })
}

/// Starts a request. The library picks the server and calls send_sip, once per server tried, until one answers; then
/// request_done. Where the account registers with one server at a time, a request that finds server 1 dead waits until the
/// account has registered with server 2.
///
/// SFO_REQUEST_URGENT is for emergency calls. Such a request does not wait for a registration, for DNS where any address is
/// known, or for the pause of a server, and goes to both servers, registered or not. It begins at the target that answered
/// last. If no response has come within 2 s (TLS: 4 s), the next target is asked as well, while the attempts before stay
/// open; the first response above 100 wins, and cancel_sip ends the others (SFO_CAUSE_ANSWERED_ELSEWHERE). Several attempts
/// of one request may be open at once, then; a call that a late one of them sets up is to be ended as SFO_LATE says.
///
/// SFO_REQUEST_IN_DIALOG is for requests inside a dialog whose next hop is a server of the account (where the route set
/// leads elsewhere, the library is not needed). Such a request goes to the target of its dialog and nowhere else, has 64*T1,
/// and any final response is its answer; if there is none, that is reported (SFO_DONE_FAILED). CANCEL and ACK belong to
/// their transaction: they never are requests of their own here.
///
/// While the network is down (SFO_LINK_DOWN) a request waits, for 64*T1 (32 s) at most, and then fails with
/// SFO_CAUSE_LOCAL.
///
/// engine: the engine.
/// now_ms: your clock.
/// request: what to route; copied. Begin with SFO_REQUEST_INIT.
/// id: receives the request's id before any callback about it runs.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: no such account, or the account has no such dialog (any more); SFO_ERR_STATE: the
/// account is not running; SFO_ERR_LIMIT: too many requests at once; SFO_ERR_INVALID: a pointer is NULL, struct_size too
/// small, method or flags unknown, both flags set, or a dialog without its flag; SFO_ERR_BUSY; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_request_start(
    engine: *mut sfo_engine,
    now_ms: u64,
    request: *const sfo_request,
    id: *mut u64,
) -> sfo_status {
    // SAFETY: the caller vouches for the pointer and its size.
    let (Some(start), false) = (unsafe { start_of(request) }, id.is_null()) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointers; `id` is not NULL.
    unsafe {
        sfo_engine::run(&calls::REQUEST_START, engine, Some(now_ms), |core| {
            match start.apply(&mut core.engine, now_ms) {
                Ok(started) => {
                    *id = started.0;
                    SFO_OK
                }
                Err(error) => status(Err(error)),
            }
        })
    }
}

fn new_request(request: &sfo_request) -> Option<NewRequest> {
    let method = convert::startable_method(request.method)?;
    let (is_urgent, dialog) = match (request.flags, request.dialog) {
        (0, 0) => (false, None),
        (SFO_REQUEST_URGENT, 0) => (true, None),
        (SFO_REQUEST_IN_DIALOG, dialog) => (false, Some(DialogId(dialog))),
        _ => return None,
    };
    Some(NewRequest { method, token: request.user_token, is_urgent, dialog })
}

/// Withdraws a request: no further attempt starts, and nothing more is heard of it, not even request_done. An attempt under
/// way is ended through cancel_sip.
///
/// engine: the engine.
/// now_ms: your clock.
/// request: the id.
/// Returns SFO_OK; SFO_ERR_NOT_FOUND: it has ended, or never was; SFO_ERR_INVALID: engine is NULL; SFO_ERR_BUSY;
/// SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_request_cancel(engine: *mut sfo_engine, now_ms: u64, request: u64) -> sfo_status {
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::REQUEST_CANCEL, engine, Some(now_ms), |core| {
            status(core.engine.cancel_request(now_ms, RequestId(request)))
        })
    }
}

/// Reports a provisional response: the server is alive. From now on silence does not move the request to another target
/// any more (a final 503 still does): an INVITE has 180 s from its last provisional response (RFC 3261 timer C; phones that
/// ring longer repeat it every minute), any other request 64*T1 from its start; then it is cancelled and has failed.
/// An urgent request is won by the first response above 100.
///
/// engine: the engine.
/// now_ms: your clock.
/// attempt: the id given to send_sip.
/// sip_status: 100..199.
/// Returns SFO_OK; SFO_LATE: the attempt had been left, CANCEL it (RFC 3261 section 9.1); SFO_ERR_NOT_FOUND: no such
/// attempt (any more): likewise; SFO_ERR_INVALID: engine is NULL, or sip_status out of range; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_attempt_provisional(
    engine: *mut sfo_engine,
    now_ms: u64,
    attempt: u64,
    sip_status: u32,
) -> sfo_status {
    if !provisional_of(sip_status) {
        return SFO_ERR_INVALID;
    }
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ATTEMPT_PROVISIONAL, engine, Some(now_ms), |core| {
            report_status(core.engine.provisional(now_ms, AttemptId(attempt), sip_status as u16))
        })
    }
}

/// Reports a final response, for INVITE after the stack has sent the ACK. A 401 or 407 is no end: answer the challenge in
/// the same attempt, at the same target, and report what comes then. The first challenge of an attempt restarts its budget.
/// Set SFO_RESPONSE_FINAL if there is no answer to it. The first final report of an attempt counts, further ones are
/// ignored.
///
/// engine: the engine.
/// now_ms: your clock.
/// attempt: the id given to send_sip.
/// response: copied. Begin with SFO_RESPONSE_INIT.
/// Returns SFO_OK; SFO_LATE: the attempt had been left: ACK and BYE a call that it set up; SFO_ERR_NOT_FOUND: no such
/// attempt (any more): likewise; SFO_ERR_INVALID: a pointer is NULL, struct_size too small, or status or flags out of range; SFO_ERR_BUSY;
/// SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_attempt_response(
    engine: *mut sfo_engine,
    now_ms: u64,
    attempt: u64,
    response: *const sfo_response,
) -> sfo_status {
    // SAFETY: the caller vouches for the pointer and its size.
    let Some(response) = (unsafe { response_of(response) }) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ATTEMPT_RESPONSE, engine, Some(now_ms), |core| {
            report_status(core.engine.final_response(now_ms, AttemptId(attempt), response))
        })
    }
}

/// Reports that an attempt failed below SIP.
///
/// engine: the engine.
/// now_ms: your clock.
/// attempt: the id given to send_sip.
/// cause: SFO_CAUSE_UNREACHABLE, _CONNECT, _TLS, _CONNECTION_LOST, _SEND or _LOCAL.
/// Returns SFO_OK, also where the library has left the attempt already: that it failed only explains the silence, and there
/// is nothing to end; SFO_ERR_NOT_FOUND: no such attempt; SFO_ERR_INVALID: engine is NULL, or another cause; SFO_ERR_BUSY;
/// SFO_ERR_STATE; SFO_ERR_FAULT.
/// Callbacks: any. From callbacks: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_attempt_failed(
    engine: *mut sfo_engine,
    now_ms: u64,
    attempt: u64,
    cause: u32,
) -> sfo_status {
    let Some(failure) = convert::transport_failure(cause) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        sfo_engine::run(&calls::ATTEMPT_FAILED, engine, Some(now_ms), |core| {
            report_status(core.engine.transport_failed(now_ms, AttemptId(attempt), failure))
        })
    }
}
