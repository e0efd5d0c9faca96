#include "ledger.h"

#include "check.h"

#include <string.h>

/* More than a test starts in one life. */
enum { REQUESTS = 64 };

static struct {
  uint64_t id;
  int is_cancelled, may_be_cancelled;
  unsigned done;
} requests[REQUESTS + 1];
static unsigned request_count;

void ledger_clear(void)
{
  request_count = 0;
}

uint64_t *ledger_place(void)
{
  /* The last place is for what there is no room for. */
  unsigned place = CHECK(request_count < REQUESTS) ? request_count++ : REQUESTS;
  memset(&requests[place], 0, sizeof requests[0]);
  return &requests[place].id;
}

void ledger_refused(void)
{
  request_count--;
}

void ledger_started(uint64_t id)
{
  CHECK(id != 0);
  *ledger_place() = id;
}

void ledger_cancelled(uint64_t id, int is_sure)
{
  for (unsigned i = 0; i < request_count; i++) {
    if (requests[i].id == id) {
      requests[i].is_cancelled |= is_sure;
      requests[i].may_be_cancelled = 1;
    }
  }
}

void ledger_done(uint64_t id)
{
  unsigned found = 0;
  for (unsigned i = 0; i < request_count; i++) {
    if (requests[i].id == id) {
      found++;
      requests[i].done++;
      CHECK(!requests[i].is_cancelled);
    }
  }
  CHECK_EQ(found, 1);
}

unsigned ledger_check(void)
{
  unsigned completed = 0;
  for (unsigned i = 0; i < request_count; i++) {
    completed += requests[i].done;
    if (requests[i].may_be_cancelled) {
      CHECK(requests[i].done <= 1);
    } else {
      CHECK_EQ(requests[i].done, 1);
    }
  }
  return completed;
}
