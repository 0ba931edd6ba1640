/*
** provided.h: the modules that every guest has inside. Each is opened by `require` and by nothing else, so a
** VM that does not ask for one has nothing of it in its heap.
*/
#ifndef BIOXEN_PROVIDED_H
#define BIOXEN_PROVIDED_H

#include "lua.h"

/* A module written in Lua: the build step makes one of each `*.lua` beside this file, under the name of the
   file without its ending. */
typedef struct ProvidedText {
  const char *name; /* of the module */
  const char *chunk; /* name of its chunk, for messages */
  const unsigned char *text;
  size_t size;
} ProvidedText;

/* Openers of the modules written in C; the table of provided.c gives them their names. */
int bit32_open(lua_State *L);
int cjson_open(lua_State *L);
int cjson_safe_open(lua_State *L);
int compat53_open(lua_State *L);
int lfs_open(lua_State *L);
int lpeg_open(lua_State *L);
int struct_open(lua_State *L);
int system_core_open(lua_State *L);
int system_open(lua_State *L);

extern const ProvidedText provided_texts[]; /* ends with a name that is NULL */

#endif
