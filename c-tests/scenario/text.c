#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE_BYTES (4u * 1024u * 1024u)

static void out_of_memory(void) {
  fputs("sipfailover-sim: out of memory\n", stderr);
  exit(2);
}

void *need(size_t count, size_t size) {
  void *fresh = calloc(count ? count : 1u, size ? size : 1u);
  if (!fresh)
    out_of_memory();
  return fresh;
}

void *room(void *items, size_t count, size_t *capacity, size_t size) {
  size_t wanted = *capacity ? *capacity * 2u : 16u;
  void *larger;
  if (count < *capacity)
    return items;
  if (wanted > (size_t)-1 / size / 2u)
    out_of_memory();
  larger = realloc(items, wanted * size);
  if (!larger)
    out_of_memory();
  *capacity = wanted;
  return larger;
}

char *copy_bytes(const char *bytes, size_t length) {
  char *copy = need(length + 1u, 1u);
  if (length)
    memcpy(copy, bytes, length);
  return copy;
}

char *copy_string(const char *string) {
  return copy_bytes(string, strlen(string));
}

void text_add_bytes(text *to, const void *bytes, size_t length) {
  if (to->length + length + 1u > to->capacity) {
    size_t wanted = (to->length + length + 1u) * 2u;
    char *larger = realloc(to->data, wanted);
    if (!larger)
      out_of_memory();
    to->data = larger;
    to->capacity = wanted;
  }
  if (length)
    memcpy(to->data + to->length, bytes, length);
  to->length += length;
  to->data[to->length] = '\0';
}

void text_add(text *to, const char *string) {
  text_add_bytes(to, string, strlen(string));
}

static void text_addv(text *to, const char *format, va_list list) {
  va_list again;
  int length;
  char usual[256], *piece;
  va_copy(again, list);
  length = vsnprintf(usual, sizeof usual, format, again);
  va_end(again);
  if (length < 0)
    return;
  if ((size_t)length < sizeof usual) {
    text_add_bytes(to, usual, (size_t)length);
    return;
  }
  piece = need((size_t)length + 1u, 1u);
  vsnprintf(piece, (size_t)length + 1u, format, list);
  text_add_bytes(to, piece, (size_t)length);
  free(piece);
}

void text_addf(text *to, const char *format, ...) {
  va_list list;
  va_start(list, format);
  text_addv(to, format, list);
  va_end(list);
}

void text_free(text *old) {
  free(old->data);
  memset(old, 0, sizeof *old);
}

char *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  text whole = {NULL, 0, 0};
  char piece[4096];
  size_t got;
  int failed;
  if (!file)
    return NULL;
  text_add_bytes(&whole, "", 0);
  while ((got = fread(piece, 1, sizeof piece, file)) > 0 && whole.length <= MAX_FILE_BYTES)
    text_add_bytes(&whole, piece, got);
  failed = ferror(file) || whole.length > MAX_FILE_BYTES;
  fclose(file);
  if (failed) {
    text_free(&whole);
    return NULL;
  }
  *length = whole.length;
  return whole.data;
}

static int is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

/* Takes one word from `*at` into `*put`; quotes join what they enclose to the word around them. */
static int take_word(const char **at, const char *end, char **put) {
  int quoted = 0;
  for (; *at < end && (quoted || !is_blank(**at)); ++*at) {
    if (**at == '"')
      quoted = !quoted;
    else
      *(*put)++ = **at;
  }
  *(*put)++ = '\0';
  return quoted ? -1 : 0;
}

int words_split(words *out, const char *line, size_t length, const char *comments) {
  const char *at = line, *end = line + length;
  size_t capacity = 0;
  char *put;
  out->word = NULL;
  out->count = 0;
  put = out->storage = need(length * 2u + 1u, 1u);
  for (;;) {
    while (at < end && is_blank(*at))
      at++;
    if (at == end || strchr(comments, *at))
      return 0;
    out->word = room(out->word, out->count, &capacity, sizeof *out->word);
    out->word[out->count++] = put;
    if (take_word(&at, end, &put))
      return -1;
  }
}

void words_free(words *old) {
  free(old->word);
  free(old->storage);
  memset(old, 0, sizeof *old);
}

int wrong(place where, const char *format, ...) {
  va_list list;
  if (where.line)
    fprintf(stderr, "%s:%u: ", where.file, where.line);
  else
    fprintf(stderr, "%s: ", where.file);
  va_start(list, format);
  vfprintf(stderr, format, list);
  va_end(list);
  fputc('\n', stderr);
  return -1;
}

int parse_seconds(const char *string, uint64_t *ms) {
  uint64_t whole = 0, part = 0, unit = 1000;
  const char *at = string;
  for (; *at >= '0' && *at <= '9'; at++) {
    whole = whole * 10u + (uint64_t)(*at - '0');
    if (whole > 1000000000u)
      return -1;
  }
  if (at == string)
    return -1;
  if (*at == '.') {
    for (at++; *at >= '0' && *at <= '9' && unit > 1; at++) {
      unit /= 10u;
      part += (uint64_t)(*at - '0') * unit;
    }
    if (unit == 1000)
      return -1;
  }
  *ms = whole * 1000u + part;
  return *at ? -1 : 0;
}

static int lower(int c) {
  return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

int same_word(const char *a, const char *b) {
  for (; *a && lower(*a) == lower(*b); a++)
    b++;
  return lower(*a) == lower(*b);
}

int has_prefix(const char *string, const char *prefix) {
  return strncmp(string, prefix, strlen(prefix)) == 0;
}

void lower_case(char *string) {
  for (; *string; string++)
    *string = (char)lower(*string);
}
