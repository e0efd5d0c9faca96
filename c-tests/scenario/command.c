/* The commands behind `at T`. */
#include <stdlib.h>
#include <string.h>

#include "reader.h"
#include "suggest.h"

static int not_supported(place where, const char *what) {
  return wrong(where, "'%s' is not supported by this version", what);
}

static int read_account(reader *from) {
  return take_account(from) ? -1 : finish_line(from);
}

static int read_grant(reader *from) {
  return take_number(from, "seconds", INT32_MAX, &from->out->value) ? -1 : finish_line(from);
}

static int read_hangup(reader *from) {
  return take_name(from, "the name of a request") ? -1 : finish_line(from);
}

static int read_cancel(reader *from) {
  if (read_hangup(from))
    return -1;
  if (strcmp(from->out->name, REQUEST_AT_HAND) == 0 && !from->in_request)
    return wrong(from->where, "'" REQUEST_AT_HAND "' is a request only behind within send, within cancel and within done");
  return 0;
}

/* "180@2": a status and the seconds after the request came in; without '@' at once. */
static int read_reply(reader *from, const char *word, uint32_t minimum, uint32_t *status, uint64_t *ms) {
  const char *sign = strchr(word, '@');
  char *code = copy_bytes(word, sign ? (size_t)(sign - word) : strlen(word));
  int bad = take_status(from, code, minimum, status);
  free(code);
  if (bad)
    return -1;
  *ms = 0;
  if (sign && parse_seconds(sign + 1, ms))
    return wrong(from->where, "expected seconds behind '@', not '%s'", sign + 1);
  return 0;
}

static int read_request_word(reader *from, const char *word) {
  command *out = from->out;
  if (strcmp(word, "as") == 0)
    return take_name(from, "a name for the request");
  if (has_prefix(word, "provisional=")) {
    if (read_reply(from, word + 12, 101, &out->provisional, &out->provisional_ms))
      return -1;
    return out->provisional < 200 ? 0 : wrong(from->where, "a provisional response is 101..199");
  }
  if (strcmp(word, "final=none") == 0) {
    out->final = NO_ANSWER;
    return 0;
  }
  if (has_prefix(word, "final="))
    return read_reply(from, word + 6, 200, &out->final, &out->final_ms);
  if (has_prefix(word, "parent=") && word[7]) {
    out->parent = copy_string(word + 7);
    return 0;
  }
  return wrong(from->where, "expected as NAME, provisional=CODE@SECONDS, final=CODE@SECONDS or parent=NAME, not '%s'",
               word);
}

static int read_request(reader *from) {
  const char *word = next_word(from);
  if (take_method(from, word, 0) || take_account(from))
    return -1;
  while ((word = next_word(from)) != NULL)
    if (read_request_word(from, word))
      return -1;
  return 0;
}

/* An emergency call: a request like any other, but it waits for nothing. */
static int read_urgent(reader *from) {
  from->out->urgent = 1;
  return read_request(from);
}

static int read_source(reader *from) {
  const char *word;
  if (take_account(from))
    return -1;
  word = next_word(from);
  if (!word || strcmp(word, "from") != 0)
    return wrong(from->where, "expected ACCOUNT from IP, not '%s'", word ? word : "");
  return take_host(from);
}

static int read_heard(reader *from) {
  return read_source(from) ? -1 : finish_line(from);
}

static int read_incoming(reader *from) {
  const char *word;
  if (read_source(from))
    return -1;
  word = next_word(from);
  if (word && strcmp(word, "as") != 0)
    return wrong(from->where, "expected as NAME, not '%s'", word);
  return word && take_name(from, "a name for the call") ? -1 : finish_line(from);
}

static int read_dialog(reader *from) {
  const char *word = next_word(from);
  if (!word || strcmp(word, "end") != 0)
    return wrong(from->where, "expected dialog end NAME");
  return take_name(from, "the name of a request or an incoming call") ? -1 : finish_line(from);
}

static int read_reboot(reader *from) {
  const char *word = next_word(from);
  from->out->value = REBOOT_FORGETFUL;
  if (word && strcmp(word, "snapshot=yes") == 0)
    from->out->value = REBOOT_SNAPSHOT;
  else if (word && strcmp(word, "snapshot=undated") == 0)
    from->out->value = REBOOT_UNDATED;
  else if (word && strcmp(word, "snapshot=no") != 0)
    return wrong(from->where, "expected reboot, or reboot with snapshot=yes, snapshot=undated or snapshot=no, not '%s'", word);
  return finish_line(from);
}

static int read_nothing(reader *from) {
  return finish_line(from);
}

static int read_network(reader *from) {
  const char *word = next_word(from);
  from->out->value = SFO_LINK_CHANGED;
  if (!word || strcmp(word, "changed") != 0)
    return wrong(from->where, "expected network changed");
  return finish_line(from);
}

static int read_link(reader *from) {
  const char *word = next_word(from);
  if (word && strcmp(word, "down") == 0 && !HAS_LINK_DOWN)
    return not_supported(from->where, "link down");
  if (word && strcmp(word, "down") == 0)
    from->out->value = LINK_DOWN;
  else if (word && strcmp(word, "up") == 0)
    from->out->value = SFO_LINK_UP;
  else if (word && strcmp(word, "changed") == 0)
    from->out->value = SFO_LINK_CHANGED;
  else
    return wrong(from->where, "expected link down, link up or link changed, not %s", quoted(word));
  return finish_line(from);
}

static int read_clock(reader *from) {
  const char *word = next_word(from);
  uint32_t ms;
  if (!word || strcmp(word, "jump") != 0)
    return wrong(from->where, "expected clock jump +MS or clock jump -MS");
  word = next_word(from);
  if (!word || (word[0] != '+' && word[0] != '-') || parse_number(word + 1, 1000000000, &ms))
    return wrong(from->where, "expected +MILLISECONDS or -MILLISECONDS, at most 1000000000, not %s", quoted(word));
  from->out->jump_ms = word[0] == '-' ? -(int64_t)ms : (int64_t)ms;
  return finish_line(from);
}

static const struct {
  const char *word;
  command_kind kind;
  read_rest rest;
  int later; /* part of the language, but the public header has no call that serves it yet */
} commands[] = {
    {"start", COMMAND_START, read_account, 0},
    {"stop", COMMAND_STOP, read_account, 0},
    {"down", COMMAND_DOWN, read_host, 0},
    {"up", COMMAND_UP, read_host, 0},
    {"answer", COMMAND_ANSWER, read_answer, 0},
    {"icmp", COMMAND_ICMP, read_host, 0},
    {"refuse", COMMAND_REFUSE, read_host, 0},
    {"tls-fail", COMMAND_TLS_FAIL, read_host, 0},
    {"send-error", COMMAND_SEND_ERROR, read_host, 0},
    {"delay", COMMAND_DELAY, read_delay, 0},
    {"challenge", COMMAND_CHALLENGE, read_host, 0},
    {"grant", COMMAND_GRANT, read_grant, 0},
    {"request", COMMAND_REQUEST, read_request, 0},
    {"urgent", COMMAND_REQUEST, read_urgent, 0},
    {"incoming", COMMAND_INCOMING, read_incoming, 0},
    {"cancel", COMMAND_CANCEL, read_cancel, 0},
    {"hangup", COMMAND_HANGUP, read_hangup, 0},
    {"dialog", COMMAND_DIALOG_END, read_dialog, 0},
    {"busy", COMMAND_BUSY, read_account, 0},
    {"idle", COMMAND_IDLE, read_account, 0},
    {"dns", COMMAND_DNS_MODE, read_dns, 0},
    {"zone", COMMAND_ZONE_SET, read_zone, 0},
    {"reload", COMMAND_RELOAD, read_nothing, 0},
    {"network", COMMAND_LINK, read_network, 0},
    {"link", COMMAND_LINK, read_link, 0},
    {"flow-lost", COMMAND_FLOW_LOST, read_account, 0},
    {"heard", COMMAND_HEARD, read_heard, 0},
    {"reboot", COMMAND_REBOOT, read_reboot, 0},
    {"clock", COMMAND_CLOCK_JUMP, read_clock, 0},
    {"tick-wrap", COMMAND_TICK_WRAP, read_nothing, 0},
    {"slip", COMMAND_SLIP, read_slip, 0},
    {"within", COMMAND_WITHIN, read_within, 0},
    {"report", COMMAND_REPORT, read_report, 0},
    {"calm", COMMAND_CALM, read_calm, 0},
};

#define COMMANDS (sizeof commands / sizeof *commands)

static int unknown_command(place where, const char *word) {
  const char *known[COMMANDS];
  size_t i;
  for (i = 0; i < COMMANDS; i++)
    known[i] = commands[i].word;
  return wrong_word(where, word, "command", known, COMMANDS);
}

/* The words as they stand in the file: the transcript tells what the file did, and when. */
static char *source_of(const words *line, size_t first) {
  text whole = {NULL, 0, 0};
  size_t i;
  text_add(&whole, "");
  for (i = first; i < line->count; i++)
    text_addf(&whole, "%s%s", i > first ? " " : "", line->word[i]);
  return whole.data;
}

int take_command(reader *from) {
  command *out = from->out;
  const char *word;
  size_t i;
  memset(out, 0, sizeof *out);
  out->where = from->where;
  out->source = source_of(from->line, from->at);
  out->retry_after = out->min_expires = SFO_ABSENT;
  word = next_word(from);
  for (i = 0; i < COMMANDS; i++) {
    if (strcmp(commands[i].word, word ? word : "") != 0)
      continue;
    out->kind = commands[i].kind;
    if (commands[i].rest(from))
      return -1;
    return commands[i].later ? not_supported(from->where, word) : 0;
  }
  return unknown_command(from->where, word ? word : "");
}

int command_read(command *out, const words *line, size_t first, place where) {
  reader from;
  memset(&from, 0, sizeof from);
  from.line = line;
  from.at = first;
  from.where = where;
  from.out = out;
  return take_command(&from);
}

const command *command_meant(const command *of) {
  return of->inner ? of->inner : of;
}

void command_free(command *old) {
  free(old->name);
  free(old->parent);
  free(old->source);
  if (old->inner)
    command_free(old->inner);
  free(old->inner);
  zone_free(&old->records);
  text_free(&old->block);
}
