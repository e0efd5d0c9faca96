/* What the simulated DNS server knows: records in master-file lines, kept ready for the wire. */
#ifndef SCENARIO_ZONE_H
#define SCENARIO_ZONE_H
#include <stddef.h>
#include <stdint.h>

#include "dns_record.h"
#include "text.h"

typedef struct dns_name dns_name;
typedef struct dns_record dns_record;

typedef struct zone {
  dns_record *item;
  size_t count, capacity;
  dns_name origin;       /* of $ORIGIN, for names without a last dot */
  int has_origin;        /* 0: the root */
  uint32_t default_ttl;  /* of $TTL */
} zone;

/* One line: `NAME [TTL] [IN] TYPE DATA`, `$ORIGIN NAME` or `$TTL SECONDS`. Returns -1 after a message. */
int zone_add_line(zone *to, const words *line, place where);
/* Removes the records of a name; type 0 = all of them. Returns how many there were. */
size_t zone_remove(zone *from, const dns_name *name, uint32_t type);
/* Moves the records of `extra` behind those of `to`. */
void zone_take(zone *to, zone *extra);
void zone_copy(zone *to, const zone *from);
void zone_free(zone *old);
#endif
