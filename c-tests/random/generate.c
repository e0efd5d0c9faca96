/* The accounts and servers of a world. What befalls them is in befall.c. */
#include "generate.h"

#include <stdio.h>
#include <string.h>

#include "befall.h"
#include "dice.h"
#include "mischances.h"

/* Servers of a domain are 10.0.D.1, 10.0.D.2, ...; numeric servers 10.0.9.1 to 10.0.9.3. */
static void domain(plan *out, dice *from, world_plan *of, unsigned d) {
  domain_plan *fresh = &of->domain[d];
  unsigned i;
  fresh->form = (form)dice_below(from, 3);
  fresh->hosts = dice_between(from, 1, 4);
  fresh->ttl_s = PICK(from, 30, 60, 300, 3600);
  if (fresh->form == FORM_ADDRESSES) {
    for (i = 1; i <= fresh->hosts; i++)
      plan_add(out, SECTION_ZONE, 0, "d%u.example. %u A 10.0.%u.%u", d, fresh->ttl_s, d, i);
    return;
  }
  for (i = 1; i <= fresh->hosts; i++) {
    plan_add(out, SECTION_ZONE, 0, "h%u.d%u.example. %u A 10.0.%u.%u", i, d, fresh->ttl_s, d, i);
    plan_add(out, SECTION_ZONE, 0, "_sip._udp.d%u.example. %u SRV %u 10 5060 h%u.d%u.example.", d, fresh->ttl_s, i, i, d);
    plan_add(out, SECTION_ZONE, 0, "_sip._tcp.d%u.example. %u SRV %u 10 5062 h%u.d%u.example.", d, fresh->ttl_s, i, i, d);
  }
  if (fresh->form == FORM_NAPTR) {
    int tcp_first = dice_percent(from, 50);
    plan_add(out, SECTION_ZONE, 0, "d%u.example. %u NAPTR %d 50 \"s\" \"SIP+D2T\" \"\" _sip._tcp.d%u.example.", d, fresh->ttl_s,
             tcp_first ? 10 : 30, d);
    plan_add(out, SECTION_ZONE, 0, "d%u.example. %u NAPTR 20 50 \"s\" \"SIP+D2U\" \"\" _sip._udp.d%u.example.", d, fresh->ttl_s, d);
  }
}

static void server(plan *out, dice *from, const world_plan *of, const char *prefix, unsigned y) {
  unsigned d = dice_below(from, of->domains);
  if (dice_percent(from, 35)) {
    plan_add(out, SECTION_CONFIG, 0, "%s.%u.address = 10.0.9.%u", prefix, y, dice_between(from, 1, 3));
    if (strstr(prefix, "sip_server") && dice_percent(from, 20))
      plan_add(out, SECTION_CONFIG, 0, "%s.%u.transport_type = 1", prefix, y);
    return;
  }
  plan_add(out, SECTION_CONFIG, 0, "%s.%u.address = d%u.example", prefix, y, d);
  if (of->domain[d].form == FORM_ADDRESSES)
    return;
  plan_add(out, SECTION_CONFIG, 0, "%s.%u.port = 0", prefix, y);
  plan_add(out, SECTION_CONFIG, 0, "%s.%u.transport_type = %u", prefix, y,
           of->domain[d].form == FORM_NAPTR ? 3u : dice_below(from, 2));
}

/* What a server is like for the account. */
static void habits(plan *out, dice *from, unsigned x, unsigned y) {
  char prefix[48];
  snprintf(prefix, sizeof prefix, "account.%u.sip_server.%u", x, y);
  plan_add(out, SECTION_CONFIG, 0, "%s.expires = %u", prefix, PICK(from, 60, 120, 300, 600, 3600));
  plan_add(out, SECTION_CONFIG, 0, "%s.retry_counts = %u", prefix, PICK(from, 0, 1, 3, 3, 5));
  plan_add(out, SECTION_CONFIG, 0, "%s.invite_retry_counts = %u", prefix, PICK(from, 1, 2, 3, 3, 5));
  plan_add(out, SECTION_CONFIG, 0, "%s.failback_mode = %u", prefix, dice_below(from, 4));
  if (dice_percent(from, 70))
    plan_add(out, SECTION_CONFIG, 0, "%s.failback_timeout = %u", prefix, PICK(from, 0, 60, 300, 900));
  if (dice_percent(from, 35))
    plan_add(out, SECTION_CONFIG, 0, "%s.register_on_enable = 1", prefix);
  if (dice_percent(from, 20))
    plan_add(out, SECTION_CONFIG, 0, "%s.only_signal_with_registered = 1", prefix);
  if (dice_percent(from, 20))
    plan_add(out, SECTION_CONFIG, 0, "%s.quarantine_timeout = %u", prefix, PICK(from, 20, 60, 600));
  if (dice_percent(from, 20))
    plan_add(out, SECTION_CONFIG, 0, "%s.failback_probe = %u", prefix, dice_between(from, 1, 2));
  if (dice_percent(from, 20))
    plan_add(out, SECTION_CONFIG, 0, "%s.failback_subscribe.enable = 1", prefix);
  if (dice_percent(from, 20))
    plan_add(out, SECTION_CONFIG, 0, "%s.options_interval = %u", prefix, PICK(from, 5, 30, 300));
}

static void account(plan *out, dice *from, const world_plan *of, unsigned x) {
  char prefix[48];
  int two = dice_percent(from, 65);
  plan_add(out, SECTION_CONFIG, 0, "account.%u.enable = 1", x);
  snprintf(prefix, sizeof prefix, "account.%u.sip_server", x);
  server(out, from, of, prefix, 1);
  habits(out, from, x, 1);
  if (two) {
    server(out, from, of, prefix, 2);
    habits(out, from, x, 2);
  }
  if (dice_percent(from, 20)) {
    plan_add(out, SECTION_CONFIG, 0, "account.%u.outbound_proxy_enable = 1", x);
    plan_add(out, SECTION_CONFIG, 0, "account.%u.outbound_proxy_fallback_interval = %u", x, PICK(from, 10, 60, 600));
    snprintf(prefix, sizeof prefix, "account.%u.outbound_proxy", x);
    plan_add(out, SECTION_CONFIG, 0, "%s.1.address = 10.0.9.%u", prefix, dice_between(from, 1, 3));
    if (dice_percent(from, 60))
      plan_add(out, SECTION_CONFIG, 0, "%s.2.address = d%u.example", prefix, dice_below(from, of->domains));
  }
  plan_add(out, SECTION_CONFIG, 0, "account.%u.fallback.redundancy_type = %u", x, dice_below(from, 2));
  plan_add(out, SECTION_CONFIG, 0, "account.%u.fallback.timeout = %u", x, PICK(from, 10, 60, 120, 900));
  if (dice_percent(from, 30))
    plan_add(out, SECTION_CONFIG, 0, "account.%u.fallback.register_switch = 1", x);
  if (dice_percent(from, 20))
    plan_add(out, SECTION_CONFIG, 0, "account.%u.fallback.unregister = 1", x);
  plan_add(out, SECTION_CONFIG, 0, "account.%u.reg_fail_retry_interval = %u", x, PICK(from, 0, 5, 30, 30, 120));
  if (dice_percent(from, 20))
    plan_add(out, SECTION_CONFIG, 0, "account.%u.reg_failed_retry_min_time = 20", x);
  plan_add(out, SECTION_CONFIG, 0, "account.%u.dns_cache_type = %u", x, PICK(from, 0, 1, 1, 2));
}

void generate(plan *out, uint64_t seed, unsigned hours, int plain) {
  dice from;
  world_plan of;
  text options = {NULL, 0, 0}, title = {NULL, 0, 0};
  unsigned i;
  memset(out, 0, sizeof *out);
  memset(&of, 0, sizeof of);
  from.state = seed;
  of.end_ms = (uint64_t)hours * 3600000u;
  of.accounts = out->accounts = dice_between(&from, 1, 8);
  of.domains = dice_between(&from, 1, 3);
  text_addf(&title, "Random world %llu", (unsigned long long)seed);
  out->title = title.data;
  text_addf(&options, "jitter=%s seed=%u rtt=%u dns_rtt=%u additional=%s dns=%u", dice_percent(&from, 50) ? "on" : "off",
            dice_below(&from, 1000), PICK(&from, 0, 20, 300), PICK(&from, 0, 20, 300), dice_percent(&from, 50) ? "on" : "off",
            dice_between(&from, 1, 2));
  out->options = options.data;
  for (i = 0; i < of.domains; i++)
    domain(out, &from, &of, i);
  for (i = 1; i <= of.accounts; i++)
    account(out, &from, &of, i);
  if (dice_percent(&from, 30))
    plan_add(out, SECTION_CONFIG, 0, "sip.skip_redundant_failover_addr = 0");
  befall(out, &from, &of);
  if (!plain)
    mischances(out, seed, &of);
  out->until_ms = of.end_ms + (QUIET_S + 300u) * 1000u;
  plan_sort(out);
}
