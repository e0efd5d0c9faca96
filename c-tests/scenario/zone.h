/* What the simulated DNS server knows: records in master-file lines, kept ready for the wire. */
#ifndef SCENARIO_ZONE_H
#define SCENARIO_ZONE_H
#include <stddef.h>
#include <stdint.h>

#include "text.h"

#define DNS_A 1u
#define DNS_CNAME 5u
#define DNS_SOA 6u
#define DNS_AAAA 28u
#define DNS_SRV 33u
#define DNS_NAPTR 35u

typedef struct record {
  char *name;   /* lower case, without the last dot */
  uint32_t type, ttl;
  text data;    /* RDATA as on the wire, names not compressed */
  char *target; /* the name this record leads to (SRV, NAPTR, CNAME), or NULL */
} record;

typedef struct zone {
  record *item;
  size_t count, capacity;
  char *origin;          /* of $ORIGIN, for names without a last dot; NULL = the root */
  uint32_t default_ttl;  /* of $TTL */
} zone;

/* One line: `NAME [TTL] [IN] TYPE DATA`, `$ORIGIN NAME` or `$TTL SECONDS`. Returns -1 after a message. */
int zone_add_line(zone *to, const words *line, place where);
/* Removes the records of a name; type 0 = all of them. Returns how many there were. */
size_t zone_remove(zone *from, const char *name, uint32_t type);
/* Moves the records of `extra` behind those of `to`. */
void zone_take(zone *to, zone *extra);
void zone_copy(zone *to, const zone *from);
void zone_free(zone *old);
/* Lower case, without the last dot; the caller frees it. */
char *plain_name(const char *name);
/* 0 for a type that the simulated server does not know. */
uint32_t record_type(const char *name);
const char *record_type_name(uint32_t type);
/* Adds a name as labels. Returns -1 when it is no domain name. */
int add_wire_name(text *to, const char *name);
#endif
