/* Standing rules about accounts: pauses between registrations, one binding at a time, no failback during a call. */
#include "watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "run.h"

/* No registration is tried again sooner, whatever the settings say; a refused one not sooner than a minute. */
#define LEAST_PAUSE_S 5
#define REFUSED_PAUSE_S 60
#define NEVER UINT64_MAX

static watch *watch_of(run *in, uint32_t account, uint32_t server) {
  watches *all = &in->watches;
  watch *fresh;
  size_t i;
  for (i = 0; i < all->count; i++)
    if (all->item[i].account == account && all->item[i].server == server)
      return &all->item[i];
  all->item = room(all->item, all->count, &all->capacity, sizeof *all->item);
  fresh = &all->item[all->count++];
  memset(fresh, 0, sizeof *fresh);
  fresh->account = account;
  fresh->server = server;
  fresh->failed_ms = fresh->probed_ms = NEVER;
  return fresh;
}

static int64_t setting(const run *in, uint32_t account, const char *name) {
  char key[96];
  int64_t value = 0;
  snprintf(key, sizeof key, "account.%u.%s", (unsigned)account, name);
  sfo_config_get_int(in->config, key, &value);
  return value;
}

static int has_proxy(const run *in, uint32_t account) {
  char key[64], address[4];
  size_t length = 0;
  snprintf(key, sizeof key, "account.%u.outbound_proxy.1.address", (unsigned)account);
  sfo_config_get(in->config, key, address, sizeof address, &length);
  return length && setting(in, account, "outbound_proxy_enable");
}

/* A setting of the server, or of the proxy in its place, which may leave it to the server. */
static int64_t server_setting(const run *in, uint32_t account, uint32_t server, const char *name) {
  char key[64];
  int64_t value = -1;
  if (has_proxy(in, account)) {
    snprintf(key, sizeof key, "outbound_proxy.%u.%s", (unsigned)server, name);
    value = setting(in, account, key);
  }
  if (value >= 0)
    return value;
  snprintf(key, sizeof key, "sip_server.%u.%s", (unsigned)server, name);
  return setting(in, account, key);
}

static int is_successive(const run *in, uint32_t account) {
  return has_proxy(in, account) || setting(in, account, "fallback.redundancy_type") == 1;
}

void watch_excuse(run *in, uint32_t account) {
  size_t i;
  for (i = 0; i < in->watches.count; i++)
    if (!account || in->watches.item[i].account == account)
      in->watches.item[i].failed_ms = in->watches.item[i].probed_ms = NEVER;
}

void watch_forget(run *in) {
  size_t i;
  watch_excuse(in, 0);
  in->watches.settings_unknown |= in->watches.busy.count > 0;
  for (i = 0; i < in->watches.count; i++)
    in->watches.item[i].in_order = 0;
}

static uint64_t pause_after(const run *in, const watch *at) {
  int64_t base = setting(in, at->account, "reg_failed_retry_min_time"), most, seconds;
  if (base > 0) {
    most = setting(in, at->account, "reg_failed_retry_max_time");
    seconds = (base < most || most == 0 ? base : most) / 2;
  } else {
    seconds = setting(in, at->account, "reg_fail_retry_interval");
  }
  if (at->failed_by_answer && seconds > REFUSED_PAUSE_S)
    seconds = REFUSED_PAUSE_S;
  seconds = seconds < LEAST_PAUSE_S ? LEAST_PAUSE_S : seconds;
  /* Jitter spreads the pause by a fifth. */
  return (uint64_t)seconds * (in->script->options.jitter ? 800u : 1000u);
}

/* Probes of a better server keep their own time, from start to start; jitter spreads it by a tenth. */
static uint64_t probe_interval(const run *in, uint32_t account) {
  int64_t seconds = setting(in, account, has_proxy(in, account) ? "outbound_proxy_fallback_interval" : "fallback.timeout");
  return (uint64_t)seconds * (in->script->options.jitter ? 900u : 1000u);
}

/* A request may have to be registered for at one target after the other: it waits for no pause. */
static int request_waits(run *in, uint32_t account) {
  size_t i;
  for (i = first_request(in); i < in->requests; i++) {
    const request *at = &in->request[i];
    if (at->origin == NULL || at->id == 0 || at->done || at->origin->account != account)
      continue;
    /* A REGISTER that it waited for goes on to its end. */
    if (!at->cancelled || in->now_ms - at->cancelled_ms < TRANSACTION_MS)
      return 1;
  }
  return 0;
}

/* Probes while the other server has taken over look for recovery; others look for the primary of the same server. */
static void check_pause(run *in, const sfo_send *send) {
  uint64_t other_until_ms = watch_of(in, send->account, 3u - send->server)->granted_ms;
  int may_recover = send->purpose == SFO_PURPOSE_PROBE && is_successive(in, send->account) && other_until_ms != 0;
  int is_probe = may_recover && in->now_ms < other_until_ms;
  watch *at = watch_of(in, send->account, send->server);
  if (request_waits(in, send->account))
    return;
  if (is_probe && at->probed_ms != NEVER && in->now_ms - at->probed_ms < probe_interval(in, send->account))
    broken(in, "account %u probes server %u again after %" PRIu64 " ms", (unsigned)send->account, (unsigned)send->server,
           in->now_ms - at->probed_ms);
  /* A check of one target that failed may lead to a registration elsewhere at once. Probes for recovery have an
   * interval of their own, also once the registration with the other server has ended. */
  else if (!may_recover && at->failed_purpose == send->purpose && at->failed_ms != NEVER && in->now_ms - at->failed_ms < pause_after(in, at))
    broken(in, "account %u tries to register with server %u again %" PRIu64 " ms after it failed",
           (unsigned)send->account, (unsigned)send->server, in->now_ms - at->failed_ms);
  if (is_probe)
    at->probed_ms = in->now_ms;
}

static void check_one_binding(run *in, const sfo_send *send) {
  const watch *other = watch_of(in, send->account, 3u - send->server);
  if (send->purpose == SFO_PURPOSE_REGISTER && is_successive(in, send->account) && other->in_order &&
      in->now_ms < other->granted_ms)
    broken(in, "account %u registers with server %u although its registration with server %u is in order",
           (unsigned)send->account, (unsigned)send->server, (unsigned)other->server);
}

static void check_only_registered(run *in, const sfo_send *send) {
  const watch *at = watch_of(in, send->account, send->server);
  if (send->purpose != SFO_PURPOSE_REQUEST ||
      server_setting(in, send->account, send->server, "only_signal_with_registered") != 1 ||
      server_setting(in, send->account, send->server, "register_on_enable") != 1 ||
      server_setting(in, send->account, send->server, "failback_mode") == 0)
    return;
  if (!at->target || strcmp(at->target, send->target_text) != 0 || in->now_ms > at->granted_ms)
    broken(in, "%s goes to %s, which holds no registration, although only registered servers are allowed",
           method_name(send->method), send->target_text);
}

void watch_send(run *in, const sfo_send *send) {
  if (in->watches.settings_unknown || (send->server != 1 && send->server != 2))
    return;
  check_only_registered(in, send);
  if (send->method != SFO_METHOD_REGISTER || send->ordinal != 1 || send->purpose == SFO_PURPOSE_UNREGISTER)
    return;
  check_one_binding(in, send);
  check_pause(in, send);
}

void watch_outcome(run *in, const attempt *of, uint32_t status, uint32_t granted_s) {
  watch *at = watch_of(in, of->account, of->server);
  int granted = of->method == SFO_METHOD_REGISTER && status >= 200 && status < 300;
  if (of->method != SFO_METHOD_REGISTER)
    watch_excuse(in, of->account);
  if (granted && of->purpose != SFO_PURPOSE_UNREGISTER) {
    free(at->target);
    at->target = copy_string(of->target);
    at->granted_ms = in->now_ms + 1000u * (uint64_t)(granted_s == SFO_ABSENT ? of->expires_s : granted_s);
    at->in_order = 1;
    at->failed_ms = at->probed_ms = NEVER;
    watch_of(in, of->account, 3u - of->server)->in_order = 0;
  } else if (granted) {
    /* The registration was removed. */
    at->in_order = 0;
    at->granted_ms = in->now_ms;
  } else if (status == 0 || status >= 300) {
    at->in_order = 0;
    at->failed_by_answer = status != 0;
    at->failed_purpose = of->purpose;
    /* 423 asks for the same again with a longer lifetime. */
    at->failed_ms = of->method == SFO_METHOD_REGISTER && status != 423 ? in->now_ms : NEVER;
  }
}

/* One walk goes over both servers, unless the account registers with each on its own. */
static void end_of_walk(run *in, uint32_t account, uint32_t server) {
  int is_over_both = is_successive(in, account);
  size_t i;
  for (i = 0; i < in->watches.count; i++) {
    watch *at = &in->watches.item[i];
    if (at->account == account && (is_over_both || at->server == server))
      at->failed_ms = in->now_ms;
  }
}

int account_set_has(const account_set *of, uint32_t account) {
  size_t i;
  for (i = 0; i < of->count; i++)
    if (of->item[i] == account)
      return 1;
  return 0;
}

void account_set_put(account_set *to, uint32_t account, int inside) {
  size_t i, kept = 0;
  for (i = 0; i < to->count; i++)
    if (to->item[i] != account)
      to->item[kept++] = to->item[i];
  to->count = kept;
  if (!inside)
    return;
  to->item = room(to->item, to->count, &to->capacity, sizeof *to->item);
  to->item[to->count++] = account;
}

/* Moving on because the current target failed is no failback, nor is the return from server 2 to server 1. */
static void check_failback(run *in, const sfo_event *event) {
  watches *all = &in->watches;
  int within = all->current_account == event->account && all->current_server == event->server;
  int is_failback = strcmp(event_name(event->kind), "failback-done") == 0 ||
                    (event->kind == SFO_EVENT_CURRENT_TARGET && within && event->cause == SFO_CAUSE_RECOVERED);
  if (is_failback && !all->settings_unknown && account_set_has(&all->busy, event->account) &&
      server_setting(in, event->account, event->server, "failback_mode") > 0)
    broken(in, "account %u fails back to %s during a call", (unsigned)event->account, event->to ? event->to : "-");
  if (event->kind == SFO_EVENT_CURRENT_TARGET) {
    all->current_account = event->account;
    all->current_server = event->server;
  }
}

void watch_event(run *in, const sfo_event *event) {
  check_failback(in, event);
  if (event->kind == SFO_EVENT_ALL_FAILED)
    end_of_walk(in, event->account, event->server);
  else if (event->kind == SFO_EVENT_REGISTRATION && event->state == SFO_REG_REGISTERING)
    watch_excuse(in, event->account);
}

/* Is this the target where the account is registered, as far as anybody can see? */
int watch_is_registered(run *in, const attempt *of) {
  const watch *at = watch_of(in, of->account, of->server);
  return at->in_order && in->now_ms < at->granted_ms && at->target && strcmp(at->target, of->target) == 0;
}

int watch_allows(run *in, uint32_t method, uint32_t account, uint32_t server) {
  int home_only = method == SFO_METHOD_SUBSCRIBE || method == SFO_METHOD_PUBLISH;
  return !in->watches.settings_unknown && (server == 1 || !home_only || is_successive(in, account));
}

void watch_free(run *in) {
  size_t i;
  for (i = 0; i < in->watches.count; i++)
    free(in->watches.item[i].target);
  free(in->watches.item);
  free(in->watches.busy.item);
  memset(&in->watches, 0, sizeof in->watches);
}
