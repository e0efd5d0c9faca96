/* Pictures of a run, by request of the command line. */
#ifndef SCENARIO_PICTURE_H
#define SCENARIO_PICTURE_H
#include "run.h"

/* Return 0, or -1 after a message. The ladder is text for a file name that ends in .txt, else SVG. */
int draw_ladder(const run *of, const char *path);
int draw_timeline(const run *of, const char *path);
#endif
