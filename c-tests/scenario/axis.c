#include <stdlib.h>
#include <string.h>

#include "svg.h"
#include "timeline.h"

/* A moment and the next are at least this far apart, so that both can be seen. */
#define LEAST_STEP 13.0
/* Where nothing happens for longer than this takes, time is cut. */
#define LONGEST_STEP 120.0
/* The usual width of the whole, and how coarse or fine the scale may be for it, in pixels of a second. */
#define USUAL_WIDTH 720.0
#define LEAST_SCALE 1.2
#define MOST_SCALE 8.0
/* A label may widen its band, but no longer label than this. */
#define WIDEST_LABEL 150.0

static int compare_times(const void *a, const void *b) {
  uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
  return left < right ? -1 : left > right;
}

static void collect(axis *out, const timeline *of) {
  size_t i, kept = 0;
  out->at_ms = need(of->bands * 2 + 2, sizeof *out->at_ms);
  out->at_ms[out->count++] = 0;
  out->at_ms[out->count++] = of->story->until_ms;
  for (i = 0; i < of->bands; i++) {
    if (of->band[i].is_mark && of->track[of->band[i].track].kind != TRACK_REQUEST)
      continue;   /* the tries of a registration are many: they lie where they fall */
    out->at_ms[out->count++] = of->band[i].from_ms;
    out->at_ms[out->count++] = of->band[i].to_ms;
  }
  qsort(out->at_ms, out->count, sizeof *out->at_ms, compare_times);
  for (i = 0; i < out->count; i++)
    if (!kept || out->at_ms[kept - 1] != out->at_ms[i])
      out->at_ms[kept++] = out->at_ms[i];
  out->count = kept;
}

static double step_of(const axis *of, size_t at) {
  double width = of->scale * (double)(of->at_ms[at + 1] - of->at_ms[at]) / 1000.0;
  return width < LEAST_STEP ? LEAST_STEP : width > LONGEST_STEP ? LONGEST_STEP : width;
}

static size_t index_of(const axis *of, uint64_t at_ms) {
  size_t i;
  for (i = 0; i + 1 < of->count && of->at_ms[i] < at_ms; i++)
    continue;
  return i;
}

/* Steps below a label that would not fit become wider, all by the same factor. */
static void make_room(axis *out, const band *at) {
  size_t first = index_of(out, at->from_ms), last = index_of(out, at->to_ms), i;
  double needed = svg_width(at->label) + 10, has = out->x[last] - out->x[first], extra = needed - has;
  if (extra <= 0 || needed > WIDEST_LABEL)
    return;
  for (i = out->count; i-- > first + 1;)
    out->x[i] += i >= last ? extra : (out->x[i] - out->x[first]) * extra / has;
}

void axis_build(axis *out, const timeline *of, double left) {
  size_t i;
  memset(out, 0, sizeof *out);
  collect(out, of);
  out->x = need(out->count, sizeof *out->x);
  out->scale = of->story->until_ms ? USUAL_WIDTH * 1000.0 / (double)of->story->until_ms : MOST_SCALE;
  out->scale = out->scale < LEAST_SCALE ? LEAST_SCALE : out->scale > MOST_SCALE ? MOST_SCALE : out->scale;
  out->x[0] = left;
  for (i = 1; i < out->count; i++)
    out->x[i] = out->x[i - 1] + step_of(out, i - 1);
  for (i = 0; i < of->bands; i++)
    if (of->band[i].label && of->track[of->band[i].track].kind == TRACK_STATES)
      make_room(out, &of->band[i]);
  out->left = left;
  out->right = out->x[out->count - 1];
}

int axis_is_cut(const axis *of, size_t at) {
  return at + 1 < of->count && (of->x[at + 1] - of->x[at]) < 0.7 * of->scale * (double)(of->at_ms[at + 1] - of->at_ms[at]) / 1000.0;
}

double axis_x(const axis *of, uint64_t at_ms) {
  size_t i;
  for (i = 0; i + 1 < of->count && of->at_ms[i + 1] < at_ms; i++)
    continue;
  if (i + 1 >= of->count || at_ms <= of->at_ms[i])
    return of->x[i < of->count ? i : of->count - 1];
  return of->x[i] + (of->x[i + 1] - of->x[i]) * (double)(at_ms - of->at_ms[i]) / (double)(of->at_ms[i + 1] - of->at_ms[i]);
}

void axis_free(axis *old) {
  free(old->at_ms);
  free(old->x);
  memset(old, 0, sizeof *old);
}
