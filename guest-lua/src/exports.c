/*
** exports.c: what the host can ask of the Lua state. Every export answers with an encoded reply: a
** status byte, then values. Nothing runs outside a protected call, so no Lua error leaves here.
*/
#include <stdio.h>
#include <string.h>

#include "heap.h"
#include "lauxlib.h"
#include "lualib.h"
#include "vm.h"
#include "wire.h"

/* How an export ended; the host's decoder knows the same numbers. */
enum {
  REPLY_VALUES = 0,     /* the values */
  REPLY_SYNTAX = 1,     /* message, whether the source is only incomplete */
  REPLY_RAISED = 2,     /* error value, message, traceback */
  REPLY_CONVERSION = 3, /* message */
  REPLY_TOO_LARGE = 4,  /* nothing */
  REPLY_MISSING = 5,    /* nothing: no such function, or no table on the way to a name */
  REPLY_CLOSED = 6,     /* nothing: the state was closed */
  REPLY_MEMORY = 7      /* nothing: memory ran out, and no code of the script caught that */
};

/* One call of an export on its way. `prepare` leaves a function and its arguments on the stack, or
   sets `status`; an export that runs no Lua function leaves values and sets `finished`. */
typedef struct Call {
  List source;
  List name;
  List arguments;
  int status;
  int load;      /* status of luaL_loadbufferx */
  int finished;
  int print;     /* one of the PRINT_s */
} Call;

/* Whether the results go to the global `print`, as a REPL's do, and then to the host too. */
enum { PRINT_NOTHING = 0, PRINT_ONLY, PRINT_AND_REPLY };

#define HANDLER 1 /* stack index of the message handler */

static char traceback_key; /* registry: traceback of the error that is on its way */
static Writer writer;
static List answer;

/* ---- errors ------------------------------------------------------------------------------- */

static int keep_traceback(lua_State *L) {
  luaL_traceback(L, L, NULL, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &traceback_key);
  return 1; /* the error value, as it was */
}

/* The text of an error as the reference interpreter shows it; *plain tells whether a traceback
   belongs to it. */
static const char *error_text(lua_State *L, int index, size_t *size, int *plain) {
  *plain = lua_isstring(L, index);
  if (*plain) {
    lua_pushvalue(L, index); /* a copy: a number becomes a string where it stands */
    return lua_tolstring(L, -1, size);
  }
  if (luaL_callmeta(L, index, "__tostring") && lua_type(L, -1) == LUA_TSTRING)
    return lua_tolstring(L, -1, size);
  *plain = 1;
  lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, index));
  return lua_tolstring(L, -1, size);
}

/* In a full memory a text is cut to what needs none: half of what is left of the buffer, since another
   text may come behind it. */
static int write_text(const char *text, size_t size) {
  size_t left = (writer.capacity - writer.size) / 2;
  if (size > vm_settings.error_ceiling) size = vm_settings.error_ceiling;
  if (wire_string(&writer, text, size) == WIRE_OK) return 1;
  if (left < 64) return 0;
  return wire_string(&writer, text, size < left - 16 ? size : left - 16) == WIRE_OK;
}

/* The error value crosses when it can: else nil stands for it, and its text is there. */
static void write_error_value(lua_State *L, int index) {
  size_t size = writer.size, cost = writer.cost;
  if (wire_value(L, &writer, index) == WIRE_OK) return;
  writer.size = size;
  writer.cost = cost;
  lua_pushnil(L);
  wire_value(L, &writer, -1);
  lua_pop(L, 1);
}

static void write_bare_error(const char *message) {
  wire_drop(&writer);
  wire_start(&writer, SIZE_MAX);
  wire_byte(&writer, REPLY_RAISED);
  wire_string(&writer, message, strlen(message));
  wire_string(&writer, message, strlen(message));
  wire_string(&writer, "", 0);
}

static void write_no_memory(void) {
  wire_drop(&writer);
  wire_start(&writer, SIZE_MAX);
  wire_byte(&writer, REPLY_MEMORY);
}

/* Protected: argument 1 is the error value. */
static int write_raised(lua_State *L) {
  int plain;
  size_t size, trace_size = 0;
  const char *text = error_text(L, 1, &size, &plain);
  const char *trace = NULL;
  if (plain && lua_rawgetp(L, LUA_REGISTRYINDEX, &traceback_key) == LUA_TSTRING)
    trace = lua_tolstring(L, -1, &trace_size);
  wire_start(&writer, vm_settings.result_ceiling + 2 * vm_settings.error_ceiling + 64);
  wire_byte(&writer, REPLY_RAISED);
  write_error_value(L, 1);
  if (!write_text(text, size) || !write_text(trace, trace_size)) write_no_memory();
  return 0;
}

/* The error value is on top. Making its text may call `__tostring`, which may fail again. */
static void reply_raised(lua_State *L, int status) {
  if (status == LUA_ERRMEM) {
    write_no_memory();
    return;
  }
  lua_pushcfunction(L, write_raised);
  lua_insert(L, -2);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) write_bare_error("error in error handling");
}

/* Protected: argument 1 is the message of the parser. */
static int write_syntax(lua_State *L) {
  static const char mark[] = "<eof>";
  const size_t length = sizeof mark - 1;
  size_t size;
  const char *text = luaL_tolstring(L, 1, &size);
  wire_start(&writer, SIZE_MAX);
  wire_byte(&writer, REPLY_SYNTAX);
  if (!write_text(text, size)) {
    write_no_memory();
    return 0;
  }
  lua_pushboolean(L, size >= length && strcmp(text + size - length, mark) == 0);
  wire_value(L, &writer, -1);
  return 0;
}

static void reply_unloaded(lua_State *L, int status) {
  if (status != LUA_ERRSYNTAX) {
    reply_raised(L, status);
    return;
  }
  lua_pushcfunction(L, write_syntax);
  lua_insert(L, -2);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) write_no_memory();
}

/* ---- results ------------------------------------------------------------------------------ */

static void reply_conversion(lua_State *L, int position, WireStatus status) {
  if (status == WIRE_NO_MEMORY) {
    write_no_memory();
  } else if (status == WIRE_TOO_LARGE) {
    wire_drop(&writer);
    wire_start(&writer, SIZE_MAX);
    wire_byte(&writer, REPLY_TOO_LARGE);
  } else {
    char message[160];
    if (status == WIRE_TYPE)
      snprintf(message, sizeof message, "result %d: a %s cannot cross to the host", position,
               writer.offender);
    else
      snprintf(message, sizeof message,
               "result %d: tables nested deeper than %d levels, or a cycle, cannot cross to the host",
               position, WIRE_DEPTH);
    wire_drop(&writer);
    wire_start(&writer, SIZE_MAX);
    wire_byte(&writer, REPLY_CONVERSION);
    wire_string(&writer, message, strlen(message));
  }
  (void)L;
}

static void reply_values(lua_State *L, int first) {
  int i, top = lua_gettop(L);
  wire_start(&writer, vm_settings.result_ceiling);
  wire_byte(&writer, REPLY_VALUES);
  for (i = first; i <= top; i++) {
    WireStatus status = wire_value(L, &writer, i);
    if (status != WIRE_OK) {
      reply_conversion(L, i - first + 1, status);
      return;
    }
  }
}

static void reply_status(int status) {
  wire_start(&writer, SIZE_MAX);
  wire_byte(&writer, (unsigned char)status);
}

/* Protected: all arguments are results of a REPL line. */
static int print_results(lua_State *L) {
  int n = lua_gettop(L);
  luaL_checkstack(L, LUA_MINSTACK, "too many results to print");
  lua_getglobal(L, "print");
  lua_insert(L, 1);
  if (lua_pcall(L, n, 0, 0) == LUA_OK) return 0;
  return luaL_error(L, "error calling 'print' (%s)", lua_tostring(L, -1));
}

static int show(lua_State *L, int print) {
  int i, n = lua_gettop(L) - HANDLER;
  if (n == 0) return LUA_OK;
  if (!lua_checkstack(L, n + 1)) return LUA_ERRMEM;
  lua_pushcfunction(L, print_results);
  for (i = 1; i <= n; i++) lua_pushvalue(L, HANDLER + i);
  if (print == PRINT_ONLY) {
    lua_rotate(L, HANDLER + 1, n + 1);
    lua_settop(L, HANDLER + n + 1);
  }
  return lua_pcall(L, n, 0, 0);
}

/* ---- a call from beginning to end ---------------------------------------------------------- */

static void forget_traceback(lua_State *L) {
  lua_pushnil(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &traceback_key);
}

/* Protected: argument 1 is the call. */
static int wake(lua_State *L) {
  vm_wake(L);
  forget_traceback(L);
  return 0;
}

static int prepared(lua_State *L, Call *call, lua_CFunction prepare) {
  int status;
  lua_settop(L, 0);
  lua_pushcfunction(L, wake);
  status = lua_pcall(L, 0, 0, 0);
  if (status != LUA_OK) return status;
  lua_pushcfunction(L, keep_traceback);
  lua_pushcfunction(L, prepare);
  lua_pushlightuserdata(L, call);
  return lua_pcall(L, 1, LUA_MULTRET, 0);
}

/* All arguments are a function and its arguments. */
static int invoke(lua_State *L) {
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

/* Calls the function above the handler from a C function, so that tracebacks end as those of the
   reference interpreter do, whose main program is one. */
static int call_from_c(lua_State *L) {
  if (!lua_checkstack(L, 1)) return LUA_ERRMEM;
  lua_pushcfunction(L, invoke);
  lua_insert(L, HANDLER + 1);
  return lua_pcall(L, lua_gettop(L) - HANDLER - 1, LUA_MULTRET, HANDLER);
}

/* A hook of the script is for the script's own code, not for what stands around it. */
typedef struct Hook {
  lua_Hook function;
  int mask, count;
} Hook;

static Hook take_hook(lua_State *L) {
  Hook hook = {lua_gethook(L), lua_gethookmask(L), lua_gethookcount(L)};
  if (hook.function != NULL) lua_sethook(L, NULL, 0, 0);
  return hook;
}

static void put_hook(lua_State *L, Hook hook) {
  if (hook.function != NULL) lua_sethook(L, hook.function, hook.mask, hook.count);
}

static int run_prepared(lua_State *L, Call *call, Hook *hook) {
  int status;
  put_hook(L, *hook);
  status = call_from_c(L);
  if (status == LUA_OK && call->print != PRINT_NOTHING) status = show(L, call->print);
  *hook = take_hook(L);
  return status;
}

static void run(lua_State *L, Call *call, lua_CFunction prepare) {
  Hook hook = take_hook(L);
  int status = prepared(L, call, prepare);
  if (status == LUA_OK && call->status == REPLY_VALUES && !call->finished)
    status = run_prepared(L, call, &hook);
  if (status != LUA_OK)
    reply_raised(L, status);
  else if (call->status == REPLY_SYNTAX)
    reply_unloaded(L, call->load);
  else if (call->status != REPLY_VALUES)
    reply_status(call->status);
  else
    reply_values(L, HANDLER + 1);
  put_hook(L, hook);
}

static List *answered(lua_State *L) {
  if (L != NULL) lua_settop(L, 0);
  iolib_flush();
  answer.data = (const char *)writer.data;
  answer.size = writer.size;
  return &answer;
}

static List *serve(Call *call, lua_CFunction prepare) {
  List *lists[3] = {&call->source, &call->name, &call->arguments};
  lua_State *L = vm_state;
  wire_drop(&writer); /* the last reply was read */
  if (!transfer_hold(lists, 3))
    write_no_memory();
  else if (L == NULL)
    reply_status(REPLY_CLOSED);
  else
    run(L, call, prepare);
  return answered(vm_state);
}

/* ---- loading ------------------------------------------------------------------------------ */

/* A first line that begins with '#' is a comment for a shell; its newline stays, for the count. */
static List without_shebang(List source) {
  if (source.size >= 3 && memcmp(source.data, "\xEF\xBB\xBF", 3) == 0) {
    source.data += 3;
    source.size -= 3;
  }
  if (source.size == 0 || source.data[0] != '#') return source;
  while (source.size > 0 && source.data[0] != '\n') {
    source.data++;
    source.size--;
  }
  return source;
}

static const char *chunk_name(lua_State *L, List name) {
  return lua_pushlstring(L, name.data, name.size); /* anchored on the stack of `prepare` */
}

static int unpack_arguments(lua_State *L, List arguments) {
  Reader reader;
  reader.at = (const unsigned char *)arguments.data;
  reader.end = reader.at + arguments.size;
  return wire_read_all(L, &reader);
}

static int load(lua_State *L, Call *call, List source, const char *name) {
  call->load = luaL_loadbufferx(L, source.data, source.size, name, "t");
  call->status = call->load == LUA_OK ? REPLY_VALUES : REPLY_SYNTAX;
  return call->load == LUA_OK;
}

static int prepare_exec(lua_State *L) {
  Call *call = lua_touserdata(L, 1);
  if (!load(L, call, without_shebang(call->source), chunk_name(L, call->name))) return 1;
  return 1 + unpack_arguments(L, call->arguments);
}

/* The rule of the reference interpreter: an expression first, then a statement; `=` before an
   expression is taken for `return`, as in Lua 5.2. */
static int prepare_line(lua_State *L) {
  Call *call = lua_touserdata(L, 1);
  const char *name = chunk_name(L, call->name);
  size_t skipped = call->source.size > 0 && call->source.data[0] == '=';
  List expression;
  call->print = PRINT_ONLY;
  lua_pushliteral(L, "return ");
  lua_pushlstring(L, call->source.data + skipped, call->source.size - skipped);
  lua_concat(L, 2);
  expression.data = lua_tolstring(L, -1, &expression.size);
  if (load(L, call, expression, name) || skipped) return 1;
  lua_pop(L, 1);
  load(L, call, call->source, name);
  return 1;
}

/* ---- names ------------------------------------------------------------------------------- */

static int prepare_call(lua_State *L) {
  Call *call = lua_touserdata(L, 1);
  if (!names_find(L, call->name) || lua_rawget(L, -2) == LUA_TNIL) {
    call->status = REPLY_MISSING;
    return 0;
  }
  return 1 + unpack_arguments(L, call->arguments);
}

static int prepare_get(lua_State *L) {
  Call *call = lua_touserdata(L, 1);
  call->finished = 1;
  if (!names_find(L, call->name)) {
    lua_pushnil(L);
    return 1;
  }
  lua_rawget(L, -2);
  return 1;
}

static int prepare_set(lua_State *L) {
  Call *call = lua_touserdata(L, 1);
  call->finished = 1;
  if (!names_find(L, call->name)) {
    call->status = REPLY_MISSING;
    return 0;
  }
  if (unpack_arguments(L, call->arguments) != 1) return luaL_error(L, "damaged value from the host");
  lua_rawset(L, -3);
  return 0;
}

static int prepare_complete(lua_State *L) {
  Call *call = lua_touserdata(L, 1);
  call->finished = 1;
  names_complete(L, call->name);
  return 1;
}

/* ---- a look from outside ----------------------------------------------------------------- */

/* What the libraries keep in the registry, where a script may have changed it. */
static const char *const kept[] = {LUA_LOADED_TABLE, LUA_PRELOAD_TABLE, LUA_FILEHANDLE, "_CLIBS"};

static void forget_libraries(lua_State *L) {
  size_t i;
  lua_pushnil(L);
  lua_setmetatable(L, LUA_REGISTRYINDEX);
  for (i = 0; i < sizeof kept / sizeof kept[0]; i++) {
    lua_pushstring(L, kept[i]);
    lua_pushnil(L);
    lua_rawset(L, LUA_REGISTRYINDEX);
  }
}

/* Leaves the globals of the script, and puts in their place those of a fresh standard library. */
static void open_beside(lua_State *L) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  forget_libraries(L);
  lua_newtable(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  luaL_openlibs(L);
}

static int prepare_inspect(lua_State *L) {
  Call *call = lua_touserdata(L, 1);
  open_beside(L);
  if (!load(L, call, call->source, chunk_name(L, call->name))) return 1;
  lua_pushvalue(L, 2); /* the globals of the script */
  return 2;
}

/* ---- exports ------------------------------------------------------------------------------ */

EXPORT("exec")
List *vm_exec(const char *source, size_t source_size, const char *name, size_t name_size,
              const char *arguments, size_t arguments_size) {
  Call call = {{source, source_size}, {name, name_size}, {arguments, arguments_size}, 0, 0, 0, 0};
  return serve(&call, prepare_exec);
}

EXPORT("echo")
List *vm_echo(const char *source, size_t source_size, const char *name, size_t name_size,
              const char *arguments, size_t arguments_size) {
  Call call = {{source, source_size}, {name, name_size}, {arguments, arguments_size}, 0, 0, 0, 0};
  call.print = PRINT_AND_REPLY;
  return serve(&call, prepare_exec);
}

EXPORT("line")
List *vm_line(const char *source, size_t source_size, const char *name, size_t name_size) {
  Call call = {{source, source_size}, {name, name_size}, {NULL, 0}, 0, 0, 0, 0};
  return serve(&call, prepare_line);
}

EXPORT("call")
List *vm_call(const char *name, size_t name_size, const char *arguments, size_t arguments_size) {
  Call call = {{NULL, 0}, {name, name_size}, {arguments, arguments_size}, 0, 0, 0, 0};
  return serve(&call, prepare_call);
}

EXPORT("get")
List *vm_get(const char *name, size_t name_size) {
  Call call = {{NULL, 0}, {name, name_size}, {NULL, 0}, 0, 0, 0, 0};
  return serve(&call, prepare_get);
}

EXPORT("set")
List *vm_set(const char *name, size_t name_size, const char *value, size_t value_size) {
  Call call = {{NULL, 0}, {name, name_size}, {value, value_size}, 0, 0, 0, 0};
  return serve(&call, prepare_set);
}

EXPORT("complete")
List *vm_complete(const char *text, size_t size) {
  Call call = {{NULL, 0}, {text, size}, {NULL, 0}, 0, 0, 0, 0};
  return serve(&call, prepare_complete);
}

/* For a copy that is thrown away afterwards: no hook and no finalizer runs in it any more. */
EXPORT("inspect")
List *vm_inspect(const char *source, size_t source_size, const char *name, size_t name_size) {
  Call call = {{source, source_size}, {name, name_size}, {NULL, 0}, 0, 0, 0, 0};
  if (vm_state != NULL) {
    lua_sethook(vm_state, NULL, 0, 0);
    lua_gc(vm_state, LUA_GCSTOP);
  }
  return serve(&call, prepare_inspect);
}

/* Protected. The second time frees what finalizers of the first held. */
static int collect(lua_State *L) {
  vm_wake(L);
  lua_gc(L, LUA_GCCOLLECT);
  lua_gc(L, LUA_GCCOLLECT);
  return 0;
}

/* Whether every finalizer that this called went well. */
EXPORT("collect") int vm_collect(void) {
  lua_State *L = vm_state;
  unsigned failures = warn_failures();
  Hook hook;
  int status;
  if (L == NULL) return 1;
  hook = take_hook(L);
  lua_settop(L, 0);
  lua_pushcfunction(L, collect);
  status = lua_pcall(L, 0, 0, 0);
  lua_settop(L, 0);
  put_hook(L, hook);
  iolib_flush();
  return status == LUA_OK && warn_failures() == failures;
}

/* Makes everything that holds nothing zero. Runs no code of Lua. */
EXPORT("clear") void vm_clear(void) {
  wire_drop(&writer);
  memset(&answer, 0, sizeof answer);
  iolib_flush();
  iolib_clear();
  transfer_clear();
  heap_clear_free();
}

/* The end of a program: to-be-closed variables, finalizers, open files, as lua_close does it. */
EXPORT("close") void vm_close(void) {
  lua_State *L = vm_state;
  vm_state = NULL;
  if (L != NULL) lua_close(L);
  fflush(NULL);
}
