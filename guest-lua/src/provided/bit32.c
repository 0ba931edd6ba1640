/*
** bit32.c: the library `bit32` of Lua 5.2, whose numbers are taken modulo 2^32.
*/
#include <math.h>
#include <stdint.h>

#include "lauxlib.h"
#include "provided.h"

#define BITS 32

/* A float without an integer value is rounded as the reference interpreter of 5.2 does. */
static uint32_t check_bits(lua_State *L, int index) {
  lua_Number number;
  int is_integer;
  lua_Integer integer = lua_tointegerx(L, index, &is_integer);
  if (is_integer) return (uint32_t)integer;
  number = nearbyint(luaL_checknumber(L, index));
  luaL_argcheck(L, number - number == 0, index, "number has no integer representation");
  number = fmod(number, 4294967296.0);
  return (uint32_t)(int64_t)number;
}

static int push_bits(lua_State *L, uint32_t bits) {
  lua_pushinteger(L, bits);
  return 1;
}

static uint32_t and_all(lua_State *L) {
  uint32_t bits = UINT32_MAX;
  int i, count = lua_gettop(L);
  for (i = 1; i <= count; i++) bits &= check_bits(L, i);
  return bits;
}

static int bit32_band(lua_State *L) {
  return push_bits(L, and_all(L));
}

static int bit32_btest(lua_State *L) {
  lua_pushboolean(L, and_all(L) != 0);
  return 1;
}

static int bit32_bor(lua_State *L) {
  uint32_t bits = 0;
  int i, count = lua_gettop(L);
  for (i = 1; i <= count; i++) bits |= check_bits(L, i);
  return push_bits(L, bits);
}

static int bit32_bxor(lua_State *L) {
  uint32_t bits = 0;
  int i, count = lua_gettop(L);
  for (i = 1; i <= count; i++) bits ^= check_bits(L, i);
  return push_bits(L, bits);
}

static int bit32_bnot(lua_State *L) {
  return push_bits(L, ~check_bits(L, 1));
}

/* To the left; to the right for a negative distance. */
static uint32_t shifted(uint32_t bits, lua_Integer distance) {
  if (distance <= -BITS || distance >= BITS) return 0;
  return distance < 0 ? bits >> -distance : bits << distance;
}

/* -mininteger is no integer. */
static lua_Integer negated(lua_Integer distance) {
  return distance == LUA_MININTEGER ? LUA_MAXINTEGER : -distance;
}

static int bit32_lshift(lua_State *L) {
  uint32_t bits = check_bits(L, 1);
  return push_bits(L, shifted(bits, luaL_checkinteger(L, 2)));
}

static int bit32_rshift(lua_State *L) {
  uint32_t bits = check_bits(L, 1);
  return push_bits(L, shifted(bits, negated(luaL_checkinteger(L, 2))));
}

static int bit32_arshift(lua_State *L) {
  uint32_t bits = check_bits(L, 1);
  lua_Integer distance = luaL_checkinteger(L, 2);
  uint32_t result = shifted(bits, negated(distance));
  if (distance >= 0 && bits >> (BITS - 1) != 0)
    result |= distance < BITS ? ~(UINT32_MAX >> distance) : UINT32_MAX;
  return push_bits(L, result);
}

static uint32_t rotated(uint32_t bits, lua_Unsigned distance) {
  unsigned left = (unsigned)(distance & (BITS - 1));
  return left == 0 ? bits : bits << left | bits >> (BITS - left);
}

static int bit32_lrotate(lua_State *L) {
  uint32_t bits = check_bits(L, 1);
  return push_bits(L, rotated(bits, (lua_Unsigned)luaL_checkinteger(L, 2)));
}

static int bit32_rrotate(lua_State *L) {
  uint32_t bits = check_bits(L, 1);
  return push_bits(L, rotated(bits, 0u - (lua_Unsigned)luaL_checkinteger(L, 2)));
}

/* Reads a field and its width from two arguments, and gives the mask of that width. */
static uint32_t check_field(lua_State *L, int index, unsigned *field) {
  lua_Integer at = luaL_checkinteger(L, index);
  lua_Integer width = luaL_optinteger(L, index + 1, 1);
  luaL_argcheck(L, at >= 0, index, "field cannot be negative");
  luaL_argcheck(L, width > 0, index + 1, "width must be positive");
  if (at >= BITS || width > BITS - at) luaL_error(L, "trying to access non-existent bits");
  *field = (unsigned)at;
  return UINT32_MAX >> (BITS - width);
}

static int bit32_extract(lua_State *L) {
  uint32_t bits = check_bits(L, 1);
  unsigned field;
  uint32_t mask = check_field(L, 2, &field);
  return push_bits(L, bits >> field & mask);
}

static int bit32_replace(lua_State *L) {
  uint32_t bits = check_bits(L, 1), value = check_bits(L, 2);
  unsigned field;
  uint32_t mask = check_field(L, 3, &field);
  return push_bits(L, (bits & ~(mask << field)) | (value & mask) << field);
}

static const luaL_Reg functions[] = {
    {"arshift", bit32_arshift}, {"band", bit32_band},       {"bnot", bit32_bnot},
    {"bor", bit32_bor},         {"btest", bit32_btest},     {"bxor", bit32_bxor},
    {"extract", bit32_extract}, {"lrotate", bit32_lrotate}, {"lshift", bit32_lshift},
    {"replace", bit32_replace}, {"rrotate", bit32_rrotate}, {"rshift", bit32_rshift},
    {NULL, NULL}};

int bit32_open(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
