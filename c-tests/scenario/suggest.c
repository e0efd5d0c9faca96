#include "suggest.h"

#include <stdlib.h>
#include <string.h>

/* Longer words are no slip of a finger. */
#define MAX_WORD 40

static int folded(char c) {
  return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static size_t least(size_t a, size_t b, size_t c) {
  size_t lower = a < b ? a : b;
  return lower < c ? lower : c;
}

/* Insertions, deletions, replacements, and swaps of neighbours: optimal string alignment. */
static size_t distance(const char *a, const char *b) {
  size_t rows[3][MAX_WORD + 1], *before = rows[0], *above = rows[1], *row = rows[2], *kept;
  size_t a_length = strlen(a), b_length = strlen(b), i, j;
  if (a_length > MAX_WORD || b_length > MAX_WORD)
    return MAX_WORD;
  for (j = 0; j <= b_length; j++)
    before[j] = above[j] = j;
  for (i = 1; i <= a_length; i++) {
    row[0] = i;
    for (j = 1; j <= b_length; j++) {
      size_t other = folded(a[i - 1]) != folded(b[j - 1]);
      row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + other);
      if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1]))
        row[j] = least(row[j], before[j - 2] + 1, row[j]);
    }
    kept = before;
    before = above;
    above = row;
    row = kept;
  }
  return above[b_length];
}

const char *nearest_word(const char *word, const char *const *known, size_t count) {
  const char *equals = strchr(word, '='), *best = NULL;
  char *name = copy_bytes(word, equals ? (size_t)(equals - word) + 1u : strlen(word));
  size_t least_distance = strlen(name) / 3 + 2, i;
  for (i = 0; i < count; i++) {
    size_t away = distance(name, known[i]);
    if (away < least_distance) {
      least_distance = away;
      best = known[i];
    }
  }
  free(name);
  return best;
}

int wrong_word(place where, const char *word, const char *what, const char *const *known, size_t count) {
  const char *meant = nearest_word(word, known, count);
  text line = {NULL, 0, 0};
  size_t i;
  text_addf(&line, "'%s' is no %s", word, what);
  if (meant)
    text_addf(&line, ": did you mean '%s'? Known are ", meant);
  else
    text_add(&line, "; expected ");
  for (i = 0; i < count; i++)
    text_addf(&line, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", known[i]);
  wrong(where, "%s", line.data);
  text_free(&line);
  return -1;
}
