#include "sip_digest.h"

#include "md5.h"
#include "sip_responder.h"

#include <string.h>
#include <strings.h>

#define NONCES_MAX 32

static char nonces[NONCES_MAX][MD5_HEX_MAX];
static unsigned nonce_next;

/* The value of `name="value"` or `name=value` among a digest's parts. */
static int digest_part(struct slice value, const char *name, char *out, size_t size)
{
    struct slice part;

    out[0] = '\0';
    while (next_part(&value, ',', &part)) {
        struct slice key = part;
        size_t equals = find_bare(part, '=');

        key.length = equals;
        if (equals == part.length || !slice_is(trimmed(key), name))
            continue;
        part.at += equals + 1;
        part.length -= equals + 1;
        part = trimmed(part);
        if (part.length >= 2 && part.at[0] == '"' && part.at[part.length - 1] == '"') {
            part.at++;
            part.length -= 2;
        }
        return slice_copy(part, out, size) == 0;
    }
    return 0;
}

enum proof { PROOF_GOOD, PROOF_NONE, PROOF_STALE, PROOF_BAD };

/* Checks an Authorization header. Nonce counts are not followed: replay is no danger on loopback. */
static enum proof check_proof(const struct message *m)
{
    const struct header *h = find_header(m, "Authorization");
    char got_user[128], got_realm[128], nonce[128], uri[256], response[64];
    char qop[16], nc[16], cnonce[128], method[17], expected[MD5_HEX_MAX];
    struct digest digest = { 0 };
    struct slice value;
    int has_qop, i, known = 0;

    if (h == NULL)
        return PROOF_NONE;
    value = h->value;
    if (!slice_is(take_word(&value), "Digest"))
        return PROOF_NONE;
    if (!digest_part(value, "username", got_user, sizeof got_user)
        || !digest_part(value, "realm", got_realm, sizeof got_realm)
        || !digest_part(value, "nonce", nonce, sizeof nonce)
        || !digest_part(value, "uri", uri, sizeof uri)
        || !digest_part(value, "response", response, sizeof response)
        || slice_copy(m->method, method, sizeof method) != 0)
        return PROOF_BAD;
    has_qop = digest_part(value, "qop", qop, sizeof qop);
    if (has_qop
        && (strcmp(qop, "auth") != 0 || !digest_part(value, "nc", nc, sizeof nc)
            || !digest_part(value, "cnonce", cnonce, sizeof cnonce)))
        return PROOF_BAD;
    if (strcmp(got_user, settings.user) != 0 || strcmp(got_realm, settings.realm) != 0)
        return PROOF_BAD;

    digest.user = settings.user;
    digest.realm = settings.realm;
    digest.password = settings.password;
    digest.method = method;
    digest.uri = uri;
    digest.nonce = nonce;
    if (has_qop) {
        digest.qop = qop;
        digest.nc = nc;
        digest.cnonce = cnonce;
    }
    if (digest_response(&digest, expected) != 0 || strcasecmp(expected, response) != 0)
        return PROOF_BAD;

    /* A right answer to a nonce of an earlier run: the client need not ask its user again. */
    for (i = 0; i < NONCES_MAX; i++)
        known |= nonces[i][0] != '\0' && strcmp(nonces[i], nonce) == 0;
    return known ? PROOF_GOOD : PROOF_STALE;
}

int let_in(struct transaction *t, const struct message *m, const struct sockaddr_in *from)
{
    enum proof proof;
    struct writer w;
    char tag[TAG_MAX];
    char *nonce;

    if (settings.user == NULL)
        return 1;
    proof = check_proof(m);
    if (proof == PROOF_GOOD)
        return 1;

    nonce = nonces[nonce_next++ % NONCES_MAX];
    make_token(nonce);
    make_tag(tag);
    start_reply(&w, m, from, "401 Unauthorized", tag);
    put(&w, "WWW-Authenticate: Digest realm=\"");
    put(&w, settings.realm);
    put(&w, "\", nonce=\"");
    put(&w, nonce);
    put(&w, "\", algorithm=MD5, qop=\"auth\"");
    if (proof == PROOF_STALE)
        put(&w, ", stale=true");
    put(&w, "\r\n");
    end_reply(&w, "");
    answer(t, &w, m, from,
           proof == PROOF_NONE    ? "401, asked for a password"
           : proof == PROOF_STALE ? "401, the nonce is an old one"
                                  : "401, wrong user or password");
    return 0;
}
