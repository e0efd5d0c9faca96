/* Numbers of command lines, configuration and zone files. */
#ifndef SIPFAILOVER_TEST_NUMBER_H
#define SIPFAILOVER_TEST_NUMBER_H

#include <stdint.h>

/* 0 and the value, or -1 and `out` untouched. Nothing but digits is taken: strtol would also take
 * blanks and a sign. */
int parse_number(const char *string, uint32_t maximum, uint32_t *out);

#endif
