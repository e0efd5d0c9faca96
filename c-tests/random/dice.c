#include "dice.h"

/* SplitMix64: every seed is a good one, also 0 and 1. */
uint64_t dice_next(dice *from) {
  uint64_t z = from->state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

uint32_t dice_below(dice *from, uint32_t below) {
  return (uint32_t)(((dice_next(from) >> 32) * below) >> 32);
}

uint32_t dice_between(dice *from, uint32_t least, uint32_t most) {
  return least + dice_below(from, most - least + 1u);
}

int dice_percent(dice *from, uint32_t percent) {
  return dice_below(from, 100) < percent;
}

uint32_t dice_pick(dice *from, const uint32_t *choices, uint32_t count) {
  return choices[dice_below(from, count)];
}

/* A geometric distribution in 32 steps instead of a logarithm: floating point may differ between machines. */
uint64_t dice_wait_ms(dice *from, uint32_t mean_s) {
  uint64_t step = (uint64_t)mean_s * 1000u / 32u, wait = 1;
  unsigned steps;
  for (steps = 0; steps < 256 && dice_below(from, 32) != 0; steps++)
    wait += step;
  return wait + dice_below(from, (uint32_t)step + 1u);
}
