/*
 * Runs one case of one client against a DNS responder of its own and prints what it took.
 *
 *   bench_CLIENT --list
 *   bench_CLIENT RESPONDER ZONE CASE ROUNDS
 *
 * The line: client, version, case, rounds, then per round: allocations (the most), bytes (the most), packets
 * (the most), nanoseconds (the least); and, in bytes, what the client held after the measured part, and the
 * most that it held at once. "-" stands for what this program does not count.
 */
#include "client.h"
#include "heap.h"
#include "self_test.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS_MAX 1000
#define LONGEST_RUN_S 100 /* valgrind included */

struct totals {
    unsigned long allocations, bytes, packets, held, peak;
    long long ns;
};

void bench_require(int good, const char *what)
{
    if (good)
        return;
    stop_all();
    die("%s: %s", bench_name, what);
}

/* The one function whose instructions are counted: callgrind knows it by its name. */
void bench_measured(void (*work)(void));

__attribute__((noinline)) void bench_measured(void (*work)(void))
{
    work();
}

static void run(void (*work)(void))
{
    if (work != NULL)
        work();
}

static long long now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void raise_to(unsigned long *most, unsigned long value)
{
    if (value > *most)
        *most = value;
}

/* The queries that the responder has logged since the last call. It logs before it answers, so whoever has
 * the answers finds the lines. */
static unsigned long take_packets(struct child *responder)
{
    static char text[65536];
    struct pollfd wait = { 0 };
    unsigned long lines = 0;

    wait.fd = responder->output;
    wait.events = POLLIN;
    while (poll(&wait, 1, 0) > 0) {
        ssize_t length = read(responder->output, text, sizeof text), i;

        bench_require(length > 0, "the responder has ended");
        for (i = 0; i < length; i++)
            lines += text[i] == '\n';
    }
    return lines;
}

static void measure(const struct bench_case *bench, struct child *responder, unsigned long held_before,
                    struct totals *totals)
{
    struct heap before, after;
    long long started, ns;

    run(bench->before);
    take_packets(responder);
    before = heap_now();
    started = now_ns();
    bench_measured(bench->measured);
    ns = now_ns() - started;
    after = heap_now();
    raise_to(&totals->packets, take_packets(responder));
    raise_to(&totals->allocations, after.allocations - before.allocations);
    raise_to(&totals->bytes, after.bytes - before.bytes);
    raise_to(&totals->held, after.live - held_before);
    raise_to(&totals->peak, after.peak - held_before);
    if (totals->ns == 0 || ns < totals->ns)
        totals->ns = ns;
    run(bench->after);
}

static struct totals run_case(const struct bench_case *bench, struct child *responder, unsigned rounds)
{
    struct totals totals = { 0 };
    char server[ADDRESS_TEXT_MAX];
    unsigned round;
    unsigned long held_before = 0;

    format_address(&responder->address, server);
    /* Round 0 is not counted: what a process does once in its life is no part of a chain. */
    for (round = 0; round <= rounds; round++) {
        if (bench->fresh || round == 0) {
            heap_reset_peak();
            held_before = heap_now().live;
            if (bench->open != NULL)
                bench->open(server);
        }
        if (round > 0) {
            measure(bench, responder, held_before, &totals);
        } else {
            run(bench->before);
            bench->measured();
            run(bench->after);
        }
        if (bench->fresh || round == rounds)
            run(bench->close);
    }
    return totals;
}

static void print(const struct bench_case *bench, unsigned rounds, const struct totals *totals)
{
    printf("%s %s %s %u ", bench_name, bench_version(), bench->name, rounds);
    if (heap_is_counted())
        printf("%lu %lu %lu %lld %lu %lu\n", totals->allocations, totals->bytes, totals->packets, totals->ns,
               totals->held, totals->peak);
    else
        printf("- - %lu %lld - -\n", totals->packets, totals->ns);
}

int main(int argc, char **argv)
{
    static struct child responder;
    const struct bench_case *bench = bench_cases;
    char *arguments[] = { NULL, "--listen", "127.0.0.1:0", "--zone", NULL, NULL, NULL };
    struct totals totals;
    uint32_t rounds;

    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        for (; bench->name != NULL; bench++)
            printf("%s\n", bench->name);
        return 0;
    }
    bench_require(argc == 5, "usage: bench_CLIENT RESPONDER ZONE CASE ROUNDS");
    while (bench->name != NULL && strcmp(bench->name, argv[3]) != 0)
        bench++;
    bench_require(bench->name != NULL, "no such case");
    bench_require(parse_number(argv[4], ROUNDS_MAX, &rounds) == 0 && rounds > 0,
                  "rounds: 1 to 1000");

    signal(SIGALRM, on_alarm);
    alarm(LONGEST_RUN_S);
    running[0] = &responder;
    arguments[0] = argv[1];
    arguments[4] = argv[2];
    arguments[5] = bench->additional ? "--additional" : NULL;
    start(&responder, arguments);
    wait_for_line(&responder, "records from");

    totals = run_case(bench, &responder, rounds);
    stop(&responder);
    print(bench, rounds, &totals);
    return failures != 0;
}
