/*
** transfer.c: how lists of bytes reach the guest. The host lowers a list into the transfer buffer
** when it fits, else into memory that it asks `cabi_realloc` for; the guest copies it before
** anything else runs, and gives the place back.
*/
#include "transfer.h"

#include <string.h>

#include "heap.h"
#include "vm.h"

unsigned char *transfer_buffer;

static size_t used;    /* bytes of the buffer that hold lists not yet copied */
static char *held;     /* the lists of the export that runs */
static char *received; /* a long reply while it is fetched; freed later if making its string raised */

IMPORT("more") void import_more(uint32_t offset, List *piece);

/* The canonical ABI's allocator. Only lists of bytes come in, so the old block is always empty. */
__attribute__((export_name("cabi_realloc")))
void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  void *block;
  (void)align;
  if (old_size == 0 && size <= TRANSFER_SIZE - used) {
    block = transfer_buffer + used;
    used += size;
    return block;
  }
  block = heap_resize(old_size == 0 ? NULL : old, size);
  if (block == NULL && size > 0) __builtin_trap();
  return block;
}

/* Memory for a list that does not fit in the buffer, for the host: 0 when there is none, also after a
   collection. The canonical ABI's allocator above may only trap. */
__attribute__((export_name("allocate"))) void *transfer_allocate(size_t size) {
  void *block = heap_resize(NULL, size);
  if (block == NULL && vm_state != NULL) {
    lua_gc(vm_state, LUA_GCCOLLECT);
    block = heap_resize(NULL, size);
  }
  return block;
}

__attribute__((export_name("release"))) void transfer_release(void *block) {
  heap_free(block);
}

/* What calls left in the buffer is of no use any more. */
void transfer_clear(void) {
  memset(transfer_buffer, 0, TRANSFER_SIZE);
}

static int in_buffer(const char *data) {
  return (const unsigned char *)data >= transfer_buffer &&
         (const unsigned char *)data <= transfer_buffer + TRANSFER_SIZE;
}

static void give_back(List list) {
  if (!in_buffer(list.data)) heap_free((void *)list.data);
}

/* Copies the lists of one export's call into one block, in order, and makes them point there: what
   lies in the transfer buffer is overwritten by the next call to the host, which a finalizer may
   make as soon as Lua allocates. The block lasts until the next call of an export. */
int transfer_hold(List **lists, int count) {
  size_t total = 0, at = 0;
  int i;
  heap_free(held);
  for (i = 0; i < count; i++) total += lists[i]->size; /* all of it lies in memory: no overflow */
  used = 0;
  held = heap_resize(NULL, total > 0 ? total : 1);
  for (i = 0; i < count; i++) {
    List list = *lists[i];
    if (held != NULL) {
      if (list.size > 0) memcpy(held + at, list.data, list.size);
      lists[i]->data = held + at;
      at += list.size;
    }
    give_back(list);
  }
  return held != NULL;
}

/* Pushes a reply as a string. The whole may be longer than its first piece: the host keeps it until
   every piece was fetched. */
void transfer_receive(lua_State *L, const Reply *reply) {
  size_t have = reply->first.size;
  used = 0;
  if (reply->total <= have) {
    lua_pushlstring(L, reply->first.data, reply->total); /* copies before a finalizer can run */
    give_back(reply->first);
    return;
  }
  heap_free(received);
  received = heap_resize(NULL, reply->total);
  if (received == NULL) {
    lua_pushliteral(L, "not enough memory");
    lua_error(L);
  }
  memcpy(received, reply->first.data, have);
  give_back(reply->first);
  while (have < reply->total) {
    List piece;
    used = 0;
    import_more((uint32_t)have, &piece);
    if (piece.size == 0 || piece.size > reply->total - have) __builtin_trap();
    memcpy(received + have, piece.data, piece.size);
    have += piece.size;
    give_back(piece);
  }
  used = 0;
  lua_pushlstring(L, received, reply->total);
  heap_free(received);
  received = NULL;
}
