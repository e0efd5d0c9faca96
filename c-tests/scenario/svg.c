#include "svg.h"

#include <string.h>

/* Average of a sans-serif face; a little wide, so that boxes never clip. */
#define CHARACTER_WIDTH (0.56 * FONT_SIZE)

static void escape(FILE *out, const char *string) {
  for (; *string; string++) {
    switch (*string) {
    case '&':
      fputs("&amp;", out);
      break;
    case '<':
      fputs("&lt;", out);
      break;
    case '>':
      fputs("&gt;", out);
      break;
    case '"':
      fputs("&quot;", out);
      break;
    default:
      /* Control characters are not allowed in XML. */
      fputc((unsigned char)*string < ' ' ? '?' : *string, out);
      break;
    }
  }
}

/* Diagonal lines: does not work. Dots: waits. Upright lines: elsewhere than at the primary. Diagonal lines on green:
   believed only. Crossing lines: answers with an error. */
static const char patterns[] =
    "<defs>\n"
    "<pattern id=\"bad\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
    "<rect width=\"6\" height=\"6\" fill=\"#fbe3e1\"/><rect width=\"2\" height=\"6\" fill=\"#d98078\"/></pattern>\n"
    "<pattern id=\"wait\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
    "<rect width=\"6\" height=\"6\" fill=\"#fff6dc\"/><circle cx=\"3\" cy=\"3\" r=\"1.2\" fill=\"#b98900\"/></pattern>\n"
    "<pattern id=\"second\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
    "<rect width=\"8\" height=\"8\" fill=\"#e4ecf9\"/><rect width=\"1.5\" height=\"8\" fill=\"#5c7fb8\"/></pattern>\n"
    "<pattern id=\"stale\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(-45)\">"
    "<rect width=\"7\" height=\"7\" fill=\"#d6ecd9\"/><rect width=\"2.5\" height=\"7\" fill=\"#d98078\"/></pattern>\n"
    "<pattern id=\"odd\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\">"
    "<rect width=\"5\" height=\"5\" fill=\"#fff6dc\"/><path d=\"M0 0h5M0 0v5\" stroke=\"#b98900\"/></pattern>\n"
    "</defs>\n";

void svg_begin(FILE *out, unsigned width, unsigned height, const char *title, const char *description) {
  fprintf(out,
          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\" role=\"img\" "
          "font-family=\"Helvetica, Arial, sans-serif\" font-size=\"%u\" fill=\"" INK "\">\n<title>",
          width, height, width, height, FONT_SIZE);
  escape(out, title);
  fputs("</title>\n<desc>", out);
  escape(out, description);
  fputs("</desc>\n", out);
  fputs(patterns, out);
  fprintf(out, "<rect width=\"%u\" height=\"%u\" fill=\"white\"/>\n", width, height);
}

void svg_end(FILE *out) {
  fputs("</svg>\n", out);
}

void svg_text(FILE *out, double x, double y, const char *anchor, const char *style, const char *string) {
  fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s%s>", x, y, anchor, *style ? " " : "", style);
  escape(out, string);
  fputs("</text>\n", out);
}

void svg_line(FILE *out, double x1, double y1, double x2, double y2, const char *style) {
  fprintf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x1, y1, x2, y2, style);
}

void svg_box(FILE *out, double x, double y, double width, double height, const char *style, const char *hover) {
  fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" %s", x, y, width, height, style);
  if (!hover) {
    fputs("/>\n", out);
    return;
  }
  fputs("><title>", out);
  escape(out, hover);
  fputs("</title></rect>\n", out);
}

void svg_head(FILE *out, double x, double y, int direction, const char *colour) {
  double back = x - 9.0 * direction;
  fprintf(out, "<polygon points=\"%.1f,%.1f %.1f,%.1f %.1f,%.1f\" fill=\"%s\"/>\n", x, y, back, y - 4.0, back, y + 4.0,
          colour);
}

void svg_cross(FILE *out, double x, double y, const char *colour, const char *hover) {
  fprintf(out, "<path d=\"M%.1f %.1fl8 8m0 -8l-8 8\" stroke=\"%s\" stroke-width=\"2\" fill=\"none\"><title>", x - 4.0,
          y - 4.0, colour);
  escape(out, hover ? hover : "");
  fputs("</title></path>\n", out);
}

double svg_width(const char *string) {
  return (double)strlen(string) * CHARACTER_WIDTH;
}
