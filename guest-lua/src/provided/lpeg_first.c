/*
** lpeg_first.c: the bytes that a part may begin with, and those that may come after it.
**
** The first set of a part is that of its matches which take something. A part that may take nothing
** also has a gate: the bytes that may come next when it took nothing.
**
** Programs see whether a match-time function is called. No first byte may keep one from it that has
** nothing before it and may be called without taking anything; such a part is opaque, and begins with
** any byte.
*/
#include <string.h>

#include "lpeg.h"

typedef struct Begin {
  Set first, gate;
  int opaque;
} Begin;

/* Whether a node takes one byte out of a set, and which. */
int first_node_set(const Node *node, const unsigned char *bytes, Set *set) {
  if (node->kind == NODE_SET) {
    memcpy(set, bytes + node->at, sizeof *set);
    return 1;
  }
  if (node->kind == NODE_ANY && node->count == 1) {
    set_fill(set);
    return 1;
  }
  if (node->kind == NODE_TEXT && node->count == 1) {
    set_clear(set);
    set_add(set, bytes[node->at]);
    return 1;
  }
  return 0;
}

/* What a part followed by `follow` may begin with: put in the place of `follow`. */
void first_follow(const Plan *part, Set *follow) {
  set_intersect(follow, &part->gate);
  set_unite(follow, &part->first);
}

static void first_sequence(const Node *nodes, int i, const Plan *plans, Begin *begin) {
  set_fill(&begin->gate);
  FOR_PARTS(part, nodes, i) {
    first_follow(&plans[part], &begin->first);
    set_intersect(&begin->gate, &plans[part].gate);
    begin->opaque = plans[part].opaque || (plans[part].facts.nullable && begin->opaque);
  }
}

static void first_choice(const Node *nodes, int i, const Plan *plans, Begin *begin) {
  FOR_PARTS(part, nodes, i) {
    set_unite(&begin->first, &plans[part].first);
    set_unite(&begin->gate, &plans[part].gate);
    begin->opaque |= plans[part].opaque;
  }
}

static void first_same(const Plan *plan, Begin *begin) {
  begin->first = plan->first;
  begin->gate = plan->gate;
  begin->opaque = plan->opaque;
}

/* A predicate takes nothing, and lets pass what its part would begin with, or would not. */
static void first_predicate(const Node *nodes, int i, const unsigned char *bytes, const Plan *plans,
                            Begin *begin) {
  set_fill(&begin->gate);
  begin->opaque = plans[i - 1].opaque;
  if (nodes[i].kind == NODE_AND) {
    begin->gate = plans[i - 1].first;
    set_unite(&begin->gate, &plans[i - 1].gate);
  } else if (nodes[i].kind == NODE_NOT && first_node_set(&nodes[i - 1], bytes, &begin->gate)) {
    set_invert(&begin->gate);
  }
}


static void first_of_kind(const Node *nodes, int i, const unsigned char *bytes, const Plan *plans,
                          Begin *begin) {
  const Node *node = &nodes[i];
  if (first_node_set(node, bytes, &begin->first)) return;
  switch (node->kind) {
    case NODE_TRUE: set_fill(&begin->gate); break;
    case NODE_ANY: case NODE_OPEN_CALL: set_fill(&begin->first); break;
    case NODE_TEXT: set_add(&begin->first, bytes[node->at]); break;
    case NODE_SEQUENCE: first_sequence(nodes, i, plans, begin); break;
    case NODE_CHOICE: first_choice(nodes, i, plans, begin); break;
    case NODE_CALL: first_same(&plans[i + (int32_t)node->at], begin); break;
    case NODE_GRAMMAR: first_same(&plans[i - (int)node->size + (int)node->at], begin); break;
    case NODE_CAPTURE: case NODE_RULE: first_same(&plans[i - 1], begin); break;
    case NODE_RUNTIME:
      first_same(&plans[i - 1], begin);
      begin->opaque |= plans[i - 1].facts.nullable;
      break;
    case NODE_NOT: case NODE_AND: case NODE_BEHIND: first_predicate(nodes, i, bytes, plans, begin); break;
    case NODE_REPEAT:
      begin->first = plans[i - 1].first; /* as in LPeg, even of an opaque part */
      set_fill(&begin->gate);
      break;
    default: break; /* FALSE */
  }
}

static void first_of(const Node *nodes, int i, const unsigned char *bytes, const Plan *plans, Begin *begin) {
  set_clear(&begin->first);
  set_clear(&begin->gate);
  begin->opaque = 0;
  first_of_kind(nodes, i, bytes, plans, begin);
  if (!begin->opaque) return;
  set_fill(&begin->first);
  set_fill(&begin->gate);
}

static int sequence_headfail(const Node *nodes, int i, const Plan *plans) {
  int first = i;
  FOR_PARTS(part, nodes, i) {
    if (first != i && !plans[first].facts.nofail) return 0;
    first = part;
  }
  return plans[first].headfail;
}

static int choice_headfail(const Node *nodes, int i, const Plan *plans) {
  FOR_PARTS(part, nodes, i) if (!plans[part].headfail) return 0;
  return 1;
}

static int headfail_of(const Node *nodes, int i, const Plan *plans) {
  const Node *node = &nodes[i];
  switch (node->kind) {
    case NODE_SET: case NODE_FALSE: return 1;
    case NODE_ANY: case NODE_TEXT: return node->count == 1;
    case NODE_SEQUENCE: return sequence_headfail(nodes, i, plans);
    case NODE_CHOICE: return choice_headfail(nodes, i, plans);
    case NODE_CALL: return plans[i + (int32_t)node->at].headfail;
    case NODE_GRAMMAR: return plans[i - (int)node->size + (int)node->at].headfail;
    case NODE_CAPTURE: case NODE_RULE: return plans[i - 1].headfail;
    default: return 0;
  }
}

static int first_pass(const Node *nodes, int count, const unsigned char *bytes, Plan *plans) {
  int i, changed = 0;
  for (i = 0; i < count; i++) {
    Plan *plan = &plans[i];
    Begin begin;
    int headfail = headfail_of(nodes, i, plans);
    first_of(nodes, i, bytes, plans, &begin);
    if (headfail == plan->headfail && begin.opaque == plan->opaque && set_equal(&begin.first, &plan->first) &&
        set_equal(&begin.gate, &plan->gate))
      continue;
    plan->headfail = (uint8_t)headfail;
    plan->first = begin.first;
    plan->gate = begin.gate;
    plan->opaque = (uint8_t)begin.opaque;
    changed = 1;
  }
  return changed;
}

/* The facts of the plans are known; calls are followed as in lpeg_facts.c. */
void first_all(const Node *nodes, int count, const unsigned char *bytes, Plan *plans) {
  int i;
  for (i = 0; i < count; i++) {
    set_clear(&plans[i].first);
    set_clear(&plans[i].gate);
    plans[i].headfail = plans[i].opaque = 0;
  }
  while (first_pass(nodes, count, bytes, plans)) continue;
}
