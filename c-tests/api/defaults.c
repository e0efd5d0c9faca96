/* The initializers of the header say what the library takes where nothing is said. */

#include "check.h"
#include "rig.h"

#include <string.h>

static struct rig rigs[2];

static sfo_engine *engine_with(struct rig *rig, const sfo_options *options)
{
  sfo_config *config = rig_config(RIG_NAMED_SERVER);
  sfo_callbacks callbacks = rig_callbacks(0);
  memset(rig, 0, sizeof *rig);
  rig->now = 1000000;
  rig->deadline = SFO_TIME_NEVER;
  CHECK_EQ(sfo_engine_new(config, options, &callbacks, rig, rig->now, &rig->engine), SFO_OK);
  sfo_config_free(config);
  return rig->engine;
}

/* Waiting for DNS, then for servers, with jitter and all: everything that an option has an influence on. */
static void live(struct rig *rig)
{
  static const char zone[] =
    "account.1.enable = 1\n"
    "account.1.sip_server.1.address = sip.example\n"
    "account.1.sip_server.1.port = 0\n"
    "account.1.sip_server.1.transport_type = 3\n"
    "account.1.static_cache_pri = 1\n"
    "dns_cache_a.1.name = sip.example\n"
    "dns_cache_a.1.ip = 192.0.2.1\n"
    "dns_cache_a.2.name = sip.example\n"
    "dns_cache_a.2.ip = 192.0.2.2\n";
  const char *servers[1] = { "192.0.2.53" };
  uint64_t id = 0;
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(rig), rig->now, servers, 1), SFO_OK);
  CHECK_EQ(sfo_account_start(rig_input(rig), rig->now, 1), SFO_OK);
  CHECK_EQ(rig_request(rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  rig_run(rig, 100000);
  sfo_config *config = rig_config(zone);
  CHECK_EQ(sfo_engine_reconfigure(rig_input(rig), rig->now, config), SFO_OK);
  sfo_config_free(config);
  rig_run(rig, 100000);
  CHECK_EQ(rig_request(rig, SFO_METHOD_INVITE, 2, &id), SFO_OK);
  CHECK_EQ(rig_request(rig, SFO_METHOD_MESSAGE, 3, &id), SFO_OK);
  rig_run(rig, 600000);
}

static int same_life(const sfo_options *one, const sfo_options *two)
{
  if (engine_with(&rigs[0], one) == NULL || engine_with(&rigs[1], two) == NULL) {
    return 0;
  }
  live(&rigs[0]);
  live(&rigs[1]);
  int same = rigs[0].count == rigs[1].count && memcmp(rigs[0].calls, rigs[1].calls, sizeof rigs[0].calls) == 0;
  CHECK(rigs[0].count > 50 && rigs[0].count < CALLS);
  CHECK(rigs[0].totals[SEND] > 4 && rigs[0].totals[DNS] > 4 && rigs[0].totals[LOG] > 0);
  rig_close(&rigs[0]);
  rig_close(&rigs[1]);
  return same;
}

static void options(void)
{
  sfo_options given = SFO_OPTIONS_INIT;
  CHECK_EQ(given.struct_size, sizeof given);
  CHECK(same_life(NULL, &given));
  sfo_options other = given;
  other.t1_ms = 600;
  CHECK(!same_life(NULL, &other));
  other = given;
  other.startup_window_s = 60;
  CHECK(!same_life(NULL, &other));
  other = given;
  other.jitter = 0;
  CHECK(!same_life(NULL, &other));
  other = given;
  other.dns_wait_ms = 1900;
  CHECK(!same_life(NULL, &other));
  other = given;
  other.log_level = SFO_LOG_ERROR;
  CHECK(!same_life(NULL, &other));
  other = given;
  other.seed[31] = 1;
  CHECK(!same_life(NULL, &other));
}

static void others(void)
{
  sfo_callbacks callbacks = SFO_CALLBACKS_INIT;
  sfo_request request = SFO_REQUEST_INIT;
  sfo_response response = SFO_RESPONSE_INIT;
  CHECK_EQ(callbacks.struct_size, sizeof callbacks);
  CHECK(!callbacks.send_sip && !callbacks.set_timer && !callbacks.dns_send && !callbacks.dns_watch);
  CHECK(!callbacks.cancel_sip && !callbacks.request_done && !callbacks.event && !callbacks.log && !callbacks.destroyed);
  CHECK_EQ(request.struct_size, sizeof request);
  CHECK(request.account == 0 && request.method == 0 && request.flags == 0 && request.user_token == 0);
  CHECK_EQ(response.struct_size, sizeof response);
  CHECK(response.status == 0 && response.flags == 0);
  CHECK(response.retry_after_s == SFO_ABSENT && response.granted_expires_s == SFO_ABSENT);
  CHECK(response.min_expires_s == SFO_ABSENT);
}

/* A response that says nothing of its lifetime got what was asked for. */
static void absent_members(void)
{
  struct rig *rig = &rigs[0];
  sfo_response response = SFO_RESPONSE_INIT;
  sfo_account_info info;
  rig_open(rig, RIG_TWO_SERVERS, 0);
  CHECK_EQ(sfo_account_start(rig_input(rig), rig->now, 1), SFO_OK);
  response.status = 200;
  response.struct_size = offsetof(sfo_response, retry_after_s);
#if SIZE_MAX > UINT32_MAX
  response.struct_size = offsetof(sfo_response, granted_expires_s);
#endif
  CHECK_EQ(sfo_attempt_response(rig_input(rig), rig->now, rig_find(rig, SEND, 0)->attempt, &response), SFO_OK);
  info.struct_size = sizeof info;
  CHECK_EQ(sfo_account_state(rig->engine, 1, &info), SFO_OK);
  CHECK_EQ(info.state[0], SFO_REG_REGISTERED);
  CHECK_EQ(info.expires_at_ms[0], rig->now + 3600000);
  rig_close(rig);
}

int main(void)
{
  options();
  others();
  absent_members();
  return check_result();
}
