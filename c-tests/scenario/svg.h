/* SVG that reads the same on the screen and on paper: light ground, text as text, no scripts, no fonts of its own, and
   patterns beside the colours, so that it can be read without them. Lengths are pixels. */
#ifndef SCENARIO_SVG_H
#define SCENARIO_SVG_H
#include <stdio.h>

#include "text.h"

/* How things look; the style sheet knows them as classes. */
#define INK "#1a1a1a"
#define FAINT "#767676"
#define GOOD "#1b6e3c"
#define BAD "#b3261e"
#define WORLD "#7a4b00"

/* Of texts without a size of their own, in pixels. A wide picture is shrunk to the width of a page: then this is 10. */
#define FONT_SIZE 14u

void svg_begin(FILE *out, unsigned width, unsigned height, const char *title, const char *description);
void svg_end(FILE *out);
/* `anchor` is start, middle or end; `style` further attributes. */
void svg_text(FILE *out, double x, double y, const char *anchor, const char *style, const char *string);
void svg_line(FILE *out, double x1, double y1, double x2, double y2, const char *style);
/* `hover` appears under the pointer; NULL = nothing does. */
void svg_box(FILE *out, double x, double y, double width, double height, const char *style, const char *hover);
/* A small filled triangle whose point is at x; `direction` 1 = to the right. */
void svg_head(FILE *out, double x, double y, int direction, const char *colour);
void svg_cross(FILE *out, double x, double y, const char *colour, const char *hover);
/* About how wide a text of the usual size is. */
double svg_width(const char *string);
#endif
