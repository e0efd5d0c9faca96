/* What a file expects: expect blocks, never, count and dns_queries. */
#include <string.h>

#include "source.h"

static check *new_check(script *out, check_kind kind, place where) {
  check *fresh;
  out->check = room(out->check, out->checks, &out->check_capacity, sizeof *out->check);
  fresh = &out->check[out->checks++];
  memset(fresh, 0, sizeof *fresh);
  fresh->kind = kind;
  fresh->where = where;
  return fresh;
}

static int add_pattern(check *to, const words *line, size_t first, size_t count, int timed, place where) {
  to->pattern = room(to->pattern, to->count, &to->capacity, sizeof *to->pattern);
  return pattern_read(&to->pattern[to->count++], line, first, count, timed, where);
}

int read_expect(source *from) {
  check *fresh = new_check(from->out, CHECK_EXPECT, here(from));
  const char *line;
  size_t length;
  unsigned opened = from->line;
  while (next_line(from, &line, &length)) {
    words parts;
    int bad = 0;
    if (is_end(line, length))
      return fresh->count ? 0 : wrong(fresh->where, "an empty expect block expects nothing");
    words_split(&parts, line, length, "#");
    if (parts.count)
      bad = add_pattern(fresh, &parts, 0, parts.count, 1, here(from));
    words_free(&parts);
    if (bad)
      return -1;
  }
  return no_end(from, "expect", opened);
}

static int read_number_rule(check *to, const char *sign, const char *number, place where) {
  if (strcmp(sign, "==") == 0)
    to->compare = COMPARE_EQUAL;
  else if (strcmp(sign, "<=") == 0)
    to->compare = COMPARE_AT_MOST;
  else if (strcmp(sign, ">=") == 0)
    to->compare = COMPARE_AT_LEAST;
  else
    return wrong(where, "expected == N, <= N or >= N, not '%s %s'", sign, number);
  if (parse_number(number, 1000000000, &to->number))
    return wrong(where, "expected a number, not '%s'", number);
  return 0;
}

int read_count(source *from, const words *line) {
  check *fresh = new_check(from->out, CHECK_COUNT, here(from));
  if (line->count < 4)
    return wrong(here(from), "expected count PATTERN == N (or <=, >=)");
  if (read_number_rule(fresh, line->word[line->count - 2], line->word[line->count - 1], here(from)))
    return -1;
  return add_pattern(fresh, line, 1, line->count - 2, 0, here(from));
}

int read_dns_queries(source *from, const words *line) {
  check *fresh = new_check(from->out, CHECK_DNS_QUERIES, here(from));
  if (line->count != 3)
    return wrong(here(from), "expected dns_queries <= N (or ==, >=)");
  return read_number_rule(fresh, line->word[1], line->word[2], here(from));
}

int read_never(source *from, const words *line) {
  return add_pattern(new_check(from->out, CHECK_NEVER, here(from)), line, 1, line->count, 0, here(from));
}
