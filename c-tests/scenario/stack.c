/* The phone's SIP stack: it sends what the library asks for, and reports what comes back. */
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "pauses.h"
#include "run.h"

static const char *request_name(const run *in, uint64_t id) {
  size_t index = ids_find(&in->request_index, id);
  return index == NO_INDEX ? NULL : in->request[index].name;
}

void describe(text *to, const attempt *of) {
  text_addf(to, " %s account=%u server=%u to=%s", method_name(of->method), (unsigned)of->account, (unsigned)of->server,
            of->target);
}

void describe_request(text *to, const run *in, const attempt *of) {
  const char *name = request_name(in, of->request);
  if (name)
    text_addf(to, " request=%s", name);
}

void end_attempt(run *in, attempt *of, uint32_t status, uint32_t granted_s) {
  of->in_flight = 0;
  of->reported = status != 0;
  of->ended_ms = in->now_ms;
  watch_outcome(in, of, status, granted_s);
}

void withdraw_attempt(run *in, attempt *of) {
  of->in_flight = 0;
  of->ended_ms = in->now_ms;
}

void enter(run *in) {
  if (!in->call.inside)
    memset(&in->call, 0, sizeof in->call);
  in->call.inside++;
  /* What a call from within set_timer causes may change the deadline again. */
  in->call.timers = 0;
  check_calls(in);
}

void leave(run *in) {
  in->call.inside--;
}

static void line_for(text *to, const run *in, const attempt *of, const char *kind, uint32_t cause, uint32_t status) {
  text_add(to, kind);
  describe(to, of);
  if (cause)
    text_addf(to, " cause=%s", cause_name(cause));
  if (status)
    text_addf(to, " status=%u", (unsigned)status);
  describe_request(to, in, of);
}

/* A report that the library refused, other than "too late", is a fact worth a line. */
static int was_taken(run *in, size_t line, const attempt *of, sfo_status result, uint32_t cause, uint32_t status) {
  text fresh = {NULL, 0, 0};
  if (result == SFO_OK)
    return 1;
  if (result == SFO_LATE || result == SFO_ERR_NOT_FOUND) {
    line_for(&fresh, in, of, "late", cause, status);
  } else {
    line_for(&fresh, in, of, "fail", cause, status);
  }
  if (result != SFO_LATE)
    text_addf(&fresh, " error=%s", error_name(result));
  transcript_settle(&in->transcript, line, &fresh);
  return 0;
}

/* A line is put in before the call, because what the call causes must stand below it. */
static size_t open_line(run *in, const attempt *of, const char *kind, uint32_t cause, uint32_t status) {
  text line = {NULL, 0, 0};
  line_for(&line, in, of, kind, cause, status);
  return transcript_add(&in->transcript, in->now_ms, &line);
}

void stack_retransmit(run *in, const happening *what) {
  attempt *of = find_attempt(in, what->attempt);
  int cause = of && of->in_flight ? world_deliver(in, of) : 0;
  if (cause) {
    happening fresh = *what;
    fresh.kind = HAPPENING_FAILED;
    fresh.at_ms = in->now_ms;
    fresh.cause = (uint32_t)cause;
    queue_add(&in->queue, &fresh);
  }
}

void tell_provisional(run *in, attempt *of, uint32_t status) {
  uint64_t id = of->id;
  size_t line;
  sfo_status result;
  watch_heard(in, of);
  line = open_line(in, of, "reply", 0, status);
  enter(in);
  result = sfo_attempt_provisional(in->engine, engine_now(in), id, status);
  leave(in);
  of = find_attempt(in, id);
  of->progressed |= was_taken(in, line, of, result, 0, status);
}

void stack_provisional(run *in, const happening *what) {
  attempt *of = find_attempt(in, what->attempt);
  if (of && !of->forgotten && world_answers(in, of))
    tell_provisional(in, of, what->response.status);
}

static int is_challenge(const sfo_response *response) {
  return (response->status == 401 || response->status == 407) && !(response->flags & SFO_RESPONSE_FINAL);
}

/* Did the library go on to another server, rather than take this response for the answer? */
static int was_walked(const run *in, const attempt *of, uint32_t status) {
  size_t index;
  unsigned i;
  if (status < 300)
    return 0;
  if (of->method == SFO_METHOD_REGISTER)
    return 1;
  /* It goes on when the callback is over. */
  if (in->call.in_callback)
    return declines(of, status);
  for (i = 0; i < in->call.walks && i < 8; i++)
    if (in->call.walked[i] == of->request)
      return 1;
  index = ids_find(&in->request_index, of->request);
  return index != NO_INDEX && !in->request[index].answered;
}

static void settle_response(run *in, size_t line, const attempt *of, const sfo_response *response) {
  uint32_t status = response->status;
  text fresh = {NULL, 0, 0};
  if (is_challenge(response))
    line_for(&fresh, in, of, "reply", 0, status);
  else if (was_walked(in, of, status))
    line_for(&fresh, in, of, "fail", SFO_CAUSE_RESPONSE, status);
  else
    line_for(&fresh, in, of, "ok", 0, status);
  transcript_settle(&in->transcript, line, &fresh);
}

/* A left attempt still hears its server, unless the transaction is destroyed; after CANCEL only the 487 comes. */
static int still_hears(run *in, const attempt *of, uint32_t status) {
  if (of->forgotten || of->left == SFO_CANCEL_DESTROY || !world_answers(in, of))
    return 0;
  return of->left != SFO_CANCEL_CANCEL || status == 487;
}

/* A registrar that grants no time has refused. */
static int grants_nothing(const attempt *of, const sfo_response *response) {
  return of->method == SFO_METHOD_REGISTER && of->purpose != SFO_PURPOSE_UNREGISTER && !response->granted_expires_s;
}

void tell_final(run *in, attempt *of, const sfo_response *response) {
  uint64_t id = of->id;
  uint32_t status = response->status;
  int again = is_challenge(response) && of->in_flight;
  request *asked = find_request(in, of->request);
  sfo_status result;
  size_t line;
  watch_heard(in, of);
  if (asked && status < 300 && of->in_flight && !grants_nothing(of, response))
    asked->answered = 1;
  if (of->in_flight && !again)
    end_attempt(in, of, status, response->granted_expires_s);
  of->forgotten = !again;
  line = open_line(in, of, "ok", 0, status);
  enter(in);
  result = sfo_attempt_response(in->engine, engine_now(in), id, response);
  leave(in);
  of = find_attempt(in, id);
  if (was_taken(in, line, of, result, 0, status))
    settle_response(in, line, of, response);
  /* The stack repeats the request with credentials, in the same attempt. */
  if (again && result == SFO_OK && of->in_flight)
    world_deliver(in, of);
}

void stack_response(run *in, const happening *what) {
  attempt *of = find_attempt(in, what->attempt);
  happening reported = *what;
  if (!of || !still_hears(in, of, what->response.status))
    return;
  if (of->in_flight && !is_challenge(&what->response) && slip_outcome(in, of, &reported))
    return;
  tell_final(in, of, &reported.response);
}

void tell_failure(run *in, attempt *of, uint32_t cause) {
  uint64_t id = of->id;
  sfo_status result;
  size_t line;
  if (of->in_flight)
    end_attempt(in, of, 0, SFO_ABSENT);
  of->forgotten = 1;
  line = open_line(in, of, "fail", cause, 0);
  enter(in);
  result = sfo_attempt_failed(in->engine, engine_now(in), id, cause);
  leave(in);
  was_taken(in, line, find_attempt(in, id), result, cause, 0);
}

void stack_failed(run *in, const happening *what) {
  attempt *of = find_attempt(in, what->attempt);
  happening reported = *what;
  if (!of || of->forgotten || of->left)
    return;
  if (of->in_flight && slip_outcome(in, of, &reported))
    return;
  tell_failure(in, of, what->cause);
}
