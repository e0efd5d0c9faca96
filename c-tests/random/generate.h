/* Worlds from seeds: accounts, servers and DNS, and what befalls them in some days. */
#ifndef RANDOM_GENERATE_H
#define RANDOM_GENERATE_H
#include "plan.h"

/* Time at the end in which the world is well again: longer than any pause, lifetime and limit of the settings below. */
#define QUIET_S 9000u

/* The same seed makes the same plan. `hours` is how long things befall it; `plain` leaves out what the phone does wrong. */
void generate(plan *out, uint64_t seed, unsigned hours, int plain);
#endif
