#include "sip_call.h"

#include "sip_digest.h"
#include "sip_responder.h"

#include <stdio.h>
#include <string.h>

#define DIALOGS_MAX 32
#define T1_MS 500 /* RFC 3261 17.1.1.1 */
#define T2_MS 4000

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

static struct dialog dialogs[DIALOGS_MAX];

static struct dialog *find_dialog(const struct message *m)
{
    size_t i;

    for (i = 0; i < DIALOGS_MAX; i++) {
        struct dialog *d = &dialogs[i];
        if (d->call_id[0] != '\0' && slice_equals(m->call_id, d->call_id)
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
        if (d->call_id[0] != '\0' && d->cseq == m->cseq && slice_equals(m->branch, d->branch)
            && slice_equals(m->call_id, d->call_id))
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

/* ---- requests --------------------------------------------------------------------------- */

/* A session description that accepts one audio stream and wants no media: nothing here plays any. */
static void make_sdp(char *out, size_t size)
{
    char host[ADDRESS_TEXT_MAX];

    snprintf(host, sizeof host, "%s", settings.address);
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

void on_invite(struct transaction *t, const struct message *m, const struct sockaddr_in *from)
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
    if (settings.challenge_invite && !let_in(t, m, from))
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
    d->next_send = now_ms() + settings.answer_ms;
    d->gap_ms = T1_MS;

    start_reply(&w, m, from, "100 Trying", NULL);
    end_reply(&w, "");
    server_send(&settings.server, w.data, w.length, from);

    start_reply(&w, m, from, "180 Ringing", d->tag);
    put_record_routes(&w, m);
    put_our_contact(&w);
    end_reply(&w, "");
    answer(t, &w, m, from, "100, then 180, ringing");
}

void on_ack(const struct message *m, const struct sockaddr_in *from)
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

void on_bye(struct transaction *t, const struct message *m, const struct sockaddr_in *from)
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
    server_send(&settings.server, data, length, &d->from);
    d->next_send = now + d->gap_ms;
    d->gap_ms = d->gap_ms * 2 > T2_MS ? T2_MS : d->gap_ms * 2;
    if (d->next_send >= d->give_up) {
        d->next_send = -1;
        log_line("no ACK came: giving up on this call");
        d->call_id[0] = '\0';
    }
}

void on_cancel(struct transaction *t, const struct message *m, const struct sockaddr_in *from)
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

int64_t run_calls(void)
{
    int64_t next = -1;
    size_t i;

    for (i = 0; i < DIALOGS_MAX; i++) {
        struct dialog *d = &dialogs[i];

        if (d->call_id[0] == '\0' || d->next_send < 0)
            continue;
        if (d->next_send <= now_ms()) {
            if (!d->answered && !settings.server.silent)
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
