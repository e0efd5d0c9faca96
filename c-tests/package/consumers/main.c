/* A program of somebody else, as small as it can be and still use the library in earnest: an account registers, and its
 * first server is asked. Compiled as C99 and as C++98. */

#include <sipfailover.h>

#include <stdio.h>
#include <string.h>

static unsigned sends;
static uint64_t deadline;

static int32_t send_sip(void *user, const sfo_send *send)
{
  (void)user;
  sends++;
  if (strcmp(send->target_text, "192.0.2.1:5060/udp") != 0 || send->method != SFO_METHOD_REGISTER) {
    fprintf(stderr, "%s to %s\n", send->method_name, send->target_text);
    return 1;
  }
  return 0;
}

static void set_timer(void *user, uint64_t deadline_ms)
{
  (void)user;
  deadline = deadline_ms;
}

int main(void)
{
  static const char text[] = "account.1.enable = 1\naccount.1.sip_server.1.address = 192.0.2.1\n";
  sfo_callbacks callbacks = SFO_CALLBACKS_INIT;
  sfo_config *config = NULL;
  sfo_engine *engine = NULL;

  callbacks.send_sip = send_sip;
  callbacks.set_timer = set_timer;
  if (sfo_version() != SFO_VERSION_NUMBER || sfo_abi_version() != SFO_ABI_VERSION) {
    fprintf(stderr, "the library is of another version than the header\n");
    return 1;
  }
  if (sfo_config_new(1, &config) != SFO_OK || sfo_config_load_text(config, text, sizeof text - 1) != SFO_OK
      || sfo_engine_new(config, NULL, &callbacks, NULL, 1000, &engine) != SFO_OK
      || sfo_account_start(engine, 1000, 1) != SFO_OK) {
    fprintf(stderr, "%s\n", "the engine does not start");
    return 1;
  }
  sfo_config_free(config);
  sfo_engine_free(engine);
  return sends == 1 && deadline > 1000 ? 0 : 1;
}
