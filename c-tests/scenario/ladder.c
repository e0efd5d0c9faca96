/* From the facts of a run to the rows of its ladder. */
#include "ladder.h"

#include <stdlib.h>
#include <string.h>

#include "conditions.h"
#include "roles.h"
#include "words_for.h"

const char *lane_name(const ladder *of, size_t lane) {
  if (lane == 0)
    return "phone";
  return lane <= of->story->players ? of->story->player[lane - 1].address : "DNS";
}

char *lane_role(const ladder *of, size_t lane) {
  text role = {NULL, 0, 0};
  text_add(&role, "");
  if (lane)
    add_role(&role, of->story, lane - 1);
  return role.data ? role.data : copy_string("");
}

static ladder_row *add_row(ladder *to, row_kind kind, uint64_t at_ms) {
  ladder_row *fresh;
  to->row = room(to->row, to->rows, &to->capacity, sizeof *to->row);
  fresh = &to->row[to->rows++];
  memset(fresh, 0, sizeof *fresh);
  fresh->kind = kind;
  fresh->at_ms = at_ms;
  return fresh;
}

static char *taken(text *from) {
  return from->data ? from->data : copy_string("");
}

/* A remark stands beside the message that it is about, where that has none yet. */
static void add_note(ladder *to, uint64_t at_ms, row_tone tone, text *note) {
  ladder_row *last = to->rows ? &to->row[to->rows - 1] : NULL;
  if (last && last->kind == ROW_ARROW && last->at_ms == at_ms && !last->note) {
    last->note = taken(note);
    return;
  }
  last = add_row(to, ROW_NOTE, at_ms);
  last->tone = tone;
  last->note = taken(note);
}

static ladder_row *add_arrow(ladder *to, const fact *at, int to_phone, const char *label) {
  size_t lane = story_player(to->story, fact_field(at, "to")) + 1;
  ladder_row *fresh = add_row(to, ROW_ARROW, at->at_ms);
  fresh->from = to_phone ? lane : 0;
  fresh->to = to_phone ? 0 : lane;
  fresh->label = copy_string(label);
  return fresh;
}

static void add_send(ladder *to, size_t index) {
  const fact *at = &to->story->fact[index], *end;
  size_t outcome = story_outcome(to->story, index);
  ladder_row *fresh = add_arrow(to, at, 0, fact_word(at, 1));
  text note = {NULL, 0, 0};
  describe_send(&note, to->story, at);
  fresh->note = taken(&note);
  end = outcome < to->story->facts ? &to->story->fact[outcome] : NULL;
  fresh->lost = end && fact_field(end, "cause") && strcmp(fact_field(end, "cause"), "timeout") == 0;
}

static int is_probe(const story *of, const fact *answer) {
  size_t i, index = (size_t)(answer - of->fact);
  for (i = index; i > 0; i--)
    if (fact_is(&of->fact[i - 1], "send") && story_outcome(of, i - 1) == index)
      return fact_field(&of->fact[i - 1], "purpose") && strcmp(fact_field(&of->fact[i - 1], "purpose"), "probe") == 0;
  return 0;
}

/* A provisional response, or a challenge: then the stack repeats the request with credentials at once. */
static void add_reply(ladder *to, const fact *at) {
  const char *status = fact_field(at, "status");
  add_arrow(to, at, 1, status)->usual_note = status[0] == '4' ? "asks for credentials" : NULL;
  if (status[0] == '4')
    add_arrow(to, at, 0, fact_word(at, 1))->usual_note = "the same, with credentials";
}

static void add_outcome(ladder *to, const fact *at, uint64_t sent_ms) {
  const char *status = fact_field(at, "status"), *cause = fact_field(at, "cause");
  text note = {NULL, 0, 0};
  ladder_row *fresh;
  if (!fact_field(at, "to")) {
    text_addf(&note, "refused by the library: %s", fact_word(at, 1));
    text_addf(&note, " (%s)", fact_field(at, "error") ? fact_field(at, "error") : "?");
  } else if (status) {
    fresh = add_arrow(to, at, 1, status);
    fresh->usual_note = is_probe(to->story, at) ? "the probe is answered" : NULL;
    fresh->late = fact_is(at, "late");
    fresh->tone = fact_is(at, "fail") ? TONE_BAD : status[0] == '2' ? TONE_GOOD : TONE_PLAIN;
    if (fresh->late)
      fresh->note = copy_string("too late: another server was asked meanwhile");
    else if (fact_is(at, "fail"))
      fresh->note = copy_string("counts as server unavailable");
    return;
  } else if (cause && strcmp(cause, "timeout") == 0) {
    size_t host = story_player(to->story, fact_field(at, "to"));
    text_addf(&note, "%s: no answer from %s in ", fact_word(at, 1), lane_name(to, host + 1));
    add_duration(&note, at->at_ms - sent_ms);
  } else {
    fresh = add_arrow(to, at, 1, words_for_cause(cause));
    fresh->tone = TONE_BAD;
    fresh->late = fact_is(at, "late");
    return;
  }
  add_note(to, at->at_ms, TONE_BAD, &note);
}

/* When the attempt began that ends here. */
static uint64_t sent_at(const story *of, size_t index) {
  size_t i;
  for (i = index; i > 0; i--)
    if (fact_is(&of->fact[i - 1], "send") && story_outcome(of, i - 1) == index)
      return of->fact[i - 1].at_ms;
  return of->fact[index].at_ms;
}

/* Stopping the repetitions after silence is no news; a CANCEL goes over the wire. */
static void add_cancel(ladder *to, const fact *at) {
  const char *mode = fact_field(at, "mode"), *cause = fact_field(at, "cause");
  text note = {NULL, 0, 0};
  if (mode && strcmp(mode, "cancel") == 0) {
    add_arrow(to, at, 0, "CANCEL");
  } else if (!cause || strcmp(cause, "timeout") != 0) {
    text_addf(&note, "%s to %s given up: %s", fact_word(at, 1), fact_field(at, "to"), words_for_cause(cause));
    add_note(to, at->at_ms, TONE_PLAIN, &note);
  }
}

static void add_done(ladder *to, const fact *at) {
  text note = {NULL, 0, 0};
  describe_done(&note, to->story, at);
  add_note(to, at->at_ms, fact_field(at, "cause") ? TONE_BAD : TONE_GOOD, &note);
}

static void add_event(ladder *to, const fact *at) {
  text note = {NULL, 0, 0};
  int tone = describe_event(&note, to->story, at);
  add_note(to, at->at_ms, tone < 0 ? TONE_BAD : tone > 0 ? TONE_GOOD : TONE_PLAIN, &note);
}

static void add_dns(ladder *to, const fact *at) {
  const char *result = fact_field(at, "result");
  ladder_row *fresh = add_row(to, ROW_ARROW, at->at_ms);
  text label = {NULL, 0, 0}, note = {NULL, 0, 0};
  text_addf(&label, "%s?", fact_word(at, 1));
  text_addf(&note, "%s: %s", fact_field(at, "name"), words_for_dns(result));
  fresh->to = to->lanes - 1;
  fresh->label = taken(&label);
  fresh->note = taken(&note);
  fresh->lost = result && strcmp(result, "silent") == 0;
}

/* Where a command of the file takes effect. What servers grant stands at the first of them. */
static size_t lane_of_command(const ladder *of, const fact *at) {
  const char *word = fact_word(at, 1);
  size_t player = story_player(of->story, fact_word(at, 2));
  if (player < of->story->players)
    return player + 1;
  if (of->story->has_dns && (strcmp(word, "dns") == 0 || strcmp(word, "zone") == 0))
    return of->lanes - 1;
  return strcmp(word, "grant") == 0 && of->story->players ? 1 : 0;
}

/* Only who was away can be back. */
static int was_never_away(const story *of, const fact *at) {
  size_t player = story_player(of, fact_word(at, 2));
  return strcmp(fact_word(at, 1), "up") == 0 && player < of->players &&
         host_condition(of, player, (size_t)(at - of->fact)) != CONDITION_TROUBLE;
}

static void add_command(ladder *to, const fact *at) {
  const char *word = fact_word(at, 1);
  text label = {NULL, 0, 0};
  ladder_row *fresh;
  if (strcmp(word, "request") == 0 || strcmp(word, "tick-wrap") == 0)
    return;
  fresh = add_row(to, ROW_BADGE, at->at_ms);
  fresh->tone = TONE_WORLD;
  fresh->from = lane_of_command(to, at);
  if (fresh->from && weigh_condition(at) != CONDITION_SAME)
    fresh->condition = weigh_condition(at) == CONDITION_TROUBLE ? condition_after(at) : copy_string("");
  if (was_never_away(to->story, at))
    text_add(&label, "answers as usual");
  else
    describe_command(&label, at);
  fresh->label = taken(&label);
}

static void add_fact(ladder *to, size_t index) {
  const fact *at = &to->story->fact[index];
  if (fact_is(at, "send"))
    add_send(to, index);
  else if (fact_is(at, "ok") || fact_is(at, "fail") || fact_is(at, "late"))
    add_outcome(to, at, sent_at(to->story, index));
  else if (fact_is(at, "reply") && fact_field(at, "status"))
    add_reply(to, at);
  else if (fact_is(at, "cancel"))
    add_cancel(to, at);
  else if (fact_is(at, "done"))
    add_done(to, at);
  else if (fact_is(at, "event"))
    add_event(to, at);
  else if (fact_is(at, "dns"))
    add_dns(to, at);
  else if (fact_is(at, "command"))
    add_command(to, at);
}

void ladder_build(ladder *out, const story *from) {
  size_t i;
  memset(out, 0, sizeof *out);
  out->story = from;
  out->lanes = 1 + from->players + (from->has_dns ? 1u : 0u);
  for (i = 0; i < from->facts; i++)
    add_fact(out, i);
  for (i = 0; i < out->rows; i++)
    if (!out->row[i].note && out->row[i].usual_note)
      out->row[i].note = copy_string(out->row[i].usual_note);
  ladder_fold(out);
  ladder_add_gaps(out);
}

void ladder_free(ladder *old) {
  size_t i;
  for (i = 0; i < old->rows; i++) {
    free(old->row[i].label);
    free(old->row[i].note);
    free(old->row[i].condition);
  }
  free(old->row);
  memset(old, 0, sizeof *old);
}
