/* Callback tables of other versions: shorter ones work with less, of longer ones the rest is not read. */

#include "check.h"
#include "rig.h"

#include <string.h>

/* As the header declared it when there was nothing else yet. */
struct first_callbacks {
  size_t struct_size;
  int32_t (*send_sip)(void *user, const sfo_send *send);
  void (*set_timer)(void *user, uint64_t deadline_ms);
};

/* As a later header may declare it. */
struct later_callbacks {
  sfo_callbacks known;
  void (*unknown)(void *user);
};

/* As the first options. */
struct first_options {
  size_t struct_size;
  uint32_t t1_ms;
  uint32_t padding;
};

static unsigned sends, timers, unknowns;
static uint64_t last_attempt, deadline;

static int32_t on_send(void *user, const sfo_send *send)
{
  CHECK(user == &sends);
  sends++;
  last_attempt = send->attempt;
  return 0;
}

static void on_timer(void *user, uint64_t deadline_ms)
{
  CHECK(user == &sends);
  timers++;
  deadline = deadline_ms;
}

static void on_unknown(void *user)
{
  (void)user;
  unknowns++;
}

static void live(const sfo_callbacks *callbacks, const sfo_options *options)
{
  sfo_config *config = rig_config(RIG_TWO_SERVERS);
  sfo_engine *engine = NULL;
  sfo_request request = SFO_REQUEST_INIT;
  sfo_response response = SFO_RESPONSE_INIT;
  uint64_t id = 0, now = 5000;
  sends = timers = 0;
  CHECK_EQ(sfo_engine_new(config, options, callbacks, &sends, now, &engine), SFO_OK);
  sfo_config_free(config);
  CHECK_EQ(sfo_account_start(engine, now, 1), SFO_OK);
  CHECK_EQ(sends, 1);
  response.status = 200;
  response.granted_expires_s = 3600;
  CHECK_EQ(sfo_attempt_response(engine, now, last_attempt, &response), SFO_OK);
  request.account = 1;
  request.method = SFO_METHOD_INVITE;
  CHECK_EQ(sfo_request_start(engine, now, &request, &id), SFO_OK);
  CHECK_EQ(sends, 2);
  /* The first server is silent: its turn ends by the timer. */
  uint64_t first = last_attempt;
  for (int i = 0; i < 20 && last_attempt == first; i++) {
    now = deadline > now ? deadline : now;
    CHECK_EQ(sfo_engine_handle_timer(engine, now), SFO_OK);
  }
  CHECK(last_attempt != first);
  sfo_engine_free(engine);
  CHECK(timers > 1);
}

/* What is behind the table in memory is not a table: it must not be called. */
static void shortest_table(void)
{
  struct { struct first_callbacks table; unsigned char behind[256]; } memory;
  memset(&memory, 0x41, sizeof memory);
  memory.table.struct_size = sizeof memory.table;
  memory.table.send_sip = on_send;
  memory.table.set_timer = on_timer;
  live((const sfo_callbacks *)(const void *)&memory.table, NULL);
}

static void longer_table(void)
{
  struct later_callbacks table = { SFO_CALLBACKS_INIT, on_unknown };
  table.known.struct_size = sizeof table;
  table.known.send_sip = on_send;
  table.known.set_timer = on_timer;
  live(&table.known, NULL);
  CHECK_EQ(unknowns, 0);
}

static void shortest_options(void)
{
  struct first_callbacks table = { sizeof table, on_send, on_timer };
  struct { struct first_options options; unsigned char behind[256]; } memory;
  memset(&memory, 0xff, sizeof memory);
  memory.options.struct_size = offsetof(struct first_options, padding);
  memory.options.t1_ms = 500;
#if SIZE_MAX > UINT32_MAX
  /* There the struct would have ended in padding, which belongs to the next member today. */
  memory.options.struct_size = sizeof memory.options;
  memory.options.padding = 0;
#endif
  live((const sfo_callbacks *)(const void *)&table, (const sfo_options *)(const void *)&memory.options);
}

/* A table on the stack may be gone when the engine runs. */
static void tables_are_copied(void)
{
  sfo_callbacks callbacks = SFO_CALLBACKS_INIT;
  sfo_config *config = rig_config(RIG_TWO_SERVERS);
  sfo_engine *engine = NULL;
  callbacks.send_sip = on_send;
  callbacks.set_timer = on_timer;
  sends = 0;
  CHECK_EQ(sfo_engine_new(config, NULL, &callbacks, &sends, 0, &engine), SFO_OK);
  memset(&callbacks, 0x41, sizeof callbacks);
  sfo_config_free(config);
  CHECK_EQ(sfo_account_start(engine, 0, 1), SFO_OK);
  CHECK_EQ(sends, 1);
  sfo_engine_free(engine);
}

int main(void)
{
  shortest_table();
  longer_table();
  shortest_options();
  tables_are_copied();
  return check_result();
}
