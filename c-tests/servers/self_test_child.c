#include "self_test.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int failures;
int checks;

void check(int good, const char *text, const char *file, int line)
{
    checks++;
    if (!good) {
        failures++;
        printf("FAILED, %s:%d: %s\n", file, line, text);
        fflush(stdout);
    }
}

/* ---- a server under test ---------------------------------------------------------------- */

struct child *running[2];

/* Nothing may stay behind when a check hangs or dies. */
void stop_all(void)
{
    size_t i;

    for (i = 0; i < sizeof running / sizeof running[0]; i++)
        if (running[i] != NULL && running[i]->pid > 0)
            kill(running[i]->pid, SIGKILL);
}

void on_alarm(int number)
{
    (void)number;
    stop_all();
    _exit(1);
}

/* Reads one line of the server's output. Returns 0, or -1 when none comes. */
static int read_line(struct child *child, char *out, size_t size)
{
    int64_t until = now_ms() + ANSWER_MS;
    size_t used = 0;

    while (now_ms() < until && used + 1 < size) {
        struct pollfd wait = { 0 };
        char c;

        wait.fd = child->output;
        wait.events = POLLIN;
        if (poll(&wait, 1, (int)(until - now_ms() + 1)) <= 0)
            continue;
        if (read(child->output, &c, 1) != 1)
            return -1;
        if (c == '\n') {
            out[used] = '\0';
            return 0;
        }
        out[used++] = c;
    }
    return -1;
}

/* Reads lines until one has the text in it. */
int wait_for_line(struct child *child, const char *text)
{
    char line[1024];

    while (read_line(child, line, sizeof line) == 0)
        if (strstr(line, text) != NULL)
            return 1;
    return 0;
}

void start(struct child *child, char *const arguments[])
{
    char line[256] = "";
    const char *address;
    struct sockaddr_in here;
    int ends[2];

    if (pipe(ends) != 0)
        die("no pipe");
    fflush(stdout);
    child->pid = fork();
    if (child->pid < 0)
        die("no process");
    if (child->pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execv(arguments[0], arguments);
        _exit(127);
    }
    close(ends[1]);
    child->output = ends[0];
    address = NULL;
    if (read_line(child, line, sizeof line) == 0)
        address = strstr(line, "listening on ");
    if (address == NULL || parse_address(address + strlen("listening on "), &child->address) != 0) {
        stop_all();
        die("%s did not start: '%s'", arguments[0], line);
    }
    if (parse_address("127.0.0.1:0", &here) != 0 || (child->fd = udp_open(&here)) < 0)
        die("no socket");
    format_address(&here, child->here);
}

void stop(struct child *child)
{
    int status = -1;

    kill(child->pid, SIGTERM);
    waitpid(child->pid, &status, 0);
    child->pid = 0;
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(child->fd);
    close(child->output);
}

void ask(const struct child *child, const void *data, size_t length)
{
    if (sendto(child->fd, data, length, 0, (const struct sockaddr *)&child->address,
               sizeof child->address) < 0)
        die("cannot send");
}

char reply[DATAGRAM_MAX];

size_t listen_for(const struct child *child, int milliseconds)
{
    struct sockaddr_in from;
    int64_t until = now_ms() + milliseconds;
    size_t length;

    do {
        length = udp_receive(child->fd, milliseconds, (unsigned char *)reply, sizeof reply, &from);
    } while (length == 0 && now_ms() < until);
    if (length == 0)
        reply[0] = '\0';
    return length;
}

void drain(const struct child *child)
{
    while (listen_for(child, 50) > 0) {
    }
}

/* Reads away what the server logged: it would stop at a full pipe. */
void skip_output(const struct child *child)
{
    static char away[65536];
    struct pollfd wait = { 0 };

    wait.fd = child->output;
    wait.events = POLLIN;
    while (poll(&wait, 1, 0) > 0 && read(child->output, away, sizeof away) > 0) {
    }
}

/* Datagrams that nobody should send: noise, and a good one with a few bytes changed. */
void make_noise(const struct child *child, const void *good, size_t good_length)
{
    static unsigned char data[2048];
    uint32_t seed = 12345;
    int round;

    for (round = 0; round < NOISE_ROUNDS; round++) {
        size_t length = good_length, i;

        memcpy(data, good, good_length);
        for (i = 0; i < 4; i++) {
            seed = seed * 1664525u + 1013904223u;
            data[(seed >> 8) % good_length] = (unsigned char)(seed >> 24);
        }
        seed = seed * 1664525u + 1013904223u;
        if (round % 3 == 0)
            length = (seed >> 8) % good_length;
        ask(child, data, length);
        /* Both sockets have small buffers: let the server keep up. */
        if (round % 16 == 0) {
            listen_for(child, 2);
            skip_output(child);
        }
    }
    drain(child);
    skip_output(child);
}
