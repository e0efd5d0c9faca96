#include "compare.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Of an expected target: transport, address, host, TTL, origin. */
enum { MOST_WORDS = 5 };

/* Whether an expected line fits a target: transport and address, and the host if it is named. */
static int fits(const char *expected, const struct seen *seen, size_t at)
{
  char words[MOST_WORDS][WORD_LENGTH], target[2 * WORD_LENGTH];
  size_t count = first_words(expected, words, MOST_WORDS);
  if (at >= seen->targets.count || count < 2) {
    return 0;
  }
  snprintf(target, sizeof target, "%s %s", words[0], words[1]);
  int same = strcmp(target, seen->targets.items[at]) == 0;
  for (size_t i = 2; i < count; i++) {
    if (strncmp(words[i], "host=", 5) == 0 && strcmp(words[i], "host=-") != 0) {
      same = same && strcasecmp(words[i] + 5, seen->hosts.items[at]) == 0;
    }
  }
  return same;
}

/* Addresses of one host come in the order that the server likes: the same host, port, transport and family. */
static int is_exchangeable(const struct seen *seen, size_t a, size_t b)
{
  const char *one = seen->targets.items[a], *other = seen->targets.items[b];
  int same_family = (strchr(one, '[') != NULL) == (strchr(other, '[') != NULL);
  return strcmp(seen->hosts.items[a], seen->hosts.items[b]) == 0 && strncmp(one, other, 4) == 0
         && strcmp(strrchr(one, ':'), strrchr(other, ':')) == 0 && same_family;
}

/* Whether an expected line fits the target at its place, or an exchangeable one beside it. */
static int fits_nearby(const char *expected, const struct seen *seen, size_t at)
{
  if (at >= seen->targets.count) {
    return 0;
  }
  size_t first = at;
  while (first > 0 && is_exchangeable(seen, first - 1, at)) {
    first--;
  }
  for (size_t i = first; i < seen->targets.count && is_exchangeable(seen, i, at); i++) {
    if (fits(expected, seen, i)) {
      return 1;
    }
  }
  return 0;
}

/* The lines from `from` up to "}", in any order, against as many targets from `*at` on. */
static size_t fits_group(const struct text_list *expected, size_t from, const struct seen *seen, size_t *at, int *same)
{
  size_t end = from;
  while (end < expected->count && strcmp(expected->items[end], "}") != 0) {
    end++;
  }
  for (size_t i = from; i < end; i++) {
    int found = 0;
    for (size_t j = *at; j < *at + (end - from); j++) {
      found = found || fits(expected->items[i], seen, j);
    }
    *same = *same && found;
  }
  *at += end - from;
  return end + 1;
}

static int is_list(const struct text_list *expected, const struct seen *seen)
{
  size_t at = 0;
  int same = 1;
  for (size_t i = 0; i < expected->count;) {
    if (strcmp(expected->items[i], "{") == 0) {
      i = fits_group(expected, i + 1, seen, &at, &same);
    } else {
      same = fits_nearby(expected->items[i++], seen, at++) && same;
    }
  }
  return same && at == seen->targets.count;
}

/* Why a list is empty stands in the log. */
static int is_noted(const struct text_list *notes, const struct expectation *expected)
{
  char start[256];
  snprintf(start, sizeof start, "account %u, server %u: %s", expected->account, expected->server, expected->reason);
  for (size_t i = 0; i < notes->count; i++) {
    if (strcmp(notes->items[i], start) == 0) {
      return 1;
    }
  }
  return 0;
}

static void print_difference(const struct vector *vector, const struct expectation *expected, const struct seen *seen,
                             const struct text_list *notes)
{
  printf("%s:%u: %s: server %u.%u differs\n", vector->file, expected->line, vector->title,
         expected->account, expected->server);
  printf("  expected%s%s\n", expected->fails ? ": fails " : "", expected->fails ? expected->reason : "");
  for (size_t i = 0; i < expected->targets.count; i++) {
    printf("    %s\n", expected->targets.items[i]);
  }
  printf("  actual%s\n", seen->targets.count == 0 ? ": none" : "");
  for (size_t i = 0; i < seen->targets.count; i++) {
    printf("    %s host=%s\n", seen->targets.items[i], seen->hosts.items[i]);
  }
  for (size_t i = 0; i < notes->count; i++) {
    printf("  log: %s\n", notes->items[i]);
  }
}

int is_as_expected(const struct vector *vector, size_t at, const struct seen *seen, const struct text_list *notes,
                   int any_reason)
{
  const struct expectation *expected = &vector->expected[at];
  int fails = seen->targets.count == 0 && seen->failed && (any_reason || is_noted(notes, expected));
  if (expected->fails ? fails : is_list(&expected->targets, seen)) {
    return 1;
  }
  print_difference(vector, expected, seen, notes);
  return 0;
}
