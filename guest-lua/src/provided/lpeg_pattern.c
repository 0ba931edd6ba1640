/*
** lpeg_pattern.c: making patterns out of patterns. Every function that makes one leaves it on top of
** the stack. Sequences and choices are flat: a part of the same kind gives its parts.
*/
#include <string.h>

#include "lauxlib.h"
#include "lpeg.h"

unsigned char *lpeg_bytes(const Pattern *pattern) {
  return (unsigned char *)(pattern->node + pattern->nodes);
}

const Node *lpeg_root(const Pattern *pattern) {
  return pattern->node + pattern->nodes - 1;
}

/* The pattern at `index`, or NULL. By `debug`, other userdata may come here under our metatable. */
Pattern *lpeg_test(lua_State *L, int index) {
  Pattern *pattern = luaL_testudata(L, index, LPEG_PATTERN);
  size_t size = pattern == NULL ? 0 : (size_t)lua_rawlen(L, index);
  if (size < sizeof *pattern) return NULL;
  return (size - sizeof *pattern - pattern->bytes) / sizeof(Node) == pattern->nodes ? pattern : NULL;
}

Pattern *lpeg_new(lua_State *L, size_t nodes, size_t bytes) {
  Pattern *pattern;
  if (nodes > LPEG_NODES_MOST || bytes > LPEG_BYTES_MOST) luaL_error(L, "pattern too large");
  pattern = lua_newuserdatauv(L, sizeof *pattern + nodes * sizeof(Node) + bytes, 2);
  memset(pattern, 0, sizeof *pattern);
  pattern->nodes = (uint32_t)nodes;
  pattern->bytes = (uint32_t)bytes;
  luaL_setmetatable(L, LPEG_PATTERN);
  return pattern;
}

/* ---- values ------------------------------------------------------------------------------- */

/* Pushes the table of values of a pattern, or nil. */
int lpeg_push_values(lua_State *L, int index) {
  return lua_getiuservalue(L, index, 1);
}

/* The new pattern, on top, has the values of the one at `index`. */
void lpeg_share_values(lua_State *L, int index) {
  Pattern *pattern = lua_touserdata(L, -1);
  pattern->values = lpeg_test(L, index)->values;
  lpeg_push_values(L, index);
  lua_setiuservalue(L, -2, 1);
}

/* Appends `count` values of the pattern at `index` to the table on top, from `at` on. */
static void append_values(lua_State *L, int index, uint32_t count, uint32_t at) {
  uint32_t i;
  lpeg_push_values(L, index);
  for (i = 1; i <= count && lua_istable(L, -1); i++) {
    lua_rawgeti(L, -1, i);
    lua_rawseti(L, -3, at + i);
  }
  lua_pop(L, 1);
}

static void new_values(lua_State *L, uint32_t count) {
  if (count > LPEG_VALUES_MOST) luaL_error(L, "too many Lua values in pattern");
  lua_createtable(L, (int)count, 0);
}

/* Adds the value at `index` to the new pattern on top, which so far shares its values: its key. */
int lpeg_add_value(lua_State *L, int index) {
  Pattern *pattern = lua_touserdata(L, -1);
  int own = lua_gettop(L);
  new_values(L, pattern->values + 1);
  append_values(L, own, pattern->values, 0);
  lua_pushvalue(L, index);
  lua_rawseti(L, -2, ++pattern->values);
  lua_setiuservalue(L, own, 1);
  return (int)pattern->values;
}

/* Gives the new pattern on top the values of two others: what to add to the keys of the second. */
uint32_t lpeg_join_values(lua_State *L, int first, int second) {
  Pattern *pattern = lua_touserdata(L, -1);
  uint32_t a = lpeg_test(L, first)->values, b = lpeg_test(L, second)->values;
  if (a == 0 || b == 0) {
    lpeg_share_values(L, a == 0 ? second : first);
    return 0;
  }
  new_values(L, a + b);
  append_values(L, first, a, 0);
  append_values(L, second, b, a);
  lua_setiuservalue(L, -2, 1);
  pattern->values = a + b;
  return a;
}

/* ---- nodes -------------------------------------------------------------------------------- */

/* Copies the first `count` nodes; gives the place behind them. */
Node *lpeg_copy_nodes(Node *to, const Pattern *from, size_t count, uint32_t bytes, uint32_t keys) {
  size_t i;
  for (i = 0; i < count; i++) {
    to[i] = from->node[i];
    if (to[i].kind == NODE_TEXT || to[i].kind == NODE_SET) to[i].at += bytes;
    if (to[i].key != 0) to[i].key = (uint16_t)(to[i].key + keys);
  }
  return to + count;
}

/* How many nodes a part gives to a whole of the kind: all, or all but its root. */
static size_t given(const Pattern *part, int kind) {
  return part->nodes - (lpeg_root(part)->kind == kind ? 1 : 0);
}

Pattern *lpeg_push_leaf(lua_State *L, int kind, uint32_t count) {
  Pattern *pattern = lpeg_new(L, 1, 0);
  pattern->node[0] = (Node){.kind = (uint8_t)kind, .size = 1, .count = count};
  pattern->facts = facts_leaf(pattern->node);
  return pattern;
}

void lpeg_push_text(lua_State *L, const char *text, size_t size) {
  Pattern *pattern = lpeg_new(L, 1, size);
  pattern->node[0] = (Node){.kind = NODE_TEXT, .size = 1, .count = (uint32_t)size};
  pattern->facts = facts_leaf(pattern->node);
  memcpy(lpeg_bytes(pattern), text, size);
}

void lpeg_push_set(lua_State *L, const Set *set) {
  int single = set_single(set);
  Pattern *pattern;
  if (single >= 0) {
    char text = (char)single;
    lpeg_push_text(L, &text, 1);
    return;
  }
  pattern = lpeg_new(L, 1, sizeof *set);
  pattern->node[0] = (Node){.kind = NODE_SET, .size = 1};
  pattern->facts = facts_leaf(pattern->node);
  memcpy(lpeg_bytes(pattern), set, sizeof *set);
}

/* Whether the pattern is a set of bytes, and which. */
int lpeg_as_set(const Pattern *pattern, Set *set) {
  return pattern->nodes == 1 && first_node_set(pattern->node, lpeg_bytes(pattern), set);
}

/* `root` around the pattern at `index`; its key is for the caller to add. */
Pattern *lpeg_push_around(lua_State *L, int index, Node root) {
  const Pattern *part = lpeg_test(L, index);
  Pattern *pattern = lpeg_new(L, (size_t)part->nodes + 1, part->bytes);
  Node *end = lpeg_copy_nodes(pattern->node, part, part->nodes, 0, 0);
  memcpy(lpeg_bytes(pattern), lpeg_bytes(part), part->bytes);
  root.size = pattern->nodes;
  *end = root;
  pattern->facts = facts_around(&root, part->facts);
  lpeg_share_values(L, index);
  return pattern;
}

void lpeg_push_joined(lua_State *L, int kind, int first, int second) {
  const Pattern *a = lpeg_test(L, first), *b = lpeg_test(L, second);
  size_t from_a = given(a, kind), from_b = given(b, kind);
  Pattern *pattern = lpeg_new(L, from_a + from_b + 1, (size_t)a->bytes + b->bytes);
  uint32_t keys = lpeg_join_values(L, first, second);
  Node *end = lpeg_copy_nodes(pattern->node, a, from_a, 0, 0);
  end = lpeg_copy_nodes(end, b, from_b, a->bytes, keys);
  *end = (Node){.kind = (uint8_t)kind, .size = pattern->nodes};
  memcpy(lpeg_bytes(pattern), lpeg_bytes(a), a->bytes);
  memcpy(lpeg_bytes(pattern) + a->bytes, lpeg_bytes(b), b->bytes);
  pattern->facts = (kind == NODE_SEQUENCE ? facts_sequence : facts_choice)(a->facts, b->facts);
}

/* ---- repetition --------------------------------------------------------------------------- */

/* A new pattern for copies of a part, with the part's bytes and values; counted before it is made. */
static Pattern *new_copies(lua_State *L, int index, uint64_t nodes) {
  const Pattern *part = lpeg_test(L, index);
  Pattern *pattern = lpeg_new(L, nodes > LPEG_NODES_MOST ? SIZE_MAX : (size_t)nodes, part->bytes);
  memcpy(lpeg_bytes(pattern), lpeg_bytes(part), part->bytes);
  lpeg_share_values(L, index);
  return pattern;
}

/* So many copies of the part, and then any number of them. */
void lpeg_push_repeated(lua_State *L, int index, uint32_t copies) {
  const Node repeat = {.kind = NODE_REPEAT};
  const Pattern *part = lpeg_test(L, index);
  Pattern *pattern;
  Node *end;
  uint32_t i;
  if (copies == 0) {
    lpeg_push_around(L, index, repeat);
    return;
  }
  pattern = new_copies(L, index, (uint64_t)copies * given(part, NODE_SEQUENCE) + part->nodes + 2);
  end = pattern->node;
  for (i = 0; i < copies; i++) end = lpeg_copy_nodes(end, part, given(part, NODE_SEQUENCE), 0, 0);
  end = lpeg_copy_nodes(end, part, part->nodes, 0, 0);
  *end++ = (Node){.kind = NODE_REPEAT, .size = part->nodes + 1};
  *end = (Node){.kind = NODE_SEQUENCE, .size = pattern->nodes};
  pattern->facts = facts_sequence(part->facts, facts_around(&repeat, part->facts));
}

/* At most so many copies: p, or p and at most one copy less, or nothing. */
void lpeg_push_optional(lua_State *L, int index, uint32_t copies) {
  const Node nothing = {.kind = NODE_TRUE, .size = 1};
  const Pattern *part = lpeg_test(L, index);
  size_t from = given(part, NODE_SEQUENCE);
  Pattern *pattern = new_copies(L, index, part->nodes + 2 + (copies - 1) * (uint64_t)(from + 3));
  Facts facts = facts_choice(part->facts, facts_leaf(&nothing));
  Node *end = pattern->node;
  uint32_t i, size = part->nodes;
  for (i = 1; i < copies; i++) end = lpeg_copy_nodes(end, part, from, 0, 0);
  end = lpeg_copy_nodes(end, part, part->nodes, 0, 0);
  for (i = 0; i < copies; i++) {
    if (i > 0) {
      size += (uint32_t)from + 1;
      *end++ = (Node){.kind = NODE_SEQUENCE, .size = size};
      facts = facts_choice(facts_sequence(part->facts, facts), facts_leaf(&nothing));
    }
    *end++ = nothing;
    *end++ = (Node){.kind = NODE_CHOICE, .size = size += 2};
  }
  pattern->facts = facts;
}

/* ---- arguments ---------------------------------------------------------------------------- */

static void push_count(lua_State *L, lua_Integer count) {
  const Node not = {.kind = NODE_NOT};
  if (count > INT32_MAX) count = INT32_MAX; /* no subject is that long */
  if (count < -INT32_MAX) count = -INT32_MAX;
  if (count == 0) {
    lpeg_push_leaf(L, NODE_TRUE, 0);
  } else if (count > 0) {
    lpeg_push_leaf(L, NODE_ANY, (uint32_t)count);
  } else {
    lpeg_push_leaf(L, NODE_ANY, (uint32_t)-count);
    lpeg_push_around(L, lua_gettop(L), not);
    lua_remove(L, -2);
  }
}

static void push_string(lua_State *L, int index) {
  size_t size;
  const char *text = lua_tolstring(L, index, &size);
  if (size == 0)
    lpeg_push_leaf(L, NODE_TRUE, 0);
  else
    lpeg_push_text(L, text, size);
}

static void push_function(lua_State *L, int index) {
  const Node runtime = {.kind = NODE_RUNTIME};
  Pattern *pattern;
  lpeg_push_leaf(L, NODE_TRUE, 0);
  pattern = lpeg_push_around(L, lua_gettop(L), runtime);
  lua_remove(L, -2);
  pattern->node[1].key = (uint16_t)lpeg_add_value(L, index);
}

Pattern *lpeg_check(lua_State *L, int index) {
  Pattern *pattern = lpeg_test(L, index);
  if (pattern != NULL) return pattern;
  switch (lua_type(L, index)) {
    case LUA_TSTRING: push_string(L, index); break;
    case LUA_TNUMBER: push_count(L, lua_tointeger(L, index)); break;
    case LUA_TBOOLEAN: lpeg_push_leaf(L, lua_toboolean(L, index) ? NODE_TRUE : NODE_FALSE, 0); break;
    case LUA_TTABLE: lpeg_push_grammar(L, index); break;
    case LUA_TFUNCTION: push_function(L, index); break;
    default: luaL_typeerror(L, index, LPEG_PATTERN);
  }
  lua_replace(L, index);
  return lua_touserdata(L, index);
}
