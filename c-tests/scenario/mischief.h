/* What the file has announced: the next outcome that the stack reports wrongly, the next callback in which the firmware calls. */
#ifndef SCENARIO_MISCHIEF_H
#define SCENARIO_MISCHIEF_H
#include <stddef.h>
#include <stdint.h>

#include "script.h"

typedef struct mischief {
  const command **pending;     /* slips and withins that have met nothing yet, the oldest first */
  size_t count, capacity;
  uint64_t request, attempt;   /* the ones that the callback is about, 0 = none */
  uint64_t unclear_ms;         /* attempts that ended before this may have been forgotten early */
} mischief;
#endif
