/*
** lpeg_machine.c: the machine that matches. It has a place in the code, a place in the subject, a list
** of captures, and a stack: entries that a failure goes back to, and returns of calls.
*/
#include <string.h>

#include "lauxlib.h"
#include "lpeg.h"

/* A failure goes on at `code`, with the subject and the captures of then. A return has no subject. */
typedef struct Back {
  const Instruction *code;
  const char *subject;
  uint32_t captures;
} Back;

typedef struct Stack {
  Back *entries;
  uint32_t capacity;
} Stack;

static uint32_t stack_limit(lua_State *L) {
  lua_Integer limit;
  lua_getfield(L, LUA_REGISTRYINDEX, LPEG_LIMIT);
  limit = lua_tointeger(L, -1);
  lua_pop(L, 1);
  return (uint32_t)limit;
}

/* Twice the room, at most that of the limit; the first LPEG_BACKTRACKS entries are not counted. */
static void grow_stack(Match *match, Stack *stack) {
  uint32_t limit = stack_limit(match->L), capacity = stack->capacity;
  uint32_t most = limit > LPEG_BACKTRACKS ? limit : LPEG_BACKTRACKS;
  if (capacity >= most) luaL_error(match->L, "backtrack stack overflow (current limit is %d)", (int)limit);
  capacity = capacity > most / 2 ? most : capacity * 2;
  if (capacity > INT32_MAX / sizeof(Back)) luaL_error(match->L, "not enough memory");
  stack->entries = lpeg_grow(match->L, match->slots + SLOT_BACKTRACKS, stack->entries,
                             stack->capacity * sizeof(Back), capacity * sizeof(Back));
  stack->capacity = capacity;
}

#define HAS(set, byte) ((set).words[(unsigned char)(byte) >> 5] >> ((unsigned char)(byte) & 31) & 1)
#define NEXT { at++; continue; }
#define JUMP { at += at->n; continue; }
#define PUSH(where, from) \
  { \
    if (top == stack.capacity) grow_stack(match, &stack); \
    stack.entries[top++] = (Back){where, from, match->count}; \
  }

/* One function, since it is the inner loop: each instruction is a case of a few lines. */
const char *machine_run(Match *match, const char *from) {
  static const Instruction give_up = {.op = OP_GIVE_UP};
  Back first[INLINE_BACKTRACKS];
  Stack stack = {first, INLINE_BACKTRACKS};
  const Instruction *at = match->code->at;
  const Set *sets = lpeg_sets(match->code);
  const char *s = from, *subject = match->subject, *end = subject + match->size;
  const unsigned char *bytes = lpeg_bytes(match->pattern);
  uint32_t top = 0;
  PUSH(&give_up, s)
  for (;;) {
    switch (at->op) {
      case OP_END: return s;
      case OP_GIVE_UP: return NULL;
      case OP_ANY:
        if (end - s < at->n) break;
        s += at->n;
        NEXT
      case OP_SKIP: s += at->n; NEXT
      case OP_CHAR:
        if (s == end || (unsigned char)*s != at->kind) break;
        s++;
        NEXT
      case OP_TEXT:
        if (end - s < at->kind || memcmp(s, bytes + at->n, at->kind) != 0) break;
        s += at->kind;
        NEXT
      case OP_SET:
        if (s == end || !HAS(sets[at->key], *s)) break;
        s++;
        NEXT
      case OP_SPAN: {
        const Set *set = &sets[at->key];
        while (s != end && HAS(*set, *s)) s++;
        NEXT
      }
      case OP_BEHIND:
        if (s - subject < at->n) break;
        s -= at->n;
        NEXT
      case OP_TEST_ANY:
        if (s != end) NEXT
        JUMP
      case OP_TEST_CHAR:
        if (s != end && (unsigned char)*s == at->kind) NEXT
        JUMP
      case OP_TEST_SET:
        if (s != end && HAS(sets[at->key], *s)) NEXT
        JUMP
      case OP_CHOICE:
        PUSH(at + at->n, s)
        NEXT
      case OP_COMMIT: top--; JUMP
      case OP_PARTIAL:
        stack.entries[top - 1].subject = s;
        stack.entries[top - 1].captures = match->count;
        JUMP
      case OP_BACK:
        s = stack.entries[--top].subject;
        list_truncate(match, stack.entries[top].captures);
        JUMP
      case OP_JUMP: JUMP
      case OP_CALL:
        PUSH(at + 1, NULL)
        JUMP
      case OP_RETURN: at = stack.entries[--top].code; continue;
      case OP_FAIL: break;
      case OP_FAIL_TWICE: top--; break;
      case OP_OPEN: list_open(match, at, (uint32_t)(s - subject)); NEXT
      case OP_CLOSE: list_close(match, (uint32_t)(s - subject)); NEXT
      case OP_FULL: list_full(match, at, (uint32_t)(s - subject)); NEXT
      case OP_CLOSE_RUNTIME: {
        int64_t place = list_close_runtime(match, at, (uint32_t)(s - subject));
        if (place < 0) break;
        s = subject + place;
        NEXT
      }
    }
    do top--; while (stack.entries[top].subject == NULL); /* returns of calls that failed */
    s = stack.entries[top].subject;
    list_truncate(match, stack.entries[top].captures);
    at = stack.entries[top].code;
  }
}
