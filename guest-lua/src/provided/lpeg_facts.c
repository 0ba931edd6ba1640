/*
** lpeg_facts.c: what is known of a pattern whatever comes after it. Calls of rules make the facts of
** a grammar depend on each other; they are computed again until nothing changes. They only ever change
** in one direction, so that ends.
*/
#include "lpeg.h"

static int32_t length_sum(int32_t a, int32_t b) {
  if (a == LENGTH_VARIES || b == LENGTH_VARIES) return LENGTH_VARIES;
  if (a == LENGTH_UNKNOWN || b == LENGTH_UNKNOWN) return LENGTH_UNKNOWN;
  return a > INT32_MAX - b ? INT32_MAX : a + b; /* no subject is that long: it never matches */
}

static int32_t length_either(int32_t a, int32_t b) {
  if (a == LENGTH_UNKNOWN) return b;
  if (b == LENGTH_UNKNOWN) return a;
  return a == b ? a : LENGTH_VARIES;
}

Facts facts_leaf(const Node *node) {
  Facts facts = {0, 0, 0, 0};
  switch (node->kind) {
    case NODE_TRUE: facts.nullable = facts.nofail = 1; break;
    case NODE_ANY: case NODE_TEXT: facts.length = (int32_t)node->count; break;
    case NODE_SET: facts.length = 1; break;
    case NODE_OPEN_CALL: facts.length = LENGTH_VARIES; break;
    default: break; /* FALSE */
  }
  return facts;
}

Facts facts_around(const Node *node, Facts facts) {
  switch (node->kind) {
    case NODE_BEHIND: case NODE_NOT:
      facts.length = 0;
      facts.nullable = 1;
      facts.nofail = 0;
      break;
    case NODE_AND:
      facts.length = 0;
      facts.nullable = 1;
      break;
    case NODE_REPEAT:
      facts.length = LENGTH_VARIES;
      facts.nullable = facts.nofail = 1;
      break;
    case NODE_RUNTIME:
      facts.length = LENGTH_VARIES;
      facts.nofail = 0;
      facts.captures = 1;
      break;
    case NODE_CAPTURE: facts.captures = 1; break;
    default: break; /* RULE, GRAMMAR, CALL: as the part */
  }
  return facts;
}

Facts facts_sequence(Facts a, Facts b) {
  a.length = length_sum(a.length, b.length);
  a.nullable &= b.nullable;
  a.nofail &= b.nofail;
  a.captures |= b.captures;
  return a;
}

Facts facts_choice(Facts a, Facts b) {
  a.length = length_either(a.length, b.length);
  a.nullable |= b.nullable;
  a.nofail |= b.nofail;
  a.captures |= b.captures;
  return a;
}

static Facts facts_of(const Node *nodes, int i, const Facts *facts) {
  const Node *node = &nodes[i];
  Facts all;
  switch (node->kind) {
    case NODE_SEQUENCE:
      all = facts[i - 1];
      FOR_PARTS(part, nodes, i) if (part != i - 1) all = facts_sequence(facts[part], all);
      return all;
    case NODE_CHOICE:
      all = facts[i - 1];
      FOR_PARTS(part, nodes, i) if (part != i - 1) all = facts_choice(facts[part], all);
      return all;
    case NODE_CALL: return facts[i + (int32_t)node->at];
    case NODE_GRAMMAR: return facts[i - (int)node->size + (int)node->at];
    default: return node->size == 1 ? facts_leaf(node) : facts_around(node, facts[i - 1]);
  }
}

static int facts_equal(Facts a, Facts b) {
  return a.length == b.length && a.nullable == b.nullable && a.nofail == b.nofail && a.captures == b.captures;
}

static int facts_pass(const Node *nodes, int count, Facts *facts) {
  int i, changed = 0;
  for (i = 0; i < count; i++) {
    Facts now = facts_of(nodes, i, facts);
    if (facts_equal(now, facts[i])) continue;
    facts[i] = now;
    changed = 1;
  }
  return changed;
}

void facts_all(const Node *nodes, int count, Facts *facts) {
  const Facts nothing = {LENGTH_UNKNOWN, 0, 0, 0};
  int i;
  for (i = 0; i < count; i++) facts[i] = nothing;
  while (facts_pass(nodes, count, facts)) continue;
  for (i = 0; i < count; i++)
    if (facts[i].length == LENGTH_UNKNOWN) facts[i].length = LENGTH_VARIES; /* never ends */
}
