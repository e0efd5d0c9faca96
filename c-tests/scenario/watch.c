/* Standing rules about accounts: one binding at a time, only registered targets, no failback during a call. What they know of an
   account serves the rule about pauses as well. */
#include "watch.h"

#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "pauses.h"
#include "run.h"
#include "settings.h"

/* An account takes new settings when it is idle, at the latest after ten minutes, and then leaves its servers for two seconds. */
#define SETTINGS_WAIT_MS 603000u
/* That a name does not exist is believed for so long, and found out anew within a minute. */
#define DENIAL_MS 360000u
#define NEVER UINT64_MAX
/* A 200 that grants no time is a refusal like any other. */
#define GRANTED_NOTHING 403u

watch *watch_of(run *in, uint32_t account, uint32_t server) {
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
  fresh->failed_ms = fresh->probed_ms = fresh->forced_ms = NEVER;
  return fresh;
}

void watch_excuse(run *in, uint32_t account) {
  size_t i;
  for (i = 0; i < in->watches.count; i++)
    if (!account || in->watches.item[i].account == account)
      in->watches.item[i].failed_ms = in->watches.item[i].probed_ms = NEVER;
}

static int is_call_open(run *in) {
  size_t i;
  for (i = first_request(in); i < in->requests; i++) {
    const request *at = &in->request[i];
    if (at->origin && at->id && at->method == SFO_METHOD_INVITE && !at->done && !at->cancelled)
      return 1;
  }
  return in->watches.busy.count > 0;
}

void watch_forget(run *in) {
  size_t i;
  watch_excuse(in, 0);
  for (i = 0; i < in->watches.count; i++)
    in->watches.item[i].in_order = 0;
}

void watch_network(run *in) {
  size_t i;
  watch_forget(in);
  for (i = 0; i < in->watches.count; i++)
    in->watches.item[i].is_anew = 1;
  /* Who was asked by OPTIONS is forgotten: losses are counted from the beginning. */
  for (i = 0; i < in->watches.silents; i++)
    in->watches.silent[i].lost = 0;
}

void watch_settings(run *in) {
  watch_forget(in);
  in->watches.settings_known_ms = in->now_ms + (is_call_open(in) ? SETTINGS_WAIT_MS : 0);
}

/* A name exists again. */
void watch_denial_ends(run *in) {
  if (in->dns.nxdomain_count)
    in->watches.denied_ms = in->now_ms;
}

static int knows_settings(const run *in) {
  return in->now_ms >= in->watches.settings_known_ms;
}

static uint64_t shifted(uint64_t moment_ms, int64_t late_ms) {
  return late_ms < 0 && moment_ms < (uint64_t)-late_ms ? 0 : (uint64_t)((int64_t)moment_ms + late_ms);
}

void watch_clock_jump(run *in, int64_t late_ms) {
  size_t i;
  for (i = 0; i < in->watches.count; i++) {
    watch *at = &in->watches.item[i];
    at->granted_ms = shifted(at->granted_ms, late_ms);
    at->beside_ms = shifted(at->beside_ms, late_ms);
  }
}

/* Where the account keeps its registration now, with successive registration. */
static uint32_t maintained(const run *in, uint32_t account) {
  return account_set_has(&in->watches.on_server_2, account) ? 2u : 1u;
}

/* Has this request asked a target of the server in vain, or the REGISTER that it waited for there? */
static int failed_at(const run *in, const request *of, uint32_t account, uint32_t server) {
  int registers_first = server_setting(in, account, server, "register_on_enable") == 1;
  size_t i;
  for (i = in->attempts; i > 0 && in->attempt[i - 1].sent_ms >= of->started_ms; i--) {
    const attempt *at = &in->attempt[i - 1];
    int is_for_it = registers_first && at->method == SFO_METHOD_REGISTER && at->account == account && !at->in_flight;
    if (at->server == server && (at->request == of->id || is_for_it))
      return 1;
  }
  return 0;
}

/* A backup gets a REGISTER of its own, which nobody renews, before it gets a request. A request that failed at the one server makes
   the other take over. */
static int is_for_request(run *in, const sfo_send *send) {
  int is_first = server_setting(in, send->account, send->server, "register_on_enable") == 1;
  size_t i;
  for (i = first_request(in); i < in->requests; i++)
    if (request_is_waiting(in, &in->request[i], send->account) && (is_first || failed_at(in, &in->request[i], send->account, 3u - send->server)))
      return 1;
  return 0;
}

static void check_one_binding(run *in, const sfo_send *send) {
  const watch *other = watch_of(in, send->account, 3u - send->server);
  if (send->purpose == SFO_PURPOSE_REGISTER && is_successive(in, send->account) && other->server == maintained(in, send->account) &&
      other->in_order && in->now_ms < other->granted_ms && !is_for_request(in, send))
    broken(in, "account %u registers with server %u although its registration with server %u is in order",
           (unsigned)send->account, (unsigned)send->server, (unsigned)other->server);
}

static int holds(const char *target, uint64_t until_ms, const run *in, const sfo_send *send) {
  return target && strcmp(target, send->target_text) == 0 && in->now_ms <= until_ms;
}

static void check_only_registered(run *in, const sfo_send *send) {
  const watch *at = watch_of(in, send->account, send->server);
  const request *of = find_request(in, send->request);
  /* An emergency call waits for no registration. */
  if (send->purpose != SFO_PURPOSE_REQUEST || (of && of->origin && of->origin->urgent) ||
      server_setting(in, send->account, send->server, "only_signal_with_registered") != 1 ||
      server_setting(in, send->account, send->server, "register_on_enable") != 1 ||
      server_setting(in, send->account, send->server, "failback_mode") == 0 || is_numeric(in, send->account, send->server))
    return;
  if (!holds(at->target, at->granted_ms, in, send) && !holds(at->beside, at->beside_ms, in, send))
    broken(in, "%s goes to %s, which holds no registration, although only registered servers are allowed",
           method_name(send->method), send->target_text);
}

/* What is to be removed is held no more, whatever the registrar answers. */
static void note_removal(watch *at, const sfo_send *send) {
  at->in_order = 0;
  if (at->target && strcmp(at->target, send->target_text) == 0)
    at->granted_ms = 0;
}

void watch_send(run *in, const sfo_send *send) {
  request *walk = find_request(in, send->request);
  if (walk && send->ordinal == 1)
    walk->unjudged = !knows_settings(in);
  if (!knows_settings(in) || (send->server != 1 && send->server != 2))
    return;
  check_only_registered(in, send);
  if (send->purpose == SFO_PURPOSE_UNREGISTER)
    note_removal(watch_of(in, send->account, send->server), send);
  if (send->method != SFO_METHOD_REGISTER || send->ordinal != 1 || send->purpose == SFO_PURPOSE_UNREGISTER)
    return;
  check_one_binding(in, send);
  check_pause(in, send);
}

/* The return to a primary, for instance: it says nothing about the target that the account is at. */
static int is_aside(run *in, const attempt *of) {
  const request *walk = find_request(in, of->request);
  return walk && walk->aside;
}

static void note_beside(const run *in, watch *at, const attempt *of, uint64_t until_ms) {
  at->beside_since_ms = in->now_ms;
  free(at->beside_before);
  at->beside_before = at->beside;
  at->beside_before_ms = at->beside_ms;
  at->beside = copy_string(of->target);
  at->beside_ms = until_ms;
}

static void note_grant(run *in, const attempt *of, uint32_t granted_s) {
  /* Also SFO_ABSENT is more than was asked for. */
  uint64_t until_ms = in->now_ms + 1000u * (uint64_t)(granted_s > of->expires_s ? of->expires_s : granted_s);
  watch *at, *other;
  int is_elsewhere, is_away;
  watch_of(in, of->account, of->server);
  other = watch_of(in, of->account, 3u - of->server);
  /* Now that both are there, they stay where they are. */
  at = watch_of(in, of->account, of->server);
  is_elsewhere = at->target && in->now_ms < at->granted_ms && strcmp(at->target, of->target) != 0;
  is_away = is_successive(in, of->account) && of->server != maintained(in, of->account);
  /* For a request only, unless the library says that the registration has moved there. */
  if (is_aside(in, of) && of->purpose == SFO_PURPOSE_REGISTER && (is_away || is_elsewhere)) {
    note_beside(in, at, of, until_ms);
    return;
  }
  /* In another network, and after a restart, every registration is made anew: where the former target has left DNS, it cannot be
     made there. */
  if (!at->target || at->target_failed || in->now_ms >= at->granted_ms || (at->is_anew && !is_listed(in, at->target)))
    at->forced_ms = in->now_ms;
  if (!at->in_order || in->now_ms >= at->granted_ms || !at->target || strcmp(at->target, of->target) != 0)
    at->held_ms = in->now_ms;
  at->is_anew = 0;
  free(at->target);
  at->target = copy_string(of->target);
  at->target_failed = 0;
  at->granted_ms = until_ms;
  at->in_order = 1;
  other->in_order = 0;
}

static dead_target *find_dead(const run *in, const char *target) {
  size_t i;
  for (i = 0; i < in->watches.deads; i++)
    if (strcmp(in->watches.dead[i].target, target) == 0)
      return &in->watches.dead[i];
  return NULL;
}

static void note_dead(run *in, const char *target) {
  watches *all = &in->watches;
  dead_target *at = find_dead(in, target);
  if (!at) {
    all->dead = room(all->dead, all->deads, &all->dead_capacity, sizeof *all->dead);
    at = &all->dead[all->deads++];
    at->target = copy_string(target);
  }
  at->at_ms = in->now_ms;
}

/* That a target is dead is known to all accounts. Those with a quarantine try it last for so long, and go elsewhere. */
static int is_in_quarantine(const run *in, uint32_t account, uint32_t server, const char *target) {
  const dead_target *at = target ? find_dead(in, target) : NULL;
  return at && in->now_ms < at->at_ms + 1000u * (uint64_t)server_setting(in, account, server, "quarantine_timeout");
}

void watch_outcome(run *in, const attempt *of, uint32_t status, uint32_t granted_s) {
  watch *at = watch_of(in, of->account, of->server);
  int granted = of->method == SFO_METHOD_REGISTER && status >= 200 && status < 300;
  /* Granted for no time at all: the registrar knows the phone no more. */
  if (granted && granted_s == 0 && of->purpose != SFO_PURPOSE_UNREGISTER) {
    granted = 0;
    status = GRANTED_NOTHING;
    if (at->target && strcmp(at->target, of->target) == 0)
      at->granted_ms = in->now_ms;
  }
  pause_outcome(in, of, status);
  if (status == 0)
    note_dead(in, of->target);
  if (granted && of->purpose != SFO_PURPOSE_UNREGISTER) {
    note_grant(in, of, granted_s);
  } else if (granted) {
    /* The registration was removed. */
    at->in_order = 0;
    at->granted_ms = in->now_ms;
  } else if (status == 0 || (of->purpose == SFO_PURPOSE_REQUEST ? declines(of, status) : status >= 300)) {
    int is_home = at->target && strcmp(at->target, of->target) == 0;
    at->in_order &= !is_home && is_aside(in, of);
    at->target_failed |= is_home;
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

/* Was the target of the event asked before the call began, and has it answered only now? A registration that was granted counts. */
static int was_asked_before_call(const run *in, const sfo_event *event) {
  size_t i;
  for (i = in->attempts; i > 0; i--) {
    const attempt *at = &in->attempt[i - 1];
    if (at->account == event->account && at->server == event->server && !at->in_call && (at->in_flight || at->ended_ms == in->now_ms) &&
        event->to && strcmp(at->target, event->to) == 0)
      return 1;
  }
  return 0;
}

/* Moving on because the current target failed is no failback, nor is the return from server 2 to server 1. */
static void check_failback(run *in, const sfo_event *event) {
  watches *all = &in->watches;
  const watch *at = watch_of(in, event->account, event->server);
  /* While a name does not exist, a target that it led to is left as soon as it holds no registration any more. */
  int may_be_unlisted = in->dns.nxdomain_count || (all->denied_ms && in->now_ms < all->denied_ms + DENIAL_MS);
  int is_failback = event->kind == SFO_EVENT_FAILBACK_DONE ||
                    (event->kind == SFO_EVENT_CURRENT_TARGET && at->is_current && event->cause == SFO_CAUSE_RECOVERED);
  /* A target that failed is left, whatever has been heard of it since; the walk then begins at the primary. */
  if (is_failback && !may_be_unlisted && !is_in_quarantine(in, event->account, event->server, event->from) && at->forced_ms != in->now_ms && knows_settings(in) && account_set_has(&all->busy, event->account) &&
      server_setting(in, event->account, event->server, "failback_mode") > 0 && !was_asked_before_call(in, event))
    broken(in, "account %u fails back to %s during a call", (unsigned)event->account, event->to ? event->to : "-");
  if (event->kind == SFO_EVENT_CURRENT_TARGET) {
    watch_of(in, event->account, event->server)->is_current = 1;
    watch_of(in, event->account, 3u - event->server)->is_current = 0;
  }
}

/* What was granted just now for a request is the registration that is maintained. */
static void note_move(run *in, const sfo_event *event) {
  watch *at = watch_of(in, event->account, event->server);
  if (!at->beside || at->beside_since_ms != in->now_ms || !event->to || strcmp(event->to, at->beside) != 0)
    return;
  free(at->target);
  at->target = at->beside;
  at->granted_ms = at->beside_ms;
  at->beside = at->beside_before;
  at->beside_ms = at->beside_before_ms;
  at->beside_before = NULL;
  at->held_ms = in->now_ms;
  at->in_order = 1;
  at->target_failed = 0;
  at->forced_ms = in->now_ms;
  if (is_successive(in, event->account))
    watch_of(in, event->account, 3u - event->server)->in_order = 0;
}

void watch_event(run *in, const sfo_event *event) {
  int is_new = event->kind == SFO_EVENT_REGISTRATION && event->state == SFO_REG_REGISTERING;
  check_failback(in, event);
  if (event->kind == SFO_EVENT_REGISTRATION && event->state == SFO_REG_REGISTERED)
    note_move(in, event);
  if (event->kind == SFO_EVENT_FALLBACK_ENTERED || event->kind == SFO_EVENT_FALLBACK_LEFT)
    account_set_put(&in->watches.on_server_2, event->account, event->kind == SFO_EVENT_FALLBACK_ENTERED);
  else if (is_new && event->server == 1)
    account_set_put(&in->watches.on_server_2, event->account, 0);
  pause_event(in, event);
}

/* Is this the target where the account has been registered since then, as far as anybody can see? */
int watch_is_registered(run *in, const attempt *of, uint64_t since_ms) {
  const watch *at = watch_of(in, of->account, of->server);
  return at->in_order && at->held_ms <= since_ms && in->now_ms < at->granted_ms && at->target && strcmp(at->target, of->target) == 0;
}

int watch_allows(run *in, uint32_t method, uint32_t account, uint32_t server) {
  int home_only = method == SFO_METHOD_SUBSCRIBE || method == SFO_METHOD_PUBLISH;
  return knows_settings(in) && (server == 1 || !home_only || is_successive(in, account));
}

void watch_free(run *in) {
  watches *all = &in->watches;
  size_t i;
  for (i = 0; i < all->count; i++) {
    free(all->item[i].target);
    free(all->item[i].declined);
    free(all->item[i].beside);
    free(all->item[i].beside_before);
  }
  for (i = 0; i < all->silents; i++)
    free(all->silent[i].target);
  for (i = 0; i < all->deads; i++)
    free(all->dead[i].target);
  free(all->dead);
  free(all->item);
  free(all->silent);
  free(all->busy.item);
  free(all->on_server_2.item);
  memset(all, 0, sizeof *all);
}
