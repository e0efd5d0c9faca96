/* The transcript read back: the facts of a run and who took part in it. What the pictures are drawn from. */
#ifndef SCENARIO_STORY_H
#define SCENARIO_STORY_H
#include <stddef.h>
#include <stdint.h>

#include "text.h"
#include "transcript.h"

typedef struct fact {
  uint64_t at_ms;
  words parts;
} fact;

/* A host of the story: one IP address. */
typedef struct player {
  char *address;
  unsigned servers;   /* bit 0: server 1, bit 1: server 2 */
} player;

typedef struct story {
  const char *title;
  uint64_t until_ms;
  fact *fact;
  size_t facts;
  player *player;
  size_t players, player_capacity;
  uint32_t accounts;   /* the highest number that occurs */
  int has_dns, has_link;   /* DNS is asked; the phone loses its network */
  int has_proxies;         /* servers 1 and 2 of the transcript are outbound proxies */
} story;

void story_read(story *out, const transcript *from, const char *title, uint64_t until_ms);
void story_free(story *old);

/* The word at this position ("" behind the last one), and the value of a field (NULL when there is none). */
const char *fact_word(const fact *of, size_t position);
const char *fact_field(const fact *of, const char *key);
uint32_t fact_number(const fact *of, const char *key);
int fact_is(const fact *of, const char *kind);

/* The player of "192.0.2.1:5060/udp" or "192.0.2.1", or `players` when there is none. */
size_t story_player(const story *of, const char *target);
/* The line that ends the attempt which `send` began: ok, fail or cancel. `facts` when the run ended before. */
size_t story_outcome(const story *of, size_t send);
/* When a request of the file began. */
uint64_t story_request_start(const story *of, const char *name);

/* "7.5 s", "57 min 20 s", "2 h 3 min" */
void add_duration(text *to, uint64_t ms);
/* "3720", "207.5": as times are written in a scenario file. */
void add_seconds(text *to, uint64_t ms);
#endif
