/*
** lpeg.h: what the files of the module `lpeg` share.
**
** A pattern is a userdata that never changes: nodes in postfix order (the parts of a node lie before
** it), and the bytes of their texts and sets. The Lua values that nodes speak of are in a table, the
** first user value; the second is the code, made at the first match. No pass over nodes recurses: each
** is a loop forwards (parts before the whole) or backwards (the whole before its parts), so a pattern
** may be nested as deeply as its size allows.
*/
#ifndef BIOXEN_LPEG_H
#define BIOXEN_LPEG_H

#include <stddef.h>
#include <stdint.h>

#include "lua.h"

#define LPEG_PATTERN "lpeg-pattern" /* name of the metatable, which error messages show */

#define LPEG_NODES_MOST (1 << 20)   /* nodes of one pattern: 16 MiB; a rule book has thousands */
#define LPEG_BYTES_MOST (1 << 30)   /* bytes of texts and sets of one pattern */
#define LPEG_VALUES_MOST 65535      /* what a key can number */
#define LPEG_RULES_MOST 250         /* rules of a grammar, as in LPeg 1.0.2 */
#define LPEG_BEHIND_MOST 255        /* bytes that `B` looks behind, as in LPeg */
#define LPEG_NUMBER_MOST 32767      /* largest argument of `Carg` and of `patt / number`, as in LPeg */
#define LPEG_BACKTRACKS 400         /* entries of the backtrack stack that are always there, as in LPeg */
#define LPEG_LIMIT "lpeg-maxstack"  /* registry: most entries of the backtrack stack */

#define SET_WORDS 8

typedef struct Set {
  uint32_t words[SET_WORDS]; /* byte `b` is bit `b % 32` of word `b / 32` */
} Set;

enum { NODE_TRUE, NODE_FALSE, NODE_ANY, NODE_TEXT, NODE_SET, NODE_OPEN_CALL, NODE_CALL, NODE_BEHIND,
       NODE_NOT, NODE_AND, NODE_REPEAT, NODE_CAPTURE, NODE_RUNTIME, NODE_SEQUENCE, NODE_CHOICE,
       NODE_RULE, NODE_GRAMMAR };

enum { CAPTURE_CLOSE, CAPTURE_SIMPLE, CAPTURE_POSITION, CAPTURE_CONSTANT, CAPTURE_ARGUMENT,
       CAPTURE_BACK, CAPTURE_GROUP, CAPTURE_TABLE, CAPTURE_FOLD, CAPTURE_SUBSTITUTE, CAPTURE_STRING,
       CAPTURE_NUMBER, CAPTURE_QUERY, CAPTURE_FUNCTION, CAPTURE_DYNAMIC, CAPTURE_RANGE };

/* The node at `i` and all its parts lie at `i - size + 1` .. `i`. */
typedef struct Node {
  uint8_t kind;
  uint8_t capture; /* of NODE_CAPTURE */
  uint16_t key;    /* number of a Lua value; 0: none */
  uint32_t size;   /* nodes of this part of the pattern */
  uint32_t at;     /* TEXT, SET: place of its bytes; CALL: distance to the rule; GRAMMAR: size of the first */
  uint32_t count;  /* TEXT: bytes; ANY, BEHIND: how many; CAPTURE: the number of ARGUMENT and NUMBER */
} Node;

#define LENGTH_VARIES (-1)
#define LENGTH_UNKNOWN (-2) /* as yet, while a grammar is analysed */

/* What is known of a pattern whatever comes after it. */
typedef struct Facts {
  int32_t length;   /* of every match, or LENGTH_VARIES */
  uint8_t nullable; /* may match without taking a byte */
  uint8_t nofail;   /* never fails */
  uint8_t captures; /* has captures */
} Facts;

typedef struct Pattern {
  uint32_t nodes, bytes, values;
  Facts facts;
  Node node[]; /* then the bytes */
} Pattern;

/* Walks over the parts of node `i`, the last one first. */
#define FOR_PARTS(part, nodes, i) \
  for (int part = (i) - 1; part > (i) - (int)(nodes)[i].size; part -= (int)(nodes)[part].size)

/* lpeg_pattern.c: making patterns. Those that push leave the new pattern on the stack. */
unsigned char *lpeg_bytes(const Pattern *pattern);
const Node *lpeg_root(const Pattern *pattern);
Pattern *lpeg_new(lua_State *L, size_t nodes, size_t bytes);
Pattern *lpeg_push_leaf(lua_State *L, int kind, uint32_t count);
void lpeg_push_text(lua_State *L, const char *text, size_t size);
void lpeg_push_set(lua_State *L, const Set *set);
int lpeg_as_set(const Pattern *pattern, Set *set);
int lpeg_push_values(lua_State *L, int index);
void lpeg_share_values(lua_State *L, int index);
int lpeg_add_value(lua_State *L, int index);
uint32_t lpeg_join_values(lua_State *L, int first, int second);
Node *lpeg_copy_nodes(Node *to, const Pattern *from, size_t count, uint32_t bytes, uint32_t keys);
Pattern *lpeg_push_around(lua_State *L, int index, Node root);
void lpeg_push_joined(lua_State *L, int kind, int first, int second);
void lpeg_push_repeated(lua_State *L, int index, uint32_t copies);
void lpeg_push_optional(lua_State *L, int index, uint32_t copies);
Pattern *lpeg_check(lua_State *L, int index); /* makes a pattern of the argument, in its place */
Pattern *lpeg_test(lua_State *L, int index);

/* lpeg_set.c */
void set_clear(Set *set);
void set_fill(Set *set);
void set_add(Set *set, unsigned char byte);
int set_has(const Set *set, unsigned char byte);
void set_unite(Set *set, const Set *other);
void set_intersect(Set *set, const Set *other);
void set_invert(Set *set);
int set_equal(const Set *a, const Set *b);
int set_full(const Set *set);
int set_disjoint(const Set *a, const Set *b);
int set_within(const Set *inner, const Set *outer);
int set_single(const Set *set); /* its only byte, or -1 */

/* lpeg_facts.c */
Facts facts_leaf(const Node *node);
Facts facts_around(const Node *node, Facts part);
Facts facts_sequence(Facts a, Facts b);
Facts facts_choice(Facts a, Facts b);
void facts_all(const Node *nodes, int count, Facts *facts);

/* lpeg_grammar.c */
void lpeg_push_grammar(lua_State *L, int index);
const char *lpeg_rule_name(lua_State *L, int index);

/* Code ------------------------------------------------------------------------------------------ */

enum { OP_END, OP_ANY, OP_SKIP, OP_CHAR, OP_TEXT, OP_SET, OP_SPAN, OP_BEHIND, OP_TEST_ANY, OP_TEST_CHAR,
       OP_TEST_SET, OP_CHOICE, OP_COMMIT, OP_PARTIAL, OP_BACK, OP_JUMP, OP_CALL, OP_RETURN, OP_FAIL,
       OP_FAIL_TWICE, OP_GIVE_UP, OP_OPEN, OP_CLOSE, OP_CLOSE_RUNTIME, OP_FULL };

#define CODE_MARK 0x4c504547u /* no number of nodes, as a pattern has there */
#define TEXT_MOST 255 /* bytes that one OP_TEXT compares */

typedef struct Instruction {
  uint8_t op;
  uint8_t kind; /* of a capture; the byte of CHAR; how many bytes TEXT compares */
  uint16_t key; /* of a Lua value or, for sets, in Code.sets */
  int32_t n;    /* jumps: distance; TEXT: place in the pattern's bytes; FULL: length; else: how many */
} Instruction;

typedef struct Code {
  const void *owner; /* the pattern that it is the code of, by which it is known again */
  uint32_t mark;     /* CODE_MARK: scripts can put other things in its place, by `debug` */
  uint32_t count, sets;
  uint8_t runtime; /* has match-time captures */
  Instruction at[]; /* then the sets */
} Code;

/* How a node becomes code. */
enum { WAY_PLAIN, WAY_SPAN, WAY_TEST, WAY_LOOP, WAY_SEARCH, WAY_BEHIND, WAY_CHOICE, WAY_FULL };
enum { GUARD_NONE, GUARD_TEST, GUARD_CHOICE };

#define NOWHERE UINT32_MAX

typedef struct Plan {
  Facts facts;
  uint8_t headfail; /* fails by its first byte or not at all */
  uint8_t opaque;   /* a match-time function may be called whatever the first byte is */
  uint8_t way;
  uint8_t guard;    /* of an alternative of a choice */
  int32_t known;    /* a node; the next byte was found to be in its first set; or -1 */
  uint32_t start;   /* of its code, or NOWHERE */
  uint32_t length;  /* of its code */
  Set first;        /* bytes that it may begin with, when it takes any */
  Set gate;         /* bytes that may come next, when it takes none */
  Set follow;       /* bytes that may come after it, unless the whole fails */
} Plan;

/* lpeg_first.c */
void first_all(const Node *nodes, int count, const unsigned char *bytes, Plan *plans);
void first_follow(const Plan *part, Set *follow);
int first_node_set(const Node *node, const unsigned char *bytes, Set *set);

/* lpeg_plan.c */
void plan_all(const Node *nodes, int count, const unsigned char *bytes, Plan *plans);
int plan_tests(const Plan *plan);

/* lpeg_compile.c: pushes the code of the pattern at `index`. */
void lpeg_push_code(lua_State *L, int index);
const Set *lpeg_sets(const Code *code);

/* Matching -------------------------------------------------------------------------------------- */

#define NO_CAPTURE UINT32_MAX

typedef struct Capture {
  uint32_t at;     /* place in the subject */
  uint32_t link;   /* open: its CLOSE; CLOSE: its opening; whole: length; DYNAMIC: number of the value */
  uint32_t parent; /* the innermost capture that was open, or NO_CAPTURE */
  uint16_t key;
  uint8_t kind;
  uint8_t open;    /* has parts, up to its CLOSE */
} Capture;

#define INLINE_CAPTURES 16
#define INLINE_BACKTRACKS 16

/* One call of `match`. Buffers begin inside, and move to userdata in the slots of the Lua stack. */
typedef struct Match {
  lua_State *L;
  const Pattern *pattern;
  const Code *code;
  const char *subject;
  size_t size;
  int arguments;         /* stack index of the first extra argument */
  int argument_count;
  int slots;             /* stack index of the first slot */
  uint32_t values;       /* dynamic values that live */
  Capture *captures;
  uint32_t count, capacity;
  uint32_t open;         /* innermost open capture, or NO_CAPTURE */
  Capture first_captures[INLINE_CAPTURES];
} Match;

#define SUBJECT 2 /* stack index of the subject */

/* Slots, from Match.slots on. */
enum { SLOT_CONSTANTS, SLOT_CODE, SLOT_VALUES, SLOT_CAPTURES, SLOT_BACKTRACKS, SLOT_FRAMES, SLOT_TEXT, SLOTS };

/* lpeg_machine.c: the place behind the match, or NULL */
const char *machine_run(Match *match, const char *from);

/* lpeg_list.c: the list of captures while matching */
void list_open(Match *match, const Instruction *at, uint32_t place);
void list_close(Match *match, uint32_t place);
void list_full(Match *match, const Instruction *at, uint32_t place);
void list_truncate(Match *match, uint32_t count);
int64_t list_close_runtime(Match *match, const Instruction *at, uint32_t place); /* new place, or -1 */
void *lpeg_grow(lua_State *L, int slot, const void *old, size_t used, size_t size);

/* lpeg_capture.c: pushes the values of the captures from..to; says how many */
int capture_values(Match *match, uint32_t from, uint32_t to);
uint32_t capture_end(const Match *match, uint32_t capture);
void capture_push_text(const Match *match, uint32_t capture);

#endif
