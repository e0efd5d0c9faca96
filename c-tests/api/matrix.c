/* Every function from every callback. Whatever is called wherever: the status is one of those that are documented, callbacks
 * do not nest, each request that was not cancelled is completed once, and nothing comes after `destroyed`.
 *
 * The list of functions, with their statuses and calls, is made from the table that the library itself looks things up in.
 */

#include "check.h"
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the calls of the list take their arguments from. */
struct matrix {
  sfo_engine *engine, *new_engine;
  sfo_config *config, *new_config, *spare_config;
  sfo_callbacks silent;
  sfo_request request;
  sfo_dialog dialog;
  sfo_response response;
  sfo_account_info account_info;
  sfo_target target;
  sfo_counters counters;
  sfo_diagnostic diagnostic;
  sfo_key_info key_info;
  sfo_dns_fd fds[64];
  const char *servers[1], *path;
  uint64_t now, started, request_id, attempt_id, query;
  int64_t number;
  uint32_t word;
  int32_t fd;
  size_t length, needed;
  uint8_t bytes[65536];
  char text[256];
  sfo_status status;
};

/* ---- the list -------------------------------------------------------------------------------------- */

#define CALL(name, kind, how, from_callbacks, statuses, arguments) CALL_##name,
#define NULLED(name, how, statuses, arguments)
enum which {
#include "matrix_calls.h"
  CALL_COUNT
};
#undef CALL

/* SFO_LATE is 1, errors are negative. */
#define S(status) (1u << (1 - (status)))

struct row {
  const char *name;
  int from_callbacks;
  unsigned statuses;
};

#define CALL(name, kind, how, from_callbacks, statuses, arguments) { #name, from_callbacks, statuses },
static const struct row rows[] = {
#include "matrix_calls.h"
};
#undef CALL

#define DO_STATUS(call) m->status = (call)
#define DO_VALUE(call) (void)(call)
#define DO_NOTHING(call) (call)
#define CALL(name, kind, how, from_callbacks, statuses, arguments) \
  case CALL_##name: \
    DO_##how(name arguments); \
    break;
static void perform(struct matrix *m, enum which which)
{
  switch (which) {
#include "matrix_calls.h"
  case CALL_COUNT:
    break;
  }
}
#undef CALL
#undef NULLED

/* Every pointer is looked at: NULL is refused, or stands for nothing where that is documented. */
#define CALL(name, kind, how, from_callbacks, statuses, arguments)
#define NULLED(name, how, statuses, arguments) \
  m->status = SFO_OK; \
  DO_##how(name arguments); \
  nulls++; \
  if ((statuses) != 0 && !CHECK(((statuses) & S(m->status)) != 0)) { \
    fprintf(stderr, "  %s returned %d\n", #name #arguments, (int)m->status); \
  } \
  release_new(m);
static void release_new(struct matrix *m)
{
  sfo_config_free(m->new_config);
  sfo_engine_free(m->new_engine);
  m->new_config = NULL;
  m->new_engine = NULL;
}

static unsigned pass_null(struct matrix *m)
{
  unsigned nulls = 0;
#include "matrix_calls.h"
  return nulls;
}
#undef CALL
#undef NULLED

/* ---- requests: each is completed once -------------------------------------------------------------- */

enum { REQUESTS = 64 };

static struct {
  uint64_t id;
  int is_cancelled, may_be_cancelled;
  unsigned done;
} requests[REQUESTS];
static unsigned request_count, completed;

static void note_start(uint64_t id)
{
  if (CHECK(id != 0 && request_count < REQUESTS)) {
    memset(&requests[request_count], 0, sizeof requests[0]);
    requests[request_count++].id = id;
  }
}

static void note_cancel(uint64_t id, int is_sure)
{
  for (unsigned i = 0; i < request_count; i++) {
    if (requests[i].id == id) {
      requests[i].is_cancelled |= is_sure;
      requests[i].may_be_cancelled = 1;
    }
  }
}

static void note_done(uint64_t id)
{
  unsigned found = 0;
  for (unsigned i = 0; i < request_count; i++) {
    if (requests[i].id == id) {
      found++;
      requests[i].done++;
      CHECK(!requests[i].is_cancelled);
    }
  }
  CHECK_EQ(found, 1);
}

static void check_requests(void)
{
  for (unsigned i = 0; i < request_count; i++) {
    completed += requests[i].done;
    if (requests[i].may_be_cancelled) {
      CHECK(requests[i].done <= 1);
    } else {
      CHECK_EQ(requests[i].done, 1);
    }
  }
}

/* ---- one call from one kind of callback ------------------------------------------------------------ */

/* Often enough to meet itself, not so often that requests which start requests never end. */
enum { REPEATS = 3 };

static struct rig rig;
static struct matrix matrix;
static enum which which;
static enum kind where;
static unsigned performed;
static int is_freed;

static void call_it(struct rig *r, const struct call *call)
{
  struct matrix *m = &matrix;
  size_t before = r->count;
  m->engine = r->engine;
  m->now = r->now;
  m->request_id = call->request != 0 ? call->request : m->request_id;
  m->attempt_id = call->attempt != 0 ? call->attempt : m->attempt_id;
  m->query = call->kind == DNS ? call->number : m->query;
  m->fd = call->kind == WATCH ? call->fd : -1;
  m->length = 12;
  m->status = SFO_OK;
  CHECK_EQ(sfo_config_new(0, &m->spare_config), SFO_OK);
  if (which == CALL_sfo_engine_handle_timer) {
    r->deadline = RIG_FIRED;
  }
  perform(m, which);
  performed++;
  /* Nothing runs before this callback has returned. */
  CHECK_EQ(r->count, before);
  unsigned statuses = rows[which].statuses;
  if (statuses != 0 && !CHECK((statuses & S(m->status)) != 0)) {
    fprintf(stderr, "  %s returned %d\n", rows[which].name, (int)m->status);
  }
  /* While the engine is being released, nothing but its state can be the reason for a refusal. */
  if (is_freed && which != CALL_sfo_engine_free && (statuses & S(SFO_ERR_STATE))) {
    CHECK(m->status == SFO_ERR_STATE || m->status == SFO_ERR_INVALID);
  }
  if (which == CALL_sfo_request_start && m->status == SFO_OK) {
    note_start(m->started);
  } else if (which == CALL_sfo_request_cancel && m->status == SFO_OK) {
    note_cancel(m->request_id, 1);
  } else if (which == CALL_sfo_post_request_cancel && m->status == SFO_OK) {
    note_cancel(m->request_id, 0);
  } else if (which == CALL_sfo_engine_free) {
    is_freed = 1;
  } else if (which == CALL_sfo_config_free) {
    m->spare_config = NULL;
  }
  sfo_config_free(m->spare_config);
  m->spare_config = NULL;
  release_new(m);
}

static void hook(struct rig *r, const struct call *call)
{
  if (call->kind == DONE) {
    note_done(call->request);
  } else if (call->kind == POSTED && call->result == SFO_POSTED_REQUEST_START && call->status == SFO_OK) {
    note_start(call->request);
  }
  if (call->kind == where && performed < REPEATS && !(is_freed && which == CALL_sfo_engine_free)) {
    call_it(r, call);
    if (call->kind == TIMER) {
      /* What this caused comes now. */
      r->timer_was_set = 0;
    }
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
  sfo_request start = SFO_REQUEST_INIT;
  uint64_t *id = &requests[request_count].id;
  start.account = 1;
  start.method = SFO_METHOD_INVITE;
  start.user_token = token;
  memset(&requests[request_count], 0, sizeof requests[0]);
  request_count++;
  if (sfo_request_start(rig_input(&rig), rig.now, &start, id) < SFO_OK && *id == 0) {
    request_count--;
  }
}

static void live(unsigned flags)
{
  rig_open(&rig, TEXT, flags);
  rig.hook = hook;
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
  if (is_alive() && sfo_post_request_start(rig.engine, &matrix.request) == SFO_OK) {
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
  CHECK(rig.count > CALLS || rig.calls[rig.count - 1].kind == DESTROYED);
  check_requests();
}

static void try_one(enum kind kind, unsigned flags)
{
  for (unsigned i = 0; i < CALL_COUNT; i++) {
    if (!rows[i].from_callbacks) {
      continue;
    }
    which = (enum which)i;
    where = kind;
    performed = request_count = 0;
    is_freed = 0;
    matrix.request_id = matrix.attempt_id = matrix.query = 0;
    live(flags);
    if (!CHECK(performed > 0) || rig.fault) {
      fprintf(stderr, "  %s from callbacks of kind %d\n", rows[i].name, (int)kind);
    }
  }
}

static void prepare(void)
{
  struct matrix *m = &matrix;
  sfo_callbacks silent = rig_callbacks(RIG_SILENT);
  m->config = rig_config(TEXT);
  CHECK_EQ(sfo_config_set(m->config, "account.1.sip_server.2.address", "192.0.2.3"), SFO_OK);
  /* An engine that is made and released without being used. */
  silent.destroyed = NULL;
  m->silent = silent;
  m->request = (sfo_request)SFO_REQUEST_INIT;
  m->dialog = (sfo_dialog)SFO_DIALOG_INIT;
  m->dialog.account = 1;
  m->dialog.method = SFO_METHOD_INVITE;
  m->dialog.source_text = "192.0.2.1";
  m->request.account = 1;
  m->request.method = SFO_METHOD_MESSAGE;
  m->response = (sfo_response)SFO_RESPONSE_INIT;
  m->response.status = 486;
  m->account_info.struct_size = sizeof m->account_info;
  m->target.struct_size = sizeof m->target;
  m->counters.struct_size = sizeof m->counters;
  m->diagnostic.struct_size = sizeof m->diagnostic;
  m->key_info.struct_size = sizeof m->key_info;
  m->servers[0] = "127.0.0.1:1";
  m->path = "/nonexistent";
}

static void try_null(void)
{
  rig_open(&rig, TEXT, 0);
  matrix.engine = rig.engine;
  matrix.now = rig.now;
  matrix.length = 12;
  rig_input(&rig);
  CHECK(pass_null(&matrix) > 60);
  CHECK_EQ(rig.totals[DESTROYED], 0);
  rig_close(&rig);
}

int main(void)
{
  prepare();
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
  sfo_config_free(matrix.config);
  /* Most lives are not cut short. */
  CHECK(completed > 2u * CALL_COUNT);
  return check_result();
}
