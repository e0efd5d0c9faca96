/* Texts inside a SIP message. They are pointed at where they stand, never copied and never closed. */
#ifndef SIPFAILOVER_TEST_SIP_TEXT_H
#define SIPFAILOVER_TEST_SIP_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct slice {
    const char *at;
    size_t length;
};

struct slice slice_of(const char *text);

/* Upper and lower case are the same. */
int slice_is(struct slice s, const char *text);

/* Byte for byte. A slice without text is an empty one. */
int slice_equals(struct slice s, const char *text);

/* Copies, with the end. Returns -1 and an empty text when it does not fit. */
int slice_copy(struct slice s, char *out, size_t size);

int slice_number(struct slice s, uint32_t highest, uint32_t *out);

struct slice trimmed(struct slice s);

/* Where `c` stands outside "quotes" and <brackets>; `length` when nowhere. */
size_t find_bare(struct slice s, char c);

/* Takes the text up to the next bare `c` off the front of `rest`. Returns 0 when nothing is left. */
int next_part(struct slice *rest, char c, struct slice *part);

/* Takes one word off the front of a line. */
struct slice take_word(struct slice *line);

/* The value of `;name=value` behind an address or a Via. A parameter without value is there with an
 * empty one. Returns 0 when it is not there. */
int parameter(struct slice value, const char *name, struct slice *out);

#endif
