#include "dns_message.h"

#include <string.h>

#define PLAIN_UDP_MAX 512 /* answer without EDNS, RFC 1035 4.2.1 */

/* ---- the query -------------------------------------------------------------------------- */

/* Over a name that may be compressed. Never follows the pointer, so it always ends. */
static int skip_name(const unsigned char *data, size_t length, size_t *at)
{
    for (;;) {
        size_t label;

        if (*at >= length)
            return -1;
        label = data[*at];
        if (label >= 0xc0) {
            *at += 2;
            return *at <= length ? 0 : -1;
        }
        if (label > DNS_LABEL_MAX)
            return -1;
        *at += 1 + label;
        if (label == 0)
            return *at <= length ? 0 : -1;
    }
}

/* Reads over the records behind the question. Returns -1 when they do not add up. */
static int read_edns(const unsigned char *data, size_t length, size_t at, struct edns *edns)
{
    unsigned left = dns_load_u16(data + 6) + dns_load_u16(data + 8) + dns_load_u16(data + 10);

    memset(edns, 0, sizeof *edns);
    while (left-- > 0) {
        size_t rdata_length;

        if (skip_name(data, length, &at) != 0 || length - at < DNS_FIXED_LENGTH)
            return -1;
        if (dns_load_u16(data + at) == DNS_OPT) {
            if (edns->present)
                return -1;
            edns->present = 1;
            edns->udp_size = dns_load_u16(data + at + 2);
            edns->version = data[at + 5];
            edns->dnssec_ok = data[at + 6] >> 7;
        }
        rdata_length = dns_load_u16(data + at + 8);
        at += DNS_FIXED_LENGTH;
        if (length - at < rdata_length)
            return -1;
        at += rdata_length;
    }
    return 0;
}

int query_read(struct query *query, const unsigned char *data, size_t length)
{
    size_t at = DNS_HEADER_LENGTH;

    if (dns_load_u16(data + 4) != 1 || dns_name_from_wire(data, length, &at, &query->name) != 0
        || length - at < 4 || read_edns(data, length, at + 4, &query->edns) != 0)
        return -1;
    query->data = data;
    query->type = dns_load_u16(data + at);
    query->class = dns_load_u16(data + at + 2);
    query->end = at + 4;
    return 0;
}

/* ---- the answer ------------------------------------------------------------------------- */

void answer_start(struct answer *answer, const struct query *query, enum transport transport)
{
    memset(answer, 0, sizeof *answer);
    answer->query = query;
    /* Byte for byte, so that a client that mixes upper and lower case gets its own question back. */
    memcpy(answer->data + DNS_HEADER_LENGTH, query->data + DNS_HEADER_LENGTH,
           query->end - DNS_HEADER_LENGTH);
    answer->length = query->end;
    dns_store_u16(answer->data + 4, 1);

    answer->limit = PLAIN_UDP_MAX;
    if (query->edns.present && query->edns.udp_size > answer->limit)
        answer->limit = query->edns.udp_size;
    if (answer->limit > ANSWER_UDP_MAX)
        answer->limit = ANSWER_UDP_MAX;
    if (transport == OVER_TCP)
        answer->limit = ANSWER_MAX;
    if (query->edns.present)
        answer->limit -= DNS_OPT_LENGTH;
}

void answer_add(struct answer *answer, const struct dns_record *r, uint32_t ttl,
                enum section section)
{
    /* The one compression that matters: owner equal to the question, which stands at byte 12. */
    int pointer = dns_name_equal(&r->owner, &answer->query->name);
    size_t needed = (pointer ? 2 : r->owner.length) + DNS_FIXED_LENGTH + r->rdata_length;
    unsigned char *at = answer->data + answer->length;

    if (answer->length + needed > answer->limit) {
        /* Additional records are a courtesy; leaving them out is no truncation (RFC 2181 9). */
        if (section != SECTION_ADDITIONAL)
            answer->overflow = 1;
        return;
    }
    if (pointer) {
        dns_store_u16(at, 0xc000 | DNS_HEADER_LENGTH);
        at += 2;
    } else {
        memcpy(at, r->owner.wire, r->owner.length);
        at += r->owner.length;
    }
    dns_store_fixed(at, r, ttl);
    memcpy(at + DNS_FIXED_LENGTH, r->rdata, r->rdata_length);
    answer->length += needed;
    answer->counts[section]++;
}

void answer_truncate(struct answer *answer)
{
    answer->length = answer->query->end;
    memset(answer->counts, 0, sizeof answer->counts);
}

static void put_header(struct answer *answer, const unsigned char *query, unsigned rcode, int aa,
                       int tc)
{
    /* Id, opcode and RD come from the query. */
    memcpy(answer->data, query, 2);
    answer->data[2] = (unsigned char)(0x80 | (query[2] & 0x79) | (aa ? 0x04 : 0) | (tc ? 0x02 : 0));
    answer->data[3] = (unsigned char)(rcode & 0x0f);
    dns_store_u16(answer->data + 6, answer->counts[SECTION_ANSWER]);
    dns_store_u16(answer->data + 8, answer->counts[SECTION_AUTHORITY]);
    dns_store_u16(answer->data + 10, answer->counts[SECTION_ADDITIONAL]);
}

void answer_finish(struct answer *answer, unsigned rcode, int truncated)
{
    const struct query *query = answer->query;

    if (query->edns.present) {
        dns_store_opt(answer->data + answer->length, rcode, query->edns.dnssec_ok);
        answer->length += DNS_OPT_LENGTH;
        answer->counts[SECTION_ADDITIONAL]++;
    }
    put_header(answer, query->data, rcode, rcode == DNS_RCODE_OK || rcode == DNS_RCODE_NXDOMAIN,
               truncated);
}

void answer_error(struct answer *answer, const unsigned char *data, unsigned rcode)
{
    memset(answer, 0, sizeof *answer);
    answer->length = DNS_HEADER_LENGTH;
    put_header(answer, data, rcode, 0, 0);
}
