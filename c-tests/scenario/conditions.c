#include "conditions.h"

#include <stdlib.h>
#include <string.h>

static const struct {
  const char *command, *condition;
} hosts[] = {
    {"down", "silent"}, {"up", ""}, {"icmp", "unreachable"}, {"refuse", "refuses"}, {"tls-fail", "TLS fails"},
    {"send-error", "send error"},
};

static char *dns_condition(const fact *command) {
  const char *mode = fact_word(command, 2);
  if (strcmp(mode, "up") == 0)
    return copy_string("");
  if (strcmp(mode, "down") == 0)
    return copy_string("silent");
  return strcmp(mode, "servfail") == 0 || strcmp(mode, "refused") == 0 ? copy_string(mode) : NULL;
}

static char *answer_condition(const fact *command) {
  text line = {NULL, 0, 0};
  if (fact_word(command, 3)[0] < '3')
    return copy_string("");
  if (fact_field(command, "method"))
    text_addf(&line, "%s to %s", fact_word(command, 3), fact_field(command, "method"));
  else
    text_addf(&line, "answers %s", fact_word(command, 3));
  return line.data;
}

char *condition_after(const fact *command) {
  const char *word = fact_word(command, 1);
  size_t i;
  if (strcmp(word, "dns") == 0)
    return dns_condition(command);
  if (strcmp(word, "link") == 0)
    return copy_string(strcmp(fact_word(command, 2), "down") == 0 ? "down" : "");
  if (strcmp(word, "answer") == 0)
    return answer_condition(command);
  for (i = 0; i < sizeof hosts / sizeof *hosts; i++)
    if (strcmp(word, hosts[i].command) == 0)
      return copy_string(hosts[i].condition);
  return NULL;
}

/* 408 and the 5xx make a server unavailable; every other error is the answer of a server that works. */
static condition_weight weigh_answer(const fact *command) {
  const char *code = fact_word(command, 3);
  if (fact_field(command, "method"))
    return CONDITION_ODD;
  return code[0] == '5' || strcmp(code, "408") == 0 ? CONDITION_TROUBLE : CONDITION_ODD;
}

condition_weight weigh_condition(const fact *command) {
  char *condition = condition_after(command);
  condition_weight weight = CONDITION_TROUBLE;
  if (!condition)
    weight = CONDITION_SAME;
  else if (!condition[0])
    weight = CONDITION_USUAL;
  else if (strcmp(fact_word(command, 1), "answer") == 0)
    weight = weigh_answer(command);
  free(condition);
  return weight;
}

int concerns_host(const story *of, const fact *at, size_t player) {
  return fact_is(at, "command") && strcmp(fact_word(at, 1), "dns") != 0 && story_player(of, fact_word(at, 2)) == player &&
         player < of->players;
}

condition_weight host_condition(const story *of, size_t player, size_t before) {
  condition_weight weight = CONDITION_USUAL;
  size_t i;
  for (i = 0; i < before && i < of->facts; i++)
    if (concerns_host(of, &of->fact[i], player) && weigh_condition(&of->fact[i]) != CONDITION_SAME)
      weight = weigh_condition(&of->fact[i]);
  return weight;
}

int host_in_trouble(const story *of, size_t player, uint64_t at_ms, uint64_t *next_ms) {
  int link_down = 0;
  size_t i, end = of->facts;
  for (i = 0; i < end; i++) {
    const fact *at = &of->fact[i];
    int is_link = fact_is(at, "command") && strcmp(fact_word(at, 1), "link") == 0;
    if (at->at_ms > at_ms && (is_link || concerns_host(of, at, player)))
      end = i;
    else if (is_link)
      link_down = strcmp(fact_word(at, 2), "down") == 0;
  }
  *next_ms = end < of->facts ? of->fact[end].at_ms : of->until_ms;
  return link_down || host_condition(of, player, end) == CONDITION_TROUBLE;
}
