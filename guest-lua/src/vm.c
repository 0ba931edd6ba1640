/*
** vm.c: the Lua state. It is made once, when the image is built (`initialize`); every VM begins as
** a copy of that image. What must not be shared by copies is renewed at a VM's first call.
*/
#include "vm.h"

#include <string.h>
#include <wasi/libc.h>

#include "heap.h"
#include "lauxlib.h"
#include "lualib.h"
#include "transfer.h"
#include "wire.h"

void __wasilibc_reset_preopens(void); /* wasi-libc's own, preopens.c */
extern unsigned char __stack_high; /* the linker's */

IMPORT("settings") void import_settings(Reply *reply);

lua_State *vm_state;
Settings vm_settings;

/* The host sets this in the memory of a copy that has to renew itself: a fresh, restored, forked or
   rolled-back VM. */
static uint32_t asleep = 1;

/* Whether randomness was ever seeded: a copy of a VM that was may have to go on where that one stood. */
static int seeded;

static char randomseed_key; /* registry: the original math.randomseed */

/* Where the host finds what it reads and writes in the memory; see `Layout` in the host. */
static struct {
  const void *transfer;
  uint32_t transfer_size;
  const void *asleep;
  const void *standard_output;
  const void *standard_input;
  const void *stack_end; /* the shadow stack lies before it, and is empty between two calls */
} layout;

__attribute__((export_name("layout"))) const void *vm_layout(void) {
  layout.transfer = transfer_buffer;
  layout.transfer_size = TRANSFER_SIZE;
  layout.asleep = &asleep;
  layout.standard_output = iolib_stdout();
  layout.standard_input = iolib_stdin();
  layout.stack_end = &__stack_high;
  return &layout;
}

static void set_package_path(lua_State *L, int index) {
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, LUA_LOADLIBNAME);
  if (lua_istable(L, -1)) {
    lua_pushliteral(L, "path");
    lua_pushvalue(L, index);
    lua_rawset(L, -3);
  }
  lua_pop(L, 2);
}

static void reseed(lua_State *L, lua_Integer first, lua_Integer second) {
  random_seed((uint64_t)first);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &randomseed_key);
  lua_pushinteger(L, first);
  lua_pushinteger(L, second);
  lua_call(L, 2, 0);
}

#define SETTINGS 9

/* Settings come as values, in the order that the contract gives. */
static void apply_settings(lua_State *L, int first) {
  vm_settings.result_ceiling = (size_t)lua_tointeger(L, first + 2);
  vm_settings.error_ceiling = (size_t)lua_tointeger(L, first + 3);
  vm_settings.call_ceiling = (size_t)lua_tointeger(L, first + 4);
  vm_settings.has_mounts = lua_toboolean(L, first + 5);
  __wasilibc_reset_preopens();
  if (lua_isstring(L, first + 6)) set_package_path(L, first + 6);
  oslib_set_temporary_directory(lua_isstring(L, first + 7) ? lua_tostring(L, first + 7) : "");
  if (seeded && lua_toboolean(L, first + 8)) return;
  reseed(L, lua_tointeger(L, first), lua_tointeger(L, first + 1));
  seeded = 1;
}

void vm_wake(lua_State *L) {
  int top = lua_gettop(L);
  Reply reply;
  Reader reader;
  size_t size;
  if (!asleep) return;
  import_settings(&reply);
  transfer_receive(L, &reply);
  reader.at = (const unsigned char *)lua_tolstring(L, -1, &size);
  reader.end = reader.at + size;
  if (wire_read_all(L, &reader) != SETTINGS) luaL_error(L, "damaged value from the host");
  apply_settings(L, top + 2);
  lua_settop(L, top);
  asleep = 0; /* only now: a failure for want of memory is made good at the next call */
}

/* Without mounts there is nothing to find, but a path to look at: the host is then told of the files
   that `require` missed, and can say which mount to add. */
static void set_package_paths(lua_State *L) {
  lua_getglobal(L, LUA_LOADLIBNAME);
  lua_pushliteral(L, "./?.lua;./?/init.lua");
  lua_setfield(L, -2, "path");
  lua_pushliteral(L, "");
  lua_setfield(L, -2, "cpath");
  lua_pop(L, 1);
}

static void keep_randomseed(lua_State *L) {
  lua_getglobal(L, LUA_MATHLIBNAME);
  lua_getfield(L, -1, "randomseed");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &randomseed_key);
  lua_pop(L, 1);
}

/* Buffers lie behind everything else, so that the image, which has to be mapped for every VM, ends
   before them. */
static void lay_out_buffers(void) {
  char *memory = heap_seal(TRANSFER_SIZE + IO_BUFFERS);
  transfer_buffer = (unsigned char *)memory;
  iolib_set_buffers(memory + TRANSFER_SIZE);
}

/* Clears what initialisation left on the stack: its pages are then no part of the image. */
static __attribute__((noinline)) void scrub_stack(void) {
  volatile char stack[65536];
  size_t at;
  for (at = 0; at < sizeof stack; at++) stack[at] = 0;
}

/* Run once, while the image is made, with imports that answer constants. */
__attribute__((export_name("initialize"))) void vm_initialize(void) {
  lua_State *L = lua_newstate(heap_lua, NULL);
  if (L == NULL) __builtin_trap();
  warn_open(L);
  luaL_openlibs(L);
  oslib_open(L);
  iolib_open(L);
  hostlib_open(L);
  set_package_paths(L);
  keep_randomseed(L);
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT);
  vm_state = L;
  lay_out_buffers();
  scrub_stack();
}
