/* An engine with a recorder behind its callbacks, and a clock that the test moves.
 *
 * The recorder holds what is true of every engine at all times: callbacks do not nest, set_timer comes last and only with
 * news, nothing comes after `destroyed`. rig_faults() says how often that was broken.
 */

#ifndef RIG_H
#define RIG_H

#include <sipfailover.h>

/* WAKE is not recorded, as it runs on other threads: see `waker`. */
enum kind { SEND = 1, TIMER, DNS, WATCH, CANCEL, DONE, EVENT, LOG, POSTED, WAKE, DESTROYED };

/* One callback, with what the tests look at. */
struct call {
  enum kind kind;
  uint64_t request;
  uint64_t attempt;
  uint64_t token;
  uint64_t number; /* TIMER: the deadline. DNS: the query. */
  uint32_t account;
  uint32_t server; /* DNS: the index. */
  uint32_t method;
  uint32_t result; /* EVENT, POSTED: the kind. CANCEL: the mode. WATCH: the events. LOG: the level. DNS: the transport. */
  uint32_t cause;
  uint32_t outcomes;
  sfo_status status; /* POSTED. */
  uint64_t dialog; /* POSTED. */
  int32_t fd;
  uint32_t length;
  uint8_t data[512];
  char text[96]; /* SEND: the target. EVENT, LOG: the beginning of the text. */
};

enum { CALLS = 4096 };

struct rig {
  sfo_engine *engine;
  uint64_t now;
  uint64_t deadline;
  struct call calls[CALLS];
  size_t count;  /* Also of those that found no room. */
  size_t totals[DESTROYED + 1];
  int32_t send_result;
  int32_t dns_result;
  /* Runs within each callback, after it has been recorded. */
  void (*hook)(struct rig *rig, const struct call *call);
  void *hook_data;
  unsigned depth;
  int timer_was_set;
  int fault;
  /* Runs within wake, on the thread that posts. */
  void (*waker)(struct rig *rig);
};

/* The deadline of a timer that has fired: any other moment, also none at all, is news. */
#define RIG_FIRED (SFO_TIME_NEVER - 1)

enum { RIG_DRIVER = 1, RIG_SILENT = 2 };

/* Two servers with numeric addresses: nothing to ask DNS for. */
extern const char RIG_TWO_SERVERS[];
/* One server with a name: one question for its IPv4 address. */
extern const char RIG_NAMED_SERVER[];

/* Makes an engine for this provisioning text. RIG_DRIVER: with the driver of the library instead of dns_send.
 * RIG_SILENT: without a log. */
void rig_open(struct rig *rig, const char *text, unsigned flags);
/* Releases it and checks that it said so. */
void rig_close(struct rig *rig);
/* Before each call from outside of callbacks: a new deadline may be set again. */
sfo_engine *rig_input(struct rig *rig);
/* The table of the recorder. */
sfo_callbacks rig_callbacks(unsigned flags);
sfo_options rig_options(void);

/* The n-th call of this kind, from 0; NULL if there were fewer. Negative: from the end. */
const struct call *rig_find(const struct rig *rig, enum kind kind, int n);
/* Forgets the calls recorded so far. */
void rig_forget(struct rig *rig);

sfo_status rig_request(struct rig *rig, uint32_t method, uint64_t token, uint64_t *id);
/* A final response with this status, to a REGISTER with an expiry of an hour. */
sfo_status rig_answer(struct rig *rig, uint64_t attempt, uint32_t status);
/* Account 1 starts, and its REGISTER is answered with 200. */
void rig_register(struct rig *rig);
/* Moves the clock, and fires the timer whenever it is due. */
void rig_run(struct rig *rig, uint64_t milliseconds);

sfo_counters rig_counters(const struct rig *rig);
sfo_config *rig_config(const char *text);

#endif
