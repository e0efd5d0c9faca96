/* Every function from every callback. Whatever is called wherever: the status is one of those that are documented, errno is
 * left alone, callbacks do not nest, each request that was not cancelled is completed once, and nothing comes after
 * `destroyed`. The object that is being reported can be cancelled or stopped, and the engine freed.
 *
 * In `destroyed` the engine is gone: the functions are called for another one. `wake` must do nothing but wake; a firmware
 * that does more gets no promise, but no damage either as long as it is the engine's own thread that posts.
 */

#include "check.h"
#include "every_call.h"
#include "ledger.h"
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- one call from one kind of callback ------------------------------------------------------------ */

/* Often enough to meet itself, not so often that requests which start requests never end. */
enum { REPEATS = 3 };

static struct rig rig, other;
static struct arguments arguments;
static enum which which;
static enum kind where;
static unsigned performed, completed;
static int is_freed;
/* How often the object that was being reported was cancelled, and stopped, in callbacks of this kind. */
static unsigned cancelled_own[DESTROYED + 1], stopped_own[DESTROYED + 1], freed_in[DESTROYED + 1];

static void note_effects(const struct arguments *m, const struct call *call)
{
  int is_ok = m->status == SFO_OK;
  if (which == CALL_sfo_request_start && is_ok) {
    ledger_started(m->started);
  } else if (which == CALL_sfo_request_cancel && is_ok) {
    ledger_cancelled(m->request_id, 1);
    cancelled_own[where] += call->request != 0 && call->request == m->request_id;
  } else if (which == CALL_sfo_post_request_cancel && is_ok) {
    ledger_cancelled(m->request_id, 0);
  } else if (which == CALL_sfo_account_stop && is_ok) {
    stopped_own[where] += call->account != 0 && call->account == m->account;
  } else if (which == CALL_sfo_engine_free) {
    is_freed = 1;
    freed_in[where]++;
  }
}

static void call_it(struct rig *r, const struct call *call)
{
  struct arguments *m = &arguments;
  size_t before = r->count;
  m->engine = r->engine;
  m->now = r->now;
  m->request_id = call->request != 0 ? call->request : m->request_id;
  m->attempt_id = call->attempt != 0 ? call->attempt : m->attempt_id;
  m->account = call->account != 0 ? call->account : 1;
  m->query = call->kind == DNS ? call->number : m->query;
  m->fd = call->kind == WATCH ? call->fd : -1;
  if (which == CALL_sfo_engine_handle_timer) {
    r->deadline = RIG_FIRED;
  }
  perform(m, which);
  performed++;
  /* Nothing runs before this callback has returned. */
  CHECK_EQ(r->count, before);
  unsigned statuses = every_call[which].statuses;
  /* While the engine is being released, nothing but its state can be the reason for a refusal. */
  if (is_freed && which != CALL_sfo_engine_free && (statuses & S(SFO_ERR_STATE))) {
    CHECK(m->status == SFO_ERR_STATE || m->status == SFO_ERR_INVALID);
  }
  note_effects(m, call);
}

static void hook(struct rig *r, const struct call *call)
{
  if (call->kind == DONE) {
    ledger_done(call->request);
  } else if (call->kind == POSTED && call->result == SFO_POSTED_REQUEST_START && call->status == SFO_OK) {
    ledger_started(call->request);
  }
  if (call->kind == where && performed < REPEATS && !(is_freed && which == CALL_sfo_engine_free)) {
    call_it(r, call);
    if (call->kind == TIMER) {
      /* What this caused comes now. */
      r->timer_was_set = 0;
    }
  }
}

/* The last callback: what is called now is called for another engine, which lives. */
static void last_hook(struct rig *r, const struct call *call)
{
  (void)r;
  if (call->kind != DESTROYED || performed > 0) {
    return;
  }
  struct arguments *m = &arguments;
  m->engine = other.engine;
  m->now = other.now;
  m->account = 1;
  m->request_id = m->attempt_id = 1;
  if (which == CALL_sfo_engine_handle_timer) {
    other.deadline = RIG_FIRED;
  }
  rig_input(&other);
  perform(m, which);
  performed++;
  if (which == CALL_sfo_engine_free) {
    freed_in[DESTROYED]++;
    other.engine = NULL;
  }
}

/* On the engine's own thread, and not within a callback: what is called runs its callbacks. */
static void waker(struct rig *r)
{
  if (where == WAKE && performed < REPEATS && r->totals[DESTROYED] == 0) {
    struct arguments *m = &arguments;
    struct call none;
    memset(&none, 0, sizeof none);
    m->engine = r->engine;
    m->now = r->now;
    m->account = 1;
    m->request_id = m->attempt_id = 1;
    if (which == CALL_sfo_engine_handle_timer) {
      r->deadline = RIG_FIRED;
    }
    r->timer_was_set = 0;
    performed++;
    perform(m, which);
    note_effects(m, &none);
  }
}

/* ---- a life in which every callback is called ------------------------------------------------------- */

static const char TEXT[] =
  "account.1.enable = 1\n"
  "account.1.user_name = 1001\n"
  "account.1.fallback.redundancy_type = 1\n"
  "account.1.sip_server.1.address = 192.0.2.1\n"
  "account.1.sip_server.2.address = 192.0.2.2\n"
  "account.2.enable = 1\n"
  "account.2.user_name = 1002\n"
  "account.2.sip_server.1.address = sip.example\n";

static int is_alive(void)
{
  return rig.totals[DESTROYED] == 0;
}

static void run(uint64_t milliseconds)
{
  uint64_t end = rig.now + milliseconds;
  for (int i = 0; i < 1000 && is_alive() && rig.deadline <= end; i++) {
    rig.now = rig.deadline > rig.now ? rig.deadline : rig.now;
    rig.deadline = RIG_FIRED;
    sfo_engine_handle_timer(rig_input(&rig), rig.now);
  }
  rig.now = end;
}

static void start_accounts(void)
{
  const char *servers[1] = { "127.0.0.1:1" };
  sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 1);
  if (is_alive()) {
    sfo_account_start(rig_input(&rig), rig.now, 1);
  }
  if (is_alive() && rig_find(&rig, SEND, -1) != NULL) {
    rig_answer(&rig, rig_find(&rig, SEND, -1)->attempt, 200);
  }
  if (is_alive()) {
    sfo_account_start(rig_input(&rig), rig.now, 2);
  }
}

/* Its request is noted before callbacks about it run: the id is written first. */
static void request(uint64_t token)
{
  uint64_t *id = ledger_place();
  if (rig_request(&rig, SFO_METHOD_INVITE, token, id) < SFO_OK && *id == 0) {
    ledger_refused();
  }
}

static void live(unsigned flags)
{
  rig_open(&rig, TEXT, flags);
  rig.hook = hook;
  rig.waker = waker;
  start_accounts();
  if (is_alive()) {
    request(1);
  }
  run(60000);
  if (is_alive()) {
    request(2);
  }
  if (is_alive() && rig_find(&rig, SEND, -1) != NULL) {
    sfo_attempt_failed(rig_input(&rig), rig.now, rig_find(&rig, SEND, -1)->attempt, SFO_CAUSE_UNREACHABLE);
  }
  if (is_alive() && sfo_post_request_start(rig_input(&rig), &arguments.request) == SFO_OK && is_alive()) {
    sfo_engine_process(rig_input(&rig), rig.now);
  }
  run(30000);
  if (is_alive()) {
    sfo_account_stop(rig_input(&rig), rig.now, 1);
  }
  run(10000);
  if (is_alive()) {
    sfo_engine_free(rig_input(&rig));
  }
  CHECK_EQ(rig.totals[DESTROYED], 1);
  CHECK_EQ(rig.fault, 0);
  CHECK_EQ(rig.depth, 0);
  CHECK(rig.count > CALLS || rig.calls[rig.count - 1].kind == DESTROYED);
  completed += ledger_check();
}

static void try_one(enum kind kind, unsigned flags)
{
  for (unsigned i = 0; i < CALL_COUNT; i++) {
    if (!every_call[i].from_callbacks) {
      continue;
    }
    which = (enum which)i;
    where = kind;
    performed = 0;
    ledger_clear();
    is_freed = 0;
    arguments.request_id = arguments.attempt_id = arguments.query = 0;
    live(flags);
    if (!CHECK(performed > 0) || rig.fault) {
      fprintf(stderr, "  %s from callbacks of kind %d\n", every_call[i].name, (int)kind);
    }
  }
}

/* `destroyed` comes last, so requests are not what is looked at: the other engine must have come through it well. */
static void try_in_destroyed(void)
{
  for (unsigned i = 0; i < CALL_COUNT; i++) {
    uint64_t id = 0;
    which = (enum which)i;
    where = DESTROYED;
    performed = 0;
    rig_open(&other, TEXT, 0);
    rig_register(&other);
    rig_open(&rig, TEXT, 0);
    rig.hook = last_hook;
    sfo_engine_free(rig_input(&rig));
    CHECK_EQ(rig.totals[DESTROYED], 1);
    CHECK_EQ(performed, 1);
    if (other.engine != NULL) {
      /* One that stops, or leaves its old servers first, refuses; no other one does. */
      int may_refuse = which == CALL_sfo_account_stop || which == CALL_sfo_engine_reconfigure;
      if (!CHECK(rig_request(&other, SFO_METHOD_INVITE, 1, &id) == SFO_OK || may_refuse)) {
        fprintf(stderr, "  after %s in `destroyed`\n", every_call[i].name);
      }
      rig_close(&other);
    }
    CHECK_EQ(other.totals[DESTROYED], 1);
    CHECK_EQ(other.fault, 0);
  }
}

static void check_that_all_was_tried(void)
{
  static const enum kind about_requests[] = { SEND, CANCEL, POSTED };
  static const enum kind about_accounts[] = { SEND, CANCEL, DONE, EVENT, POSTED };
  for (unsigned kind = SEND; kind <= DESTROYED; kind++) {
    if (!CHECK(freed_in[kind] > 0)) {
      fprintf(stderr, "  not freed in callbacks of kind %u\n", kind);
    }
  }
  for (size_t i = 0; i < sizeof about_requests / sizeof *about_requests; i++) {
    CHECK(cancelled_own[about_requests[i]] > 0);
  }
  /* It has ended. */
  CHECK_EQ(cancelled_own[DONE], 0);
  for (size_t i = 0; i < sizeof about_accounts / sizeof *about_accounts; i++) {
    CHECK(stopped_own[about_accounts[i]] > 0);
  }
}

static void try_null(void)
{
  rig_open(&rig, TEXT, 0);
  arguments.engine = rig.engine;
  arguments.now = rig.now;
  rig_input(&rig);
  CHECK(pass_null(&arguments) > 60);
  CHECK_EQ(rig.totals[DESTROYED], 0);
  rig_close(&rig);
}

int main(void)
{
  arguments_open(&arguments, TEXT);
  CHECK_EQ(sfo_config_set(arguments.config, "account.1.sip_server.2.address", "192.0.2.3"), SFO_OK);
  try_null();
  try_one(SEND, 0);
  try_one(TIMER, 0);
  try_one(DNS, 0);
  try_one(WATCH, RIG_DRIVER);
  try_one(CANCEL, 0);
  try_one(DONE, 0);
  try_one(EVENT, 0);
  try_one(LOG, 0);
  try_one(POSTED, 0);
  try_one(WAKE, 0);
  try_in_destroyed();
  check_that_all_was_tried();
  arguments_close(&arguments);
  /* Most lives are not cut short. */
  CHECK(completed > 2u * CALL_COUNT);
  return check_result();
}
