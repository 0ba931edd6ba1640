/*
** cjson.h: what the files of the module `cjson` share.
*/
#ifndef BIOXEN_CJSON_H
#define BIOXEN_CJSON_H

#include "lua.h"

#define CJSON_DIGITS 17 /* enough to tell every double from its neighbours */

enum { CJSON_OFF = 0, CJSON_ON = 1, CJSON_NULL = 2 };

typedef struct CjsonSettings {
  int convert_sparse; /* an array with too many holes becomes an object */
  int sparse_ratio;   /* places for each item before that; 0: never */
  int sparse_safe;    /* places that may always be holes */
  int encode_depth;
  int decode_depth;
  int precision; /* significant digits */
  int keep_buffer;
  int encode_invalid; /* NaN and infinity: CJSON_OFF refuses, CJSON_ON writes, CJSON_NULL writes null */
  int decode_invalid;
} CjsonSettings;

/* Both take one argument and give one result, or raise. Nesting takes places of the Lua stack, never of C's. */
int cjson_encode_value(lua_State *L, const CjsonSettings *settings);
int cjson_decode_value(lua_State *L, const CjsonSettings *settings);

#endif
