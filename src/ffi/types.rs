//! Structs of the C interface: `struct_size` first, fields only ever appended.

use super::post::sfo_posted;
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
    /// 7.5, 11.5, ... s for N = 0..4 and so on; over TCP and TLS at least 4 s; 32 s for the last target that is left.
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
    /// OPTIONAL, needed by who posts: what came of a posted input. Called for each sfo_post_request_start(), to tell the id, and
    /// for all others whose result was not SFO_OK. Runs like all other callbacks on the engine's thread, before those that
    /// the input causes.
    pub posted: Option<unsafe extern "C" fn(user: *mut c_void, posted: *const sfo_posted)>,
}

/// Options of an engine. Begin with SFO_OPTIONS_INIT.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sfo_options {
    /// sizeof(sfo_options) as you were compiled.
    pub struct_size: usize,
    /// T1 of RFC 3261 as your stack uses it, ms, 50..5000. Default 500.
    pub t1_ms: u32,
    /// The first REGISTER of each account is spread over this time, seconds, 0..3600. Default 0.
    pub startup_window_s: u32,
    /// 0 or 1: random spread of timers, so that a fleet does not act in step. Default 1.
    pub jitter: u32,
    /// How long a walk waits for DNS before it uses the targets known before, ms, 0..60000. Default 1800.
    pub dns_wait_ms: u32,
    /// Answers kept in the DNS cache, 16..65536. Default 256.
    pub cache_entries: u32,
    /// SFO_TRANSPORT_... bits: what your stack supports. Default UDP, TCP and TLS.
    pub transports: u32,
    /// Most verbose SFO_LOG_... level you want to see. Default SFO_LOG_INFO.
    pub log_level: u32,
    /// Unpredictable bytes, from getrandom() or the device's generator: DNS ids, load balance and jitter come from
    /// them. The same seed, configuration and calls give the same callbacks.
    pub seed: [u8; 32],
    /// How long after their end DNS records may serve while no DNS server answers, seconds, 0..31536000 (RFC 8767). 0: not
    /// at all. Default 86400.
    pub stale_limit_s: u32,
    /// Probes in a row, 30 s apart, that the primary must answer before an account returns to it, 1..100. Default 1. Acts
    /// only with the key failback_probe = 1 or 2.
    pub failback_successes: u32,
    /// An account that left the primary stays at the backup at least this long, seconds, 0..86400, whatever its failback_mode
    /// says; unless the backup fails. Default 0. Against a primary that comes and goes.
    pub failback_min_stay_s: u32,
    /// Facts that sfo_engine_trace() can tell about, 0..65536. 0: none. Default 512. Each takes 72 bytes, from
    /// sfo_engine_new() on.
    pub trace_entries: u32,
}

/// A request to route. Begin with SFO_REQUEST_INIT.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sfo_request {
    /// sizeof(sfo_request) as you were compiled.
    pub struct_size: usize,
    /// The account.
    pub account: u32,
    /// SFO_METHOD_..., except REGISTER.
    pub method: u32,
    /// SFO_REQUEST_URGENT, SFO_REQUEST_IN_DIALOG, or 0.
    pub flags: u32,
    /// Yours: handed back in every callback about the request.
    pub user_token: u64,
    /// With SFO_REQUEST_IN_DIALOG: the dialog, of sfo_dialog_open(). Else 0.
    pub dialog: u64,
}

/// How a dialog began. Begin with SFO_DIALOG_INIT, and set attempt or source_text.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sfo_dialog {
    /// sizeof(sfo_dialog) as you were compiled.
    pub struct_size: usize,
    /// The account.
    pub account: u32,
    /// With source_text: SFO_METHOD_... of the incoming request that set it up, mostly SFO_METHOD_INVITE. Without: 0.
    pub method: u32,
    /// An outgoing request set it up: its attempt (sfo_done.attempt), which a response has come to. Else 0.
    pub attempt: u64,
    /// An incoming request set it up: where that came from, "192.0.2.1", "192.0.2.1:5060", "2001:db8::1" or
    /// "[2001:db8::1]:5060". Else NULL.
    pub source_text: *const c_char,
}

/// A final response. Begin with SFO_RESPONSE_INIT.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sfo_response {
    /// sizeof(sfo_response) as you were compiled.
    pub struct_size: usize,
    /// 200..699.
    pub status: u32,
    /// The Retry-After header, seconds, or SFO_ABSENT.
    pub retry_after_s: u32,
    /// 2xx to REGISTER: the `expires` of your own Contact, else the Expires header, seconds, or SFO_ABSENT.
    pub granted_expires_s: u32,
    /// 423: the Min-Expires header, seconds, or SFO_ABSENT.
    pub min_expires_s: u32,
    /// SFO_RESPONSE_FINAL, or 0.
    pub flags: u32,
}

/// What loading a configuration has to say about one line.
#[repr(C)]
pub struct sfo_diagnostic {
    /// sizeof(sfo_diagnostic) as you were compiled; set it before the call.
    pub struct_size: usize,
    /// Line in the text, from 1; 0 if it is about no line.
    pub line: u32,
    /// SFO_SEVERITY_...
    pub severity: u32,
    /// The key as written, or "". Lives until the configuration changes, like the others.
    pub key: *const c_char,
    /// The value as written, "***" for a password, or "".
    pub value: *const c_char,
    /// What was expected, in one sentence of plain English.
    pub text: *const c_char,
}

/// What there is to know about one provisioning key: enough to make a settings page of a firmware from.
#[repr(C)]
pub struct sfo_key_info {
    /// sizeof(sfo_key_info) as you were compiled; set it before the call.
    pub struct_size: usize,
    /// SFO_TYPE_...
    pub value_type: u32,
    /// Smallest integer, or shortest text in characters.
    pub minimum: i64,
    /// Largest integer, or longest text in characters.
    pub maximum: i64,
    /// The key, with X for the account, Y for the server (1..2), N for the static record (1..12).
    pub name: *const c_char,
    /// The default as text; "" = not set.
    pub default_text: *const c_char,
    /// The unit; "" = none.
    pub unit: *const c_char,
    /// The meaning in one line.
    pub help: *const c_char,
    /// Phone firmware versions that know the key, in the vendor guide's words; "" = all.
    pub since: *const c_char,
}

/// The state of an account.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sfo_account_info {
    /// sizeof(sfo_account_info) as you were compiled; set it before the call.
    pub struct_size: usize,
    /// 1 from sfo_account_start() to sfo_account_stop(), else 0.
    pub started: u32,
    /// The server that requests go to now: 1 or 2.
    pub current_server: u32,
    /// SFO_REG_... of server 1 and server 2.
    pub state: [u32; 2],
    /// SFO_CAUSE_... of that state.
    pub cause: [u32; 2],
    /// When the registration with that server ends, on your clock; SFO_TIME_NEVER without one.
    pub expires_at_ms: [u64; 2],
}

/// A target.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sfo_target {
    /// sizeof(sfo_target) as you were compiled; set it before the call.
    pub struct_size: usize,
    /// Server 1 or 2.
    pub server: u32,
    /// SFO_TRANSPORT_...
    pub transport: u32,
    /// 4 or 6.
    pub family: u32,
    /// 1..65535.
    pub port: u32,
    /// In network byte order, see sfo_send.address.
    pub address: [u8; 16],
    /// "192.0.2.1:5060/udp", NUL-terminated.
    pub text: [c_char; 80],
}

/// What has been counted since sfo_engine_new().
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sfo_counters {
    /// sizeof(sfo_counters) as you were compiled; set it before the call.
    pub struct_size: usize,
    /// Attempts started.
    pub attempts: u64,
    /// Attempts without a response in time.
    pub failures_timeout: u64,
    /// Attempts that failed below SIP.
    pub failures_transport: u64,
    /// Attempts answered by a response that means "server unavailable".
    pub failures_response: u64,
    /// Changes of a current target.
    pub switches: u64,
    /// DNS queries sent, retries included.
    pub dns_queries: u64,
    /// DNS answers used.
    pub dns_answers: u64,
    /// DNS datagrams ignored: malformed, oversized, or answering nothing that was asked (id, source, question).
    pub dns_ignored: u64,
    /// DNS tries that nobody answered.
    pub dns_timeouts: u64,
    /// Reports for attempts that had been left.
    pub late_reports: u64,
    /// Calls whose now_ms lay before that of the call before.
    pub clock_steps_back: u64,
    /// Requests started by sfo_request_start().
    pub requests_started: u64,
    /// Of these, requests that have ended.
    pub requests_done: u64,
    /// Attempts that a final response ended, whatever it says; those counted in failures_response included.
    pub answered: u64,
    /// Of the attempts that failed below SIP: SFO_CAUSE_UNREACHABLE.
    pub failures_unreachable: u64,
    /// SFO_CAUSE_CONNECT.
    pub failures_connect: u64,
    /// SFO_CAUSE_TLS.
    pub failures_tls: u64,
    /// SFO_CAUSE_CONNECTION_LOST.
    pub failures_connection_lost: u64,
    /// SFO_CAUSE_SEND.
    pub failures_send: u64,
    /// SFO_CAUSE_LOCAL: no server is blamed, and failures_transport does not count them.
    pub failures_local: u64,
    /// Times that server 2 took over.
    pub fallbacks_entered: u64,
    /// Times that server 1 took over again.
    pub fallbacks_left: u64,
    /// Returns to the primary of a domain, in failback modes 1, 2 and 3.
    pub failbacks: u64,
    /// Of the DNS queries: for A records.
    pub dns_queries_a: u64,
    /// For AAAA records.
    pub dns_queries_aaaa: u64,
    /// For SRV records.
    pub dns_queries_srv: u64,
    /// For NAPTR records.
    pub dns_queries_naptr: u64,
    /// Of the DNS queries, those over TCP.
    pub dns_queries_tcp: u64,
    /// DNS tries that brought nothing for another reason than silence: SERVFAIL, REFUSED, unreadable, not sent.
    pub dns_failures: u64,
    /// Answers that lists of targets took from the DNS cache.
    pub cache_hits: u64,
    /// Answers that had to make room in the DNS cache.
    pub cache_evictions: u64,
    /// Sets of static records that lists of targets used.
    pub static_answers: u64,
    /// Expired answers that lists of targets used while DNS was silent.
    pub stale_answers: u64,
    /// Facts that have left the trace to make room for others.
    pub trace_lost: u64,
}

/// A descriptor of the built-in DNS driver.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sfo_dns_fd {
    /// The descriptor.
    pub fd: i32,
    /// SFO_DNS_... events to watch it for.
    pub events: u32,
}
