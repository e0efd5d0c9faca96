/* The timeline as a picture. */
#include <stdlib.h>
#include <string.h>

#include "svg.h"
#include "timeline.h"

#define LEFT 190.0
#define TOP 84.0
#define HEADING_HEIGHT 30.0
#define TRACK_HEIGHT 28.0
#define BAND_HEIGHT 18.0
#define RIGHT_MARGIN 24.0
#define LEGEND_WIDTH 760.0
/* The large letters of the title are wider by about this. */
#define TITLE 1.65
#define LEGEND_HEIGHT 86.0
/* Room that a time of the axis needs. */
#define LABEL_ROOM 6.0
#define LEAST_MARK_STEP 7.0

static const char *const styles[BAND_LOOKS] = {
    "fill=\"white\" stroke=\"" FAINT "\" stroke-dasharray=\"2 2\"",
    "fill=\"#d6ecd9\" stroke=\"" GOOD "\"",
    "fill=\"url(#second)\" stroke=\"#33568f\"",
    "fill=\"url(#wait)\" stroke=\"" WORLD "\"",
    "fill=\"url(#bad)\" stroke=\"" BAD "\"",
};

static double height_of(const track *at) {
  return at->is_heading ? HEADING_HEIGHT : TRACK_HEIGHT;
}

static double track_y(const timeline *of, size_t track) {
  double y = TOP;
  size_t i;
  for (i = 0; i < track; i++)
    y += height_of(&of->track[i]);
  return y;
}

static void draw_axis(const timeline *of, const axis *along, FILE *out) {
  double free_from = 0, bottom = track_y(of, of->tracks);
  size_t i;
  for (i = 0; i < along->count; i++) {
    text label = {NULL, 0, 0};
    double x = along->x[i], half;
    add_seconds(&label, along->at_ms[i]);
    half = svg_width(label.data) / 2 + LABEL_ROOM;
    if (x - half >= free_from) {
      svg_text(out, x, TOP - 8, "middle", "font-size=\"11\"", label.data);
      svg_line(out, x, TOP - 4, x, bottom, "stroke=\"#c4c4c4\" stroke-width=\"0.7\"");
      free_from = x + half;
    } else {
      svg_line(out, x, TOP - 4, x, bottom, "stroke=\"#e6e6e6\" stroke-width=\"0.7\"");
    }
    text_free(&label);
  }
}

static void draw_tracks(const timeline *of, const axis *along, FILE *out) {
  size_t i;
  for (i = 0; i < of->tracks; i++) {
    double y = track_y(of, i);
    if (of->track[i].is_heading) {
      svg_text(out, 16, y + 21, "start", "font-weight=\"bold\" font-size=\"13\"", of->track[i].name);
      svg_line(out, 16, y + 26, along->right, y + 26, "stroke=\"" FAINT "\"");
    } else {
      int first = of->track[i].is_requests && (i == 0 || !of->track[i - 1].is_requests);
      svg_text(out, LEFT - 10, y + 18, "end", "", first ? "requests" : of->track[i].name);
    }
  }
}

/* Where there is no room for "192.0.2.1:5060/udp", the address may still fit. */
static void shorten(char *label, double room) {
  char *colon = strrchr(label, ':');
  if (svg_width(label) + 8 > room && colon && strchr(colon, '/'))
    *colon = '\0';
}

static void draw_label(const band *at, double x, double y, double width, int beside, FILE *out) {
  double needed;
  if (!beside)
    shorten(at->label, width);
  needed = svg_width(at->label);
  if (beside) {
    svg_box(out, x + width + 4, y + 1, needed + 4, BAND_HEIGHT - 2, "fill=\"white\" fill-opacity=\"0.85\"", NULL);
    svg_text(out, x + width + 7, y + 13, "start", at->look == BAND_BAD ? "fill=\"" BAD "\" font-weight=\"bold\"" : "", at->label);
  } else if (needed + 8 <= width) {
    if (at->look != BAND_GOOD && at->look != BAND_OFF)
      svg_box(out, x + width / 2 - needed / 2 - 3, y + 2, needed + 6, BAND_HEIGHT - 4, "fill=\"white\"", NULL);
    svg_text(out, x + width / 2, y + 13, "middle", at->look == BAND_BAD ? "fill=\"" BAD "\"" : "", at->label);
  }
}

static void draw_band(const timeline *of, const axis *along, const band *at, FILE *out) {
  double x = axis_x(along, at->from_ms), width = axis_x(along, at->to_ms) - x;
  double y = track_y(of, at->track) + (TRACK_HEIGHT - BAND_HEIGHT) / 2;
  text hover = {NULL, 0, 0};
  if (width < 3)
    width = 3;
  text_addf(&hover, "%s, ", at->label);
  add_seconds(&hover, at->from_ms);
  text_add(&hover, " to ");
  add_seconds(&hover, at->to_ms);
  text_add(&hover, " s");
  svg_box(out, x, y, width, BAND_HEIGHT, styles[at->look], hover.data);
  draw_label(at, x, y, width, of->track[at->track].is_requests, out);
  text_free(&hover);
}

static void draw_legend(const timeline *of, double y, FILE *out) {
  static const struct {
    band_look look;
    const char *meaning;
    double width;
  } items[] = {{BAND_GOOD, "works", 78},          {BAND_SECOND, "works, at server 2", 150},
               {BAND_WAIT, "being tried", 112},   {BAND_BAD, "does not work", 126},
               {BAND_OFF, "not in use", 104}};
  double x = 16;
  text summary = {NULL, 0, 0};
  size_t i;
  for (i = 0; i < sizeof items / sizeof *items; i++) {
    svg_box(out, x, y, 26, 14, styles[items[i].look], NULL);
    svg_text(out, x + 32, y + 11, "start", "", items[i].meaning);
    x += items[i].width;
  }
  svg_cross(out, x + 6, y + 7, BAD);
  svg_text(out, x + 16, y + 11, "start", "", "a server asked in vain");
  text_addf(&summary, "Requests answered: %u, not answered: %u.", of->answered, of->failed);
  if (of->answered && !of->longest_ms) {
    text_add(&summary, " No answer took time.");
  } else if (of->answered) {
    text_add(&summary, " Longest wait for an answer: ");
    add_duration(&summary, of->longest_ms);
    text_add(&summary, ".");
  }
  if (of->answered + of->failed)
    svg_text(out, 16, y + 36, "start", "font-weight=\"bold\"", summary.data);
  svg_text(out, 16, y + 56, "start", "fill=\"" FAINT "\"",
           "Seconds, not to scale: the axis is compressed where nothing happens.");
  text_free(&summary);
}

/* The tries of a registration lie at the lower edge, below the state's name. */
static void draw_mark(const timeline *of, const axis *along, const band *at, FILE *out) {
  double middle = of->track[at->track].is_requests ? TRACK_HEIGHT / 2 : TRACK_HEIGHT / 2 + BAND_HEIGHT / 2;
  svg_cross(out, axis_x(along, at->from_ms), track_y(of, at->track) + middle, BAD);
}

/* Crosses that would lie on each other are drawn once. */
static void draw_marks(const timeline *of, const axis *along, FILE *out) {
  size_t track = of->tracks, i;
  double drawn = 0;
  for (i = 0; i < of->bands; i++) {
    const band *at = &of->band[i];
    double x = axis_x(along, at->from_ms);
    if (!at->is_mark || (at->track == track && x < drawn + LEAST_MARK_STEP))
      continue;
    draw_mark(of, along, at, out);
    track = at->track;
    drawn = x;
  }
}

static double whole_width(const timeline *of, const axis *along) {
  double width = along->right > LEGEND_WIDTH ? along->right : LEGEND_WIDTH;
  size_t i;
  for (i = 0; i < of->bands; i++) {
    const band *at = &of->band[i];
    double end = axis_x(along, at->to_ms) + 12;
    if (at->label && of->track[at->track].is_requests && end + svg_width(at->label) > width)
      width = end + svg_width(at->label);
  }
  if (of->story->title && svg_width(of->story->title) * TITLE > width)
    width = svg_width(of->story->title) * TITLE;
  return width + RIGHT_MARGIN;
}

void timeline_write_svg(const timeline *of, FILE *out) {
  double bottom = track_y(of, of->tracks);
  axis along;
  size_t i;
  axis_build(&along, of, LEFT);
  svg_begin(out, (unsigned)whole_width(of, &along), (unsigned)(bottom + LEGEND_HEIGHT),
            of->story->title ? of->story->title : "A run of sipfailover-sim",
            "Timeline: which servers worked, which was current, and how the requests fared");
  svg_text(out, 16, 32, "start", "font-size=\"18\" font-weight=\"bold\"",
           of->story->title ? of->story->title : "A run of sipfailover-sim");
  svg_text(out, LEFT - 10, TOP - 8, "end", "fill=\"" FAINT "\"", "seconds");
  draw_axis(of, &along, out);
  draw_tracks(of, &along, out);
  for (i = 0; i < of->bands; i++)
    if (!of->band[i].is_mark)
      draw_band(of, &along, &of->band[i], out);
  draw_marks(of, &along, out);
  draw_legend(of, bottom + 14, out);
  svg_end(out);
  axis_free(&along);
}
