/*
 * Inside the SIP stack of the demo phone: what its files share, and who does what.
 *
 *     sip_ua.c         birth, death, and what comes in through the poll loop
 *     transactions.c   attempts as osip transactions; what osip says about them goes to the library
 *     registrations.c  REGISTER and OPTIONS, the answers to REGISTER
 *     calls.c          INVITE, dialogs, ACK, BYE, requests from outside
 *     messages.c       writes messages, answers to challenges included
 *     transport.c      the UDP socket and its ICMP errors
 */
#ifndef PHONE_SIP_INTERNAL_H
#define PHONE_SIP_INTERNAL_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/types.h>

#include <osip2/osip.h>
#include <osip2/osip_dialog.h>
#include <osipparser2/osip_parser.h>

#include "sip_ua.h"

#define TOKEN_SIZE 17 /* 16 hexadecimal digits and the end */

/* How long a transaction that was left can still be answered: 64*T1 (RFC 3261 17.1.1.2). */
#define AFTERLIFE_MS 32000u
#define FOREVER UINT64_MAX

/* One Call-ID, one From tag, one CSeq run. */
struct sequence {
    struct sequence *next;
    uint64_t key;
    char call_id[TOKEN_SIZE];
    char tag[TOKEN_SIZE];
    unsigned cseq;
};

/* Our half of an osip transaction, found through its your_instance. */
struct transaction {
    struct transaction *next;
    struct sip_ua *ua;
    osip_transaction_t *osip;
    struct sockaddr_in hop; /* where its messages go */
    uint64_t attempt;       /* 0: never was the library's (BYE, CANCEL), or is settled */
    unsigned repeats_left;
    uint64_t forget_at_ms;
    int rings;              /* a 1xx came */
    int cancelled;
    int dead;               /* to be freed as soon as osip is not inside it */
    int send_error;         /* errno of the last sendto() */
    char target_text[SIP_TARGET_TEXT_SIZE];
};

/* A dialog that a 2xx made. Kept for a while after its BYE, because the 2xx may be repeated. */
struct dialog {
    struct dialog *next;
    osip_dialog_t *osip;
    osip_message_t *ack;
    struct sockaddr_in hop;
    uint64_t forget_at_ms;
};

struct sip_ua {
    osip_t *osip;
    int fd;
    char local[INET_ADDRSTRLEN + 6];
    char local_host[INET_ADDRSTRLEN];
    char local_port[6];
    const struct sip_identity *identity;
    struct sip_reports reports;
    struct transaction *transactions;
    struct dialog *dialogs;
    struct dialog *call; /* the answered call, one of `dialogs` */
    struct sequence *sequences;
    struct sequence outgoing; /* the call being set up */
    char *outgoing_uri;
};

/* ---- transactions.c --------------------------------------------------------------------- */

void transactions_init(osip_t *osip);
/* Ours, for one of osip's. NULL: no memory. */
struct transaction *new_transaction(struct sip_ua *ua, osip_transaction_t *tr,
                                    const struct sockaddr_in *hop);
/* Start a client transaction. Takes the message. `attempt` may be NULL. 0, or an errno. */
int start_client(struct sip_ua *ua, osip_message_t *message, const struct sockaddr_in *hop,
                 const struct sip_attempt *attempt);
/* The same, to where the attempt goes. */
int start_attempt(struct sip_ua *ua, osip_message_t *message, const struct sip_attempt *attempt);
/* Report as failed whatever waits for a first answer from there. */
void transactions_unreachable(struct sip_ua *ua, const struct sockaddr_in *hop);
void run_transactions(struct sip_ua *ua);
/* Free what has ended. Only while no osip function is on the call stack. */
void sweep_transactions(struct sip_ua *ua, uint64_t now_ms);

/* ---- registrations.c -------------------------------------------------------------------- */

/* The lifetime of our binding in the answer to a REGISTER, or SIP_ABSENT. */
uint32_t granted_expires(const struct sip_ua *ua, const osip_message_t *response);
/* The CSeq run with this Call-ID, the call's included, or NULL. */
struct sequence *find_sequence(struct sip_ua *ua, const char *call_id);

/* ---- calls.c ---------------------------------------------------------------------------- */

/* A 2xx for an INVITE has come: send the ACK. NULL: there can be no dialog. */
struct dialog *acknowledge(struct sip_ua *ua, osip_message_t *response,
                           const osip_message_t *invite, const struct sockaddr_in *from);
/* BYE for a call that is somewhere else by now, or given up. `dialog` may be NULL. */
void hang_up_unwanted(struct sip_ua *ua, struct dialog *dialog);
/* The call that was wanted has been answered. */
void call_answered(struct sip_ua *ua, struct dialog *dialog, const char *target_text);
/* A request from outside that begins a transaction. Takes the event. */
void on_request(struct sip_ua *ua, osip_event_t *event, const struct sockaddr_in *from);
void sweep_dialogs(struct sip_ua *ua, uint64_t now_ms);

/* ---- messages.c: NULL means no memory, or something missing ------------------------------ */

void new_token(char out[TOKEN_SIZE]);
/* REGISTER, OPTIONS, INVITE. */
osip_message_t *build_request(const struct sip_ua *ua, const char *method,
                              const struct sip_attempt *attempt, const struct sequence *sequence);
osip_message_t *build_in_dialog(const struct sip_ua *ua, const char *method,
                                const osip_dialog_t *dialog, unsigned cseq);
osip_message_t *build_cancel(const osip_message_t *invite);
osip_message_t *build_response(const osip_message_t *request, int status);
/* The challenged request once more, with credentials. NULL too when there is no answer. */
osip_message_t *build_challenge_answer(struct sip_ua *ua, const osip_message_t *request,
                                       const osip_message_t *response);
/* The number that a header, or this text, begins with, or SIP_ABSENT. */
uint32_t header_seconds(const osip_message_t *message, const char *name);
uint32_t seconds_in(const char *text);

/* ---- transport.c ------------------------------------------------------------------------ */

/* A bound socket with ICMP errors switched on, or -1 with errno. `address`: where it is bound. */
int transport_open(const char *bind_text, struct sockaddr_in *address);
/* 0, or an errno. */
int transport_send(int fd, const struct sockaddr_in *hop, osip_message_t *message);
/* One datagram, ended by a zero byte. -1: there is none. */
ssize_t transport_receive(int fd, char *data, size_t capacity, struct sockaddr_in *from);
/* 1, and the destination of a datagram that did not arrive; 0: no more of them. */
int transport_next_unreachable(int fd, struct sockaddr_in *hop);

#endif
