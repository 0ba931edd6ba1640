/*
** iolib.c: standard output's buffer, which the host must be able to read after a hard stop;
** `io.tmpfile`; and larger buffers for files, since a read crosses to the host.
*/
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heap.h"
#include "lauxlib.h"
#include "lualib.h"
#include "paths.h"
#include "vm.h"

#define FILE_BUFFER 32768  /* measured: a read costs 10 to 20 us whatever its size */
#define FILE_BUFFERS 64    /* as many as files may be open by default */

/* ---- standard output ---------------------------------------------------------------------- */

/* Of musl's FILE, whose start is fixed by the pinned compiler: where input that was not read and output
   that was not written begin and end. The host reads these; a wrong layout fails the build in
   iolib_set_buffers. */
typedef struct FileHead {
  unsigned flags;
  unsigned char *rpos, *rend;
  int (*close)(FILE *);
  unsigned char *wend, *wpos;
  unsigned char *wbase;
} FileHead;

const void *iolib_stdout(void) {
  return stdout;
}

const void *iolib_stdin(void) {
  return stdin;
}

void iolib_flush(void) {
  fflush(stdout);
}

void iolib_clear(void) {
  const FileHead *head = (const FileHead *)stdout;
  if (head->wbase != NULL) memset(head->wbase, 0, STDOUT_BUFFER);
}

static void check_layout(void) {
  const FileHead *head = (const FileHead *)stdout;
  fputs("abc", stdout);
  if (head->wpos - head->wbase != 3 || memcmp(head->wbase, "abc", 3) != 0) abort();
  memset(head->wbase, 0, 3);
  ((FileHead *)stdout)->wpos = head->wbase;
}

/* Leaves no trace: what is not zero becomes a part of the image. */
static void check_input_layout(void) {
  FileHead *head = (FileHead *)stdin;
  FileHead before = *head;
  unsigned char *place;
  ungetc('a', stdin);
  place = head->rpos;
  if (head->rend - place != 1 || *place != 'a') abort();
  if (getc(stdin) != 'a' || head->rpos != head->rend) abort();
  *place = 0;
  *head = before;
}

/* ---- buffers of files --------------------------------------------------------------------- */

/* Lua is compiled with `fopen`, `fclose` and `freopen` renamed to the functions of this part. */

static struct {
  FILE *file;
  char *buffer;
} buffers[FILE_BUFFERS];

static void widen(FILE *file) {
  int i;
  for (i = 0; i < FILE_BUFFERS; i++) {
    if (buffers[i].file == NULL) {
      char *buffer = heap_resize(NULL, FILE_BUFFER);
      if (buffer == NULL) return; /* the small buffer does as well */
      buffers[i].file = file;
      buffers[i].buffer = buffer;
      setvbuf(file, buffer, _IOFBF, FILE_BUFFER);
      return;
    }
  }
}

FILE *bioxen_fopen(const char *path, const char *mode) {
  FILE *file = fopen(path, mode);
  if (file != NULL) {
    widen(file);
  } else {
    int error = errno;
    paths_report_denied(path);
    errno = error;
  }
  return file;
}

int bioxen_fclose(FILE *file) {
  char *buffer = NULL;
  int i, result;
  for (i = 0; i < FILE_BUFFERS; i++) {
    if (buffers[i].file == file) {
      buffer = buffers[i].buffer;
      buffers[i].file = NULL;
      break;
    }
  }
  result = fclose(file);
  heap_free(buffer);
  return result;
}

/* `loadfile` opens a file again, in binary mode, once it looks binary. Here every mode is. */
FILE *bioxen_freopen(const char *path, const char *mode, FILE *file) {
  (void)path;
  (void)mode;
  rewind(file);
  return file;
}

/* ---- io.tmpfile --------------------------------------------------------------------------- */

static int close_file(lua_State *L) {
  luaL_Stream *stream = (luaL_Stream *)luaL_checkudata(L, 1, LUA_FILEHANDLE);
  errno = 0;
  return luaL_fileresult(L, bioxen_fclose(stream->f) == 0, NULL);
}

static int io_tmpfile(lua_State *L) {
  char name[300];
  luaL_Stream *stream = (luaL_Stream *)lua_newuserdatauv(L, sizeof(luaL_Stream), 0);
  stream->closef = NULL;
  luaL_setmetatable(L, LUA_FILEHANDLE);
  if (oslib_temporary_name(name, sizeof name) != 0) return luaL_fileresult(L, 0, NULL);
  stream->f = bioxen_fopen(name, "w+b");
  if (stream->f == NULL) return luaL_fileresult(L, 0, name);
  stream->closef = close_file;
  unlink(name); /* the open file goes on; nothing is left when it is closed */
  return 1;
}

void iolib_set_buffers(char *memory) {
  setvbuf(stdin, memory, _IOFBF, STDIN_BUFFER);
  setvbuf(stdout, memory + STDIN_BUFFER, _IOFBF, STDOUT_BUFFER);
  check_layout();
  check_input_layout();
}

void iolib_open(lua_State *L) {
  lua_getglobal(L, LUA_IOLIBNAME);
  lua_pushcfunction(L, io_tmpfile);
  lua_setfield(L, -2, "tmpfile");
  lua_pop(L, 1);
}
