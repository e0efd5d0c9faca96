/* Every table is bounded, and so is what a caller can ask for: a firmware can know how much memory it needs. */

#include "check.h"
#include "rig.h"

#include <stdlib.h>
#include <string.h>

static struct rig rig;

/* More than any table holds. */
enum { MANY = 2000000 };

static void requests(void)
{
  uint64_t id = 0;
  unsigned count = 0;
  rig_open(&rig, RIG_TWO_SERVERS, RIG_SILENT);
  rig_register(&rig);
  sfo_status status = SFO_OK;
  while (count < MANY && (status = rig_request(&rig, SFO_METHOD_MESSAGE, count, &id)) == SFO_OK) {
    count++;
  }
  CHECK_EQ(status, SFO_ERR_LIMIT);
  CHECK(count >= 64 && count < MANY);
  /* Where one ends, another one finds room. */
  CHECK_EQ(rig_answer(&rig, rig_find(&rig, SEND, 0)->attempt, 200), SFO_OK);
  rig_run(&rig, 40000);
  CHECK_EQ(rig_request(&rig, SFO_METHOD_MESSAGE, 1, &id), SFO_OK);
  rig_close(&rig);
}

static void accounts(void)
{
  sfo_config *config = NULL;
  CHECK_EQ(sfo_config_new(100001, &config), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_new(UINT32_MAX, &config), SFO_ERR_INVALID);
  CHECK_EQ(sfo_config_new(2, &config), SFO_OK);
  CHECK_EQ(sfo_config_set(config, "account.3.enable", "1"), SFO_ERR_NOT_FOUND);
  CHECK_EQ(sfo_config_set(config, "account.4294967297.enable", "1"), SFO_ERR_NOT_FOUND);
  sfo_config_free(config);
}

static void dns_servers(void)
{
  const char *servers[9];
  for (int i = 0; i < 9; i++) {
    servers[i] = "192.0.2.53";
  }
  rig_open(&rig, RIG_NAMED_SERVER, 0);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 9), SFO_ERR_LIMIT);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, SIZE_MAX), SFO_ERR_LIMIT);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 8), SFO_OK);
  CHECK_EQ(sfo_engine_handle_dns(rig_input(&rig), rig.now, 0, (const uint8_t *)"", SIZE_MAX), SFO_ERR_INVALID);
  rig_close(&rig);
}

static void options(void)
{
  sfo_config *config = rig_config(RIG_TWO_SERVERS);
  sfo_callbacks callbacks = rig_callbacks(RIG_SILENT);
  sfo_options asked = rig_options();
  sfo_engine *engine = NULL;
  asked.cache_entries = 65537;
  CHECK_EQ(sfo_engine_new(config, &asked, &callbacks, &rig, 0, &engine), SFO_ERR_INVALID);
  asked.cache_entries = UINT32_MAX;
  CHECK_EQ(sfo_engine_new(config, &asked, &callbacks, &rig, 0, &engine), SFO_ERR_INVALID);
  CHECK(engine == NULL);
  sfo_config_free(config);
}

/* Whatever room the caller says there is, nothing is allocated or written by that number; what is too long is refused. */
static void snapshots(void)
{
  enum { LENGTH = 16 * 1024 * 1024 };
  size_t length = 0;
  uint8_t *bytes = calloc(1, LENGTH);
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  CHECK_EQ(sfo_engine_snapshot_export(rig.engine, rig.now, 0, NULL, 0, &length), SFO_ERR_LIMIT);
  CHECK(length > 0 && length < 65536);
  size_t needed = length;
  if (CHECK(bytes != NULL)) {
    bytes[needed] = 0x5a;
    CHECK_EQ(sfo_engine_snapshot_export(rig.engine, rig.now, 0, bytes, SIZE_MAX, &length), SFO_OK);
    CHECK(length == needed && bytes[needed] == 0x5a);
  }
  rig_close(&rig);
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  if (bytes != NULL) {
    bytes[needed] = 0;
    CHECK_EQ(sfo_engine_snapshot_import(rig.engine, rig.now, 0, bytes, LENGTH), SFO_ERR_DATA);
    CHECK_EQ(sfo_engine_snapshot_import(rig.engine, rig.now, 0, bytes, SIZE_MAX), SFO_ERR_DATA);
    CHECK_EQ(sfo_engine_snapshot_import(rig.engine, rig.now, 0, bytes, needed), SFO_OK);
  }
  rig_close(&rig);
  free(bytes);
}

int main(void)
{
  requests();
  accounts();
  dns_servers();
  options();
  snapshots();
  return check_result();
}
