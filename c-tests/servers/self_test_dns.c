#include "self_test.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char ZONE[] = "; a comment\n"
                           "demo.example. 300 SOA ns.demo.example. admin.demo.example. 1 2 3 4 60\n"
                           "demo.example. 300 NAPTR 10 20 \"s\" \"SIP+D2U\" \"\" _sip._udp.demo.example.\n"
                           "_sip._udp.demo.example 300 SRV 10 0 5070 primary.demo.example ; last dot left out\n"
                           "_sip._udp.demo.example. 300 IN SRV 20 0 5070 backup.demo.example.\n"
                           "primary.demo.example. 300 A 127.0.0.11\n"
                           "primary.demo.example. 300 AAAA ::1\n"
                           "backup.demo.example. 300 A 127.0.0.12\n"
                           "alias.demo.example. 300 CNAME primary.demo.example.\n"
                           "loop.demo.example. 300 CNAME loop.demo.example.\n";

static size_t make_query(unsigned char *out, const char *name, unsigned type, int edns)
{
    size_t at = 12;

    memset(out, 0, 300);
    out[0] = 0x12;
    out[1] = 0x34;
    out[2] = 0x01; /* RD, which must come back */
    out[5] = 1;
    out[11] = (unsigned char)edns;
    while (*name != '\0') {
        size_t label = strcspn(name, ".");
        out[at++] = (unsigned char)label;
        memcpy(out + at, name, label);
        at += label;
        name += label + (name[label] == '.');
    }
    at++;
    out[at + 1] = (unsigned char)type;
    out[at + 3] = 1;
    at += 4;
    if (edns) {
        out[at + 2] = 41;
        out[at + 3] = 0x04; /* 1232 bytes */
        out[at + 4] = 0xd0;
        at += 11;
    }
    return at;
}

struct counts {
    int rcode, aa, answers, authority, additional;
};

static struct counts query(const struct child *child, const char *name, unsigned type, int edns)
{
    static unsigned char data[300];
    struct counts c = { -1, 0, 0, 0, 0 };
    const unsigned char *got = (const unsigned char *)reply;

    ask(child, data, make_query(data, name, type, edns));
    if (listen_for(child, ANSWER_MS) < 12 || got[0] != 0x12 || got[1] != 0x34)
        return c;
    c.rcode = got[3] & 15;
    c.aa = got[2] >> 2 & 1;
    c.answers = got[7];
    c.authority = got[9];
    c.additional = got[11];
    return c;
}

/* Starts the responder with this zone, and one more option or NULL. */
static void start_dns(struct child *child, char *program, const char *text, char *option)
{
    char zone[] = "/tmp/sipfailover-self-test-XXXXXX";
    char *arguments[8] = { 0 };
    int file = mkstemp(zone);

    if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text))
        die("cannot write %s", zone);
    close(file);

    running[0] = child;
    arguments[0] = program;
    arguments[1] = "--listen";
    arguments[2] = "127.0.0.1:0";
    arguments[3] = "--zone";
    arguments[4] = zone;
    arguments[5] = option;
    start(child, arguments);
    /* It reads the zone before it listens. */
    unlink(zone);
}

static void stop_dns(struct child *child)
{
    stop(child);
    running[0] = NULL;
}

static void test_udp(char *program)
{
    struct child child = { 0 };
    struct counts c;
    unsigned char data[300];
    size_t length;

    start_dns(&child, program, ZONE, "--additional");

    c = query(&child, "demo.example", 35, 0);
    CHECK(c.rcode == 0 && c.aa && c.answers == 1 && c.additional == 5);
    CHECK(((unsigned char)reply[2] & 0x81) == 0x81); /* an answer, RD as asked */
    c = query(&child, "_SIP._udp.Demo.example", 33, 1);
    CHECK(c.rcode == 0 && c.answers == 2 && c.additional == 4); /* three addresses and OPT */
    CHECK(memcmp(reply + 13, "_SIP", 4) == 0);
    c = query(&child, "primary.demo.example", 1, 0);
    CHECK(c.rcode == 0 && c.answers == 1 && c.additional == 0);
    c = query(&child, "alias.demo.example", 1, 0);
    CHECK(c.rcode == 0 && c.answers == 2);
    c = query(&child, "loop.demo.example", 1, 0);
    CHECK(c.rcode == 0);
    c = query(&child, "backup.demo.example", 28, 0);
    CHECK(c.rcode == 0 && c.aa && c.answers == 0 && c.authority == 1);
    c = query(&child, "_udp.demo.example", 33, 0); /* no record, but names under it: it exists */
    CHECK(c.rcode == 0 && c.answers == 0 && c.authority == 1);
    c = query(&child, "nobody.demo.example", 1, 1);
    CHECK(c.rcode == 3 && c.aa && c.authority == 1 && c.additional == 1);
    c = query(&child, "elsewhere.example", 1, 0);
    CHECK(c.rcode == 5 && !c.aa);

    length = make_query(data, "primary.demo.example", 1, 1);
    make_noise(&child, data, length);
    c = query(&child, "primary.demo.example", 1, 0);
    CHECK(c.rcode == 0 && c.answers == 1);

    kill(child.pid, SIGUSR1);
    CHECK(wait_for_line(&child, "silent from now on"));
    ask(&child, data, length);
    CHECK(listen_for(&child, SILENCE_MS) == 0);
    CHECK(wait_for_line(&child, "not answered: silent"));
    kill(child.pid, SIGUSR1);
    CHECK(wait_for_line(&child, "answering again"));
    c = query(&child, "primary.demo.example", 1, 0);
    CHECK(c.rcode == 0 && c.answers == 1);
    stop_dns(&child);
}

/* ---- connections ------------------------------------------------------------------------ */

static int connect_to(const struct child *child)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0
        || connect(fd, (const struct sockaddr *)&child->address, sizeof child->address) != 0)
        die("cannot connect");
    return fd;
}

/* Reads exactly this much. Returns 0; -1 when the connection ends before, or nothing comes. */
static int read_all(int fd, unsigned char *out, size_t length)
{
    struct pollfd wait = { 0 };

    wait.fd = fd;
    wait.events = POLLIN;
    while (length > 0) {
        ssize_t got = poll(&wait, 1, ANSWER_MS) > 0 ? recv(fd, out, length, 0) : -1;
        if (got <= 0)
            return -1;
        out += got;
        length -= (size_t)got;
    }
    return 0;
}

/* Returns the length of the next message, 0 when there is none. */
static size_t read_message(int fd, unsigned char out[65535])
{
    unsigned char prefix[2];
    size_t length;

    if (read_all(fd, prefix, 2) != 0)
        return 0;
    length = (size_t)prefix[0] << 8 | prefix[1];
    return read_all(fd, out, length) == 0 ? length : 0;
}

static size_t make_framed(unsigned char *out, const char *name)
{
    size_t length = make_query(out + 2, name, 1, 1);

    out[0] = 0;
    out[1] = (unsigned char)length;
    return length + 2;
}

static void send_all(int fd, const void *data, size_t length)
{
    if (send(fd, data, length, MSG_NOSIGNAL) != (ssize_t)length)
        die("cannot send");
}

/* 100 addresses of 16 bytes each: too much for the 1232 bytes that our queries offer. */
static void make_long_zone(char out[4096])
{
    int i;

    out[0] = '\0';
    for (i = 1; i <= 100; i++)
        snprintf(out + strlen(out), 4096 - strlen(out), "long.example. 300 A 127.0.1.%d\n", i);
    strcat(out, "short.example. 300 A 127.0.0.11\n");
}

static void test_tcp(char *program)
{
    static unsigned char message[65535];
    static char zone[4096];
    struct child child = { 0 };
    struct counts c;
    unsigned char data[700];
    size_t length, second;
    int fd, other;

    make_long_zone(zone);
    start_dns(&child, program, zone, NULL);
    c = query(&child, "long.example", 1, 1);
    CHECK(c.answers == 0 && (reply[2] & 2) != 0);
    fd = connect_to(&child);
    length = make_framed(data, "long.example");
    send_all(fd, data, length);
    CHECK(read_message(fd, message) > 1600);
    CHECK(message[0] == 0x12 && message[1] == 0x34 && (message[2] & 2) == 0 && message[7] == 100);

    /* Two more on the same connection, the first in two pieces and the second with the rest of it. */
    second = make_framed(data + length, "short.example");
    send_all(fd, data, 1);
    CHECK(wait_for_line(&child, "over TCP"));
    other = connect_to(&child);
    send_all(fd, data + 1, length + second - 1);
    CHECK(read_message(fd, message) > 1600);
    CHECK(read_message(fd, message) > 12 && message[7] == 1);

    /* No DNS: the connection ends, others do not. */
    send_all(fd, "\0\0", 2);
    CHECK(read_message(fd, message) == 0);
    send_all(other, "\xff\xff", 2);
    CHECK(read_message(other, message) == 0);
    close(fd);
    close(other);
    c = query(&child, "short.example", 1, 0);
    CHECK(c.rcode == 0 && c.answers == 1);
    stop_dns(&child);
}

static void test_truncate(char *program)
{
    static unsigned char message[65535];
    struct child child = { 0 };
    struct counts c;
    unsigned char data[300];
    int fd;

    start_dns(&child, program, ZONE, "--truncate");
    c = query(&child, "backup.demo.example", 1, 1);
    CHECK(c.rcode == 0 && c.answers == 0 && (reply[2] & 2) != 0);
    c = query(&child, "nobody.demo.example", 1, 1);
    CHECK(c.rcode == 3 && (reply[2] & 2) == 0);
    fd = connect_to(&child);
    send_all(fd, data, make_framed(data, "backup.demo.example"));
    CHECK(read_message(fd, message) > 12 && (message[2] & 2) == 0 && message[7] == 1);
    close(fd);
    stop_dns(&child);
}

void test_dns(char *program)
{
    test_udp(program);
    test_tcp(program);
    test_truncate(program);
}
