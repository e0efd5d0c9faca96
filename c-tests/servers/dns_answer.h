/* What the DNS responder says to a message. */
#ifndef SIPFAILOVER_TEST_DNS_ANSWER_H
#define SIPFAILOVER_TEST_DNS_ANSWER_H

#include "dns_message.h"
#include "dns_zone.h"

#define ANSWER_LOG_MAX 512

/* What answers are made from, and how. */
struct service {
    struct zone zone;
    int additional; /* with the records that the next step needs */
    int truncate;   /* no answer with records fits into a datagram */
};

/* Makes the answer; its length is 0 when there is none to give. `log` tells what was asked and how it
 * was answered. */
void answer_message(struct answer *answer, const struct service *service, enum transport transport,
                    const unsigned char *data, size_t length, char log[ANSWER_LOG_MAX]);

#endif
