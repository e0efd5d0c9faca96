/* The commands about a stack that reports what it should not, and a firmware that calls from within callbacks. */
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "reader.h"
#include "suggest.h"

/* More than any of the lists of words below. */
#define MAX_WORDS 40u

static const char *const callbacks[] = {
    [CALLBACK_SEND] = "send", [CALLBACK_CANCEL] = "cancel", [CALLBACK_DONE] = "done",
    [CALLBACK_EVENT] = "event", [CALLBACK_DNS] = "dns", [CALLBACK_TIMER] = "timer",
};

static const struct {
  const char *word;
  slip_kind slip;
} slips[] = {{"again", SLIP_AGAIN}, {"late", SLIP_LATE}, {"lost", SLIP_LOST}, {"foreign", SLIP_FOREIGN}, {"unknown", SLIP_UNKNOWN}};

#define SLIPS (sizeof slips / sizeof *slips)

static int unknown_slip(const reader *from, const char *word) {
  const char *known[MAX_WORDS];
  size_t count = 0, i;
  uint32_t cause;
  for (i = 0; i < SLIPS; i++)
    known[count++] = slips[i].word;
  known[count++] = "expires=SECONDS";
  known[count++] = "retry-after=SECONDS";
  known[count++] = "method=METHOD";
  known[count++] = "STATUS";
  for (cause = 1; count < MAX_WORDS && strcmp(cause_name(cause), "unknown") != 0; cause++)
    known[count++] = cause_name(cause);
  return wrong_word(from->where, word, "slip", known, count);
}

/* A status of any size, or the cause of a failure; 0: the word is neither. */
static int read_outcome(const char *word, command *out) {
  uint32_t cause = cause_number(word);
  if (parse_number(word, 9999, &out->code) == 0) {
    out->slip = SLIP_STATUS;
    return 1;
  }
  out->slip = SLIP_CAUSE;
  out->value = cause;
  return cause != 0;
}

static int read_slip_word(const char *word, command *out) {
  size_t i;
  for (i = 0; i < SLIPS; i++) {
    if (strcmp(word, slips[i].word) != 0)
      continue;
    out->slip = slips[i].slip;
    return 1;
  }
  return read_outcome(word, out);
}

static int has_delay(const command *of) {
  return of->slip == SLIP_AGAIN || of->slip == SLIP_LATE || of->slip == SLIP_STATUS || of->slip == SLIP_CAUSE;
}

/* "again@5": what, and the seconds after the outcome; without '@' at once. */
static int read_slip_kind(reader *from, const char *whole) {
  const char *sign = strchr(whole, '@');
  char *word = copy_bytes(whole, sign ? (size_t)(sign - whole) : strlen(whole));
  int known = read_slip_word(word, from->out), bad = known ? 0 : unknown_slip(from, word);
  free(word);
  if (bad || !sign)
    return bad;
  if (!has_delay(from->out))
    return wrong(from->where, "'%s': only again, late, a status and a cause have a time", whole);
  if (parse_seconds(sign + 1, &from->out->final_ms))
    return wrong(from->where, "expected seconds behind '@', not '%s'", sign + 1);
  return 0;
}

int read_slip(reader *from) {
  command *out = from->out;
  const char *word;
  if (take_account(from))
    return -1;
  word = next_word(from);
  if (word && has_prefix(word, "method=")) {
    if (take_method(from, word + 7, 1))
      return -1;
    word = next_word(from);
  }
  if (!word)
    return wrong(from->where, "expected what goes wrong, such as again@5, 9999 or lost, not the end of the line");
  if (has_prefix(word, "expires=") && !parse_number(word + 8, UINT32_MAX, &out->value))
    out->slip = SLIP_EXPIRES;
  else if (has_prefix(word, "retry-after=") && !parse_number(word + 12, UINT32_MAX, &out->value))
    out->slip = SLIP_RETRY_AFTER;
  else if (read_slip_kind(from, word))
    return -1;
  return finish_line(from);
}

int read_report(reader *from) {
  command *out = from->out;
  const char *word = next_word(from);
  if (!from->in_send)
    return wrong(from->where, "report stands only behind within send: elsewhere no attempt is at hand");
  if (!word || !read_outcome(word, out))
    return wrong(from->where, "expected a SIP status or the cause of a failure, not %s", quoted(word));
  out->value = out->slip == SLIP_CAUSE ? out->value : SFO_ABSENT;
  while ((word = next_word(from)) != NULL) {
    if (has_prefix(word, "retry-after=") && !parse_number(word + 12, UINT32_MAX, &out->retry_after))
      continue;
    return wrong(from->where, "expected retry-after=SECONDS, not '%s'", word);
  }
  return 0;
}

/* Without an account: of all of them. */
int read_calm(reader *from) {
  if (from->at == from->line->count)
    return 0;
  return take_account(from) ? -1 : finish_line(from);
}

/* What a phone can do at any moment; the world around it changes by itself. */
static int is_for_callbacks(command_kind kind) {
  switch (kind) {
  case COMMAND_START:
  case COMMAND_STOP:
  case COMMAND_REQUEST:
  case COMMAND_CANCEL:
  case COMMAND_HANGUP:
  case COMMAND_INCOMING:
  case COMMAND_DIALOG_END:
  case COMMAND_BUSY:
  case COMMAND_IDLE:
  case COMMAND_RELOAD:
  case COMMAND_LINK:
  case COMMAND_FLOW_LOST:
  case COMMAND_HEARD:
  case COMMAND_REPORT:
    return 1;
  default:
    return 0;
  }
}

static int read_inner(reader *from) {
  reader inner = *from;
  inner.within = 1;
  inner.in_send = from->out->callback == CALLBACK_SEND;
  inner.in_request = inner.in_send || from->out->callback == CALLBACK_CANCEL || from->out->callback == CALLBACK_DONE;
  inner.out = from->out->inner = need(1, sizeof *inner.out);
  memset(inner.out, 0, sizeof *inner.out);
  if (from->at == from->line->count)
    return wrong(from->where, "expected the command that is carried out in the callback");
  if (take_command(&inner))
    return -1;
  if (!is_for_callbacks(inner.out->kind))
    return wrong(from->where, "'%s' is nothing that a firmware does in a callback", from->line->word[from->at]);
  return 0;
}

int read_within(reader *from) {
  const char *word = next_word(from);
  size_t i, count = sizeof callbacks / sizeof *callbacks;
  if (from->within)
    return wrong(from->where, "callbacks do not nest: one within is enough");
  for (i = 0; i < count && strcmp(callbacks[i], word ? word : "") != 0; i++)
    continue;
  if (i == count)
    return wrong_word(from->where, word ? word : "", "callback", callbacks, count);
  from->out->callback = (callback_kind)i;
  /* Those two are about no account. */
  if (i != CALLBACK_DNS && i != CALLBACK_TIMER && take_account(from))
    return -1;
  return read_inner(from);
}
