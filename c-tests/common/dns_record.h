/* DNS records: from the words of a zone file to the wire. */
#ifndef SIPFAILOVER_TEST_DNS_RECORD_H
#define SIPFAILOVER_TEST_DNS_RECORD_H

#include "dns_name.h"

#include <stddef.h>
#include <stdint.h>

enum dns_type {
    DNS_A = 1,
    DNS_NS = 2,
    DNS_CNAME = 5,
    DNS_SOA = 6,
    DNS_AAAA = 28,
    DNS_SRV = 33,
    DNS_NAPTR = 35,
    DNS_OPT = 41,
    DNS_ANY = 255
};

enum dns_class { DNS_CLASS_IN = 1, DNS_CLASS_ANY = 255 };

enum dns_rcode {
    DNS_RCODE_OK = 0,
    DNS_RCODE_FORMERR = 1,
    DNS_RCODE_SERVFAIL = 2,
    DNS_RCODE_NXDOMAIN = 3,
    DNS_RCODE_NOTIMP = 4,
    DNS_RCODE_REFUSED = 5,
    DNS_RCODE_BADVERS = 16 /* RFC 6891 6.1.3: its upper bits stand in the OPT record */
};

#define DNS_HEADER_LENGTH 12
#define DNS_FIXED_LENGTH 10   /* of a record, between its owner and its rdata */
#define DNS_OPT_LENGTH 11     /* of an OPT record without options */
#define DNS_EDNS_OFFERED 1232 /* the size that our OPT record says that we take */

/* The longest that dns_rdata_from_words makes is a NAPTR: two numbers, three texts, a name. */
#define DNS_RDATA_MAX (4 + 3 * 256 + DNS_NAME_MAX)

struct dns_record {
    struct dns_name owner;
    uint32_t ttl;
    unsigned type;
    unsigned char rdata[DNS_RDATA_MAX]; /* names not compressed */
    size_t rdata_length;
    int has_target;   /* it leads to another name: CNAME, NS, SRV, NAPTR */
    size_t target_at; /* where in rdata that name stands; it ends there too */
};

/* The types that a zone can hold, in upper or lower case; 0 for others. */
unsigned dns_type_from_text(const char *text);

/* NULL for a type that no zone holds. */
const char *dns_type_to_text(unsigned type);

/* Fills in rdata for `to->type`. Names without a last dot belong to `origin`; NULL is the root.
 * Returns 0, or -1 when the words do not fit the type. */
int dns_rdata_from_words(struct dns_record *to, char *const *words, size_t count,
                         const struct dns_name *origin);

/* The name a record with has_target leads to. */
void dns_record_target(const struct dns_record *of, struct dns_name *out);

/* What stands between owner and rdata. The TTL is given: a negative answer has its own. */
void dns_store_fixed(unsigned char out[DNS_FIXED_LENGTH], const struct dns_record *from, uint32_t ttl);

/* Our OPT record. */
void dns_store_opt(unsigned char out[DNS_OPT_LENGTH], unsigned rcode, int dnssec_ok);

void dns_store_u16(unsigned char *at, unsigned value);
unsigned dns_load_u16(const unsigned char *at);

#endif
