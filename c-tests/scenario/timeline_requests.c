/* The requests of the file on the timeline: how long each took, and which servers it met in vain. */
#include <stdlib.h>
#include <string.h>

#include "timeline.h"
#include "words_for.h"

static int is_of(const fact *at, const char *name) {
  const char *request = fact_field(at, "request");
  return request && strcmp(request, name) == 0;
}

static size_t find_done(const story *in, const char *name) {
  size_t i;
  for (i = 0; i < in->facts && !(fact_is(&in->fact[i], "done") && is_of(&in->fact[i], name)); i++)
    continue;
  return i;
}

/* Where the answer came from, in a few words. */
static void add_place(text *to, const story *in, const char *name) {
  size_t i;
  for (i = in->facts; i > 0; i--) {
    const fact *at = &in->fact[i - 1];
    if (fact_is(at, "ok") && is_of(at, name)) {
      size_t player = story_player(in, fact_field(at, "to"));
      text_addf(to, " from %s", player < in->players ? in->player[player].address : fact_field(at, "to"));
      return;
    }
  }
}

static band_look judge(timeline *in, const char *name, text *label, uint64_t start_ms, uint64_t *end_ms) {
  size_t end = find_done(in->story, name);
  const fact *done = &in->story->fact[end];
  const char *status;
  *end_ms = in->story->until_ms;
  if (end == in->story->facts) {
    text_add(label, "open");
    return BAND_WAIT;
  }
  *end_ms = done->at_ms;
  status = fact_field(done, "status");
  if (strcmp(fact_field(done, "result"), "answered") != 0) {
    in->failed++;
    text_addf(label, "%s: %s", fact_field(done, "result"), words_for_cause(fact_field(done, "cause")));
    return BAND_BAD;
  }
  in->answered++;
  if (*end_ms - start_ms > in->longest_ms)
    in->longest_ms = *end_ms - start_ms;
  text_addf(label, "%s", status ? status : "answered");
  add_place(label, in->story, name);
  return BAND_GOOD;
}

static void add_request(timeline *to, size_t track, const char *method, const char *name) {
  uint64_t start_ms = story_request_start(to->story, name), end_ms;
  text label = {NULL, 0, 0};
  band_look look;
  size_t i;
  text_addf(&label, "%s %s: ", method, name);
  look = judge(to, name, &label, start_ms, &end_ms);
  if (end_ms > start_ms) {
    text_add(&label, " after ");
    add_duration(&label, end_ms - start_ms);
  }
  timeline_band(to, track, look, start_ms, end_ms, label.data);
  for (i = 0; i < to->story->facts; i++)
    if (fact_is(&to->story->fact[i], "fail") && is_of(&to->story->fact[i], name) && fact_field(&to->story->fact[i], "to"))
      timeline_band(to, track, BAND_BAD, to->story->fact[i].at_ms, to->story->fact[i].at_ms, NULL)->is_mark = 1;
}

static int is_first(const story *in, size_t index) {
  const char *name = fact_field(&in->fact[index], "request");
  size_t i;
  for (i = 0; i < index; i++)
    if (is_of(&in->fact[i], name) && fact_field(&in->fact[i], "account"))
      return 0;
  return 1;
}

/* A request has an account in its `send` lines; one that never got that far is drawn with the first account. */
void timeline_add_requests(timeline *to, uint32_t account) {
  const story *from = to->story;
  size_t i;
  for (i = 0; i < from->facts; i++) {
    const fact *at = &from->fact[i];
    const char *name = fact_field(at, "request");
    int sent = fact_is(at, "send") && fact_number(at, "account") == account;
    int never_sent = account == 1 && fact_is(at, "done");
    if (name && (sent || never_sent) && is_first(from, i)) {
      size_t track = timeline_track(to, "");
      to->track[track].is_requests = 1;
      add_request(to, track, fact_word(at, 1), name);
    }
  }
}
