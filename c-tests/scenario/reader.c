#include "reader.h"

#include <string.h>

#include "dnsserver.h"
#include "names.h"

const char *next_word(reader *from) {
  return from->at < from->line->count ? from->line->word[from->at++] : NULL;
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
  return wrong(from->where, "expected %s (0..%lu), not '%s'", what, (unsigned long)maximum, word ? word : "");
}

int take_account(reader *from) {
  const char *word = next_word(from);
  if (word && parse_number(word, UINT32_MAX, &from->out->account) == 0 && from->out->account)
    return 0;
  return wrong(from->where, "expected the number of an account, 1 or more, not '%s'", word ? word : "");
}

int take_host(reader *from) {
  const char *word = next_word(from);
  if (word && parse_endpoint(word, &from->out->host) == 0)
    return 0;
  return wrong(from->where, "expected an IP address like 192.0.2.1, 192.0.2.1:5060 or [2001:db8::1]:5061, not '%s'",
               word ? word : "");
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
  return wrong(from->where, "expected a domain name, not '%s'", word ? word : "");
}

int take_status(reader *from, const char *word, uint32_t minimum, uint32_t *out) {
  if (parse_number(word, 699, out) == 0 && *out >= minimum)
    return 0;
  return wrong(from->where, "expected a SIP status code from %u to 699, not '%s'", (unsigned)minimum, word);
}

int take_method(reader *from, const char *word, int may_register) {
  from->out->method = method_number(word);
  if (from->out->method && (may_register || from->out->method != SFO_METHOD_REGISTER))
    return 0;
  return wrong(from->where, "expected a method: %sINVITE, SUBSCRIBE, PUBLISH, OPTIONS, MESSAGE, REFER, NOTIFY, INFO or "
               "OTHER, not '%s'", may_register ? "REGISTER, " : "", word);
}

