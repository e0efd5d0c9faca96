/* The commands about the world around the phone: SIP hosts, DNS servers and what they know. */
#include <string.h>

#include "dnsserver.h"
#include "reader.h"
#include "suggest.h"

int read_host(reader *from) {
  return take_host(from) ? -1 : finish_line(from);
}

int read_delay(reader *from) {
  return take_host(from) || take_number(from, "milliseconds", 3600000, &from->out->value) ? -1 : finish_line(from);
}

int read_answer(reader *from) {
  const char *word;
  if (take_host(from))
    return -1;
  word = next_word(from);
  if (take_status(from, word ? word : "", 200, &from->out->code))
    return -1;
  while ((word = next_word(from)) != NULL) {
    if (has_prefix(word, "retry-after=") && !parse_number(word + 12, INT32_MAX, &from->out->retry_after))
      continue;
    if (has_prefix(word, "min-expires=") && !parse_number(word + 12, INT32_MAX, &from->out->min_expires))
      continue;
    if (!has_prefix(word, "method="))
      return wrong(from->where, "expected retry-after=SECONDS, min-expires=SECONDS or method=METHOD, not '%s'", word);
    if (take_method(from, word + 7, 1))
      return -1;
  }
  return 0;
}

static int dns_mode_word(const char *word, uint32_t *mode) {
  static const char *const modes[] = {"up", "down", "servfail", "refused", "truncate"};
  for (*mode = 0; *mode < 5; ++*mode)
    if (strcmp(word, modes[*mode]) == 0)
      return 0;
  return -1;
}

static int read_dns_server(reader *from) {
  const char *word;
  if (take_number(from, "the index of a DNS server", DNS_SERVERS - 1u, &from->out->server))
    return -1;
  word = next_word(from);
  if (!word || dns_mode_word(word, &from->out->value))
    return wrong(from->where, "expected up, down, servfail, refused or truncate, not %s", quoted(word));
  return finish_line(from);
}

int read_dns(reader *from) {
  const char *word = next_word(from);
  command *out = from->out;
  out->server = ALL_SERVERS;
  if (word && dns_mode_word(word, &out->value) == 0)
    return finish_line(from);
  if (word && strcmp(word, "server") == 0)
    return read_dns_server(from);
  if (word && strcmp(word, "delay") == 0) {
    out->kind = COMMAND_DNS_DELAY;
    return take_number(from, "milliseconds", 3600000, &out->value) ? -1 : finish_line(from);
  }
  if (word && strcmp(word, "nxdomain") == 0) {
    out->kind = COMMAND_DNS_NXDOMAIN;
    return take_domain(from) ? -1 : finish_line(from);
  }
  return wrong(from->where,
               "expected dns up, down, servfail, refused, truncate, nxdomain NAME, delay MS or server N ..., not %s",
               quoted(word));
}

/* `zone set NAME A IP [IP ...]` is one set of addresses; every other type takes one record a line. */
static int read_addresses(reader *from, size_t data) {
  char *one[8];
  words line;
  size_t head = data - from->at, i;
  if (head > 7)
    return wrong(from->where, "expected zone set NAME [TTL] TYPE DATA");
  for (i = 0; i < head; i++)
    one[i] = from->line->word[from->at + i];
  line.word = one;
  line.count = head + 1;
  line.storage = NULL;
  for (i = data; i < from->line->count; i++) {
    one[head] = from->line->word[i];
    if (zone_add_line(&from->out->records, &line, from->where))
      return -1;
  }
  return 0;
}

static int read_zone_records(reader *from) {
  words rest;
  size_t i;
  for (i = from->at + 1; i < from->line->count; i++) {
    uint32_t type = dns_type_from_text(from->line->word[i]);
    if ((type == DNS_A || type == DNS_AAAA) && i + 2 < from->line->count)
      return read_addresses(from, i + 1);
    if (type)
      break;
  }
  rest.word = from->line->word + from->at;
  rest.count = from->line->count - from->at;
  rest.storage = NULL;
  if (!rest.count)
    return wrong(from->where, "expected NAME [TTL] TYPE DATA");
  return zone_add_line(&from->out->records, &rest, from->where);
}

static int read_zone_remove(reader *from) {
  const char *word;
  from->out->kind = COMMAND_ZONE_REMOVE;
  if (take_domain(from))
    return -1;
  word = next_word(from);
  if (word && (from->out->value = dns_type_from_text(word)) == 0)
    return wrong(from->where, "expected a record type: A, AAAA, SRV, NAPTR, CNAME, SOA or NS, not '%s'", word);
  return finish_line(from);
}

int read_zone(reader *from) {
  const char *word = next_word(from);
  if (word && strcmp(word, "set") == 0)
    return read_zone_records(from);
  if (word && strcmp(word, "add") == 0) {
    from->out->kind = COMMAND_ZONE_ADD;
    return read_zone_records(from);
  }
  if (word && strcmp(word, "remove") == 0)
    return read_zone_remove(from);
  return wrong(from->where, "expected zone set, zone add or zone remove, not %s", quoted(word));
}

