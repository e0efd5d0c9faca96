/* Standing rules about the way of a request, and about what the library may keep when all is over. */
#include <inttypes.h>
#include <string.h>

#include "names.h"
#include "run.h"

/* A request that waits this long without any server being asked has been forgotten. The longest honest wait is that for
   silent DNS servers, where nothing at all is known: up to 40 s for each of two names, and a rest of 5 s between them. */
#define MAX_IDLE_MS 85000u

static int asked(const run *in, uint64_t request, const char *target) {
  size_t i;
  for (i = 0; i < in->attempts; i++)
    if (in->attempt[i].request == request && strcmp(in->attempt[i].target, target) == 0)
      return 1;
  return 0;
}

static int was_alive(const run *in, uint64_t request) {
  size_t i;
  for (i = 0; i < in->attempts; i++)
    if (in->attempt[i].request == request && in->attempt[i].progressed)
      return 1;
  return 0;
}

/* A target where the account is registered, that answers, and has done so since before the request began. */
static const attempt *missed(run *in, const request *of, uint32_t account) {
  size_t i;
  for (i = in->attempts; i > 0; i--) {
    attempt *at = &in->attempt[i - 1];
    if (at->method == SFO_METHOD_REGISTER && at->account == account && watch_is_registered(in, at, of->started_ms) &&
        watch_allows(in, of->method, account, at->server) && world_welcomes(in, at, of->method) &&
        !asked(in, of->id, at->target))
      return at;
  }
  return NULL;
}

void check_reach(run *in, const sfo_done *done) {
  const request *of = find_request(in, done->request);
  const attempt *passed;
  int by_servers = done->cause == SFO_CAUSE_TIMEOUT || done->cause == SFO_CAUSE_UNREACHABLE ||
                   done->cause == SFO_CAUSE_CONNECT || done->cause == SFO_CAUSE_TLS || done->cause == SFO_CAUSE_RESPONSE;
  /* The far end of some requests refuses them, wherever they arrive. */
  if (!of || !of->origin || of->origin->parent || of->origin->final >= 300 || done->result != SFO_DONE_FAILED || !by_servers ||
      in->watches.world_changed_ms > of->started_ms || was_alive(in, of->id))
    return;
  passed = missed(in, of, done->account);
  if (passed)
    broken(in, "%s failed, and %s, where the account is registered, was not asked", of->name, passed->target);
}

static int is_asking(run *in, const request *of) {
  size_t i;
  for (i = first_attempt(in); i < in->attempts; i++) {
    const attempt *at = &in->attempt[i];
    if (at->in_flight && (at->request == of->id || (at->method == SFO_METHOD_REGISTER && at->account == of->origin->account)))
      return 1;
  }
  return 0;
}

/* Called before time moves on to `next_ms`. */
void check_progress(run *in, uint64_t next_ms) {
  size_t i;
  for (i = first_request(in); i < in->requests; i++) {
    request *of = &in->request[i];
    if (!of->origin || !of->id || of->done || of->cancelled)
      continue;
    if (is_asking(in, of))
      of->asking_ms = in->now_ms;
    else if (next_ms > of->asking_ms + MAX_IDLE_MS && next_ms > in->now_ms)
      broken(in, "%s has waited for %u s without any server being asked", of->name, MAX_IDLE_MS / 1000u);
  }
}

static uint64_t memory_ms(const run *in) {
  return 64u * (uint64_t)in->script->options.t1_ms + 1000u;
}

static void check_attempts_forgotten(run *in) {
  size_t i;
  for (i = 0; i < in->attempts && !in->broken.length; i++) {
    const attempt *at = &in->attempt[i];
    sfo_status result;
    if (at->in_flight || in->now_ms < at->ended_ms + memory_ms(in) || in->now_ms < at->sent_ms + memory_ms(in))
      continue;
    result = sfo_attempt_failed(in->engine, engine_now(in), at->id, SFO_CAUSE_LOCAL);
    if (result != SFO_ERR_NOT_FOUND)
      broken(in, "an attempt that ended at %" PRIu64 " ms is still kept", at->ended_ms);
  }
}

/* What is over must not be kept: a phone runs for years. */
void check_rest(run *in) {
  sfo_counters counters;
  uint64_t open = 0;
  size_t i;
  enter(in);
  for (i = 0; i < in->requests; i++) {
    const request *of = &in->request[i];
    if (of->origin && of->id && !of->done && !of->cancelled)
      open++;
    else if (of->origin && of->id && sfo_request_cancel(in->engine, engine_now(in), of->id) != SFO_ERR_NOT_FOUND)
      broken(in, "%s has ended, but is still kept", of->name);
  }
  check_attempts_forgotten(in);
  memset(&counters, 0, sizeof counters);
  counters.struct_size = sizeof counters;
  if (sfo_engine_counters(in->engine, &counters) == SFO_OK && counters.requests_started - counters.requests_done != open)
    broken(in, "the library counts %" PRIu64 " requests that have not ended, there are %" PRIu64,
           counters.requests_started - counters.requests_done, open);
  leave(in);
}
