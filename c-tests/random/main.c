/* sipfailover-random: random worlds in virtual time. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"
#include "trial.h"

static const char usage[] = "usage: sipfailover-random [--seed N] [--hours H] [--jobs J] [--out DIRECTORY] [--as-it-is] [--keep-going]\n"
                            "                         [--plain]\n"
                            "       sipfailover-random FILE...\n"
                            "  --seed N         the first world; the next one has seed N + 1 (default: 1)\n"
                            "  --hours H        until the phones of all worlds together have lived H hours (default: 1000)\n"
                            "  --jobs J         in as many processes, with progress lines; each of them runs every J-th seed, for its\n"
                            "                   share of the hours (default: 1)\n"
                            "  --out DIRECTORY  where the scenario file is written (default: .)\n"
                            "  --as-it-is       do not look for a smaller scenario that fails in the same way\n"
                            "  --keep-going     go on after a world in which a rule was broken\n"
                            "  --plain          worlds in which the phone makes no mistakes\n"
                            "  FILE             judge scenario files instead\n"
                            "exit status: 0 all rules hold, 1 one was broken, 2 the command line or a file is wrong\n";

static int run_file(const char *path) {
  figures sum;
  trial of;
  int result;
  memset(&sum, 0, sizeof sum);
  trial_run(&of, path, &sum);
  result = of.broken < 0 ? WRONG_USE : of.broken ? DOES_NOT_HOLD : HOLDS;
  if (result == DOES_NOT_HOLD)
    printf("%s: at %.3f: %s\n", path, (double)of.broken_ms / 1000.0, of.message.data);
  else if (result == HOLDS)
    printf("%s: ok (%" PRIu64 " of %" PRIu64 " requests judged by the model)\n", path, sum.checked, sum.requests);
  trial_free(&of);
  return result;
}

static int number(const char *word, uint64_t *out) {
  char *end = NULL;
  if (!word || word[0] < '0' || word[0] > '9')
    return -1;
  *out = strtoull(word, &end, 10);
  return *end ? -1 : 0;
}

/* Takes the options from the command line; the rest are files. Returns -1 for what is neither. */
static int read_options(int argc, char **argv, campaign *out, int *files) {
  uint64_t jobs = 1;
  int i;
  for (i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--seed") == 0 && number(argv[i + 1], &out->seed) == 0)
      i++;
    else if (strcmp(argv[i], "--hours") == 0 && number(argv[i + 1], &out->hours) == 0)
      i++;
    else if (strcmp(argv[i], "--jobs") == 0 && number(argv[i + 1], &jobs) == 0 && jobs > 0 && jobs <= MAX_JOBS)
      i++;
    else if (strcmp(argv[i], "--out") == 0 && argv[i + 1])
      out->directory = argv[++i];
    else if (strcmp(argv[i], "--as-it-is") == 0)
      out->as_it_is = 1;
    else if (strcmp(argv[i], "--keep-going") == 0)
      out->keep_going = 1;
    else if (strcmp(argv[i], "--plain") == 0)
      out->plain = 1;
    else if (argv[i][0] != '-')
      argv[++*files] = argv[i];
    else
      return -1;
  }
  out->jobs = (unsigned)jobs;
  return 0;
}

int main(int argc, char **argv) {
  campaign what = {1, 1000, 1, ".", 0, 0, 0};
  int i, files = 0, result = HOLDS;
  if (read_options(argc, argv, &what, &files)) {
    fputs(usage, stderr);
    return WRONG_USE;
  }
  if (!files)
    return campaign_run(&what);
  for (i = 1; i <= files; i++) {
    int fresh = run_file(argv[i]);
    result = fresh > result ? fresh : result;
  }
  return result;
}
