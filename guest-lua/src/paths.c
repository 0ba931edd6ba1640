/*
** paths.c: the current folder of this VM, and the folders that no mount has but that mounts lie in. wasi-libc
** finds the mount of a path; before it does, it asks the hook below, which makes a relative path absolute.
*/
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <wasi/api.h>
#include <wasi/libc-find-relpath.h>

#include "paths.h"
#include "vm.h"

#define FIRST_MOUNT 3 /* handles of mounts follow those of the standard streams */

IMPORT("denied") void import_denied(const char *path, size_t size);

static char current[PATHS_SIZE]; /* without its first '/': empty is the root */

/* Adds the parts of a path to another that is absolute and plain, and goes up at `..`. */
static int append(char *plain, const char *path) {
  size_t size = strlen(plain);
  while (*path != '\0') {
    size_t part = strcspn(path, "/");
    if (part == 2 && path[0] == '.' && path[1] == '.') {
      while (size > 0 && plain[--size] != '/') continue;
    } else if (part > 0 && !(part == 1 && path[0] == '.')) {
      if (part + 2 > PATHS_SIZE - size) {
        errno = ENAMETOOLONG;
        return -1;
      }
      plain[size++] = '/';
      memcpy(plain + size, path, part);
      size += part;
    }
    plain[size] = '\0';
    path += part + (path[part] == '/');
  }
  return 0;
}

/* `/a/b` of any path, without looking whether it is there; empty for the root. */
static int make_plain(char *plain, const char *path) {
  plain[0] = '\0';
  if (*path == '\0') {
    errno = ENOENT;
    return -1;
  }
  if (*path != '/') strcpy(plain, current);
  return append(plain, path);
}

/* How much of a relative path only says where it begins: `./`, `../` and the folder `.` itself. */
static size_t leading_dots(const char *path) {
  size_t size = 0;
  for (;;) {
    size_t part = strcspn(path + size, "/");
    int dots = part <= 2 && strncmp(path + size, "..", part) == 0;
    if (!dots) return size;
    size += part;
    if (path[size] == '\0') return size;
    size++;
  }
}

/* Room for two paths at a time: renaming needs both. */
static char *next_place(void) {
  static char places[2][PATHS_SIZE];
  static unsigned turn;
  return places[turn++ & 1];
}

/* The absolute path of a relative one. What lies behind the leading dots is left to the host, which follows
   links on the way. */
static const char *absolute(const char *path) {
  char *place = next_place();
  char start[PATHS_SIZE];
  size_t dots = leading_dots(path), size;
  if (dots >= PATHS_SIZE) {
    errno = ENAMETOOLONG;
    return NULL;
  }
  memcpy(start, path, dots);
  start[dots] = '\0';
  strcpy(place, current);
  if (append(place, start) != 0) return NULL;
  size = strlen(place);
  if (strlen(path + dots) + 2 > PATHS_SIZE - size) {
    errno = ENAMETOOLONG;
    return NULL;
  }
  place[size] = '/';
  strcpy(place + size + 1, path + dots);
  return place;
}

/* Whether a path goes up further than it goes down. */
static int climbs_out(const char *path) {
  int depth = 0;
  while (*path != '\0' && depth >= 0) {
    size_t part = strcspn(path, "/");
    if (part == 2 && path[0] == '.' && path[1] == '.')
      depth--;
    else if (part > 0 && !(part == 1 && path[0] == '.'))
      depth++;
    path += part + (path[part] == '/');
  }
  return depth < 0;
}

/* wasi-libc's weak reference, for programs with a current folder. */
int __wasilibc_find_relpath_alloc(const char *path, const char **prefix, char **relative, size_t *size,
                                  int may_grow);
int __wasilibc_find_relpath_alloc(const char *path, const char **prefix, char **relative, size_t *size,
                                  int may_grow) {
  char *plain;
  int mount;
  (void)size; /* of memory that the answer could be copied to; it stays where it is */
  (void)may_grow;
  if (*path == '\0') {
    errno = ENOENT;
    return -1;
  }
  if (*path != '/') path = absolute(path);
  if (path == NULL) return -1;
  mount = __wasilibc_find_abspath(path, prefix, (const char **)relative);
  if (mount < 0 || !climbs_out(*relative)) return mount;
  plain = next_place(); /* a mount's folder has no parent of its own: the path leads to another mount */
  plain[0] = '\0';
  if (append(plain, path) != 0) return -1;
  return __wasilibc_find_abspath(plain[0] != '\0' ? plain : "/", prefix, (const char **)relative);
}

/* ---- folders above mounts ------------------------------------------------------------------ */

/* The name of a mount, without its first '/'; its size, or -1 behind the last. */
static int mount_name(int number, char *name) {
  __wasi_prestat_t status;
  size_t size;
  __wasi_fd_t handle = (__wasi_fd_t)(FIRST_MOUNT + number);
  if (__wasi_fd_prestat_get(handle, &status) != 0) return -1;
  size = status.u.dir.pr_name_len;
  if (size >= PATHS_SIZE) return 0;
  if (__wasi_fd_prestat_dir_name(handle, (uint8_t *)name, size) != 0) return -1;
  name[size] = '\0';
  return (int)size;
}

int paths_below(const char *plain, int *number, char *name) {
  char mount[PATHS_SIZE];
  size_t size = strlen(plain);
  int length;
  while ((length = mount_name((*number)++, mount)) >= 0) {
    if ((size_t)length > size + 1 && memcmp(mount, plain, size) == 0 && mount[size] == '/') {
      size_t part = strcspn(mount + size + 1, "/");
      memcpy(name, mount + size + 1, part);
      name[part] = '\0';
      return 1;
    }
  }
  return 0;
}

int paths_above_mounts(const char *path, char *plain) {
  char name[PATHS_SIZE];
  int number = 0;
  if (!vm_settings.has_mounts || make_plain(plain, path) != 0) return 0;
  return plain[0] == '\0' || paths_below(plain, &number, name);
}

/* ---- the current folder -------------------------------------------------------------------- */

const char *paths_current(void) {
  return current[0] != '\0' ? current : "/";
}

int paths_change(const char *path) {
  char plain[PATHS_SIZE];
  struct stat status;
  if (stat(path, &status) == 0) {
    if (!S_ISDIR(status.st_mode)) {
      errno = ENOTDIR;
      return -1;
    }
    if (make_plain(plain, path) != 0) return -1;
  } else {
    int error = errno;
    if (!paths_above_mounts(path, plain)) {
      paths_report_denied(path);
      errno = error;
      return -1;
    }
  }
  strcpy(current, plain);
  return 0;
}

void paths_report_denied(const char *path) {
  const char *prefix;
  char *relative;
  size_t size = 0;
  if (*path == '\0' || __wasilibc_find_relpath(path, &prefix, &relative, 0) >= 0) return;
  while (path[size] != '\0' && size < PATHS_SIZE) size++;
  import_denied(path, size);
}
