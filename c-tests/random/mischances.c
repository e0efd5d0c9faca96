/* What a phone does wrong, and what it does at moments that nobody thinks of: reports that come twice, late, for another attempt or with
   absurd numbers; calls into the library from within its callbacks; requests that are cancelled at every stage. */
#include "mischances.h"

#include <stdio.h>

#include "dice.h"

/* Mean times between two events of a kind, of one account, seconds. */
#define SLIPS_S 4000u
#define WITHINS_S 5000u
#define CANCELS_S 2400u

/* Where the slips of a world begin among all dice: any number but 0. */
#define FORK 0x6d697363686965u

/* When a report comes besides the right one, s: with it, while the attempt is remembered, and when it is forgotten. */
static unsigned moment(dice *from) {
  return PICK(from, 0, 0, 1, 9, 31, 33, 100);
}

/* What is reported besides. */
static void besides(dice *from, char *out, size_t capacity) {
  static const char *const causes[] = {"unreachable", "connect", "connection-lost", "send", "local", "timeout", "recovered"};
  if (dice_percent(from, 40))
    snprintf(out, capacity, "again@%u", moment(from));
  else if (dice_percent(from, 70))
    snprintf(out, capacity, "%u@%u", PICK(from, 0, 9999, 99, 700, 100, 180, 183, 200, 200, 401, 487, 503), moment(from));
  else
    snprintf(out, capacity, "%s@%u", causes[dice_below(from, 7)], moment(from));
}

static void slip(plan *out, dice *from, unsigned x, uint64_t at) {
  static const char *const methods[] = {"", "", "method=REGISTER ", "method=INVITE ", "method=MESSAGE ", "method=SUBSCRIBE "};
  static const char *const lost[] = {"lost", "foreign", "unknown", "late@1", "late@9", "late@30", "late@40"};
  const char *method = methods[dice_below(from, 6)];
  char what[40];
  switch (dice_below(from, 10)) {
  case 0:
  case 1:
  case 4:
    snprintf(what, sizeof what, "%s", lost[dice_below(from, 7)]);
    break;
  case 2:
    method = "method=REGISTER ";
    snprintf(what, sizeof what, "expires=%u", PICK(from, 0, 0, 1, 5, 4294967294u, 4294967295u));
    break;
  case 3:
    snprintf(what, sizeof what, "retry-after=%u", PICK(from, 0, 1, 4294967294u, 4294967295u));
    break;
  default:
    besides(from, what, sizeof what);
    break;
  }
  plan_add(out, SECTION_AT, at, "slip %u %s%s", x, method, what);
}

/* A stop within a callback is followed by a start, whether the callback came or not. */
static void stop_within(plan *out, dice *from, const char *callback, unsigned x, uint64_t at) {
  uint64_t end = at + 1u + dice_below(from, 300000);
  plan_add(out, SECTION_AT, at, "within %s stop %u", callback, x);
  if (dice_percent(from, 50))
    plan_add(out, SECTION_AT, at, "within event %u start %u", x, x);
  plan_add(out, SECTION_AT, end, "calm %u", x);
  plan_add(out, SECTION_AT, end, "start %u", x);
}

/* An incoming call in a callback, and its end: mostly in another. */
static void dialog_within(plan *out, dice *from, const char *callback, unsigned x, unsigned n, uint64_t at) {
  uint64_t end = at + 1u + dice_below(from, 600000);
  plan_add(out, SECTION_AT, at, "within %s incoming %u from 10.0.%u.%u as i%u-%u", callback, x, PICK(from, 0, 1, 9),
           dice_between(from, 1, 3), x, n);
  plan_add(out, SECTION_AT, end, "within event %u dialog end i%u-%u", x, x, n);
  plan_add(out, SECTION_AT, end + 60000u, "calm %u", x);
  plan_add(out, SECTION_AT, end + 60001u, "dialog end i%u-%u", x, n);
}

static void within(plan *out, dice *from, const world_plan *of, unsigned x, unsigned n, uint64_t at) {
  static const char *const names[] = {"send", "send", "cancel", "done", "done", "event", "dns", "timer"};
  static const char *const outcomes[] = {"503", "503 retry-after=30", "unreachable", "send", "local", "180", "200", "603"};
  static const char *const methods[] = {"INVITE", "MESSAGE", "SUBSCRIBE", "OPTIONS"};
  unsigned which = dice_below(from, 8), is_about_request = which < 5;
  char callback[24], words[48];
  snprintf(callback, sizeof callback, which < 6 ? "%s %u" : "%s", names[which], x);
  switch (dice_below(from, 9)) {
  case 0:
  case 1:
    if (is_about_request)
      plan_add(out, SECTION_AT, at, "within %s cancel this", callback);
    break;
  case 2:
  case 3:
    if (which < 2)
      plan_add(out, SECTION_AT, at, "within %s report %s", callback, outcomes[dice_below(from, 8)]);
    break;
  case 4:
    plan_add(out, SECTION_AT, at, "within %s request %s %u as w%u-%u", callback, methods[dice_below(from, 4)], x, x, n);
    break;
  case 5:
    stop_within(out, from, callback, x, at);
    break;
  case 6:
    dialog_within(out, from, callback, x, n, at);
    break;
  case 7:
    plan_add(out, SECTION_AT, at, "within %s flow-lost %u", callback, x);
    break;
  default:
    snprintf(words, sizeof words, "within %s reload", callback);
    if (dice_percent(from, 30))
      befall_reload(out, from, of, at, words);
    break;
  }
}

/* A request that is withdrawn: at once, while DNS or a REGISTER may be under way, rung or not, in the millisecond in which something
   else comes, between two targets, and when it is over. */
static void cancelled(plan *out, dice *from, unsigned x, unsigned n, uint64_t at) {
  static const char *const methods[] = {"INVITE", "INVITE", "INVITE", "MESSAGE", "SUBSCRIBE"};
  unsigned which = dice_below(from, 5);
  uint64_t after = PICK(from, 0, 0, 1, 20, 21, 40, 300, 301, 320, 500, 1000, 1800, 3500, 3600, 7500, 15000, 32000);
  char tail[48] = "";
  if (which < 3 && dice_percent(from, 60))
    snprintf(tail, sizeof tail, " provisional=180@%u final=%u@%u", PICK(from, 0, 0, 1), PICK(from, 200, 200, 486), PICK(from, 1, 3, 15));
  plan_add(out, SECTION_AT, at, "request %s %u as c%u-%u%s", methods[which], x, x, n, tail);
  if (dice_percent(from, 15))
    plan_add(out, SECTION_AT, at, "within %s %u cancel c%u-%u", dice_percent(from, 50) ? "send" : "cancel", x, x, n);
  plan_add(out, SECTION_AT, at + after, "cancel c%u-%u", x, n);
}

static void of_account(plan *out, dice *from, const world_plan *of, unsigned x) {
  uint64_t at;
  unsigned n = 0;
  for (at = dice_wait_ms(from, SLIPS_S); at < of->end_ms; at += dice_wait_ms(from, SLIPS_S))
    slip(out, from, x, at);
  for (at = dice_wait_ms(from, WITHINS_S); at < of->end_ms; at += dice_wait_ms(from, WITHINS_S))
    within(out, from, of, x, ++n, at);
  for (at = dice_wait_ms(from, CANCELS_S); at < of->end_ms; at += dice_wait_ms(from, CANCELS_S))
    cancelled(out, from, x, ++n, at);
}

void mischances(plan *out, uint64_t seed, const world_plan *of) {
  dice from;
  unsigned x;
  from.state = seed ^ FORK;
  from.state = dice_next(&from);
  for (x = 1; x <= of->accounts; x++)
    of_account(out, &from, of, x);
  /* By then the world is well, and stays so. */
  plan_add(out, SECTION_AT, of->end_ms + 90000u, "calm");
}
