/* A timeline: for each account which server was current and registered when, how its requests fared, and what was
   wrong with the world meanwhile. */
#ifndef SCENARIO_TIMELINE_H
#define SCENARIO_TIMELINE_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "story.h"

typedef enum band_look {
  BAND_OFF,
  BAND_GOOD,     /* it works, at the primary */
  BAND_SECOND,   /* it works, elsewhere */
  BAND_STALE,    /* the phone believes so, but the host is in trouble */
  BAND_WAIT,
  BAND_ODD,      /* answers some requests with an error */
  BAND_BAD,
  BAND_LOOKS
} band_look;

/* A stretch of time on a track, or (from == to) a moment. */
typedef struct band {
  size_t track;
  uint64_t from_ms, to_ms;
  band_look look;
  int is_mark;      /* a try that was given up */
  int no_answer;    /* a mark: because of silence */
  char *label;
  char *meaning;    /* for the legend */
} band;

typedef enum track_kind { TRACK_HEADING, TRACK_STATES, TRACK_REQUEST } track_kind;

typedef struct track {
  char *name;
  track_kind kind;
  int has_marks;     /* they need room below the bands */
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

/* timeline_belief.c: what the phone takes for true, and where it is wrong. */
void timeline_add_belief(timeline *to, uint32_t account);
/* timeline_requests.c */
void timeline_add_requests(timeline *to, uint32_t account);

/* For the builders. */
size_t timeline_track(timeline *to, track_kind kind, const char *name);
/* Continues the band before where that ends here and looks and says the same. */
band *timeline_band(timeline *to, size_t track, band_look look, uint64_t from_ms, uint64_t to_ms, const char *label,
                    const char *meaning);
void timeline_mark(timeline *to, size_t track, const fact *failed);

/* axis.c: a time axis on which quiet hours are short. */
typedef struct axis {
  uint64_t *at_ms;
  double *x;
  size_t count;
  double left, right;
  double scale;   /* pixels of a second, where nothing is cut or widened */
} axis;

void axis_build(axis *out, const timeline *of, double left);
double axis_x(const axis *of, uint64_t at_ms);
/* Is the time between this moment and the next cut short? */
int axis_is_cut(const axis *of, size_t at);
void axis_free(axis *old);
#endif
