/* What the library calls. A callback writes down and plans; last of all it does what the file wants to be done within it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "run.h"

static run *begin(void *user, const char *name) {
  run *in = user;
  check_callback(in, name);
  in->call.in_callback = 1;
  return in;
}

/* Carries out what stands in the file for this callback. Nothing may be kept across it: arrays may move. */
static void end_with(run *in, const command *inner, uint64_t request, uint64_t attempt) {
  within_do(in, inner, request, attempt);
  in->call.in_callback = 0;
}

static void end(run *in) {
  in->call.in_callback = 0;
}

static attempt *keep_sent(run *in, const sfo_send *send) {
  attempt *fresh = keep_attempt(in, send->attempt);
  fresh->request = send->request;
  fresh->account = send->account;
  fresh->server = send->server;
  fresh->method = send->method;
  fresh->purpose = send->purpose;
  fresh->transport = send->transport;
  fresh->expires_s = send->method == SFO_METHOD_REGISTER ? send->expires_s : 0;
  fresh->to.family = send->family;
  fresh->to.port = send->port;
  memcpy(fresh->to.bytes, send->address, send->family == 4 ? 4 : 16);
  fresh->target = copy_string(send->target_text ? send->target_text : "-");
  fresh->retransmissions = send->retransmissions;
  fresh->sent_ms = in->now_ms;
  fresh->in_flight = 1;
  fresh->in_call = account_set_has(&in->watches.busy, send->account);
  return fresh;
}

/* Requests of the file are known since sfo_request_start; walks of the library begin here. */
static void keep_walk(run *in, const sfo_send *send) {
  if (!find_request(in, send->request))
    keep_request(in, send->request)->method = send->method;
}

static int32_t on_send(void *user, const sfo_send *send) {
  run *in = begin(user, "send_sip");
  const command *inner = within_take(in, CALLBACK_SEND, send->account);
  attempt *fresh;
  text line = {NULL, 0, 0};
  int32_t result = 0;
  keep_walk(in, send);
  check_send(in, send);
  fresh = keep_sent(in, send);
  in->call.walked[in->call.walks++ % 8u] = send->request;
  text_add(&line, "send");
  describe(&line, fresh);
  text_addf(&line, " retx=%u budget=%u purpose=%s ordinal=%u", (unsigned)send->retransmissions,
            (unsigned)send->budget_ms, purpose_name(send->purpose), (unsigned)send->ordinal);
  describe_request(&line, in, fresh);
  transcript_add(&in->transcript, in->now_ms, &line);
  /* What is reported at once never reached a host. */
  if (!inner || inner->inner->kind != COMMAND_REPORT)
    result = world_deliver(in, fresh);
  if (result) {
    text_add(&line, "fail");
    describe(&line, fresh);
    text_addf(&line, " cause=%s", cause_name((uint32_t)result));
    describe_request(&line, in, fresh);
    transcript_add(&in->transcript, in->now_ms, &line);
    end_attempt(in, fresh, 0, SFO_ABSENT);
    fresh->forgotten = 1;
  }
  end_with(in, inner, send->request, send->attempt);
  return result;
}

static void on_timer(void *user, uint64_t deadline_ms) {
  run *in = begin(user, "set_timer");
  uint64_t origin = engine_now(in) - in->now_ms, at;
  check_timer(in, deadline_ms);
  in->call.timers++;
  in->deadline_ms = deadline_ms;
  if (deadline_ms == SFO_TIME_NEVER) {
    note(in, "timer stop");
  } else {
    at = deadline_ms > origin ? deadline_ms - origin : 0;
    note(in, "timer set at=%" PRIu64 ".%03u", at / 1000u, (unsigned)(at % 1000u));
  }
  end_with(in, within_take(in, CALLBACK_TIMER, 0), 0, 0);
}

static int32_t on_dns(void *user, const sfo_dns_query *query) {
  run *in = begin(user, "dns_send");
  dns_reply reply;
  const char *type;
  happening fresh;
  dns_packet packet;
  packet.data = query->data;
  packet.length = query->length;
  packet.server = query->server_index;
  packet.over_tcp = query->transport == SFO_TRANSPORT_TCP;
  if (dns_serve(&in->dns, &packet, &reply)) {
    broken(in, "dns_send with a packet that is no well-formed query");
    dns_reply_free(&reply);
    end(in);
    return 0;
  }
  in->dns_queries++;
  if (in->world.link_down) {
    text_free(&reply.packet);
    reply.result = "silent";
  }
  type = dns_type_to_text(reply.type);
  note(in, "dns %s name=%s result=%s server=%u transport=%s", type ? type : "OTHER", reply.name, reply.result,
       (unsigned)query->server_index, transport_name(query->transport));
  if (reply.packet.length) {
    memset(&fresh, 0, sizeof fresh);
    fresh.kind = HAPPENING_DNS;
    /* A connection costs a round trip before the query can go. */
    fresh.at_ms = in->now_ms + in->script->options.dns_rtt_ms * (packet.over_tcp ? 2u : 1u) + in->dns.delay_ms;
    fresh.server = query->server_index;
    fresh.packet = reply.packet;
    queue_add(&in->queue, &fresh);
  }
  end_with(in, within_take(in, CALLBACK_DNS, 0), 0, 0);
  return 0;
}

static void leave_attempt(run *in, attempt *of, const sfo_cancel *cancel) {
  text line = {NULL, 0, 0};
  if (cancel->cause == SFO_CAUSE_TIMEOUT && of->in_flight) {
    text_add(&line, "fail");
    describe(&line, of);
    text_addf(&line, " cause=%s", cause_name(cancel->cause));
    describe_request(&line, in, of);
    transcript_add(&in->transcript, in->now_ms, &line);
  }
  if (of->in_flight && cancel->cause == SFO_CAUSE_TIMEOUT)
    end_attempt(in, of, 0, SFO_ABSENT);
  else if (of->in_flight)
    withdraw_attempt(in, of);
  of->left = (int)cancel->mode;
  text_add(&line, "cancel");
  describe(&line, of);
  text_addf(&line, " mode=%s cause=%s", mode_name(cancel->mode), cause_name(cancel->cause));
  if (cancel->sip_status)
    text_addf(&line, " status=%u", (unsigned)cancel->sip_status);
  describe_request(&line, in, of);
  transcript_add(&in->transcript, in->now_ms, &line);
  if (cancel->mode == SFO_CANCEL_CANCEL)
    world_cancelled(in, of);
}

static void on_cancel(void *user, const sfo_cancel *cancel) {
  run *in = begin(user, "cancel_sip");
  attempt *of = find_attempt(in, cancel->attempt);
  check_cancel(in, cancel);
  if (of)
    leave_attempt(in, of, cancel);
  end_with(in, within_take(in, CALLBACK_CANCEL, cancel->account), cancel->request, 0);
}

static void on_done(void *user, const sfo_done *done) {
  run *in = begin(user, "request_done");
  request *of = find_request(in, done->request);
  text line = {NULL, 0, 0};
  check_done(in, done);
  check_reach(in, done);
  if (of) {
    of->done = 1;
    of->answered |= done->result == SFO_DONE_ANSWERED;
    of->attempt = done->attempt;
    of->begins = of->method == SFO_METHOD_INVITE && done->sip_status >= 200 && done->sip_status < 300;
    in->calls_begin |= of->begins;
    text_addf(&line, "done %s request=%s result=%s", method_name(done->method), of->name ? of->name : "-",
              result_name(done->result));
    if (done->sip_status)
      text_addf(&line, " status=%u", (unsigned)done->sip_status);
    if (done->result != SFO_DONE_ANSWERED)
      text_addf(&line, " cause=%s outcomes=%u", cause_name(done->cause), (unsigned)done->outcome_count);
    transcript_add(&in->transcript, in->now_ms, &line);
  }
  end_with(in, within_take(in, CALLBACK_DONE, done->account), done->request, 0);
}

static void add_optional(text *to, const char *key, const char *value) {
  if (value && *value)
    text_addf(to, " %s=%s", key, value);
}

static void on_event(void *user, const sfo_event *event) {
  run *in = begin(user, "event");
  text line = {NULL, 0, 0};
  text_addf(&line, "event %s", event_name(event->kind));
  if (event->account)
    text_addf(&line, " account=%u", (unsigned)event->account);
  if (event->server)
    text_addf(&line, " server=%u", (unsigned)event->server);
  if (event->kind == SFO_EVENT_REGISTRATION)
    text_addf(&line, " state=%s", state_name(event->state));
  if (event->kind == SFO_EVENT_CURRENT_TARGET) {
    text_addf(&line, " from=%s to=%s", event->from && *event->from ? event->from : "-",
              event->to && *event->to ? event->to : "-");
  } else {
    add_optional(&line, "from", event->from);
    add_optional(&line, "to", event->to);
  }
  if (event->cause)
    text_addf(&line, " cause=%s", cause_name(event->cause));
  if (event->sip_status)
    text_addf(&line, " status=%u", (unsigned)event->sip_status);
  transcript_add(&in->transcript, in->now_ms, &line);
  watch_event(in, event);
  end_with(in, within_take(in, CALLBACK_EVENT, event->account), 0, 0);
}

static void on_destroyed(void *user) {
  run *in = begin(user, "destroyed");
  if (!in->call.freeing)
    broken(in, "destroyed was called before sfo_engine_free");
  in->destroyed++;
  end(in);
}

void fill_callbacks(sfo_callbacks *table) {
  memset(table, 0, sizeof *table);
  table->struct_size = sizeof *table;
  table->send_sip = on_send;
  table->set_timer = on_timer;
  table->dns_send = on_dns;
  table->cancel_sip = on_cancel;
  table->request_done = on_done;
  table->event = on_event;
  table->destroyed = on_destroyed;
}
