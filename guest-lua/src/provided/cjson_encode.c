/*
** cjson_encode.c: Lua values to JSON. No code of a script runs meanwhile but finalizers: tables are walked raw.
*/
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cjson.h"
#include "heap.h"
#include "lauxlib.h"

#define TEXT_TYPE "cjson text"
#define TEXT_START 512 /* chosen: most texts need no memory of the heap */

/* The text so far. It is a userdata, so that it is given back whatever is raised. */
typedef struct Text {
  char *data;
  size_t size, capacity;
  char start[TEXT_START];
} Text;

typedef struct Encoder {
  const CjsonSettings *settings;
  Text *text;
  int depth;
} Encoder;

/* ---- the text ------------------------------------------------------------------------------ */

static void release(Text *text) {
  if (text->data != text->start) heap_free(text->data);
  text->data = text->start;
  text->size = 0;
  text->capacity = TEXT_START;
}

static int text_gc(lua_State *L) {
  release((Text *)luaL_checkudata(L, 1, TEXT_TYPE));
  return 0;
}

static Text *push_text(lua_State *L) {
  Text *text = (Text *)lua_newuserdatauv(L, sizeof *text, 0);
  text->data = text->start;
  release(text);
  if (luaL_newmetatable(L, TEXT_TYPE)) {
    lua_pushcfunction(L, text_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return text;
}

static void out_of_memory(lua_State *L, Text *text) {
  release(text);
  lua_pushliteral(L, "not enough memory");
  lua_error(L);
}

/* Makes room for so many bytes more, twice as much each time. */
static char *room(lua_State *L, Text *text, size_t size) {
  size_t capacity = text->capacity;
  char *data;
  if (size <= capacity - text->size) return text->data + text->size;
  if (size > SIZE_MAX / 4 || capacity > SIZE_MAX / 4) out_of_memory(L, text);
  while (size > capacity - text->size) capacity *= 2;
  data = heap_resize(text->data == text->start ? NULL : text->data, capacity);
  if (data == NULL) out_of_memory(L, text);
  if (text->data == text->start) memcpy(data, text->start, text->size);
  text->data = data;
  text->capacity = capacity;
  return data + text->size;
}

static void add(lua_State *L, Text *text, const char *data, size_t size) {
  memcpy(room(L, text, size), data, size);
  text->size += size;
}

static void add_char(lua_State *L, Text *text, char letter) {
  *room(L, text, 1) = letter;
  text->size++;
}

/* ---- what is no table ---------------------------------------------------------------------- */

static int fail(lua_State *L, Encoder *encoder, int type, const char *reason) {
  release(encoder->text);
  return luaL_error(L, "Cannot serialise %s: %s", lua_typename(L, type), reason);
}

static int stands_for_itself(unsigned char byte) {
  return byte >= 0x20 && byte != '"' && byte != '\\' && byte != '/' && byte != 0x7f;
}

/* Writes the escape of a byte that does not stand for itself, and gives its size. */
static size_t escape(unsigned char byte, char *place) {
  static const char digits[] = "0123456789abcdef";
  static const char short_ones[] = "\"\\/\b\f\n\r\t";
  static const char letters[] = "\"\\/bfnrt";
  const char *found = byte == 0 ? NULL : strchr(short_ones, byte);
  place[0] = '\\';
  if (found != NULL) {
    place[1] = letters[found - short_ones];
    return 2;
  }
  memcpy(place + 1, "u00", 3);
  place[4] = digits[byte >> 4];
  place[5] = digits[byte & 15];
  return 6;
}

static void add_string(lua_State *L, Text *text, const char *data, size_t size) {
  size_t at = 0;
  add_char(L, text, '"');
  while (at < size) {
    char escaped[6];
    size_t start = at;
    while (at < size && stands_for_itself((unsigned char)data[at])) at++;
    add(L, text, data + start, at - start);
    if (at < size) add(L, text, escaped, escape((unsigned char)data[at++], escaped));
  }
  add_char(L, text, '"');
}

static void add_number(lua_State *L, Encoder *encoder, int index) {
  char digits[40]; /* 17 digits, sign, point, exponent; or an integer */
  int size;
  lua_Number number = lua_tonumber(L, index);
  if (lua_isinteger(L, index)) {
    size = snprintf(digits, sizeof digits, LUA_INTEGER_FMT, lua_tointeger(L, index));
  } else if (isfinite(number)) {
    size = snprintf(digits, sizeof digits, "%.*g", encoder->settings->precision, number);
  } else if (encoder->settings->encode_invalid == CJSON_NULL) {
    size = snprintf(digits, sizeof digits, "null");
  } else if (encoder->settings->encode_invalid == CJSON_ON) {
    size = snprintf(digits, sizeof digits, "%s", isnan(number) ? "nan" : number < 0 ? "-inf" : "inf");
  } else {
    fail(L, encoder, LUA_TNUMBER, "must not be NaN or Inf");
    return;
  }
  add(L, encoder->text, digits, (size_t)size);
}

static void add_scalar(lua_State *L, Encoder *encoder) {
  Text *text = encoder->text;
  size_t size;
  const char *data;
  int type = lua_type(L, -1);
  switch (type) {
    case LUA_TSTRING:
      data = lua_tolstring(L, -1, &size);
      add_string(L, text, data, size);
      break;
    case LUA_TNUMBER: add_number(L, encoder, -1); break;
    case LUA_TBOOLEAN:
      data = lua_toboolean(L, -1) ? "true" : "false";
      add(L, text, data, strlen(data));
      break;
    case LUA_TNIL: add(L, text, "null", 4); break;
    case LUA_TLIGHTUSERDATA:
      if (lua_touserdata(L, -1) == NULL) {
        add(L, text, "null", 4);
        break;
      } /* FALLTHROUGH */
    default: fail(L, encoder, type, "type not supported");
  }
}

/* ---- tables -------------------------------------------------------------------------------- */

#define OBJECT (-1)

/* The place that a key of an array has, or 0. Larger numbers are keys of objects. */
static lua_Integer place_of(lua_State *L, int index) {
  int is_integer;
  lua_Integer place;
  if (lua_type(L, index) != LUA_TNUMBER) return 0;
  place = lua_tointegerx(L, index, &is_integer);
  return is_integer && place >= 1 && place <= INT_MAX ? place : 0;
}

/* The length of the array at the top of the stack; OBJECT for a table that is none. */
static lua_Integer array_length(lua_State *L, Encoder *encoder) {
  const CjsonSettings *settings = encoder->settings;
  lua_Integer last = 0, items = 0;
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    lua_Integer place = place_of(L, -2);
    lua_pop(L, 1);
    if (place == 0) {
      lua_pop(L, 1);
      return OBJECT;
    }
    if (place > last) last = place;
    items++;
  }
  if (settings->sparse_ratio > 0 && last > items * settings->sparse_ratio && last > settings->sparse_safe) {
    if (!settings->convert_sparse) fail(L, encoder, LUA_TTABLE, "excessively sparse array");
    return OBJECT;
  }
  return last > 0 ? last : OBJECT;
}

/* Begins with the table at the top. While it is written, its length and the key or place where the writing
   stands lie above it. */
static void begin_table(lua_State *L, Encoder *encoder) {
  lua_Integer length;
  encoder->depth++;
  if (encoder->depth > encoder->settings->encode_depth || !lua_checkstack(L, 8)) {
    release(encoder->text);
    luaL_error(L, "Cannot serialise, excessive nesting (%d)", encoder->depth);
  }
  length = array_length(L, encoder);
  lua_pushinteger(L, length);
  if (length == OBJECT)
    lua_pushnil(L);
  else
    lua_pushinteger(L, 0);
  add_char(L, encoder->text, length == OBJECT ? '{' : '[');
}

static void add_key(lua_State *L, Encoder *encoder) {
  size_t size;
  const char *data;
  switch (lua_type(L, -2)) {
    case LUA_TSTRING:
      data = lua_tolstring(L, -2, &size);
      add_string(L, encoder->text, data, size);
      break;
    case LUA_TNUMBER:
      add_char(L, encoder->text, '"');
      add_number(L, encoder, -2);
      add_char(L, encoder->text, '"');
      break;
    default: fail(L, encoder, lua_type(L, -2), "table key must be a number or string");
  }
  add_char(L, encoder->text, ':');
}

/* Both push the next value of the innermost table, or end the table and give 0. */

static int next_item(lua_State *L, Encoder *encoder, lua_Integer length) {
  lua_Integer place = lua_tointeger(L, -1);
  lua_pop(L, 1);
  if (place == length) {
    lua_pop(L, 2);
    add_char(L, encoder->text, ']');
    return 0;
  }
  if (place > 0) add_char(L, encoder->text, ',');
  lua_pushinteger(L, place + 1);
  lua_rawgeti(L, -3, place + 1);
  return 1;
}

static int next_member(lua_State *L, Encoder *encoder) {
  int first = lua_isnil(L, -1);
  if (!lua_next(L, -3)) {
    lua_pop(L, 2);
    add_char(L, encoder->text, '}');
    return 0;
  }
  if (!first) add_char(L, encoder->text, ',');
  add_key(L, encoder);
  return 1;
}

static int next_value(lua_State *L, Encoder *encoder) {
  while (encoder->depth > 0) {
    lua_Integer length = lua_tointeger(L, -2);
    int more = length == OBJECT ? next_member(L, encoder) : next_item(L, encoder, length);
    if (more) return 1;
    encoder->depth--;
  }
  return 0;
}

int cjson_encode_value(lua_State *L, const CjsonSettings *settings) {
  Encoder encoder = {settings, push_text(L), 0};
  lua_pushvalue(L, 1);
  do {
    if (lua_istable(L, -1)) {
      begin_table(L, &encoder);
    } else {
      add_scalar(L, &encoder);
      lua_pop(L, 1);
    }
  } while (next_value(L, &encoder));
  lua_pushlstring(L, encoder.text->data, encoder.text->size);
  release(encoder.text);
  return 1;
}
