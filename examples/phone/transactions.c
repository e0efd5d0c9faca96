#define _GNU_SOURCE /* CLOCK_BOOTTIME */

#include "sip_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

/* ---- begin and end ---------------------------------------------------------------------- */

static void stop_repeating(osip_transaction_t *tr)
{
    if (tr->ict_context != NULL)
        tr->ict_context->timer_a_start.tv_sec = -1;
    if (tr->nict_context != NULL)
        tr->nict_context->timer_e_start.tv_sec = -1;
}

struct transaction *new_transaction(struct sip_ua *ua, osip_transaction_t *tr,
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

int start_client(struct sip_ua *ua, osip_message_t *message, const struct sockaddr_in *hop,
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

int start_attempt(struct sip_ua *ua, osip_message_t *message, const struct sip_attempt *attempt)
{
    struct sockaddr_in hop;

    memset(&hop, 0, sizeof hop);
    hop.sin_family = AF_INET;
    hop.sin_port = htons((uint16_t)attempt->port);
    memcpy(&hop.sin_addr, attempt->address, sizeof hop.sin_addr);
    return start_client(ua, message, &hop, attempt);
}

void sweep_transactions(struct sip_ua *ua, uint64_t now_ms)
{
    struct transaction **t = &ua->transactions;

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
}

/* ---- leaving an attempt ------------------------------------------------------------------ */

static struct transaction *find_attempt(struct sip_ua *ua, uint64_t attempt)
{
    struct transaction *t = ua->transactions;

    while (t != NULL && (t->dead || t->attempt != attempt))
        t = t->next;
    return attempt != 0 ? t : NULL;
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

/* This is what makes the difference between a failover in a millisecond and one after the retry
 * budget. */
void transactions_unreachable(struct sip_ua *ua, const struct sockaddr_in *hop)
{
    struct transaction *t;

    /* The report may add transactions at the head of the list; those are not concerned. */
    for (t = ua->transactions; t != NULL; t = t->next) {
        uint64_t attempt = t->attempt;

        if (attempt == 0 || t->dead || t->rings || t->hop.sin_addr.s_addr != hop->sin_addr.s_addr
            || t->hop.sin_port != hop->sin_port)
            continue;
        /* This settles the attempt: should an answer come all the same, it comes too late. */
        sip_ua_stop(ua, attempt);
        t->attempt = 0;
        ua->reports.unreachable(ua->reports.attempt_user, attempt);
    }
}

/* ---- osip calls us ---------------------------------------------------------------------- */

static int on_osip_send(osip_transaction_t *tr, osip_message_t *message, char *host, int port,
                        int socket)
{
    struct transaction *t = osip_transaction_get_your_instance(tr);

    (void)host, (void)port, (void)socket; /* osip's guess; we know better where it goes */
    t->send_error = transport_send(t->ua->fd, &t->hop, message);
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
        again = build_challenge_answer(ua, tr->orig_request, response);
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
        if (left || ua->call != NULL)
            hang_up_unwanted(ua, dialog);
        else
            call_answered(ua, dialog, t->target_text);
    }
}

void transactions_init(osip_t *osip)
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

void run_transactions(struct sip_ua *ua)
{
    osip_ict_execute(ua->osip);
    osip_nict_execute(ua->osip);
    osip_ist_execute(ua->osip);
    osip_nist_execute(ua->osip);
}
