//! Inputs on their way from another thread to the engine's, and what the engine's thread makes of them.

use super::account::status;
use super::calls::{self, Call};
use super::constants::*;
use super::handle::{Core, sfo_engine};
use super::network::tell_link;
use super::request::{Start, report_status};
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
    pub(super) fn take_posted(&self, core: &mut Core) {
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
    pub(super) unsafe fn post(
        call: &'static Call,
        this: *const sfo_engine,
        input: impl FnOnce() -> Input,
    ) -> sfo_status {
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
