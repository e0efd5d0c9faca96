/*
 * The one clock of the phone. The library wants milliseconds that never jump and go on counting
 * while the device sleeps: a registration expires in its sleep too. Linux: CLOCK_BOOTTIME.
 */
#ifndef PHONE_CLOCK_H
#define PHONE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

#endif
