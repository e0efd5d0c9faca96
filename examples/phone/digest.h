/*
 * Answers to SIP digest challenges (RFC 3261 section 22, RFC 2617): algorithm MD5, with qop=auth or
 * without qop. What this cannot answer, it refuses, so that the caller can say so.
 */
#ifndef PHONE_DIGEST_H
#define PHONE_DIGEST_H

#include <stddef.h>

/* From a WWW-Authenticate or Proxy-Authenticate header, without the quotes. NULL: not there. */
struct digest_challenge {
    const char *realm;
    const char *nonce;
    const char *opaque;
    const char *algorithm;
    const char *qop; /* the list as offered: "auth,auth-int" */
};

struct digest_request {
    const char *user;
    const char *password;
    const char *method;
    const char *uri;    /* the request URI, as on the wire */
    const char *cnonce; /* fresh random text; used with qop only */
};

/* Writes the value of the Authorization header ("Digest username=..."). Returns 0, or -1 when the
 * challenge asks for something unknown or the text does not fit. */
int digest_answer(const struct digest_challenge *challenge, const struct digest_request *request,
                  char *out, size_t capacity);

#endif
