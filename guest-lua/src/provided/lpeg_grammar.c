/*
** lpeg_grammar.c: a pattern out of a table of rules. The initial rule comes first, the others as the
** table gives them. Calls in the rules, which were by name, become calls by place.
*/
#include <string.h>

#include "lauxlib.h"
#include "lpeg.h"

/* Rules lie on the Lua stack as pairs of name and pattern, from `rules` on. */
typedef struct Grammar {
  lua_State *L;
  int rules;       /* stack index of the first name */
  int count;
  Pattern *pattern;
  Facts *facts;
  unsigned char *reached; /* nodes that a rule may come to before it takes a byte */
  int start[LPEG_RULES_MOST + 1]; /* first node of each rule, and the end */
  unsigned char used[LPEG_RULES_MOST]; /* the initial rule, and those that are called */
  /* The way from a rule down the calls that it reaches, and at which node each rule on it stands. */
  unsigned char state[LPEG_RULES_MOST];
  int path[LPEG_RULES_MOST], at[LPEG_RULES_MOST];
} Grammar;

/* The name of a rule for an error message; may push. */
const char *lpeg_rule_name(lua_State *L, int index) {
  const char *name = lua_tostring(L, index);
  return name != NULL ? name : lua_pushfstring(L, "(a %s)", luaL_typename(L, index));
}

/* ---- collecting rules ----------------------------------------------------------------------- */

/* Pushes the name of the initial rule and the rule. A name at [1] that is a string or a number is that
   of the initial rule; anything else there is the initial rule itself. */
static void push_initial(lua_State *L, int table) {
  lua_rawgeti(L, table, 1);
  if (lua_isstring(L, -1)) {
    lua_pushvalue(L, -1);
    lua_gettable(L, table);
  } else {
    lua_pushinteger(L, 1);
    lua_insert(L, -2);
  }
  if (lpeg_test(L, lua_gettop(L)) != NULL) return;
  if (lua_isnil(L, -1)) luaL_error(L, "grammar has no initial rule");
  luaL_error(L, "initial rule '%s' is not a pattern", lua_tostring(L, -2));
}

static int is_initial(Grammar *grammar, int key) {
  lua_State *L = grammar->L;
  return (lua_type(L, key) == LUA_TNUMBER && lua_tonumber(L, key) == 1) || lua_rawequal(L, key, grammar->rules);
}

/* Leaves the pairs on the stack. */
static void collect_rules(Grammar *grammar, int table) {
  lua_State *L = grammar->L;
  grammar->rules = lua_gettop(L) + 1;
  push_initial(L, table);
  grammar->count = 1;
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    if (is_initial(grammar, lua_gettop(L) - 1)) {
      lua_pop(L, 1);
      continue;
    }
    if (lpeg_test(L, lua_gettop(L)) == NULL)
      luaL_error(L, "rule '%s' is not a pattern", lpeg_rule_name(L, lua_gettop(L) - 1));
    luaL_checkstack(L, LUA_MINSTACK, "grammar has too many rules");
    grammar->count++;
    luaL_argcheck(L, grammar->count <= LPEG_RULES_MOST, table, "grammar has too many rules");
    lua_pushvalue(L, -2); /* the key again, to go on from */
  }
}

static Pattern *rule_pattern(const Grammar *grammar, int rule) {
  return lpeg_test(grammar->L, grammar->rules + 2 * rule + 1);
}

/* ---- the pattern ---------------------------------------------------------------------------- */

static void push_empty(Grammar *grammar) {
  size_t nodes = 1, bytes = 0;
  int i;
  for (i = 0; i < grammar->count; i++) {
    const Pattern *rule = rule_pattern(grammar, i);
    nodes += (size_t)rule->nodes + 1;
    bytes += rule->bytes;
    if (bytes > LPEG_BYTES_MOST) luaL_error(grammar->L, "pattern too large");
  }
  grammar->pattern = lpeg_new(grammar->L, nodes, bytes);
}

/* Joins the values of all rules in one table, once. */
static void join_rule_values(Grammar *grammar) {
  lua_State *L = grammar->L;
  uint32_t total = 0, value;
  int i;
  for (i = 0; i < grammar->count; i++) {
    total += rule_pattern(grammar, i)->values;
    if (total > LPEG_VALUES_MOST) luaL_error(L, "too many Lua values in pattern");
  }
  if (total == 0) return;
  lua_createtable(L, (int)total, 0);
  for (i = 0; i < grammar->count; i++) {
    uint32_t own = rule_pattern(grammar, i)->values;
    lpeg_push_values(L, grammar->rules + 2 * i + 1);
    for (value = 1; value <= own && lua_istable(L, -1); value++) {
      lua_rawgeti(L, -1, value);
      lua_rawseti(L, -3, ++grammar->pattern->values);
    }
    lua_pop(L, 1);
  }
  lua_setiuservalue(L, -2, 1);
}

static void copy_rules(Grammar *grammar) {
  Pattern *pattern = grammar->pattern;
  Node *end = pattern->node;
  uint32_t bytes = 0, keys = 0;
  int i;
  for (i = 0; i < grammar->count; i++) {
    const Pattern *rule = rule_pattern(grammar, i);
    grammar->start[i] = (int)(end - pattern->node);
    end = lpeg_copy_nodes(end, rule, rule->nodes, bytes, keys);
    *end++ = (Node){.kind = NODE_RULE, .size = rule->nodes + 1};
    memcpy(lpeg_bytes(pattern) + bytes, lpeg_bytes(rule), rule->bytes);
    bytes += rule->bytes;
    keys += rule->values;
  }
  grammar->start[i] = (int)(end - pattern->node);
  *end = (Node){.kind = NODE_GRAMMAR, .size = pattern->nodes, .at = (uint32_t)grammar->start[1]};
}

/* Pushes a table from the names of rules to their numbers. */
static void push_rule_numbers(Grammar *grammar) {
  lua_State *L = grammar->L;
  int i;
  lua_createtable(L, 0, grammar->count);
  for (i = 0; i < grammar->count; i++) {
    lua_pushvalue(L, grammar->rules + 2 * i);
    lua_pushinteger(L, i);
    lua_rawset(L, -3);
  }
}

/* With the new pattern on top. */
static void resolve_calls(Grammar *grammar) {
  lua_State *L = grammar->L;
  int i, rule, top = lua_gettop(L);
  memset(grammar->used, 0, sizeof grammar->used);
  grammar->used[0] = 1;
  push_rule_numbers(grammar);
  lpeg_push_values(L, top);
  for (i = 0; i < (int)grammar->pattern->nodes; i++) {
    Node *node = &grammar->pattern->node[i];
    if (node->kind != NODE_OPEN_CALL) continue;
    lua_rawgeti(L, top + 2, node->key);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, top + 1) != LUA_TNUMBER)
      luaL_error(L, "rule '%s' undefined in given grammar", lpeg_rule_name(L, top + 3));
    *node = (Node){.kind = NODE_CALL, .size = 1};
    rule = (int)lua_tointeger(L, -1);
    node->at = (uint32_t)(grammar->start[rule + 1] - 1 - i);
    grammar->used[rule] = 1;
    lua_settop(L, top + 2);
  }
  lua_settop(L, top);
}

/* ---- checks: as in LPeg, a rule that nobody calls is not looked at ---------------------------- */

/* Of a sequence, the parts up to the first that takes something are reached. */
static void reach_sequence(const Grammar *grammar, int i) {
  int last = i;
  FOR_PARTS(part, grammar->pattern->node, i) if (!grammar->facts[part].nullable) last = part;
  FOR_PARTS(part, grammar->pattern->node, i) grammar->reached[part] = part <= last;
}

/* Marks what each rule reaches; nested grammars were checked when they were made. */
static void reach_nodes(const Grammar *grammar) {
  const Node *nodes = grammar->pattern->node;
  int i = (int)grammar->pattern->nodes - 1;
  memset(grammar->reached, 0, (size_t)i + 1);
  FOR_PARTS(rule, nodes, i) grammar->reached[rule] = 1;
  for (i--; i >= 0; i--) {
    if (nodes[i].kind == NODE_GRAMMAR) {
      i -= (int)nodes[i].size - 1;
    } else if (grammar->reached[i] && nodes[i].kind == NODE_SEQUENCE) {
      reach_sequence(grammar, i);
    } else if (grammar->reached[i]) {
      FOR_PARTS(part, nodes, i) grammar->reached[part] = 1;
    }
  }
}

static int rule_at(const Grammar *grammar, int node) {
  int low = 0, high = grammar->count - 1;
  while (low < high) {
    int middle = (low + high + 1) / 2;
    if (grammar->start[middle] <= node) low = middle; else high = middle - 1;
  }
  return low;
}

/* LPeg walks round the circle until it has passed as many rules as a grammar may have, and names the
   one where it stands then. */
static void refuse_recursion(const Grammar *grammar, int from, int end) {
  int named = grammar->path[from + (LPEG_RULES_MOST - from) % (end - from)];
  const char *name = lpeg_rule_name(grammar->L, grammar->rules + 2 * named);
  luaL_error(grammar->L, "rule '%s' may be left recursive", name);
}

enum { FRESH, ON_PATH, DONE };

/* The next rule that is reached from the rule, from node `*at` on, or -1. */
static int next_call(const Grammar *grammar, int rule, int *at) {
  const Node *nodes = grammar->pattern->node;
  for (; *at < grammar->start[rule + 1]; ++*at) {
    if (nodes[*at].kind == NODE_CALL && grammar->reached[*at])
      return rule_at(grammar, *at + (int32_t)nodes[*at].at);
  }
  return -1;
}

static int step_down(Grammar *grammar, int rule, int depth) {
  grammar->state[rule] = ON_PATH;
  grammar->path[depth] = rule;
  grammar->at[depth] = grammar->start[rule];
  return depth + 1;
}

/* Goes down the calls that rules reach, from `first` on, until it meets a rule again. */
static void check_recursion_from(Grammar *grammar, int first) {
  int depth = step_down(grammar, first, 0);
  while (depth > 0) {
    int from = 0, call = next_call(grammar, grammar->path[depth - 1], &grammar->at[depth - 1]);
    if (call < 0) {
      grammar->state[grammar->path[--depth]] = DONE;
      continue;
    }
    grammar->at[depth - 1]++;
    if (grammar->state[call] == FRESH) {
      depth = step_down(grammar, call, depth);
    } else if (grammar->state[call] == ON_PATH) {
      while (grammar->path[from] != call) from++;
      refuse_recursion(grammar, from, depth);
    }
  }
}

static void check_recursion(Grammar *grammar) {
  int i;
  memset(grammar->state, FRESH, sizeof grammar->state);
  reach_nodes(grammar);
  for (i = 0; i < grammar->count; i++)
    if (grammar->used[i] && grammar->state[i] == FRESH) check_recursion_from(grammar, i);
}

/* Names the first rule that has one. */
static void check_loops(const Grammar *grammar) {
  const Node *nodes = grammar->pattern->node;
  int i, found = -1;
  for (i = (int)grammar->pattern->nodes - 2; i >= 0; i--) {
    int empty = nodes[i].kind == NODE_REPEAT && grammar->facts[i - 1].nullable;
    if (nodes[i].kind == NODE_GRAMMAR) i -= (int)nodes[i].size - 1;
    else if (empty && grammar->used[rule_at(grammar, i)]) found = i;
  }
  if (found < 0) return;
  found = grammar->rules + 2 * rule_at(grammar, found);
  luaL_error(grammar->L, "empty loop in rule '%s'", lpeg_rule_name(grammar->L, found));
}

void lpeg_push_grammar(lua_State *L, int index) {
  Grammar *grammar = lua_newuserdatauv(L, sizeof *grammar, 0);
  int bottom = lua_gettop(L);
  uint32_t nodes;
  grammar->L = L;
  collect_rules(grammar, index);
  push_empty(grammar);
  join_rule_values(grammar);
  copy_rules(grammar);
  resolve_calls(grammar);
  nodes = grammar->pattern->nodes;
  grammar->facts = lua_newuserdatauv(L, nodes * (sizeof(Facts) + 1), 0);
  grammar->reached = (unsigned char *)(grammar->facts + nodes);
  facts_all(grammar->pattern->node, (int)nodes, grammar->facts);
  check_recursion(grammar);
  check_loops(grammar);
  grammar->pattern->facts = grammar->facts[nodes - 1];
  lua_pop(L, 1);
  lua_replace(L, bottom);
  lua_settop(L, bottom);
}
