/* The sockets of the DNS driver: what they look like to others, and what becomes of them when the device has no more of
 * them, or another network. */

#include "check.h"
#include "dns.h"
#include "loopback.h"
#include "rig.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static struct rig rig;
static const uint8_t ADDRESS[4] = { 192, 0, 2, 7 };

/* What a DNS server sees of a query. */
struct seen {
  uint8_t data[512];
  size_t length;
  struct sockaddr_in from;
};

static void take(int server, struct seen *out)
{
  out->length = loopback_take(server, out->data, sizeof out->data, &out->from);
  CHECK(out->length >= 12);
}

static unsigned id_of(const struct seen *query)
{
  return query->data[0] * 256u + query->data[1];
}

static void answer(int server, const struct seen *query)
{
  uint8_t data[512];
  loopback_reply(server, data, dns_answer(query->data, query->length, ADDRESS, data), &query->from);
}

/* Hands every readable descriptor in, once. */
static void turn(void)
{
  sfo_dns_fd fds[64];
  size_t count = sfo_dns_io_fds(rig.engine, fds, 64);
  for (size_t i = 0; i < count && i < 64; i++) {
    if (loopback_readable(fds[i].fd, 200)) {
      sfo_dns_io_handle(rig_input(&rig), rig.now, fds[i].fd);
    }
  }
}

static void open_rig(const char *text, const char *server)
{
  rig_open(&rig, text, RIG_DRIVER);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, &server, 1), SFO_OK);
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
}

/* Who cannot see a query has to guess its id and its port: neither follows from those before (RFC 5452). */
static void ports_and_ids(void)
{
  enum { QUERIES = 24, DIFFERENT = QUERIES - 2 };
  char name[32];
  unsigned ports[QUERIES], ids[QUERIES], same_ports = 0, same_ids = 0, port_steps = 0, id_steps = 0;
  int server = loopback_server(name);
  open_rig(RIG_NAMED_SERVER, name);
  for (int i = 0; i < QUERIES; i++) {
    struct seen query;
    take(server, &query);
    ports[i] = ntohs(query.from.sin_port);
    ids[i] = id_of(&query);
    /* Below are the ports of services, and of RTP. */
    CHECK(ports[i] >= 32768);
    answer(server, &query);
    turn();
    CHECK_EQ(sfo_dns_io_fds(rig.engine, NULL, 0), 0);
    CHECK_EQ(sfo_engine_set_link(rig_input(&rig), rig.now, SFO_LINK_CHANGED), SFO_OK);
  }
  for (int i = 1; i < QUERIES; i++) {
    for (int j = 0; j < i; j++) {
      same_ports += ports[i] == ports[j];
      same_ids += ids[i] == ids[j];
    }
    port_steps += ports[i] - ports[i - 1] + 2 <= 4;
    id_steps += ids[i] - ids[i - 1] + 2 <= 4;
  }
  CHECK(same_ports <= QUERIES - DIFFERENT && same_ids <= QUERIES - DIFFERENT);
  CHECK(port_steps <= QUERIES - DIFFERENT && id_steps <= QUERIES - DIFFERENT);
  rig_close(&rig);
  close(server);
}

/* A query in flight begins anew: from another port, with another id, and at once. */
static void changed_network(void)
{
  char name[32];
  struct seen before, after;
  unsigned descriptors = loopback_descriptors();
  int server = loopback_server(name);
  open_rig(RIG_NAMED_SERVER, name);
  take(server, &before);
  CHECK_EQ(sfo_engine_set_link(rig_input(&rig), rig.now, SFO_LINK_CHANGED), SFO_OK);
  CHECK_EQ(sfo_dns_io_fds(rig.engine, NULL, 0), 1);
  take(server, &after);
  CHECK(before.from.sin_port != after.from.sin_port);
  CHECK(id_of(&before) != id_of(&after));
  /* One socket was closed, one opened: its removal was told, so that the number could be used again. */
  CHECK_EQ(rig.totals[WATCH], 3);
  answer(server, &before);
  turn();
  CHECK_EQ(rig.totals[SEND], 0);
  answer(server, &after);
  turn();
  CHECK_EQ(rig.totals[SEND], 1);
  rig_close(&rig);
  close(server);
  CHECK_EQ(loopback_descriptors(), descriptors);
}

static const char TWO_NAMES[] =
  "account.1.enable = 1\n"
  "account.1.sip_server.1.address = sip.example\n"
  "account.1.sip_server.1.port = 5060\n"
  "account.2.enable = 1\n"
  "account.2.sip_server.1.address = other.example\n"
  "account.2.sip_server.1.port = 5060\n";

static unsigned resolution_failures(uint32_t account)
{
  unsigned count = 0;
  for (int i = 0; rig_find(&rig, EVENT, i) != NULL; i++) {
    const struct call *event = rig_find(&rig, EVENT, i);
    count += event->account == account && event->result == SFO_EVENT_RESOLUTION_FAILED;
  }
  return count;
}

static unsigned sends_of(uint32_t account)
{
  unsigned count = 0;
  for (int i = 0; rig_find(&rig, SEND, i) != NULL; i++) {
    count += rig_find(&rig, SEND, i)->account == account;
  }
  return count;
}

/* From here on no descriptor can be opened; those that are open stay. Returns the limit as it was. */
static struct rlimit exhaust(void)
{
  struct rlimit old, low;
  int next = fcntl(0, F_DUPFD, 0);
  CHECK_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
  CHECK(next >= 0);
  low = old;
  low.rlim_cur = (rlim_t)next;
  close(next);
  CHECK_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  CHECK_EQ(fcntl(0, F_DUPFD, 0), -1);
  return old;
}

/* No descriptor is left: the query is not sent, the account hears of it at once, and what is open goes on. */
static void no_descriptors(void)
{
  char name[32];
  struct seen query;
  unsigned descriptors = loopback_descriptors();
  int server = loopback_server(name);
  open_rig(TWO_NAMES, name);
  take(server, &query);

  struct rlimit old = exhaust();
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 2), SFO_OK);
  CHECK_EQ(resolution_failures(2), 1);
  CHECK_EQ(rig.totals[SEND], 0);
  CHECK_EQ(rig_counters(&rig).dns_timeouts, 0);
  CHECK_EQ(sfo_dns_io_fds(rig.engine, NULL, 0), 1);
  answer(server, &query);
  turn();
  CHECK_EQ(rig.totals[SEND], 1);
  CHECK_EQ(rig_find(&rig, SEND, 0)->account, 1);
  /* Its socket is free again, and somebody else takes the place. It goes on like this for a while, in measure. */
  int taken = dup(0);
  CHECK(taken >= 0);
  CHECK_EQ(dup(0), -1);
  uint64_t before = rig_counters(&rig).dns_queries;
  rig_run(&rig, 600000);
  CHECK(rig_counters(&rig).dns_queries > before && rig_counters(&rig).dns_queries - before < 400);
  CHECK(!loopback_readable(server, 0));
  CHECK_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);
  close(taken);

  /* Descriptors are back: the account finds its server by itself, when its pause is over. */
  rig_forget(&rig);
  for (int i = 0; i < 600 && sends_of(2) == 0; i++) {
    rig_run(&rig, 1000);
    while (loopback_readable(server, 0)) {
      take(server, &query);
      answer(server, &query);
    }
    turn();
  }
  CHECK(sends_of(2) >= 1);
  rig_close(&rig);
  close(server);
  CHECK_EQ(loopback_descriptors(), descriptors);
}

int main(void)
{
  ports_and_ids();
  changed_network();
  no_descriptors();
  return check_result();
}
