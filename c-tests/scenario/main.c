/* sipfailover-sim: runs scenario files in virtual time. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

#define HOLDS 0
#define DOES_NOT_HOLD 1
#define WRONG_FILE 2

static const char usage[] = "usage: sipfailover-sim [--transcript] [-v] FILE...\n"
                            "  --transcript  print what happened, one line a fact\n"
                            "  -v            with it: the library's timer, provisional responses and challenges;\n"
                            "                and the warnings about the configuration\n"
                            "exit status: 0 everything expected holds, 1 something does not, 2 a file or the command line is wrong\n";

static void print_broken(const run *of) {
  printf("%s: the library broke a rule at %" PRIu64 ".%03u (line %lu of the transcript): %s\n", of->script->path,
         of->broken_ms / 1000u, (unsigned)(of->broken_ms % 1000u), (unsigned long)of->broken_line + 1u, of->broken.data);
  if (of->broken_line) {
    fputs("  the line before:\n    ", stdout);
    print_entry(&of->transcript.item[of->broken_line - 1], stdout);
  }
}

static int judge(const run *of) {
  unsigned checks = 0, failed = 0;
  if (of->broken.length)
    print_broken(of);
  else
    failed = check_expectations(of, &checks);
  if (of->broken.length || failed)
    return DOES_NOT_HOLD;
  printf("%s: ok (%u expectations, %lu lines)\n", of->script->path, checks, (unsigned long)of->transcript.count);
  return HOLDS;
}

static int run_file(const char *path, int transcript, int verbose) {
  script from;
  run of;
  int result = WRONG_FILE;
  if (script_read(&from, path) == 0) {
    if (run_script(&of, &from, verbose) == 0) {
      if (transcript)
        transcript_print(&of.transcript, stdout, verbose);
      result = judge(&of);
    }
    run_free(&of);
  }
  script_free(&from);
  return result;
}

int main(int argc, char **argv) {
  int i, transcript = 0, verbose = 0, files = 0, worst = HOLDS;
  for (i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--transcript") == 0) {
      transcript = 1;
    } else if (strcmp(argv[i], "-v") == 0) {
      verbose = 1;
    } else if (strcmp(argv[i], "--help") == 0) {
      fputs(usage, stdout);
      return HOLDS;
    } else if (argv[i][0] == '-') {
      fprintf(stderr, "sipfailover-sim: unknown option '%s'\n%s", argv[i], usage);
      return WRONG_FILE;
    } else {
      files++;
    }
  }
  if (!files) {
    fputs(usage, stderr);
    return WRONG_FILE;
  }
  for (i = 1; i < argc; i++) {
    int result = argv[i][0] == '-' ? HOLDS : run_file(argv[i], transcript, verbose);
    worst = result > worst ? result : worst;
  }
  return worst;
}
