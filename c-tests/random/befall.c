#include "befall.h"

#include <stdio.h>
#include <string.h>

#include "generate.h"

/* Mean times between two events of a kind, seconds. */
#define REQUESTS_S 1200u     /* of one account */
#define OUTAGES_S 7200u      /* of one host */
#define DNS_TROUBLE_S 20000u
#define ZONE_CHANGES_S 30000u
#define NETWORK_CHANGES_S 90000u
#define CLOCK_JUMPS_S 90000u
#define RELOADS_S 60000u
#define STOPS_S 60000u       /* of one account */
#define REBOOTS_S 90000u
#define GRANTS_S 40000u

/* How long a trouble lasts, ms: mostly minutes, sometimes a moment or hours. */
static uint64_t length_ms(dice *from) {
  static const uint32_t most_s[] = {1, 5, 40, 600, 600, 3600, 20000};
  return 1u + dice_next(from) % ((uint64_t)most_s[dice_below(from, 7)] * 1000u);
}

static void requests(plan *out, dice *from, world_plan *of, unsigned x) {
  static const char *const methods[] = {"INVITE", "INVITE", "INVITE", "MESSAGE", "SUBSCRIBE", "PUBLISH", "OPTIONS", "NOTIFY"};
  uint64_t at = dice_wait_ms(from, REQUESTS_S);
  for (; at < of->end_ms; at += dice_wait_ms(from, REQUESTS_S)) {
    const char *method = methods[dice_below(from, 8)];
    unsigned n = ++of->calls;
    char tail[64] = "";
    if (strcmp(method, "INVITE") != 0 || dice_percent(from, 40)) {
      plan_add(out, SECTION_AT, at, "request %s %u as r%u", method, x, n);
    } else {
      if (dice_percent(from, 80))
        snprintf(tail, sizeof tail, " provisional=180@%u", PICK(from, 0, 0, 0, 1, 3));
      plan_add(out, SECTION_AT, at, "request %s %u as r%u%s final=%u@%u", method, x, n, tail, PICK(from, 200, 200, 200, 486, 603),
               dice_between(from, 3, 20));
      if (dice_percent(from, 70)) {
        uint64_t end = at + 30000u + length_ms(from) / 4u;
        plan_add(out, SECTION_AT, end, "hangup r%u", n);
        /* Whoever hangs up before the far end has answered withdraws the call: no call is up for ever. */
        plan_add(out, SECTION_AT, end, "cancel r%u", n);
      }
    }
    if (dice_percent(from, 8))
      plan_add(out, SECTION_AT, at + dice_below(from, 40000), "cancel r%u", n);
  }
}

static void answers(plan *out, dice *from, const char *host, uint64_t at) {
  static const char *const methods[] = {"", "", " method=REGISTER", " method=INVITE", " method=MESSAGE"};
  uint32_t code = PICK(from, 503, 503, 503, 500, 408, 403, 404, 401);
  char pause[32] = "";
  if (code == 503 && dice_percent(from, 40))
    snprintf(pause, sizeof pause, " retry-after=%u", dice_between(from, 1, 600));
  plan_add(out, SECTION_AT, at, "answer %s %u%s%s", host, code, methods[dice_below(from, 5)], pause);
}

static void flaps(plan *out, dice *from, const char *host, uint64_t at, uint64_t end) {
  for (; at < end; at += 1000u + dice_below(from, 30000)) {
    plan_add(out, SECTION_AT, at, "down %s", host);
    at += 1000u + dice_below(from, 30000);
    plan_add(out, SECTION_AT, at, "up %s", host);
  }
}

/* One trouble of one host; it is over at `end`. */
static void trouble(plan *out, dice *from, const char *host, uint64_t at, uint64_t end) {
  switch (dice_below(from, 12)) {
  case 0:
  case 1:
  case 2:
  case 3:
    plan_add(out, SECTION_AT, at, "down %s", host);
    break;
  case 4:
    plan_add(out, SECTION_AT, at, "down %s", host);
    /* Back for a second. */
    plan_add(out, SECTION_AT, at + (end - at) / 2u, "up %s", host);
    plan_add(out, SECTION_AT, at + (end - at) / 2u + 1000u, "down %s", host);
    end += 1000u;
    break;
  case 5:
    plan_add(out, SECTION_AT, at, "icmp %s", host);
    break;
  case 6:
    plan_add(out, SECTION_AT, at, "%s %s", dice_percent(from, 50) ? "refuse" : "send-error", host);
    break;
  case 7:
  case 8:
  case 9:
    answers(out, from, host, at);
    break;
  case 10:
    plan_add(out, SECTION_AT, at, "delay %s %u", host, PICK(from, 400, 3000, 9000, 40000));
    break;
  default:
    flaps(out, from, host, at, at + (end - at) % 300000u);
    end = at + (end - at) % 300000u + 60000u;
    break;
  }
  plan_add(out, SECTION_AT, end, "up %s", host);
  if (dice_percent(from, 20))
    plan_add(out, SECTION_AT, end + 1u, "challenge %s", host);
}

static void outages(plan *out, dice *from, const world_plan *of, const char *host) {
  uint64_t at = dice_wait_ms(from, OUTAGES_S), end;
  /* Some are dead from the start. */
  if (dice_percent(from, 10))
    at = 0;
  for (; at < of->end_ms; at = end + 2u + dice_wait_ms(from, OUTAGES_S)) {
    end = at + length_ms(from);
    trouble(out, from, host, at, end < of->end_ms ? end : of->end_ms);
  }
  plan_add(out, SECTION_AT, of->end_ms + 100000u, "up %s", host);
}

static void dns_trouble(plan *out, dice *from, const world_plan *of) {
  static const char *const modes[] = {"down", "down", "servfail", "refused", "truncate"};
  uint64_t at = dice_percent(from, 10) ? 0 : dice_wait_ms(from, DNS_TROUBLE_S), end;
  for (; at < of->end_ms; at = end + dice_wait_ms(from, DNS_TROUBLE_S)) {
    end = at + length_ms(from);
    switch (dice_below(from, 6)) {
    case 0:
      plan_add(out, SECTION_AT, at, "dns delay %u", PICK(from, 100, 1000, 2500, 8000));
      plan_add(out, SECTION_AT, end, "dns delay 0");
      break;
    case 1:
      plan_add(out, SECTION_AT, at, "dns nxdomain d%u.example.", dice_below(from, of->domains));
      break;
    case 2:
      plan_add(out, SECTION_AT, at, "dns server 0 %s", modes[dice_below(from, 5)]);
      break;
    default:
      plan_add(out, SECTION_AT, at, "dns %s", modes[dice_below(from, 5)]);
      break;
    }
    plan_add(out, SECTION_AT, end, "dns up");
  }
  plan_add(out, SECTION_AT, of->end_ms + 100000u, "dns delay 0");
  plan_add(out, SECTION_AT, of->end_ms + 100000u, "dns up");
}

/* Fewer addresses of a domain; in the end as in the beginning. Never another order: while the set stays the same, an account
   keeps the order that it had. */
static void zone_changes(plan *out, dice *from, const world_plan *of, unsigned d) {
  const domain_plan *domain = &of->domain[d];
  uint64_t at = dice_wait_ms(from, ZONE_CHANGES_S);
  text line = {NULL, 0, 0};
  unsigned i, first, count;
  if (domain->form != FORM_ADDRESSES)
    return;
  for (; at < of->end_ms; at += dice_wait_ms(from, ZONE_CHANGES_S)) {
    first = dice_below(from, domain->hosts);
    count = dice_between(from, 1, domain->hosts - first);
    text_addf(&line, "zone set d%u.example. %u A", d, domain->ttl_s);
    for (i = 0; i < count; i++)
      text_addf(&line, " 10.0.%u.%u", d, first + i + 1u);
    plan_add(out, SECTION_AT, at, "%s", line.data);
    text_free(&line);
  }
  text_addf(&line, "zone set d%u.example. %u A", d, domain->ttl_s);
  for (i = 1; i <= domain->hosts; i++)
    text_addf(&line, " 10.0.%u.%u", d, i);
  plan_add(out, SECTION_AT, of->end_ms + 100000u, "%s", line.data);
  text_free(&line);
}

void befall_reload(plan *out, dice *from, const world_plan *of, uint64_t at, const char *words) {
  text block = {NULL, 0, 0};
  unsigned x = dice_between(from, 1, of->accounts);
  size_t i;
  text_addf(&block, "%s\n", words);
  for (i = 0; i < out->count; i++)
    if (out->item[i].of == SECTION_CONFIG)
      text_addf(&block, "  %s\n", out->item[i].text);
  switch (dice_below(from, 4)) {
  case 0:
    text_addf(&block, "  account.%u.sip_server.1.address = 10.0.9.%u\n", x, dice_between(from, 1, 3));
    break;
  case 1:
    text_addf(&block, "  account.%u.sip_server.1.failback_mode = %u\n", x, dice_below(from, 4));
    break;
  case 2:
    text_addf(&block, "  account.%u.fallback.redundancy_type = %u\n", x, dice_below(from, 2));
    break;
  default:
    break;
  }
  text_add(&block, "end");
  plan_add(out, SECTION_AT, at, "%s", block.data);
  text_free(&block);
}

static void reloads(plan *out, dice *from, const world_plan *of) {
  uint64_t at = dice_wait_ms(from, RELOADS_S);
  for (; at < of->end_ms; at += dice_wait_ms(from, RELOADS_S))
    befall_reload(out, from, of, at, "reload");
}

static void stops(plan *out, dice *from, const world_plan *of, unsigned x) {
  uint64_t at = dice_percent(from, 80) ? 0 : dice_below(from, 60000);
  plan_add(out, SECTION_AT, at, "start %u", x);
  for (at += dice_wait_ms(from, STOPS_S); at < of->end_ms; at += dice_wait_ms(from, STOPS_S)) {
    plan_add(out, SECTION_AT, at, "stop %u", x);
    at += length_ms(from);
    plan_add(out, SECTION_AT, at, "start %u", x);
  }
}

static void device(plan *out, dice *from, const world_plan *of) {
  uint64_t at;
  for (at = dice_wait_ms(from, NETWORK_CHANGES_S); at < of->end_ms; at += dice_wait_ms(from, NETWORK_CHANGES_S))
    plan_add(out, SECTION_AT, at, "network changed");
  for (at = dice_wait_ms(from, CLOCK_JUMPS_S); at < of->end_ms; at += dice_wait_ms(from, CLOCK_JUMPS_S))
    plan_add(out, SECTION_AT, at, "clock jump %c%u", dice_percent(from, 50) ? '+' : '-', PICK(from, 1, 1000, 60000, 4000000));
  for (at = dice_wait_ms(from, GRANTS_S); at < of->end_ms; at += dice_wait_ms(from, GRANTS_S))
    plan_add(out, SECTION_AT, at, "grant %u", PICK(from, 40, 90, 600, 3600));
#ifdef RANDOM_REBOOTS
  for (at = dice_wait_ms(from, REBOOTS_S); at < of->end_ms; at += dice_wait_ms(from, REBOOTS_S))
    plan_add(out, SECTION_AT, at, "reboot snapshot=%s", dice_percent(from, 70) ? "yes" : "no");
#endif
}

static void the_end(plan *out, const world_plan *of) {
  uint64_t well = of->end_ms + 100000u, end = of->end_ms + QUIET_S * 1000u;
  unsigned x;
  plan_add(out, SECTION_AT, well, "grant 3600");
  for (x = 1; x <= of->accounts; x++) {
    plan_add(out, SECTION_AT, well + 1u, "start %u", x);
    plan_add(out, SECTION_AT, well + 1u, "idle %u", x);
    plan_add(out, SECTION_AT, end + x, "request MESSAGE %u as last%u", x, x);
  }
}

void befall(plan *out, dice *from, world_plan *of) {
  char host[32];
  unsigned d, i, x;
  reloads(out, from, of);
  for (x = 1; x <= of->accounts; x++) {
    stops(out, from, of, x);
    requests(out, from, of, x);
  }
  for (d = 0; d < of->domains; d++) {
    for (i = 1; i <= of->domain[d].hosts; i++) {
      snprintf(host, sizeof host, "10.0.%u.%u", d, i);
      outages(out, from, of, host);
    }
    zone_changes(out, from, of, d);
  }
  for (i = 1; i <= 3; i++) {
    snprintf(host, sizeof host, "10.0.9.%u", i);
    outages(out, from, of, host);
  }
  dns_trouble(out, from, of);
  device(out, from, of);
  the_end(out, of);
}
