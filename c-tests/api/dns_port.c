/* DNS through the firmware: what arrives is believed only if it answers what was asked. */

#include "check.h"
#include "dns.h"
#include "rig.h"

#include <string.h>

static struct rig rig;
static const uint8_t ADDRESS[4] = { 192, 0, 2, 7 };

static void open_and_ask(void)
{
  const char *servers[2] = { "192.0.2.53", "192.0.2.54" };
  rig_open(&rig, RIG_NAMED_SERVER, 0);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 2), SFO_OK);
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  CHECK_EQ(rig.totals[DNS], 1);
  CHECK_EQ(rig_find(&rig, DNS, 0)->server, 0);
}

/* Hands in a message; it has to be ignored, and counted. */
static void refused(uint32_t server, const uint8_t *data, size_t length)
{
  uint64_t before = rig_counters(&rig).dns_ignored;
  CHECK_EQ(sfo_engine_handle_dns(rig_input(&rig), rig.now, server, data, length), SFO_OK);
  CHECK_EQ(rig_counters(&rig).dns_ignored, before + 1);
  CHECK_EQ(rig.totals[SEND], 0);
}

static void forged_answers(void)
{
  uint8_t good[512], bad[9000] = { 0 };
  open_and_ask();
  const struct call *query = rig_find(&rig, DNS, 0);
  size_t length = dns_answer(query->data, query->length, ADDRESS, good);
  CHECK(length > 30);

  for (int bit = 0; bit < 16; bit++) {
    memcpy(bad, good, length);
    bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
    refused(0, bad, length);
  }
  /* A server that was not asked, and one that does not exist. */
  refused(1, good, length);
  refused(2, good, length);
  refused(UINT32_MAX, good, length);
  /* A query instead of a response. */
  memcpy(bad, good, length);
  bad[2] &= 0x7f;
  refused(0, bad, length);
  /* Another name, type, class. */
  size_t end = dns_question_end(query->data, query->length);
  memcpy(bad, good, length);
  bad[13] ^= 1;
  refused(0, bad, length);
  memcpy(bad, good, length);
  bad[end - 3] = 28;
  refused(0, bad, length);
  memcpy(bad, good, length);
  bad[end - 1] = 3;
  refused(0, bad, length);
  /* No question. */
  memcpy(bad, good, 12);
  bad[5] = 0;
  refused(0, bad, 12);
  /* Cut off before the question ends. */
  for (size_t cut = 0; cut < end; cut++) {
    refused(0, good, cut);
  }
  /* Counters that promise more than there is. */
  memcpy(bad, good, length);
  bad[6] = bad[7] = bad[8] = bad[9] = 0xff;
  refused(0, bad, length);
  /* Nine thousand bytes, and the most that the call takes, of nothing. */
  memset(bad, 0, sizeof bad);
  refused(0, bad, sizeof bad);
  static uint8_t huge[65535];
  refused(0, huge, sizeof huge);

  CHECK_EQ(sfo_engine_handle_dns(rig_input(&rig), rig.now, 0, good, length), SFO_OK);
  CHECK_EQ(rig.totals[SEND], 1);
  CHECK_EQ(strcmp(rig_find(&rig, SEND, 0)->text, "192.0.2.7:5060/udp"), 0);
  CHECK_EQ(rig_counters(&rig).dns_answers, 1);
  /* Once is enough. */
  uint64_t before = rig_counters(&rig).dns_ignored;
  CHECK_EQ(sfo_engine_handle_dns(rig_input(&rig), rig.now, 0, good, length), SFO_OK);
  CHECK_EQ(rig_counters(&rig).dns_ignored, before + 1);
  rig_close(&rig);
}

/* Damage of every kind to a message that would be right: no crash, no hang, and the right one still counts. */
static void damaged_answers(void)
{
  uint64_t state = 88172645463325252ull;
  for (int round = 0; round < 200; round++) {
    uint8_t good[512], bad[512];
    open_and_ask();
    const struct call *query = rig_find(&rig, DNS, 0);
    size_t length = dns_answer(query->data, query->length, ADDRESS, good);
    for (int i = 0; i < 100; i++) {
      memcpy(bad, good, length);
      for (int flips = 0; flips < 3; flips++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bad[state % length] = (uint8_t)(state >> 32);
      }
      CHECK_EQ(sfo_engine_handle_dns(rig_input(&rig), rig.now, 0, bad, length - (state >> 40) % 20), SFO_OK);
    }
    rig_close(&rig);
  }
}

static unsigned resolution_failures(void)
{
  unsigned count = 0;
  for (int i = 0; rig_find(&rig, EVENT, i) != NULL; i++) {
    count += rig_find(&rig, EVENT, i)->result == SFO_EVENT_RESOLUTION_FAILED;
  }
  return count;
}

/* Nobody answers: the firmware is told, and asking goes on, in measure, until somebody does. */
static void recovers(const char *server)
{
  uint8_t answer[512];
  uint64_t id = 0;
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  rig_run(&rig, 120000);
  CHECK(resolution_failures() > 0);
  CHECK_EQ(rig.totals[SEND], 0);
  /* A request does not wait for ever. */
  CHECK_EQ(rig_request(&rig, SFO_METHOD_INVITE, 1, &id), SFO_OK);
  rig_run(&rig, 120000);
  CHECK_EQ(rig.totals[DONE], 1);
  if (rig.totals[DONE] == 1) {
    CHECK_EQ(rig_find(&rig, DONE, 0)->result, SFO_DONE_FAILED);
    CHECK_EQ(rig_find(&rig, DONE, 0)->cause, SFO_CAUSE_RESOLUTION);
  }
  size_t events = resolution_failures();
  rig_run(&rig, 3600000);
  CHECK(events > 0 && rig.totals[DNS] < 3000);
  CHECK(rig.deadline != SFO_TIME_NEVER);
  rig.dns_result = 0;
  rig_forget(&rig);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, &server, 1), SFO_OK);
  for (int i = 0; i < 600 && rig.totals[DNS] == 0; i++) {
    rig_run(&rig, 1000);
  }
  if (CHECK(rig.totals[DNS] > 0)) {
    const struct call *query = rig_find(&rig, DNS, -1);
    size_t length = dns_answer(query->data, query->length, ADDRESS, answer);
    CHECK_EQ(sfo_engine_handle_dns(rig_input(&rig), rig.now, query->server, answer, length), SFO_OK);
    rig_run(&rig, 60000);
    CHECK(rig.totals[SEND] > 0);
  }
}

static void no_server(void)
{
  rig_open(&rig, RIG_NAMED_SERVER, 0);
  recovers("192.0.2.53");
  rig_close(&rig);
}

static void dead_server(void)
{
  const char *servers[2] = { "192.0.2.53", "192.0.2.54" };
  rig_open(&rig, RIG_NAMED_SERVER, 0);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 2), SFO_OK);
  recovers("192.0.2.55");
  CHECK(rig_counters(&rig).dns_timeouts > 0);
  rig_close(&rig);
}

static void failing_send(void)
{
  const char *servers[2] = { "192.0.2.53", "192.0.2.54" };
  rig_open(&rig, RIG_NAMED_SERVER, 0);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 2), SFO_OK);
  rig.dns_result = -1;
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  /* Nobody waits for an answer to what was not sent: the other server is asked at once. */
  if (CHECK(rig.totals[DNS] >= 2)) {
    CHECK(rig_find(&rig, DNS, 1)->server != rig_find(&rig, DNS, 0)->server);
  }
  recovers("192.0.2.55");
  rig_close(&rig);
}

/* How many queries went to this server over this transport. */
static unsigned asked(uint32_t server, uint32_t transport)
{
  unsigned count = 0;
  for (int i = 0; rig_find(&rig, DNS, i) != NULL; i++) {
    count += rig_find(&rig, DNS, i)->server == server && rig_find(&rig, DNS, i)->result == transport;
  }
  return count;
}

/* A message that was taken and then came to nothing: the next server is asked in the same moment. */
static void failed_later(void)
{
  uint8_t cut[512];
  open_and_ask();
  const struct call *query = rig_find(&rig, DNS, 0);
  size_t size = dns_truncated(query->data, query->length, cut);
  CHECK_EQ(sfo_engine_handle_dns(rig_input(&rig), rig.now, 0, cut, size), SFO_OK);
  CHECK_EQ(asked(0, SFO_TRANSPORT_TCP), 1);
  /* Not what is being waited for: the datagram, another server, another query, no server at all. */
  CHECK_EQ(sfo_engine_dns_failed(rig_input(&rig), rig.now, query->number, 0, SFO_TRANSPORT_UDP), SFO_OK);
  CHECK_EQ(sfo_engine_dns_failed(rig_input(&rig), rig.now, query->number, 1, SFO_TRANSPORT_TCP), SFO_OK);
  CHECK_EQ(sfo_engine_dns_failed(rig_input(&rig), rig.now, query->number + 1, 0, SFO_TRANSPORT_TCP), SFO_OK);
  CHECK_EQ(sfo_engine_dns_failed(rig_input(&rig), rig.now, query->number, UINT32_MAX, SFO_TRANSPORT_TCP), SFO_OK);
  CHECK_EQ(sfo_engine_dns_failed(rig_input(&rig), rig.now, query->number, 0, SFO_TRANSPORT_TLS), SFO_ERR_INVALID);
  CHECK_EQ(sfo_engine_dns_failed(rig_input(&rig), rig.now, query->number, 0, 0), SFO_ERR_INVALID);
  CHECK_EQ(rig.totals[DNS], 2);
  CHECK_EQ(sfo_engine_dns_failed(rig_input(&rig), rig.now, query->number, 0, SFO_TRANSPORT_TCP), SFO_OK);
  CHECK_EQ(rig.totals[DNS], 3);
  CHECK_EQ(asked(1, SFO_TRANSPORT_UDP), 1);
  /* Server 1 is refused by ICMP, server 0 over TCP, and so on until no try is left: the account hears of it at once. */
  for (int i = 2; rig_find(&rig, DNS, i) != NULL; i++) {
    const struct call *last = rig_find(&rig, DNS, i);
    CHECK_EQ(resolution_failures(), 0);
    CHECK_EQ(sfo_engine_dns_failed(rig_input(&rig), rig.now, last->number, last->server, last->result), SFO_OK);
  }
  CHECK_EQ(asked(0, SFO_TRANSPORT_TCP), 3);
  CHECK_EQ(asked(1, SFO_TRANSPORT_UDP), 3);
  CHECK_EQ(resolution_failures(), 1);
  CHECK_EQ(rig_counters(&rig).dns_timeouts, 0);
  /* The query is over. */
  CHECK_EQ(sfo_engine_dns_failed(rig_input(&rig), rig.now, query->number, 0, SFO_TRANSPORT_TCP), SFO_OK);
  CHECK_EQ(rig.totals[DNS], 7);
  rig_close(&rig);
}

/* On another network the answer to the query in flight cannot come any more: another query, with another id. */
static void changed_network(void)
{
  uint8_t data[512];
  open_and_ask();
  const struct call *first = rig_find(&rig, DNS, 0);
  CHECK_EQ(sfo_engine_set_link(rig_input(&rig), rig.now, SFO_LINK_CHANGED), SFO_OK);
  CHECK_EQ(rig.totals[DNS], 2);
  const struct call *second = rig_find(&rig, DNS, 1);
  CHECK(second->number != first->number && memcmp(second->data, first->data, 2) != 0);
  size_t length = dns_answer(first->data, first->length, ADDRESS, data);
  refused(0, data, length);
  length = dns_answer(second->data, second->length, ADDRESS, data);
  CHECK_EQ(sfo_engine_handle_dns(rig_input(&rig), rig.now, 0, data, length), SFO_OK);
  CHECK_EQ(rig.totals[SEND], 1);
  rig_close(&rig);
}

static void answers_at_once(struct rig *r, const struct call *call)
{
  uint8_t answer[512];
  if (call->kind == DNS) {
    size_t length = dns_answer(call->data, call->length, ADDRESS, answer);
    CHECK_EQ(sfo_engine_handle_dns(r->engine, r->now, call->server, answer, length), SFO_OK);
    CHECK_EQ(r->totals[SEND], 0);
  }
}

/* A local cache may answer within the callback. */
static void answer_in_dns_send(void)
{
  const char *servers[1] = { "192.0.2.53" };
  rig_open(&rig, RIG_NAMED_SERVER, 0);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 1), SFO_OK);
  rig.hook = answers_at_once;
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  CHECK_EQ(rig.totals[SEND], 1);
  /* With dns_send there is no driver. */
  CHECK_EQ(sfo_dns_io_fds(rig.engine, NULL, 0), 0);
  CHECK_EQ(sfo_dns_io_handle(rig_input(&rig), rig.now, 0), SFO_ERR_NOT_FOUND);
  rig_close(&rig);
}

/* The servers of the configuration are used until the firmware names others. */
static void configured_servers(void)
{
  static char text[512];
  strcpy(text, RIG_NAMED_SERVER);
  strcat(text, "static.network.primary_dns = 192.0.2.53\nstatic.network.secondary_dns = 192.0.2.54\n");
  rig_open(&rig, text, 0);
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  CHECK_EQ(rig.totals[DNS], 1);
  rig_close(&rig);
}

int main(void)
{
  forged_answers();
  damaged_answers();
  no_server();
  dead_server();
  failing_send();
  failed_later();
  changed_network();
  answer_in_dns_send();
  configured_servers();
  return check_result();
}
