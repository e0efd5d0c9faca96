#define _GNU_SOURCE /* getrandom */

#include "redundancy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "clock.h"

#define ACCOUNT 1u /* this phone has one */

static void decision(struct redundancy *r, const char *text)
{
    r->view.decision(r->view.user, text);
}

/* ---- the library calls us --------------------------------------------------------------- */

/* What could not be sent counts against the target, unless the phone's own network is at fault. */
static int32_t cause_of(int error)
{
    switch (error) {
    case ENETUNREACH:
    case ENETDOWN:
    case EADDRNOTAVAIL:
        return SFO_CAUSE_LOCAL;
    default:
        return SFO_CAUSE_SEND;
    }
}

/* Send one attempt: one new transaction to exactly this target. */
static int32_t on_send_sip(void *user, const sfo_send *send)
{
    struct redundancy *r = user;
    struct sip_attempt attempt = {
        .id = send->attempt,
        .sequence = send->binding_key, /* registrations with two servers must not mix */
        .port = send->port,
        .retransmissions = send->retransmissions,
        .expires_s = send->expires_s,
        .registrar = send->registrar,
        .route = send->route_on_wire ? send->route : NULL,
        .target_text = send->target_text,
    };
    char text[160];
    int error;

    snprintf(text, sizeof text, "%s%s goes to %s, attempt %u, for at most %.1f s",
             send->method_name, send->purpose == SFO_PURPOSE_PROBE ? " (probe)" : "",
             send->target_text, (unsigned)send->ordinal, send->budget_ms / 1000.0);
    decision(r, text);

    if (send->transport != SFO_TRANSPORT_UDP || send->family != 4)
        return SFO_CAUSE_LOCAL; /* never: see `transports`, and static.network.ip_address_mode */
    memcpy(attempt.address, send->address, sizeof attempt.address);

    switch (send->method) {
    case SFO_METHOD_REGISTER: /* the library asks for these itself: first, refresh, probe, leave */
        error = sip_ua_send_register(r->ua, &attempt);
        break;
    case SFO_METHOD_OPTIONS:
        error = sip_ua_send_options(r->ua, &attempt);
        break;
    case SFO_METHOD_INVITE:
        error = sip_ua_send_invite(r->ua, &attempt);
        break;
    default:
        return SFO_CAUSE_LOCAL; /* not something that this phone asked for: no server's fault */
        break;
    }
    return error == 0 ? 0 : cause_of(error);
}

/* The library has left an attempt: it waited long enough, or nobody wants the answer any more. */
static void on_cancel_sip(void *user, const sfo_cancel *cancel)
{
    struct redundancy *r = user;

    switch (cancel->mode) {
    case SFO_CANCEL_STOP: /* stay ready for a late answer: it is still reported */
        sip_ua_stop(r->ua, cancel->attempt);
        break;
    case SFO_CANCEL_CANCEL:
        sip_ua_cancel(r->ua, cancel->attempt);
        break;
    default:
        sip_ua_forget(r->ua, cancel->attempt);
        break;
    }
}

/* There is one timer. The poll loop compares. */
static void on_set_timer(void *user, uint64_t deadline_ms)
{
    struct redundancy *r = user;

    r->deadline_ms = deadline_ms;
}

/* A request has found its end: exactly once, unless we cancelled it. */
static void on_request_done(void *user, const sfo_done *done)
{
    struct redundancy *r = user;
    char reason[256];
    size_t length;
    uint32_t i;

    if (done->request != r->call)
        return;
    r->call = 0;
    if (done->result == SFO_DONE_ANSWERED) {
        if (done->sip_status < 300)
            return; /* the stack has the dialog now and tells the user interface */
        snprintf(reason, sizeof reason, "answered with %u", (unsigned)done->sip_status);
        r->view.call_failed(r->view.user, reason);
        return;
    }
    /* No server could be had. The outcomes say what each of them did; there are none where nothing
     * was sent: the name cannot be resolved, the account is not running. */
    length = (size_t)snprintf(reason, sizeof reason, "%s",
                              done->outcome_count != 0 ? "no server took it"
                                                       : sfo_cause_text(done->cause));
    for (i = 0; i < done->outcome_count && length < sizeof reason; i++) {
        const sfo_outcome *outcome = &done->outcomes[i];

        length += (size_t)snprintf(reason + length, sizeof reason - length, "%s%s %s",
                                   i == 0 ? ": " : ", ", outcome->target_text,
                                   sfo_cause_text(outcome->cause));
        if (outcome->sip_status != 0 && length < sizeof reason)
            length += (size_t)snprintf(reason + length, sizeof reason - length, " %u",
                                       (unsigned)outcome->sip_status);
    }
    r->view.call_failed(r->view.user, reason);
}

static void on_event(void *user, const sfo_event *event)
{
    struct redundancy *r = user;

    decision(r, event->text);
    if (event->kind == SFO_EVENT_REGISTRATION)
        r->view.registration(r->view.user, event);
    else if (event->kind == SFO_EVENT_STOPPED)
        r->stopped = 1;
}

static void on_log(void *user, uint32_t level, const char *text)
{
    (void)level;
    decision(user, text);
}

/* ---- the stack reports ------------------------------------------------------------------ */

/* True if this attempt was left: late, or so late that it is forgotten. Any other error is a mistake of ours, and no
 * reason to end a call. */
static int was_left(sfo_status status)
{
    return status == SFO_LATE || status == SFO_ERR_NOT_FOUND;
}

int redundancy_provisional(void *user, uint64_t attempt, unsigned status)
{
    struct redundancy *r = user;

    return was_left(sfo_attempt_provisional(r->engine, clock_ms(), attempt, status));
}

int redundancy_answer(void *user, uint64_t attempt, const struct sip_answer *answer)
{
    struct redundancy *r = user;
    sfo_response response = SFO_RESPONSE_INIT;

    response.status = answer->status;
    if (answer->retry_after_s != SIP_ABSENT)
        response.retry_after_s = answer->retry_after_s;
    if (answer->granted_expires_s != SIP_ABSENT)
        response.granted_expires_s = answer->granted_expires_s;
    if (answer->min_expires_s != SIP_ABSENT)
        response.min_expires_s = answer->min_expires_s;
    /* A challenge that the stack answers is no outcome. One that it cannot answer is. */
    if (answer->is_final && (answer->status == 401 || answer->status == 407))
        response.flags = SFO_RESPONSE_FINAL;
    return was_left(sfo_attempt_response(r->engine, clock_ms(), attempt, &response));
}

void redundancy_unreachable(void *user, uint64_t attempt)
{
    struct redundancy *r = user;

    sfo_attempt_failed(r->engine, clock_ms(), attempt, SFO_CAUSE_UNREACHABLE);
}

int redundancy_accepts(void *user, const char *address)
{
    struct redundancy *r = user;
    uint32_t accepted = 0;

    return sfo_engine_accepts_source(r->engine, ACCOUNT, address, &accepted) == SFO_OK && accepted;
}

/* ---- the phone asks --------------------------------------------------------------------- */

sfo_status redundancy_call(struct redundancy *r)
{
    sfo_request request = SFO_REQUEST_INIT;

    request.account = ACCOUNT;
    request.method = SFO_METHOD_INVITE;
    return sfo_request_start(r->engine, clock_ms(), &request, &r->call);
}

int redundancy_give_up_call(struct redundancy *r)
{
    uint64_t call = r->call;

    r->call = 0;
    if (call != 0)
        sfo_request_cancel(r->engine, clock_ms(), call); /* cancel_sip follows where needed */
    return call != 0;
}

void redundancy_set_busy(struct redundancy *r, int busy)
{
    sfo_account_set_busy(r->engine, clock_ms(), ACCOUNT, busy != 0);
}

void redundancy_stop(struct redundancy *r)
{
    if (sfo_account_stop(r->engine, clock_ms(), ACCOUNT) != SFO_OK)
        r->stopped = 1;
}

/* ---- the loop --------------------------------------------------------------------------- */

size_t redundancy_fds(struct redundancy *r, struct pollfd *fds, size_t capacity)
{
    sfo_dns_fd dns[REDUNDANCY_FDS_MAX];
    size_t count = sfo_dns_io_fds(r->engine, dns, REDUNDANCY_FDS_MAX);
    size_t i;

    for (i = 0; i < count && i < capacity; i++) {
        fds[i].fd = dns[i].fd;
        fds[i].events = (short)(((dns[i].events & SFO_DNS_READABLE) ? POLLIN : 0)
                                | ((dns[i].events & SFO_DNS_WRITABLE) ? POLLOUT : 0));
        fds[i].revents = 0;
    }
    return i;
}

void redundancy_handle_fd(struct redundancy *r, const struct pollfd *fd)
{
    if (fd->revents != 0)
        sfo_dns_io_handle(r->engine, clock_ms(), fd->fd);
}

void redundancy_handle_timer(struct redundancy *r, uint64_t now_ms)
{
    if (now_ms >= r->deadline_ms) /* set_timer moves it on; leave it alone here */
        sfo_engine_handle_timer(r->engine, now_ms);
}

/* ---- start and end ---------------------------------------------------------------------- */

sfo_status redundancy_open(struct redundancy *r, const sfo_config *config, const char *dns,
                           struct sip_ua *ua, const struct redundancy_view *view)
{
    static const sfo_callbacks callbacks = {
        .struct_size = sizeof callbacks,
        .send_sip = on_send_sip,
        .set_timer = on_set_timer,
        .dns_send = NULL, /* no DNS client of our own: the library brings one */
        .cancel_sip = on_cancel_sip,
        .request_done = on_request_done,
        .event = on_event,
        .log = on_log,
    };
    sfo_options options = SFO_OPTIONS_INIT;
    sfo_status status;

    memset(r, 0, sizeof *r);
    r->ua = ua;
    r->view = *view;
    r->deadline_ms = SFO_TIME_NEVER;

    options.transports = SFO_TRANSPORT_UDP; /* all this stack can do: no others are looked up */
    if (getrandom(options.seed, sizeof options.seed, 0) != (ssize_t)sizeof options.seed)
        return SFO_ERR_IO; /* a fleet with one seed would retry in step */

    status = sfo_engine_new(config, &options, &callbacks, r, clock_ms(), &r->engine);
    if (status == SFO_OK && dns != NULL)
        status = sfo_engine_set_dns_servers(r->engine, clock_ms(), &dns, 1);
    /* Without the file, numeric addresses and static records still work. A phone calls sfo_engine_set_dns_servers() when
     * DHCP has told it the servers, and sfo_engine_set_link() when its own address has changed. */
    else if (status == SFO_OK && sfo_dns_io_use_resolv_conf(r->engine, clock_ms(), NULL) != SFO_OK)
        decision(r, "no DNS server is known: /etc/resolv.conf cannot be read");
    if (status == SFO_OK)
        status = sfo_account_start(r->engine, clock_ms(), ACCOUNT);
    return status;
}

void redundancy_close(struct redundancy *r)
{
    sfo_engine_free(r->engine);
    r->engine = NULL;
}
