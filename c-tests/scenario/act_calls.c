/* Requests and calls of the file: begun, given up, answered, hung up. */
#include <string.h>

#include "act.h"
#include "names.h"

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

void start_request(run *in, const command *what) {
  sfo_request asked = SFO_REQUEST_INIT;
  request *fresh;
  text name = {NULL, 0, 0};
  size_t index = in->requests, line, outer = in->starting;
  uint64_t outer_id;
  sfo_status result;
  /* From within a callback of another start, whose id is known by then. */
  find_request(in, 0);
  outer_id = in->starting_id;
  fresh = keep_request(in, 0);
  text_addf(&name, "%s", what->name ? what->name : "");
  if (!name.length)
    text_addf(&name, "line%u", what->where.line);
  fresh->name = name.data;
  fresh->origin = what;
  fresh->method = what->method;
  fresh->started_ms = fresh->asking_ms = in->now_ms;
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
  fresh = &in->request[index];
  name_request(in, index, result == SFO_OK ? in->starting_id : 0);
  in->starting = outer;
  in->starting_id = outer_id;
  if (result == SFO_OK && !fresh->id)
    broken(in, "sfo_request_start returned SFO_OK and no id");
  if (result != SFO_OK && in->transcript.count != line && !in->broken.length)
    broken(in, "sfo_request_start was refused (%s) but ran callbacks", error_name(result));
  refused(in, method_name(what->method), what->account, fresh->name, result);
}

static request *find_meant(run *in, const char *name) {
  size_t i;
  if (strcmp(name, REQUEST_AT_HAND) == 0)
    return in->mischief.request ? find_request(in, in->mischief.request) : NULL;
  for (i = in->requests; i > 0; i--)
    if (in->request[i - 1].name && strcmp(in->request[i - 1].name, name) == 0)
      return &in->request[i - 1];
  return NULL;
}

void cancel_request(run *in, const command *what) {
  request *found = find_meant(in, what->name);
  sfo_status result = SFO_ERR_NOT_FOUND;
  if (found && found->id) {
    uint64_t id = found->id;
    int cancelled = found->cancelled;
    found->cancelled = cancelled || !found->done;
    if (!cancelled)
      found->cancelled_ms = in->now_ms;
    enter(in);
    result = sfo_request_cancel(in->engine, engine_now(in), id);
    leave(in);
    found = find_request(in, id);
    if (result != SFO_OK)
      found->cancelled = cancelled;
  }
  refused(in, "CANCEL", 0, what->name, result);
}

void set_busy(run *in, uint32_t account, uint32_t busy) {
  sfo_status result;
  account_set_put(&in->watches.busy, account, (int)busy);
  enter(in);
  result = sfo_account_set_busy(in->engine, engine_now(in), account, busy);
  leave(in);
  refused(in, busy ? "busy" : "idle", account, NULL, result);
}

static int has_hangup(const run *in, const char *name) {
  const script *from = in->script;
  size_t i;
  for (i = 0; i < from->commands; i++) {
    const command *at = command_meant(&from->command[i]);
    if (at->kind == COMMAND_HANGUP && strcmp(at->name, name) == 0)
      return 1;
  }
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

void hang_up(run *in, const command *what) {
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
