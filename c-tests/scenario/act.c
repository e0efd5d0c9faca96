/* The commands of the file, carried out. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "run.h"

/* A call that the library refuses is a fact of the run: it stands in the transcript, and expectations can name it. */
void refused(run *in, const char *what, uint32_t account, const char *name, sfo_status result) {
  text line = {NULL, 0, 0};
  if (result == SFO_OK)
    return;
  text_addf(&line, "fail %s", what);
  if (account)
    text_addf(&line, " account=%u", (unsigned)account);
  if (name)
    text_addf(&line, " request=%s", name);
  text_addf(&line, " error=%s", error_name(result));
  transcript_add(&in->transcript, in->now_ms, &line);
}

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

static void start_request(run *in, const command *what) {
  sfo_request asked = SFO_REQUEST_INIT;
  request *fresh;
  text name = {NULL, 0, 0};
  size_t index = in->requests, line;
  sfo_status result;
  in->request = room(in->request, in->requests, &in->request_capacity, sizeof *in->request);
  fresh = &in->request[in->requests++];
  memset(fresh, 0, sizeof *fresh);
  text_addf(&name, "%s", what->name ? what->name : "");
  if (!name.length)
    text_addf(&name, "line%u", what->where.line);
  fresh->name = name.data;
  fresh->origin = what;
  fresh->method = what->method;
  asked.account = what->account;
  asked.method = what->method;
  asked.user_token = index + 1u;
  asked.flags = what->urgent ? SFO_REQUEST_URGENT : what->parent ? SFO_REQUEST_IN_DIALOG : 0;
  asked.dialog = what->parent ? dialog_of(in, what->parent) : 0;
  line = in->transcript.count;
  in->starting = index + 1u;
  in->starting_id = 0;
  enter(in);
  result = sfo_request_start(in->engine, engine_now(in), &asked, &in->starting_id);
  leave(in);
  in->starting = 0;
  fresh = &in->request[index];
  fresh->id = result == SFO_OK ? in->starting_id : 0;
  if (result == SFO_OK && !fresh->id)
    broken(in, "sfo_request_start returned SFO_OK and no id");
  if (result != SFO_OK && in->transcript.count != line && !in->broken.length)
    broken(in, "sfo_request_start was refused (%s) but ran callbacks", error_name(result));
  refused(in, method_name(what->method), what->account, fresh->name, result);
}

static void cancel_request(run *in, const command *what) {
  request *found = NULL;
  sfo_status result = SFO_ERR_NOT_FOUND;
  size_t i;
  for (i = in->requests; i > 0 && !found; i--)
    if (in->request[i - 1].name && strcmp(in->request[i - 1].name, what->name) == 0)
      found = &in->request[i - 1];
  if (found && found->id) {
    uint64_t id = found->id;
    int cancelled = found->cancelled;
    found->cancelled = cancelled || !found->done;
    enter(in);
    result = sfo_request_cancel(in->engine, engine_now(in), id);
    leave(in);
    found = find_request(in, id);
    if (result != SFO_OK)
      found->cancelled = cancelled;
  }
  refused(in, "CANCEL", 0, what->name, result);
}

static void reload(run *in, const command *what) {
  sfo_config *fresh = NULL;
  sfo_status result;
  /* The block was read once before the run began: what is wrong with it was said then. */
  if (prepare_config(in->script, &what->block, what->where.file, what->block_line, 0, &fresh)) {
    sfo_config_free(fresh);
    return;
  }
  enter(in);
  result = sfo_engine_reconfigure(in->engine, engine_now(in), fresh);
  leave(in);
  sfo_config_free(fresh);
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
  if (what->value == DNS_UP)
    dns_restore(&in->dns);
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

static void act_on_account(run *in, const command *what) {
  sfo_status result;
  enter(in);
  if (what->kind == COMMAND_START)
    result = sfo_account_start(in->engine, engine_now(in), what->account);
  else
    result = sfo_account_stop(in->engine, engine_now(in), what->account);
  leave(in);
  refused(in, what->kind == COMMAND_START ? "start" : "stop", what->account, NULL, result);
}

static void set_link(run *in, const command *what) {
  sfo_status result;
  in->world.link_down = what->value == LINK_DOWN;
  enter(in);
  result = sfo_engine_set_link(in->engine, engine_now(in), what->value);
  leave(in);
  refused(in, "link", 0, NULL, result);
}

/* A firmware that sees its clock step looks at its timers at once. */
static void jump_clock(run *in, const command *what) {
  in->skew_ms += what->jump_ms;
  handle_timer(in);
}

static void set_busy(run *in, uint32_t account, uint32_t busy) {
  sfo_status result;
  enter(in);
  result = sfo_account_set_busy(in->engine, engine_now(in), account, busy);
  leave(in);
  refused(in, busy ? "busy" : "idle", account, NULL, result);
}

static int has_hangup(const run *in, const char *name) {
  const script *from = in->script;
  size_t i;
  for (i = 0; i < from->commands; i++)
    if (from->command[i].kind == COMMAND_HANGUP && strcmp(from->command[i].name, name) == 0)
      return 1;
  return 0;
}

/* A call without a hangup in the file is over at once: most scenarios only ask where it goes. */
void begin_calls(run *in) {
  size_t i;
  in->calls_begin = 0;
  for (i = 0; i < in->requests; i++) {
    request *at = &in->request[i];
    if (!at->begins)
      continue;
    at->begins = 0;
    at->up = has_hangup(in, at->name);
    if (at->up)
      set_busy(in, at->origin->account, 1);
    begin_dialog(in, &in->request[i]);
  }
}

static void hang_up(run *in, const command *what) {
  uint32_t account = 0;
  size_t i;
  for (i = in->requests; i > 0 && !account; i--) {
    request *at = &in->request[i - 1];
    if (!at->up || strcmp(at->name, what->name) != 0)
      continue;
    at->up = 0;
    account = at->origin->account;
  }
  if (!account) {
    refused(in, "hangup", 0, what->name, SFO_ERR_NOT_FOUND);
    return;
  }
  for (i = 0; i < in->requests; i++)
    if (in->request[i].up && in->request[i].origin->account == account)
      return;
  set_busy(in, account, 0);
}

void act(run *in, const command *what) {
  switch (what->kind) {
  case COMMAND_START:
  case COMMAND_STOP:
    act_on_account(in, what);
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
  default:
    break;
  }
}
