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

/* A target that did not answer OPTIONS, how many times in a row. */
typedef struct silence {
  uint32_t account, server, lost;
  uint64_t lost_ms;        /* the latest */
  char *target;
} silence;

/* A target that was silent, or out of reach, for whichever account. */
typedef struct dead_target {
  char *target;
  uint64_t at_ms;          /* the latest */
} dead_target;

/* One server of one account. */
typedef struct watch {
  uint32_t account, server;
  uint64_t failed_ms;      /* when a registration walk last failed here; UINT64_MAX = the next may come at any time */
  int failed_by_answer;
  int may_probe;           /* once, whatever the interval says: it has been heard of again */
  uint64_t probed_ms;      /* when the last probe for recovery began; UINT64_MAX = none, or as above */
  int returns;             /* the return to the primary is due: a probe may belong to it */
  char *declined;          /* the target that declined a request of the firmware: it is to be checked by a REGISTER */
  char *target;            /* that granted the last registration */
  uint64_t granted_ms;     /* until when */
  uint64_t held_ms;        /* since when without a break */
  char *beside;            /* that granted one for a request only, while the other server holds the one that is maintained */
  uint64_t beside_since_ms, beside_ms;   /* from when until when */
  char *beside_before;     /* the one before it: still the one if what came after it turns out to be maintained */
  uint64_t beside_before_ms;
  int in_order;            /* granted, and nothing has failed here since */
  int target_failed;       /* that target has failed since it granted */
  uint64_t forced_ms;      /* when a registration moved although nobody wanted to go: it had failed, or there was none */
  int is_anew;             /* the device has another network, or was restarted, and has not registered since */
  int is_current;          /* of the two servers, the one of the latest change of the current target */
} watch;

typedef struct watches {
  watch *item;
  size_t count, capacity;
  silence *silent;
  size_t silents, silent_capacity;
  dead_target *dead;
  size_t deads, dead_capacity;
  account_set busy;        /* with a call up */
  account_set on_server_2; /* successive registration: server 2 has taken over */
  uint64_t world_changed_ms;
  uint64_t denied_ms;      /* when a name last existed again; 0 = it always has */
  uint64_t settings_known_ms;   /* from when on the settings of the file are those of the accounts */
} watches;
#endif
