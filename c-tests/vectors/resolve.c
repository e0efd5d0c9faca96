/* The list of targets is what a registration walks along: every attempt fails at once, so that the first walk of each
 * server shows its whole list, in order. The clock of the library is ours, and jumps whenever there is no answer to
 * wait for. */

#include "resolve.h"

#include "compare.h"

#include <sipfailover.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
  /* Long enough, on the library's clock, for all tries at a silent server; every walk has begun by then. */
  WALK_MS = 20000,
  /* Longest wait for a server, on the world's clock: one that answers needs a few milliseconds. */
  PATIENCE_MS = 2000,
  /* The same where a server is known to be silent. Too short does little harm: a late answer is taken, too. */
  SHORT_PATIENCE_MS = 100,
  MOST_DESCRIPTORS = 64,
  /* Above every number that a descriptor of this process has. */
  MOST_NUMBERS = 256
};

struct world {
  const struct vector *vector;
  struct seen *seen; /* one for each expectation */
  uint64_t now;
  uint64_t deadline;
  struct text_list notes;
  uint64_t connections;
  unsigned char watched[MOST_NUMBERS];
};

static const struct expectation *expectation_of(const struct world *world, uint32_t account, uint32_t server,
                                                size_t *at)
{
  for (size_t i = 0; i < world->vector->expected_count; i++) {
    const struct expectation *expected = &world->vector->expected[i];
    if (expected->account == account && expected->server == server) {
      *at = i;
      return expected;
    }
  }
  return NULL;
}

/* ---- callbacks -------------------------------------------------------------------------------------- */

static int32_t on_send(void *user, const sfo_send *send)
{
  struct world *world = user;
  size_t at;
  if (expectation_of(world, send->account, send->server, &at) != NULL) {
    struct seen *seen = &world->seen[at];
    seen->request = seen->request == 0 ? send->request : seen->request;
    if (seen->request == send->request) {
      const char *slash = strrchr(send->target_text, '/');
      char text[96];
      snprintf(text, sizeof text, "%s %.*s", slash + 1, (int)(slash - send->target_text), send->target_text);
      text_list_add(&seen->targets, text);
      text_list_add(&seen->hosts, send->srv_target);
    }
  }
  return SFO_CAUSE_CONNECT;
}

static void on_timer(void *user, uint64_t deadline_ms)
{
  ((struct world *)user)->deadline = deadline_ms;
}

static void on_event(void *user, const sfo_event *event)
{
  struct world *world = user;
  size_t at;
  if (event->kind == SFO_EVENT_RESOLUTION_FAILED
      && expectation_of(world, event->account, event->server, &at) != NULL) {
    world->seen[at].failed = 1;
  }
}

static void on_log(void *user, uint32_t level, const char *text)
{
  (void)level;
  text_list_add(&((struct world *)user)->notes, text);
}

/* ---- the loop --------------------------------------------------------------------------------------- */

static int is_connection(int32_t fd)
{
  int type = 0;
  socklen_t length = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
}

/* Every descriptor comes here when it is new, when it is to be watched for something else, and at its end. */
static void on_watch(void *user, int32_t fd, uint32_t events)
{
  struct world *world = user;
  if (fd >= 0 && fd < MOST_NUMBERS) {
    world->connections += events != 0 && !world->watched[fd] && is_connection(fd);
    world->watched[fd] = events != 0;
  }
}

static size_t descriptors(sfo_engine *engine, struct pollfd *out)
{
  sfo_dns_fd fds[MOST_DESCRIPTORS];
  size_t count = sfo_dns_io_fds(engine, fds, MOST_DESCRIPTORS);
  count = count < MOST_DESCRIPTORS ? count : MOST_DESCRIPTORS;
  for (size_t i = 0; i < count; i++) {
    out[i].fd = fds[i].fd;
    out[i].events = (short)((fds[i].events & SFO_DNS_READABLE ? POLLIN : 0)
                            | (fds[i].events & SFO_DNS_WRITABLE ? POLLOUT : 0));
    out[i].revents = 0;
  }
  return count;
}

static int is_complete(const struct world *world)
{
  for (size_t i = 0; i < world->vector->expected_count; i++) {
    if (world->seen[i].request == 0 && !world->seen[i].failed) {
      return 0;
    }
  }
  return 1;
}

/* Until every list is known, to its end: a walk begins with the first target. Or until the time is over. */
static void go(struct run *run, struct world *world, sfo_engine *engine)
{
  uint64_t end = world->now + WALK_MS;
  while (world->now < end) {
    struct pollfd fds[MOST_DESCRIPTORS];
    size_t count = descriptors(engine, fds);
    if (count == 0 && is_complete(world)) {
      return;
    }
    int patience = run->impatient ? SHORT_PATIENCE_MS : PATIENCE_MS;
    if (count > 0 && poll(fds, (nfds_t)count, patience) > 0) {
      for (size_t i = 0; i < count; i++) {
        if (fds[i].revents != 0) {
          sfo_dns_io_handle(engine, world->now, fds[i].fd);
        }
      }
      continue;
    }
    if (world->deadline == SFO_TIME_NEVER) {
      return;
    }
    world->now = world->deadline > world->now ? world->deadline : world->now;
    sfo_engine_handle_timer(engine, world->now);
  }
}

/* ---- one vector ------------------------------------------------------------------------------------- */

static void load_line(sfo_config *config, const char *line)
{
  /* Later lines win, so single lines are as good as the whole text. */
  if (sfo_config_load_text(config, line, strlen(line)) != SFO_OK) {
    fprintf(stderr, "refused: %s\n", line);
    exit(2);
  }
}

static sfo_config *configure(const struct run *run, const struct vector *vector)
{
  sfo_config *config = NULL;
  char line[64];
  if (sfo_config_new(16, &config) != SFO_OK) {
    exit(2);
  }
  for (size_t i = 0; i < vector->expected_count; i++) {
    snprintf(line, sizeof line, "account.%u.enable = 1", vector->expected[i].account);
    load_line(config, line);
    /* A walk leaves plain targets out after TLS has failed; here the whole list is wanted. */
    snprintf(line, sizeof line, "account.%u.allow_plain_failover = 1", vector->expected[i].account);
    load_line(config, line);
  }
  for (size_t i = 0; i < vector->config.count; i++) {
    load_line(config, vector->config.items[i]);
  }
  /* Nor are targets to be left out whose address has failed. */
  load_line(config, "sip.skip_redundant_failover_addr = 0");
  if (run->over_tcp) {
    load_line(config, "sip.dns_transport_type = 1");
  }
  return config;
}

static sfo_engine *make_engine(const struct run *run, struct world *world)
{
  sfo_callbacks callbacks = SFO_CALLBACKS_INIT;
  sfo_options options = SFO_OPTIONS_INIT;
  sfo_engine *engine = NULL;
  callbacks.send_sip = on_send;
  callbacks.set_timer = on_timer;
  callbacks.dns_watch = on_watch;
  callbacks.event = on_event;
  callbacks.log = on_log;
  options.jitter = 0;
  options.transports = world->vector->transports;
  options.cache_entries = world->vector->cache;
  /* A server that is busy must not look silent to static records. */
  options.dns_wait_ms = WALK_MS;
  options.seed[0] = 7;
  sfo_config *config = configure(run, world->vector);
  sfo_status status = sfo_engine_new(config, &options, &callbacks, world, world->now, &engine);
  sfo_config_free(config);
  if (status != SFO_OK) {
    fprintf(stderr, "%s: no engine: %s\n", world->vector->title, sfo_status_text(status));
    exit(2);
  }
  return engine;
}

static void count(struct run *run, sfo_engine *engine)
{
  sfo_counters counters;
  memset(&counters, 0, sizeof counters);
  counters.struct_size = sizeof counters;
  if (sfo_engine_counters(engine, &counters) == SFO_OK) {
    run->queries += counters.dns_queries;
    run->timeouts += counters.dns_timeouts;
  }
}

int resolve_vector(struct run *run, const struct vector *vector)
{
  struct world world;
  int result = 1;
  memset(&world, 0, sizeof world);
  world.vector = vector;
  world.now = 1000000;
  world.deadline = SFO_TIME_NEVER;
  world.seen = get_memory(NULL, (vector->expected_count + 1) * sizeof *world.seen);
  memset(world.seen, 0, (vector->expected_count + 1) * sizeof *world.seen);
  sfo_engine *engine = make_engine(run, &world);
  size_t servers = vector->dns_servers == 0 ? 0 : run->server_count;
  if (sfo_engine_set_dns_servers(engine, world.now, run->servers, servers) != SFO_OK) {
    fputs("the DNS servers are refused\n", stderr);
    exit(2);
  }
  for (size_t i = 0; i < vector->expected_count; i++) {
    sfo_account_start(engine, world.now, vector->expected[i].account);
  }
  go(run, &world, engine);
  count(run, engine);
  run->connections += world.connections;
  sfo_engine_free(engine);
  for (size_t i = 0; i < vector->expected_count; i++) {
    result = is_as_expected(vector, i, &world.seen[i], &world.notes, run->any_reason) && result;
    text_list_free(&world.seen[i].targets);
    text_list_free(&world.seen[i].hosts);
  }
  text_list_free(&world.notes);
  free(world.seen);
  return result;
}
