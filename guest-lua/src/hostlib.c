/*
** hostlib.c: host modules. `require` asks the host for a module of that name; its functions become
** Lua functions that carry their arguments across and bring back results or an error. Behind them come
** the modules that are inside the guest.
*/
#include "lauxlib.h"
#include "lualib.h"
#include "vm.h"
#include "wire.h"

IMPORT("module") void import_module(const char *name, size_t size, Reply *reply);
IMPORT("call") void import_call(uint32_t function, const unsigned char *arguments, size_t size, Reply *reply);

enum { REPLY_RESULTS = 0, REPLY_ERROR = 1 };

/* Pushes the values of a received string that lies at the top of the stack, and counts them. */
static int unpack(lua_State *L, size_t skip) {
  size_t size;
  const char *data = lua_tolstring(L, -1, &size);
  Reader reader;
  reader.at = (const unsigned char *)data + skip;
  reader.end = (const unsigned char *)data + size;
  return wire_read_all(L, &reader);
}

static void write_arguments(lua_State *L, Writer *writer, const char *name) {
  int i, top = lua_gettop(L);
  wire_start(writer, vm_settings.call_ceiling);
  for (i = 1; i <= top; i++) {
    WireStatus status = wire_value(L, writer, i);
    if (status != WIRE_OK) {
      wire_drop(writer);
      luaL_error(L, "bad argument #%d to '%s' (%s)", i, name, wire_message(L, writer, status));
    }
  }
}

static int call_host(lua_State *L) {
  uint32_t function = (uint32_t)lua_tointeger(L, lua_upvalueindex(1));
  const char *name = lua_tostring(L, lua_upvalueindex(2));
  Writer writer;
  Reply reply;
  const char *data;
  size_t size;
  write_arguments(L, &writer, name);
  import_call(function, writer.data, writer.size, &reply);
  wire_drop(&writer);
  lua_settop(L, 0);
  transfer_receive(L, &reply);
  data = lua_tolstring(L, -1, &size);
  if (size == 0) return luaL_error(L, "damaged value from the host");
  if (data[0] == REPLY_RESULTS) return unpack(L, 1);
  unpack(L, 1);
  luaL_where(L, 1);
  lua_insert(L, -2);
  lua_concat(L, 2);
  return lua_error(L);
}

/* Loader: argument 2 is what the host said of the module, [qualified name, name, number] each. */
static int open_module(lua_State *L) {
  int count, i;
  lua_settop(L, 2);
  count = unpack(L, 1);
  lua_createtable(L, 0, count / 3);
  for (i = 0; i + 2 < count; i += 3) {
    lua_pushvalue(L, 3 + i + 1); /* key */
    lua_pushvalue(L, 3 + i + 2); /* number */
    lua_pushvalue(L, 3 + i);     /* qualified name, for messages */
    lua_pushcclosure(L, call_host, 2);
    lua_rawset(L, 3 + count);
  }
  return 1;
}

/* First searcher: what Lua's own finds in package.preload (upvalue 1), else a module of the host, else one
   that is inside the guest. So a script and its host may put their own in the place of one of ours, and a
   file in a mount, which may be foreign, may not. */
static int search_preloaded(lua_State *L) {
  size_t size;
  const char *name = luaL_checklstring(L, 1, &size);
  const char *answer;
  Reply reply;
  lua_settop(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, 1);
  lua_call(L, 1, 2);
  if (lua_isfunction(L, 2)) return 2;
  lua_settop(L, 2);
  import_module(name, size, &reply);
  transfer_receive(L, &reply);
  answer = lua_tolstring(L, 3, &size);
  if (size > 0 && answer[0] == REPLY_RESULTS) {
    lua_pushcfunction(L, open_module);
    lua_insert(L, 3);
    return 2;
  }
  if (provided_find(L, name)) {
    lua_pushliteral(L, ":provided:");
    return 2;
  }
  if (size > 0) /* no such module, but there are others */
    lua_pushfstring(L, "%s\n\tno host module '%s'", lua_tostring(L, 2), name);
  else
    lua_settop(L, 2);
  return 1;
}

void hostlib_open(lua_State *L) {
  lua_getglobal(L, LUA_LOADLIBNAME);
  lua_getfield(L, -1, "searchers");
  lua_geti(L, -1, 1);
  lua_pushcclosure(L, search_preloaded, 1);
  lua_seti(L, -2, 1);
  lua_pop(L, 2);
}
