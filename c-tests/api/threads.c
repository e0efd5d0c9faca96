/* Threads: one at a time inside of an engine; engines know nothing of each other. */

#include "check.h"
#include "every_call.h"
#include "rig.h"

#include <pthread.h>
#include <stdio.h>

static struct rig rig, other;

/* ---- a second thread is refused ----------------------------------------------------------------- */

static struct arguments arguments;
static unsigned refused;

/* Every function of an engine but the posts. */
static void *calls_everything(void *argument)
{
  arguments.engine = argument;
  for (unsigned i = 0; i < CALL_COUNT; i++) {
    const struct row *row = &every_call[i];
    if (row->kind != KIND_INPUT && row->kind != KIND_QUERY) {
      continue;
    }
    perform(&arguments, (enum which)i);
    if (!CHECK(row->statuses != 0 ? arguments.status == SFO_ERR_BUSY : arguments.value == 0)) {
      fprintf(stderr, "  %s: %d\n", row->name, (int)arguments.status);
    }
    refused++;
  }
  CHECK_EQ(arguments.started, 0);
  return NULL;
}

static void lets_another_thread_try(struct rig *r, const struct call *call)
{
  pthread_t thread;
  if (call->kind == SEND && CHECK_EQ(pthread_create(&thread, NULL, calls_everything, r->engine), 0)) {
    pthread_join(thread, NULL);
  }
}

static void second_thread(void)
{
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  arguments_open(&arguments, "");
  rig.hook = lets_another_thread_try;
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  rig.hook = NULL;
  CHECK_EQ(rig.totals[SEND], 1);
  CHECK(refused > 30);
  arguments_close(&arguments);
  rig_close(&rig);
}

/* ---- the first thread is not disturbed by refused ones ------------------------------------------ */

static int is_over;
static int is_running;

/* volatile would not do: that is no promise between threads. */
static int flag(const int *which)
{
  return __atomic_load_n(which, __ATOMIC_ACQUIRE);
}

static void raise_flag(int *which)
{
  __atomic_store_n(which, 1, __ATOMIC_RELEASE);
}

static void *knocks(void *argument)
{
  sfo_counters counters;
  counters.struct_size = sizeof counters;
  raise_flag(&is_running);
  while (!flag(&is_over)) {
    CHECK_EQ(sfo_engine_counters(argument, &counters), SFO_ERR_BUSY);
  }
  return NULL;
}

static void works_on_under_noise(struct rig *r, const struct call *call)
{
  pthread_t thread;
  sfo_account_info info;
  info.struct_size = sizeof info;
  if (call->kind != SEND || !CHECK_EQ(pthread_create(&thread, NULL, knocks, r->engine), 0)) {
    return;
  }
  while (!flag(&is_running)) {
  }
  int refused = 0;
  for (int i = 0; i < 300000; i++) {
    refused += sfo_account_state(r->engine, 1, &info) != SFO_OK;
  }
  CHECK_EQ(refused, 0);
  raise_flag(&is_over);
  pthread_join(thread, NULL);
}

static void knocking_does_not_disturb(void)
{
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  rig.hook = works_on_under_noise;
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  rig.hook = NULL;
  rig_close(&rig);
}

/* ---- one after the other is fine ---------------------------------------------------------------- */

static void *registers(void *argument)
{
  rig_register(argument);
  return NULL;
}

static void threads_may_take_turns(void)
{
  pthread_t thread;
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  if (CHECK_EQ(pthread_create(&thread, NULL, registers, &rig), 0)) {
    pthread_join(thread, NULL);
  }
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  rig_close(&rig);
}

/* ---- two engines -------------------------------------------------------------------------------- */

static void uses_the_other(struct rig *r, const struct call *call)
{
  uint64_t id = 0;
  (void)r;
  if (call->kind == SEND) {
    CHECK_EQ(rig_request(&other, SFO_METHOD_MESSAGE, 2, &id), SFO_OK);
    /* Its callbacks have run already. */
    CHECK_EQ(other.totals[SEND], 1);
    CHECK_EQ(other.totals[TIMER], 1);
  }
}

static void engines_are_independent(void)
{
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_open(&other, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  rig_register(&other);
  rig.hook = uses_the_other;
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  CHECK_EQ(other.totals[SEND], 1);
  rig_close(&other);
  rig.hook = NULL;
  CHECK_EQ(rig_answer(&rig, rig_find(&rig, SEND, 0)->attempt, 200), SFO_OK);
  CHECK_EQ(rig.totals[DONE], 1);
  rig_close(&rig);
}

static void *lives(void *argument)
{
  struct rig *r = argument;
  uint64_t id = 0;
  for (int i = 0; i < 50; i++) {
    rig_open(r, RIG_TWO_SERVERS, RIG_SILENT);
    rig_register(r);
    CHECK_EQ(rig_request(r, SFO_METHOD_INVITE, 1, &id), SFO_OK);
    rig_run(r, 600000);
    CHECK_EQ(r->totals[DONE], 1);
    rig_close(r);
  }
  return NULL;
}

static void engines_live_side_by_side(void)
{
  pthread_t one, two;
  CHECK_EQ(pthread_create(&one, NULL, lives, &rig), 0);
  CHECK_EQ(pthread_create(&two, NULL, lives, &other), 0);
  pthread_join(one, NULL);
  pthread_join(two, NULL);
}

int main(void)
{
  second_thread();
  knocking_does_not_disturb();
  threads_may_take_turns();
  engines_are_independent();
  engines_live_side_by_side();
  return check_result();
}
