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
  const char *usual_note;   /* where nothing else comes to stand beside it */
  char *condition;   /* of the lane `from`, from here on, where it is in trouble: "" = it answers, NULL = as before */
} ladder_row;

typedef struct ladder {
  const story *story;
  size_t lanes;      /* 0 the phone, then the players, then DNS where it takes part */
  ladder_row *row;
  size_t rows, capacity;
} ladder;

void ladder_build(ladder *out, const story *from);
void ladder_free(ladder *old);
/* "phone", "192.168.1.14", "DNS" and, to be freed, what stands below it: "primary of server 1" */
const char *lane_name(const ladder *of, size_t lane);
char *lane_role(const ladder *of, size_t lane);
/* What a reader who knows SIP would look for in vain. */
#define LADDER_OMITS \
  "Not drawn: ACK, the BYE of a hang-up, repetitions of a request, DNS answers (the remark says what came)."

/* ladder_fold.c: replaces what repeats itself, and shows how much time passes between the rows. */
void ladder_fold(ladder *of);
void ladder_add_gaps(ladder *of);

/* ladder_legend.c: the marks that occur. Returns where it ends; with `out` NULL it only measures. */
double ladder_draw_legend(const ladder *of, double y, double width, FILE *out);
const char *ladder_tone_colour(row_tone tone);
/* Beside a remark: a bullet, or an exclamation mark for bad news. `y` is the base line of the text. */
void ladder_draw_bullet(FILE *out, double x, double y, row_tone tone);

void ladder_write_text(const ladder *of, FILE *out);
void ladder_write_svg(const ladder *of, FILE *out);
#endif
