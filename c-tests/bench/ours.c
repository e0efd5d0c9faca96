/* The library under test, as a firmware uses it: through the C interface, with the built-in DNS driver. */
#include "client.h"

#include <sipfailover.h>

#include <poll.h>
#include <stddef.h>
#include <stdio.h>

#define ACCOUNTS 101 /* the first, and a hundred more: see case `accounts` */

/* Virtual time between two requests: beyond 64*T1, so that no attempt of an earlier request is left. */
#define PAUSE_MS 40000

/* Of registrations, and of the zone's records: nothing is renewed while requests are measured. */
#define LIFETIME_S 86400

const char *const bench_name = "sipfailover";

static sfo_engine *engine;
static uint64_t now = 1000; /* virtual: the figures must not depend on the machine */
static uint64_t last_attempt, last_request;
static unsigned accounts, sends, ends;

const char *bench_version(void)
{
    static char text[32];
    uint32_t version = sfo_version();

    snprintf(text, sizeof text, "%u.%u.%u", (unsigned)(version >> 16), (unsigned)(version >> 8 & 255),
             (unsigned)(version & 255));
    return text;
}

static int32_t send_sip(void *user, const sfo_send *send)
{
    (void)user;
    last_attempt = send->attempt;
    sends++;
    return 0;
}

static void cancel_sip(void *user, const sfo_cancel *cancel)
{
    (void)user;
    (void)cancel;
}

static void set_timer(void *user, uint64_t deadline_ms)
{
    (void)user;
    (void)deadline_ms;
}

static void request_done(void *user, const sfo_done *done)
{
    (void)user;
    (void)done;
    ends++;
}

static void open_engine(unsigned count, const char *cache_type, const char *dns_server)
{
    static char text[ACCOUNTS * 256];
    sfo_callbacks callbacks = SFO_CALLBACKS_INIT;
    sfo_options options = SFO_OPTIONS_INIT;
    sfo_config *config = NULL;
    size_t used = 0;
    unsigned x;

    for (x = 1; x <= count; x++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "account.%u.enable = 1\n"
                                 "account.%u.sip_server.1.address = " BENCH_DOMAIN "\n"
                                 "account.%u.sip_server.1.port = 0\n"
                                 "account.%u.sip_server.1.transport_type = 3\n"
                                 "account.%u.dns_cache_type = %s\n",
                                 x, x, x, x, x, cache_type);
    callbacks.send_sip = send_sip;
    callbacks.cancel_sip = cancel_sip;
    callbacks.set_timer = set_timer;
    callbacks.request_done = request_done;
    options.transports = SFO_TRANSPORT_UDP;
    options.seed[0] = 1;
    bench_require(sfo_config_new(count, &config) == SFO_OK
                      && sfo_config_load_text(config, text, used) == SFO_OK
                      && sfo_config_diagnostic_count(config) == 0
                      && sfo_engine_new(config, &options, &callbacks, NULL, now, &engine) == SFO_OK
                      && sfo_engine_set_dns_servers(engine, now, &dns_server, 1) == SFO_OK,
                  "no engine");
    sfo_config_free(config);
    accounts = count;
    sends = 0;
}

static void open_one(const char *dns_server)
{
    open_engine(1, "1", dns_server);
}

static void open_with_hints(const char *dns_server)
{
    open_engine(1, "2", dns_server);
}

static void open_many(const char *dns_server)
{
    open_engine(ACCOUNTS, "1", dns_server);
}

static void close_engine(void)
{
    sfo_engine_free(engine);
    engine = NULL;
}

/* Takes what has come from DNS, waiting for it. False if nothing is under way. */
static int take_dns(void)
{
    sfo_dns_fd dns[64];
    struct pollfd fds[64];
    size_t count = sfo_dns_io_fds(engine, dns, 64), i;

    for (i = 0; i < count; i++) {
        fds[i].fd = dns[i].fd;
        fds[i].events = POLLIN;
    }
    if (count == 0)
        return 0;
    bench_require(poll(fds, (nfds_t)count, BENCH_PATIENCE_MS) > 0, "no answer");
    for (i = 0; i < count; i++)
        if (fds[i].revents != 0)
            sfo_dns_io_handle(engine, now, fds[i].fd);
    return 1;
}

/* From nothing to the first REGISTER of every account, and to the end of the list behind it. */
static void chain(void)
{
    unsigned x;

    for (x = 1; x <= accounts; x++)
        sfo_account_start(engine, now, x);
    while (take_dns()) {
    }
    bench_require(sends == accounts, "not every account registers");
}

static void answer(void)
{
    sfo_response response = SFO_RESPONSE_INIT;

    response.status = 200;
    response.granted_expires_s = LIFETIME_S;
    bench_require(sfo_attempt_response(engine, now, last_attempt, &response) == SFO_OK, "no such attempt");
}

static void route(void)
{
    sfo_request request = SFO_REQUEST_INIT;

    request.account = 1;
    request.method = SFO_METHOD_INVITE;
    sfo_request_start(engine, now, &request, &last_request);
}

static void fail(void)
{
    sfo_attempt_failed(engine, now, last_attempt, SFO_CAUSE_UNREACHABLE);
}

/* A phone that has registered and knows where its servers are. */
static void open_registered(const char *dns_server)
{
    open_one(dns_server);
    chain();
    answer();
    sends = ends = 0;
}

/* One request has been sent, at one target or at two; it is answered, and time goes by. */
static void after_request(unsigned attempts)
{
    bench_require(sends == attempts, "the request was not sent");
    answer();
    bench_require(ends == 1, "the request has not ended");
    now += PAUSE_MS;
    sfo_engine_handle_timer(engine, now);
    sends = ends = 0;
}

static void after_route(void)
{
    after_request(1);
}

static void after_failure(void)
{
    after_request(2);
}

const struct bench_case bench_cases[] = {
    { "cold", 0, 1, open_one, NULL, chain, NULL, close_engine },
    { "additional", 1, 1, open_with_hints, NULL, chain, NULL, close_engine },
    { "cached", 0, 0, open_registered, NULL, route, after_route, close_engine },
    { "outcome", 0, 0, open_registered, route, fail, after_failure, close_engine },
    { "accounts", 0, 1, open_many, NULL, chain, NULL, close_engine },
    { NULL, 0, 0, NULL, NULL, NULL, NULL, NULL },
};
