/* errno belongs to the caller: no function changes it, whatever system calls it makes and whatever callbacks do to it.
 *
 * That holds for every call of every test that is made by perform(); here are the lives in which most happens.
 */

#include "check.h"
#include "every_call.h"
#include "rig.h"

#include <errno.h>

static struct rig rig;
static struct arguments arguments;
static unsigned disturbed;

static const char TEXT[] =
  "account.1.enable = 1\n"
  "account.1.user_name = 1001\n"
  "account.1.sip_server.1.address = 192.0.2.1\n"
  "account.1.sip_server.2.address = 192.0.2.2\n"
  "account.2.enable = 1\n"
  "account.2.user_name = 1002\n"
  "account.2.sip_server.1.address = sip.example\n";

static const char OVER_TCP[] =
  "sip.dns_transport_type = 1\n"
  "account.1.enable = 1\n"
  "account.1.user_name = 1002\n"
  "account.1.sip_server.1.address = sip.example\n";

/* Callbacks are code of the firmware: they do what they like. */
static void disturbs(struct rig *r, const struct call *call)
{
  (void)r;
  (void)call;
  errno = EIO;
  disturbed++;
}

static void wakes(struct rig *r)
{
  disturbs(r, NULL);
}

static void do_call(enum which which)
{
  arguments.engine = rig.engine;
  arguments.now = rig.now;
  if (which == CALL_sfo_engine_handle_timer) {
    rig.deadline = RIG_FIRED;
  }
  rig_input(&rig);
  perform(&arguments, which);
}

static void open_rig(const char *text, unsigned flags)
{
  rig_open(&rig, text, flags);
  rig.hook = disturbs;
  rig.waker = wakes;
  disturbed = 0;
}

static void every_function(unsigned flags)
{
  open_rig(TEXT, flags);
  do_call(CALL_sfo_account_start);
  arguments.account = 2;
  do_call(CALL_sfo_account_start);
  arguments.account = 1;
  arguments.attempt_id = rig_find(&rig, SEND, -1)->attempt;
  arguments.response.status = 200;
  do_call(CALL_sfo_attempt_response);
  /* In an order in which most of them have something to do; the engine goes last. */
  for (unsigned i = 0; i < CALL_COUNT; i++) {
    do_call(i == CALL_sfo_engine_free ? CALL_sfo_engine_counters : (enum which)i);
  }
  CHECK(disturbed > 10);
  do_call(CALL_sfo_engine_free);
  CHECK_EQ(rig.totals[DESTROYED], 1);
}

/* Serves what the driver waits for until it waits for nothing any more, and fires the timer when nothing comes. */
static void serve(void)
{
  for (int turns = 0; turns < 200 && rig.totals[DESTROYED] == 0; turns++) {
    sfo_dns_fd fds[64];
    size_t count = sfo_dns_io_fds(rig.engine, fds, 64);
    if (count == 0 && rig.deadline == SFO_TIME_NEVER) {
      return;
    }
    for (size_t i = 0; i < count && i < 64; i++) {
      arguments.fd = fds[i].fd;
      do_call(CALL_sfo_dns_io_handle);
    }
    rig.now = rig.deadline != SFO_TIME_NEVER && rig.deadline > rig.now ? rig.deadline : rig.now + 1;
    do_call(CALL_sfo_engine_handle_timer);
  }
}

/* A port of this machine that nobody listens at: ICMP refuses datagrams, RST connections. */
static void sockets(const char *text)
{
  static const char *const paths[] = { "/nonexistent", "/", "/dev/null" };
  open_rig(text, RIG_DRIVER);
  arguments.servers[0] = "127.0.0.1:1";
  do_call(CALL_sfo_engine_set_dns_servers);
  do_call(CALL_sfo_account_start);
  arguments.account = 2;
  do_call(CALL_sfo_account_start);
  arguments.account = 1;
  /* Connections are refused at once. */
  CHECK(rig.totals[WATCH] > 0 || text == OVER_TCP);
  serve();
  CHECK(rig_counters(&rig).dns_failures > 0);
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    arguments.path = paths[i];
    do_call(CALL_sfo_dns_io_use_resolv_conf);
  }
  /* No address, and an interface that does not exist. */
  arguments.servers[0] = "fe80::1%nonexistent";
  do_call(CALL_sfo_engine_set_dns_servers);
  CHECK_EQ(arguments.status, SFO_ERR_INVALID);
  do_call(CALL_sfo_post_set_dns_servers);
  CHECK_EQ(arguments.status, SFO_ERR_INVALID);
  do_call(CALL_sfo_engine_free);
  arguments.servers[0] = "127.0.0.1:1";
  arguments.path = "/nonexistent";
}

int main(void)
{
  arguments_open(&arguments, TEXT);
  every_function(0);
  every_function(RIG_DRIVER);
  sockets(TEXT);
  sockets(OVER_TCP);
  arguments_close(&arguments);
  return check_result();
}
