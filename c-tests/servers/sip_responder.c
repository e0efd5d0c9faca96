/*
 * A small SIP registrar and callee for tests: UDP, IPv4 loopback.
 *
 *   sip_responder --name primary --listen 127.0.0.11:5070
 *                 [--realm demo.example --user 1001 --password secret] [--challenge-invite]
 *                 [--grant 3600] [--answer-ms 200] [--pid-file FILE] [--max-seconds 120]
 *
 * REGISTER is challenged (MD5 digest, qop=auth) when --user is given, and granted the smaller of
 * what was asked for and --grant. INVITE is answered 100, 180 and, after --answer-ms, 200. ACK, BYE,
 * CANCEL and OPTIONS are handled; the rest gets 405. A retransmitted request gets the same answer.
 *
 * Answers go to where the request came from. RFC 3261 18.2.2 would have them go to the port in the
 * Via without `rport`; on loopback, where every client sends from the port it listens on, that is
 * the same.
 *
 * SIGUSR1 switches silence on and off: the server keeps reading and logging, and answers nothing.
 */
#include "sip_responder.h"

#include "sip_call.h"
#include "sip_registrar.h"

#include <string.h>

struct settings settings = {
    .server = { .name = "sip" },
    .realm = "demo.example",
    .password = "",
    .grant_seconds = 3600,
    .answer_ms = 200,
};

static void on_options(struct transaction *t, const struct message *m,
                       const struct sockaddr_in *from)
{
    struct writer w;
    char tag[TAG_MAX];

    make_tag(tag);
    start_reply(&w, m, from, "200 OK", tag);
    put(&w, ALLOW "Accept: application/sdp\r\n");
    end_reply(&w, "");
    answer(t, &w, m, from, "200, alive");
}

static void on_datagram(char *text, size_t length, const struct sockaddr_in *from)
{
    struct message m;
    struct transaction *t;
    char key[KEY_MAX], address[ADDRESS_TEXT_MAX];
    const char *wrong;

    /* Keep-alives are empty lines. */
    if (strspn(text, "\r\n") == length)
        return;
    format_address(from, address);
    wrong = read_request(text, length, &m);
    if (wrong == NULL && make_key(&m, key) != 0)
        wrong = "its identifiers are too long";
    if (wrong != NULL) {
        log_line("ignored %lu bytes from %s: %s", (unsigned long)length, address, wrong);
        return;
    }
    /* A silent server must not remember either: after its return it would answer late requests
     * from a state that its client knows nothing of. */
    if (settings.server.silent) {
        log_request(&m, from, "read");
        return;
    }

    if (slice_is(m.method, "ACK")) {
        on_ack(&m, from);
        return;
    }
    t = find_transaction(key, from);
    if (t != NULL) {
        log_request(&m, from, "repeated, same answer");
        server_send(&settings.server, t->reply, t->reply_length, from);
        return;
    }

    t = new_transaction(key, from);
    if (slice_is(m.method, "REGISTER"))
        on_register(t, &m, from);
    else if (slice_is(m.method, "INVITE"))
        on_invite(t, &m, from);
    else if (slice_is(m.method, "BYE"))
        on_bye(t, &m, from);
    else if (slice_is(m.method, "CANCEL"))
        on_cancel(t, &m, from);
    else if (slice_is(m.method, "OPTIONS"))
        on_options(t, &m, from);
    else
        answer_plain(t, &m, from, "405 Method Not Allowed");
}

/* ---- command line ----------------------------------------------------------------------- */

/* Texts that go into headers as they are. */
static void check_plain(const char *option, const char *value)
{
    const char *at;

    for (at = value; *at != '\0'; at++)
        if ((unsigned char)*at <= ' ' || *at == '"' || *at == '\\')
            die("%s: no blanks, quotes or backslashes please", option);
    if (strlen(value) == 0 || strlen(value) > 64)
        die("%s: 1 to 64 characters please", option);
}

int main(int argc, char **argv)
{
    static char datagram[DATAGRAM_MAX];
    int64_t wake_at = -1;
    int i;

    for (i = 1; i < argc; i++) {
        const char *option = argv[i];

        if (server_option(&settings.server, argc, argv, &i))
            continue;
        if (strcmp(option, "--name") == 0) {
            settings.server.name = option_value(argc, argv, &i);
            check_plain(option, settings.server.name);
        } else if (strcmp(option, "--realm") == 0) {
            settings.realm = option_value(argc, argv, &i);
            check_plain(option, settings.realm);
        } else if (strcmp(option, "--user") == 0) {
            settings.user = option_value(argc, argv, &i);
            check_plain(option, settings.user);
        } else if (strcmp(option, "--password") == 0) {
            settings.password = option_value(argc, argv, &i);
        } else if (strcmp(option, "--challenge-invite") == 0) {
            settings.challenge_invite = 1;
        } else if (strcmp(option, "--grant") == 0) {
            if (parse_number(option_value(argc, argv, &i), 86400, &settings.grant_seconds) != 0
                || settings.grant_seconds == 0)
                die("--grant: not within 1..86400");
        } else if (strcmp(option, "--answer-ms") == 0) {
            if (parse_number(option_value(argc, argv, &i), 60000, &settings.answer_ms) != 0)
                die("--answer-ms: not within 0..60000");
        } else {
            die("unknown option '%s'", option);
        }
    }
    log_name(settings.server.name);
    server_start(&settings.server);
    format_address(&settings.server.address, settings.address);

    while (server_running(&settings.server)) {
        struct sockaddr_in from;
        size_t length = server_turn(&settings.server, wake_at, (unsigned char *)datagram,
                                    sizeof datagram, &from);

        if (length > 0)
            on_datagram(datagram, length, &from);
        wake_at = run_calls();
    }
    server_stop(&settings.server);
    return 0;
}
