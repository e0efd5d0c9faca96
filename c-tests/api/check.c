#include "check.h"

#include <stdio.h>

static int failures;

int check_that(int holds, const char *what, const char *file, int line)
{
  if (!holds) {
    failures++;
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
  }
  return holds;
}

int check_equal(long long is, long long should, const char *what, const char *file, int line)
{
  if (is != should) {
    failures++;
    fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", file, line, what, is, should);
  }
  return is == should;
}

int check_result(void)
{
  if (failures > 0) {
    fprintf(stderr, "%d checks failed\n", failures);
  }
  return failures > 0 ? 1 : 0;
}
