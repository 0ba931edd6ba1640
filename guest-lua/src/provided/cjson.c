/*
** cjson.c: the module `cjson`: its settings and its functions. cjson_encode.c and cjson_decode.c do the work.
*/
#include "cjson.h"

#include <limits.h>

#include "lauxlib.h"
#include "provided.h"

#define VERSION "2.1.0" /* the release whose interface this is */

static CjsonSettings *settings_of(lua_State *L) {
  return (CjsonSettings *)lua_touserdata(L, lua_upvalueindex(1));
}

/* ---- settings ------------------------------------------------------------------------------ */

static CjsonSettings *check_settings(lua_State *L, int most_arguments) {
  luaL_argcheck(L, lua_gettop(L) <= most_arguments, most_arguments + 1, "found too many arguments");
  lua_settop(L, most_arguments);
  return settings_of(L);
}

static void integer_option(lua_State *L, int index, int *setting, int least, int most) {
  if (!lua_isnil(L, index)) {
    lua_Integer value = luaL_checkinteger(L, index);
    if (value < least || value > most)
      luaL_argerror(L, index, lua_pushfstring(L, "expected integer between %d and %d", least, most));
    *setting = (int)value;
  }
  lua_pushinteger(L, *setting);
}

/* A boolean, or one of the names, whose places are the values. */
static void choice_option(lua_State *L, int index, int *setting, const char *const names[]) {
  if (lua_isboolean(L, index))
    *setting = lua_toboolean(L, index);
  else if (!lua_isnil(L, index))
    *setting = luaL_checkoption(L, index, NULL, names);
  if (*setting <= CJSON_ON)
    lua_pushboolean(L, *setting);
  else
    lua_pushstring(L, names[*setting]);
}

static const char *const switches[] = {"off", "on", NULL};
static const char *const switches_or_null[] = {"off", "on", "null", NULL};

static int cjson_encode_sparse_array(lua_State *L) {
  CjsonSettings *settings = check_settings(L, 3);
  choice_option(L, 1, &settings->convert_sparse, switches);
  integer_option(L, 2, &settings->sparse_ratio, 0, INT_MAX);
  integer_option(L, 3, &settings->sparse_safe, 0, INT_MAX);
  return 3;
}

static int cjson_encode_max_depth(lua_State *L) {
  integer_option(L, 1, &check_settings(L, 1)->encode_depth, 1, INT_MAX);
  return 1;
}

static int cjson_decode_max_depth(lua_State *L) {
  integer_option(L, 1, &check_settings(L, 1)->decode_depth, 1, INT_MAX);
  return 1;
}

static int cjson_encode_number_precision(lua_State *L) {
  integer_option(L, 1, &check_settings(L, 1)->precision, 1, CJSON_DIGITS);
  return 1;
}

/* Only kept: the text of one call is never that of the next here. */
static int cjson_encode_keep_buffer(lua_State *L) {
  choice_option(L, 1, &check_settings(L, 1)->keep_buffer, switches);
  return 1;
}

static int cjson_encode_invalid_numbers(lua_State *L) {
  choice_option(L, 1, &check_settings(L, 1)->encode_invalid, switches_or_null);
  return 1;
}

static int cjson_decode_invalid_numbers(lua_State *L) {
  choice_option(L, 1, &check_settings(L, 1)->decode_invalid, switches);
  return 1;
}

/* ---- conversions --------------------------------------------------------------------------- */

static int cjson_encode(lua_State *L) {
  luaL_argcheck(L, lua_gettop(L) == 1, 1, "expected 1 argument");
  return cjson_encode_value(L, settings_of(L));
}

static int cjson_decode(lua_State *L) {
  luaL_argcheck(L, lua_gettop(L) == 1, 1, "expected 1 argument");
  return cjson_decode_value(L, settings_of(L));
}

/* Of `cjson.safe`: the function in the second upvalue, whose error becomes nil and its message. */
static int protected(lua_State *L) {
  luaL_argcheck(L, lua_gettop(L) == 1, 1, "expected 1 argument");
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_insert(L, 1);
  if (lua_pcall(L, 1, 1, 0) == LUA_OK) return 1;
  luaL_pushfail(L);
  lua_insert(L, -2);
  return 2;
}

/* ---- the module ---------------------------------------------------------------------------- */

static int cjson_new(lua_State *L);
static int cjson_safe_new(lua_State *L);

static const luaL_Reg functions[] = {{"encode", cjson_encode},
                                     {"decode", cjson_decode},
                                     {"encode_sparse_array", cjson_encode_sparse_array},
                                     {"encode_max_depth", cjson_encode_max_depth},
                                     {"decode_max_depth", cjson_decode_max_depth},
                                     {"encode_number_precision", cjson_encode_number_precision},
                                     {"encode_keep_buffer", cjson_encode_keep_buffer},
                                     {"encode_invalid_numbers", cjson_encode_invalid_numbers},
                                     {"decode_invalid_numbers", cjson_decode_invalid_numbers},
                                     {"new", cjson_new},
                                     {NULL, NULL}};

static void push_settings(lua_State *L) {
  CjsonSettings *settings = (CjsonSettings *)lua_newuserdatauv(L, sizeof *settings, 0);
  settings->convert_sparse = CJSON_OFF;
  settings->sparse_ratio = 2;
  settings->sparse_safe = 10;
  settings->encode_depth = 1000;
  settings->decode_depth = 1000;
  settings->precision = 14;
  settings->keep_buffer = CJSON_ON;
  settings->encode_invalid = CJSON_OFF;
  settings->decode_invalid = CJSON_ON;
}

static int cjson_new(lua_State *L) {
  luaL_newlibtable(L, functions);
  push_settings(L);
  luaL_setfuncs(L, functions, 1);
  lua_pushlightuserdata(L, NULL);
  lua_setfield(L, -2, "null");
  lua_pushliteral(L, "cjson");
  lua_setfield(L, -2, "_NAME");
  lua_pushliteral(L, VERSION);
  lua_setfield(L, -2, "_VERSION");
  return 1;
}

static void protect(lua_State *L, const char *name) {
  lua_pushnil(L); /* no settings */
  lua_getfield(L, -2, name);
  lua_pushcclosure(L, protected, 2);
  lua_setfield(L, -2, name);
}

static int cjson_safe_new(lua_State *L) {
  cjson_new(L);
  protect(L, "encode");
  protect(L, "decode");
  lua_pushcfunction(L, cjson_safe_new);
  lua_setfield(L, -2, "new");
  return 1;
}

int cjson_open(lua_State *L) {
  return cjson_new(L);
}

int cjson_safe_open(lua_State *L) {
  return cjson_safe_new(L);
}
