//! What the library calls, and the structs that it hands over there: `struct_size` first, fields only ever appended.

use super::posted::sfo_posted;
use core::ffi::{c_char, c_void};

/// One attempt, as the send_sip callback gets it. All pointers die when the callback returns; none is NULL.
#[repr(C)]
pub struct sfo_send {
    /// sizeof(sfo_send) as the library was compiled. Fields behind your own sizeof are unknown to you: ignore them.
    pub struct_size: usize,
    /// The request. Never reused.
    pub request: u64,
    /// The attempt: report with this. Never reused.
    pub attempt: u64,
    /// The token of sfo_request_start(); 0 for REGISTER.
    pub user_token: u64,
    /// REGISTER: keep one Call-ID and one CSeq sequence per value, so that two registrations never mix. The same for all
    /// attempts to one server of one account; of no meaning for other methods.
    pub binding_key: u64,
    /// The account: X of its keys.
    pub account: u32,
    /// Server (with an outbound proxy: proxy) 1 or 2.
    pub server: u32,
    /// SFO_METHOD_...
    pub method: u32,
    /// SFO_PURPOSE_...
    pub purpose: u32,
    /// SFO_TRANSPORT_...
    pub transport: u32,
    /// 4 or 6.
    pub family: u32,
    /// 1..65535.
    pub port: u32,
    /// The address in network byte order: the first 4 bytes for family 4, all 16 for family 6.
    pub address: [u8; 16],
    /// UDP: send the request again at most this often, by RFC 3261 timers A and E. TCP and TLS: never send it again.
    pub retransmissions: u32,
    /// The library gives up after this many milliseconds without a response; the stack needs no timer B or F of its own.
    /// With T1 = 500 ms and N configured retries: INVITE 1.5, 3.5, 7.5, 15.5, 31.5 s for N = 1..5, other requests 1, 1.5, 3.5,
    /// 7.5, 11.5, ... s for N = 0..4 and so on; with another T1 in proportion; never less than 1 s, over TCP and TLS than 4 s;
    /// 64*T1 for the last target that is left.
    pub budget_ms: u32,
    /// 1 for the first attempt of the request.
    pub ordinal: u32,
    /// REGISTER: the lifetime to request, seconds; 0 removes the binding.
    pub expires_s: u32,
    /// 1: put `route` into the message as a Route header (outbound proxy). 0: the address is only the next hop.
    pub route_on_wire: u32,
    /// "REGISTER", "INVITE", ...; "OTHER" where only the firmware knows.
    pub method_name: *const c_char,
    /// "192.0.2.1", "2001:db8::1".
    pub address_text: *const c_char,
    /// "192.0.2.1:5060/udp", "[2001:db8::1]:5061/tls".
    pub target_text: *const c_char,
    /// "<sip:192.0.2.1:5060;transport=udp;lr>".
    pub route: *const c_char,
    /// The name to verify in TLS, and the SNI: the configured host (RFC 5922), never the address.
    pub tls_name: *const c_char,
    /// The host that the address belongs to in DNS. For information only.
    pub srv_target: *const c_char,
    /// The host of the request URI of a REGISTER: the configured SIP server.
    pub registrar: *const c_char,
}

/// An attempt that was left, as the cancel_sip callback gets it.
#[repr(C)]
pub struct sfo_cancel {
    /// sizeof(sfo_cancel) as the library was compiled.
    pub struct_size: usize,
    /// The request.
    pub request: u64,
    /// The attempt.
    pub attempt: u64,
    /// The token of sfo_request_start(); 0 for REGISTER.
    pub user_token: u64,
    /// The account.
    pub account: u32,
    /// Server 1 or 2.
    pub server: u32,
    /// SFO_METHOD_...
    pub method: u32,
    /// SFO_CANCEL_...: what to do with the transaction.
    pub mode: u32,
    /// SFO_CAUSE_...: why it was left.
    pub cause: u32,
    /// The response, if the cause is one; else 0.
    pub sip_status: u32,
    /// "192.0.2.1:5060/udp". Dies when the callback returns; not NULL.
    pub target_text: *const c_char,
}

/// One attempt that failed on the way.
#[repr(C)]
pub struct sfo_outcome {
    /// Server 1 or 2.
    pub server: u32,
    /// SFO_CAUSE_...
    pub cause: u32,
    /// The response, if the cause is one; else 0.
    pub sip_status: u32,
    /// "192.0.2.1:5060/udp".
    pub target_text: *const c_char,
}

/// The end of a request, as the request_done callback gets it. All pointers die when the callback returns.
#[repr(C)]
pub struct sfo_done {
    /// sizeof(sfo_done) as the library was compiled.
    pub struct_size: usize,
    /// The request; the id is not valid any more.
    pub request: u64,
    /// The attempt that was answered, or failed last; 0 if there was none.
    pub attempt: u64,
    /// The token of sfo_request_start().
    pub user_token: u64,
    /// The account.
    pub account: u32,
    /// SFO_METHOD_...
    pub method: u32,
    /// SFO_DONE_...
    pub result: u32,
    /// SFO_DONE_FAILED: why the last server failed. SFO_DONE_ANSWERED: SFO_CAUSE_RESPONSE.
    pub cause: u32,
    /// The response, if the cause is one; else 0.
    pub sip_status: u32,
    /// Number of `outcomes`.
    pub outcome_count: u32,
    /// The attempts that failed, in order. Not NULL.
    pub outcomes: *const sfo_outcome,
}

/// Something happened, as the event callback gets it. All pointers die when the callback returns; none is NULL.
#[repr(C)]
pub struct sfo_event {
    /// sizeof(sfo_event) as the library was compiled.
    pub struct_size: usize,
    /// When, on your clock.
    pub at_ms: u64,
    /// SFO_EVENT_... Kinds you do not know may come: ignore them.
    pub kind: u32,
    /// The account; 0 in SFO_EVENT_CONFIGURATION where it is about none.
    pub account: u32,
    /// Server 1 or 2; 0 in SFO_EVENT_CONFIGURATION.
    pub server: u32,
    /// SFO_REG_...: state of the registration with that server.
    pub state: u32,
    /// SFO_CAUSE_...
    pub cause: u32,
    /// The response, if the cause is one; else 0.
    pub sip_status: u32,
    /// The former target; "" where there is none.
    pub from: *const c_char,
    /// The new target; "" where there is none.
    pub to: *const c_char,
    /// The event in one sentence of plain English.
    pub text: *const c_char,
}

/// A DNS query, as the dns_send callback gets it. The pointer dies when the callback returns.
#[repr(C)]
pub struct sfo_dns_query {
    /// sizeof(sfo_dns_query) as the library was compiled.
    pub struct_size: usize,
    /// The query: the same for every try. Use one UDP source port per value, at random, and a new TCP connection for
    /// every call.
    pub query: u64,
    /// Position of the server in the list given to sfo_engine_set_dns_servers() (or in the configuration), from 0.
    pub server_index: u32,
    /// Bytes at `data`.
    pub length: u32,
    /// The message, as it goes into a datagram.
    pub data: *const u8,
    /// SFO_TRANSPORT_UDP or SFO_TRANSPORT_TCP (a datagram was too small for the answer, or sip.dns_transport_type is 1).
    /// Over TCP you connect, send the two bytes of length before the message (RFC 1035 section 4.2.2), and take them off
    /// the answer. Close the connection when a message has come, after the query timeout, or with the next call for this
    /// query and server. Without TCP, return 1: the next server is asked. If the connection is refused, reset, or closed
    /// before a message came, say so by sfo_engine_dns_failed().
    pub transport: u32,
}

/// What the library calls. Members may be appended in later versions; a shorter table stays valid.
///
/// Callbacks run only inside one of your calls, on your thread, when the library has finished its own work for that
/// call: getters show the new state. They never nest: what a call from a callback causes runs after the callback has
/// returned, in order. Do not leave a callback by longjmp() or a C++ exception, and do not block in one.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sfo_callbacks {
    /// sizeof(sfo_callbacks) as you were compiled.
    pub struct_size: usize,
    /// REQUIRED. Send this attempt as a new transaction: new branch; same Call-ID, From tag, CSeq and body for all attempts of
    /// a request, so that who gets two of them knows (RFC 3261 section 8.2.2.2); only a REGISTER takes the next CSeq of its
    /// binding_key. Report what comes of it: sfo_attempt_provisional(), sfo_attempt_response(),
    /// sfo_attempt_failed().
    /// Return 0; or, if it could not be sent, one of the causes that sfo_attempt_failed() takes (SFO_CAUSE_LOCAL blames no
    /// server), or any other number for SFO_CAUSE_SEND.
    pub send_sip: Option<unsafe extern "C" fn(user: *mut c_void, send: *const sfo_send) -> i32>,
    /// REQUIRED. Call sfo_engine_handle_timer() at this moment of your clock, instead of at the one set before.
    /// SFO_TIME_NEVER: not at all. Comes last, and only when the moment changed; after sfo_engine_handle_timer() always,
    /// so that a one-shot timer is enough.
    pub set_timer: Option<unsafe extern "C" fn(user: *mut c_void, deadline_ms: u64)>,
    /// Send a DNS message, and hand answers to sfo_engine_handle_dns(), failures to sfo_engine_dns_failed(). Return 0, or
    /// anything else if it could not be sent. NULL: the library uses sockets of its own, see sfo_dns_io_fds().
    pub dns_send: Option<unsafe extern "C" fn(user: *mut c_void, query: *const sfo_dns_query) -> i32>,
    /// OPTIONAL, without dns_send only, for epoll and its kin: watch this descriptor for these SFO_DNS_... events, level
    /// triggered, and no longer for those named before: a TCP connection first waits for room to write, then for the
    /// answer. 0: forget the descriptor, it is closed next.
    pub dns_watch: Option<unsafe extern "C" fn(user: *mut c_void, fd: i32, events: u32)>,
    /// OPTIONAL, but needed by phones that call: without it nothing is ever cancelled. An attempt was left:
    /// SFO_CANCEL_... says what to do with its transaction.
    pub cancel_sip: Option<unsafe extern "C" fn(user: *mut c_void, cancel: *const sfo_cancel)>,
    /// OPTIONAL. A request has ended: exactly once for each request that you did not cancel.
    pub request_done: Option<unsafe extern "C" fn(user: *mut c_void, done: *const sfo_done)>,
    /// OPTIONAL. Something happened.
    pub event: Option<unsafe extern "C" fn(user: *mut c_void, event: *const sfo_event)>,
    /// OPTIONAL. One line for the log, without a line end. Never contains a password.
    pub log: Option<unsafe extern "C" fn(user: *mut c_void, level: u32, text: *const c_char)>,
    /// OPTIONAL. The engine is gone: the last callback ever. Release `user` here.
    pub destroyed: Option<unsafe extern "C" fn(user: *mut c_void)>,
    /// OPTIONAL, for stacks with several threads: something was posted (sfo_post_...) while nothing new was waiting. Runs
    /// on the thread that posts, within its call, and must do nothing but make the engine's thread call
    /// sfo_engine_process() soon: write to an eventfd, a pipe or a message queue.
    pub wake: Option<unsafe extern "C" fn(user: *mut c_void)>,
    /// OPTIONAL, needed by who posts: what came of a posted input. Called for each sfo_post_request_start() and
    /// sfo_post_dialog_open(), to tell the id, and for all others whose result was not SFO_OK. Runs like all other callbacks on the engine's thread, before those that
    /// the input causes.
    pub posted: Option<unsafe extern "C" fn(user: *mut c_void, posted: *const sfo_posted)>,
}
