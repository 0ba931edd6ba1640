/*
** lpeg_compile.c: from nodes to code. The plans say where the code of each node lies, relative to that
** of the whole; so nodes are written from the whole to its parts, each to its own place.
*/
#include <string.h>

#include "lauxlib.h"
#include "lpeg.h"

#define SETS_MOST 65535 /* what a key can number */
#define SETS_COMPARED 32 /* of the latest sets, an equal one is taken again */
#define CHAIN_MOST 64 /* jumps to jumps that are followed */

typedef struct Emitter {
  lua_State *L;
  const Node *nodes;
  const unsigned char *bytes;
  Plan *plans;
  Instruction *code;
  Set *sets;
  uint32_t set_count, set_capacity;
  int set_slot; /* stack index of the userdata that holds the sets */
} Emitter;

/* ---- instructions --------------------------------------------------------------------------- */

static void put(Emitter *emitter, uint32_t at, int op, int32_t n) {
  emitter->code[at] = (Instruction){.op = (uint8_t)op, .n = n};
}

static void put_jump(Emitter *emitter, uint32_t at, int op, uint32_t target) {
  put(emitter, at, op, (int32_t)(target - at));
}

static uint16_t set_key(Emitter *emitter, const Set *set) {
  uint32_t i, least = emitter->set_count > SETS_COMPARED ? emitter->set_count - SETS_COMPARED : 0;
  for (i = emitter->set_count; i-- > least;)
    if (set_equal(&emitter->sets[i], set)) return (uint16_t)i;
  if (emitter->set_count == SETS_MOST) luaL_error(emitter->L, "too many sets in pattern");
  if (emitter->set_count == emitter->set_capacity) {
    size_t used = emitter->set_count * sizeof(Set), size = used * 2 + 16 * sizeof(Set);
    emitter->sets = lpeg_grow(emitter->L, emitter->set_slot, emitter->sets, used, size);
    emitter->set_capacity = (uint32_t)(size / sizeof(Set));
  }
  emitter->sets[emitter->set_count] = *set;
  return (uint16_t)emitter->set_count++;
}

static void put_set(Emitter *emitter, uint32_t at, int op, const Set *set) {
  uint16_t key = set_key(emitter, set);
  put(emitter, at, op, 0);
  emitter->code[at].key = key;
}

/* Goes to `target` unless the next byte is in the set. */
static void put_test(Emitter *emitter, uint32_t at, const Set *set, uint32_t target) {
  int single = set_single(set);
  if (set_full(set)) {
    put_jump(emitter, at, OP_TEST_ANY, target);
  } else if (single >= 0) {
    put_jump(emitter, at, OP_TEST_CHAR, target);
    emitter->code[at].kind = (uint8_t)single;
  } else {
    uint16_t key = set_key(emitter, set);
    put_jump(emitter, at, OP_TEST_SET, target);
    emitter->code[at].key = key;
  }
}

/* A test of the first byte of a part, where it decides, and an entry of the stack: where the part begins. */
static uint32_t put_guard(Emitter *emitter, uint32_t at, const Plan *part, uint32_t otherwise) {
  if (plan_tests(part)) put_test(emitter, at++, &part->first, otherwise);
  put_jump(emitter, at++, OP_CHOICE, otherwise);
  return at;
}

/* ---- nodes ---------------------------------------------------------------------------------- */

static void emit_set(Emitter *emitter, int i, const Set *set) {
  const Plan *plan = &emitter->plans[i];
  int single = set_single(set);
  if (plan->known >= 0 && set_within(&emitter->plans[plan->known].first, set)) {
    put(emitter, plan->start, OP_SKIP, 1);
  } else if (set_full(set)) {
    put(emitter, plan->start, OP_ANY, 1);
  } else if (single >= 0) {
    put(emitter, plan->start, OP_CHAR, 1);
    emitter->code[plan->start].kind = (uint8_t)single;
  } else {
    put_set(emitter, plan->start, OP_SET, set);
  }
}

static void emit_text(Emitter *emitter, int i) {
  const Node *node = &emitter->nodes[i];
  uint32_t at = emitter->plans[i].start, done = 0;
  while (done < node->count) {
    uint32_t some = node->count - done < TEXT_MOST ? node->count - done : TEXT_MOST;
    put(emitter, at, OP_TEXT, (int32_t)(node->at + done));
    emitter->code[at++].kind = (uint8_t)some;
    done += some;
  }
}

static void emit_sequence(Emitter *emitter, int i) {
  Plan *plan = &emitter->plans[i];
  uint32_t at = plan->start + plan->length;
  int first = i;
  FOR_PARTS(part, emitter->nodes, i) {
    at -= emitter->plans[part].length;
    emitter->plans[part].start = at;
    first = part;
  }
  emitter->plans[first].known = plan->known;
}

/* The alternative ends before `at`, where the next one begins: where it begins itself. */
static uint32_t emit_alternative(Emitter *emitter, int part, uint32_t at, uint32_t end) {
  Plan *plan = &emitter->plans[part];
  uint32_t next = at;
  if (plan->guard == GUARD_NONE) return plan->start = at - plan->length;
  put_jump(emitter, --at, plan->guard == GUARD_TEST ? OP_JUMP : OP_COMMIT, end);
  at -= plan->length;
  plan->start = at;
  if (plan_tests(plan)) plan->known = part;
  if (plan->guard == GUARD_TEST) {
    put_test(emitter, --at, &plan->first, next);
  } else {
    at -= 1 + (uint32_t)plan_tests(plan);
    put_guard(emitter, at, plan, next);
  }
  return at;
}

static void emit_choice(Emitter *emitter, int i) {
  uint32_t end = emitter->plans[i].start + emitter->plans[i].length, at = end;
  FOR_PARTS(part, emitter->nodes, i) at = emit_alternative(emitter, part, at, end);
}

/* Runs over bytes that neither end the loop nor begin `p`; where `p` matches, the loop ends. */
static void emit_search(Emitter *emitter, int i) {
  uint32_t at = emitter->plans[i].start, end = at + emitter->plans[i].length;
  Plan *part = &emitter->plans[i - 4];
  Set set, span = part->first;
  first_node_set(&emitter->nodes[i - 2], emitter->bytes, &set);
  set_invert(&span);
  set_intersect(&span, &set);
  put_set(emitter, at, OP_SPAN, &span);
  put_test(emitter, at + 1, &part->first, end);
  put_jump(emitter, at + 2, OP_CHOICE, end - 3);
  part->start = at + 3;
  part->known = i - 4;
  put_jump(emitter, end - 4, OP_BACK, end);
  put_test(emitter, end - 3, &set, end);
  put(emitter, end - 2, OP_SKIP, 1);
  put_jump(emitter, end - 1, OP_JUMP, at);
}

static void emit_loop(Emitter *emitter, int i) {
  uint32_t at = emitter->plans[i].start, end = at + emitter->plans[i].length;
  Plan *body = &emitter->plans[i - 1];
  if (emitter->plans[i].way == WAY_TEST) {
    put_test(emitter, at, &body->first, end);
    body->start = at + 1;
    body->known = i - 1;
    put_jump(emitter, end - 1, OP_JUMP, at);
  } else {
    body->start = put_guard(emitter, at, body, end);
    put_jump(emitter, end - 1, OP_PARTIAL, body->start);
  }
}

static void emit_repeat(Emitter *emitter, int i) {
  Set set;
  switch (emitter->plans[i].way) {
    case WAY_SPAN:
      first_node_set(&emitter->nodes[i - 1], emitter->bytes, &set);
      put_set(emitter, emitter->plans[i].start, OP_SPAN, &set);
      break;
    case WAY_SEARCH: emit_search(emitter, i); break;
    default: emit_loop(emitter, i); break;
  }
}

static void emit_not(Emitter *emitter, int i) {
  uint32_t at = emitter->plans[i].start, end = at + emitter->plans[i].length;
  Plan *part = &emitter->plans[i - 1];
  if (emitter->plans[i].way == WAY_TEST) {
    put_test(emitter, at, &part->first, end);
    put(emitter, at + 1, OP_FAIL, 0);
  } else {
    part->start = put_guard(emitter, at, part, end);
    if (plan_tests(part)) part->known = i - 1;
    put(emitter, end - 1, OP_FAIL_TWICE, 0);
  }
}

static void emit_and(Emitter *emitter, int i) {
  uint32_t at = emitter->plans[i].start, end = at + emitter->plans[i].length;
  Plan *part = &emitter->plans[i - 1];
  if (emitter->plans[i].way == WAY_BEHIND) {
    part->start = at;
    put(emitter, end - 1, OP_BEHIND, part->facts.length);
  } else {
    put_jump(emitter, at, OP_CHOICE, end - 1);
    part->start = at + 1;
    put_jump(emitter, end - 2, OP_BACK, end);
    put(emitter, end - 1, OP_FAIL, 0);
  }
}

static void emit_capture(Emitter *emitter, int i) {
  const Node *node = &emitter->nodes[i];
  uint32_t at = emitter->plans[i].start, last = at + emitter->plans[i].length - 1;
  Plan *part = &emitter->plans[i - 1];
  int full = emitter->plans[i].way == WAY_FULL;
  Instruction *capture = &emitter->code[full ? last : at];
  put(emitter, at, OP_OPEN, 0);
  put(emitter, last, full ? OP_FULL : OP_CLOSE, full ? part->facts.length : 0);
  part->start = full ? at : at + 1;
  part->known = emitter->plans[i].known;
  capture->kind = node->capture;
  capture->key = node->key != 0 ? node->key : (uint16_t)node->count;
}

static void emit_runtime(Emitter *emitter, int i) {
  uint32_t at = emitter->plans[i].start, last = at + emitter->plans[i].length - 1;
  put(emitter, at, OP_OPEN, 0);
  emitter->code[at].kind = CAPTURE_GROUP;
  emitter->plans[i - 1].start = at + 1;
  put(emitter, last, OP_CLOSE_RUNTIME, 0);
  emitter->code[last].key = emitter->nodes[i].key;
}

/* A call of the first rule, a jump to the end, the rules. */
static void emit_grammar(Emitter *emitter, int i) {
  uint32_t start = emitter->plans[i].start, end = start + emitter->plans[i].length, at = end;
  put_jump(emitter, start, OP_CALL, start + 2);
  put_jump(emitter, start + 1, OP_JUMP, end);
  FOR_PARTS(part, emitter->nodes, i) {
    at -= emitter->plans[part].length;
    emitter->plans[part].start = at;
  }
}

static void emit_node(Emitter *emitter, int i) {
  const Node *node = &emitter->nodes[i];
  uint32_t at = emitter->plans[i].start;
  Plan *part = &emitter->plans[i - (node->size > 1)];
  Set set;
  if (first_node_set(node, emitter->bytes, &set)) {
    emit_set(emitter, i, &set);
    return;
  }
  switch (node->kind) {
    case NODE_FALSE: put(emitter, at, OP_FAIL, 0); break;
    case NODE_ANY: put(emitter, at, OP_ANY, (int32_t)node->count); break;
    case NODE_TEXT: emit_text(emitter, i); break;
    case NODE_SEQUENCE: emit_sequence(emitter, i); break;
    case NODE_CHOICE: emit_choice(emitter, i); break;
    case NODE_REPEAT: emit_repeat(emitter, i); break;
    case NODE_NOT: emit_not(emitter, i); break;
    case NODE_AND: emit_and(emitter, i); break;
    case NODE_CAPTURE: emit_capture(emitter, i); break;
    case NODE_RUNTIME: emit_runtime(emitter, i); break;
    case NODE_GRAMMAR: emit_grammar(emitter, i); break;
    case NODE_CALL: put_jump(emitter, at, OP_CALL, emitter->plans[i + (int32_t)node->at].start); break;
    case NODE_BEHIND:
      put(emitter, at, OP_BEHIND, (int32_t)node->count);
      part->start = at + 1;
      break;
    case NODE_RULE:
      part->start = at;
      put(emitter, at + part->length, OP_RETURN, 0);
      break;
    default: break; /* TRUE */
  }
}

/* ---- jumps ---------------------------------------------------------------------------------- */

static int jumps(const Instruction *at) {
  return at->op >= OP_TEST_ANY && at->op <= OP_CALL;
}

/* Where a jump ends that leads to further jumps. */
static const Instruction *final(const Instruction *at) {
  int i;
  for (i = 0; i < CHAIN_MOST && at->op == OP_JUMP; i++) at += at->n;
  return at;
}

/* Jumps lead to where the last one of a chain leads; a call before a return is a jump. */
static void shorten_jumps(Instruction *code, uint32_t count) {
  uint32_t i;
  for (i = 0; i < count; i++) {
    Instruction *at = &code[i];
    const Instruction *target;
    if (!jumps(at)) continue;
    if (at->op == OP_CALL && final(at + 1)->op == OP_RETURN) at->op = OP_JUMP;
    target = final(at + at->n);
    at->n = (int32_t)(target - at);
    if (at->op == OP_JUMP && (target->op == OP_RETURN || target->op == OP_FAIL || target->op == OP_END))
      *at = *target;
  }
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void refuse_open_calls(lua_State *L, int index, const Pattern *pattern) {
  uint32_t i;
  for (i = 0; i < pattern->nodes; i++) {
    if (pattern->node[i].kind != NODE_OPEN_CALL) continue;
    if (lpeg_push_values(L, index) == LUA_TTABLE) lua_rawgeti(L, -1, pattern->node[i].key);
    luaL_error(L, "rule '%s' used outside a grammar", lpeg_rule_name(L, -1));
  }
}

static int has_runtime(const Pattern *pattern) {
  uint32_t i;
  for (i = 0; i < pattern->nodes; i++)
    if (pattern->node[i].kind == NODE_RUNTIME) return 1;
  return 0;
}

static Plan *push_plans(lua_State *L, const Pattern *pattern) {
  int i, count = (int)pattern->nodes;
  Plan *plans = lua_newuserdatauv(L, (size_t)count * sizeof *plans, 0);
  Facts *facts = lua_newuserdatauv(L, (size_t)count * sizeof *facts, 0);
  facts_all(pattern->node, count, facts);
  for (i = 0; i < count; i++) plans[i].facts = facts[i];
  lua_pop(L, 1);
  first_all(pattern->node, count, lpeg_bytes(pattern), plans);
  plan_all(pattern->node, count, lpeg_bytes(pattern), plans);
  return plans;
}

const Set *lpeg_sets(const Code *code) {
  return (const Set *)(code->at + code->count);
}

static void push_finished(Emitter *emitter, uint32_t count, const Pattern *pattern) {
  size_t sets = emitter->set_count * sizeof(Set);
  Code *code = lua_newuserdatauv(emitter->L, sizeof *code + count * sizeof(Instruction) + sets, 0);
  *code = (Code){.owner = pattern, .mark = CODE_MARK, .count = count, .sets = emitter->set_count};
  code->runtime = (uint8_t)has_runtime(pattern);
  memcpy(code->at, emitter->code, count * sizeof(Instruction));
  if (sets > 0) memcpy(code->at + count, emitter->sets, sets);
}

void lpeg_push_code(lua_State *L, int index) {
  const Pattern *pattern = lpeg_test(L, index);
  int i, top = lua_gettop(L), last = (int)pattern->nodes - 1;
  Emitter emitter = {.L = L, .nodes = pattern->node, .bytes = lpeg_bytes(pattern), .set_slot = top + 1};
  uint32_t count;
  luaL_checkstack(L, 8, "no room to compile a pattern");
  refuse_open_calls(L, index, pattern);
  lua_pushnil(L); /* the slot of sets */
  emitter.plans = push_plans(L, pattern);
  count = emitter.plans[last].length + 1;
  emitter.code = lua_newuserdatauv(L, count * sizeof(Instruction), 0);
  emitter.plans[last].start = 0;
  for (i = last; i >= 0; i--)
    if (emitter.plans[i].start != NOWHERE) emit_node(&emitter, i);
  put(&emitter, count - 1, OP_END, 0);
  shorten_jumps(emitter.code, count);
  push_finished(&emitter, count, pattern);
  lua_replace(L, top + 1);
  lua_settop(L, top + 1);
}
