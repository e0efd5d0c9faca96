/* The commands of the file, carried out. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "names.h"

/* An account that is removed has left its servers by then, ms. */
#define SETTLING_MS 3000u

static int report_diagnostics(const sfo_config *config, const char *file, unsigned first_line, int verbose) {
  uint32_t i, count = sfo_config_diagnostic_count(config);
  int bad = 0;
  for (i = 0; i < count; i++) {
    sfo_diagnostic found;
    place where;
    memset(&found, 0, sizeof found);
    found.struct_size = sizeof found;
    if (sfo_config_diagnostic(config, i, &found) != SFO_OK)
      continue;
    where.file = file;
    where.line = found.line ? first_line + found.line - 1u : first_line;
    if (found.severity == SFO_SEVERITY_ERROR)
      bad = wrong(where, "%s = %s: %s", found.key ? found.key : "", found.value ? found.value : "",
                  found.text ? found.text : "");
    else if (verbose)
      wrong(where, "warning: %s = %s: %s", found.key ? found.key : "", found.value ? found.value : "",
            found.text ? found.text : "");
  }
  return bad;
}

int prepare_config(const script *script, const text *block, const char *file, unsigned first_line, int verbose,
                   sfo_config **out) {
  place where;
  sfo_status result = sfo_config_new(script->options.max_accounts, out);
  where.file = file;
  where.line = first_line;
  if (result != SFO_OK)
    return wrong(where, "the library refuses %u accounts: %s", (unsigned)script->options.max_accounts,
                 error_name(result));
  result = sfo_config_load_text(*out, block->data ? block->data : "", block->length);
  if (report_diagnostics(*out, file, first_line, verbose))
    return -1;
  return result == SFO_OK ? 0 : wrong(where, "the library refuses this configuration: %s", error_name(result));
}

static void reload(run *in, const command *what) {
  sfo_config *fresh = NULL, *former;
  sfo_status result;
  watch_settings(in);
  in->mischief.unclear_ms = in->watches.settings_known_ms + SETTLING_MS;
  /* The block was read once before the run began: what is wrong with it was said then. */
  if (prepare_config(in->script, &what->block, what->where.file, what->block_line, 0, &fresh)) {
    sfo_config_free(fresh);
    return;
  }
  /* Before the call: another reload may follow within it. */
  former = in->config;
  in->config = fresh;
  enter(in);
  result = sfo_engine_reconfigure(in->engine, engine_now(in), fresh);
  leave(in);
  if (result != SFO_OK)
    in->config = former;
  sfo_config_free(result == SFO_OK ? former : fresh);
  refused(in, "reload", 0, NULL, result);
}

static void set_rule(host *at, const command *what) {
  host_rule fresh;
  size_t i, kept = 0;
  fresh.method = what->method;
  fresh.code = what->code;
  fresh.retry_after = what->retry_after;
  fresh.min_expires = what->min_expires;
  for (i = 0; i < at->rules; i++)
    if (what->method && at->rule[i].method != what->method)
      at->rule[kept++] = at->rule[i];
  at->rules = kept;
  at->rule = room(at->rule, at->rules, &at->rule_capacity, sizeof *at->rule);
  at->rule[at->rules++] = fresh;
  at->mode = HOST_UP;
}

static void change_host(host *at, const command *what) {
  switch (what->kind) {
  case COMMAND_DOWN:
    at->mode = HOST_DOWN;
    break;
  case COMMAND_ICMP:
    at->mode = HOST_ICMP;
    break;
  case COMMAND_REFUSE:
    at->mode = HOST_REFUSE;
    break;
  case COMMAND_TLS_FAIL:
    at->mode = HOST_TLS_FAIL;
    break;
  case COMMAND_SEND_ERROR:
    at->mode = HOST_SEND_ERROR;
    break;
  case COMMAND_ANSWER:
    set_rule(at, what);
    break;
  case COMMAND_DELAY:
    at->delay_ms = what->value;
    break;
  case COMMAND_CHALLENGE:
    at->challenge = 1;
    break;
  case COMMAND_UP:
  default:
    host_reset(at);
    break;
  }
}

/* A command for a whole host holds for every port of it, also for those that were named before. */
static void act_on_host(run *in, const command *what) {
  size_t i;
  in->watches.world_changed_ms = in->now_ms;
  world_host(&in->world, &what->host, 1);
  for (i = 0; i < in->world.hosts; i++) {
    host *at = &in->world.host[i];
    if (same_address(&at->address, &what->host) && (!what->host.port || at->address.port == what->host.port))
      change_host(at, what);
  }
}

static void set_dns_mode(run *in, const command *what) {
  uint32_t i;
  if (what->server != ALL_SERVERS) {
    in->dns.mode[what->server] = (dns_mode)what->value;
    return;
  }
  if (what->value == DNS_UP) {
    watch_denial_ends(in);
    dns_restore(&in->dns);
  }
  for (i = 0; i < DNS_SERVERS; i++)
    in->dns.mode[i] = (dns_mode)what->value;
}

static void set_zone(run *in, const command *what) {
  const dns_record *first = what->records.count ? &what->records.item[0] : NULL;
  if (what->kind == COMMAND_ZONE_REMOVE) {
    zone_remove(&in->dns.records, &what->domain, what->value);
    return;
  }
  if (what->kind == COMMAND_ZONE_SET && first)
    zone_remove(&in->dns.records, &first->owner, first->type);
  zone_copy(&in->dns.records, &what->records);
}

/* Where the account runs already, nothing happens. */
void start_account(run *in, uint32_t account) {
  sfo_status result;
  enter(in);
  result = sfo_account_start(in->engine, engine_now(in), account);
  leave(in);
  refused(in, "start", account, NULL, result);
}

static void stop_account(run *in, uint32_t account) {
  sfo_status result;
  watch_excuse(in, account);
  enter(in);
  result = sfo_account_stop(in->engine, engine_now(in), account);
  leave(in);
  refused(in, "stop", account, NULL, result);
}

static void set_link(run *in, const command *what) {
  sfo_status result;
  in->world.link_down = what->value == LINK_DOWN;
  in->watches.world_changed_ms = in->now_ms;
  watch_network(in);
  enter(in);
  result = sfo_engine_set_link(in->engine, engine_now(in), what->value);
  leave(in);
  refused(in, "link", 0, NULL, result);
}

/* A firmware that sees its clock step looks at its timers at once. */
static void jump_clock(run *in, const command *what) {
  in->mischief.unclear_ms = in->now_ms;
  watch_clock_jump(in, clock_jump(&in->clock, in->now_ms, what->jump_ms));
  watch_excuse(in, 0);
  handle_timer(in);
}

/* The callback knows which request is meant; the file does not. */
static void name_at_hand(run *in, const command *what, text *line) {
  const request *at_hand = in->mischief.request ? find_request(in, in->mischief.request) : NULL;
  if (at_hand && at_hand->name && what->kind == COMMAND_CANCEL && strcmp(what->name, REQUEST_AT_HAND) == 0)
    text_addf(line, " request=%s", at_hand->name);
}

void act(run *in, const command *what) {
  text line = {NULL, 0, 0};
  size_t at;
  check_command(in);
  text_addf(&line, "command %s", what->source);
  if (in->call.in_callback)
    name_at_hand(in, what, &line);
  at = transcript_add(&in->transcript, in->now_ms, &line);
  if (in->call.in_callback)
    in->transcript.item[at].within = what;
  switch (what->kind) {
  case COMMAND_START:
    account_set_put(&in->started, what->account, 1);
    start_account(in, what->account);
    break;
  case COMMAND_STOP:
    account_set_put(&in->started, what->account, 0);
    stop_account(in, what->account);
    break;
  case COMMAND_REBOOT:
    reboot(in, (unsigned)what->value);
    break;
  case COMMAND_DOWN:
  case COMMAND_UP:
  case COMMAND_ANSWER:
  case COMMAND_ICMP:
  case COMMAND_REFUSE:
  case COMMAND_TLS_FAIL:
  case COMMAND_SEND_ERROR:
  case COMMAND_DELAY:
  case COMMAND_CHALLENGE:
    act_on_host(in, what);
    break;
  case COMMAND_GRANT:
    in->world.grant_s = what->value;
    break;
  case COMMAND_REQUEST:
    start_request(in, what);
    break;
  case COMMAND_CANCEL:
    cancel_request(in, what);
    break;
  case COMMAND_DNS_MODE:
    set_dns_mode(in, what);
    break;
  case COMMAND_DNS_NXDOMAIN:
    dns_deny(&in->dns, &what->domain);
    break;
  case COMMAND_DNS_DELAY:
    in->dns.delay_ms = what->value;
    break;
  case COMMAND_ZONE_SET:
  case COMMAND_ZONE_ADD:
  case COMMAND_ZONE_REMOVE:
    set_zone(in, what);
    break;
  case COMMAND_BUSY:
  case COMMAND_IDLE:
    set_busy(in, what->account, what->kind == COMMAND_BUSY);
    break;
  case COMMAND_HANGUP:
    hang_up(in, what);
    break;
  case COMMAND_RELOAD:
    reload(in, what);
    break;
  case COMMAND_LINK:
    set_link(in, what);
    break;
  case COMMAND_CLOCK_JUMP:
    jump_clock(in, what);
    break;
  case COMMAND_INCOMING:
    incoming_call(in, what);
    break;
  case COMMAND_DIALOG_END:
    end_dialog(in, what);
    break;
  case COMMAND_FLOW_LOST:
    lose_flow(in, what);
    break;
  case COMMAND_HEARD:
    hear_from(in, what);
    break;
  case COMMAND_SLIP:
  case COMMAND_WITHIN:
    mischief_add(in, what);
    break;
  case COMMAND_REPORT:
    report_at_once(in, what);
    break;
  case COMMAND_CALM:
    mischief_calm(in, what->account);
    break;
  case COMMAND_TICK_WRAP: /* the clock was set so that it wraps now, without being told */
  default:
    break;
  }
}
