/* The clock of the simulated phone, as its firmware hands it to the library. */
#ifndef SCENARIO_CLOCK_H
#define SCENARIO_CLOCK_H
#include <stdint.h>

typedef struct phone_clock {
  int64_t skew_ms;         /* clock jumps so far */
  uint64_t highest_ms;     /* that was read since the library's time began, or began anew */
  int is_tick;             /* a 32-bit millisecond tick, widened by sfo_tick_extend */
  uint32_t tick_origin;    /* what it shows at the beginning */
  uint64_t seen_ms;        /* virtual time when it was read last */
  uint64_t widened_ms;     /* the last result */
} phone_clock;

/* A tick that wraps at this moment of virtual time. */
void clock_wraps_at(phone_clock *of, uint64_t at_ms);
/* It steps, but not below 0. Not for ticks. Returns how much later than before the library's deadlines come. */
int64_t clock_jump(phone_clock *of, uint64_t now_ms, int64_t by_ms);
/* A clock that begins anew, because the phone does. Not for ticks. */
void clock_restart(phone_clock *of, uint64_t now_ms, uint64_t shows_ms);
/* The clock at this moment of virtual time, which never goes backwards. */
uint64_t clock_read(phone_clock *of, uint64_t now_ms);
#endif
