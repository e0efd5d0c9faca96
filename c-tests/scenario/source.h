/* An open scenario file, line by line. */
#ifndef SCENARIO_SOURCE_H
#define SCENARIO_SOURCE_H
#include <stddef.h>

#include "script.h"

typedef struct source {
  const char *name;
  const char *at, *end;
  unsigned line;
  int depth;       /* of includes */
  script *out;
} source;

place here(const source *from);
/* The next line without its end. Returns 0 at the end of the file. */
int next_line(source *from, const char **line, size_t *length);
int is_end(const char *line, size_t length);
/* The message for a block whose end is missing; returns -1. */
int no_end(const source *from, const char *block, unsigned opened);

/* parse_check.c */
int read_expect(source *from);
int read_never(source *from, const words *line);
int read_count(source *from, const words *line);
int read_dns_queries(source *from, const words *line);
#endif
