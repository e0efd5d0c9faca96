#include "clock.h"

#include "sipfailover.h"

/* The clock does not begin at zero: a library that takes 0 for "never" must not look right by luck. */
#define ORIGIN_MS 5000000000u
/* A firmware reads its tick at least this often (about 12 days), or it would miss a wrap. */
#define TICK_READ_MS (1u << 30)

void clock_wraps_at(phone_clock *of, uint64_t at_ms) {
  of->is_tick = 1;
  of->tick_origin = (uint32_t)(0u - (uint32_t)at_ms);
}

void clock_restart(phone_clock *of, uint64_t now_ms, uint64_t shows_ms) {
  of->skew_ms = (int64_t)shows_ms - (int64_t)(ORIGIN_MS + now_ms);
}

void clock_jump(phone_clock *of, uint64_t now_ms, int64_t by_ms) {
  int64_t shows = (int64_t)(ORIGIN_MS + now_ms) + of->skew_ms;
  of->skew_ms += shows + by_ms < 0 ? -shows : by_ms;
}

static uint64_t read_tick(phone_clock *of, uint64_t now_ms) {
  for (; now_ms - of->seen_ms > TICK_READ_MS; of->seen_ms += TICK_READ_MS)
    of->widened_ms = sfo_tick_extend(of->widened_ms, (uint32_t)(of->tick_origin + of->seen_ms));
  of->seen_ms = now_ms;
  of->widened_ms = sfo_tick_extend(of->widened_ms, (uint32_t)(of->tick_origin + now_ms));
  return of->widened_ms;
}

uint64_t clock_read(phone_clock *of, uint64_t now_ms) {
  if (of->is_tick)
    return read_tick(of, now_ms);
  return (uint64_t)((int64_t)(ORIGIN_MS + now_ms) + of->skew_ms);
}
