/* Domain names as on the wire: labels with their lengths, never compressed. */
#ifndef SIPFAILOVER_TEST_DNS_NAME_H
#define SIPFAILOVER_TEST_DNS_NAME_H

#include <stddef.h>

#define DNS_NAME_MAX 255 /* RFC 1035 2.3.4 */
#define DNS_LABEL_MAX 63
#define DNS_NAME_TEXT_MAX 256 /* no text is longer than its wire form; and the end */

struct dns_name {
    unsigned char wire[DNS_NAME_MAX];
    size_t length; /* with the empty label at the end; the root has 1 */
};

/* Upper and lower case stay as written. A name without a last dot, and `@`, belong to `origin`; NULL
 * is the root. Escapes (\.) are not taken: test zones need none. Returns 0, or -1 when the text is no
 * domain name. */
int dns_name_from_text(const char *text, const struct dns_name *origin, struct dns_name *out);

/* Without the last dot, so that the root is empty. What is not printable becomes `?`: the text goes
 * to terminals. */
void dns_name_to_text(const struct dns_name *name, char out[DNS_NAME_TEXT_MAX]);

/* A question's name, from `*at` on, which moves behind it. Returns 0, or -1. Compression has nothing
 * to point to in a question: a pointer is malformed. */
int dns_name_from_wire(const unsigned char *data, size_t length, size_t *at, struct dns_name *out);

int dns_name_equal(const struct dns_name *a, const struct dns_name *b);

/* Equal to `top`, or under it. */
int dns_name_within(const struct dns_name *name, const struct dns_name *top);

#endif
