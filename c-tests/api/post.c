/* Inputs from other threads: they wait in the inbox until the engine's thread takes them. */

#include "check.h"
#include "rig.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static struct rig rig;
static unsigned wakes;

static void counts(struct rig *r)
{
  (void)r;
  wakes++;
}

static sfo_status post_request(struct rig *r, uint64_t token)
{
  sfo_request request = SFO_REQUEST_INIT;
  request.account = 1;
  request.method = SFO_METHOD_MESSAGE;
  request.user_token = token;
  return sfo_post_request_start(r->engine, &request);
}

static sfo_status post_answer(struct rig *r, uint64_t attempt, uint32_t status)
{
  sfo_response response = SFO_RESPONSE_INIT;
  response.status = status;
  response.granted_expires_s = 3600;
  return sfo_post_attempt_response(r->engine, attempt, &response);
}

static void open_registered(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  wakes = 0;
  rig.waker = counts;
}

/* ---- what is posted happens when it is taken ------------------------------------------------------- */

static void nothing_happens_before_it_is_taken(void)
{
  open_registered();
  CHECK_EQ(post_request(&rig, 7), SFO_OK);
  CHECK_EQ(post_request(&rig, 8), SFO_OK);
  CHECK_EQ(rig.count, 0);
  CHECK_EQ(wakes, 1);
  CHECK_EQ(sfo_engine_process(rig_input(&rig), rig.now), SFO_OK);
  CHECK_EQ(rig.totals[POSTED], 2);
  CHECK_EQ(rig.totals[SEND], 2);
  for (int i = 0; i < 2; i++) {
    const struct call *posted = rig_find(&rig, POSTED, i), *send = rig_find(&rig, SEND, i);
    CHECK_EQ(posted->token, 7 + i);
    CHECK_EQ(posted->result, SFO_POSTED_REQUEST_START);
    CHECK_EQ(posted->status, SFO_OK);
    CHECK_EQ(posted->account, 1);
    CHECK(posted->request != 0 && posted->request == send->request);
    /* The id is told before anything is said about it. */
    CHECK(posted < send);
  }
  /* The next one wakes again. */
  CHECK_EQ(post_answer(&rig, rig_find(&rig, SEND, 0)->attempt, 200), SFO_OK);
  CHECK_EQ(wakes, 2);
  rig_forget(&rig);
  CHECK_EQ(sfo_engine_process(rig_input(&rig), rig.now), SFO_OK);
  CHECK_EQ(rig.totals[DONE], 1);
  CHECK_EQ(rig.totals[POSTED], 0);
  /* Nothing is there any more. */
  rig_forget(&rig);
  CHECK_EQ(sfo_engine_process(rig_input(&rig), rig.now), SFO_OK);
  CHECK_EQ(rig.count, 0);
  rig_close(&rig);
}

static void wrong_parameters(void)
{
  sfo_request request = SFO_REQUEST_INIT;
  sfo_response response = SFO_RESPONSE_INIT;
  sfo_dialog dialog = SFO_DIALOG_INIT;
  const char *none[1] = { "no address" };
  open_registered();
  CHECK_EQ(sfo_post_attempt_provisional(rig.engine, 1, 200), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_attempt_response(rig.engine, 1, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_attempt_response(rig.engine, 1, &response), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_attempt_failed(rig.engine, 1, SFO_CAUSE_TIMEOUT), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_request_start(rig.engine, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_request_start(rig.engine, &request), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_dialog_open(rig.engine, NULL, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_dialog_open(rig.engine, &dialog, 1), SFO_ERR_INVALID);
  dialog.source_text = "nowhere";
  dialog.method = SFO_METHOD_INVITE;
  CHECK_EQ(sfo_post_dialog_open(rig.engine, &dialog, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_flow_lost(rig.engine, 1, 3), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_heard_from(rig.engine, 1, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_heard_from(rig.engine, 1, "192.0.2.1:99999"), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_set_dns_servers(rig.engine, NULL, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_set_dns_servers(rig.engine, none, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_set_dns_servers(rig.engine, none, 9), SFO_ERR_LIMIT);
  CHECK_EQ(sfo_post_set_busy(rig.engine, 1, 2), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_set_link(rig.engine, 0), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_set_families(rig.engine, 4), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_handle_dns(rig.engine, 0, NULL, 1), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_handle_dns(rig.engine, 0, (const uint8_t *)"", 65536), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_dns_failed(rig.engine, 1, 0, SFO_TRANSPORT_TLS), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_attempt_provisional(NULL, 1, 180), SFO_ERR_INVALID);
  CHECK_EQ(sfo_post_handle_dns(NULL, 0, (const uint8_t *)"", 0), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_process(NULL, 0), SFO_ERR_INVALID);
  CHECK_EQ(wakes, 0);
  rig_close(&rig);
}

/* ---- bounds ---------------------------------------------------------------------------------------- */

static void full_inbox(void)
{
  static uint8_t message[65535];
  int count = 0;
  open_registered();
  while (count < 10000 && sfo_post_set_busy(rig.engine, 1, 0) == SFO_OK) {
    count++;
  }
  CHECK_EQ(count, 256);
  CHECK_EQ(sfo_post_set_busy(rig.engine, 1, 0), SFO_ERR_LIMIT);
  CHECK_EQ(wakes, 1);
  CHECK_EQ(sfo_engine_process(rig_input(&rig), rig.now), SFO_OK);
  CHECK_EQ(sfo_post_set_busy(rig.engine, 1, 0), SFO_OK);
  /* DNS messages fill neither the memory nor the room of others. */
  count = 0;
  while (count < 10000 && sfo_post_handle_dns(rig.engine, 0, message, sizeof message) == SFO_OK) {
    count++;
  }
  CHECK_EQ(count, 2);
  CHECK_EQ(sfo_engine_process(rig_input(&rig), rig.now), SFO_OK);
  count = 0;
  while (count < 10000 && sfo_post_handle_dns(rig.engine, 0, message, 12) == SFO_OK) {
    count++;
  }
  CHECK_EQ(count, 128);
  CHECK_EQ(sfo_post_set_busy(rig.engine, 1, 0), SFO_OK);
  rig_close(&rig);
}

/* ---- the end --------------------------------------------------------------------------------------- */

static void posts_while_it_ends(struct rig *r, const struct call *call)
{
  if (call->kind == DONE) {
    CHECK_EQ(post_request(r, 9), SFO_ERR_STATE);
    CHECK_EQ(sfo_engine_process(r->engine, r->now), SFO_ERR_STATE);
  }
}

static void posted_and_never_taken(void)
{
  uint64_t id = 0;
  open_registered();
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  rig_forget(&rig);
  CHECK_EQ(post_request(&rig, 2), SFO_OK);
  CHECK_EQ(sfo_post_set_link(rig.engine, SFO_LINK_UP), SFO_OK);
  rig.hook = posts_while_it_ends;
  sfo_engine_free(rig_input(&rig));
  CHECK_EQ(rig.totals[POSTED], 1);
  CHECK_EQ(rig_find(&rig, POSTED, 0)->token, 2);
  CHECK_EQ(rig_find(&rig, POSTED, 0)->status, SFO_ERR_STATE);
  CHECK_EQ(rig.totals[DONE], 1);
  CHECK_EQ(rig.totals[DESTROYED], 1);
  CHECK_EQ(rig.count, 3);
}

/* ---- posts from callbacks -------------------------------------------------------------------------- */

static void posts_and_processes(struct rig *r, const struct call *call)
{
  if (call->kind == SEND && call->token == 1) {
    size_t before = r->count;
    CHECK_EQ(post_answer(r, call->attempt, 200), SFO_OK);
    CHECK_EQ(post_request(r, 2), SFO_OK);
    CHECK_EQ(sfo_engine_process(r->engine, r->now), SFO_OK);
    /* Callbacks do not nest. */
    CHECK_EQ(r->count, before);
  }
}

static void posts_from_callbacks(void)
{
  uint64_t id = 0;
  open_registered();
  rig.hook = posts_and_processes;
  CHECK_EQ(rig_request(&rig, SFO_METHOD_MESSAGE, 1, &id), SFO_OK);
  CHECK_EQ(rig.totals[DONE], 1);
  CHECK_EQ(rig.totals[SEND], 2);
  CHECK_EQ(rig_find(&rig, SEND, 1)->token, 2);
  rig_close(&rig);
}

/* ---- an event loop with worker threads ------------------------------------------------------------- */

enum { WORKERS = 3, REQUESTS = 400 };

static int wakeup[2];
static unsigned answered[WORKERS];
static uint64_t last_id, last_token[WORKERS];
static unsigned dialogs;

static void writes(struct rig *r)
{
  (void)r;
  /* A full pipe wakes just as well. */
  if (write(wakeup[1], "", 1) < 0) {
    CHECK_EQ(errno, EAGAIN);
  }
}

static sfo_status post_dialog(uint64_t token)
{
  sfo_dialog dialog = SFO_DIALOG_INIT;
  dialog.account = 1;
  dialog.method = SFO_METHOD_INVITE;
  dialog.source_text = "192.0.2.1";
  return sfo_post_dialog_open(rig.engine, &dialog, token);
}

/* Posts until there is room. */
static void insist(sfo_status (*post)(uint64_t token), uint64_t token)
{
  sfo_status status;
  while ((status = post(token)) == SFO_ERR_LIMIT) {
    poll(NULL, 0, 1);
  }
  CHECK_EQ(status, SFO_OK);
}

static sfo_status post_message(uint64_t token)
{
  return post_request(&rig, token);
}

static void *works(void *argument)
{
  uint64_t worker = (uint64_t)(uintptr_t)argument;
  for (uint64_t i = 0; i < REQUESTS; i++) {
    insist(post_message, worker << 32 | i);
    if (i % 8 == 0) {
      insist(post_dialog, worker << 32 | i);
    }
  }
  return NULL;
}

static void answers_in_order(struct rig *r, const struct call *call)
{
  if (call->kind == POSTED) {
    CHECK_EQ(call->status, SFO_OK);
    if (call->result == SFO_POSTED_REQUEST_START) {
      last_id = call->request;
      last_token[call->token >> 32] = call->token;
    } else if (CHECK_EQ(call->result, SFO_POSTED_DIALOG_OPEN)) {
      /* Whatever the kind: what the thread posted before has come before. */
      CHECK_EQ(call->token, last_token[call->token >> 32]);
      CHECK_EQ(sfo_dialog_close(r->engine, r->now, call->dialog), SFO_OK);
      dialogs++;
    }
  } else if (call->kind == SEND) {
    CHECK_EQ(rig_answer(r, call->attempt, 200), SFO_OK);
  } else if (call->kind == DONE) {
    /* First in, first out, for each thread. */
    CHECK_EQ(call->token & 0xffffffffu, answered[call->token >> 32]);
    answered[call->token >> 32]++;
  }
}

static void worker_threads(void)
{
  pthread_t threads[WORKERS];
  unsigned all = 0;
  rig_open(&rig, RIG_TWO_SERVERS, RIG_SILENT);
  rig_register(&rig);
  CHECK_EQ(pipe(wakeup), 0);
  rig.waker = writes;
  rig.hook = answers_in_order;
  for (uintptr_t i = 0; i < WORKERS; i++) {
    CHECK_EQ(pthread_create(&threads[i], NULL, works, (void *)i), 0);
  }
  while (all < WORKERS * REQUESTS) {
    struct pollfd readable = { wakeup[0], POLLIN, 0 };
    char bytes[64];
    /* A lost wake-up would leave requests behind for ever. */
    if (!CHECK_EQ(poll(&readable, 1, 10000), 1) || !CHECK(read(wakeup[0], bytes, sizeof bytes) > 0)) {
      break;
    }
    CHECK_EQ(sfo_engine_process(rig_input(&rig), ++rig.now), SFO_OK);
    rig.count = 0;
    all = answered[0] + answered[1] + answered[2];
  }
  for (int i = 0; i < WORKERS; i++) {
    pthread_join(threads[i], NULL);
    CHECK_EQ(answered[i], REQUESTS);
  }
  /* The last ones may have come after the last request was answered. */
  CHECK_EQ(sfo_engine_process(rig_input(&rig), ++rig.now), SFO_OK);
  CHECK_EQ(dialogs, WORKERS * REQUESTS / 8);
  CHECK(last_id != 0);
  rig_close(&rig);
  close(wakeup[0]);
  close(wakeup[1]);
}

int main(void)
{
  nothing_happens_before_it_is_taken();
  wrong_parameters();
  full_inbox();
  posted_and_never_taken();
  posts_from_callbacks();
  worker_threads();
  return check_result();
}
