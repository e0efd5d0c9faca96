/* sipfailover-sim: runs scenario files in virtual time. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "picture.h"
#include "run.h"

#define HOLDS 0
#define DOES_NOT_HOLD 1
#define WRONG_FILE 2

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

/* Pictures are drawn also of a run that does not hold: then above all. */
static int draw(const run *of, const arguments *asked) {
  if (asked->ladder && draw_ladder(of, asked->ladder))
    return -1;
  return asked->timeline ? draw_timeline(of, asked->timeline) : 0;
}

/* There is a word for every account, unless the run was over before. */
static int explained(const run *of, const arguments *asked) {
  place nowhere = {of->script->path, 0};
  if (asked->explain_ms == NO_EXPLANATION || of->broken.length)
    return 0;
  if (!of->explained.length)
    return wrong(nowhere, "nothing to be explained at %" PRIu64 ".%03u: the scenario is over at %" PRIu64 ".%03u",
                 asked->explain_ms / 1000u, (unsigned)(asked->explain_ms % 1000u), of->script->until_ms / 1000u,
                 (unsigned)(of->script->until_ms % 1000u));
  fputs(of->explained.data, stdout);
  return 0;
}

static int run_file(const char *path, const arguments *asked) {
  script from;
  run of;
  int result = WRONG_FILE;
  if (script_read(&from, path) == 0) {
    if (run_script(&of, &from, asked->verbose, asked->explain_ms) == 0) {
      if (asked->transcript)
        transcript_print(&of.transcript, stdout, asked->verbose);
      result = explained(&of, asked) ? WRONG_FILE : judge(&of);
      if (draw(&of, asked))
        result = WRONG_FILE;
    }
    run_free(&of);
  }
  script_free(&from);
  return result;
}

int main(int argc, char **argv) {
  arguments asked;
  int i, worst = HOLDS, read = arguments_read(&asked, argc, argv);
  if (read < 0)
    worst = WRONG_FILE;
  for (i = 0; read == 1 && i < asked.files; i++) {
    int result = run_file(asked.file[i], &asked);
    worst = result > worst ? result : worst;
  }
  arguments_free(&asked);
  return worst;
}
