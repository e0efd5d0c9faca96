/* A mistake in the library: at every entry, and in the middle of its work. The process lives, the engine answers
 * SFO_ERR_FAULT from then on, other engines go on, nothing is printed, and sfo_engine_free() works.
 *
 * Linked with a library that panics where it is asked to; the one that ships cannot.
 */

#include "check.h"
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A panic at this point of the way through the library, counted from now; 0: none. Returns how many points were left. */
extern uint32_t sfo_inject_fault(uint32_t points);

static struct rig rig, other;
static unsigned fault_lines, engine_faults;

/* ---- what is printed ------------------------------------------------------------------------------- */

static int real_stderr;
static FILE *printed;

static void listen_to_stderr(void)
{
  fflush(stderr);
  printed = tmpfile();
  real_stderr = dup(2);
  CHECK(printed != NULL && real_stderr >= 0 && dup2(fileno(printed), 2) == 2);
}

/* The rest of the test may complain again. What the checks have said meanwhile is shown. */
static void check_that_nothing_was_printed(void)
{
  char line[512];
  unsigned lines = 0;
  fflush(stderr);
  CHECK(dup2(real_stderr, 2) == 2);
  rewind(printed);
  while (fgets(line, sizeof line, printed) != NULL) {
    lines++;
    fputs(line, stderr);
  }
  CHECK_EQ(lines, 0);
  fclose(printed);
  close(real_stderr);
}

/* ---- a faulty engine ------------------------------------------------------------------------------- */

static void everything_is_refused(sfo_engine *engine)
{
  sfo_request request = SFO_REQUEST_INIT;
  sfo_response response = SFO_RESPONSE_INIT;
  sfo_counters counters;
  sfo_account_info info;
  sfo_target target;
  const char *servers[1] = { "192.0.2.53" };
  uint8_t bytes[64] = { 0 };
  size_t length = 0, before = rig.count;
  uint32_t word = 0;
  uint64_t id = 0;
  char text[8];
  sfo_config *config = rig_config("");
  request.account = 1;
  request.method = SFO_METHOD_INVITE;
  response.status = 200;
  counters.struct_size = sizeof counters;
  info.struct_size = sizeof info;
  target.struct_size = sizeof target;
  CHECK_EQ(sfo_engine_reconfigure(engine, 0, config), SFO_ERR_FAULT);
  CHECK_EQ(sfo_engine_handle_timer(engine, 0), SFO_ERR_FAULT);
  CHECK_EQ(sfo_engine_process(engine, 0), SFO_ERR_FAULT);
  CHECK_EQ(sfo_engine_handle_dns(engine, 0, 0, bytes, 12), SFO_ERR_FAULT);
  CHECK_EQ(sfo_engine_dns_failed(engine, 0, 1, 0, SFO_TRANSPORT_UDP), SFO_ERR_FAULT);
  CHECK_EQ(sfo_engine_set_dns_servers(engine, 0, servers, 1), SFO_ERR_FAULT);
  CHECK_EQ(sfo_engine_set_link(engine, 0, SFO_LINK_UP), SFO_ERR_FAULT);
  CHECK_EQ(sfo_engine_set_families(engine, 0, SFO_FAMILY_IPV4), SFO_ERR_FAULT);
  CHECK_EQ(sfo_engine_accepts_source(engine, 1, "192.0.2.1", &word), SFO_ERR_FAULT);
  CHECK_EQ(sfo_engine_counters(engine, &counters), SFO_ERR_FAULT);
  CHECK_EQ(sfo_engine_last_error(engine, text, sizeof text), 0);
  CHECK_EQ(sfo_engine_snapshot_export(engine, 0, 0, bytes, sizeof bytes, &length), SFO_ERR_FAULT);
  CHECK_EQ(sfo_engine_snapshot_import(engine, 0, 0, bytes, sizeof bytes), SFO_ERR_FAULT);
  CHECK_EQ(sfo_account_start(engine, 0, 1), SFO_ERR_FAULT);
  CHECK_EQ(sfo_account_stop(engine, 0, 1), SFO_ERR_FAULT);
  CHECK_EQ(sfo_account_set_busy(engine, 0, 1, 1), SFO_ERR_FAULT);
  CHECK_EQ(sfo_account_state(engine, 1, &info), SFO_ERR_FAULT);
  CHECK_EQ(sfo_account_current_target(engine, 1, &target), SFO_ERR_FAULT);
  CHECK_EQ(sfo_request_start(engine, 0, &request, &id), SFO_ERR_FAULT);
  CHECK_EQ(sfo_request_cancel(engine, 0, 1), SFO_ERR_FAULT);
  CHECK_EQ(sfo_attempt_provisional(engine, 0, 1, 180), SFO_ERR_FAULT);
  CHECK_EQ(sfo_attempt_response(engine, 0, 1, &response), SFO_ERR_FAULT);
  CHECK_EQ(sfo_attempt_failed(engine, 0, 1, SFO_CAUSE_SEND), SFO_ERR_FAULT);
  CHECK_EQ(sfo_dns_io_fds(engine, NULL, 0), 0);
  CHECK_EQ(sfo_dns_io_handle(engine, 0, 0), SFO_ERR_FAULT);
  CHECK_EQ(sfo_dns_io_use_resolv_conf(engine, 0, NULL), SFO_ERR_FAULT);
  CHECK_EQ(sfo_post_request_start(engine, &request), SFO_ERR_FAULT);
  CHECK_EQ(sfo_post_handle_dns(engine, 0, bytes, 12), SFO_ERR_FAULT);
  CHECK_EQ(rig.count, before);
  sfo_config_free(config);
}

static void counts_fault_lines(struct rig *r, const struct call *call)
{
  (void)r;
  if (call->kind == LOG && call->result == SFO_LOG_ERROR && strstr(call->text, "internal fault at ") != NULL) {
    fault_lines++;
  }
}

/* ---- a life in which the fault can be anywhere ------------------------------------------------------ */

static sfo_status seen;

/* True while there is no fault. */
static int goes_on(sfo_status status)
{
  seen = status;
  return status != SFO_ERR_FAULT;
}

static int answer_last(void)
{
  const struct call *send = rig_find(&rig, SEND, -1);
  return send == NULL || goes_on(rig_answer(&rig, send->attempt, 200));
}

static int live(sfo_engine *engine)
{
  const char *servers[1] = { "192.0.2.53" };
  sfo_request request = SFO_REQUEST_INIT;
  uint8_t bytes[4096];
  size_t length = 0;
  uint64_t id = 0;
  request.account = 1;
  request.method = SFO_METHOD_MESSAGE;
  if (!goes_on(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 1)) ||
      !goes_on(sfo_account_start(rig_input(&rig), rig.now, 1)) || !answer_last() ||
      !goes_on(sfo_account_start(rig_input(&rig), rig.now, 2)) ||
      !goes_on(rig_request(&rig, SFO_METHOD_INVITE, 1, &id)) ||
      !goes_on(sfo_post_request_start(engine, &request)) || !goes_on(sfo_engine_process(rig_input(&rig), rig.now)) ||
      !answer_last() || !goes_on(sfo_engine_snapshot_export(engine, rig.now, 0, bytes, sizeof bytes, &length))) {
    return 0;
  }
  for (int i = 0; i < 40 && rig.deadline != SFO_TIME_NEVER; i++) {
    rig.now = rig.deadline > rig.now ? rig.deadline : rig.now;
    rig.deadline = RIG_FIRED;
    if (!goes_on(sfo_engine_handle_timer(rig_input(&rig), rig.now))) {
      return 0;
    }
  }
  return goes_on(sfo_account_stop(rig_input(&rig), rig.now, 1));
}

static const char TEXT[] =
  "account.1.enable = 1\n"
  "account.1.user_name = 1001\n"
  "account.1.sip_server.1.address = 192.0.2.1\n"
  "account.1.sip_server.2.address = 192.0.2.2\n"
  "account.2.enable = 1\n"
  "account.2.user_name = 1002\n"
  "account.2.sip_server.1.address = sip.example\n";

/* True if the fault came. */
static int fault_at(uint32_t point)
{
  rig_open(&rig, TEXT, 0);
  rig.hook = counts_fault_lines;
  fault_lines = 0;
  sfo_inject_fault(point);
  int is_well = live(rig.engine);
  if (!is_well) {
    CHECK_EQ(sfo_inject_fault(0), 0);
    if (fault_lines == 0) {
      /* It was in a post, which has no voice of its own: the next call tells. */
      CHECK_EQ(sfo_engine_handle_timer(rig_input(&rig), rig.now), SFO_ERR_FAULT);
    }
    CHECK_EQ(fault_lines, 1);
    everything_is_refused(rig.engine);
    engine_faults++;
  }
  /* Otherwise perhaps within the release. */
  sfo_engine_free(rig_input(&rig));
  CHECK_EQ(rig.totals[DESTROYED], 1);
  CHECK(rig.count > CALLS || rig.calls[rig.count - 1].kind == DESTROYED);
  return sfo_inject_fault(0) == 0;
}

static void at_every_point(void)
{
  uint32_t point = 1;
  while (point < 100000 && fault_at(point)) {
    point++;
  }
  CHECK(point > 200 && point < 100000);
  CHECK(engine_faults > 200);
}

/* ---- what is no engine ------------------------------------------------------------------------------ */

static void configurations(void)
{
  sfo_config *config = NULL;
  sfo_key_info info;
  size_t length = 0;
  int64_t number = 0;
  info.struct_size = sizeof info;
  sfo_inject_fault(1);
  CHECK_EQ(sfo_config_new(0, &config), SFO_ERR_FAULT);
  CHECK(config == NULL);
  config = rig_config("");
  sfo_inject_fault(1);
  CHECK_EQ(sfo_config_load_text(config, "", 0), SFO_ERR_FAULT);
  sfo_inject_fault(1);
  CHECK_EQ(sfo_config_set(config, "account.1.label", "x"), SFO_ERR_FAULT);
  sfo_inject_fault(1);
  CHECK_EQ(sfo_config_get(config, "account.1.label", NULL, 0, &length), SFO_ERR_FAULT);
  sfo_inject_fault(1);
  CHECK_EQ(sfo_config_get_int(config, "account.1.enable", &number), SFO_ERR_FAULT);
  sfo_inject_fault(1);
  CHECK_EQ(sfo_config_reset(config, "account.1.label"), SFO_ERR_FAULT);
  sfo_inject_fault(1);
  CHECK_EQ(sfo_config_check(config), SFO_ERR_FAULT);
  sfo_inject_fault(1);
  CHECK_EQ(sfo_config_key_info(0, &info), SFO_ERR_FAULT);
  /* A configuration has no state that could be broken: it goes on. */
  CHECK_EQ(sfo_config_set(config, "account.1.label", "x"), SFO_OK);
  sfo_callbacks callbacks = rig_callbacks(0);
  sfo_engine *engine = NULL;
  sfo_inject_fault(1);
  CHECK_EQ(sfo_engine_new(config, NULL, &callbacks, &rig, 0, &engine), SFO_ERR_FAULT);
  CHECK(engine == NULL);
  sfo_config_free(config);
}

/* ---- other engines ---------------------------------------------------------------------------------- */

static void other_engines_go_on(void)
{
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_open(&other, RIG_TWO_SERVERS, 0);
  sfo_inject_fault(1);
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_ERR_FAULT);
  rig_register(&other);
  CHECK_EQ(rig_request(&other, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  rig_close(&rig);
  CHECK_EQ(rig_answer(&other, rig_find(&other, SEND, 0)->attempt, 200), SFO_OK);
  CHECK_EQ(other.totals[DONE], 1);
  rig_close(&other);
}

int main(void)
{
  listen_to_stderr();
  at_every_point();
  configurations();
  other_engines_go_on();
  check_that_nothing_was_printed();
  return check_result();
}
