/*
 * Tests the test servers: a wrong server would make the library look wrong.
 *
 *   self_test PATH_TO_dns_responder PATH_TO_sip_responder
 *
 * Starts both on ports the system chooses, talks to them, and ends them. Every wait is bounded, and
 * the servers end by themselves should this program be killed.
 */
#include "common.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MS 3000 /* an answer that must come: generous, for loaded machines and valgrind */
#define SILENCE_MS 400 /* an answer that must not come: longer than any answer takes here */
#define NOISE_ROUNDS 2000

static int failures;
static int checks;

#define CHECK(condition) check((condition) != 0, #condition, __LINE__)

static void check(int good, const char *text, int line)
{
    checks++;
    if (!good) {
        failures++;
        printf("FAILED, line %d: %s\n", line, text);
        fflush(stdout);
    }
}

/* ---- a server under test ---------------------------------------------------------------- */

struct child {
    pid_t pid;
    int output; /* its stdout */
    struct sockaddr_in address;
    int fd; /* our socket towards it */
    char here[ADDRESS_TEXT_MAX];
};

static struct child *running[2];

/* Nothing may stay behind when a check hangs or dies. */
static void stop_all(void)
{
    size_t i;

    for (i = 0; i < sizeof running / sizeof running[0]; i++)
        if (running[i] != NULL && running[i]->pid > 0)
            kill(running[i]->pid, SIGKILL);
}

static void on_alarm(int number)
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
static int wait_for_line(struct child *child, const char *text)
{
    char line[1024];

    while (read_line(child, line, sizeof line) == 0)
        if (strstr(line, text) != NULL)
            return 1;
    return 0;
}

static void start(struct child *child, char *const arguments[])
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

static void stop(struct child *child)
{
    int status = -1;

    kill(child->pid, SIGTERM);
    waitpid(child->pid, &status, 0);
    child->pid = 0;
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(child->fd);
    close(child->output);
}

static void ask(const struct child *child, const void *data, size_t length)
{
    if (sendto(child->fd, data, length, 0, (const struct sockaddr *)&child->address,
               sizeof child->address) < 0)
        die("cannot send");
}

static char reply[DATAGRAM_MAX];

static size_t listen_for(const struct child *child, int milliseconds)
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

static void drain(const struct child *child)
{
    while (listen_for(child, 50) > 0) {
    }
}

/* Reads away what the server logged: it would stop at a full pipe. */
static void skip_output(const struct child *child)
{
    static char away[65536];
    struct pollfd wait = { 0 };

    wait.fd = child->output;
    wait.events = POLLIN;
    while (poll(&wait, 1, 0) > 0 && read(child->output, away, sizeof away) > 0) {
    }
}

/* Datagrams that nobody should send: noise, and a good one with a few bytes changed. */
static void make_noise(const struct child *child, const void *good, size_t good_length)
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

/* ---- md5 -------------------------------------------------------------------------------- */

static void test_md5(void)
{
    char hex[MD5_HEX_MAX];
    struct digest digest = { 0 };
    const char *eighty = "1234567890123456789012345678901234567890"
                         "1234567890123456789012345678901234567890";

    /* RFC 1321 A.5 */
    md5_hex("", 0, hex);
    CHECK(strcmp(hex, "d41d8cd98f00b204e9800998ecf8427e") == 0);
    md5_hex("message digest", 14, hex);
    CHECK(strcmp(hex, "f96b697d7cb7938d525a2f31aaf161d0") == 0);
    md5_hex(eighty, 80, hex);
    CHECK(strcmp(hex, "57edf4a22be3c955ac49da2e2107b67a") == 0);

    /* RFC 2617 3.5 */
    digest.user = "Mufasa";
    digest.realm = "testrealm@host.com";
    digest.password = "Circle Of Life";
    digest.method = "GET";
    digest.uri = "/dir/index.html";
    digest.nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
    digest.qop = "auth";
    digest.nc = "00000001";
    digest.cnonce = "0a4f113b";
    CHECK(digest_response(&digest, hex) == 0);
    CHECK(strcmp(hex, "6629fae49393a05397450978507c4ef1") == 0);
}

/* ---- dns -------------------------------------------------------------------------------- */

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

static void test_dns(char *program)
{
    char zone[] = "/tmp/sipfailover-self-test-XXXXXX";
    char *arguments[8] = { 0 };
    struct child child = { 0 };
    struct counts c;
    unsigned char data[300];
    size_t length;
    int file = mkstemp(zone);

    if (file < 0 || write(file, ZONE, sizeof ZONE - 1) != (ssize_t)(sizeof ZONE - 1))
        die("cannot write %s", zone);
    close(file);

    running[0] = &child;
    arguments[0] = program;
    arguments[1] = "--listen";
    arguments[2] = "127.0.0.1:0";
    arguments[3] = "--zone";
    arguments[4] = zone;
    arguments[5] = "--additional";
    start(&child, arguments);
    unlink(zone);

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
    stop(&child);
    running[0] = NULL;
}

/* ---- sip -------------------------------------------------------------------------------- */

static size_t make_request(char *out, size_t size, const struct child *child, const char *method,
                           const char *id, long cseq, const char *to_tag, const char *more)
{
    int made = snprintf(out, size,
                        "%s sip:1001@demo.example SIP/2.0\r\n"
                        "v: SIP/2.0/UDP %s;rport;branch=z9hG4bK%s%ld\r\n"
                        "Via: SIP/2.0/UDP 192.0.2.1\r\n"
                        "From: \"A, B\" <sip:1001@demo.example>;tag=1\r\n"
                        "To:\r\n <sip:1001@demo.example>%s%s\r\n"
                        "Call-ID: %s\r\n"
                        "CSeq: %ld %s\r\n"
                        "m: <sip:1001@%s>\r\n"
                        "%s\r\n",
                        method, child->here, id, cseq, to_tag[0] ? ";tag=" : "", to_tag, id, cseq,
                        method, child->here, more);

    if (made < 0 || (size_t)made >= size)
        die("the request is too long");
    return (size_t)made;
}

/* Sends a request and reads one message. Returns its status, 0 when none came. */
static long request(const struct child *child, const char *method, const char *id, long cseq,
                    const char *to_tag, const char *more)
{
    static char data[2048];
    char status[4] = "";
    uint32_t number = 0;

    ask(child, data, make_request(data, sizeof data, child, method, id, cseq, to_tag, more));
    if (listen_for(child, ANSWER_MS) < 12 || strncmp(reply, "SIP/2.0 ", 8) != 0)
        return 0;
    memcpy(status, reply + 8, 3);
    return parse_number(status, 699, &number) == 0 && number >= 100 ? (long)number : 0;
}

static int next_is(const struct child *child, const char *start_line)
{
    return listen_for(child, ANSWER_MS) > 0 && strncmp(reply, start_line, strlen(start_line)) == 0;
}

/* Copies what follows `before` in the reply, up to one of `ends`. */
static void copy_after(const char *before, const char *ends, char *out, size_t size)
{
    const char *at = strstr(reply, before);
    size_t length;

    out[0] = '\0';
    if (at == NULL)
        return;
    at += strlen(before);
    length = strcspn(at, ends);
    if (length < size) {
        memcpy(out, at, length);
        out[length] = '\0';
    }
}

static void copy_to_tag(char *out, size_t size)
{
    const char *to = strstr(reply, "\r\nTo: ");

    out[0] = '\0';
    if (to != NULL) {
        memmove(reply, to, strlen(to) + 1);
        copy_after(";tag=", ";\r\n", out, size);
    }
}

static void test_register(const struct child *child)
{
    char nonce[64], more[512], response[MD5_HEX_MAX], first[DATAGRAM_MAX];
    struct digest digest = { 0 };

    CHECK(request(child, "REGISTER", "reg", 1, "", "") == 401);
    CHECK(strstr(reply, "WWW-Authenticate: Digest realm=\"demo.example\"") != NULL);
    CHECK(strstr(reply, ";rport=") != NULL && strstr(reply, ";received=127.0.0.1") != NULL);
    CHECK(strstr(reply, "Via: SIP/2.0/UDP 192.0.2.1\r\n") != NULL);
    CHECK(strstr(reply, "From: \"A, B\" <sip:1001@demo.example>;tag=1\r\n") != NULL);
    copy_after("nonce=\"", "\"", nonce, sizeof nonce);

    memcpy(first, reply, sizeof first);
    CHECK(request(child, "REGISTER", "reg", 1, "", "") == 401);
    CHECK(strcmp(first, reply) == 0); /* repeated: the very same answer */

    digest.user = "1001";
    digest.realm = "demo.example";
    digest.password = "secret";
    digest.method = "REGISTER";
    digest.uri = "sip:1001@demo.example";
    digest.nonce = nonce;
    digest.qop = "auth";
    digest.nc = "00000001";
    digest.cnonce = "abc,def";
    CHECK(digest_response(&digest, response) == 0);
    snprintf(more, sizeof more,
             "Authorization: Digest username=\"1001\", realm=\"demo.example\", nonce=\"%s\", "
             "uri=\"sip:1001@demo.example\", response=\"%s\", qop=auth, nc=00000001, "
             "cnonce=\"abc,def\"\r\nExpires: 7200\r\n",
             nonce, response);
    CHECK(request(child, "REGISTER", "reg", 2, "", more) == 200);
    CHECK(strstr(reply, ">;expires=600\r\n") != NULL); /* the smaller of asked and granted */

    memcpy(strstr(more, "response=\"") + strlen("response=\""), "wrong", 5);
    CHECK(request(child, "REGISTER", "reg", 3, "", more) == 401);
    CHECK(request(child, "REGISTER", "reg", 4, "", "Authorization: Digest username=\"1001\"\r\n")
          == 401);
}

static void test_call(const struct child *child)
{
    static char last[DATAGRAM_MAX];
    char tag[64];

    CHECK(request(child, "INVITE", "call", 1, "", "Record-Route: <sip:127.0.0.9;lr>\r\n") == 100);
    CHECK(next_is(child, "SIP/2.0 180"));
    CHECK(next_is(child, "SIP/2.0 200"));
    CHECK(strstr(reply, "Record-Route: <sip:127.0.0.9;lr>\r\n") != NULL);
    CHECK(strstr(reply, "m=audio ") != NULL);
    memcpy(last, reply, sizeof last);
    CHECK(next_is(child, "SIP/2.0 200")); /* no ACK yet: it comes again */
    drain(child);
    CHECK(request(child, "INVITE", "call", 1, "", "Record-Route: <sip:127.0.0.9;lr>\r\n") == 200);
    CHECK(strcmp(last, reply) == 0);
    copy_to_tag(tag, sizeof tag);
    CHECK(tag[0] != '\0');
    CHECK(request(child, "BYE", "call", 2, "wrong", "") == 481);

    {
        static char ack[2048];
        ask(child, ack, make_request(ack, sizeof ack, child, "ACK", "call", 1, tag, ""));
        drain(child);
        CHECK(listen_for(child, 1500) == 0); /* the ACK ended the repeats */
    }
    CHECK(request(child, "INVITE", "call", 3, tag, "") == 200);
    CHECK(request(child, "BYE", "call", 4, tag, "") == 200);
    CHECK(request(child, "BYE", "call", 4, tag, "") == 200);
    CHECK(request(child, "BYE", "call", 5, tag, "") == 481);

    /* Cancelled while it rings. The CANCEL has the branch of its INVITE. */
    CHECK(request(child, "INVITE", "ring", 1, "", "") == 100);
    CHECK(next_is(child, "SIP/2.0 180"));
    CHECK(request(child, "CANCEL", "ring", 1, "", "") == 200);
    CHECK(next_is(child, "SIP/2.0 487"));
    CHECK(strstr(reply, "CSeq: 1 INVITE") != NULL);
    copy_to_tag(tag, sizeof tag);
    {
        static char ack[2048];
        ask(child, ack, make_request(ack, sizeof ack, child, "ACK", "ring", 1, tag, ""));
    }
    drain(child);
    CHECK(request(child, "CANCEL", "nothing", 1, "", "") == 481);
}

static void test_sip(char *program)
{
    char *arguments[16] = { 0 };
    struct child child = { 0 };
    char data[2048];
    size_t length;

    running[1] = &child;
    arguments[0] = program;
    arguments[1] = "--listen";
    arguments[2] = "127.0.0.1:0";
    arguments[3] = "--name";
    arguments[4] = "primary";
    arguments[5] = "--user";
    arguments[6] = "1001";
    arguments[7] = "--password";
    arguments[8] = "secret";
    arguments[9] = "--grant";
    arguments[10] = "600";
    start(&child, arguments);

    test_register(&child);
    test_call(&child);
    CHECK(request(&child, "OPTIONS", "opt", 1, "", "") == 200);
    CHECK(request(&child, "SUBSCRIBE", "sub", 1, "", "") == 405);

    /* A body longer than the datagram, headers without end, another method in CSeq: no answer. */
    length = make_request(data, sizeof data, &child, "OPTIONS", "bad1", 1, "",
                          "Content-Length: 5\r\n");
    ask(&child, data, length);
    ask(&child, data, length - 2);
    CHECK(listen_for(&child, SILENCE_MS) == 0);

    length = make_request(data, sizeof data, &child, "REGISTER", "noise", 1, "",
                          "Authorization: Digest username=\"1001\", realm=\"demo.example\"\r\n");
    make_noise(&child, data, length);
    length = make_request(data, sizeof data, &child, "OPTIONS", "noise", 1, "",
                          "Content-Length: 0\r\n");
    make_noise(&child, data, length);
    CHECK(request(&child, "OPTIONS", "opt", 2, "", "") == 200);

    kill(child.pid, SIGUSR1);
    CHECK(wait_for_line(&child, "silent from now on"));
    length = make_request(data, sizeof data, &child, "OPTIONS", "silence", 1, "", "");
    ask(&child, data, length);
    CHECK(listen_for(&child, SILENCE_MS) == 0);
    CHECK(wait_for_line(&child, "not answered: silent"));
    kill(child.pid, SIGUSR1);
    CHECK(wait_for_line(&child, "answering again"));
    CHECK(request(&child, "OPTIONS", "silence", 2, "", "") == 200);
    stop(&child);
    running[1] = NULL;
}

/* A server that nobody ends. */
static void test_time_limit(char *program)
{
    char *arguments[8] = { 0 };
    struct child child = { 0 };
    int status = -1;

    running[1] = &child;
    arguments[0] = program;
    arguments[1] = "--listen";
    arguments[2] = "127.0.0.1:0";
    arguments[3] = "--max-seconds";
    arguments[4] = "1";
    start(&child, arguments);
    CHECK(wait_for_line(&child, "1 seconds are over"));
    waitpid(child.pid, &status, 0);
    child.pid = 0;
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(child.fd);
    close(child.output);
    running[1] = NULL;
}

int main(int argc, char **argv)
{
    struct sigaction action;

    log_name("self_test");
    if (argc != 3)
        die("use: self_test dns_responder sip_responder");
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    alarm(50);

    test_md5();
    test_dns(argv[1]);
    test_sip(argv[2]);
    test_time_limit(argv[2]);
    printf("%d checks, %d failed\n", checks, failures);
    return failures == 0 ? 0 : 1;
}
