/* Reads vector files. The language is checked by the Rust tests, which run every vector: here, what is not needed is
 * passed over. */

#include "vector.h"

#include <sipfailover.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LINE_LENGTH = 4096 };

struct reader {
  FILE *stream;
  const char *file;
  unsigned line;
  char text[LINE_LENGTH];
  struct vectors *all;
  struct vector *at; /* NULL before the first title */
  int over;          /* in a later step: nothing more is wanted of this vector */
};

/* ---- lines ------------------------------------------------------------------------------------------ */

/* The next line that says something, without blanks around it. */
static int next_line(struct reader *in)
{
  while (fgets(in->text, sizeof in->text, in->stream) != NULL) {
    in->line++;
    size_t start = strspn(in->text, " \t"), end = strlen(in->text);
    while (end > start && isspace((unsigned char)in->text[end - 1])) {
      end--;
    }
    memmove(in->text, in->text + start, end - start);
    in->text[end - start] = '\0';
    if (end > start && in->text[0] != '#') {
      return 1;
    }
  }
  return 0;
}

static int ends_a_label(char c)
{
  return !isalnum((unsigned char)c) && c != '-' && c != '_';
}

/* Gives the domain `test` this vector's name. Both have four letters. */
static void rename_domain(char *text, const char *domain)
{
  for (char *at = text; *at != '\0'; at++) {
    if (strncasecmp(at, "test", 4) == 0 && (at == text || ends_a_label(at[-1])) && ends_a_label(at[4])) {
      memcpy(at, domain, 4);
    }
  }
}

/* Writes a range out, "{1-3}": a line for each of its numbers. */
static void add_spread(struct text_list *to, const char *text)
{
  unsigned first, last;
  int length = 0;
  const char *open = strchr(text, '{');
  if (open == NULL || sscanf(open, "{%u-%u}%n", &first, &last, &length) != 2 || length == 0) {
    text_list_add(to, text);
    return;
  }
  char range[32], line[LINE_LENGTH];
  snprintf(range, sizeof range, "%.*s", length, open);
  for (unsigned number = first;; number += first <= last ? 1u : -1u) {
    const char *from = text;
    size_t used = 0;
    line[0] = '\0';
    for (const char *next = strstr(from, range); next != NULL; next = strstr(from, range)) {
      used += (size_t)snprintf(line + used, sizeof line - used, "%.*s%u", (int)(next - from), from, number);
      from = next + length;
    }
    snprintf(line + used, sizeof line - used, "%s", from);
    text_list_add(to, line);
    if (number == last) {
      return;
    }
  }
}

/* The lines up to "end", added to `to` unless that is NULL. */
static int read_block(struct reader *in, struct text_list *to)
{
  while (next_line(in)) {
    if (strcmp(in->text, "end") == 0) {
      return 0;
    }
    if (to != NULL) {
      rename_domain(in->text, in->at->domain);
      add_spread(to, in->text);
    }
  }
  fprintf(stderr, "%s: a block without end\n", in->file);
  return -1;
}

/* ---- statements ------------------------------------------------------------------------------------- */

static void spoil(struct vector *vector, const char *why, const char *detail)
{
  if (vector->unusable == NULL) {
    size_t length = strlen(why) + strlen(detail) + 3;
    vector->unusable = get_memory(NULL, length);
    snprintf(vector->unusable, length, "%s%s%s", why, *detail ? ": " : "", detail);
  }
}

static void begin(struct reader *in, const char *title)
{
  struct vectors *all = in->all;
  all->items = get_memory(all->items, (all->count + 1) * sizeof *all->items);
  in->at = &all->items[all->count++];
  memset(in->at, 0, sizeof *in->at);
  in->at->file = in->file;
  in->at->line = in->line;
  in->at->title = copy_text(title, strlen(title));
  snprintf(in->at->domain, sizeof in->at->domain, "v%03u", (unsigned)(all->count % 1000));
  in->at->transports = SFO_TRANSPORT_UDP | SFO_TRANSPORT_TCP | SFO_TRANSPORT_TLS;
  in->at->cache = 256;
  in->at->dns_servers = 1;
  in->over = 0;
}

static void read_transports(struct vector *vector, const char *rest)
{
  static const char *const NAMES[4] = { "udp", "tcp", "tls", "sctp" };
  char words[4][WORD_LENGTH];
  size_t count = first_words(rest, words, 4);
  vector->transports = 0;
  for (size_t i = 0; i < count; i++) {
    for (unsigned bit = 0; bit < 4; bit++) {
      vector->transports |= strcmp(words[i], NAMES[bit]) == 0 ? 1u << bit : 0;
    }
  }
}

/* What a real server does anyway, or what can be done without one; the rest is scripted. */
static void read_dns(struct vector *vector, const char *rest)
{
  if (sscanf(rest, "servers %u", &vector->dns_servers) == 1 || strncmp(rest, "additional", 10) == 0
      || strcmp(rest, "follow on") == 0 || strcmp(rest, "up") == 0) {
    return;
  }
  if (strcmp(rest, "servers none") == 0) {
    vector->dns_servers = 0;
    return;
  }
  spoil(vector, "scripted", rest);
}

/* An expectation, for the server that an "X.Y" at the beginning of `*rest` names. */
static struct expectation *expect(struct reader *in, const char **rest)
{
  unsigned account = 1, server = 1;
  int length = 0;
  if (sscanf(*rest, "%u.%u%n", &account, &server, &length) == 2) {
    *rest += length;
    *rest += strspn(*rest, " ");
  }
  struct vector *at = in->at;
  at->expected = get_memory(at->expected, (at->expected_count + 1) * sizeof *at->expected);
  struct expectation *made = &at->expected[at->expected_count++];
  memset(made, 0, sizeof *made);
  made->line = in->line;
  made->account = account;
  made->server = server;
  return made;
}

static void read_fails(struct reader *in, const char *rest)
{
  struct expectation *made = expect(in, &rest);
  made->fails = 1;
  made->reason = copy_text(rest, strlen(rest));
  rename_domain(made->reason, in->at->domain);
}

static int has_block(const char *word, const char *rest)
{
  static const char *const WORDS[6] = { "config", "zone", "forged", "queries", "targets", "shares" };
  size_t length = strlen(rest);
  if (strcmp(rest, "none") == 0 || (length >= 4 && strcmp(rest + length - 4, "same") == 0)) {
    return 0;
  }
  for (size_t i = 0; i < 6; i++) {
    if (strcmp(word, WORDS[i]) == 0) {
      return 1;
    }
  }
  return 0;
}

static int read_block_of(struct reader *in, const char *word, const char *rest)
{
  if (in->over || in->at == NULL) {
    return read_block(in, NULL);
  }
  if (strcmp(word, "config") == 0) {
    return read_block(in, &in->at->config);
  }
  if (strcmp(word, "zone") == 0) {
    return read_block(in, &in->at->zone);
  }
  if (strcmp(word, "targets") == 0) {
    return read_block(in, &expect(in, &rest)->targets);
  }
  if (strcmp(word, "shares") == 0) {
    spoil(in->at, "about many phones", "");
  }
  return read_block(in, NULL);
}

static int read_statement(struct reader *in)
{
  static char line[LINE_LENGTH];
  char word[WORD_LENGTH];
  strcpy(line, in->text);
  const char *rest = line + strcspn(line, " \t");
  snprintf(word, sizeof word, "%.*s", (int)(rest - line), line);
  rest += strspn(rest, " \t");
  if (strcmp(word, "title") == 0) {
    begin(in, rest);
  } else if (has_block(word, rest)) {
    return read_block_of(in, word, rest);
  } else if (in->at == NULL || in->over) {
    return 0;
  } else if (strcmp(word, "after") == 0) {
    in->over = 1;
  } else if (strcmp(word, "transports") == 0) {
    read_transports(in->at, rest);
  } else if (strcmp(word, "cache") == 0) {
    in->at->cache = (uint32_t)strtoul(rest, NULL, 10);
  } else if (strcmp(word, "dns") == 0) {
    read_dns(in->at, rest);
  } else if (strcmp(word, "fails") == 0) {
    read_fails(in, rest);
  }
  return 0;
}

/* ---- files ------------------------------------------------------------------------------------------ */

int vectors_read(struct vectors *to, const char *file)
{
  struct reader in;
  int result = 0;
  memset(&in, 0, sizeof in);
  in.stream = fopen(file, "r");
  in.file = file;
  in.all = to;
  if (in.stream == NULL) {
    fprintf(stderr, "cannot read %s\n", file);
    return -1;
  }
  while (result == 0 && next_line(&in)) {
    result = read_statement(&in);
  }
  fclose(in.stream);
  return result;
}

void vectors_free(struct vectors *all)
{
  for (size_t i = 0; i < all->count; i++) {
    struct vector *vector = &all->items[i];
    for (size_t j = 0; j < vector->expected_count; j++) {
      text_list_free(&vector->expected[j].targets);
      free(vector->expected[j].reason);
    }
    text_list_free(&vector->config);
    text_list_free(&vector->zone);
    free(vector->expected);
    free(vector->title);
    free(vector->unusable);
  }
  free(all->items);
  memset(all, 0, sizeof *all);
}
