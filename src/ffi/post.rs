//! Inputs from the other threads of a stack: what they post, and what the engine's thread makes of it.

use super::account::status;
use super::calls::{self, Call};
use super::constants::*;
use super::convert;
use super::handle::{Core, sfo_engine};
use super::network::{is_link, tell_link};
use super::request::{Start, provisional_of, report_status, response_of, start_of};
use super::snapshot::families_of;
use super::types::{sfo_request, sfo_response};
use crate::account::FinalResponse;
use crate::types::{AccountId, AttemptId, DnsServerIndex, DnsTransport, Families, RequestId, TransportFailure};
use core::mem::size_of;

/// What came of a posted input, as the posted callback gets it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sfo_posted {
    /// sizeof(sfo_posted) as the library was compiled.
    pub struct_size: usize,
    /// The request: SFO_POSTED_REQUEST_START tells its id, 0 if it was refused. 0 where the input was about no request.
    pub request: u64,
    /// The attempt; 0 where the input was about none.
    pub attempt: u64,
    /// SFO_POSTED_REQUEST_START: your token. Else 0.
    pub user_token: u64,
    /// SFO_POSTED_...: which input. Kinds you do not know may come: ignore them.
    pub kind: u32,
    /// The account; 0 where the input was about none.
    pub account: u32,
    /// What the function without "post" in its name would have returned.
    pub status: sfo_status,
}

/// An input on its way. Its numbers have been checked.
pub(crate) enum Input {
    Provisional(AttemptId, u16),
    Response(AttemptId, FinalResponse),
    Failed(AttemptId, TransportFailure),
    Start(Start),
    Cancel(RequestId),
    Busy(AccountId, bool),
    Link(u32),
    Families(Families),
    Dns(DnsServerIndex, Box<[u8]>),
    DnsFailed(u64, DnsServerIndex, DnsTransport),
}

impl Input {
    /// Gives the input to the engine. What comes of it, where the firmware wants to know.
    fn apply(self, core: &mut Core) -> Option<sfo_posted> {
        let now_ms = core.now_ms;
        let (engine, mut result) = (&mut core.engine, self.result(SFO_OK));
        let status = match self {
            Input::Provisional(id, sip_status) => report_status(engine.provisional(now_ms, id, sip_status)),
            Input::Response(id, response) => report_status(engine.final_response(now_ms, id, response)),
            Input::Failed(id, failure) => report_status(engine.transport_failed(now_ms, id, failure)),
            Input::Start(start) => match start.apply(engine, now_ms) {
                Ok(id) => {
                    result.iter_mut().for_each(|result| result.request = id.0);
                    return result;
                }
                Err(error) => status(Err(error)),
            },
            Input::Cancel(id) => status(engine.cancel_request(now_ms, id)),
            Input::Busy(id, busy) => status(engine.set_account_busy(now_ms, id, busy)),
            Input::Link(link) => {
                tell_link(engine, now_ms, link);
                SFO_OK
            }
            Input::Families(families) => {
                engine.set_families(now_ms, families);
                SFO_OK
            }
            Input::Dns(server, ref bytes) => {
                engine.handle_dns(now_ms, server, bytes);
                SFO_OK
            }
            Input::DnsFailed(query, server, transport) => {
                engine.dns_send_failed(now_ms, query, server, transport);
                SFO_OK
            }
        };
        result.filter(|_| status != SFO_OK).map(|result| sfo_posted { status, ..result })
    }

    /// What is told about this input if it has this result.
    fn result(&self, status: sfo_status) -> Option<sfo_posted> {
        let nothing = sfo_posted {
            struct_size: size_of::<sfo_posted>(),
            request: 0,
            attempt: 0,
            user_token: 0,
            kind: 0,
            account: 0,
            status,
        };
        let attempt = |kind, id: &AttemptId| sfo_posted { kind, attempt: id.0, ..nothing };
        Some(match self {
            Input::Provisional(id, _) => attempt(SFO_POSTED_PROVISIONAL, id),
            Input::Response(id, _) => attempt(SFO_POSTED_RESPONSE, id),
            Input::Failed(id, _) => attempt(SFO_POSTED_FAILED, id),
            Input::Start(start) => sfo_posted {
                kind: SFO_POSTED_REQUEST_START,
                account: start.account.0,
                user_token: start.new.token,
                ..nothing
            },
            Input::Cancel(id) => sfo_posted { kind: SFO_POSTED_REQUEST_CANCEL, request: id.0, ..nothing },
            Input::Busy(id, _) => sfo_posted { kind: SFO_POSTED_BUSY, account: id.0, ..nothing },
            // Nothing can be wrong with them but what has been looked for when they were posted.
            Input::Link(_) | Input::Families(_) | Input::Dns(..) | Input::DnsFailed(..) => return None,
        })
    }
}

impl sfo_engine {
    /// The next input, with its share of the room given back.
    fn next_posted(&self) -> Option<Input> {
        let input = self.inbox.take()?;
        if let Input::Dns(_, bytes) = &input {
            self.inbox.dns_taken(bytes.len());
        }
        Some(input)
    }

    /// Gives everything that was posted to the engine, in order.
    fn take_posted(&self, core: &mut Core) {
        self.inbox.awake();
        // Not more than can be in: threads that post without end must not keep the engine's thread here for ever. What is
        // left has a `wake` of its own, as it came after the mark was taken away.
        for _ in 0..super::inbox::INBOX_ENTRIES {
            let Some(input) = self.next_posted() else { return };
            let told = input.apply(core);
            core.posted.extend(told);
        }
    }

    /// Nothing is taken any more: whoever waits for a result gets it.
    pub(super) fn refuse_posted(&self, core: &mut Core) {
        while let Some(input) = self.next_posted() {
            core.posted.extend(input.result(SFO_ERR_STATE));
        }
    }

    /// Puts an input into the inbox of an engine. Any thread.
    ///
    /// # Safety
    /// `this` is NULL or a handle that lives until this returns.
    unsafe fn post(call: &'static Call, this: *const sfo_engine, input: impl FnOnce() -> Input) -> sfo_status {
        debug_assert_eq!(call.kind, calls::Kind::Post);
        // SAFETY: the caller vouches for the pointer.
        let Some(handle) = (unsafe { this.as_ref() }) else { return SFO_ERR_INVALID };
        if let Some(status) = handle.refusal() {
            return status;
        }
        let put = super::guard::guarded(|| handle.inbox.put(input()));
        match put {
            Some(Ok(is_first)) => {
                if let (true, Some(wake)) = (is_first, handle.callbacks.wake) {
                    // SAFETY: the firmware's callback, called as its type says, with no lock held.
                    unsafe { wake(handle.user) };
                }
                SFO_OK
            }
            Some(Err(super::inbox::Full)) => SFO_ERR_LIMIT,
            None => handle.fault(),
        }
    }
}

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

/// Posts what sfo_engine_set_link() says.
///
/// engine: the engine; see THREADS for how long it must live.
/// link: SFO_LINK_DOWN, SFO_LINK_UP or SFO_LINK_CHANGED.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
/// is NULL, or link unknown; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_set_link(engine: *mut sfo_engine, link: u32) -> sfo_status {
    if !is_link(link) {
        return SFO_ERR_INVALID;
    }
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_SET_LINK, engine, || Input::Link(link)) }
}

/// Posts what sfo_engine_set_families() says.
///
/// engine: the engine; see THREADS for how long it must live.
/// families: SFO_FAMILY_IPV4, SFO_FAMILY_IPV6, both, or 0.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
/// is NULL, or another bit is set; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_set_families(engine: *mut sfo_engine, families: u32) -> sfo_status {
    let Some(families) = families_of(families) else { return SFO_ERR_INVALID };
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_SET_FAMILIES, engine, || Input::Families(families)) }
}

/// Posts what sfo_engine_handle_dns() takes. Check the sender's address and port before: what waits is bounded, and forged
/// messages would take the room of good ones.
///
/// engine: the engine; see THREADS for how long it must live.
/// server_index: the server that the message came from.
/// data, length: the message, at most 65535 bytes; copied.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs, 128 DNS messages or 128 KiB of them
/// are waiting; SFO_ERR_INVALID: a pointer is NULL, or length too large; SFO_ERR_STATE: the engine is being freed;
/// SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_handle_dns(
    engine: *mut sfo_engine,
    server_index: u32,
    data: *const u8,
    length: usize,
) -> sfo_status {
    // SAFETY: the caller vouches for the pointers.
    let (Some(handle), Some(bytes)) = (unsafe { (engine.as_ref(), super::engine::dns_message(data, length)) }) else {
        return SFO_ERR_INVALID;
    };
    if let Some(status) = handle.refusal() {
        return status;
    }
    if handle.inbox.reserve_dns(length).is_err() {
        return SFO_ERR_LIMIT;
    }
    let input = || Input::Dns(DnsServerIndex(server_index), bytes.into());
    // SAFETY: the caller vouches for the pointer.
    let status = unsafe { sfo_engine::post(&calls::POST_HANDLE_DNS, engine, input) };
    if status != SFO_OK {
        handle.inbox.dns_taken(length);
    }
    status
}

/// Posts what sfo_engine_dns_failed() reports.
///
/// engine: the engine; see THREADS for how long it must live.
/// query, server_index, transport: as in the sfo_dns_query of that message.
/// Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
/// is NULL, or transport neither SFO_TRANSPORT_UDP nor SFO_TRANSPORT_TCP; SFO_ERR_STATE: the engine is being freed;
/// SFO_ERR_FAULT.
/// Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sfo_post_dns_failed(
    engine: *mut sfo_engine,
    query: u64,
    server_index: u32,
    transport: u32,
) -> sfo_status {
    let Some(transport) = convert::dns_transport_of(transport) else { return SFO_ERR_INVALID };
    let input = || Input::DnsFailed(query, DnsServerIndex(server_index), transport);
    // SAFETY: the caller vouches for the pointer.
    unsafe { sfo_engine::post(&calls::POST_DNS_FAILED, engine, input) }
}
