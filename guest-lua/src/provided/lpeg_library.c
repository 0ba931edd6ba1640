/*
** lpeg_library.c: the functions of the module `lpeg`, and the operators of patterns.
*/
#include <ctype.h>
#include <string.h>

#include "lauxlib.h"
#include "lpeg.h"
#include "provided.h"

#define VERSION "1.0.2" /* the LPeg whose behaviour this is */

/* ---- patterns ------------------------------------------------------------------------------- */

static int lib_P(lua_State *L) {
  luaL_checkany(L, 1);
  lpeg_check(L, 1);
  lua_settop(L, 1);
  return 1;
}

static int lib_V(lua_State *L) {
  Pattern *pattern;
  luaL_argcheck(L, !lua_isnoneornil(L, 1), 1, "non-nil value expected");
  pattern = lpeg_push_leaf(L, NODE_OPEN_CALL, 0);
  pattern->node[0].key = (uint16_t)lpeg_add_value(L, 1);
  return 1;
}

static int lib_S(lua_State *L) {
  size_t size;
  const char *text = luaL_checklstring(L, 1, &size);
  Set set;
  set_clear(&set);
  while (size-- > 0) set_add(&set, (unsigned char)*text++);
  lpeg_push_set(L, &set);
  return 1;
}

static int lib_R(lua_State *L) {
  int i, byte, top = lua_gettop(L);
  Set set;
  set_clear(&set);
  for (i = 1; i <= top; i++) {
    size_t size;
    const char *range = luaL_checklstring(L, i, &size);
    luaL_argcheck(L, size == 2, i, "range must have two characters");
    for (byte = (unsigned char)range[0]; byte <= (unsigned char)range[1]; byte++)
      set_add(&set, (unsigned char)byte);
  }
  lpeg_push_set(L, &set);
  return 1;
}

static int lib_B(lua_State *L) {
  const Pattern *pattern = lpeg_check(L, 1);
  Node root = {.kind = NODE_BEHIND};
  luaL_argcheck(L, pattern->facts.length >= 0, 1, "pattern may not have fixed length");
  luaL_argcheck(L, !pattern->facts.captures, 1, "pattern have captures");
  luaL_argcheck(L, pattern->facts.length <= LPEG_BEHIND_MOST, 1, "pattern too long to look behind");
  root.count = (uint32_t)pattern->facts.length;
  lpeg_push_around(L, 1, root);
  return 1;
}

/* ---- operators ------------------------------------------------------------------------------ */

static int is_kind(const Pattern *pattern, int kind) {
  return lpeg_root(pattern)->kind == kind;
}

/* The copy on top of one of the operands. */
static int push_operand(lua_State *L, int index) {
  lua_pushvalue(L, index);
  return 1;
}

static int op_sequence(lua_State *L) {
  const Pattern *a = lpeg_check(L, 1), *b = lpeg_check(L, 2);
  if (is_kind(a, NODE_FALSE) || is_kind(b, NODE_TRUE)) return push_operand(L, 1);
  if (is_kind(a, NODE_TRUE)) return push_operand(L, 2);
  lpeg_push_joined(L, NODE_SEQUENCE, 1, 2);
  return 1;
}

static int op_choice(lua_State *L) {
  const Pattern *a = lpeg_check(L, 1), *b = lpeg_check(L, 2);
  Set one, other;
  if (lpeg_as_set(a, &one) && lpeg_as_set(b, &other)) {
    set_unite(&one, &other);
    lpeg_push_set(L, &one);
    return 1;
  }
  if (a->facts.nofail || is_kind(b, NODE_FALSE)) return push_operand(L, 1);
  if (is_kind(a, NODE_FALSE)) return push_operand(L, 2);
  lpeg_push_joined(L, NODE_CHOICE, 1, 2);
  return 1;
}

static int op_difference(lua_State *L) {
  const Node not = {.kind = NODE_NOT};
  const Pattern *a = lpeg_check(L, 1), *b = lpeg_check(L, 2);
  Set one, other;
  if (lpeg_as_set(a, &one) && lpeg_as_set(b, &other)) {
    set_invert(&other);
    set_intersect(&one, &other);
    lpeg_push_set(L, &one);
    return 1;
  }
  lpeg_push_around(L, 2, not);
  lpeg_push_joined(L, NODE_SEQUENCE, lua_gettop(L), 1);
  return 1;
}

static int op_not(lua_State *L) {
  const Node root = {.kind = NODE_NOT};
  lpeg_check(L, 1);
  lpeg_push_around(L, 1, root);
  return 1;
}

static int op_and(lua_State *L) {
  const Node root = {.kind = NODE_AND};
  lpeg_check(L, 1);
  lpeg_push_around(L, 1, root);
  return 1;
}

static int op_power(lua_State *L) {
  const Pattern *pattern = lpeg_check(L, 1);
  lua_Integer count = luaL_checkinteger(L, 2);
  if (count > LPEG_NODES_MOST || count < -LPEG_NODES_MOST) return luaL_error(L, "pattern too large");
  if (count < 0) {
    lpeg_push_optional(L, 1, (uint32_t)-count);
  } else {
    if (pattern->facts.nullable) return luaL_error(L, "loop body may accept empty string");
    lpeg_push_repeated(L, 1, (uint32_t)count);
  }
  return 1;
}

/* ---- captures ------------------------------------------------------------------------------- */

/* A capture of the pattern at 1 with the value at `value`, or without one where that is 0. */
static int push_capture(lua_State *L, int kind, int value) {
  const Node root = {.kind = NODE_CAPTURE, .capture = (uint8_t)kind};
  Pattern *pattern;
  lpeg_check(L, 1);
  pattern = lpeg_push_around(L, 1, root);
  if (value != 0) pattern->node[pattern->nodes - 1].key = (uint16_t)lpeg_add_value(L, value);
  return 1;
}

/* A capture of nothing, with a number. */
static Pattern *push_empty_capture(lua_State *L, int kind, uint32_t number) {
  const Node root = {.kind = NODE_CAPTURE, .capture = (uint8_t)kind, .count = number};
  Pattern *pattern;
  lpeg_push_leaf(L, NODE_TRUE, 0);
  pattern = lpeg_push_around(L, lua_gettop(L), root);
  lua_remove(L, -2);
  return pattern;
}

static int op_division(lua_State *L) {
  switch (lua_type(L, 2)) {
    case LUA_TFUNCTION: return push_capture(L, CAPTURE_FUNCTION, 2);
    case LUA_TTABLE: return push_capture(L, CAPTURE_QUERY, 2);
    case LUA_TSTRING: return push_capture(L, CAPTURE_STRING, 2);
    case LUA_TNUMBER: {
      lua_Integer number = lua_tointeger(L, 2);
      Node root = {.kind = NODE_CAPTURE, .capture = CAPTURE_NUMBER};
      lpeg_check(L, 1);
      luaL_argcheck(L, number >= 0 && number <= LPEG_NUMBER_MOST, 1, "invalid number");
      root.count = (uint32_t)number;
      lpeg_push_around(L, 1, root);
      return 1;
    }
    default: return luaL_argerror(L, 2, "invalid replacement value");
  }
}

static int lib_C(lua_State *L) {
  return push_capture(L, CAPTURE_SIMPLE, 0);
}

static int lib_Ct(lua_State *L) {
  return push_capture(L, CAPTURE_TABLE, 0);
}

static int lib_Cs(lua_State *L) {
  return push_capture(L, CAPTURE_SUBSTITUTE, 0);
}

static int lib_Cg(lua_State *L) {
  return push_capture(L, CAPTURE_GROUP, lua_isnoneornil(L, 2) ? 0 : 2);
}

static int lib_Cf(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  return push_capture(L, CAPTURE_FOLD, 2);
}

static int lib_Cp(lua_State *L) {
  push_empty_capture(L, CAPTURE_POSITION, 0);
  return 1;
}

static int lib_Cb(lua_State *L) {
  Pattern *pattern;
  luaL_checkany(L, 1);
  pattern = push_empty_capture(L, CAPTURE_BACK, 0);
  pattern->node[1].key = (uint16_t)lpeg_add_value(L, 1);
  return 1;
}

static int lib_Carg(lua_State *L) {
  lua_Integer number = luaL_checkinteger(L, 1);
  luaL_argcheck(L, number > 0 && number <= LPEG_NUMBER_MOST, 1, "invalid argument index");
  push_empty_capture(L, CAPTURE_ARGUMENT, (uint32_t)number);
  return 1;
}

/* One value is a constant; several are a group of constants. */
static int lib_Cc(lua_State *L) {
  int i, count = lua_gettop(L);
  Pattern *pattern;
  if (count == 0) {
    lpeg_push_leaf(L, NODE_TRUE, 0);
    return 1;
  }
  if (count > LPEG_VALUES_MOST) return luaL_error(L, "too many Lua values in pattern");
  pattern = lpeg_new(L, (size_t)count * 2 + (count > 1 ? 2 : 0), 0);
  lua_createtable(L, count, 0);
  for (i = 0; i < count; i++) {
    pattern->node[2 * i] = (Node){.kind = NODE_TRUE, .size = 1};
    pattern->node[2 * i + 1] =
        (Node){.kind = NODE_CAPTURE, .capture = CAPTURE_CONSTANT, .key = (uint16_t)(i + 1), .size = 2};
    lua_pushvalue(L, i + 1);
    lua_rawseti(L, -2, i + 1);
  }
  if (count > 1) {
    pattern->node[2 * count] = (Node){.kind = NODE_SEQUENCE, .size = (uint32_t)count * 2 + 1};
    pattern->node[2 * count + 1] =
        (Node){.kind = NODE_CAPTURE, .capture = CAPTURE_GROUP, .size = (uint32_t)count * 2 + 2};
  }
  lua_setiuservalue(L, -2, 1);
  pattern->values = (uint32_t)count;
  pattern->facts = (Facts){0, 1, 1, 1};
  return 1;
}

static int lib_Cmt(lua_State *L) {
  const Node root = {.kind = NODE_RUNTIME};
  Pattern *pattern;
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lpeg_check(L, 1);
  pattern = lpeg_push_around(L, 1, root);
  pattern->node[pattern->nodes - 1].key = (uint16_t)lpeg_add_value(L, 2);
  return 1;
}

/* ---- matching ------------------------------------------------------------------------------- */

/* Where to begin: from 1 on, or from the end; outside the subject is at its edge. */
static size_t initial_place(lua_State *L, size_t size) {
  lua_Integer init = luaL_optinteger(L, 3, 1);
  if (init > 0) return (lua_Unsigned)init - 1 < size ? (size_t)init - 1 : size;
  return (lua_Unsigned)0 - (lua_Unsigned)init <= size ? size - (size_t)(0 - (lua_Unsigned)init) : 0;
}

static int is_code(lua_State *L, const Pattern *pattern) {
  const Code *code = lua_touserdata(L, -1);
  if (code == NULL || lua_rawlen(L, -1) < sizeof *code) return 0;
  return code->mark == CODE_MARK && code->owner == pattern;
}

/* The code of the pattern at 1, in its slot. */
static const Code *slot_code(lua_State *L, const Pattern *pattern, int slot) {
  lua_getiuservalue(L, 1, 2);
  if (!is_code(L, pattern)) {
    lua_pop(L, 1);
    lpeg_push_code(L, 1);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, 1, 2);
  }
  lua_replace(L, slot);
  return lua_touserdata(L, slot);
}

static void fill_slots(Match *match) {
  lua_State *L = match->L;
  lua_settop(L, match->slots + SLOTS - 1);
  if (lpeg_push_values(L, 1) != LUA_TTABLE && match->pattern->values > 0) luaL_error(L, "damaged pattern");
  lua_replace(L, match->slots + SLOT_CONSTANTS);
  match->code = slot_code(L, match->pattern, match->slots + SLOT_CODE);
  if (!match->code->runtime) return;
  lua_newtable(L);
  lua_replace(L, match->slots + SLOT_VALUES);
}

static int lib_match(lua_State *L) {
  Match match;
  const char *end;
  size_t from;
  int values;
  match.L = L;
  match.pattern = lpeg_check(L, 1);
  match.subject = luaL_checklstring(L, SUBJECT, &match.size);
  from = initial_place(L, match.size);
  luaL_argcheck(L, match.size < INT32_MAX, SUBJECT, "subject too long");
  match.arguments = 4;
  match.argument_count = lua_gettop(L) > 3 ? lua_gettop(L) - 3 : 0;
  match.slots = match.arguments + match.argument_count;
  match.values = match.count = 0;
  match.open = NO_CAPTURE;
  match.captures = match.first_captures;
  match.capacity = INLINE_CAPTURES;
  luaL_checkstack(L, SLOTS + LUA_MINSTACK, "too many arguments");
  fill_slots(&match);
  end = machine_run(&match, match.subject + from);
  if (end == NULL) {
    lua_pushnil(L);
    return 1;
  }
  values = capture_values(&match, 0, match.count);
  if (values > 0) return values;
  lua_pushinteger(L, end - match.subject + 1);
  return 1;
}

/* ---- the module ----------------------------------------------------------------------------- */

static int lib_type(lua_State *L) {
  if (lpeg_test(L, 1) != NULL)
    lua_pushliteral(L, "pattern");
  else
    lua_pushnil(L);
  return 1;
}

static int lib_version(lua_State *L) {
  lua_pushliteral(L, VERSION);
  return 1;
}

static int lib_setmaxstack(lua_State *L) {
  lua_Integer limit = luaL_checkinteger(L, 1);
  luaL_argcheck(L, 0 < limit && limit <= INT32_MAX, 1, "out of range");
  lua_settop(L, 1);
  lua_setfield(L, LUA_REGISTRYINDEX, LPEG_LIMIT);
  return 0;
}

static void locale_class(lua_State *L, const char *name, int (*has)(int)) {
  int byte;
  Set set;
  set_clear(&set);
  for (byte = 0; byte < 256; byte++)
    if (has(byte)) set_add(&set, (unsigned char)byte);
  lpeg_push_set(L, &set);
  lua_setfield(L, -2, name);
}

static int lib_locale(lua_State *L) {
  if (lua_isnoneornil(L, 1)) {
    lua_settop(L, 0);
    lua_createtable(L, 0, 12);
  } else {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
  }
  locale_class(L, "alnum", isalnum);
  locale_class(L, "alpha", isalpha);
  locale_class(L, "cntrl", iscntrl);
  locale_class(L, "digit", isdigit);
  locale_class(L, "graph", isgraph);
  locale_class(L, "lower", islower);
  locale_class(L, "print", isprint);
  locale_class(L, "punct", ispunct);
  locale_class(L, "space", isspace);
  locale_class(L, "upper", isupper);
  locale_class(L, "xdigit", isxdigit);
  return 1;
}

static const luaL_Reg functions[] = {
    {"B", lib_B},         {"C", lib_C},     {"Carg", lib_Carg},       {"Cb", lib_Cb},
    {"Cc", lib_Cc},       {"Cf", lib_Cf},   {"Cg", lib_Cg},           {"Cmt", lib_Cmt},
    {"Cp", lib_Cp},       {"Cs", lib_Cs},   {"Ct", lib_Ct},           {"P", lib_P},
    {"R", lib_R},         {"S", lib_S},     {"V", lib_V},             {"locale", lib_locale},
    {"match", lib_match}, {"type", lib_type}, {"setmaxstack", lib_setmaxstack}, {"version", lib_version},
    {NULL, NULL}};

static const luaL_Reg operators[] = {
    {"__add", op_choice}, {"__div", op_division}, {"__len", op_and}, {"__mul", op_sequence},
    {"__pow", op_power},  {"__sub", op_difference}, {"__unm", op_not}, {NULL, NULL}};

int lpeg_open(lua_State *L) {
  luaL_newmetatable(L, LPEG_PATTERN);
  luaL_setfuncs(L, operators, 0);
  lua_pushinteger(L, LPEG_BACKTRACKS);
  lua_setfield(L, LUA_REGISTRYINDEX, LPEG_LIMIT);
  luaL_newlib(L, functions);
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, "__index");
  return 1;
}
