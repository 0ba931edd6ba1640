/*
** warn.c: warnings, as luaL_newstate sets them up: off at first, `@on` and `@off` switch them, and they
** go to standard error. The state is made with its own allocator, so not by luaL_newstate.
*/
#include <stdio.h>
#include <string.h>

#include "vm.h"

static int on;        /* whether warnings are shown */
static int continued; /* whether the next piece belongs to the same message */
static unsigned failures;

unsigned warn_failures(void) {
  return failures;
}

/* Lua tells of an error in a finalizer by a warning that begins so. */
static int is_failure(const char *message, int to_be_continued) {
  return !continued && to_be_continued && strcmp(message, "error in ") == 0;
}

static int is_control(const char *message, int to_be_continued) {
  return !continued && !to_be_continued && message[0] == '@';
}

static void warn(void *unused, const char *message, int to_be_continued) {
  (void)unused;
  if (is_control(message, to_be_continued)) {
    if (strcmp(message, "@on") == 0) on = 1;
    if (strcmp(message, "@off") == 0) on = 0;
    return;
  }
  if (is_failure(message, to_be_continued)) failures++;
  if (on) fprintf(stderr, "%s%s%s", continued ? "" : "Lua warning: ", message, to_be_continued ? "" : "\n");
  continued = to_be_continued;
}

void warn_open(lua_State *L) {
  lua_setwarnf(L, warn, NULL);
}
