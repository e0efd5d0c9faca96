/*
 * MD5 (RFC 1321) and the SIP digest made of it (RFC 2617 3.2.2, RFC 3261 22.4).
 *
 * Own code so that the test servers need no library. MD5 is broken as a hash; it is here because
 * SIP digest means MD5 on practically every registrar in the field.
 */
#ifndef SIPFAILOVER_TEST_MD5_H
#define SIPFAILOVER_TEST_MD5_H

#include <stddef.h>

/* 32 hexadecimal digits and the end. */
#define MD5_HEX_MAX 33

void md5_hex(const void *data, size_t length, char out[MD5_HEX_MAX]);

/* The parts of a digest. All texts; `qop` is NULL for the old form without nc and cnonce. */
struct digest {
    const char *user;
    const char *realm;
    const char *password;
    const char *method;
    const char *uri;
    const char *nonce;
    const char *qop;
    const char *nc;
    const char *cnonce;
};

/* The `response` value. Returns 0, or -1 when the parts are too long to be honest. */
int digest_response(const struct digest *digest, char out[MD5_HEX_MAX]);

#endif
