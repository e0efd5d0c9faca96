/* What each account has been through, as far as the standing rules about registrations and calls need it. */
#ifndef SCENARIO_WATCH_H
#define SCENARIO_WATCH_H
#include <stddef.h>
#include <stdint.h>

/* Some of the accounts. */
typedef struct account_set {
  uint32_t *item;
  size_t count, capacity;
} account_set;

void account_set_put(account_set *to, uint32_t account, int inside);
int account_set_has(const account_set *of, uint32_t account);

/* One server of one account. */
typedef struct watch {
  uint32_t account, server;
  uint64_t failed_ms;      /* when a REGISTER last failed here; UINT64_MAX = the next may come at any time */
  int failed_by_answer;
  uint32_t failed_purpose;
  uint64_t probed_ms;      /* when the last probe began; UINT64_MAX = none, or as above */
  char *target;            /* that granted the last registration */
  uint64_t granted_ms;     /* until when */
  int in_order;            /* granted, and nothing has failed here since */
} watch;

typedef struct watches {
  watch *item;
  size_t count, capacity;
  account_set busy;        /* with a call up */
  uint32_t current_account, current_server;   /* of the latest change of a current target */
  uint64_t world_changed_ms;
  int settings_unknown;    /* a reload that may still wait for the end of a call */
} watches;
#endif
