/* The requests of the file on the timeline: how long each took, and which servers it met in vain. */
#include <stdlib.h>
#include <string.h>

#include "roles.h"
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

/* The line in which a server answered; `facts` when none did. */
static size_t find_answer(const story *in, const char *name) {
  size_t i;
  for (i = in->facts; i > 0; i--)
    if (fact_is(&in->fact[i - 1], "ok") && is_of(&in->fact[i - 1], name) && fact_field(&in->fact[i - 1], "to"))
      return i - 1;
  return in->facts;
}

/* How the request ended, in a few words, and by which look. */
static band_look judge(timeline *in, const char *name, const fact *done, text *label) {
  const story *from = in->story;
  size_t answer = find_answer(from, name), host;
  const char *status = fact_field(done, "status");
  if (strcmp(fact_field(done, "result"), "answered") != 0) {
    in->failed++;
    text_addf(label, "%s: %s", fact_field(done, "result"), words_for_cause(fact_field(done, "cause")));
    return BAND_BAD;
  }
  in->answered++;
  text_add(label, status ? status : "answered");
  if (answer == from->facts)
    return BAND_GOOD;
  host = story_player(from, fact_field(&from->fact[answer], "to"));
  text_addf(label, " from %s", host < from->players ? from->player[host].address : fact_field(&from->fact[answer], "to"));
  return host == primary_of(from, fact_number(&from->fact[answer], "account"), answer) ? BAND_GOOD : BAND_SECOND;
}

static const char *meaning_of(band_look end) {
  return end == BAND_GOOD ? "request answered by the primary"
                          : end == BAND_SECOND ? "request answered by another server" : "request not answered";
}

static void add_wait(timeline *to, size_t track, uint64_t start_ms, uint64_t end_ms, const char *label) {
  if (end_ms > start_ms)
    timeline_band(to, track, BAND_WAIT, start_ms, end_ms, label, "request waits");
}

static void add_request(timeline *to, size_t track, const char *method, const char *name) {
  const story *from = to->story;
  uint64_t start_ms = story_request_start(from, name), end_ms;
  size_t end = find_done(from, name), i;
  text label = {NULL, 0, 0};
  text_addf(&label, "%s %s: ", method, name);
  if (end == from->facts) {
    text_add(&label, "open");
    add_wait(to, track, start_ms, from->until_ms, label.data);
  } else {
    band_look look = judge(to, name, &from->fact[end], &label);
    end_ms = from->fact[end].at_ms;
    if (end_ms > start_ms) {
      text_add(&label, " after ");
      add_duration(&label, end_ms - start_ms);
    }
    if (look != BAND_BAD && end_ms - start_ms > to->longest_ms)
      to->longest_ms = end_ms - start_ms;
    add_wait(to, track, start_ms, end_ms, NULL);
    timeline_band(to, track, look, end_ms, end_ms, label.data, meaning_of(look));
  }
  for (i = 0; i < from->facts; i++)
    if (fact_is(&from->fact[i], "fail") && is_of(&from->fact[i], name) && fact_field(&from->fact[i], "to"))
      timeline_mark(to, track, &from->fact[i]);
  text_free(&label);
}

static int is_first(const story *in, size_t index) {
  const char *name = fact_field(&in->fact[index], "request");
  size_t i;
  for (i = 0; i < index; i++)
    if (is_of(&in->fact[i], name) && fact_field(&in->fact[i], "account"))
      return 0;
  return 1;
}

/* A request that was never sent has its account only in the command that asked for it, "request INVITE 2 as NAME";
   without a name of its own it is drawn with the first account. */
static uint32_t account_of(const story *in, const char *name) {
  uint32_t account = 1;
  size_t i, j;
  for (i = 0; i < in->facts; i++) {
    const fact *at = &in->fact[i];
    for (j = 4; fact_is(at, "command") && j + 1 < at->parts.count; j++)
      if (strcmp(at->parts.word[j], "as") == 0 && strcmp(at->parts.word[j + 1], name) == 0)
        parse_number(at->parts.word[3], UINT32_MAX, &account);
  }
  return account;
}

void timeline_add_requests(timeline *to, uint32_t account) {
  const story *from = to->story;
  size_t i;
  for (i = 0; i < from->facts; i++) {
    const fact *at = &from->fact[i];
    const char *name = fact_field(at, "request");
    int sent = fact_is(at, "send") && fact_number(at, "account") == account;
    if (!name || !(sent || fact_is(at, "done")) || !is_first(from, i))
      continue;
    if (sent || account_of(from, name) == account) {
      size_t track = timeline_track(to, TRACK_REQUEST, "");
      add_request(to, track, fact_word(at, 1), name);
    }
  }
}
