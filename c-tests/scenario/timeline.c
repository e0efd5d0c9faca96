/* Builds the timeline: what is true of the world, what each account believes, and how its requests fare. */
#include "timeline.h"

#include <stdlib.h>
#include <string.h>

#include "conditions.h"
#include "roles.h"

size_t timeline_track(timeline *to, track_kind kind, const char *name) {
  to->track = room(to->track, to->tracks, &to->track_capacity, sizeof *to->track);
  memset(&to->track[to->tracks], 0, sizeof *to->track);
  to->track[to->tracks].kind = kind;
  to->track[to->tracks].name = copy_string(name);
  return to->tracks++;
}

/* The band of this track that ends here and looks and says the same, if there is one. */
static band *band_before(timeline *in, const band *fresh) {
  size_t i;
  for (i = in->bands; i > 0; i--) {
    band *last = &in->band[i - 1];
    if (last->track != fresh->track || last->is_mark)
      continue;
    return last->to_ms == fresh->from_ms && last->look == fresh->look && last->label && fresh->label &&
                   strcmp(last->label, fresh->label) == 0
               ? last
               : NULL;
  }
  return NULL;
}

band *timeline_band(timeline *to, size_t track, band_look look, uint64_t from_ms, uint64_t to_ms, const char *label,
                    const char *meaning) {
  band fresh = {track, from_ms, to_ms, look, 0, 0, NULL, NULL}, *before;
  fresh.label = label ? copy_string(label) : NULL;
  fresh.meaning = meaning ? copy_string(meaning) : NULL;
  before = band_before(to, &fresh);
  if (before) {
    free(fresh.label);
    free(fresh.meaning);
    before->to_ms = to_ms;
    return before;
  }
  to->band = room(to->band, to->bands, &to->band_capacity, sizeof *to->band);
  to->band[to->bands] = fresh;
  return &to->band[to->bands++];
}

void timeline_mark(timeline *to, size_t track, const fact *failed) {
  const char *cause = fact_field(failed, "cause");
  band *mark = timeline_band(to, track, BAND_BAD, failed->at_ms, failed->at_ms, NULL, NULL);
  mark->is_mark = 1;
  mark->no_answer = cause && strcmp(cause, "timeout") == 0;
  to->track[track].has_marks = 1;
}

/* Tracks behind those of the hosts, counted from `players`. */
enum { PLAYER_DNS, PLAYER_NETWORK };

static int concerns(const timeline *in, const fact *at, size_t player) {
  size_t hosts = in->story->players;
  if (player < hosts)
    return concerns_host(in->story, at, player);
  return fact_is(at, "command") && strcmp(fact_word(at, 1), player == hosts + PLAYER_DNS ? "dns" : "link") == 0;
}

static void name_player(text *to, const story *in, size_t player) {
  text role = {NULL, 0, 0};
  if (player >= in->players) {
    text_add(to, player == in->players + PLAYER_DNS ? "DNS" : "the phone's network");
    return;
  }
  add_role(&role, in, player);
  text_add(to, in->player[player].address);
  if (role.length)
    text_addf(to, " (%s)", role.data);
  text_free(&role);
}

/* The condition of a host from `from_ms` on. */
static void add_condition(timeline *to, size_t track, const fact *cause, const char *usual, uint64_t from_ms, uint64_t to_ms) {
  static const band_look looks[] = {BAND_GOOD, BAND_GOOD, BAND_ODD, BAND_BAD};
  condition_weight weight = cause ? weigh_condition(cause) : CONDITION_USUAL;
  char *condition = cause ? condition_after(cause) : NULL;
  const char *label = condition && condition[0] ? condition : usual;
  if (to_ms > from_ms)
    timeline_band(to, track, looks[weight], from_ms, to_ms, label, weight == CONDITION_ODD ? "answers with an error" : label);
  free(condition);
}

static void add_player_track(timeline *to, size_t player) {
  const story *from = to->story;
  const char *usual = player == from->players + PLAYER_NETWORK ? "up" : "answers";
  const fact *cause = NULL;
  uint64_t since_ms = 0;
  text name = {NULL, 0, 0};
  size_t i, track;
  name_player(&name, from, player);
  track = timeline_track(to, TRACK_STATES, name.data);
  for (i = 0; i < from->facts; i++) {
    const fact *at = &from->fact[i];
    if (!concerns(to, at, player) || weigh_condition(at) == CONDITION_SAME)
      continue;
    add_condition(to, track, cause, usual, since_ms, at->at_ms);
    cause = at;
    since_ms = at->at_ms;
  }
  add_condition(to, track, cause, usual, since_ms, from->until_ms);
  text_free(&name);
}

static void add_heading(timeline *to, uint32_t account, const char *subject) {
  text name = {NULL, 0, 0};
  if (account)
    text_addf(&name, "Account %u: ", (unsigned)account);
  text_add(&name, subject);
  timeline_track(to, TRACK_HEADING, name.data);
  text_free(&name);
}

static void add_account(timeline *to, uint32_t account) {
  size_t tracks;
  add_heading(to, account, "what the phone believes");
  timeline_add_belief(to, account);
  add_heading(to, account, "its requests");
  tracks = to->tracks;
  timeline_add_requests(to, account);
  if (to->tracks == tracks)
    free(to->track[--to->tracks].name);
}

void timeline_build(timeline *out, const story *from) {
  uint32_t account;
  size_t i;
  memset(out, 0, sizeof *out);
  out->story = from;
  add_heading(out, 0, "What is true");
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
  for (i = 0; i < old->bands; i++) {
    free(old->band[i].label);
    free(old->band[i].meaning);
  }
  free(old->track);
  free(old->band);
  memset(old, 0, sizeof *old);
}
