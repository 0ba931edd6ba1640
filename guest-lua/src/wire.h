/*
** wire.h: the encoding of Lua values between guest and host.
**
** A value is a tag byte and its payload, little-endian:
**   0 nil, 1 false, 2 true, 3 integer (8 bytes), 4 float (8 bytes),
**   5 string (u32 length, bytes),
**   6 table (u32 n, u32 m, the values of 1..n, then m pairs of key and value).
** A sequence of values has no count: it ends with its bytes.
** What a ceiling counts is the cost: 16 for each value, and the bytes of strings on top. It bounds
** what the other side has to allocate, however small the encoding is.
*/
#ifndef BIOXEN_WIRE_H
#define BIOXEN_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "lua.h"

#define WIRE_COST 16   /* cost of a value, about what the host needs to hold one */
#define WIRE_DEPTH 100 /* tables in tables; the host's decoder has the same bound */

typedef enum WireStatus {
  WIRE_OK,
  WIRE_TYPE,    /* a function, userdata or thread */
  WIRE_TOO_DEEP, /* more than WIRE_DEPTH tables, or a cycle */
  WIRE_TOO_LARGE,
  WIRE_NO_MEMORY
} WireStatus;

typedef struct Writer {
  unsigned char *data;
  size_t size;
  size_t capacity;
  size_t cost;
  size_t ceiling;
  const char *offender; /* after WIRE_TYPE: the name of the type */
} Writer;

typedef struct Reader {
  const unsigned char *at;
  const unsigned char *end;
} Reader;

void wire_start(Writer *writer, size_t ceiling);
void wire_drop(Writer *writer);
WireStatus wire_byte(Writer *writer, unsigned char byte);
WireStatus wire_string(Writer *writer, const char *data, size_t size);
WireStatus wire_value(lua_State *L, Writer *writer, int index);
const char *wire_message(lua_State *L, const Writer *writer, WireStatus status);

int wire_read_all(lua_State *L, Reader *reader); /* pushes every value; may raise */

#endif
