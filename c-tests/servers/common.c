#include "common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* ---- log -------------------------------------------------------------------------------- */

static const char *program_name = "test-server";

void log_name(const char *name)
{
    program_name = name;
}

void log_line(const char *format, ...)
{
    va_list arguments;

    printf("%s: ", program_name);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout);
}

void die(const char *format, ...)
{
    va_list arguments;

    fflush(stdout);
    fprintf(stderr, "%s: ", program_name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(2);
}

/* ---- time ------------------------------------------------------------------------------- */

int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- tokens ----------------------------------------------------------------------------- */

void make_token(char out[MD5_HEX_MAX])
{
    static unsigned long counter;
    char text[96];
    int made = snprintf(text, sizeof text, "%ld %ld %ld %lu", (long)getpid(), (long)time(NULL),
                        (long)now_ms(), counter++);

    md5_hex(text, (size_t)made, out);
}

/* ---- addresses and sockets -------------------------------------------------------------- */

int parse_address(const char *text, struct sockaddr_in *out)
{
    char host[INET_ADDRSTRLEN];
    const char *colon = strrchr(text, ':');
    size_t length;
    uint32_t port;

    if (colon == NULL)
        return -1;
    length = (size_t)(colon - text);
    if (length == 0 || length >= sizeof host)
        return -1;
    memcpy(host, text, length);
    host[length] = '\0';

    memset(out, 0, sizeof *out);
    out->sin_family = AF_INET;
    if (inet_pton(AF_INET, host, &out->sin_addr) != 1)
        return -1;
    if (parse_number(colon + 1, 65535, &port) != 0)
        return -1;
    out->sin_port = htons((uint16_t)port);
    return 0;
}

void format_address(const struct sockaddr_in *address, char *out)
{
    char host[INET_ADDRSTRLEN] = "?";

    inet_ntop(AF_INET, &address->sin_addr, host, sizeof host);
    snprintf(out, ADDRESS_TEXT_MAX, "%s:%u", host, (unsigned)ntohs(address->sin_port));
}

int same_address(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
    return a->sin_port == b->sin_port && a->sin_addr.s_addr == b->sin_addr.s_addr;
}

int udp_open(struct sockaddr_in *address)
{
    socklen_t length = sizeof *address;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    if (fd < 0)
        return -1;
    if (bind(fd, (const struct sockaddr *)address, sizeof *address) != 0
        || getsockname(fd, (struct sockaddr *)address, &length) != 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

int never_blocks(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int tcp_open(const struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    if (fd < 0)
        return -1;
    /* Connections of a server that ended a moment ago do not keep the port. */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
        || bind(fd, (const struct sockaddr *)address, sizeof *address) != 0 || never_blocks(fd) != 0
        || listen(fd, 16) != 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

size_t udp_receive(int fd, int timeout_ms, unsigned char *data, size_t size,
                   struct sockaddr_in *from)
{
    struct pollfd wait = { 0 };
    socklen_t length = sizeof *from;
    ssize_t got;

    wait.fd = fd;
    wait.events = POLLIN;
    if (poll(&wait, 1, timeout_ms) <= 0)
        return 0;
    got = recvfrom(fd, data, size - 1, 0, (struct sockaddr *)from, &length);
    if (got <= 0)
        return 0;
    data[got] = '\0';
    return (size_t)got;
}

/* ---- a server's frame ------------------------------------------------------------------- */

static volatile sig_atomic_t silence_toggles;
static volatile sig_atomic_t asked_to_stop;

static void on_signal(int number)
{
    if (number == SIGUSR1)
        silence_toggles = !silence_toggles;
    else
        asked_to_stop = 1;
}

const char *option_value(int argc, char **argv, int *index)
{
    if (*index + 1 >= argc)
        die("%s needs a value", argv[*index]);
    *index += 1;
    return argv[*index];
}

int server_option(struct server *server, int argc, char **argv, int *index)
{
    const char *option = argv[*index];

    if (strcmp(option, "--listen") == 0) {
        const char *value = option_value(argc, argv, index);
        if (parse_address(value, &server->address) != 0)
            die("--listen: '%s' is no address of the form 127.0.0.1:5070", value);
        /* These programs answer anybody: they stay where only this machine can reach them. */
        if ((ntohl(server->address.sin_addr.s_addr) >> 24) != 127)
            die("--listen: '%s' is not a loopback address (127.x.x.x)", value);
        server->has_address = 1;
    } else if (strcmp(option, "--pid-file") == 0) {
        server->pid_file = option_value(argc, argv, index);
    } else if (strcmp(option, "--max-seconds") == 0) {
        const char *value = option_value(argc, argv, index);
        if (parse_number(value, LONGEST_MAX_SECONDS, &server->max_seconds) != 0
            || server->max_seconds == 0)
            die("--max-seconds: '%s' is not within 1..%d", value, LONGEST_MAX_SECONDS);
    } else {
        return 0;
    }
    return 1;
}

/* Returns -1 with errno. A port that the system chose for datagrams may be taken for connections: the
 * next one is tried then. */
static int open_sockets(struct server *server)
{
    const struct sockaddr_in wanted = server->address;
    int tries = wanted.sin_port == 0 ? 10 : 1;

    server->listener = -1;
    while (tries-- > 0) {
        server->address = wanted;
        server->fd = udp_open(&server->address);
        if (server->fd < 0)
            return -1;
        if (!server->takes_connections)
            return 0;
        server->listener = tcp_open(&server->address);
        if (server->listener >= 0)
            return 0;
        close(server->fd);
    }
    return -1;
}

void server_start(struct server *server)
{
    char text[ADDRESS_TEXT_MAX];
    struct sigaction action;

    if (!server->has_address)
        die("--listen is missing");

    format_address(&server->address, text);
    if (open_sockets(server) != 0)
        die("cannot listen on %s: %s", text, strerror(errno));

    if (server->max_seconds == 0)
        server->max_seconds = DEFAULT_MAX_SECONDS;
    server->ends_at = now_ms() + (int64_t)server->max_seconds * 1000;

    /* No SA_RESTART: a signal must end the wait so that it is seen at once. */
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);

    /* After the signals: who reads the pid file may signal at once, and an unhandled SIGUSR1 kills. */
    if (server->pid_file != NULL) {
        FILE *file = fopen(server->pid_file, "w");
        if (file == NULL)
            die("cannot write %s: %s", server->pid_file, strerror(errno));
        fprintf(file, "%ld\n", (long)getpid());
        if (fclose(file) != 0)
            die("cannot write %s: %s", server->pid_file, strerror(errno));
    }

    format_address(&server->address, text);
    log_line("listening on %s", text);
}

/* Waits until the server's socket or one of the others has something, or a signal comes. */
static void wait_for_input(const struct server *server, int timeout_ms)
{
    struct pollfd wait[1 + ALSO_MAX] = { 0 };
    size_t i, count = server->also_count < ALSO_MAX ? server->also_count : ALSO_MAX;

    wait[0].fd = server->fd;
    for (i = 0; i < count; i++)
        wait[1 + i].fd = server->also[i];
    for (i = 0; i < 1 + count; i++)
        wait[i].events = POLLIN;
    poll(wait, (nfds_t)(1 + count), timeout_ms);
}

size_t server_turn(struct server *server, int64_t wake_at, unsigned char *data, size_t size,
                   struct sockaddr_in *from)
{
    /* A signal between the check and the wait would otherwise be seen only with the next datagram. */
    int64_t timeout = 250;
    int64_t now = now_ms();
    size_t length;
    int silent;

    if (wake_at >= 0 && wake_at - now < timeout)
        timeout = wake_at > now ? wake_at - now : 0;
    if (server->ends_at - now < timeout)
        timeout = server->ends_at > now ? server->ends_at - now : 0;
    wait_for_input(server, (int)timeout);
    length = udp_receive(server->fd, 0, data, size, from);

    silent = silence_toggles;
    if (silent != server->silent) {
        server->silent = silent;
        log_line(silent ? "silent from now on" : "answering again");
    }
    return length;
}

int server_running(const struct server *server)
{
    return !asked_to_stop && now_ms() < server->ends_at;
}

void server_send(struct server *server, const void *data, size_t length,
                 const struct sockaddr_in *to)
{
    if (server->silent)
        return;
    if (sendto(server->fd, data, length, 0, (const struct sockaddr *)to, sizeof *to) < 0)
        log_line("cannot send: %s", strerror(errno));
}

void server_stop(struct server *server)
{
    if (server->pid_file != NULL)
        unlink(server->pid_file);
    close(server->fd);
    if (server->listener >= 0)
        close(server->listener);
    if (asked_to_stop)
        log_line("ended on request");
    else
        log_line("ended: %lu seconds are over", (unsigned long)server->max_seconds);
}
