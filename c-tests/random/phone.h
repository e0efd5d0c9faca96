/* What the model knows of an account: its settings, and the targets that they and the zone lead to. */
#ifndef RANDOM_PHONE_H
#define RANDOM_PHONE_H
#include <stdint.h>

#include "script.h"
#include "zone.h"

#define MAX_PHONES 8u
#define MAX_TARGETS 8u

typedef struct goal {
  char text[48];          /* as the transcript writes it: 10.0.0.1:5060/udp */
  char ip[24];
  uint32_t ttl_s;
  int udp;
} goal;

typedef struct side {
  char host[64];
  int configured, numeric;
  uint32_t port, transport;
  uint32_t retries, invite_retries, mode, timeout_s, register_first, only_signal, quarantine_s, probe, expires_s;
  uint32_t options_interval_s, options_max_lost;
  goal goal[MAX_TARGETS];
  unsigned goals;         /* 0: not known, or none */
} side;

typedef struct phone {
  int enabled, proxy, successive, avoid_dead_addresses;
  side side[2];
} phone;

/* Reads the settings of account `x` from provisioning lines. */
void phone_read(phone *out, const char *lines, unsigned x);
/* Works out where its servers lead to. */
void phone_resolve(phone *of, const zone *records);
/* The budget that N repetitions make, RFC 3261 section 17.1; N = UINT32_MAX for the whole transaction. */
uint32_t budget_ms(int invite, int udp, uint32_t repetitions);

#define UNKNOWN UINT32_MAX
/* The target as the library writes it, "192.0.2.1:5060/udp", in the list of a server; UNKNOWN if it is not there. */
unsigned goal_index(const side *of, const char *target);
#endif
