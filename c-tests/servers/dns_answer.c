#include "dns_answer.h"

#include <stdio.h>
#include <string.h>

#define CHAIN_MAX 8       /* CNAMEs followed in one answer */
#define ADDITIONAL_MAX 32 /* additional records in one answer */

/* Adds what the records in `given` point at: SRV sets behind NAPTR, addresses behind SRV and NS. */
static void add_additional(struct answer *answer, const struct zone *zone,
                           const struct dns_record **given, size_t given_count)
{
    const struct dns_record *wanted[ADDITIONAL_MAX];
    size_t count = 0, i, j, k;

    /* `wanted` also serves as the list of what is still to be followed. */
    for (i = 0; i < given_count + count; i++) {
        const struct dns_record *r = i < given_count ? given[i] : wanted[i - given_count];
        struct dns_name target;

        /* Who asks for a CNAME itself does not want to follow it. */
        if (!r->has_target || r->type == DNS_CNAME)
            continue;
        dns_record_target(r, &target);
        for (j = 0; j < zone->count; j++) {
            const struct dns_record *found = &zone->records[j];
            int known = 0;

            if (found->type != DNS_A && found->type != DNS_AAAA && found->type != DNS_SRV)
                continue;
            if (!dns_name_equal(&found->owner, &target))
                continue;
            for (k = 0; k < count; k++)
                known |= wanted[k] == found;
            if (!known && count < ADDITIONAL_MAX)
                wanted[count++] = found;
        }
    }
    for (i = 0; i < count; i++)
        answer_add(answer, wanted[i], wanted[i]->ttl, SECTION_ADDITIONAL);
}

/* Negative answers live as long as the smaller of the SOA's TTL and its last field (RFC 2308 3 and
 * 5). */
static void add_negative(struct answer *answer, const struct dns_record *soa)
{
    const unsigned char *last = soa->rdata + soa->rdata_length - 4;
    uint32_t minimum = (uint32_t)dns_load_u16(last) << 16 | dns_load_u16(last + 2);

    answer_add(answer, soa, soa->ttl < minimum ? soa->ttl : minimum, SECTION_AUTHORITY);
}

/* Fills the sections for the question. Returns the response code. */
static unsigned look_up(struct answer *answer, const struct zone *zone, int additional)
{
    const struct dns_record *soa = zone_soa(zone);
    const struct dns_record *given[ZONE_RECORDS_MAX];
    size_t given_count = 0, i;
    struct dns_name name = answer->query->name;
    unsigned type = answer->query->type;
    int hops;

    if (soa != NULL && !dns_name_within(&name, &soa->owner))
        return DNS_RCODE_REFUSED;

    for (hops = 0; hops <= CHAIN_MAX; hops++) {
        const struct dns_record *cname = zone_cname(zone, &name);

        for (i = 0; i < zone->count; i++) {
            const struct dns_record *r = &zone->records[i];

            if (!dns_name_equal(&r->owner, &name) || (type != DNS_ANY && r->type != type))
                continue;
            answer_add(answer, r, r->ttl, SECTION_ANSWER);
            given[given_count++] = r;
        }
        if (given_count > 0 || cname == NULL)
            break;
        answer_add(answer, cname, cname->ttl, SECTION_ANSWER);
        dns_record_target(cname, &name);
        /* Out of our zone: the client must ask somebody else about the rest. */
        if (soa != NULL && !dns_name_within(&name, &soa->owner))
            return DNS_RCODE_OK;
    }

    if (given_count > 0) {
        if (additional)
            add_additional(answer, zone, given, given_count);
        return DNS_RCODE_OK;
    }
    if (soa != NULL)
        add_negative(answer, soa);
    return zone_has_name(zone, &name) ? DNS_RCODE_OK : DNS_RCODE_NXDOMAIN;
}

/* Called before the OPT record is counted among the additional ones. */
static void describe(const struct answer *answer, unsigned rcode, int truncated,
                     char log[ANSWER_LOG_MAX])
{
    const struct query *query = answer->query;
    const char *known = query->type == DNS_ANY ? "ANY" : dns_type_to_text(query->type);
    unsigned answers = answer->counts[SECTION_ANSWER];
    char name[DNS_NAME_TEXT_MAX], number[16];

    dns_name_to_text(&query->name, name);
    snprintf(number, sizeof number, "TYPE%u", query->type);
    snprintf(log, ANSWER_LOG_MAX, "%s %s.: %s, %u answer%s%s%s", known != NULL ? known : number, name,
             rcode == DNS_RCODE_NXDOMAIN  ? "no such name"
             : rcode == DNS_RCODE_REFUSED ? "refused"
             : rcode != DNS_RCODE_OK      ? "bad EDNS version"
             : truncated                  ? "truncated"
             : answers == 0               ? "no data"
                                          : "ok",
             answers, answers == 1 ? "" : "s",
             answer->counts[SECTION_ADDITIONAL] ? ", additional" : "",
             query->edns.present ? ", EDNS" : "");
}

static void answer_query(struct answer *answer, const struct service *service,
                         enum transport transport, const struct query *query,
                         char log[ANSWER_LOG_MAX])
{
    unsigned rcode;
    int truncated;

    answer_start(answer, query, transport);
    if (query->edns.present && query->edns.version != 0)
        rcode = DNS_RCODE_BADVERS;
    else if (query->class != DNS_CLASS_IN && query->class != DNS_CLASS_ANY)
        rcode = DNS_RCODE_REFUSED;
    else
        rcode = look_up(answer, &service->zone, service->additional);

    truncated = answer->overflow
                || (service->truncate && transport == OVER_UDP && answer->counts[SECTION_ANSWER] > 0);
    if (truncated)
        answer_truncate(answer);
    describe(answer, rcode, truncated, log);
    answer_finish(answer, rcode, truncated);
}

void answer_message(struct answer *answer, const struct service *service, enum transport transport,
                    const unsigned char *data, size_t length, char log[ANSWER_LOG_MAX])
{
    struct query query;

    answer->length = 0;
    if (length < DNS_HEADER_LENGTH) {
        snprintf(log, ANSWER_LOG_MAX, "ignored: %lu bytes are no DNS message", (unsigned long)length);
    } else if (data[2] & 0x80) {
        /* Answering an answer would make two servers talk for ever. */
        snprintf(log, ANSWER_LOG_MAX, "ignored: an answer");
    } else if ((data[2] >> 3 & 0x0f) != 0) {
        snprintf(log, ANSWER_LOG_MAX, "opcode %d: not implemented", data[2] >> 3 & 0x0f);
        answer_error(answer, data, DNS_RCODE_NOTIMP);
    } else if (query_read(&query, data, length) != 0) {
        snprintf(log, ANSWER_LOG_MAX, "malformed query: format error");
        answer_error(answer, data, DNS_RCODE_FORMERR);
    } else {
        answer_query(answer, service, transport, &query, log);
    }
}
