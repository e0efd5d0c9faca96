#include "sip_message.h"

#include "common.h"

#include <ctype.h>
#include <string.h>

/* RFC 3261 7.3.3 */
static const struct {
    char compact;
    const char *full;
} COMPACT[] = {
    { 'v', "Via" },     { 'f', "From" },           { 't', "To" },           { 'i', "Call-ID" },
    { 'm', "Contact" }, { 'l', "Content-Length" }, { 'c', "Content-Type" },
};

static struct slice full_name(struct slice name)
{
    size_t i;

    if (name.length == 1)
        for (i = 0; i < sizeof COMPACT / sizeof COMPACT[0]; i++)
            if (tolower((unsigned char)*name.at) == COMPACT[i].compact)
                return slice_of(COMPACT[i].full);
    return name;
}

const struct header *find_header(const struct message *m, const char *name)
{
    size_t i;

    for (i = 0; i < m->header_count; i++)
        if (slice_is(m->headers[i].name, name))
            return &m->headers[i];
    return NULL;
}

/* A header line that starts with a blank continues the one before (RFC 3261 7.3.1): its line end
 * becomes blanks, so that later steps see one line. */
static void unfold(char *text, size_t length)
{
    size_t i;

    for (i = 0; i + 1 < length; i++) {
        if (text[i] != '\n')
            continue;
        if (text[i + 1] == '\n' || text[i + 1] == '\r')
            return; /* the empty line: a body follows */
        if (text[i + 1] == ' ' || text[i + 1] == '\t') {
            text[i] = ' ';
            if (i > 0 && text[i - 1] == '\r')
                text[i - 1] = ' ';
        }
    }
}

/* Takes one line off the front of the text. Returns 0 at the end of the text. */
static int take_line(struct slice *text, struct slice *line)
{
    const char *end;

    if (text->length == 0)
        return 0;
    end = memchr(text->at, '\n', text->length);
    if (end == NULL)
        return 0;
    line->at = text->at;
    line->length = (size_t)(end - text->at);
    text->at += line->length + 1;
    text->length -= line->length + 1;
    if (line->length > 0 && line->at[line->length - 1] == '\r')
        line->length--;
    return 1;
}

const char *read_request(char *text, size_t length, struct message *m)
{
    struct slice rest, line, whole, part;
    const struct header *h;
    size_t i;
    uint32_t number;

    memset(m, 0, sizeof *m);
    unfold(text, length);
    rest.at = text;
    rest.length = length;

    if (!take_line(&rest, &line))
        return "no line in it";
    for (i = 0; i < line.length; i++)
        if ((unsigned char)line.at[i] < ' ')
            return "control characters in the first line";
    m->method = take_word(&line);
    m->uri = take_word(&line);
    if (slice_is(m->method, "SIP/2.0"))
        return "a response";
    if (!slice_is(line, "SIP/2.0") || m->method.length == 0 || m->uri.length == 0)
        return "no SIP/2.0 request line";
    if (m->method.length > 16)
        return "method name too long";

    for (;;) {
        struct header *next;
        const char *colon;

        if (!take_line(&rest, &line))
            return "headers do not end";
        if (line.length == 0)
            break;
        for (i = 0; i < line.length; i++)
            if ((unsigned char)line.at[i] < ' ' && line.at[i] != '\t')
                return "control characters in a header";
        colon = memchr(line.at, ':', line.length);
        if (colon == NULL)
            return "a header without colon";
        if (m->header_count == HEADERS_MAX)
            return "too many headers";
        next = &m->headers[m->header_count++];
        next->name.at = line.at;
        next->name.length = (size_t)(colon - line.at);
        next->name = full_name(trimmed(next->name));
        next->value.at = colon + 1;
        next->value.length = line.length - (size_t)(colon + 1 - line.at);
        next->value = trimmed(next->value);
    }

    if ((h = find_header(m, "Via")) == NULL)
        return "no Via";
    whole = h->value;
    next_part(&whole, ',', &m->via);
    if (m->via.length == 0)
        return "an empty Via";
    parameter(m->via, "branch", &m->branch);
    if ((h = find_header(m, "From")) == NULL)
        return "no From";
    m->from = h->value;
    if ((h = find_header(m, "To")) == NULL)
        return "no To";
    m->to = h->value;
    parameter(m->to, "tag", &m->to_tag);
    if ((h = find_header(m, "Call-ID")) == NULL || h->value.length == 0)
        return "no Call-ID";
    m->call_id = h->value;
    if ((h = find_header(m, "CSeq")) == NULL)
        return "no CSeq";
    whole = h->value;
    part = take_word(&whole);
    if (slice_number(part, 0x7fffffff, &m->cseq) != 0)
        return "CSeq without number";
    if (whole.length != m->method.length
        || strncmp(whole.at, m->method.at, m->method.length) != 0)
        return "CSeq names another method";
    if ((h = find_header(m, "Content-Length")) != NULL) {
        if (slice_number(h->value, DATAGRAM_MAX, &number) != 0 || (size_t)number > rest.length)
            return "Content-Length larger than the datagram";
    }
    return NULL;
}
