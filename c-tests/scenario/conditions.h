/* What the commands of the file make of a host, of DNS or of the network, and for how long. */
#ifndef SCENARIO_CONDITIONS_H
#define SCENARIO_CONDITIONS_H
#include "story.h"

typedef enum condition_weight {
  CONDITION_SAME,      /* the command changes nothing here */
  CONDITION_USUAL,     /* it answers */
  CONDITION_ODD,       /* it answers, but some requests with an error: 486, or 503 to INVITE only */
  CONDITION_TROUBLE    /* it is silent, or refuses everything */
} condition_weight;

/* "silent", "answers 503", ...; "" = as usual, NULL = no change. */
char *condition_after(const fact *command);
condition_weight weigh_condition(const fact *command);

/* Is this a command about the host? */
int concerns_host(const story *of, const fact *at, size_t player);
/* As the commands before this fact left the host. */
condition_weight host_condition(const story *of, size_t player, size_t before);
/* The host is in trouble, or the phone has no network; `next_ms` is when that may change. */
int host_in_trouble(const story *of, size_t player, uint64_t at_ms, uint64_t *next_ms);
#endif
