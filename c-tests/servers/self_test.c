/*
 * Tests the test servers: a wrong server would make the library look wrong.
 *
 *   self_test PATH_TO_dns_responder PATH_TO_sip_responder
 *
 * Starts both on ports the system chooses, talks to them, and ends them. Every wait is bounded, and
 * the servers end by themselves should this program be killed.
 */
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
