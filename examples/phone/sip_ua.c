#define _GNU_SOURCE /* IP_RECVERR, struct sock_extended_err, getrandom */

#include "sip_ua.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include <linux/errqueue.h>
#include <osip2/osip.h>
#include <osip2/osip_dialog.h>
#include <osipparser2/osip_parser.h>

#include "clock.h"
#include "digest.h"

#define DATAGRAM_MAX 8192
#define TOKEN_SIZE 17 /* 16 hexadecimal digits and the end */

/* How long a transaction that was left can still be answered: 64*T1 (RFC 3261 17.1.1.2). */
#define AFTERLIFE_MS 32000u
#define FOREVER UINT64_MAX

/* ---- what the stack remembers ----------------------------------------------------------- */

/* One Call-ID, one From tag, one CSeq run. */
struct sequence {
    struct sequence *next;
    uint64_t key;
    char call_id[TOKEN_SIZE];
    char tag[TOKEN_SIZE];
    unsigned cseq;
};

/* Our half of an osip transaction, found through its your_instance. */
struct transaction {
    struct transaction *next;
    struct sip_ua *ua;
    osip_transaction_t *osip;
    struct sockaddr_in hop; /* where its messages go */
    uint64_t attempt;       /* 0: never was the library's (BYE, CANCEL), or is settled */
    unsigned repeats_left;
    uint64_t forget_at_ms;
    int rings;              /* a 1xx came */
    int cancelled;
    int dead;               /* to be freed as soon as osip is not inside it */
    int send_error;         /* errno of the last sendto() */
    char target_text[SIP_TARGET_TEXT_SIZE];
};

/* A dialog that a 2xx made. Kept for a while after its BYE, because the 2xx may be repeated. */
struct dialog {
    struct dialog *next;
    osip_dialog_t *osip;
    osip_message_t *ack;
    struct sockaddr_in hop;
    uint64_t forget_at_ms;
};

struct sip_ua {
    osip_t *osip;
    int fd;
    char local[INET_ADDRSTRLEN + 6];
    char local_host[INET_ADDRSTRLEN];
    char local_port[6];
    const struct sip_identity *identity;
    struct sip_reports reports;
    struct transaction *transactions;
    struct dialog *dialogs;
    struct dialog *call; /* the answered call, one of `dialogs` */
    struct sequence *sequences;
    struct sequence outgoing; /* the call being set up */
    char *outgoing_uri;
};

static void new_token(char out[TOKEN_SIZE])
{
    unsigned char bytes[(TOKEN_SIZE - 1) / 2];
    size_t i;

    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        abort(); /* cannot happen for so few bytes; guessable tags would be worse than no phone */
    for (i = 0; i < sizeof bytes; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static struct transaction *find_attempt(struct sip_ua *ua, uint64_t attempt)
{
    struct transaction *t = ua->transactions;

    while (t != NULL && (t->dead || t->attempt != attempt))
        t = t->next;
    return attempt != 0 ? t : NULL;
}

static void stop_repeating(osip_transaction_t *tr)
{
    if (tr->ict_context != NULL)
        tr->ict_context->timer_a_start.tv_sec = -1;
    if (tr->nict_context != NULL)
        tr->nict_context->timer_e_start.tv_sec = -1;
}

/* Free what has ended. Only called when no osip function is on the call stack. */
static void sweep(struct sip_ua *ua, uint64_t now_ms)
{
    struct transaction **t = &ua->transactions;
    struct dialog **d = &ua->dialogs;

    while (*t != NULL) {
        struct transaction *gone = *t;

        if (!gone->dead && gone->forget_at_ms > now_ms) {
            t = &gone->next;
            continue;
        }
        *t = gone->next;
        osip_transaction_free(gone->osip);
        free(gone);
    }
    while (*d != NULL) {
        struct dialog *gone = *d;

        if (gone->forget_at_ms > now_ms) {
            d = &gone->next;
            continue;
        }
        *d = gone->next;
        osip_dialog_free(gone->osip);
        osip_message_free(gone->ack);
        free(gone);
    }
}

/* ---- writing messages ------------------------------------------------------------------- */

/* Requests are written as text and parsed by osip: shorter and easier to check than building the
 * structure header by header. */
struct text {
    char data[4096];
    size_t length;
    int broken;
};

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void add(struct text *text, const char *format, ...)
{
    size_t room = sizeof text->data - text->length;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text->data + text->length, room, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= room)
        text->broken = 1;
    else
        text->length += (size_t)length;
}

/* Adds text that osip has written, and frees it. */
static void add_osip(struct text *text, const char *before, int status, char *value,
                     const char *after)
{
    if (status != 0) {
        text->broken = 1;
        return;
    }
    add(text, "%s%s%s", before, value, after);
    osip_free(value);
}

static void add_first_lines(struct sip_ua *ua, struct text *text)
{
    char branch[TOKEN_SIZE];

    new_token(branch); /* each attempt is a transaction of its own: always a new branch */
    add(text, "Via: SIP/2.0/UDP %s;rport;branch=z9hG4bK%s\r\nMax-Forwards: 70\r\n", ua->local,
        branch);
}

static void add_from(struct sip_ua *ua, struct text *text, const char *host, const char *tag)
{
    const char *name = ua->identity->display_name;

    if (name[0] != '\0' && strpbrk(name, "\"\\") == NULL)
        add(text, "From: \"%s\" <sip:%s@%s>;tag=%s\r\n", name, ua->identity->user, host, tag);
    else
        add(text, "From: <sip:%s@%s>;tag=%s\r\n", ua->identity->user, host, tag);
}

static osip_message_t *finish(struct text *text, const char *body)
{
    osip_message_t *message = NULL;

    add(text, "User-Agent: sipfailover-phone\r\n");
    if (body[0] != '\0')
        add(text, "Content-Type: application/sdp\r\n");
    add(text, "Content-Length: %u\r\n\r\n%s", (unsigned)strlen(body), body);
    if (text->broken || osip_message_init(&message) != 0)
        return NULL;
    if (osip_message_parse(message, text->data, text->length) != 0) {
        osip_message_free(message);
        return NULL;
    }
    return message;
}

/* REGISTER and OPTIONS: both are addressed to the registrar itself. */
static osip_message_t *build_registrar_request(struct sip_ua *ua, const char *method,
                                               const struct sip_attempt *attempt,
                                               struct sequence *sequence)
{
    struct text text = { .length = 0 };

    add(&text, "%s sip:%s SIP/2.0\r\n", method, attempt->registrar);
    add_first_lines(ua, &text);
    if (attempt->route != NULL)
        add(&text, "Route: %s\r\n", attempt->route);
    add_from(ua, &text, attempt->registrar, sequence->tag);
    add(&text, "To: <sip:%s@%s>\r\n", ua->identity->user, attempt->registrar);
    add(&text, "Call-ID: %s\r\nCSeq: %u %s\r\n", sequence->call_id, ++sequence->cseq, method);
    add(&text, "Contact: <sip:%s@%s>\r\n", ua->identity->user, ua->local);
    if (strcmp(method, "REGISTER") == 0)
        add(&text, "Expires: %u\r\n", attempt->expires_s);
    return finish(&text, "");
}

static osip_message_t *build_invite(struct sip_ua *ua, const struct sip_attempt *attempt)
{
    struct text text = { .length = 0 };
    char body[256];

    /* The phone has no media. It says so, and offers a stream that nobody will send. */
    snprintf(body, sizeof body,
             "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
             "m=audio 9 RTP/AVP 0\r\na=inactive\r\n",
             ua->local_host, ua->local_host);

    add(&text, "INVITE %s SIP/2.0\r\n", ua->outgoing_uri);
    add_first_lines(ua, &text);
    if (attempt->route != NULL)
        add(&text, "Route: %s\r\n", attempt->route);
    add_from(ua, &text, ua->identity->domain, ua->outgoing.tag);
    add(&text, "To: <%s>\r\n", ua->outgoing_uri);
    add(&text, "Call-ID: %s\r\nCSeq: %u INVITE\r\n", ua->outgoing.call_id, ua->outgoing.cseq);
    add(&text, "Contact: <sip:%s@%s>\r\n", ua->identity->user, ua->local);
    return finish(&text, body);
}

/* ACK (for a 2xx) and BYE: by the dialog's route set and remote target (RFC 3261 12.2.1.1). */
static osip_message_t *build_in_dialog(struct sip_ua *ua, const char *method, osip_dialog_t *dialog,
                                       unsigned cseq)
{
    struct text text = { .length = 0 };
    osip_record_route_t *route;
    char *value = NULL;
    int status, i;

    if (dialog->remote_contact_uri == NULL || dialog->remote_contact_uri->url == NULL)
        return NULL;
    status = osip_uri_to_str(dialog->remote_contact_uri->url, &value);
    add(&text, "%s ", method);
    add_osip(&text, "", status, value, " SIP/2.0\r\n");
    add_first_lines(ua, &text);
    for (i = 0; (route = osip_list_get(&dialog->route_set, i)) != NULL; i++) {
        status = osip_record_route_to_str(route, &value);
        add_osip(&text, "Route: ", status, value, "\r\n");
    }
    status = osip_from_to_str(dialog->local_uri, &value);
    add_osip(&text, "From: ", status, value, "\r\n");
    status = osip_to_to_str(dialog->remote_uri, &value);
    add_osip(&text, "To: ", status, value, "\r\n");
    add(&text, "Call-ID: %s\r\nCSeq: %u %s\r\n", dialog->call_id, cseq, method);
    return finish(&text, "");
}

/* CANCEL repeats the Via of the INVITE it cancels, branch included (RFC 3261 9.1). */
static osip_message_t *build_cancel(const osip_message_t *invite)
{
    osip_message_t *cancel = NULL;
    osip_via_t *via = NULL;

    if (osip_message_init(&cancel) != 0)
        return NULL;
    cancel->sip_method = osip_strdup("CANCEL");
    cancel->sip_version = osip_strdup("SIP/2.0");
    if (osip_uri_clone(invite->req_uri, &cancel->req_uri) != 0
        || osip_via_clone(osip_list_get(&invite->vias, 0), &via) != 0
        || osip_from_clone(invite->from, &cancel->from) != 0
        || osip_to_clone(invite->to, &cancel->to) != 0
        || osip_call_id_clone(invite->call_id, &cancel->call_id) != 0
        || osip_cseq_clone(invite->cseq, &cancel->cseq) != 0
        || osip_list_clone(&invite->routes, &cancel->routes,
                           (int (*)(void *, void **))osip_route_clone) != 0) {
        osip_via_free(via);
        osip_message_free(cancel);
        return NULL;
    }
    osip_list_add(&cancel->vias, via, -1);
    osip_free(cancel->cseq->method);
    cancel->cseq->method = osip_strdup("CANCEL");
    osip_message_set_max_forwards(cancel, "70");
    osip_message_set_content_length(cancel, "0");
    return cancel;
}

/* ---- the socket ------------------------------------------------------------------------- */

/* 0, or an errno. */
static int transmit(struct sip_ua *ua, const struct sockaddr_in *hop, osip_message_t *message)
{
    char *data = NULL;
    size_t length = 0;
    int attempts, error = EPROTO;

    osip_message_force_update(message);
    if (osip_message_to_str(message, &data, &length) != 0)
        return error;

    /* An ICMP error of an *earlier* datagram is handed to the next call on the socket, whatever
     * its destination. It is on the error queue too, where the poll loop finds it with the address
     * it belongs to; here it only means: send again. */
    for (attempts = 0; attempts < 8; attempts++) {
        if (sendto(ua->fd, data, length, 0, (const struct sockaddr *)hop, sizeof *hop) >= 0) {
            error = 0;
            break;
        }
        error = errno;
        if (error != ECONNREFUSED && error != EHOSTUNREACH && error != EINTR)
            break;
    }
    osip_free(data);
    return error;
}

/* ---- transactions ----------------------------------------------------------------------- */

static struct transaction *new_transaction(struct sip_ua *ua, osip_transaction_t *tr,
                                           const struct sockaddr_in *hop)
{
    struct transaction *t = calloc(1, sizeof *t);

    if (t == NULL)
        return NULL;
    t->ua = ua;
    t->osip = tr;
    t->hop = *hop;
    t->repeats_left = UINT32_MAX;
    t->forget_at_ms = FOREVER;
    t->next = ua->transactions;
    ua->transactions = t;
    osip_transaction_set_your_instance(tr, t);
    return t;
}

/* Start a client transaction. Takes the message. 0, or an errno. */
static int start_client(struct sip_ua *ua, osip_message_t *message, const struct sockaddr_in *hop,
                        const struct sip_attempt *attempt)
{
    osip_fsm_type_t type;
    osip_transaction_t *tr = NULL;
    struct transaction *t;
    osip_event_t *event;

    if (message == NULL)
        return EPROTO;
    type = MSG_IS_INVITE(message) ? ICT : NICT;
    if (osip_transaction_init(&tr, type, ua->osip, message) != 0) {
        osip_message_free(message);
        return EPROTO;
    }
    t = new_transaction(ua, tr, hop);
    event = osip_new_outgoing_sipmessage(message);
    if (t == NULL || event == NULL) {
        osip_message_free(message);
        osip_free(event);
        if (t != NULL)
            t->dead = 1;
        else
            osip_transaction_free(tr);
        return ENOMEM;
    }
    /* Executed at once, not queued: what sendto() says is known before we return. */
    osip_transaction_execute(tr, event);
    if (t->dead)
        return t->send_error != 0 ? t->send_error : EPROTO;

    if (attempt != NULL) {
        t->attempt = attempt->id;
        t->repeats_left = attempt->retransmissions;
        snprintf(t->target_text, sizeof t->target_text, "%s", attempt->target_text);
        if (t->repeats_left == 0)
            stop_repeating(tr);
        /* The library decides how long to wait for this target, and tells us by stop, cancel or
         * forget. The stack's own Timer B / F must not get in between. */
        if (tr->ict_context != NULL)
            tr->ict_context->timer_b_start.tv_sec = -1;
        if (tr->nict_context != NULL)
            tr->nict_context->timer_f_start.tv_sec = -1;
    }
    return 0;
}

static int on_osip_send(osip_transaction_t *tr, osip_message_t *message, char *host, int port,
                        int socket)
{
    struct transaction *t = osip_transaction_get_your_instance(tr);

    (void)host, (void)port, (void)socket; /* osip's guess; we know better where it goes */
    t->send_error = transmit(t->ua, &t->hop, message);
    return t->send_error == 0 ? 0 : -1;
}

static void on_osip_repeated(int type, osip_transaction_t *tr, osip_message_t *message)
{
    struct transaction *t = osip_transaction_get_your_instance(tr);

    (void)type, (void)message;
    if (--t->repeats_left == 0)
        stop_repeating(tr);
}

static void on_osip_killed(int type, osip_transaction_t *tr)
{
    struct transaction *t = osip_transaction_get_your_instance(tr);

    (void)type;
    t->dead = 1;
}

static void on_osip_transport_error(int type, osip_transaction_t *tr, int error)
{
    struct transaction *t = osip_transaction_get_your_instance(tr);
    uint64_t attempt = t->attempt;

    (void)type, (void)error;
    t->dead = 1;
    t->attempt = 0;
    if (attempt != 0) /* 0 too for a first send: there the caller gets the error */
        t->ua->reports.unreachable(t->ua->reports.attempt_user, attempt);
}

/* ---- challenges ------------------------------------------------------------------------- */

/* osip keeps the quotes of quoted strings. Cuts them off in place. */
static char *unquote(char *text)
{
    size_t length;

    if (text == NULL || text[0] != '"')
        return text;
    length = strlen(text);
    if (length >= 2 && text[length - 1] == '"')
        text[length - 1] = '\0';
    return text + 1;
}

/* The challenged request once more, with credentials: next CSeq, new branch, same Call-ID and tag.
 * NULL when we cannot answer: unknown algorithm, or our answer was just refused. */
static osip_message_t *answer_challenge(struct sip_ua *ua, const osip_message_t *request,
                                        const osip_message_t *response)
{
    int proxy = response->status_code == 407;
    const osip_list_t *challenges =
        proxy ? &response->proxy_authenticates : &response->www_authenticates;
    const osip_list_t *tried = proxy ? &request->proxy_authorizations : &request->authorizations;
    osip_message_t *again = NULL;
    osip_www_authenticate_t *offer;
    char cnonce[TOKEN_SIZE], branch[TOKEN_SIZE + 7], cseq[32], answer[1024];
    char *uri = NULL;
    osip_generic_param_t *parameter = NULL;
    unsigned number;
    int i, answered = 0;

    if (osip_uri_to_str(request->req_uri, &uri) != 0)
        return NULL;
    new_token(cnonce);
    for (i = 0; !answered && (offer = osip_list_get(challenges, i)) != NULL; i++) {
        struct digest_challenge challenge = { unquote(offer->realm), unquote(offer->nonce),
                                              unquote(offer->opaque), unquote(offer->algorithm),
                                              unquote(offer->qop_options) };
        struct digest_request credentials = { ua->identity->auth_user, ua->identity->password,
                                              request->sip_method, uri, cnonce };
        int stale = offer->stale != NULL && osip_strcasecmp(unquote(offer->stale), "true") == 0;

        if (osip_list_size(tried) > 0 && !stale)
            continue; /* the password is wrong; asking again would only lock the account */
        answered = digest_answer(&challenge, &credentials, answer, sizeof answer) == 0;
    }
    osip_free(uri);
    if (!answered || osip_message_clone(request, &again) != 0)
        return NULL;

    osip_list_special_free(proxy ? &again->proxy_authorizations : &again->authorizations,
                           (void (*)(void *))osip_authorization_free);
    if (proxy)
        osip_message_set_proxy_authorization(again, answer);
    else
        osip_message_set_authorization(again, answer);

    number = (unsigned)osip_atoi(request->cseq->number) + 1;
    snprintf(cseq, sizeof cseq, "%u", number);
    osip_free(again->cseq->number);
    again->cseq->number = osip_strdup(cseq);

    snprintf(branch, sizeof branch, "z9hG4bK");
    new_token(branch + 7);
    osip_via_param_get_byname((osip_via_t *)osip_list_get(&again->vias, 0), "branch", &parameter);
    osip_free(parameter->gvalue);
    parameter->gvalue = osip_strdup(branch);

    /* The owner of the CSeq run goes on from here. */
    if (strcmp(request->call_id->number, ua->outgoing.call_id) == 0) {
        ua->outgoing.cseq = number;
    } else {
        struct sequence *s;

        for (s = ua->sequences; s != NULL; s = s->next)
            if (strcmp(request->call_id->number, s->call_id) == 0)
                s->cseq = number;
    }
    return again;
}

/* ---- dialogs ---------------------------------------------------------------------------- */

/* The next hop of a dialog: first route, else remote target (RFC 3261 12.2.1.1), as far as it is a
 * numeric address; else where the answer came from. */
static struct sockaddr_in dialog_hop(osip_dialog_t *dialog, const struct sockaddr_in *otherwise)
{
    osip_record_route_t *route = osip_list_get(&dialog->route_set, 0);
    osip_uri_t *uri = route != NULL                         ? route->url
                      : dialog->remote_contact_uri != NULL ? dialog->remote_contact_uri->url
                                                            : NULL;
    struct sockaddr_in hop = *otherwise;

    if (uri != NULL && uri->host != NULL && inet_pton(AF_INET, uri->host, &hop.sin_addr) == 1)
        hop.sin_port = htons((uint16_t)(uri->port != NULL ? osip_atoi(uri->port) : 5060));
    return hop;
}

static void send_bye(struct sip_ua *ua, struct dialog *dialog)
{
    osip_message_t *bye =
        build_in_dialog(ua, "BYE", dialog->osip, (unsigned)++dialog->osip->local_cseq);

    start_client(ua, bye, &dialog->hop, NULL);
    dialog->forget_at_ms = clock_ms() + AFTERLIFE_MS;
    if (ua->call == dialog)
        ua->call = NULL;
}

/* A 2xx for an INVITE. The ACK of a 2xx is the business of the user agent, not of the transaction
 * (RFC 3261 13.2.2.4): it is sent here, and again for each repetition of the 2xx. */
static struct dialog *acknowledge(struct sip_ua *ua, osip_message_t *response,
                                  const osip_message_t *invite, const struct sockaddr_in *from)
{
    struct dialog *dialog;

    for (dialog = ua->dialogs; dialog != NULL; dialog = dialog->next) {
        if (osip_dialog_match_as_uac(dialog->osip, response) == 0) {
            transmit(ua, &dialog->hop, dialog->ack);
            return dialog;
        }
    }

    dialog = calloc(1, sizeof *dialog);
    if (dialog == NULL)
        return NULL;
    if (osip_dialog_init_as_uac(&dialog->osip, response) != 0) {
        free(dialog);
        return NULL;
    }
    dialog->ack = build_in_dialog(ua, "ACK", dialog->osip,
                                  (unsigned)osip_atoi(response->cseq->number));
    if (dialog->ack == NULL) { /* no usable Contact: nothing can be sent in such a dialog */
        osip_dialog_free(dialog->osip);
        free(dialog);
        return NULL;
    }
    if (invite != NULL) { /* the ACK carries the credentials of its INVITE */
        osip_list_clone(&invite->authorizations, &dialog->ack->authorizations,
                        (int (*)(void *, void **))osip_authorization_clone);
        osip_list_clone(&invite->proxy_authorizations, &dialog->ack->proxy_authorizations,
                        (int (*)(void *, void **))osip_authorization_clone);
    }
    dialog->hop = dialog_hop(dialog->osip, from);
    dialog->forget_at_ms = FOREVER;
    dialog->next = ua->dialogs;
    ua->dialogs = dialog;
    transmit(ua, &dialog->hop, dialog->ack);
    return dialog;
}

/* The dialog of a call that is somewhere else by now, or given up. */
static void hang_up_unwanted(struct sip_ua *ua, struct dialog *dialog)
{
    if (dialog != NULL && dialog != ua->call && dialog->forget_at_ms == FOREVER)
        send_bye(ua, dialog);
}

/* ---- responses -------------------------------------------------------------------------- */

static uint32_t seconds_in(const char *text)
{
    char *end = NULL;
    unsigned long value;

    if (text == NULL || text[0] < '0' || text[0] > '9')
        return SIP_ABSENT;
    value = strtoul(text, &end, 10); /* what follows ("120;duration=3600 (lunch)") is not for us */
    return value < SIP_ABSENT ? (uint32_t)value : SIP_ABSENT - 1;
}

static uint32_t header_seconds(const osip_message_t *message, const char *name)
{
    osip_header_t *header = NULL;

    if (osip_message_header_get_byname(message, name, 0, &header) < 0 || header == NULL)
        return SIP_ABSENT;
    return seconds_in(header->hvalue);
}

/* The lifetime of *our* binding: a registrar lists every phone of the user, each with its own. */
static uint32_t granted_expires(const struct sip_ua *ua, const osip_message_t *response)
{
    osip_contact_t *contact;
    int i;

    for (i = 0; (contact = osip_list_get(&response->contacts, i)) != NULL; i++) {
        osip_generic_param_t *expires = NULL;
        const osip_uri_t *uri = contact->url;

        if (uri == NULL || uri->host == NULL || uri->username == NULL
            || strcmp(uri->host, ua->local_host) != 0
            || strcmp(uri->username, ua->identity->user) != 0
            || strcmp(uri->port != NULL ? uri->port : "5060", ua->local_port) != 0)
            continue;
        osip_contact_param_get_byname(contact, "expires", &expires);
        if (expires != NULL)
            return seconds_in(expires->gvalue);
    }
    return header_seconds(response, "expires");
}

/* CANCEL is for INVITE only, once, and never before a 1xx (RFC 3261 9.1). */
static void cancel_invite(struct transaction *t)
{
    if (t->osip->ict_context == NULL || !t->rings || t->cancelled)
        return;
    t->cancelled = 1;
    t->forget_at_ms = clock_ms() + AFTERLIFE_MS;
    start_client(t->ua, build_cancel(t->osip->orig_request), &t->hop, NULL);
}

static void on_osip_response(int type, osip_transaction_t *tr, osip_message_t *response)
{
    struct transaction *t = osip_transaction_get_your_instance(tr);
    struct sip_ua *ua = t->ua;
    struct sip_answer answer = { (unsigned)response->status_code, 1, SIP_ABSENT, SIP_ABSENT,
                                 SIP_ABSENT };
    osip_message_t *again = NULL;
    struct dialog *dialog = NULL;
    uint64_t attempt = t->attempt;
    int left = attempt == 0; /* for an INVITE: the call has gone elsewhere */

    (void)type;
    if (t->dead)
        return;

    if (answer.status < 200) {
        t->rings = 1;
        t->repeats_left = UINT32_MAX; /* the limit was for silence */
        if (attempt == 0
            || ua->reports.provisional(ua->reports.attempt_user, attempt, answer.status))
            cancel_invite(t);
        return;
    }

    /* From here on the transaction is over; what follows belongs to a new one, or to nobody. The
     * ACK comes before the report (osip has sent that of a refused INVITE already): the library may
     * start the next attempt inside the report. */
    t->attempt = 0;
    t->forget_at_ms = FOREVER;
    if (MSG_IS_INVITE(tr->orig_request) && answer.status < 300)
        dialog = acknowledge(ua, response, tr->orig_request, &t->hop);
    if (answer.status == 401 || answer.status == 407) {
        again = answer_challenge(ua, tr->orig_request, response);
        answer.is_final = again == NULL;
    }
    if (attempt != 0) {
        answer.retry_after_s = header_seconds(response, "retry-after");
        answer.min_expires_s = header_seconds(response, "min-expires");
        if (MSG_IS_REGISTER(tr->orig_request) && answer.status < 300)
            answer.granted_expires_s = granted_expires(ua, response);
        /* The library may send the next attempt, or end the request, inside this call. */
        left = ua->reports.answer(ua->reports.attempt_user, attempt, &answer);
    }

    if (again != NULL) {
        struct sip_attempt same = { .id = attempt, .retransmissions = t->repeats_left,
                                    .target_text = t->target_text };

        /* Settled meanwhile, or CANCEL has crossed the challenge: nothing to try again. A BYE is
         * nobody's attempt, and has to arrive all the same. */
        if (t->cancelled || (left && !MSG_IS_BYE(tr->orig_request)))
            osip_message_free(again);
        else if (start_client(ua, again, &t->hop, attempt != 0 ? &same : NULL) != 0
                 && attempt != 0)
            ua->reports.unreachable(ua->reports.attempt_user, attempt);
    } else if (MSG_IS_INVITE(tr->orig_request) && answer.status < 300) {
        if (left || ua->call != NULL) {
            hang_up_unwanted(ua, dialog);
        } else if (dialog == NULL) {
            ua->reports.call_ended(ua->reports.call_user, "the answer has no usable Contact");
        } else {
            ua->call = dialog;
            ua->reports.call_established(ua->reports.call_user, t->target_text);
        }
    }
}

/* ---- requests from outside -------------------------------------------------------------- */

static osip_message_t *build_response(const osip_message_t *request, int status, const char *tag)
{
    osip_message_t *response = NULL;
    osip_generic_param_t *old_tag = NULL;

    if (osip_message_init(&response) != 0)
        return NULL;
    response->sip_version = osip_strdup("SIP/2.0");
    osip_message_set_status_code(response, status);
    osip_message_set_reason_phrase(response, osip_strdup(osip_message_get_reason(status)));
    if (osip_from_clone(request->from, &response->from) != 0
        || osip_to_clone(request->to, &response->to) != 0
        || osip_call_id_clone(request->call_id, &response->call_id) != 0
        || osip_cseq_clone(request->cseq, &response->cseq) != 0
        || osip_list_clone(&request->vias, &response->vias,
                           (int (*)(void *, void **))osip_via_clone) != 0) {
        osip_message_free(response);
        return NULL;
    }
    osip_to_get_tag(response->to, &old_tag);
    if (old_tag == NULL)
        osip_to_set_tag(response->to, osip_strdup(tag));
    osip_message_set_allow(response, "INVITE, ACK, BYE, CANCEL, OPTIONS");
    osip_message_set_content_length(response, "0");
    return response;
}

static void on_request(struct sip_ua *ua, osip_event_t *event, const struct sockaddr_in *from)
{
    osip_message_t *request = event->sip;
    osip_transaction_t *tr = osip_create_transaction(ua->osip, event);
    struct dialog *dialog = ua->call;
    osip_message_t *response;
    struct transaction *t;
    char tag[TOKEN_SIZE];
    int status, ends = 0;

    if (tr == NULL || (t = new_transaction(ua, tr, from)) == NULL) {
        osip_transaction_free(tr);
        osip_message_free(request);
        osip_free(event);
        return;
    }
    if (dialog != NULL && osip_dialog_match_as_uas(dialog->osip, request) != 0)
        dialog = NULL;

    if (MSG_IS_BYE(request)) {
        ends = dialog != NULL;
        status = ends ? 200 : 481;
    } else if (MSG_IS_OPTIONS(request)) {
        status = 200;
    } else if (MSG_IS_INVITE(request)) {
        status = dialog != NULL ? 488 : 486; /* this phone only calls out */
    } else {
        status = MSG_IS_CANCEL(request) ? 481 : 405;
    }

    new_token(tag);
    response = build_response(request, status, tag);
    osip_transaction_execute(tr, event);
    if (response == NULL) {
        t->dead = 1;
        return;
    }
    event = osip_new_outgoing_sipmessage(response);
    if (event == NULL)
        osip_message_free(response);
    else
        osip_transaction_execute(tr, event);
    if (ends) {
        ua->call = NULL;
        dialog->forget_at_ms = clock_ms() + AFTERLIFE_MS;
        ua->reports.call_ended(ua->reports.call_user, "the other side hung up");
    }
}

/* ---- input ------------------------------------------------------------------------------ */

static void run_transactions(struct sip_ua *ua)
{
    osip_ict_execute(ua->osip);
    osip_nict_execute(ua->osip);
    osip_ist_execute(ua->osip);
    osip_nist_execute(ua->osip);
}

static void on_datagram(struct sip_ua *ua, const char *data, size_t length,
                        const struct sockaddr_in *from)
{
    char host[INET_ADDRSTRLEN];
    osip_event_t *event = osip_parse(data, length);
    osip_message_t *sip = event != NULL ? event->sip : NULL;

    /* osip's transaction layer takes these headers for granted. */
    if (sip == NULL || sip->from == NULL || sip->to == NULL || sip->call_id == NULL
        || sip->call_id->number == NULL || sip->cseq == NULL || sip->cseq->number == NULL
        || sip->cseq->method == NULL || osip_list_size(&sip->vias) == 0) {
        osip_event_free(event);
        return;
    }
    if (MSG_IS_REQUEST(sip)) {
        inet_ntop(AF_INET, &from->sin_addr, host, sizeof host);
        if (!ua->reports.accepts(ua->reports.attempt_user, host)) {
            osip_event_free(event);
            return;
        }
    }
    if (osip_find_transaction_and_add_event(ua->osip, event) == 0) {
        run_transactions(ua);
    } else if (MSG_IS_REQUEST(sip) && !MSG_IS_ACK(sip)) {
        on_request(ua, event, from);
    } else {
        /* A 2xx ends its transaction, so its repetitions, and those of other forks, come here. */
        if (MSG_IS_STATUS_2XX(sip) && strcmp(sip->cseq->method, "INVITE") == 0)
            hang_up_unwanted(ua, acknowledge(ua, sip, NULL, from));
        osip_event_free(event);
    }
}

/* The error queue names the destination of the datagram that an ICMP error is about. Everything
 * that waits for a first answer from there can stop waiting: this is what makes the difference
 * between a failover in a millisecond and one after the retry budget. */
static void on_icmp(struct sip_ua *ua)
{
    for (;;) {
        union {
            char bytes[512];
            struct cmsghdr align;
        } control;
        struct sockaddr_in about;
        char quoted[64];
        struct iovec data = { quoted, sizeof quoted };
        struct msghdr message;
        struct cmsghdr *c;
        struct transaction *t;
        int unreachable = 0;

        memset(&message, 0, sizeof message);
        memset(&about, 0, sizeof about);
        message.msg_name = &about;
        message.msg_namelen = sizeof about;
        message.msg_iov = &data;
        message.msg_iovlen = 1;
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        if (recvmsg(ua->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
            return;
        for (c = CMSG_FIRSTHDR(&message); c != NULL; c = CMSG_NXTHDR(&message, c)) {
            struct sock_extended_err error;

            if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_RECVERR)
                continue;
            memcpy(&error, CMSG_DATA(c), sizeof error);
            /* "Too big" is about one datagram, not about the server. */
            unreachable = error.ee_origin == SO_EE_ORIGIN_ICMP && error.ee_errno != EMSGSIZE;
        }
        if (!unreachable)
            continue;
        /* The report may add transactions at the head of the list; those are not concerned. */
        for (t = ua->transactions; t != NULL; t = t->next) {
            uint64_t attempt = t->attempt;

            if (attempt == 0 || t->dead || t->rings
                || t->hop.sin_addr.s_addr != about.sin_addr.s_addr
                || t->hop.sin_port != about.sin_port)
                continue;
            /* This settles the attempt: should an answer come all the same, it comes too late. */
            sip_ua_stop(ua, attempt);
            t->attempt = 0;
            ua->reports.unreachable(ua->reports.attempt_user, attempt);
        }
    }
}

void sip_ua_handle_socket(struct sip_ua *ua, int has_errors)
{
    char data[DATAGRAM_MAX];
    int budget;

    if (has_errors)
        on_icmp(ua);
    for (budget = 32; budget > 0; budget--) { /* leave the loop its turn under a flood */
        struct sockaddr_in from;
        socklen_t from_length = sizeof from;
        ssize_t length = recvfrom(ua->fd, data, sizeof data - 1, MSG_DONTWAIT,
                                  (struct sockaddr *)&from, &from_length);

        if (length < 0)
            break;
        data[length] = '\0';
        if (length > 4) /* shorter: a keep-alive */
            on_datagram(ua, data, (size_t)length, &from);
    }
    sweep(ua, clock_ms());
}

void sip_ua_handle_timers(struct sip_ua *ua, uint64_t now_ms)
{
    osip_timers_ict_execute(ua->osip);
    osip_timers_nict_execute(ua->osip);
    osip_timers_ist_execute(ua->osip);
    osip_timers_nist_execute(ua->osip);
    run_transactions(ua);
    sweep(ua, now_ms);
}

uint64_t sip_ua_next_ms(struct sip_ua *ua, uint64_t now_ms)
{
    const struct transaction *t;
    const struct dialog *d;
    uint64_t next = FOREVER;
    struct timeval wait;

    if (ua->transactions != NULL) {
        osip_timers_gettimeout(ua->osip, &wait);
        next = now_ms + (uint64_t)wait.tv_sec * 1000u + (uint64_t)(wait.tv_usec + 999) / 1000u;
    }
    for (t = ua->transactions; t != NULL; t = t->next)
        if (t->forget_at_ms < next)
            next = t->forget_at_ms;
    for (d = ua->dialogs; d != NULL; d = d->next)
        if (d->forget_at_ms < next)
            next = d->forget_at_ms;
    return next;
}

/* ---- what the integration calls --------------------------------------------------------- */

static struct sockaddr_in attempt_hop(const struct sip_attempt *attempt)
{
    struct sockaddr_in hop;

    memset(&hop, 0, sizeof hop);
    hop.sin_family = AF_INET;
    hop.sin_port = htons((uint16_t)attempt->port);
    memcpy(&hop.sin_addr, attempt->address, sizeof hop.sin_addr);
    return hop;
}

static int send_to_registrar(struct sip_ua *ua, const char *method,
                             const struct sip_attempt *attempt)
{
    struct sockaddr_in hop = attempt_hop(attempt);
    struct sequence *s = ua->sequences;

    while (s != NULL && s->key != attempt->sequence)
        s = s->next;
    if (s == NULL) {
        s = calloc(1, sizeof *s);
        if (s == NULL)
            return ENOMEM;
        s->key = attempt->sequence;
        new_token(s->call_id);
        new_token(s->tag);
        s->next = ua->sequences;
        ua->sequences = s;
    }
    return start_client(ua, build_registrar_request(ua, method, attempt, s), &hop, attempt);
}

int sip_ua_send_register(struct sip_ua *ua, const struct sip_attempt *attempt)
{
    return send_to_registrar(ua, "REGISTER", attempt);
}

int sip_ua_send_options(struct sip_ua *ua, const struct sip_attempt *attempt)
{
    return send_to_registrar(ua, "OPTIONS", attempt);
}

int sip_ua_send_invite(struct sip_ua *ua, const struct sip_attempt *attempt)
{
    struct sockaddr_in hop = attempt_hop(attempt);

    if (ua->outgoing_uri == NULL)
        return EPROTO;
    return start_client(ua, build_invite(ua, attempt), &hop, attempt);
}

void sip_ua_stop(struct sip_ua *ua, uint64_t attempt)
{
    struct transaction *t = find_attempt(ua, attempt);

    if (t == NULL)
        return;
    if (t->osip->nict_context != NULL)
        t->osip->nict_context->timer_e_length = -1; /* or a 1xx would start it again */
    stop_repeating(t->osip);
    t->forget_at_ms = clock_ms() + AFTERLIFE_MS;
}

void sip_ua_cancel(struct sip_ua *ua, uint64_t attempt)
{
    struct transaction *t = find_attempt(ua, attempt);

    if (t == NULL)
        return;
    sip_ua_stop(ua, attempt);
    cancel_invite(t);
}

void sip_ua_forget(struct sip_ua *ua, uint64_t attempt)
{
    struct transaction *t = find_attempt(ua, attempt);

    if (t != NULL)
        t->dead = 1;
}

int sip_ua_prepare_call(struct sip_ua *ua, const char *uri)
{
    osip_uri_t *parsed = NULL;
    char *written = NULL;
    int good;

    if (ua->call != NULL || osip_uri_init(&parsed) != 0)
        return -1;
    good = strpbrk(uri, "\r\n<>\" ") == NULL && osip_uri_parse(parsed, uri) == 0
           && parsed->scheme != NULL && osip_strcasecmp(parsed->scheme, "sip") == 0
           && parsed->host != NULL && osip_uri_to_str(parsed, &written) == 0;
    osip_uri_free(parsed);
    if (!good)
        return -1;
    osip_free(ua->outgoing_uri);
    ua->outgoing_uri = written;
    new_token(ua->outgoing.call_id);
    new_token(ua->outgoing.tag);
    ua->outgoing.cseq = 1;
    return 0;
}

int sip_ua_hangup(struct sip_ua *ua)
{
    if (ua->call == NULL)
        return 0;
    send_bye(ua, ua->call);
    ua->reports.call_ended(ua->reports.call_user, "hung up");
    return 1;
}

/* ---- life ------------------------------------------------------------------------------- */

static void set_osip_callbacks(osip_t *osip)
{
    static const int responses[] = {
        OSIP_ICT_STATUS_1XX_RECEIVED,  OSIP_ICT_STATUS_2XX_RECEIVED,  OSIP_ICT_STATUS_3XX_RECEIVED,
        OSIP_ICT_STATUS_4XX_RECEIVED,  OSIP_ICT_STATUS_5XX_RECEIVED,  OSIP_ICT_STATUS_6XX_RECEIVED,
        OSIP_NICT_STATUS_1XX_RECEIVED, OSIP_NICT_STATUS_2XX_RECEIVED, OSIP_NICT_STATUS_3XX_RECEIVED,
        OSIP_NICT_STATUS_4XX_RECEIVED, OSIP_NICT_STATUS_5XX_RECEIVED, OSIP_NICT_STATUS_6XX_RECEIVED,
    };
    size_t i;
    int type;

    osip_set_cb_send_message(osip, on_osip_send);
    for (i = 0; i < sizeof responses / sizeof responses[0]; i++)
        osip_set_message_callback(osip, responses[i], on_osip_response);
    osip_set_message_callback(osip, OSIP_ICT_INVITE_SENT_AGAIN, on_osip_repeated);
    osip_set_message_callback(osip, OSIP_NICT_REQUEST_SENT_AGAIN, on_osip_repeated);
    for (type = 0; type < OSIP_KILL_CALLBACK_COUNT; type++)
        osip_set_kill_transaction_callback(osip, type, on_osip_killed);
    for (type = 0; type < OSIP_TRANSPORT_ERROR_CALLBACK_COUNT; type++)
        osip_set_transport_error_callback(osip, type, on_osip_transport_error);
}

/* Unless told otherwise, osip prints a line on stdout for each malformed datagram. */
static void discard_osip_trace(const char *file, int line, osip_trace_level_t level,
                               const char *format, va_list arguments)
{
    (void)file, (void)line, (void)level, (void)format, (void)arguments;
}

/* A bound socket with ICMP errors switched on, or -1 with errno. */
static int open_socket(const char *bind_text, struct sockaddr_in *address)
{
    char host[INET_ADDRSTRLEN] = "";
    unsigned port = 0;
    socklen_t length = sizeof *address;
    int on = 1, fd;

    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    /* 0.0.0.0 will not do: the address is written into Via and Contact. */
    if (sscanf(bind_text, "%15[0-9.]:%u", host, &port) != 2 || port > 65535
        || inet_pton(AF_INET, host, &address->sin_addr) != 1
        || address->sin_addr.s_addr == htonl(INADDR_ANY)) {
        errno = EINVAL;
        return -1;
    }
    address->sin_port = htons((uint16_t)port);
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on) != 0
        || bind(fd, (struct sockaddr *)address, sizeof *address) != 0
        || getsockname(fd, (struct sockaddr *)address, &length) != 0) {
        int error = errno;

        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

struct sip_ua *sip_ua_new(const char *bind_text, const struct sip_identity *identity,
                          const struct sip_reports *reports)
{
    struct sockaddr_in address;
    struct sip_ua *ua = calloc(1, sizeof *ua);

    if (ua == NULL)
        return NULL;
    ua->fd = open_socket(bind_text, &address);
    if (ua->fd < 0 || osip_init(&ua->osip) != 0) {
        int error = ua->fd < 0 ? errno : ENOMEM;

        if (ua->fd >= 0)
            close(ua->fd);
        free(ua);
        errno = error;
        return NULL;
    }
    osip_trace_initialize_func(TRACE_LEVEL0, discard_osip_trace);
    set_osip_callbacks(ua->osip);
    ua->identity = identity;
    ua->reports = *reports;
    inet_ntop(AF_INET, &address.sin_addr, ua->local_host, sizeof ua->local_host);
    snprintf(ua->local_port, sizeof ua->local_port, "%u", (unsigned)ntohs(address.sin_port));
    snprintf(ua->local, sizeof ua->local, "%s:%s", ua->local_host, ua->local_port);
    return ua;
}

void sip_ua_free(struct sip_ua *ua)
{
    if (ua == NULL)
        return;
    while (ua->sequences != NULL) {
        struct sequence *gone = ua->sequences;

        ua->sequences = gone->next;
        free(gone);
    }
    sweep(ua, FOREVER);
    osip_release(ua->osip);
    osip_free(ua->outgoing_uri);
    close(ua->fd);
    free(ua);
}

const char *sip_ua_local(const struct sip_ua *ua)
{
    return ua->local;
}

int sip_ua_fd(const struct sip_ua *ua)
{
    return ua->fd;
}
