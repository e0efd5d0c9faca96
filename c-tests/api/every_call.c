#include "every_call.h"

#include "check.h"
#include "rig.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CALL(name, kind, how, from_callbacks, statuses, arguments) { #name, KIND_##kind, from_callbacks, statuses },
#define NULLED(name, how, statuses, arguments)
#define LENGTH(name, how, direction, arguments)
const struct row every_call[CALL_COUNT] = {
#include "every_call_list.h"
};
#undef CALL
#undef NULLED
#undef LENGTH

/* No call of these tests fails with it, nor would one of the library. */
enum { UNTOUCHED = EXDEV };

static void release_new(struct arguments *m)
{
  sfo_config_free(m->new_config);
  sfo_engine_free(m->new_engine);
  m->new_config = NULL;
  m->new_engine = NULL;
}

static void check_call(const struct arguments *m, const char *call, unsigned statuses, int errno_is)
{
  if (statuses != 0 && !CHECK((statuses & S(m->status)) != 0)) {
    fprintf(stderr, "  %s returned %d\n", call, (int)m->status);
  }
  if (!CHECK_EQ(errno_is, UNTOUCHED)) {
    fprintf(stderr, "  %s changed errno\n", call);
  }
}

#define DO_STATUS(call) m->status = (call)
#define DO_VALUE(call) m->value = (uintptr_t)(call)
#define DO_NOTHING(call) (call)

#define CALL(name, kind, how, from_callbacks, statuses, arguments) \
  case CALL_##name: \
    DO_##how(name arguments); \
    break;
#define NULLED(name, how, statuses, arguments)
#define LENGTH(name, how, direction, arguments)
static void call(struct arguments *m, enum which which)
{
  switch (which) {
#include "every_call_list.h"
  case CALL_COUNT:
    break;
  }
}
#undef CALL
#undef NULLED
#undef LENGTH

void perform(struct arguments *m, enum which which)
{
  int before = errno, after;
  m->status = SFO_OK;
  m->value = 0;
  errno = UNTOUCHED;
  call(m, which);
  after = errno;
  errno = before;
  check_call(m, every_call[which].name, every_call[which].statuses, after);
  if (which == CALL_sfo_config_free) {
    CHECK_EQ(sfo_config_new(0, &m->spare_config), SFO_OK);
  }
  release_new(m);
}

#define CALL(name, kind, how, from_callbacks, statuses, arguments)
#define LENGTH(name, how, direction, arguments)
#define NULLED(name, how, statuses, arguments) \
  m->status = SFO_OK; \
  errno = UNTOUCHED; \
  DO_##how(name arguments); \
  check_call(m, #name #arguments, statuses, errno); \
  nulls++; \
  release_new(m);
unsigned pass_null(struct arguments *m)
{
  unsigned nulls = 0;
#include "every_call_list.h"
  return nulls;
}
#undef CALL
#undef NULLED
#undef LENGTH

#define WANTED_IN (S(SFO_ERR_INVALID) | S(SFO_ERR_LIMIT) | S(SFO_ERR_DATA))
#define WANTED_OUT (S(SFO_OK))
#define CALL(name, kind, how, from_callbacks, statuses, arguments)
#define NULLED(name, how, statuses, arguments)
#define LENGTH(name, how, direction, arguments) \
  m->status = SFO_OK; \
  errno = UNTOUCHED; \
  DO_##how(name arguments); \
  check_call(m, #name #arguments, WANTED_##direction, errno); \
  calls++;
unsigned pass_length(struct arguments *m, size_t huge)
{
  unsigned calls = 0;
  m->huge = huge;
#include "every_call_list.h"
  return calls;
}
#undef CALL
#undef NULLED
#undef LENGTH

void arguments_open(struct arguments *m, const char *text)
{
  sfo_callbacks silent = rig_callbacks(RIG_SILENT);
  memset(m, 0, sizeof *m);
  m->config = rig_config(text);
  CHECK_EQ(sfo_config_new(0, &m->spare_config), SFO_OK);
  /* An engine that is made and released without being used. */
  silent.destroyed = NULL;
  m->silent = silent;
  m->account = 1;
  m->request = (sfo_request)SFO_REQUEST_INIT;
  m->request.account = 1;
  m->request.method = SFO_METHOD_MESSAGE;
  m->dialog = (sfo_dialog)SFO_DIALOG_INIT;
  m->dialog.account = 1;
  m->dialog.method = SFO_METHOD_INVITE;
  m->dialog.source_text = "192.0.2.1";
  m->response = (sfo_response)SFO_RESPONSE_INIT;
  m->response.status = 486;
  m->account_info = (sfo_account_info)SFO_ACCOUNT_INFO_INIT;
  m->target = (sfo_target)SFO_TARGET_INIT;
  m->counters = (sfo_counters)SFO_COUNTERS_INIT;
  m->diagnostic = (sfo_diagnostic)SFO_DIAGNOSTIC_INIT;
  m->key_info = (sfo_key_info)SFO_KEY_INFO_INIT;
  m->servers[0] = "127.0.0.1:1";
  m->path = "/nonexistent";
  m->length = 12;
  m->fd = -1;
}

void arguments_close(struct arguments *m)
{
  sfo_config_free(m->config);
  sfo_config_free(m->spare_config);
  m->config = m->spare_config = NULL;
}
