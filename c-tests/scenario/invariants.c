/* Rules that hold in every run, whatever the file expects. The first that is broken ends the run. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "run.h"

/* For each account, and for each command of the file in that second. A walk over the 32 targets that a server may have takes
   about 100 callbacks; a timer that fires every millisecond causes 1000. */
#define CALLBACKS_PER_SECOND 250u
#define MAX_RETRANSMISSIONS 20u

void broken(run *in, const char *format, ...) {
  va_list list;
  char line[512];
  if (in->broken.length)
    return;
  va_start(list, format);
  vsnprintf(line, sizeof line, format, list);
  va_end(list);
  text_add(&in->broken, line);
  in->broken_line = in->transcript.count;
  in->broken_ms = in->now_ms;
}

static uint32_t usual_limit(const run *in) {
  account_set accounts = {NULL, 0, 0};
  uint32_t limit;
  size_t i;
  for (i = 0; i < in->script->commands; i++)
    if (in->script->command[i].kind == COMMAND_START)
      account_set_put(&accounts, in->script->command[i].account, 1);
  limit = CALLBACKS_PER_SECOND * (uint32_t)(accounts.count + 1u);
  free(accounts.item);
  return limit;
}

static void begin_second(run *in) {
  if (!in->busy_usual)
    in->busy_usual = usual_limit(in);
  if (in->busy_limit && in->busy_second == in->now_ms / 1000u)
    return;
  in->busy_second = in->now_ms / 1000u;
  in->busy_count = in->busy_calls = 0;
  in->busy_limit = in->busy_usual;
}

void check_command(run *in) {
  begin_second(in);
  in->busy_limit += CALLBACKS_PER_SECOND;
}

/* A loop through the world around the library, without callbacks, is a loop as well. */
void check_calls(run *in) {
  begin_second(in);
  if (!in->call.freeing && ++in->busy_calls > in->busy_limit)
    broken(in, "more than %u calls into the library within one second: a busy loop", (unsigned)in->busy_limit);
}

void check_callback(run *in, const char *name) {
  if (in->destroyed)
    broken(in, "%s was called after destroyed", name);
  if (!in->call.inside)
    broken(in, "%s was called while no call into the library was under way", name);
  if (in->call.in_callback)
    broken(in, "%s was called inside another callback", name);
  if (in->call.timers)
    broken(in, "%s was called after set_timer; set_timer comes last", name);
  if (in->call.freeing && strcmp(name, "request_done") != 0 && strcmp(name, "destroyed") != 0)
    broken(in, "%s was called between sfo_engine_free and destroyed", name);
  if (!in->call.freeing && ++in->busy_count > in->busy_limit)
    broken(in, "more than %u callbacks within one second: a busy loop", (unsigned)in->busy_limit);
}

/* The text that the library prints for a target must say the same as the bytes. */
static void check_target(run *in, const sfo_send *send) {
  char expected[64];
  if (!send->target_text || !send->address_text || (send->family != 4 && send->family != 6) || !send->port ||
      send->port > 65535u) {
    broken(in, "send_sip without a complete target");
    return;
  }
  if (send->family != 4)
    return;
  snprintf(expected, sizeof expected, "%u.%u.%u.%u:%u/%s", send->address[0], send->address[1], send->address[2],
           send->address[3], (unsigned)send->port, transport_name(send->transport));
  if (strcmp(expected, send->target_text) != 0)
    broken(in, "send_sip names the target %s, but its bytes say %s", send->target_text, expected);
}

static int is_registration(uint32_t method, uint32_t purpose) {
  return method == SFO_METHOD_REGISTER && (purpose == SFO_PURPOSE_REGISTER || purpose == SFO_PURPOSE_PROBE);
}

/* An unREGISTER may run beside a registration: it is no walk that looks for a server. */
static void check_one_walk(run *in, const sfo_send *send) {
  size_t i;
  if (!is_registration(send->method, send->purpose))
    return;
  for (i = first_attempt(in); i < in->attempts; i++) {
    const attempt *at = &in->attempt[i];
    if (at->in_flight && is_registration(at->method, at->purpose) && at->account == send->account && at->server == send->server &&
        at->request != send->request)
      broken(in, "a second registration walk of account %u at server %u starts while %s is still asked",
             (unsigned)send->account, (unsigned)send->server, at->target);
  }
}

static void check_request(run *in, const sfo_send *send) {
  const request *of = find_request(in, send->request);
  if (send->purpose == SFO_PURPOSE_REQUEST && send->user_token) {
    if (!of || !of->origin)
      broken(in, "send_sip for request %" PRIu64 " before sfo_request_start wrote its id", send->request);
    else if (send->user_token != (uint64_t)(of - in->request) + 1u)
      broken(in, "send_sip carries a foreign user_token");
  }
  if (!of)
    return;
  if (of->cancelled)
    broken(in, "an attempt of %s starts although the request was cancelled", of->name ? of->name : "a registration");
  if (of->done)
    broken(in, "an attempt of %s starts after request_done", of->name ? of->name : "a registration");
  if (of->answered)
    broken(in, "an attempt of %s starts after its final answer", of->name ? of->name : "a registration");
}

void check_send(run *in, const sfo_send *send) {
  if (send->struct_size < sizeof *send)
    broken(in, "send_sip with a struct_size below the header's");
  if (!send->request || !send->attempt || find_attempt(in, send->attempt))
    broken(in, "send_sip with an id that is 0 or was used before");
  if (!send->budget_ms)
    broken(in, "send_sip with a budget of 0");
  if (send->retransmissions > MAX_RETRANSMISSIONS)
    broken(in, "send_sip with %u retransmissions", (unsigned)send->retransmissions);
  check_target(in, send);
  check_request(in, send);
  check_one_walk(in, send);
  watch_send(in, send);
  if (strcmp(method_name(send->method), "unknown") == 0)
    broken(in, "send_sip with method %u; CANCEL and ACK are the stack's own", (unsigned)send->method);
}

void check_cancel(run *in, const sfo_cancel *cancel) {
  const attempt *of = find_attempt(in, cancel->attempt);
  const request *asked = find_request(in, cancel->request);
  if (!of)
    broken(in, "cancel_sip for an attempt that was never sent");
  if (asked && asked->done)
    broken(in, "cancel_sip for %s after request_done", asked->name ? asked->name : "a registration");
}

void check_done(run *in, const sfo_done *done) {
  const request *of = find_request(in, done->request);
  if (!of || !of->origin) {
    broken(in, "request_done for a request that was never started");
    return;
  }
  if (of->cancelled)
    broken(in, "request_done for %s, which was cancelled", of->name);
  if (of->done)
    broken(in, "a second request_done for %s", of->name);
  if (done->user_token != (uint64_t)(of - in->request) + 1u)
    broken(in, "request_done carries a foreign user_token");
}

void check_timer(run *in, uint64_t deadline_ms) {
  if (deadline_ms == in->deadline_ms)
    broken(in, "set_timer with the deadline that was set already");
}

void check_end(run *in) {
  size_t i;
  if (in->destroyed != 1)
    broken(in, "destroyed was called %d times", in->destroyed);
  for (i = 0; i < in->requests; i++)
    if (in->request[i].origin && in->request[i].id && !in->request[i].cancelled && !in->request[i].done)
      broken(in, "no request_done for %s", in->request[i].name);
}
