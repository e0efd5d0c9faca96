#define _GNU_SOURCE /* getrandom */

#include "sip_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "digest.h"

void new_token(char out[TOKEN_SIZE])
{
    unsigned char bytes[(TOKEN_SIZE - 1) / 2];
    size_t i;

    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        abort(); /* cannot happen for so few bytes; guessable tags would be worse than no phone */
    for (i = 0; i < sizeof bytes; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

/* ---- requests --------------------------------------------------------------------------- */

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

static void add_first_lines(const struct sip_ua *ua, struct text *text)
{
    char branch[TOKEN_SIZE];

    new_token(branch); /* each attempt is a transaction of its own: always a new branch */
    add(text, "Via: SIP/2.0/UDP %s;rport;branch=z9hG4bK%s\r\nMax-Forwards: 70\r\n", ua->local,
        branch);
}

static void add_from(const struct sip_ua *ua, struct text *text, const char *host, const char *tag)
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

osip_message_t *build_request(const struct sip_ua *ua, const char *method,
                              const struct sip_attempt *attempt, const struct sequence *sequence)
{
    struct text text = { .length = 0 };
    char body[256] = "";
    int calls = strcmp(method, "INVITE") == 0;

    /* REGISTER and OPTIONS are addressed to the registrar itself. */
    if (calls)
        add(&text, "%s %s SIP/2.0\r\n", method, ua->outgoing_uri);
    else
        add(&text, "%s sip:%s SIP/2.0\r\n", method, attempt->registrar);
    add_first_lines(ua, &text);
    if (attempt->route != NULL)
        add(&text, "Route: %s\r\n", attempt->route);
    add_from(ua, &text, calls ? ua->identity->domain : attempt->registrar, sequence->tag);
    if (calls)
        add(&text, "To: <%s>\r\n", ua->outgoing_uri);
    else
        add(&text, "To: <sip:%s@%s>\r\n", ua->identity->user, attempt->registrar);
    add(&text, "Call-ID: %s\r\nCSeq: %u %s\r\n", sequence->call_id, sequence->cseq, method);
    add(&text, "Contact: <sip:%s@%s>\r\n", ua->identity->user, ua->local);
    if (strcmp(method, "REGISTER") == 0)
        add(&text, "Expires: %u\r\n", attempt->expires_s);
    if (calls) /* The phone has no media. It says so, and offers a stream that nobody will send. */
        snprintf(body, sizeof body,
                 "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
                 "m=audio 9 RTP/AVP 0\r\na=inactive\r\n",
                 ua->local_host, ua->local_host);
    return finish(&text, body);
}

/* ACK (for a 2xx) and BYE: by the dialog's route set and remote target (RFC 3261 12.2.1.1). */
osip_message_t *build_in_dialog(const struct sip_ua *ua, const char *method,
                                const osip_dialog_t *dialog, unsigned cseq)
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
osip_message_t *build_cancel(const osip_message_t *invite)
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

/* ---- responses -------------------------------------------------------------------------- */

osip_message_t *build_response(const osip_message_t *request, int status)
{
    osip_message_t *response = NULL;
    osip_generic_param_t *old_tag = NULL;
    char tag[TOKEN_SIZE];

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
    if (old_tag == NULL) {
        new_token(tag);
        osip_to_set_tag(response->to, osip_strdup(tag));
    }
    osip_message_set_allow(response, "INVITE, ACK, BYE, CANCEL, OPTIONS");
    osip_message_set_content_length(response, "0");
    return response;
}

uint32_t seconds_in(const char *text)
{
    char *end = NULL;
    unsigned long value;

    if (text == NULL || text[0] < '0' || text[0] > '9')
        return SIP_ABSENT;
    value = strtoul(text, &end, 10); /* what follows ("120;duration=3600 (lunch)") is not for us */
    return value < SIP_ABSENT ? (uint32_t)value : SIP_ABSENT - 1;
}

uint32_t header_seconds(const osip_message_t *message, const char *name)
{
    osip_header_t *header = NULL;

    if (osip_message_header_get_byname(message, name, 0, &header) < 0 || header == NULL)
        return SIP_ABSENT;
    return seconds_in(header->hvalue);
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
osip_message_t *build_challenge_answer(struct sip_ua *ua, const osip_message_t *request,
                                       const osip_message_t *response)
{
    int proxy = response->status_code == 407;
    const osip_list_t *challenges =
        proxy ? &response->proxy_authenticates : &response->www_authenticates;
    const osip_list_t *tried = proxy ? &request->proxy_authorizations : &request->authorizations;
    struct sequence *run = find_sequence(ua, request->call_id->number);
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

    /* The owner of the CSeq run goes on from here, and never back. */
    number = (unsigned)osip_atoi(request->cseq->number);
    if (run != NULL && run->cseq > number)
        number = run->cseq;
    number++;
    if (run != NULL)
        run->cseq = number;
    snprintf(cseq, sizeof cseq, "%u", number);
    osip_free(again->cseq->number);
    again->cseq->number = osip_strdup(cseq);

    snprintf(branch, sizeof branch, "z9hG4bK");
    new_token(branch + 7);
    osip_via_param_get_byname((osip_via_t *)osip_list_get(&again->vias, 0), "branch", &parameter);
    osip_free(parameter->gvalue);
    parameter->gvalue = osip_strdup(branch);
    return again;
}
