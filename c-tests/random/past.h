/* What the model remembers while it reads: since when each part of the world is as it is, and what the accounts did. */
#ifndef RANDOM_PAST_H
#define RANDOM_PAST_H
#include <stdint.h>

#include "phone.h"
#include "transcript.h"

#define MAX_HOSTS 32u
#define MAX_WALK 32u

/* ODD: it answers, but not as it should, or late. */
typedef enum health { HEALTH_WELL, HEALTH_DEAD, HEALTH_ODD } health;

typedef struct host_past {
  char ip[24];
  health is;
  uint64_t since_ms;
  int refuses;               /* registrations, for good */
  uint64_t refused_until_ms; /* an account that it has refused may not have asked again before */
  uint64_t pause_until_ms;   /* it may have asked for one with Retry-After */
} host_past;

/* One step of a request. */
typedef struct step {
  unsigned side, goal;       /* goal UNKNOWN: not in the list as the model has it */
  char target[48];
  uint32_t budget_ms;
  uint64_t at_ms;
  int failed, refused;       /* without an answer, by its answer; neither: not yet */
  int silent;                /* it failed so that its whole host must be thought dead */
} step;

/* A request of the file that has not ended. */
typedef struct open_request {
  const command *origin;
  char name[24];
  uint64_t at_ms;
  int was_idle, idle_unclear;
  step step[MAX_WALK];
  unsigned steps;
  step asked[MAX_WALK];      /* targets that a REGISTER of the account found unwilling while this request was at none */
  unsigned askeds;
} open_request;

typedef struct side_past {
  unsigned last;             /* the target used last, or UNKNOWN */
  uint64_t switch_ms;        /* when it answered first, or the return was tried last; UINT64_MAX: not known */
  uint64_t bound_until_ms;
  int misread;               /* the lifetime that is granted next is this one */
  uint32_t misread_s;        /* UINT32_MAX: as it was asked for */
  char bound[48];            /* the target that granted */
  unsigned lost[MAX_TARGETS];   /* OPTIONS in a row that each target did not answer */
  uint64_t lost_ms[MAX_TARGETS];   /* the latest */
  uint32_t asked;            /* purpose of the last REGISTER: 'r'egister, 'p'robe, 'u'nregister */
} side_past;

typedef struct phone_past {
  phone settings;
  int running;
  uint64_t running_since_ms, settings_since_ms;
  unsigned calls_up, invites_open;
  uint64_t call_ended_ms;    /* the last moment at which it was not quite clear whether a call was up */
  side_past side[2];
  uint64_t doubted_ms;       /* when a call last found a target silent as its far end was slow to answer */
  uint64_t busy_since_ms;    /* when the calls began of which one is up or on its way */
} phone_past;

typedef struct past {
  const script *from;
  const char *lines;         /* of the configuration */
  zone records;
  host_past host[MAX_HOSTS];
  unsigned hosts;
  int dns_bad, dns_slow;
  int denies;                /* a DNS server has said that a name does not exist */
  uint64_t denied_ms;        /* until when it did */
  uint64_t dns_since_ms, zone_since_ms, device_since_ms;
  uint32_t grant_s;
  phone_past phone[MAX_PHONES + 1];
  open_request *open;
  size_t opens, open_capacity;
  char (*up)[24];            /* names of calls that are up, with their account in `up_account` */
  unsigned *up_account;
  size_t ups, up_capacity, up_account_capacity;
  const command **dialog;    /* incoming calls that have not ended */
  size_t dialogs, dialog_capacity;
  text *message;             /* the first violation */
  uint64_t broken_ms;
  uint64_t checked;
} past;

void past_begin(past *out, const script *from, text *message);
void past_command(past *in, const command *what);
host_past *past_host(past *in, const char *ip);
void past_end(past *old);
void past_cancel(past *in, const char *name, uint64_t now);
/* The phone's stack reported something about this host that it should not have: for the library it may be that the host refuses
   registrations, or has asked for a pause. */
void past_slips(past *in, const char *ip, int refuses, int pauses, uint64_t now);
/* Forgets where an account was: what happened may have moved it. */
void past_unsettle(phone_past *of, uint64_t now);
void violated(past *in, uint64_t at_ms, const char *format, ...) LIKE_PRINTF(3, 4);

/* judge.c */
/* A far end that does not say at once that it is there looks dead to short budgets. */
int speaks_at_once(const command *origin);
void judge_send(past *in, open_request *of, const step *fresh, uint64_t now);
void judge_done(past *in, const open_request *of, const char *line, uint64_t now);
void judge_registered(past *in, unsigned account, uint64_t now);
#endif
