/*
** lpeg_set.c: sets of bytes.
*/
#include <string.h>

#include "lpeg.h"

void set_clear(Set *set) {
  memset(set->words, 0, sizeof set->words);
}

void set_fill(Set *set) {
  memset(set->words, 0xff, sizeof set->words);
}

void set_add(Set *set, unsigned char byte) {
  set->words[byte >> 5] |= (uint32_t)1 << (byte & 31);
}

int set_has(const Set *set, unsigned char byte) {
  return set->words[byte >> 5] >> (byte & 31) & 1;
}

void set_unite(Set *set, const Set *other) {
  int i;
  for (i = 0; i < SET_WORDS; i++) set->words[i] |= other->words[i];
}

void set_intersect(Set *set, const Set *other) {
  int i;
  for (i = 0; i < SET_WORDS; i++) set->words[i] &= other->words[i];
}

void set_invert(Set *set) {
  int i;
  for (i = 0; i < SET_WORDS; i++) set->words[i] = ~set->words[i];
}

int set_equal(const Set *a, const Set *b) {
  int i;
  for (i = 0; i < SET_WORDS; i++)
    if (a->words[i] != b->words[i]) return 0;
  return 1;
}

int set_full(const Set *set) {
  int i;
  for (i = 0; i < SET_WORDS; i++)
    if (~set->words[i] != 0) return 0;
  return 1;
}

int set_disjoint(const Set *a, const Set *b) {
  int i;
  for (i = 0; i < SET_WORDS; i++)
    if (a->words[i] & b->words[i]) return 0;
  return 1;
}

int set_within(const Set *inner, const Set *outer) {
  int i;
  for (i = 0; i < SET_WORDS; i++)
    if (inner->words[i] & ~outer->words[i]) return 0;
  return 1;
}

int set_single(const Set *set) {
  int i, found = -1;
  for (i = 0; i < SET_WORDS; i++) {
    uint32_t word = set->words[i];
    if (word == 0) continue;
    if (found >= 0 || (word & (word - 1)) != 0) return -1;
    found = i * 32 + __builtin_ctz(word);
  }
  return found;
}
