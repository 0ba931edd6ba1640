/*
** cjson_decode.c: JSON to Lua values.
*/
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cjson.h"
#include "lauxlib.h"

typedef enum Token {
  OBJECT_BEGIN, OBJECT_END, ARRAY_BEGIN, ARRAY_END, STRING, NUMBER, BOOLEAN, NOTHING, COLON, COMMA, END, BAD
} Token;

/* Names that messages have for tokens. */
static const char *const names[] = {"T_OBJ_BEGIN", "T_OBJ_END", "T_ARR_BEGIN", "T_ARR_END", "T_STRING",
                                    "T_NUMBER",    "T_BOOLEAN", "T_NULL",      "T_COLON",   "T_COMMA",
                                    "T_END",       "T_ERROR"};

typedef struct Decoder {
  const CjsonSettings *settings;
  const char *data; /* a Lua string: a zero byte lies behind it */
  const char *at;
  const char *start; /* of the last token; of what is wrong in it when it is BAD */
  const char *problem; /* what is wrong */
  int depth;
} Decoder;

static int expected(lua_State *L, const Decoder *decoder, const char *what, Token found) {
  return luaL_error(L, "Expected %s but found %s at character %d", what,
                    found == BAD ? decoder->problem : names[found], (int)(decoder->start - decoder->data) + 1);
}

static Token bad(Decoder *decoder, const char *problem, const char *where) {
  decoder->problem = problem;
  decoder->start = where;
  return BAD;
}

/* ---- strings ------------------------------------------------------------------------------- */

static int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  letter |= 0x20;
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* The unit of UTF-16 that `\uXXXX` stands for, or -1. */
static int code_unit(const char *at) {
  int unit = 0, i;
  if (at[0] != '\\' || at[1] != 'u') return -1;
  for (i = 2; i < 6; i++) {
    int digit = hex_digit(at[i]); /* a zero byte is none, so nothing behind the end is read */
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/* The character of one escape or of two, and their size; 0 for one that is none. */
static size_t code_point(const char *at, long *point) {
  int first = code_unit(at), second;
  *point = first;
  if (first < 0 || (first & 0xfc00) == 0xdc00) return 0;
  if ((first & 0xfc00) != 0xd800) return 6;
  second = code_unit(at + 6);
  if (second < 0 || (second & 0xfc00) != 0xdc00) return 0;
  *point = 0x10000 + ((long)(first & 0x3ff) << 10) + (second & 0x3ff);
  return 12;
}

static char *put_utf8(char *place, long point) {
  if (point < 0x80) {
    *place++ = (char)point;
  } else if (point < 0x800) {
    *place++ = (char)(0xc0 | point >> 6);
    *place++ = (char)(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    *place++ = (char)(0xe0 | point >> 12);
    *place++ = (char)(0x80 | (point >> 6 & 0x3f));
    *place++ = (char)(0x80 | (point & 0x3f));
  } else {
    *place++ = (char)(0xf0 | point >> 18);
    *place++ = (char)(0x80 | (point >> 12 & 0x3f));
    *place++ = (char)(0x80 | (point >> 6 & 0x3f));
    *place++ = (char)(0x80 | (point & 0x3f));
  }
  return place;
}

/* What a letter behind a backslash stands for; 0 for none. */
static char escaped(char letter) {
  static const char letters[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  const char *found = letter == '\0' ? NULL : strchr(letters, letter);
  return found != NULL ? meanings[found - letters] : '\0';
}

/* Pushes the text between two places, which was checked, without its escapes. */
static void push_unescaped(lua_State *L, const char *at, const char *end) {
  luaL_Buffer buffer;
  char *start = luaL_buffinitsize(L, &buffer, (size_t)(end - at)); /* an escape is longer than its meaning */
  char *place = start;
  while (at < end) {
    long point;
    if (*at != '\\') {
      *place++ = *at++;
    } else if (at[1] != 'u') {
      *place++ = escaped(at[1]);
      at += 2;
    } else {
      at += code_point(at, &point);
      place = put_utf8(place, point);
    }
  }
  luaL_pushresultsize(&buffer, (size_t)(place - start));
}

static Token read_string(lua_State *L, Decoder *decoder) {
  const char *first = decoder->at + 1, *at = first;
  int plain = 1;
  while (*at != '"') {
    long point;
    size_t size = 1;
    if (*at == '\0') return bad(decoder, "unexpected end of string", at);
    if (*at == '\\') {
      plain = 0;
      size = at[1] == 'u' ? code_point(at, &point) : 2;
      if (size == 0) return bad(decoder, "invalid unicode escape code", at);
      if (at[1] != 'u' && escaped(at[1]) == '\0') return bad(decoder, "invalid escape code", at);
    }
    at += size;
  }
  decoder->at = at + 1;
  if (plain)
    lua_pushlstring(L, first, (size_t)(at - first));
  else
    push_unescaped(L, first, at);
  return STRING;
}

/* ---- numbers ------------------------------------------------------------------------------- */

static int is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

static int begins_with(const char *at, const char *lower) {
  while (*lower != '\0' && (*at | 0x20) == *lower) {
    at++;
    lower++;
  }
  return *lower == '\0';
}

/* What C takes for a number and JSON does not: a plus, zeros before it, hexadecimal digits, no number at all. */
static int is_invalid_number(const char *at) {
  if (*at == '+') return 1;
  if (*at == '-') at++;
  if (*at == '0') return is_digit(at[1]) || (at[1] | 0x20) == 'x';
  return begins_with(at, "inf") || begins_with(at, "nan");
}

/* Pushes digits that fit in an integer and have nothing behind them that makes them more. */
static const char *push_integer(lua_State *L, const char *at) {
  int negative = *at == '-', count = 0;
  uint64_t value = 0;
  if (negative) at++;
  for (; is_digit(*at) && count < 18; count++) value = value * 10 + (uint64_t)(*at++ - '0');
  if (count == 0 || is_digit(*at) || *at == '.' || (*at | 0x20) == 'e' || (*at | 0x20) == 'x') return NULL;
  if (negative && value == 0) return NULL; /* -0 is a float */
  lua_pushinteger(L, negative ? -(lua_Integer)value : (lua_Integer)value);
  return at;
}

static Token read_number(lua_State *L, Decoder *decoder) {
  char *end;
  lua_Number number;
  const char *behind = push_integer(L, decoder->at);
  if (behind == NULL) {
    number = strtod(decoder->at, &end);
    if (end == decoder->at) return bad(decoder, "invalid number", decoder->at);
    lua_pushnumber(L, number);
    behind = end;
  }
  decoder->at = behind;
  return NUMBER;
}

/* ---- tokens -------------------------------------------------------------------------------- */

static Token single(Decoder *decoder, Token token) {
  decoder->at++;
  return token;
}

static Token read_word(lua_State *L, Decoder *decoder) {
  const char *at = decoder->at;
  if (is_digit(*at) || *at == '-') {
    if (!decoder->settings->decode_invalid && is_invalid_number(at)) return bad(decoder, "invalid number", at);
    return read_number(L, decoder);
  }
  if (strncmp(at, "true", 4) == 0 || strncmp(at, "false", 5) == 0) {
    decoder->at += *at == 't' ? 4 : 5;
    lua_pushboolean(L, *at == 't');
    return BOOLEAN;
  }
  if (strncmp(at, "null", 4) == 0) {
    decoder->at += 4;
    lua_pushlightuserdata(L, NULL);
    return NOTHING;
  }
  if (decoder->settings->decode_invalid && is_invalid_number(at)) return read_number(L, decoder);
  return bad(decoder, "invalid token", at);
}

/* The next token; the value of one that has a value is pushed. */
static Token next_token(lua_State *L, Decoder *decoder) {
  while (*decoder->at == ' ' || *decoder->at == '\t' || *decoder->at == '\n' || *decoder->at == '\r')
    decoder->at++;
  decoder->start = decoder->at;
  switch (*decoder->at) {
    case '{': return single(decoder, OBJECT_BEGIN);
    case '}': return single(decoder, OBJECT_END);
    case '[': return single(decoder, ARRAY_BEGIN);
    case ']': return single(decoder, ARRAY_END);
    case ':': return single(decoder, COLON);
    case ',': return single(decoder, COMMA);
    case '"': return read_string(L, decoder);
    case '\0': return END;
    default: return read_word(L, decoder);
  }
}

/* ---- values -------------------------------------------------------------------------------- */

#define OBJECT (-1)

/* Pushes a table, and above it how many items it has, or OBJECT. */
static void begin_table(lua_State *L, Decoder *decoder, lua_Integer count) {
  decoder->depth++;
  if (decoder->depth > decoder->settings->decode_depth || !lua_checkstack(L, 6))
    luaL_error(L, "Found too many nested data structures (%d) at character %d", decoder->depth,
               (int)(decoder->start - decoder->data) + 1);
  lua_newtable(L);
  lua_pushinteger(L, count);
}

/* The innermost table is complete: it is a value. */
static void end_table(lua_State *L, Decoder *decoder) {
  lua_pop(L, 1);
  decoder->depth--;
}

/* Reads the key of a member, whose first token is given, up to its value. */
static void read_key(lua_State *L, Decoder *decoder, Token token) {
  if (token != STRING) expected(L, decoder, "object key string", token);
  token = next_token(L, decoder);
  if (token != COLON) expected(L, decoder, "colon", token);
}

/* Begins the value whose first token is given; 0 for an array or object that is still open. */
static int begin_value(lua_State *L, Decoder *decoder, Token *token) {
  switch (*token) {
    case STRING: case NUMBER: case BOOLEAN: case NOTHING: return 1;
    case OBJECT_BEGIN:
      begin_table(L, decoder, OBJECT);
      *token = next_token(L, decoder);
      if (*token == OBJECT_END) break;
      read_key(L, decoder, *token);
      *token = next_token(L, decoder);
      return 0;
    case ARRAY_BEGIN:
      begin_table(L, decoder, 0);
      *token = next_token(L, decoder);
      if (*token == ARRAY_END) break;
      return 0;
    default: return expected(L, decoder, "value", *token);
  }
  end_table(L, decoder);
  return 1;
}

/* Puts the value at the top into the innermost table; 0 when that is complete, else with the first token of
   the next value. */
static int add_member(lua_State *L, Decoder *decoder, Token *token) {
  lua_rawset(L, -4);
  *token = next_token(L, decoder);
  if (*token == OBJECT_END) return 0;
  if (*token != COMMA) expected(L, decoder, "comma or object end", *token);
  read_key(L, decoder, next_token(L, decoder));
  *token = next_token(L, decoder);
  return 1;
}

static int add_item(lua_State *L, Decoder *decoder, lua_Integer count, Token *token) {
  lua_rawseti(L, -3, count + 1);
  lua_pop(L, 1);
  lua_pushinteger(L, count + 1);
  *token = next_token(L, decoder);
  if (*token == ARRAY_END) return 0;
  if (*token != COMMA) expected(L, decoder, "comma or array end", *token);
  *token = next_token(L, decoder);
  return 1;
}

/* A value is complete, at the top: goes on until another one begins. An array has its count below the value, an
   object a key. */
static int next_value(lua_State *L, Decoder *decoder, Token *token) {
  while (decoder->depth > 0) {
    int is_array = lua_type(L, -2) == LUA_TNUMBER;
    int more = is_array ? add_item(L, decoder, lua_tointeger(L, -2), token) : add_member(L, decoder, token);
    if (more) return 1;
    end_table(L, decoder);
  }
  return 0;
}

int cjson_decode_value(lua_State *L, const CjsonSettings *settings) {
  size_t size;
  const char *data = luaL_checklstring(L, 1, &size);
  Decoder decoder = {settings, data, data, data, NULL, 0};
  Token token;
  if (size >= 2 && (data[0] == '\0' || data[1] == '\0'))
    return luaL_error(L, "JSON parser does not support UTF-16 or UTF-32");
  luaL_checkstack(L, 10, "not enough room");
  token = next_token(L, &decoder);
  for (;;) {
    if (begin_value(L, &decoder, &token) && !next_value(L, &decoder, &token)) break;
  }
  token = next_token(L, &decoder);
  if (token != END) expected(L, &decoder, "the end", token);
  return 1;
}
