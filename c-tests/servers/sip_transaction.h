/* Requests and their answers: a repeated request gets the same answer again. */
#ifndef SIPFAILOVER_TEST_SIP_TRANSACTION_H
#define SIPFAILOVER_TEST_SIP_TRANSACTION_H

#include "sip_reply.h"

#define KEY_MAX 320          /* what tells one transaction from another */
#define TRANSACTION_MS 32000 /* 64*T1: so long a request may be repeated, RFC 3261 17.2 */

/* A request seen in the last 32 seconds, with its last answer: a repeated one gets the same. */
struct transaction {
    char key[KEY_MAX]; /* empty: free */
    struct sockaddr_in from;
    int64_t born;
    char reply[REPLY_MAX];
    size_t reply_length;
};

/* What makes two datagrams the same request: RFC 3261 17.2.3 takes branch, sent-by and method. The
 * Call-ID and CSeq come along for clients that use no unique branch. Returns -1 when too long. */
int make_key(const struct message *m, char out[KEY_MAX]);

/* NULL when no such request was seen. */
struct transaction *find_transaction(const char *key, const struct sockaddr_in *from);
struct transaction *new_transaction(const char *key, const struct sockaddr_in *from);

/* Keeps an answer for repeats. */
void remember(struct transaction *t, const char *data, size_t length);

/* Sends a finished reply and keeps it for repeats. `what` is for the log. */
void answer(struct transaction *t, struct writer *w, const struct message *m,
            const struct sockaddr_in *from, const char *what);

/* A reply without anything special in it. */
void answer_plain(struct transaction *t, const struct message *m, const struct sockaddr_in *from,
                  const char *status);

/* One line: the request and what became of it. */
void log_request(const struct message *m, const struct sockaddr_in *from, const char *what);

#endif
