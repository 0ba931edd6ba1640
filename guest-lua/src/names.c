/*
** names.c: global names, and paths of tables such as `a.b.c`, by raw access: no code of the script runs.
*/
#include <string.h>

#include "lauxlib.h"
#include "vm.h"

#define COMPLETIONS 1000 /* chosen: more than anybody reads */
#define TABLES_BEHIND 8  /* chosen: inheritance deeper than this is not completed */

static size_t part_length(const char *at, const char *end, const char *separators) {
  const char *start = at;
  while (at < end && memchr(separators, *at, strlen(separators)) == NULL) at++;
  return (size_t)(at - start);
}

/* Walks `a.b.c` from the globals by raw access and leaves the table that holds the last part below
   its key. Returns 0 where something on the way is no table. */
int names_find(lua_State *L, List name) {
  const char *at = name.data, *end = name.data + name.size;
  lua_pushglobaltable(L);
  for (;;) {
    size_t length = part_length(at, end, ".");
    lua_pushlstring(L, at, length);
    at += length;
    if (at == end) return 1;
    at++;
    lua_rawget(L, -2);
    lua_replace(L, -2);
    if (!lua_istable(L, -1)) return 0;
  }
}

/* Puts in the place of the value at the top the plain `__index` table of its metatable. Calls nothing,
   and leaves the stack as high as it was. */
static int table_behind(lua_State *L) {
  if (!lua_getmetatable(L, -1)) return 0;
  lua_pushliteral(L, "__index");
  lua_rawget(L, -2);
  lua_replace(L, -3);
  lua_pop(L, 1);
  return lua_istable(L, -1);
}

static void list_keys(lua_State *L, int names, const char *start, size_t length) {
  int table = lua_gettop(L);
  lua_Integer count = (lua_Integer)lua_rawlen(L, names);
  lua_pushnil(L);
  while (lua_next(L, table)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING && count < COMPLETIONS) {
      size_t size;
      const char *key = lua_tolstring(L, -1, &size);
      if (size >= length && memcmp(key, start, length) == 0) {
        lua_pushvalue(L, -1);
        lua_rawseti(L, names, ++count);
      }
    }
  }
}

static void list_all(lua_State *L, int names, const char *start, size_t length) {
  int depth = TABLES_BEHIND;
  do {
    list_keys(L, names, start, length);
  } while (depth-- > 0 && table_behind(L));
}

/* Pushes a table of the names that could follow a text, such as `string.re` or `object:me`. */
void names_complete(lua_State *L, List text) {
  const char *at = text.data, *end = at + text.size;
  int names;
  lua_newtable(L);
  names = lua_gettop(L);
  lua_pushglobaltable(L);
  for (;;) {
    size_t length = part_length(at, end, ".:");
    if (at + length == end) {
      list_all(L, names, at, length);
      break;
    }
    lua_pushlstring(L, at, length);
    lua_rawget(L, -2);
    lua_replace(L, -2);
    at += length + 1;
    if (!lua_istable(L, -1) && !table_behind(L)) break;
  }
  lua_settop(L, names);
}
