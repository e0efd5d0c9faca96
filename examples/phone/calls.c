#define _GNU_SOURCE /* CLOCK_BOOTTIME */

#include "sip_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

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
struct dialog *acknowledge(struct sip_ua *ua, osip_message_t *response,
                           const osip_message_t *invite, const struct sockaddr_in *from)
{
    struct dialog *dialog;

    for (dialog = ua->dialogs; dialog != NULL; dialog = dialog->next) {
        if (osip_dialog_match_as_uac(dialog->osip, response) == 0) {
            transport_send(ua->fd, &dialog->hop, dialog->ack);
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
    transport_send(ua->fd, &dialog->hop, dialog->ack);
    return dialog;
}

void hang_up_unwanted(struct sip_ua *ua, struct dialog *dialog)
{
    if (dialog != NULL && dialog != ua->call && dialog->forget_at_ms == FOREVER)
        send_bye(ua, dialog);
}

void sweep_dialogs(struct sip_ua *ua, uint64_t now_ms)
{
    struct dialog **d = &ua->dialogs;

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

/* ---- calling out ------------------------------------------------------------------------ */

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

int sip_ua_send_invite(struct sip_ua *ua, const struct sip_attempt *attempt)
{
    if (ua->outgoing_uri == NULL)
        return EPROTO;
    return start_attempt(ua, build_request(ua, "INVITE", attempt, &ua->outgoing), attempt);
}

void call_answered(struct sip_ua *ua, struct dialog *dialog, const char *target_text)
{
    ua->call = dialog;
    if (dialog == NULL)
        ua->reports.call_ended(ua->reports.call_user, "the answer has no usable Contact");
    else
        ua->reports.call_established(ua->reports.call_user, target_text);
}

int sip_ua_hangup(struct sip_ua *ua)
{
    if (ua->call == NULL)
        return 0;
    send_bye(ua, ua->call);
    ua->reports.call_ended(ua->reports.call_user, "hung up");
    return 1;
}

/* ---- requests from outside -------------------------------------------------------------- */

void on_request(struct sip_ua *ua, osip_event_t *event, const struct sockaddr_in *from)
{
    osip_message_t *request = event->sip;
    osip_transaction_t *tr = osip_create_transaction(ua->osip, event);
    struct dialog *dialog = ua->call;
    osip_message_t *response;
    struct transaction *t;
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

    response = build_response(request, status);
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
