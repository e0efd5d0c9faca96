/* DRAFT of include/sipfailover.h: names and layout are agreed; the final file is generated and documented in full. */
#ifndef SIPFAILOVER_H
#define SIPFAILOVER_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct sfo_config sfo_config;   /* settings under construction */
typedef struct sfo_engine sfo_engine;   /* all accounts of the device  */

typedef int32_t sfo_status;
#define SFO_OK             0
#define SFO_LATE           1      /* report taken, but the attempt had been left: the stack must CANCEL or BYE */
#define SFO_ERR_INVALID  (-1)
#define SFO_ERR_NOT_FOUND (-2)
#define SFO_ERR_BUSY     (-3)     /* another thread is inside */
#define SFO_ERR_LIMIT    (-4)     /* a bounded table is full */
#define SFO_ERR_CONFIG   (-5)     /* key or value refused: see sfo_config_last_error */
#define SFO_ERR_STATE    (-6)     /* not possible in this state (e.g. account not started) */
#define SFO_ERR_FAULT    (-7)     /* internal fault caught; only sfo_engine_free works */
#define SFO_ERR_IO       (-8)
#define SFO_TIME_NEVER   UINT64_MAX
#define SFO_ABSENT       UINT32_MAX

#define SFO_TRANSPORT_UDP 1u
#define SFO_TRANSPORT_TCP 2u
#define SFO_TRANSPORT_TLS 4u
#define SFO_TRANSPORT_SCTP 8u

#define SFO_METHOD_REGISTER 1u    /* only in callbacks: the library starts registrations itself */
#define SFO_METHOD_INVITE 2u
#define SFO_METHOD_SUBSCRIBE 3u
#define SFO_METHOD_PUBLISH 4u
#define SFO_METHOD_OPTIONS 5u
#define SFO_METHOD_MESSAGE 6u
#define SFO_METHOD_REFER 7u
#define SFO_METHOD_NOTIFY 8u
#define SFO_METHOD_INFO 9u
#define SFO_METHOD_OTHER 10u

/* Why an attempt failed, a request ended, a target changed. */
#define SFO_CAUSE_NONE 0u
#define SFO_CAUSE_TIMEOUT 1u
#define SFO_CAUSE_UNREACHABLE 2u      /* ICMP */
#define SFO_CAUSE_CONNECT 3u          /* TCP/TLS connect failed */
#define SFO_CAUSE_TLS 4u
#define SFO_CAUSE_CONNECTION_LOST 5u
#define SFO_CAUSE_SEND 6u             /* the stack could not send */
#define SFO_CAUSE_LOCAL 7u            /* no route, network down: no server is blamed */
#define SFO_CAUSE_RESPONSE 8u         /* a final SIP response, status beside it */
#define SFO_CAUSE_RESOLUTION 9u
#define SFO_CAUSE_ALL_FAILED 10u
#define SFO_CAUSE_NOT_REGISTERED 11u
#define SFO_CAUSE_EXPIRED 12u
#define SFO_CAUSE_RECOVERED 13u
#define SFO_CAUSE_STOPPED 14u
#define SFO_CAUSE_CONFIGURATION 15u
#define SFO_CAUSE_NETWORK 16u
#define SFO_CAUSE_OTHER_REQUEST 17u
#define SFO_CAUSE_RELEASED 18u

#define SFO_PURPOSE_REQUEST 1u        /* a request of the firmware */
#define SFO_PURPOSE_REGISTER 2u       /* registration or refresh */
#define SFO_PURPOSE_PROBE 3u          /* REGISTER that finds out whether a server is back */
#define SFO_PURPOSE_UNREGISTER 4u     /* Expires: 0 */

typedef struct sfo_send {             /* send_sip: one attempt */
  size_t struct_size;
  uint64_t request, attempt;
  uint64_t user_token;                /* of sfo_request_start; 0 for REGISTER */
  uint64_t binding_key;               /* REGISTER: one Call-ID/CSeq sequence per value */
  uint32_t account, server;           /* server: 1 or 2 */
  uint32_t method, purpose;
  uint32_t transport;                 /* SFO_TRANSPORT_* */
  uint32_t family;                    /* 4 or 6 */
  uint32_t port;
  uint8_t  address[16];               /* first 4 bytes for family 4 */
  uint32_t retransmissions, budget_ms;
  uint32_t ordinal;                   /* 1 = first attempt of the request */
  uint32_t expires_s;                 /* REGISTER: to request */
  uint32_t route_on_wire;             /* 1: put `route` into the message (proxy); 0: only the next hop */
  const char *method_name;            /* "REGISTER", ... ; "OTHER": the firmware knows which */
  const char *address_text;           /* "192.0.2.1" */
  const char *target_text;            /* "192.0.2.1:5060/udp", "[2001:db8::1]:5061/tls" */
  const char *route;                  /* "<sip:192.0.2.1:5060;transport=udp;lr>" */
  const char *tls_name;               /* name to verify in TLS: the configured domain (also SNI) */
  const char *srv_target;             /* host the address came from */
  const char *registrar;              /* host for the request URI: the configured SIP server */
} sfo_send;

#define SFO_CANCEL_STOP 1u            /* stop retransmitting, stay ready for late answers */
#define SFO_CANCEL_CANCEL 2u          /* a 1xx came: send CANCEL */
#define SFO_CANCEL_DESTROY 3u         /* forget the transaction */
typedef struct sfo_cancel {
  size_t struct_size;
  uint64_t request, attempt, user_token;
  uint32_t account, server, method, mode, cause, sip_status;
} sfo_cancel;

#define SFO_DONE_ANSWERED 1u          /* a final response was the answer (any class): sip_status */
#define SFO_DONE_FAILED 2u            /* no server could be reached: cause, outcomes */
#define SFO_DONE_NOT_REGISTERED 3u
#define SFO_DONE_STOPPED 4u           /* account stopped or removed */
#define SFO_DONE_RELEASED 5u          /* engine freed */
typedef struct sfo_outcome { uint32_t server, cause, sip_status; const char *target_text; } sfo_outcome;
typedef struct sfo_done {
  size_t struct_size;
  uint64_t request, attempt, user_token;
  uint32_t account, method, result, cause, sip_status;
  uint32_t outcome_count;             /* failed attempts, in order */
  const sfo_outcome *outcomes;
} sfo_done;

#define SFO_EVENT_REGISTRATION 1u     /* state of server `server` is now `state` */
#define SFO_EVENT_CURRENT_TARGET 2u   /* requests now go `to` (from, cause) */
#define SFO_EVENT_FALLBACK_ENTERED 3u
#define SFO_EVENT_FALLBACK_LEFT 4u
#define SFO_EVENT_ALL_FAILED 5u
#define SFO_EVENT_RESOLUTION_FAILED 6u
#define SFO_EVENT_STOPPED 7u
#define SFO_EVENT_REDUCED_SERVICE 8u
#define SFO_EVENT_SUBSCRIPTIONS_AFFECTED 9u
#define SFO_REG_OFF 0u
#define SFO_REG_REGISTERING 1u        /* no binding yet, first walk under way */
#define SFO_REG_REGISTERED 2u
#define SFO_REG_REFRESH_FAILING 3u    /* binding lives, the last refresh failed */
#define SFO_REG_RETRYING 4u           /* no binding, every server failed, next walk comes */
#define SFO_REG_REFUSED 5u            /* the registrar refused (403, 404, ...); slow retry */
#define SFO_REG_STOPPING 6u
typedef struct sfo_event {
  size_t struct_size;
  uint64_t at_ms;
  uint32_t kind, account, server, state, cause, sip_status;
  const char *from;                   /* "" where it does not apply */
  const char *to;
  const char *text;                   /* one sentence in plain words */
} sfo_event;

typedef struct sfo_dns_query { size_t struct_size; uint64_t query; uint32_t server_index; uint32_t length; const uint8_t *data; } sfo_dns_query;

#define SFO_LOG_ERROR 1u
#define SFO_LOG_WARNING 2u
#define SFO_LOG_INFO 3u
#define SFO_LOG_DEBUG 4u
typedef struct sfo_callbacks {
  size_t struct_size;
  int32_t (*send_sip)(void *user, const sfo_send *send);                 /* required; non-zero = could not send */
  void (*set_timer)(void *user, uint64_t deadline_ms);                   /* required; SFO_TIME_NEVER stops */
  int32_t (*dns_send)(void *user, const sfo_dns_query *query);           /* NULL: built-in driver, sfo_dns_io_* */
  void (*dns_watch)(void *user, int32_t fd, uint32_t events);            /* optional, epoll style; 0 = forget this fd, it is closed next */
  void (*cancel_sip)(void *user, const sfo_cancel *cancel);              /* optional */
  void (*request_done)(void *user, const sfo_done *done);                /* optional */
  void (*event)(void *user, const sfo_event *event);                     /* optional */
  void (*log)(void *user, uint32_t level, const char *text);             /* optional */
  void (*destroyed)(void *user);                                         /* optional; last callback ever */
} sfo_callbacks;

typedef struct sfo_options {
  size_t struct_size;
  uint32_t t1_ms;               /* 500 */
  uint32_t startup_window_s;    /* 0 */
  uint32_t jitter;              /* 1 */
  uint32_t dns_wait_ms;         /* 1800 */
  uint32_t cache_entries;       /* 256 */
  uint32_t transports;          /* SFO_TRANSPORT_* bits; default UDP|TCP|TLS */
  uint32_t log_level;           /* default SFO_LOG_INFO */
  uint8_t  seed[32];            /* unpredictable bytes */
} sfo_options;
#define SFO_OPTIONS_INIT { sizeof(sfo_options), 500u, 0u, 1u, 1800u, 256u, 7u, SFO_LOG_INFO, {0} }

typedef struct sfo_request { size_t struct_size; uint32_t account, method, flags; uint64_t user_token; } sfo_request;
#define SFO_REQUEST_INIT { sizeof(sfo_request), 0u, 0u, 0u, 0u }

#define SFO_RESPONSE_FINAL 1u         /* flag: a 401/407 that the stack cannot answer */
typedef struct sfo_response { size_t struct_size; uint32_t status, retry_after_s, granted_expires_s, min_expires_s, flags; } sfo_response;
#define SFO_RESPONSE_INIT { sizeof(sfo_response), 0u, SFO_ABSENT, SFO_ABSENT, SFO_ABSENT, 0u }

#define SFO_SEVERITY_ERROR 1u
#define SFO_SEVERITY_WARNING 2u
typedef struct sfo_diagnostic { size_t struct_size; uint32_t line, severity; const char *key, *value, *text; } sfo_diagnostic;
typedef struct sfo_key_info { size_t struct_size; uint32_t type; int64_t minimum, maximum; const char *name, *default_text, *unit, *help, *since; } sfo_key_info;

#define SFO_LINK_DOWN 0u
#define SFO_LINK_UP 1u
#define SFO_LINK_CHANGED 2u

typedef struct sfo_account_info { size_t struct_size; uint32_t started, current_server; uint32_t state[2]; uint32_t cause[2]; uint64_t expires_at_ms[2]; } sfo_account_info;
typedef struct sfo_target { size_t struct_size; uint32_t server, transport, family, port; uint8_t address[16]; char text[80]; } sfo_target;
typedef struct sfo_counters { size_t struct_size; uint64_t attempts, failures_timeout, failures_transport, failures_response, switches,
  dns_queries, dns_answers, dns_ignored, dns_timeouts, late_reports, clock_steps_back, requests_started, requests_done; } sfo_counters;

/* config: single thread, no callbacks */
sfo_status sfo_config_new(uint32_t max_accounts, sfo_config **out);      /* 0 = 16 */
void       sfo_config_free(sfo_config *config);
sfo_status sfo_config_load_text(sfo_config *config, const char *text, size_t length); /* SFO_OK also with diagnostics */
sfo_status sfo_config_set(sfo_config *config, const char *key, const char *value);
sfo_status sfo_config_get(const sfo_config *config, const char *key, char *buffer, size_t capacity, size_t *length);
sfo_status sfo_config_get_int(const sfo_config *config, const char *key, int64_t *out);
sfo_status sfo_config_reset(sfo_config *config, const char *key);
uint32_t   sfo_config_diagnostic_count(const sfo_config *config);
sfo_status sfo_config_diagnostic(const sfo_config *config, uint32_t index, sfo_diagnostic *out); /* texts live until the config changes */
size_t     sfo_config_last_error(const sfo_config *config, char *buffer, size_t capacity);       /* snprintf rule */
uint32_t   sfo_config_key_count(void);
sfo_status sfo_config_key_info(uint32_t index, sfo_key_info *out);       /* texts are static */

/* engine */
sfo_status sfo_engine_new(const sfo_config *config, const sfo_options *options, const sfo_callbacks *callbacks, void *user, uint64_t now_ms, sfo_engine **out);
void       sfo_engine_free(sfo_engine *engine);
sfo_status sfo_engine_reconfigure(sfo_engine *engine, uint64_t now_ms, const sfo_config *config);
sfo_status sfo_engine_handle_timer(sfo_engine *engine, uint64_t now_ms);
sfo_status sfo_engine_handle_dns(sfo_engine *engine, uint64_t now_ms, uint32_t server_index, const uint8_t *data, size_t length);
sfo_status sfo_engine_set_dns_servers(sfo_engine *engine, uint64_t now_ms, const char *const *servers, size_t count); /* "192.0.2.1", "127.0.0.1:5353", "[::1]:53" */
sfo_status sfo_engine_set_link(sfo_engine *engine, uint64_t now_ms, uint32_t link);
sfo_status sfo_engine_accepts_source(sfo_engine *engine, uint32_t account, const char *address_text, uint32_t *out);
sfo_status sfo_engine_counters(sfo_engine *engine, sfo_counters *out);
size_t     sfo_engine_last_error(sfo_engine *engine, char *buffer, size_t capacity);

/* accounts */
sfo_status sfo_account_start(sfo_engine *engine, uint64_t now_ms, uint32_t account);
sfo_status sfo_account_stop(sfo_engine *engine, uint64_t now_ms, uint32_t account);
sfo_status sfo_account_state(sfo_engine *engine, uint32_t account, sfo_account_info *out);
sfo_status sfo_account_current_target(sfo_engine *engine, uint32_t account, sfo_target *out);

/* requests and attempts */
sfo_status sfo_request_start(sfo_engine *engine, uint64_t now_ms, const sfo_request *request, uint64_t *id);
sfo_status sfo_request_cancel(sfo_engine *engine, uint64_t now_ms, uint64_t request);
sfo_status sfo_attempt_provisional(sfo_engine *engine, uint64_t now_ms, uint64_t attempt, uint32_t status);
sfo_status sfo_attempt_response(sfo_engine *engine, uint64_t now_ms, uint64_t attempt, const sfo_response *response);
sfo_status sfo_attempt_failed(sfo_engine *engine, uint64_t now_ms, uint64_t attempt, uint32_t cause); /* SFO_CAUSE_UNREACHABLE.._LOCAL */

/* DNS driver, used when callbacks.dns_send is NULL */
#define SFO_DNS_READABLE 1u
#define SFO_DNS_WRITABLE 2u
typedef struct sfo_dns_fd { int32_t fd; uint32_t events; } sfo_dns_fd;
size_t     sfo_dns_io_fds(sfo_engine *engine, sfo_dns_fd *out, size_t capacity);       /* snprintf rule, poll style */
sfo_status sfo_dns_io_handle(sfo_engine *engine, uint64_t now_ms, int32_t fd, uint32_t events);
sfo_status sfo_dns_io_use_resolv_conf(sfo_engine *engine, uint64_t now_ms, const char *path); /* NULL = /etc/resolv.conf */

/* helpers */
const char *sfo_status_text(sfo_status status);
const char *sfo_cause_text(uint32_t cause);
uint64_t    sfo_tick_extend(uint64_t last_ms, uint32_t tick_ms);
uint32_t    sfo_version(void);
uint32_t    sfo_abi_version(void);

#ifdef __cplusplus
}
#endif
#endif
