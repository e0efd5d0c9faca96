/* The timeline as a picture. */
#include <stdlib.h>
#include <string.h>

#include "timeline_draw.h"

#define TOP 98.0
/* The times of the axis stand in two rows; the second takes what has no room in the first. */
#define TIME_ROW 16.0
#define HEADING_HEIGHT 36.0
#define TRACK_HEIGHT 34.0
#define MARGIN 16.0
/* The large letters of the title are wider by about this, bold ones of usual size by that. */
#define TITLE 1.45
#define BOLD 1.15
/* Room that a time of the axis needs. */
#define LABEL_ROOM 5.0
/* A moment is drawn this wide. */
#define LEAST_BAND 12.0
/* The lower part of a band shows its pattern, so that a label never hides it. */
#define STRIP 7.0

static const struct {
  const char *ground, *pattern, *edge;
} styles[BAND_LOOKS] = {
    {"white", NULL, "stroke=\"" FAINT "\" stroke-dasharray=\"2 2\""},
    {"#d6ecd9", NULL, "stroke=\"" GOOD "\""},
    {"#e4ecf9", "url(#second)", "stroke=\"#33568f\""},
    {"#eef3e2", "url(#stale)", "stroke=\"" BAD "\" stroke-dasharray=\"5 2\""},
    {"#fff6dc", "url(#wait)", "stroke=\"" WORLD "\""},
    {"#fff6dc", "url(#odd)", "stroke=\"" WORLD "\""},
    {"#fbe3e1", "url(#bad)", "stroke=\"" BAD "\""},
};

static double height_of(const track *at) {
  double marks = at->kind == TRACK_STATES && at->has_marks ? MARKS_HEIGHT : 0;
  return at->kind == TRACK_HEADING ? HEADING_HEIGHT : TRACK_HEIGHT + marks;
}

double timeline_track_y(const timeline *of, size_t track) {
  double y = TOP;
  size_t i;
  for (i = 0; i < track; i++)
    y += height_of(&of->track[i]);
  return y;
}

double timeline_band_y(const timeline *of, size_t track) {
  return timeline_track_y(of, track) + (TRACK_HEIGHT - BAND_HEIGHT) / 2;
}

void timeline_draw_swatch(const timeline_swatch *at, FILE *out) {
  text style = {NULL, 0, 0};
  text_addf(&style, "fill=\"%s\" stroke=\"none\"", styles[at->look].ground);
  svg_box(out, at->x, at->y, at->width, at->height, style.data, NULL);
  text_free(&style);
  if (styles[at->look].pattern) {
    text_addf(&style, "fill=\"%s\"", styles[at->look].pattern);
    svg_box(out, at->x, at->y + at->height - at->strip, at->width, at->strip, style.data, NULL);
    text_free(&style);
  }
  text_addf(&style, "fill=\"none\" pointer-events=\"all\" %s", styles[at->look].edge);
  svg_box(out, at->x, at->y, at->width, at->height, style.data, at->hover);
  text_free(&style);
}

/* Two slanted strokes across the axis: time is cut here. */
static void draw_cut(FILE *out, double x) {
  svg_box(out, x - 4, TOP - 9, 8, 10, "fill=\"white\"", NULL);
  svg_line(out, x - 6, TOP + 1, x - 1, TOP - 9, "stroke=\"" INK "\"");
  svg_line(out, x + 1, TOP + 1, x + 6, TOP - 9, "stroke=\"" INK "\"");
}

/* Returns whether there was room in one of the rows. */
static int draw_time(const timeline_drawing *on, size_t at, double *free_from) {
  double x = on->along.x[at], half;
  text label = {NULL, 0, 0};
  unsigned row;
  add_seconds(&label, on->along.at_ms[at]);
  half = svg_width(label.data) / 2 + LABEL_ROOM;
  for (row = 0; row < 2 && x - half < free_from[row]; row++)
    continue;
  if (row < 2) {
    svg_text(on->out, x, TOP - 12 - TIME_ROW * row, "middle", "", label.data);
    free_from[row] = x + half;
  }
  text_free(&label);
  return row < 2;
}

static void draw_axis(const timeline_drawing *on) {
  double free_from[2] = {0, 0}, bottom = timeline_track_y(on->of, on->of->tracks);
  const axis *along = &on->along;
  size_t i;
  svg_text(on->out, along->left - 16, TOP - 12, "end", "fill=\"" FAINT "\"", "seconds");
  svg_line(on->out, along->left, TOP - 4, along->right, TOP - 4, "stroke=\"" FAINT "\"");
  for (i = 0; i < along->count; i++) {
    double x = along->x[i];
    svg_line(on->out, x, TOP - 8, x, bottom,
             draw_time(on, i, free_from) ? "stroke=\"#c4c4c4\" stroke-width=\"0.7\"" : "stroke=\"#e6e6e6\" stroke-width=\"0.7\"");
    if (axis_is_cut(along, i))
      draw_cut(on->out, (x + along->x[i + 1]) / 2);
  }
}

static void draw_tracks(const timeline_drawing *on) {
  size_t i;
  for (i = 0; i < on->of->tracks; i++) {
    double y = timeline_track_y(on->of, i);
    if (on->of->track[i].kind == TRACK_HEADING) {
      svg_text(on->out, MARGIN, y + 25, "start", "font-weight=\"bold\"", on->of->track[i].name);
      svg_line(on->out, MARGIN, y + 31, on->along.right, y + 31, "stroke=\"" FAINT "\"");
    } else {
      svg_text(on->out, on->along.left - 10, y + 22, "end", "", on->of->track[i].name);
    }
  }
}

/* Where there is no room for "192.0.2.1:5060/udp", the address may still fit. */
static void shorten(char *label, double width) {
  char *colon = strrchr(label, ':');
  if (svg_width(label) + 4 > width && colon && strchr(colon, '/'))
    *colon = '\0';
}

static void draw_label(const timeline_drawing *on, const band *at, double x, double width) {
  double y = timeline_band_y(on->of, at->track) + 13, needed;
  char *label = copy_string(at->label);
  shorten(label, width);
  needed = svg_width(label);
  if (needed + 4 <= width)
    svg_text(on->out, x + width / 2, styles[at->look].pattern ? y : y + 4, "middle",
             at->look == BAND_BAD ? "fill=\"" BAD "\"" : "", label);
  free(label);
}

static double request_x(const timeline_drawing *on, size_t track) {
  size_t i;
  for (i = 0; i + 1 < on->of->bands && on->of->band[i].track != track; i++)
    continue;
  return axis_x(&on->along, on->of->band[i].from_ms);
}

/* How a request ended stands behind it, or before it where that would run out of the picture. */
static void draw_outcome(const timeline_drawing *on, const band *at, double x, double width) {
  double needed = svg_width(at->label) * (at->look == BAND_BAD ? BOLD : 1.0), y = timeline_band_y(on->of, at->track);
  double start = request_x(on, at->track);
  const char *style = at->look == BAND_BAD ? "fill=\"" BAD "\" font-weight=\"bold\"" : "";
  double left = x + width + 8 + needed <= on->along.right ? x + width + 6 : start - needed - 8;
  if (left < on->along.left)
    left = x + width + 6;
  svg_box(on->out, left - 2, y + 2, needed + 4, BAND_HEIGHT - 4, "fill=\"white\" fill-opacity=\"0.85\"", NULL);
  svg_text(on->out, left, y + 17, "start", style, at->label);
}

static char *hover_of(const band *at) {
  text hover = {NULL, 0, 0};
  text_addf(&hover, "%s, ", at->label ? at->label : at->meaning);
  add_seconds(&hover, at->from_ms);
  if (at->to_ms > at->from_ms) {
    text_add(&hover, " to ");
    add_seconds(&hover, at->to_ms);
  }
  text_add(&hover, " s");
  return hover.data;
}

static void draw_band(const timeline_drawing *on, const band *at) {
  double x = axis_x(&on->along, at->from_ms), width = axis_x(&on->along, at->to_ms) - x;
  int is_request = on->of->track[at->track].kind == TRACK_REQUEST;
  timeline_swatch piece = {0, 0, 0, BAND_HEIGHT, BAND_HEIGHT, BAND_OFF, NULL};
  char *hover = hover_of(at);
  width = width < LEAST_BAND ? LEAST_BAND : width;
  piece.x = x;
  piece.y = timeline_band_y(on->of, at->track);
  piece.width = width;
  piece.strip = is_request ? BAND_HEIGHT : STRIP;
  piece.look = at->look;
  piece.hover = hover;
  timeline_draw_swatch(&piece, on->out);
  if (at->label && is_request)
    draw_outcome(on, at, x, width);
  else if (at->label)
    draw_label(on, at, x, width);
  free(hover);
}

/* Names stand left of the tracks, headings above them. */
static double left_of(const timeline *of) {
  double width = 0;
  size_t i;
  for (i = 0; i < of->tracks; i++)
    if (of->track[i].kind != TRACK_HEADING && svg_width(of->track[i].name) > width)
      width = svg_width(of->track[i].name);
  return MARGIN + width + 14;
}

static double whole_width(const timeline_drawing *on) {
  double width = on->along.right, legend = timeline_legend_width(on->of);
  size_t i;
  for (i = 0; i < on->of->bands; i++) {
    const band *at = &on->of->band[i];
    double end = axis_x(&on->along, at->to_ms) + LEAST_BAND + 8, needed = at->label ? svg_width(at->label) * BOLD : 0;
    int is_outcome = at->label && on->of->track[at->track].kind == TRACK_REQUEST;
    /* Neither before nor behind it is enough room: the picture grows. */
    if (is_outcome && end + needed > width && request_x(on, at->track) - needed - 8 < on->along.left)
      width = end + needed;
  }
  width = legend > width ? legend : width;
  if (on->of->story->title && svg_width(on->of->story->title) * TITLE > width)
    width = svg_width(on->of->story->title) * TITLE;
  return width + MARGIN + LEAST_BAND;
}

void timeline_write_svg(const timeline *of, FILE *out) {
  double bottom = timeline_track_y(of, of->tracks) + 16;
  const char *title = of->story->title ? of->story->title : "A run of sipfailover-sim";
  timeline_drawing on;
  size_t i;
  on.out = out;
  on.of = of;
  axis_build(&on.along, of, left_of(of));
  svg_begin(out, (unsigned)whole_width(&on), (unsigned)timeline_draw_legend(&on, bottom, NULL), title,
            "Timeline: which servers worked, what the phone believed, and how the requests fared");
  svg_text(out, MARGIN, 32, "start", "font-size=\"19\" font-weight=\"bold\"", title);
  draw_axis(&on);
  draw_tracks(&on);
  for (i = 0; i < of->bands; i++)
    if (!of->band[i].is_mark)
      draw_band(&on, &of->band[i]);
  timeline_draw_marks(&on);
  timeline_draw_legend(&on, bottom, out);
  svg_end(out);
  axis_free(&on.along);
}
