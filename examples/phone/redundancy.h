/*
 * The bridge between a SIP stack and libsipfailover: the part to copy into your own firmware.
 *
 *     stack asks, library decides:    redundancy_call() ... -> sfo_request_start()
 *     library decides, stack sends:   send_sip, cancel_sip  -> sip_ua_send_*(), sip_ua_stop() ...
 *     stack reports, library learns:  redundancy_answer() ... -> sfo_attempt_*()
 *
 * Which server gets a request, how long it has to answer and which one is next is nowhere in this
 * phone: not here, not in the stack.
 */
#ifndef PHONE_REDUNDANCY_H
#define PHONE_REDUNDANCY_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include <sipfailover.h>

#include "sip_ua.h"

/* What the user interface is told. */
struct redundancy_view {
    void *user;
    void (*registration)(void *user, const sfo_event *event);
    void (*call_failed)(void *user, const char *reason);
    void (*decision)(void *user, const char *text); /* a sentence for people */
};

struct redundancy {
    sfo_engine *engine;
    struct sip_ua *ua;
    struct redundancy_view view;
    uint64_t deadline_ms; /* the library's one timer; SFO_TIME_NEVER: not running */
    uint64_t call;        /* the INVITE on its way; 0: none */
    int stopped;          /* the account has taken its leave */
};

/* Start the library and its account 1. `dns`: "127.0.0.1:5353", or NULL for /etc/resolv.conf. */
sfo_status redundancy_open(struct redundancy *r, const sfo_config *config, const char *dns,
                           struct sip_ua *ua, const struct redundancy_view *view);
void redundancy_close(struct redundancy *r);

/* For the poll loop. */
#define REDUNDANCY_FDS_MAX 64 /* DNS sockets; usually there is none */
size_t redundancy_fds(struct redundancy *r, struct pollfd *fds, size_t capacity);
void redundancy_handle_fd(struct redundancy *r, const struct pollfd *fd);
void redundancy_handle_timer(struct redundancy *r, uint64_t now_ms);

/* For the user interface. */
sfo_status redundancy_call(struct redundancy *r); /* after sip_ua_prepare_call() */
int redundancy_give_up_call(struct redundancy *r); /* 1 when there was one on its way */
void redundancy_set_busy(struct redundancy *r, int busy); /* a call is up: do not move it about */
void redundancy_stop(struct redundancy *r);        /* de-register; then `stopped` becomes 1 */

/* For the stack: the first part of struct sip_reports; `attempt_user` is the struct redundancy. */
int redundancy_provisional(void *user, uint64_t attempt, unsigned status);
int redundancy_answer(void *user, uint64_t attempt, const struct sip_answer *answer);
void redundancy_unreachable(void *user, uint64_t attempt);
int redundancy_accepts(void *user, const char *address);

#endif
