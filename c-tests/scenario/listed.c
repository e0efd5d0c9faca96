/* Is a target still one that names lead to? */
#include <stdio.h>
#include <string.h>

#include "pauses.h"
#include "run.h"

/* Static address records that a configuration may hold. */
#define STATIC_RECORDS 12u

/* The address of a target as the library writes it, "192.0.2.1:5060/udp". */
static int read_address(const char *target, endpoint *out) {
  char text[64];
  snprintf(text, sizeof text, "%.*s", (int)strcspn(target, "/"), target);
  return parse_endpoint(text, out);
}

static int zone_has(const zone *records, const endpoint *wanted) {
  unsigned type = wanted->family == 4 ? DNS_A : DNS_AAAA;
  size_t length = wanted->family == 4 ? 4u : 16u, i;
  for (i = 0; i < records->count; i++)
    if (records->item[i].type == type && memcmp(records->item[i].rdata, wanted->bytes, length) == 0)
      return 1;
  return 0;
}

static int configuration_has(const run *in, const endpoint *wanted) {
  char key[40], value[64];
  endpoint found;
  size_t length;
  unsigned n;
  for (n = 1; n <= STATIC_RECORDS; n++) {
    snprintf(key, sizeof key, "dns_cache_a.%u.ip", n);
    if (sfo_config_get(in->config, key, value, sizeof value, &length) == SFO_OK && parse_endpoint(value, &found) == 0 &&
        same_address(&found, wanted))
      return 1;
  }
  return 0;
}

int is_listed(const run *in, const char *target) {
  endpoint wanted;
  return read_address(target, &wanted) || zone_has(&in->dns.records, &wanted) || configuration_has(in, &wanted);
}
