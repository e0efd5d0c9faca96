/* After a registration walk that failed, the next one waits for its time. It comes sooner only where something new is known:

   - an OPTIONS was not answered and now its target is heard of again, or so many in a row that the target is given up;
   - a request of the firmware was answered where the account holds no registration;
   - the connection of a registration is lost, the account starts, the network, the settings or the clock change.

   What follows from these is told to the watches as an excuse. Some REGISTERs are no such walks, and keep no pause: those that a
   request waits for, the check of a target that declined a request, the return to a primary. Probes of server 1 while server 2 has
   taken over have an interval of their own. */
#include "pauses.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* No registration is tried again sooner, whatever the settings say; a refused one not sooner than a minute. */
#define LEAST_PAUSE_S 5
#define REFUSED_PAUSE_S 60
/* What a walk waits for DNS at most. */
#define DNS_WAIT_MS 1800u
#define NEVER UINT64_MAX

/* ---- how long ---- */

static uint64_t pause_after(const run *in, const watch *at) {
  int64_t base = account_setting(in, at->account, "reg_failed_retry_min_time"), most, seconds;
  if (base > 0) {
    most = account_setting(in, at->account, "reg_failed_retry_max_time");
    seconds = (base < most || most == 0 ? base : most) / 2;
  } else {
    seconds = account_setting(in, at->account, "reg_fail_retry_interval");
  }
  if (at->failed_by_answer && seconds > REFUSED_PAUSE_S)
    seconds = REFUSED_PAUSE_S;
  seconds = seconds < LEAST_PAUSE_S ? LEAST_PAUSE_S : seconds;
  /* Jitter spreads the pause by a fifth. */
  return (uint64_t)seconds * (in->script->options.jitter ? 800u : 1000u);
}

/* Probes of a better server keep their own time, from start to start; jitter spreads it by a tenth. A probe may wait for DNS before
   it is sent, and the next one not. */
static uint64_t probe_interval(const run *in, uint32_t account) {
  int64_t seconds = account_setting(in, account, has_proxy(in, account) ? "outbound_proxy_fallback_interval" : "fallback.timeout");
  return (uint64_t)seconds * (in->script->options.jitter ? 900u : 1000u) - DNS_WAIT_MS;
}

/* ---- which REGISTER ---- */

static int is_under_way(run *in, uint64_t request) {
  size_t i;
  for (i = first_attempt(in); i < in->attempts; i++)
    if (in->attempt[i].in_flight && in->attempt[i].request == request)
      return 1;
  return 0;
}

/* What was begun for a request that was withdrawn meanwhile goes on, and may have waited for DNS before it is seen. */
int request_is_waiting(run *in, const request *at, uint32_t account) {
  int is_open = !at->done && (!at->cancelled || in->now_ms - at->cancelled_ms < DNS_WAIT_MS);
  return is_open && at->origin && at->id && at->origin->account == account && !is_under_way(in, at->id);
}

/* A request that is with no server may have to be registered for: at a backup, or at server 2 before it takes over. */
static int request_waits(run *in, uint32_t account) {
  size_t i;
  if (!is_successive(in, account) && server_setting(in, account, 1, "register_on_enable") != 1 &&
      server_setting(in, account, 2, "register_on_enable") != 1)
    return 0;
  for (i = first_request(in); i < in->requests; i++)
    if (request_is_waiting(in, &in->request[i], account))
      return 1;
  return 0;
}

/* The check of a target that declined a request, or the return to the primary: it is due, or the account is well at a backup. */
static int is_aside(run *in, watch *at, const sfo_send *send) {
  int is_elsewhere = at->in_order && in->now_ms < at->granted_ms && strcmp(at->target, send->target_text) != 0;
  if (send->purpose != SFO_PURPOSE_PROBE)
    return 0;
  if (at->declined && strcmp(at->declined, send->target_text) == 0) {
    free(at->declined);
    at->declined = NULL;
    return 1;
  }
  return at->returns || (is_elsewhere && server_setting(in, send->account, send->server, "failback_mode") > 0);
}

/* Server 2 has taken over, and this asks whether server 1 is back. */
static int looks_for_recovery(run *in, const sfo_send *send) {
  return send->purpose == SFO_PURPOSE_PROBE && send->server == 1 && is_successive(in, send->account) &&
         account_set_has(&in->watches.on_server_2, send->account);
}

static void check_probe(run *in, watch *at) {
  int is_early = at->probed_ms != NEVER && in->now_ms - at->probed_ms < probe_interval(in, at->account);
  if (is_early && !at->may_probe)
    broken(in, "account %u probes server %u again after %" PRIu64 " ms", (unsigned)at->account, (unsigned)at->server,
           in->now_ms - at->probed_ms);
  /* One that comes in between does not change when the next is due. */
  if (is_early)
    at->may_probe = 0;
  else
    at->probed_ms = in->now_ms;
}

void check_pause(run *in, const sfo_send *send) {
  watch *at = watch_of(in, send->account, send->server);
  request *walk = find_request(in, send->request);
  if (looks_for_recovery(in, send)) {
    check_probe(in, at);
    walk->aside = 1;
  } else if (is_aside(in, at, send) || request_waits(in, send->account)) {
    walk->aside = 1;
  } else if (at->failed_ms != NEVER && in->now_ms - at->failed_ms < pause_after(in, at)) {
    broken(in, "account %u tries to register with server %u again %" PRIu64 " ms after it failed", (unsigned)send->account,
           (unsigned)send->server, in->now_ms - at->failed_ms);
  }
}

/* ---- what is new ---- */

/* The next walk may come at once. One walk goes over both servers, unless the account registers with each on its own. */
static void excuse_walk(run *in, uint32_t account, uint32_t server, int may_probe) {
  uint32_t y;
  for (y = 1; y <= 2; y++) {
    watch *at = watch_of(in, account, y);
    if (y != server && !is_successive(in, account))
      continue;
    at->failed_ms = NEVER;
    at->may_probe |= may_probe;
  }
}

static silence *silence_of(run *in, const attempt *of) {
  watches *all = &in->watches;
  silence *fresh;
  size_t i;
  for (i = 0; i < all->silents; i++)
    if (all->silent[i].account == of->account && all->silent[i].server == of->server &&
        strcmp(all->silent[i].target, of->target) == 0)
      return &all->silent[i];
  all->silent = room(all->silent, all->silents, &all->silent_capacity, sizeof *all->silent);
  fresh = &all->silent[all->silents++];
  fresh->account = of->account;
  fresh->server = of->server;
  fresh->lost = 0;
  fresh->lost_ms = 0;
  fresh->target = copy_string(of->target);
  return fresh;
}

/* A rebooted server has lost its registrations: an answer after a loss leads to a REGISTER. */
static void ends_silence(run *in, silence *of) {
  if (!of->lost)
    return;
  of->lost = 0;
  excuse_walk(in, of->account, of->server, 1);
}

/* Both servers may lead to one target: whichever of them it was asked for, it is alive. */
void watch_heard(run *in, const attempt *of) {
  size_t i;
  /* The library forgets what it left long ago: then it does not know who has answered. */
  if (!of->in_flight && in->now_ms - of->ended_ms > TRANSACTION_MS)
    return;
  for (i = 0; i < in->watches.silents; i++)
    if (in->watches.silent[i].account == of->account && strcmp(in->watches.silent[i].target, of->target) == 0)
      ends_silence(in, &in->watches.silent[i]);
}

void watch_heard_from(run *in, uint32_t account, const char *address) {
  size_t i, length = strlen(address);
  for (i = 0; i < in->watches.silents; i++) {
    silence *at = &in->watches.silent[i];
    if (at->account == account && strncmp(at->target, address, length) == 0 && strchr(":/", at->target[length]))
      ends_silence(in, at);
  }
}

static int is_liveness(const run *in, const attempt *of) {
  return of->method == SFO_METHOD_OPTIONS && of->purpose == SFO_PURPOSE_PROBE &&
         server_setting(in, of->account, of->server, "options_interval") > 0;
}

static void note_loss(run *in, const attempt *of) {
  silence *at = silence_of(in, of);
  uint64_t interval_ms = 1000u * (uint64_t)server_setting(in, of->account, of->server, "options_interval");
  /* A target that has not been asked for longer was not watched meanwhile: it is counted from the beginning. */
  if (in->now_ms - at->lost_ms > interval_ms + 2u * TRANSACTION_MS)
    at->lost = 0;
  at->lost_ms = in->now_ms;
  at->lost++;
  if (at->lost == (uint32_t)server_setting(in, of->account, of->server, "options_max_lost"))
    excuse_walk(in, of->account, of->server, 1);
}

int declines(const attempt *of, uint32_t status) {
  int longer = of->method == SFO_METHOD_OPTIONS || of->method == SFO_METHOD_SUBSCRIBE;
  return status == 503 || status == 430 || (longer && (status == 408 || status == 500 || status == 502 || status == 504));
}

static void end_of_request(run *in, const attempt *of, uint32_t status) {
  watch *at = watch_of(in, of->account, of->server);
  if (!status)
    return;
  if (declines(of, status)) {
    free(at->declined);
    at->declined = copy_string(of->target);
  } else if (!at->target || at->is_anew || in->now_ms >= at->granted_ms) {
    excuse_walk(in, of->account, of->server, 1);
  }
}

/* Successive registration: the walk that failed last says when the next one comes, also where that begins at a server that had
   failed before. A server that has not failed may take over at once. */
static void note_lane(run *in, const watch *failed) {
  watch *other;
  size_t i;
  for (i = 0; i < in->watches.count; i++) {
    other = &in->watches.item[i];
    if (other->account != failed->account || other == failed || other->failed_ms == NEVER || !is_successive(in, other->account))
      continue;
    other->failed_ms = failed->failed_ms;
    other->failed_by_answer = failed->failed_by_answer;
  }
}

static void end_of_register(run *in, const attempt *of, uint32_t status) {
  watch *at = watch_of(in, of->account, of->server);
  const request *walk = find_request(in, of->request);
  if (status >= 200 && status < 300) {
    excuse_walk(in, of->account, of->server, 0);
    at->probed_ms = NEVER;
    at->returns &= !(walk && walk->aside);
  } else if (walk && walk->aside) {
    at->returns = 0;
  } else {
    at->failed_by_answer = status != 0;
    /* 423 asks for the same again with a longer lifetime. */
    at->failed_ms = status != 423 ? in->now_ms : NEVER;
    note_lane(in, at);
  }
}

void pause_outcome(run *in, const attempt *of, uint32_t status) {
  if (is_liveness(in, of) && !status)
    note_loss(in, of);
  else if (of->purpose == SFO_PURPOSE_REQUEST)
    end_of_request(in, of, status);
  else if (of->method == SFO_METHOD_REGISTER && of->purpose != SFO_PURPOSE_UNREGISTER)
    end_of_register(in, of, status);
}

/* A server that the walk did not come to may still be asked at once. */
static void end_of_walk(run *in, uint32_t account, uint32_t server) {
  int is_over_both = is_successive(in, account);
  size_t i;
  for (i = 0; i < in->watches.count; i++) {
    watch *at = &in->watches.item[i];
    if (at->account != account || !(is_over_both || at->server == server) || at->failed_ms == NEVER)
      continue;
    at->failed_ms = in->now_ms;
    at->returns = 0;
  }
}

void pause_event(run *in, const sfo_event *event) {
  if (event->kind == SFO_EVENT_RESOLUTION_FAILED)
    watch_of(in, event->account, event->server)->failed_ms = in->now_ms;
  else if (event->kind == SFO_EVENT_ALL_FAILED)
    end_of_walk(in, event->account, event->server);
  else if (event->kind == SFO_EVENT_FAILBACK_DUE)
    watch_of(in, event->account, event->server)->returns = 1;
  else if (event->kind == SFO_EVENT_FAILBACK_DONE)
    watch_of(in, event->account, event->server)->returns = 0;
  else if (event->kind == SFO_EVENT_REGISTRATION && event->state == SFO_REG_REGISTERING)
    watch_excuse(in, event->account);
}
