/*
** provided.c: finds the modules that are inside the guest. Those in C stand in the table below, those in Lua
** are the files `provided/<module>.lua`, which the build step turned into data.
*/
#include <string.h>

#include "lauxlib.h"
#include "provided/provided.h"
#include "vm.h"

static const luaL_Reg openers[] = {{"bit32", bit32_open},
                                   {"cjson", cjson_open},
                                   {"cjson.safe", cjson_safe_open},
                                   {"compat53", compat53_open},
                                   {"compat53.init", compat53_open},
                                   {"compat53.io", compat53_open},
                                   {"compat53.module", compat53_open},
                                   {"compat53.string", compat53_open},
                                   {"compat53.table", compat53_open},
                                   {"compat53.utf8", compat53_open},
                                   {"lfs", lfs_open},
                                   {"lpeg", lpeg_open},
                                   {"struct", struct_open},
                                   {"system", system_open},
                                   {"system.core", system_core_open},
                                   {NULL, NULL}};

static lua_CFunction opener_of(const char *name) {
  const luaL_Reg *entry = openers;
  while (entry->name != NULL && strcmp(entry->name, name) != 0) entry++;
  return entry->func;
}

static const ProvidedText *text_of(const char *name) {
  const ProvidedText *entry = provided_texts;
  while (entry->name != NULL && strcmp(entry->name, name) != 0) entry++;
  return entry->name != NULL ? entry : NULL;
}

int provided_find(lua_State *L, const char *name) {
  lua_CFunction opener = opener_of(name);
  const ProvidedText *entry;
  if (opener != NULL) {
    lua_pushcfunction(L, opener);
    return 1;
  }
  entry = text_of(name);
  if (entry == NULL) return 0;
  if (luaL_loadbufferx(L, (const char *)entry->text, entry->size, entry->chunk, "t") != LUA_OK)
    lua_error(L); /* for want of memory; every text was compiled by the tests */
  return 1;
}
