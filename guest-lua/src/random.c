/*
** random.c: the randomness of this VM. Lua is compiled with `arc4random` renamed to the function
** below (`table.sort` asks it for pivots), which keeps libc's generator, and its hidden state, out of
** the image. The host seeds it through vm_wake, so a VM with a given seed repeats exactly.
*/
#include "vm.h"

static uint64_t state;

void random_seed(uint64_t seed) {
  state = seed;
}

/* SplitMix64 (Steele, Lea, Flood 2014): a counter and a mixing function. */
uint32_t bioxen_arc4random(void) {
  uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (uint32_t)((z ^ (z >> 31)) >> 32);
}
