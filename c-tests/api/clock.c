/* The clock: 32-bit ticks that wrap, steps back, and new beginnings. */

#include "check.h"
#include "rig.h"

static struct rig rig;

static void tick_extend(void)
{
  CHECK_EQ(sfo_tick_extend(0, 0), 0);
  CHECK_EQ(sfo_tick_extend(0, 5), 5);
  CHECK_EQ(sfo_tick_extend(5, 5), 5);
  CHECK_EQ(sfo_tick_extend(0xfffffff0u, 0xfffffff5u), 0xfffffff5u);
  CHECK_EQ(sfo_tick_extend(0xfffffff0u, 4), 0x100000004ll);
  CHECK_EQ(sfo_tick_extend(0x7fffffff0ll, 0xfffffff0u), 0x7fffffff0ll);
  CHECK_EQ(sfo_tick_extend(0x7fffffff0ll, 0), 0x800000000ll);
  /* Three years, asked every 40 days. */
  uint64_t clock = 0, true_clock = 0;
  for (int i = 0; i < 27; i++) {
    true_clock += 40ull * 24 * 3600 * 1000 + 123;
    uint64_t next = sfo_tick_extend(clock, (uint32_t)true_clock);
    CHECK(next > clock);
    clock = next;
    CHECK_EQ(clock, true_clock);
  }
}

/* An engine on a 32-bit tick works on across the wrap: registrations are refreshed when they are due. */
static void engine_across_the_wrap(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  uint64_t begin = 0xffffffffull - 600000;
  uint64_t clock = begin;
  /* The engine began at a clock that is far behind this one. */
  rig.now = clock;
  rig_register(&rig);
  unsigned refreshes = 0;
  while (clock < begin + 4ull * 3600 * 1000) {
    uint64_t due = rig.deadline;
    CHECK(due > clock && due != SFO_TIME_NEVER);
    clock = sfo_tick_extend(clock, (uint32_t)due);
    CHECK_EQ(clock, due);
    rig.now = clock;
    rig.deadline = RIG_FIRED;
    rig_forget(&rig);
    CHECK_EQ(sfo_engine_handle_timer(rig_input(&rig), clock), SFO_OK);
    if (rig.totals[SEND] > 0) {
      refreshes++;
      CHECK_EQ(rig_answer(&rig, rig_find(&rig, SEND, 0)->attempt, 200), SFO_OK);
    }
  }
  CHECK(clock > 0xffffffffull);
  CHECK(refreshes >= 4 && refreshes < 10);
  rig_close(&rig);
}

static void small_steps_back(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  uint64_t deadline = rig.deadline;
  rig_forget(&rig);
  rig.now -= 3000;
  CHECK_EQ(sfo_account_set_busy(rig_input(&rig), rig.now, 1, 1), SFO_OK);
  CHECK_EQ(rig_counters(&rig).clock_steps_back, 1);
  CHECK_EQ(rig.totals[TIMER], 0);
  CHECK_EQ(rig.deadline, deadline);
  rig_close(&rig);
}

/* After a restart of the counter all deadlines keep their distance. */
static void new_beginning(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig.now = 500000000;
  rig_register(&rig);
  uint64_t left = rig.deadline - rig.now;
  rig.now = 1000;
  CHECK_EQ(sfo_account_set_busy(rig_input(&rig), rig.now, 1, 1), SFO_OK);
  CHECK_EQ(rig.deadline, rig.now + left);
  rig_close(&rig);
}

/* The ends of the scale are moments like others. */
static void extremes(void)
{
  static const uint64_t moments[] = { 0, 1, UINT32_MAX, (uint64_t)1 << 63, UINT64_MAX - 1, UINT64_MAX };
  for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
    rig_open(&rig, RIG_TWO_SERVERS, 0);
    rig.now = moments[i];
    /* There a deadline is hard to tell from none. */
    rig.deadline = RIG_FIRED;
    CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
    CHECK_EQ(rig.totals[SEND], 1);
    rig.deadline = RIG_FIRED;
    CHECK_EQ(sfo_engine_handle_timer(rig_input(&rig), 0), SFO_OK);
    rig.deadline = RIG_FIRED;
    CHECK_EQ(sfo_engine_handle_timer(rig_input(&rig), UINT64_MAX), SFO_OK);
    rig_close(&rig);
  }
}

int main(void)
{
  tick_extend();
  engine_across_the_wrap();
  small_steps_back();
  new_beginning();
  extremes();
  return check_result();
}
