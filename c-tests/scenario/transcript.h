/* The transcript: one line per fact, in the order in which they happened. */
#ifndef SCENARIO_TRANSCRIPT_H
#define SCENARIO_TRANSCRIPT_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "text.h"

struct command;

typedef struct entry {
  uint64_t at_ms;
  char *line;   /* without the time column */
  const struct command *within;   /* a command that a callback carried out, not the file at its time */
  int hidden;   /* shown with -v only; matched only by a pattern that names its kind */
} entry;

typedef struct transcript {
  entry *item;
  size_t count, capacity;
} transcript;

/* Takes the text over. Returns the line's index. */
size_t transcript_add(transcript *to, uint64_t at_ms, text *line);
/* Replaces a line that was put in before its outcome was known. */
void transcript_settle(transcript *in, size_t index, text *line);
void transcript_print(const transcript *from, FILE *out, int all);
void print_entry(const entry *at, FILE *out);
void transcript_free(transcript *old);
#endif
