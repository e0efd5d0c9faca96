/* Resolution vectors (docs/vectors.md), as far as a real DNS server can serve them: the first step of each, with its
 * configuration, its zone, and the targets that come out.
 *
 * So that one server can hold the zones of all vectors at once, each vector has a top-level domain of its own: `.test`
 * becomes `.v001`, `.v002` and so on, wherever it stands. That is as long as before, so nothing else changes. */

#ifndef VECTOR_H
#define VECTOR_H

#include <stddef.h>
#include <stdint.h>

struct text_list {
  char **items;
  size_t count;
};

/* What is expected of one server of one account. */
struct expectation {
  unsigned line;
  unsigned account;
  unsigned server;
  int fails;                /* no target, for the reason in `reason` */
  char *reason;
  struct text_list targets; /* as in the file: "udp 192.0.2.1:5060 host=...", and "{" and "}" on their own */
};

struct vector {
  const char *file;
  unsigned line;
  char *title;
  char domain[8];      /* "v001" */
  struct text_list config;
  struct text_list zone;
  uint32_t transports; /* SFO_TRANSPORT_... */
  uint32_t cache;
  unsigned dns_servers;
  struct expectation *expected;
  size_t expected_count;
  char *unusable; /* why no real server can serve it; NULL if one can */
};

struct vectors {
  struct vector *items;
  size_t count;
};

/* Adds the vectors of a file. Returns 0; or -1 after saying on stderr what is wrong. */
int vectors_read(struct vectors *to, const char *file);
void vectors_free(struct vectors *all);

/* A copy is added. */
void text_list_add(struct text_list *to, const char *text);
void text_list_free(struct text_list *list);

/* Memory or the end of the program. */
void *get_memory(void *old, size_t size);
char *copy_text(const char *text, size_t length);

/* The first `count` words of a line, each cut to 63 characters; returns how many there are. */
enum { WORD_LENGTH = 64 };
size_t first_words(const char *text, char (*words)[WORD_LENGTH], size_t count);

#endif
