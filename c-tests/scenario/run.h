/* One run of one scenario: the library, the world around it, and what happened. */
#ifndef SCENARIO_RUN_H
#define SCENARIO_RUN_H
#include <stddef.h>
#include <stdint.h>

#include "clock.h"
#include "dnsserver.h"
#include "ids.h"
#include "mischief.h"
#include "queue.h"
#include "script.h"
#include "sipfailover.h"
#include "transcript.h"
#include "watch.h"

typedef struct attempt {
  uint64_t id, request;
  uint32_t account, server, method, purpose, transport, expires_s;
  endpoint to;
  char *target;            /* as the library prints it */
  uint32_t retransmissions, sent;
  uint64_t retry_ms;       /* the stack's interval to the next retransmission */
  int in_flight;           /* neither answered nor failed nor left */
  int reported;            /* it ended with a response */
  int left;                /* SFO_CANCEL_* once the library has left it */
  int challenged, forgotten, progressed;
  int in_call;             /* a call was up on its account when it was sent */
  uint64_t sent_ms, ended_ms;
} attempt;

/* A request of the file or a registration walk of the library. */
typedef struct request {
  uint64_t id;
  const command *origin;   /* NULL for a walk of the library */
  char *name;
  uint32_t method;
  int cancelled, done, answered;
  int aside;               /* REGISTERs for which no pause is kept, and which begin none */
  int unjudged;            /* began while the settings of the accounts were not known */
  uint64_t cancelled_ms; /* when, if it was */
  uint64_t started_ms, asking_ms;   /* virtual time; when it last had a server to wait for */
  int begins, up;          /* a call: answered in this call into the library; going on until its hangup */
  uint64_t attempt, dialog; /* the one that was answered; 0 = no dialog is open */
} request;

/* How a host deals with what reaches it. */
typedef enum host_mode { HOST_UP, HOST_DOWN, HOST_ICMP, HOST_REFUSE, HOST_TLS_FAIL, HOST_SEND_ERROR } host_mode;

typedef struct host_rule {
  uint32_t method, code, retry_after, min_expires;
} host_rule;

typedef struct host {
  endpoint address;
  host_mode mode;
  host_rule *rule;         /* the latest first that fits */
  size_t rules, rule_capacity;
  uint32_t delay_ms;
  int challenge;           /* 401 to the next request */
} host;

typedef struct world {
  host *host;
  size_t hosts, capacity;
  uint32_t grant_s;        /* SFO_ABSENT = as requested */
  int link_down;
} world;

/* What the calls of one outermost call did: the rules about callbacks speak of it. */
typedef struct call {
  int inside;              /* calls within calls */
  int in_callback, freeing;
  unsigned timers;         /* set_timer calls */
  uint64_t walked[8];      /* requests that got a further attempt, the latest 8 */
  unsigned walks;
} call;

/* The longest that one transaction takes: 64*T1. */
#define TRANSACTION_MS 32000u
/* The deadline of a timer that has fired. */
#define TIMER_FIRED (SFO_TIME_NEVER - 1)

typedef struct run {
  const script *script;
  sfo_config *config;
  sfo_engine *engine;
  uint64_t now_ms;         /* virtual time */
  phone_clock clock;
  uint64_t deadline_ms;    /* of the library's timer, on its clock */
  queue queue;
  world world;
  dns_server dns;
  uint32_t dns_queries;
  transcript transcript;
  attempt *attempt;
  size_t attempts, attempt_capacity;
  size_t attempts_over;    /* none of those before this index is in flight */
  id_table attempt_index;
  request *request;
  size_t requests, request_capacity;
  size_t requests_over;    /* those before this index ended longer ago than a transaction lasts, or were never the file's */
  id_table request_index;
  int calls_begin;         /* some request has `begins` set */
  size_t starting;         /* index + 1 of the request that is being started, 0 = none */
  uint64_t starting_id;    /* written by the library; the array of requests may move meanwhile */
  call call;
  watches watches;
  mischief mischief;
  account_set started;
  int destroyed;
  uint64_t busy_second;
  uint32_t busy_count, busy_calls, busy_limit, busy_usual;
  text broken;             /* the first broken invariant */
  size_t broken_line;
  uint64_t broken_ms;
  int verbose;
  uint64_t explain_ms;     /* the moment that is to be explained, or NO_EXPLANATION */
  text explained;
} run;

#define NO_EXPLANATION UINT64_MAX

/* run.c */
int run_script(run *out, const script *script, int verbose, uint64_t explain_ms);
/* Returns -1 after a message. */
int start_engine(run *in);
void stop_engine(run *in);
void run_free(run *old);
uint64_t engine_now(run *of);
void handle_timer(run *in);
void note(run *to, const char *format, ...) LIKE_PRINTF(2, 3);

/* act.c: commands of the file */
int prepare_config(const script *script, const text *block, const char *file, unsigned first_line, int verbose, sfo_config **out);
void act(run *in, const command *what);
/* Tells the library about calls that were answered just now. */
void begin_calls(run *in);

/* kept.c: attempts and requests, from the first of the run to the last. `id` 0: not known yet */
attempt *keep_attempt(run *in, uint64_t id);
request *keep_request(run *in, uint64_t id);
void name_request(run *in, size_t index, uint64_t id);
attempt *find_attempt(run *in, uint64_t id);
request *find_request(run *in, uint64_t id);
/* Where to begin when all that may be under way are looked at. */
size_t first_attempt(run *in);
size_t first_request(run *in);
/* Another engine begins with its ids at the beginning. */
void forget_ids(run *in);
void kept_free(run *old);

/* stack.c: the simulated SIP stack of the phone and its calls into the library */
/* What begins every line about an attempt: " INVITE account=1 server=1 to=..." */
void describe(text *to, const attempt *of);
/* What ends it, for requests of the file: " request=call1" */
void describe_request(text *to, const run *in, const attempt *of);
/* Status 0: no response came. */
void end_attempt(run *in, attempt *of, uint32_t status, uint32_t granted_s);
/* The library takes it back: nobody is to blame. */
void withdraw_attempt(run *in, attempt *of);
void enter(run *in);
void leave(run *in);
void stack_retransmit(run *in, const happening *what);
void stack_provisional(run *in, const happening *what);
void stack_response(run *in, const happening *what);
void stack_failed(run *in, const happening *what);
/* Reports it for an attempt in flight. */
void tell_provisional(run *in, attempt *of, uint32_t status);
void tell_final(run *in, attempt *of, const sfo_response *response);
void tell_failure(run *in, attempt *of, uint32_t cause);

/* slip.c: what the stack reports wrongly */
/* The outcome of an attempt in flight may be changed; 1 when it is not to be reported for this attempt. */
int slip_outcome(run *in, const attempt *of, happening *what);
void stack_slip(run *in, const happening *what);
/* The command `report`, for the attempt at hand. */
void report_at_once(run *in, const command *what);

/* mischief.c: commands that wait for an outcome or a callback. Those that take return NULL when none fits. */
void mischief_add(run *in, const command *what);
void mischief_calm(run *in, uint32_t account);   /* 0 = every account */
const command *slip_take(run *in, const attempt *of);
const command *within_take(run *in, callback_kind callback, uint32_t account);
/* Carries out what was taken, if anything, at the end of a callback about this request and attempt (0 = none). */
void within_do(run *in, const command *what, uint64_t request, uint64_t attempt);

/* callbacks.c */
void fill_callbacks(sfo_callbacks *table);

/* sipworld.c: the hosts */
host *world_host(world *of, const endpoint *address, int create);
/* A request reaches its host, or not: puts what comes back into the queue. Returns 0, or the cause when it could not
   even be sent. */
int world_deliver(run *in, attempt *of);
int world_answers(run *in, const attempt *of);
void world_cancelled(run *in, const attempt *of);
/* Would the host answer a new request of this method with 2xx, and a REGISTER as well? */
int world_welcomes(run *in, const attempt *of, uint32_t method);
void host_reset(host *of);
void world_free(world *old);

/* invariants.c: rules that hold in every run, whatever the file expects */
void broken(run *in, const char *format, ...) LIKE_PRINTF(2, 3);
void check_command(run *in);
void check_calls(run *in);
void check_callback(run *in, const char *name);
void check_send(run *in, const sfo_send *send);
void check_cancel(run *in, const sfo_cancel *cancel);
void check_done(run *in, const sfo_done *done);
void check_timer(run *in, uint64_t deadline_ms);
void check_end(run *in);

/* watch.c: rules about accounts. An excuse: something happened after which the next registration needs no pause. */
void watch_excuse(run *in, uint32_t account);   /* 0 = every account */
void watch_forget(run *in);                     /* every registration is to be renewed */
void watch_network(run *in);                    /* another network, or a restart */
void watch_settings(run *in);                   /* a new configuration */
void watch_denial_ends(run *in);                /* DNS is about to be as it should be */
void watch_clock_jump(run *in, int64_t late_ms);   /* the library's deadlines come so much later */
/* Something came from the target of an attempt, even too late; or from an address. */
void watch_heard(run *in, const attempt *of);
void watch_heard_from(run *in, uint32_t account, const char *address);
void watch_send(run *in, const sfo_send *send);
/* status 0: no response came */
void watch_outcome(run *in, const attempt *of, uint32_t status, uint32_t granted_s);
void watch_event(run *in, const sfo_event *event);
int watch_is_registered(run *in, const attempt *of, uint64_t since_ms);
int watch_allows(run *in, uint32_t method, uint32_t account, uint32_t server);
void watch_free(run *in);

/* explain.c: explains the wanted moment, if all that happens at it has happened: the next thing comes at next_ms */
void explain_when_over(run *in, uint64_t next_ms);

/* reach.c: rules about the way of a request, and about the end of the run */
void check_reach(run *in, const sfo_done *done);
void check_progress(run *in, uint64_t next_ms);
void check_rest(run *in);

/* expect.c: prints what does not hold; returns how many checks failed */
unsigned check_expectations(const run *of, unsigned *checks);
#endif
