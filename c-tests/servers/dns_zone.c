#include "dns_zone.h"

#include "common.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TOKENS_MAX 16

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

void zone_read(struct zone *zone, const char *path)
{
    char line[2048];
    char *tokens[TOKENS_MAX];
    unsigned number = 0;
    FILE *file = fopen(path, "r");

    if (file == NULL)
        die("cannot read %s: %s", path, strerror(errno));
    zone->count = 0;
    zone->records = calloc(ZONE_RECORDS_MAX, sizeof *zone->records);
    if (zone->records == NULL)
        die("no memory");

    while (fgets(line, sizeof line, file) != NULL) {
        struct dns_record *r;
        int first = 2, count;

        number++;
        if (strchr(line, '\n') == NULL && !feof(file))
            die("%s:%u: line too long", path, number);
        count = split_line(line, tokens);
        if (count == 0)
            continue;
        if (zone->count == ZONE_RECORDS_MAX)
            die("%s:%u: more than %d records", path, number, ZONE_RECORDS_MAX);
        r = &zone->records[zone->count];
        /* The class may be written out, as in other servers' zone files. */
        if (count > 2 && strcasecmp(tokens[2], "IN") == 0)
            first = 3;
        if (count < first + 2 || dns_name_from_text(tokens[0], NULL, &r->owner) != 0
            || parse_number(tokens[1], 0x7fffffff, &r->ttl) != 0)
            die("%s:%u: expected 'name ttl TYPE rdata'", path, number);
        r->type = dns_type_from_text(tokens[first]);
        if (dns_rdata_from_words(r, tokens + first + 1, (size_t)(count - first - 1), NULL) != 0)
            die("%s:%u: bad type or rdata", path, number);
        zone->count++;
    }
    fclose(file);
}

void zone_free(struct zone *zone)
{
    free(zone->records);
    zone->records = NULL;
    zone->count = 0;
}

const struct dns_record *zone_soa(const struct zone *zone)
{
    size_t i;

    for (i = 0; i < zone->count; i++)
        if (zone->records[i].type == DNS_SOA)
            return &zone->records[i];
    return NULL;
}

const struct dns_record *zone_cname(const struct zone *zone, const struct dns_name *name)
{
    size_t i;

    for (i = 0; i < zone->count; i++)
        if (zone->records[i].type == DNS_CNAME && dns_name_equal(&zone->records[i].owner, name))
            return &zone->records[i];
    return NULL;
}

int zone_has_name(const struct zone *zone, const struct dns_name *name)
{
    size_t i;

    for (i = 0; i < zone->count; i++)
        if (dns_name_within(&zone->records[i].owner, name))
            return 1;
    return 0;
}
