/* Patterns for lines of the transcript: what `expect`, `never` and `count` are made of. */
#ifndef SCENARIO_PATTERN_H
#define SCENARIO_PATTERN_H
#include "text.h"
#include "transcript.h"

typedef enum time_rule { TIME_ANY, TIME_RANGE, TIME_GLOB } time_rule;

typedef struct pattern {
  place where;
  char *source;           /* as written, for messages */
  time_rule time;
  uint64_t from_ms, to_ms;
  char *time_glob;
  words fields;           /* from the kind on */
} pattern;

/* Reads a pattern from the words of a line, beginning at `first`, up to `count` words. With `timed` the time column is required.
   Returns -1 after a message. */
int pattern_read(pattern *out, const words *line, size_t first, size_t count, int timed, place where);
int pattern_matches(const pattern *of, const entry *line);
/* How many parts of the pattern fit: finds the nearest lines for a message. */
unsigned pattern_score(const pattern *of, const entry *line);
void pattern_free(pattern *old);
#endif
