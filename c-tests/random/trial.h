/* One run of one world: the standing rules of the scenario runner, and the reference model. */
#ifndef RANDOM_TRIAL_H
#define RANDOM_TRIAL_H
#include "plan.h"
#include "text.h"

typedef struct figures {
  uint64_t worlds, phone_hours, requests, attempts, failovers, failbacks, dns_queries, checked;
} figures;

typedef struct trial {
  int broken;            /* 0: everything holds; -1: the runner refused the file */
  uint64_t broken_ms;
  text message;
  char rule[48];         /* the message without numbers: which rule it was */
} trial;

/* Runs the file. Adds to `sum` unless it is NULL. */
void trial_run(trial *out, const char *path, figures *sum);
void trial_free(trial *old);
#endif
