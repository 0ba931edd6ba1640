/*
** oslib.c: the functions of `os` that need the host: clock, getenv, exit, tmpname; and setlocale.
*/
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lauxlib.h"
#include "lualib.h"
#include "vm.h"

#define NAME_ATTEMPTS 100 /* names tried before giving up; a clash is one in 2^32 */

IMPORT("running-time") uint64_t import_running_time(void);
IMPORT("variable") void import_variable(const char *name, size_t size, Reply *reply);
IMPORT("exit") void import_exit(int32_t status) __attribute__((noreturn));

static char temporary_directory[256]; /* a guest path with its last '/'; empty: no read-write mount */

void oslib_set_temporary_directory(const char *directory) {
  size_t size = strlen(directory);
  if (size >= sizeof temporary_directory) size = 0;
  memcpy(temporary_directory, directory, size);
  temporary_directory[size] = '\0';
}

int oslib_temporary_name(char *name, size_t size) {
  int attempt;
  if (temporary_directory[0] == '\0') {
    errno = EROFS;
    return -1;
  }
  for (attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
    int file;
    snprintf(name, size, "%slua_%08x", temporary_directory, (unsigned)bioxen_arc4random());
    file = open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
    if (file >= 0) return close(file);
    if (errno != EEXIST) return -1;
  }
  return -1;
}

static int os_tmpname(lua_State *L) {
  char name[sizeof temporary_directory + 16];
  if (oslib_temporary_name(name, sizeof name) != 0)
    return luaL_error(L, "unable to generate a unique filename (%s)", strerror(errno));
  lua_pushstring(L, name);
  return 1;
}

/* Seconds that this VM has spent running, in steps of a millisecond. */
static int os_clock(lua_State *L) {
  lua_pushnumber(L, (lua_Number)import_running_time() / 1000);
  return 1;
}

int oslib_getenv(lua_State *L) {
  size_t size;
  const char *name = luaL_checklstring(L, 1, &size);
  Reply reply;
  import_variable(name, size, &reply);
  transfer_receive(L, &reply);
  if (lua_rawlen(L, -1) == 0) { /* nothing: not set; a set variable begins with '=' */
    lua_pushnil(L);
  } else {
    const char *value = lua_tolstring(L, -1, &size);
    lua_pushlstring(L, value + 1, size - 1);
  }
  return 1;
}

static int os_exit(lua_State *L) {
  int status;
  if (lua_isboolean(L, 1))
    status = lua_toboolean(L, 1) ? EXIT_SUCCESS : EXIT_FAILURE;
  else
    status = (int)luaL_optinteger(L, 1, EXIT_SUCCESS);
  if (lua_toboolean(L, 2)) {
    vm_state = NULL;
    lua_close(L);
  }
  fflush(NULL); /* as exit() would */
  import_exit(status);
}

/* There is one locale, "C". The C library would take any name for it, and call it by that name. */
static int os_setlocale(lua_State *L) {
  static const char *const categories[] = {"all", "collate", "ctype", "monetary", "numeric", "time", NULL};
  const char *locale = luaL_optstring(L, 1, "C");
  luaL_checkoption(L, 2, "all", categories);
  if (*locale == '\0' || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0)
    lua_pushliteral(L, "C");
  else
    luaL_pushfail(L);
  return 1;
}

static const luaL_Reg functions[] = {{"clock", os_clock},         {"exit", os_exit},
                                     {"getenv", oslib_getenv},    {"setlocale", os_setlocale},
                                     {"tmpname", os_tmpname},     {NULL, NULL}};

void oslib_open(lua_State *L) {
  lua_getglobal(L, LUA_OSLIBNAME);
  luaL_setfuncs(L, functions, 0);
  lua_pop(L, 1);
}

/* Stands for libc's `getenv` inside Lua: its package library looks for variables while the image is
   made, and finds none. `os.getenv` asks the host. */
char *bioxen_getenv(const char *name);
char *bioxen_getenv(const char *name) {
  (void)name;
  return NULL;
}
