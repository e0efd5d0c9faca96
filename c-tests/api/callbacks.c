/* Callbacks: their order, and what may be done in them. */

#include "check.h"
#include "rig.h"

#include <string.h>

static struct rig rig;

/* ---- ids are written before callbacks ---------------------------------------------------------- */

static uint64_t started;

static void sees_its_id(struct rig *rig_, const struct call *call)
{
  (void)rig_;
  if (call->kind == SEND) {
    CHECK_EQ(call->request, started);
  }
}

static void id_comes_first(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  rig.hook = sees_its_id;
  started = 0;
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 7, &started), SFO_OK);
  CHECK_EQ(rig.totals[SEND], 1);
  CHECK_EQ(rig_find(&rig, SEND, 0)->token, 7);
  rig_close(&rig);
}

/* ---- what callbacks cause comes after them, in order ------------------------------------------- */

static void starts_three(struct rig *r, const struct call *call)
{
  if (call->kind == DONE && call->token == 1) {
    uint64_t id = 0;
    size_t before = r->count;
    for (uint64_t token = 10; token < 13; token++) {
      CHECK_EQ(rig_request(r, SFO_METHOD_MESSAGE, token, &id), SFO_OK);
      CHECK(id != 0);
    }
    /* Not yet. */
    CHECK_EQ(r->count, before);
  }
}

static void callbacks_queue_up(void)
{
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  uint64_t attempt = rig_find(&rig, SEND, 0)->attempt;
  rig_forget(&rig);
  rig.hook = starts_three;
  CHECK_EQ(rig_answer(&rig, attempt, 200), SFO_OK);
  CHECK_EQ(rig.totals[DONE], 1);
  CHECK_EQ(rig.totals[SEND], 3);
  for (int i = 0; i < 3; i++) {
    CHECK_EQ(rig_find(&rig, SEND, i)->token, 10 + i);
  }
  rig_close(&rig);
}

/* ---- getters show the new state ----------------------------------------------------------------- */

static int states_seen;

static void looks(struct rig *r, const struct call *call)
{
  sfo_account_info info;
  sfo_target target;
  memset(&info, 0, sizeof info);
  memset(&target, 0, sizeof target);
  info.struct_size = sizeof info;
  target.struct_size = sizeof target;
  CHECK_EQ(sfo_account_state(r->engine, 1, &info), SFO_OK);
  if (call->kind == EVENT && call->result == SFO_EVENT_REGISTRATION && info.state[0] == SFO_REG_REGISTERED) {
    states_seen++;
    CHECK_EQ(info.expires_at_ms[0], r->now + 3600000);
    CHECK_EQ(sfo_account_current_target(r->engine, 1, &target), SFO_OK);
    CHECK_EQ(strcmp(target.text, "192.0.2.1:5060/udp"), 0);
    CHECK(target.family == 4 && target.port == 5060 && memcmp(target.address, "\xc0\x00\x02\x01", 4) == 0);
  }
}

static void getters_show_the_new_state(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig.hook = looks;
  rig_register(&rig);
  CHECK_EQ(states_seen, 1);
  rig_close(&rig);
}

/* ---- set_timer ---------------------------------------------------------------------------------- */

static void timer_only_with_news(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  CHECK(rig.deadline > rig.now && rig.deadline != SFO_TIME_NEVER);
  uint64_t deadline = rig.deadline;
  /* Inputs that change nothing, and getters, do not touch the timer. */
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  CHECK_EQ(sfo_account_set_busy(rig_input(&rig), rig.now, 1, 1), SFO_OK);
  CHECK_EQ(sfo_attempt_failed(rig_input(&rig), rig.now, UINT64_MAX, SFO_CAUSE_SEND), SFO_ERR_NOT_FOUND);
  rig_counters(&rig);
  CHECK_EQ(rig.totals[TIMER], 0);
  /* Too early: nothing but the same moment again, as the timer that fired is gone. */
  rig.deadline = RIG_FIRED;
  CHECK_EQ(sfo_engine_handle_timer(rig_input(&rig), rig.now), SFO_OK);
  CHECK_EQ(rig.count, 1);
  CHECK_EQ(rig.totals[TIMER], 1);
  CHECK_EQ(rig.deadline, deadline);
  /* Too late: everything that was due happens, as far as it can. */
  rig_forget(&rig);
  rig.now = deadline + 5000;
  rig.deadline = RIG_FIRED;
  CHECK_EQ(sfo_engine_handle_timer(rig_input(&rig), rig.now), SFO_OK);
  CHECK_EQ(rig.calls[rig.count - 1].kind, TIMER);
  CHECK_EQ(rig.totals[TIMER], 1);
  CHECK(rig.deadline > rig.now);
  rig_close(&rig);
}

static void stopped_timer(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  CHECK_EQ(rig.totals[TIMER], 0);
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  CHECK_EQ(rig.totals[TIMER], 1);
  CHECK_EQ(sfo_account_stop(rig_input(&rig), rig.now, 1), SFO_OK);
  rig_run(&rig, 300000);
  CHECK_EQ(rig.deadline, SFO_TIME_NEVER);
  rig_close(&rig);
}

static unsigned timer_calls;

/* Firmware that does not look at the deadline: it must get its event loop back all the same. */
static void always_fires(struct rig *r, const struct call *call)
{
  if (call->kind == TIMER && ++timer_calls < 1000000) {
    r->timer_was_set = 0;
    r->deadline = RIG_FIRED;
    CHECK_EQ(sfo_engine_handle_timer(r->engine, r->now), SFO_OK);
  }
}

static void timer_in_set_timer(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig.hook = always_fires;
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  CHECK(timer_calls > 0 && timer_calls < 100000);
  rig_close(&rig);
}

/* ---- endless work ------------------------------------------------------------------------------- */

static void never_stops(struct rig *r, const struct call *call)
{
  uint64_t id = 0;
  if (call->kind == DONE && r->totals[DONE] < 200000) {
    rig_request(r, SFO_METHOD_MESSAGE, 1, &id);
  } else if (call->kind == SEND) {
    rig_answer(r, call->attempt, 200);
  }
}

static void endless_requests_give_the_loop_back(void)
{
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, RIG_SILENT);
  rig_register(&rig);
  rig.hook = never_stops;
  CHECK_EQ(rig_request(&rig, SFO_METHOD_MESSAGE, 1, &id), SFO_OK);
  size_t done = rig.totals[DONE];
  CHECK(done > 100 && done < 100000);
  CHECK_EQ(rig.deadline, rig.now);
  /* It goes on at the timer. */
  rig.deadline = RIG_FIRED;
  CHECK_EQ(sfo_engine_handle_timer(rig_input(&rig), rig.now), SFO_OK);
  CHECK(rig.totals[DONE] > done);
  CHECK_EQ(rig.deadline, rig.now);
  rig_close(&rig);
}

/* ---- the same calls give the same callbacks ----------------------------------------------------- */

static void life(struct rig *r)
{
  uint64_t id = 0;
  rig_open(r, RIG_TWO_SERVERS, 0);
  CHECK_EQ(sfo_account_start(rig_input(r), r->now, 1), SFO_OK);
  rig_run(r, 100000);
  CHECK_EQ(rig_request(r, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  rig_run(r, 900000);
}

static void calls_replay(void)
{
  static struct rig other;
  life(&rig);
  life(&other);
  CHECK(rig.count > 20);
  CHECK_EQ(rig.count, other.count);
  CHECK_EQ(memcmp(rig.calls, other.calls, sizeof rig.calls), 0);
  rig_close(&rig);
  rig_close(&other);
}

int main(void)
{
  id_comes_first();
  callbacks_queue_up();
  getters_show_the_new_state();
  timer_only_with_news();
  stopped_timer();
  timer_in_set_timer();
  endless_requests_give_the_loop_back();
  calls_replay();
  return check_result();
}
