/* What the library would do and what it did: texts of any length into buffers of any size. */

#include "check.h"
#include "rig.h"

#include <stdio.h>
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
  length = explain(SFO_METHOD_INVITE, SFO_FORMAT_JSON);
  CHECK_EQ(length, strlen(text));
  CHECK(text[0] == '{' && strstr(text, "\"candidates\":[{\"target\":") != NULL);
  /* Nothing has happened. */
  sfo_counters after = rig_counters(&rig);
  /* Behind the size, which 32-bit systems pad with anything. */
  CHECK_EQ(memcmp(&before.attempts, &after.attempts, sizeof before - offsetof(sfo_counters, attempts)), 0);
  CHECK_EQ(rig.count, 0);
  rig_close(&rig);
}

static size_t trace(uint64_t unix_ms, uint32_t format)
{
  return sfo_engine_trace(rig.engine, rig.now, unix_ms, format, text, sizeof text);
}

/* Nothing answers an INVITE at server 1: the trace says why it went to server 2, and when. */
static void tracing(void)
{
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  CHECK_EQ(trace(0, SFO_FORMAT_TEXT), 0);
  rig_register(&rig);
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  rig_run(&rig, 8000);
  rig_forget(&rig);
  const uint32_t formats[] = { SFO_FORMAT_TEXT, SFO_FORMAT_JSON, SFO_FORMAT_LADDER };
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    /* 2027-01-15 08:00:00 UTC, half a second after the INVITE failed. */
    size_t length = trace(1800000000000u, formats[i]);
    CHECK_EQ(length, strlen(text));
    CHECK(strstr(text, "07:59:59.500") != NULL);
    /* The lane of a ladder is narrower than the whole reason. */
    CHECK(strstr(text, "no respon") != NULL);
    CHECK_EQ(sfo_engine_trace(rig.engine, rig.now, 1800000000000u, formats[i], NULL, 0), length);
    CHECK(trace(0, formats[i]) > 0);
    CHECK(strstr(text, "07:59") == NULL);
    char small[8] = "xxxxxxx";
    CHECK(sfo_engine_trace(rig.engine, rig.now, 0, formats[i], small, 4) > 4);
    CHECK(strlen(small) == 3 && small[4] == 'x');
  }
  CHECK_EQ(rig.count, 0);
  rig_close(&rig);

  sfo_options options = rig_options();
  sfo_callbacks callbacks = rig_callbacks(0);
  sfo_config *config = rig_config(RIG_TWO_SERVERS);
  sfo_engine *engine = NULL;
  memset(&rig, 0, sizeof rig);
  options.trace_entries = 0;
  CHECK_EQ(sfo_engine_new(config, &options, &callbacks, &rig, 0, &engine), SFO_OK);
  CHECK_EQ(sfo_account_start(engine, 0, 1), SFO_OK);
  CHECK_EQ(sfo_engine_trace(engine, 0, 0, SFO_FORMAT_TEXT, text, sizeof text), 0);
  sfo_engine_free(engine);
  sfo_config_free(config);
}

/* What is counted by kind adds up to what is counted as a whole. */
static void counts(void)
{
  uint64_t id = 0;
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  const struct call *sent = rig_find(&rig, SEND, -1);
  CHECK_EQ(sfo_attempt_failed(rig_input(&rig), rig.now, sent->attempt, SFO_CAUSE_CONNECT), SFO_OK);
  sfo_counters counters = rig_counters(&rig);
  CHECK_EQ(counters.failures_connect, 1);
  CHECK_EQ(counters.failures_transport, 1);
  CHECK_EQ(counters.failures_unreachable + counters.failures_tls + counters.failures_connection_lost
             + counters.failures_send + counters.failures_local, 0);
  CHECK(counters.answered >= 1);
  rig_close(&rig);

  rig_open(&rig, RIG_NAMED_SERVER, 0);
  const char *servers[] = { "192.0.2.53" };
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 1), SFO_OK);
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  counters = rig_counters(&rig);
  CHECK(counters.dns_queries_a > 0);
  CHECK_EQ(counters.dns_queries_a + counters.dns_queries_aaaa + counters.dns_queries_srv + counters.dns_queries_naptr,
           counters.dns_queries);
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
  CHECK_EQ(sfo_engine_trace(NULL, 0, 0, SFO_FORMAT_TEXT, text, sizeof text), 0);
  CHECK_EQ(sfo_engine_trace(rig.engine, 0, 0, 0, text, sizeof text), 0);
  CHECK_EQ(sfo_engine_trace(rig.engine, 0, 0, 77, text, sizeof text), 0);
  CHECK_EQ(explain(SFO_METHOD_INVITE, SFO_FORMAT_LADDER), 0);
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
    CHECK(trace(0, SFO_FORMAT_LADDER) > 0);
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

/* For a JSON parser: an explanation, then a trace, one object per line. */
static int print_json(void)
{
  rig_open(&rig, RIG_TWO_SERVERS, 0);
  rig_register(&rig);
  explain(SFO_METHOD_INVITE, SFO_FORMAT_JSON);
  puts(text);
  trace(1800000000000u, SFO_FORMAT_JSON);
  fputs(text, stdout);
  rig_close(&rig);
  return check_result();
}

int main(int argc, char **argv)
{
  if (argc > 1 && strcmp(argv[1], "--json") == 0) {
    return print_json();
  }
  explanation();
  tracing();
  counts();
  refusals();
  small_buffers();
  from_callbacks();
  return check_result();
}
