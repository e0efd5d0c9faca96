/* Delta debugging (Zeller, Hildebrandt: Simplifying and Isolating Failure-Inducing Input): pieces of half the size, a quarter,
   ... are left out where the failure stays the same. */
#include "minimize.h"

#include <stdlib.h>
#include <string.h>

/* Milliseconds behind the failure for which a run still goes on: what it was about may be said a little later. */
#define MARGIN_MS 1000u

static int fails_alike(const plan *what, const trial *failed, const char *path) {
  trial fresh;
  int alike;
  if (plan_save(what, path))
    return 0;
  trial_run(&fresh, path, NULL);
  alike = fresh.broken > 0 && strcmp(fresh.rule, failed->rule) == 0;
  trial_free(&fresh);
  return alike;
}

static size_t marked(plan *what, size_t first, size_t count, int from, int to) {
  size_t i, changed = 0;
  for (i = first; i < what->count && i < first + count; i++) {
    if (what->item[i].left_out == from) {
      what->item[i].left_out = to;
      changed++;
    }
  }
  return changed;
}

/* One round over all pieces of a size; returns how many statements went. 2 marks those that are being tried without. */
static size_t round_of(plan *what, size_t size, const trial *failed, const char *path) {
  size_t first, gone = 0;
  for (first = 0; first < what->count; first += size) {
    size_t tried = marked(what, first, size, 0, 2);
    int alike = tried && fails_alike(what, failed, path);
    marked(what, first, size, 2, alike);
    gone += alike ? tried : 0;
  }
  return gone;
}

/* The lines of a reload, between the word and its end, one by one. */
static void shorten_block(plan *what, statement *block, const trial *failed, const char *path) {
  char *start = strchr(block->text, '\n'), *next;
  while (start && (next = strchr(start + 1, '\n')) != NULL) {
    char *before = block->text, *shorter = copy_bytes(before, strlen(before));
    strcpy(shorter + (start - before), next);
    block->text = shorter;
    if (fails_alike(what, failed, path)) {
      start = shorter + (start - before);
      free(before);
    } else {
      block->text = before;
      free(shorter);
      start = next;
    }
  }
}

/* What is left out already would only be looked at again and again. */
static void drop_left_out(plan *what) {
  size_t i, kept = 0;
  for (i = 0; i < what->count; i++) {
    if (what->item[i].left_out || (what->item[i].of == SECTION_AT && what->item[i].at_ms > what->until_ms))
      plan_drop(&what->item[i]);
    else
      what->item[kept++] = what->item[i];
  }
  what->count = kept;
}

void minimize(plan *what, const trial *failed, const char *path) {
  uint64_t until = what->until_ms;
  size_t size;
  what->until_ms = failed->broken_ms + MARGIN_MS;
  if (what->until_ms > until || !fails_alike(what, failed, path))
    what->until_ms = until;
  drop_left_out(what);
  for (size = (what->count + 1u) / 2u; size > 0;) {
    size_t gone = round_of(what, size, failed, path);
    drop_left_out(what);
    if (size > 1)
      size /= 2;
    else if (!gone)
      break;
  }
  for (size = 0; size < what->count; size++)
    shorten_block(what, &what->item[size], failed, path);
  plan_save(what, path);
}
