/* A scenario in pieces: what the generator makes, the minimizer takes pieces out of, and the runner reads as a file. */
#ifndef RANDOM_PLAN_H
#define RANDOM_PLAN_H
#include <stddef.h>
#include <stdint.h>

#include "text.h"

typedef enum section { SECTION_CONFIG, SECTION_ZONE, SECTION_AT } section;

/* One line, or a reload with its block. */
typedef struct statement {
  section of;
  uint64_t at_ms;       /* SECTION_AT */
  char *text;           /* without "at TIME" */
  int left_out;
} statement;

typedef struct plan {
  char *title;
  char *options;        /* what stands behind the word */
  statement *item;
  size_t count, capacity;
  uint64_t until_ms;
  unsigned accounts;
} plan;

void plan_add(plan *to, section of, uint64_t at_ms, const char *format, ...) LIKE_PRINTF(4, 5);
/* By time; what stands at one moment keeps its order. */
void plan_sort(plan *in);
/* As a scenario file, without what is left out and what comes after the end. */
void plan_write(const plan *from, text *to);
/* 0, or -1 when the file cannot be written. */
int plan_save(const plan *from, const char *path);
void plan_drop(statement *old);
void plan_free(plan *old);
#endif
