/* The ladder as a picture. */
#include <inttypes.h>
#include <stdlib.h>

#include "ladder.h"
#include "svg.h"

#define TOP 96.0
#define TIME_X 88.0
#define FIRST_LANE_X 170.0
#define LANE_WIDTH 190.0
#define ROW_HEIGHT 28.0
#define GAP_HEIGHT 24.0
#define LEGEND_HEIGHT 64.0
#define LEGEND_WIDTH 640.0
/* Bold letters are wider by about this. */
#define BOLD 1.15
/* So are the large ones of the title. */
#define TITLE 1.65
#define NOTES_LEFT 44.0

typedef struct drawing {
  FILE *out;
  const ladder *of;
  const char **condition;   /* of each lane; "" = it answers */
  double y;                 /* the upper edge of the row */
} drawing;

static double lane_x(size_t lane) {
  return FIRST_LANE_X + (double)lane * LANE_WIDTH;
}

static const char *tone_colour(row_tone tone) {
  static const char *const colours[] = {INK, GOOD, BAD, WORLD};
  return colours[tone];
}

static double height_of(const ladder_row *row) {
  return row->kind == ROW_GAP || row->kind == ROW_REPEAT ? GAP_HEIGHT : ROW_HEIGHT;
}

/* One piece of every lane: a line while the host answers, a hatched bar while it does not. */
static void draw_lanes(drawing *on, const ladder_row *row) {
  double bottom = on->y + height_of(row);
  size_t lane;
  for (lane = 0; lane < on->of->lanes; lane++) {
    double x = lane_x(lane);
    if (on->condition[lane][0])
      svg_box(on->out, x - 5, on->y, 10, bottom - on->y, "fill=\"url(#bad)\" stroke=\"none\"", on->condition[lane]);
    else
      svg_line(on->out, x, on->y, x, bottom,
               row->kind == ROW_GAP || row->kind == ROW_REPEAT ? "stroke=\"" FAINT "\" stroke-dasharray=\"2 4\""
                                                               : "stroke=\"" FAINT "\"");
  }
}

static void draw_time(drawing *on, const ladder_row *row) {
  char label[32];
  snprintf(label, sizeof label, "%" PRIu64 ".%03u", row->at_ms / 1000u, (unsigned)(row->at_ms % 1000u));
  svg_text(on->out, TIME_X, on->y + 20, "end", "fill=\"" FAINT "\"", label);
}

static void draw_boxed(drawing *on, double x, double y, const char *label, const char *style) {
  double width = svg_width(label) + 10;
  svg_box(on->out, x - width / 2, y - 13, width, 18, style, NULL);
  svg_text(on->out, x, y, "middle", "", label);
}

static void draw_arrow(drawing *on, const ladder_row *row) {
  double from = lane_x(row->from), to = lane_x(row->to), y = on->y + 16;
  int direction = from < to ? 1 : -1;
  double near_from = from + direction * (LANE_WIDTH / 2), width = row->label ? svg_width(row->label) * BOLD + 8 : 0;
  char style[160];
  if (row->lost)
    to -= 16.0 * direction;
  snprintf(style, sizeof style, "stroke=\"%s\" stroke-width=\"1.4\"%s", tone_colour(row->tone),
           row->late || row->lost ? " stroke-dasharray=\"6 3\"" : "");
  svg_line(on->out, from, y, to, y, style);
  if (row->lost)
    svg_cross(on->out, to, y, BAD, NULL);
  else
    svg_head(on->out, to, y, direction, tone_colour(row->tone));
  if (!row->label)
    return;
  svg_box(on->out, near_from - width / 2, y - 8, width, 15, "fill=\"white\"", NULL);
  snprintf(style, sizeof style, "fill=\"%s\" font-weight=\"bold\"", tone_colour(row->tone));
  svg_text(on->out, near_from, y + 4, "middle", style, row->label);
}

static void draw_note(drawing *on, const ladder_row *row) {
  double x = lane_x(on->of->lanes - 1) + NOTES_LEFT - 16, y = on->y + 20;
  char style[64];
  snprintf(style, sizeof style, "fill=\"%s\"", tone_colour(row->tone));
  if (row->kind == ROW_NOTE && row->tone == TONE_BAD)
    svg_cross(on->out, x + 4, y - 4, BAD, NULL);
  else if (row->kind == ROW_NOTE)
    fprintf(on->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n", x + 4, y - 4, tone_colour(row->tone));
  svg_text(on->out, x + 16, y, "start", style, row->note);
}

static void draw_row(drawing *on, const ladder_row *row) {
  if (row->kind == ROW_BADGE && row->condition)
    on->condition[row->from] = row->condition;
  draw_lanes(on, row);
  if (row->kind == ROW_GAP) {
    svg_text(on->out, TIME_X, on->y + 16, "end", "fill=\"" FAINT "\" font-style=\"italic\" font-size=\"11\"", row->label);
  } else if (row->kind == ROW_REPEAT) {
    svg_text(on->out, lane_x(0) + 14, on->y + 16, "start", "font-style=\"italic\"", row->note);
  } else {
    draw_time(on, row);
    if (row->kind == ROW_ARROW)
      draw_arrow(on, row);
    else if (row->kind == ROW_BADGE)
      draw_boxed(on, lane_x(row->from), on->y + 19, row->label, "fill=\"#fff3d6\" stroke=\"" WORLD "\"");
    if (row->note)
      draw_note(on, row);
  }
  on->y += height_of(row);
}

static void draw_heads(drawing *on) {
  size_t lane;
  svg_text(on->out, 16, 30, "start", "font-size=\"18\" font-weight=\"bold\"",
           on->of->story->title ? on->of->story->title : "A run of sipfailover-sim");
  svg_text(on->out, TIME_X, 72, "end", "fill=\"" FAINT "\"", "seconds");
  for (lane = 0; lane < on->of->lanes; lane++) {
    double x = lane_x(lane);
    svg_box(on->out, x - 62, 52, 124, 40, "fill=\"#f2f2f2\" stroke=\"" INK "\" rx=\"4\"", NULL);
    svg_text(on->out, x, lane_role(on->of, lane)[0] ? 69 : 77, "middle", "font-weight=\"bold\"", lane_name(on->of, lane));
    svg_text(on->out, x, 85, "middle", "fill=\"" FAINT "\" font-size=\"11\"", lane_role(on->of, lane));
  }
}

static void draw_legend(drawing *on) {
  double x = 16, y = on->y + 24;
  svg_line(on->out, x, y, x + 34, y, "stroke=\"" INK "\" stroke-width=\"1.4\"");
  svg_head(on->out, x + 38, y, 1, INK);
  svg_text(on->out, x + 46, y + 4, "start", "", "message");
  svg_line(on->out, x + 120, y, x + 150, y, "stroke=\"" INK "\" stroke-width=\"1.4\" stroke-dasharray=\"6 3\"");
  svg_cross(on->out, x + 154, y, BAD, NULL);
  svg_text(on->out, x + 166, y + 4, "start", "", "nobody answers");
  svg_box(on->out, x + 270, y - 8, 10, 18, "fill=\"url(#bad)\"", NULL);
  svg_text(on->out, x + 286, y + 4, "start", "", "host in trouble");
  svg_box(on->out, x + 386, y - 8, 22, 16, "fill=\"#fff3d6\" stroke=\"" WORLD "\"", NULL);
  svg_text(on->out, x + 414, y + 4, "start", "", "what the scenario does");
  svg_text(on->out, x, y + 26, "start", "fill=\"" FAINT "\"",
           "Time runs downwards, but not to scale: slanted times at the left say how long nothing happens.");
}

static double whole_width(const ladder *of) {
  double width = LEGEND_WIDTH, beside = lane_x(of->lanes - 1) + NOTES_LEFT;
  size_t i;
  for (i = 0; i < of->rows; i++)
    if (of->row[i].note && beside + svg_width(of->row[i].note) > width)
      width = beside + svg_width(of->row[i].note);
  if (of->story->title && svg_width(of->story->title) * TITLE > width)
    width = svg_width(of->story->title) * TITLE;
  return width + 16;
}

void ladder_write_svg(const ladder *of, FILE *out) {
  drawing on;
  double height = TOP + LEGEND_HEIGHT;
  size_t i;
  on.out = out;
  on.of = of;
  on.y = TOP;
  on.condition = need(of->lanes, sizeof *on.condition);
  for (i = 0; i < of->lanes; i++)
    on.condition[i] = "";
  for (i = 0; i < of->rows; i++)
    height += height_of(&of->row[i]);
  svg_begin(out, (unsigned)whole_width(of), (unsigned)height,
            of->story->title ? of->story->title : "A run of sipfailover-sim",
            "Message ladder: what the phone sent to which server, and what came back");
  draw_heads(&on);
  for (i = 0; i < of->rows; i++)
    draw_row(&on, &of->row[i]);
  draw_legend(&on);
  svg_end(out);
  free(on.condition);
}
