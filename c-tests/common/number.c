#include "number.h"

int parse_number(const char *string, uint32_t maximum, uint32_t *out)
{
    uint64_t value = 0;

    if (*string == '\0')
        return -1;
    for (; *string != '\0'; string++) {
        if (*string < '0' || *string > '9')
            return -1;
        value = value * 10u + (uint64_t)(*string - '0');
        if (value > maximum)
            return -1;
    }
    *out = (uint32_t)value;
    return 0;
}
