/* A timeline: for each account which server was current and registered when, how its requests fared, and what was
   wrong with the world meanwhile. */
#ifndef SCENARIO_TIMELINE_H
#define SCENARIO_TIMELINE_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "story.h"

typedef enum band_look { BAND_OFF, BAND_GOOD, BAND_SECOND, BAND_WAIT, BAND_BAD, BAND_LOOKS } band_look;

/* A stretch of time on a track, or (from == to, a look of BAND_BAD or BAND_GOOD) a moment. */
typedef struct band {
  size_t track;
  uint64_t from_ms, to_ms;
  band_look look;
  int is_mark;
  char *label;
} band;

typedef struct track {
  char *name;
  int is_heading;    /* of the tracks that follow */
  int is_requests;   /* a request a line: labels stand beside the bands */
} track;

typedef struct timeline {
  const story *story;
  track *track;
  size_t tracks, track_capacity;
  band *band;
  size_t bands, band_capacity;
  unsigned answered, failed;
  uint64_t longest_ms;   /* until a request was answered */
} timeline;

void timeline_build(timeline *out, const story *from);
void timeline_free(timeline *old);
void timeline_write_svg(const timeline *of, FILE *out);

/* timeline_requests.c */
void timeline_add_requests(timeline *to, uint32_t account);
/* For the builders. The label is taken over. */
size_t timeline_track(timeline *to, const char *name);
band *timeline_band(timeline *to, size_t track, band_look look, uint64_t from_ms, uint64_t to_ms, char *label);

/* axis.c: a time axis on which quiet hours are short. */
typedef struct axis {
  uint64_t *at_ms;
  double *x;
  size_t count;
  double left, right;
} axis;

void axis_build(axis *out, const timeline *of, double left);
double axis_x(const axis *of, uint64_t at_ms);
void axis_free(axis *old);
#endif
