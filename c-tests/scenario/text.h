/* Memory, growing text, words of a line, and numbers: what every other file of the runner needs. */
#ifndef SCENARIO_TEXT_H
#define SCENARIO_TEXT_H
#include <stddef.h>
#include <stdint.h>

#include "number.h"

#if defined(__GNUC__)
#define LIKE_PRINTF(text_at, first) __attribute__((format(printf, text_at, first)))
#else
#define LIKE_PRINTF(text_at, first)
#endif

/* A line of a scenario file, for messages. The file name belongs to the script. */
typedef struct place {
  const char *file;
  unsigned line;
} place;

/* Bytes that grow. `data` ends with a NUL that `length` does not count; NULL while empty. */
typedef struct text {
  char *data;
  size_t length, capacity;
} text;

typedef struct words {
  char **word;
  size_t count;
  char *storage;
} words;

/* These never return NULL: without memory the program ends with status 2. */
void *need(size_t count, size_t size);
/* Makes room for one more item in an array that doubles. */
void *room(void *items, size_t count, size_t *capacity, size_t size);
char *copy_bytes(const char *bytes, size_t length);
char *copy_string(const char *string);

void text_add_bytes(text *to, const void *bytes, size_t length);
void text_add(text *to, const char *string);
void text_addf(text *to, const char *format, ...) LIKE_PRINTF(2, 3);
void text_free(text *old);

/* The whole file, NUL-terminated, or NULL (missing, unreadable, larger than 4 MiB). */
char *read_file(const char *path, size_t *length);

/* Words between blanks; "..." keeps blanks; a word that begins with a character of `comments` ends the line.
   Returns -1 for a quote that is not closed. */
int words_split(words *out, const char *line, size_t length, const char *comments);
void words_free(words *old);

/* Prints "file:line: message" to the error stream; returns -1, so that parsers can `return wrong(...)`. */
int wrong(place where, const char *format, ...) LIKE_PRINTF(2, 3);

/* Seconds with up to three decimals, as milliseconds; at most 10^9 seconds. */
int parse_seconds(const char *string, uint64_t *ms);

int same_word(const char *a, const char *b);
int has_prefix(const char *string, const char *prefix);
void lower_case(char *string);
#endif
