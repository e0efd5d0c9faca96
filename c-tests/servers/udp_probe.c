/*
 * Asks a server one question over UDP and tells what came back: for the set-up scripts, which may
 * use nothing but a shell and this.
 *
 *   udp_probe port IP PORT                     prints PORT when it is free there (UDP and TCP),
 *                                              another free one otherwise
 *   udp_probe dns IP:PORT NAME TYPE            asks; prints "rcode=0 answers=1"
 *   udp_probe options IP:PORT                  prints the status, "200"
 *   udp_probe register IP:PORT REALM USER PASSWORD
 *                                              prints each status, "401" and "200"
 *   udp_probe call IP:PORT URI                 INVITE, ACK, BYE; prints each final status
 *
 * Exit status: 0 answered as hoped (NOERROR with an answer, 200), 1 answered otherwise, 2 wrong
 * use, 3 no answer within the time. `--wait-ms N` at the end: how long to wait, default 1000.
 */
#include "common.h"
#include "dns_record.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EXIT_OTHERWISE = 1, EXIT_NO_ANSWER = 3 };

static int fd;
static struct sockaddr_in server;
static struct sockaddr_in here;
static char here_text[ADDRESS_TEXT_MAX];
static char server_text[ADDRESS_TEXT_MAX];
static uint32_t wait_ms = 1000;
static char received[DATAGRAM_MAX];

/* Waits for a datagram of the server. Returns its length, 0 when the time is over. */
static size_t receive(int64_t until)
{
    struct sockaddr_in from;

    for (;;) {
        int64_t left = until - now_ms();
        size_t length;

        if (left <= 0)
            return 0;
        length = udp_receive(fd, (int)left, (unsigned char *)received, sizeof received, &from);
        if (length > 0 && same_address(&from, &server))
            return length;
    }
}

static void send_text(const void *data, size_t length)
{
    if (sendto(fd, data, length, 0, (const struct sockaddr *)&server, sizeof server) < 0)
        die("cannot send to %s", server_text);
}

/* ---- port ------------------------------------------------------------------------------- */

static int tcp_free(const struct sockaddr_in *address)
{
    int one = 1, ok;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    if (listener < 0)
        return 0;
    /* As servers do: a connection closed a moment ago does not make a port taken. */
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    ok = bind(listener, (const struct sockaddr *)address, sizeof *address) == 0;
    close(listener);
    return ok;
}

static int find_port(const char *host, const char *wanted)
{
    char text[ADDRESS_TEXT_MAX + 8];
    struct sockaddr_in address;
    int tries;

    snprintf(text, sizeof text, "%.15s:%.6s", host, wanted);
    for (tries = 0; tries < 20; tries++) {
        int socket_fd;

        if (parse_address(text, &address) != 0)
            die("'%s' is no address", text);
        socket_fd = udp_open(&address);
        if (socket_fd >= 0) {
            int ok = tcp_free(&address);
            close(socket_fd);
            if (ok) {
                printf("%u\n", (unsigned)ntohs(address.sin_port));
                return 0;
            }
        }
        snprintf(text, sizeof text, "%.15s:0", host);
    }
    return EXIT_OTHERWISE;
}

/* ---- dns -------------------------------------------------------------------------------- */

static int ask_dns(const char *name, const char *type_text)
{
    unsigned char query[DNS_HEADER_LENGTH + DNS_NAME_MAX + 4] = { 0 };
    const unsigned char *reply = (const unsigned char *)received;
    unsigned type = dns_type_from_text(type_text), rcode, answers;
    struct dns_name asked;
    size_t at = DNS_HEADER_LENGTH, length;
    int64_t until;

    if (type == 0)
        die("type '%s' is not known here", type_text);
    if (dns_name_from_text(name, NULL, &asked) != 0)
        die("bad name");

    dns_store_u16(query, (unsigned)now_ms() & 0xffff);
    dns_store_u16(query + 4, 1); /* one question; not recursive */
    memcpy(query + at, asked.wire, asked.length);
    at += asked.length;
    dns_store_u16(query + at, type);
    dns_store_u16(query + at + 2, DNS_CLASS_IN);
    at += 4;

    until = now_ms() + wait_ms;
    send_text(query, at);
    do {
        length = receive(until);
        if (length == 0) {
            puts("no answer");
            return EXIT_NO_ANSWER;
        }
    } while (length < DNS_HEADER_LENGTH || reply[0] != query[0] || reply[1] != query[1]);
    rcode = reply[3] & 0x0f;
    answers = dns_load_u16(reply + 6);
    printf("rcode=%u answers=%u\n", rcode, answers);
    return rcode == 0 && answers > 0 ? 0 : EXIT_OTHERWISE;
}

/* ---- sip -------------------------------------------------------------------------------- */

static char call_id[MD5_HEX_MAX];

/* Sends a request and waits for its final status; repeats it as RFC 3261 17.1.2.2 does, so that a
 * server which is still starting gets another chance. Returns the status, 0 when none came. */
static long ask_sip(const char *request, const char *method, long cseq)
{
    int64_t until = now_ms() + wait_ms, repeat_at = 0, gap = 500;
    char wanted[64], status_text[4] = "";
    uint32_t status;

    snprintf(wanted, sizeof wanted, "CSeq: %ld %s", cseq, method);
    while (now_ms() < until) {
        if (now_ms() >= repeat_at) {
            send_text(request, strlen(request));
            repeat_at = now_ms() + gap;
            gap *= 2;
        }
        if (receive(repeat_at < until ? repeat_at : until) == 0)
            continue;
        if (strncmp(received, "SIP/2.0 ", 8) != 0 || strstr(received, call_id) == NULL
            || strstr(received, wanted) == NULL)
            continue;
        memcpy(status_text, received + 8, 3);
        if (parse_number(status_text, 699, &status) == 0 && status >= 200) {
            printf("%lu\n", (unsigned long)status);
            return (long)status;
        }
        repeat_at = until; /* a provisional answer ends the repeats */
    }
    puts("no answer");
    return 0;
}

/* One request. `to` is the whole To value, `more` are further header lines, each with its end. */
static void make_request(char *out, size_t size, const char *method, const char *uri, long cseq,
                         const char *to, const char *more)
{
    int made = snprintf(out, size,
                        "%s %s SIP/2.0\r\n"
                        "Via: SIP/2.0/UDP %s;branch=z9hG4bK%.10s%ld%s;rport\r\n"
                        "Max-Forwards: 70\r\n"
                        "From: <sip:probe@%s>;tag=%.8s\r\n"
                        "To: %s\r\n"
                        "Call-ID: %s\r\n"
                        "CSeq: %ld %s\r\n"
                        "Contact: <sip:probe@%s>\r\n"
                        "%s"
                        "Content-Length: 0\r\n\r\n",
                        method, uri, here_text, call_id, cseq, method, server_text, call_id, to,
                        call_id, cseq, method, here_text, more);

    if (made < 0 || (size_t)made >= size)
        die("the request is too long");
}

/* Copies name="..." out of the received message. */
static void quoted_value(const char *name, char *out, size_t size)
{
    const char *at = strstr(received, name);
    size_t length;

    out[0] = '\0';
    if (at == NULL)
        return;
    at += strlen(name);
    length = strcspn(at, "\"\r\n");
    if (length < size) {
        memcpy(out, at, length);
        out[length] = '\0';
    }
}

static int ask_options(void)
{
    char uri[64], to[80], request[2048];
    long status;

    snprintf(uri, sizeof uri, "sip:%s", server_text);
    snprintf(to, sizeof to, "<%s>", uri);
    make_request(request, sizeof request, "OPTIONS", uri, 1, to, "");
    status = ask_sip(request, "OPTIONS", 1);
    return status == 200 ? 0 : status == 0 ? EXIT_NO_ANSWER : EXIT_OTHERWISE;
}

static int ask_register(const char *realm, const char *user, const char *password)
{
    char uri[128], to[192], more[1024], request[3072], nonce[256], response[MD5_HEX_MAX];
    struct digest digest = { 0 };
    long status;

    snprintf(uri, sizeof uri, "sip:%.100s", realm);
    snprintf(to, sizeof to, "<sip:%.60s@%.100s>", user, realm);
    make_request(request, sizeof request, "REGISTER", uri, 1, to, "Expires: 60\r\n");
    status = ask_sip(request, "REGISTER", 1);
    if (status != 401)
        return status == 200 ? 0 : status == 0 ? EXIT_NO_ANSWER : EXIT_OTHERWISE;

    quoted_value("nonce=\"", nonce, sizeof nonce);
    digest.user = user;
    digest.realm = realm;
    digest.password = password;
    digest.method = "REGISTER";
    digest.uri = uri;
    digest.nonce = nonce;
    if (strstr(received, "qop=") != NULL) {
        digest.qop = "auth";
        digest.nc = "00000001";
        digest.cnonce = "0a4f113b";
    }
    if (digest_response(&digest, response) != 0)
        die("the credentials are too long");
    snprintf(more, sizeof more,
             "Expires: 60\r\nAuthorization: Digest username=\"%.60s\", realm=\"%.100s\", "
             "nonce=\"%s\", uri=\"%s\", response=\"%s\", algorithm=MD5%s\r\n",
             user, realm, nonce, uri, response,
             digest.qop != NULL ? ", qop=auth, nc=00000001, cnonce=\"0a4f113b\"" : "");
    make_request(request, sizeof request, "REGISTER", uri, 2, to, more);
    status = ask_sip(request, "REGISTER", 2);
    return status == 200 ? 0 : status == 0 ? EXIT_NO_ANSWER : EXIT_OTHERWISE;
}

/* Copies the value of the first header of that name out of the received message. */
static void header_value(const char *name, char *out, size_t size)
{
    char start[40];
    const char *at;
    size_t length;

    out[0] = '\0';
    snprintf(start, sizeof start, "\r\n%s: ", name);
    at = strstr(received, start);
    if (at == NULL)
        return;
    at += strlen(start);
    length = strcspn(at, "\r\n");
    if (length < size) {
        memcpy(out, at, length);
        out[length] = '\0';
    }
}

static int ask_call(const char *uri)
{
    char to[512], contact[256], routes[512], target[256], more[600] = "", request[3072];
    const char *open, *close;
    long status;

    snprintf(to, sizeof to, "<%.200s>", uri);
    make_request(request, sizeof request, "INVITE", uri, 1, to, "");
    status = ask_sip(request, "INVITE", 1);
    if (status != 200)
        return status == 0 ? EXIT_NO_ANSWER : EXIT_OTHERWISE;

    /* The rest goes to the Contact, through the proxies that recorded themselves. One recorded
     * route is what a test has, so its order does not matter. */
    header_value("To", to, sizeof to);
    header_value("Contact", contact, sizeof contact);
    header_value("Record-Route", routes, sizeof routes);
    open = strchr(contact, '<');
    close = open != NULL ? strchr(open, '>') : NULL;
    if (close == NULL)
        die("the answer has no Contact");
    snprintf(target, sizeof target, "%.*s", (int)(close - open - 1), open + 1);
    if (routes[0] != '\0')
        snprintf(more, sizeof more, "Route: %s\r\n", routes);
    make_request(request, sizeof request, "ACK", target, 1, to, more);
    send_text(request, strlen(request));
    make_request(request, sizeof request, "BYE", target, 2, to, more);
    status = ask_sip(request, "BYE", 2);
    return status == 200 ? 0 : status == 0 ? EXIT_NO_ANSWER : EXIT_OTHERWISE;
}

int main(int argc, char **argv)
{
    log_name("udp_probe");
    if (argc > 2 && strcmp(argv[argc - 2], "--wait-ms") == 0) {
        if (parse_number(argv[argc - 1], 60000, &wait_ms) != 0 || wait_ms == 0)
            die("--wait-ms: not within 1..60000");
        argc -= 2;
    }
    if (argc < 3)
        die("use: udp_probe port|dns|options|register|call ADDRESS ...");
    if (strcmp(argv[1], "port") == 0 && argc == 4)
        return find_port(argv[2], argv[3]);

    if (parse_address(argv[2], &server) != 0)
        die("'%s' is no address of the form 127.0.0.1:5070", argv[2]);
    snprintf(server_text, sizeof server_text, "%s", argv[2]);
    if (parse_address("127.0.0.1:0", &here) != 0 || (fd = udp_open(&here)) < 0)
        die("cannot open a socket");
    format_address(&here, here_text);
    make_token(call_id);

    if (strcmp(argv[1], "dns") == 0 && argc == 5)
        return ask_dns(argv[3], argv[4]);
    if (strcmp(argv[1], "options") == 0 && argc == 3)
        return ask_options();
    if (strcmp(argv[1], "register") == 0 && argc == 6)
        return ask_register(argv[3], argv[4], argv[5]);
    if (strcmp(argv[1], "call") == 0 && argc == 4)
        return ask_call(argv[3]);
    die("unknown use: %s with %d arguments", argv[1], argc - 2);
}
