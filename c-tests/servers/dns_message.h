/* DNS messages of the responder: reading a query, building its answer within the size it allows. */
#ifndef SIPFAILOVER_TEST_DNS_MESSAGE_H
#define SIPFAILOVER_TEST_DNS_MESSAGE_H

#include "dns_record.h"

#define ANSWER_MAX 65535     /* what the length before a message over TCP can say */
#define ANSWER_UDP_MAX 4096 /* the most we send in a datagram, whatever the client offers */

/* What an OPT record in the query said; RFC 6891 6.1. */
struct edns {
    int present;
    unsigned udp_size;
    unsigned version;
    int dnssec_ok;
};

struct query {
    const unsigned char *data;
    struct dns_name name;
    unsigned type;
    unsigned class;
    size_t end; /* of the question */
    struct edns edns;
};

/* Reads the question and the records behind it; the caller has looked at the header. Returns -1 when
 * they do not add up. `data` must stay valid. */
int query_read(struct query *query, const unsigned char *data, size_t length);

enum section { SECTION_ANSWER, SECTION_AUTHORITY, SECTION_ADDITIONAL };

struct answer {
    unsigned char data[ANSWER_MAX];
    size_t length;
    size_t limit;
    int overflow;
    unsigned counts[3]; /* by section */
    const struct query *query;
};

enum transport { OVER_UDP, OVER_TCP };

/* The question, so far without a header. */
void answer_start(struct answer *answer, const struct query *query, enum transport transport);

void answer_add(struct answer *answer, const struct dns_record *r, uint32_t ttl,
                enum section section);

/* Takes all records out again, for an answer that was too long. */
void answer_truncate(struct answer *answer);

/* Adds the OPT record, when the query had one, and the header. */
void answer_finish(struct answer *answer, unsigned rcode, int truncated);

/* An answer to what cannot be read further than its header, of which there must be all. */
void answer_error(struct answer *answer, const unsigned char *data, unsigned rcode);

#endif
