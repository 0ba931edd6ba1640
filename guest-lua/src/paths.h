/*
** paths.h: the current folder, and folders that only hold mounts.
*/
#ifndef BIOXEN_PATHS_H
#define BIOXEN_PATHS_H

#define PATHS_SIZE 5124 /* more than the host takes: 1024 bytes of a mount's path, and 4096 below it */

const char *paths_current(void);
int paths_change(const char *path); /* 0, or -1 with errno */

/* Whether there is no mount at a path but some below it: then `plain`, of PATHS_SIZE bytes, is the path as
   paths_below takes it. Without any mount even the root is none. */
int paths_above_mounts(const char *path, char *plain);

/* The next name in such a folder; `number` begins at 0. A name may come again. */
int paths_below(const char *plain, int *number, char *name);

/* Tells the host of a path outside every mount, so that it can say which mount is missing. */
void paths_report_denied(const char *path);

#endif
