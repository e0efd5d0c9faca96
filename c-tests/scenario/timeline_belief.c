/* What an account takes for true: its registrations and its current target. Where the facts say otherwise, the band
   does not look as if all were well. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conditions.h"
#include "roles.h"
#include "timeline.h"

/* A track whose bands follow each other: each change ends the band before. */
typedef struct sequence {
  timeline *to;
  size_t track;
  uint64_t since_ms;
  band_look look;
  const char *label, *meaning;
  size_t host;   /* that the belief is about; `players` = none */
} sequence;

static void begin_sequence(sequence *out, timeline *to, const char *name, const char *label) {
  memset(out, 0, sizeof *out);
  out->to = to;
  out->track = timeline_track(to, TRACK_STATES, name);
  out->look = BAND_OFF;
  out->label = out->meaning = label;
  out->host = to->story->players;
}

/* A belief holds as long as its host can be reached. */
static void finish_band(sequence *in, uint64_t at_ms) {
  int believed = (in->look == BAND_GOOD || in->look == BAND_SECOND) && in->host < in->to->story->players;
  uint64_t from_ms = in->since_ms;
  while (from_ms < at_ms) {
    uint64_t next_ms = at_ms;
    int wrong = believed && host_in_trouble(in->to->story, in->host, from_ms, &next_ms);
    next_ms = next_ms < at_ms ? next_ms : at_ms;
    timeline_band(in->to, in->track, wrong ? BAND_STALE : in->look, from_ms, next_ms, in->label,
                  wrong ? "believed, but the host is in trouble or the network is down" : in->meaning);
    from_ms = next_ms;
  }
  in->since_ms = at_ms;
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

static const char *words_for_state(const char *state) {
  if (strcmp(state, "retrying") == 0)
    return "not registered";
  return strcmp(state, "refresh-failing") == 0 ? "refresh fails" : state;
}

static void change_registration(sequence *in, const fact *at) {
  const char *state = fact_field(at, "state"), *where = fact_field(at, "to");
  finish_band(in, at->at_ms);
  in->look = look_of(state);
  in->label = in->meaning = words_for_state(state);
  if (where)
    in->host = story_player(in->to->story, where);
}

/* Every REGISTER that failed leaves a cross, so that the pauses between the tries can be seen. */
static void add_registration(timeline *to, uint32_t account, uint32_t server) {
  const story *from = to->story;
  sequence in;
  char name[48];
  size_t i;
  snprintf(name, sizeof name, "registration, %s %u", from->has_proxies ? "outbound proxy" : "server", (unsigned)server);
  begin_sequence(&in, to, name, "off");
  for (i = 0; i < from->facts; i++) {
    const fact *at = &from->fact[i];
    int is_register = strcmp(fact_word(at, 1), "REGISTER") == 0 && fact_number(at, "account") == account;
    if (fact_number(at, "server") != server)
      continue;
    if (is_event(at, "registration", account)) {
      change_registration(&in, at);
    } else if (fact_is(at, "ok") && is_register && fact_field(at, "to")) {
      finish_band(&in, at->at_ms);
      in.host = story_player(from, fact_field(at, "to"));
    } else if (fact_is(at, "fail") && is_register) {
      timeline_mark(to, in.track, at);
    }
  }
  finish_band(&in, from->until_ms);
}

/* ":5060/udp", where every target of the account ends so: said once, the bands are short enough for narrow places. */
static const char *common_end(const story *in, uint32_t account) {
  const char *common = NULL;
  size_t i;
  for (i = 0; i < in->facts; i++) {
    const char *there = is_event(&in->fact[i], "current", account) ? fact_field(&in->fact[i], "to") : NULL;
    const char *end = there ? strrchr(there, ':') : NULL;
    if (end && common && strcmp(end, common) != 0)
      return "";
    common = end ? end : common;
  }
  return common ? common : "";
}

static void change_target(sequence *in, const fact *at, size_t index, text *label) {
  const char *there = fact_field(at, "to"), *end = common_end(in->to->story, fact_number(at, "account"));
  finish_band(in, at->at_ms);
  text_free(label);
  if (strcmp(there, "-") == 0) {
    in->host = in->to->story->players;
    in->look = BAND_OFF;
    in->label = in->meaning = "none";
    return;
  }
  text_addf(label, "%.*s", (int)(strlen(there) - strlen(end)), there);
  in->label = label->data;
  in->host = story_player(in->to->story, there);
  in->look = in->host == primary_of(in->to->story, fact_number(at, "account"), index + 1) ? BAND_GOOD : BAND_SECOND;
  in->meaning = in->look == BAND_GOOD ? "current target: the primary" : "current target: another than the primary";
}

static void add_current(timeline *to, uint32_t account) {
  const story *from = to->story;
  sequence in;
  text name = {NULL, 0, 0}, label = {NULL, 0, 0};
  size_t i;
  text_add(&name, "current target");
  if (common_end(from, account)[0])
    text_addf(&name, " (%s)", common_end(from, account));
  begin_sequence(&in, to, name.data, "none");
  for (i = 0; i < from->facts; i++)
    if (is_event(&from->fact[i], "current", account) && fact_field(&from->fact[i], "to"))
      change_target(&in, &from->fact[i], i, &label);
  finish_band(&in, from->until_ms);
  text_free(&name);
  text_free(&label);
}

static int has_registration(const story *in, uint32_t account, uint32_t server) {
  size_t i;
  for (i = 0; i < in->facts; i++)
    if (is_event(&in->fact[i], "registration", account) && fact_number(&in->fact[i], "server") == server)
      return 1;
  return 0;
}

void timeline_add_belief(timeline *to, uint32_t account) {
  uint32_t server;
  for (server = 1; server <= 2; server++)
    if (has_registration(to->story, account, server))
      add_registration(to, account, server);
  add_current(to, account);
}
