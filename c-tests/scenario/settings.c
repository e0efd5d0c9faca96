#include "settings.h"

#include <stdio.h>

#include "address.h"

int64_t account_setting(const run *in, uint32_t account, const char *name) {
  char key[128];
  int64_t value = 0;
  snprintf(key, sizeof key, "account.%u.%s", (unsigned)account, name);
  sfo_config_get_int(in->config, key, &value);
  return value;
}

/* Empty where there is none. */
static const char *address_of(const run *in, uint32_t account, const char *kind, uint32_t server, char *out, size_t capacity) {
  char key[96];
  size_t length = 0;
  snprintf(key, sizeof key, "account.%u.%s.%u.address", (unsigned)account, kind, (unsigned)server);
  if (sfo_config_get(in->config, key, out, capacity, &length) != SFO_OK)
    out[0] = '\0';
  return out;
}

static int has_address(const run *in, uint32_t account, const char *kind, uint32_t server) {
  char address[256];
  return address_of(in, account, kind, server, address, sizeof address)[0] != '\0';
}

int has_proxy(const run *in, uint32_t account) {
  return has_address(in, account, "outbound_proxy", 1) && account_setting(in, account, "outbound_proxy_enable");
}

/* A proxy leaves to the server of its number what it has no value for, or to server 1 where that one has no address. */
int64_t server_setting(const run *in, uint32_t account, uint32_t server, const char *name) {
  char key[96];
  int64_t value = -1;
  if (has_proxy(in, account)) {
    snprintf(key, sizeof key, "account.%u.outbound_proxy.%u.%s", (unsigned)account, (unsigned)server, name);
    if (sfo_config_get_int(in->config, key, &value) == SFO_OK && value >= 0)
      return value;
    if (!has_address(in, account, "sip_server", server))
      server = 1;
  }
  snprintf(key, sizeof key, "sip_server.%u.%s", (unsigned)server, name);
  return account_setting(in, account, key);
}

int is_successive(const run *in, uint32_t account) {
  return has_proxy(in, account) || account_setting(in, account, "fallback.redundancy_type") == 1;
}

int is_numeric(const run *in, uint32_t account, uint32_t server) {
  const char *kind = has_proxy(in, account) ? "outbound_proxy" : "sip_server";
  char address[256];
  endpoint parsed;
  return parse_endpoint(address_of(in, account, kind, server, address, sizeof address), &parsed) == 0;
}
