/* What the library would do and what it did: texts of any length into buffers of any size. */

#include "check.h"
#include "rig.h"

#include <string.h>

static struct rig rig;
static char text[16384];

static size_t explain(uint32_t method, uint32_t format)
{
  return sfo_engine_explain(rig.engine, rig.now, 1, method, format, text, sizeof text);
}

static void explanation(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  CHECK(explain(SFO_METHOD_INVITE, SFO_FORMAT_TEXT) > 0);
  CHECK(strstr(text, "the account is not started") != NULL);
  rig_register(&rig);
  rig_forget(&rig);
  sfo_counters before = rig_counters(&rig);
  size_t length = explain(SFO_METHOD_INVITE, SFO_FORMAT_TEXT);
  CHECK_EQ(length, strlen(text));
  CHECK(strstr(text, " 1. ") != NULL && strstr(text, "primary") != NULL);
  CHECK_EQ(explain(SFO_METHOD_INVITE, SFO_FORMAT_JSON), strlen(text));
  CHECK(text[0] == '{' && strstr(text, "\"candidates\":[{\"target\":") != NULL);
  /* Nothing has happened. */
  sfo_counters after = rig_counters(&rig);
  CHECK_EQ(memcmp(&before, &after, sizeof before), 0);
  CHECK_EQ(rig.count, 0);
  rig_close(&rig);
}

/* Calls with nothing to tell: what stood in the buffer stays. */
static void refusals(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  char error[64];
  memset(text, 'x', sizeof text);
  CHECK_EQ(sfo_engine_explain(NULL, 0, 1, SFO_METHOD_INVITE, SFO_FORMAT_TEXT, text, sizeof text), 0);
  CHECK_EQ(sfo_engine_explain(rig.engine, 0, 2, SFO_METHOD_INVITE, SFO_FORMAT_TEXT, text, sizeof text), 0);
  CHECK(sfo_engine_last_error(rig.engine, error, sizeof error) > 0 && strcmp(error, "no such account") == 0);
  CHECK_EQ(explain(SFO_METHOD_REGISTER, SFO_FORMAT_TEXT), 0);
  CHECK_EQ(explain(0, SFO_FORMAT_TEXT), 0);
  CHECK_EQ(explain(UINT32_MAX, SFO_FORMAT_TEXT), 0);
  CHECK_EQ(explain(SFO_METHOD_INVITE, 0), 0);
  CHECK_EQ(explain(SFO_METHOD_INVITE, 77), 0);
  CHECK(sfo_engine_last_error(rig.engine, error, sizeof error) > 0 && strcmp(error, "unknown format") == 0);
  CHECK(text[0] == 'x' && text[sizeof text - 1] == 'x');
  rig_close(&rig);
}

static void small_buffers(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  size_t full = explain(SFO_METHOD_INVITE, SFO_FORMAT_JSON);
  char small[40];
  for (size_t capacity = 0; capacity <= sizeof small; capacity++) {
    memset(small, 'x', sizeof small);
    char *at = capacity ? small : NULL;
    CHECK_EQ(sfo_engine_explain(rig.engine, rig.now, 1, SFO_METHOD_INVITE, SFO_FORMAT_JSON, at, capacity), full);
    if (capacity) {
      CHECK_EQ(strlen(small), capacity - 1);
      CHECK_EQ(memcmp(small, text, capacity - 1), 0);
    }
    CHECK(capacity == sizeof small || small[capacity] == 'x');
  }
  rig_close(&rig);
}

static void asks_from_within(struct rig *r, const struct call *call)
{
  if (call->kind == SEND && call->method == SFO_METHOD_INVITE) {
    size_t *length = r->hook_data;
    *length = explain(SFO_METHOD_INVITE, SFO_FORMAT_TEXT);
  }
}

static void from_callbacks(void)
{
  size_t length = 0;
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  rig.hook = asks_from_within;
  rig.hook_data = &length;
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  CHECK(length > 0 && length == strlen(text));
  rig.hook = NULL;
  rig_close(&rig);
}

int main(void)
{
  explanation();
  refusals();
  small_buffers();
  from_callbacks();
  return check_result();
}
