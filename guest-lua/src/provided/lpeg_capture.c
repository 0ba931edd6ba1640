/*
** lpeg_capture.c: values out of a list of captures. A capture with parts that is being made has a
** frame; its values are on the Lua stack from the frame's base on. Frames are on a stack of their own,
** so captures may nest as deeply as memory allows.
**
** Texts that substitutions and formats make are put together in one buffer; a text that is wanted by
** another text stays there and never becomes a Lua string.
*/
#include <string.h>

#include "lauxlib.h"
#include "lpeg.h"

#define INLINE_FRAMES 6

typedef struct Frame {
  uint32_t capture; /* whose values are made, or NO_CAPTURE for the whole list */
  uint32_t place;   /* the capture that stands for it in its parent; another one for a back reference */
  uint32_t next;    /* its next part; STRING: the digit whose capture is being made */
  uint32_t end;     /* behind its last part */
  uint32_t done;    /* TABLE: values; FOLD: parts; SUBSTITUTE: place in the subject; STRING: in the format */
  uint32_t text;    /* SUBSTITUTE, STRING: where its text begins in the buffer */
  int base;         /* of its values: the top of the Lua stack when it began */
} Frame;

typedef struct Maker {
  Match *match;
  lua_State *L;
  Frame *frames;
  uint32_t count, capacity;
  char *text;
  uint32_t text_size, text_capacity;
  Frame first[INLINE_FRAMES];
} Maker;

/* ---- captures ------------------------------------------------------------------------------- */

uint32_t capture_end(const Match *match, uint32_t capture) {
  const Capture *at = &match->captures[capture];
  if (at->kind == CAPTURE_DYNAMIC) return at->at;
  return at->open ? match->captures[at->link].at : at->at + at->link;
}

void capture_push_text(const Match *match, uint32_t capture) {
  uint32_t at = match->captures[capture].at;
  lua_pushlstring(match->L, match->subject + at, capture_end(match, capture) - at);
}

static uint32_t behind(const Match *match, uint32_t capture) {
  const Capture *at = &match->captures[capture];
  return at->open ? at->link + 1 : capture + 1;
}

static void push_constant(const Maker *maker, uint32_t capture) {
  lua_rawgeti(maker->L, maker->match->slots + SLOT_CONSTANTS, maker->match->captures[capture].key);
}

static int kind_of(const Maker *maker, uint32_t capture) {
  return capture == NO_CAPTURE ? CAPTURE_RANGE : maker->match->captures[capture].kind;
}

static int is_text(const Maker *maker, uint32_t capture) {
  int kind = kind_of(maker, capture);
  return kind == CAPTURE_SUBSTITUTE || kind == CAPTURE_STRING;
}

static int is_named(const Maker *maker, uint32_t capture) {
  return kind_of(maker, capture) == CAPTURE_GROUP && maker->match->captures[capture].key != 0;
}

/* The last complete group of the name that the reference has: not inside another complete capture. */
static uint32_t referred(const Maker *maker, uint32_t reference) {
  const Match *match = maker->match;
  uint32_t i = reference;
  push_constant(maker, reference);
  while (i-- > 0) {
    if (match->captures[i].kind == CAPTURE_CLOSE) i = match->captures[i].link;
    else if (match->captures[i].open) continue; /* the reference is inside it */
    if (!is_named(maker, i)) continue;
    push_constant(maker, i);
    if (lua_rawequal(maker->L, -1, -2)) {
      lua_pop(maker->L, 2);
      return i;
    }
    lua_pop(maker->L, 1);
  }
  luaL_error(maker->L, "back reference '%s' not found", lua_tostring(maker->L, -1));
  return NO_CAPTURE;
}

/* ---- frames --------------------------------------------------------------------------------- */

static Frame *top_frame(Maker *maker) {
  return &maker->frames[maker->count - 1];
}

static Frame *push_frame(Maker *maker, uint32_t capture, uint32_t place) {
  Frame *frame;
  if (maker->count == maker->capacity) {
    uint32_t capacity = maker->capacity * 2;
    if (capacity > INT32_MAX / sizeof(Frame)) luaL_error(maker->L, "too many captures");
    maker->frames = lpeg_grow(maker->L, maker->match->slots + SLOT_FRAMES, maker->frames,
                              maker->count * sizeof(Frame), capacity * sizeof(Frame));
    maker->capacity = capacity;
  }
  frame = &maker->frames[maker->count++];
  *frame = (Frame){.capture = capture, .place = place, .base = lua_gettop(maker->L)};
  return frame;
}

/* ---- text ----------------------------------------------------------------------------------- */

static void add_text(Maker *maker, const char *text, size_t size) {
  if (size > maker->text_capacity - maker->text_size) {
    size_t capacity = (size_t)maker->text_capacity * 2 + 64;
    if (capacity < maker->text_size + size) capacity = maker->text_size + size;
    if (capacity > INT32_MAX) luaL_error(maker->L, "string of a capture too long");
    maker->text = lpeg_grow(maker->L, maker->match->slots + SLOT_TEXT, maker->text, maker->text_size, capacity);
    maker->text_capacity = (uint32_t)capacity;
  }
  if (size > 0) memcpy(maker->text + maker->text_size, text, size);
  maker->text_size += (uint32_t)size;
}

static void add_subject(Maker *maker, uint32_t from, uint32_t to) {
  add_text(maker, maker->match->subject + from, to - from);
}

/* Adds the value at the index. */
static void add_value(Maker *maker, int index, const char *what) {
  size_t size;
  const char *text;
  if (!lua_isstring(maker->L, index))
    luaL_error(maker->L, "invalid %s value (a %s)", what, luaL_typename(maker->L, index));
  text = lua_tolstring(maker->L, index, &size);
  add_text(maker, text, size);
}

/* The text of the frame as a string, unless it is part of another one's text. */
static void finish_text(Maker *maker, const Frame *frame) {
  const Frame *parent = frame - 1; /* there is always one: that of the whole list */
  const char *text = maker->text == NULL ? "" : maker->text + frame->text;
  if (frame->place == frame->capture && is_text(maker, parent->capture)) return;
  lua_pushlstring(maker->L, text, maker->text_size - frame->text);
  maker->text_size = frame->text;
}

/* ---- parts: the next one, and what becomes of its values -------------------------------------- */

/* The part that `%digit` stands for: simple captures count together with what they have inside. */
static uint32_t numbered(const Maker *maker, const Frame *frame, uint32_t digit) {
  const Match *match = maker->match;
  uint32_t i = frame->capture + 1;
  while (i < frame->end) {
    int kind = match->captures[i].kind;
    if (kind != CAPTURE_CLOSE && --digit == 0) return i;
    i = kind == CAPTURE_SIMPLE ? i + 1 : behind(match, i);
  }
  return NO_CAPTURE;
}

/* Adds `%digit` when it is text of the subject; else gives the part whose value it is. */
static uint32_t format_digit(Maker *maker, Frame *frame, uint32_t digit) {
  uint32_t part = digit == 0 ? frame->capture : numbered(maker, frame, digit);
  if (part == NO_CAPTURE) luaL_error(maker->L, "invalid capture index (%d)", (int)digit);
  if (digit != 0 && kind_of(maker, part) != CAPTURE_SIMPLE) {
    frame->next = digit;
    return part;
  }
  add_subject(maker, maker->match->captures[part].at, capture_end(maker->match, part));
  return NO_CAPTURE;
}

/* Goes on with the format, to its end or to the next part whose value it needs. The format is the first
   value of the frame. */
static uint32_t next_of_string(Maker *maker, Frame *frame) {
  size_t size;
  const char *format = lua_tolstring(maker->L, frame->base + 1, &size);
  while (format != NULL && frame->done < size) {
    char letter = format[frame->done++];
    uint32_t part;
    if (letter != '%') {
      add_text(maker, &letter, 1);
      continue;
    }
    letter = format[frame->done++]; /* at the end: the NUL behind the string */
    if (letter < '0' || letter > '9') {
      add_text(maker, &letter, 1);
      continue;
    }
    part = format_digit(maker, frame, (uint32_t)(letter - '0'));
    if (part != NO_CAPTURE) return part;
  }
  return NO_CAPTURE;
}

static uint32_t next_part(Maker *maker, Frame *frame) {
  int kind = kind_of(maker, frame->capture);
  uint32_t part = frame->next;
  if (kind == CAPTURE_STRING) return next_of_string(maker, frame);
  if (part >= frame->end) return NO_CAPTURE;
  frame->next = behind(maker->match, part);
  if (kind == CAPTURE_SUBSTITUTE) add_subject(maker, frame->done, maker->match->captures[part].at);
  return part;
}

/* The values of a part from `base` on go into the table below them. */
static void part_of_table(Maker *maker, Frame *frame, uint32_t part, int base) {
  lua_State *L = maker->L;
  int i, values = lua_gettop(L) - base;
  if (is_named(maker, part)) {
    lua_settop(L, base + 1);
    push_constant(maker, part);
    lua_insert(L, -2);
    lua_settable(L, frame->base + 1);
    return;
  }
  for (i = values; i > 0; i--) lua_rawseti(L, frame->base + 1, (lua_Integer)frame->done + i);
  frame->done += (uint32_t)values;
}

/* A part without values leaves its text as it is. */
static void part_of_substitute(Maker *maker, Frame *frame, uint32_t part, int base) {
  int kept = !is_text(maker, part) && lua_gettop(maker->L) == base;
  frame->done = kept ? maker->match->captures[part].at : capture_end(maker->match, part);
  if (!kept && !is_text(maker, part)) add_value(maker, base + 1, "replacement");
  lua_settop(maker->L, base);
}

static void part_of_string(Maker *maker, const Frame *frame, uint32_t part, int base) {
  if (is_text(maker, part)) return;
  if (lua_gettop(maker->L) == base)
    luaL_error(maker->L, "no values in capture index %d", (int)frame->next);
  add_value(maker, base + 1, "capture");
  lua_settop(maker->L, base);
}

/* The first part gives the first value; each other one a call with it and the part's values. */
static void part_of_fold(Maker *maker, Frame *frame, int base) {
  lua_State *L = maker->L;
  if (frame->done++ == 0) {
    if (lua_gettop(L) == base) luaL_error(L, "no initial value for fold capture");
    lua_settop(L, base + 1);
    return;
  }
  push_constant(maker, frame->capture);
  lua_insert(L, frame->base + 1);
  lua_call(L, lua_gettop(L) - frame->base - 1, 1);
}

static void part_done(Maker *maker, uint32_t part, int base) {
  Frame *frame = top_frame(maker);
  luaL_checkstack(maker->L, 4, "too many captures"); /* a function may have left no room */
  switch (kind_of(maker, frame->capture)) {
    case CAPTURE_TABLE: part_of_table(maker, frame, part, base); break;
    case CAPTURE_SUBSTITUTE: part_of_substitute(maker, frame, part, base); break;
    case CAPTURE_STRING: part_of_string(maker, frame, part, base); break;
    case CAPTURE_FOLD: part_of_fold(maker, frame, base); break;
    default: break; /* the values stay where they are */
  }
}

/* ---- the capture itself --------------------------------------------------------------------- */

/* Pushes what has to lie below the values of the parts. */
static void begin(Maker *maker, uint32_t capture, uint32_t place) {
  const Capture *at = &maker->match->captures[capture];
  Frame *frame = push_frame(maker, capture, place);
  frame->next = capture + 1;
  frame->end = at->open ? at->link : capture + 1;
  frame->text = maker->text_size;
  switch (at->kind) {
    case CAPTURE_SIMPLE: capture_push_text(maker->match, capture); break;
    case CAPTURE_TABLE: lua_newtable(maker->L); break;
    case CAPTURE_FUNCTION: case CAPTURE_STRING: push_constant(maker, capture); break;
    case CAPTURE_SUBSTITUTE: frame->done = at->at; break;
    default: break;
  }
}

static void finish_number(Maker *maker, const Frame *frame) {
  int wanted = maker->match->captures[frame->capture].key;
  if (lua_gettop(maker->L) - frame->base < wanted) luaL_error(maker->L, "no capture '%d'", wanted);
  lua_pushvalue(maker->L, frame->base + wanted);
  lua_replace(maker->L, frame->base + 1);
  lua_settop(maker->L, frame->base + 1);
}

static void finish_query(Maker *maker, const Frame *frame) {
  lua_State *L = maker->L;
  lua_settop(L, frame->base + 1);
  push_constant(maker, frame->capture);
  lua_insert(L, -2);
  if (lua_gettable(L, -2) == LUA_TNIL)
    lua_settop(L, frame->base);
  else
    lua_remove(L, -2);
}

/* Whether the kind needs a value, and takes its text when there is none. */
static int takes_text(int kind) {
  return kind == CAPTURE_GROUP || kind == CAPTURE_NUMBER || kind == CAPTURE_QUERY || kind == CAPTURE_FUNCTION;
}

/* The values of the frame are those of its parts. */
static void finish(Maker *maker, const Frame *frame) {
  lua_State *L = maker->L;
  int kind = kind_of(maker, frame->capture);
  int least = frame->base + (kind == CAPTURE_FUNCTION ? 1 : 0);
  if (lua_gettop(L) == least && takes_text(kind)) capture_push_text(maker->match, frame->capture);
  switch (kind) {
    case CAPTURE_NUMBER: finish_number(maker, frame); break;
    case CAPTURE_QUERY: finish_query(maker, frame); break;
    case CAPTURE_FUNCTION: lua_call(L, lua_gettop(L) - least, LUA_MULTRET); break;
    case CAPTURE_SUBSTITUTE:
      add_subject(maker, frame->done, capture_end(maker->match, frame->capture));
      finish_text(maker, frame);
      break;
    case CAPTURE_STRING:
      lua_settop(L, frame->base);
      finish_text(maker, frame);
      break;
    case CAPTURE_FOLD:
      if (frame->done == 0) luaL_error(L, "no initial value for fold capture");
      break;
    default: break;
  }
}

static void push_argument(const Maker *maker, uint32_t capture) {
  const Match *match = maker->match;
  int number = match->captures[capture].key;
  if (number > match->argument_count) luaL_error(maker->L, "reference to absent extra argument #%d", number);
  lua_pushvalue(maker->L, match->arguments + number - 1);
}

/* Makes the values of a capture without parts, or begins one with them. */
static void enter(Maker *maker, uint32_t capture) {
  const Capture *at = &maker->match->captures[capture];
  int base = lua_gettop(maker->L);
  switch (at->kind) {
    case CAPTURE_POSITION: lua_pushinteger(maker->L, (lua_Integer)at->at + 1); break;
    case CAPTURE_CONSTANT: push_constant(maker, capture); break;
    case CAPTURE_ARGUMENT: push_argument(maker, capture); break;
    case CAPTURE_DYNAMIC: lua_rawgeti(maker->L, maker->match->slots + SLOT_VALUES, at->link); break;
    case CAPTURE_BACK: begin(maker, referred(maker, capture), capture); return;
    case CAPTURE_GROUP:
      if (at->key == 0 || kind_of(maker, top_frame(maker)->capture) == CAPTURE_TABLE) {
        begin(maker, capture, capture);
        return;
      }
      break; /* named, and in no table: it waits for a back reference */
    case CAPTURE_NUMBER:
      if (at->key == 0) break;
      /* fallthrough */
    default:
      if (at->kind == CAPTURE_SIMPLE && !at->open) {
        capture_push_text(maker->match, capture);
        break;
      }
      begin(maker, capture, capture);
      return;
  }
  part_done(maker, capture, base);
}

int capture_values(Match *match, uint32_t from, uint32_t to) {
  Maker maker;
  int base = lua_gettop(match->L);
  Frame *frame;
  maker.match = match;
  maker.L = match->L;
  maker.frames = maker.first;
  maker.count = 0;
  maker.capacity = INLINE_FRAMES;
  maker.text = NULL;
  maker.text_size = maker.text_capacity = 0;
  frame = push_frame(&maker, NO_CAPTURE, NO_CAPTURE);
  frame->next = from;
  frame->end = to;
  while (maker.count > 0) {
    uint32_t part = next_part(&maker, top_frame(&maker)), place;
    int part_base;
    luaL_checkstack(maker.L, 8, "too many captures");
    if (part != NO_CAPTURE) {
      enter(&maker, part);
      continue;
    }
    frame = top_frame(&maker);
    finish(&maker, frame);
    place = frame->place;
    part_base = frame->base;
    if (--maker.count > 0) part_done(&maker, place, part_base);
  }
  return lua_gettop(match->L) - base;
}
