/* The zone of the DNS responder: reading its file, looking into it. */
#ifndef SIPFAILOVER_TEST_DNS_ZONE_H
#define SIPFAILOVER_TEST_DNS_ZONE_H

#include "dns_record.h"

#define ZONE_RECORDS_MAX 512

struct zone {
    struct dns_record *records;
    size_t count;
};

/* Reads a zone file. Dies when something is wrong with it. */
void zone_read(struct zone *zone, const char *path);
void zone_free(struct zone *zone);

/* NULL when the zone has none. */
const struct dns_record *zone_soa(const struct zone *zone);
const struct dns_record *zone_cname(const struct zone *zone, const struct dns_name *name);

/* A name exists when it has a record, or when a name under it has one (RFC 8020): a query for
 * `_udp.demo.example` is NODATA as long as `_sip._udp.demo.example` is there. */
int zone_has_name(const struct zone *zone, const struct dns_name *name);

#endif
