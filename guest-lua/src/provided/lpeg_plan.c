/*
** lpeg_plan.c: how each node becomes code, and how long that code is.
**
** A part that fails after its first byte was found good need not be tried in another way when nothing
** that could match instead begins with that byte: not the alternatives, not what follows. "What
** follows" counts only up to the next entry of the backtrack stack that lies below: inside a part that
** an entry guards, anything may follow.
*/
#include "lpeg.h"

/* Whether the first byte, or that there is none, may decide that the part fails. */
int plan_tests(const Plan *plan) {
  return !plan->facts.nullable && !plan->opaque;
}

/* ---- ways: the whole before its parts ------------------------------------------------------- */

static void plan_sequence(const Node *nodes, int i, Plan *plans) {
  Set follow = plans[i].follow;
  FOR_PARTS(part, nodes, i) {
    plans[part].follow = follow;
    first_follow(&plans[part], &follow);
  }
}

/* `rest` is what the later alternatives may begin with. */
static void plan_alternative(Plan *plan, const Set *rest, const Set *follow) {
  if (plan_tests(plan) && (plan->headfail || set_disjoint(&plan->first, rest))) {
    plan->guard = GUARD_TEST;
    plan->follow = *follow;
  } else {
    plan->guard = GUARD_CHOICE;
    set_fill(&plan->follow);
  }
}

static void plan_choice(const Node *nodes, int i, Plan *plans) {
  Set rest;
  set_clear(&rest);
  FOR_PARTS(part, nodes, i) {
    Set begin = plans[i].follow;
    if (part == i - 1)
      plans[part].follow = plans[i].follow;
    else
      plan_alternative(&plans[part], &rest, &plans[i].follow);
    first_follow(&plans[part], &begin);
    set_unite(&rest, &begin);
  }
}

/* `(byte - p)^0` where `p` takes something: the body of the loop is a sequence of `-p` and a set. */
static int is_search(const Node *nodes, int i, const unsigned char *bytes, const Plan *plans) {
  Set set;
  if (nodes[i - 1].kind != NODE_SEQUENCE || !first_node_set(&nodes[i - 2], bytes, &set)) return 0;
  if (nodes[i - 3].kind != NODE_NOT || nodes[i - 3].size + 2 != nodes[i - 1].size) return 0;
  return plan_tests(&plans[i - 4]) && !set_full(&plans[i - 4].first);
}

static void plan_repeat(const Node *nodes, int i, const unsigned char *bytes, Plan *plans) {
  Plan *plan = &plans[i], *body = &plans[i - 1];
  Set set;
  set_fill(&body->follow);
  if (first_node_set(&nodes[i - 1], bytes, &set)) {
    plan->way = WAY_SPAN;
  } else if (is_search(nodes, i, bytes, plans)) {
    plan->way = WAY_SEARCH;
  } else if (plan_tests(body) && (body->headfail || set_disjoint(&body->first, &plan->follow))) {
    plan->way = WAY_TEST;
    body->follow = plan->follow;
    set_unite(&body->follow, &body->first);
  } else {
    plan->way = WAY_LOOP;
  }
}

static void plan_node(const Node *nodes, int i, const unsigned char *bytes, Plan *plans) {
  Plan *plan = &plans[i], *part = &plans[i - (nodes[i].size > 1)]; /* of a leaf: itself, not looked at */
  switch (nodes[i].kind) {
    case NODE_SEQUENCE: plan_sequence(nodes, i, plans); break;
    case NODE_CHOICE: plan_choice(nodes, i, plans); break;
    case NODE_REPEAT: plan_repeat(nodes, i, bytes, plans); break;
    case NODE_NOT:
      plan->way = part->headfail ? WAY_TEST : WAY_CHOICE;
      break;
    case NODE_AND:
      plan->way = part->facts.length >= 0 && !part->facts.captures ? WAY_BEHIND : WAY_CHOICE;
      break;
    case NODE_CAPTURE:
      plan->way = part->facts.length >= 0 && !part->facts.captures ? WAY_FULL : WAY_PLAIN;
      part->follow = plan->follow;
      break;
    default: break; /* behind a rule, or after a match-time function, comes anything */
  }
}

/* ---- lengths: the parts before the whole ---------------------------------------------------- */

static uint32_t parts_length(const Node *nodes, int i, const Plan *plans) {
  uint32_t length = 0;
  FOR_PARTS(part, nodes, i) length += plans[part].length;
  return length;
}

static uint32_t choice_length(const Node *nodes, int i, const Plan *plans) {
  uint32_t length = parts_length(nodes, i, plans);
  FOR_PARTS(part, nodes, i) {
    if (plans[part].guard == GUARD_TEST) length += 2;
    if (plans[part].guard == GUARD_CHOICE) length += 2 + (uint32_t)plan_tests(&plans[part]);
  }
  return length;
}

static uint32_t guarded_length(const Plan *part) {
  return part->length + 2 + (uint32_t)plan_tests(part);
}

static uint32_t repeat_length(int i, const Plan *plans) {
  switch (plans[i].way) {
    case WAY_SPAN: return 1;
    case WAY_SEARCH: return plans[i - 4].length + 7;
    case WAY_TEST: return plans[i - 1].length + 2;
    default: return guarded_length(&plans[i - 1]);
  }
}

static uint32_t node_length(const Node *nodes, int i, const Plan *plans) {
  const Plan *plan = &plans[i];
  switch (nodes[i].kind) {
    case NODE_TRUE: return 0;
    case NODE_TEXT: return (nodes[i].count + TEXT_MOST - 1) / TEXT_MOST;
    case NODE_SEQUENCE: return parts_length(nodes, i, plans);
    case NODE_CHOICE: return choice_length(nodes, i, plans);
    case NODE_REPEAT: return repeat_length(i, plans);
    case NODE_NOT: return plan->way == WAY_TEST ? 2 : guarded_length(&plans[i - 1]);
    case NODE_AND: return plans[i - 1].length + (plan->way == WAY_BEHIND ? 1 : 3);
    case NODE_CAPTURE: return plans[i - 1].length + (plan->way == WAY_FULL ? 1 : 2);
    case NODE_RUNTIME: return plans[i - 1].length + 2;
    case NODE_BEHIND: case NODE_RULE: return plans[i - 1].length + 1;
    case NODE_GRAMMAR: return parts_length(nodes, i, plans) + 2;
    default: return 1; /* FALSE, ANY, SET, CALL */
  }
}

/* The facts, first sets and headfail of the plans are known. */
void plan_all(const Node *nodes, int count, const unsigned char *bytes, Plan *plans) {
  int i;
  for (i = 0; i < count; i++) {
    plans[i].way = WAY_PLAIN;
    plans[i].guard = GUARD_NONE;
    plans[i].known = -1;
    plans[i].start = NOWHERE;
    set_fill(&plans[i].follow);
  }
  for (i = count - 1; i >= 0; i--) plan_node(nodes, i, bytes, plans);
  for (i = 0; i < count; i++) plans[i].length = node_length(nodes, i, plans);
}
