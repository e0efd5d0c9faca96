/* What a vector expects, against what was seen. */

#ifndef COMPARE_H
#define COMPARE_H

#include "vector.h"

/* What was seen of one server of one account. */
struct seen {
  uint64_t request;
  struct text_list targets; /* "udp 192.0.2.1:5060" */
  struct text_list hosts;   /* what DNS calls it */
  int failed;
};

/* Whether one expectation of a vector holds; says on stdout what is different if it does not. `notes`: the log, which
 * tells why nothing was found. */
int is_as_expected(const struct vector *vector, size_t at, const struct seen *seen, const struct text_list *notes,
                   int any_reason);

#endif
