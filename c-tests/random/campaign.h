/* Many worlds, one after the other and side by side. */
#ifndef RANDOM_CAMPAIGN_H
#define RANDOM_CAMPAIGN_H
#include <stdint.h>

/* Exit status of the program. */
#define HOLDS 0
#define DOES_NOT_HOLD 1
#define WRONG_USE 2

#define MAX_JOBS 64u

typedef struct campaign {
  uint64_t seed, hours;
  unsigned jobs;
  const char *directory;   /* for scenario files */
  int as_it_is, keep_going, plain;
} campaign;

/* Returns the exit status. */
int campaign_run(const campaign *what);
#endif
