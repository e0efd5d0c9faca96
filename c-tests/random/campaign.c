/* Worlds are independent of each other, so that several processes can run them. */
#define _POSIX_C_SOURCE 200809L
#include "campaign.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "dice.h"
#include "generate.h"
#include "minimize.h"
#include "trial.h"

/* A progress line each time that another of so many parts is done. */
#define PARTS 20u

/* What a process says of a world, in one write: pipes keep it together. */
typedef struct news {
  figures sum;
  uint64_t failures;
  double cpu_s;
  int result;
} news;

/* Hours of a world: some last a few, some two days. */
static unsigned length_of(uint64_t seed) {
  dice from;
  from.state = ~seed;
  return PICK(&from, 3, 6, 12, 24, 48);
}

static void add(news *to, const news *fresh) {
  to->sum.worlds += fresh->sum.worlds;
  to->sum.phone_hours += fresh->sum.phone_hours;
  to->sum.requests += fresh->sum.requests;
  to->sum.checked += fresh->sum.checked;
  to->sum.attempts += fresh->sum.attempts;
  to->sum.failovers += fresh->sum.failovers;
  to->sum.failbacks += fresh->sum.failbacks;
  to->sum.dns_queries += fresh->sum.dns_queries;
  to->failures += fresh->failures;
  to->cpu_s += fresh->cpu_s;
  to->result = fresh->result > to->result ? fresh->result : to->result;
}

static void print_figures(const news *of) {
  const figures *sum = &of->sum;
  printf("%" PRIu64 " worlds, %" PRIu64 " phone-hours in %.1f s of processor time: %" PRIu64 " requests (%" PRIu64
         " judged by the model), %" PRIu64 " attempts, %" PRIu64 " failovers, %" PRIu64 " failbacks, %" PRIu64 " DNS queries\n",
         sum->worlds, sum->phone_hours, of->cpu_s, sum->requests, sum->checked, sum->attempts, sum->failovers, sum->failbacks,
         sum->dns_queries);
  if (of->failures)
    printf("%" PRIu64 " worlds broke a rule\n", of->failures);
}

static int failed(const campaign *of, plan *what, const trial *how, uint64_t seed, const char *path) {
  printf("seed %" PRIu64 ", hour %.1f: %s\n", seed, (double)how->broken_ms / 3600000.0, how->message.data);
  if (how->broken < 0)
    return WRONG_USE;
  printf("  again: sipfailover-random --seed %" PRIu64 " --hours 1%s\n", seed, of->plain ? " --plain" : "");
  fflush(stdout);
  if (!of->as_it_is) {
    minimize(what, how, path);
    printf("  %lu statements: %s\n", (unsigned long)what->count, path);
  } else {
    printf("  scenario: %s\n", path);
  }
  fflush(stdout);
  return DOES_NOT_HOLD;
}

static void run_world(const campaign *of, uint64_t seed, news *out) {
  clock_t started = clock();
  text path = {NULL, 0, 0};
  plan what;
  trial how;
  memset(out, 0, sizeof *out);
  generate(&what, seed, length_of(seed), of->plain);
  text_addf(&path, "%s/random-%" PRIu64 ".scn", of->directory, seed);
  if (plan_save(&what, path.data)) {
    out->result = WRONG_USE;
  } else {
    trial_run(&how, path.data, &out->sum);
    out->sum.worlds = 1;
    out->sum.phone_hours = (uint64_t)what.accounts * what.until_ms / 3600000u;
    if (how.broken)
      out->result = failed(of, &what, &how, seed, path.data);
    else
      remove(path.data);
    out->failures = out->result == DOES_NOT_HOLD;
    trial_free(&how);
  }
  out->cpu_s = (double)(clock() - started) / CLOCKS_PER_SEC;
  plan_free(&what);
  text_free(&path);
}

static int goes_on(const campaign *of, const news *all) {
  return all->result == HOLDS || (all->result == DOES_NOT_HOLD && of->keep_going);
}

/* ---- several processes ---- */

/* One process: every `jobs`-th seed, for its share of the hours. Never returns. */
static void work(const campaign *of, unsigned job, int out) {
  uint64_t seed = of->seed + job, share = (of->hours + of->jobs - 1u) / of->jobs;
  news all, one;
  memset(&all, 0, sizeof all);
  for (; all.sum.phone_hours < share && goes_on(of, &all); seed += of->jobs) {
    run_world(of, seed, &one);
    add(&all, &one);
    /* Where nobody listens any more, another process has failed. */
    if (write(out, &one, sizeof one) != (ssize_t)sizeof one)
      break;
  }
  fflush(stdout);
  _exit(all.result);
}

/* Listens until all have closed their end, or one has failed. */
static void listen_to(const campaign *of, int in, news *all) {
  uint64_t said = 0;
  news one;
  while (goes_on(of, all) && read(in, &one, sizeof one) == (ssize_t)sizeof one) {
    add(all, &one);
    if (of->hours >= PARTS && all->sum.phone_hours * PARTS / of->hours > said) {
      said = all->sum.phone_hours * PARTS / of->hours;
      printf("%3" PRIu64 " %%: ", said * 100u / PARTS);
      print_figures(all);
      fflush(stdout);
    }
  }
}

static void end_all(const pid_t *child, unsigned count, int early, news *all) {
  unsigned i;
  int status;
  for (i = 0; i < count; i++) {
    if (early)
      kill(child[i], SIGTERM);
    if (waitpid(child[i], &status, 0) != child[i] || early)
      continue;
    /* A crash is a failure too. */
    if (!WIFEXITED(status)) {
      printf("a process ended by signal %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
      all->result = DOES_NOT_HOLD;
    }
  }
}

static int run_side_by_side(const campaign *of, news *all) {
  pid_t child[MAX_JOBS];
  unsigned count;
  int ends[2];
  if (pipe(ends))
    return WRONG_USE;
  fflush(stdout);
  for (count = 0; count < of->jobs; count++) {
    child[count] = fork();
    if (child[count] < 0)
      break;
    if (child[count] == 0) {
      close(ends[0]);
      work(of, count, ends[1]);
    }
  }
  close(ends[1]);
  if (count == of->jobs)
    listen_to(of, ends[0], all);
  close(ends[0]);
  end_all(child, count, count < of->jobs || !goes_on(of, all), all);
  return count < of->jobs ? WRONG_USE : HOLDS;
}

int campaign_run(const campaign *what) {
  uint64_t seed = what->seed;
  news all, one;
  memset(&all, 0, sizeof all);
  if (what->jobs > 1) {
    if (run_side_by_side(what, &all))
      return WRONG_USE;
  } else {
    while (all.sum.phone_hours < what->hours && goes_on(what, &all)) {
      run_world(what, seed++, &one);
      add(&all, &one);
    }
  }
  print_figures(&all);
  return all.result;
}
