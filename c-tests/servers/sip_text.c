#include "sip_text.h"

#include "number.h"

#include <string.h>
#include <strings.h>

struct slice slice_of(const char *text)
{
    struct slice s;

    s.at = text;
    s.length = strlen(text);
    return s;
}

int slice_is(struct slice s, const char *text)
{
    return s.length == strlen(text) && strncasecmp(s.at, text, s.length) == 0;
}

int slice_equals(struct slice s, const char *text)
{
    return s.length == strlen(text) && (s.length == 0 || memcmp(s.at, text, s.length) == 0);
}

struct slice trimmed(struct slice s)
{
    while (s.length > 0 && (*s.at == ' ' || *s.at == '\t')) {
        s.at++;
        s.length--;
    }
    while (s.length > 0 && (s.at[s.length - 1] == ' ' || s.at[s.length - 1] == '\t'))
        s.length--;
    return s;
}

int slice_copy(struct slice s, char *out, size_t size)
{
    out[0] = '\0';
    if (s.length >= size)
        return -1;
    if (s.length > 0) /* else there may be nothing to point at */
        memcpy(out, s.at, s.length);
    out[s.length] = '\0';
    return 0;
}

int slice_number(struct slice s, uint32_t highest, uint32_t *out)
{
    char text[12];

    if (slice_copy(trimmed(s), text, sizeof text) != 0)
        return -1;
    return parse_number(text, highest, out);
}

size_t find_bare(struct slice s, char c)
{
    int quoted = 0, bracketed = 0;
    size_t i;

    for (i = 0; i < s.length; i++) {
        if (quoted) {
            if (s.at[i] == '\\')
                i++;
            else if (s.at[i] == '"')
                quoted = 0;
        } else if (s.at[i] == '"') {
            quoted = 1;
        } else if (!bracketed && s.at[i] == c) {
            return i;
        } else if (s.at[i] == '<') {
            bracketed = 1;
        } else if (s.at[i] == '>') {
            bracketed = 0;
        }
    }
    return s.length;
}

int next_part(struct slice *rest, char c, struct slice *part)
{
    size_t end;

    if (rest->at == NULL)
        return 0;
    end = find_bare(*rest, c);
    part->at = rest->at;
    part->length = end;
    if (end < rest->length) {
        rest->at += end + 1;
        rest->length -= end + 1;
    } else {
        rest->at = NULL;
        rest->length = 0;
    }
    *part = trimmed(*part);
    return 1;
}

int parameter(struct slice value, const char *name, struct slice *out)
{
    struct slice part;

    if (!next_part(&value, ';', &part))
        return 0;
    while (next_part(&value, ';', &part)) {
        struct slice key = part;
        size_t equals = find_bare(part, '=');

        key.length = equals;
        if (!slice_is(trimmed(key), name))
            continue;
        out->at = part.at + equals;
        out->length = part.length - equals;
        if (out->length > 0) {
            out->at++;
            out->length--;
        }
        *out = trimmed(*out);
        return 1;
    }
    return 0;
}

struct slice take_word(struct slice *line)
{
    struct slice word = *line;

    word.length = 0;
    while (word.length < line->length && line->at[word.length] != ' ')
        word.length++;
    line->at += word.length;
    line->length -= word.length;
    *line = trimmed(*line);
    return word;
}
