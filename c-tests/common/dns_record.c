#include "dns_record.h"

#include "number.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

/* ---- types ------------------------------------------------------------------------------ */

static const struct {
    const char *text;
    unsigned type;
} TYPE_NAMES[] = {
    { "A", DNS_A },     { "AAAA", DNS_AAAA }, { "CNAME", DNS_CNAME }, { "NAPTR", DNS_NAPTR },
    { "NS", DNS_NS },   { "SOA", DNS_SOA },   { "SRV", DNS_SRV },
};

unsigned dns_type_from_text(const char *text)
{
    size_t i;

    for (i = 0; i < sizeof TYPE_NAMES / sizeof TYPE_NAMES[0]; i++)
        if (strcasecmp(TYPE_NAMES[i].text, text) == 0)
            return TYPE_NAMES[i].type;
    return 0;
}

const char *dns_type_to_text(unsigned type)
{
    size_t i;

    for (i = 0; i < sizeof TYPE_NAMES / sizeof TYPE_NAMES[0]; i++)
        if (TYPE_NAMES[i].type == type)
            return TYPE_NAMES[i].text;
    return NULL;
}

/* ---- rdata from words ------------------------------------------------------------------- */

/* No step checks for room: DNS_RDATA_MAX is the sum of the longest steps. */

static int add_numbers(struct dns_record *to, char *const *words, size_t count)
{
    for (; count > 0; count--, words++) {
        uint32_t value;

        if (parse_number(*words, 65535, &value) != 0)
            return -1;
        dns_store_u16(to->rdata + to->rdata_length, value);
        to->rdata_length += 2;
    }
    return 0;
}

static int add_long_numbers(struct dns_record *to, char *const *words, size_t count)
{
    for (; count > 0; count--, words++) {
        uint32_t value;

        if (parse_number(*words, UINT32_MAX, &value) != 0)
            return -1;
        dns_store_u16(to->rdata + to->rdata_length, value >> 16);
        dns_store_u16(to->rdata + to->rdata_length + 2, value & 0xffff);
        to->rdata_length += 4;
    }
    return 0;
}

static int add_texts(struct dns_record *to, char *const *words, size_t count)
{
    for (; count > 0; count--, words++) {
        size_t length = strlen(*words);

        if (length > 255)
            return -1;
        to->rdata[to->rdata_length++] = (unsigned char)length;
        memcpy(to->rdata + to->rdata_length, *words, length);
        to->rdata_length += length;
    }
    return 0;
}

static int add_name(struct dns_record *to, const char *text, const struct dns_name *origin)
{
    struct dns_name name;

    if (dns_name_from_text(text, origin, &name) != 0)
        return -1;
    memcpy(to->rdata + to->rdata_length, name.wire, name.length);
    to->rdata_length += name.length;
    return 0;
}

static int add_target(struct dns_record *to, const char *text, const struct dns_name *origin)
{
    to->target_at = to->rdata_length;
    to->has_target = 1;
    return add_name(to, text, origin);
}

int dns_rdata_from_words(struct dns_record *to, char *const *words, size_t count,
                         const struct dns_name *origin)
{
    to->rdata_length = 0;
    to->has_target = 0;
    switch (to->type) {
    case DNS_A:
        to->rdata_length = 4;
        return count == 1 && inet_pton(AF_INET, words[0], to->rdata) == 1 ? 0 : -1;
    case DNS_AAAA:
        to->rdata_length = 16;
        return count == 1 && inet_pton(AF_INET6, words[0], to->rdata) == 1 ? 0 : -1;
    case DNS_CNAME:
    case DNS_NS:
        return count == 1 ? add_target(to, words[0], origin) : -1;
    case DNS_SRV:
        if (count != 4 || add_numbers(to, words, 3) != 0)
            return -1;
        return add_target(to, words[3], origin);
    case DNS_NAPTR:
        if (count != 6 || add_numbers(to, words, 2) != 0 || add_texts(to, words + 2, 3) != 0)
            return -1;
        return add_target(to, words[5], origin);
    case DNS_SOA:
        if (count != 7 || add_name(to, words[0], origin) != 0 || add_name(to, words[1], origin) != 0)
            return -1;
        return add_long_numbers(to, words + 2, 5);
    default:
        return -1;
    }
}

void dns_record_target(const struct dns_record *of, struct dns_name *out)
{
    out->length = of->rdata_length - of->target_at;
    memcpy(out->wire, of->rdata + of->target_at, out->length);
}

/* ---- wire ------------------------------------------------------------------------------- */

void dns_store_u16(unsigned char *at, unsigned value)
{
    at[0] = (unsigned char)(value >> 8);
    at[1] = (unsigned char)value;
}

unsigned dns_load_u16(const unsigned char *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

void dns_store_fixed(unsigned char out[DNS_FIXED_LENGTH], const struct dns_record *from, uint32_t ttl)
{
    dns_store_u16(out, from->type);
    dns_store_u16(out + 2, DNS_CLASS_IN);
    dns_store_u16(out + 4, ttl >> 16);
    dns_store_u16(out + 6, ttl & 0xffff);
    dns_store_u16(out + 8, (unsigned)from->rdata_length);
}

void dns_store_opt(unsigned char out[DNS_OPT_LENGTH], unsigned rcode, int dnssec_ok)
{
    /* Root name, type, UDP size, upper bits of the code, version 0, flags, no options. */
    memset(out, 0, DNS_OPT_LENGTH);
    dns_store_u16(out + 1, DNS_OPT);
    dns_store_u16(out + 3, DNS_EDNS_OFFERED);
    out[5] = (unsigned char)(rcode >> 4);
    out[7] = dnssec_ok ? 0x80 : 0;
}
