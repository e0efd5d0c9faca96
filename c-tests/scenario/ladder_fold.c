/* Keeping a ladder short: hours in which a phone does the same again and again take three lines. */
#include <stdlib.h>
#include <string.h>

#include "ladder.h"

/* Longest cycle, in rows. A walk over four servers with its remarks is as long. */
#define MAX_CYCLE 12u
/* Shorter runs are told in full. */
#define MIN_CYCLES 4u
/* Time between two rows that is worth a word. */
#define MIN_GAP_MS 500u

static int same_string(const char *a, const char *b) {
  return a && b ? strcmp(a, b) == 0 : a == b;
}

static int same_row(const ladder_row *a, const ladder_row *b) {
  return a->kind == b->kind && a->kind != ROW_BADGE && a->from == b->from && a->to == b->to && a->lost == b->lost &&
         a->late == b->late && same_string(a->label, b->label) && same_string(a->note, b->note);
}

/* How often the `cycle` rows at `first` stand there, one set after the other. */
static size_t count_cycles(const ladder *of, size_t first, size_t cycle) {
  size_t count = 1, i;
  for (;; count++) {
    size_t start = first + count * cycle;
    for (i = 0; i < cycle; i++)
      if (start + i >= of->rows || !same_row(&of->row[first + i], &of->row[start + i]))
        return count;
  }
}

static void free_row(ladder_row *old) {
  free(old->label);
  free(old->note);
  free(old->condition);
}

static char *repeat_note(const ladder *of, size_t first, size_t cycle, size_t count) {
  uint64_t shortest = UINT64_MAX, longest = 0;
  text note = {NULL, 0, 0};
  size_t i;
  for (i = 1; i < count; i++) {
    uint64_t pause = of->row[first + i * cycle].at_ms - of->row[first + (i - 1) * cycle].at_ms;
    shortest = pause < shortest ? pause : shortest;
    longest = pause > longest ? pause : longest;
  }
  text_addf(&note, "the same %lu more times, every ", (unsigned long)(count - 2));
  add_duration(&note, shortest);
  if (longest != shortest) {
    text_add(&note, " to ");
    add_duration(&note, longest);
  }
  return note.data;
}

/* Keeps the first and the last cycle; one row stands for those between. Returns where to go on. */
static size_t fold(ladder *of, size_t first, size_t cycle, size_t count) {
  size_t begin = first + cycle, end = first + (count - 1) * cycle, i;
  char *note = repeat_note(of, first, cycle, count);
  uint64_t at_ms = of->row[begin].at_ms;
  for (i = begin; i < end; i++)
    free_row(&of->row[i]);
  memset(&of->row[begin], 0, sizeof of->row[begin]);
  of->row[begin].kind = ROW_REPEAT;
  of->row[begin].at_ms = at_ms;
  of->row[begin].note = note;
  memmove(&of->row[begin + 1], &of->row[end], (of->rows - end) * sizeof *of->row);
  of->rows -= end - begin - 1;
  return begin + 1 + cycle;
}

void ladder_fold(ladder *of) {
  size_t at = 0;
  while (at < of->rows) {
    size_t best = 0, covered = 0, cycle;
    for (cycle = 1; cycle <= MAX_CYCLE; cycle++) {
      size_t count = count_cycles(of, at, cycle);
      if (count >= MIN_CYCLES && count * cycle > covered && of->row[at + cycle].at_ms > of->row[at].at_ms) {
        best = cycle;
        covered = count * cycle;
      }
    }
    at = best ? fold(of, at, best, covered / best) : at + 1;
  }
}

void ladder_add_gaps(ladder *of) {
  ladder whole = *of;
  size_t i;
  whole.row = NULL;
  whole.rows = whole.capacity = 0;
  for (i = 0; i < of->rows; i++) {
    uint64_t before = i ? of->row[i - 1].at_ms : of->row[i].at_ms;
    int told = i && (of->row[i].kind == ROW_REPEAT || of->row[i - 1].kind == ROW_REPEAT);
    if (of->row[i].at_ms >= before + MIN_GAP_MS && !told) {
      text label = {NULL, 0, 0};
      add_duration(&label, of->row[i].at_ms - before);
      whole.row = room(whole.row, whole.rows, &whole.capacity, sizeof *whole.row);
      memset(&whole.row[whole.rows], 0, sizeof *whole.row);
      whole.row[whole.rows].kind = ROW_GAP;
      whole.row[whole.rows].at_ms = before;
      whole.row[whole.rows++].label = label.data;
    }
    whole.row = room(whole.row, whole.rows, &whole.capacity, sizeof *whole.row);
    whole.row[whole.rows++] = of->row[i];
  }
  free(of->row);
  *of = whole;
}
