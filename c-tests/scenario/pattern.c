#include "pattern.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "suggest.h"

/* More than the library will ever have. */
#define MAX_EVENTS 64u

/* The fields of each kind, in the order of the transcript. A pattern with a field that its kind never has would
   silently match nothing, so it is refused. */
static const struct {
  const char *kind, *fields;
} kinds[] = {
    {"send", " account server to retx budget purpose ordinal request "},
    {"cancel", " account server to mode cause status request "},
    {"ok", " account server to status request "},
    {"fail", " account server to cause status request error "},
    {"late", " account server to cause status request error "},
    {"reply", " account server to status request "},
    {"done", " request result status cause outcomes "},
    {"event", " account server state from to cause status "},
    {"dns", " name result server transport "},
    {"timer", " at "},
    {"slip", " account server to how cause status request value error "},
    {"command", " request method retry-after min-expires provisional final parent snapshot "},
};

static const char *fields_of(const char *kind) {
  size_t i;
  for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(kinds[i].kind, kind) == 0)
      return kinds[i].fields;
  return NULL;
}

/* '*' stands for any number of characters. Iterative: a pattern of many stars stays cheap. */
static int glob(const char *pattern, const char *string) {
  const char *star = NULL, *retry = NULL;
  while (*string) {
    if (*pattern == '*') {
      star = pattern++;
      retry = string;
    } else if (*pattern == *string) {
      pattern++;
      string++;
    } else if (star) {
      pattern = star + 1;
      string = ++retry;
    } else {
      return 0;
    }
  }
  while (*pattern == '*')
    pattern++;
  return !*pattern;
}

static int read_range(pattern *out, const char *word) {
  const char *dots = strstr(word, "..");
  char *first;
  int bad;
  if (!dots) {
    bad = parse_seconds(word, &out->from_ms);
    out->to_ms = out->from_ms;
    return bad;
  }
  first = copy_bytes(word, (size_t)(dots - word));
  bad = parse_seconds(first, &out->from_ms) || parse_seconds(dots + 2, &out->to_ms) || out->from_ms > out->to_ms;
  free(first);
  return bad ? -1 : 0;
}

/* 1 when the word was the time column. */
static int read_time(pattern *out, const char *word) {
  if (strcmp(word, "*") == 0) {
    out->time = TIME_ANY;
    return 1;
  }
  if (read_range(out, word) == 0) {
    out->time = TIME_RANGE;
    return 1;
  }
  if (word[strspn(word, "0123456789.*")] == '\0') {
    out->time = TIME_GLOB;
    out->time_glob = copy_string(word);
    return 1;
  }
  return 0;
}

static int check_field(const char *kind, const char *word, place where) {
  const char *equals = strchr(word, '='), *known = fields_of(kind);
  text needle = {NULL, 0, 0};
  int there;
  if (!equals)
    return 0;
  text_add(&needle, " ");
  text_add_bytes(&needle, word, (size_t)(equals - word));
  text_add(&needle, " ");
  if (known) {
    there = strstr(known, needle.data) != NULL;
  } else { /* '*' as the kind */
    size_t i;
    there = 0;
    for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
      there |= strstr(kinds[i].fields, needle.data) != NULL;
  }
  text_free(&needle);
  if (there)
    return 0;
  return wrong(where, "a '%s' line has no field '%.*s'; its fields are:%s", kind, (int)(equals - word), word,
               known ? known : " (see the documentation)");
}

static int unknown_kind(const pattern *of) {
  const char *known[sizeof kinds / sizeof *kinds + 1];
  size_t i;
  for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
    known[i] = kinds[i].kind;
  known[i] = "*";
  return wrong_word(of->where, of->fields.word[0], "kind of line", known, i + 1);
}

static int unknown_event(const pattern *of) {
  const char *known[MAX_EVENTS];
  size_t count = 0;
  uint32_t number;
  for (number = 1; number < MAX_EVENTS && strcmp(event_name(number), "unknown") != 0; number++)
    known[count++] = event_name(number);
  return wrong_word(of->where, of->fields.word[1], "event", known, count);
}

static int check(const pattern *of) {
  const words *fields = &of->fields;
  const char *kind = fields->word[0];
  size_t i;
  if (strcmp(kind, "*") != 0 && !fields_of(kind))
    return unknown_kind(of);
  if (strcmp(kind, "event") == 0 && fields->count > 1 && !strchr(fields->word[1], '=') &&
      !strchr(fields->word[1], '*') && !event_number(fields->word[1]))
    return unknown_event(of);
  for (i = 1; i < fields->count; i++)
    if (check_field(kind, fields->word[i], of->where))
      return -1;
  return 0;
}

static void take_fields(pattern *out, const words *line, size_t first, size_t count) {
  text rest = {NULL, 0, 0};
  for (; first < count; first++)
    text_addf(&rest, "%s ", line->word[first]);
  words_split(&out->fields, rest.data, rest.length, "");
  text_free(&rest);
}

int pattern_read(pattern *out, const words *line, size_t first, size_t count, int timed, place where) {
  text source = {NULL, 0, 0};
  size_t i;
  memset(out, 0, sizeof *out);
  out->where = where;
  for (i = first; i < count; i++)
    text_addf(&source, "%s%s", i > first ? " " : "", line->word[i]);
  out->source = source.data ? source.data : copy_string("");
  if (first < count && (timed || count - first > 1 || strcmp(line->word[first], "*") != 0) &&
      read_time(out, line->word[first]))
    first++;
  else if (timed)
    return wrong(where, "expected a time in seconds, a range like 100..120, or *, then a line of the transcript");
  if (first >= count)
    return wrong(where, "expected a line of the transcript, for example: send REGISTER server=1 *");
  take_fields(out, line, first, count);
  return check(out);
}

static int time_fits(const pattern *of, uint64_t at_ms) {
  char column[32];
  switch (of->time) {
  case TIME_RANGE:
    return at_ms >= of->from_ms && at_ms <= of->to_ms;
  case TIME_GLOB:
    snprintf(column, sizeof column, "%" PRIu64 ".%03u", at_ms / 1000u, (unsigned)(at_ms % 1000u));
    return glob(of->time_glob, column);
  case TIME_ANY:
  default:
    return 1;
  }
}

/* The line's value of the field that `field` (key=pattern) names. */
static int value_fits(const char *field, const words *line) {
  size_t key = (size_t)(strchr(field, '=') - field) + 1u, i;
  for (i = 0; i < line->count; i++)
    if (strncmp(line->word[i], field, key) == 0)
      return glob(field + key, line->word[i] + key);
  return 0;
}

/* Words without '=' are compared by position; fields with '=' are found by name. */
static unsigned compare(const pattern *of, const words *line, unsigned *wanted) {
  unsigned fitting = 0;
  size_t i, position = 0;
  *wanted = 0;
  for (i = 0; i < of->fields.count; i++) {
    const char *field = of->fields.word[i];
    int positional = !strchr(field, '=');
    if (positional && strcmp(field, "*") == 0) {
      position++;
      continue;
    }
    ++*wanted;
    if (!positional)
      fitting += (unsigned)value_fits(field, line);
    else if (position < line->count && !strchr(line->word[position], '='))
      fitting += (unsigned)glob(field, line->word[position]);
    position += (size_t)positional;
  }
  return fitting;
}

int pattern_matches(const pattern *of, const entry *line) {
  words parts;
  unsigned wanted, fitting;
  int split;
  if (!time_fits(of, line->at_ms))
    return 0;
  if (line->hidden && strncmp(line->line, of->fields.word[0], strlen(of->fields.word[0])) != 0)
    return 0;
  split = words_split(&parts, line->line, strlen(line->line), "");
  fitting = compare(of, &parts, &wanted);
  words_free(&parts);
  return split == 0 && fitting == wanted;
}

unsigned pattern_score(const pattern *of, const entry *line) {
  words parts;
  unsigned wanted, fitting;
  words_split(&parts, line->line, strlen(line->line), "");
  fitting = compare(of, &parts, &wanted);
  words_free(&parts);
  return fitting * 2u + (unsigned)time_fits(of, line->at_ms);
}

void pattern_free(pattern *old) {
  free(old->source);
  free(old->time_glob);
  words_free(&old->fields);
}
