/* Virtual time: the next thing that happens, until the scenario ends.
   At one moment the order is fixed: commands of the file, then what arrives from the network, then the library's timer. */
#include "run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

static const char *const dns_addresses[DNS_SERVERS] = {"192.0.2.53",  "192.0.2.54",  "192.0.2.55",  "192.0.2.56",
                                                       "192.0.2.57", "192.0.2.58", "192.0.2.59", "192.0.2.60"};

uint64_t engine_now(run *of) {
  return clock_read(&of->clock, of->now_ms);
}

void note(run *to, const char *format, ...) {
  va_list list;
  char piece[512];
  text line = {NULL, 0, 0};
  va_start(list, format);
  vsnprintf(piece, sizeof piece, format, list);
  va_end(list);
  text_add(&line, piece);
  transcript_add(&to->transcript, to->now_ms, &line);
}

static void fill_options(sfo_options *to, const options *from) {
  const sfo_options usual = SFO_OPTIONS_INIT;
  int i;
  *to = usual;
  to->t1_ms = from->t1_ms;
  to->jitter = from->jitter;
  to->startup_window_s = from->startup_window_s;
  to->failback_successes = from->failback_successes;
  to->failback_min_stay_s = from->failback_min_stay_s;
  for (i = 0; i < 4; i++)
    to->seed[i] = (uint8_t)(from->seed >> (8 * i));
}

int start_engine(run *in) {
  sfo_options options;
  sfo_callbacks table;
  sfo_status result;
  place where;
  where.file = in->script->path;
  where.line = 0;
  fill_options(&options, &in->script->options);
  fill_callbacks(&table);
  enter(in);
  result = sfo_engine_new(in->config, &options, &table, in, engine_now(in), &in->engine);
  leave(in);
  if (result != SFO_OK || !in->engine)
    return wrong(where, "the library cannot start: %s", error_name(result));
  if (!in->script->options.dns_servers)
    return 0;
  enter(in);
  result = sfo_engine_set_dns_servers(in->engine, engine_now(in), dns_addresses, in->script->options.dns_servers);
  leave(in);
  return result == SFO_OK ? 0 : wrong(where, "the library refuses the DNS servers: %s", error_name(result));
}

/* Every configuration of the file is read before anything runs: what is wrong with it is an error of the file. */
static int prepare(run *in) {
  const script *from = in->script;
  happening fresh;
  size_t i;
  if (prepare_config(from, &from->config, from->config_file, from->config_line, in->verbose, &in->config))
    return -1;
  for (i = 0; i < from->commands; i++) {
    const command *what = command_meant(&from->command[i]);
    sfo_config *probe = NULL;
    int bad;
    memset(&fresh, 0, sizeof fresh);
    fresh.kind = HAPPENING_COMMAND;
    fresh.at_ms = from->command[i].at_ms;
    fresh.command = i;
    queue_add(&in->queue, &fresh);
    if (what->kind != COMMAND_RELOAD)
      continue;
    bad = prepare_config(from, &what->block, what->where.file, what->block_line, in->verbose, &probe);
    sfo_config_free(probe);
    if (bad)
      return -1;
  }
  zone_copy(&in->dns.records, &from->records);
  in->dns.additional = (int)from->options.additional;
  in->world.grant_s = SFO_ABSENT;
  in->deadline_ms = SFO_TIME_NEVER;
  return 0;
}

/* When the library's timer is due, in virtual time. */
static uint64_t timer_due(run *of) {
  uint64_t now = engine_now(of);
  if (of->deadline_ms == SFO_TIME_NEVER || of->deadline_ms == TIMER_FIRED)
    return UINT64_MAX;
  return of->deadline_ms > now ? of->now_ms + (of->deadline_ms - now) : of->now_ms;
}

void handle_timer(run *in) {
  sfo_status result;
  /* One shot: whoever calls handle_timer has no timer any more, until set_timer gives the next, or says that there is
     none. */
  in->deadline_ms = TIMER_FIRED;
  enter(in);
  result = sfo_engine_handle_timer(in->engine, engine_now(in));
  leave(in);
  if (result != SFO_OK)
    broken(in, "sfo_engine_handle_timer returned %s", error_name(result));
}

static void arrive_dns(run *in, const happening *what) {
  sfo_status result;
  if (in->world.link_down)
    return;
  enter(in);
  result = sfo_engine_handle_dns(in->engine, engine_now(in), what->server, (const uint8_t *)what->packet.data,
                                 what->packet.length);
  leave(in);
  if (result != SFO_OK)
    broken(in, "sfo_engine_handle_dns returned %s for a well-formed answer", error_name(result));
}

static void happen(run *in) {
  happening next = queue_take(&in->queue);
  switch (next.kind) {
  case HAPPENING_COMMAND:
    act(in, &in->script->command[next.command]);
    break;
  case HAPPENING_DNS:
    arrive_dns(in, &next);
    break;
  case HAPPENING_RETRANSMIT:
    stack_retransmit(in, &next);
    break;
  case HAPPENING_PROVISIONAL:
    stack_provisional(in, &next);
    break;
  case HAPPENING_RESPONSE:
    stack_response(in, &next);
    break;
  case HAPPENING_SLIP:
    stack_slip(in, &next);
    break;
  case HAPPENING_FAILED:
  default:
    stack_failed(in, &next);
    break;
  }
  text_free(&next.packet);
}

static void loop(run *in) {
  while (!in->broken.length) {
    const happening *next = queue_first(&in->queue);
    uint64_t own = next ? next->at_ms : UINT64_MAX, timer = timer_due(in);
    uint64_t at = own <= timer ? own : timer;
    explain_when_over(in, at);
    check_progress(in, at < in->script->until_ms ? at : in->script->until_ms);
    if (at > in->script->until_ms)
      return;
    in->now_ms = at;
    if (own <= timer) {
      happen(in);
    } else {
      note(in, "timer due");
      handle_timer(in);
    }
    if (in->calls_begin)
      begin_calls(in);
  }
}

void stop_engine(run *in) {
  if (!in->broken.length)
    check_rest(in);
  enter(in);
  in->call.freeing = 1;
  sfo_engine_free(in->engine);
  leave(in);
  in->engine = NULL;
  check_end(in);
}

int run_script(run *out, const script *script, int verbose, uint64_t explain_ms) {
  memset(out, 0, sizeof *out);
  out->script = script;
  out->verbose = verbose;
  out->explain_ms = explain_ms;
  if (script->tick_wrap)
    clock_wraps_at(&out->clock, script->tick_wrap->at_ms);
  if (prepare(out) || start_engine(out))
    return -1;
  loop(out);
  if (!out->broken.length)
    out->now_ms = script->until_ms;
  stop_engine(out);
  return 0;
}

void run_free(run *old) {
  if (old->engine) {
    enter(old);
    old->call.freeing = 1;
    sfo_engine_free(old->engine);
  }
  sfo_config_free(old->config);
  kept_free(old);
  queue_free(&old->queue);
  world_free(&old->world);
  dns_server_free(&old->dns);
  transcript_free(&old->transcript);
  watch_free(old);
  free(old->started.item);
  free(old->mischief.pending);
  text_free(&old->broken);
  text_free(&old->explained);
}
