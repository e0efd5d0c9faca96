/* A vector's zone is a list of records; a server wants an SOA record and a name server at its top as well. */

#include "zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
  MOST_WORDS = 6,
  /* Servers end an answer after a number of aliases of their own choice (Knot: 5), and the client asks on from there.
   * Up to this many, that makes no difference. */
  MOST_ALIASES = 8
};

/* Where the type stands: behind the owner, a TTL and a class, if they are there. */
static size_t type_at(char (*words)[WORD_LENGTH], size_t count)
{
  size_t at = 1;
  at += at < count && words[at][strspn(words[at], "0123456789")] == '\0';
  at += at < count && strcmp(words[at], "IN") == 0;
  return at;
}

static int is_alias(char (*words)[WORD_LENGTH], size_t count)
{
  size_t at = type_at(words, count);
  return at < count && strcmp(words[at], "CNAME") == 0;
}

/* The owner as it stands in the line; its length is returned. */
static size_t owner_length(const char *line)
{
  return strcspn(line, " \t");
}

static int lies_within(const char *line, const char *domain)
{
  size_t owner = owner_length(line), length = strlen(domain);
  if (owner < length + 1 || line[owner - 1] != '.') {
    return 0;
  }
  const char *tail = line + owner - 1 - length;
  return strncasecmp(tail, domain, length) == 0 && (tail == line || tail[-1] == '.');
}

/* Two records at the owner of an alias: not even a second alias is allowed (RFC 1034 section 3.6.2). */
static int shares_its_owner(const struct vector *vector, size_t alias)
{
  const char *line = vector->zone.items[alias];
  size_t length = owner_length(line);
  for (size_t i = 0; i < vector->zone.count; i++) {
    const char *other = vector->zone.items[i];
    if (i != alias && owner_length(other) == length && strncasecmp(line, other, length) == 0) {
      return 1;
    }
  }
  return 0;
}

/* "2001:db8::1." as the name of a host: master files want the colons escaped. */
static int has_colons(const char *line)
{
  return strstr(line, " SRV ") != NULL && strchr(line, ':') != NULL;
}

const char *zone_objection(const struct vector *vector)
{
  unsigned aliases = 0;
  for (size_t i = 0; i < vector->zone.count; i++) {
    const char *line = vector->zone.items[i];
    char words[MOST_WORDS][WORD_LENGTH];
    size_t count = first_words(line, words, MOST_WORDS), type = type_at(words, count);
    if (line[0] == '$' || line[0] == ';') {
      continue;
    }
    if (strstr(line, "\\#") != NULL || type >= count || strcmp(words[type], "CH") == 0
        || strncmp(words[type], "TYPE", 4) == 0) {
      return "raw data, or another class";
    }
    if (!lies_within(line, vector->domain)) {
      return "a name outside of the zone";
    }
    if (has_colons(line)) {
      return "a name that a master file does not take";
    }
    if (is_alias(words, count) && shares_its_owner(vector, i)) {
      return "an alias beside other records";
    }
    aliases += (unsigned)is_alias(words, count);
    if (aliases > MOST_ALIASES) {
      return "more aliases than servers follow";
    }
  }
  return NULL;
}

static int is_soa(const char *line)
{
  char words[MOST_WORDS][WORD_LENGTH];
  size_t count = first_words(line, words, MOST_WORDS), type = type_at(words, count);
  return type < count && strcmp(words[type], "SOA") == 0;
}

int zone_write(const struct vector *vector, const char *directory)
{
  char path[512];
  snprintf(path, sizeof path, "%s/%s.zone", directory, vector->domain);
  FILE *out = fopen(path, "w");
  if (out == NULL) {
    perror(path);
    return -1;
  }
  const char *domain = vector->domain;
  fprintf(out, "$TTL 300\n%s. SOA ns.%s. mail.%s. 1 3600 600 86400 60\n", domain, domain, domain);
  fprintf(out, "%s. NS ns.%s.\nns.%s. A 127.0.0.1\n", domain, domain, domain);
  for (size_t i = 0; i < vector->zone.count; i++) {
    /* There is one already, and its times are not what is compared. */
    if (!is_soa(vector->zone.items[i])) {
      fprintf(out, "%s\n", vector->zone.items[i]);
    }
  }
  return fclose(out) == 0 ? 0 : -1;
}
