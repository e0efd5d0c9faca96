/* The phone loses power and starts again: the library's memory is gone, and so is everything that was under way. */
#include <stdlib.h>
#include <string.h>

#include "act.h"

/* What a phone's clock, which counts from its start, shows when its accounts start. */
#define BOOT_MS 20000u

/* Answers to what the phone has forgotten reach nobody. Commands of the file stay. */
static void drop_messages(run *in) {
  queue kept;
  memset(&kept, 0, sizeof kept);
  kept.orders = in->queue.orders;
  while (queue_first(&in->queue)) {
    happening next = queue_take(&in->queue);
    if (next.kind == HAPPENING_COMMAND)
      queue_add(&kept, &next);
    else
      text_free(&next.packet);
  }
  queue_free(&in->queue);
  in->queue = kept;
}

/* The ids of the new engine begin at the beginning. */
static void forget_ids(run *in) {
  size_t i;
  for (i = 0; i < in->attempts; i++) {
    in->attempt[i].id = in->attempt[i].request = 0;
    in->attempt[i].in_flight = 0;
  }
  for (i = 0; i < in->requests; i++) {
    in->request[i].id = 0;
    in->request[i].begins = in->request[i].up = 0;
  }
}

/* As the firmware does when it starts: every account that was running. */
static void start_accounts(run *in) {
  size_t i;
  for (i = 0; i < in->started.count; i++)
    start_account(in, in->started.item[i]);
}

void reboot(run *in) {
  stop_engine(in);
  if (in->broken.length)
    return;
  drop_messages(in);
  forget_ids(in);
  watch_forget(in);
  in->watches.busy.count = 0;
  in->watches.settings_unknown = 0;
  in->destroyed = 0;
  in->calls_begin = 0;
  in->deadline_ms = SFO_TIME_NEVER;
  clock_restart(&in->clock, in->now_ms, BOOT_MS);
  if (start_engine(in)) {
    broken(in, "the library does not start again");
    return;
  }
  start_accounts(in);
}
