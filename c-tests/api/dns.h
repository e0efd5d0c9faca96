/* DNS messages, as far as the tests need them. */

#ifndef DNS_H
#define DNS_H

#include <stddef.h>
#include <stdint.h>

/* The answer to a query for IPv4 addresses: one address with a lifetime of a minute. Returns its length, 0 if the query
 * is none. `answer` has room for 512 bytes. */
size_t dns_answer(const uint8_t *query, size_t length, const uint8_t address[4], uint8_t *answer);
/* The same with nothing in it but the remark that it did not fit. */
size_t dns_truncated(const uint8_t *query, size_t length, uint8_t *answer);
/* Where the question of a query ends. */
size_t dns_question_end(const uint8_t *query, size_t length);

#endif
