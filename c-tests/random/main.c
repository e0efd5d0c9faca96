/* sipfailover-random: random worlds in virtual time. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dice.h"
#include "generate.h"
#include "minimize.h"
#include "trial.h"

#define HOLDS 0
#define DOES_NOT_HOLD 1
#define WRONG_USE 2

static const char usage[] = "usage: sipfailover-random [--seed N] [--hours H] [--out DIRECTORY] [--as-it-is]\n"
                            "       sipfailover-random FILE...\n"
                            "  --seed N         the first world; the next one has seed N + 1 (default: 1)\n"
                            "  --hours H        until the phones of all worlds together have lived H hours (default: 1000)\n"
                            "  --out DIRECTORY  where the scenario file is written (default: .)\n"
                            "  --as-it-is       do not look for a smaller scenario that fails in the same way\n"
                            "  FILE             judge scenario files instead\n"
                            "exit status: 0 all rules hold, 1 one was broken, 2 the command line or a file is wrong\n";

/* Days of a world: some last a few hours, some two days. */
static unsigned days(uint64_t seed) {
  dice from;
  from.state = ~seed;
  return PICK(&from, 3, 6, 12, 24, 48);
}

static void report(const figures *sum, double seconds) {
  printf("%" PRIu64 " worlds, %" PRIu64 " phone-hours in %.1f s: %" PRIu64 " requests (%" PRIu64 " judged by the model), %" PRIu64
         " attempts, %" PRIu64 " failovers, %" PRIu64 " failbacks, %" PRIu64 " DNS queries\n",
         sum->worlds, sum->phone_hours, seconds, sum->requests, sum->checked, sum->attempts, sum->failovers, sum->failbacks,
         sum->dns_queries);
}

static int failed(plan *what, const trial *of, uint64_t seed, const char *path, int as_it_is) {
  printf("seed %" PRIu64 ", hour %.1f: %s\n", seed, (double)of->broken_ms / 3600000.0, of->message.data);
  if (of->broken < 0)
    return WRONG_USE;
  printf("  again: sipfailover-random --seed %" PRIu64 " --hours 1\n", seed);
  if (!as_it_is) {
    minimize(what, of, path);
    printf("  %lu statements: %s\n", (unsigned long)what->count, path);
  } else {
    printf("  scenario: %s\n", path);
  }
  return DOES_NOT_HOLD;
}

static int run_seed(uint64_t seed, const char *directory, int as_it_is, figures *sum) {
  text path = {NULL, 0, 0};
  plan what;
  trial of;
  int result = HOLDS;
  generate(&what, seed, days(seed));
  text_addf(&path, "%s/random-%" PRIu64 ".scn", directory, seed);
  if (plan_save(&what, path.data))
    return WRONG_USE;
  trial_run(&of, path.data, sum);
  sum->worlds++;
  sum->phone_hours += (uint64_t)what.accounts * what.until_ms / 3600000u;
  if (of.broken)
    result = failed(&what, &of, seed, path.data, as_it_is);
  else
    remove(path.data);
  trial_free(&of);
  plan_free(&what);
  text_free(&path);
  return result;
}

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

static void worst(int *of, int fresh) {
  *of = fresh > *of ? fresh : *of;
}

int main(int argc, char **argv) {
  uint64_t seed = 1, hours = 1000;
  const char *directory = ".";
  int i, as_it_is = 0, files = 0, result = HOLDS;
  figures sum;
  clock_t started = clock();
  for (i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--seed") == 0 && number(argv[i + 1], &seed) == 0)
      i++;
    else if (strcmp(argv[i], "--hours") == 0 && number(argv[i + 1], &hours) == 0)
      i++;
    else if (strcmp(argv[i], "--out") == 0 && argv[i + 1])
      directory = argv[++i];
    else if (strcmp(argv[i], "--as-it-is") == 0)
      as_it_is = 1;
    else if (argv[i][0] != '-' && ++files)
      worst(&result, run_file(argv[i]));
    else
      return fputs(usage, stderr), WRONG_USE;
  }
  if (files)
    return result;
  memset(&sum, 0, sizeof sum);
  while (sum.phone_hours < hours && result == HOLDS)
    result = run_seed(seed++, directory, as_it_is, &sum);
  report(&sum, (double)(clock() - started) / CLOCKS_PER_SEC);
  return result;
}
