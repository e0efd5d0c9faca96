/* A phone that does what it should not, or where nobody expects it. */
#ifndef RANDOM_MISCHANCES_H
#define RANDOM_MISCHANCES_H
#include <stdint.h>

#include "befall.h"
#include "plan.h"

/* With dice of its own: without it, the world of a seed is the same. Comes when `of` has made its statements, before they are
   sorted. */
void mischances(plan *out, uint64_t seed, const world_plan *of);
#endif
