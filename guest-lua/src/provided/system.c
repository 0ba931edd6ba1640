/*
** system.c: the modules `system` and `system.core`, which are one: clocks and waiting, by the host. Both clocks
** go in steps of a millisecond.
*/
#define _POSIX_C_SOURCE 200809L /* for clock_gettime */

#include <math.h>
#include <stdint.h>
#include <time.h>

#include "lauxlib.h"
#include "lualib.h"
#include "provided.h"
#include "vm.h"

#define CORE "system.core"

IMPORT("sleep") void import_sleep(uint64_t milliseconds);

static int push_clock(lua_State *L, clockid_t clock) {
  struct timespec now;
  if (clock_gettime(clock, &now) != 0) return luaL_error(L, "the clock does not work");
  lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)now.tv_nsec / 1e9);
  return 1;
}

static int system_gettime(lua_State *L) {
  return push_clock(L, CLOCK_REALTIME);
}

static int system_monotime(lua_State *L) {
  return push_clock(L, CLOCK_MONOTONIC);
}

/* Longer than the host lets a call run is until it ends the call. */
static int system_sleep(lua_State *L) {
  lua_Number milliseconds = ceil(luaL_checknumber(L, 1) * 1000);
  if (milliseconds > 0) import_sleep(milliseconds < 1e15 ? (uint64_t)milliseconds : (uint64_t)1e15);
  return 0;
}

static int system_isatty(lua_State *L) {
  luaL_checkudata(L, 1, LUA_FILEHANDLE);
  lua_pushboolean(L, 0);
  return 1;
}

static const luaL_Reg functions[] = {{"gettime", system_gettime}, {"monotime", system_monotime},
                                     {"sleep", system_sleep},     {"isatty", system_isatty},
                                     {"getenv", oslib_getenv},    {NULL, NULL}};

int system_core_open(lua_State *L) {
  luaL_newlib(L, functions);
  lua_pushliteral(L, "LuaSystem 0.2.1");
  lua_setfield(L, -2, "_VERSION");
  return 1;
}

int system_open(lua_State *L) {
  luaL_requiref(L, CORE, system_core_open, 0);
  return 1;
}
