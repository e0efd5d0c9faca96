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
#include "common.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HEADERS_MAX 64
#define REPLY_MAX 4096
#define KEY_MAX 320        /* what tells one transaction from another */
#define TRANSACTIONS_MAX 64
#define TRANSACTION_MS 32000 /* 64*T1: so long a request may be repeated, RFC 3261 17.2 */
#define DIALOGS_MAX 32
#define BINDINGS_MAX 16
#define CONTACT_MAX 256
#define NONCES_MAX 32
#define TAG_MAX 17
#define T1_MS 500 /* RFC 3261 17.1.1.1 */
#define T2_MS 4000

static struct server server;
static const char *realm = "demo.example";
static const char *user;
static const char *password = "";
static int challenge_invite;
static uint32_t grant_seconds = 3600;
static uint32_t answer_ms = 200;
static char our_address[ADDRESS_TEXT_MAX];

/* ---- texts ------------------------------------------------------------------------------ */

/* Part of a message. Not closed by NUL. */
struct slice {
    const char *at;
    size_t length;
};

static struct slice slice_of(const char *text)
{
    struct slice s;

    s.at = text;
    s.length = strlen(text);
    return s;
}

static int slice_is(struct slice s, const char *text)
{
    return s.length == strlen(text) && strncasecmp(s.at, text, s.length) == 0;
}

static struct slice trimmed(struct slice s)
{
    while (s.length > 0 && (*s.at == ' ' || *s.at == '\t')) {
        s.at++;
        s.length--;
    }
    while (s.length > 0 && (s.at[s.length - 1] == ' ' || s.at[s.length - 1] == '\t'))
        s.length--;
    return s;
}

/* Copies, with the end. Returns -1 and an empty text when it does not fit. */
static int slice_copy(struct slice s, char *out, size_t size)
{
    out[0] = '\0';
    if (s.length >= size)
        return -1;
    memcpy(out, s.at, s.length);
    out[s.length] = '\0';
    return 0;
}

static int slice_number(struct slice s, uint32_t highest, uint32_t *out)
{
    char text[12];

    if (slice_copy(trimmed(s), text, sizeof text) != 0)
        return -1;
    return parse_number(text, highest, out);
}

/* Where `c` stands outside "quotes" and <brackets>; `length` when nowhere. */
static size_t find_bare(struct slice s, char c)
{
    int quoted = 0, bracketed = 0;
    size_t i;

    for (i = 0; i < s.length; i++) {
        if (quoted) {
            if (s.at[i] == '\\')
                i++;
            else if (s.at[i] == '"')
                quoted = 0;
        } else if (s.at[i] == '"') {
            quoted = 1;
        } else if (!bracketed && s.at[i] == c) {
            return i;
        } else if (s.at[i] == '<') {
            bracketed = 1;
        } else if (s.at[i] == '>') {
            bracketed = 0;
        }
    }
    return s.length;
}

/* Takes the text up to the next bare `c` off the front of `rest`. Returns 0 when nothing is left. */
static int next_part(struct slice *rest, char c, struct slice *part)
{
    size_t end;

    if (rest->at == NULL)
        return 0;
    end = find_bare(*rest, c);
    part->at = rest->at;
    part->length = end;
    if (end < rest->length) {
        rest->at += end + 1;
        rest->length -= end + 1;
    } else {
        rest->at = NULL;
        rest->length = 0;
    }
    *part = trimmed(*part);
    return 1;
}

/* The value of `;name=value` behind an address or a Via. A parameter without value is there with an
 * empty one. Returns 0 when it is not there. */
static int parameter(struct slice value, const char *name, struct slice *out)
{
    struct slice part;

    if (!next_part(&value, ';', &part))
        return 0;
    while (next_part(&value, ';', &part)) {
        struct slice key = part;
        size_t equals = find_bare(part, '=');

        key.length = equals;
        if (!slice_is(trimmed(key), name))
            continue;
        out->at = part.at + equals;
        out->length = part.length - equals;
        if (out->length > 0) {
            out->at++;
            out->length--;
        }
        *out = trimmed(*out);
        return 1;
    }
    return 0;
}

/* ---- reading a message ------------------------------------------------------------------ */

struct header {
    struct slice name;
    struct slice value;
};

struct message {
    struct slice method;
    struct slice uri;
    struct header headers[HEADERS_MAX];
    size_t header_count;

    struct slice via; /* the topmost one, without further ones behind a comma */
    struct slice from;
    struct slice to;
    struct slice to_tag; /* length 0: none */
    struct slice call_id;
    struct slice branch;
    uint32_t cseq;
};

/* RFC 3261 7.3.3 */
static const struct {
    char compact;
    const char *full;
} COMPACT[] = {
    { 'v', "Via" },     { 'f', "From" },           { 't', "To" },           { 'i', "Call-ID" },
    { 'm', "Contact" }, { 'l', "Content-Length" }, { 'c', "Content-Type" },
};

static struct slice full_name(struct slice name)
{
    size_t i;

    if (name.length == 1)
        for (i = 0; i < sizeof COMPACT / sizeof COMPACT[0]; i++)
            if (tolower((unsigned char)*name.at) == COMPACT[i].compact)
                return slice_of(COMPACT[i].full);
    return name;
}

static const struct header *find_header(const struct message *m, const char *name)
{
    size_t i;

    for (i = 0; i < m->header_count; i++)
        if (slice_is(m->headers[i].name, name))
            return &m->headers[i];
    return NULL;
}

/* Takes one word off the front of a line. */
static struct slice take_word(struct slice *line)
{
    struct slice word = *line;

    word.length = 0;
    while (word.length < line->length && line->at[word.length] != ' ')
        word.length++;
    line->at += word.length;
    line->length -= word.length;
    *line = trimmed(*line);
    return word;
}

/* A header line that starts with a blank continues the one before (RFC 3261 7.3.1): its line end
 * becomes blanks, so that later steps see one line. */
static void unfold(char *text, size_t length)
{
    size_t i;

    for (i = 0; i + 1 < length; i++) {
        if (text[i] != '\n')
            continue;
        if (text[i + 1] == '\n' || text[i + 1] == '\r')
            return; /* the empty line: a body follows */
        if (text[i + 1] == ' ' || text[i + 1] == '\t') {
            text[i] = ' ';
            if (i > 0 && text[i - 1] == '\r')
                text[i - 1] = ' ';
        }
    }
}

/* Takes one line off the front of the text. Returns 0 at the end of the text. */
static int take_line(struct slice *text, struct slice *line)
{
    const char *end;

    if (text->length == 0)
        return 0;
    end = memchr(text->at, '\n', text->length);
    if (end == NULL)
        return 0;
    line->at = text->at;
    line->length = (size_t)(end - text->at);
    text->at += line->length + 1;
    text->length -= line->length + 1;
    if (line->length > 0 && line->at[line->length - 1] == '\r')
        line->length--;
    return 1;
}

/* Reads a request. Returns NULL, or what is wrong with it. Changes the text (folded lines). */
static const char *read_request(char *text, size_t length, struct message *m)
{
    struct slice rest, line, whole, part;
    const struct header *h;
    size_t i;
    uint32_t number;

    memset(m, 0, sizeof *m);
    unfold(text, length);
    rest.at = text;
    rest.length = length;

    if (!take_line(&rest, &line))
        return "no line in it";
    for (i = 0; i < line.length; i++)
        if ((unsigned char)line.at[i] < ' ')
            return "control characters in the first line";
    m->method = take_word(&line);
    m->uri = take_word(&line);
    if (slice_is(m->method, "SIP/2.0"))
        return "a response";
    if (!slice_is(line, "SIP/2.0") || m->method.length == 0 || m->uri.length == 0)
        return "no SIP/2.0 request line";
    if (m->method.length > 16)
        return "method name too long";

    for (;;) {
        struct header *next;
        const char *colon;

        if (!take_line(&rest, &line))
            return "headers do not end";
        if (line.length == 0)
            break;
        for (i = 0; i < line.length; i++)
            if ((unsigned char)line.at[i] < ' ' && line.at[i] != '\t')
                return "control characters in a header";
        colon = memchr(line.at, ':', line.length);
        if (colon == NULL)
            return "a header without colon";
        if (m->header_count == HEADERS_MAX)
            return "too many headers";
        next = &m->headers[m->header_count++];
        next->name.at = line.at;
        next->name.length = (size_t)(colon - line.at);
        next->name = full_name(trimmed(next->name));
        next->value.at = colon + 1;
        next->value.length = line.length - (size_t)(colon + 1 - line.at);
        next->value = trimmed(next->value);
    }

    if ((h = find_header(m, "Via")) == NULL)
        return "no Via";
    whole = h->value;
    next_part(&whole, ',', &m->via);
    if (m->via.length == 0)
        return "an empty Via";
    parameter(m->via, "branch", &m->branch);
    if ((h = find_header(m, "From")) == NULL)
        return "no From";
    m->from = h->value;
    if ((h = find_header(m, "To")) == NULL)
        return "no To";
    m->to = h->value;
    parameter(m->to, "tag", &m->to_tag);
    if ((h = find_header(m, "Call-ID")) == NULL || h->value.length == 0)
        return "no Call-ID";
    m->call_id = h->value;
    if ((h = find_header(m, "CSeq")) == NULL)
        return "no CSeq";
    whole = h->value;
    part = take_word(&whole);
    if (slice_number(part, 0x7fffffff, &m->cseq) != 0)
        return "CSeq without number";
    if (whole.length != m->method.length
        || strncmp(whole.at, m->method.at, m->method.length) != 0)
        return "CSeq names another method";
    if ((h = find_header(m, "Content-Length")) != NULL) {
        if (slice_number(h->value, DATAGRAM_MAX, &number) != 0 || (size_t)number > rest.length)
            return "Content-Length larger than the datagram";
    }
    return NULL;
}

/* ---- writing a message ------------------------------------------------------------------ */

struct writer {
    char data[REPLY_MAX];
    size_t length;
    int overflow;
};

static void put_slice(struct writer *w, struct slice s)
{
    if (w->length + s.length >= sizeof w->data) {
        w->overflow = 1;
        return;
    }
    memcpy(w->data + w->length, s.at, s.length);
    w->length += s.length;
}

static void put(struct writer *w, const char *text)
{
    put_slice(w, slice_of(text));
}

static void put_number(struct writer *w, uint32_t number)
{
    char text[12];

    snprintf(text, sizeof text, "%lu", (unsigned long)number);
    put(w, text);
}

/* The Via headers as they came; the topmost gets `received` and a value for `rport` (RFC 3581). */
static void put_vias(struct writer *w, const struct message *m, const struct sockaddr_in *from)
{
    int top = 1;
    size_t i;

    for (i = 0; i < m->header_count; i++) {
        struct slice value = m->headers[i].value;

        if (!slice_is(m->headers[i].name, "Via"))
            continue;
        put(w, "Via: ");
        if (top) {
            struct slice rest = m->via, part, port;
            char address[ADDRESS_TEXT_MAX];

            top = 0;
            format_address(from, address);
            *strchr(address, ':') = '\0';
            if (parameter(m->via, "rport", &port) && port.length == 0) {
                next_part(&rest, ';', &part);
                put_slice(w, part);
                while (next_part(&rest, ';', &part)) {
                    put(w, ";");
                    put_slice(w, part);
                    if (slice_is(part, "rport") || slice_is(part, "rport=")) {
                        if (part.length == 5)
                            put(w, "=");
                        put_number(w, ntohs(from->sin_port));
                    }
                }
                put(w, ";received=");
                put(w, address);
            } else {
                put_slice(w, m->via);
            }
            /* What stands behind a comma in the same header. */
            value.length -= (size_t)(m->via.at + m->via.length - value.at);
            value.at = m->via.at + m->via.length;
        }
        put_slice(w, value);
        put(w, "\r\n");
    }
}

/* Status line and the headers every response has. `tag` NULL: To as it came. */
static void start_reply(struct writer *w, const struct message *m, const struct sockaddr_in *from,
                        const char *status, const char *tag)
{
    w->length = 0;
    w->overflow = 0;
    put(w, "SIP/2.0 ");
    put(w, status);
    put(w, "\r\n");
    put_vias(w, m, from);
    put(w, "From: ");
    put_slice(w, m->from);
    put(w, "\r\nTo: ");
    put_slice(w, m->to);
    if (tag != NULL && m->to_tag.length == 0) {
        put(w, ";tag=");
        put(w, tag);
    }
    put(w, "\r\nCall-ID: ");
    put_slice(w, m->call_id);
    put(w, "\r\nCSeq: ");
    put_number(w, m->cseq);
    put(w, " ");
    put_slice(w, m->method);
    put(w, "\r\nServer: sipfailover-test/");
    put(w, server.name);
    put(w, "\r\n");
}

static void end_reply(struct writer *w, const char *body)
{
    put(w, "Content-Length: ");
    put_number(w, (uint32_t)strlen(body));
    put(w, "\r\n\r\n");
    put(w, body);
}

/* Record-Route back in the order it came, so that the dialog runs through the same proxies. */
static void put_record_routes(struct writer *w, const struct message *m)
{
    size_t i;

    for (i = 0; i < m->header_count; i++) {
        if (!slice_is(m->headers[i].name, "Record-Route"))
            continue;
        put(w, "Record-Route: ");
        put_slice(w, m->headers[i].value);
        put(w, "\r\n");
    }
}

static void put_our_contact(struct writer *w)
{
    put(w, "Contact: <sip:");
    put(w, server.name);
    put(w, "@");
    put(w, our_address);
    put(w, ">\r\n");
}

#define ALLOW "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER\r\n"

/* ---- state ------------------------------------------------------------------------------ */

/* A request seen in the last 32 seconds, with its last answer: a repeated one gets the same. */
struct transaction {
    char key[KEY_MAX]; /* empty: free */
    struct sockaddr_in from;
    int64_t born;
    char reply[REPLY_MAX];
    size_t reply_length;
};

/* A call, from its INVITE on. */
struct dialog {
    char call_id[KEY_MAX]; /* empty: free */
    char tag[TAG_MAX];
    char branch[KEY_MAX];
    uint32_t cseq;
    int64_t born;
    struct sockaddr_in from;
    int64_t next_send; /* of `final`: first answer, then repeats until the ACK; negative = none */
    long gap_ms;
    int64_t give_up;
    int answered;
    char final[REPLY_MAX];
    size_t final_length;
    char cancelled[REPLY_MAX]; /* 487, ready for a CANCEL */
    size_t cancelled_length;
    char key[KEY_MAX]; /* its INVITE's transaction */
};

struct binding {
    char contact[CONTACT_MAX]; /* empty: free */
    int64_t ends_at;
};

static struct transaction transactions[TRANSACTIONS_MAX];
static struct dialog dialogs[DIALOGS_MAX];
static struct binding bindings[BINDINGS_MAX];
static char nonces[NONCES_MAX][MD5_HEX_MAX];
static unsigned nonce_next;

static void make_tag(char out[TAG_MAX])
{
    char token[MD5_HEX_MAX];

    make_token(token);
    memcpy(out, token, TAG_MAX - 1);
    out[TAG_MAX - 1] = '\0';
}

/* What makes two datagrams the same request: RFC 3261 17.2.3 takes branch, sent-by and method. The
 * Call-ID and CSeq come along for clients that use no unique branch. Returns -1 when too long. */
static int make_key(const struct message *m, char out[KEY_MAX])
{
    int made = snprintf(out, KEY_MAX, "%.*s %lu %.*s %.*s", (int)m->method.length, m->method.at,
                        (unsigned long)m->cseq, (int)m->branch.length, m->branch.at ? m->branch.at : "",
                        (int)m->call_id.length, m->call_id.at);

    return made > 0 && made < KEY_MAX ? 0 : -1;
}

static struct transaction *find_transaction(const char *key, const struct sockaddr_in *from)
{
    size_t i;

    for (i = 0; i < TRANSACTIONS_MAX; i++)
        if (transactions[i].key[0] != '\0' && strcmp(transactions[i].key, key) == 0
            && same_address(&transactions[i].from, from)
            && now_ms() - transactions[i].born < TRANSACTION_MS)
            return &transactions[i];
    return NULL;
}

/* The oldest place is given away when all are taken: a test that repeats a request after 64 others
 * does not exist. */
static struct transaction *new_transaction(const char *key, const struct sockaddr_in *from)
{
    struct transaction *t = &transactions[0];
    size_t i;

    for (i = 0; i < TRANSACTIONS_MAX; i++) {
        if (transactions[i].key[0] == '\0') {
            t = &transactions[i];
            break;
        }
        if (transactions[i].born < t->born)
            t = &transactions[i];
    }
    memset(t, 0, sizeof *t);
    snprintf(t->key, sizeof t->key, "%s", key);
    t->from = *from;
    t->born = now_ms();
    return t;
}

static void remember(struct transaction *t, const char *data, size_t length)
{
    memcpy(t->reply, data, length);
    t->reply_length = length;
}

static struct dialog *find_dialog(const struct message *m)
{
    size_t i;

    for (i = 0; i < DIALOGS_MAX; i++) {
        struct dialog *d = &dialogs[i];
        if (d->call_id[0] != '\0' && strlen(d->call_id) == m->call_id.length
            && memcmp(d->call_id, m->call_id.at, m->call_id.length) == 0
            && slice_is(m->to_tag, d->tag))
            return d;
    }
    return NULL;
}

/* The call whose INVITE a CANCEL or a negative answer's ACK means: these carry its branch. */
static struct dialog *find_by_branch(const struct message *m)
{
    size_t i;

    for (i = 0; i < DIALOGS_MAX; i++) {
        struct dialog *d = &dialogs[i];
        if (d->call_id[0] != '\0' && d->cseq == m->cseq && strlen(d->branch) == m->branch.length
            && memcmp(d->branch, m->branch.at ? m->branch.at : "", m->branch.length) == 0
            && strlen(d->call_id) == m->call_id.length
            && memcmp(d->call_id, m->call_id.at, m->call_id.length) == 0)
            return d;
    }
    return NULL;
}

static struct dialog *new_dialog(void)
{
    struct dialog *d = &dialogs[0];
    size_t i;

    for (i = 0; i < DIALOGS_MAX; i++) {
        if (dialogs[i].call_id[0] == '\0') {
            d = &dialogs[i];
            break;
        }
        if (dialogs[i].born < d->born)
            d = &dialogs[i];
    }
    memset(d, 0, sizeof *d);
    d->born = now_ms();
    d->next_send = -1;
    return d;
}

/* ---- log -------------------------------------------------------------------------------- */

static void log_request(const struct message *m, const struct sockaddr_in *from, const char *what)
{
    char address[ADDRESS_TEXT_MAX];

    format_address(from, address);
    log_line("%.*s %.*s from %s: %s%s", (int)m->method.length, m->method.at,
             (int)(m->uri.length > 80 ? 80 : m->uri.length), m->uri.at, address, what,
             server.silent ? " (not answered: silent)" : "");
}

/* Sends a finished reply and keeps it for repeats. */
static void answer(struct transaction *t, struct writer *w, const struct message *m,
                   const struct sockaddr_in *from, const char *what)
{
    if (w->overflow) {
        log_request(m, from, "ignored: the answer would be too long");
        t->key[0] = '\0';
        return;
    }
    log_request(m, from, what);
    remember(t, w->data, w->length);
    server_send(&server, w->data, w->length, from);
}

/* A reply without anything special in it. */
static void answer_plain(struct transaction *t, const struct message *m,
                         const struct sockaddr_in *from, const char *status)
{
    struct writer w;
    char tag[TAG_MAX];

    make_tag(tag);
    start_reply(&w, m, from, status, tag);
    put(&w, ALLOW);
    end_reply(&w, "");
    answer(t, &w, m, from, status);
}

/* ---- digest ----------------------------------------------------------------------------- */

/* The value of `name="value"` or `name=value` among a digest's parts. */
static int digest_part(struct slice value, const char *name, char *out, size_t size)
{
    struct slice part;

    out[0] = '\0';
    while (next_part(&value, ',', &part)) {
        struct slice key = part;
        size_t equals = find_bare(part, '=');

        key.length = equals;
        if (equals == part.length || !slice_is(trimmed(key), name))
            continue;
        part.at += equals + 1;
        part.length -= equals + 1;
        part = trimmed(part);
        if (part.length >= 2 && part.at[0] == '"' && part.at[part.length - 1] == '"') {
            part.at++;
            part.length -= 2;
        }
        return slice_copy(part, out, size) == 0;
    }
    return 0;
}

enum proof { PROOF_GOOD, PROOF_NONE, PROOF_STALE, PROOF_BAD };

/* Checks an Authorization header. Nonce counts are not followed: replay is no danger on loopback. */
static enum proof check_proof(const struct message *m)
{
    const struct header *h = find_header(m, "Authorization");
    char got_user[128], got_realm[128], nonce[128], uri[256], response[64];
    char qop[16], nc[16], cnonce[128], method[17], expected[MD5_HEX_MAX];
    struct digest digest = { 0 };
    struct slice value;
    int has_qop, i, known = 0;

    if (h == NULL)
        return PROOF_NONE;
    value = h->value;
    if (!slice_is(take_word(&value), "Digest"))
        return PROOF_NONE;
    if (!digest_part(value, "username", got_user, sizeof got_user)
        || !digest_part(value, "realm", got_realm, sizeof got_realm)
        || !digest_part(value, "nonce", nonce, sizeof nonce)
        || !digest_part(value, "uri", uri, sizeof uri)
        || !digest_part(value, "response", response, sizeof response)
        || slice_copy(m->method, method, sizeof method) != 0)
        return PROOF_BAD;
    has_qop = digest_part(value, "qop", qop, sizeof qop);
    if (has_qop
        && (strcmp(qop, "auth") != 0 || !digest_part(value, "nc", nc, sizeof nc)
            || !digest_part(value, "cnonce", cnonce, sizeof cnonce)))
        return PROOF_BAD;
    if (strcmp(got_user, user) != 0 || strcmp(got_realm, realm) != 0)
        return PROOF_BAD;

    digest.user = user;
    digest.realm = realm;
    digest.password = password;
    digest.method = method;
    digest.uri = uri;
    digest.nonce = nonce;
    if (has_qop) {
        digest.qop = qop;
        digest.nc = nc;
        digest.cnonce = cnonce;
    }
    if (digest_response(&digest, expected) != 0 || strcasecmp(expected, response) != 0)
        return PROOF_BAD;

    /* A right answer to a nonce of an earlier run: the client need not ask its user again. */
    for (i = 0; i < NONCES_MAX; i++)
        known |= nonces[i][0] != '\0' && strcmp(nonces[i], nonce) == 0;
    return known ? PROOF_GOOD : PROOF_STALE;
}

/* Returns 1 when the request may go on; otherwise it has been challenged. */
static int let_in(struct transaction *t, const struct message *m, const struct sockaddr_in *from)
{
    enum proof proof;
    struct writer w;
    char tag[TAG_MAX];
    char *nonce;

    if (user == NULL)
        return 1;
    proof = check_proof(m);
    if (proof == PROOF_GOOD)
        return 1;

    nonce = nonces[nonce_next++ % NONCES_MAX];
    make_token(nonce);
    make_tag(tag);
    start_reply(&w, m, from, "401 Unauthorized", tag);
    put(&w, "WWW-Authenticate: Digest realm=\"");
    put(&w, realm);
    put(&w, "\", nonce=\"");
    put(&w, nonce);
    put(&w, "\", algorithm=MD5, qop=\"auth\"");
    if (proof == PROOF_STALE)
        put(&w, ", stale=true");
    put(&w, "\r\n");
    end_reply(&w, "");
    answer(t, &w, m, from,
           proof == PROOF_NONE    ? "401, asked for a password"
           : proof == PROOF_STALE ? "401, the nonce is an old one"
                                  : "401, wrong user or password");
    return 0;
}

/* ---- REGISTER --------------------------------------------------------------------------- */

static struct binding *find_binding(struct slice uri)
{
    size_t i;

    for (i = 0; i < BINDINGS_MAX; i++)
        if (bindings[i].contact[0] != '\0' && strlen(bindings[i].contact) == uri.length
            && memcmp(bindings[i].contact, uri.at, uri.length) == 0)
            return &bindings[i];
    return NULL;
}

/* Stores or removes one contact. Returns -1 when there is no room for it. */
static int bind_contact(struct slice contact, uint32_t seconds)
{
    struct slice uri = contact;
    struct binding *b;
    const char *open = memchr(contact.at, '<', contact.length);

    /* The address alone: <...>, or what stands before the parameters. */
    if (open != NULL) {
        size_t left = contact.length - (size_t)(open + 1 - contact.at);
        const char *close = memchr(open + 1, '>', left);
        if (close == NULL)
            return -1;
        uri.at = open + 1;
        uri.length = (size_t)(close - uri.at);
    } else {
        uri.length = find_bare(contact, ';');
    }
    uri = trimmed(uri);
    if (uri.length == 0)
        return -1;

    b = find_binding(uri);
    if (seconds == 0) {
        if (b != NULL)
            b->contact[0] = '\0';
        return 0;
    }
    if (b == NULL) {
        size_t i;
        for (i = 0; i < BINDINGS_MAX && b == NULL; i++)
            if (bindings[i].contact[0] == '\0')
                b = &bindings[i];
        if (b == NULL)
            return -1;
    }
    if (slice_copy(uri, b->contact, sizeof b->contact) != 0)
        return -1;
    b->ends_at = now_ms() + (int64_t)seconds * 1000;
    return 0;
}

static void forget_old_bindings(void)
{
    int64_t now = now_ms();
    size_t i;

    for (i = 0; i < BINDINGS_MAX; i++)
        if (bindings[i].contact[0] != '\0' && bindings[i].ends_at <= now)
            bindings[i].contact[0] = '\0';
}

static void on_register(struct transaction *t, const struct message *m,
                        const struct sockaddr_in *from)
{
    const struct header *h = find_header(m, "Expires");
    uint32_t asked = grant_seconds, last = 0;
    int any = 0;
    struct writer w;
    char tag[TAG_MAX], what[64];
    size_t i;

    if (!let_in(t, m, from))
        return;
    if (h != NULL && slice_number(h->value, 0x7fffffff, &asked) != 0)
        asked = grant_seconds; /* RFC 3261 20.19: a malformed one counts as 3600; ours is --grant */

    forget_old_bindings();
    for (i = 0; i < m->header_count; i++) {
        struct slice rest = m->headers[i].value, contact, value;

        if (!slice_is(m->headers[i].name, "Contact"))
            continue;
        if (slice_is(rest, "*")) {
            size_t j;
            if (h == NULL || asked != 0) {
                answer_plain(t, m, from, "400 Contact * needs Expires 0");
                return;
            }
            for (j = 0; j < BINDINGS_MAX; j++)
                bindings[j].contact[0] = '\0';
            any = 1;
            last = 0;
            continue;
        }
        while (next_part(&rest, ',', &contact)) {
            uint32_t seconds = asked;
            if (parameter(contact, "expires", &value)
                && slice_number(value, 0x7fffffff, &seconds) != 0)
                seconds = asked;
            /* A registrar may shorten, never lengthen (RFC 3261 10.3). */
            if (seconds > grant_seconds)
                seconds = grant_seconds;
            if (bind_contact(contact, seconds) != 0) {
                answer_plain(t, m, from, "400 Contact not understood");
                return;
            }
            any = 1;
            last = seconds;
        }
    }

    make_tag(tag);
    start_reply(&w, m, from, "200 OK", tag);
    for (i = 0; i < BINDINGS_MAX; i++) {
        if (bindings[i].contact[0] == '\0')
            continue;
        put(&w, "Contact: <");
        put(&w, bindings[i].contact);
        put(&w, ">;expires=");
        put_number(&w, (uint32_t)((bindings[i].ends_at - now_ms() + 999) / 1000));
        put(&w, "\r\n");
    }
    if (any) {
        put(&w, "Expires: ");
        put_number(&w, last);
        put(&w, "\r\n");
    }
    end_reply(&w, "");
    if (last > 0)
        snprintf(what, sizeof what, "200, registered for %lu s", (unsigned long)last);
    else
        snprintf(what, sizeof what, "%s", any ? "200, registration removed" : "200, asked only");
    answer(t, &w, m, from, what);
}

/* ---- calls ------------------------------------------------------------------------------ */

/* A session description that accepts one audio stream and wants no media: nothing here plays any. */
static void make_sdp(char *out, size_t size)
{
    char host[ADDRESS_TEXT_MAX];

    snprintf(host, sizeof host, "%s", our_address);
    *strchr(host, ':') = '\0';
    snprintf(out, size,
             "v=0\r\no=test 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
             "m=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=inactive\r\n",
             host, host);
}

static void write_call_ok(struct writer *w, const struct message *m, const struct sockaddr_in *from,
                          const char *tag)
{
    char sdp[256];

    make_sdp(sdp, sizeof sdp);
    start_reply(w, m, from, "200 OK", tag);
    put_record_routes(w, m);
    put_our_contact(w);
    put(w, ALLOW "Content-Type: application/sdp\r\n");
    end_reply(w, sdp);
}

static void on_invite(struct transaction *t, const struct message *m,
                      const struct sockaddr_in *from)
{
    struct dialog *d;
    struct writer w;

    if (m->to_tag.length > 0) {
        /* Within a call: accepted as it is. Its 200 is not repeated, the client asks again. */
        d = find_dialog(m);
        if (d == NULL) {
            answer_plain(t, m, from, "481 Call Does Not Exist");
            return;
        }
        write_call_ok(&w, m, from, NULL);
        answer(t, &w, m, from, "200, call changed");
        return;
    }
    if (challenge_invite && !let_in(t, m, from))
        return;

    d = new_dialog();
    if (slice_copy(m->call_id, d->call_id, sizeof d->call_id) != 0
        || slice_copy(m->branch, d->branch, sizeof d->branch) != 0) {
        d->call_id[0] = '\0';
        answer_plain(t, m, from, "400 Call-ID or branch too long");
        return;
    }
    make_tag(d->tag);
    d->cseq = m->cseq;
    d->from = *from;
    memcpy(d->key, t->key, sizeof d->key);

    write_call_ok(&w, m, from, d->tag);
    memcpy(d->final, w.data, w.length);
    d->final_length = w.length;
    if (!w.overflow) {
        start_reply(&w, m, from, "487 Request Terminated", d->tag);
        end_reply(&w, "");
        memcpy(d->cancelled, w.data, w.length);
        d->cancelled_length = w.length;
    }
    if (w.overflow) {
        d->call_id[0] = '\0';
        log_request(m, from, "ignored: the answer would be too long");
        t->key[0] = '\0';
        return;
    }
    d->next_send = now_ms() + answer_ms;
    d->gap_ms = T1_MS;

    start_reply(&w, m, from, "100 Trying", NULL);
    end_reply(&w, "");
    server_send(&server, w.data, w.length, from);

    start_reply(&w, m, from, "180 Ringing", d->tag);
    put_record_routes(&w, m);
    put_our_contact(&w);
    end_reply(&w, "");
    answer(t, &w, m, from, "100, then 180, ringing");
}

static void on_ack(const struct message *m, const struct sockaddr_in *from)
{
    struct dialog *d = find_dialog(m);

    if (d == NULL)
        d = find_by_branch(m);
    if (d == NULL) {
        log_request(m, from, "belongs to no call here");
        return;
    }
    d->next_send = -1;
    if (d->final_length == 0)
        d->call_id[0] = '\0'; /* the ACK of a 487: nothing is left of this call */
    log_request(m, from, d->final_length > 0 ? "the call is up" : "the cancelled call is over");
}

static void on_bye(struct transaction *t, const struct message *m, const struct sockaddr_in *from)
{
    struct dialog *d = find_dialog(m);
    struct writer w;

    if (d == NULL) {
        answer_plain(t, m, from, "481 Call Does Not Exist");
        return;
    }
    d->call_id[0] = '\0';
    start_reply(&w, m, from, "200 OK", NULL);
    end_reply(&w, "");
    answer(t, &w, m, from, "200, the call is over");
}

/* Sends the final answer of an INVITE and arranges its repeats until the ACK (RFC 3261 13.3.1.4). */
static void send_final(struct dialog *d, const char *data, size_t length)
{
    int64_t now = now_ms();

    if (!d->answered) {
        /* Gone when newer requests needed the place. */
        struct transaction *t = find_transaction(d->key, &d->from);

        d->answered = 1;
        d->give_up = now + TRANSACTION_MS;
        if (t != NULL)
            remember(t, data, length);
    }
    server_send(&server, data, length, &d->from);
    d->next_send = now + d->gap_ms;
    d->gap_ms = d->gap_ms * 2 > T2_MS ? T2_MS : d->gap_ms * 2;
    if (d->next_send >= d->give_up) {
        d->next_send = -1;
        log_line("no ACK came: giving up on this call");
        d->call_id[0] = '\0';
    }
}

static void on_cancel(struct transaction *t, const struct message *m,
                      const struct sockaddr_in *from)
{
    struct dialog *d = find_by_branch(m);
    struct writer w;

    if (d == NULL) {
        answer_plain(t, m, from, "481 Call Does Not Exist");
        return;
    }
    start_reply(&w, m, from, "200 OK", d->tag);
    end_reply(&w, "");
    answer(t, &w, m, from, d->answered ? "200, but the call was answered already" : "200, then 487");
    if (!d->answered) {
        memcpy(d->final, d->cancelled, d->cancelled_length);
        d->final_length = 0; /* marks the call as cancelled; the repeats are `cancelled` */
        d->gap_ms = T1_MS;
        send_final(d, d->cancelled, d->cancelled_length);
    }
}

/* Sends what is due. Returns the next date, negative when there is none. */
static int64_t run_calls(void)
{
    int64_t next = -1;
    size_t i;

    for (i = 0; i < DIALOGS_MAX; i++) {
        struct dialog *d = &dialogs[i];

        if (d->call_id[0] == '\0' || d->next_send < 0)
            continue;
        if (d->next_send <= now_ms()) {
            if (!d->answered && !server.silent)
                log_line("200, the call is answered");
            if (d->final_length > 0)
                send_final(d, d->final, d->final_length);
            else
                send_final(d, d->cancelled, d->cancelled_length);
        }
        if (d->call_id[0] != '\0' && d->next_send >= 0 && (next < 0 || d->next_send < next))
            next = d->next_send;
    }
    return next;
}

/* ---- requests --------------------------------------------------------------------------- */

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
    if (server.silent) {
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
        server_send(&server, t->reply, t->reply_length, from);
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

    server.name = "sip";
    for (i = 1; i < argc; i++) {
        const char *option = argv[i];

        if (server_option(&server, argc, argv, &i))
            continue;
        if (strcmp(option, "--name") == 0) {
            server.name = option_value(argc, argv, &i);
            check_plain(option, server.name);
        } else if (strcmp(option, "--realm") == 0) {
            realm = option_value(argc, argv, &i);
            check_plain(option, realm);
        } else if (strcmp(option, "--user") == 0) {
            user = option_value(argc, argv, &i);
            check_plain(option, user);
        } else if (strcmp(option, "--password") == 0) {
            password = option_value(argc, argv, &i);
        } else if (strcmp(option, "--challenge-invite") == 0) {
            challenge_invite = 1;
        } else if (strcmp(option, "--grant") == 0) {
            if (parse_number(option_value(argc, argv, &i), 86400, &grant_seconds) != 0
                || grant_seconds == 0)
                die("--grant: not within 1..86400");
        } else if (strcmp(option, "--answer-ms") == 0) {
            if (parse_number(option_value(argc, argv, &i), 60000, &answer_ms) != 0)
                die("--answer-ms: not within 0..60000");
        } else {
            die("unknown option '%s'", option);
        }
    }
    log_name(server.name);
    server_start(&server);
    format_address(&server.address, our_address);

    while (server_running(&server)) {
        struct sockaddr_in from;
        size_t length = server_turn(&server, wake_at, (unsigned char *)datagram, sizeof datagram,
                                    &from);

        if (length > 0)
            on_datagram(datagram, length, &from);
        wake_at = run_calls();
    }
    server_stop(&server);
    return 0;
}
