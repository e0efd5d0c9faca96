/*
 * The SIP stack side of the demo phone: libosip2 (parser and transactions), one IPv4 UDP socket,
 * digest authentication, one call at a time, no media. It stands for the stack your firmware has
 * already. It knows nothing about server redundancy: it is told where each attempt goes, and
 * reports what became of it. redundancy.c is the bridge to the library, and the file to copy;
 * sip_internal.h says what is where in the stack.
 */
#ifndef PHONE_SIP_UA_H
#define PHONE_SIP_UA_H

#include <stdint.h>

#define SIP_TARGET_TEXT_SIZE 80 /* "[ipv6]:port/transport", the longest the library writes */

struct sip_ua;

/* Who we are. The texts must stay valid. */
struct sip_identity {
    const char *display_name;
    const char *user;
    const char *auth_user;
    const char *password;
    const char *domain; /* host of our address of record */
};

/* One SIP transaction to one target. The texts are copied. */
struct sip_attempt {
    uint64_t id;              /* named in every report about it */
    uint64_t sequence;        /* REGISTER, OPTIONS: one Call-ID with one CSeq run for each value */
    uint8_t address[4];
    unsigned port;
    unsigned retransmissions; /* how often the request may be repeated while nothing is heard */
    unsigned expires_s;       /* REGISTER */
    const char *registrar;    /* host of the request URI: REGISTER, OPTIONS */
    const char *route;        /* Route header to put into the message, or NULL */
    const char *target_text;  /* for people */
};

/* What a final response says about the server. SIP_ABSENT where the header is not there. */
#define SIP_ABSENT UINT32_MAX
struct sip_answer {
    unsigned status;
    int is_final; /* 0: a challenge, answered by the stack in the same attempt */
    uint32_t retry_after_s, granted_expires_s, min_expires_s;
};

/* The stack's reports. Those about attempts return 0, or 1 when nobody waits for that attempt any
 * more; the stack then takes back what the server did: CANCEL for a ringing call, ACK and BYE for
 * an answered one. */
struct sip_reports {
    void *attempt_user;
    int (*provisional)(void *user, uint64_t attempt, unsigned status);
    int (*answer)(void *user, uint64_t attempt, const struct sip_answer *answer);
    void (*unreachable)(void *user, uint64_t attempt); /* ICMP, or a repetition could not be sent */
    int (*accepts)(void *user, const char *address);   /* 0: ignore a request from there */

    void *call_user;
    void (*call_established)(void *user, const char *target_text); /* after the ACK */
    void (*call_ended)(void *user, const char *why);
};

/* `bind_text`: "127.0.0.1:0". NULL with errno when there is no such socket. */
struct sip_ua *sip_ua_new(const char *bind_text, const struct sip_identity *identity,
                          const struct sip_reports *reports);
void sip_ua_free(struct sip_ua *ua);
const char *sip_ua_local(const struct sip_ua *ua); /* "127.0.0.1:40123" */

/* For the poll loop: POLLIN on this socket, errors included; and the time until the next timer. */
int sip_ua_fd(const struct sip_ua *ua);
uint64_t sip_ua_next_ms(struct sip_ua *ua, uint64_t now_ms); /* absolute; UINT64_MAX: none */
void sip_ua_handle_socket(struct sip_ua *ua, int has_errors);
void sip_ua_handle_timers(struct sip_ua *ua, uint64_t now_ms);

/* Send one attempt. 0, or the errno of the socket (EPROTO: no message could be made). */
int sip_ua_send_register(struct sip_ua *ua, const struct sip_attempt *attempt);
int sip_ua_send_options(struct sip_ua *ua, const struct sip_attempt *attempt);
int sip_ua_send_invite(struct sip_ua *ua, const struct sip_attempt *attempt);

/* Three ways to leave an attempt. An unknown id does nothing: the transaction has ended. */
void sip_ua_stop(struct sip_ua *ua, uint64_t attempt);   /* no repetitions; late answers count */
void sip_ua_cancel(struct sip_ua *ua, uint64_t attempt); /* INVITE with a 1xx: CANCEL it */
void sip_ua_forget(struct sip_ua *ua, uint64_t attempt); /* drop the transaction */

/* A call: fixes URI, Call-ID, From tag and body, which all its attempts share. 0, or -1 when `uri`
 * is no SIP URI or a call is up. */
int sip_ua_prepare_call(struct sip_ua *ua, const char *uri);
/* BYE to the dialog's own remote target. 1 when there was a dialog. */
int sip_ua_hangup(struct sip_ua *ua);

#endif
