//! Inputs on their way from another thread to the engine's, and what the engine's thread makes of them.

use super::account::status;
use super::calls::{self, Call};
use super::constants::*;
use super::dialog::Opening;
use super::handle::{Core, sfo_engine};
use super::inbox::{Full, INBOX_ENTRIES};
use super::network::{Source, tell_link};
use super::request::{Start, report_status};
use crate::account::FinalResponse;
use crate::engine::{Engine, InputError};
use crate::io::ErrnoGuard;
use crate::types::{
    AccountId, AttemptId, DialogId, DnsServerIndex, DnsTransport, Families, RequestId, Server, TransportFailure,
};
use core::mem::size_of;
use core::net::SocketAddr;

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
    /// SFO_POSTED_REQUEST_START and SFO_POSTED_DIALOG_OPEN: your token. Else 0.
    pub user_token: u64,
    /// SFO_POSTED_...: which input. Kinds you do not know may come: ignore them.
    pub kind: u32,
    /// The account; 0 where the input was about none.
    pub account: u32,
    /// What the function without "post" in its name would have returned.
    pub status: sfo_status,
    /// SFO_POSTED_RESPONSE and SFO_POSTED_PROVISIONAL: the SIP status that was posted, to tell a late 2xx (acknowledge it and
    /// end that call) from the rest. Else 0.
    pub sip_status: u32,
    /// The dialog: SFO_POSTED_DIALOG_OPEN tells its id, 0 if it was refused. 0 where the input was about no dialog.
    pub dialog: u64,
}

const NOTHING: sfo_posted = sfo_posted {
    struct_size: size_of::<sfo_posted>(),
    request: 0,
    attempt: 0,
    user_token: 0,
    kind: 0,
    account: 0,
    status: SFO_OK,
    sip_status: 0,
    dialog: 0,
};

/// An input on its way. Its numbers have been checked.
pub(crate) enum Input {
    Provisional(AttemptId, u16),
    Response(AttemptId, FinalResponse),
    Failed(AttemptId, TransportFailure),
    Start(Start),
    Cancel(RequestId),
    /// With the caller's token.
    DialogOpen(Opening, u64),
    DialogClose(DialogId),
    AccountStart(AccountId),
    AccountStop(AccountId),
    Busy(AccountId, bool),
    FlowLost(AccountId, &'static [Server]),
    HeardFrom(Source),
    Link(u32),
    Families(Families),
    DnsServers(Box<[SocketAddr]>),
    Dns(DnsServerIndex, Box<[u8]>),
    DnsFailed(u64, DnsServerIndex, DnsTransport),
}

// With the number of its turn, 64 bytes for each of 256 places: what docs/boundary.md says of the memory of the inbox.
const _: () = assert!(size_of::<Input>() <= 56);

impl Input {
    /// Gives the input to the engine. What comes of it, where the firmware wants to know.
    fn apply(self, core: &mut Core) -> Option<sfo_posted> {
        let result = self.result(SFO_OK);
        // What makes something is told in any case, as nobody else can know its id.
        match self.tell(&mut core.engine, core.now_ms) {
            Ok(Made::Request(id)) => result.map(|result| sfo_posted { request: id.0, ..result }),
            Ok(Made::Dialog(id)) => result.map(|result| sfo_posted { dialog: id.0, ..result }),
            Ok(Made::Nothing) => None,
            Err(status) => result.map(|result| sfo_posted { status, ..result }),
        }
    }

    fn tell(self, engine: &mut Engine, now_ms: u64) -> Result<Made, sfo_status> {
        let status = match self {
            Input::Provisional(id, sip_status) => report_status(engine.provisional(now_ms, id, sip_status)),
            Input::Response(id, response) => report_status(engine.final_response(now_ms, id, response)),
            Input::Failed(id, failure) => report_status(engine.transport_failed(now_ms, id, failure)),
            Input::Start(start) => return start.apply(engine, now_ms).map(Made::Request).map_err(status_of),
            Input::Cancel(id) => status(engine.cancel_request(now_ms, id)),
            Input::DialogOpen(opening, _) => return opening.apply(engine, now_ms).map(Made::Dialog).map_err(status_of),
            Input::DialogClose(id) => status(engine.close_dialog(now_ms, id)),
            Input::AccountStart(id) => status(engine.start_account(now_ms, id)),
            Input::AccountStop(id) => status(engine.stop_account(now_ms, id)),
            Input::Busy(id, busy) => status(engine.set_account_busy(now_ms, id, busy)),
            Input::FlowLost(id, servers) => status(engine.flow_lost(now_ms, id, servers)),
            Input::HeardFrom(source) => source.tell(engine, now_ms),
            unrefusable => {
                unrefusable.tell_network(engine, now_ms);
                SFO_OK
            }
        };
        if status == SFO_OK { Ok(Made::Nothing) } else { Err(status) }
    }

    /// The inputs that nothing can be wrong with but what has been looked for when they were posted.
    fn tell_network(self, engine: &mut Engine, now_ms: u64) {
        match self {
            Input::Link(link) => tell_link(engine, now_ms, link),
            Input::Families(families) => engine.set_families(now_ms, families),
            Input::DnsServers(servers) => engine.set_dns_servers(now_ms, &servers),
            Input::Dns(server, bytes) => engine.handle_dns(now_ms, server, &bytes),
            Input::DnsFailed(query, server, transport) => engine.dns_send_failed(now_ms, query, server, transport),
            _ => {}
        }
    }

    /// What is told about this input if it has this result.
    fn result(&self, status: sfo_status) -> Option<sfo_posted> {
        let none = sfo_posted { status, ..NOTHING };
        let attempt = |kind, id: &AttemptId| sfo_posted { kind, attempt: id.0, ..none };
        let account = |kind, id: &AccountId| sfo_posted { kind, account: id.0, ..none };
        Some(match self {
            Input::Provisional(id, sip_status) => {
                sfo_posted { sip_status: u32::from(*sip_status), ..attempt(SFO_POSTED_PROVISIONAL, id) }
            }
            Input::Response(id, response) => {
                sfo_posted { sip_status: u32::from(response.status), ..attempt(SFO_POSTED_RESPONSE, id) }
            }
            Input::Failed(id, _) => attempt(SFO_POSTED_FAILED, id),
            Input::Start(start) => {
                sfo_posted { user_token: start.new.token, ..account(SFO_POSTED_REQUEST_START, &start.account) }
            }
            Input::Cancel(id) => sfo_posted { kind: SFO_POSTED_REQUEST_CANCEL, request: id.0, ..none },
            Input::DialogOpen(opening, user_token) => sfo_posted {
                attempt: opening.attempt(),
                user_token: *user_token,
                ..account(SFO_POSTED_DIALOG_OPEN, &opening.account)
            },
            Input::DialogClose(id) => sfo_posted { kind: SFO_POSTED_DIALOG_CLOSE, dialog: id.0, ..none },
            Input::AccountStart(id) => account(SFO_POSTED_ACCOUNT_START, id),
            Input::AccountStop(id) => account(SFO_POSTED_ACCOUNT_STOP, id),
            Input::Busy(id, _) => account(SFO_POSTED_BUSY, id),
            Input::FlowLost(id, _) => account(SFO_POSTED_FLOW_LOST, id),
            Input::HeardFrom(source) => account(SFO_POSTED_HEARD_FROM, &source.account.unwrap_or(AccountId(0))),
            Input::Link(_) | Input::Families(_) | Input::DnsServers(_) | Input::Dns(..) | Input::DnsFailed(..) => {
                return None;
            }
        })
    }
}

/// What an input has made, and the firmware gets the id of.
enum Made {
    Nothing,
    Request(RequestId),
    Dialog(DialogId),
}

fn status_of(error: InputError) -> sfo_status {
    status(Err(error))
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
        for _ in 0..INBOX_ENTRIES {
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
        // SAFETY: the caller vouches for the pointer.
        unsafe { sfo_engine::try_post(call, this, || Ok(input())) }
    }

    /// The same for an input that has to be made first, and may turn out to be none.
    ///
    /// # Safety
    /// `this` is NULL or a handle that lives until this returns.
    pub(super) unsafe fn try_post(
        call: &'static Call,
        this: *const sfo_engine,
        input: impl FnOnce() -> Result<Input, sfo_status>,
    ) -> sfo_status {
        let _errno = ErrnoGuard::new();
        debug_assert_eq!(call.kind, calls::Kind::Post);
        // SAFETY: the caller vouches for the pointer.
        let Some(handle) = (unsafe { this.as_ref() }) else { return SFO_ERR_INVALID };
        if let Some(status) = handle.refusal() {
            return status;
        }
        let put = super::guard::guarded(|| handle.inbox.put(input()?).map_err(|Full| SFO_ERR_LIMIT));
        match put {
            Some(Ok(is_first)) => {
                if let (true, Some(wake)) = (is_first, handle.callbacks.wake) {
                    // SAFETY: the firmware's callback, called as its type says, with no lock held.
                    unsafe { wake(handle.user) };
                }
                SFO_OK
            }
            Some(Err(status)) => status,
            None => handle.fault(),
        }
    }
}
