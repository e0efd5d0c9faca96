//! Structs that the caller fills in or has filled in: `struct_size` first, fields only ever appended.

use core::ffi::c_char;

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
    /// 2xx to REGISTER: the `expires` of your own Contact, else the Expires header, seconds, or SFO_ABSENT. More than was asked
    /// for counts as what was asked for.
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
