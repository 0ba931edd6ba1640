/*
** wire.c: encoding and decoding of Lua values (see wire.h). Encoding calls no Lua code: tables are
** walked raw. A table that is reached twice counts twice, so a cycle ends at the depth bound.
*/
#include "wire.h"

#include <string.h>

#include "heap.h"
#include "lauxlib.h"
#include "transfer.h"

enum { NIL, FALSE, TRUE, INTEGER, FLOAT, STRING, TABLE };

/* ---- writing ------------------------------------------------------------------------------ */

/* Begins in the transfer buffer, so that small replies, and "not enough memory", need no memory. */
void wire_start(Writer *writer, size_t ceiling) {
  memset(writer, 0, sizeof *writer);
  writer->data = transfer_buffer;
  writer->capacity = TRANSFER_SIZE;
  writer->ceiling = ceiling;
}

void wire_drop(Writer *writer) {
  if (writer->data != transfer_buffer) heap_free(writer->data);
  writer->data = transfer_buffer;
}

static WireStatus reserve(Writer *writer, size_t size) {
  size_t capacity = writer->capacity;
  unsigned char *data;
  if (size <= capacity - writer->size) return WIRE_OK;
  if (size > SIZE_MAX / 4 || capacity > SIZE_MAX / 4) return WIRE_TOO_LARGE;
  while (size > capacity - writer->size) capacity *= 2;
  if (writer->data == transfer_buffer) {
    data = heap_resize(NULL, capacity);
    if (data != NULL) memcpy(data, transfer_buffer, writer->size);
  } else {
    data = heap_resize(writer->data, capacity);
  }
  if (data == NULL) return WIRE_NO_MEMORY;
  writer->data = data;
  writer->capacity = capacity;
  return WIRE_OK;
}

static WireStatus put(Writer *writer, const void *data, size_t size) {
  WireStatus status = reserve(writer, size);
  if (status != WIRE_OK) return status;
  memcpy(writer->data + writer->size, data, size);
  writer->size += size;
  return WIRE_OK;
}

static WireStatus charge(Writer *writer, size_t bytes) {
  size_t left = writer->ceiling - writer->cost;
  if (left < WIRE_COST || left - WIRE_COST < bytes) return WIRE_TOO_LARGE;
  writer->cost += WIRE_COST + bytes;
  return WIRE_OK;
}

WireStatus wire_byte(Writer *writer, unsigned char byte) {
  return put(writer, &byte, 1);
}

static WireStatus tagged(Writer *writer, unsigned char tag, const void *data, size_t size) {
  WireStatus status = charge(writer, 0);
  if (status == WIRE_OK) status = wire_byte(writer, tag);
  if (status == WIRE_OK && size > 0) status = put(writer, data, size);
  return status;
}

/* Writes all of it or nothing. */
WireStatus wire_string(Writer *writer, const char *data, size_t size) {
  uint32_t length = (uint32_t)size;
  size_t cost = writer->cost;
  WireStatus status = charge(writer, size);
  if (status == WIRE_OK) status = reserve(writer, 1 + sizeof length + size);
  if (status != WIRE_OK) {
    writer->cost = cost;
    return status;
  }
  wire_byte(writer, STRING);
  put(writer, &length, sizeof length);
  put(writer, data, size);
  return WIRE_OK;
}

static WireStatus write_value(lua_State *L, Writer *writer, int index, int depth);

static WireStatus write_sequence(lua_State *L, Writer *writer, int index, lua_Unsigned n, int depth) {
  lua_Unsigned i;
  for (i = 1; i <= n; i++) {
    WireStatus status;
    lua_rawgeti(L, index, (lua_Integer)i);
    status = write_value(L, writer, -1, depth);
    lua_pop(L, 1);
    if (status != WIRE_OK) return status;
  }
  return WIRE_OK;
}

static int in_sequence(lua_State *L, int index, lua_Unsigned n) {
  return lua_isinteger(L, index) && (lua_Unsigned)lua_tointeger(L, index) - 1u < n;
}

static WireStatus write_pairs(lua_State *L, Writer *writer, int index, lua_Unsigned n, int depth,
                              uint32_t *count) {
  lua_pushnil(L);
  while (lua_next(L, index)) {
    WireStatus status = WIRE_OK;
    if (!in_sequence(L, -2, n)) {
      status = write_value(L, writer, -2, depth);
      if (status == WIRE_OK) status = write_value(L, writer, -1, depth);
      ++*count;
    }
    lua_pop(L, 1);
    if (status != WIRE_OK) return status;
  }
  return WIRE_OK;
}

static WireStatus write_table(lua_State *L, Writer *writer, int index, int depth) {
  lua_Unsigned n = lua_rawlen(L, index);
  uint32_t counts[2] = {0, 0};
  size_t at;
  WireStatus status;
  if (depth >= WIRE_DEPTH) return WIRE_TOO_DEEP;
  if (!lua_checkstack(L, 4)) return WIRE_NO_MEMORY;
  if (n > writer->ceiling / WIRE_COST) return WIRE_TOO_LARGE;
  counts[0] = (uint32_t)n;
  status = charge(writer, 0);
  if (status == WIRE_OK) status = wire_byte(writer, TABLE);
  at = writer->size;
  if (status == WIRE_OK) status = put(writer, counts, sizeof counts);
  if (status == WIRE_OK) status = write_sequence(L, writer, index, n, depth + 1);
  if (status == WIRE_OK) status = write_pairs(L, writer, index, n, depth + 1, &counts[1]);
  if (status == WIRE_OK) memcpy(writer->data + at, counts, sizeof counts);
  return status;
}

static WireStatus write_number(lua_State *L, Writer *writer, int index) {
  if (lua_isinteger(L, index)) {
    lua_Integer integer = lua_tointeger(L, index);
    return tagged(writer, INTEGER, &integer, sizeof integer);
  } else {
    lua_Number number = lua_tonumber(L, index);
    return tagged(writer, FLOAT, &number, sizeof number);
  }
}

static WireStatus write_value(lua_State *L, Writer *writer, int index, int depth) {
  index = lua_absindex(L, index);
  switch (lua_type(L, index)) {
    case LUA_TNONE:
    case LUA_TNIL: return tagged(writer, NIL, NULL, 0);
    case LUA_TBOOLEAN: return tagged(writer, lua_toboolean(L, index) ? TRUE : FALSE, NULL, 0);
    case LUA_TNUMBER: return write_number(L, writer, index);
    case LUA_TSTRING: {
      size_t size;
      const char *data = lua_tolstring(L, index, &size);
      return wire_string(writer, data, size);
    }
    case LUA_TTABLE: return write_table(L, writer, index, depth);
    default:
      writer->offender = luaL_typename(L, index);
      return WIRE_TYPE;
  }
}

/* Leaves the stack as it was, also after a failure. */
WireStatus wire_value(lua_State *L, Writer *writer, int index) {
  int top = lua_gettop(L);
  WireStatus status = lua_checkstack(L, 4) ? write_value(L, writer, index, 0) : WIRE_NO_MEMORY;
  lua_settop(L, top);
  return status;
}

const char *wire_message(lua_State *L, const Writer *writer, WireStatus status) {
  switch (status) {
    case WIRE_TYPE: return lua_pushfstring(L, "a %s cannot cross to the host", writer->offender);
    case WIRE_TOO_DEEP:
      return lua_pushfstring(L, "tables nested deeper than %d levels (or a cycle) cannot cross to the host",
                             WIRE_DEPTH);
    case WIRE_TOO_LARGE: return lua_pushliteral(L, "value too large to cross to the host");
    default: return lua_pushliteral(L, "not enough memory");
  }
}

/* ---- reading ------------------------------------------------------------------------------ */

static void take(lua_State *L, Reader *reader, void *data, size_t size) {
  if ((size_t)(reader->end - reader->at) < size) luaL_error(L, "damaged value from the host");
  memcpy(data, reader->at, size);
  reader->at += size;
}

static void read_value(lua_State *L, Reader *reader, int depth);

static void read_string(lua_State *L, Reader *reader) {
  uint32_t size;
  take(L, reader, &size, sizeof size);
  if ((size_t)(reader->end - reader->at) < size) luaL_error(L, "damaged value from the host");
  lua_pushlstring(L, (const char *)reader->at, size);
  reader->at += size;
}

static void read_table(lua_State *L, Reader *reader, int depth) {
  uint32_t counts[2], i;
  size_t left;
  take(L, reader, counts, sizeof counts);
  left = (size_t)(reader->end - reader->at);
  if (depth >= WIRE_DEPTH || counts[0] > left || counts[1] > left / 2)
    luaL_error(L, "damaged value from the host");
  luaL_checkstack(L, 4, "value from the host");
  lua_createtable(L, (int)counts[0], (int)counts[1]);
  for (i = 1; i <= counts[0]; i++) {
    read_value(L, reader, depth + 1);
    lua_rawseti(L, -2, i);
  }
  for (i = 0; i < counts[1]; i++) {
    read_value(L, reader, depth + 1);
    read_value(L, reader, depth + 1);
    lua_rawset(L, -3);
  }
}

static void read_value(lua_State *L, Reader *reader, int depth) {
  unsigned char tag;
  take(L, reader, &tag, 1);
  switch (tag) {
    case NIL: lua_pushnil(L); break;
    case FALSE: lua_pushboolean(L, 0); break;
    case TRUE: lua_pushboolean(L, 1); break;
    case INTEGER: {
      lua_Integer integer;
      take(L, reader, &integer, sizeof integer);
      lua_pushinteger(L, integer);
      break;
    }
    case FLOAT: {
      lua_Number number;
      take(L, reader, &number, sizeof number);
      lua_pushnumber(L, number);
      break;
    }
    case STRING: read_string(L, reader); break;
    case TABLE: read_table(L, reader, depth); break;
    default: luaL_error(L, "damaged value from the host");
  }
}

/* The bytes must not move or change meanwhile: a Lua string anchored on the stack is right, the
   transfer buffer is not (a finalizer that runs here may call the host). */
int wire_read_all(lua_State *L, Reader *reader) {
  int count = 0;
  while (reader->at < reader->end) {
    luaL_checkstack(L, 4, "values from the host");
    read_value(L, reader, 0);
    count++;
  }
  return count;
}
