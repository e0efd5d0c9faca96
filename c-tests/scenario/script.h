/* A scenario file after reading: what to set up, what to do when, what to expect. */
#ifndef SCENARIO_SCRIPT_H
#define SCENARIO_SCRIPT_H
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "pattern.h"
#include "sipfailover.h"
#include "text.h"
#include "zone.h"

typedef enum command_kind {
  COMMAND_START,
  COMMAND_STOP,
  COMMAND_DOWN,
  COMMAND_UP,
  COMMAND_ANSWER,
  COMMAND_ICMP,
  COMMAND_REFUSE,
  COMMAND_TLS_FAIL,
  COMMAND_SEND_ERROR,
  COMMAND_DELAY,
  COMMAND_CHALLENGE,
  COMMAND_GRANT,
  COMMAND_REQUEST,
  COMMAND_CANCEL,
  COMMAND_DNS_MODE,
  COMMAND_DNS_NXDOMAIN,
  COMMAND_DNS_DELAY,
  COMMAND_ZONE_SET,
  COMMAND_ZONE_ADD,
  COMMAND_ZONE_REMOVE,
  COMMAND_RELOAD,
  COMMAND_LINK,
  COMMAND_CLOCK_JUMP,
  COMMAND_BUSY,
  COMMAND_IDLE,
  COMMAND_HANGUP,
  COMMAND_INCOMING,
  COMMAND_DIALOG_END,
  COMMAND_FLOW_LOST,
  COMMAND_HEARD,
  COMMAND_REBOOT,
  COMMAND_TICK_WRAP,
  COMMAND_SLIP,
  COMMAND_WITHIN,
  COMMAND_REPORT,
  COMMAND_CALM
} command_kind;

#define NO_ANSWER UINT32_MAX   /* final=none */
#define ALL_SERVERS UINT32_MAX

/* Not every version of the library can be told that the network is down. */
#ifdef SFO_LINK_DOWN
#define LINK_DOWN SFO_LINK_DOWN
#define HAS_LINK_DOWN 1
#else
#define LINK_DOWN UINT32_MAX
#define HAS_LINK_DOWN 0
#endif

/* What the phone's SIP stack makes of an outcome that it should report. */
typedef enum slip_kind {
  SLIP_AGAIN,         /* it reports it, and once more */
  SLIP_STATUS,        /* it reports it, and then a response with a status that need not make sense */
  SLIP_CAUSE,         /* it reports it, and then a failure */
  SLIP_LATE,          /* it reports it later */
  SLIP_LOST,          /* it reports nothing */
  SLIP_FOREIGN,       /* it reports it for the latest attempt of another account instead */
  SLIP_UNKNOWN,       /* it reports it for an attempt that never was instead */
  SLIP_EXPIRES,       /* it has misread this number of the response */
  SLIP_RETRY_AFTER
} slip_kind;

/* The callbacks in which a command may be carried out. */
typedef enum callback_kind {
  CALLBACK_SEND,
  CALLBACK_CANCEL,
  CALLBACK_DONE,
  CALLBACK_EVENT,
  CALLBACK_DNS,
  CALLBACK_TIMER
} callback_kind;

/* The request that a callback is about, in commands within it. */
#define REQUEST_AT_HAND "this"

typedef struct command {
  command_kind kind;
  place where;
  uint64_t at_ms;
  endpoint host;
  char *name;                      /* of a request or an incoming call */
  char *parent;                    /* of a request inside the dialog that this one began */
  char *source;                    /* the words of the file */
  dns_name domain;
  uint32_t account, method, code;  /* method 0 = every method */
  uint32_t retry_after, min_expires;
  uint32_t value;                  /* milliseconds, seconds, dns_mode, link state, record type, with snapshot */
  uint32_t server;                 /* of `dns server N` */
  uint32_t provisional, final;     /* status codes, 0 = not given */
  uint64_t provisional_ms, final_ms;
  int64_t jump_ms;
  int urgent;
  zone records;
  slip_kind slip;                  /* its status is `code`, its cause or number `value`, its delay `final_ms` */
  callback_kind callback;          /* of `within` */
  struct command *inner;           /* what is done within it; its `at_ms` is when that was, once it has been */
  text block;                      /* reload: the lines of the configuration */
  unsigned block_line;             /* of the first of them */
} command;

/* What outlives a reboot: nothing, what the library saved, or the same without the time of day. */
typedef enum reboot_kind { REBOOT_FORGETFUL, REBOOT_SNAPSHOT, REBOOT_UNDATED } reboot_kind;

typedef enum compare { COMPARE_EQUAL, COMPARE_AT_MOST, COMPARE_AT_LEAST } compare;
typedef enum check_kind { CHECK_EXPECT, CHECK_NEVER, CHECK_COUNT, CHECK_DNS_QUERIES } check_kind;

typedef struct check {
  check_kind kind;
  place where;
  pattern *pattern;   /* expect: several, in order; never and count: one */
  size_t count, capacity;
  compare compare;
  uint32_t number;
} check;

typedef struct options {
  uint32_t jitter, seed, rtt_ms, dns_rtt_ms, additional, t1_ms, startup_window_s, max_accounts, dns_servers;
  uint32_t failback_successes, failback_min_stay_s;
} options;

typedef struct script {
  char *path, *title;
  text config;
  unsigned config_line;   /* of its first line */
  const char *config_file;
  zone records;
  options options;
  command *command;
  size_t commands, command_capacity;
  check *check;
  size_t checks, check_capacity;
  uint64_t until_ms;
  int has_until, has_config;
  const command *tick_wrap;   /* the moment at which a 32-bit millisecond tick wraps; NULL = a 64-bit clock */
  char **file;            /* names of all files read, for places */
  size_t files, file_capacity;
} script;

/* Returns 0, or -1 after a message. Free the script in either case. */
int script_read(script *out, const char *path);
void script_free(script *old);

/* options.c */
void options_default(options *out);
int options_read(options *to, const words *line, place where);

/* The rest of an `at` line, from the word at `first` on. `reload` sets the kind only: its block follows.
   Returns -1 after a message. */
int command_read(command *out, const words *line, size_t first, place where);
void command_free(command *old);
/* Itself, or what stands behind `within`. */
const command *command_meant(const command *of);
#endif
