/* A stack that reports an outcome twice, for the wrong attempt, or with numbers that make no sense. The library takes what may be
   true, says of the rest that it comes too late or cannot be, and nothing else changes. */
#include <string.h>

#include "names.h"
#include "run.h"

/* Above all ids that the library gives in a run. */
#define UNKNOWN_ID 1000000000000u
/* Of responses; sfo_attempt_provisional() takes those below 200. */
#define LEAST_STATUS 100u
#define MOST_STATUS 699u

static void slip_line(text *to, const run *in, const attempt *of, const char *how, const happening *what) {
  text_add(to, "slip");
  if (of)
    describe(to, of);
  else
    text_add(to, " -");
  text_addf(to, " how=%s", how);
  if (what->cause)
    text_addf(to, " cause=%s", cause_name(what->cause));
  else
    text_addf(to, " status=%u", (unsigned)what->response.status);
  if (of)
    describe_request(to, in, of);
}

static size_t note_slip(run *in, const attempt *of, const char *how, const happening *what) {
  text line = {NULL, 0, 0};
  slip_line(&line, in, of, how, what);
  return transcript_add(&in->transcript, in->now_ms, &line);
}

static void plan(run *in, const happening *what, uint64_t attempt, uint64_t delay_ms) {
  happening fresh = *what;
  fresh.kind = HAPPENING_SLIP;
  fresh.at_ms = in->now_ms + delay_ms;
  fresh.attempt = attempt;
  queue_add(&in->queue, &fresh);
}

static void plan_other(run *in, const happening *what, const command *slip) {
  const sfo_response usual = SFO_RESPONSE_INIT;
  happening other = *what;
  other.cause = slip->slip == SLIP_CAUSE ? slip->value : 0;
  other.response = usual;
  other.response.status = slip->code;
  plan(in, &other, what->attempt, slip->final_ms);
}

/* The latest attempt of another account: one that is under way, or else whatever has become of it. */
static uint64_t foreign_attempt(run *in, const attempt *of) {
  uint64_t latest = 0;
  size_t i;
  for (i = in->attempts; i > 0 && (!latest || i > first_attempt(in)); i--) {
    const attempt *at = &in->attempt[i - 1];
    if (at->account == of->account || !at->id)
      continue;
    if (at->in_flight)
      return at->id;
    latest = latest ? latest : at->id;
  }
  return latest;
}

static void misread(run *in, const attempt *of, const command *slip, happening *what) {
  text line = {NULL, 0, 0};
  if (what->cause)
    return;
  if (slip->slip == SLIP_EXPIRES)
    what->response.granted_expires_s = slip->value;
  else
    what->response.retry_after_s = slip->value;
  slip_line(&line, in, of, slip->slip == SLIP_EXPIRES ? "expires" : "retry-after", what);
  text_addf(&line, " value=%u", (unsigned)slip->value);
  transcript_add(&in->transcript, in->now_ms, &line);
}

int slip_outcome(run *in, const attempt *of, happening *what) {
  const command *slip = slip_take(in, of);
  if (!slip)
    return 0;
  switch (slip->slip) {
  case SLIP_LATE:
    note_slip(in, of, "late", what);
    plan(in, what, of->id, slip->final_ms);
    return 1;
  case SLIP_LOST:
    note_slip(in, of, "lost", what);
    return 1;
  case SLIP_FOREIGN:
    note_slip(in, of, "foreign", what);
    if (foreign_attempt(in, of))
      plan(in, what, foreign_attempt(in, of), 0);
    return 1;
  case SLIP_UNKNOWN:
    note_slip(in, of, "unknown", what);
    plan(in, what, of->id + UNKNOWN_ID, 0);
    return 1;
  case SLIP_AGAIN:
    plan(in, what, of->id, slip->final_ms);
    return 0;
  case SLIP_STATUS:
  case SLIP_CAUSE:
    plan_other(in, what, slip);
    return 0;
  case SLIP_EXPIRES:
  case SLIP_RETRY_AFTER:
  default:
    misread(in, of, slip, what);
    return 0;
  }
}

static int can_be(const happening *what) {
  switch (what->cause) {
  case SFO_CAUSE_NONE:
    return what->response.status >= LEAST_STATUS && what->response.status <= MOST_STATUS;
  case SFO_CAUSE_UNREACHABLE:
  case SFO_CAUSE_CONNECT:
  case SFO_CAUSE_TLS:
  case SFO_CAUSE_CONNECTION_LOST:
  case SFO_CAUSE_SEND:
  case SFO_CAUSE_LOCAL:
    return 1;
  default:
    return 0;
  }
}

static int is_provisional(const happening *what) {
  return !what->cause && what->response.status >= LEAST_STATUS && what->response.status < 200;
}

static sfo_status tell(run *in, const happening *what) {
  uint64_t now_ms = engine_now(in);
  if (what->cause)
    return sfo_attempt_failed(in->engine, now_ms, what->attempt, what->cause);
  if (is_provisional(what))
    return sfo_attempt_provisional(in->engine, now_ms, what->attempt, what->response.status);
  return sfo_attempt_response(in->engine, now_ms, what->attempt, &what->response);
}

/* An attempt is known for 64*T1 after its end; a clock that jumps, or settings that end an account, may make that less. */
static int may_be_forgotten(const run *in, const attempt *of) {
  return in->now_ms - of->ended_ms >= 64u * (uint64_t)in->script->options.t1_ms || of->ended_ms <= in->mischief.unclear_ms;
}

static sfo_status wanted(const attempt *of, const happening *what) {
  if (!can_be(what))
    return SFO_ERR_INVALID;
  if (!of)
    return SFO_ERR_NOT_FOUND;
  /* Whoever had answered is not asked any more; whoever was left may learn that. */
  return of->reported || what->cause ? SFO_OK : SFO_LATE;
}

/* A report that must change nothing, but for the sign of life that a late answer is. */
static void tell_in_vain(run *in, const attempt *of, const happening *what) {
  sfo_status result, want = wanted(of, what);
  size_t line, lines;
  text fresh = {NULL, 0, 0};
  if (want == SFO_LATE)
    watch_heard(in, of);
  line = note_slip(in, of, "besides", what);
  lines = in->transcript.count;
  enter(in);
  result = tell(in, what);
  leave(in);
  of = find_attempt(in, what->attempt);
  slip_line(&fresh, in, of, "besides", what);
  if (result != SFO_OK)
    text_addf(&fresh, " error=%s", error_name(result));
  transcript_settle(&in->transcript, line, &fresh);
  if (result != want && !(of && result == SFO_ERR_NOT_FOUND && may_be_forgotten(in, of)))
    broken(in, "a report that is too late or makes no sense returned %s instead of %s", error_name(result), error_name(want));
  else if (result != SFO_LATE && in->transcript.count != lines)
    broken(in, "a report that is too late or makes no sense ran callbacks");
}

void stack_slip(run *in, const happening *what) {
  attempt *of = find_attempt(in, what->attempt);
  if (!of || !of->in_flight || !can_be(what)) {
    tell_in_vain(in, of, what);
    return;
  }
  /* The library cannot know better: this is the outcome. */
  note_slip(in, of, "mistaken", what);
  if (what->cause)
    tell_failure(in, of, what->cause);
  else if (is_provisional(what))
    tell_provisional(in, of, what->response.status);
  else
    tell_final(in, of, &what->response);
}

void report_at_once(run *in, const command *what) {
  const sfo_response usual = SFO_RESPONSE_INIT;
  happening fresh;
  memset(&fresh, 0, sizeof fresh);
  fresh.attempt = in->mischief.attempt;
  fresh.cause = what->slip == SLIP_CAUSE ? what->value : 0;
  fresh.response = usual;
  fresh.response.status = what->code;
  fresh.response.retry_after_s = what->retry_after;
  /* The firmware has no better credentials. */
  if (what->code == 401 || what->code == 407)
    fresh.response.flags = SFO_RESPONSE_FINAL;
  stack_slip(in, &fresh);
}
