#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "timeline.h"

/* A moment and the next take at least this much, and a gap ten times as long takes this much more. */
#define LEAST_STEP 14.0
#define STEP_PER_DECADE 34.0
#define LEAST_WIDTH 640.0

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
    if (of->band[i].is_mark && !of->track[of->band[i].track].is_requests)
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

void axis_build(axis *out, const timeline *of, double left) {
  double width, scale;
  size_t i;
  memset(out, 0, sizeof *out);
  out->left = left;
  collect(out, of);
  out->x = need(out->count, sizeof *out->x);
  for (i = 1; i < out->count; i++)
    out->x[i] = out->x[i - 1] + LEAST_STEP + STEP_PER_DECADE * log10(1.0 + (double)(out->at_ms[i] - out->at_ms[i - 1]) / 1000.0);
  width = out->x[out->count - 1];
  scale = width > 0 && width < LEAST_WIDTH ? LEAST_WIDTH / width : 1.0;
  for (i = 0; i < out->count; i++)
    out->x[i] = left + out->x[i] * scale;
  out->right = out->x[out->count - 1];
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
