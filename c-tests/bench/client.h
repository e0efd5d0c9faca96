/* What the benchmark wants from each DNS client: the same chain, NAPTR, SRV and two addresses, through its
 * public interface, as a phone would use it. */
#ifndef SIPFAILOVER_BENCH_CLIENT_H
#define SIPFAILOVER_BENCH_CLIENT_H

#define BENCH_DOMAIN "bench.example"
#define BENCH_HOSTS 2 /* hosts in the SRV set, one address each */

/* A wait that takes longer has failed: the responder is on this machine. */
#define BENCH_PATIENCE_MS 5000

/* One thing to measure. A round is: open, before, measured, after, close. Functions may be NULL, except
 * `measured`. */
struct bench_case {
    const char *name;
    int additional; /* the responder adds the records of the next steps */
    int fresh;      /* open and close surround each round, not all of them */
    void (*open)(const char *dns_server); /* "127.0.0.1:5353" */
    void (*before)(void);
    void (*measured)(void);
    void (*after)(void);
    void (*close)(void);
};

/* Defined by each client. */
extern const char *const bench_name;
extern const struct bench_case bench_cases[]; /* ends with an entry without name */
const char *bench_version(void);

/* One line on stderr, then exit status 2. */
void bench_require(int good, const char *what);

#endif
