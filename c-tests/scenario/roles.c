#include "roles.h"

#include <string.h>

size_t primary_of(const story *of, uint32_t account, size_t before) {
  size_t primary = of->players, i;
  for (i = 0; i < of->facts && (i < before || primary == of->players); i++) {
    const fact *at = &of->fact[i];
    int settled = i < before && fact_is(at, "event") && strcmp(fact_word(at, 1), "failback-done") == 0;
    int first = primary == of->players && fact_is(at, "send") && fact_number(at, "server") == 1;
    if ((settled || first) && fact_number(at, "account") == account && fact_field(at, "to"))
      primary = story_player(of, fact_field(at, "to"));
  }
  return primary;
}

static int asked(const story *of, uint32_t account, uint32_t server, size_t player) {
  size_t i;
  for (i = 0; i < of->facts; i++)
    if (fact_is(&of->fact[i], "send") && fact_number(&of->fact[i], "account") == account && fact_field(&of->fact[i], "to") &&
        fact_number(&of->fact[i], "server") == server && story_player(of, fact_field(&of->fact[i], "to")) == player)
      return 1;
  return 0;
}

/* Does an account that asks this host ask another one for the same server? */
static int has_siblings(const story *of, uint32_t server, size_t player) {
  uint32_t account;
  size_t other;
  for (account = 1; account <= of->accounts; account++)
    for (other = 0; asked(of, account, server, player) && other < of->players; other++)
      if (other != player && asked(of, account, server, other))
        return 1;
  return 0;
}

/* Another host became the primary in the course of the run: then the word would be true for a part of it only. */
static int primary_moves(const story *of) {
  uint32_t account;
  for (account = 1; account <= of->accounts; account++)
    if (primary_of(of, account, 0) != primary_of(of, account, of->facts))
      return 1;
  return 0;
}

static int is_primary(const story *of, size_t player) {
  uint32_t account;
  size_t i;
  for (account = 1; of->player[player].servers & 1u && account <= of->accounts; account++)
    if (primary_of(of, account, 0) == player)
      return 1;
  /* The hosts stand in the order in which they were asked. */
  for (i = 0; i < player && of->player[i].servers != of->player[player].servers; i++)
    continue;
  return of->player[player].servers == 2u && i == player;
}

void add_role(text *to, const story *of, size_t player) {
  unsigned servers = player < of->players ? of->player[player].servers : 0;
  const char *one = of->has_proxies ? "outbound proxy" : "server", *two = of->has_proxies ? "outbound proxies" : "servers";
  if (servers == 3u)
    text_addf(to, "%s 1 and 2", two);
  else if (servers && (!has_siblings(of, servers, player) || primary_moves(of)))
    text_addf(to, "%s %u", one, servers);
  else if (servers)
    text_addf(to, "%s of %s %u", is_primary(of, player) ? "primary" : "backup", of->has_proxies ? "proxy" : "server", servers);
  else
    text_add(to, "");
}
