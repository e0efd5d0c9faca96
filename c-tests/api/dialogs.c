/* Emergency calls, dialogs, and what the firmware says about its network. */

#include "check.h"
#include "rig.h"

#include <stddef.h>
#include <string.h>

static struct rig rig;
static uint64_t first, dialog_id;

static sfo_status start(uint32_t flags, uint64_t dialog, uint64_t *id)
{
  sfo_request request = SFO_REQUEST_INIT;
  request.account = 1;
  request.method = flags & SFO_REQUEST_IN_DIALOG ? SFO_METHOD_OTHER : SFO_METHOD_INVITE;
  request.flags = flags;
  request.dialog = dialog;
  return sfo_request_start(rig_input(&rig), rig.now, &request, id);
}

static sfo_status open_dialog(uint64_t attempt, const char *source, uint32_t method, uint64_t *id)
{
  sfo_dialog dialog = SFO_DIALOG_INIT;
  dialog.account = 1;
  dialog.method = method;
  dialog.attempt = attempt;
  dialog.source_text = source;
  return sfo_dialog_open(rig_input(&rig), rig.now, &dialog, id);
}

/* ---- arguments ---------------------------------------------------------------------------------- */

static void bad_arguments(void)
{
  sfo_dialog dialog = SFO_DIALOG_INIT;
  uint64_t id = 5;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  CHECK_EQ(start(SFO_REQUEST_URGENT | SFO_REQUEST_IN_DIALOG, 1, &id), SFO_ERR_INVALID);
  CHECK_EQ(start(4, 0, &id), SFO_ERR_INVALID);
  CHECK_EQ(start(0, 1, &id), SFO_ERR_INVALID);
  CHECK_EQ(start(SFO_REQUEST_URGENT, 1, &id), SFO_ERR_INVALID);
  CHECK_EQ(start(SFO_REQUEST_IN_DIALOG, 0, &id), SFO_ERR_NOT_FOUND);
  CHECK_EQ(start(SFO_REQUEST_IN_DIALOG, UINT64_MAX, &id), SFO_ERR_NOT_FOUND);
  CHECK_EQ(open_dialog(0, NULL, 0, &id), SFO_ERR_INVALID);
  CHECK_EQ(open_dialog(1, "192.0.2.1", SFO_METHOD_INVITE, &id), SFO_ERR_INVALID);
  CHECK_EQ(open_dialog(1, NULL, SFO_METHOD_INVITE, &id), SFO_ERR_INVALID);
  CHECK_EQ(open_dialog(0, "192.0.2.1", 0, &id), SFO_ERR_INVALID);
  CHECK_EQ(open_dialog(0, "192.0.2.1", SFO_METHOD_REGISTER, &id), SFO_ERR_INVALID);
  CHECK_EQ(open_dialog(0, "nowhere", SFO_METHOD_INVITE, &id), SFO_ERR_INVALID);
  CHECK_EQ(open_dialog(0, "192.0.2.99", SFO_METHOD_INVITE, &id), SFO_ERR_NOT_FOUND);
  CHECK_EQ(open_dialog(77, NULL, 0, &id), SFO_ERR_NOT_FOUND);
  CHECK_EQ(open_dialog(77, NULL, 0, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_dialog_open(rig_input(&rig), rig.now, NULL, &id), SFO_ERR_INVALID);
  dialog.struct_size = offsetof(sfo_dialog, source_text);
  CHECK_EQ(sfo_dialog_open(rig_input(&rig), rig.now, &dialog, &id), SFO_ERR_INVALID);
  CHECK_EQ(sfo_dialog_close(rig_input(&rig), rig.now, 0), SFO_ERR_NOT_FOUND);
  CHECK_EQ(sfo_engine_flow_lost(rig_input(&rig), rig.now, 1, 3), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_flow_lost(rig_input(&rig), rig.now, 9, 1), SFO_ERR_NOT_FOUND);
  CHECK_EQ(sfo_engine_heard_from(rig_input(&rig), rig.now, 1, NULL), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_heard_from(rig_input(&rig), rig.now, 1, "192.0.2.1:99999"), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_heard_from(rig_input(&rig), rig.now, 9, "192.0.2.1"), SFO_ERR_NOT_FOUND);
  CHECK_EQ(sfo_engine_heard_from(rig_input(&rig), rig.now, 0, "[2001:db8::1]:5060"), SFO_OK);
  CHECK_EQ(id, 5);
  CHECK_EQ(rig.totals[SEND], 0);
  rig_close(&rig);
}

/* A program that does not know the member yet: what stands behind its struct may hold anything. */
static void shorter_request(void)
{
  sfo_request request = SFO_REQUEST_INIT;
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  request.struct_size = offsetof(sfo_request, dialog);
  request.account = 1;
  request.method = SFO_METHOD_INVITE;
  request.dialog = UINT64_MAX;
  CHECK_EQ(sfo_request_start(rig_input(&rig), rig.now, &request, &id), SFO_OK);
  rig_close(&rig);
}

/* ---- an emergency call -------------------------------------------------------------------------- */

static void cancels_the_rest(struct rig *r, const struct call *call)
{
  if (call->kind == CANCEL) {
    /* Of the very request whose attempts are being ended. */
    CHECK_EQ(sfo_request_cancel(r->engine, r->now, first), SFO_OK);
    r->hook = NULL;
  }
}

static void several_attempts(int withdraw)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  CHECK_EQ(start(SFO_REQUEST_URGENT, 0, &first), SFO_OK);
  uint64_t one = rig_find(&rig, SEND, 0)->attempt;
  rig_run(&rig, 2000);
  CHECK_EQ(rig.totals[SEND], 2);
  uint64_t two = rig_find(&rig, SEND, 1)->attempt;
  CHECK(one != two && rig_find(&rig, SEND, 1)->request == first);
  CHECK_EQ(sfo_attempt_provisional(rig_input(&rig), rig.now, two, 100), SFO_OK);
  CHECK_EQ(rig.totals[CANCEL], 0);
  rig.hook = withdraw ? cancels_the_rest : NULL;
  CHECK_EQ(sfo_attempt_provisional(rig_input(&rig), rig.now, one, 180), SFO_OK);
  CHECK_EQ(rig_find(&rig, CANCEL, 0)->attempt, two);
  CHECK_EQ(rig_answer(&rig, two, 200), SFO_LATE);
  CHECK_EQ(rig_answer(&rig, one, 200), withdraw ? SFO_LATE : SFO_OK);
  CHECK_EQ(rig.totals[DONE], withdraw ? 0 : 1);
  rig_close(&rig);
}

static void frees(struct rig *r, const struct call *call)
{
  if (call->kind == SEND) {
    sfo_engine_free(r->engine);
    r->engine = NULL;
    r->hook = NULL;
  }
}

static void released_at_the_second_attempt(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  CHECK_EQ(start(SFO_REQUEST_URGENT, 0, &first), SFO_OK);
  rig_forget(&rig);
  rig.hook = frees;
  rig_run(&rig, 2000);
  CHECK_EQ(rig.totals[DONE], 1);
  CHECK_EQ(rig_find(&rig, DONE, 0)->result, SFO_DONE_RELEASED);
}

/* ---- dialogs ------------------------------------------------------------------------------------ */

static void opens_a_dialog(struct rig *r, const struct call *call)
{
  if (call->kind == DONE && call->request == first) {
    uint64_t id = 0;
    CHECK_EQ(open_dialog(call->attempt, NULL, 0, &dialog_id), SFO_OK);
    CHECK_EQ(start(SFO_REQUEST_IN_DIALOG, dialog_id, &id), SFO_OK);
    CHECK_EQ(sfo_dialog_close(r->engine, r->now, dialog_id), SFO_OK);
    CHECK_EQ(sfo_dialog_close(r->engine, r->now, dialog_id), SFO_ERR_NOT_FOUND);
    CHECK_EQ(start(SFO_REQUEST_IN_DIALOG, dialog_id, &id), SFO_ERR_NOT_FOUND);
  }
}

static void dialog_from_callbacks(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  CHECK_EQ(start(0, 0, &first), SFO_OK);
  uint64_t attempt = rig_find(&rig, SEND, 0)->attempt;
  CHECK_EQ(open_dialog(attempt, NULL, 0, &dialog_id), SFO_ERR_STATE);
  rig_forget(&rig);
  rig.hook = opens_a_dialog;
  CHECK_EQ(rig_answer(&rig, attempt, 200), SFO_OK);
  CHECK_EQ(rig.totals[SEND], 1);
  rig_close(&rig);
}

/* ---- the network -------------------------------------------------------------------------------- */

static void link_down(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  CHECK_EQ(start(0, 0, &first), SFO_OK);
  rig_forget(&rig);
  CHECK_EQ(sfo_engine_set_link(rig_input(&rig), rig.now, SFO_LINK_DOWN), SFO_OK);
  CHECK_EQ(sfo_engine_set_link(rig_input(&rig), rig.now, SFO_LINK_DOWN), SFO_OK);
  CHECK_EQ(rig.totals[CANCEL], 1);
  rig_run(&rig, 31999);
  CHECK_EQ(rig.totals[SEND] + rig.totals[DONE], 0);
  rig_run(&rig, 1);
  CHECK_EQ(rig.totals[DONE], 1);
  CHECK_EQ(rig_find(&rig, DONE, 0)->cause, SFO_CAUSE_LOCAL);
  CHECK_EQ(sfo_engine_set_link(rig_input(&rig), rig.now, SFO_LINK_UP), SFO_OK);
  CHECK(rig.totals[SEND] > 0);
  rig_close(&rig);
}

int main(void)
{
  bad_arguments();
  shorter_request();
  several_attempts(0);
  several_attempts(1);
  released_at_the_second_attempt();
  dialog_from_callbacks();
  link_down();
  return check_result();
}
