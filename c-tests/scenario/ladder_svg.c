/* The ladder as a picture. */
#include <inttypes.h>
#include <stdlib.h>

#include "ladder.h"
#include "svg.h"

#define TOP 96.0
#define TIME_X 88.0
#define FIRST_LANE_X 176.0
#define LANE_WIDTH 196.0
#define ROW_HEIGHT 28.0
#define GAP_HEIGHT 24.0
#define LEGEND_WIDTH 780.0
/* Bold letters are wider by about this. */
#define BOLD 1.15
/* So are the large ones of the title. */
#define TITLE 1.45
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
  double width = svg_width(label) * 1.04 + 12;
  svg_box(on->out, x - width / 2, y - 15, width, 20, style, NULL);
  svg_text(on->out, x, y, "middle", "", label);
}

static void draw_arrow(drawing *on, const ladder_row *row) {
  double from = lane_x(row->from), to = lane_x(row->to), y = on->y + 16;
  int direction = from < to ? 1 : -1;
  double beside_host = lane_x(row->from < row->to ? row->to : row->from) - LANE_WIDTH / 2, width = row->label ? svg_width(row->label) * BOLD + 8 : 0;
  char style[160];
  if (row->lost)
    to -= 16.0 * direction;
  snprintf(style, sizeof style, "stroke=\"%s\" stroke-width=\"1.4\"%s", ladder_tone_colour(row->tone),
           row->late || row->lost ? " stroke-dasharray=\"6 3\"" : "");
  svg_line(on->out, from, y, to, y, style);
  if (row->lost)
    svg_cross(on->out, to, y, BAD, NULL);
  else
    svg_head(on->out, to, y, direction, ladder_tone_colour(row->tone));
  if (!row->label)
    return;
  svg_box(on->out, beside_host - width / 2, y - 9, width, 17, "fill=\"white\"", NULL);
  snprintf(style, sizeof style, "fill=\"%s\" font-weight=\"bold\"", ladder_tone_colour(row->tone));
  svg_text(on->out, beside_host, y + 5, "middle", style, row->label);
}

static void draw_note(drawing *on, const ladder_row *row) {
  double x = lane_x(on->of->lanes - 1) + NOTES_LEFT - 16, y = on->y + 20;
  char style[64];
  snprintf(style, sizeof style, "fill=\"%s\"", ladder_tone_colour(row->tone));
  if (row->kind == ROW_NOTE)
    ladder_draw_bullet(on->out, x, y, row->tone);
  svg_text(on->out, x + 16, y, "start", style, row->note);
}

static void draw_row(drawing *on, const ladder_row *row) {
  if (row->kind == ROW_BADGE && row->condition)
    on->condition[row->from] = row->condition;
  draw_lanes(on, row);
  if (row->kind == ROW_GAP) {
    svg_text(on->out, TIME_X, on->y + 16, "end", "fill=\"" FAINT "\" font-style=\"italic\"", row->label);
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
    double x = lane_x(lane), half = lane ? 86 : 46;
    char *role = lane_role(on->of, lane);
    svg_box(on->out, x - half, 50, half * 2, 42, "fill=\"#f2f2f2\" stroke=\"" INK "\" rx=\"4\"", NULL);
    svg_text(on->out, x, role[0] ? 68 : 76, "middle", "font-weight=\"bold\"", lane_name(on->of, lane));
    svg_text(on->out, x, 85, "middle", "fill=\"" FAINT "\"", role);
    free(role);
  }
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
  double height = TOP, width = whole_width(of);
  size_t i;
  on.out = out;
  on.of = of;
  on.y = TOP;
  on.condition = need(of->lanes, sizeof *on.condition);
  for (i = 0; i < of->lanes; i++)
    on.condition[i] = "";
  for (i = 0; i < of->rows; i++)
    height += height_of(&of->row[i]);
  svg_begin(out, (unsigned)width, (unsigned)ladder_draw_legend(of, height + 12, width, NULL),
            of->story->title ? of->story->title : "A run of sipfailover-sim",
            "Message ladder: what the phone sent to which server, and what came back");
  draw_heads(&on);
  for (i = 0; i < of->rows; i++)
    draw_row(&on, &of->row[i]);
  ladder_draw_legend(of, on.y + 12, width, out);
  svg_end(out);
  free(on.condition);
}
