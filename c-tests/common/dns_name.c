#include "dns_name.h"

#include <ctype.h>
#include <string.h>

static int add_labels(struct dns_name *name, const char *text)
{
    while (*text != '\0') {
        size_t label = strcspn(text, ".");

        if (label == 0 || label > DNS_LABEL_MAX || name->length + 1 + label + 1 > DNS_NAME_MAX)
            return -1;
        name->wire[name->length++] = (unsigned char)label;
        memcpy(name->wire + name->length, text, label);
        name->length += label;
        text += label;
        if (*text == '.')
            text++;
    }
    return 0;
}

int dns_name_from_text(const char *text, const struct dns_name *origin, struct dns_name *out)
{
    size_t length = strlen(text);
    int absolute = length == 0 || text[length - 1] == '.';

    out->length = 0;
    if (strcmp(text, ".") != 0 && strcmp(text, "@") != 0 && add_labels(out, text) != 0)
        return -1;
    if (absolute || origin == NULL) {
        out->wire[out->length++] = 0;
        return 0;
    }
    if (out->length + origin->length > DNS_NAME_MAX)
        return -1;
    memcpy(out->wire + out->length, origin->wire, origin->length);
    out->length += origin->length;
    return 0;
}

void dns_name_to_text(const struct dns_name *name, char out[DNS_NAME_TEXT_MAX])
{
    size_t at = 0, used = 0;

    while (at < name->length && name->wire[at] != 0) {
        size_t label = name->wire[at++];

        if (used > 0)
            out[used++] = '.';
        while (label-- > 0 && at < name->length) {
            unsigned char c = name->wire[at++];

            out[used++] = (c > ' ' && c < 127) ? (char)c : '?';
        }
    }
    out[used] = '\0';
}

int dns_name_from_wire(const unsigned char *data, size_t length, size_t *at, struct dns_name *out)
{
    out->length = 0;
    for (;;) {
        size_t label;

        if (*at >= length)
            return -1;
        label = data[*at];
        if (label > DNS_LABEL_MAX || *at + 1 + label > length
            || out->length + 1 + label > DNS_NAME_MAX)
            return -1;
        memcpy(out->wire + out->length, data + *at, 1 + label);
        out->length += 1 + label;
        *at += 1 + label;
        if (label == 0)
            return 0;
    }
}

/* Length bytes are below 64 and so never touched by tolower: the wire form compares as a whole. */
static int wire_equal(const unsigned char *a, const unsigned char *b, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++)
        if (tolower(a[i]) != tolower(b[i]))
            return 0;
    return 1;
}

int dns_name_equal(const struct dns_name *a, const struct dns_name *b)
{
    return a->length == b->length && wire_equal(a->wire, b->wire, a->length);
}

int dns_name_within(const struct dns_name *name, const struct dns_name *top)
{
    size_t at = 0;

    while (name->length - at > top->length)
        at += 1 + (size_t)name->wire[at];
    return name->length - at == top->length && wire_equal(name->wire + at, top->wire, top->length);
}
