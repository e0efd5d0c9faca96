/* Requests: cancelled and stopped where it hurts, failing to be sent, left behind. */

#include "check.h"
#include "rig.h"

#include <string.h>

static struct rig rig;
static uint64_t victim;
static sfo_status hook_status;

static void cancels_itself(struct rig *r, const struct call *call)
{
  if (call->kind == SEND && call->method == SFO_METHOD_INVITE) {
    hook_status = sfo_request_cancel(r->engine, r->now, call->request);
  }
}

/* The stack is told to forget what it is just being handed, and the request is never heard of again. */
static void cancel_in_send_sip(int32_t send_result)
{
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  rig.hook = cancels_itself;
  rig.send_result = send_result;
  hook_status = SFO_ERR_FAULT;
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  CHECK_EQ(hook_status, SFO_OK);
  CHECK_EQ(rig.totals[SEND], 1);
  CHECK_EQ(rig.totals[CANCEL], 1);
  CHECK_EQ(rig_find(&rig, CANCEL, 0)->request, id);
  rig.hook = NULL;
  rig.send_result = 0;
  rig_run(&rig, 60000);
  CHECK_EQ(rig.totals[DONE], 0);
  CHECK_EQ(sfo_request_cancel(rig_input(&rig), rig.now, id), SFO_ERR_NOT_FOUND);
  sfo_counters counters = rig_counters(&rig);
  CHECK_EQ(counters.requests_started, 1);
  CHECK_EQ(counters.requests_done, 1);
  rig_close(&rig);
}

static void cancels_victim(struct rig *r, const struct call *call)
{
  if (call->kind == DONE && call->request != victim) {
    hook_status = sfo_request_cancel(r->engine, r->now, victim);
  }
}

static void cancel_in_request_done_of_another(void)
{
  uint64_t other = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &other), SFO_OK);
  CHECK_EQ(rig_request(&rig, SFO_METHOD_MESSAGE, 2, &victim), SFO_OK);
  rig.hook = cancels_victim;
  hook_status = SFO_ERR_FAULT;
  CHECK_EQ(rig_answer(&rig, rig_find(&rig, SEND, 0)->attempt, 486), SFO_OK);
  CHECK_EQ(hook_status, SFO_OK);
  CHECK_EQ(rig.totals[CANCEL], 1);
  CHECK_EQ(rig_find(&rig, CANCEL, 0)->request, victim);
  rig_run(&rig, 60000);
  CHECK_EQ(rig.totals[DONE], 1);
  rig_close(&rig);
}

/* Both ended in one call: the completion of the second one waits already, and must not come any more. */
static void cancel_a_waiting_completion(void)
{
  uint64_t other = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &other), SFO_OK);
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 2, &victim), SFO_OK);
  rig.hook = cancels_victim;
  CHECK_EQ(sfo_account_stop(rig_input(&rig), rig.now, 1), SFO_OK);
  CHECK_EQ(rig.totals[DONE], 1);
  CHECK_EQ(rig_find(&rig, DONE, 0)->result, SFO_DONE_STOPPED);
  rig_run(&rig, 60000);
  CHECK_EQ(rig.totals[DONE], 1);
  rig_close(&rig);
}

static void stops(struct rig *r, const struct call *call)
{
  if (call->kind == EVENT && call->result == SFO_EVENT_REGISTRATION) {
    hook_status = sfo_account_stop(r->engine, r->now, 1);
  }
}

static void stop_in_event(void)
{
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  rig.hook = stops;
  CHECK_EQ(rig_answer(&rig, rig_find(&rig, SEND, 0)->attempt, 200), SFO_OK);
  CHECK_EQ(hook_status, SFO_OK);
  rig.hook = NULL;
  rig_run(&rig, 10000);
  CHECK_EQ(rig.totals[DONE], 1);
  CHECK_EQ(rig_find(&rig, DONE, 0)->result, SFO_DONE_STOPPED);
  CHECK_EQ(rig_find(&rig, EVENT, -1)->result, SFO_EVENT_STOPPED);
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_ERR_STATE);
  /* And it can start again. */
  rig_forget(&rig);
  rig_register(&rig);
  rig_close(&rig);
}

/* Each server is tried, and each attempt has failed with the same cause. What is no cause of a stack is "could not send". */
static void nothing_can_be_sent(int32_t result, uint32_t cause)
{
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  rig.send_result = result;
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  const struct call *done = rig_find(&rig, DONE, 0);
  if (CHECK(done != NULL)) {
    CHECK_EQ(done->request, id);
    CHECK_EQ(done->result, SFO_DONE_FAILED);
    CHECK_EQ(done->cause, cause);
    /* A fault of the device is blamed on no server. */
    CHECK_EQ(done->outcomes > 0, cause != SFO_CAUSE_LOCAL);
  }
  CHECK_EQ(rig.totals[DONE], 1);
  /* The library stays calm: it does not send without end. */
  rig_run(&rig, 600000);
  CHECK(rig.totals[SEND] < 100);
  rig_close(&rig);
}

/* A report after the request has gone on is late, not wrong. */
static void late_reports(void)
{
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  uint64_t first = rig_find(&rig, SEND, 0)->attempt;
  rig_run(&rig, 20000);
  CHECK(rig.totals[SEND] > 1);
  CHECK_EQ(rig_find(&rig, CANCEL, 0)->attempt, first);
  CHECK_EQ(rig_find(&rig, CANCEL, 0)->result, SFO_CANCEL_STOP);
  CHECK_EQ(sfo_attempt_provisional(rig_input(&rig), rig.now, first, 180), SFO_LATE);
  CHECK_EQ(rig_answer(&rig, first, 200), SFO_LATE);
  CHECK_EQ(rig_counters(&rig).late_reports, 2);
  rig_close(&rig);
}

/* The table of requests has an end, and says so. */
static void too_many_requests(void)
{
  uint64_t id = 0;
  sfo_status status = SFO_OK;
  uint32_t taken = 0;
  rig_open(&rig, RIG_TWO_SERVERS, RIG_SILENT);
  rig_register(&rig);
  while (taken < 100000 && (status = rig_request(&rig, SFO_METHOD_MESSAGE, taken, &id)) == SFO_OK) {
    taken++;
  }
  CHECK_EQ(status, SFO_ERR_LIMIT);
  CHECK(taken >= 16);
  CHECK_EQ(rig.totals[DONE], 0);
  rig_close(&rig);
  CHECK_EQ(rig.totals[DONE], taken);
}

int main(void)
{
  cancel_in_send_sip(0);
  cancel_in_send_sip(-1);
  cancel_in_request_done_of_another();
  cancel_a_waiting_completion();
  stop_in_event();
  nothing_can_be_sent(-1, SFO_CAUSE_SEND);
  nothing_can_be_sent(1, SFO_CAUSE_SEND);
  nothing_can_be_sent(SFO_CAUSE_RESPONSE, SFO_CAUSE_SEND);
  nothing_can_be_sent(INT32_MIN, SFO_CAUSE_SEND);
  nothing_can_be_sent(SFO_CAUSE_SEND, SFO_CAUSE_SEND);
  nothing_can_be_sent(SFO_CAUSE_CONNECT, SFO_CAUSE_CONNECT);
  nothing_can_be_sent(SFO_CAUSE_LOCAL, SFO_CAUSE_LOCAL);
  late_reports();
  too_many_requests();
  return check_result();
}
