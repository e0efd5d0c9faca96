#include "rig.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char RIG_TWO_SERVERS[] =
  "account.1.enable = 1\n"
  "account.1.user_name = 1001\n"
  "account.1.fallback.redundancy_type = 1\n"
  "account.1.sip_server.1.address = 192.0.2.1\n"
  "account.1.sip_server.2.address = 192.0.2.2\n";

const char RIG_NAMED_SERVER[] =
  "account.1.enable = 1\n"
  "account.1.user_name = 1001\n"
  "account.1.sip_server.1.address = sip.example\n"
  "account.1.sip_server.1.port = 5060\n";

/* ---- recording ------------------------------------------------------------------------------------ */

static void fault(struct rig *rig, const char *what)
{
  rig->fault = 1;
  CHECK_EQ(rig->fault, 0);
  fprintf(stderr, "  callback rule broken: %s\n", what);
}

static struct call *record(struct rig *rig, enum kind kind, struct call *spare)
{
  struct call *call = rig->count < CALLS ? &rig->calls[rig->count] : spare;
  memset(call, 0, sizeof *call);
  call->kind = kind;
  rig->count++;
  rig->totals[kind]++;
  if (rig->depth > 0) {
    fault(rig, "a callback within a callback");
  }
  if (rig->totals[DESTROYED] > (kind == DESTROYED ? 1u : 0u)) {
    fault(rig, "a callback after `destroyed`");
  }
  if (rig->timer_was_set && kind != DESTROYED && kind != DONE && kind != WATCH && kind != POSTED) {
    fault(rig, "a callback after set_timer");
  }
  return call;
}

static void run_hook(struct rig *rig, const struct call *call)
{
  struct call copy = *call;
  if (rig->hook != NULL) {
    rig->depth++;
    rig->hook(rig, &copy);
    rig->depth--;
  }
}

static void copy_text(struct call *call, const char *text)
{
  strncat(call->text, text, sizeof call->text - 1);
}

static int32_t on_send(void *user, const sfo_send *send)
{
  struct rig *rig = user;
  struct call spare;
  struct call *call = record(rig, SEND, &spare);
  CHECK_EQ(send->struct_size, sizeof *send);
  CHECK(send->method_name && send->address_text && send->target_text && send->route);
  CHECK(send->tls_name && send->srv_target && send->registrar);
  CHECK(send->request != 0 && send->attempt != 0);
  call->request = send->request;
  call->attempt = send->attempt;
  call->token = send->user_token;
  call->account = send->account;
  call->server = send->server;
  call->method = send->method;
  copy_text(call, send->target_text);
  run_hook(rig, call);
  return rig->send_result;
}

static void on_timer(void *user, uint64_t deadline_ms)
{
  struct rig *rig = user;
  struct call spare;
  struct call *call = record(rig, TIMER, &spare);
  if (deadline_ms == rig->deadline) {
    fault(rig, "set_timer without news");
  }
  rig->timer_was_set = 1;
  rig->deadline = deadline_ms;
  call->number = deadline_ms;
  run_hook(rig, call);
}

static int32_t on_dns(void *user, const sfo_dns_query *query)
{
  struct rig *rig = user;
  struct call spare;
  struct call *call = record(rig, DNS, &spare);
  CHECK_EQ(query->struct_size, sizeof *query);
  call->number = query->query;
  call->server = query->server_index;
  call->result = query->transport;
  call->length = query->length;
  if (CHECK(query->length >= 12 && query->length <= sizeof call->data)) {
    memcpy(call->data, query->data, query->length);
  }
  run_hook(rig, call);
  return rig->dns_result;
}

static void on_watch(void *user, int32_t fd, uint32_t events)
{
  struct rig *rig = user;
  struct call spare;
  struct call *call = record(rig, WATCH, &spare);
  call->fd = fd;
  call->result = events;
  run_hook(rig, call);
}

static void on_cancel(void *user, const sfo_cancel *cancel)
{
  struct rig *rig = user;
  struct call spare;
  struct call *call = record(rig, CANCEL, &spare);
  CHECK_EQ(cancel->struct_size, sizeof *cancel);
  CHECK(cancel->target_text != NULL && cancel->target_text[0] != '\0');
  call->request = cancel->request;
  call->attempt = cancel->attempt;
  call->token = cancel->user_token;
  call->account = cancel->account;
  call->server = cancel->server;
  call->method = cancel->method;
  call->result = cancel->mode;
  call->cause = cancel->cause;
  run_hook(rig, call);
}

static void on_done(void *user, const sfo_done *done)
{
  struct rig *rig = user;
  struct call spare;
  struct call *call = record(rig, DONE, &spare);
  CHECK_EQ(done->struct_size, sizeof *done);
  CHECK(done->outcomes != NULL);
  for (uint32_t i = 0; i < done->outcome_count; i++) {
    CHECK(done->outcomes[i].target_text != NULL && done->outcomes[i].target_text[0] != '\0');
  }
  call->request = done->request;
  call->attempt = done->attempt;
  call->token = done->user_token;
  call->account = done->account;
  call->method = done->method;
  call->result = done->result;
  call->cause = done->cause;
  call->outcomes = done->outcome_count;
  run_hook(rig, call);
}

static void on_event(void *user, const sfo_event *event)
{
  struct rig *rig = user;
  struct call spare;
  struct call *call = record(rig, EVENT, &spare);
  CHECK_EQ(event->struct_size, sizeof *event);
  CHECK(event->from != NULL && event->to != NULL && event->text != NULL && event->text[0] != '\0');
  call->account = event->account;
  call->server = event->server;
  call->result = event->kind;
  call->cause = event->cause;
  copy_text(call, event->text);
  run_hook(rig, call);
}

static void on_log(void *user, uint32_t level, const char *text)
{
  struct rig *rig = user;
  struct call spare;
  if (strncmp(text, "internal fault", 14) == 0) {
    /* It can come at any moment. */
    rig->timer_was_set = 0;
  }
  struct call *call = record(rig, LOG, &spare);
  CHECK(level >= SFO_LOG_ERROR && level <= SFO_LOG_DEBUG);
  CHECK(strchr(text, '\n') == NULL);
  call->result = level;
  copy_text(call, text);
  run_hook(rig, call);
}

static void on_destroyed(void *user)
{
  struct rig *rig = user;
  struct call spare;
  run_hook(rig, record(rig, DESTROYED, &spare));
}

static void on_posted(void *user, const sfo_posted *posted)
{
  struct rig *rig = user;
  struct call spare;
  struct call *call = record(rig, POSTED, &spare);
  CHECK_EQ(posted->struct_size, sizeof *posted);
  call->request = posted->request;
  call->attempt = posted->attempt;
  call->token = posted->user_token;
  call->account = posted->account;
  call->result = posted->kind;
  call->status = posted->status;
  call->dialog = posted->dialog;
  run_hook(rig, call);
}

/* Not recorded: it runs on other threads. */
static void on_wake(void *user)
{
  struct rig *rig = user;
  if (rig->waker != NULL) {
    rig->waker(rig);
  }
}

/* ---- life ----------------------------------------------------------------------------------------- */

sfo_callbacks rig_callbacks(unsigned flags)
{
  sfo_callbacks callbacks = SFO_CALLBACKS_INIT;
  callbacks.send_sip = on_send;
  callbacks.set_timer = on_timer;
  callbacks.dns_send = (flags & RIG_DRIVER) ? NULL : on_dns;
  callbacks.dns_watch = on_watch;
  callbacks.cancel_sip = on_cancel;
  callbacks.request_done = on_done;
  callbacks.event = on_event;
  callbacks.log = (flags & RIG_SILENT) ? NULL : on_log;
  callbacks.destroyed = on_destroyed;
  callbacks.wake = on_wake;
  callbacks.posted = on_posted;
  return callbacks;
}

sfo_options rig_options(void)
{
  sfo_options options = SFO_OPTIONS_INIT;
  options.log_level = SFO_LOG_DEBUG;
  options.jitter = 0;
  options.seed[0] = 1;
  return options;
}

sfo_config *rig_config(const char *text)
{
  sfo_config *config = NULL;
  CHECK_EQ(sfo_config_new(0, &config), SFO_OK);
  CHECK_EQ(sfo_config_load_text(config, text, strlen(text)), SFO_OK);
  return config;
}

void rig_open(struct rig *rig, const char *text, unsigned flags)
{
  sfo_config *config = rig_config(text);
  sfo_callbacks callbacks = rig_callbacks(flags);
  sfo_options options = rig_options();
  memset(rig, 0, sizeof *rig);
  rig->now = 1000000;
  rig->deadline = SFO_TIME_NEVER;
  CHECK_EQ(sfo_engine_new(config, &options, &callbacks, rig, rig->now, &rig->engine), SFO_OK);
  CHECK_EQ(rig->count, 0);
  sfo_config_free(config);
  if (rig->engine == NULL) {
    exit(1);
  }
}

void rig_close(struct rig *rig)
{
  rig->hook = NULL;
  sfo_engine_free(rig_input(rig));
  rig->engine = NULL;
  CHECK_EQ(rig->totals[DESTROYED], 1);
}

sfo_engine *rig_input(struct rig *rig)
{
  rig->timer_was_set = 0;
  return rig->engine;
}

const struct call *rig_find(const struct rig *rig, enum kind kind, int n)
{
  size_t count = rig->count < CALLS ? rig->count : CALLS;
  for (size_t i = 0; i < count; i++) {
    const struct call *call = &rig->calls[n < 0 ? count - 1 - i : i];
    if (call->kind == kind) {
      if (n == 0 || n == -1) {
        return call;
      }
      n += n < 0 ? 1 : -1;
    }
  }
  return NULL;
}

void rig_forget(struct rig *rig)
{
  rig->count = 0;
  memset(rig->totals, 0, sizeof rig->totals);
}

/* ---- inputs --------------------------------------------------------------------------------------- */

sfo_status rig_request(struct rig *rig, uint32_t method, uint64_t token, uint64_t *id)
{
  sfo_request request = SFO_REQUEST_INIT;
  request.account = 1;
  request.method = method;
  request.user_token = token;
  return sfo_request_start(rig->depth > 0 ? rig->engine : rig_input(rig), rig->now, &request, id);
}

sfo_status rig_answer(struct rig *rig, uint64_t attempt, uint32_t status)
{
  sfo_response response = SFO_RESPONSE_INIT;
  response.status = status;
  response.granted_expires_s = 3600;
  return sfo_attempt_response(rig->depth > 0 ? rig->engine : rig_input(rig), rig->now, attempt, &response);
}

void rig_register(struct rig *rig)
{
  CHECK_EQ(sfo_account_start(rig_input(rig), rig->now, 1), SFO_OK);
  const struct call *send = rig_find(rig, SEND, -1);
  if (CHECK(send != NULL)) {
    CHECK_EQ(send->method, SFO_METHOD_REGISTER);
    CHECK_EQ(rig_answer(rig, send->attempt, 200), SFO_OK);
  }
  rig_forget(rig);
}

void rig_run(struct rig *rig, uint64_t milliseconds)
{
  uint64_t end = rig->now + milliseconds;
  while (rig->engine != NULL && rig->deadline <= end) {
    rig->now = rig->deadline > rig->now ? rig->deadline : rig->now;
    rig->deadline = RIG_FIRED;
    CHECK_EQ(sfo_engine_handle_timer(rig_input(rig), rig->now), SFO_OK);
    /* Whoever has a timer that fires once must be able to rely on this. */
    if (rig->totals[DESTROYED] == 0 && !CHECK(rig->deadline != RIG_FIRED)) {
      return;
    }
    if (rig->deadline <= rig->now && rig->totals[SEND] > CALLS) {
      break;
    }
  }
  rig->now = end;
}

sfo_counters rig_counters(const struct rig *rig)
{
  sfo_counters counters;
  memset(&counters, 0, sizeof counters);
  counters.struct_size = sizeof counters;
  CHECK_EQ(sfo_engine_counters(rig->engine, &counters), SFO_OK);
  return counters;
}
