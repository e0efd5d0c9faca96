/*
 * What one event costs in an engine with many accounts: a request, an answer, a failure, a renewal.
 *
 *   bench_scale ACCOUNTS CASE EVENTS
 *
 * Prints "ACCOUNTS CASE EVENTS ALLOCATIONS LOADING OTHERS": allocations of all measured events; processor time in ms for
 * loading the configuration and for everything after it, measured or not.
 * Under callgrind, only the measured events are looked at: see run_scale.sh.
 */
#include "heap.h"

#include <sipfailover.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef HAVE_CALLGRIND_H
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION ((void)0)
#define CALLGRIND_STOP_INSTRUMENTATION ((void)0)
#endif

#define ACCOUNTS_MAX 100000u
#define EVENTS_MAX 1000u
#define LINE_MAX_BYTES 256u

/* The accounts start within this time, ms: somewhat less than the time between two renewals of a registration. */
#define SPREAD_MS 3400000u

/* Longer than an attempt is remembered, ms. */
#define AFTERLIFE_MS 40000u

static sfo_engine *engine;
static uint64_t now = 1000, deadline = SFO_TIME_NEVER;
static uint64_t *waiting; /* attempts that have no answer, the oldest first */
static size_t waiting_first, waiting_count, waiting_room;
static unsigned long sends;

static void require(int good, const char *what)
{
    if (!good) {
        fprintf(stderr, "bench_scale: %s\n", what);
        exit(2);
    }
}

static int32_t send_sip(void *user, const sfo_send *send)
{
    (void)user;
    sends++;
    require(waiting_count < waiting_room, "more attempts than expected");
    waiting[(waiting_first + waiting_count++) % waiting_room] = send->attempt;
    return 0;
}

static void set_timer(void *user, uint64_t deadline_ms)
{
    (void)user;
    deadline = deadline_ms;
}

static uint64_t take_attempt(void)
{
    uint64_t attempt;

    require(waiting_count > 0, "nothing was sent");
    attempt = waiting[waiting_first];
    waiting_first = (waiting_first + 1) % waiting_room;
    waiting_count--;
    return attempt;
}

/* Two servers, registered one after the other: a failure moves a request to the second. */
static void open_engine(unsigned accounts)
{
    char *text = malloc((size_t)accounts * LINE_MAX_BYTES);
    sfo_callbacks callbacks = SFO_CALLBACKS_INIT;
    sfo_options options = SFO_OPTIONS_INIT;
    sfo_config *config = NULL;
    size_t used = 0;
    unsigned x;

    waiting_room = (size_t)accounts + EVENTS_MAX;
    waiting = calloc(waiting_room, sizeof *waiting);
    require(text != NULL && waiting != NULL, "no memory");
    for (x = 1; x <= accounts; x++)
        used += (size_t)snprintf(text + used, LINE_MAX_BYTES,
                                 "account.%u.enable = 1\n"
                                 "account.%u.sip_server.1.address = 192.0.2.1\n"
                                 "account.%u.sip_server.2.address = 192.0.2.2\n"
                                 "account.%u.fallback.redundancy_type = 1\n",
                                 x, x, x, x);
    callbacks.send_sip = send_sip;
    callbacks.set_timer = set_timer;
    options.seed[0] = 1;
    require(sfo_config_new(accounts, &config) == SFO_OK && sfo_config_load_text(config, text, used) == SFO_OK
                && sfo_config_diagnostic_count(config) == 0
                && sfo_engine_new(config, &options, &callbacks, NULL, now, &engine) == SFO_OK,
            "no engine");
    sfo_config_free(config);
    free(text);
}

static void answer(void)
{
    sfo_response response = SFO_RESPONSE_INIT;

    response.status = 200;
    response.granted_expires_s = 3600;
    require(sfo_attempt_response(engine, now, take_attempt(), &response) == SFO_OK, "the answer was not taken");
}

static void pass(uint64_t ms)
{
    uint64_t end = now + ms;

    while (deadline <= end) {
        now = deadline > now ? deadline : now;
        deadline = SFO_TIME_NEVER;
        sfo_engine_handle_timer(engine, now);
        while (waiting_count > 0)
            answer();
    }
    now = end;
}

/* Every account holds a binding; their renewals are spread over the time between two of one account. */
static void register_all(unsigned accounts)
{
    unsigned x;

    for (x = 1; x <= accounts; x++) {
        require(sfo_account_start(engine, now, x) == SFO_OK, "an account does not start");
        answer();
        pass(SPREAD_MS / accounts);
    }
}

/* Accounts far from each other, so that no event finds the table of another one at hand. */
static uint32_t account_of(unsigned event, unsigned accounts)
{
    return (uint32_t)((uint64_t)event * 7919u % accounts) + 1;
}

static void route(unsigned event, unsigned accounts)
{
    sfo_request request = SFO_REQUEST_INIT;
    uint64_t id;

    request.account = account_of(event, accounts);
    request.method = SFO_METHOD_MESSAGE;
    require(sfo_request_start(engine, now, &request, &id) == SFO_OK, "a request was refused");
}

static void nothing(unsigned event, unsigned accounts)
{
    (void)event;
    (void)accounts;
}

static void answer_one(unsigned event, unsigned accounts)
{
    (void)event;
    (void)accounts;
    answer();
}

static void fail_one(unsigned event, unsigned accounts)
{
    (void)event;
    (void)accounts;
    require(sfo_attempt_failed(engine, now, take_attempt(), SFO_CAUSE_UNREACHABLE) == SFO_OK,
            "the failure was not taken");
}

/* Until the next renewal is sent: on the way there, what is due for other accounts, such as the end of old attempts. */
static void renew_one(unsigned event, unsigned accounts)
{
    unsigned long before = sends;

    (void)event;
    (void)accounts;
    while (sends == before) {
        require(deadline != SFO_TIME_NEVER, "nothing is due any more");
        now = deadline;
        deadline = SFO_TIME_NEVER;
        sfo_engine_handle_timer(engine, now);
    }
}

static void answer_all(unsigned event, unsigned accounts)
{
    (void)event;
    (void)accounts;
    while (waiting_count > 0)
        answer();
}

static const struct scale_case {
    const char *name;
    void (*before)(unsigned event, unsigned accounts);
    void (*measured)(unsigned event, unsigned accounts);
    void (*after)(unsigned event, unsigned accounts);
} cases[] = {
    { "route", nothing, route, answer_all },
    { "answer", route, answer_one, nothing },
    { "failure", route, fail_one, answer_all },
    { "renewal", nothing, renew_one, answer_all },
};

static const struct scale_case *find_case(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strcmp(cases[i].name, name) == 0)
            return &cases[i];
    require(0, "no such case");
    return NULL;
}

static void one_event(const struct scale_case *at, unsigned event, unsigned accounts)
{
    at->before(event, accounts);
    at->measured(event, accounts);
    at->after(event, accounts);
}

/* The events that will be measured, once unmeasured: what an account does once in its life is no part of the figures.
 * Afterwards no attempt is left of them. */
static void warm_up(const struct scale_case *at, unsigned events, unsigned accounts)
{
    unsigned event;

    for (event = 0; event < events; event++)
        one_event(at, event, accounts);
    pass(AFTERLIFE_MS);
}

static unsigned long measure(const struct scale_case *at, unsigned events, unsigned accounts)
{
    unsigned long allocations = 0, before;
    unsigned event;

    for (event = 0; event < events; event++) {
        at->before(event, accounts);
        before = heap_now().allocations;
        CALLGRIND_START_INSTRUMENTATION;
        at->measured(event, accounts);
        CALLGRIND_STOP_INSTRUMENTATION;
        allocations += heap_now().allocations - before;
        at->after(event, accounts);
    }
    return allocations;
}

int main(int argc, char **argv)
{
    unsigned long accounts, events, allocations;
    const struct scale_case *at;
    clock_t started = clock(), ready;

    require(argc == 4, "usage: bench_scale ACCOUNTS CASE EVENTS");
    accounts = strtoul(argv[1], NULL, 10);
    events = strtoul(argv[3], NULL, 10);
    require(accounts >= 1 && accounts <= ACCOUNTS_MAX && events >= 1 && events <= EVENTS_MAX,
            "1 to 100000 accounts, 1 to 1000 events");
    at = find_case(argv[2]);
    open_engine((unsigned)accounts);
    ready = clock();
    register_all((unsigned)accounts);
    warm_up(at, (unsigned)events, (unsigned)accounts);
    allocations = measure(at, (unsigned)events, (unsigned)accounts);
    printf("%lu %s %lu %lu %lu %lu\n", accounts, at->name, events, allocations,
           (unsigned long)((ready - started) * 1000 / CLOCKS_PER_SEC),
           (unsigned long)((clock() - ready) * 1000 / CLOCKS_PER_SEC));
    sfo_engine_free(engine);
    free(waiting);
    return 0;
}
