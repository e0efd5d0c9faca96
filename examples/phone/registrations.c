#include "sip_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int send_to_registrar(struct sip_ua *ua, const char *method,
                             const struct sip_attempt *attempt)
{
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
    s->cseq++;
    return start_attempt(ua, build_request(ua, method, attempt, s), attempt);
}

int sip_ua_send_register(struct sip_ua *ua, const struct sip_attempt *attempt)
{
    return send_to_registrar(ua, "REGISTER", attempt);
}

int sip_ua_send_options(struct sip_ua *ua, const struct sip_attempt *attempt)
{
    return send_to_registrar(ua, "OPTIONS", attempt);
}

struct sequence *find_sequence(struct sip_ua *ua, const char *call_id)
{
    struct sequence *s = ua->sequences;

    while (s != NULL && strcmp(s->call_id, call_id) != 0)
        s = s->next;
    return s == NULL && strcmp(ua->outgoing.call_id, call_id) == 0 ? &ua->outgoing : s;
}

/* Of our binding only: a registrar lists every phone of the user, each with its own. */
uint32_t granted_expires(const struct sip_ua *ua, const osip_message_t *response)
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
