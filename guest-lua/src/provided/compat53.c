/*
** compat53.c: the modules of `compat53`, which bring what is new in Lua 5.3 to older ones. This Lua has all of
** it: each module is the library itself.
*/
#include <string.h>

#include "lauxlib.h"
#include "provided.h"

/* `compat53` changes nothing and gives nothing; the others are known by what follows the point. */
int compat53_open(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  const char *part = strchr(name, '.');
  if (part == NULL || strcmp(part, ".init") == 0) return 0;
  if (strcmp(part, ".module") == 0) {
    lua_pushglobaltable(L);
    return 1;
  }
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, part + 1);
  return 1;
}
