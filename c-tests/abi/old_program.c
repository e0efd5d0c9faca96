/* A phone as it was written for the first release: register, call, fail over, hang up. Compiled with the header of that
 * release, whatever structs have become since. */

#include <sipfailover.h>

#include <stdio.h>
#include <string.h>

static const char provisioning[] =
    "account.1.enable = 1\n"
    "account.1.sip_server.1.address = 192.0.2.1\n"
    "account.1.sip_server.2.address = 192.0.2.2\n";

static struct {
  uint64_t deadline, first, last, done;
  uint32_t sends, cancels, events, logs, gone;
  char target[80];
} seen;

static int32_t send_sip(void *user, const sfo_send *send)
{
  (void)user;
  if (seen.sends++ == 0)
    seen.first = send->attempt;
  if (send->purpose == SFO_PURPOSE_PROBE)
    return 0;
  seen.last = send->attempt;
  snprintf(seen.target, sizeof seen.target, "%s", send->target_text);
  return strncmp(send->route, "<sip:192.0.2.", 13) == 0 && strlen(send->registrar) == 9 ? 0 : 1;
}

static void set_timer(void *user, uint64_t deadline_ms) { (void)user; seen.deadline = deadline_ms; }
static void cancel_sip(void *user, const sfo_cancel *cancel) { (void)user; seen.cancels += cancel->mode != 0; }
static void request_done(void *user, const sfo_done *done) { (void)user; seen.done = done->user_token + done->sip_status; }
static void event(void *user, const sfo_event *e) { (void)user; seen.events += e->text[0] != '\0'; }
static void log_line(void *user, uint32_t level, const char *text) { (void)user; seen.logs += level > 0 && text[0]; }
static void destroyed(void *user) { (void)user; seen.gone++; }

static int failures;

static void expect(int holds, const char *what)
{
  if (!holds) {
    fprintf(stderr, "not any more: %s\n", what);
    failures++;
  }
}
#define EXPECT(condition) expect((condition) ? 1 : 0, #condition)

static void answer(sfo_engine *engine, uint64_t now, uint64_t attempt)
{
  sfo_response response = SFO_RESPONSE_INIT;
  response.status = 200;
  response.granted_expires_s = 3600;
  EXPECT(sfo_attempt_response(engine, now, attempt, &response) == SFO_OK);
}

static void call(sfo_engine *engine)
{
  uint64_t now = 1000, id = 0, silent;
  sfo_request request = SFO_REQUEST_INIT;
  EXPECT(sfo_account_start(engine, now, 1) == SFO_OK);
  answer(engine, now, seen.first);
  while (seen.sends < 2 && seen.deadline != SFO_TIME_NEVER)
    EXPECT(sfo_engine_handle_timer(engine, now = seen.deadline) == SFO_OK);
  if (seen.last != seen.first)
    answer(engine, now, seen.last);
  request.account = 1;
  request.method = SFO_METHOD_INVITE;
  request.user_token = 70000;
  EXPECT(sfo_request_start(engine, now, &request, &id) == SFO_OK && id != 0);
  silent = seen.last;
  while (seen.last == silent && seen.deadline != SFO_TIME_NEVER)
    EXPECT(sfo_engine_handle_timer(engine, now = seen.deadline) == SFO_OK);
  EXPECT(strcmp(seen.target, "192.0.2.2:5060/udp") == 0);
  answer(engine, now, seen.last);
  EXPECT(seen.done == 70200);
}

static void look(sfo_engine *engine)
{
  /* What is behind a struct of then belongs to somebody else. */
  struct { sfo_counters counters; sfo_account_info info; sfo_target target; unsigned char behind[256]; } out;
  size_t i;
  memset(&out, 0x55, sizeof out);
  out.counters.struct_size = sizeof out.counters;
  out.info.struct_size = sizeof out.info;
  out.target.struct_size = sizeof out.target;
  EXPECT(sfo_account_current_target(engine, 1, &out.target) == SFO_OK);
  EXPECT(sfo_account_state(engine, 1, &out.info) == SFO_OK);
  EXPECT(sfo_engine_counters(engine, &out.counters) == SFO_OK);
  EXPECT(out.counters.attempts == seen.sends && out.counters.failures_timeout > 0);
  EXPECT(out.counters.struct_size == sizeof out.counters && out.info.started == 1);
  for (i = 0; i < sizeof out.behind; i++)
    if (out.behind[i] != 0x55)
      break;
  EXPECT(i == sizeof out.behind);
}

int main(void)
{
  sfo_callbacks callbacks = SFO_CALLBACKS_INIT;
  sfo_options options = SFO_OPTIONS_INIT;
  sfo_config *config = NULL;
  sfo_engine *engine = NULL;

  callbacks.send_sip = send_sip;
  callbacks.set_timer = set_timer;
  callbacks.cancel_sip = cancel_sip;
  callbacks.request_done = request_done;
  callbacks.event = event;
  callbacks.log = log_line;
  callbacks.destroyed = destroyed;
  EXPECT(sfo_abi_version() == SFO_ABI_VERSION);
  EXPECT(sfo_config_new(1, &config) == SFO_OK);
  EXPECT(sfo_config_load_text(config, provisioning, sizeof provisioning - 1) == SFO_OK);
  EXPECT(sfo_engine_new(config, &options, &callbacks, NULL, 1000, &engine) == SFO_OK);
  sfo_config_free(config);
  call(engine);
  look(engine);
  sfo_engine_free(engine);
  EXPECT(seen.cancels > 0 && seen.events > 0 && seen.logs > 0 && seen.gone == 1);
  return failures != 0;
}
