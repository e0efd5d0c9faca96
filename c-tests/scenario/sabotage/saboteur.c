/* Stands between the runner and the library and breaks one rule, named by SIPFAILOVER_SABOTAGE: each standing rule must
   notice. The build renames the runner's calls to the functions below. */
#undef sfo_engine_new
#undef sfo_engine_free
#undef sfo_engine_handle_timer
#undef sfo_request_cancel
#undef sfo_attempt_response
#undef sfo_attempt_failed
#undef sfo_account_set_busy
#undef sfo_engine_counters
#include "saboteur.h"

#include <stdlib.h>
#include <string.h>

/* A registration at the wrong server is sought now and then, not at every REGISTER: most are asked for nothing else. */
#define BINDINGS 50u
/* Ids that the library itself never gives. */
#define FOREIGN 1000000000u

static sfo_callbacks runner;
static void *runner_user;
static sfo_send last_request, last_register;
static unsigned requests, registers;
static int walk_again;
static uint64_t seen_ms;   /* the runner's clock */

static int mode(const char *name) {
  const char *chosen = getenv("SIPFAILOVER_SABOTAGE");
  return chosen && strcmp(chosen, name) == 0;
}

/* The texts of a kept send are gone: they are replaced. */
static void keep(sfo_send *to, const sfo_send *from, char *target) {
  *to = *from;
  strncpy(target, from->target_text, 79);
  to->method_name = to->address_text = to->route = to->tls_name = to->srv_target = to->registrar = "";
  to->target_text = target;
}

static void send_again(const sfo_send *former, int same_request) {
  sfo_send copy = *former;
  copy.attempt += FOREIGN;
  copy.ordinal = 1;
  if (!same_request)
    copy.request += FOREIGN;
  runner.send_sip(runner_user, &copy);
}

static void emit(uint32_t account, uint32_t kind, uint32_t cause) {
  sfo_event event;
  memset(&event, 0, sizeof event);
  event.struct_size = sizeof event;
  event.kind = kind;
  event.account = account;
  event.server = 1;
  event.cause = cause;
  event.from = event.to = event.text = "";
  runner.event(runner_user, &event);
}

static void finish(uint64_t request, uint64_t token, uint32_t result) {
  sfo_done done;
  memset(&done, 0, sizeof done);
  done.struct_size = sizeof done;
  done.request = request;
  done.user_token = token;
  done.account = 1;
  done.method = SFO_METHOD_INVITE;
  done.result = result;
  done.cause = SFO_CAUSE_TIMEOUT;
  runner.request_done(runner_user, &done);
}

static int32_t send_register(const sfo_send *send) {
  static char target[80];
  int32_t result;
  keep(&last_register, send, target);
  registers++;
  result = runner.send_sip(runner_user, send);
  if (mode("second-walk") && registers == 1)
    send_again(&last_register, 0);
  if (mode("second-binding") && registers % BINDINGS == 2) {
    last_register.server = 3u - send->server;
    send_again(&last_register, 0);
  }
  return result;
}

/* 192.168.1.13, whatever was meant. */
static int32_t send_elsewhere(const sfo_send *send, const char *text) {
  static const uint8_t elsewhere[] = {192, 168, 1, 13};
  sfo_send copy = *send;
  memcpy(copy.address, elsewhere, sizeof elsewhere);
  copy.port = 5060;
  copy.transport = SFO_TRANSPORT_UDP;
  copy.target_text = text;
  return runner.send_sip(runner_user, &copy);
}

static int32_t on_send(void *user, const sfo_send *send) {
  static char target[80];
  sfo_send copy = *send;
  (void)user;
  if (send->method == SFO_METHOD_REGISTER)
    return send_register(send);
  keep(&last_request, send, target);
  requests++;
  if (mode("give-up") && send->ordinal == 2) {
    finish(send->request, send->user_token, SFO_DONE_FAILED);
    return 0;
  }
  if (mode("hang") && send->method == SFO_METHOD_INVITE)
    return 0;
  if (mode("unregistered-target") && send->purpose == SFO_PURPOSE_REQUEST)
    return send_elsewhere(send, "192.168.1.13:5060/udp");
  if (mode("wrong-text"))
    return send_elsewhere(send, send->target_text);
  if (mode("foreign-token"))
    copy.user_token += FOREIGN;
  if (mode("no-budget"))
    copy.budget_ms = 0;
  if (mode("endless-repetitions"))
    copy.retransmissions = 1000;
  if (mode("unknown-method"))
    copy.method = 99;
  return runner.send_sip(runner_user, &copy);
}

static void on_timer(void *user, uint64_t deadline_ms) {
  static uint64_t past_ms, next_ms;
  (void)user;
  if (mode("busy-loop"))
    deadline_ms = ++past_ms;
  if (mode("restless-timer"))
    deadline_ms = next_ms = (next_ms > seen_ms ? next_ms : seen_ms) + 1;
  runner.set_timer(runner_user, deadline_ms);
  if (mode("same-deadline"))
    runner.set_timer(runner_user, deadline_ms);
  if (mode("timer-first"))
    emit(1, SFO_EVENT_REDUCED_SERVICE, SFO_CAUSE_NONE);
}

static void on_cancel(void *user, const sfo_cancel *cancel) {
  (void)user;
  if (mode("hang") && cancel->method == SFO_METHOD_INVITE)
    return;
  runner.cancel_sip(runner_user, cancel);
  if ((mode("short-pause") || (mode("second-probe") && last_register.purpose == SFO_PURPOSE_PROBE)) &&
      cancel->method == SFO_METHOD_REGISTER)
    walk_again = 1;
}

static void on_done(void *user, const sfo_done *done) {
  (void)user;
  if (mode("done-never") || (mode("hang") && done->method == SFO_METHOD_INVITE))
    return;
  runner.request_done(runner_user, done);
  if (mode("done-twice"))
    runner.request_done(runner_user, done);
  if (mode("walk-after-answer"))
    send_again(&last_request, 1);
}

static void on_destroyed(void *user) {
  (void)user;
  if (mode("never-destroyed"))
    return;
  runner.destroyed(runner_user);
  if (mode("after-destroyed"))
    emit(1, SFO_EVENT_STOPPED, SFO_CAUSE_NONE);
}

static int32_t on_dns(void *user, const sfo_dns_query *query) {
  (void)user;
  return runner.dns_send(runner_user, query);
}

static void on_event(void *user, const sfo_event *event) {
  (void)user;
  runner.event(runner_user, event);
}

sfo_status sabotaged_new(const sfo_config *config, const sfo_options *options, const sfo_callbacks *callbacks, void *user,
                         uint64_t now_ms, sfo_engine **out) {
  sfo_callbacks ours = *callbacks;
  runner = *callbacks;
  runner_user = user;
  seen_ms = now_ms;
  ours.send_sip = on_send;
  ours.set_timer = on_timer;
  ours.dns_send = on_dns;
  ours.cancel_sip = on_cancel;
  ours.request_done = on_done;
  ours.event = on_event;
  ours.destroyed = on_destroyed;
  return sfo_engine_new(config, options, &ours, user, now_ms, out);
}

void sabotaged_free(sfo_engine *engine) {
  if (mode("send-at-the-end"))
    send_again(&last_register, 0);
  sfo_engine_free(engine);
}

sfo_status sabotaged_handle_timer(sfo_engine *engine, uint64_t now_ms) {
  seen_ms = now_ms;
  if (walk_again) {
    walk_again = 0;
    send_again(&last_register, 0);
  }
  return sfo_engine_handle_timer(engine, now_ms);
}

sfo_status sabotaged_cancel(sfo_engine *engine, uint64_t now_ms, uint64_t request) {
  sfo_status result;
  /* Before the call: set_timer, which comes last in it, would hide the fault. */
  if (mode("done-after-cancel"))
    finish(request, last_request.user_token, SFO_DONE_ANSWERED);
  if (mode("send-after-cancel"))
    send_again(&last_request, 1);
  result = sfo_request_cancel(engine, now_ms, request);
  return mode("keeps-requests") ? SFO_OK : result;
}

sfo_status sabotaged_attempt_response(sfo_engine *engine, uint64_t now_ms, uint64_t attempt, const sfo_response *response) {
  sfo_status result = sfo_attempt_response(engine, now_ms, attempt, response);
  if (mode("stirred-by-nonsense") && result == SFO_ERR_INVALID)
    emit(1, SFO_EVENT_REDUCED_SERVICE, SFO_CAUSE_NONE);
  return mode("takes-nonsense") && result == SFO_ERR_INVALID ? SFO_OK : result;
}

sfo_status sabotaged_attempt_failed(sfo_engine *engine, uint64_t now_ms, uint64_t attempt, uint32_t cause) {
  sfo_status result = sfo_attempt_failed(engine, now_ms, attempt, cause);
  return mode("keeps-attempts") && result == SFO_ERR_NOT_FOUND ? SFO_LATE : result;
}

sfo_status sabotaged_set_busy(sfo_engine *engine, uint64_t now_ms, uint32_t account, uint32_t busy) {
  /* Before the call: set_timer comes last in it. */
  if (mode("failback-in-call") && busy)
    emit(account, SFO_EVENT_CURRENT_TARGET, SFO_CAUSE_RECOVERED);
  return sfo_account_set_busy(engine, now_ms, account, busy && !mode("calls-unsaid"));
}

sfo_status sabotaged_counters(sfo_engine *engine, sfo_counters *out) {
  sfo_status result = sfo_engine_counters(engine, out);
  if (mode("counts-wrong"))
    out->requests_started++;
  return result;
}
