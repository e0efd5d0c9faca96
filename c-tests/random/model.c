#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "past.h"

/* The value of a field, or "". */
static const char *field(const char *line, const char *name, char *out, size_t capacity) {
  const char *at = strstr(line, name);
  snprintf(out, capacity, "%.*s", at ? (int)strcspn(at + strlen(name), " ") : 0, at ? at + strlen(name) : "");
  return out;
}

static unsigned number(const char *line, const char *name) {
  char value[24];
  return (unsigned)strtoul(field(line, name, value, sizeof value), NULL, 10);
}

static open_request *find(past *in, const char *line) {
  char name[24];
  size_t i;
  if (!*field(line, " request=", name, sizeof name))
    return NULL;
  for (i = 0; i < in->opens; i++)
    if (strcmp(in->open[i].name, name) == 0)
      return &in->open[i];
  return NULL;
}

/* The account and the server that a line is about; NULL when it is about none. */
static phone_past *subject(past *in, const char *line, unsigned *y, unsigned *goal) {
  unsigned x = number(line, " account="), server = number(line, " server=");
  char target[64];
  if (!x || x > MAX_PHONES || !server || server > 2)
    return NULL;
  *y = server - 1;
  *goal = goal_index(&in->phone[x].settings.side[*y], field(line, " to=", target, sizeof target));
  return &in->phone[x];
}

static void read_send(past *in, const char *line, uint64_t now) {
  step fresh;
  open_request *of = find(in, line);
  phone_past *who;
  memset(&fresh, 0, sizeof fresh);
  who = subject(in, line, &fresh.side, &fresh.goal);
  if (!who)
    return;
  if (has_prefix(line, "send REGISTER"))
    who->side[fresh.side].asked = (uint32_t)strstr(line, "purpose=")[8];
  if (!of || of->steps == MAX_WALK)
    return;
  field(line, " to=", fresh.target, sizeof fresh.target);
  fresh.budget_ms = number(line, " budget=");
  fresh.at_ms = now;
  judge_send(in, of, &fresh, now);
  of->step[of->steps++] = fresh;
}

static void lose(phone_past *who, unsigned y) {
  who->side[y].last = UNKNOWN;
  who->side[y].switch_ms = UINT64_MAX;
}

/* A target answered a request: it is where the next ones start, unless it was reached past one that is not dead. */
static void move(phone_past *who, const open_request *of, unsigned y, unsigned goal, uint64_t now) {
  unsigned i;
  for (i = 0; i < of->steps; i++)
    if (of->step[i].side == y && of->step[i].refused) {
      lose(who, y);
      return;
    }
  if (who->side[y].last == goal || goal == UNKNOWN || who->side[y].last == UNKNOWN || who->settings.side[y].register_first) {
    if (who->side[y].last != goal)
      lose(who, y);
    return;
  }
  who->side[y].last = goal;
  who->side[y].switch_ms = now;
}

/* Which of two that are under way at once moves the account last is not for this model to say. */
static int has_open(const past *in, const phone_past *who, const open_request *but) {
  size_t i;
  for (i = 0; i < in->opens; i++)
    if (&in->phone[in->open[i].origin->account] == who && &in->open[i] != but)
      return 1;
  return 0;
}

static void read_ok(past *in, const char *line, uint64_t now) {
  unsigned y, goal;
  phone_past *who = subject(in, line, &y, &goal);
  open_request *of = find(in, line);
  uint64_t lifetime_s;
  if (!who)
    return;
  if (of && has_open(in, who, of))
    lose(who, y);
  else if (of)
    move(who, of, y, goal, now);
  if (!has_prefix(line, "ok REGISTER"))
    return;
  if (who->side[y].last != goal || has_open(in, who, NULL))
    lose(who, y);
  lifetime_s = who->settings.side[y].expires_s < in->grant_s ? who->settings.side[y].expires_s : in->grant_s;
  if (who->side[y].misread)
    lifetime_s = who->side[y].misread_s > who->settings.side[y].expires_s ? who->settings.side[y].expires_s : who->side[y].misread_s;
  who->side[y].misread = 0;
  field(line, " to=", who->side[y].bound, sizeof who->side[y].bound);
  who->side[y].bound_until_ms = who->side[y].asked == 'u' ? 0 : now + lifetime_s * 1000u;
}

/* OPTIONS of the library itself; with `lost` one more was not answered, without it something has been heard of the target. */
static void note_liveness(past *in, const char *line, int lost, uint64_t now) {
  unsigned x = number(line, " account="), y, g;
  char target[64];
  field(line, " to=", target, sizeof target);
  if (!x || x > MAX_PHONES)
    return;
  /* An OPTIONS to the primary may also ask whether the account can return there, which says nothing about who is given up. */
  if (lost && !in->phone[x].settings.side[number(line, " server=") == 2].options_interval_s)
    return;
  for (y = 0; y < 2; y++) {
    side_past *of = &in->phone[x].side[y];
    g = goal_index(&in->phone[x].settings.side[y], target);
    if (g == UNKNOWN)
      continue;
    of->lost[g] = lost ? of->lost[g] + 1u : 0;
    of->lost_ms[g] = now;
  }
}

static int is_silence(const char *line) {
  return strstr(line, "cause=timeout") || strstr(line, "cause=unreachable");
}

/* A request may wait for this REGISTER: then it passes the target by, and what was silent was silent for it, too. */
static void note_asked(past *in, const phone_past *who, const char *line, unsigned y, unsigned goal) {
  size_t i;
  for (i = 0; i < in->opens; i++) {
    open_request *of = &in->open[i];
    const step *latest = of->steps ? &of->step[of->steps - 1] : NULL;
    step *fresh = &of->asked[of->askeds];
    if (&in->phone[of->origin->account] != who || (latest && !latest->failed && !latest->refused) || of->askeds == MAX_WALK)
      continue;
    memset(fresh, 0, sizeof *fresh);
    fresh->side = y;
    fresh->goal = goal;
    fresh->silent = is_silence(line);
    of->askeds++;
  }
}

/* Has this request found each target of a server dead, or silent at another transport of its address? Then the next one starts at the
   primary. */
static int finds_dead(const phone_past *who, const open_request *of, unsigned y) {
  const side *at = &who->settings.side[y];
  unsigned g, i, found;
  for (g = 0; g < at->goals; g++) {
    for (i = found = 0; i < of->steps && !found; i++) {
      const step *tried = &of->step[i];
      if (tried->side != y || !tried->failed || tried->goal == UNKNOWN)
        continue;
      found = tried->goal == g || (tried->silent && who->settings.avoid_dead_addresses &&
                                   strcmp(at->goal[tried->goal].ip, at->goal[g].ip) == 0);
    }
    if (!found)
      return 0;
  }
  return 1;
}

static void read_fail(past *in, const char *line, uint64_t now) {
  unsigned y, goal, i;
  phone_past *who = subject(in, line, &y, &goal);
  open_request *of = find(in, line);
  if (!who)
    return;
  if (of && is_silence(line) && !speaks_at_once(of->origin))
    who->doubted_ms = now;
  /* The time until the return begins anew when the primary was asked in vain. */
  if (goal == 0 && who->side[y].last != 0)
    who->side[y].switch_ms = UINT64_MAX;
  if (has_prefix(line, "fail REGISTER") && goal != UNKNOWN)
    note_asked(in, who, line, y, goal);
  for (i = of ? of->steps : 0; i > 0; i--) {
    step *at = &of->step[i - 1];
    if (at->side != y || at->goal != goal)
      continue;
    at->refused = strstr(line, "cause=response") != NULL;
    at->failed = !at->refused;
    at->silent = is_silence(line);
    if (at->failed && finds_dead(who, of, y))
      lose(who, y);
    break;
  }
}

/* Was every target of a server tried in vain? Then the next request starts at its primary. */
static void forget_dead(phone_past *who, const open_request *of) {
  unsigned y, i, failed;
  for (y = 0; y < 2; y++) {
    for (i = failed = 0; i < of->steps; i++)
      failed += of->step[i].side == y && of->step[i].failed;
    if (failed && failed >= who->settings.side[y].goals)
      lose(who, y);
  }
}

/* A call without a hangup in the file is over at once. */
static int stays_up(const past *in, const open_request *of) {
  size_t i;
  for (i = 0; i < in->from->commands; i++) {
    const command *at = command_meant(&in->from->command[i]);
    if (at->kind == COMMAND_HANGUP && strcmp(at->name, of->name) == 0)
      return 1;
  }
  return 0;
}

static void call_begins(past *in, const open_request *of) {
  if (!stays_up(in, of))
    return;
  in->up = room(in->up, in->ups, &in->up_capacity, sizeof *in->up);
  in->up_account = room(in->up_account, in->ups, &in->up_account_capacity, sizeof *in->up_account);
  snprintf(in->up[in->ups], sizeof *in->up, "%s", of->name);
  in->up_account[in->ups++] = of->origin->account;
  in->phone[of->origin->account].calls_up++;
}

static void read_done(past *in, const char *line, uint64_t now) {
  open_request *of = find(in, line);
  phone_past *who;
  if (!of)
    return;
  who = &in->phone[of->origin->account];
  judge_done(in, of, line, now);
  if (!strstr(line, "result=answered"))
    lose(who, 0), lose(who, 1);
  forget_dead(who, of);
  if (of->origin->method == SFO_METHOD_INVITE) {
    who->invites_open--;
    who->call_ended_ms = now;
    if (strstr(line, "status=2"))
      call_begins(in, of);
  }
  *of = in->open[--in->opens];
}

static void read_refused(past *in, const char *line) {
  open_request *of = find(in, line);
  if (!of || !strstr(line, " error="))
    return;
  in->phone[of->origin->account].invites_open -= of->origin->method == SFO_METHOD_INVITE;
  *of = in->open[--in->opens];
}

/* A registration walk that no target answered: the next one, and so the next request, begins at the primary. */
static void read_event(past *in, const char *line) {
  unsigned x = number(line, " account="), y = number(line, " server=");
  int is_walk_lost = strstr(line, "state=refresh-failing") || strstr(line, "state=retrying");
  if (!x || x > MAX_PHONES || !y || y > 2)
    return;
  if (has_prefix(line, "event registration") && is_walk_lost)
    lose(&in->phone[x], y - 1);
  else if (has_prefix(line, "event all-failed"))
    lose(&in->phone[x], 0), lose(&in->phone[x], 1);
}

/* What the library made of a report that was wrong is seen in the lines that follow. But what it then believes of the host may not be
   true for a while. */
static void read_slip(past *in, const char *line, uint64_t now) {
  char how[16], ip[64];
  unsigned y, goal;
  phone_past *who = subject(in, line, &y, &goal);
  field(line, " how=", how, sizeof how);
  if (strcmp(how, "besides") == 0) {
    if (strstr(line, " error=late") && strstr(line, " status="))
      note_liveness(in, line, 0, now);
    return;
  }
  field(line, " to=", ip, sizeof ip);
  ip[strcspn(ip, ":")] = '\0';
  past_slips(in, ip, has_prefix(line, "slip REGISTER") && !strstr(line, " cause="), strstr(line, " status=503") != NULL, now);
  if (who && strcmp(how, "expires") == 0) {
    who->side[y].misread = 1;
    who->side[y].misread_s = number(line, " value=");
  }
}

/* Carried out by a callback, at a moment that the file does not know. */
static void read_within(past *in, const entry *at) {
  char name[24];
  if (at->within->kind == COMMAND_CANCEL && *field(at->line, " request=", name, sizeof name))
    past_cancel(in, name, at->at_ms);
  else
    past_command(in, at->within);
}

static void read_line(past *in, const entry *at) {
  if (at->within || has_prefix(at->line, "slip ")) {
    at->within ? read_within(in, at) : read_slip(in, at->line, at->at_ms);
    return;
  }
  /* What the library knew nothing of any more tells it nothing. */
  if (strstr(at->line, " status=") && !strstr(at->line, " error="))
    note_liveness(in, at->line, 0, at->at_ms);
  else if (has_prefix(at->line, "fail OPTIONS") && !strstr(at->line, " request="))
    note_liveness(in, at->line, 1, at->at_ms);
  if (has_prefix(at->line, "send "))
    read_send(in, at->line, at->at_ms);
  else if (has_prefix(at->line, "ok "))
    read_ok(in, at->line, at->at_ms);
  else if (has_prefix(at->line, "fail ") && strstr(at->line, " error="))
    read_refused(in, at->line);
  else if (has_prefix(at->line, "fail "))
    read_fail(in, at->line, at->at_ms);
  else if (has_prefix(at->line, "event "))
    read_event(in, at->line);
  else if (has_prefix(at->line, "done "))
    read_done(in, at->line, at->at_ms);
  else if (has_prefix(at->line, "reply ") && find(in, at->line) && !strstr(at->line, "status=40"))
    read_ok(in, at->line, at->at_ms);
}

int model_judge(const script *from, const transcript *of, text *message, uint64_t *at_ms, uint64_t *checked) {
  past in;
  size_t line = 0, next = 0;
  past_begin(&in, from, message);
  /* The commands of these files are in order of time. At one moment they come first. */
  while (!message->length && line < of->count) {
    if (next < from->commands && from->command[next].at_ms <= of->item[line].at_ms)
      past_command(&in, &from->command[next++]);
    else
      read_line(&in, &of->item[line++]);
  }
  *at_ms = in.broken_ms;
  if (checked)
    *checked += in.checked;
  past_end(&in);
  return message->length != 0;
}
