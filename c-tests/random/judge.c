/* What must be seen, wherever the rules leave no choice. */
#include <inttypes.h>
#include <string.h>

#include "past.h"

/* After DNS was unwell, an account may go on with an old list for half a minute, and with a short memory of the failure. */
#define DNS_REST_MS 60000u
/* That a name does not exist may be remembered for 300 s. */
#define DENIAL_REST_MS 360000u
/* A zone's change is known at the latest when the longest of our TTLs has passed. */
#define ZONE_REST_MS 3700000u
/* New settings wait for the end of calls, but not longer than ten minutes. */
#define SETTINGS_REST_MS 700000u
/* What the library waits for DNS at most, for both servers. */
#define DNS_WAIT_MS 3600u
/* Longer than the lifetime of a binding, the longest pause, and what the walks between them take. */
#define LONG_MS 7800000u
/* An account that took its server for dead asks again after its pause, 144 s in these worlds, and a walk over dead targets. */
#define DOUBT_MS 600000u
/* Until an OPTIONS counts as not answered, at most, and the next one is sent. */
#define WHOLE_QUESTION_MS 40000u
/* Round trips and clicks of timers. */
#define SLACK_MS 4000u

static const host_past *host_of(past *in, const phone *of, unsigned y, unsigned goal) {
  return past_host(in, of->side[y].goal[goal].ip);
}

/* Nothing has happened that an account may still be getting over. */
static int is_steady(const past *in, const phone_past *of, uint64_t at) {
  int named = (of->settings.side[0].configured && !of->settings.side[0].numeric) ||
              (of->settings.side[1].configured && !of->settings.side[1].numeric);
  if (!of->running || of->settings_since_ms + SETTINGS_REST_MS > at || in->device_since_ms + SETTINGS_REST_MS > at)
    return 0;
  return !named || (!in->dns_bad && !in->dns_slow && in->dns_since_ms + DNS_REST_MS <= at &&
                    (!in->denied_ms || in->denied_ms + DENIAL_REST_MS <= at) &&
                    (!in->zone_since_ms || in->zone_since_ms + ZONE_REST_MS <= at));
}

/* The hosts of an account are as they have been since `from`; no pause is asked for. */
static int hosts_unchanged(past *in, const phone *of, uint64_t from) {
  unsigned y, g;
  for (y = 0; y < 2; y++)
    for (g = 0; g < of->side[y].goals; g++)
      if (host_of(in, of, y, g)->since_ms >= from && host_of(in, of, y, g)->since_ms > 0)
        return 0;
  return 1;
}

static int pauses(past *in, const phone *of, uint64_t at) {
  unsigned y, g;
  for (y = 0; y < 2; y++)
    for (g = 0; g < of->side[y].goals; g++)
      if (host_of(in, of, y, g)->pause_until_ms > at)
        return 1;
  return 0;
}

/* ---- which target ---- */

static int is_among(const step *list, unsigned count, unsigned y, unsigned goal) {
  unsigned i;
  for (i = 0; i < count; i++)
    if (list[i].side == y && list[i].goal == goal)
      return 1;
  return 0;
}

static int is_silent_address(const phone *of, const step *list, unsigned count, const char *ip) {
  unsigned i;
  for (i = 0; i < count; i++)
    if (list[i].silent && list[i].goal != UNKNOWN && strcmp(of->side[list[i].side].goal[list[i].goal].ip, ip) == 0)
      return of->avoid_dead_addresses;
  return 0;
}

/* OPTIONS were not answered often enough, the last of them as lately as they are sent. */
static int is_given_up(const phone_past *of, unsigned y, unsigned goal, uint64_t at) {
  const side *has = &of->settings.side[y];
  uint64_t most_ms = has->options_interval_s * 1000u + WHOLE_QUESTION_MS;
  return has->options_interval_s && of->side[y].lost[goal] >= has->options_max_lost && of->side[y].lost_ms[goal] + most_ms > at;
}

/* The next target of a server for a walk that began at its goal `start`: those that were given up behind the others, those on
   an address that was silent in this walk at the end. With `waited` the request has waited for the REGISTERs that failed
   meanwhile. */
static unsigned next_goal(const phone_past *of, const open_request *request, unsigned y, unsigned start, int waited) {
  unsigned g, i, rank, best = UNKNOWN, best_rank = 3, count = of->settings.side[y].goals, askeds = waited ? request->askeds : 0;
  const char *ip;
  for (i = 0; i <= count; i++) {
    g = i == 0 ? start : i - 1;
    if (g >= count || is_among(request->step, request->steps, y, g) || is_among(request->asked, askeds, y, g))
      continue;
    ip = of->settings.side[y].goal[g].ip;
    rank = (unsigned)is_given_up(of, y, g, request->at_ms);
    if (is_silent_address(&of->settings, request->step, request->steps, ip) ||
        is_silent_address(&of->settings, request->asked, askeds, ip))
      rank = 2;
    if (rank < best_rank) {
      best = g;
      best_rank = rank;
    }
  }
  return best;
}

/* Whether a REGISTER was for this request, or for the account as a whole, cannot always be told from outside. Where a walk ends
   that had begun before the request, or a registrar has refused the account, all those are passed by that want a registration
   first: the primary is left. */
static int may_go_to(const phone_past *of, const open_request *request, const step *fresh, unsigned start) {
  int is_unregistered = request->askeds || of->side[fresh->side].bound_until_ms < request->at_ms;
  if (is_unregistered && of->settings.side[fresh->side].register_first && fresh->goal == 0)
    return 1;
  return fresh->goal == next_goal(of, request, fresh->side, start, 0) ||
         (request->askeds && fresh->goal == next_goal(of, request, fresh->side, start, 1));
}

/* How long the account stays at a backup, ms; 0: no such time. */
static uint64_t stay_ms(const side *of, unsigned goal) {
  uint32_t ttl_s = of->goal[goal].ttl_s;
  if (of->mode == 3 || of->numeric)
    return (uint64_t)of->timeout_s * (of->timeout_s && of->timeout_s < 60u ? 60000u / of->timeout_s : 1000u);
  return of->mode == 1 ? (ttl_s < 30 ? 30u : ttl_s) * 1000u : 0;
}

/* Where a request may start in the list of a server: at most two goals. */
static void starts(const phone_past *of, const open_request *request, unsigned y, unsigned *first, unsigned *second) {
  const side *at = &of->settings.side[y];
  const side_past *was = &of->side[y];
  uint64_t stay;
  *first = *second = 0;
  if (at->mode == 0 || was->last == 0)
    return;
  *first = was->last;
  if (was->last == UNKNOWN || at->probe || at->register_first)
    return;
  stay = stay_ms(at, was->last);
  if (at->mode == 2 || !stay || (was->switch_ms != UINT64_MAX && request->at_ms + SLACK_MS < was->switch_ms + stay))
    *second = was->last;
  else if (was->switch_ms != UINT64_MAX && request->at_ms > was->switch_ms + stay + SLACK_MS && !request->idle_unclear)
    *first = *second = request->was_idle ? 0 : was->last;
}

static int may_judge_order(past *in, const phone_past *of, uint64_t at) {
  const phone *settings = &of->settings;
  return is_steady(in, of, at) && !pauses(in, settings, at) && !settings->side[0].quarantine_s && !settings->side[1].quarantine_s &&
         !settings->side[0].only_signal && !settings->side[1].only_signal;
}

/* A target that is in DNS no more serves while it holds the registration, and as long as the account has not been idle. */
static int may_be_unlisted(const past *in, const phone_past *of, const open_request *request, const step *fresh, uint64_t now) {
  const side_past *was = &of->side[fresh->side];
  int holds = strcmp(was->bound, fresh->target) == 0 && now < was->bound_until_ms;
  return holds || request->idle_unclear || (!request->was_idle && of->busy_since_ms < in->zone_since_ms + ZONE_REST_MS);
}

void judge_send(past *in, open_request *request, const step *fresh, uint64_t now) {
  phone_past *of = &in->phone[request->origin->account];
  const side *at = &of->settings.side[fresh->side];
  unsigned first, second, want, i, at_server = 0;
  if (!may_judge_order(in, of, request->at_ms) || !at->goals)
    return;
  if (fresh->goal == UNKNOWN) {
    if (!may_be_unlisted(in, of, request, fresh, now))
      violated(in, now, "%s goes to a target that its server does not have", request->name);
    return;
  }
  for (i = 0; i < request->steps; i++)
    at_server += request->step[i].side == fresh->side;
  in->checked += request->steps == 0;
  starts(of, request, fresh->side, &first, &second);
  if (first == UNKNOWN) {
    if (at_server == 0 && request->steps == 0)
      of->side[fresh->side].last = fresh->goal ? fresh->goal : UNKNOWN;
    return;
  }
  /* A target that wants a registration first, and did not grant it, is passed by. */
  if (at->register_first && request->steps)
    return;
  want = next_goal(of, request, fresh->side, at_server ? 0 : first, 0);
  if (at_server == 0 && !may_go_to(of, request, fresh, first) && !may_go_to(of, request, fresh, second))
    violated(in, now, "%s starts at %s instead of %s", request->name, at->goal[fresh->goal].text,
             want == UNKNOWN ? "no target" : at->goal[want].text);
  else if (at_server && at->mode == 0 && !may_go_to(of, request, fresh, 0))
    violated(in, now, "%s goes on to %s instead of %s", request->name, at->goal[fresh->goal].text,
             want == UNKNOWN ? "no target" : at->goal[want].text);
}

/* ---- by when ---- */

static int home_only(const phone *of, uint32_t method) {
  return !of->successive && (method == SFO_METHOD_SUBSCRIBE || method == SFO_METHOD_PUBLISH);
}

/* What all targets together may cost before the one that answers is reached, ms. */
static uint64_t bound_ms(past *in, const phone_past *who, const command *origin) {
  const phone *of = &who->settings;
  int invite = origin->method == SFO_METHOD_INVITE;
  uint64_t sum = DNS_WAIT_MS + SLACK_MS + origin->provisional_ms + origin->final_ms;
  int registers = of->successive && of->side[1].configured;
  unsigned y, g;
  for (y = 0; y < 2; y++) {
    const side *at = &of->side[y];
    registers |= (int)at->register_first;
    for (g = 0; g < at->goals; g++) {
      if (host_of(in, of, y, g)->is == HEALTH_WELL)
        continue;
      sum += budget_ms(invite, at->goal[g].udp, invite ? at->invite_retries : at->retries);
    }
    /* The target that holds the registration serves on when names lead there no more. */
    if (who->side[y].bound[0] && goal_index(at, who->side[y].bound) == UNKNOWN)
      sum += budget_ms(invite, strstr(who->side[y].bound, "udp") != NULL, invite ? at->invite_retries : at->retries);
  }
  /* Where a registration comes first, the request waits for the one that is under way, and then for its own. */
  if (registers)
    for (y = 0; y < 2; y++)
      for (g = 0; g < of->side[y].goals; g++)
        sum += 2u * budget_ms(0, of->side[y].goal[g].udp, UINT32_MAX);
  return sum;
}

/* Concurrent registration passes server 2 by while it holds no registration, and for some methods altogether. */
static int passes_server_2(const phone_past *of, const open_request *request, uint64_t now) {
  const phone *settings = &of->settings;
  return settings->side[0].configured && !settings->successive &&
         (home_only(settings, request->origin->method) || of->side[1].bound_until_ms < now);
}

static const goal *well_goal(past *in, const phone_past *who, const open_request *request, uint64_t since, uint64_t now) {
  const phone *of = &who->settings;
  unsigned y, g;
  for (y = 0; y < 2; y++) {
    if (y == 1 && passes_server_2(who, request, now))
      continue;
    for (g = 0; g < of->side[y].goals; g++) {
      const host_past *at = host_of(in, of, y, g);
      if (at->is == HEALTH_WELL && (at->since_ms < since || !at->since_ms))
        return &of->side[y].goal[g];
    }
  }
  return NULL;
}

/* A registrar that refuses is alive: nobody else is asked instead, and requests that need a registration first fail. It is asked
   again slowly, so that an account may not know yet that it would be granted one now; but for a call it is asked at once. */
static int may_lack_registration(past *in, const phone *of, const command *origin, uint64_t now) {
  /* A call asks again for server 2 as a whole, not for a target that wants a registration first. */
  int waits = origin->method != SFO_METHOD_INVITE || of->side[0].register_first || of->side[1].register_first;
  unsigned y, g;
  if (!(of->successive && of->side[1].configured) && !of->side[0].register_first && !of->side[1].register_first)
    return 0;
  for (y = 0; y < 2; y++)
    for (g = 0; g < of->side[y].goals; g++)
      if (host_of(in, of, y, g)->refuses || (waits && host_of(in, of, y, g)->refused_until_ms > now))
        return 1;
  return 0;
}

int speaks_at_once(const command *origin) {
  return !origin->final_ms || (origin->provisional && !origin->provisional_ms);
}

void judge_done(past *in, const open_request *request, const char *line, uint64_t now) {
  phone_past *of = &in->phone[request->origin->account];
  const goal *well;
  uint64_t before = request->at_ms > DNS_REST_MS ? request->at_ms - DNS_REST_MS : 0;
  if (!speaks_at_once(request->origin) || !is_steady(in, of, request->at_ms) || !hosts_unchanged(in, &of->settings, before) || of->settings.side[0].only_signal ||
      of->settings.side[1].only_signal || strstr(line, "result=stopped") || strstr(line, "result=released"))
    return;
  well = well_goal(in, of, request, before, now);
  if (!well)
    return;
  if (!strstr(line, "result=answered") && may_lack_registration(in, &of->settings, request->origin, now))
    return;
  if (!strstr(line, "result=answered"))
    violated(in, now, "%s fails although %s answers", request->name, well->text);
  else if (now > request->at_ms + bound_ms(in, of, request->origin))
    violated(in, now, "%s takes %" PRIu64 " ms although %s answers", request->name, now - request->at_ms, well->text);
}

/* ---- registered ---- */

/* Every target has been well or dead for long, and one of them is well. */
static int has_long_been_clear(past *in, const phone_past *of, uint64_t now) {
  unsigned y, g, well = 0;
  if (now < LONG_MS)
    return 0;
  for (y = 0; y < 2; y++) {
    for (g = 0; g < of->settings.side[y].goals; g++) {
      const host_past *at = host_of(in, &of->settings, y, g);
      if (at->is == HEALTH_ODD || at->since_ms > now - LONG_MS)
        return 0;
      well += at->is == HEALTH_WELL;
    }
  }
  return well && is_steady(in, of, now) && in->dns_since_ms <= now - LONG_MS && in->zone_since_ms <= now - LONG_MS &&
         in->device_since_ms <= now - LONG_MS && of->doubted_ms <= now - DOUBT_MS && of->settings_since_ms <= now - LONG_MS && of->running_since_ms <= now - LONG_MS;
}

void judge_registered(past *in, unsigned account, uint64_t now) {
  const phone_past *of = &in->phone[account];
  if (has_long_been_clear(in, of, now) && of->side[0].bound_until_ms < now && of->side[1].bound_until_ms < now)
    violated(in, now, "account %u holds no registration although one of its targets has long been well", account);
}
