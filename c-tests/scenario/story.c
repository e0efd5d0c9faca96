#include "story.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"

const char *fact_word(const fact *of, size_t position) {
  size_t i;
  for (i = 0; i < of->parts.count && !strchr(of->parts.word[i], '='); i++)
    if (i == position)
      return of->parts.word[i];
  return "";
}

const char *fact_field(const fact *of, const char *key) {
  size_t length = strlen(key), i;
  for (i = 1; i < of->parts.count; i++)
    if (strncmp(of->parts.word[i], key, length) == 0 && of->parts.word[i][length] == '=')
      return of->parts.word[i] + length + 1;
  return NULL;
}

uint32_t fact_number(const fact *of, const char *key) {
  const char *value = fact_field(of, key);
  uint32_t number = 0;
  if (value)
    parse_number(value, UINT32_MAX, &number);
  return number;
}

int fact_is(const fact *of, const char *kind) {
  return strcmp(fact_word(of, 0), kind) == 0;
}

/* "[2001:db8::1]:5061/tls" to "2001:db8::1"; "192.0.2.1:5060/udp" to "192.0.2.1" */
static char *address_of(const char *target) {
  const char *slash = strchr(target, '/'), *end = slash ? slash : target + strlen(target), *colon;
  if (target[0] == '[' && (colon = strchr(target, ']')) != NULL)
    return copy_bytes(target + 1, (size_t)(colon - target) - 1u);
  colon = strchr(target, ':');
  if (colon && !strchr(colon + 1, ':'))
    end = colon;
  return copy_bytes(target, (size_t)(end - target));
}

size_t story_player(const story *of, const char *target) {
  char *address = address_of(target);
  size_t i;
  for (i = 0; i < of->players && strcmp(of->player[i].address, address) != 0; i++)
    continue;
  free(address);
  return i;
}

static void add_player(story *to, const char *target, uint32_t server) {
  size_t at = story_player(to, target);
  endpoint checked;
  if (at == to->players) {
    char *address = address_of(target);
    if (parse_endpoint(address, &checked)) {
      free(address);
      return;
    }
    to->player = room(to->player, to->players, &to->player_capacity, sizeof *to->player);
    memset(&to->player[at], 0, sizeof to->player[at]);
    to->player[to->players++].address = address;
  }
  if (server == 1 || server == 2)
    to->player[at].servers |= 1u << (server - 1u);
}

static void meet(story *to, const fact *at) {
  uint32_t account = fact_number(at, "account");
  if (account > to->accounts)
    to->accounts = account;
  if (fact_is(at, "dns"))
    to->has_dns = 1;
  else if (fact_is(at, "send") && fact_field(at, "to"))
    add_player(to, fact_field(at, "to"), fact_number(at, "server"));
  else if (fact_is(at, "command") && strcmp(fact_word(at, 1), "link") == 0)
    to->has_link |= strcmp(fact_word(at, 2), "down") == 0;
  else if (fact_is(at, "command"))
    add_player(to, fact_word(at, 2), 0);
}

/* Hosts of server 1 first, in the order in which they were asked; hosts that nobody asked last. */
static int place_of(const player *of) {
  return of->servers & 1u ? 0 : of->servers ? 1 : 2;
}

static void order_players(story *in) {
  size_t i, j;
  for (i = 1; i < in->players; i++)
    for (j = i; j > 0 && place_of(&in->player[j]) < place_of(&in->player[j - 1]); j--) {
      player kept = in->player[j];
      in->player[j] = in->player[j - 1];
      in->player[j - 1] = kept;
    }
}

void story_read(story *out, const transcript *from, const char *title, uint64_t until_ms) {
  size_t i;
  memset(out, 0, sizeof *out);
  out->title = title;
  out->until_ms = until_ms;
  out->fact = need(from->count, sizeof *out->fact);
  for (i = 0; i < from->count; i++) {
    fact *at = &out->fact[out->facts++];
    at->at_ms = from->item[i].at_ms;
    words_split(&at->parts, from->item[i].line, strlen(from->item[i].line), "");
    meet(out, at);
  }
  order_players(out);
}

void story_free(story *old) {
  size_t i;
  for (i = 0; i < old->facts; i++)
    words_free(&old->fact[i].parts);
  for (i = 0; i < old->players; i++)
    free(old->player[i].address);
  free(old->fact);
  free(old->player);
  memset(old, 0, sizeof *old);
}

static int same_field(const fact *a, const fact *b, const char *key) {
  const char *left = fact_field(a, key), *right = fact_field(b, key);
  return left && right ? strcmp(left, right) == 0 : left == right;
}

static int same_attempt(const fact *a, const fact *b) {
  return strcmp(fact_word(a, 1), fact_word(b, 1)) == 0 && same_field(a, b, "account") && same_field(a, b, "server") &&
         same_field(a, b, "to") && same_field(a, b, "request");
}

size_t story_outcome(const story *of, size_t send) {
  size_t i;
  for (i = send + 1; i < of->facts; i++) {
    const fact *at = &of->fact[i];
    if ((fact_is(at, "ok") || fact_is(at, "fail") || fact_is(at, "cancel")) && same_attempt(at, &of->fact[send]))
      break;
  }
  return i;
}

uint64_t story_request_start(const story *of, const char *name) {
  size_t i, j;
  for (i = 0; i < of->facts; i++) {
    const fact *at = &of->fact[i];
    const char *request = fact_field(at, "request");
    if (request && strcmp(request, name) == 0)
      return at->at_ms;
    for (j = 3; fact_is(at, "command") && j + 1 < at->parts.count; j++)
      if (strcmp(at->parts.word[j], "as") == 0 && strcmp(at->parts.word[j + 1], name) == 0)
        return at->at_ms;
  }
  return of->until_ms;
}

void add_seconds(text *to, uint64_t ms) {
  unsigned part = (unsigned)(ms % 1000u);
  text_addf(to, "%" PRIu64, ms / 1000u);
  if (part % 100u)
    text_addf(to, ".%03u", part);
  else if (part)
    text_addf(to, ".%u", part / 100u);
}

static void add_two(text *to, uint64_t large, const char *large_unit, uint64_t small, const char *small_unit) {
  text_addf(to, "%" PRIu64 " %s", large, large_unit);
  if (small)
    text_addf(to, " %" PRIu64 " %s", small, small_unit);
}

void add_duration(text *to, uint64_t ms) {
  uint64_t s = ms / 1000u;
  if (ms < 1000u) {
    text_addf(to, "%u ms", (unsigned)ms);
  } else if (s < 120u) {
    add_seconds(to, ms);
    text_add(to, " s");
  } else if (s < 7200u) {
    add_two(to, s / 60u, "min", s % 60u, "s");
  } else if (s < 172800u) {
    add_two(to, s / 3600u, "h", s / 60u % 60u, "min");
  } else {
    add_two(to, s / 86400u, "days", s / 3600u % 24u, "h");
  }
}
