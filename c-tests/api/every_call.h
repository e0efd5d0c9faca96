/* Every function of the interface, with a call of it that has good arguments.
 *
 * The list is made from the table that the library itself looks things up in: a function that is added comes along.
 */

#ifndef EVERY_CALL_H
#define EVERY_CALL_H

#include <sipfailover.h>

/* What the calls take their arguments from. */
struct arguments {
  sfo_engine *engine, *new_engine;
  sfo_config *config, *new_config, *spare_config;
  sfo_callbacks silent;
  sfo_request request;
  sfo_dialog dialog;
  sfo_response response;
  sfo_account_info account_info;
  sfo_target target;
  sfo_counters counters;
  sfo_diagnostic diagnostic;
  sfo_key_info key_info;
  sfo_dns_fd fds[64];
  const char *servers[1], *path;
  uint64_t now, started, request_id, attempt_id, query;
  int64_t number;
  uint32_t account, word;
  int32_t fd;
  size_t length, needed, huge;
  uint8_t bytes[65536];
  char text[256];
  /* What came of the last call: a status, or the number or pointer that was returned. */
  sfo_status status;
  uintptr_t value;
};

#define CALL(name, kind, how, from_callbacks, statuses, arguments) CALL_##name,
#define NULLED(name, how, statuses, arguments)
#define LENGTH(name, how, direction, arguments)
enum which {
#include "every_call_list.h"
  CALL_COUNT
};
#undef CALL
#undef NULLED
#undef LENGTH

/* What a function is for; docs/calls.md says what that means. */
enum call_kind { KIND_INPUT = 1, KIND_QUERY, KIND_POST, KIND_LIFETIME, KIND_CONFIG, KIND_HELPER };

struct row {
  const char *name;
  enum call_kind kind;
  int from_callbacks;
  /* A bit for each status that is documented; 0 where something else is returned. */
  unsigned statuses;
};

/* The bit of a status. SFO_LATE is 1, errors are negative. */
#define S(status) (1u << (1 - (status)))

extern const struct row every_call[CALL_COUNT];

/* Good arguments: configurations, structs with their sizes. The engine is the test's; `text` is what `config` says. */
void arguments_open(struct arguments *m, const char *text);
void arguments_close(struct arguments *m);

/* Makes the call, and releases what it made. Complains about a status that is not documented, and when errno is another
 * than before. */
void perform(struct arguments *m, enum which which);

/* Every call again, with one pointer after the other NULL: refused, or standing for nothing where that is documented.
 * Returns the number of calls. */
unsigned pass_null(struct arguments *m);

/* Every call that takes a length, with this one. What would be read is refused; where something would be written, no more is
 * written than there is. Returns the number of calls. */
unsigned pass_length(struct arguments *m, size_t huge);

#endif
