/* What the file expects, against what happened. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

#define NEAREST 3

static void begin_failure(place where, const char *kind, const char *source) {
  printf("%s:%u: does not hold: %s %s\n", where.file, where.line, kind, source);
}

/* The lines from `first` on that fit best, in the order of the transcript. */
static void print_nearest(const run *of, const pattern *wanted, size_t first) {
  size_t best[NEAREST], count = 0, i, j;
  unsigned score[NEAREST];
  for (i = first; i < of->transcript.count; i++) {
    unsigned fits = of->transcript.item[i].hidden ? 0 : pattern_score(wanted, &of->transcript.item[i]);
    if (fits < 2 || (count == NEAREST && fits <= score[NEAREST - 1]))
      continue;
    j = count < NEAREST ? count++ : NEAREST - 1u;
    for (; j > 0 && score[j - 1] < fits; j--) {
      score[j] = score[j - 1];
      best[j] = best[j - 1];
    }
    score[j] = fits;
    best[j] = i;
  }
  puts(count ? "  nearest lines:" : "  no line comes near");
  for (j = 0; j < count; j++) {
    fputs("    ", stdout);
    print_entry(&of->transcript.item[best[j]], stdout);
  }
}

static size_t next_match(const run *of, const pattern *wanted, size_t first) {
  while (first < of->transcript.count && !pattern_matches(wanted, &of->transcript.item[first]))
    first++;
  return first;
}

static unsigned check_expect(const run *of, const check *what) {
  size_t i, at = 0;
  for (i = 0; i < what->count; i++) {
    const pattern *wanted = &what->pattern[i];
    size_t found = next_match(of, wanted, at);
    if (found < of->transcript.count) {
      at = found + 1;
      continue;
    }
    begin_failure(wanted->where, "expect", wanted->source);
    if (at) {
      puts("  searched below the line of the expectation before:");
      fputs("    ", stdout);
      print_entry(&of->transcript.item[at - 1], stdout);
    } else {
      puts("  searched the whole transcript");
    }
    print_nearest(of, wanted, at);
    if (at && next_match(of, wanted, 0) < of->transcript.count)
      puts("  (an earlier line fits: expectations hold in order)");
    return 1;
  }
  return 0;
}

static unsigned check_never(const run *of, const check *what) {
  size_t found = next_match(of, &what->pattern[0], 0);
  if (found == of->transcript.count)
    return 0;
  begin_failure(what->where, "never", what->pattern[0].source);
  puts("  but there is:");
  fputs("    ", stdout);
  print_entry(&of->transcript.item[found], stdout);
  return 1;
}

static int number_fits(const check *what, uint32_t number) {
  switch (what->compare) {
  case COMPARE_AT_MOST:
    return number <= what->number;
  case COMPARE_AT_LEAST:
    return number >= what->number;
  case COMPARE_EQUAL:
  default:
    return number == what->number;
  }
}

static const char *sign_of(const check *what) {
  return what->compare == COMPARE_EQUAL ? "==" : what->compare == COMPARE_AT_MOST ? "<=" : ">=";
}

static unsigned check_count(const run *of, const check *what) {
  const pattern *wanted = &what->pattern[0];
  uint32_t number = 0;
  size_t at;
  for (at = next_match(of, wanted, 0); at < of->transcript.count; at = next_match(of, wanted, at + 1))
    number++;
  if (number_fits(what, number))
    return 0;
  begin_failure(what->where, "count", wanted->source);
  printf("  expected %s %u, found %u%s\n", sign_of(what), (unsigned)what->number, (unsigned)number, number ? ":" : "");
  for (at = next_match(of, wanted, 0); at < of->transcript.count; at = next_match(of, wanted, at + 1)) {
    fputs("    ", stdout);
    print_entry(&of->transcript.item[at], stdout);
  }
  if (!number)
    print_nearest(of, wanted, 0);
  return 1;
}

static unsigned check_queries(const run *of, const check *what) {
  if (number_fits(what, of->dns_queries))
    return 0;
  begin_failure(what->where, "dns_queries", "");
  printf("  expected %s %u, found %u\n", sign_of(what), (unsigned)what->number, (unsigned)of->dns_queries);
  return 1;
}

unsigned check_expectations(const run *of, unsigned *checks) {
  const script *from = of->script;
  unsigned failed = 0;
  size_t i;
  for (i = 0; i < from->checks; i++) {
    const check *what = &from->check[i];
    switch (what->kind) {
    case CHECK_EXPECT:
      failed += check_expect(of, what);
      *checks += (unsigned)what->count;
      continue;
    case CHECK_NEVER:
      failed += check_never(of, what);
      break;
    case CHECK_COUNT:
      failed += check_count(of, what);
      break;
    case CHECK_DNS_QUERIES:
    default:
      failed += check_queries(of, what);
      break;
    }
    ++*checks;
  }
  return failed;
}
