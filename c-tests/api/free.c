/* Releasing an engine: at any moment, in any callback, with anything open. */

#include "check.h"
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig rig;
static enum kind where;
static int frees;

static void frees_here(struct rig *r, const struct call *call)
{
  if (call->kind != where || frees > 0) {
    return;
  }
  uint64_t id = 0;
  sfo_counters counters;
  char text[8];
  counters.struct_size = sizeof counters;
  frees++;
  sfo_engine_free(r->engine);
  /* It is still there, until the outermost call returns, but does nothing any more. A second release is one too many,
   * and yet harmless here. */
  CHECK_EQ(r->totals[DESTROYED], 0);
  CHECK_EQ(rig_request(r, SFO_METHOD_INVITE, 9, &id), SFO_ERR_STATE);
  CHECK_EQ(sfo_account_start(r->engine, r->now, 1), SFO_ERR_STATE);
  CHECK_EQ(sfo_engine_handle_timer(r->engine, r->now), SFO_ERR_STATE);
  CHECK_EQ(sfo_engine_counters(r->engine, &counters), SFO_ERR_STATE);
  CHECK_EQ(sfo_engine_last_error(r->engine, text, sizeof text), 0);
  CHECK_EQ(sfo_dns_io_fds(r->engine, NULL, 0), 0);
  sfo_engine_free(r->engine);
}

/* Runs through a life that has every callback in it, until the engine is gone. */
static void live(unsigned flags)
{
  const char *servers[1] = { "127.0.0.1:9" };
  uint64_t id = 0;
  rig_open(&rig, flags ? RIG_NAMED_SERVER : RIG_TWO_SERVERS, flags);
  sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 1);
  rig.hook = frees_here;
  sfo_account_start(rig_input(&rig), rig.now, 1);
  if (rig.totals[DESTROYED] == 0 && flags == 0) {
    rig_answer(&rig, rig_find(&rig, SEND, 0)->attempt, 200);
  }
  if (rig.totals[DESTROYED] == 0) {
    rig_request(&rig, SFO_METHOD_INVITE, 1, &id);
  }
  if (rig.totals[DESTROYED] == 0 && flags == 0) {
    sfo_attempt_failed(rig_input(&rig), rig.now, rig_find(&rig, SEND, -1)->attempt, SFO_CAUSE_CONNECT);
  }
  while (rig.totals[DESTROYED] == 0 && rig.deadline != SFO_TIME_NEVER && rig.now < 100000000) {
    rig.now = rig.deadline > rig.now ? rig.deadline : rig.now;
    rig.deadline = RIG_FIRED;
    sfo_engine_handle_timer(rig_input(&rig), rig.now);
  }
}

static void free_in(enum kind kind, unsigned flags)
{
  where = kind;
  frees = 0;
  live(flags);
  CHECK_EQ(frees, 1);
  CHECK_EQ(rig.totals[DESTROYED], 1);
  CHECK_EQ(rig.fault, 0);
  CHECK(rig.count > CALLS || rig.calls[rig.count - 1].kind == DESTROYED);
  if (frees == 0) {
    fprintf(stderr, "  no callback of kind %d\n", (int)kind);
    rig_close(&rig);
  }
}

static void free_in_every_callback(void)
{
  free_in(SEND, 0);
  free_in(TIMER, 0);
  free_in(CANCEL, 0);
  free_in(DONE, 0);
  free_in(EVENT, 0);
  free_in(LOG, 0);
  free_in(WATCH, RIG_DRIVER);
  where = DNS;
  frees = 0;
  rig_open(&rig, RIG_NAMED_SERVER, 0);
  const char *servers[1] = { "192.0.2.53" };
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 1), SFO_OK);
  rig.hook = frees_here;
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  CHECK_EQ(rig.totals[DESTROYED], 1);
}

static void asks_for_more(struct rig *r, const struct call *call)
{
  uint64_t id = 0;
  if (call->kind == DONE) {
    CHECK_EQ(rig_request(r, SFO_METHOD_INVITE, 9, &id), SFO_ERR_STATE);
    CHECK_EQ(sfo_request_cancel(r->engine, r->now, call->request), SFO_ERR_STATE);
  }
}

static void open_requests_are_completed(void)
{
  uint64_t ids[5] = { 0 };
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  for (uint64_t i = 0; i < 5; i++) {
    CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, i, &ids[i]), SFO_OK);
  }
  CHECK_EQ(sfo_request_cancel(rig_input(&rig), rig.now, ids[2]), SFO_OK);
  rig_forget(&rig);
  rig.hook = asks_for_more;
  sfo_engine_free(rig_input(&rig));
  CHECK_EQ(rig.totals[DONE], 4);
  CHECK_EQ(rig.totals[DESTROYED], 1);
  CHECK_EQ(rig.count, 5);
  for (int i = 0; i < 4; i++) {
    const struct call *done = rig_find(&rig, DONE, i);
    CHECK_EQ(done->result, SFO_DONE_RELEASED);
    CHECK_EQ(done->cause, SFO_CAUSE_RELEASED);
    CHECK_EQ(done->request, ids[i < 2 ? i : i + 1]);
  }
}

/* A completion that waits in the queue still comes. */
static void waiting_completions_come(void)
{
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 2, &id), SFO_OK);
  rig_forget(&rig);
  where = DONE;
  frees = 0;
  rig.hook = frees_here;
  CHECK_EQ(sfo_account_stop(rig_input(&rig), rig.now, 1), SFO_OK);
  CHECK_EQ(rig.totals[DONE], 2);
  CHECK_EQ(rig_find(&rig, DONE, 0)->token, 1);
  CHECK_EQ(rig_find(&rig, DONE, 1)->token, 2);
  CHECK_EQ(rig.totals[DESTROYED], 1);
}

static void unused_engine(void)
{
  rig_open(&rig, "", 0);
  rig_close(&rig);
  CHECK_EQ(rig.count, 1);
}

int main(void)
{
  free_in_every_callback();
  open_requests_are_completed();
  waiting_completions_come();
  unused_engine();
  return check_result();
}
