#define _POSIX_C_SOURCE 200809L

#include "digest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <osipparser2/osip_port.h>

#include <osipparser2/osip_md5.h>

#define HEX_SIZE 33 /* 32 digits and the end */

/* MD5 of the parts joined by ':'. The list of parts ends with NULL. */
static void md5_joined(char out[HEX_SIZE], const char *first, ...)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char sum[16];
    osip_MD5_CTX context;
    const char *part;
    va_list parts;
    size_t i;

    osip_MD5Init(&context);
    va_start(parts, first);
    for (part = first; part != NULL; part = va_arg(parts, const char *)) {
        if (part != first)
            osip_MD5Update(&context, (unsigned char *)":", 1);
        osip_MD5Update(&context, (unsigned char *)part, (unsigned)strlen(part));
    }
    va_end(parts);
    osip_MD5Final(sum, &context);

    for (i = 0; i < sizeof sum; i++) {
        out[2 * i] = digits[sum[i] >> 4];
        out[2 * i + 1] = digits[sum[i] & 15];
    }
    out[2 * sizeof sum] = '\0';
}

/* Is `word` one of the comma separated words of `list`? */
static int offers(const char *list, const char *word)
{
    size_t length = strlen(word);

    while (*list != '\0') {
        size_t span;

        list += strspn(list, ", \t");
        span = strcspn(list, ", \t");
        if (span == length && strncasecmp(list, word, length) == 0)
            return 1;
        list += span;
    }
    return 0;
}

int digest_answer(const struct digest_challenge *challenge, const struct digest_request *request,
                  char *out, size_t capacity)
{
    /* Every challenge is answered once, so its nonce is always used for the first time. */
    static const char nc[] = "00000001";
    char ha1[HEX_SIZE], ha2[HEX_SIZE], response[HEX_SIZE];
    int with_qop = challenge->qop != NULL;
    int length;

    if (challenge->realm == NULL || challenge->nonce == NULL)
        return -1;
    if (challenge->algorithm != NULL && strcasecmp(challenge->algorithm, "MD5") != 0)
        return -1;
    if (with_qop && !offers(challenge->qop, "auth"))
        return -1;

    md5_joined(ha1, request->user, challenge->realm, request->password, (char *)NULL);
    md5_joined(ha2, request->method, request->uri, (char *)NULL);
    if (with_qop)
        md5_joined(response, ha1, challenge->nonce, nc, request->cnonce, "auth", ha2, (char *)NULL);
    else
        md5_joined(response, ha1, challenge->nonce, ha2, (char *)NULL);

    length = snprintf(out, capacity,
                      "Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", "
                      "response=\"%s\", algorithm=MD5%s%s%s%s%s%s%s%s",
                      request->user, challenge->realm, challenge->nonce, request->uri, response,
                      challenge->opaque != NULL ? ", opaque=\"" : "",
                      challenge->opaque != NULL ? challenge->opaque : "",
                      challenge->opaque != NULL ? "\"" : "",
                      with_qop ? ", qop=auth, nc=" : "", with_qop ? nc : "",
                      with_qop ? ", cnonce=\"" : "", with_qop ? request->cnonce : "",
                      with_qop ? "\"" : "");
    return length > 0 && (size_t)length < capacity ? 0 : -1;
}
