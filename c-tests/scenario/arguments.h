/* The command line. */
#ifndef SCENARIO_ARGUMENTS_H
#define SCENARIO_ARGUMENTS_H
#include <stdint.h>

typedef struct arguments {
  int transcript, verbose;
  const char *ladder, *timeline;   /* file names; NULL = none */
  uint64_t explain_ms;             /* UINT64_MAX: nothing is to be explained */
  const char **file;               /* the scenario files */
  int files;
} arguments;

/* 1: go on. 0: everything asked for was printed. -1: wrong, after a message. */
int arguments_read(arguments *out, int count, char **list);
void arguments_free(arguments *old);
#endif
