/* Random numbers from a seed, the same on every machine. */
#ifndef RANDOM_DICE_H
#define RANDOM_DICE_H
#include <stdint.h>

typedef struct dice {
  uint64_t state;
} dice;

uint64_t dice_next(dice *from);
/* 0 .. below-1; `below` is not 0. */
uint32_t dice_below(dice *from, uint32_t below);
uint32_t dice_between(dice *from, uint32_t least, uint32_t most);
/* True in `percent` of 100 cases. */
int dice_percent(dice *from, uint32_t percent);
/* One of the given numbers. */
uint32_t dice_pick(dice *from, const uint32_t *choices, uint32_t count);
/* Milliseconds to the next of events that come by themselves, `mean_s` seconds apart on average, at most 8 times that. */
uint64_t dice_wait_ms(dice *from, uint32_t mean_s);

#define PICK(from, ...) \
  dice_pick((from), (const uint32_t[]){__VA_ARGS__}, (uint32_t)(sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)))
#endif
