#include "phone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHOLE_TRANSACTION_MS 32000u

/* The value of the last line with this key, or NULL. */
static const char *find(const char *lines, const char *key, char *out, size_t capacity) {
  size_t length = strlen(key);
  const char *at, *found = NULL;
  for (at = lines; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
    while (*at == ' ')
      at++;
    if (strncmp(at, key, length) == 0 && at[length] == ' ')
      found = at + length;
  }
  if (!found)
    return NULL;
  found += strspn(found, " =");
  length = strcspn(found, " \r\n");
  snprintf(out, capacity, "%.*s", (int)length, found);
  return out;
}

static uint32_t number(const char *lines, uint32_t usual, const char *key) {
  char value[32];
  return find(lines, key, value, sizeof value) ? (uint32_t)strtoul(value, NULL, 10) : usual;
}

static uint32_t of_account(const char *lines, uint32_t usual, unsigned x, const char *name) {
  char key[96];
  snprintf(key, sizeof key, "account.%u.%s", x, name);
  return number(lines, usual, key);
}

static uint32_t of_server(const char *lines, uint32_t usual, unsigned x, unsigned y, const char *name) {
  char key[96];
  snprintf(key, sizeof key, "account.%u.sip_server.%u.%s", x, y, name);
  return number(lines, usual, key);
}

static int has_address(const char *lines, unsigned x, const char *kind, unsigned y, char *out, size_t capacity) {
  char key[96];
  snprintf(key, sizeof key, "account.%u.%s.%u.address", x, kind, y);
  return find(lines, key, out, capacity) != NULL;
}

static void read_side(side *out, const char *lines, unsigned x, unsigned y, int proxy) {
  char own[64];
  endpoint address;
  memset(out, 0, sizeof *out);
  out->configured = has_address(lines, x, proxy ? "outbound_proxy" : "sip_server", y, out->host, sizeof out->host);
  out->numeric = out->configured && parse_endpoint(out->host, &address) == 0;
  out->port = proxy ? 5060u : of_server(lines, 5060, x, y, "port");
  /* A proxy is like the server of its number, or like server 1 where there is none. */
  if (proxy && !has_address(lines, x, "sip_server", y, own, sizeof own))
    y = 1;
  out->transport = of_server(lines, 0, x, y, "transport_type");
  out->retries = of_server(lines, 3, x, y, "retry_counts");
  out->invite_retries = of_server(lines, 3, x, y, "invite_retry_counts");
  /* An address has no list to move along. */
  out->mode = out->numeric ? 0 : of_server(lines, 0, x, y, "failback_mode");
  out->timeout_s = of_server(lines, 3600, x, y, "failback_timeout");
  out->register_first = of_server(lines, 0, x, y, "register_on_enable");
  out->only_signal = out->register_first && out->mode && of_server(lines, 0, x, y, "only_signal_with_registered");
  out->quarantine_s = of_server(lines, 0, x, y, "quarantine_timeout");
  out->options_interval_s = of_server(lines, 0, x, y, "options_interval");
  out->options_max_lost = of_server(lines, 3, x, y, "options_max_lost");
  out->probe = of_server(lines, 0, x, y, "failback_probe");
  /* Behind a proxy it is server 1 that registers, whichever proxy leads there. */
  out->expires_s = of_server(lines, 3600, x, proxy ? 1 : y, "expires");
}

void phone_read(phone *out, const char *lines, unsigned x) {
  char value[64];
  memset(out, 0, sizeof *out);
  out->enabled = (int)of_account(lines, 0, x, "enable");
  out->proxy = of_account(lines, 0, x, "outbound_proxy_enable") && has_address(lines, x, "outbound_proxy", 1, value, sizeof value);
  out->successive = out->proxy || of_account(lines, 0, x, "fallback.redundancy_type") == 1;
  out->avoid_dead_addresses = !find(lines, "sip.skip_redundant_failover_addr", value, sizeof value) || value[0] != '0';
  read_side(&out->side[0], lines, x, 1, out->proxy);
  read_side(&out->side[1], lines, x, 2, out->proxy);
}

static void add_goal(side *to, const char *ip, uint32_t port, int udp, uint32_t ttl_s) {
  goal fresh;
  unsigned i;
  memset(&fresh, 0, sizeof fresh);
  snprintf(fresh.ip, sizeof fresh.ip, "%s", ip);
  snprintf(fresh.text, sizeof fresh.text, "%s:%u/%s", ip, (unsigned)port, udp ? "udp" : "tcp");
  fresh.ttl_s = ttl_s;
  fresh.udp = udp;
  for (i = 0; i < to->goals; i++)
    if (strcmp(to->goal[i].text, fresh.text) == 0)
      return;
  if (to->goals < MAX_TARGETS)
    to->goal[to->goals++] = fresh;
}

static void add_addresses(side *to, const zone *records, const dns_name *name, uint32_t port, int udp) {
  char ip[24];
  size_t i;
  for (i = 0; i < records->count; i++) {
    const dns_record *at = &records->item[i];
    if (at->type != DNS_A || !dns_name_equal(&at->owner, name))
      continue;
    snprintf(ip, sizeof ip, "%u.%u.%u.%u", at->rdata[0], at->rdata[1], at->rdata[2], at->rdata[3]);
    add_goal(to, ip, port, udp, at->ttl);
  }
}

/* The records of a name whose first number is `rank`: priorities and orders of these worlds are all different, and small. */
static void add_services(side *to, const zone *records, const dns_name *name, int udp) {
  dns_name target;
  unsigned rank;
  size_t i;
  for (rank = 0; rank <= 8; rank++) {
    for (i = 0; i < records->count; i++) {
      const dns_record *at = &records->item[i];
      if (at->type != DNS_SRV || !dns_name_equal(&at->owner, name) || dns_load_u16(at->rdata) != rank)
        continue;
      dns_record_target(at, &target);
      add_addresses(to, records, &target, dns_load_u16(at->rdata + 4), udp);
    }
  }
}

static void add_pointers(side *to, const zone *records, const dns_name *name) {
  dns_name target;
  unsigned rank;
  size_t i;
  for (rank = 0; rank <= 30; rank += 10) {
    for (i = 0; i < records->count; i++) {
      const dns_record *at = &records->item[i];
      if (at->type != DNS_NAPTR || !dns_name_equal(&at->owner, name) || dns_load_u16(at->rdata) != rank)
        continue;
      dns_record_target(at, &target);
      /* Order 20 is the one for UDP. */
      add_services(to, records, &target, rank == 20);
    }
  }
}

static void resolve_side(side *of, const zone *records) {
  dns_name name;
  char service[96];
  of->goals = 0;
  if (!of->configured)
    return;
  if (of->numeric) {
    add_goal(of, of->host, of->port ? of->port : 5060, of->transport != 1, 0);
    return;
  }
  snprintf(service, sizeof service, "%s%s.", of->port || of->transport == 3 ? "" : of->transport == 1 ? "_sip._tcp." : "_sip._udp.",
           of->host);
  if (dns_name_from_text(service, NULL, &name))
    return;
  if (of->port)
    add_addresses(of, records, &name, of->port, of->transport != 1);
  else if (of->transport == 3)
    add_pointers(of, records, &name);
  else
    add_services(of, records, &name, of->transport == 0);
  /* Without services the domain itself is the host, with the usual port. */
  if (!of->goals && !of->port && dns_name_from_text(of->host, NULL, &name) == 0)
    add_addresses(of, records, &name, 5060, of->transport != 1);
}

void phone_resolve(phone *of, const zone *records) {
  resolve_side(&of->side[0], records);
  resolve_side(&of->side[1], records);
}

uint32_t budget_ms(int invite, int udp, uint32_t repetitions) {
  uint32_t sum = 0, interval = 500, i, least = udp ? 1000u : 4000u;
  if (repetitions == UINT32_MAX)
    return WHOLE_TRANSACTION_MS;
  for (i = 0; i <= repetitions && sum < WHOLE_TRANSACTION_MS; i++) {
    sum += interval;
    interval = invite || interval * 2u < 4000u ? interval * 2u : 4000u;
  }
  sum = sum < least ? least : sum;
  return sum < WHOLE_TRANSACTION_MS ? sum : WHOLE_TRANSACTION_MS;
}

unsigned goal_index(const side *of, const char *target) {
  unsigned g;
  for (g = 0; g < of->goals; g++)
    if (strcmp(of->goal[g].text, target) == 0)
      return g;
  return UNKNOWN;
}
