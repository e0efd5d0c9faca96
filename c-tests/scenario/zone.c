#include "zone.h"

#include <stdlib.h>
#include <string.h>

#include "address.h"

#define DEFAULT_TTL 300u
#define MAX_NAME 253u
#define MAX_LABEL 63u

static const struct {
  const char *name;
  uint32_t type;
} types[] = {{"A", DNS_A},       {"AAAA", DNS_AAAA}, {"SRV", DNS_SRV},
             {"NAPTR", DNS_NAPTR}, {"CNAME", DNS_CNAME}, {"SOA", DNS_SOA}};

uint32_t record_type(const char *name) {
  size_t i;
  for (i = 0; i < sizeof types / sizeof *types; i++)
    if (same_word(types[i].name, name))
      return types[i].type;
  return 0;
}

const char *record_type_name(uint32_t type) {
  size_t i;
  for (i = 0; i < sizeof types / sizeof *types; i++)
    if (types[i].type == type)
      return types[i].name;
  return "OTHER";
}

char *plain_name(const char *name) {
  char *plain = copy_string(name);
  size_t length = strlen(plain);
  if (length && plain[length - 1] == '.')
    plain[length - 1] = '\0';
  lower_case(plain);
  return plain;
}

int add_wire_name(text *to, const char *name) {
  const char *label = name;
  if (strlen(name) > MAX_NAME)
    return -1;
  while (*label) {
    size_t length = strcspn(label, ".");
    char prefix = (char)length;
    if (!length || length > MAX_LABEL)
      return -1;
    text_add_bytes(to, &prefix, 1);
    text_add_bytes(to, label, length);
    label += length;
    if (*label == '.')
      label++;
  }
  text_add_bytes(to, "", 1);
  return 0;
}

/* A name of the zone file: below $ORIGIN unless it ends with a dot. NULL when it is no domain name. */
static char *zone_name(const zone *of, const char *name) {
  text whole = {NULL, 0, 0}, wire = {NULL, 0, 0};
  char *plain;
  size_t length = strlen(name);
  if (strcmp(name, "@") == 0)
    text_add(&whole, of->origin ? of->origin : "");
  else
    text_add(&whole, name);
  if (of->origin && *of->origin && length && name[length - 1] != '.' && strcmp(name, "@") != 0)
    text_addf(&whole, ".%s", of->origin);
  plain = plain_name(whole.data);
  text_free(&whole);
  if (add_wire_name(&wire, plain)) {
    free(plain);
    plain = NULL;
  }
  text_free(&wire);
  return plain;
}

static void add_16(text *to, uint32_t value) {
  uint8_t bytes[2];
  bytes[0] = (uint8_t)(value >> 8);
  bytes[1] = (uint8_t)value;
  text_add_bytes(to, bytes, 2);
}

static void add_32(text *to, uint32_t value) {
  add_16(to, value >> 16);
  add_16(to, value & 0xffffu);
}

static int add_string(text *to, const char *string) {
  size_t length = strlen(string);
  char prefix = (char)length;
  if (length > 255u)
    return -1;
  text_add_bytes(to, &prefix, 1);
  text_add(to, string);
  return 0;
}

/* `count` numbers of 16 bits from the words at `*at`. */
static int add_numbers(record *to, char **at, size_t count) {
  for (; count; count--, at++) {
    uint32_t value;
    if (parse_number(*at, 65535, &value))
      return -1;
    add_16(&to->data, value);
  }
  return 0;
}

static int add_target(const zone *of, record *to, const char *name) {
  free(to->target);
  to->target = zone_name(of, name);
  return to->target ? add_wire_name(&to->data, to->target) : -1;
}

static int add_soa(const zone *of, record *to, char **at) {
  int i;
  if (add_target(of, to, at[0]) || add_target(of, to, at[1]))
    return -1;
  free(to->target);
  to->target = NULL;
  for (i = 2; i < 7; i++) {
    uint32_t value;
    if (parse_number(at[i], UINT32_MAX, &value))
      return -1;
    add_32(&to->data, value);
  }
  return 0;
}

static const char *data_form(uint32_t type) {
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
    return "a name";
  default:
    return "MNAME RNAME SERIAL REFRESH RETRY EXPIRE MINIMUM";
  }
}

static int add_data(const zone *of, record *to, char **at, size_t count) {
  uint8_t bytes[16];
  switch (to->type) {
  case DNS_A:
    if (count != 1 || parse_ipv4(at[0], bytes))
      return -1;
    text_add_bytes(&to->data, bytes, 4);
    return 0;
  case DNS_AAAA:
    if (count != 1 || parse_ipv6(at[0], bytes))
      return -1;
    text_add_bytes(&to->data, bytes, 16);
    return 0;
  case DNS_SRV:
    return count != 4 || add_numbers(to, at, 3) || add_target(of, to, at[3]) ? -1 : 0;
  case DNS_NAPTR:
    if (count != 6 || add_numbers(to, at, 2) || add_string(&to->data, at[2]) || add_string(&to->data, at[3]))
      return -1;
    return add_string(&to->data, at[4]) || add_target(of, to, at[5]) ? -1 : 0;
  case DNS_CNAME:
    return count != 1 || add_target(of, to, at[0]) ? -1 : 0;
  default:
    return count != 7 || add_soa(of, to, at) ? -1 : 0;
  }
}

static void record_free(record *old) {
  free(old->name);
  free(old->target);
  text_free(&old->data);
}

static int directive(zone *to, const words *line, place where) {
  if (same_word(line->word[0], "$TTL") && line->count == 2) {
    if (parse_number(line->word[1], INT32_MAX, &to->default_ttl))
      return wrong(where, "expected $TTL SECONDS, not '%s'", line->word[1]);
    return 0;
  }
  if (same_word(line->word[0], "$ORIGIN") && line->count == 2) {
    free(to->origin);
    to->origin = plain_name(line->word[1]);
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
  record fresh;
  size_t at;
  if (line->word[0][0] == '$')
    return directive(to, line, where);
  memset(&fresh, 0, sizeof fresh);
  fresh.ttl = to->default_ttl ? to->default_ttl : DEFAULT_TTL;
  at = skip_ttl_and_class(line, &fresh.ttl);
  if (at >= line->count)
    return wrong(where, "expected NAME [TTL] [IN] TYPE DATA");
  fresh.type = record_type(line->word[at]);
  if (!fresh.type)
    return wrong(where, "'%s' is no record type that the simulated server knows: A, AAAA, SRV, NAPTR, CNAME, SOA",
                 line->word[at]);
  fresh.name = zone_name(to, line->word[0]);
  if (!fresh.name)
    return wrong(where, "'%s' is no domain name", line->word[0]);
  if (add_data(to, &fresh, line->word + at + 1, line->count - at - 1)) {
    record_free(&fresh);
    return wrong(where, "a %s record needs %s", record_type_name(fresh.type), data_form(fresh.type));
  }
  to->item = room(to->item, to->count, &to->capacity, sizeof *to->item);
  to->item[to->count++] = fresh;
  return 0;
}

size_t zone_remove(zone *from, const char *name, uint32_t type) {
  size_t i, kept = 0, removed;
  for (i = 0; i < from->count; i++) {
    record *at = &from->item[i];
    if (strcmp(at->name, name) == 0 && (!type || at->type == type))
      record_free(at);
    else
      from->item[kept++] = *at;
  }
  removed = from->count - kept;
  from->count = kept;
  return removed;
}

void zone_take(zone *to, zone *extra) {
  size_t i;
  for (i = 0; i < extra->count; i++) {
    to->item = room(to->item, to->count, &to->capacity, sizeof *to->item);
    to->item[to->count++] = extra->item[i];
  }
  extra->count = 0;
  zone_free(extra);
}

void zone_copy(zone *to, const zone *from) {
  zone copy;
  size_t i;
  memset(&copy, 0, sizeof copy);
  for (i = 0; i < from->count; i++) {
    const record *at = &from->item[i];
    record *fresh;
    copy.item = room(copy.item, copy.count, &copy.capacity, sizeof *copy.item);
    fresh = &copy.item[copy.count++];
    memset(fresh, 0, sizeof *fresh);
    fresh->name = copy_string(at->name);
    fresh->type = at->type;
    fresh->ttl = at->ttl;
    fresh->target = at->target ? copy_string(at->target) : NULL;
    text_add_bytes(&fresh->data, at->data.data, at->data.length);
  }
  zone_take(to, &copy);
}

void zone_free(zone *old) {
  size_t i;
  for (i = 0; i < old->count; i++)
    record_free(&old->item[i]);
  free(old->item);
  free(old->origin);
  memset(old, 0, sizeof *old);
}
