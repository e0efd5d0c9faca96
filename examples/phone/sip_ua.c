#define _GNU_SOURCE /* CLOCK_BOOTTIME */

#include "sip_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

#define DATAGRAM_MAX 8192

/* ---- input ------------------------------------------------------------------------------ */

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

static void sweep(struct sip_ua *ua, uint64_t now_ms)
{
    sweep_transactions(ua, now_ms);
    sweep_dialogs(ua, now_ms);
}

void sip_ua_handle_socket(struct sip_ua *ua, int has_errors)
{
    char data[DATAGRAM_MAX];
    struct sockaddr_in address;
    ssize_t length;
    int budget;

    while (has_errors && transport_next_unreachable(ua->fd, &address))
        transactions_unreachable(ua, &address);
    for (budget = 32; budget > 0; budget--) { /* leave the loop its turn under a flood */
        length = transport_receive(ua->fd, data, sizeof data, &address);
        if (length < 0)
            break;
        if (length > 4) /* shorter: a keep-alive */
            on_datagram(ua, data, (size_t)length, &address);
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

/* ---- life ------------------------------------------------------------------------------- */

/* Unless told otherwise, osip prints a line on stdout for each malformed datagram. */
static void discard_osip_trace(const char *file, int line, osip_trace_level_t level,
                               const char *format, va_list arguments)
{
    (void)file, (void)line, (void)level, (void)format, (void)arguments;
}

struct sip_ua *sip_ua_new(const char *bind_text, const struct sip_identity *identity,
                          const struct sip_reports *reports)
{
    struct sockaddr_in address;
    struct sip_ua *ua = calloc(1, sizeof *ua);

    if (ua == NULL)
        return NULL;
    ua->fd = transport_open(bind_text, &address);
    if (ua->fd < 0 || osip_init(&ua->osip) != 0) {
        int error = ua->fd < 0 ? errno : ENOMEM;

        if (ua->fd >= 0)
            close(ua->fd);
        free(ua);
        errno = error;
        return NULL;
    }
    osip_trace_initialize_func(TRACE_LEVEL0, discard_osip_trace);
    transactions_init(ua->osip);
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
