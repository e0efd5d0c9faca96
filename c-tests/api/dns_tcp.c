/* DNS over TCP: what did not fit into a datagram, and the configuration that wants nothing else. */

#include "check.h"
#include "dns.h"
#include "rig.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct rig rig;
static const uint8_t ADDRESS[4] = { 192, 0, 2, 7 };

/* What the recorder was told last about each descriptor; 0: nothing, or to forget it. */
static uint32_t watched[1024];

/* A DNS server of the test: one port of loopback, for datagrams and connections. */
struct server {
  int udp, tcp;
  char name[32];
};

static void keeps_the_watch(struct rig *r, const struct call *call)
{
  (void)r;
  if (call->kind == WATCH && CHECK(call->fd >= 0 && call->fd < 1024)) {
    CHECK(fcntl(call->fd, F_GETFD) != -1);
    CHECK(call->result != watched[call->fd]);
    watched[call->fd] = call->result;
  }
}

static void check_watch(void)
{
  sfo_dns_fd fds[64];
  size_t count = sfo_dns_io_fds(rig.engine, fds, 64), seen = 0;
  for (size_t i = 0; i < count && i < 64; i++) {
    CHECK_EQ(watched[fds[i].fd], fds[i].events);
  }
  for (size_t fd = 0; fd < 1024; fd++) {
    seen += watched[fd] != 0;
  }
  CHECK_EQ(seen, count);
}

static void server_open(struct server *out)
{
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  for (int tries = 0; tries < 10; tries++) {
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    out->udp = socket(AF_INET, SOCK_DGRAM, 0);
    out->tcp = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_EQ(bind(out->udp, (struct sockaddr *)&address, sizeof address), 0);
    CHECK_EQ(getsockname(out->udp, (struct sockaddr *)&address, &length), 0);
    /* Somebody else may have the same port for connections. */
    if (bind(out->tcp, (struct sockaddr *)&address, sizeof address) == 0) {
      CHECK_EQ(listen(out->tcp, 4), 0);
      snprintf(out->name, sizeof out->name, "127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
      return;
    }
    close(out->udp);
    close(out->tcp);
  }
  CHECK(!"no port is free for both");
}

static void server_close(struct server *at)
{
  close(at->udp);
  close(at->tcp);
}

static int is_ready(int fd, short events, int milliseconds)
{
  struct pollfd one;
  one.fd = fd;
  one.events = events;
  one.revents = 0;
  return poll(&one, 1, milliseconds) == 1;
}

/* Lets the driver do everything that can be done now. */
static void pump(void)
{
  sfo_dns_fd fds[64];
  for (int turns = 0; turns < 20; turns++) {
    size_t count = sfo_dns_io_fds(rig.engine, fds, 64);
    int ready = 0;
    check_watch();
    for (size_t i = 0; i < count && i < 64; i++) {
      if (is_ready(fds[i].fd, fds[i].events == SFO_DNS_WRITABLE ? POLLOUT : POLLIN, 20)) {
        ready = 1;
        /* The one before may have been the end of this one. */
        sfo_dns_io_handle(rig_input(&rig), rig.now, fds[i].fd);
      }
    }
    if (!ready) {
      return;
    }
  }
  CHECK(!"the driver goes on without end");
}

static int take_connection(const struct server *at)
{
  return CHECK(is_ready(at->tcp, POLLIN, 2000)) ? accept(at->tcp, NULL, NULL) : -1;
}

/* The query on a connection, without its length. */
static size_t take_query(int connection, uint8_t query[512])
{
  uint8_t bytes[514];
  size_t got = 0;
  while (got < 2 || got < 2u + bytes[0] * 256u + bytes[1]) {
    if (!CHECK(got < sizeof bytes && is_ready(connection, POLLIN, 2000))) {
      return 0;
    }
    ssize_t more = recv(connection, bytes + got, sizeof bytes - got, 0);
    if (!CHECK(more > 0)) {
      return 0;
    }
    got += (size_t)more;
  }
  memcpy(query, bytes + 2, got - 2);
  return got - 2;
}

/* Answers on a connection, in two pieces that meet in the middle of the length. */
static void answer_in_pieces(int connection, const uint8_t *query, size_t asked)
{
  uint8_t framed[514];
  size_t length = dns_answer(query, asked, ADDRESS, framed + 2);
  CHECK(length > 0);
  framed[0] = (uint8_t)(length >> 8);
  framed[1] = (uint8_t)length;
  CHECK_EQ(send(connection, framed, 1, 0), 1);
  pump();
  CHECK_EQ(rig.totals[SEND], 0);
  CHECK_EQ(send(connection, framed + 1, length + 1, 0), (ssize_t)length + 1);
  pump();
  CHECK_EQ(rig.totals[SEND], 1);
  CHECK_EQ(strcmp(rig_find(&rig, SEND, 0)->text, "192.0.2.7:5060/udp"), 0);
}

static void open_rig(const char *text, const char *const *servers, size_t count)
{
  rig_open(&rig, text, RIG_DRIVER);
  rig.hook = keeps_the_watch;
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, count), SFO_OK);
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
}

static void close_rig(void)
{
  CHECK_EQ(sfo_dns_io_fds(rig.engine, NULL, 0), 0);
  check_watch();
  sfo_engine_free(rig_input(&rig));
}

/* UDP says "too large": the same server is asked over TCP, in the same moment. */
static void truncated(void)
{
  struct server server;
  struct sockaddr_in from;
  socklen_t length = sizeof from;
  uint8_t query[512], cut[512];
  server_open(&server);
  const char *servers[1] = { server.name };
  open_rig(RIG_NAMED_SERVER, servers, 1);
  CHECK(is_ready(server.udp, POLLIN, 2000));
  ssize_t asked = recvfrom(server.udp, query, sizeof query, 0, (struct sockaddr *)&from, &length);
  size_t size = dns_truncated(query, asked > 0 ? (size_t)asked : 0, cut);
  CHECK_EQ(sendto(server.udp, cut, size, 0, (struct sockaddr *)&from, length), (ssize_t)size);
  pump();
  int connection = take_connection(&server);
  pump();
  size_t again = take_query(connection, query);
  CHECK_EQ(again, asked);
  answer_in_pieces(connection, query, again);
  /* Given up by the driver: the server sees the end. */
  CHECK(is_ready(connection, POLLIN, 2000));
  CHECK_EQ(recv(connection, query, sizeof query, 0), 0);
  close_rig();
  close(connection);
  server_close(&server);
}

/* TCP from the start: the first server closes before it answers, the second one is asked at once. */
static void wanted(void)
{
  static char text[512];
  struct server silent, good;
  uint8_t query[512];
  strcpy(text, RIG_NAMED_SERVER);
  strcat(text, "sip.dns_transport_type = 1\n");
  server_open(&silent);
  server_open(&good);
  const char *servers[2] = { silent.name, good.name };
  open_rig(text, servers, 2);
  int connection = take_connection(&silent);
  pump();
  CHECK(take_query(connection, query) > 0);
  close(connection);
  pump();
  connection = take_connection(&good);
  pump();
  answer_in_pieces(connection, query, take_query(connection, query));
  CHECK(!is_ready(silent.udp, POLLIN, 0) && !is_ready(good.udp, POLLIN, 0));
  close_rig();
  close(connection);
  server_close(&silent);
  server_close(&good);
}

/* A transport of the firmware's own is told which way; without TCP, the next server is asked. */
static void own_transport(void)
{
  const char *servers[2] = { "192.0.2.53", "192.0.2.54" };
  uint8_t cut[512], good[512];
  rig_open(&rig, RIG_NAMED_SERVER, 0);
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 2), SFO_OK);
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  const struct call *first = rig_find(&rig, DNS, 0);
  CHECK_EQ(first->result, SFO_TRANSPORT_UDP);
  size_t size = dns_truncated(first->data, first->length, cut);
  rig.dns_result = 1;
  rig.hook = NULL;
  CHECK_EQ(sfo_engine_handle_dns(rig_input(&rig), rig.now, 0, cut, size), SFO_OK);
  CHECK_EQ(rig_find(&rig, DNS, 1)->result, SFO_TRANSPORT_TCP);
  CHECK_EQ(rig_find(&rig, DNS, 1)->server, 0);
  CHECK_EQ(rig_find(&rig, DNS, 1)->number, first->number);
  CHECK_EQ(rig_find(&rig, DNS, 2)->result, SFO_TRANSPORT_UDP);
  CHECK_EQ(rig_find(&rig, DNS, 2)->server, 1);
  rig_close(&rig);

  rig_open(&rig, RIG_NAMED_SERVER, 0);
  rig.dns_result = 0;
  CHECK_EQ(sfo_engine_set_dns_servers(rig_input(&rig), rig.now, servers, 2), SFO_OK);
  CHECK_EQ(sfo_account_start(rig_input(&rig), rig.now, 1), SFO_OK);
  first = rig_find(&rig, DNS, 0);
  size = dns_truncated(first->data, first->length, cut);
  CHECK_EQ(sfo_engine_handle_dns(rig_input(&rig), rig.now, 0, cut, size), SFO_OK);
  size = dns_answer(first->data, first->length, ADDRESS, good);
  CHECK_EQ(sfo_engine_handle_dns(rig_input(&rig), rig.now, 0, good, size), SFO_OK);
  CHECK_EQ(rig.totals[DNS], 2);
  CHECK_EQ(rig.totals[SEND], 1);
  rig_close(&rig);
}

int main(void)
{
  truncated();
  wanted();
  own_transport();
  return check_result();
}
