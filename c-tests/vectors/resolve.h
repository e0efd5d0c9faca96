/* Runs a vector through the library and its DNS driver, against real servers. */

#ifndef RESOLVE_H
#define RESOLVE_H

#include "vector.h"

struct run {
  const char *servers[8]; /* as sfo_engine_set_dns_servers() takes them */
  size_t server_count;
  int over_tcp;           /* DNS over TCP from the start */
  int any_reason;         /* why nothing is found does not matter */
  int impatient;          /* one of the servers is silent: do not wait long for it */
  /* Counted over all vectors. */
  uint64_t queries;
  uint64_t connections;
  uint64_t timeouts;
};

/* Returns 1 if the vector holds, else 0 after saying on stdout what is different. */
int resolve_vector(struct run *run, const struct vector *vector);

#endif
