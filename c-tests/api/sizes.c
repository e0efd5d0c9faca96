/* Structs: which sizes and which numbers in them are taken, and that no more of them is read or written than there is. */

#include "check.h"
#include "rig.h"

#include <stdlib.h>
#include <string.h>

static struct rig rig;

static sfo_status try_new(sfo_config *config, const sfo_options *options, const sfo_callbacks *callbacks)
{
  sfo_engine *engine = NULL;
  sfo_status status = sfo_engine_new(config, options, callbacks, &rig, 0, &engine);
  CHECK_EQ(engine != NULL, status == SFO_OK);
  memset(&rig, 0, sizeof rig);
  sfo_engine_free(engine);
  return status;
}

static void new_engine(void)
{
  sfo_config *config = rig_config(RIG_TWO_SERVERS);
  sfo_callbacks callbacks = rig_callbacks(0), bad = callbacks;
  sfo_options options = SFO_OPTIONS_INIT;
  CHECK_EQ(try_new(config, &options, &callbacks), SFO_OK);
  CHECK_EQ(try_new(config, NULL, &callbacks), SFO_OK);
  CHECK_EQ(try_new(NULL, &options, &callbacks), SFO_ERR_INVALID);
  CHECK_EQ(try_new(config, &options, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_new(config, &options, &callbacks, NULL, 0, NULL), SFO_ERR_INVALID);
  bad.send_sip = NULL;
  CHECK_EQ(try_new(config, &options, &bad), SFO_ERR_INVALID);
  bad = callbacks;
  bad.set_timer = NULL;
  CHECK_EQ(try_new(config, &options, &bad), SFO_ERR_INVALID);
  sfo_config_free(config);
}

/* Each option just inside and just outside of its range. */
static void option_ranges(void)
{
  static const struct {
    size_t offset;
    uint32_t good[2];
    uint32_t bad[2];
  } ranges[] = {
    { offsetof(sfo_options, t1_ms), { 50, 5000 }, { 49, 5001 } },
    { offsetof(sfo_options, startup_window_s), { 0, 3600 }, { 3601, UINT32_MAX } },
    { offsetof(sfo_options, jitter), { 0, 1 }, { 2, UINT32_MAX } },
    { offsetof(sfo_options, dns_wait_ms), { 0, 60000 }, { 60001, UINT32_MAX } },
    { offsetof(sfo_options, cache_entries), { 16, 65536 }, { 15, 65537 } },
    { offsetof(sfo_options, transports), { 1, 15 }, { 16, UINT32_MAX } },
    { offsetof(sfo_options, log_level), { 0, 4 }, { 5, UINT32_MAX } },
    { offsetof(sfo_options, failback_successes), { 1, 100 }, { 0, 101 } },
    { offsetof(sfo_options, failback_min_stay_s), { 0, 86400 }, { 86401, UINT32_MAX } },
    { offsetof(sfo_options, trace_entries), { 0, 65536 }, { 65537, UINT32_MAX } },
  };
  sfo_config *config = rig_config(RIG_TWO_SERVERS);
  sfo_callbacks callbacks = rig_callbacks(0);
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
    for (int side = 0; side < 2; side++) {
      sfo_options options = SFO_OPTIONS_INIT;
      memcpy((char *)&options + ranges[i].offset, &ranges[i].good[side], sizeof(uint32_t));
      CHECK_EQ(try_new(config, &options, &callbacks), SFO_OK);
      memcpy((char *)&options + ranges[i].offset, &ranges[i].bad[side], sizeof(uint32_t));
      CHECK_EQ(try_new(config, &options, &callbacks), SFO_ERR_INVALID);
    }
  }
  sfo_config_free(config);
}

/* A size is refused when the struct could not be one of any version. */
static void sizes_in(void)
{
  sfo_config *config = rig_config(RIG_TWO_SERVERS);
  sfo_callbacks callbacks = rig_callbacks(0);
  sfo_options options = SFO_OPTIONS_INIT;
  sfo_request request = SFO_REQUEST_INIT;
  sfo_response response = SFO_RESPONSE_INIT;
  uint64_t id = 0;
  for (size_t size = 0; size < offsetof(sfo_callbacks, dns_send); size++) {
    callbacks.struct_size = size;
    CHECK_EQ(try_new(config, &options, &callbacks), SFO_ERR_INVALID);
  }
  /* No compiler makes a struct that ends within a pointer: half a function must not be called. */
  callbacks.struct_size = offsetof(sfo_callbacks, cancel_sip) + sizeof(void *) / 2;
  CHECK_EQ(try_new(config, &options, &callbacks), SFO_ERR_INVALID);
  callbacks = rig_callbacks(0);
  options.struct_size = offsetof(sfo_options, t1_ms);
  CHECK_EQ(try_new(config, &options, &callbacks), SFO_ERR_INVALID);
  options.struct_size = 0;
  CHECK_EQ(try_new(config, &options, &callbacks), SFO_ERR_INVALID);
  /* As a program has it that knows less: what stands behind its options may hold anything. */
  memset((char *)&options + offsetof(sfo_options, failback_successes), 0xff,
         sizeof options - offsetof(sfo_options, failback_successes));
  options.struct_size = offsetof(sfo_options, failback_successes);
  CHECK_EQ(try_new(config, &options, &callbacks), SFO_OK);
  sfo_config_free(config);

  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  request.account = 1;
  request.method = SFO_METHOD_INVITE;
  request.struct_size = offsetof(sfo_request, method);
  CHECK_EQ(sfo_request_start(rig_input(&rig), rig.now, &request, &id), SFO_ERR_INVALID);
  request.struct_size = 0;
  CHECK_EQ(sfo_request_start(rig_input(&rig), rig.now, &request, &id), SFO_ERR_INVALID);
  response.status = 200;
  response.struct_size = offsetof(sfo_response, status);
  CHECK_EQ(sfo_attempt_response(rig_input(&rig), rig.now, 1, &response), SFO_ERR_INVALID);
  CHECK_EQ(rig.totals[SEND], 0);
  rig_close(&rig);
}

/* Structs of a later version are longer: what is behind is not read, and not written. */
static void longer_structs(void)
{
  struct { sfo_request known; uint64_t later[4]; } request = { SFO_REQUEST_INIT, { 1, 2, 3, 4 } };
  struct { sfo_response known; uint64_t later[4]; } response = { SFO_RESPONSE_INIT, { 1, 2, 3, 4 } };
  struct { sfo_counters known; uint64_t later[4]; } counters;
  struct { sfo_account_info known; uint64_t later[4]; } info;
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  request.known.struct_size = sizeof request;
  request.known.account = 1;
  request.known.method = SFO_METHOD_INVITE;
  CHECK_EQ(sfo_request_start(rig_input(&rig), rig.now, &request.known, &id), SFO_OK);
  response.known.struct_size = sizeof response;
  response.known.status = 200;
  CHECK_EQ(sfo_attempt_response(rig_input(&rig), rig.now, rig_find(&rig, SEND, 0)->attempt, &response.known), SFO_OK);
  CHECK_EQ(rig.totals[DONE], 1);
  memset(&counters, 0x5a, sizeof counters);
  counters.known.struct_size = sizeof counters;
  CHECK_EQ(sfo_engine_counters(rig.engine, &counters.known), SFO_OK);
  CHECK_EQ(counters.known.struct_size, sizeof counters);
  CHECK_EQ(counters.known.requests_done, 1);
  memset(&info, 0x5a, sizeof info);
  info.known.struct_size = sizeof info;
  CHECK_EQ(sfo_account_state(rig.engine, 1, &info.known), SFO_OK);
  CHECK_EQ(info.known.state[0], SFO_REG_REGISTERED);
  CHECK_EQ(info.later[3], 0x5a5a5a5a5a5a5a5aLL);
  rig_close(&rig);
}

/* Of structs of an earlier version no byte is written that they do not have. */
static void shorter_structs_out(void)
{
  unsigned char room[512];
  sfo_config *config = rig_config("nonsense\n");
  sfo_diagnostic diagnostic;
  sfo_key_info key;
  sfo_target target;
  size_t size = offsetof(sfo_counters, failures_response);
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  memset(room, 0x5a, sizeof room);
  memcpy(room, &size, sizeof size);
  CHECK_EQ(sfo_engine_counters(rig.engine, (sfo_counters *)(void *)room), SFO_OK);
  CHECK_EQ(room[size], 0x5a);
  CHECK_EQ(room[size - 1], 0);
  size = offsetof(sfo_counters, attempts);
  memcpy(room, &size, sizeof size);
  CHECK_EQ(sfo_engine_counters(rig.engine, (sfo_counters *)(void *)room), SFO_ERR_INVALID);
  size = offsetof(sfo_account_info, state);
  memset(room, 0x5a, sizeof room);
  memcpy(room, &size, sizeof size);
  CHECK_EQ(sfo_account_state(rig.engine, 1, (sfo_account_info *)(void *)room), SFO_OK);
  CHECK_EQ(room[size], 0x5a);
  size = sizeof(size_t);
  memcpy(room, &size, sizeof size);
  CHECK_EQ(sfo_account_state(rig.engine, 1, (sfo_account_info *)(void *)room), SFO_ERR_INVALID);
  target.struct_size = sizeof target - sizeof(void *);
  CHECK_EQ(sfo_account_current_target(rig.engine, 1, &target), SFO_ERR_INVALID);
  /* Not sizeof less a pointer: on some 32-bit machines these end in padding. */
  diagnostic.struct_size = offsetof(sfo_diagnostic, text);
  CHECK_EQ(sfo_config_diagnostic(config, 0, &diagnostic), SFO_ERR_INVALID);
  key.struct_size = offsetof(sfo_key_info, since);
  CHECK_EQ(sfo_config_key_info(0, &key), SFO_ERR_INVALID);
  sfo_config_free(config);
  rig_close(&rig);
}

int main(void)
{
  new_engine();
  option_ranges();
  sizes_in();
  longer_structs();
  shorter_structs_out();
  return check_result();
}
