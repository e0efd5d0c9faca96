#include "zone.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_TTL 300u

static const char *data_form(unsigned type) {
  switch (type) {
  case DNS_A:
    return "an IPv4 address";
  case DNS_AAAA:
    return "an IPv6 address";
  case DNS_SRV:
    return "PRIORITY WEIGHT PORT TARGET";
  case DNS_NAPTR:
    return "ORDER PREFERENCE \"FLAGS\" \"SERVICE\" \"REGEXP\" REPLACEMENT";
  case DNS_CNAME:
  case DNS_NS:
    return "a name";
  default:
    return "MNAME RNAME SERIAL REFRESH RETRY EXPIRE MINIMUM";
  }
}

static int directive(zone *to, const words *line, place where) {
  if (same_word(line->word[0], "$TTL") && line->count == 2) {
    if (parse_number(line->word[1], INT32_MAX, &to->default_ttl))
      return wrong(where, "expected $TTL SECONDS, not '%s'", line->word[1]);
    return 0;
  }
  if (same_word(line->word[0], "$ORIGIN") && line->count == 2) {
    if (dns_name_from_text(line->word[1], NULL, &to->origin))
      return wrong(where, "'%s' is no domain name", line->word[1]);
    to->has_origin = 1;
    return 0;
  }
  return wrong(where, "expected $ORIGIN NAME or $TTL SECONDS, not '%s'", line->word[0]);
}

/* The position of the record type: behind the name, an optional TTL and an optional class IN. */
static size_t skip_ttl_and_class(const words *line, uint32_t *ttl) {
  size_t at = 1;
  int seen_ttl = 0, seen_class = 0;
  for (; at < line->count; at++) {
    if (!seen_ttl && parse_number(line->word[at], INT32_MAX, ttl) == 0)
      seen_ttl = 1;
    else if (!seen_class && same_word(line->word[at], "IN"))
      seen_class = 1;
    else
      break;
  }
  return at;
}

int zone_add_line(zone *to, const words *line, place where) {
  const dns_name *origin = to->has_origin ? &to->origin : NULL;
  dns_record fresh;
  size_t at;
  if (line->word[0][0] == '$')
    return directive(to, line, where);
  memset(&fresh, 0, sizeof fresh);
  fresh.ttl = to->default_ttl ? to->default_ttl : DEFAULT_TTL;
  at = skip_ttl_and_class(line, &fresh.ttl);
  if (at >= line->count)
    return wrong(where, "expected NAME [TTL] [IN] TYPE DATA");
  fresh.type = dns_type_from_text(line->word[at]);
  if (!fresh.type)
    return wrong(where, "'%s' is no record type that the simulated server knows: A, AAAA, SRV, NAPTR, CNAME, SOA, NS",
                 line->word[at]);
  if (dns_name_from_text(line->word[0], origin, &fresh.owner))
    return wrong(where, "'%s' is no domain name", line->word[0]);
  if (dns_rdata_from_words(&fresh, line->word + at + 1, line->count - at - 1, origin))
    return wrong(where, "a %s record needs %s", dns_type_to_text(fresh.type), data_form(fresh.type));
  to->item = room(to->item, to->count, &to->capacity, sizeof *to->item);
  to->item[to->count++] = fresh;
  return 0;
}

size_t zone_remove(zone *from, const dns_name *name, uint32_t type) {
  size_t i, kept = 0, removed;
  for (i = 0; i < from->count; i++)
    if (!dns_name_equal(&from->item[i].owner, name) || (type && from->item[i].type != type))
      from->item[kept++] = from->item[i];
  removed = from->count - kept;
  from->count = kept;
  return removed;
}

void zone_copy(zone *to, const zone *from) {
  size_t i;
  for (i = 0; i < from->count; i++) {
    to->item = room(to->item, to->count, &to->capacity, sizeof *to->item);
    to->item[to->count++] = from->item[i];
  }
}

void zone_take(zone *to, zone *extra) {
  zone_copy(to, extra);
  zone_free(extra);
}

void zone_free(zone *old) {
  free(old->item);
  memset(old, 0, sizeof *old);
}
