/* What other threads post does what the function without "post" in its name does, and what that would have returned is told. */

#include "check.h"
#include "every_call.h"
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig rig, other;
static struct arguments arguments;

static const char TEXT[] =
  "account.1.enable = 1\n"
  "account.1.user_name = 1001\n"
  "account.1.fallback.redundancy_type = 1\n"
  "account.1.sip_server.1.address = 192.0.2.1\n"
  "account.1.sip_server.2.address = 192.0.2.2\n"
  "account.2.enable = 1\n"
  "account.2.user_name = 1002\n"
  "account.2.sip_server.1.address = sip.example\n";

static sfo_status take(struct rig *r)
{
  return sfo_engine_process(rig_input(r), r->now);
}

/* ---- both ways, the same callbacks ------------------------------------------------------------------ */

struct pair {
  enum which direct, posted;
  /* Whether something is called back at once. */
  int is_seen;
};

static const struct pair pairs[] = {
  { CALL_sfo_attempt_provisional, CALL_sfo_post_attempt_provisional, 1 },
  { CALL_sfo_attempt_response, CALL_sfo_post_attempt_response, 1 },
  { CALL_sfo_attempt_failed, CALL_sfo_post_attempt_failed, 1 },
  { CALL_sfo_request_start, CALL_sfo_post_request_start, 1 },
  { CALL_sfo_request_cancel, CALL_sfo_post_request_cancel, 1 },
  { CALL_sfo_dialog_open, CALL_sfo_post_dialog_open, 0 },
  { CALL_sfo_dialog_close, CALL_sfo_post_dialog_close, 0 },
  { CALL_sfo_account_start, CALL_sfo_post_account_start, 1 },
  { CALL_sfo_account_stop, CALL_sfo_post_account_stop, 1 },
  { CALL_sfo_account_set_busy, CALL_sfo_post_set_busy, 0 },
  { CALL_sfo_engine_flow_lost, CALL_sfo_post_flow_lost, 1 },
  { CALL_sfo_engine_heard_from, CALL_sfo_post_heard_from, 1 },
  { CALL_sfo_engine_set_link, CALL_sfo_post_set_link, 1 },
  { CALL_sfo_engine_set_families, CALL_sfo_post_set_families, 1 },
  { CALL_sfo_engine_set_dns_servers, CALL_sfo_post_set_dns_servers, 0 },
  { CALL_sfo_engine_handle_dns, CALL_sfo_post_handle_dns, 0 },
  { CALL_sfo_engine_dns_failed, CALL_sfo_post_dns_failed, 1 },
};

/* Two accounts, one of them registered, with a request and a dialog; DNS is being asked for the other. */
static void prepare(struct rig *r, struct arguments *m)
{
  const char *servers[1] = { "192.0.2.53" };
  sfo_dialog dialog = SFO_DIALOG_INIT;
  rig_open(r, TEXT, 0);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(r), r->now, servers, 1), SFO_OK);
  rig_register(r);
  CHECK_EQ(sfo_account_start(rig_input(r), r->now, 2), SFO_OK);
  m->query = rig_find(r, DNS, 0)->number;
  CHECK_EQ(rig_request(r, SFO_METHOD_INVITE, 1, &m->request_id), SFO_OK);
  m->attempt_id = rig_find(r, SEND, 0)->attempt;
  dialog.account = 1;
  dialog.method = SFO_METHOD_INVITE;
  dialog.source_text = "192.0.2.1";
  CHECK_EQ(sfo_dialog_open(rig_input(r), r->now, &dialog, &m->started), SFO_OK);
  m->account = 1;
  m->now = r->now;
  m->engine = r->engine;
  rig_forget(r);
  rig_input(r);
}

static size_t without_posted(struct rig *r)
{
  size_t count = 0;
  for (size_t i = 0; i < r->count; i++) {
    if (r->calls[i].kind != POSTED) {
      r->calls[count++] = r->calls[i];
    }
  }
  return count;
}

static size_t compare(const char *name)
{
  size_t direct = without_posted(&rig), posted = without_posted(&other);
  int same = direct == posted;
  for (size_t i = 0; same && i < direct; i++) {
    same = memcmp(&rig.calls[i], &other.calls[i], sizeof rig.calls[i]) == 0;
  }
  if (!CHECK(same)) {
    fprintf(stderr, "  %s does something else\n", name);
  }
  return direct;
}

/* Cases in which the call has something to do. */
static void adapt(struct rig *r, enum which direct)
{
  if (direct == CALL_sfo_account_start) {
    CHECK_EQ(sfo_account_stop(rig_input(r), r->now, 1), SFO_OK);
    CHECK_EQ(rig_answer(r, rig_find(r, SEND, -1)->attempt, 200), SFO_OK);
  } else if (direct == CALL_sfo_engine_heard_from) {
    /* A server that failed: it is alive again. */
    CHECK_EQ(sfo_attempt_failed(rig_input(r), r->now, arguments.attempt_id, SFO_CAUSE_UNREACHABLE), SFO_OK);
  }
  rig_forget(r);
  rig_input(r);
}

static void both_ways(void)
{
  size_t posts = 0;
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    const struct pair *pair = &pairs[i];
    prepare(&rig, &arguments);
    adapt(&rig, pair->direct);
    perform(&arguments, pair->direct);
    CHECK_EQ(arguments.status, SFO_OK);
    prepare(&other, &arguments);
    adapt(&other, pair->direct);
    perform(&arguments, pair->posted);
    CHECK_EQ(arguments.status, SFO_OK);
    /* Not before it is taken. */
    CHECK_EQ(other.count, 0);
    CHECK_EQ(take(&other), SFO_OK);
    rig_run(&rig, 5000);
    rig_run(&other, 5000);
    size_t seen = compare(every_call[pair->posted].name);
    if (pair->is_seen && !CHECK(seen > 0)) {
      fprintf(stderr, "  %s: nothing to compare\n", every_call[pair->posted].name);
    }
    rig_close(&rig);
    rig_close(&other);
  }
  for (size_t i = 0; i < CALL_COUNT; i++) {
    posts += every_call[i].kind == KIND_POST;
  }
  CHECK_EQ(posts, sizeof pairs / sizeof *pairs);
}

/* ---- what the direct call would have returned is told ----------------------------------------------- */

static const struct call *result_of(sfo_status posted, uint32_t kind, sfo_status status)
{
  rig_forget(&rig);
  CHECK_EQ(posted, SFO_OK);
  CHECK_EQ(take(&rig), SFO_OK);
  const struct call *call = rig_find(&rig, POSTED, 0);
  if (status == SFO_OK) {
    CHECK(call == NULL);
  } else if (CHECK(call != NULL)) {
    CHECK_EQ(call->result, kind);
    CHECK_EQ(call->status, status);
  }
  return call;
}

static sfo_status post_answer(uint64_t attempt, uint32_t status)
{
  sfo_response response = SFO_RESPONSE_INIT;
  response.status = status;
  response.granted_expires_s = 3600;
  return sfo_post_attempt_response(rig.engine, attempt, &response);
}

static sfo_status post_request(uint32_t account, uint64_t dialog, uint64_t token)
{
  sfo_request request = SFO_REQUEST_INIT;
  request.account = account;
  request.method = SFO_METHOD_MESSAGE;
  request.flags = dialog != 0 ? SFO_REQUEST_IN_DIALOG : 0;
  request.dialog = dialog;
  request.user_token = token;
  return sfo_post_request_start(rig.engine, &request);
}

static void results_about_requests(void)
{
  prepare(&rig, &arguments);
  uint64_t id = arguments.request_id, attempt = arguments.attempt_id;
  result_of(sfo_post_attempt_provisional(rig.engine, attempt, 180), SFO_POSTED_PROVISIONAL, SFO_OK);
  result_of(sfo_post_request_cancel(rig.engine, id), SFO_POSTED_REQUEST_CANCEL, SFO_OK);
  CHECK_EQ(rig.totals[CANCEL], 1);
  const struct call *late = result_of(post_answer(attempt, 200), SFO_POSTED_RESPONSE, SFO_LATE);
  CHECK(late != NULL && late->attempt == attempt);
  result_of(sfo_post_request_cancel(rig.engine, id), SFO_POSTED_REQUEST_CANCEL, SFO_ERR_NOT_FOUND);
  result_of(sfo_post_attempt_provisional(rig.engine, 99, 180), SFO_POSTED_PROVISIONAL, SFO_ERR_NOT_FOUND);
  result_of(sfo_post_attempt_failed(rig.engine, 99, SFO_CAUSE_TLS), SFO_POSTED_FAILED, SFO_ERR_NOT_FOUND);
  rig_close(&rig);
}

static sfo_status post_dialog(const char *source, uint64_t token)
{
  sfo_dialog dialog = SFO_DIALOG_INIT;
  dialog.account = 1;
  dialog.method = SFO_METHOD_INVITE;
  dialog.source_text = source;
  return sfo_post_dialog_open(rig.engine, &dialog, token);
}

static void dialogs_get_their_id(void)
{
  prepare(&rig, &arguments);
  CHECK_EQ(post_dialog("192.0.2.2", 70), SFO_OK);
  CHECK_EQ(post_dialog("192.0.2.99", 71), SFO_OK);
  CHECK_EQ(take(&rig), SFO_OK);
  const struct call *opened = rig_find(&rig, POSTED, 0), *refused = rig_find(&rig, POSTED, 1);
  if (CHECK(opened != NULL && refused != NULL)) {
    CHECK_EQ(opened->result, SFO_POSTED_DIALOG_OPEN);
    CHECK(opened->status == SFO_OK && opened->token == 70 && opened->account == 1 && opened->dialog != 0);
    CHECK_EQ(refused->result, SFO_POSTED_DIALOG_OPEN);
    CHECK(refused->status == SFO_ERR_NOT_FOUND && refused->token == 71 && refused->dialog == 0);
    /* A request inside it goes where it came from. */
    uint64_t dialog = opened->dialog;
    CHECK_EQ(post_request(1, dialog, 72), SFO_OK);
    CHECK_EQ(take(&rig), SFO_OK);
    CHECK_EQ(strcmp(rig_find(&rig, SEND, -1)->text, "192.0.2.2:5060/udp"), 0);
    result_of(sfo_post_dialog_close(rig.engine, dialog), SFO_POSTED_DIALOG_CLOSE, SFO_OK);
    const struct call *gone = result_of(sfo_post_dialog_close(rig.engine, dialog), SFO_POSTED_DIALOG_CLOSE,
      SFO_ERR_NOT_FOUND);
    CHECK(gone != NULL && gone->dialog == dialog);
  }
  rig_close(&rig);
}

static void an_outgoing_dialog_is_told_with_its_attempt(void)
{
  sfo_dialog dialog = SFO_DIALOG_INIT;
  prepare(&rig, &arguments);
  dialog.account = 1;
  dialog.attempt = arguments.attempt_id;
  /* In the order in which they are posted: the response comes first, otherwise there is no dialog. */
  CHECK_EQ(post_answer(arguments.attempt_id, 200), SFO_OK);
  CHECK_EQ(sfo_post_dialog_open(rig.engine, &dialog, 5), SFO_OK);
  CHECK_EQ(take(&rig), SFO_OK);
  const struct call *opened = rig_find(&rig, POSTED, 0);
  CHECK(opened != NULL && opened->attempt == arguments.attempt_id && opened->dialog != 0 && opened->status == SFO_OK);
  rig_close(&rig);
}

/* ---- accounts that are not there any more ----------------------------------------------------------- */

static void check_account(sfo_status posted, uint32_t account, uint32_t kind, sfo_status status)
{
  const struct call *call = result_of(posted, kind, status);
  CHECK(call == NULL || call->account == account);
}

static void nothing_is_known_of(uint32_t account)
{
  check_account(sfo_post_account_start(rig.engine, account), account, SFO_POSTED_ACCOUNT_START, SFO_ERR_NOT_FOUND);
  check_account(sfo_post_account_stop(rig.engine, account), account, SFO_POSTED_ACCOUNT_STOP, SFO_ERR_NOT_FOUND);
  check_account(sfo_post_set_busy(rig.engine, account, 1), account, SFO_POSTED_BUSY, SFO_ERR_NOT_FOUND);
  check_account(sfo_post_flow_lost(rig.engine, account, 1), account, SFO_POSTED_FLOW_LOST, SFO_ERR_NOT_FOUND);
  check_account(sfo_post_heard_from(rig.engine, account, "192.0.2.1"), account, SFO_POSTED_HEARD_FROM,
    SFO_ERR_NOT_FOUND);
  check_account(post_request(account, 0, 5), account, SFO_POSTED_REQUEST_START, SFO_ERR_NOT_FOUND);
}

/* Posted while the account was there, taken when it is stopped, and then when it is removed. */
static void accounts_that_are_gone(void)
{
  prepare(&rig, &arguments);
  uint64_t id = arguments.request_id, attempt = arguments.attempt_id;
  CHECK_EQ(post_request(1, 0, 5), SFO_OK);
  CHECK_EQ(post_answer(attempt, 200), SFO_OK);
  CHECK_EQ(sfo_account_stop(rig_input(&rig), rig.now, 1), SFO_OK);
  CHECK_EQ(take(&rig), SFO_OK);
  CHECK_EQ(rig_find(&rig, POSTED, 0)->status, SFO_ERR_STATE);
  CHECK(rig_find(&rig, POSTED, 0)->token == 5 && rig_find(&rig, POSTED, 0)->request == 0);

  sfo_config *without = rig_config("account.2.enable = 1\naccount.2.sip_server.1.address = sip.example\n");
  CHECK_EQ(sfo_post_request_cancel(rig.engine, id), SFO_OK);
  CHECK_EQ(sfo_post_dialog_close(rig.engine, arguments.started), SFO_OK);
  CHECK_EQ(sfo_post_set_busy(rig.engine, 1, 1), SFO_OK);
  CHECK_EQ(sfo_engine_reconfigure(rig_input(&rig), rig.now, without), SFO_OK);
  /* It says goodbye first. */
  rig_run(&rig, 100000);
  rig_forget(&rig);
  CHECK_EQ(take(&rig), SFO_OK);
  CHECK_EQ(rig.totals[POSTED], 3);
  for (int i = 0; i < 3; i++) {
    CHECK_EQ(rig_find(&rig, POSTED, i)->status, SFO_ERR_NOT_FOUND);
  }
  sfo_config_free(without);
  nothing_is_known_of(1);
  nothing_is_known_of(UINT32_MAX);
  rig_close(&rig);
}

int main(void)
{
  arguments_open(&arguments, TEXT);
  both_ways();
  results_about_requests();
  dialogs_get_their_id();
  an_outgoing_dialog_is_told_with_its_attempt();
  accounts_that_are_gone();
  arguments_close(&arguments);
  return check_result();
}
