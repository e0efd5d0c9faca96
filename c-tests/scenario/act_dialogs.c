/* Dialogs: calls inside which the file sends further requests, and calls that come in. */
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "names.h"

/* Does the file do anything with the dialog of this call? */
static int is_parent(const run *in, const char *name) {
  const script *from = in->script;
  size_t i;
  for (i = 0; i < from->commands; i++) {
    const command *at = command_meant(&from->command[i]);
    if (at->parent && strcmp(at->parent, name) == 0)
      return 1;
    if (at->kind == COMMAND_DIALOG_END && strcmp(at->name, name) == 0)
      return 1;
  }
  return 0;
}

static request *find_named(run *in, const char *name) {
  size_t i;
  for (i = in->requests; i > 0; i--)
    if (in->request[i - 1].name && strcmp(in->request[i - 1].name, name) == 0)
      return &in->request[i - 1];
  return NULL;
}

uint64_t dialog_of(run *in, const char *name) {
  const request *found = find_named(in, name);
  return found ? found->dialog : 0;
}

/* The firmware opens a dialog for a call in which something is to follow. */
void begin_dialog(run *in, request *of) {
  sfo_dialog dialog = SFO_DIALOG_INIT;
  size_t index = (size_t)(of - in->request);
  uint64_t id = 0;
  sfo_status result;
  if (!of->origin || of->dialog || !is_parent(in, of->name))
    return;
  dialog.account = of->origin->account;
  dialog.attempt = of->attempt;
  enter(in);
  result = sfo_dialog_open(in->engine, engine_now(in), &dialog, &id);
  leave(in);
  in->request[index].dialog = id;
  refused(in, "dialog", dialog.account, in->request[index].name, result);
}

void end_dialog(run *in, const command *what) {
  request *found = find_named(in, what->name);
  sfo_status result = SFO_ERR_NOT_FOUND;
  if (found && found->dialog) {
    uint64_t id = found->dialog;
    found->dialog = 0;
    enter(in);
    result = sfo_dialog_close(in->engine, engine_now(in), id);
    leave(in);
  }
  refused(in, "dialog", 0, what->name, result);
}

/* Without a name nobody can say anything about the call: then it is over at once. */
static void keep_incoming(run *in, const command *what, const char *source) {
  sfo_dialog dialog = SFO_DIALOG_INIT;
  text name = {NULL, 0, 0};
  request *fresh;
  uint64_t id = 0;
  sfo_status result;
  dialog.account = what->account;
  dialog.method = SFO_METHOD_INVITE;
  dialog.source_text = source;
  enter(in);
  result = sfo_dialog_open(in->engine, engine_now(in), &dialog, &id);
  leave(in);
  refused(in, "dialog", what->account, what->name, result);
  if (result != SFO_OK)
    return;
  text_add(&name, what->name);
  fresh = keep_request(in, 0);
  fresh->name = name.data;
  fresh->method = SFO_METHOD_INVITE;
  fresh->dialog = id;
  fresh->done = 1;
}

/* Every phone asks the library first whether the source is one of its servers. */
void incoming_call(run *in, const command *what) {
  char source[64];
  uint32_t accepted = 0;
  sfo_status result;
  endpoint_to_text(&what->host, source, sizeof source);
  enter(in);
  result = sfo_engine_accepts_source(in->engine, what->account, source, &accepted);
  leave(in);
  if (result != SFO_OK) {
    refused(in, "incoming", what->account, what->name, result);
    return;
  }
  if (!accepted) {
    note(in, "fail incoming account=%u error=not-accepted", (unsigned)what->account);
    return;
  }
  note(in, "ok incoming account=%u to=%s", (unsigned)what->account, source);
  if (what->name)
    keep_incoming(in, what, source);
}

void lose_flow(run *in, const command *what) {
  sfo_status result;
  watch_excuse(in, what->account);
  enter(in);
  result = sfo_engine_flow_lost(in->engine, engine_now(in), what->account, 0);
  leave(in);
  refused(in, "flow-lost", what->account, NULL, result);
}

void hear_from(run *in, const command *what) {
  char source[64];
  sfo_status result;
  endpoint_to_text(&what->host, source, sizeof source);
  watch_heard_from(in, what->account, source);
  enter(in);
  result = sfo_engine_heard_from(in->engine, engine_now(in), what->account, source);
  leave(in);
  refused(in, "heard-from", what->account, NULL, result);
}
