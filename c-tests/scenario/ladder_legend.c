/* What stands below a ladder: the marks that occur in it. */
#include "ladder.h"
#include "svg.h"

#define LINE 26.0
#define MARGIN 16.0
#define SAMPLE 46.0
#define PAUSE 22.0

const char *ladder_tone_colour(row_tone tone) {
  static const char *const colours[] = {INK, GOOD, BAD, WORLD};
  return colours[tone];
}

void ladder_draw_bullet(FILE *out, double x, double y, row_tone tone) {
  if (tone == TONE_BAD)
    svg_text(out, x + 4, y, "middle", "fill=\"" BAD "\" font-weight=\"bold\"", "!");
  else
    fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n", x + 4, y - 4, ladder_tone_colour(tone));
}

static int has_arrow(const ladder *of, row_tone tone) {
  size_t i;
  for (i = 0; i < of->rows; i++)
    if (of->row[i].kind == ROW_ARROW && of->row[i].tone == tone && !of->row[i].lost && !of->row[i].late)
      return 1;
  return 0;
}

static int has_note(const ladder *of, row_tone tone) {
  size_t i;
  for (i = 0; i < of->rows; i++)
    if (of->row[i].kind == ROW_NOTE && of->row[i].tone == tone)
      return 1;
  return 0;
}

static int has_kind(const ladder *of, row_kind kind) {
  size_t i;
  for (i = 0; i < of->rows && of->row[i].kind != kind; i++)
    continue;
  return i < of->rows;
}

static int has_lost(const ladder *of) {
  size_t i;
  for (i = 0; i < of->rows && !of->row[i].lost; i++)
    continue;
  return i < of->rows;
}

static int has_late(const ladder *of) {
  size_t i;
  for (i = 0; i < of->rows && !of->row[i].late; i++)
    continue;
  return i < of->rows;
}

static int has_trouble(const ladder *of) {
  size_t i;
  for (i = 0; i < of->rows && !(of->row[i].condition && of->row[i].condition[0]); i++)
    continue;
  return i < of->rows;
}

/* Where the next sample stands: beside the one before, or on a new line. */
typedef struct cursor {
  FILE *out;   /* NULL: only measure */
  double x, y, width;
} cursor;

static int begin_item(cursor *at, const char *words, double sample) {
  double needed = sample + svg_width(words);
  if (at->x > MARGIN && at->x + needed + MARGIN > at->width) {
    at->x = MARGIN;
    at->y += LINE;
  }
  if (at->out)
    svg_text(at->out, at->x + sample, at->y + 5, "start", "", words);
  at->x += needed + PAUSE;
  return at->out != NULL;
}

static void add_arrow_item(cursor *at, row_tone tone, int dashed, const char *words) {
  int drawn = begin_item(at, words, SAMPLE);
  double x = at->x - PAUSE - svg_width(words) - SAMPLE;
  const char *colour = ladder_tone_colour(tone);
  text style = {NULL, 0, 0};
  text_addf(&style, "stroke=\"%s\" stroke-width=\"1.4\"%s", colour, dashed ? " stroke-dasharray=\"6 3\"" : "");
  if (drawn)
    svg_line(at->out, x, at->y, x + 32, at->y, style.data);
  if (drawn && tone == TONE_BAD && dashed)
    svg_cross(at->out, x + 34, at->y, BAD, NULL);
  else if (drawn)
    svg_head(at->out, x + 38, at->y, 1, colour);
  text_free(&style);
}

static void add_box_item(cursor *at, double width, const char *style, const char *words) {
  if (begin_item(at, words, width + 8))
    svg_box(at->out, at->x - PAUSE - svg_width(words) - width - 8, at->y - 9, width, 18, style, NULL);
}

static void add_bullet_item(cursor *at, row_tone tone, const char *words) {
  if (begin_item(at, words, 16))
    ladder_draw_bullet(at->out, at->x - PAUSE - svg_width(words) - 16, at->y + 4, tone);
}

static void add_dotted_item(cursor *at, const char *words) {
  double x;
  if (!begin_item(at, words, 14))
    return;
  x = at->x - PAUSE - svg_width(words) - 8;
  svg_line(at->out, x, at->y - 10, x, at->y + 10, "stroke=\"" FAINT "\" stroke-dasharray=\"2 4\"");
}

static void add_arrows(cursor *at, const ladder *of) {
  if (has_arrow(of, TONE_PLAIN))
    add_arrow_item(at, TONE_PLAIN, 0, "message");
  if (has_arrow(of, TONE_GOOD))
    add_arrow_item(at, TONE_GOOD, 0, "success");
  if (has_arrow(of, TONE_BAD))
    add_arrow_item(at, TONE_BAD, 0, "server unavailable");
  if (has_lost(of))
    add_arrow_item(at, TONE_BAD, 1, "nobody answers");
  if (has_late(of))
    add_arrow_item(at, TONE_PLAIN, 1, "too late");
}

static void add_others(cursor *at, const ladder *of) {
  if (has_trouble(of))
    add_box_item(at, 10, "fill=\"url(#bad)\"", "host is silent or refuses everything");
  if (has_kind(of, ROW_BADGE))
    add_box_item(at, 22, "fill=\"#fff3d6\" stroke=\"" WORLD "\"", "what the scenario does");
  if (has_note(of, TONE_BAD))
    add_bullet_item(at, TONE_BAD, "bad news");
  if (has_note(of, TONE_GOOD))
    add_bullet_item(at, TONE_GOOD, "good news");
  if (has_note(of, TONE_PLAIN))
    add_bullet_item(at, TONE_PLAIN, "remark");
  if (has_kind(of, ROW_GAP))
    add_dotted_item(at, "time passes: how much stands slanted at the left");
}

double ladder_draw_legend(const ladder *of, double y, double width, FILE *out) {
  cursor at = {NULL, MARGIN, 0, 0};
  at.out = out;
  at.y = y + LINE / 2;
  at.width = width;
  add_arrows(&at, of);
  add_others(&at, of);
  at.y += LINE;
  if (out)
    svg_text(out, MARGIN, at.y + 5, "start", "fill=\"" FAINT "\"", LADDER_OMITS);
  return at.y + LINE;
}
