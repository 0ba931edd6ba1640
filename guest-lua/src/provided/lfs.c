/*
** lfs.c: the interface of LuaFileSystem 1.8 over the mounts of this VM.
*/
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>
#include <wasi/api.h>

#include "lauxlib.h"
#include "lualib.h"
#include "paths.h"
#include "provided.h"

#define FOLDER_TYPE "directory metatable"
#define LOCK_TYPE "lock metatable"
#define LOCK_FILE "/lockfile.lfs"
#define BLOCK 4096 /* chosen: what `blksize` says */

/* ---- results ------------------------------------------------------------------------------- */

/* nil, the error's text after a prefix that was pushed, and its number. */
static int fail_after_prefix(lua_State *L, int error) {
  lua_pushstring(L, strerror(error));
  lua_concat(L, 2);
  luaL_pushfail(L);
  lua_insert(L, -2);
  lua_pushinteger(L, error);
  return 3;
}

static int push_result(lua_State *L, int result) {
  int error = errno;
  if (result == 0) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushliteral(L, "");
  return fail_after_prefix(L, error);
}

/* As push_result, and the host learns of a path outside every mount. */
static int push_path_result(lua_State *L, int result, const char *path) {
  if (result != 0) {
    int error = errno;
    paths_report_denied(path);
    errno = error;
  }
  return push_result(L, result);
}

/* ---- attributes ---------------------------------------------------------------------------- */

static const char *mode_name(mode_t mode) {
  if (S_ISREG(mode)) return "file";
  if (S_ISDIR(mode)) return "directory";
  if (S_ISLNK(mode)) return "link";
  return "other";
}

/* WASI knows no permissions; these are what a file gets where nobody asks for others. */
static const char *permissions(mode_t mode) {
  if (S_ISDIR(mode)) return "rwxr-xr-x";
  return S_ISLNK(mode) ? "rwxrwxrwx" : "rw-r--r--";
}

typedef enum Field {
  MODE, DEVICE, NUMBER, LINKS, OWNER, SIZE, ACCESSED, MODIFIED, CHANGED, PERMISSIONS, BLOCKS, BLOCK_SIZE
} Field;

static const struct {
  const char *name;
  Field field;
} fields[] = {{"mode", MODE},       {"dev", DEVICE},          {"ino", NUMBER},     {"nlink", LINKS},
              {"uid", OWNER},       {"gid", OWNER},           {"rdev", OWNER},     {"size", SIZE},
              {"access", ACCESSED}, {"modification", MODIFIED}, {"change", CHANGED},
              {"permissions", PERMISSIONS}, {"blocks", BLOCKS}, {"blksize", BLOCK_SIZE}};

#define FIELDS (sizeof fields / sizeof fields[0])

static void push_field(lua_State *L, const struct stat *status, Field field) {
  switch (field) {
    case MODE: lua_pushstring(L, mode_name(status->st_mode)); break;
    case DEVICE: lua_pushinteger(L, (lua_Integer)status->st_dev); break;
    case NUMBER: lua_pushinteger(L, (lua_Integer)status->st_ino); break;
    case LINKS: lua_pushinteger(L, (lua_Integer)status->st_nlink); break;
    case OWNER: lua_pushinteger(L, 0); break;
    case SIZE: lua_pushinteger(L, status->st_size); break;
    case ACCESSED: lua_pushinteger(L, status->st_atim.tv_sec); break;
    case MODIFIED: lua_pushinteger(L, status->st_mtim.tv_sec); break;
    case CHANGED: lua_pushinteger(L, status->st_ctim.tv_sec); break;
    case PERMISSIONS: lua_pushstring(L, permissions(status->st_mode)); break;
    case BLOCKS: lua_pushinteger(L, status->st_size / 512 + (status->st_size % 512 != 0)); break;
    case BLOCK_SIZE: lua_pushinteger(L, BLOCK); break;
  }
}

static int push_field_named(lua_State *L, const struct stat *status, const char *name) {
  size_t i;
  for (i = 0; i < FIELDS; i++) {
    if (strcmp(fields[i].name, name) == 0) {
      push_field(L, status, fields[i].field);
      return 1;
    }
  }
  return luaL_error(L, "invalid attribute name '%s'", name);
}

/* The folders above the mounts are there as well: empty but for them, and nobody can change them. */
static int look(const char *path, struct stat *status, int (*how)(const char *, struct stat *)) {
  char plain[PATHS_SIZE];
  int error;
  if (how(path, status) == 0) return 0;
  error = errno;
  if (paths_above_mounts(path, plain)) {
    memset(status, 0, sizeof *status);
    status->st_mode = S_IFDIR;
    status->st_nlink = 1;
    return 0;
  }
  paths_report_denied(path);
  errno = error;
  return -1;
}

static int file_info(lua_State *L, int (*how)(const char *, struct stat *)) {
  const char *path = luaL_checkstring(L, 1);
  struct stat status;
  size_t i;
  if (look(path, &status, how) != 0) {
    int error = errno;
    lua_pushfstring(L, "cannot obtain information from file '%s': ", path);
    return fail_after_prefix(L, error);
  }
  if (lua_isstring(L, 2)) return push_field_named(L, &status, lua_tostring(L, 2));
  lua_settop(L, 2);
  if (!lua_istable(L, 2)) lua_createtable(L, 0, FIELDS + 1);
  for (i = 0; i < FIELDS; i++) {
    push_field(L, &status, fields[i].field);
    lua_setfield(L, -2, fields[i].name);
  }
  return 1;
}

static int lfs_attributes(lua_State *L) {
  return file_info(L, stat);
}

/* Where a link leads, or nil. */
static ssize_t push_target(lua_State *L, const char *path) {
  char target[PATHS_SIZE];
  ssize_t size = readlink(path, target, sizeof target);
  int error = errno;
  if (size >= 0)
    lua_pushlstring(L, target, (size_t)size);
  else
    lua_pushnil(L);
  errno = error;
  return size;
}

static int lfs_symlinkattributes(lua_State *L) {
  int results;
  if (lua_isstring(L, 2) && strcmp(lua_tostring(L, 2), "target") == 0) {
    int error;
    if (push_target(L, luaL_checkstring(L, 1)) >= 0) return 1;
    error = errno;
    lua_pushliteral(L, "could not obtain link target: ");
    return fail_after_prefix(L, error);
  }
  results = file_info(L, lstat);
  if (results == 1 && lua_istable(L, -1)) {
    push_target(L, lua_tostring(L, 1));
    lua_setfield(L, -2, "target");
  }
  return results;
}

/* ---- reading folders ----------------------------------------------------------------------- */

#define ENTRIES 4096 /* bytes of entries that are fetched at once: about a hundred */
#define NO_HANDLE (-1)

typedef struct Folder {
  int open; /* for Lua */
  int handle; /* NO_HANDLE: a folder above mounts */
  uint64_t next; /* the entry behind those in the buffer */
  size_t at, end;
  int last; /* whether nothing follows the buffer */
  const char *plain; /* above mounts: its path, */
  int mount; /* and which mount is next */
  unsigned char entries[ENTRIES];
} Folder;

static Folder *check_folder(lua_State *L) {
  Folder *folder = (Folder *)luaL_checkudata(L, 1, FOLDER_TYPE);
  luaL_argcheck(L, folder->open, 1, "closed directory");
  return folder;
}

static void close_folder(Folder *folder) {
  if (folder->open && folder->handle != NO_HANDLE) close(folder->handle);
  folder->open = 0;
}

/* Fails for a folder that was open before the VM became a copy: its handle names nothing any more. */
static int fetch(lua_State *L, Folder *folder) {
  __wasi_size_t size;
  __wasi_errno_t error =
      __wasi_fd_readdir((__wasi_fd_t)folder->handle, folder->entries, ENTRIES, folder->next, &size);
  if (error != 0) {
    close_folder(folder);
    return luaL_error(L, "cannot read directory: %s", strerror(error));
  }
  folder->at = 0;
  folder->end = size;
  folder->last = size < ENTRIES;
  return size > 0;
}

/* Pushes the next name of the buffer. The entry at its end may be cut: it comes again. */
static int push_entry(lua_State *L, Folder *folder) {
  __wasi_dirent_t entry;
  size_t left = folder->end - folder->at;
  if (left < sizeof entry) return 0;
  memcpy(&entry, folder->entries + folder->at, sizeof entry);
  if (left - sizeof entry < entry.d_namlen) return 0;
  lua_pushlstring(L, (const char *)folder->entries + folder->at + sizeof entry, entry.d_namlen);
  folder->at += sizeof entry + entry.d_namlen;
  folder->next = entry.d_next;
  return 1;
}

/* `.` and `..`, then the mounts. A name that an earlier mount has as well is not said again. */
static int push_mount(lua_State *L, Folder *folder) {
  char name[PATHS_SIZE], other[PATHS_SIZE];
  if (folder->at < 2) {
    lua_pushstring(L, folder->at++ == 0 ? "." : "..");
    return 1;
  }
  while (paths_below(folder->plain, &folder->mount, name)) {
    int earlier = 0, known = 0;
    while (!known && paths_below(folder->plain, &earlier, other) && earlier < folder->mount)
      known = strcmp(other, name) == 0;
    if (known) continue;
    lua_pushstring(L, name);
    return 1;
  }
  return 0;
}

static int push_next(lua_State *L, Folder *folder) {
  if (folder->handle == NO_HANDLE) return push_mount(L, folder);
  if (push_entry(L, folder)) return 1;
  return !folder->last && fetch(L, folder) && push_entry(L, folder);
}

static int folder_next(lua_State *L) {
  Folder *folder = check_folder(L);
  if (push_next(L, folder)) return 1;
  close_folder(folder);
  return 0;
}

static int folder_close(lua_State *L) {
  close_folder((Folder *)luaL_checkudata(L, 1, FOLDER_TYPE));
  return 0;
}

/* The folder, at the top of the stack, keeps its path as a user value. */
static int open_folder(lua_State *L, Folder *folder, const char *path) {
  char plain[PATHS_SIZE];
  int error;
  folder->handle = open(path, O_RDONLY | O_DIRECTORY);
  error = errno;
  if (folder->handle < 0) {
    if (!paths_above_mounts(path, plain)) {
      paths_report_denied(path);
      errno = error;
      return 0;
    }
    folder->handle = NO_HANDLE;
    folder->plain = lua_pushstring(L, plain);
    lua_setiuservalue(L, -2, 1);
  }
  folder->open = 1;
  return 1;
}

static int lfs_dir(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  Folder *folder;
  lua_pushcfunction(L, folder_next);
  folder = (Folder *)lua_newuserdatauv(L, sizeof(Folder), 1);
  memset(folder, 0, offsetof(Folder, entries));
  luaL_setmetatable(L, FOLDER_TYPE);
  if (!open_folder(L, folder, path)) return luaL_error(L, "cannot open %s: %s", path, strerror(errno));
  lua_pushnil(L);
  lua_pushvalue(L, -2); /* to be closed */
  return 4;
}

/* ---- changing ------------------------------------------------------------------------------ */

static int lfs_mkdir(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  return push_path_result(L, mkdir(path, 0777), path);
}

static int lfs_rmdir(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  return push_path_result(L, rmdir(path), path);
}

/* The host knows no times before 1970. */
static time_t check_time(lua_State *L, int index) {
  lua_Number seconds = luaL_checknumber(L, index);
  luaL_argcheck(L, seconds >= 0 && seconds < 1e10, index, "time out of range");
  return (time_t)seconds;
}

static int lfs_touch(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  struct utimbuf times;
  if (lua_isnoneornil(L, 2)) return push_path_result(L, utime(path, NULL), path);
  times.actime = check_time(L, 2);
  times.modtime = lua_isnoneornil(L, 3) ? times.actime : check_time(L, 3);
  return push_path_result(L, utime(path, &times), path);
}

/* Links would have to be checked wherever a path leads; WASI's host makes none. */
static int lfs_link(lua_State *L) {
  luaL_checkstring(L, 1);
  luaL_checkstring(L, 2);
  errno = ENOTSUP;
  return push_result(L, -1);
}

static int lfs_chdir(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  if (paths_change(path) != 0) {
    lua_pushfstring(L, "Unable to change working directory to '%s'\n%s\n", path, strerror(errno));
    luaL_pushfail(L);
    lua_insert(L, -2);
    return 2;
  }
  lua_pushboolean(L, 1);
  return 1;
}

static int lfs_currentdir(lua_State *L) {
  lua_pushstring(L, paths_current());
  return 1;
}

/* ---- locks --------------------------------------------------------------------------------- */

static void check_file(lua_State *L, const char *function) {
  luaL_Stream *stream = (luaL_Stream *)luaL_checkudata(L, 1, LUA_FILEHANDLE);
  if (stream->closef == NULL) luaL_error(L, "%s: closed file", function);
}

/* Nobody else could see a lock on a part of a file. */
static int lfs_lock(lua_State *L) {
  const char *mode;
  check_file(L, "lock");
  mode = luaL_checkstring(L, 2);
  if (*mode != 'r' && *mode != 'w') return luaL_error(L, "lock: invalid mode");
  luaL_optinteger(L, 3, 0);
  luaL_optinteger(L, 4, 0);
  errno = ENOTSUP;
  return push_result(L, -1);
}

static int lfs_unlock(lua_State *L) {
  check_file(L, "unlock");
  luaL_optinteger(L, 2, 0);
  luaL_optinteger(L, 3, 0);
  errno = ENOTSUP;
  return push_result(L, -1);
}

static int lfs_setmode(lua_State *L) {
  static const char *const modes[] = {"binary", "text", NULL};
  check_file(L, "setmode");
  luaL_checkoption(L, 2, NULL, modes);
  lua_pushboolean(L, 1);
  lua_pushliteral(L, "binary"); /* as before, and as ever */
  return 2;
}

/* A lock is a file that nobody could make a second time; its path is the user value. */
static int lfs_lock_dir(lua_State *L) {
  const char *path;
  int *held, file;
  luaL_checkstring(L, 1);
  lua_settop(L, 1);
  lua_pushliteral(L, LOCK_FILE);
  lua_concat(L, 2);
  path = lua_tostring(L, 1);
  held = (int *)lua_newuserdatauv(L, sizeof *held, 1);
  *held = 0;
  luaL_setmetatable(L, LOCK_TYPE);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, 2, 1);
  file = open(path, O_CREAT | O_EXCL | O_WRONLY, 0666);
  if (file < 0) {
    int error = errno;
    paths_report_denied(path);
    luaL_pushfail(L);
    lua_pushstring(L, strerror(error));
    return 2;
  }
  close(file);
  *held = 1;
  return 1;
}

static int lock_free(lua_State *L) {
  int *held = (int *)luaL_checkudata(L, 1, LOCK_TYPE);
  if (*held) {
    lua_getiuservalue(L, 1, 1);
    unlink(lua_tostring(L, -1));
    *held = 0;
  }
  return 0;
}

/* ---- the module ---------------------------------------------------------------------------- */

static const luaL_Reg functions[] = {{"attributes", lfs_attributes},
                                     {"chdir", lfs_chdir},
                                     {"currentdir", lfs_currentdir},
                                     {"dir", lfs_dir},
                                     {"link", lfs_link},
                                     {"lock", lfs_lock},
                                     {"lock_dir", lfs_lock_dir},
                                     {"mkdir", lfs_mkdir},
                                     {"rmdir", lfs_rmdir},
                                     {"setmode", lfs_setmode},
                                     {"symlinkattributes", lfs_symlinkattributes},
                                     {"touch", lfs_touch},
                                     {"unlock", lfs_unlock},
                                     {NULL, NULL}};

static const luaL_Reg folder_methods[] = {{"close", folder_close}, {"next", folder_next}, {NULL, NULL}};

static const luaL_Reg folder_events[] = {{"__close", folder_close}, {"__gc", folder_close}, {NULL, NULL}};

static const luaL_Reg lock_methods[] = {{"free", lock_free}, {NULL, NULL}};

static const luaL_Reg lock_events[] = {{"__gc", lock_free}, {NULL, NULL}};

static void make_type(lua_State *L, const char *name, const luaL_Reg *methods, const luaL_Reg *events) {
  luaL_newmetatable(L, name);
  luaL_setfuncs(L, events, 0);
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

int lfs_open(lua_State *L) {
  make_type(L, FOLDER_TYPE, folder_methods, folder_events);
  make_type(L, LOCK_TYPE, lock_methods, lock_events);
  luaL_newlib(L, functions);
  lua_pushliteral(L, "LuaFileSystem 1.8.0");
  lua_setfield(L, -2, "_VERSION");
  lua_pushliteral(L, "the interface of LuaFileSystem over the mounts of a VM");
  lua_setfield(L, -2, "_DESCRIPTION");
  return 1;
}
