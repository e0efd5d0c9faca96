/* What the parts of the self-test share: checks, and a server as a child process. */
#ifndef SIPFAILOVER_TEST_SELF_TEST_H
#define SIPFAILOVER_TEST_SELF_TEST_H

#include "common.h"

#include <sys/types.h>

#define ANSWER_MS 3000 /* an answer that must come: generous, for loaded machines and valgrind */
#define SILENCE_MS 400 /* an answer that must not come: longer than any answer takes here */
#define NOISE_ROUNDS 2000

#define CHECK(condition) check((condition) != 0, #condition, __FILE__, __LINE__)

extern int failures;
extern int checks;

void check(int good, const char *text, const char *file, int line);

/* ---- a server under test ---------------------------------------------------------------- */

struct child {
    pid_t pid;
    int output; /* its stdout */
    struct sockaddr_in address;
    int fd; /* our socket towards it */
    char here[ADDRESS_TEXT_MAX];
};

/* Killed when a check hangs: whoever starts a child enters it here. */
extern struct child *running[2];

/* What listen_for() has received, with a NUL behind it. */
extern char reply[DATAGRAM_MAX];

void stop_all(void);
void on_alarm(int number);

/* Reads lines of the server's output until one has the text in it. Returns 1, or 0 when none comes. */
int wait_for_line(struct child *child, const char *text);

void start(struct child *child, char *const arguments[]);
void stop(struct child *child);
void ask(const struct child *child, const void *data, size_t length);
size_t listen_for(const struct child *child, int milliseconds);
void drain(const struct child *child);

/* Reads away what the server logged: it would stop at a full pipe. */
void skip_output(const struct child *child);

/* Datagrams that nobody should send: noise, and a good one with a few bytes changed. */
void make_noise(const struct child *child, const void *good, size_t good_length);

/* ---- the parts -------------------------------------------------------------------------- */

void test_dns(char *program);

#endif
