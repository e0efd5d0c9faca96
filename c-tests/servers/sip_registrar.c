#include "sip_registrar.h"

#include "sip_digest.h"
#include "sip_responder.h"

#include <stdio.h>
#include <string.h>

#define BINDINGS_MAX 16
#define CONTACT_MAX 256

struct binding {
    char contact[CONTACT_MAX]; /* empty: free */
    int64_t ends_at;
};

static struct binding bindings[BINDINGS_MAX];

static struct binding *find_binding(struct slice uri)
{
    size_t i;

    for (i = 0; i < BINDINGS_MAX; i++)
        if (bindings[i].contact[0] != '\0' && slice_equals(uri, bindings[i].contact))
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

void on_register(struct transaction *t, const struct message *m, const struct sockaddr_in *from)
{
    const struct header *h = find_header(m, "Expires");
    uint32_t asked = settings.grant_seconds, last = 0;
    int any = 0;
    struct writer w;
    char tag[TAG_MAX], what[64];
    size_t i;

    if (!let_in(t, m, from))
        return;
    if (h != NULL && slice_number(h->value, 0x7fffffff, &asked) != 0)
        /* RFC 3261 20.19: a malformed one counts as 3600; ours is --grant. */
        asked = settings.grant_seconds;

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
            if (seconds > settings.grant_seconds)
                seconds = settings.grant_seconds;
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
