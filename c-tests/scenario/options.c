/* The `options` lines: what the simulated world is like. */
#include <string.h>

#include "dnsserver.h"
#include "script.h"
#include "suggest.h"

void options_default(options *out) {
  memset(out, 0, sizeof *out);
  out->seed = 1;
  out->t1_ms = 500;
  out->dns_servers = 1;
  out->failback_successes = 1;
}

static int option_switch(const char *value, uint32_t *out) {
  if (strcmp(value, "on") == 0)
    *out = 1;
  else if (strcmp(value, "off") == 0)
    *out = 0;
  else
    return -1;
  return 0;
}

static int read_option(options *to, const char *word, place where) {
  const struct {
    const char *name, *form;
    uint32_t *out, maximum; /* maximum 0 = on/off */
  } rows[] = {
      {"jitter=", "on or off", &to->jitter, 0},
      {"additional=", "on or off", &to->additional, 0},
      {"seed=", "0..4294967295", &to->seed, UINT32_MAX},
      {"rtt=", "0..3600000 ms", &to->rtt_ms, 3600000},
      {"dns_rtt=", "0..3600000 ms", &to->dns_rtt_ms, 3600000},
      {"t1=", "1..60000 ms", &to->t1_ms, 60000},
      {"startup_window=", "0..3600 s", &to->startup_window_s, 3600},
      {"max_accounts=", "0..1000000", &to->max_accounts, 1000000},
      {"failback_successes=", "1..100", &to->failback_successes, 100},
      {"failback_min_stay=", "0..86400 s", &to->failback_min_stay_s, 86400},
      {"dns=", "none or the number of DNS servers, 1..8", &to->dns_servers, DNS_SERVERS},
  };
  const char *known[sizeof rows / sizeof *rows];
  size_t i;
  for (i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *value = word + strlen(rows[i].name);
    known[i] = rows[i].name;
    if (!has_prefix(word, rows[i].name))
      continue;
    if (strcmp(word, "dns=none") == 0) {
      to->dns_servers = 0;
      return 0;
    }
    if (rows[i].maximum ? parse_number(value, rows[i].maximum, rows[i].out) : option_switch(value, rows[i].out))
      return wrong(where, "option %s expects %s, not '%s'", rows[i].name, rows[i].form, value);
    return 0;
  }
  return wrong_word(where, word, "option", known, sizeof rows / sizeof *rows);
}

int options_read(options *to, const words *line, place where) {
  size_t i;
  if (line->count < 2)
    return wrong(where, "expected options NAME=VALUE ...");
  for (i = 1; i < line->count; i++)
    if (read_option(to, line->word[i], where))
      return -1;
  return to->t1_ms ? 0 : wrong(where, "option t1= expects 1..60000 ms, not '0'");
}
