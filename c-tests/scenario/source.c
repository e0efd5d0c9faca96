#include "source.h"

#include <string.h>

place here(const source *from) {
  place where;
  where.file = from->name;
  where.line = from->line;
  return where;
}

int next_line(source *from, const char **line, size_t *length) {
  const char *stop;
  if (from->at >= from->end)
    return 0;
  stop = memchr(from->at, '\n', (size_t)(from->end - from->at));
  if (!stop)
    stop = from->end;
  *line = from->at;
  *length = (size_t)(stop - from->at);
  if (*length && (*line)[*length - 1] == '\r')
    --*length;
  from->at = stop < from->end ? stop + 1 : stop;
  from->line++;
  return 1;
}

int is_end(const char *line, size_t length) {
  words parts;
  int end = words_split(&parts, line, length, "#") == 0 && parts.count == 1 && strcmp(parts.word[0], "end") == 0;
  words_free(&parts);
  return end;
}

int no_end(const source *from, const char *block, unsigned opened) {
  return wrong(here(from), "the file ends inside the %s block of line %u; expected end", block, opened);
}
