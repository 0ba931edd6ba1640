/*
** struct.c: the module `struct`: C structures as strings, and back. Sizes are those of 64-bit Unix, whatever the
** machine: `h` 2, `i` 4, `l` and `T` 8, `f` 4, `d` 8; the order of bytes is little-endian at first.
*/
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "lauxlib.h"
#include "provided.h"

#define MAX_INTEGER 32 /* bytes of an integer with a size of its own */
#define ALIGN 8        /* of `!` alone */

typedef enum Item { SIGNED, UNSIGNED, FLOAT, DOUBLE, CHARACTERS, TEXT, PADDING, NO_ITEM } Item;

typedef struct Format {
  const char *at;
  int big; /* whether the highest byte comes first */
  size_t align;
} Format;

/* ---- the format ---------------------------------------------------------------------------- */

static size_t number(lua_State *L, Format *format, size_t without) {
  size_t value = 0;
  if (*format->at < '0' || *format->at > '9') return without;
  while (*format->at >= '0' && *format->at <= '9') {
    if (value > INT_MAX / 10 - 1) luaL_error(L, "size in a format is too large");
    value = value * 10 + (size_t)(*format->at++ - '0');
  }
  return value;
}

static size_t integer_size(lua_State *L, Format *format) {
  size_t size = number(L, format, 4);
  if (size > MAX_INTEGER)
    luaL_error(L, "integral size %d is larger than limit of %d", (int)size, MAX_INTEGER);
  return size;
}

static void control(lua_State *L, Format *format, char letter) {
  switch (letter) {
    case ' ': break;
    case '>': format->big = 1; break;
    case '<': case '=': format->big = 0; break;
    case '!': {
      size_t align = number(L, format, ALIGN);
      if (align == 0 || (align & (align - 1)) != 0) luaL_error(L, "alignment is not a power of 2");
      format->align = align;
      break;
    }
    default: luaL_error(L, "invalid format option '%c'", letter);
  }
}

/* The item that a letter stands for, and its size; NO_ITEM for a control. */
static Item item_of(lua_State *L, Format *format, char letter, size_t *size) {
  switch (letter) {
    case 'b': *size = 1; return SIGNED;
    case 'B': *size = 1; return UNSIGNED;
    case 'h': *size = 2; return SIGNED;
    case 'H': *size = 2; return UNSIGNED;
    case 'l': *size = 8; return SIGNED;
    case 'L': case 'T': *size = 8; return UNSIGNED;
    case 'i': *size = integer_size(L, format); return SIGNED;
    case 'I': *size = integer_size(L, format); return UNSIGNED;
    case 'f': *size = 4; return FLOAT;
    case 'd': *size = 8; return DOUBLE;
    case 'c': *size = number(L, format, 1); return CHARACTERS;
    case 's': *size = 0; return TEXT;
    case 'x': *size = 1; return PADDING;
    default: return NO_ITEM;
  }
}

/* The next item, its size, and the bytes to leave out before it so that it is aligned. */
static Item next_item(lua_State *L, Format *format, size_t position, size_t *size, size_t *skip) {
  while (*format->at != '\0') {
    char letter = *format->at++;
    Item item = item_of(L, format, letter, size);
    if (item == NO_ITEM) {
      control(L, format, letter);
    } else {
      size_t align = *size < format->align ? *size : format->align;
      int aligned = item <= DOUBLE && align > 0 && (align & (align - 1)) == 0;
      *skip = aligned ? -position & (align - 1) : 0;
      return item;
    }
  }
  return NO_ITEM;
}

/* ---- packing ------------------------------------------------------------------------------- */

/* A fraction is dropped, and so are the bits that a smaller integer does not have, as a cast in C does. */
static uint64_t check_integer(lua_State *L, int index) {
  int is_integer;
  lua_Integer integer = lua_tointegerx(L, index, &is_integer);
  lua_Number value;
  if (is_integer) return (uint64_t)integer;
  value = trunc(luaL_checknumber(L, index));
  luaL_argcheck(L, value >= -0x1p63 && value < 0x1p64, index, "number has no integer representation");
  return value < 0 ? (uint64_t)(int64_t)value : (uint64_t)value;
}

static void put_bytes(luaL_Buffer *buffer, uint64_t bits, size_t size, int big) {
  char *place = luaL_prepbuffsize(buffer, MAX_INTEGER);
  size_t i;
  for (i = 0; i < size; i++) place[big ? size - 1 - i : i] = i < 8 ? (char)(bits >> 8 * i) : '\0';
  luaL_addsize(buffer, size);
}

static void put_zeros(luaL_Buffer *buffer, size_t count) {
  while (count-- > 0) luaL_addchar(buffer, '\0');
}

static uint64_t float_bits(lua_Number number, Item item) {
  uint64_t bits = 0;
  if (item == FLOAT) {
    float single = (float)number;
    memcpy(&bits, &single, sizeof single); /* wasm is little-endian */
  } else {
    memcpy(&bits, &number, sizeof number);
  }
  return bits;
}

static size_t put_text(lua_State *L, luaL_Buffer *buffer, int index, Item item, size_t size) {
  size_t length;
  const char *text = luaL_checklstring(L, index, &length);
  if (size == 0) size = length;
  luaL_argcheck(L, length >= size, index, "string too short");
  luaL_addlstring(buffer, text, size);
  if (item == TEXT) luaL_addchar(buffer, '\0');
  return size + (item == TEXT);
}

/* Adds an item, with the value of an argument, and gives its size. */
static size_t put_item(lua_State *L, luaL_Buffer *buffer, Item item, size_t size, int big, int index) {
  switch (item) {
    case CHARACTERS: case TEXT: return put_text(L, buffer, index, item, size);
    case FLOAT: case DOUBLE:
      put_bytes(buffer, float_bits(luaL_checknumber(L, index), item), size, big);
      return size;
    default: put_bytes(buffer, check_integer(L, index), size, big); return size;
  }
}

static int struct_pack(lua_State *L) {
  Format format = {luaL_checkstring(L, 1), 0, 1};
  size_t position = 0, size, skip;
  int index = 1;
  luaL_Buffer buffer;
  Item item;
  lua_pushnil(L); /* an argument that is missing is not what the buffer keeps on the stack */
  luaL_buffinit(L, &buffer);
  while ((item = next_item(L, &format, position, &size, &skip)) != NO_ITEM) {
    put_zeros(&buffer, skip);
    position += skip;
    if (item == PADDING) {
      put_zeros(&buffer, 1);
      position++;
    } else {
      position += put_item(L, &buffer, item, size, format.big, ++index);
    }
  }
  luaL_pushresult(&buffer);
  return 1;
}

/* ---- unpacking ----------------------------------------------------------------------------- */

typedef struct Data {
  const char *bytes;
  size_t size, position;
} Data;

static void check_room(lua_State *L, const Data *data, size_t size) {
  luaL_argcheck(L, data->position <= data->size && size <= data->size - data->position, 2,
                "data string too short");
}

static uint64_t take_bits(const Data *data, size_t size, int big) {
  const char *start = data->bytes + data->position;
  uint64_t bits = 0;
  size_t i = size < 8 ? size : 8;
  while (i-- > 0) bits = bits << 8 | (unsigned char)start[big ? size - 1 - i : i];
  return bits;
}

static void push_integer(lua_State *L, uint64_t bits, size_t size, Item item) {
  if (item == SIGNED && size < 8 && size > 0) {
    uint64_t sign = (uint64_t)1 << (8 * size - 1);
    bits = (bits ^ sign) - sign;
  }
  lua_pushinteger(L, (lua_Integer)bits);
}

static void push_float(lua_State *L, uint64_t bits, Item item) {
  float single;
  lua_Number number;
  if (item == FLOAT) {
    memcpy(&single, &bits, sizeof single);
    number = single;
  } else {
    memcpy(&number, &bits, sizeof number);
  }
  lua_pushnumber(L, number);
}

/* `c0`: as many as the value before says, which is taken away. */
static size_t counted_size(lua_State *L, int first) {
  lua_Integer size;
  if (lua_gettop(L) < first || !lua_isnumber(L, -1))
    return (size_t)luaL_error(L, "format 'c0' needs a previous size");
  size = (lua_Integer)lua_tonumber(L, -1);
  lua_pop(L, 1);
  luaL_argcheck(L, size >= 0 && size <= INT_MAX, 2, "data string too short");
  return (size_t)size;
}

static void push_text(lua_State *L, Data *data) {
  const char *start = data->bytes + data->position, *end;
  check_room(L, data, 0);
  end = memchr(start, '\0', data->size - data->position);
  if (end == NULL) luaL_error(L, "unfinished string in data");
  lua_pushlstring(L, start, (size_t)(end - start));
  data->position += (size_t)(end - start) + 1;
}

static void push_item(lua_State *L, Data *data, Item item, size_t size, int big, int first) {
  if (item == TEXT) {
    push_text(L, data);
    return;
  }
  if (item == CHARACTERS && size == 0) size = counted_size(L, first);
  check_room(L, data, size);
  switch (item) {
    case PADDING: break;
    case CHARACTERS: lua_pushlstring(L, data->bytes + data->position, size); break;
    case FLOAT: case DOUBLE: push_float(L, take_bits(data, size, big), item); break;
    default: push_integer(L, take_bits(data, size, big), size, item);
  }
  data->position += size;
}

static int struct_unpack(lua_State *L) {
  Format format = {luaL_checkstring(L, 1), 0, 1};
  Data data;
  size_t size, skip;
  lua_Integer start = luaL_optinteger(L, 3, 1);
  int first;
  Item item;
  data.bytes = luaL_checklstring(L, 2, &data.size);
  luaL_argcheck(L, start >= 1 && (lua_Unsigned)start - 1 <= data.size, 3, "position out of the string");
  data.position = (size_t)start - 1;
  lua_settop(L, 2);
  first = 3;
  while ((item = next_item(L, &format, data.position, &size, &skip)) != NO_ITEM) {
    luaL_checkstack(L, 2, "too many results");
    check_room(L, &data, skip);
    data.position += skip;
    push_item(L, &data, item, size, format.big, first);
  }
  lua_pushinteger(L, (lua_Integer)data.position + 1);
  return lua_gettop(L) - 2;
}

static int struct_size(lua_State *L) {
  Format format = {luaL_checkstring(L, 1), 0, 1};
  size_t position = 0, size, skip;
  Item item;
  while ((item = next_item(L, &format, position, &size, &skip)) != NO_ITEM) {
    luaL_argcheck(L, item != TEXT && !(item == CHARACTERS && size == 0), 1, "variable-size format");
    luaL_argcheck(L, position <= INT_MAX - size - skip, 1, "format too large");
    position += skip + size;
  }
  lua_pushinteger(L, (lua_Integer)position);
  return 1;
}

static const luaL_Reg functions[] = {
    {"pack", struct_pack}, {"unpack", struct_unpack}, {"size", struct_size}, {NULL, NULL}};

int struct_open(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
