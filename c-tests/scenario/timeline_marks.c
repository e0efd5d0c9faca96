/* The crosses of a timeline: servers that were asked in vain. Where they stand close, one says how many there are. */
#include "timeline_draw.h"

/* Crosses nearer to each other than this cannot be told apart. */
#define LEAST_MARK_STEP 18.0
/* Fewer than this are drawn one by one. */
#define MIN_CHAIN 3u

typedef struct chain {
  size_t count, silent;
  const band *first, *last;
} chain;

static size_t next_mark(const timeline *of, size_t track, size_t from) {
  while (from < of->bands && (!of->band[from].is_mark || of->band[from].track != track))
    from++;
  return from;
}

/* The marks from `first` on that stand close to each other. Returns the first behind them. */
static size_t gather(const timeline_drawing *on, size_t track, size_t first, chain *out) {
  size_t at = first;
  out->count = out->silent = 0;
  out->first = out->last = &on->of->band[first];
  while (at < on->of->bands && axis_x(&on->along, on->of->band[at].from_ms) - axis_x(&on->along, out->last->from_ms) < LEAST_MARK_STEP) {
    out->last = &on->of->band[at];
    out->count++;
    out->silent += (size_t)on->of->band[at].no_answer;
    at = next_mark(on->of, track, at + 1);
  }
  return at;
}

static void draw_cross(const timeline_drawing *on, const band *at, double y) {
  text hover = {NULL, 0, 0};
  text_addf(&hover, "%s, ", at->no_answer ? "no answer: given up" : "failed");
  add_seconds(&hover, at->from_ms);
  text_add(&hover, " s");
  svg_cross(on->out, axis_x(&on->along, at->from_ms), y, BAD, hover.data);
  text_free(&hover);
}

/* "x 92 tries, none answered" on the line of the chain or behind it; shorter, or nowhere, where there is no room. */
static void draw_count(const timeline_drawing *on, const chain *of, double y, double room_until) {
  double left = axis_x(&on->along, of->first->from_ms), right = axis_x(&on->along, of->last->from_ms);
  int is_short;
  for (is_short = 0; is_short < 2; is_short++) {
    text label = {NULL, 0, 0};
    double width, x;
    text_addf(&label, "%lu tries", (unsigned long)of->count);
    if (!is_short)
      text_add(&label, of->silent == of->count ? ", none answered" : ", all failed");
    width = svg_width(label.data) + 16;
    x = right - left > width + 12 ? (left + right - width) / 2 : right + 6;
    if (x + width <= room_until) {
      svg_box(on->out, x - 2, y - 7, width + 4, 14, "fill=\"white\"", NULL);
      svg_cross(on->out, x + 6, y, BAD, label.data);
      svg_text(on->out, x + 15, y + 5, "start", "fill=\"" BAD "\"", label.data);
      is_short = 2;
    }
    text_free(&label);
  }
}

/* The tries of a chain reach from one upright stroke to the other. */
static void draw_chain(const timeline_drawing *on, const chain *of, double y, double room_until) {
  double left = axis_x(&on->along, of->first->from_ms), right = axis_x(&on->along, of->last->from_ms);
  svg_line(on->out, left, y, right, y, "stroke=\"" BAD "\"");
  svg_line(on->out, left, y - 4, left, y + 4, "stroke=\"" BAD "\"");
  svg_line(on->out, right, y - 4, right, y + 4, "stroke=\"" BAD "\"");
  draw_count(on, of, y, room_until);
}

static void draw_track(const timeline_drawing *on, size_t track) {
  const timeline *of = on->of;
  size_t at = next_mark(of, track, 0);
  double y = timeline_band_y(of, track) + BAND_HEIGHT + MARKS_HEIGHT / 2;
  while (at < of->bands) {
    chain found;
    size_t next = gather(on, track, at, &found);
    double room_until = next < of->bands ? axis_x(&on->along, of->band[next].from_ms) - 6 : on->along.right;
    if (of->track[track].kind == TRACK_STATES && found.count >= MIN_CHAIN) {
      draw_chain(on, &found, y, room_until);
      at = next;
    } else {
      draw_cross(on, &of->band[at], of->track[track].kind == TRACK_STATES ? y : timeline_band_y(of, track) + BAND_HEIGHT / 2);
      at = next_mark(of, track, at + 1);
    }
  }
}

void timeline_draw_marks(const timeline_drawing *on) {
  size_t track;
  for (track = 0; track < on->of->tracks; track++)
    if (on->of->track[track].has_marks)
      draw_track(on, track);
}
