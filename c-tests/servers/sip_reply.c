#include "sip_reply.h"

#include "sip_responder.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static void put_slice(struct writer *w, struct slice s)
{
    if (w->length + s.length >= sizeof w->data) {
        w->overflow = 1;
        return;
    }
    memcpy(w->data + w->length, s.at, s.length);
    w->length += s.length;
}

void put(struct writer *w, const char *text)
{
    put_slice(w, slice_of(text));
}

void put_number(struct writer *w, uint32_t number)
{
    char text[12];

    snprintf(text, sizeof text, "%lu", (unsigned long)number);
    put(w, text);
}

/* The Via headers as they came; the topmost gets `received` and a value for `rport` (RFC 3581). */
static void put_vias(struct writer *w, const struct message *m, const struct sockaddr_in *from)
{
    int top = 1;
    size_t i;

    for (i = 0; i < m->header_count; i++) {
        struct slice value = m->headers[i].value;

        if (!slice_is(m->headers[i].name, "Via"))
            continue;
        put(w, "Via: ");
        if (top) {
            struct slice rest = m->via, part, port;
            char address[ADDRESS_TEXT_MAX];

            top = 0;
            format_address(from, address);
            *strchr(address, ':') = '\0';
            if (parameter(m->via, "rport", &port) && port.length == 0) {
                next_part(&rest, ';', &part);
                put_slice(w, part);
                while (next_part(&rest, ';', &part)) {
                    put(w, ";");
                    put_slice(w, part);
                    if (slice_is(part, "rport") || slice_is(part, "rport=")) {
                        if (part.length == 5)
                            put(w, "=");
                        put_number(w, ntohs(from->sin_port));
                    }
                }
                put(w, ";received=");
                put(w, address);
            } else {
                put_slice(w, m->via);
            }
            /* What stands behind a comma in the same header. */
            value.length -= (size_t)(m->via.at + m->via.length - value.at);
            value.at = m->via.at + m->via.length;
        }
        put_slice(w, value);
        put(w, "\r\n");
    }
}

void start_reply(struct writer *w, const struct message *m, const struct sockaddr_in *from,
                 const char *status, const char *tag)
{
    w->length = 0;
    w->overflow = 0;
    put(w, "SIP/2.0 ");
    put(w, status);
    put(w, "\r\n");
    put_vias(w, m, from);
    put(w, "From: ");
    put_slice(w, m->from);
    put(w, "\r\nTo: ");
    put_slice(w, m->to);
    if (tag != NULL && m->to_tag.length == 0) {
        put(w, ";tag=");
        put(w, tag);
    }
    put(w, "\r\nCall-ID: ");
    put_slice(w, m->call_id);
    put(w, "\r\nCSeq: ");
    put_number(w, m->cseq);
    put(w, " ");
    put_slice(w, m->method);
    put(w, "\r\nServer: sipfailover-test/");
    put(w, settings.server.name);
    put(w, "\r\n");
}

void end_reply(struct writer *w, const char *body)
{
    put(w, "Content-Length: ");
    put_number(w, (uint32_t)strlen(body));
    put(w, "\r\n\r\n");
    put(w, body);
}

void put_record_routes(struct writer *w, const struct message *m)
{
    size_t i;

    for (i = 0; i < m->header_count; i++) {
        if (!slice_is(m->headers[i].name, "Record-Route"))
            continue;
        put(w, "Record-Route: ");
        put_slice(w, m->headers[i].value);
        put(w, "\r\n");
    }
}

void put_our_contact(struct writer *w)
{
    put(w, "Contact: <sip:");
    put(w, settings.server.name);
    put(w, "@");
    put(w, settings.address);
    put(w, ">\r\n");
}

void make_tag(char out[TAG_MAX])
{
    char token[MD5_HEX_MAX];

    make_token(token);
    memcpy(out, token, TAG_MAX - 1);
    out[TAG_MAX - 1] = '\0';
}
