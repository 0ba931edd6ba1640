/*
** lpeg_list.c: the list of captures while matching: what begins and ends where, in the order of the
** subject. Values are made of it when the match is done, but for those of match-time captures, which
** the list then has in the place of their parts.
*/
#include <string.h>

#include "lauxlib.h"
#include "lpeg.h"

/* A block of `size` bytes in the place of the one in the slot, with its first `used` bytes. */
void *lpeg_grow(lua_State *L, int slot, const void *old, size_t used, size_t size) {
  void *block = lua_newuserdatauv(L, size, 0);
  if (used > 0) memcpy(block, old, used);
  lua_replace(L, slot);
  return block;
}

static Capture *append(Match *match) {
  if (match->count == match->capacity) {
    uint32_t capacity = match->capacity * 2;
    if (capacity > INT32_MAX / sizeof(Capture)) luaL_error(match->L, "too many captures");
    match->captures = lpeg_grow(match->L, match->slots + SLOT_CAPTURES, match->captures,
                                match->count * sizeof(Capture), capacity * sizeof(Capture));
    match->capacity = capacity;
  }
  return &match->captures[match->count++];
}

void list_open(Match *match, const Instruction *at, uint32_t place) {
  uint32_t parent = match->open;
  Capture *capture = append(match);
  *capture = (Capture){place, NO_CAPTURE, parent, at->key, at->kind, 1};
  match->open = match->count - 1;
}

void list_full(Match *match, const Instruction *at, uint32_t place) {
  uint32_t length = (uint32_t)at->n;
  *append(match) = (Capture){place - length, length, match->open, at->key, at->kind, 0};
}

/* A capture without parts becomes a whole one. */
void list_close(Match *match, uint32_t place) {
  uint32_t open = match->open;
  Capture *opening = &match->captures[open];
  match->open = opening->parent;
  if (open == match->count - 1) {
    opening->link = place - opening->at;
    opening->open = 0;
    return;
  }
  *append(match) = (Capture){place, open, match->open, 0, CAPTURE_CLOSE, 0};
  match->captures[open].link = match->count - 1;
}

/* The innermost capture that is open where the list ends. */
static uint32_t innermost(const Match *match) {
  const Capture *last;
  if (match->count == 0) return NO_CAPTURE;
  last = &match->captures[match->count - 1];
  return last->open ? match->count - 1 : last->parent;
}

void list_truncate(Match *match, uint32_t count) {
  uint32_t i;
  if (match->count == count) return;
  for (i = count; match->values > 0 && i < match->count; i++)
    if (match->captures[i].kind == CAPTURE_DYNAMIC) match->values--;
  match->count = count;
  match->open = innermost(match);
}

/* ---- match-time captures -------------------------------------------------------------------- */

/* Calls the function with the subject, the place, and the values of the parts: the number of results. */
static int call_function(Match *match, const Instruction *at, uint32_t place) {
  lua_State *L = match->L;
  int base = lua_gettop(L), values;
  luaL_checkstack(L, 8, "too many captures");
  lua_rawgeti(L, match->slots + SLOT_CONSTANTS, at->key);
  lua_pushvalue(L, SUBJECT);
  lua_pushinteger(L, (lua_Integer)place + 1);
  values = capture_values(match, match->open + 1, match->count);
  if (values == 0) {
    const char *text = match->subject + match->captures[match->open].at;
    lua_pushlstring(L, text, (size_t)(match->subject + place - text));
    values = 1;
  }
  lua_call(L, values + 2, LUA_MULTRET);
  return lua_gettop(L) - base;
}

/* What the first result says: the new place, or -1. */
static int64_t answered_place(Match *match, int index, uint32_t place) {
  lua_State *L = match->L;
  lua_Integer answer;
  if (!lua_toboolean(L, index)) return -1;
  if (lua_isboolean(L, index)) return place;
  answer = lua_tointeger(L, index) - 1;
  if (answer < place || answer > (lua_Integer)match->size)
    luaL_error(L, "invalid position returned by match-time capture");
  return answer;
}

/* The results from `base` on, in a group of their own in the list. */
static void keep_values(Match *match, int base, uint32_t from, uint32_t place) {
  const Instruction group = {.kind = CAPTURE_GROUP};
  lua_State *L = match->L;
  int i, top = lua_gettop(L);
  if (top < base) return;
  luaL_checkstack(L, 4, "too many results in match-time capture");
  list_open(match, &group, from);
  for (i = base; i <= top; i++) {
    *append(match) = (Capture){place, ++match->values, match->open, 0, CAPTURE_DYNAMIC, 0};
    lua_pushvalue(L, i);
    lua_rawseti(L, match->slots + SLOT_VALUES, match->values);
  }
  list_close(match, place);
}

int64_t list_close_runtime(Match *match, const Instruction *at, uint32_t place) {
  int base = lua_gettop(match->L);
  int results = call_function(match, at, place);
  uint32_t open = match->open, from = match->captures[open].at;
  int64_t answer = results == 0 ? -1 : answered_place(match, base + 1, place);
  list_truncate(match, open);
  if (answer >= 0) keep_values(match, base + 2, from, (uint32_t)answer);
  lua_settop(match->L, base);
  return answer;
}
