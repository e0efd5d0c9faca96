/* What a host is to the phones: the primary or a backup address of a server, or an outbound proxy. */
#ifndef SCENARIO_ROLES_H
#define SCENARIO_ROLES_H
#include "story.h"

/* The host that this account asks first: the one it asked first, until it settles elsewhere by failback.
   `players` when it asked nobody. */
size_t primary_of(const story *of, uint32_t account, size_t before);
/* "primary of server 1", "server 2", "outbound proxy 1"; "" for a host that nobody asked. */
void add_role(text *to, const story *of, size_t player);
#endif
