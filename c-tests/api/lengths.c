/* Lengths that no object can have. A slice of the library's language must not be longer than half of the address space, so a
 * length behind that is refused before anything is looked at, on 32-bit and on 64-bit systems.
 */

#include "check.h"
#include "every_call.h"
#include "rig.h"

#include <stdlib.h>
#include <string.h>

static struct rig rig;
static struct arguments arguments;

/* One more than the longest object. */
static const size_t HALF = (size_t)1 << (sizeof(size_t) * 8 - 1);

static void every_length(void)
{
  const size_t lengths[] = { HALF, HALF + 1, HALF + 65535, SIZE_MAX - 65536, SIZE_MAX - 1, SIZE_MAX };
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  arguments.engine = rig.engine;
  arguments.now = rig.now;
  rig_input(&rig);
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    CHECK(pass_length(&arguments, lengths[i]) > 10);
  }
  /* The configuration is as it was. */
  perform(&arguments, CALL_sfo_config_check);
  CHECK_EQ(sfo_config_diagnostic_count(arguments.config), 0);
  rig_close(&rig);
}

/* A struct of a later version is longer, and what is behind ours is not looked at: however long it claims to be. Sizes that
 * sizeof cannot yield are refused. */
static void every_size(void)
{
  const size_t longest = SIZE_MAX - SIZE_MAX % sizeof(size_t);
  const size_t sizes[] = { HALF, longest };
  sfo_options options = rig_options();
  sfo_engine *engine = NULL;
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  for (size_t i = 0; i < 2; i++) {
    struct arguments *m = &arguments;
    m->engine = rig.engine;
    m->request.struct_size = m->dialog.struct_size = m->response.struct_size = sizes[i];
    m->counters.struct_size = m->target.struct_size = m->account_info.struct_size = sizes[i];
    m->diagnostic.struct_size = m->key_info.struct_size = m->silent.struct_size = options.struct_size = sizes[i];
    CHECK_EQ(sfo_request_start(rig_input(&rig), rig.now, &m->request, &id), SFO_OK);
    CHECK_EQ(sfo_dialog_open(rig_input(&rig), rig.now, &m->dialog, &id), SFO_OK);
    CHECK_EQ(sfo_attempt_response(rig_input(&rig), rig.now, rig_find(&rig, SEND, -1)->attempt, &m->response), SFO_OK);
    CHECK_EQ(sfo_engine_counters(rig.engine, &m->counters), SFO_OK);
    CHECK_EQ(sfo_account_state(rig.engine, 1, &m->account_info), SFO_OK);
    CHECK_EQ(sfo_account_current_target(rig.engine, 1, &m->target), SFO_OK);
    CHECK_EQ(sfo_config_key_info(0, &m->key_info), SFO_OK);
    CHECK_EQ(sfo_engine_new(m->config, &options, &m->silent, NULL, 0, &engine), SFO_OK);
    sfo_engine_free(engine);
  }
  arguments.request.struct_size = SIZE_MAX;
  CHECK_EQ(sfo_request_start(rig_input(&rig), rig.now, &arguments.request, &id), SFO_ERR_INVALID);
  rig_close(&rig);
}

/* What is written out fits exactly into what was asked for; a tool that watches memory would see one byte more. */
static void no_byte_too_many(void)
{
  size_t needed = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  size_t length = sfo_engine_trace(rig.engine, rig.now, 0, SFO_FORMAT_TEXT, NULL, 0);
  char *text = malloc(length + 1);
  if (CHECK(length > 100 && text != NULL)) {
    CHECK_EQ(sfo_engine_trace(rig.engine, rig.now, 0, SFO_FORMAT_TEXT, text, SIZE_MAX), length);
    CHECK_EQ(strlen(text), length);
  }
  free(text);
  CHECK_EQ(sfo_engine_snapshot_export(rig.engine, rig.now, 0, NULL, 0, &needed), SFO_ERR_LIMIT);
  uint8_t *bytes = malloc(needed);
  if (CHECK(needed > 0 && bytes != NULL)) {
    CHECK_EQ(sfo_engine_snapshot_export(rig.engine, rig.now, 0, bytes, SIZE_MAX, &needed), SFO_OK);
  }
  free(bytes);
  rig_close(&rig);
}

int main(void)
{
  arguments_open(&arguments, RIG_TWO_SERVERS);
  every_length();
  every_size();
  no_byte_too_many();
  arguments_close(&arguments);
  return check_result();
}
