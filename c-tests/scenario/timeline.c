#include "timeline.h"

#include <stdlib.h>
#include <string.h>

#include "words_for.h"

size_t timeline_track(timeline *to, const char *name) {
  to->track = room(to->track, to->tracks, &to->track_capacity, sizeof *to->track);
  memset(&to->track[to->tracks], 0, sizeof *to->track);
  to->track[to->tracks].name = copy_string(name);
  return to->tracks++;
}

band *timeline_band(timeline *to, size_t track, band_look look, uint64_t from_ms, uint64_t to_ms, char *label) {
  band *fresh;
  to->band = room(to->band, to->bands, &to->band_capacity, sizeof *to->band);
  fresh = &to->band[to->bands++];
  memset(fresh, 0, sizeof *fresh);
  fresh->track = track;
  fresh->look = look;
  fresh->from_ms = from_ms;
  fresh->to_ms = to_ms;
  fresh->label = label;
  return fresh;
}

/* A track whose bands follow each other: each change ends the band before. */
typedef struct sequence {
  timeline *to;
  size_t track;
  uint64_t since_ms;
  band_look look;
  char *label;
} sequence;

static void begin_sequence(sequence *out, timeline *to, const char *name, band_look look, const char *label) {
  out->to = to;
  out->track = timeline_track(to, name);
  out->since_ms = 0;
  out->look = look;
  out->label = copy_string(label);
}

static void finish_band(sequence *in, uint64_t at_ms) {
  if (at_ms > in->since_ms)
    timeline_band(in->to, in->track, in->look, in->since_ms, at_ms, in->label);
  else
    free(in->label);
  in->label = NULL;
}

static void change(sequence *in, uint64_t at_ms, band_look look, const char *label) {
  if (in->look == look && strcmp(in->label, label) == 0)
    return;
  finish_band(in, at_ms);
  in->since_ms = at_ms;
  in->look = look;
  in->label = copy_string(label);
}

/* Tracks behind those of the hosts, counted from `players`. */
enum { PLAYER_DNS, PLAYER_NETWORK };

static int concerns(const timeline *in, const fact *at, size_t player) {
  size_t hosts = in->story->players;
  if (!fact_is(at, "command"))
    return 0;
  if (player >= hosts)
    return strcmp(fact_word(at, 1), player == hosts + PLAYER_DNS ? "dns" : "link") == 0;
  return story_player(in->story, fact_word(at, 2)) == player && strcmp(fact_word(at, 1), "dns") != 0;
}

static void add_player_track(timeline *to, size_t player) {
  static const char *const roles[] = {"", " (server 1)", " (server 2)", " (servers 1, 2)"};
  const story *from = to->story;
  sequence in;
  text name = {NULL, 0, 0};
  size_t i;
  const char *usual = player == from->players + PLAYER_NETWORK ? "up" : "answers";
  if (player >= from->players)
    text_add(&name, player == from->players + PLAYER_DNS ? "DNS" : "the phone's network");
  else
    text_addf(&name, "%s%s", from->player[player].address, roles[from->player[player].servers & 3u]);
  begin_sequence(&in, to, name.data, BAND_GOOD, usual);
  for (i = 0; i < from->facts; i++) {
    char *condition = concerns(to, &from->fact[i], player) ? condition_after(&from->fact[i]) : NULL;
    if (condition)
      change(&in, from->fact[i].at_ms, condition[0] ? BAND_BAD : BAND_GOOD, condition[0] ? condition : usual);
    free(condition);
  }
  finish_band(&in, from->until_ms);
  text_free(&name);
}

static int is_event(const fact *at, const char *name, uint32_t account) {
  return fact_is(at, "event") && strcmp(fact_word(at, 1), name) == 0 && fact_number(at, "account") == account;
}

static band_look look_of(const char *state) {
  if (strcmp(state, "registered") == 0)
    return BAND_GOOD;
  if (strcmp(state, "off") == 0)
    return BAND_OFF;
  return strcmp(state, "retrying") == 0 || strcmp(state, "refused") == 0 ? BAND_BAD : BAND_WAIT;
}

/* Every REGISTER that failed leaves a cross, so that the pauses between the tries can be seen. */
static void add_registration(timeline *to, uint32_t account, uint32_t server) {
  const story *from = to->story;
  sequence in;
  char name[48];
  size_t i;
  snprintf(name, sizeof name, "registration, server %u", (unsigned)server);
  begin_sequence(&in, to, name, BAND_OFF, "");
  for (i = 0; i < from->facts; i++) {
    const fact *at = &from->fact[i];
    if (fact_number(at, "server") != server)
      continue;
    if (is_event(at, "registration", account)) {
      const char *state = fact_field(at, "state");
      change(&in, at->at_ms, look_of(state), strcmp(state, "retrying") == 0 ? "not registered" : state);
    } else if (fact_is(at, "fail") && strcmp(fact_word(at, 1), "REGISTER") == 0 && fact_number(at, "account") == account) {
      timeline_band(to, in.track, BAND_BAD, at->at_ms, at->at_ms, NULL)->is_mark = 1;
    }
  }
  finish_band(&in, from->until_ms);
}

static void add_current(timeline *to, uint32_t account) {
  const story *from = to->story;
  sequence in;
  size_t i;
  begin_sequence(&in, to, "current target", BAND_OFF, "none");
  for (i = 0; i < from->facts; i++) {
    const fact *at = &from->fact[i];
    const char *there = fact_field(at, "to");
    if (!is_event(at, "current", account) || !there)
      continue;
    if (strcmp(there, "-") == 0)
      change(&in, at->at_ms, BAND_OFF, "none");
    else
      change(&in, at->at_ms, fact_number(at, "server") == 2 ? BAND_SECOND : BAND_GOOD, there);
  }
  finish_band(&in, from->until_ms);
}

static int has_registration(const story *in, uint32_t account, uint32_t server) {
  size_t i;
  for (i = 0; i < in->facts; i++)
    if (is_event(&in->fact[i], "registration", account) && fact_number(&in->fact[i], "server") == server)
      return 1;
  return 0;
}

static void add_account(timeline *to, uint32_t account) {
  char name[32];
  uint32_t server;
  size_t heading;
  snprintf(name, sizeof name, "Account %u", (unsigned)account);
  heading = timeline_track(to, name);
  to->track[heading].is_heading = 1;
  for (server = 1; server <= 2; server++)
    if (has_registration(to->story, account, server))
      add_registration(to, account, server);
  add_current(to, account);
  timeline_add_requests(to, account);
}

void timeline_build(timeline *out, const story *from) {
  uint32_t account;
  size_t i;
  memset(out, 0, sizeof *out);
  out->story = from;
  i = timeline_track(out, "The world");
  out->track[i].is_heading = 1;
  for (i = 0; i < from->players; i++)
    add_player_track(out, i);
  if (from->has_dns)
    add_player_track(out, from->players + PLAYER_DNS);
  if (from->has_link)
    add_player_track(out, from->players + PLAYER_NETWORK);
  for (account = 1; account <= from->accounts; account++)
    add_account(out, account);
}

void timeline_free(timeline *old) {
  size_t i;
  for (i = 0; i < old->tracks; i++)
    free(old->track[i].name);
  for (i = 0; i < old->bands; i++)
    free(old->band[i].label);
  free(old->track);
  free(old->band);
  memset(old, 0, sizeof *old);
}
