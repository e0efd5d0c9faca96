#include "words_for.h"

#include <stdlib.h>
#include <string.h>

typedef struct pair {
  const char *word, *meaning;
} pair;

static const char *look_up(const pair *list, size_t count, const char *word) {
  size_t i;
  for (i = 0; word && i < count; i++)
    if (strcmp(list[i].word, word) == 0)
      return list[i].meaning;
  return word ? word : "";
}

#define LOOK_UP(list, word) look_up(list, sizeof(list) / sizeof *(list), word)

const char *words_for_cause(const char *cause) {
  static const pair causes[] = {
      {"timeout", "no answer"},
      {"unreachable", "host unreachable"},
      {"connect", "connection refused"},
      {"tls", "TLS fails"},
      {"connection-lost", "connection lost"},
      {"send", "cannot be sent"},
      {"local", "fault on the phone"},
      {"resolution", "the name leads nowhere"},
      {"all-failed", "every server failed"},
      {"not-registered", "no registration to use"},
      {"expired", "the registration ended"},
      {"recovered", "it answers again"},
      {"stopped", "account stopped"},
      {"configuration", "new configuration"},
      {"network", "network change"},
      {"other-request", "another request found it dead"},
      {"released", "end of the run"},
      {"cancelled", "withdrawn by the user"},
      {"answered-elsewhere", "another server was quicker"},
      {"response", "refused"},
  };
  return LOOK_UP(causes, cause);
}

const char *words_for_dns(const char *result) {
  static const pair results[] = {
      {"nodata", "no such record"}, {"nxdomain", "no such name"}, {"silent", "no answer"},
      {"servfail", "server failure"}, {"refused", "refused"}, {"truncated", "too large for a datagram"},
  };
  return LOOK_UP(results, result);
}

static void add_account(text *to, const story *in, const fact *at) {
  if (in->accounts > 1 && fact_field(at, "account"))
    text_addf(to, "account %s, ", fact_field(at, "account"));
}

void describe_send(text *to, const story *in, const fact *at) {
  static const pair purposes[] = {{"register", "registration"}, {"probe", "probe: is it back?"}, {"unregister", "sign off"}};
  const char *request = fact_field(at, "request");
  uint32_t ordinal = fact_number(at, "ordinal");
  add_account(to, in, at);
  text_add(to, request ? request : LOOK_UP(purposes, fact_field(at, "purpose")));
  if (ordinal > 1)
    text_addf(to, ", target no. %u", (unsigned)ordinal);
  text_add(to, " (up to ");
  add_duration(to, fact_number(at, "budget"));
  text_add(to, ")");
}

void describe_done(text *to, const story *in, const fact *at) {
  const char *name = fact_field(at, "request"), *status = fact_field(at, "status");
  uint64_t took = at->at_ms - story_request_start(in, name ? name : "");
  text_addf(to, "%s: %s", name ? name : fact_word(at, 1), fact_field(at, "result"));
  if (status)
    text_addf(to, " %s", status);
  if (took) {
    text_add(to, " after ");
    add_duration(to, took);
  }
  if (fact_field(at, "cause"))
    text_addf(to, " (%s)", words_for_cause(fact_field(at, "cause")));
}

static int describe_registration(text *to, const story *in, const fact *at) {
  static const pair states[] = {
      {"off", "not registered, and not meant to be"}, {"registering", "registering"}, {"registered", "registered"},
      {"refresh-failing", "registered, but the refresh fails"}, {"retrying", "NOT registered, tries again"},
      {"refused", "registration refused"}, {"stopping", "signing off"},
  };
  const char *state = fact_field(at, "state");
  text_addf(to, "%s %s: %s", in->has_proxies ? "outbound proxy" : "server", fact_field(at, "server"), LOOK_UP(states, state));
  if (strcmp(state, "registered") == 0)
    return 1;
  return strcmp(state, "refresh-failing") == 0 || strcmp(state, "retrying") == 0 || strcmp(state, "refused") == 0 ? -1 : 0;
}

static int tone_of_event(const char *name) {
  static const char *const good[] = {"fallback-left", "failback-done"};
  static const char *const bad[] = {"fallback-entered", "all-failed", "resolution-failed", "reduced-service",
                                    "subscriptions-affected"};
  size_t i;
  for (i = 0; i < sizeof good / sizeof *good; i++)
    if (strcmp(name, good[i]) == 0)
      return 1;
  for (i = 0; i < sizeof bad / sizeof *bad; i++)
    if (strcmp(name, bad[i]) == 0)
      return -1;
  return 0;
}

int describe_event(text *to, const story *in, const fact *at) {
  const pair events[] = {
      {"fallback-entered", in->has_proxies ? "FALLBACK: outbound proxy 2 takes over" : "FALLBACK: server 2 takes over"},
      {"fallback-left", in->has_proxies ? "RECOVERY: outbound proxy 1 takes over again" : "RECOVERY: server 1 takes over again"},
      {"all-failed", "ALL SERVERS FAILED, no registration left"},
      {"resolution-failed", "the configured name leads to no address"},
      {"stopped", "account stopped"},
      {"reduced-service", "reduced service: what only server 1 offers is missing"},
      {"failback-due", "failback is due"},
      {"failback-deferred", "failback waits for the end of the call"},
      {"failback-done", "FAILBACK to the primary"},
      {"resubscribe", "subscriptions move along"},
      {"subscriptions-affected", "subscriptions were at a server that failed"},
      {"configuration", "something in the configuration is to be corrected"},
  };
  const char *name = fact_word(at, 1), *there = fact_field(at, "to");
  add_account(to, in, at);
  if (strcmp(name, "registration") == 0)
    return describe_registration(to, in, at);
  if (strcmp(name, "current") == 0) {
    text_addf(to, "current target: %s", there && strcmp(there, "-") != 0 ? there : "none");
    return 0;
  }
  text_add(to, LOOK_UP(events, name));
  return tone_of_event(name);
}

static void add_rest(text *to, const fact *at, size_t first) {
  size_t i;
  for (i = first; i < at->parts.count; i++)
    text_addf(to, "%s%s", i > first ? " " : "", at->parts.word[i]);
}

/* "answers INVITE with 503, Retry-After 120" */
static void describe_answer(text *to, const fact *at) {
  text_add(to, "answers ");
  if (fact_field(at, "method"))
    text_addf(to, "%s with ", fact_field(at, "method"));
  text_add(to, fact_word(at, 3));
  if (fact_field(at, "retry-after"))
    text_addf(to, ", Retry-After %s", fact_field(at, "retry-after"));
  if (fact_field(at, "min-expires"))
    text_addf(to, ", Min-Expires %s", fact_field(at, "min-expires"));
}

void describe_command(text *to, const fact *at) {
  static const pair hosts[] = {
      {"down", "goes silent"}, {"up", "is back"}, {"icmp", "unreachable"}, {"refuse", "refuses connections"},
      {"tls-fail", "TLS fails"}, {"send-error", "cannot be sent to"}, {"challenge", "will ask for credentials"},
  };
  const char *word = fact_word(at, 1), *meaning = LOOK_UP(hosts, word);
  if (meaning != word) {
    text_add(to, meaning);
  } else if (strcmp(word, "answer") == 0) {
    describe_answer(to, at);
  } else if (strcmp(word, "grant") == 0) {
    text_addf(to, "grants at most %s s", fact_word(at, 2));
  } else if (strcmp(word, "dns") == 0 && at->parts.count == 3) {
    text_addf(to, "%s", strcmp(fact_word(at, 2), "up") == 0 ? "is back" : fact_word(at, 2)[0] == 'd' ? "goes silent" : fact_word(at, 2));
  } else if (strcmp(word, "start") == 0 || strcmp(word, "stop") == 0) {
    text_addf(to, "account %s %ss", fact_word(at, 2), strcmp(word, "stop") == 0 ? "stop" : word);
  } else {
    add_rest(to, at, 1);
  }
}
