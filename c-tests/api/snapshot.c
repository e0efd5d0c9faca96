/* A restart: what an engine wrote down before is read by the next one, or refused as a whole. */

#include "check.h"
#include "rig.h"

#include <stdlib.h>
#include <string.h>

/* 2027-01-15, in milliseconds since 1970. */
static const uint64_t DAY = 1800000000000u;

static struct rig rig;

static uint8_t *export(size_t *length)
{
  size_t needed = 0;
  uint8_t small[4] = { 1, 2, 3, 4 };
  CHECK_EQ(sfo_engine_snapshot_export(rig.engine, rig.now, DAY, NULL, 0, &needed), SFO_ERR_LIMIT);
  CHECK(needed > sizeof small);
  *length = 0;
  CHECK_EQ(sfo_engine_snapshot_export(rig.engine, rig.now, DAY, small, sizeof small, length), SFO_ERR_LIMIT);
  CHECK_EQ(*length, needed);
  CHECK(small[0] == 1 && small[3] == 4);
  uint8_t *bytes = malloc(needed);
  CHECK(bytes != NULL);
  CHECK_EQ(sfo_engine_snapshot_export(rig.engine, rig.now, DAY, bytes, needed, length), SFO_OK);
  CHECK_EQ(*length, needed);
  return bytes;
}

int main(void)
{
  size_t length = 0, other = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  uint8_t *bytes = export(&length);
  /* Nobody who runs already can start from an older state. */
  CHECK_EQ(sfo_engine_snapshot_import(rig.engine, rig.now, DAY, bytes, length), SFO_ERR_STATE);
  rig_close(&rig);

  rig_open(&rig, RIG_TWO_SERVERS, 0);
  CHECK_EQ(sfo_engine_snapshot_import(NULL, rig.now, DAY, bytes, length), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_snapshot_import(rig.engine, rig.now, DAY, NULL, length), SFO_ERR_INVALID);
  /* No object is that large; SFO_ERR_DATA would mean that it was looked at. */
  CHECK_EQ(sfo_engine_snapshot_import(rig.engine, rig.now, DAY, bytes, SIZE_MAX / 2 + 1), SFO_ERR_DATA);
  CHECK_EQ(sfo_engine_snapshot_export(NULL, rig.now, DAY, bytes, length, &other), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_snapshot_export(rig.engine, rig.now, DAY, bytes, length, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_snapshot_export(rig.engine, rig.now, DAY, NULL, length, &other), SFO_ERR_INVALID);
  for (size_t cut = 0; cut < length; cut += 7) {
    CHECK_EQ(sfo_engine_snapshot_import(rig.engine, rig.now, DAY, bytes, cut), SFO_ERR_DATA);
  }
  bytes[length / 2] ^= 1;
  CHECK_EQ(sfo_engine_snapshot_import(rig.engine, rig.now, DAY, bytes, length), SFO_ERR_DATA);
  bytes[length / 2] ^= 1;
  CHECK_EQ(sfo_engine_snapshot_import(rig.engine, rig.now, DAY, bytes, length), SFO_OK);
  CHECK_EQ(rig.count, 0);
  rig_register(&rig);
  rig_close(&rig);
  free(bytes);

  /* Address families: both servers are IPv4 addresses. */
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  for (uint32_t bit = 2; bit < 32; bit++) {
    CHECK_EQ(sfo_engine_set_families(rig_input(&rig), rig.now, 1u << bit), SFO_ERR_INVALID);
  }
  rig_forget(&rig);
  CHECK_EQ(sfo_engine_set_families(rig_input(&rig), rig.now, SFO_FAMILY_IPV4), SFO_OK);
  CHECK_EQ(rig.totals[SEND], 0);
  CHECK_EQ(sfo_engine_set_families(rig_input(&rig), rig.now, SFO_FAMILY_IPV6), SFO_OK);
  CHECK_EQ(rig.totals[SEND], 0);
  sfo_account_info info;
  info.struct_size = sizeof info;
  CHECK_EQ(sfo_account_state(rig.engine, 1, &info), SFO_OK);
  CHECK(info.state[0] != SFO_REG_REGISTERED);
  CHECK_EQ(sfo_engine_set_families(rig_input(&rig), rig.now, SFO_FAMILY_IPV4 | SFO_FAMILY_IPV6), SFO_OK);
  CHECK(rig.totals[SEND] > 0);
  rig_close(&rig);
  return check_result();
}
