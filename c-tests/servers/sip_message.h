/* Reading SIP requests. */
#ifndef SIPFAILOVER_TEST_SIP_MESSAGE_H
#define SIPFAILOVER_TEST_SIP_MESSAGE_H

#include "sip_text.h"

#define HEADERS_MAX 64

struct header {
    struct slice name;
    struct slice value;
};

struct message {
    struct slice method;
    struct slice uri;
    struct header headers[HEADERS_MAX];
    size_t header_count;

    struct slice via; /* the topmost one, without further ones behind a comma */
    struct slice from;
    struct slice to;
    struct slice to_tag; /* length 0: none */
    struct slice call_id;
    struct slice branch;
    uint32_t cseq;
};

/* The first header of that name; NULL when there is none. */
const struct header *find_header(const struct message *m, const char *name);

/* Reads a request. Returns NULL, or what is wrong with it. Changes the text (folded lines) and points
 * into it. */
const char *read_request(char *text, size_t length, struct message *m);

#endif
