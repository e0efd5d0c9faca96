/* The phone loses power and starts again: the library's memory is gone, and so is everything that was under way. */
#include <stdlib.h>
#include <string.h>

#include "act.h"

/* What a phone's clock, which counts from its start, shows when its accounts start. */
#define BOOT_MS 20000u
/* The time of day at 0, milliseconds since 1970: noon of 15 January 2027. */
#define NOON_MS 1800014400000u

typedef struct {
  uint8_t *bytes;
  size_t length;
} snapshot;

/* What the library wants to have kept. */
static snapshot save(run *in) {
  snapshot saved = {NULL, 0};
  uint64_t now_ms = engine_now(in), unix_ms = NOON_MS + in->now_ms;
  if (sfo_engine_snapshot_export(in->engine, now_ms, unix_ms, NULL, 0, &saved.length) == SFO_ERR_LIMIT) {
    saved.bytes = malloc(saved.length);
    if (saved.bytes == NULL
        || sfo_engine_snapshot_export(in->engine, now_ms, unix_ms, saved.bytes, saved.length, &saved.length) != SFO_OK)
      saved.length = 0;
  }
  return saved;
}

/* Gives it back. A phone that does not know the time of day yet says so. */
static void restore(run *in, snapshot *saved, int is_dated) {
  uint64_t unix_ms = is_dated ? NOON_MS + in->now_ms : 0;
  if (saved->length == 0
      || sfo_engine_snapshot_import(in->engine, engine_now(in), unix_ms, saved->bytes, saved->length) != SFO_OK)
    broken(in, "the library does not take its own snapshot");
}

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

/* As the firmware does when it starts: every account that was running. */
static void start_accounts(run *in) {
  size_t i;
  for (i = 0; i < in->started.count; i++)
    start_account(in, in->started.item[i]);
}

void reboot(run *in, unsigned how) {
  snapshot saved = {NULL, 0};
  if (how != REBOOT_FORGETFUL)
    saved = save(in);
  stop_engine(in);
  if (in->broken.length) {
    free(saved.bytes);
    return;
  }
  drop_messages(in);
  forget_ids(in);
  watch_network(in);
  in->mischief.count = 0;
  in->watches.busy.count = 0;
  in->watches.settings_known_ms = 0;
  in->destroyed = 0;
  in->calls_begin = 0;
  in->deadline_ms = SFO_TIME_NEVER;
  clock_restart(&in->clock, in->now_ms, BOOT_MS);
  if (start_engine(in)) {
    broken(in, "the library does not start again");
  } else {
    if (how != REBOOT_FORGETFUL)
      restore(in, &saved, how == REBOOT_SNAPSHOT);
    start_accounts(in);
  }
  free(saved.bytes);
}
