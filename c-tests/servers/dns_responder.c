/*
 * A small authoritative DNS server for tests: UDP, IPv4 loopback, one zone file read at the start.
 *
 *   dns_responder --listen 127.0.0.1:5353 --zone FILE [--additional] [--name NAME]
 *                 [--pid-file FILE] [--max-seconds 120]
 *
 * Zone file: one record a line, `name ttl TYPE rdata`, absolute names with or without the last dot,
 * types A AAAA CNAME SRV NAPTR SOA NS, comments after `;`. No $ORIGIN, no wildcards, no DNSSEC.
 * With a SOA record, names outside its zone are refused and negative answers carry the SOA.
 *
 * SIGUSR1 switches silence on and off. Each query is one line on stdout.
 */
#include "common.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    TYPE_A = 1,
    TYPE_NS = 2,
    TYPE_CNAME = 5,
    TYPE_SOA = 6,
    TYPE_AAAA = 28,
    TYPE_SRV = 33,
    TYPE_NAPTR = 35,
    TYPE_OPT = 41,
    TYPE_ANY = 255
};

enum { RCODE_OK = 0, RCODE_FORMERR = 1, RCODE_NXDOMAIN = 3, RCODE_NOTIMP = 4, RCODE_REFUSED = 5 };

enum { CLASS_IN = 1, CLASS_ANY = 255 };

#define NAME_WIRE_MAX 255 /* RFC 1035 2.3.4 */
#define LABEL_MAX 63
#define RECORDS_MAX 512
#define RDATA_MAX 1024
#define TOKENS_MAX 16
#define CHAIN_MAX 8           /* CNAMEs followed in one answer */
#define ADDITIONAL_MAX 32     /* additional records in one answer */
#define PLAIN_UDP_MAX 512     /* answer without EDNS, RFC 1035 4.2.1 */
#define EDNS_UDP_MAX 4096     /* the most we send, whatever the client offers */
#define EDNS_UDP_OFFERED 1232 /* what we say that we take */

struct name {
    unsigned char wire[NAME_WIRE_MAX];
    size_t length;
};

struct record {
    struct name owner;
    uint32_t ttl;
    unsigned type;
    unsigned char rdata[RDATA_MAX];
    size_t rdata_length;
    size_t target_at; /* where in rdata a name worth an additional record stands; 0 = at its start */
    int has_target;
};

static struct record *records;
static size_t record_count;

/* ---- names ------------------------------------------------------------------------------ */

/* Text to wire, lower case left as written. Escapes (\.) are not taken: test zones need none. */
static int name_from_text(const char *text, struct name *out)
{
    const char *at = text;

    out->length = 0;
    if (strcmp(text, ".") == 0)
        at = "";
    while (*at != '\0') {
        size_t label = strcspn(at, ".");
        if (label == 0 || label > LABEL_MAX || out->length + 1 + label + 1 > NAME_WIRE_MAX)
            return -1;
        out->wire[out->length++] = (unsigned char)label;
        memcpy(out->wire + out->length, at, label);
        out->length += label;
        at += label;
        if (*at == '.')
            at++;
    }
    out->wire[out->length++] = 0;
    return 0;
}

/* For the log. What is not printable becomes `?`: the text goes to a terminal. */
static void name_to_text(const struct name *name, char *out, size_t size)
{
    size_t at = 0, used = 0;

    while (at < name->length && name->wire[at] != 0) {
        size_t label = name->wire[at++];
        while (label-- > 0 && at < name->length && used + 3 < size) {
            unsigned char c = name->wire[at++];
            out[used++] = (c > ' ' && c < 127) ? (char)c : '?';
        }
        if (used + 3 >= size)
            break;
        out[used++] = '.';
    }
    if (used == 0)
        out[used++] = '.';
    out[used] = '\0';
}

/* Lengths bytes are below 64 and so never touched by tolower: the wire form compares as a whole. */
static int wire_equal(const unsigned char *a, const unsigned char *b, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++)
        if (tolower(a[i]) != tolower(b[i]))
            return 0;
    return 1;
}

static int name_equal(const struct name *a, const struct name *b)
{
    return a->length == b->length && wire_equal(a->wire, b->wire, a->length);
}

/* Equal to `top`, or under it. */
static int name_within(const struct name *name, const struct name *top)
{
    size_t at = 0;

    while (name->length - at > top->length)
        at += 1 + (size_t)name->wire[at];
    return name->length - at == top->length && wire_equal(name->wire + at, top->wire, top->length);
}

/* A question's name. Compression has nothing to point to in a question: a pointer is malformed. */
static int name_from_wire(const unsigned char *data, size_t length, size_t *at, struct name *out)
{
    out->length = 0;
    for (;;) {
        size_t label;

        if (*at >= length)
            return -1;
        label = data[*at];
        if (label > LABEL_MAX || *at + 1 + label > length
            || out->length + 1 + label > NAME_WIRE_MAX)
            return -1;
        memcpy(out->wire + out->length, data + *at, 1 + label);
        out->length += 1 + label;
        *at += 1 + label;
        if (label == 0)
            return 0;
    }
}

/* Over a name that may be compressed. Never follows the pointer, so it always ends. */
static int name_skip(const unsigned char *data, size_t length, size_t *at)
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
        if (label > LABEL_MAX)
            return -1;
        *at += 1 + label;
        if (label == 0)
            return *at <= length ? 0 : -1;
    }
}

/* ---- types ------------------------------------------------------------------------------ */

static const struct {
    const char *text;
    unsigned type;
} TYPE_NAMES[] = {
    { "A", TYPE_A },     { "NS", TYPE_NS },   { "CNAME", TYPE_CNAME }, { "SOA", TYPE_SOA },
    { "AAAA", TYPE_AAAA }, { "SRV", TYPE_SRV }, { "NAPTR", TYPE_NAPTR }, { "ANY", TYPE_ANY },
};

static unsigned type_from_text(const char *text)
{
    size_t i;

    for (i = 0; i < sizeof TYPE_NAMES / sizeof TYPE_NAMES[0]; i++)
        if (strcasecmp(TYPE_NAMES[i].text, text) == 0)
            return TYPE_NAMES[i].type;
    return 0;
}

static void type_to_text(unsigned type, char *out, size_t size)
{
    size_t i;

    for (i = 0; i < sizeof TYPE_NAMES / sizeof TYPE_NAMES[0]; i++) {
        if (TYPE_NAMES[i].type == type) {
            snprintf(out, size, "%s", TYPE_NAMES[i].text);
            return;
        }
    }
    snprintf(out, size, "TYPE%u", type);
}

/* ---- the zone file ---------------------------------------------------------------------- */

/* Splits a line in place at blanks; "quoted texts" are one token; `;` ends the line. */
static int split_line(char *line, char **tokens)
{
    int count = 0;
    char *at = line;

    for (;;) {
        while (isspace((unsigned char)*at))
            at++;
        if (*at == '\0' || *at == ';')
            return count;
        if (count == TOKENS_MAX)
            return -1;
        if (*at == '"') {
            tokens[count++] = ++at;
            at = strchr(at, '"');
            if (at == NULL)
                return -1;
            *at++ = '\0';
        } else {
            char end;
            tokens[count++] = at;
            at += strcspn(at, " \t\r\n;");
            end = *at;
            *at = '\0';
            if (end == ';' || end == '\0')
                return count;
            at++;
        }
    }
}

static int put_u16(struct record *r, const char *text)
{
    long value;

    if (parse_number(text, 0, 65535, &value) != 0)
        return -1;
    r->rdata[r->rdata_length++] = (unsigned char)(value >> 8);
    r->rdata[r->rdata_length++] = (unsigned char)value;
    return 0;
}

static int put_u32(struct record *r, const char *text)
{
    char *end;
    unsigned long value;

    errno = 0;
    value = strtoul(text, &end, 10);
    if (errno != 0 || *end != '\0' || !isdigit((unsigned char)*text) || value > 0xffffffffUL)
        return -1;
    r->rdata[r->rdata_length++] = (unsigned char)(value >> 24);
    r->rdata[r->rdata_length++] = (unsigned char)(value >> 16);
    r->rdata[r->rdata_length++] = (unsigned char)(value >> 8);
    r->rdata[r->rdata_length++] = (unsigned char)value;
    return 0;
}

static int put_text(struct record *r, const char *text)
{
    size_t length = strlen(text);

    /* The largest rdata we build is a NAPTR: 4 + 3 texts of 256 + a name of 255, below RDATA_MAX. */
    if (length > 255)
        return -1;
    r->rdata[r->rdata_length++] = (unsigned char)length;
    memcpy(r->rdata + r->rdata_length, text, length);
    r->rdata_length += length;
    return 0;
}

static int put_name(struct record *r, const char *text)
{
    struct name name;

    if (name_from_text(text, &name) != 0)
        return -1;
    memcpy(r->rdata + r->rdata_length, name.wire, name.length);
    r->rdata_length += name.length;
    return 0;
}

static int put_target(struct record *r, const char *text)
{
    r->target_at = r->rdata_length;
    r->has_target = 1;
    return put_name(r, text);
}

static int fill_rdata(struct record *r, char **rdata, int count)
{
    int i;

    switch (r->type) {
    case TYPE_A:
        r->rdata_length = 4;
        return count == 1 && inet_pton(AF_INET, rdata[0], r->rdata) == 1 ? 0 : -1;
    case TYPE_AAAA:
        r->rdata_length = 16;
        return count == 1 && inet_pton(AF_INET6, rdata[0], r->rdata) == 1 ? 0 : -1;
    case TYPE_CNAME:
        return count == 1 ? put_name(r, rdata[0]) : -1;
    case TYPE_NS:
        return count == 1 ? put_target(r, rdata[0]) : -1;
    case TYPE_SRV:
        if (count != 4 || put_u16(r, rdata[0]) != 0 || put_u16(r, rdata[1]) != 0
            || put_u16(r, rdata[2]) != 0)
            return -1;
        return put_target(r, rdata[3]);
    case TYPE_NAPTR:
        if (count != 6 || put_u16(r, rdata[0]) != 0 || put_u16(r, rdata[1]) != 0
            || put_text(r, rdata[2]) != 0 || put_text(r, rdata[3]) != 0
            || put_text(r, rdata[4]) != 0)
            return -1;
        return put_target(r, rdata[5]);
    case TYPE_SOA:
        if (count != 7 || put_name(r, rdata[0]) != 0 || put_name(r, rdata[1]) != 0)
            return -1;
        for (i = 2; i < 7; i++)
            if (put_u32(r, rdata[i]) != 0)
                return -1;
        return 0;
    default:
        return -1;
    }
}

static void read_zone(const char *path)
{
    char line[2048];
    char *tokens[TOKENS_MAX];
    unsigned number = 0;
    FILE *file = fopen(path, "r");

    if (file == NULL)
        die("cannot read %s: %s", path, strerror(errno));
    records = calloc(RECORDS_MAX, sizeof *records);
    if (records == NULL)
        die("no memory");

    while (fgets(line, sizeof line, file) != NULL) {
        struct record *r;
        long ttl;
        int first = 2, count;

        number++;
        if (strchr(line, '\n') == NULL && !feof(file))
            die("%s:%u: line too long", path, number);
        count = split_line(line, tokens);
        if (count == 0)
            continue;
        if (record_count == RECORDS_MAX)
            die("%s:%u: more than %d records", path, number, RECORDS_MAX);
        r = &records[record_count];
        /* The class may be written out, as in other servers' zone files. */
        if (count > 2 && strcasecmp(tokens[2], "IN") == 0)
            first = 3;
        if (count < first + 2 || name_from_text(tokens[0], &r->owner) != 0
            || parse_number(tokens[1], 0, 0x7fffffff, &ttl) != 0)
            die("%s:%u: expected 'name ttl TYPE rdata'", path, number);
        r->ttl = (uint32_t)ttl;
        r->type = type_from_text(tokens[first]);
        if (fill_rdata(r, tokens + first + 1, count - first - 1) != 0)
            die("%s:%u: bad type or rdata", path, number);
        record_count++;
    }
    fclose(file);
}

/* ---- looking up ------------------------------------------------------------------------- */

static const struct record *find_soa(void)
{
    size_t i;

    for (i = 0; i < record_count; i++)
        if (records[i].type == TYPE_SOA)
            return &records[i];
    return NULL;
}

/* A name exists when it has a record, or when a name under it has one (RFC 8020): a query for
 * `_udp.demo.example` is NODATA as long as `_sip._udp.demo.example` is there. */
static int name_exists(const struct name *name)
{
    size_t i;

    for (i = 0; i < record_count; i++)
        if (name_within(&records[i].owner, name))
            return 1;
    return 0;
}

static const struct record *find_cname(const struct name *name)
{
    size_t i;

    for (i = 0; i < record_count; i++)
        if (records[i].type == TYPE_CNAME && name_equal(&records[i].owner, name))
            return &records[i];
    return NULL;
}

static void rdata_name(const struct record *r, struct name *out)
{
    /* Written by put_name as the last thing in rdata (CNAME, NS, SRV, NAPTR). */
    out->length = r->rdata_length - r->target_at;
    memcpy(out->wire, r->rdata + r->target_at, out->length);
}

/* ---- answers ---------------------------------------------------------------------------- */

struct answer {
    unsigned char data[EDNS_UDP_MAX];
    size_t length;
    size_t limit;
    int overflow;
    unsigned counts[3]; /* answer, authority, additional */
    struct name question;
};

enum section { SECTION_ANSWER, SECTION_AUTHORITY, SECTION_ADDITIONAL };

static void store_u16(unsigned char *at, unsigned value)
{
    at[0] = (unsigned char)(value >> 8);
    at[1] = (unsigned char)value;
}

static unsigned load_u16(const unsigned char *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static void add_record(struct answer *answer, const struct record *r, uint32_t ttl,
                       enum section section)
{
    /* The one compression that matters: owner equal to the question, which stands at byte 12. */
    int pointer = name_equal(&r->owner, &answer->question);
    size_t needed = (pointer ? 2 : r->owner.length) + 10 + r->rdata_length;
    unsigned char *at = answer->data + answer->length;

    if (answer->length + needed > answer->limit) {
        /* Additional records are a courtesy; leaving them out is no truncation (RFC 2181 9). */
        if (section != SECTION_ADDITIONAL)
            answer->overflow = 1;
        return;
    }
    if (pointer) {
        store_u16(at, 0xc00c);
        at += 2;
    } else {
        memcpy(at, r->owner.wire, r->owner.length);
        at += r->owner.length;
    }
    store_u16(at, r->type);
    store_u16(at + 2, CLASS_IN);
    store_u16(at + 4, ttl >> 16);
    store_u16(at + 6, ttl & 0xffff);
    store_u16(at + 8, (unsigned)r->rdata_length);
    memcpy(at + 10, r->rdata, r->rdata_length);
    answer->length += needed;
    answer->counts[section]++;
}

/* Adds what the records in `given` point at: SRV sets behind NAPTR, addresses behind SRV and NS. */
static void add_additional(struct answer *answer, const struct record **given, size_t given_count)
{
    const struct record *wanted[ADDITIONAL_MAX];
    size_t count = 0, i, j, k;

    /* `wanted` also serves as the list of what is still to be followed. */
    for (i = 0; i < given_count + count; i++) {
        const struct record *r = i < given_count ? given[i] : wanted[i - given_count];
        struct name target;

        if (!r->has_target)
            continue;
        rdata_name(r, &target);
        for (j = 0; j < record_count; j++) {
            const struct record *found = &records[j];
            int known = 0;

            if (found->type != TYPE_A && found->type != TYPE_AAAA && found->type != TYPE_SRV)
                continue;
            if (!name_equal(&found->owner, &target))
                continue;
            for (k = 0; k < count; k++)
                known |= wanted[k] == found;
            if (!known && count < ADDITIONAL_MAX)
                wanted[count++] = found;
        }
    }
    for (i = 0; i < count; i++)
        add_record(answer, wanted[i], wanted[i]->ttl, SECTION_ADDITIONAL);
}

/* Fills the sections for a question. Returns the response code. */
static unsigned look_up(struct answer *answer, unsigned type, int additional)
{
    const struct record *soa = find_soa();
    const struct record *given[RECORDS_MAX];
    size_t given_count = 0, i;
    struct name name = answer->question;
    int hops, found = 0;
    unsigned rcode = RCODE_OK;

    if (soa != NULL && !name_within(&name, &soa->owner))
        return RCODE_REFUSED;

    for (hops = 0; hops <= CHAIN_MAX; hops++) {
        const struct record *cname = find_cname(&name);

        for (i = 0; i < record_count; i++) {
            const struct record *r = &records[i];
            if (!name_equal(&r->owner, &name) || (type != TYPE_ANY && r->type != type))
                continue;
            add_record(answer, r, r->ttl, SECTION_ANSWER);
            given[given_count++] = r;
            found = 1;
        }
        if (found || cname == NULL)
            break;
        add_record(answer, cname, cname->ttl, SECTION_ANSWER);
        rdata_name(cname, &name);
        /* Out of our zone: the client must ask somebody else about the rest. */
        if (soa != NULL && !name_within(&name, &soa->owner))
            return RCODE_OK;
    }

    if (!found) {
        if (!name_exists(&name))
            rcode = RCODE_NXDOMAIN;
        if (soa != NULL) {
            /* Negative answers live as long as the smaller of the SOA's TTL and its last field
             * (RFC 2308 3 and 5). */
            const unsigned char *last = soa->rdata + soa->rdata_length - 4;
            uint32_t minimum = (uint32_t)load_u16(last) << 16 | load_u16(last + 2);
            add_record(answer, soa, soa->ttl < minimum ? soa->ttl : minimum, SECTION_AUTHORITY);
        }
    } else if (additional) {
        add_additional(answer, given, given_count);
    }
    return rcode;
}

/* What an OPT record in the query said; RFC 6891 6.1. */
struct edns {
    int present;
    unsigned udp_size;
    unsigned version;
    int dnssec_ok;
};

/* Reads over the records behind the question. Returns -1 when they do not add up. */
static int read_edns(const unsigned char *data, size_t length, size_t at, struct edns *edns)
{
    unsigned left = load_u16(data + 6) + load_u16(data + 8) + load_u16(data + 10);

    memset(edns, 0, sizeof *edns);
    while (left-- > 0) {
        size_t rdata_length;

        if (name_skip(data, length, &at) != 0 || length - at < 10)
            return -1;
        if (load_u16(data + at) == TYPE_OPT) {
            if (edns->present)
                return -1;
            edns->present = 1;
            edns->udp_size = load_u16(data + at + 2);
            edns->version = data[at + 5];
            edns->dnssec_ok = data[at + 6] >> 7;
        }
        rdata_length = load_u16(data + at + 8);
        at += 10;
        if (length - at < rdata_length)
            return -1;
        at += rdata_length;
    }
    return 0;
}

/* Our OPT record: root name, type, UDP size, extended code, version 0, flags, no options. */
static void put_opt(unsigned char *at, unsigned extended_rcode, int dnssec_ok)
{
    memset(at, 0, 11);
    store_u16(at + 1, TYPE_OPT);
    store_u16(at + 3, EDNS_UDP_OFFERED);
    at[5] = (unsigned char)extended_rcode;
    at[7] = dnssec_ok ? 0x80 : 0;
}

#define OPT_LENGTH 11

static void finish(struct answer *answer, const unsigned char *query, unsigned rcode, int aa, int tc)
{
    /* Id, opcode and RD come from the query. */
    memcpy(answer->data, query, 3);
    answer->data[2] = (unsigned char)(0x80 | (query[2] & 0x79) | (aa ? 0x04 : 0) | (tc ? 0x02 : 0));
    answer->data[3] = (unsigned char)(rcode & 0x0f);
    store_u16(answer->data + 6, answer->counts[SECTION_ANSWER]);
    store_u16(answer->data + 8, answer->counts[SECTION_AUTHORITY]);
    store_u16(answer->data + 10, answer->counts[SECTION_ADDITIONAL]);
}

/* Makes the answer to a datagram. Returns its length, 0 for none, and a log text. */
static size_t answer_query(const unsigned char *query, size_t length, int additional,
                           struct answer *answer, char *log, size_t log_size)
{
    struct edns edns;
    char name_text[NAME_WIRE_MAX + 2], type_text[16];
    unsigned type, class, rcode;
    size_t at = 12, question_end;
    int truncated = 0;

    memset(answer, 0, sizeof *answer);
    answer->length = 12;
    answer->limit = PLAIN_UDP_MAX;

    if (length < 12) {
        snprintf(log, log_size, "ignored: %lu bytes are no DNS message", (unsigned long)length);
        return 0;
    }
    if (query[2] & 0x80) {
        /* Answering an answer would make two servers talk for ever. */
        snprintf(log, log_size, "ignored: an answer");
        return 0;
    }
    if ((query[2] >> 3 & 0x0f) != 0) {
        snprintf(log, log_size, "opcode %d: not implemented", query[2] >> 3 & 0x0f);
        finish(answer, query, RCODE_NOTIMP, 0, 0);
        return answer->length;
    }
    if (load_u16(query + 4) != 1 || name_from_wire(query, length, &at, &answer->question) != 0
        || length - at < 4 || read_edns(query, length, at + 4, &edns) != 0) {
        snprintf(log, log_size, "malformed query: format error");
        finish(answer, query, RCODE_FORMERR, 0, 0);
        return answer->length;
    }
    type = load_u16(query + at);
    class = load_u16(query + at + 2);
    question_end = at + 4;

    /* Byte for byte, so that a client that mixes upper and lower case gets its own question back. */
    memcpy(answer->data + 12, query + 12, question_end - 12);
    answer->length = question_end;
    store_u16(answer->data + 4, 1);
    if (edns.present) {
        answer->limit = edns.udp_size < PLAIN_UDP_MAX ? PLAIN_UDP_MAX : edns.udp_size;
        if (answer->limit > EDNS_UDP_MAX)
            answer->limit = EDNS_UDP_MAX;
        answer->limit -= OPT_LENGTH;
    }

    if (edns.present && edns.version != 0)
        rcode = 16; /* BADVERS, RFC 6891 6.1.3 */
    else if (class != CLASS_IN && class != CLASS_ANY)
        rcode = RCODE_REFUSED;
    else
        rcode = look_up(answer, type, additional);

    if (answer->overflow) {
        truncated = 1;
        answer->length = question_end;
        memset(answer->counts, 0, sizeof answer->counts);
    }

    name_to_text(&answer->question, name_text, sizeof name_text);
    type_to_text(type, type_text, sizeof type_text);
    snprintf(log, log_size, "%s %s: %s, %u answer%s%s%s", type_text, name_text,
             rcode == RCODE_NXDOMAIN                                   ? "no such name"
             : rcode == RCODE_REFUSED                                  ? "refused"
             : rcode != RCODE_OK                                       ? "bad EDNS version"
             : truncated                                               ? "truncated"
             : answer->counts[SECTION_ANSWER] == 0                     ? "no data"
                                                                       : "ok",
             answer->counts[SECTION_ANSWER], answer->counts[SECTION_ANSWER] == 1 ? "" : "s",
             answer->counts[SECTION_ADDITIONAL] ? ", additional" : "",
             edns.present ? ", EDNS" : "");

    if (edns.present) {
        put_opt(answer->data + answer->length, rcode >> 4, edns.dnssec_ok);
        answer->length += OPT_LENGTH;
        answer->counts[SECTION_ADDITIONAL]++;
    }
    finish(answer, query, rcode, rcode == RCODE_OK || rcode == RCODE_NXDOMAIN, truncated);
    return answer->length;
}

int main(int argc, char **argv)
{
    static unsigned char datagram[DATAGRAM_MAX];
    static struct answer answer;
    struct server server = { 0 };
    const char *zone = NULL;
    int additional = 0, i;

    server.name = "dns";
    log_name("dns");
    for (i = 1; i < argc; i++) {
        if (server_option(&server, argc, argv, &i))
            continue;
        if (strcmp(argv[i], "--zone") == 0)
            zone = option_value(argc, argv, &i);
        else if (strcmp(argv[i], "--additional") == 0)
            additional = 1;
        else if (strcmp(argv[i], "--name") == 0)
            server.name = option_value(argc, argv, &i);
        else
            die("unknown option '%s'", argv[i]);
    }
    if (zone == NULL)
        die("--zone is missing");
    log_name(server.name);
    read_zone(zone);
    server_start(&server);
    log_line("%lu records from %s", (unsigned long)record_count, zone);

    while (server_running(&server)) {
        struct sockaddr_in from;
        char from_text[ADDRESS_TEXT_MAX], log[512];
        size_t length = server_turn(&server, -1, datagram, sizeof datagram, &from);
        size_t reply;

        if (length == 0)
            continue;
        reply = answer_query(datagram, length, additional, &answer, log, sizeof log);
        format_address(&from, from_text);
        log_line("%s, from %s%s", log, from_text, server.silent ? " (not answered: silent)" : "");
        if (reply > 0)
            server_send(&server, answer.data, reply, &from);
    }
    server_stop(&server);
    free(records);
    return 0;
}
