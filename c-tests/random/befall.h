/* What befalls a world. */
#ifndef RANDOM_BEFALL_H
#define RANDOM_BEFALL_H
#include "dice.h"
#include "plan.h"

#define MAX_DOMAINS 3u

/* Which records a domain has. */
typedef enum form { FORM_ADDRESSES, FORM_SRV, FORM_NAPTR } form;

typedef struct domain_plan {
  form form;
  unsigned hosts;
  uint32_t ttl_s;
} domain_plan;

typedef struct world_plan {
  domain_plan domain[MAX_DOMAINS];
  unsigned domains, accounts, calls;
  uint64_t end_ms;      /* from then on the world is well */
} world_plan;

void befall(plan *out, dice *from, world_plan *of);
/* A statement of these words, with the configuration of the beginning and mostly one line more, which comes last and so counts. */
void befall_reload(plan *out, dice *from, const world_plan *of, uint64_t at, const char *words);
#endif
