/* What the DNS responder says to a datagram. */
#ifndef SIPFAILOVER_TEST_DNS_ANSWER_H
#define SIPFAILOVER_TEST_DNS_ANSWER_H

#include "dns_message.h"
#include "dns_zone.h"

#define ANSWER_LOG_MAX 512

/* Makes the answer; its length is 0 when there is none to give. `additional`: with the records that
 * the next step needs. `log` tells what was asked and how it was answered. */
void answer_datagram(struct answer *answer, const struct zone *zone, int additional,
                     const unsigned char *data, size_t length, char log[ANSWER_LOG_MAX]);

#endif
