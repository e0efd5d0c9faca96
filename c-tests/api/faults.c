/* A mistake in the library: at every entry, and in the middle of its work. The process lives, the engine answers
 * SFO_ERR_FAULT from then on, other engines go on, nothing is printed, and sfo_engine_free() works.
 *
 * Linked with a library that panics where it is asked to; the one that ships cannot.
 */

#include "check.h"
#include "every_call.h"
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

static struct arguments arguments;

static int is_of_engine(const struct row *row)
{
  return row->kind == KIND_INPUT || row->kind == KIND_QUERY || row->kind == KIND_POST;
}

/* Every function says so, whatever it returns. */
static void check_fault(enum which which)
{
  const struct row *row = &every_call[which];
  if (!CHECK(row->statuses != 0 ? arguments.status == SFO_ERR_FAULT : arguments.value == 0)) {
    fprintf(stderr, "  %s: %d\n", row->name, (int)arguments.status);
  }
}

static void everything_is_refused(sfo_engine *engine)
{
  size_t before = rig.count;
  arguments.engine = engine;
  for (unsigned i = 0; i < CALL_COUNT; i++) {
    if (is_of_engine(&every_call[i])) {
      perform(&arguments, (enum which)i);
      check_fault((enum which)i);
    }
  }
  CHECK_EQ(rig.count, before);
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

/* ---- at the entry of every function ------------------------------------------------------------------ */

static enum which which;
static unsigned entered;

static void breaks(sfo_engine *engine)
{
  arguments.engine = engine;
  arguments.now = rig.now;
  sfo_inject_fault(1);
  perform(&arguments, which);
  /* Each function has passed a point, so each one is guarded. */
  CHECK_EQ(sfo_inject_fault(0), 0);
  check_fault(which);
  entered++;
}

static void breaks_in_callback(struct rig *r, const struct call *call)
{
  counts_fault_lines(r, call);
  if (call->kind == SEND && entered == 0) {
    breaks(r->engine);
  }
}

/* The engine is faulty, says so once, can be freed, and says that. */
static void check_end(void)
{
  everything_is_refused(rig.engine);
  CHECK_EQ(fault_lines, 1);
  sfo_engine_free(rig_input(&rig));
  CHECK_EQ(rig.totals[DESTROYED], 1);
  CHECK_EQ(rig.calls[rig.count - 1].kind, DESTROYED);
}

static void from_outside(void)
{
  rig_open(&rig, TEXT, 0);
  rig.hook = counts_fault_lines;
  fault_lines = 0;
  rig_input(&rig);
  breaks(rig.engine);
  if (every_call[which].kind == KIND_POST) {
    /* A post has no voice of its own: the next call tells. */
    CHECK_EQ(fault_lines, 0);
    CHECK_EQ(sfo_engine_handle_timer(rig_input(&rig), rig.now), SFO_ERR_FAULT);
  }
  check_end();
}

static void from_a_callback(void)
{
  rig_open(&rig, TEXT, 0);
  rig.hook = breaks_in_callback;
  fault_lines = entered = 0;
  /* The call that the callback belongs to says it, too. */
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_ERR_FAULT);
  CHECK_EQ(entered, 1);
  CHECK_EQ(rig.totals[SEND], 1);
  check_end();
}

/* A configuration has no state that could be broken: it goes on. So does the process after a fault in a function that works on
 * nothing. */
static void without_engine(void)
{
  sfo_inject_fault(1);
  perform(&arguments, which);
  CHECK_EQ(sfo_inject_fault(0), 0);
  check_fault(which);
  perform(&arguments, which);
  CHECK(arguments.status != SFO_ERR_FAULT);
}

/* Those that release something and have nothing to say (a fault in them is looked at on its own), and those that only hand out
 * what is there: sfo_config_free(), sfo_engine_free(), sfo_config_diagnostic_count(), sfo_config_last_error(), sfo_config_key_count(), sfo_status_text(), sfo_cause_text(),
 * sfo_tick_extend(), sfo_version(), sfo_abi_version(). */
enum { UNGUARDED = 10 };

static void at_every_entry(void)
{
  unsigned guarded = 0;
  for (unsigned i = 0; i < CALL_COUNT; i++) {
    which = (enum which)i;
    if (is_of_engine(&every_call[i])) {
      from_outside();
      from_a_callback();
      guarded++;
    } else if (every_call[i].statuses & S(SFO_ERR_FAULT)) {
      without_engine();
      guarded++;
    }
  }
  CHECK_EQ(guarded, CALL_COUNT - UNGUARDED);
}

/* ---- while something is released -------------------------------------------------------------------- */

static void within_release(void)
{
  sfo_config *config = rig_config("");
  sfo_inject_fault(1);
  sfo_config_free(config);
  CHECK_EQ(sfo_inject_fault(0), 0);
  uint32_t point = 0;
  /* Whatever the point: the last callback comes. */
  do {
    rig_open(&rig, RIG_TWO_SERVERS, 0);
    rig_register(&rig);
    sfo_inject_fault(++point);
    sfo_engine_free(rig_input(&rig));
    CHECK_EQ(rig.totals[DESTROYED], 1);
  } while (sfo_inject_fault(0) == 0);
  CHECK(point > 3);
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
  arguments_open(&arguments, TEXT);
  at_every_point();
  at_every_entry();
  within_release();
  other_engines_go_on();
  arguments_close(&arguments);
  check_that_nothing_was_printed();
  return check_result();
}
