/* The built-in DNS driver, against a server of the test on loopback sockets. */

#include "check.h"
#include "dns.h"
#include "loopback.h"
#include "rig.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static struct rig rig;
static const uint8_t ADDRESS[4] = { 192, 0, 2, 7 };

/* Descriptors that the recorder was told to watch. */
static int watched[64];
static size_t watched_count;

static void keeps_the_watch(struct rig *r, const struct call *call)
{
  (void)r;
  if (call->kind != WATCH) {
    return;
  }
  size_t at = 0;
  while (at < watched_count && watched[at] != call->fd) {
    at++;
  }
  /* Open, also when it is to be forgotten. */
  CHECK(fcntl(call->fd, F_GETFD) != -1);
  if (call->result == 0) {
    if (CHECK(at < watched_count)) {
      watched[at] = watched[--watched_count];
    }
  } else {
    CHECK_EQ(at, watched_count);
    CHECK_EQ(call->result, SFO_DNS_READABLE);
    watched[watched_count++] = call->fd;
  }
}

/* Lets the driver read everything that has come in. */
static void pump(void)
{
  sfo_dns_fd fds[64];
  for (int turns = 0; turns < 20; turns++) {
    size_t count = sfo_dns_io_fds(rig.engine, fds, 64);
    int readable = 0;
    for (size_t i = 0; i < count && i < 64; i++) {
      CHECK_EQ(fds[i].events, SFO_DNS_READABLE);
      if (loopback_readable(fds[i].fd, 20)) {
        readable = 1;
        CHECK_EQ(sfo_dns_io_handle(rig_input(&rig), rig.now, fds[i].fd), SFO_OK);
      }
    }
    if (!readable) {
      return;
    }
  }
  CHECK(!"the driver reads without end");
}

static void open_rig(const char *const *servers, size_t count)
{
  rig_open(&rig, RIG_NAMED_SERVER, RIG_DRIVER);
  rig.hook = keeps_the_watch;
  watched_count = 0;
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, count), SFO_OK);
  CHECK_EQ(sfo_dns_io_fds(rig.engine, NULL, 0), 0);
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
}

static void close_rig(void)
{
  /* rig_close() takes the hook away, but the watch goes on until the end. */
  sfo_engine_free(rig_input(&rig));
  CHECK_EQ(rig.totals[DESTROYED], 1);
  CHECK_EQ(watched_count, 0);
}

static void answered(void)
{
  char name[32], foreign_name[32];
  const char *servers[1] = { name };
  uint8_t query[512], good[512], bad[9000] = { 0 };
  struct sockaddr_in from;
  unsigned before = loopback_descriptors();
  int server = loopback_server(name), foreign = loopback_server(foreign_name);
  open_rig(servers, 1);
  size_t asked = loopback_take(server, query, sizeof query, &from);
  size_t length = dns_answer(query, asked, ADDRESS, good);
  CHECK(length > 0);
  CHECK_EQ(sfo_dns_io_fds(rig.engine, NULL, 0), 1);
  CHECK_EQ(watched_count, 1);

  /* From another port: the system itself keeps it away, and nothing of it is heard. */
  loopback_reply(foreign, good, length, &from);
  pump();
  CHECK_EQ(rig.totals[SEND], 0);
  CHECK_EQ(rig_counters(&rig).dns_answers, 0);
  /* Another id, another question, too long, no message at all: ignored, and counted. */
  memcpy(bad, good, length);
  bad[1] ^= 1;
  loopback_reply(server, bad, length, &from);
  pump();
  CHECK_EQ(rig_counters(&rig).dns_ignored, 1);
  memcpy(bad, good, length);
  bad[13] ^= 1;
  loopback_reply(server, bad, length, &from);
  pump();
  CHECK_EQ(rig_counters(&rig).dns_ignored, 2);
  memcpy(bad, good, length);
  loopback_reply(server, bad, sizeof bad, &from);
  pump();
  CHECK_EQ(rig_counters(&rig).dns_ignored, 3);
  loopback_reply(server, bad, 5, &from);
  loopback_reply(server, bad, 0, &from);
  pump();
  CHECK_EQ(rig_counters(&rig).dns_ignored, 5);
  CHECK_EQ(rig.totals[SEND], 0);

  loopback_reply(server, good, length, &from);
  pump();
  CHECK_EQ(rig.totals[SEND], 1);
  CHECK_EQ(strcmp(rig_find(&rig, SEND, 0)->text, "192.0.2.7:5060/udp"), 0);
  /* The query is over, and so is its socket. */
  CHECK_EQ(sfo_dns_io_fds(rig.engine, NULL, 0), 0);
  CHECK_EQ(watched_count, 0);
  close_rig();
  close(server);
  close(foreign);
  CHECK_EQ(loopback_descriptors(), before);
}

/* A query in flight leaves nothing behind when the engine goes. */
static void released_in_flight(void)
{
  char name[32];
  const char *servers[1] = { name };
  unsigned before = loopback_descriptors();
  int server = loopback_server(name);
  open_rig(servers, 1);
  CHECK_EQ(watched_count, 1);
  close_rig();
  close(server);
  CHECK_EQ(loopback_descriptors(), before);
}

/* Who polls needs no dns_watch, and who has other descriptors may hand them in without harm. */
static void foreign_descriptors(void)
{
  char name[32];
  const char *servers[1] = { name };
  sfo_dns_fd one[2];
  int server = loopback_server(name);
  open_rig(servers, 1);
  CHECK_EQ(sfo_dns_io_handle(rig_input(&rig), rig.now, server), SFO_ERR_NOT_FOUND);
  CHECK_EQ(sfo_dns_io_handle(rig_input(&rig), rig.now, -1), SFO_ERR_NOT_FOUND);
  CHECK_EQ(sfo_dns_io_handle(rig_input(&rig), rig.now, INT32_MAX), SFO_ERR_NOT_FOUND);
  one[0].fd = one[1].fd = -5;
  CHECK_EQ(sfo_dns_io_fds(rig.engine, one, 0), 1);
  CHECK_EQ(one[0].fd, -5);
  CHECK_EQ(sfo_dns_io_fds(rig.engine, one, 1), 1);
  CHECK(one[0].fd >= 0 && one[1].fd == -5);
  /* Nothing has come in: no harm either. */
  CHECK_EQ(sfo_dns_io_handle(rig_input(&rig), rig.now, one[0].fd), SFO_OK);
  CHECK_EQ(watched_count, 1);
  CHECK_EQ(watched[0], one[0].fd);
  errno = ENOTTY;
  CHECK_EQ(sfo_dns_io_handle(rig_input(&rig), rig.now, one[0].fd), SFO_OK);
  CHECK_EQ(errno, ENOTTY);
  close_rig();
  close(server);
}

/* A closed port is found out at once; the next server is asked. */
static void refused_port(void)
{
  char name[32], closed[32];
  const char *servers[2] = { closed, name };
  uint8_t query[512], good[512];
  struct sockaddr_in from;
  int server = loopback_server(name);
  close(loopback_server(closed));
  open_rig(servers, 2);
  pump();
  size_t asked = loopback_take(server, query, sizeof query, &from);
  size_t length = dns_answer(query, asked, ADDRESS, good);
  loopback_reply(server, good, length, &from);
  pump();
  CHECK_EQ(rig.totals[SEND], 1);
  close_rig();
  close(server);
}

/* Nobody answers for an hour: sockets do not pile up, and the watch is kept in step. */
static void dead_server(void)
{
  char name[32];
  const char *servers[1] = { name };
  int server = loopback_server(name);
  unsigned before = loopback_descriptors();
  open_rig(servers, 1);
  for (int i = 0; i < 60; i++) {
    rig_run(&rig, 60000);
    CHECK_EQ(sfo_dns_io_fds(rig.engine, NULL, 0), watched_count);
    CHECK(loopback_descriptors() <= before + 4);
  }
  int failures = 0;
  for (int i = 0; rig_find(&rig, EVENT, i) != NULL; i++) {
    failures += rig_find(&rig, EVENT, i)->result == SFO_EVENT_RESOLUTION_FAILED;
  }
  CHECK(failures > 0);
  CHECK(rig_counters(&rig).dns_timeouts > 0);
  close_rig();
  CHECK_EQ(loopback_descriptors(), before);
  close(server);
}

/* Other servers: the sockets to the old ones are given up, what they still send is not heard. */
static void changed_servers(void)
{
  char name[32], other_name[32];
  const char *servers[1] = { name }, *others[1] = { other_name };
  uint8_t query[512], good[512];
  struct sockaddr_in from, old_from;
  int server = loopback_server(name), other = loopback_server(other_name);
  open_rig(servers, 1);
  size_t asked = loopback_take(server, query, sizeof query, &old_from);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, others, 1), SFO_OK);
  CHECK_EQ(sfo_dns_io_fds(rig.engine, NULL, 0), 1);
  CHECK_EQ(watched_count, 1);
  loopback_reply(server, good, dns_answer(query, asked, ADDRESS, good), &old_from);
  pump();
  CHECK_EQ(rig.totals[SEND], 0);
  asked = loopback_take(other, query, sizeof query, &from);
  loopback_reply(other, good, dns_answer(query, asked, ADDRESS, good), &from);
  pump();
  CHECK_EQ(rig.totals[SEND], 1);
  close_rig();
  close(server);
  close(other);
}

int main(void)
{
  answered();
  released_in_flight();
  foreign_descriptors();
  refused_port();
  dead_server();
  changed_servers();
  return check_result();
}
