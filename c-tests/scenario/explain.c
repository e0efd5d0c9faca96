/* --explain: where calls would go at a moment of the run, and why, in the library's own words. */
#include <inttypes.h>
#include <stdlib.h>

#include "run.h"

#define USUAL_ACCOUNTS 16u

static void explain_account(run *in, uint32_t account) {
  uint64_t now = engine_now(in);
  size_t length = sfo_engine_explain(in->engine, now, account, SFO_METHOD_INVITE, SFO_FORMAT_TEXT, NULL, 0);
  char *words;
  if (!length)
    return;
  words = need(length + 1u, 1);
  sfo_engine_explain(in->engine, now, account, SFO_METHOD_INVITE, SFO_FORMAT_TEXT, words, length + 1u);
  text_addf(&in->explained, "At %" PRIu64 ".%03u: ", in->explain_ms / 1000u, (unsigned)(in->explain_ms % 1000u));
  text_add(&in->explained, words);
  text_add(&in->explained, words[length - 1u] == '\n' ? "\n" : "\n\n");
  free(words);
}

void explain_when_over(run *in, uint64_t next_ms) {
  uint32_t account, accounts = in->script->options.max_accounts ? in->script->options.max_accounts : USUAL_ACCOUNTS;
  if (in->explain_ms == NO_EXPLANATION || in->explained.length || next_ms <= in->explain_ms)
    return;
  in->now_ms = in->explain_ms;
  for (account = 1; account <= accounts; account++)
    explain_account(in, account);
}
