/* sipfailover.h - SIP server redundancy for IP-phone firmware.
 *
 * THE MODEL    You feed inputs (sfo_engine_..., sfo_account_..., sfo_request_..., sfo_attempt_...); the library answers
 *              with callbacks: send this request to that server, call me at that moment, this happened. It owns no
 *              thread, no clock and no SIP socket, and never blocks.
 * ONE ROUND    sfo_request_start() -> send_sip -> sfo_attempt_response() -> request_done. If the server is silent, the
 *              timer fires instead: cancel_sip, then send_sip again, to the next server. REGISTER requests start by
 *              themselves after sfo_account_start().
 * TIME         Every input takes now_ms: any monotonic 64-bit millisecond counter of yours that also counts suspend
 *              (CLOCK_BOOTTIME). If it steps back, deadlines come late by that step; a jump back of more than an hour
 *              moves them along. A 32-bit tick is widened by sfo_tick_extend().
 * DNS          No DNS server is known until you name one (sfo_engine_set_dns_servers(), sfo_dns_io_use_resolv_conf(), or
 *              static.network.primary_dns in the configuration). Numeric addresses and static records need none.
 * CALLBACKS    Run only inside one of your calls, on your thread, when the library has finished its work for that call:
 *              getters show the new state. You may call anything marked "From callbacks: yes". Callbacks never nest: what
 *              a call from a callback causes runs after the callback has returned, in order. set_timer comes last.
 * THREADS      One call at a time per engine. A second thread is refused with SFO_ERR_BUSY, never blocked (functions that
 *              return a count or a length return 0 then). Engines are independent. A configuration belongs to one thread
 *              at a time. Other threads of the stack use sfo_post_...: these put an input into the engine's inbox, wait for
 *              nobody, and call `wake`; the engine's thread then calls sfo_engine_process(). What one thread posts is
 *              taken in its order. docs/calls.md lists every function.
 *              sfo_engine_free() belongs to the thread that uses the engine. No sfo_post_... may be running when it is called
 *              (from a callback: when the outermost call returns), and none may begin afterwards: stop and join your
 *              workers before, or take the pointer away from them under a lock of yours.
 * OWNERSHIP    sfo_..._new() gives you an object, sfo_..._free() takes it back, once. What you pass in is copied; pointers
 *              you get in a callback die when it returns. Everything else is an id; ids of requests, attempts and dialogs are never
 *              reused, 0 is none, and a stale one yields SFO_ERR_NOT_FOUND. The id of an attempt stays known for 64*T1
 *              (32 s) after its end, so that late answers find it.
 * ERRORS       A programming mistake is a status (negative) of the call. An event of the world is a cause (SFO_CAUSE_...)
 *              in a callback. Never both. errno is left as it was.
 * FAULTS       A mistake of the library itself is caught: that engine then answers SFO_ERR_FAULT to everything, says where
 *              it was in one line of the log, and waits for sfo_engine_free(). Other engines go on. Nothing is printed.
 * MEMORY       Comes from malloc() and free() of the process. Every table is bounded, and so is what a caller can ask for.
 *              If malloc() fails nevertheless, Rust's standard library writes some lines to standard error and calls abort():
 *              this cannot be caught. On a device where memory may run out, measure the engine under load and reserve that much.
 * STRUCTS      Begin with struct_size = sizeof of the struct as you know it; the ..._INIT macros do that. Shorter and
 *              longer structs of other versions are accepted. (Elements of arrays, sfo_outcome and sfo_dns_fd, have none and
 *              never change.) Numbers that you do not know may come in callbacks: treat them as "something else".
 * WORDS        server: one of the two that an account has (with an outbound proxy: one of the two proxies). target: one
 *              address, port and transport of a server, as DNS lists them; the first is the primary, the others are its
 *              backups. request: what you want delivered. attempt: one SIP transaction of it, to one target. walk: the
 *              attempts of one request, target after target. current server: the one of the two that requests begin at.
 *              budget: the time an attempt may take until the next target is tried.
 *
 * Standards: RFC 3261 (SIP), RFC 3263 (locating servers), RFC 2782 (SRV), RFC 3403 (NAPTR), RFC 5626 (pauses).
 * The keys and modes are those of the server redundancy guide for Yealink IP phones.
 *
 * Generated from the Rust source: do not edit.
 */

#ifndef SIPFAILOVER_H
#define SIPFAILOVER_H

#include <stddef.h>
#include <stdint.h>

/* The version of this header; sfo_version() tells that of the library. */
#define SFO_VERSION_MAJOR 0
#define SFO_VERSION_MINOR 1
#define SFO_VERSION_PATCH 0
#define SFO_VERSION_NUMBER ((SFO_VERSION_MAJOR << 16) | (SFO_VERSION_MINOR << 8) | SFO_VERSION_PATCH)

/* The call did what it should. */
#define SFO_OK 0

/* The report was taken, but its attempt had been left: end what it set up (CANCEL an INVITE, ACK and BYE a call). */
#define SFO_LATE 1

/* A pointer is NULL, a size too small, a number out of range, or a flag unknown. */
#define SFO_ERR_INVALID (-1)
/* There is no such account, request, attempt, key or file descriptor (any more). */
#define SFO_ERR_NOT_FOUND (-2)
/* Another thread is inside a call on the same engine. */
#define SFO_ERR_BUSY (-3)
/* A bounded table is full. */
#define SFO_ERR_LIMIT (-4)
/* A configuration value was refused; sfo_config_last_error() says what was expected. */
#define SFO_ERR_CONFIG (-5)
/* Not possible now: the account is not running, or the engine is being freed. */
#define SFO_ERR_STATE (-6)
/* An internal fault was caught; only sfo_engine_free() works on this engine from now on. */
#define SFO_ERR_FAULT (-7)
/* A file could not be read. */
#define SFO_ERR_IO (-8)
/* The bytes are no snapshot of this version, or damaged. */
#define SFO_ERR_DATA (-9)

/* Version of the binary interface: raised when existing programs have to be compiled again. */
#define SFO_ABI_VERSION 0u

/* A moment that never comes. */
#define SFO_TIME_NEVER ((uint64_t)-1)

/* A number that is not there, such as the Retry-After of a response without that header. */
#define SFO_ABSENT 0xffffffffu

/* UDP. */
#define SFO_TRANSPORT_UDP 1u
/* TCP. */
#define SFO_TRANSPORT_TCP 2u
/* TLS over TCP. */
#define SFO_TRANSPORT_TLS 4u
/* SCTP: only where sfo_options.transports names it. */
#define SFO_TRANSPORT_SCTP 8u

/* REGISTER. Appears in callbacks only: the library starts registrations itself. */
#define SFO_METHOD_REGISTER 1u
/* INVITE. */
#define SFO_METHOD_INVITE 2u
/* SUBSCRIBE. */
#define SFO_METHOD_SUBSCRIBE 3u
/* PUBLISH. */
#define SFO_METHOD_PUBLISH 4u
/* OPTIONS. */
#define SFO_METHOD_OPTIONS 5u
/* MESSAGE. */
#define SFO_METHOD_MESSAGE 6u
/* REFER. */
#define SFO_METHOD_REFER 7u
/* NOTIFY. */
#define SFO_METHOD_NOTIFY 8u
/* INFO. */
#define SFO_METHOD_INFO 9u
/* Any other method (BYE, UPDATE, PRACK, ...); the firmware knows which. */
#define SFO_METHOD_OTHER 10u

/* No particular reason. */
#define SFO_CAUSE_NONE 0u
/* No response within the budget of the attempt. */
#define SFO_CAUSE_TIMEOUT 1u
/* ICMP: host or port unreachable. */
#define SFO_CAUSE_UNREACHABLE 2u
/* TCP or TLS: no connection could be made. */
#define SFO_CAUSE_CONNECT 3u
/* The TLS handshake or the check of the certificate failed. */
#define SFO_CAUSE_TLS 4u
/* The connection was lost before a response came. */
#define SFO_CAUSE_CONNECTION_LOST 5u
/* The stack could not send. */
#define SFO_CAUSE_SEND 6u
/* The fault is on this device (no route, network down): no server is blamed. */
#define SFO_CAUSE_LOCAL 7u
/* A final SIP response; sip_status beside it says which. */
#define SFO_CAUSE_RESPONSE 8u
/* The configured name leads to no address. */
#define SFO_CAUSE_RESOLUTION 9u
/* Every server that could be asked has failed. Reserved: a failed request tells the cause of its last attempt. */
#define SFO_CAUSE_ALL_FAILED 10u
/* There is no registration that the request could have used. */
#define SFO_CAUSE_NOT_REGISTERED 11u
/* The lifetime of the registration ended without a renewal. */
#define SFO_CAUSE_EXPIRED 12u
/* The better server answers again. */
#define SFO_CAUSE_RECOVERED 13u
/* The account was stopped or removed. */
#define SFO_CAUSE_STOPPED 14u
/* The configuration changed. */
#define SFO_CAUSE_CONFIGURATION 15u
/* The network or the device's own address changed. */
#define SFO_CAUSE_NETWORK 16u
/* Another request of the account found the server failed. */
#define SFO_CAUSE_OTHER_REQUEST 17u
/* The engine is being freed. */
#define SFO_CAUSE_RELEASED 18u
/* The firmware withdrew the request. */
#define SFO_CAUSE_CANCELLED 19u
/* Another server was quicker to answer an urgent request. */
#define SFO_CAUSE_ANSWERED_ELSEWHERE 20u

/* An attempt of a request of the firmware. */
#define SFO_PURPOSE_REQUEST 1u
/* A registration, or its refresh. */
#define SFO_PURPOSE_REGISTER 2u
/* A REGISTER or OPTIONS that finds out whether a server is back. Build it like any other. */
#define SFO_PURPOSE_PROBE 3u
/* A REGISTER with Expires 0 that removes a binding. */
#define SFO_PURPOSE_UNREGISTER 4u

/* Stop retransmitting, but stay ready for answers until 32 s (64*T1) after the first send, and report them: they are
 * answered by SFO_LATE. No CANCEL now: RFC 3261 section 9.1 forbids it before a 1xx has come.
 */
#define SFO_CANCEL_STOP 1u
/* A 1xx has come: send a CANCEL. */
#define SFO_CANCEL_CANCEL 2u
/* Forget the transaction. */
#define SFO_CANCEL_DESTROY 3u

/* A final response was the answer, whatever its class: sip_status. */
#define SFO_DONE_ANSWERED 1u
/* No server gave a final response: cause, outcomes. */
#define SFO_DONE_FAILED 2u
/* Its account was stopped or removed, or new settings took effect (SFO_CAUSE_CONFIGURATION: start it again). */
#define SFO_DONE_STOPPED 3u
/* The engine is being freed. */
#define SFO_DONE_RELEASED 4u

/* The registration with `server` is in another state, or held by another target (`to`). */
#define SFO_EVENT_REGISTRATION 1u
/* Another target than before has answered: `from`, `to`, `cause`. Where the next request starts depends on the failback
 * mode: in mode newRequests at the primary.
 */
#define SFO_EVENT_CURRENT_TARGET 2u
/* Server 2 has taken over. */
#define SFO_EVENT_FALLBACK_ENTERED 3u
/* Server 1 has taken over again. */
#define SFO_EVENT_FALLBACK_LEFT 4u
/* A registration walk found no server, and no registration is left; the account keeps trying. */
#define SFO_EVENT_ALL_FAILED 5u
/* A configured name leads to no address; the account keeps trying. */
#define SFO_EVENT_RESOLUTION_FAILED 6u
/* The account has stopped, after sfo_account_stop() or because it was removed from the configuration. */
#define SFO_EVENT_STOPPED 7u
/* A function that only server 1 offers is not available now. */
#define SFO_EVENT_REDUCED_SERVICE 8u
/* The account is at a backup (`from`), and it is time to return to the primary (`to`), by failback_mode 1, 2 or 3. */
#define SFO_EVENT_FAILBACK_DUE 9u
/* The return waits until no call is up or being set up; see sfo_account_set_busy(). */
#define SFO_EVENT_FAILBACK_DEFERRED 10u
/* The account is back at the primary (`to`). */
#define SFO_EVENT_FAILBACK_DONE 11u
/* The registration moved to another IP address (from the address `from` to the target `to`) and
 * failback_subscribe.enable is 1: SUBSCRIBE again at once, so that lamps, shared lines and message waiting follow.
 */
#define SFO_EVENT_RESUBSCRIBE 12u
/* The server (`from`) that has the subscriptions failed, and the account goes on at another address without
 * SFO_EVENT_RESUBSCRIBE: what lamps, shared lines and message waiting show may be old until the subscriptions are renewed.
 */
#define SFO_EVENT_SUBSCRIPTIONS_AFFECTED 13u
/* The configuration that the engine was made from, or that sfo_engine_reconfigure() brought, has a line that is wrong, was
 * corrected or has no effect: what sfo_config_diagnostic() has to say about it, one event each (the first 16, and one
 * that counts the others). For sfo_engine_new() it comes with the next call that may run callbacks. account and server
 * are 0 where it is about none.
 */
#define SFO_EVENT_CONFIGURATION 14u

/* sfo_post_attempt_provisional(). */
#define SFO_POSTED_PROVISIONAL 1u
/* sfo_post_attempt_response(). */
#define SFO_POSTED_RESPONSE 2u
/* sfo_post_attempt_failed(). */
#define SFO_POSTED_FAILED 3u
/* sfo_post_request_start(). */
#define SFO_POSTED_REQUEST_START 4u
/* sfo_post_request_cancel(). */
#define SFO_POSTED_REQUEST_CANCEL 5u
/* sfo_post_set_busy(). */
#define SFO_POSTED_BUSY 6u
/* sfo_post_account_start(). */
#define SFO_POSTED_ACCOUNT_START 7u
/* sfo_post_account_stop(). */
#define SFO_POSTED_ACCOUNT_STOP 8u
/* sfo_post_dialog_open(). */
#define SFO_POSTED_DIALOG_OPEN 9u
/* sfo_post_dialog_close(). */
#define SFO_POSTED_DIALOG_CLOSE 10u
/* sfo_post_flow_lost(). */
#define SFO_POSTED_FLOW_LOST 11u
/* sfo_post_heard_from(). */
#define SFO_POSTED_HEARD_FROM 12u

/* Not registered with this server, and not meant to be. */
#define SFO_REG_OFF 0u
/* Not registered yet; the first walk is under way. */
#define SFO_REG_REGISTERING 1u
/* Registered. */
#define SFO_REG_REGISTERED 2u
/* Registered, but the last refresh failed. */
#define SFO_REG_REFRESH_FAILING 3u
/* Not registered; every server failed, and the next walk comes. */
#define SFO_REG_RETRYING 4u
/* The registrar refused (403, 404, ...); it is asked again slowly, so that it does not ban the phone. */
#define SFO_REG_REFUSED 5u
/* The registration is being removed. */
#define SFO_REG_STOPPING 6u

/* Something does not work. */
#define SFO_LOG_ERROR 1u
/* Something works worse than it should. */
#define SFO_LOG_WARNING 2u
/* Decisions. */
#define SFO_LOG_INFO 3u
/* Everything. */
#define SFO_LOG_DEBUG 4u

/* sfo_response.flags: the stack has no answer to this 401 or 407, so it is final. */
#define SFO_RESPONSE_FINAL 1u

/* The line was ignored; the previous or default value stays. */
#define SFO_SEVERITY_ERROR 1u
/* The value was changed, or has no effect: it is not used, or there is no such key. */
#define SFO_SEVERITY_WARNING 2u

/* A text of minimum to maximum characters. */
#define SFO_TYPE_TEXT 1u
/* An integer from minimum to maximum. */
#define SFO_TYPE_INTEGER 2u
/* 0 or 1. */
#define SFO_TYPE_SWITCH 3u
/* An IP address or a domain name. */
#define SFO_TYPE_HOST 4u
/* An IP address. */
#define SFO_TYPE_IP 5u
/* A domain name. */
#define SFO_TYPE_NAME 6u
/* A comma-separated list of response codes, as `failover_codes` takes it. */
#define SFO_TYPE_CODES 7u
/* A text that should not be shown. */
#define SFO_TYPE_SECRET 8u

/* The network is up, after it was down. */
#define SFO_LINK_UP 1u
/* The device's own address changed. */
#define SFO_LINK_CHANGED 2u
/* The network is down: nothing can be sent. */
#define SFO_LINK_DOWN 3u

/* An emergency call: waits for nothing that can be helped. See sfo_request_start(). */
#define SFO_REQUEST_URGENT 1u
/* The request belongs to the dialog sfo_request.dialog. See sfo_request_start(). */
#define SFO_REQUEST_IN_DIALOG 2u

/* sfo_engine_set_families(): IPv4 has a route. */
#define SFO_FAMILY_IPV4 1u
/* sfo_engine_set_families(): IPv6 has a route. */
#define SFO_FAMILY_IPV6 2u

/* Lines for people. */
#define SFO_FORMAT_TEXT 1u
/* JSON (RFC 8259): one object; for a list, one object per line. */
#define SFO_FORMAT_JSON 2u
/* A message ladder in characters: one lane for each target. For sfo_engine_trace(). */
#define SFO_FORMAT_LADDER 3u

/* The descriptor is to be watched for input. */
#define SFO_DNS_READABLE 1u
/* The descriptor is to be watched for room for output. */
#define SFO_DNS_WRITABLE 2u

/* Settings under construction: what provisioning files say, line by line or key by key. Made by sfo_config_new(),
 * released by sfo_config_free(). Belongs to one thread at a time; an engine copies what it needs.
 */
typedef struct sfo_config sfo_config;

/* Running instance: all accounts of a device. Made by sfo_engine_new(), released by sfo_engine_free(). */
typedef struct sfo_engine sfo_engine;

/* Result of a call: SFO_OK, a positive remark, or a negative error. New values may be added. */
typedef int32_t sfo_status;

/* What loading a configuration has to say about one line. */
typedef struct sfo_diagnostic {
  /* sizeof(sfo_diagnostic) as you were compiled; set it before the call. */
  size_t struct_size;
  /* Line in the text, from 1; 0 if it is about no line. */
  uint32_t line;
  /* SFO_SEVERITY_... */
  uint32_t severity;
  /* The key as written, or "". Lives until the configuration changes, like the others. */
  const char *key;
  /* The value as written, "***" for a password, or "". */
  const char *value;
  /* What was expected, in one sentence of plain English. */
  const char *text;
} sfo_diagnostic;

/* What there is to know about one provisioning key: enough to make a settings page of a firmware from. */
typedef struct sfo_key_info {
  /* sizeof(sfo_key_info) as you were compiled; set it before the call. */
  size_t struct_size;
  /* SFO_TYPE_... */
  uint32_t value_type;
  /* Smallest integer, or shortest text in characters. */
  int64_t minimum;
  /* Largest integer, or longest text in characters. */
  int64_t maximum;
  /* The key, with X for the account, Y for the server (1..2), N for the static record (1..12). */
  const char *name;
  /* The default as text; "" = not set. */
  const char *default_text;
  /* The unit; "" = none. */
  const char *unit;
  /* The meaning in one line. */
  const char *help;
  /* Phone firmware versions that know the key, in the vendor guide's words; "" = all. */
  const char *since;
} sfo_key_info;

/* Options of an engine. Begin with SFO_OPTIONS_INIT. */
typedef struct sfo_options {
  /* sizeof(sfo_options) as you were compiled. */
  size_t struct_size;
  /* T1 of RFC 3261 as your stack uses it, ms, 50..5000. Default 500. */
  uint32_t t1_ms;
  /* The first REGISTER of each account is spread over this time, seconds, 0..3600. Default 0. */
  uint32_t startup_window_s;
  /* 0 or 1: random spread of timers, so that a fleet does not act in step. Default 1. */
  uint32_t jitter;
  /* How long a walk waits for DNS before it uses the targets known before, ms, 0..60000. Default 1800. */
  uint32_t dns_wait_ms;
  /* Answers kept in the DNS cache, 16..65536. Default 256. */
  uint32_t cache_entries;
  /* SFO_TRANSPORT_... bits: what your stack supports. Default UDP, TCP and TLS. */
  uint32_t transports;
  /* Most verbose SFO_LOG_... level you want to see. Default SFO_LOG_INFO. */
  uint32_t log_level;
  /* Unpredictable bytes, from getrandom() or the device's generator: DNS ids, load balance and jitter come from
   * them. The same seed, configuration and calls give the same callbacks.
   */
  uint8_t seed[32];
  /* How long after their end DNS records may serve while no DNS server answers, seconds, 0..31536000 (RFC 8767). 0: not
   * at all. Default 86400.
   */
  uint32_t stale_limit_s;
  /* Probes in a row, 30 s apart, that the primary must answer before an account returns to it, 1..100. Default 1. Acts
   * only with the key failback_probe = 1 or 2.
   */
  uint32_t failback_successes;
  /* An account that left the primary stays at the backup at least this long, seconds, 0..86400, whatever its failback_mode
   * says; unless the backup fails. Default 0. Against a primary that comes and goes.
   */
  uint32_t failback_min_stay_s;
  /* Facts that sfo_engine_trace() can tell about, 0..65536. 0: none. Default 512. Each takes 72 bytes, from
   * sfo_engine_new() on.
   */
  uint32_t trace_entries;
} sfo_options;

/* One attempt, as the send_sip callback gets it. All pointers die when the callback returns; none is NULL. */
typedef struct sfo_send {
  /* sizeof(sfo_send) as the library was compiled. Fields behind your own sizeof are unknown to you: ignore them. */
  size_t struct_size;
  /* The request. Never reused. */
  uint64_t request;
  /* The attempt: report with this. Never reused. */
  uint64_t attempt;
  /* The token of sfo_request_start(); 0 for REGISTER. */
  uint64_t user_token;
  /* REGISTER: keep one Call-ID and one CSeq sequence per value, so that two registrations never mix. The same for all
   * attempts to one server of one account; of no meaning for other methods.
   */
  uint64_t binding_key;
  /* The account: X of its keys. */
  uint32_t account;
  /* Server (with an outbound proxy: proxy) 1 or 2. */
  uint32_t server;
  /* SFO_METHOD_... */
  uint32_t method;
  /* SFO_PURPOSE_... */
  uint32_t purpose;
  /* SFO_TRANSPORT_... */
  uint32_t transport;
  /* 4 or 6. */
  uint32_t family;
  /* 1..65535. */
  uint32_t port;
  /* The address in network byte order: the first 4 bytes for family 4, all 16 for family 6. */
  uint8_t address[16];
  /* UDP: send the request again at most this often, by RFC 3261 timers A and E. TCP and TLS: never send it again. */
  uint32_t retransmissions;
  /* The library gives up after this many milliseconds without a response; the stack needs no timer B or F of its own.
   * With T1 = 500 ms and N configured retries: INVITE 1.5, 3.5, 7.5, 15.5, 31.5 s for N = 1..5, other requests 1, 1.5, 3.5,
   * 7.5, 11.5, ... s for N = 0..4 and so on; with another T1 in proportion; never less than 1 s, over TCP and TLS than 4 s;
   * 64*T1 for the last target that is left.
   */
  uint32_t budget_ms;
  /* 1 for the first attempt of the request. */
  uint32_t ordinal;
  /* REGISTER: the lifetime to request, seconds; 0 removes the binding. */
  uint32_t expires_s;
  /* 1: put `route` into the message as a Route header (outbound proxy). 0: the address is only the next hop. */
  uint32_t route_on_wire;
  /* "REGISTER", "INVITE", ...; "OTHER" where only the firmware knows. */
  const char *method_name;
  /* "192.0.2.1", "2001:db8::1". */
  const char *address_text;
  /* "192.0.2.1:5060/udp", "[2001:db8::1]:5061/tls". */
  const char *target_text;
  /* "<sip:192.0.2.1:5060;transport=udp;lr>". */
  const char *route;
  /* The name to verify in TLS, and the SNI: the configured host (RFC 5922), never the address. */
  const char *tls_name;
  /* The host that the address belongs to in DNS. For information only. */
  const char *srv_target;
  /* The host of the request URI of a REGISTER: the configured SIP server. */
  const char *registrar;
} sfo_send;

/* A DNS query, as the dns_send callback gets it. The pointer dies when the callback returns. */
typedef struct sfo_dns_query {
  /* sizeof(sfo_dns_query) as the library was compiled. */
  size_t struct_size;
  /* The query: the same for every try. Use one UDP source port per value, at random, and a new TCP connection for
   * every call.
   */
  uint64_t query;
  /* Position of the server in the list given to sfo_engine_set_dns_servers() (or in the configuration), from 0. */
  uint32_t server_index;
  /* Bytes at `data`. */
  uint32_t length;
  /* The message, as it goes into a datagram. */
  const uint8_t *data;
  /* SFO_TRANSPORT_UDP or SFO_TRANSPORT_TCP (a datagram was too small for the answer, or sip.dns_transport_type is 1).
   * Over TCP you connect, send the two bytes of length before the message (RFC 1035 section 4.2.2), and take them off
   * the answer. Close the connection when a message has come, after the query timeout, or with the next call for this
   * query and server. Without TCP, return 1: the next server is asked. If the connection is refused, reset, or closed
   * before a message came, say so by sfo_engine_dns_failed().
   */
  uint32_t transport;
} sfo_dns_query;

/* An attempt that was left, as the cancel_sip callback gets it. */
typedef struct sfo_cancel {
  /* sizeof(sfo_cancel) as the library was compiled. */
  size_t struct_size;
  /* The request. */
  uint64_t request;
  /* The attempt. */
  uint64_t attempt;
  /* The token of sfo_request_start(); 0 for REGISTER. */
  uint64_t user_token;
  /* The account. */
  uint32_t account;
  /* Server 1 or 2. */
  uint32_t server;
  /* SFO_METHOD_... */
  uint32_t method;
  /* SFO_CANCEL_...: what to do with the transaction. */
  uint32_t mode;
  /* SFO_CAUSE_...: why it was left. */
  uint32_t cause;
  /* The response, if the cause is one; else 0. */
  uint32_t sip_status;
  /* "192.0.2.1:5060/udp". Dies when the callback returns; not NULL. */
  const char *target_text;
} sfo_cancel;

/* One attempt that failed on the way. */
typedef struct sfo_outcome {
  /* Server 1 or 2. */
  uint32_t server;
  /* SFO_CAUSE_... */
  uint32_t cause;
  /* The response, if the cause is one; else 0. */
  uint32_t sip_status;
  /* "192.0.2.1:5060/udp". */
  const char *target_text;
} sfo_outcome;

/* The end of a request, as the request_done callback gets it. All pointers die when the callback returns. */
typedef struct sfo_done {
  /* sizeof(sfo_done) as the library was compiled. */
  size_t struct_size;
  /* The request; the id is not valid any more. */
  uint64_t request;
  /* The attempt that was answered, or failed last; 0 if there was none. */
  uint64_t attempt;
  /* The token of sfo_request_start(). */
  uint64_t user_token;
  /* The account. */
  uint32_t account;
  /* SFO_METHOD_... */
  uint32_t method;
  /* SFO_DONE_... */
  uint32_t result;
  /* SFO_DONE_FAILED: why the last server failed. SFO_DONE_ANSWERED: SFO_CAUSE_RESPONSE. */
  uint32_t cause;
  /* The response, if the cause is one; else 0. */
  uint32_t sip_status;
  /* Number of `outcomes`. */
  uint32_t outcome_count;
  /* The attempts that failed, in order. Not NULL. */
  const struct sfo_outcome *outcomes;
} sfo_done;

/* Something happened, as the event callback gets it. All pointers die when the callback returns; none is NULL. */
typedef struct sfo_event {
  /* sizeof(sfo_event) as the library was compiled. */
  size_t struct_size;
  /* When, on your clock. */
  uint64_t at_ms;
  /* SFO_EVENT_... Kinds you do not know may come: ignore them. */
  uint32_t kind;
  /* The account; 0 in SFO_EVENT_CONFIGURATION where it is about none. */
  uint32_t account;
  /* Server 1 or 2; 0 in SFO_EVENT_CONFIGURATION. */
  uint32_t server;
  /* SFO_REG_...: state of the registration with that server. */
  uint32_t state;
  /* SFO_CAUSE_... */
  uint32_t cause;
  /* The response, if the cause is one; else 0. */
  uint32_t sip_status;
  /* The former target; "" where there is none. */
  const char *from;
  /* The new target; "" where there is none. */
  const char *to;
  /* The event in one sentence of plain English. */
  const char *text;
} sfo_event;

/* What came of a posted input, as the posted callback gets it. */
typedef struct sfo_posted {
  /* sizeof(sfo_posted) as the library was compiled. */
  size_t struct_size;
  /* The request: SFO_POSTED_REQUEST_START tells its id, 0 if it was refused. 0 where the input was about no request. */
  uint64_t request;
  /* The attempt; 0 where the input was about none. */
  uint64_t attempt;
  /* SFO_POSTED_REQUEST_START and SFO_POSTED_DIALOG_OPEN: your token. Else 0. */
  uint64_t user_token;
  /* SFO_POSTED_...: which input. Kinds you do not know may come: ignore them. */
  uint32_t kind;
  /* The account; 0 where the input was about none. */
  uint32_t account;
  /* What the function without "post" in its name would have returned. */
  sfo_status status;
  /* SFO_POSTED_RESPONSE and SFO_POSTED_PROVISIONAL: the SIP status that was posted, to tell a late 2xx (acknowledge it and
   * end that call) from the rest. Else 0.
   */
  uint32_t sip_status;
  /* The dialog: SFO_POSTED_DIALOG_OPEN tells its id, 0 if it was refused. 0 where the input was about no dialog. */
  uint64_t dialog;
} sfo_posted;

/* What the library calls. Members may be appended in later versions; a shorter table stays valid.
 *
 * Callbacks run only inside one of your calls, on your thread, when the library has finished its own work for that
 * call: getters show the new state. They never nest: what a call from a callback causes runs after the callback has
 * returned, in order. Do not leave a callback by longjmp() or a C++ exception, and do not block in one.
 */
typedef struct sfo_callbacks {
  /* sizeof(sfo_callbacks) as you were compiled. */
  size_t struct_size;
  /* REQUIRED. Send this attempt as a new transaction: new branch; same Call-ID, From tag, CSeq and body for all attempts of
   * a request, so that who gets two of them knows (RFC 3261 section 8.2.2.2); only a REGISTER takes the next CSeq of its
   * binding_key. Report what comes of it: sfo_attempt_provisional(), sfo_attempt_response(),
   * sfo_attempt_failed().
   * Return 0; or, if it could not be sent, one of the causes that sfo_attempt_failed() takes (SFO_CAUSE_LOCAL blames no
   * server), or any other number for SFO_CAUSE_SEND.
   */
  int32_t (*send_sip)(void *user, const struct sfo_send *send);
  /* REQUIRED. Call sfo_engine_handle_timer() at this moment of your clock, instead of at the one set before.
   * SFO_TIME_NEVER: not at all. Comes last, and only when the moment changed; after sfo_engine_handle_timer() always,
   * so that a one-shot timer is enough.
   */
  void (*set_timer)(void *user, uint64_t deadline_ms);
  /* Send a DNS message, and hand answers to sfo_engine_handle_dns(), failures to sfo_engine_dns_failed(). Return 0, or
   * anything else if it could not be sent. NULL: the library uses sockets of its own, see sfo_dns_io_fds().
   */
  int32_t (*dns_send)(void *user, const struct sfo_dns_query *query);
  /* OPTIONAL, without dns_send only, for epoll and its kin: watch this descriptor for these SFO_DNS_... events, level
   * triggered, and no longer for those named before: a TCP connection first waits for room to write, then for the
   * answer. 0: forget the descriptor, it is closed next.
   */
  void (*dns_watch)(void *user, int32_t fd, uint32_t events);
  /* OPTIONAL, but needed by phones that call: without it nothing is ever cancelled. An attempt was left:
   * SFO_CANCEL_... says what to do with its transaction.
   */
  void (*cancel_sip)(void *user, const struct sfo_cancel *cancel);
  /* OPTIONAL. A request has ended: exactly once for each request that you did not cancel. */
  void (*request_done)(void *user, const struct sfo_done *done);
  /* OPTIONAL. Something happened. */
  void (*event)(void *user, const struct sfo_event *event);
  /* OPTIONAL. One line for the log, without a line end. Never contains a password. */
  void (*log)(void *user, uint32_t level, const char *text);
  /* OPTIONAL. The engine is gone: the last callback ever. Release `user` here. */
  void (*destroyed)(void *user);
  /* OPTIONAL, for stacks with several threads: something was posted (sfo_post_...) while nothing new was waiting. Runs
   * on the thread that posts, within its call, and must do nothing but make the engine's thread call
   * sfo_engine_process() soon: write to an eventfd, a pipe or a message queue.
   */
  void (*wake)(void *user);
  /* OPTIONAL, needed by who posts: what came of a posted input. Called for each sfo_post_request_start() and
   * sfo_post_dialog_open(), to tell the id, and for all others whose result was not SFO_OK. Runs like all other callbacks on the engine's thread, before those that
   * the input causes.
   */
  void (*posted)(void *user, const struct sfo_posted *posted);
} sfo_callbacks;

/* What has been counted since sfo_engine_new(). */
typedef struct sfo_counters {
  /* sizeof(sfo_counters) as you were compiled; set it before the call. */
  size_t struct_size;
  /* Attempts started. */
  uint64_t attempts;
  /* Attempts without a response in time. */
  uint64_t failures_timeout;
  /* Attempts that failed below SIP. */
  uint64_t failures_transport;
  /* Attempts answered by a response that means "server unavailable". */
  uint64_t failures_response;
  /* Changes of a current target. */
  uint64_t switches;
  /* DNS queries sent, retries included. */
  uint64_t dns_queries;
  /* DNS answers used. */
  uint64_t dns_answers;
  /* DNS datagrams ignored: malformed, oversized, or answering nothing that was asked (id, source, question). */
  uint64_t dns_ignored;
  /* DNS tries that nobody answered. */
  uint64_t dns_timeouts;
  /* Reports for attempts that had been left. */
  uint64_t late_reports;
  /* Calls whose now_ms lay before that of the call before. */
  uint64_t clock_steps_back;
  /* Requests started by sfo_request_start(). */
  uint64_t requests_started;
  /* Of these, requests that have ended. */
  uint64_t requests_done;
  /* Attempts that a final response ended, whatever it says; those counted in failures_response included. */
  uint64_t answered;
  /* Of the attempts that failed below SIP: SFO_CAUSE_UNREACHABLE. */
  uint64_t failures_unreachable;
  /* SFO_CAUSE_CONNECT. */
  uint64_t failures_connect;
  /* SFO_CAUSE_TLS. */
  uint64_t failures_tls;
  /* SFO_CAUSE_CONNECTION_LOST. */
  uint64_t failures_connection_lost;
  /* SFO_CAUSE_SEND. */
  uint64_t failures_send;
  /* SFO_CAUSE_LOCAL: no server is blamed, and failures_transport does not count them. */
  uint64_t failures_local;
  /* Times that server 2 took over. */
  uint64_t fallbacks_entered;
  /* Times that server 1 took over again. */
  uint64_t fallbacks_left;
  /* Returns to the primary of a domain, in failback modes 1, 2 and 3. */
  uint64_t failbacks;
  /* Of the DNS queries: for A records. */
  uint64_t dns_queries_a;
  /* For AAAA records. */
  uint64_t dns_queries_aaaa;
  /* For SRV records. */
  uint64_t dns_queries_srv;
  /* For NAPTR records. */
  uint64_t dns_queries_naptr;
  /* Of the DNS queries, those over TCP. */
  uint64_t dns_queries_tcp;
  /* DNS tries that brought nothing for another reason than silence: SERVFAIL, REFUSED, unreadable, not sent. */
  uint64_t dns_failures;
  /* Answers that lists of targets took from the DNS cache. */
  uint64_t cache_hits;
  /* Answers that had to make room in the DNS cache. */
  uint64_t cache_evictions;
  /* Sets of static records that lists of targets used. */
  uint64_t static_answers;
  /* Expired answers that lists of targets used while DNS was silent. */
  uint64_t stale_answers;
  /* Facts that have left the trace to make room for others. */
  uint64_t trace_lost;
} sfo_counters;

/* The state of an account. */
typedef struct sfo_account_info {
  /* sizeof(sfo_account_info) as you were compiled; set it before the call. */
  size_t struct_size;
  /* 1 from sfo_account_start() to sfo_account_stop(), else 0. */
  uint32_t started;
  /* The server that requests go to now: 1 or 2. */
  uint32_t current_server;
  /* SFO_REG_... of server 1 and server 2. */
  uint32_t state[2];
  /* SFO_CAUSE_... of that state. */
  uint32_t cause[2];
  /* When the registration with that server ends, on your clock; SFO_TIME_NEVER without one. */
  uint64_t expires_at_ms[2];
} sfo_account_info;

/* A target. */
typedef struct sfo_target {
  /* sizeof(sfo_target) as you were compiled; set it before the call. */
  size_t struct_size;
  /* Server 1 or 2. */
  uint32_t server;
  /* SFO_TRANSPORT_... */
  uint32_t transport;
  /* 4 or 6. */
  uint32_t family;
  /* 1..65535. */
  uint32_t port;
  /* In network byte order, see sfo_send.address. */
  uint8_t address[16];
  /* "192.0.2.1:5060/udp", NUL-terminated. */
  char text[80];
} sfo_target;

/* A request to route. Begin with SFO_REQUEST_INIT. */
typedef struct sfo_request {
  /* sizeof(sfo_request) as you were compiled. */
  size_t struct_size;
  /* The account. */
  uint32_t account;
  /* SFO_METHOD_..., except REGISTER. */
  uint32_t method;
  /* SFO_REQUEST_URGENT, SFO_REQUEST_IN_DIALOG, or 0. */
  uint32_t flags;
  /* Yours: handed back in every callback about the request. */
  uint64_t user_token;
  /* With SFO_REQUEST_IN_DIALOG: the dialog, of sfo_dialog_open(). Else 0. */
  uint64_t dialog;
} sfo_request;

/* A final response. Begin with SFO_RESPONSE_INIT. */
typedef struct sfo_response {
  /* sizeof(sfo_response) as you were compiled. */
  size_t struct_size;
  /* 200..699. */
  uint32_t status;
  /* The Retry-After header, seconds, or SFO_ABSENT. */
  uint32_t retry_after_s;
  /* 2xx to REGISTER: the `expires` of your own Contact, else the Expires header, seconds, or SFO_ABSENT. More than was asked
   * for counts as what was asked for.
   */
  uint32_t granted_expires_s;
  /* 423: the Min-Expires header, seconds, or SFO_ABSENT. */
  uint32_t min_expires_s;
  /* SFO_RESPONSE_FINAL, or 0. */
  uint32_t flags;
} sfo_response;

/* How a dialog began. Begin with SFO_DIALOG_INIT, and set attempt or source_text. */
typedef struct sfo_dialog {
  /* sizeof(sfo_dialog) as you were compiled. */
  size_t struct_size;
  /* The account. */
  uint32_t account;
  /* With source_text: SFO_METHOD_... of the incoming request that set it up, mostly SFO_METHOD_INVITE. Without: 0. */
  uint32_t method;
  /* An outgoing request set it up: its attempt (sfo_done.attempt), which a response has come to. Else 0. */
  uint64_t attempt;
  /* An incoming request set it up: where that came from, "192.0.2.1", "192.0.2.1:5060", "2001:db8::1" or
   * "[2001:db8::1]:5060". Else NULL.
   */
  const char *source_text;
} sfo_dialog;

/* A descriptor of the built-in DNS driver. */
typedef struct sfo_dns_fd {
  /* The descriptor. */
  int32_t fd;
  /* SFO_DNS_... events to watch it for. */
  uint32_t events;
} sfo_dns_fd;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/* Makes an empty configuration: every key has its default.
 *
 * max_accounts: accounts of the device, so the largest X of account.X keys, 1..100000; 0 = 16.
 * out: receives the configuration; release it with sfo_config_free().
 * Returns SFO_OK; SFO_ERR_INVALID: out is NULL, or max_accounts too large; SFO_ERR_FAULT: an internal fault, nothing was
 * made.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_config_new(uint32_t max_accounts,
                          struct sfo_config **out);

/* Releases a configuration. Engines made from it are not affected.
 *
 * config: NULL is allowed.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
void sfo_config_free(struct sfo_config *config);

/* Loads a whole provisioning text over what the configuration says already: one `key = value` per line, `#` begins a
 * comment, later lines win. Every line that is wrong or without effect yields one diagnostic; all others are loaded.
 *
 * config: the configuration.
 * text, length: the text, need not end in NUL; may be NULL if length is 0.
 * Returns SFO_OK, with or without diagnostics: see sfo_config_diagnostic_count(); SFO_ERR_INVALID: a pointer is NULL;
 * SFO_ERR_FAULT: an internal fault, the configuration is as far as it got.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_config_load_text(struct sfo_config *config,
                                const char *text,
                                size_t length);

/* Sets one key.
 *
 * config: the configuration.
 * key: for example "account.1.sip_server.1.address".
 * value: as in a provisioning text; "" resets the key to its default.
 * Returns SFO_OK, also if the value was corrected: then sfo_config_last_error() says how, else it is empty;
 * SFO_ERR_NOT_FOUND: no such key; SFO_ERR_CONFIG: not a value of this key, the old one stays; SFO_ERR_INVALID: a pointer
 * is NULL, or not UTF-8; SFO_ERR_FAULT. sfo_config_last_error() says what was expected.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_config_set(struct sfo_config *config,
                          const char *key,
                          const char *value);

/* Reads one key as text: its value, or its default.
 *
 * config: the configuration.
 * key: the key.
 * buffer, capacity: receives the text with a closing NUL, cut to capacity bytes; may be NULL with capacity 0.
 * length: receives the full length without NUL, as snprintf() would return it; may be NULL.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: no such key; SFO_ERR_INVALID: config or key is NULL; SFO_ERR_FAULT.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_config_get(const struct sfo_config *config,
                          const char *key,
                          char *buffer,
                          size_t capacity,
                          size_t *length);

/* Reads one key as a number: its value, or its default.
 *
 * config: the configuration.
 * key: the key.
 * out: receives the number.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: no such key; SFO_ERR_CONFIG: its values are no numbers; SFO_ERR_INVALID: a pointer is
 * NULL; SFO_ERR_FAULT.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_config_get_int(const struct sfo_config *config,
                              const char *key,
                              int64_t *out);

/* Resets one key to its default.
 *
 * config: the configuration.
 * key: the key.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: no such key; SFO_ERR_INVALID: a pointer is NULL; SFO_ERR_FAULT.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_config_reset(struct sfo_config *config, const char *key);

/* Looks for settings that contradict each other or have no effect, for firmware that sets single keys:
 * sfo_config_load_text() has looked already. Its diagnostics replace those of the last text, and carry line 0.
 *
 * config: the configuration.
 * Returns SFO_OK, with or without diagnostics: see sfo_config_diagnostic_count(); SFO_ERR_INVALID: config is NULL;
 * SFO_ERR_FAULT.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_config_check(struct sfo_config *config);

/* Number of diagnostics of the last sfo_config_load_text() or sfo_config_check().
 *
 * config: the configuration; NULL has none.
 * Returns the number.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
uint32_t sfo_config_diagnostic_count(const struct sfo_config *config);

/* One diagnostic of the last sfo_config_load_text() or sfo_config_check(), in the order of the lines.
 *
 * config: the configuration.
 * index: from 0.
 * out: set its struct_size before; receives the diagnostic, whose texts live until the configuration changes.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: no such index; SFO_ERR_INVALID: a pointer is NULL, or struct_size too small;
 * SFO_ERR_FAULT.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_config_diagnostic(const struct sfo_config *config,
                                 uint32_t index,
                                 struct sfo_diagnostic *out);

/* What was wrong with the last refused key or value, in one sentence of plain English.
 *
 * config: the configuration; NULL has no text.
 * buffer, capacity: receives the text with a closing NUL, cut to capacity bytes; may be NULL with capacity 0.
 * Returns the full length without NUL, as snprintf() would.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
size_t sfo_config_last_error(const struct sfo_config *config, char *buffer, size_t capacity);

/* Number of provisioning keys the library knows.
 *
 * Returns the number.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
uint32_t sfo_config_key_count(void);

/* What there is to know about one provisioning key. Settings pages of a firmware can be made from this.
 *
 * index: from 0 to sfo_config_key_count() - 1.
 * out: set its struct_size before; receives the information, whose texts live as long as the library is loaded.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: no such index; SFO_ERR_INVALID: out is NULL, or struct_size too small;
 * SFO_ERR_FAULT.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_config_key_info(uint32_t index, struct sfo_key_info *out);

/* Makes an engine from a configuration. No account is started.
 *
 * config: copied; may be released or changed afterwards.
 * options: copied; NULL stands for SFO_OPTIONS_INIT, but then the seed is zero: give at least a seed in a product.
 * callbacks: copied. send_sip and set_timer are required.
 * user: handed to every callback; may be NULL.
 * now_ms: any monotonic 64-bit millisecond counter that also counts suspend (CLOCK_BOOTTIME). Use the same for all calls.
 * out: receives the engine; release it with sfo_engine_free().
 * Returns SFO_OK; SFO_ERR_INVALID: a pointer is NULL, a struct_size too small, an option out of range, or a required
 * callback missing; SFO_ERR_FAULT: an internal fault, nothing was made.
 * Callbacks: none. From callbacks: yes (another engine). Since 0.1.
 */
sfo_status sfo_engine_new(const struct sfo_config *config,
                          const struct sfo_options *options,
                          const struct sfo_callbacks *callbacks,
                          void *user,
                          uint64_t now_ms,
                          struct sfo_engine **out);

/* Releases an engine. Sends nothing: to de-register, call sfo_account_stop() and wait for SFO_EVENT_STOPPED first.
 * Called from a callback, it takes effect when the outermost call returns. Disarm your timer: set_timer is not called.
 *
 * engine: NULL is allowed. Not valid any more afterwards.
 * Callbacks: request_done (SFO_DONE_RELEASED) for every open request, dns_watch, then destroyed. From callbacks: yes.
 * Since 0.1.
 */
void sfo_engine_free(struct sfo_engine *engine);

/* Replaces the configuration as a whole. Accounts whose settings stay the same are not touched; changed ones leave their
 * old servers and start anew when no call is up or being set up, at the latest after 10 minutes; removed ones stop;
 * new ones wait for sfo_account_start(). Whatever changes for the servers counts as a change, a password too; a label does not.
 *
 * When an account changes, its requests inside dialogs (a BYE, mostly) are waited for; others that are under way end with
 * SFO_DONE_STOPPED and SFO_CAUSE_CONFIGURATION: start them again. Between leaving the old servers and being registered
 * again lies a round trip or two.
 *
 * engine: the engine.
 * now_ms: your clock.
 * config: copied.
 * Returns SFO_OK; SFO_ERR_INVALID: a pointer is NULL; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_engine_reconfigure(struct sfo_engine *engine,
                                  uint64_t now_ms,
                                  const struct sfo_config *config);

/* The timer set by set_timer has fired. Being late is harmless, being early does nothing but set it again.
 *
 * engine: the engine.
 * now_ms: your clock.
 * Returns SFO_OK; SFO_ERR_INVALID: engine is NULL; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_engine_handle_timer(struct sfo_engine *engine, uint64_t now_ms);

/* Reads the counters.
 *
 * engine: the engine.
 * out: set its struct_size before; receives the counters.
 * Returns SFO_OK; SFO_ERR_INVALID: a pointer is NULL, or struct_size too small; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_engine_counters(struct sfo_engine *engine,
                               struct sfo_counters *out);

/* What was wrong with the last call that was refused with a detail, in one sentence of plain English.
 *
 * engine: the engine.
 * buffer, capacity: receives the text with a closing NUL, cut to capacity bytes; may be NULL with capacity 0.
 * Returns the full length without NUL, as snprintf() would; 0 if there is none.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
size_t sfo_engine_last_error(struct sfo_engine *engine, char *buffer, size_t capacity);

/* A DNS message has arrived, for firmware that sends DNS itself; over TCP, without the two bytes of length. The id, the
 * server and the question tell which query it answers, whichever transport it took. Messages that are malformed or
 * answer nothing that was asked are ignored and counted.
 *
 * engine: the engine.
 * now_ms: your clock.
 * server_index: the server that the message came from: check its address and port before.
 * data, length: the message, at most 65535 bytes.
 * Returns SFO_OK; SFO_ERR_INVALID: a pointer is NULL, or length too large; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_engine_handle_dns(struct sfo_engine *engine,
                                 uint64_t now_ms,
                                 uint32_t server_index,
                                 const uint8_t *data,
                                 size_t length);

/* A DNS message that the dns_send callback has taken comes to nothing: an ICMP error, a connection that was refused or
 * reset, or that the server closed before it answered. The next try follows at once, instead of after the query timeout.
 * Nothing happens if the query is over, or if another server or transport is being asked by now. Report each message at
 * most once, and none that dns_send itself has refused. A silent server is not reported: the library has a timer for it.
 *
 * engine: the engine.
 * now_ms: your clock.
 * query, server_index, transport: as in the sfo_dns_query of that message.
 * Returns SFO_OK; SFO_ERR_INVALID: engine is NULL, or transport neither SFO_TRANSPORT_UDP nor SFO_TRANSPORT_TCP;
 * SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_engine_dns_failed(struct sfo_engine *engine,
                                 uint64_t now_ms,
                                 uint64_t query,
                                 uint32_t server_index,
                                 uint32_t transport);

/* Names the DNS servers, best first, in place of those of the configuration. Without any, only static records and numeric
 * addresses work.
 *
 * engine: the engine.
 * now_ms: your clock.
 * servers, count: texts like "192.0.2.1", "127.0.0.1:5353", "2001:db8::1", "[2001:db8::1]:53"; at most 8, may be NULL with
 * count 0. Copied.
 * Returns SFO_OK; SFO_ERR_INVALID: a pointer is NULL, or a text is no address (sfo_engine_last_error(); the servers
 * named before stay); SFO_ERR_LIMIT: more than 8; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_engine_set_dns_servers(struct sfo_engine *engine,
                                      uint64_t now_ms,
                                      const char *const *servers,
                                      size_t count);

/* Starts an account: it registers, and requests can be routed. Does nothing if it is running.
 *
 * engine: the engine.
 * now_ms: your clock.
 * account: X; it must be enabled (`account.X.enable` = 1) and have a server.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: not configured, not enabled, or without a server; SFO_ERR_INVALID: engine is NULL; SFO_ERR_BUSY; SFO_ERR_STATE;
 * SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_account_start(struct sfo_engine *engine,
                             uint64_t now_ms,
                             uint32_t account);

/* Stops an account: its requests end with SFO_DONE_STOPPED, and its registrations are removed. SFO_EVENT_STOPPED follows
 * when the answers have come, or after 2 seconds. Does nothing if it is not running.
 *
 * engine: the engine.
 * now_ms: your clock.
 * account: X.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: no such account; SFO_ERR_INVALID: engine is NULL; SFO_ERR_BUSY; SFO_ERR_STATE;
 * SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_account_stop(struct sfo_engine *engine,
                            uint64_t now_ms,
                            uint32_t account);

/* Says whether a call is up on an account, incoming or outgoing. New settings and the return to a primary (failback) wait
 * until it is over. When an INVITE was answered with 2xx, say 1 in the request_done callback, or at the latest before your
 * next sfo_engine_handle_timer(): until then the library takes it for granted. Calls that the library knows as dialogs
 * (sfo_dialog_open()) count by themselves: the account is idle when this says 0 and none of those is open.
 *
 * engine: the engine.
 * now_ms: your clock.
 * account: X.
 * busy: 1 or 0.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: no such account; SFO_ERR_INVALID: engine is NULL, or busy neither 0 nor 1;
 * SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_account_set_busy(struct sfo_engine *engine,
                                uint64_t now_ms,
                                uint32_t account,
                                uint32_t busy);

/* Reads the state of an account.
 *
 * engine: the engine.
 * account: X.
 * out: set its struct_size before; receives the state.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: no such account; SFO_ERR_INVALID: a pointer is NULL, or struct_size too small;
 * SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_account_state(struct sfo_engine *engine,
                             uint32_t account,
                             struct sfo_account_info *out);

/* Reads the target that answered last at the current server. Where the next request starts depends on the failback mode: in
 * mode newRequests at the primary.
 *
 * engine: the engine.
 * account: X.
 * out: set its struct_size before; receives the target.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: no such account, or nothing has answered yet; SFO_ERR_INVALID: a pointer is NULL, or
 * struct_size too small; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_account_current_target(struct sfo_engine *engine,
                                      uint32_t account,
                                      struct sfo_target *out);

/* Starts a request. The library picks the server and calls send_sip, once per server tried, until one answers; then
 * request_done. Where the account registers with one server at a time, a request that finds server 1 dead waits until the
 * account has registered with server 2.
 *
 * SFO_REQUEST_URGENT is for emergency calls. Such a request does not wait for a registration, for DNS where any address is
 * known, or for the pause of a server, and goes to both servers, registered or not. It begins at the target that answered
 * last. If no response has come within 2 s (TLS: 4 s), the next target is asked as well, while the attempts before stay
 * open; the first response above 100 wins, and cancel_sip ends the others (SFO_CAUSE_ANSWERED_ELSEWHERE). Several attempts
 * of one request may be open at once, then; a call that a late one of them sets up is to be ended as SFO_LATE says.
 *
 * SFO_REQUEST_IN_DIALOG is for requests inside a dialog whose next hop is a server of the account (where the route set
 * leads elsewhere, the library is not needed). Such a request goes to the target of its dialog and nowhere else, has 64*T1,
 * and any final response is its answer; if there is none, that is reported (SFO_DONE_FAILED). CANCEL and ACK belong to
 * their transaction: they never are requests of their own here.
 *
 * While the network is down (SFO_LINK_DOWN) a request waits, for 64*T1 (32 s) at most, and then fails with
 * SFO_CAUSE_LOCAL.
 *
 * engine: the engine.
 * now_ms: your clock.
 * request: what to route; copied. Begin with SFO_REQUEST_INIT.
 * id: receives the request's id before any callback about it runs.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: no such account, or the account has no such dialog (any more); SFO_ERR_STATE: the
 * account is not running; SFO_ERR_LIMIT: too many requests at once; SFO_ERR_INVALID: a pointer is NULL, struct_size too
 * small, method or flags unknown, both flags set, or a dialog without its flag; SFO_ERR_BUSY; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_request_start(struct sfo_engine *engine,
                             uint64_t now_ms,
                             const struct sfo_request *request,
                             uint64_t *id);

/* Withdraws a request: no further attempt starts, and nothing more is heard of it, not even request_done. An attempt under
 * way is ended through cancel_sip.
 *
 * engine: the engine.
 * now_ms: your clock.
 * request: the id.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: it has ended, or never was; SFO_ERR_INVALID: engine is NULL; SFO_ERR_BUSY;
 * SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_request_cancel(struct sfo_engine *engine,
                              uint64_t now_ms,
                              uint64_t request);

/* Reports a provisional response: the server is alive. From now on silence does not move the request to another target
 * any more (a final 503 still does): an INVITE has 180 s from its last provisional response (RFC 3261 timer C; phones that
 * ring longer repeat it every minute), any other request 64*T1 from its start; then it is cancelled and has failed.
 * An urgent request is won by the first response above 100.
 *
 * engine: the engine.
 * now_ms: your clock.
 * attempt: the id given to send_sip.
 * sip_status: 100..199.
 * Returns SFO_OK; SFO_LATE: the attempt had been left, CANCEL it (RFC 3261 section 9.1); SFO_ERR_NOT_FOUND: no such
 * attempt (any more): likewise; SFO_ERR_INVALID: engine is NULL, or sip_status out of range; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_attempt_provisional(struct sfo_engine *engine,
                                   uint64_t now_ms,
                                   uint64_t attempt,
                                   uint32_t sip_status);

/* Reports a final response, for INVITE after the stack has sent the ACK. A 401 or 407 is no end: answer the challenge in
 * the same attempt, at the same target, and report what comes then. The first challenge of an attempt restarts its budget.
 * Set SFO_RESPONSE_FINAL if there is no answer to it. The first final report of an attempt counts, further ones are
 * ignored.
 *
 * engine: the engine.
 * now_ms: your clock.
 * attempt: the id given to send_sip.
 * response: copied. Begin with SFO_RESPONSE_INIT.
 * Returns SFO_OK; SFO_LATE: the attempt had been left: ACK and BYE a call that it set up; SFO_ERR_NOT_FOUND: no such
 * attempt (any more): likewise; SFO_ERR_INVALID: a pointer is NULL, struct_size too small, or status or flags out of range; SFO_ERR_BUSY;
 * SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_attempt_response(struct sfo_engine *engine,
                                uint64_t now_ms,
                                uint64_t attempt,
                                const struct sfo_response *response);

/* Reports that an attempt failed below SIP.
 *
 * engine: the engine.
 * now_ms: your clock.
 * attempt: the id given to send_sip.
 * cause: SFO_CAUSE_UNREACHABLE, _CONNECT, _TLS, _CONNECTION_LOST, _SEND or _LOCAL.
 * Returns SFO_OK, also where the library has left the attempt already: that it failed only explains the silence, and there
 * is nothing to end; SFO_ERR_NOT_FOUND: no such attempt; SFO_ERR_INVALID: engine is NULL, or another cause; SFO_ERR_BUSY;
 * SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_attempt_failed(struct sfo_engine *engine,
                              uint64_t now_ms,
                              uint64_t attempt,
                              uint32_t cause);

/* Tells of a dialog, so that requests inside it find their server: those started with SFO_REQUEST_IN_DIALOG go to the
 * target that set it up, whatever the account does meanwhile. For an outgoing call that is the target of its attempt, for
 * an incoming one the server at the address that the request came from.
 *
 * A dialog of an INVITE counts as a call: while it is open the account is not idle, so that new settings and the return to
 * a primary (failback) wait. It adds to sfo_account_set_busy(): an account is idle when that says 0 and no such dialog is
 * open. A firmware that opens a dialog for each of its calls needs only this one; one that has calls without the library
 * needs the other for those.
 *
 * Dialogs end by sfo_dialog_close(), and with their account (stopped, or removed from the configuration) or engine. A change
 * of servers does not end them.
 *
 * engine: the engine.
 * now_ms: your clock.
 * dialog: copied. Begin with SFO_DIALOG_INIT.
 * id: receives the dialog; ids are never reused, 0 is none.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: no such account, no such attempt (any more: open the dialog within 64*T1 after the
 * attempt's end), or no target of the account has that address; SFO_ERR_STATE: the account is not running, or the attempt
 * has had no response; SFO_ERR_LIMIT: too many dialogs at once; SFO_ERR_INVALID: a pointer is NULL, struct_size too small,
 * neither or both of attempt and source_text set, no address, or method unknown, missing or out of place; SFO_ERR_BUSY;
 * SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_dialog_open(struct sfo_engine *engine,
                           uint64_t now_ms,
                           const struct sfo_dialog *dialog,
                           uint64_t *id);

/* Tells that a dialog is over. Requests under way inside it (a BYE, mostly) go on to their end.
 *
 * engine: the engine.
 * now_ms: your clock.
 * dialog: the id.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: there is no such dialog (any more); SFO_ERR_INVALID: engine is NULL; SFO_ERR_BUSY;
 * SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_dialog_close(struct sfo_engine *engine,
                            uint64_t now_ms,
                            uint64_t dialog);

/* The device's own network went down, came up, or changed.
 *
 * SFO_LINK_DOWN: nothing is sent any more, and no server is blamed for silence. Attempts without a response are left
 * (cancel_sip); their requests, and new ones, wait for the network. Attempts with a provisional response stay open, and
 * their time stands still. A request that has waited for 64*T1 (32 s with T1 = 500 ms) fails with SFO_CAUSE_LOCAL.
 * Registrations under way are dropped; the lifetime of those granted goes on.
 *
 * SFO_LINK_UP, SFO_LINK_CHANGED (also without SFO_LINK_DOWN before): what was learned about servers is forgotten, DNS is
 * asked anew (queries under way begin anew, as other queries and from other ports), and every running account registers
 * again. Waiting requests go on where they were, as new attempts; attempts that stayed open get the time of a new
 * provisional response; other requests under way go on as they are.
 *
 * A firmware that cannot tell that its network is down returns SFO_CAUSE_LOCAL from send_sip: that blames no server either,
 * but ends the request.
 *
 * engine: the engine.
 * now_ms: your clock.
 * link: SFO_LINK_DOWN, SFO_LINK_UP or SFO_LINK_CHANGED.
 * Returns SFO_OK; SFO_ERR_INVALID: engine is NULL, or link unknown; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_engine_set_link(struct sfo_engine *engine,
                               uint64_t now_ms,
                               uint32_t link);

/* The connection was lost over which an account is registered (TCP or TLS; or, over UDP, a keep-alive got no answer): its
 * server cannot reach the phone any more. Within 2 seconds, at random (at once without sfo_options.jitter), the account
 * registers again with the same target; if that fails, with the next one, like any refresh. Nothing happens where a
 * REGISTER is under way already, or the account holds no registration that it maintains. An attempt that was under way
 * on the connection is reported by sfo_attempt_failed() besides.
 *
 * engine: the engine.
 * now_ms: your clock.
 * account: X.
 * server: 1 or 2 (sfo_send.server of the REGISTER); 0 for whichever the account is registered with.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: no such account; SFO_ERR_INVALID: engine is NULL, or server above 2; SFO_ERR_BUSY;
 * SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_engine_flow_lost(struct sfo_engine *engine,
                                uint64_t now_ms,
                                uint32_t account,
                                uint32_t server);

/* Something was received from a server without the library asking for it: a request, a keep-alive. It is alive: that
 * counts for the key options_interval, and ends its quarantine. Responses to attempts need not be reported here. Report
 * only what really comes from the server, best after sfo_engine_accepts_source().
 *
 * engine: the engine.
 * now_ms: your clock.
 * account: X; 0 for all accounts.
 * address_text: the source, "192.0.2.1", "192.0.2.1:5060", "2001:db8::1" or "[2001:db8::1]:5060"; without a port it stands
 * for all targets at the address.
 * Returns SFO_OK; SFO_ERR_INVALID: a pointer is NULL, or no address; SFO_ERR_NOT_FOUND: no such account; SFO_ERR_BUSY;
 * SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_engine_heard_from(struct sfo_engine *engine,
                                 uint64_t now_ms,
                                 uint32_t account,
                                 const char *address_text);

/* Whether an incoming request comes from a server of the account: any known target of either server, or, with
 * `account.X.accept_only_registered` = 1, a target that holds a registration; and any target that a dialog is open with
 * (sfo_dialog_open()). Only the address counts, as TCP and TLS connections come from any port; an IPv4 address in IPv6 form
 * ("::ffff:192.0.2.1") is the IPv4 address.
 *
 * engine: the engine.
 * account: X.
 * address_text: the source, "192.0.2.1" or "2001:db8::1", with or without a port.
 * out: receives 1 or 0.
 * Returns SFO_OK; SFO_ERR_INVALID: a pointer is NULL, or no address; SFO_ERR_NOT_FOUND: no such account; SFO_ERR_BUSY;
 * SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_engine_accepts_source(struct sfo_engine *engine,
                                     uint32_t account,
                                     const char *address_text,
                                     uint32_t *out);

/* Takes everything that was posted by other threads, in the order of each thread, as if the functions without "post" in
 * their names had been called now. Call it when your wake callback has been called. The posted callback tells what could not be
 * done.
 *
 * engine: the engine.
 * now_ms: your clock.
 * Returns SFO_OK, also if nothing was posted; SFO_ERR_INVALID: engine is NULL; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_engine_process(struct sfo_engine *engine,
                              uint64_t now_ms);

/* Posts what sfo_attempt_provisional() reports. The posted callback tells if that was not SFO_OK.
 *
 * engine: the engine; see THREADS for how long it must live.
 * attempt: the id given to send_sip.
 * sip_status: 100..199.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
 * is NULL, or sip_status out of range; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_attempt_provisional(struct sfo_engine *engine,
                                        uint64_t attempt,
                                        uint32_t sip_status);

/* Posts what sfo_attempt_response() reports. The posted callback tells if that was not SFO_OK: with SFO_LATE, ACK and BYE a
 * call that was set up.
 *
 * engine: the engine; see THREADS for how long it must live.
 * attempt: the id given to send_sip.
 * response: copied. Begin with SFO_RESPONSE_INIT.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: a pointer
 * is NULL, struct_size too small, or status or flags out of range; SFO_ERR_STATE: the engine is being freed;
 * SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_attempt_response(struct sfo_engine *engine,
                                     uint64_t attempt,
                                     const struct sfo_response *response);

/* Posts what sfo_attempt_failed() reports. The posted callback tells if that was not SFO_OK.
 *
 * engine: the engine; see THREADS for how long it must live.
 * attempt: the id given to send_sip.
 * cause: as for sfo_attempt_failed().
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
 * is NULL, or another cause; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_attempt_failed(struct sfo_engine *engine,
                                   uint64_t attempt,
                                   uint32_t cause);

/* Posts a request to be started, as sfo_request_start() does. The posted callback tells its id before any other callback
 * about it, or why it was refused: once for each request posted, at the latest within sfo_engine_free().
 *
 * engine: the engine; see THREADS for how long it must live.
 * request: what to route; copied. Begin with SFO_REQUEST_INIT. Its user_token is all that connects it with its callbacks.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: a pointer
 * is NULL, struct_size too small, or method or flags unknown; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_request_start(struct sfo_engine *engine,
                                  const struct sfo_request *request);

/* Posts what sfo_request_cancel() does. Callbacks about the request may come until it is taken; if it has ended by then, the
 * posted callback tells so.
 *
 * engine: the engine; see THREADS for how long it must live.
 * request: the id.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
 * is NULL; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_request_cancel(struct sfo_engine *engine,
                                   uint64_t request);

/* Posts what sfo_dialog_open() does. The posted callback tells the dialog's id, or why it was refused: once for each dialog
 * posted, at the latest within sfo_engine_free().
 *
 * engine: the engine; see THREADS for how long it must live.
 * dialog: copied. Begin with SFO_DIALOG_INIT.
 * user_token: yours: handed back in the posted callback.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: a pointer
 * is NULL, struct_size too small, or what it says as sfo_dialog_open() would refuse it; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_dialog_open(struct sfo_engine *engine,
                                const struct sfo_dialog *dialog,
                                uint64_t user_token);

/* Posts what sfo_dialog_close() does. The posted callback tells if there was no such dialog.
 *
 * engine: the engine; see THREADS for how long it must live.
 * dialog: the id.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
 * is NULL; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_dialog_close(struct sfo_engine *engine,
                                 uint64_t dialog);

/* Posts what sfo_account_start() does. The posted callback tells if that was not SFO_OK.
 *
 * engine: the engine; see THREADS for how long it must live.
 * account: X.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
 * is NULL; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_account_start(struct sfo_engine *engine,
                                  uint32_t account);

/* Posts what sfo_account_stop() does. The posted callback tells if that was not SFO_OK.
 *
 * engine: the engine; see THREADS for how long it must live.
 * account: X.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
 * is NULL; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_account_stop(struct sfo_engine *engine,
                                 uint32_t account);

/* Posts what sfo_account_set_busy() says. The posted callback tells if there is no such account.
 *
 * engine: the engine; see THREADS for how long it must live.
 * account: X.
 * busy: 1 or 0.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
 * is NULL, or busy neither 0 nor 1; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_set_busy(struct sfo_engine *engine,
                             uint32_t account,
                             uint32_t busy);

/* Posts what sfo_engine_flow_lost() says. The posted callback tells if there is no such account.
 *
 * engine: the engine; see THREADS for how long it must live.
 * account: X.
 * server: 1 or 2; 0 for whichever the account is registered with.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
 * is NULL, or server above 2; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_flow_lost(struct sfo_engine *engine,
                              uint32_t account,
                              uint32_t server);

/* Posts what sfo_engine_heard_from() says. The posted callback tells if there is no such account. One post for every packet
 * would fill the inbox: once in some seconds for each source is enough.
 *
 * engine: the engine; see THREADS for how long it must live.
 * account: X; 0 for all accounts.
 * address_text: as for sfo_engine_heard_from(); copied.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: a pointer
 * is NULL, or no address; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_heard_from(struct sfo_engine *engine,
                               uint32_t account,
                               const char *address_text);

/* Posts what sfo_engine_set_link() says.
 *
 * engine: the engine; see THREADS for how long it must live.
 * link: SFO_LINK_DOWN, SFO_LINK_UP or SFO_LINK_CHANGED.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
 * is NULL, or link unknown; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_set_link(struct sfo_engine *engine,
                             uint32_t link);

/* Posts what sfo_engine_set_families() says.
 *
 * engine: the engine; see THREADS for how long it must live.
 * families: SFO_FAMILY_IPV4, SFO_FAMILY_IPV6, both, or 0.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
 * is NULL, or another bit is set; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_set_families(struct sfo_engine *engine,
                                 uint32_t families);

/* Posts what sfo_engine_set_dns_servers() does, for a thread that learns them from DHCP.
 *
 * engine: the engine; see THREADS for how long it must live.
 * servers, count: as for sfo_engine_set_dns_servers(); copied.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting, or more than 8 servers;
 * SFO_ERR_INVALID: a pointer is NULL, or a text is no address; SFO_ERR_STATE: the engine is being freed; SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_set_dns_servers(struct sfo_engine *engine,
                                    const char *const *servers,
                                    size_t count);

/* Posts what sfo_engine_handle_dns() takes. Check the sender's address and port before: what waits is bounded, and forged
 * messages would take the room of good ones.
 *
 * engine: the engine; see THREADS for how long it must live.
 * server_index: the server that the message came from.
 * data, length: the message, at most 65535 bytes; copied.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs, 128 DNS messages or 128 KiB of them
 * are waiting; SFO_ERR_INVALID: a pointer is NULL, or length too large; SFO_ERR_STATE: the engine is being freed;
 * SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_handle_dns(struct sfo_engine *engine,
                               uint32_t server_index,
                               const uint8_t *data,
                               size_t length);

/* Posts what sfo_engine_dns_failed() reports.
 *
 * engine: the engine; see THREADS for how long it must live.
 * query, server_index, transport: as in the sfo_dns_query of that message.
 * Returns SFO_OK: it will be taken by sfo_engine_process(); SFO_ERR_LIMIT: 256 inputs are waiting; SFO_ERR_INVALID: engine
 * is NULL, or transport neither SFO_TRANSPORT_UDP nor SFO_TRANSPORT_TCP; SFO_ERR_STATE: the engine is being freed;
 * SFO_ERR_FAULT.
 * Callbacks: wake. From callbacks: yes. From other threads: yes. Since 0.1.
 */
sfo_status sfo_post_dns_failed(struct sfo_engine *engine,
                               uint64_t query,
                               uint32_t server_index,
                               uint32_t transport);

/* Lists the descriptors to poll now, and for what. Ask before every poll() or select(); with epoll, use the dns_watch
 * callback instead. Usually there are none: a descriptor lives as long as its query. (select() can watch descriptors below
 * FD_SETSIZE only, and FD_SET() with a larger one writes past the set: skip such a descriptor, its query goes on by its
 * timeout; or use poll().)
 *
 * engine: the engine.
 * out, capacity: receives at most capacity entries; may be NULL with capacity 0.
 * Returns how many there are; 0 with a dns_send callback. Room for 64 is always enough.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
size_t sfo_dns_io_fds(struct sfo_engine *engine,
                      struct sfo_dns_fd *out,
                      size_t capacity);

/* A descriptor of the driver is ready, or has an error or hang-up. Never blocks.
 *
 * engine: the engine.
 * now_ms: your clock.
 * fd: the descriptor.
 * Returns SFO_OK; SFO_ERR_NOT_FOUND: not a descriptor of the driver (any more), which is harmless; SFO_ERR_INVALID: engine
 * is NULL; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_dns_io_handle(struct sfo_engine *engine,
                             uint64_t now_ms,
                             int32_t fd);

/* Takes the DNS servers from a resolv.conf file, as sfo_engine_set_dns_servers() would. Reads the file, which is the only
 * file access of the library.
 *
 * engine: the engine.
 * now_ms: your clock.
 * path: the file; NULL stands for /etc/resolv.conf.
 * Returns SFO_OK; SFO_ERR_IO: the file cannot be read, the servers named before stay; SFO_ERR_INVALID: engine is NULL, or
 * path not UTF-8; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_dns_io_use_resolv_conf(struct sfo_engine *engine,
                                      uint64_t now_ms,
                                      const char *path);

/* Says which address families have a route, whenever that changes. Addresses of the others are neither used nor asked
 * for, and a registration there is made anew elsewhere. At first both count as having one.
 *
 * engine: the engine.
 * now_ms: your clock.
 * families: SFO_FAMILY_IPV4, SFO_FAMILY_IPV6, both, or 0.
 * Returns SFO_OK; SFO_ERR_INVALID: engine is NULL, or another bit is set; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: any. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_engine_set_families(struct sfo_engine *engine,
                                   uint64_t now_ms,
                                   uint32_t families);

/* Writes down what a restart should not cost: answers of DNS, target lists and registrations, with their ages. Keep it
 * where it survives a power cut, for example once an hour and before an orderly restart; a phone that boots while DNS is
 * down registers with it. It contains no password.
 *
 * engine: the engine.
 * now_ms: your clock.
 * unix_ms: the time of day, milliseconds since 1970 UTC, or 0 if it is unknown.
 * buffer, capacity: receives the bytes if they fit, else nothing; may be NULL with capacity 0.
 * length: receives the number of bytes that are needed. Some kilobytes; 4 MiB at the most with the largest cache.
 * Returns SFO_OK; SFO_ERR_LIMIT: they do not fit; SFO_ERR_INVALID: engine or length is NULL, or buffer is NULL with a
 * capacity; SFO_ERR_BUSY; SFO_ERR_STATE; SFO_ERR_FAULT.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_engine_snapshot_export(struct sfo_engine *engine,
                                      uint64_t now_ms,
                                      uint64_t unix_ms,
                                      uint8_t *buffer,
                                      size_t capacity,
                                      size_t *length);

/* Takes over what sfo_engine_snapshot_export() gave before a restart. To be called before the first account is started,
 * with the configuration loaded: lists and registrations of servers that are configured in another way now are left
 * out. Ages are counted on the time of day; if that was or is unknown, or runs backwards, everything counts as expired
 * and serves only as long as DNS is silent.
 *
 * engine: the engine.
 * now_ms: your clock.
 * unix_ms: the time of day, milliseconds since 1970 UTC, or 0 if it is unknown.
 * bytes, length: the snapshot; read before the call returns.
 * Returns SFO_OK; SFO_ERR_DATA: damaged, not a snapshot, or of another version, and nothing was taken over;
 * SFO_ERR_STATE: an account has been started already, or the engine is being released; SFO_ERR_INVALID: engine or bytes is
 * NULL; SFO_ERR_BUSY; SFO_ERR_FAULT.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
sfo_status sfo_engine_snapshot_import(struct sfo_engine *engine,
                                      uint64_t now_ms,
                                      uint64_t unix_ms,
                                      const uint8_t *bytes,
                                      size_t length);

/* Where would a request go now, and why? Lists the servers, then the targets in the order in which a request started at this
 * moment would ask them, should each be silent; for each where its address comes from (DNS, with the rest of its TTL; static
 * record; configured address), how it does (failed, in quarantine, asked for a pause), whether the account is registered
 * there, how long the request would wait there, and which rule puts it there. Targets that are known but would not be asked
 * follow, with the reason. Nothing is asked and nothing changes: no DNS query, no timer, no count.
 *
 * engine: the engine.
 * now_ms: your clock.
 * account: X.
 * method: SFO_METHOD_..., except REGISTER.
 * format: SFO_FORMAT_TEXT or SFO_FORMAT_JSON (times in it are milliseconds from now). The words and the members may become
 * more in later versions.
 * buffer, capacity: receives the text with a closing NUL, cut to capacity bytes; may be NULL with capacity 0. 4 KiB hold
 * what most accounts have to tell.
 * Returns the full length without NUL, as snprintf() would; 0 if there is nothing to tell: engine is NULL or cannot be
 * entered now (another thread is inside, a fault, being freed), or, with sfo_engine_last_error(), no such account, or an
 * unknown method or format.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
size_t sfo_engine_explain(struct sfo_engine *engine,
                          uint64_t now_ms,
                          uint32_t account,
                          uint32_t method,
                          uint32_t format,
                          char *buffer,
                          size_t capacity);

/* What happened and what was decided, oldest first: attempts and how they ended, changes of server, registrations, returns to
 * the primary, DNS, lists of targets, the network, calls of the firmware; as much of it as sfo_options.trace_entries keeps. Each
 * with its reason: what an administrator needs to be told why a phone went to server 2 at 14:03.
 *
 * engine: the engine.
 * now_ms: your clock: every fact is told with its distance from now.
 * unix_ms: the time of day, milliseconds since 1970 UTC: every fact is told with its time of day (UTC). 0 if it is unknown.
 * format: SFO_FORMAT_TEXT, SFO_FORMAT_JSON (one object per line) or SFO_FORMAT_LADDER.
 * buffer, capacity: receives the text with a closing NUL, cut to capacity bytes; may be NULL with capacity 0. Some 100
 * bytes for each fact.
 * Returns the full length without NUL, as snprintf() would; 0 if there is nothing to tell: nothing has happened, engine is NULL
 * or cannot be entered now, or, with sfo_engine_last_error(), an unknown format.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
size_t sfo_engine_trace(struct sfo_engine *engine,
                        uint64_t now_ms,
                        uint64_t unix_ms,
                        uint32_t format,
                        char *buffer,
                        size_t capacity);

/* The meaning of a status in a few words.
 *
 * status: the result of a call.
 * Returns a text that lives as long as the library is loaded, never NULL; "unknown status" for a number that this
 * version does not know.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
const char *sfo_status_text(sfo_status status);

/* The meaning of a cause in a few words.
 *
 * cause: SFO_CAUSE_...
 * Returns a text that lives as long as the library is loaded, never NULL; "unknown cause" for a number that this
 * version does not know.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
const char *sfo_cause_text(uint32_t cause);

/* Widens a 32-bit millisecond tick, which wraps after 49.7 days, to the 64-bit clock that the library wants. Call it at
 * least once in 49 days.
 *
 * last_ms: the last result; 0 at first.
 * tick_ms: the tick now.
 * Returns the clock now: never below last_ms.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
uint64_t sfo_tick_extend(uint64_t last_ms,
                         uint32_t tick_ms);

/* The version of the library as loaded: major * 65536 + minor * 256 + patch.
 *
 * Returns the version.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
uint32_t sfo_version(void);

/* The version of the binary interface as loaded. Compare with SFO_ABI_VERSION of the header you were compiled with.
 *
 * Returns the version.
 * Callbacks: none. From callbacks: yes. Since 0.1.
 */
uint32_t sfo_abi_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

/* Initializers: also for what a function fills in. In C++ before C++11, members are set by assignment after these. */
#define SFO_CALLBACKS_INIT { sizeof(sfo_callbacks), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL }
#define SFO_OPTIONS_INIT { sizeof(sfo_options), 500u, 0u, 1u, 1800u, 256u, 7u, SFO_LOG_INFO, { 0 }, 86400u, 1u, 0u, 512u }
#define SFO_REQUEST_INIT { sizeof(sfo_request), 0u, 0u, 0u, 0u, 0u }
#define SFO_DIALOG_INIT { sizeof(sfo_dialog), 0u, 0u, 0u, NULL }
#define SFO_RESPONSE_INIT { sizeof(sfo_response), 0u, SFO_ABSENT, SFO_ABSENT, SFO_ABSENT, 0u }
#define SFO_DIAGNOSTIC_INIT { sizeof(sfo_diagnostic), 0u, 0u, NULL, NULL, NULL }
#define SFO_KEY_INFO_INIT { sizeof(sfo_key_info), 0u, 0, 0, NULL, NULL, NULL, NULL, NULL }
#define SFO_ACCOUNT_INFO_INIT { sizeof(sfo_account_info), 0u, 0u, { 0 }, { 0 }, { 0 } }
#define SFO_TARGET_INIT { sizeof(sfo_target), 0u, 0u, 0u, 0u, { 0 }, { 0 } }
#define SFO_COUNTERS_INIT { sizeof(sfo_counters), 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, \
    0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u }

#endif  /* SIPFAILOVER_H */
