/*
** heap.h: the memory of the Lua state.
*/
#ifndef BIOXEN_HEAP_H
#define BIOXEN_HEAP_H

#include <stddef.h>

/* Lua's allocation function (lua_Alloc). */
void *heap_lua(void *unused, void *block, size_t old_size, size_t size);

/* Blocks of any size, for the guest's own buffers. heap_resize(NULL, n) allocates. */
void *heap_resize(void *block, size_t size);
void heap_free(void *block);

/* Fills all memory that holds nothing with zeros, so that it takes no room in a snapshot and tells
   nothing. */
void heap_clear_free(void);

/* Ends the memory that the heap has used so far, and gives so many bytes behind it that the heap never
   touches. Called once, when the image is made, so that the image ends there. */
void *heap_seal(size_t size);

#endif
