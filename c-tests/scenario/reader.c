#include "reader.h"

#include <stdio.h>
#include <string.h>

#include "dnsserver.h"
#include "names.h"
#include "suggest.h"

/* More than the library will ever have. */
#define MAX_METHODS 32u

const char *next_word(reader *from) {
  return from->at < from->line->count ? from->line->word[from->at++] : NULL;
}

const char *quoted(const char *word) {
  static char shown[80];
  if (!word)
    return "the end of the line";
  snprintf(shown, sizeof shown, "'%s'", word);
  return shown;
}

int finish_line(reader *from) {
  if (from->at < from->line->count)
    return wrong(from->where, "'%s' is too much here", from->line->word[from->at]);
  return 0;
}

int take_number(reader *from, const char *what, uint32_t maximum, uint32_t *out) {
  const char *word = next_word(from);
  if (word && parse_number(word, maximum, out) == 0)
    return 0;
  return wrong(from->where, "expected %s (0..%lu), not %s", what, (unsigned long)maximum, quoted(word));
}

int take_account(reader *from) {
  const char *word = next_word(from);
  if (word && parse_number(word, UINT32_MAX, &from->out->account) == 0 && from->out->account)
    return 0;
  return wrong(from->where, "expected the number of an account, 1 or more, not %s", quoted(word));
}

int take_host(reader *from) {
  const char *word = next_word(from);
  if (word && parse_endpoint(word, &from->out->host) == 0)
    return 0;
  return wrong(from->where, "expected an IP address like 192.0.2.1, 192.0.2.1:5060 or [2001:db8::1]:5061, not %s",
               quoted(word));
}

int take_name(reader *from, const char *what) {
  const char *word = next_word(from);
  if (!word)
    return wrong(from->where, "expected %s", what);
  from->out->name = copy_string(word);
  return 0;
}

int take_domain(reader *from) {
  const char *word = next_word(from);
  if (word && dns_name_from_text(word, NULL, &from->out->domain) == 0)
    return 0;
  return wrong(from->where, "expected a domain name, not %s", quoted(word));
}

int take_status(reader *from, const char *word, uint32_t minimum, uint32_t *out) {
  if (parse_number(word, 699, out) == 0 && *out >= minimum)
    return 0;
  return wrong(from->where, "expected a SIP status code from %u to 699, not '%s'", (unsigned)minimum, word);
}

static int wrong_method(const reader *from, const char *word, int may_register) {
  const char *known[MAX_METHODS];
  size_t count = 0;
  uint32_t number = may_register ? SFO_METHOD_REGISTER : SFO_METHOD_INVITE;
  if (!word)
    return wrong(from->where, "expected a method, such as INVITE, not the end of the line");
  for (; count < MAX_METHODS && strcmp(method_name(number), "unknown") != 0; number++)
    known[count++] = method_name(number);
  return wrong_word(from->where, word, "method that can be used here", known, count);
}

int take_method(reader *from, const char *word, int may_register) {
  from->out->method = word ? method_number(word) : 0;
  if (from->out->method && (may_register || from->out->method != SFO_METHOD_REGISTER))
    return 0;
  return wrong_method(from, word, may_register);
}
