/*
** vm.h: what the files of the guest share. One Lua state lives in this module; the host drives it
** through the exports in exports.c and answers the imports declared here. wit/bioxen.wit is the
** contract both sides follow.
*/
#ifndef BIOXEN_VM_H
#define BIOXEN_VM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lua.h"

#define EXPORT(name) __attribute__((export_name("bioxen:lua/vm@0.1.0#" name)))
#define IMPORT(name) \
  __attribute__((import_module("bioxen:lua/host@0.1.0"), import_name(name)))

/* A `list<u8>` of the contract: the canonical ABI passes it as address and length. */
typedef struct List {
  const char *data;
  size_t size;
} List;

/* What every import that answers with bytes writes: the whole length and the first piece. */
typedef struct Reply {
  uint32_t total;
  List first;
} Reply;

/* Buffers of the standard streams: what io.write may hold back before the host sees it, and what one
   read of the input may bring. */
#define STDOUT_BUFFER 4096
#define STDIN_BUFFER 32768
#define IO_BUFFERS (STDIN_BUFFER + STDOUT_BUFFER)

typedef struct Settings {
  size_t result_ceiling; /* encoded size of results, in the units of wire.h */
  size_t error_ceiling;  /* bytes of message and of traceback */
  size_t call_ceiling;   /* encoded size of the arguments of a host function */
  int has_mounts;
} Settings;

/* vm.c: the state and what has to be renewed when an image comes to life */
extern lua_State *vm_state; /* NULL once the state was closed */
extern Settings vm_settings;
void vm_wake(lua_State *L); /* may raise */

/* transfer.c: bytes in and out */
int transfer_hold(List **lists, int count);
void transfer_receive(lua_State *L, const Reply *reply); /* pushes a string; may raise */
void transfer_clear(void); /* between two calls */

/* names.c: find leaves the table and the key of the last part, and gives 0 where something on the way is
   no table; complete pushes a table. Both may raise for want of memory. */
int names_find(lua_State *L, List name);
void names_complete(lua_State *L, List text);

/* random.c */
void random_seed(uint64_t seed);
uint32_t bioxen_arc4random(void);

/* oslib.c, iolib.c, hostlib.c: what the guest adds to the standard library */
void oslib_open(lua_State *L);
void oslib_set_temporary_directory(const char *directory);
int oslib_temporary_name(char *name, size_t size); /* 0, or -1 with errno */
int oslib_getenv(lua_State *L); /* `os.getenv` */
FILE *bioxen_fopen(const char *path, const char *mode);
int bioxen_fclose(FILE *file);
FILE *bioxen_freopen(const char *path, const char *mode, FILE *file);
void iolib_open(lua_State *L);
void iolib_set_buffers(char *memory); /* of IO_BUFFERS bytes */
void iolib_flush(void);
void iolib_clear(void); /* the buffer behind what was flushed */
const void *iolib_stdout(void);
const void *iolib_stdin(void);
void hostlib_open(lua_State *L);

/* provided.c: pushes the loader of a module that is inside the guest, or gives 0; may raise */
int provided_find(lua_State *L, const char *name);

/* warn.c */
void warn_open(lua_State *L);
unsigned warn_failures(void); /* errors of finalizers so far */

#endif
