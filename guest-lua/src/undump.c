/*
** undump.c: takes the place of Lua's loader of binary chunks, which trusts its input. Being linked
** before Lua's archive it closes every door at once: load, loadfile, dofile, require, the host.
*/
#include "lua.h"

#include "lauxlib.h"

void luaD_throw(lua_State *L, int status) __attribute__((noreturn)); /* Lua's own, ldo.c */

void *luaU_undump(lua_State *L, void *stream, const char *name) {
  (void)stream;
  (void)name;
  lua_pushliteral(L, "attempt to load a binary chunk (mode is 't')");
  luaD_throw(L, LUA_ERRSYNTAX);
}
