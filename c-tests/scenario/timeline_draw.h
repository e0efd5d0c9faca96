/* What the files that draw a timeline share. */
#ifndef SCENARIO_TIMELINE_DRAW_H
#define SCENARIO_TIMELINE_DRAW_H
#include "svg.h"
#include "timeline.h"

#define BAND_HEIGHT 24.0
/* Below the bands of a track that has marks. */
#define MARKS_HEIGHT 18.0

typedef struct timeline_drawing {
  FILE *out;
  const timeline *of;
  axis along;
} timeline_drawing;

/* The upper edge of a track, and of its bands. */
double timeline_track_y(const timeline *of, size_t track);
double timeline_band_y(const timeline *of, size_t track);
/* A piece of a band; its pattern fills the lowest `strip` of it. */
typedef struct timeline_swatch {
  double x, y, width, height, strip;
  band_look look;
  const char *hover;   /* NULL: none */
} timeline_swatch;

void timeline_draw_swatch(const timeline_swatch *at, FILE *out);

/* timeline_marks.c */
void timeline_draw_marks(const timeline_drawing *on);
/* timeline_legend.c: returns where it ends; with `out` NULL it only measures. */
double timeline_draw_legend(const timeline_drawing *on, double y, FILE *out);
double timeline_legend_width(const timeline *of);
#endif
