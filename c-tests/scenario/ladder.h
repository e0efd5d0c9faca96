/* A message ladder: the phone and the servers side by side, what went between them from top to bottom. */
#ifndef SCENARIO_LADDER_H
#define SCENARIO_LADDER_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "story.h"

typedef enum row_kind {
  ROW_ARROW,    /* a message from lane to lane */
  ROW_BADGE,    /* something happens at one lane */
  ROW_NOTE,     /* a remark beside the lanes */
  ROW_GAP,      /* time passes */
  ROW_REPEAT    /* what stands above happens again and again */
} row_kind;

typedef enum row_tone { TONE_PLAIN, TONE_GOOD, TONE_BAD, TONE_WORLD } row_tone;

typedef struct ladder_row {
  row_kind kind;
  row_tone tone;
  uint64_t at_ms;
  size_t from, to;   /* lanes; a badge has `from` only */
  int lost, late;    /* nobody answers; it comes too late */
  char *label;       /* on the arrow or the badge */
  char *note;        /* beside the lanes */
  char *condition;   /* of the lane `from`, from here on: "" = as usual, NULL = as before */
} ladder_row;

typedef struct ladder {
  const story *story;
  size_t lanes;      /* 0 the phone, then the players, then DNS where it takes part */
  ladder_row *row;
  size_t rows, capacity;
} ladder;

void ladder_build(ladder *out, const story *from);
void ladder_free(ladder *old);
/* "phone", "192.168.1.14", "DNS" and below it "server 1" */
const char *lane_name(const ladder *of, size_t lane);
const char *lane_role(const ladder *of, size_t lane);

/* ladder_fold.c: replaces what repeats itself, and shows how much time passes between the rows. */
void ladder_fold(ladder *of);
void ladder_add_gaps(ladder *of);

void ladder_write_text(const ladder *of, FILE *out);
void ladder_write_svg(const ladder *of, FILE *out);
#endif
