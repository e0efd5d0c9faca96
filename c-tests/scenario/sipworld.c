/* The simulated SIP servers. Every address is a host that answers 200 until the file says otherwise. */
#include <stdlib.h>
#include <string.h>

#include "run.h"

static const host usual = {{0, {0}, 0}, HOST_UP, NULL, 0, 0, 0, 0};

/* A port of a host that was never named begins as the whole host is now. */
static void begin_like(host *fresh, const host *whole) {
  size_t i;
  *fresh = *whole;
  fresh->rule = NULL;
  fresh->rules = fresh->rule_capacity = 0;
  for (i = 0; i < whole->rules; i++) {
    fresh->rule = room(fresh->rule, fresh->rules, &fresh->rule_capacity, sizeof *fresh->rule);
    fresh->rule[fresh->rules++] = whole->rule[i];
  }
}

host *world_host(world *of, const endpoint *address, int create) {
  endpoint whole = *address;
  host *like, fresh;
  size_t i;
  for (i = 0; i < of->hosts; i++)
    if (of->host[i].address.port == address->port && same_address(&of->host[i].address, address))
      return &of->host[i];
  if (!create)
    return NULL;
  whole.port = 0;
  like = address->port ? world_host(of, &whole, 0) : NULL;
  begin_like(&fresh, like ? like : &usual);
  fresh.address = *address;
  of->host = room(of->host, of->hosts, &of->capacity, sizeof *of->host);
  of->host[of->hosts] = fresh;
  return &of->host[of->hosts++];
}

/* What the file says about the port counts before what it says about the whole host. */
static const host *host_of(run *in, const attempt *of) {
  endpoint whole = of->to;
  const host *found = world_host(&in->world, &of->to, 0);
  if (found)
    return found;
  whole.port = 0;
  found = world_host(&in->world, &whole, 0);
  return found ? found : &usual;
}

/* A silent network is a silent host. */
static host_mode mode_of(run *in, const attempt *of) {
  return in->world.link_down ? HOST_DOWN : host_of(in, of)->mode;
}

int world_answers(run *in, const attempt *of) {
  return mode_of(in, of) != HOST_DOWN;
}

static void report_failure(run *in, const attempt *of, uint32_t cause) {
  happening fresh;
  memset(&fresh, 0, sizeof fresh);
  fresh.kind = HAPPENING_FAILED;
  fresh.at_ms = in->now_ms + in->script->options.rtt_ms;
  fresh.attempt = of->id;
  fresh.cause = cause;
  queue_add(&in->queue, &fresh);
}

static void report_response(run *in, const attempt *of, happening_kind kind, uint64_t delay_ms, const sfo_response *response) {
  happening fresh;
  memset(&fresh, 0, sizeof fresh);
  fresh.kind = kind;
  fresh.at_ms = in->now_ms + in->script->options.rtt_ms + delay_ms;
  fresh.attempt = of->id;
  fresh.response = *response;
  queue_add(&in->queue, &fresh);
}

static const host_rule *rule_for(const host *at, const attempt *of) {
  size_t i;
  for (i = at->rules; i > 0; i--) {
    const host_rule *rule = &at->rule[i - 1];
    if (rule->method && rule->method != of->method)
      continue;
    /* 423 with min-expires= refuses only lifetimes below it: the repeated REGISTER is welcome. */
    if (rule->code == 423 && rule->min_expires != SFO_ABSENT && of->expires_s >= rule->min_expires)
      continue;
    return rule;
  }
  return NULL;
}

static void accept(run *in, const attempt *of, sfo_response *response) {
  response->status = 200;
  if (of->method != SFO_METHOD_REGISTER || of->purpose == SFO_PURPOSE_UNREGISTER || !of->expires_s)
    return;
  response->granted_expires_s = of->expires_s;
  if (in->world.grant_s < of->expires_s)
    response->granted_expires_s = in->world.grant_s;
}

/* The file's provisional= and final= describe the far end: they count where the server itself would say 200. */
static void answer_request(run *in, const attempt *of, const host *at, const command *origin) {
  sfo_response response = SFO_RESPONSE_INIT;
  if (origin->provisional) {
    response.status = origin->provisional;
    report_response(in, of, HAPPENING_PROVISIONAL, at->delay_ms + origin->provisional_ms, &response);
  }
  if (origin->final == NO_ANSWER)
    return;
  response.status = origin->final ? origin->final : 200;
  if (response.status == 401 || response.status == 407)
    response.flags = SFO_RESPONSE_FINAL;
  report_response(in, of, HAPPENING_RESPONSE, at->delay_ms + origin->final_ms, &response);
}

static void answer(run *in, attempt *of, const host *at) {
  sfo_response response = SFO_RESPONSE_INIT;
  const host_rule *rule = rule_for(at, of);
  const request *asked = find_request(in, of->request);
  if (rule) {
    response.status = rule->code;
    response.retry_after_s = rule->retry_after;
    response.min_expires_s = rule->min_expires;
    /* A rule of the file stays: the credentials are wrong, and the stack has no better ones. */
    if (rule->code == 401 || rule->code == 407)
      response.flags = SFO_RESPONSE_FINAL;
  } else if (asked && asked->origin) {
    answer_request(in, of, at, asked->origin);
    return;
  }
  if (!rule || rule->code == 200)
    accept(in, of, &response);
  report_response(in, of, HAPPENING_RESPONSE, at->delay_ms, &response);
}

static void challenge(run *in, attempt *of, const host *at) {
  sfo_response response = SFO_RESPONSE_INIT;
  response.status = 401;
  of->challenged = 1;
  report_response(in, of, HAPPENING_RESPONSE, at->delay_ms, &response);
}

static int wants_challenge(run *in, const attempt *of) {
  endpoint whole = of->to;
  host *at = world_host(&in->world, &of->to, 0);
  whole.port = 0;
  if (!at)
    at = world_host(&in->world, &whole, 0);
  if (!at || !at->challenge || of->challenged)
    return 0;
  at->challenge = 0;
  return 1;
}

/* RFC 3261 section 17.1: timer A doubles without a bound, timer E up to T2 = 4 s. */
static void plan_retransmission(run *in, attempt *of) {
  happening fresh;
  if (of->transport != SFO_TRANSPORT_UDP || of->sent >= of->retransmissions)
    return;
  of->retry_ms = of->retry_ms ? of->retry_ms * 2u : in->script->options.t1_ms;
  if (of->method != SFO_METHOD_INVITE && of->retry_ms > 4000u)
    of->retry_ms = 4000u;
  memset(&fresh, 0, sizeof fresh);
  fresh.kind = HAPPENING_RETRANSMIT;
  fresh.at_ms = in->now_ms + of->retry_ms;
  fresh.attempt = of->id;
  queue_add(&in->queue, &fresh);
  of->sent++;
}

int world_deliver(run *in, attempt *of) {
  const host *at = host_of(in, of);
  /* A stack knows that it has no network when it begins to send; what it repeats later is lost. */
  if (in->world.link_down && !of->sent)
    return SFO_CAUSE_LOCAL;
  switch (mode_of(in, of)) {
  case HOST_SEND_ERROR:
    return SFO_CAUSE_SEND;
  case HOST_DOWN:
    plan_retransmission(in, of);
    return 0;
  case HOST_ICMP:
    report_failure(in, of, SFO_CAUSE_UNREACHABLE);
    return 0;
  case HOST_REFUSE:
    report_failure(in, of, of->transport == SFO_TRANSPORT_UDP ? SFO_CAUSE_UNREACHABLE : SFO_CAUSE_CONNECT);
    return 0;
  case HOST_TLS_FAIL:
    if (of->transport == SFO_TRANSPORT_TLS) {
      report_failure(in, of, SFO_CAUSE_TLS);
      return 0;
    }
    break;
  case HOST_UP:
  default:
    break;
  }
  if (wants_challenge(in, of))
    challenge(in, of, at);
  else
    answer(in, of, at);
  return 0;
}

int world_welcomes(run *in, const attempt *of, uint32_t method) {
  attempt other = *of;
  const host *at = host_of(in, of);
  if (mode_of(in, of) != HOST_UP || at->delay_ms)
    return 0;
  other.method = method;
  return !rule_for(at, of) && !rule_for(at, &other);
}

void world_cancelled(run *in, const attempt *of) {
  sfo_response response = SFO_RESPONSE_INIT;
  response.status = 487;
  if (world_answers(in, of))
    report_response(in, of, HAPPENING_RESPONSE, 0, &response);
}

void host_reset(host *of) {
  endpoint address = of->address;
  free(of->rule);
  *of = usual;
  of->address = address;
}

void world_free(world *old) {
  size_t i;
  for (i = 0; i < old->hosts; i++)
    free(old->host[i].rule);
  free(old->host);
  memset(old, 0, sizeof *old);
}
