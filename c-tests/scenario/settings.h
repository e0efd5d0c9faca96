/* The settings of the scenario, as far as the standing rules need them: those that the accounts go by, where a proxy takes over
   what is set for a server. */
#ifndef SCENARIO_SETTINGS_H
#define SCENARIO_SETTINGS_H
#include "run.h"

int64_t account_setting(const run *in, uint32_t account, const char *name);
/* Of a server, or of the proxy in its place. */
int64_t server_setting(const run *in, uint32_t account, uint32_t server, const char *name);
int has_proxy(const run *in, uint32_t account);
/* Does the account register with one server at a time? */
int is_successive(const run *in, uint32_t account);
/* Has the server, or the proxy in its place, an address instead of a name? Then there is no list to move along. */
int is_numeric(const run *in, uint32_t account, uint32_t server);
#endif
