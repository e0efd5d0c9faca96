/* The commands behind `at T`. */
#include <stdlib.h>
#include <string.h>

#include "dnsserver.h"
#include "names.h"
#include "script.h"

/* The words of a command, and how far they are read. */
typedef struct reader {
  const words *line;
  size_t at;
  place where;
  command *out;
} reader;

typedef int (*read_rest)(reader *from);

static const char *next(reader *from) {
  return from->at < from->line->count ? from->line->word[from->at++] : NULL;
}

static int finish(reader *from) {
  if (from->at < from->line->count)
    return wrong(from->where, "'%s' is too much here", from->line->word[from->at]);
  return 0;
}

static int take_number(reader *from, const char *what, uint32_t maximum, uint32_t *out) {
  const char *word = next(from);
  if (word && parse_number(word, maximum, out) == 0)
    return 0;
  return wrong(from->where, "expected %s (0..%lu), not '%s'", what, (unsigned long)maximum, word ? word : "");
}

static int take_account(reader *from) {
  const char *word = next(from);
  if (word && parse_number(word, UINT32_MAX, &from->out->account) == 0 && from->out->account)
    return 0;
  return wrong(from->where, "expected the number of an account, 1 or more, not '%s'", word ? word : "");
}

static int take_host(reader *from) {
  const char *word = next(from);
  if (word && parse_endpoint(word, &from->out->host) == 0)
    return 0;
  return wrong(from->where, "expected an IP address like 192.0.2.1, 192.0.2.1:5060 or [2001:db8::1]:5061, not '%s'",
               word ? word : "");
}

static int take_name(reader *from, const char *what) {
  const char *word = next(from);
  if (!word)
    return wrong(from->where, "expected %s", what);
  from->out->name = copy_string(word);
  return 0;
}

static int take_domain(reader *from) {
  const char *word = next(from);
  if (word && dns_name_from_text(word, NULL, &from->out->domain) == 0)
    return 0;
  return wrong(from->where, "expected a domain name, not '%s'", word ? word : "");
}

static int read_account(reader *from) {
  return take_account(from) ? -1 : finish(from);
}

static int read_host(reader *from) {
  return take_host(from) ? -1 : finish(from);
}

static int read_delay(reader *from) {
  return take_host(from) || take_number(from, "milliseconds", 3600000, &from->out->value) ? -1 : finish(from);
}

static int read_grant(reader *from) {
  return take_number(from, "seconds", INT32_MAX, &from->out->value) ? -1 : finish(from);
}

static int read_cancel(reader *from) {
  return take_name(from, "the name of a request") ? -1 : finish(from);
}

static int read_status(reader *from, const char *word, uint32_t minimum, uint32_t *out) {
  if (parse_number(word, 699, out) == 0 && *out >= minimum)
    return 0;
  return wrong(from->where, "expected a SIP status code from %u to 699, not '%s'", (unsigned)minimum, word);
}

static int take_method(reader *from, const char *word, int may_register) {
  from->out->method = method_number(word);
  if (from->out->method && (may_register || from->out->method != SFO_METHOD_REGISTER))
    return 0;
  return wrong(from->where, "expected a method: %sINVITE, SUBSCRIBE, PUBLISH, OPTIONS, MESSAGE, REFER, NOTIFY, INFO or "
               "OTHER, not '%s'", may_register ? "REGISTER, " : "", word);
}

static int read_answer(reader *from) {
  const char *word;
  if (take_host(from))
    return -1;
  word = next(from);
  if (read_status(from, word ? word : "", 200, &from->out->code))
    return -1;
  while ((word = next(from)) != NULL) {
    if (has_prefix(word, "retry-after=") && !parse_number(word + 12, INT32_MAX, &from->out->retry_after))
      continue;
    if (has_prefix(word, "min-expires=") && !parse_number(word + 12, INT32_MAX, &from->out->min_expires))
      continue;
    if (!has_prefix(word, "method="))
      return wrong(from->where, "expected retry-after=SECONDS, min-expires=SECONDS or method=METHOD, not '%s'", word);
    if (take_method(from, word + 7, 1))
      return -1;
  }
  return 0;
}

/* "180@2": a status and the seconds after the request came in; without '@' at once. */
static int read_reply(reader *from, const char *word, uint32_t minimum, uint32_t *status, uint64_t *ms) {
  const char *sign = strchr(word, '@');
  char *code = copy_bytes(word, sign ? (size_t)(sign - word) : strlen(word));
  int bad = read_status(from, code, minimum, status);
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
  const char *word = next(from);
  if (take_method(from, word ? word : "", 0) || take_account(from))
    return -1;
  while ((word = next(from)) != NULL)
    if (read_request_word(from, word))
      return -1;
  return 0;
}

static int dns_mode_word(const char *word, uint32_t *mode) {
  static const char *const modes[] = {"up", "down", "servfail", "refused", "truncate"};
  for (*mode = 0; *mode < 5; ++*mode)
    if (strcmp(word, modes[*mode]) == 0)
      return 0;
  return -1;
}

static int read_dns_server(reader *from) {
  const char *word;
  if (take_number(from, "the index of a DNS server", DNS_SERVERS - 1u, &from->out->server))
    return -1;
  word = next(from);
  if (!word || dns_mode_word(word, &from->out->value))
    return wrong(from->where, "expected up, down, servfail, refused or truncate, not '%s'", word ? word : "");
  return finish(from);
}

static int read_dns(reader *from) {
  const char *word = next(from);
  command *out = from->out;
  out->server = ALL_SERVERS;
  if (word && dns_mode_word(word, &out->value) == 0)
    return finish(from);
  if (word && strcmp(word, "server") == 0)
    return read_dns_server(from);
  if (word && strcmp(word, "delay") == 0) {
    out->kind = COMMAND_DNS_DELAY;
    return take_number(from, "milliseconds", 3600000, &out->value) ? -1 : finish(from);
  }
  if (word && strcmp(word, "nxdomain") == 0) {
    out->kind = COMMAND_DNS_NXDOMAIN;
    return take_domain(from) ? -1 : finish(from);
  }
  return wrong(from->where,
               "expected dns up, down, servfail, refused, truncate, nxdomain NAME, delay MS or server N ..., not '%s'",
               word ? word : "");
}

/* `zone set NAME A IP [IP ...]` is one set of addresses; every other type takes one record a line. */
static int read_addresses(reader *from, size_t data) {
  char *one[8];
  words line;
  size_t head = data - from->at, i;
  if (head > 7)
    return wrong(from->where, "expected zone set NAME [TTL] TYPE DATA");
  for (i = 0; i < head; i++)
    one[i] = from->line->word[from->at + i];
  line.word = one;
  line.count = head + 1;
  line.storage = NULL;
  for (i = data; i < from->line->count; i++) {
    one[head] = from->line->word[i];
    if (zone_add_line(&from->out->records, &line, from->where))
      return -1;
  }
  return 0;
}

static int read_zone_records(reader *from) {
  words rest;
  size_t i;
  for (i = from->at + 1; i < from->line->count; i++) {
    uint32_t type = dns_type_from_text(from->line->word[i]);
    if ((type == DNS_A || type == DNS_AAAA) && i + 2 < from->line->count)
      return read_addresses(from, i + 1);
    if (type)
      break;
  }
  rest.word = from->line->word + from->at;
  rest.count = from->line->count - from->at;
  rest.storage = NULL;
  if (!rest.count)
    return wrong(from->where, "expected NAME [TTL] TYPE DATA");
  return zone_add_line(&from->out->records, &rest, from->where);
}

static int read_zone_remove(reader *from) {
  const char *word;
  from->out->kind = COMMAND_ZONE_REMOVE;
  if (take_domain(from))
    return -1;
  word = next(from);
  if (word && (from->out->value = dns_type_from_text(word)) == 0)
    return wrong(from->where, "expected a record type: A, AAAA, SRV, NAPTR, CNAME, SOA or NS, not '%s'", word);
  return finish(from);
}

static int read_zone(reader *from) {
  const char *word = next(from);
  if (word && strcmp(word, "set") == 0)
    return read_zone_records(from);
  if (word && strcmp(word, "add") == 0) {
    from->out->kind = COMMAND_ZONE_ADD;
    return read_zone_records(from);
  }
  if (word && strcmp(word, "remove") == 0)
    return read_zone_remove(from);
  return wrong(from->where, "expected zone set, zone add or zone remove, not '%s'", word ? word : "");
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
  word = next(from);
  if (!word || strcmp(word, "from") != 0)
    return wrong(from->where, "expected ACCOUNT from IP, not '%s'", word ? word : "");
  return take_host(from);
}

static int read_incoming(reader *from) {
  const char *word;
  if (read_source(from))
    return -1;
  word = next(from);
  if (word && strcmp(word, "as") != 0)
    return wrong(from->where, "expected as NAME, not '%s'", word);
  return word && take_name(from, "a name for the call") ? -1 : finish(from);
}

static int read_heard(reader *from) {
  return read_source(from) ? -1 : finish(from);
}

static int read_dialog(reader *from) {
  const char *word = next(from);
  if (!word || strcmp(word, "end") != 0)
    return wrong(from->where, "expected dialog end NAME");
  return take_name(from, "the name of a request or an incoming call") ? -1 : finish(from);
}

static int read_reload(reader *from) {
  return finish(from);
}

static int read_network(reader *from) {
  const char *word = next(from);
  from->out->value = SFO_LINK_CHANGED;
  if (!word || strcmp(word, "changed") != 0)
    return wrong(from->where, "expected network changed");
  return finish(from);
}

static int read_link(reader *from) {
  const char *word = next(from);
  if (word && strcmp(word, "down") == 0 && !HAS_LINK_DOWN)
    return wrong(from->where, "'link down' is not supported by this version");
  if (word && strcmp(word, "down") == 0)
    from->out->value = LINK_DOWN;
  else if (word && strcmp(word, "up") == 0)
    from->out->value = SFO_LINK_UP;
  else if (word && strcmp(word, "changed") == 0)
    from->out->value = SFO_LINK_CHANGED;
  else
    return wrong(from->where, "expected link down, link up or link changed, not '%s'", word ? word : "");
  return finish(from);
}

static int read_clock(reader *from) {
  const char *word = next(from);
  uint32_t ms;
  if (!word || strcmp(word, "jump") != 0)
    return wrong(from->where, "expected clock jump +MS or clock jump -MS");
  word = next(from);
  if (!word || (word[0] != '+' && word[0] != '-') || parse_number(word + 1, 1000000000, &ms))
    return wrong(from->where, "expected +MILLISECONDS or -MILLISECONDS, at most 1000000000, not '%s'", word ? word : "");
  from->out->jump_ms = word[0] == '-' ? -(int64_t)ms : (int64_t)ms;
  return finish(from);
}

static const struct {
  const char *word;
  command_kind kind;
  read_rest rest;
} commands[] = {
    {"start", COMMAND_START, read_account},
    {"stop", COMMAND_STOP, read_account},
    {"down", COMMAND_DOWN, read_host},
    {"up", COMMAND_UP, read_host},
    {"answer", COMMAND_ANSWER, read_answer},
    {"icmp", COMMAND_ICMP, read_host},
    {"refuse", COMMAND_REFUSE, read_host},
    {"tls-fail", COMMAND_TLS_FAIL, read_host},
    {"send-error", COMMAND_SEND_ERROR, read_host},
    {"delay", COMMAND_DELAY, read_delay},
    {"challenge", COMMAND_CHALLENGE, read_host},
    {"grant", COMMAND_GRANT, read_grant},
    {"request", COMMAND_REQUEST, read_request},
    {"cancel", COMMAND_CANCEL, read_cancel},
    {"dns", COMMAND_DNS_MODE, read_dns},
    {"zone", COMMAND_ZONE_SET, read_zone},
    {"reload", COMMAND_RELOAD, read_reload},
    {"network", COMMAND_LINK, read_network},
    {"link", COMMAND_LINK, read_link},
    {"clock", COMMAND_CLOCK_JUMP, read_clock},
    {"busy", COMMAND_BUSY, read_account},
    {"idle", COMMAND_IDLE, read_account},
    {"hangup", COMMAND_HANGUP, read_cancel},
    {"urgent", COMMAND_REQUEST, read_urgent},
    {"incoming", COMMAND_INCOMING, read_incoming},
    {"dialog", COMMAND_DIALOG_END, read_dialog},
    {"flow-lost", COMMAND_FLOW_LOST, read_account},
    {"heard", COMMAND_HEARD, read_heard},
};

/* Part of the language, but the public header has no call that serves them yet. */
static const char *const later[] = {"reboot", "tick-wrap"};

int command_read(command *out, const words *line, size_t first, place where) {
  reader from;
  const char *word;
  size_t i;
  from.line = line;
  from.at = first;
  from.where = where;
  from.out = out;
  memset(out, 0, sizeof *out);
  out->where = where;
  out->retry_after = out->min_expires = SFO_ABSENT;
  word = next(&from);
  for (i = 0; word && i < sizeof commands / sizeof *commands; i++) {
    if (strcmp(commands[i].word, word) == 0) {
      out->kind = commands[i].kind;
      return commands[i].rest(&from);
    }
  }
  for (i = 0; word && i < sizeof later / sizeof *later; i++)
    if (strcmp(later[i], word) == 0)
      return wrong(where, "'%s' is not supported by this version", word);
  return wrong(where, "'%s' is no command; expected start, stop, down, up, answer, icmp, refuse, tls-fail, send-error, "
               "delay, challenge, grant, request, urgent, incoming, dialog, cancel, dns, zone, reload, network, link, flow-lost, heard, "
               "clock, busy, idle or hangup",
               word ? word : "");
}

void command_free(command *old) {
  free(old->name);
  free(old->parent);
  zone_free(&old->records);
  text_free(&old->block);
}
