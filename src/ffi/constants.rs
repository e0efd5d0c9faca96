//! Numbers of the C interface. Rust enums never cross it: firmware is built with `-fshort-enums`, and either side may be
//! newer than the other.

/// Result of a call: SFO_OK, a positive remark, or a negative error. New values may be added.
pub type sfo_status = i32;

/// The call did what it should.
pub const SFO_OK: i32 = 0;
/// The report was taken, but its attempt had been left: end what it set up (CANCEL an INVITE, ACK and BYE a call).
pub const SFO_LATE: i32 = 1;
/// A pointer is NULL, a size too small, a number out of range, or a flag unknown.
pub const SFO_ERR_INVALID: i32 = -1;
/// There is no such account, request, attempt, key or file descriptor (any more).
pub const SFO_ERR_NOT_FOUND: i32 = -2;
/// Another thread is inside a call on the same engine.
pub const SFO_ERR_BUSY: i32 = -3;
/// A bounded table is full.
pub const SFO_ERR_LIMIT: i32 = -4;
/// A configuration value was refused; sfo_config_last_error() says what was expected.
pub const SFO_ERR_CONFIG: i32 = -5;
/// Not possible now: the account is not running, or the engine is being freed.
pub const SFO_ERR_STATE: i32 = -6;
/// An internal fault was caught; only sfo_engine_free() works on this engine from now on.
pub const SFO_ERR_FAULT: i32 = -7;
/// A file could not be read.
pub const SFO_ERR_IO: i32 = -8;
/// The bytes are no snapshot of this version, or damaged.
pub const SFO_ERR_DATA: i32 = -9;

/// Version of the binary interface: raised when existing programs have to be compiled again.
pub const SFO_ABI_VERSION: u32 = 0;

/// A moment that never comes.
pub const SFO_TIME_NEVER: u64 = u64::MAX;
/// A number that is not there, such as the Retry-After of a response without that header.
pub const SFO_ABSENT: u32 = u32::MAX;

/// UDP.
pub const SFO_TRANSPORT_UDP: u32 = 1;
/// TCP.
pub const SFO_TRANSPORT_TCP: u32 = 2;
/// TLS over TCP.
pub const SFO_TRANSPORT_TLS: u32 = 4;
/// SCTP: only where sfo_options.transports names it.
pub const SFO_TRANSPORT_SCTP: u32 = 8;

/// REGISTER. Appears in callbacks only: the library starts registrations itself.
pub const SFO_METHOD_REGISTER: u32 = 1;
/// INVITE.
pub const SFO_METHOD_INVITE: u32 = 2;
/// SUBSCRIBE.
pub const SFO_METHOD_SUBSCRIBE: u32 = 3;
/// PUBLISH.
pub const SFO_METHOD_PUBLISH: u32 = 4;
/// OPTIONS.
pub const SFO_METHOD_OPTIONS: u32 = 5;
/// MESSAGE.
pub const SFO_METHOD_MESSAGE: u32 = 6;
/// REFER.
pub const SFO_METHOD_REFER: u32 = 7;
/// NOTIFY.
pub const SFO_METHOD_NOTIFY: u32 = 8;
/// INFO.
pub const SFO_METHOD_INFO: u32 = 9;
/// Any other method (BYE, UPDATE, PRACK, ...); the firmware knows which.
pub const SFO_METHOD_OTHER: u32 = 10;

/// No particular reason.
pub const SFO_CAUSE_NONE: u32 = 0;
/// No response within the budget of the attempt.
pub const SFO_CAUSE_TIMEOUT: u32 = 1;
/// ICMP: host or port unreachable.
pub const SFO_CAUSE_UNREACHABLE: u32 = 2;
/// TCP or TLS: no connection could be made.
pub const SFO_CAUSE_CONNECT: u32 = 3;
/// The TLS handshake or the check of the certificate failed.
pub const SFO_CAUSE_TLS: u32 = 4;
/// The connection was lost before a response came.
pub const SFO_CAUSE_CONNECTION_LOST: u32 = 5;
/// The stack could not send.
pub const SFO_CAUSE_SEND: u32 = 6;
/// The fault is on this device (no route, network down): no server is blamed.
pub const SFO_CAUSE_LOCAL: u32 = 7;
/// A final SIP response; sip_status beside it says which.
pub const SFO_CAUSE_RESPONSE: u32 = 8;
/// The configured name leads to no address.
pub const SFO_CAUSE_RESOLUTION: u32 = 9;
/// Every server that could be asked has failed. Reserved: a failed request tells the cause of its last attempt.
pub const SFO_CAUSE_ALL_FAILED: u32 = 10;
/// There is no registration that the request could have used.
pub const SFO_CAUSE_NOT_REGISTERED: u32 = 11;
/// The lifetime of the registration ended without a renewal.
pub const SFO_CAUSE_EXPIRED: u32 = 12;
/// The better server answers again.
pub const SFO_CAUSE_RECOVERED: u32 = 13;
/// The account was stopped or removed.
pub const SFO_CAUSE_STOPPED: u32 = 14;
/// The configuration changed.
pub const SFO_CAUSE_CONFIGURATION: u32 = 15;
/// The network or the device's own address changed.
pub const SFO_CAUSE_NETWORK: u32 = 16;
/// Another request of the account found the server failed.
pub const SFO_CAUSE_OTHER_REQUEST: u32 = 17;
/// The engine is being freed.
pub const SFO_CAUSE_RELEASED: u32 = 18;
/// The firmware withdrew the request.
pub const SFO_CAUSE_CANCELLED: u32 = 19;
/// Another server was quicker to answer an urgent request.
pub const SFO_CAUSE_ANSWERED_ELSEWHERE: u32 = 20;

/// An attempt of a request of the firmware.
pub const SFO_PURPOSE_REQUEST: u32 = 1;
/// A registration, or its refresh.
pub const SFO_PURPOSE_REGISTER: u32 = 2;
/// A REGISTER or OPTIONS that finds out whether a server is back. Build it like any other.
pub const SFO_PURPOSE_PROBE: u32 = 3;
/// A REGISTER with Expires 0 that removes a binding.
pub const SFO_PURPOSE_UNREGISTER: u32 = 4;

/// Stop retransmitting, but stay ready for answers until 32 s (64*T1) after the first send, and report them: they are
/// answered by SFO_LATE. No CANCEL now: RFC 3261 section 9.1 forbids it before a 1xx has come.
pub const SFO_CANCEL_STOP: u32 = 1;
/// A 1xx has come: send a CANCEL.
pub const SFO_CANCEL_CANCEL: u32 = 2;
/// Forget the transaction.
pub const SFO_CANCEL_DESTROY: u32 = 3;

/// A final response was the answer, whatever its class: sip_status.
pub const SFO_DONE_ANSWERED: u32 = 1;
/// No server gave a final response: cause, outcomes.
pub const SFO_DONE_FAILED: u32 = 2;
/// Its account was stopped or removed, or new settings took effect (SFO_CAUSE_CONFIGURATION: start it again).
pub const SFO_DONE_STOPPED: u32 = 3;
/// The engine is being freed.
pub const SFO_DONE_RELEASED: u32 = 4;

/// The registration with `server` is in another state, or held by another target (`to`).
pub const SFO_EVENT_REGISTRATION: u32 = 1;
/// Another target than before has answered: `from`, `to`, `cause`. Where the next request starts depends on the failback
/// mode: in mode newRequests at the primary.
pub const SFO_EVENT_CURRENT_TARGET: u32 = 2;
/// Server 2 has taken over.
pub const SFO_EVENT_FALLBACK_ENTERED: u32 = 3;
/// Server 1 has taken over again.
pub const SFO_EVENT_FALLBACK_LEFT: u32 = 4;
/// A registration walk found no server, and no registration is left; the account keeps trying.
pub const SFO_EVENT_ALL_FAILED: u32 = 5;
/// A configured name leads to no address; the account keeps trying.
pub const SFO_EVENT_RESOLUTION_FAILED: u32 = 6;
/// The account has stopped, after sfo_account_stop() or because it was removed from the configuration.
pub const SFO_EVENT_STOPPED: u32 = 7;
/// A function that only server 1 offers is not available now.
pub const SFO_EVENT_REDUCED_SERVICE: u32 = 8;
/// The account is at a backup (`from`), and it is time to return to the primary (`to`), by failback_mode 1, 2 or 3.
pub const SFO_EVENT_FAILBACK_DUE: u32 = 9;
/// The return waits until no call is up or being set up; see sfo_account_set_busy().
pub const SFO_EVENT_FAILBACK_DEFERRED: u32 = 10;
/// The account is back at the primary (`to`).
pub const SFO_EVENT_FAILBACK_DONE: u32 = 11;
/// The registration moved to another IP address (from the address `from` to the target `to`) and
/// failback_subscribe.enable is 1: SUBSCRIBE again at once, so that lamps, shared lines and message waiting follow.
pub const SFO_EVENT_RESUBSCRIBE: u32 = 12;
/// The server (`from`) that has the subscriptions failed, and the account goes on at another address without
/// SFO_EVENT_RESUBSCRIBE: what lamps, shared lines and message waiting show may be old until the subscriptions are renewed.
pub const SFO_EVENT_SUBSCRIPTIONS_AFFECTED: u32 = 13;
/// The configuration that the engine was made from, or that sfo_engine_reconfigure() brought, has a line that is wrong, was
/// corrected or has no effect: what sfo_config_diagnostic() has to say about it, one event each (the first 16, and one
/// that counts the others). For sfo_engine_new() it comes with the next call that may run callbacks. account and server
/// are 0 where it is about none.
pub const SFO_EVENT_CONFIGURATION: u32 = 14;

/// sfo_post_attempt_provisional().
pub const SFO_POSTED_PROVISIONAL: u32 = 1;
/// sfo_post_attempt_response().
pub const SFO_POSTED_RESPONSE: u32 = 2;
/// sfo_post_attempt_failed().
pub const SFO_POSTED_FAILED: u32 = 3;
/// sfo_post_request_start().
pub const SFO_POSTED_REQUEST_START: u32 = 4;
/// sfo_post_request_cancel().
pub const SFO_POSTED_REQUEST_CANCEL: u32 = 5;
/// sfo_post_set_busy().
pub const SFO_POSTED_BUSY: u32 = 6;
/// sfo_post_account_start().
pub const SFO_POSTED_ACCOUNT_START: u32 = 7;
/// sfo_post_account_stop().
pub const SFO_POSTED_ACCOUNT_STOP: u32 = 8;
/// sfo_post_dialog_open().
pub const SFO_POSTED_DIALOG_OPEN: u32 = 9;
/// sfo_post_dialog_close().
pub const SFO_POSTED_DIALOG_CLOSE: u32 = 10;
/// sfo_post_flow_lost().
pub const SFO_POSTED_FLOW_LOST: u32 = 11;
/// sfo_post_heard_from().
pub const SFO_POSTED_HEARD_FROM: u32 = 12;

/// Not registered with this server, and not meant to be.
pub const SFO_REG_OFF: u32 = 0;
/// Not registered yet; the first walk is under way.
pub const SFO_REG_REGISTERING: u32 = 1;
/// Registered.
pub const SFO_REG_REGISTERED: u32 = 2;
/// Registered, but the last refresh failed.
pub const SFO_REG_REFRESH_FAILING: u32 = 3;
/// Not registered; every server failed, and the next walk comes.
pub const SFO_REG_RETRYING: u32 = 4;
/// The registrar refused (403, 404, ...); it is asked again slowly, so that it does not ban the phone.
pub const SFO_REG_REFUSED: u32 = 5;
/// The registration is being removed.
pub const SFO_REG_STOPPING: u32 = 6;

/// Something does not work.
pub const SFO_LOG_ERROR: u32 = 1;
/// Something works worse than it should.
pub const SFO_LOG_WARNING: u32 = 2;
/// Decisions.
pub const SFO_LOG_INFO: u32 = 3;
/// Everything.
pub const SFO_LOG_DEBUG: u32 = 4;

/// sfo_response.flags: the stack has no answer to this 401 or 407, so it is final.
pub const SFO_RESPONSE_FINAL: u32 = 1;

/// The line was ignored; the previous or default value stays.
pub const SFO_SEVERITY_ERROR: u32 = 1;
/// The value was changed, or has no effect: it is not used, or there is no such key.
pub const SFO_SEVERITY_WARNING: u32 = 2;

/// A text of minimum to maximum characters.
pub const SFO_TYPE_TEXT: u32 = 1;
/// An integer from minimum to maximum.
pub const SFO_TYPE_INTEGER: u32 = 2;
/// 0 or 1.
pub const SFO_TYPE_SWITCH: u32 = 3;
/// An IP address or a domain name.
pub const SFO_TYPE_HOST: u32 = 4;
/// An IP address.
pub const SFO_TYPE_IP: u32 = 5;
/// A domain name.
pub const SFO_TYPE_NAME: u32 = 6;
/// A comma-separated list of response codes, as `failover_codes` takes it.
pub const SFO_TYPE_CODES: u32 = 7;
/// A text that should not be shown.
pub const SFO_TYPE_SECRET: u32 = 8;

/// The network is up, after it was down.
pub const SFO_LINK_UP: u32 = 1;
/// The device's own address changed.
pub const SFO_LINK_CHANGED: u32 = 2;
/// The network is down: nothing can be sent.
pub const SFO_LINK_DOWN: u32 = 3;

/// An emergency call: waits for nothing that can be helped. See sfo_request_start().
pub const SFO_REQUEST_URGENT: u32 = 1;
/// The request belongs to the dialog sfo_request.dialog. See sfo_request_start().
pub const SFO_REQUEST_IN_DIALOG: u32 = 2;

/// sfo_engine_set_families(): IPv4 has a route.
pub const SFO_FAMILY_IPV4: u32 = 1;
/// sfo_engine_set_families(): IPv6 has a route.
pub const SFO_FAMILY_IPV6: u32 = 2;

/// Lines for people.
pub const SFO_FORMAT_TEXT: u32 = 1;
/// JSON (RFC 8259): one object; for a list, one object per line.
pub const SFO_FORMAT_JSON: u32 = 2;
/// A message ladder in characters: one lane for each target. For sfo_engine_trace().
pub const SFO_FORMAT_LADDER: u32 = 3;

/// The descriptor is to be watched for input.
pub const SFO_DNS_READABLE: u32 = 1;
/// The descriptor is to be watched for room for output.
pub const SFO_DNS_WRITABLE: u32 = 2;
