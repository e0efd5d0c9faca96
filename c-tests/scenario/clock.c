#include "clock.h"

#include "sipfailover.h"

/* The clock does not begin at zero: a library that takes 0 for "never" must not look right by luck. */
#define ORIGIN_MS 5000000000u
/* A firmware reads its tick at least this often (about 12 days), or it would miss a wrap. */
#define TICK_READ_MS (1u << 30)
/* Of a step back that is longer, the library says that the clock has begun anew. */
#define NEW_CLOCK_MS 3600000

void clock_wraps_at(phone_clock *of, uint64_t at_ms) {
  of->is_tick = 1;
  of->tick_origin = (uint32_t)(0u - (uint32_t)at_ms);
}

static int64_t shows(const phone_clock *of, uint64_t now_ms) {
  return (int64_t)(ORIGIN_MS + now_ms) + of->skew_ms;
}

void clock_restart(phone_clock *of, uint64_t now_ms, uint64_t shows_ms) {
  of->skew_ms = (int64_t)shows_ms - (int64_t)(ORIGIN_MS + now_ms);
  of->highest_ms = shows_ms;
}

/* For the library no time passes until a clock that has stepped back is where it was. One that has stepped back further than an hour
   has begun anew: the time goes on from the last reading. */
int64_t clock_jump(phone_clock *of, uint64_t now_ms, int64_t by_ms) {
  int64_t before = shows(of, now_ms), after = before + by_ms < 0 ? 0 : before + by_ms, late_ms = before - after;
  of->skew_ms -= late_ms;
  if ((int64_t)of->highest_ms - after > NEW_CLOCK_MS) {
    late_ms = before - (int64_t)of->highest_ms;
    of->highest_ms = (uint64_t)after;
  }
  return late_ms;
}

static uint64_t read_tick(phone_clock *of, uint64_t now_ms) {
  for (; now_ms - of->seen_ms > TICK_READ_MS; of->seen_ms += TICK_READ_MS)
    of->widened_ms = sfo_tick_extend(of->widened_ms, (uint32_t)(of->tick_origin + of->seen_ms));
  of->seen_ms = now_ms;
  of->widened_ms = sfo_tick_extend(of->widened_ms, (uint32_t)(of->tick_origin + now_ms));
  return of->widened_ms;
}

uint64_t clock_read(phone_clock *of, uint64_t now_ms) {
  uint64_t reading;
  if (of->is_tick)
    return read_tick(of, now_ms);
  reading = (uint64_t)shows(of, now_ms);
  of->highest_ms = reading > of->highest_ms ? reading : of->highest_ms;
  return reading;
}
