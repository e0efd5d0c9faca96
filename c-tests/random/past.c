#include "past.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dnsserver.h"

void violated(past *in, uint64_t at_ms, const char *format, ...) {
  char line[512];
  va_list list;
  if (in->message->length)
    return;
  va_start(list, format);
  vsnprintf(line, sizeof line, format, list);
  va_end(list);
  text_add(in->message, line);
  in->broken_ms = at_ms;
}

void past_unsettle(phone_past *of, uint64_t now) {
  unsigned y;
  for (y = 0; y < 2; y++) {
    of->side[y].last = UNKNOWN;
    of->side[y].switch_ms = UINT64_MAX;
  }
  of->settings_since_ms = now;
}

/* Also who did not answer OPTIONS: it is counted from the beginning. */
static void begin_anew(phone_past *of, uint64_t now) {
  unsigned y;
  past_unsettle(of, now);
  for (y = 0; y < 2; y++)
    memset(of->side[y].lost, 0, sizeof of->side[y].lost);
}

static void resolve_all(past *in) {
  unsigned x;
  for (x = 1; x <= MAX_PHONES; x++)
    phone_resolve(&in->phone[x].settings, &in->records);
}

static void read_all(past *in, uint64_t now) {
  unsigned x;
  for (x = 1; x <= MAX_PHONES; x++) {
    phone_read(&in->phone[x].settings, in->lines, x);
    past_unsettle(&in->phone[x], now);
  }
  resolve_all(in);
}

void past_begin(past *out, const script *from, text *message) {
  memset(out, 0, sizeof *out);
  out->from = from;
  out->message = message;
  out->lines = from->config.data ? from->config.data : "";
  out->grant_s = UINT32_MAX;
  zone_copy(&out->records, &from->records);
  read_all(out, 0);
}

void past_end(past *old) {
  zone_free(&old->records);
  free(old->open);
  free(old->up);
  free(old->up_account);
  free(old->dialog);
}

host_past *past_host(past *in, const char *ip) {
  unsigned i;
  for (i = 0; i < in->hosts; i++)
    if (strcmp(in->host[i].ip, ip) == 0)
      return &in->host[i];
  if (in->hosts == MAX_HOSTS)
    return &in->host[MAX_HOSTS - 1];
  snprintf(in->host[in->hosts].ip, sizeof in->host[0].ip, "%s", ip);
  return &in->host[in->hosts++];
}

/* The longest pause that a Retry-After leads to, s. */
#define LONGEST_PAUSE_S 3600u
/* The longest pause after a refusal, and what the walk at its end takes, s. */
#define LONGEST_REFUSAL_S (1800u + 300u)

static void host_becomes(past *in, const command *what, health now) {
  char ip[24];
  host_past *at;
  snprintf(ip, sizeof ip, "%u.%u.%u.%u", what->host.bytes[0], what->host.bytes[1], what->host.bytes[2], what->host.bytes[3]);
  at = past_host(in, ip);
  if (at->is != now || now == HEALTH_ODD)
    at->since_ms = what->at_ms;
  at->is = now;
  if (at->refuses)
    at->refused_until_ms = what->at_ms + LONGEST_REFUSAL_S * 1000u;
  if (now != HEALTH_ODD)
    at->refuses = 0;
  else if (what->kind == COMMAND_ANSWER && (!what->method || what->method == SFO_METHOD_REGISTER))
    at->refuses = what->code < 500 && what->code != 408;
  if (what->kind == COMMAND_ANSWER && what->retry_after != SFO_ABSENT)
    at->pause_until_ms = UINT64_MAX;
  else if (at->pause_until_ms == UINT64_MAX)
    at->pause_until_ms = what->at_ms + (LONGEST_PAUSE_S + 60u) * 1000u;
}

void past_slips(past *in, const char *ip, int refuses, int pauses, uint64_t now) {
  host_past *at = past_host(in, ip);
  at->since_ms = now;
  if (refuses)
    at->refused_until_ms = now + LONGEST_REFUSAL_S * 1000u;
  if (pauses && at->pause_until_ms < now + (LONGEST_PAUSE_S + 60u) * 1000u)
    at->pause_until_ms = now + (LONGEST_PAUSE_S + 60u) * 1000u;
}

static void dns_changes(past *in, const command *what) {
  if (what->kind == COMMAND_DNS_DELAY)
    in->dns_slow = what->value > 0;
  else
    in->dns_bad = what->kind == COMMAND_DNS_NXDOMAIN || what->value != DNS_UP;
  if (in->denies)
    in->denied_ms = what->at_ms;
  in->denies = what->kind == COMMAND_DNS_NXDOMAIN || (in->denies && what->kind == COMMAND_DNS_DELAY);
  in->dns_since_ms = what->at_ms;
}

static void zone_changes(past *in, const command *what) {
  if (what->kind == COMMAND_ZONE_REMOVE)
    zone_remove(&in->records, &what->domain, what->value);
  else if (what->kind == COMMAND_ZONE_SET && what->records.count)
    zone_remove(&in->records, &what->records.item[0].owner, what->records.item[0].type);
  zone_copy(&in->records, &what->records);
  in->zone_since_ms = what->at_ms;
  resolve_all(in);
}

static void run(past *in, const command *what) {
  phone_past *of = what->account <= MAX_PHONES ? &in->phone[what->account] : NULL;
  int runs = what->kind == COMMAND_START;
  if (!of || of->running == runs)
    return;
  of->running = runs;
  of->running_since_ms = what->at_ms;
  of->side[0].bound_until_ms = of->side[1].bound_until_ms = 0;
  begin_anew(of, what->at_ms);
}

static void hang_up(past *in, const command *what) {
  size_t i;
  for (i = 0; i < in->ups; i++) {
    if (strcmp(in->up[i], what->name) != 0)
      continue;
    in->phone[in->up_account[i]].calls_up--;
    in->phone[in->up_account[i]].call_ended_ms = what->at_ms;
    memcpy(in->up[i], in->up[in->ups - 1], sizeof in->up[0]);
    in->up_account[i] = in->up_account[--in->ups];
    return;
  }
}

/* A dialog that is open keeps the account where it is, like a call. */
static void incoming(past *in, const command *what) {
  if (what->account > MAX_PHONES)
    return;
  in->phone[what->account].call_ended_ms = what->at_ms;
  if (!what->name)
    return;
  in->dialog = room(in->dialog, in->dialogs, &in->dialog_capacity, sizeof *in->dialog);
  in->dialog[in->dialogs++] = what;
}

static void dialog_ends(past *in, const command *what) {
  size_t i;
  for (i = 0; i < in->dialogs; i++) {
    if (strcmp(in->dialog[i]->name, what->name) != 0)
      continue;
    in->phone[in->dialog[i]->account].call_ended_ms = what->at_ms;
    in->dialog[i] = in->dialog[--in->dialogs];
    return;
  }
}

static int has_dialog(const past *in, unsigned account) {
  size_t i;
  for (i = 0; i < in->dialogs; i++)
    if (in->dialog[i]->account == account)
      return 1;
  return 0;
}

static void begin(past *in, const command *what) {
  phone_past *of;
  open_request *fresh;
  if (what->account > MAX_PHONES || !what->name)
    return;
  of = &in->phone[what->account];
  judge_registered(in, what->account, what->at_ms);
  in->open = room(in->open, in->opens, &in->open_capacity, sizeof *in->open);
  fresh = &in->open[in->opens++];
  memset(fresh, 0, sizeof *fresh);
  fresh->origin = what;
  fresh->at_ms = what->at_ms;
  snprintf(fresh->name, sizeof fresh->name, "%s", what->name);
  fresh->was_idle = !of->calls_up && !of->invites_open;
  if (fresh->was_idle)
    of->busy_since_ms = what->at_ms;
  /* After an answer the firmware has a moment to say that the call is up. */
  fresh->idle_unclear = (of->call_ended_ms && what->at_ms < of->call_ended_ms + 60000u) || has_dialog(in, what->account);
  of->invites_open += what->method == SFO_METHOD_INVITE;
}

void past_cancel(past *in, const char *name, uint64_t now) {
  size_t i;
  for (i = 0; i < in->opens; i++) {
    open_request *at = &in->open[i];
    phone_past *of = &in->phone[at->origin->account];
    if (strcmp(at->name, name) != 0)
      continue;
    of->invites_open -= at->origin->method == SFO_METHOD_INVITE;
    of->call_ended_ms = now;
    past_unsettle(of, of->settings_since_ms);
    *at = in->open[--in->opens];
    return;
  }
}

static void device_changes(past *in, const command *what) {
  unsigned x;
  in->device_since_ms = what->at_ms;
  for (x = 1; x <= MAX_PHONES; x++)
    begin_anew(&in->phone[x], what->at_ms);
}

void past_command(past *in, const command *what) {
  switch (what->kind) {
  case COMMAND_DOWN:
  case COMMAND_ICMP:
  case COMMAND_REFUSE:
  case COMMAND_SEND_ERROR:
    host_becomes(in, what, HEALTH_DEAD);
    break;
  case COMMAND_UP:
    host_becomes(in, what, HEALTH_WELL);
    break;
  case COMMAND_ANSWER:
  case COMMAND_DELAY:
  case COMMAND_TLS_FAIL:
    host_becomes(in, what, HEALTH_ODD);
    break;
  case COMMAND_DNS_MODE:
  case COMMAND_DNS_NXDOMAIN:
  case COMMAND_DNS_DELAY:
    dns_changes(in, what);
    break;
  case COMMAND_ZONE_SET:
  case COMMAND_ZONE_ADD:
  case COMMAND_ZONE_REMOVE:
    zone_changes(in, what);
    break;
  case COMMAND_RELOAD:
    in->lines = what->block.data ? what->block.data : "";
    device_changes(in, what);
    read_all(in, what->at_ms);
    break;
  case COMMAND_GRANT:
    in->grant_s = what->value;
    break;
  case COMMAND_START:
  case COMMAND_STOP:
    run(in, what);
    break;
  case COMMAND_REQUEST:
    begin(in, what);
    break;
  case COMMAND_CANCEL:
    past_cancel(in, what->name, what->at_ms);
    break;
  case COMMAND_HANGUP:
    hang_up(in, what);
    break;
  case COMMAND_BUSY:
  case COMMAND_IDLE:
    in->phone[what->account <= MAX_PHONES ? what->account : 0].call_ended_ms = what->at_ms;
    break;
  case COMMAND_INCOMING:
    incoming(in, what);
    break;
  case COMMAND_DIALOG_END:
    dialog_ends(in, what);
    break;
  /* What they lead to stands in the transcript. */
  case COMMAND_SLIP:
  case COMMAND_WITHIN:
  case COMMAND_REPORT:
  case COMMAND_CALM:
  case COMMAND_CHALLENGE:
    break;
  default:
    device_changes(in, what);
    break;
  }
}
