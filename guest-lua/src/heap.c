/*
** heap.c: an allocator made for Lua, whose state lives in a memory that can only grow, up to a limit.
**
** Lua says the size of what it frees, so small objects need no header: they lie in slabs of one size
** class each, and a slab that is empty goes back to the heap of blocks. Blocks are found by two-level
** segregated fit (Masmano et al., TLSF, 2004): constant time, and neighbours that are free are one
** block at once. Memory that one phase of a program has freed thus serves the next, whatever the sizes:
** a script that caught "not enough memory" can go on.
*/
#include "heap.h"

#include <stdint.h>
#include <string.h>

#define WASM_PAGE 65536u
#define HOST_PAGE 4096u
#define MAX_PAGES 65535u /* one less than 4 GiB: its end is still an address */
#define LARGE 32768u /* chosen: half a page of wasm memory */

/* ---- blocks -------------------------------------------------------------------------------- */

/*
** A block is a word with its size and two flags, and a payload aligned to 8. The size counts the word
** and is a multiple of 8. A free block holds the links of its list, and its size again in its last
** word, where the block behind it finds its start.
*/
typedef struct Block {
  uint32_t size_flags;
  struct Block *next, *previous; /* only while free */
} Block;

#define FREE 1u          /* this block */
#define PREVIOUS_FREE 2u /* the one before it */
#define FLAGS 7u
#define HEADER 4u
#define MIN_BLOCK 16u /* header, two links, size */

#define FIRST_BITS 28   /* sizes up to 2^32: one list of lists for each power of two from 2^4 */
#define SECOND_LOG2 4   /* sixteen lists for each */
#define SECOND (1 << SECOND_LOG2)
#define SMALLEST_LOG2 4

static Block *lists[FIRST_BITS][SECOND];
static uint32_t first_map;
static uint32_t second_map[FIRST_BITS];
static uintptr_t heap_end; /* where the last region ends: behind its closing header */
static uintptr_t reserve;  /* memory that is ours and in no region yet: from here */
static uintptr_t reserve_end;

extern unsigned char __heap_base; /* the linker's: behind all static data */

static uint32_t size_of(const Block *block) {
  return block->size_flags & ~FLAGS;
}

static Block *behind(const Block *block) {
  return (Block *)((uintptr_t)block + size_of(block));
}

static void *payload(Block *block) {
  return (char *)block + HEADER;
}

static Block *block_of(void *payload) {
  return (Block *)((char *)payload - HEADER);
}

static int log2_of(uint32_t size) {
  return 31 - __builtin_clz(size);
}

static void list_of(uint32_t size, int *first, int *second) {
  int log2 = log2_of(size);
  *first = log2 - SMALLEST_LOG2;
  *second = (int)(size >> (log2 - SECOND_LOG2)) & (SECOND - 1);
}

static void insert(Block *block, uint32_t size) {
  int first, second;
  list_of(size, &first, &second);
  block->size_flags = size | FREE | (block->size_flags & PREVIOUS_FREE);
  block->previous = NULL;
  block->next = lists[first][second];
  if (block->next != NULL) block->next->previous = block;
  lists[first][second] = block;
  first_map |= 1u << first;
  second_map[first] |= 1u << second;
  *(uint32_t *)((uintptr_t)block + size - HEADER) = size;
  behind(block)->size_flags |= PREVIOUS_FREE;
}

static void take_out(Block *block) {
  int first, second;
  list_of(size_of(block), &first, &second);
  if (block->next != NULL) block->next->previous = block->previous;
  if (block->previous != NULL) {
    block->previous->next = block->next;
  } else {
    lists[first][second] = block->next;
    if (block->next == NULL) {
      second_map[first] &= ~(1u << second);
      if (second_map[first] == 0) first_map &= ~(1u << first);
    }
  }
  block->size_flags &= ~FREE;
  behind(block)->size_flags &= ~PREVIOUS_FREE;
}

/* The block must not be in a list; its neighbours are joined to it. */
static void give_back(Block *block) {
  uint32_t size = size_of(block);
  Block *next = behind(block);
  if (next->size_flags & FREE) {
    take_out(next);
    size += size_of(next);
  }
  if (block->size_flags & PREVIOUS_FREE) {
    uint32_t before = *(uint32_t *)((uintptr_t)block - HEADER);
    block = (Block *)((uintptr_t)block - before);
    take_out(block);
    size += before;
  }
  insert(block, size);
}

/* Cuts a block that is in no list down to a size; the rest is free. */
static void trim(Block *block, uint32_t size) {
  uint32_t rest = size_of(block) - size;
  if (rest < MIN_BLOCK) return;
  block->size_flags = size | (block->size_flags & FLAGS);
  behind(block)->size_flags = rest;
  give_back(behind(block));
}

/* Cuts a block that is in no list in two and gives back its front. Large blocks lie at the end of free
   memory and small ones at its start, so that what lives long does not part what is large. */
static Block *cut_end(Block *block, uint32_t size) {
  uint32_t rest = size_of(block) - size;
  Block *end;
  if (rest < MIN_BLOCK) return block;
  block->size_flags = rest | (block->size_flags & FLAGS);
  end = behind(block);
  end->size_flags = size;
  give_back(block);
  return end;
}

/* A free block of at least this size, taken out of its list; NULL if there is none. */
static Block *find(uint32_t size) {
  int first, second;
  uint32_t map, rounded = size + (1u << (log2_of(size) - SECOND_LOG2)) - 1;
  Block *block;
  if (rounded < size) return NULL;
  list_of(rounded, &first, &second); /* every block of this list is large enough */
  map = second_map[first] & (~0u << second);
  if (map == 0) {
    uint32_t larger = first + 1 < FIRST_BITS ? first_map & (~0u << (first + 1)) : 0;
    if (larger == 0) return NULL;
    first = __builtin_ctz(larger);
    map = second_map[first];
  }
  block = lists[first][__builtin_ctz(map)];
  take_out(block);
  return block;
}

static uintptr_t memory_end(void) {
  return (uintptr_t)__builtin_wasm_memory_size(0) * WASM_PAGE;
}

/* Makes memory one free block: a continuation of the last region where it begins at `heap_end`, else a
   region of its own. A region ends with a header that is never free. */
static void adopt(uintptr_t start, uintptr_t end) {
  Block *block, *last;
  if (start == heap_end) {
    block = (Block *)(start - HEADER); /* the closing header becomes the block's */
    block->size_flags = (uint32_t)(end - start) | (block->size_flags & PREVIOUS_FREE);
  } else {
    block = (Block *)(start + HEADER); /* payloads are aligned to 8 */
    block->size_flags = (uint32_t)(end - start - 2 * HEADER);
  }
  last = (Block *)(end - HEADER);
  last->size_flags = 0;
  heap_end = end;
  reserve = end;
  give_back(block);
}

/* The reserve is taken by host pages, so that a small VM does not touch its far end. */
static int take_reserve(uint32_t size) {
  uintptr_t end;
  if (reserve_end - reserve < 2 * MIN_BLOCK) return 0;
  end = (reserve + size + 2 * HEADER + HOST_PAGE - 1) & ~(uintptr_t)(HOST_PAGE - 1);
  adopt(reserve, end < reserve_end && end > reserve ? end : reserve_end);
  return 1;
}

/* More memory for the reserve. Should somebody else (libc's malloc) have grown the memory in between,
   what is left of the reserve becomes a region, and a new one begins. */
static int grow_memory(uint32_t pages) {
  uintptr_t start = memory_end();
  if (__builtin_wasm_memory_size(0) + pages > MAX_PAGES) return 0;
  if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) return 0;
  if (start != reserve_end) {
    take_reserve((uint32_t)(reserve_end - reserve));
    reserve = start;
  }
  reserve_end = memory_end();
  return 1;
}

/* Grows by an eighth of what there is, to grow seldom; where that is refused, by what is needed; and
   what is free at the end may make up for a page. */
static int grow(uint32_t size) {
  uint32_t needed = (size + 2 * HEADER + WASM_PAGE - 1) / WASM_PAGE + 1;
  uint32_t generous = (uint32_t)(memory_end() / WASM_PAGE) / 8;
  if (size > UINT32_MAX - 4 * WASM_PAGE) return 0;
  if (reserve_end == 0) {
    reserve = ((uintptr_t)&__heap_base + 7) & ~(uintptr_t)7;
    reserve_end = memory_end();
  }
  if (reserve_end - reserve > size + 2 * HEADER) return take_reserve(size);
  if (!(generous > needed && grow_memory(generous)) && !grow_memory(needed) && needed > 1) grow_memory(needed - 1);
  return take_reserve(size);
}

static int release_slabs(void);
static int release_class_slabs(void);

/* Among the blocks of just about this size: `find` passes them over, since some are too small. */
static Block *find_nearly(uint32_t size) {
  int first, second, tries = 16;
  Block *block;
  list_of(size, &first, &second);
  for (block = lists[first][second]; block != NULL && tries > 0; block = block->next, tries--) {
    if (size_of(block) >= size) {
      take_out(block);
      return block;
    }
  }
  return NULL;
}

static Block *allocate(uint32_t size) {
  Block *block = find(size);
  if (block == NULL) block = find_nearly(size);
  if (block == NULL && release_slabs()) block = find(size);
  if (block == NULL && grow(size)) {
    block = find(size);
    if (block == NULL) block = find_nearly(size);
  }
  if (block == NULL && release_class_slabs()) block = find(size); /* looks at many: the last resort */
  if (block == NULL) return NULL;
  if (size >= LARGE) return cut_end(block, size);
  trim(block, size);
  return block;
}

static uint32_t block_size(size_t bytes) {
  size_t size = (bytes + HEADER + 7) & ~(size_t)7;
  return size < MIN_BLOCK ? MIN_BLOCK : (uint32_t)size;
}

static void *large_allocate(size_t bytes) {
  Block *block;
  if (bytes > UINT32_MAX - 2 * WASM_PAGE) return NULL;
  block = allocate(block_size(bytes));
  return block == NULL ? NULL : payload(block);
}

static void *large_resize(void *old, size_t bytes) {
  Block *block = block_of(old);
  uint32_t size, have = size_of(block);
  if (bytes > UINT32_MAX - 2 * WASM_PAGE) return NULL;
  size = block_size(bytes);
  if (size > have) {
    Block *next = behind(block);
    if (!(next->size_flags & FREE) || have + size_of(next) < size) {
      void *fresh = large_allocate(bytes);
      if (fresh == NULL) return NULL;
      memcpy(fresh, old, have - HEADER);
      give_back(block);
      return fresh;
    }
    take_out(next);
    block->size_flags += size_of(next);
  } else if (have >= LARGE && size <= have / 2) {
    Block *smaller = find(size);
    if (smaller != NULL) {
      trim(smaller, size);
      memcpy(payload(smaller), old, size - HEADER);
      give_back(block);
      return payload(smaller);
    }
  }
  trim(block, size);
  return old;
}

/* ---- slabs --------------------------------------------------------------------------------- */

#define SMALL 128u /* largest object in a slab, bytes */
#define STEP 8u
#define CLASSES (SMALL / STEP)
#define SLAB 1024u       /* small, so that a small state touches few pages */
#define KEPT_SLABS 16    /* empty ones that are not given back at once */

typedef struct Slab {
  struct Slab *next, *previous; /* of its class, while it has room; or of the empty ones */
  void *free;                   /* objects that were freed */
  uint16_t fresh;               /* offset of the objects that were never used */
  uint16_t used;                /* objects in use */
  uint32_t object;              /* bytes of an object */
} Slab;

static Slab *with_room[CLASSES]; /* slabs of each class that have room */
static Slab *empty_slabs;
static int empty_count;

static int has_room(const Slab *slab) {
  return slab->free != NULL || slab->fresh + slab->object <= SLAB - HEADER;
}

static void link_slab(Slab **list, Slab *slab) {
  slab->previous = NULL;
  slab->next = *list;
  if (slab->next != NULL) slab->next->previous = slab;
  *list = slab;
}

static void unlink_slab(Slab **list, Slab *slab) {
  if (slab->next != NULL) slab->next->previous = slab->previous;
  if (slab->previous != NULL)
    slab->previous->next = slab->next;
  else
    *list = slab->next;
}

/* A block whose payload lies at a multiple of SLAB and ends where the next one's header begins. */
static Slab *aligned_block(void) {
  const uint32_t enough = 2 * SLAB + MIN_BLOCK; /* wherever it begins */
  Block *block = find(enough);
  uintptr_t start, place;
  if (block == NULL && grow(enough)) block = find(enough);
  if (block == NULL) return NULL;
  start = (uintptr_t)payload(block);
  place = (start + SLAB - 1) & ~(uintptr_t)(SLAB - 1);
  if (place != start && place - start < MIN_BLOCK) place += SLAB;
  if (place + SLAB - HEADER > start + size_of(block) - HEADER) {
    give_back(block);
    return NULL;
  }
  if (place != start) {
    Block *inner = block_of((void *)place);
    inner->size_flags = size_of(block) - (uint32_t)(place - start);
    block->size_flags = (uint32_t)(place - start) | (block->size_flags & FLAGS);
    give_back(block);
    block = inner;
  }
  trim(block, SLAB);
  return (Slab *)place;
}

static Slab *new_slab(unsigned class) {
  Slab *slab = empty_slabs;
  if (slab != NULL) {
    unlink_slab(&empty_slabs, slab);
    empty_count--;
  } else {
    slab = aligned_block();
    if (slab == NULL) return NULL;
  }
  slab->free = NULL;
  slab->fresh = (sizeof(Slab) + 7) & ~7u;
  slab->used = 0;
  slab->object = (class + 1) * STEP;
  link_slab(&with_room[class], slab);
  return slab;
}

static int release_slabs(void) {
  int any = empty_slabs != NULL;
  while (empty_slabs != NULL) {
    Slab *slab = empty_slabs;
    unlink_slab(&empty_slabs, slab);
    give_back(block_of(slab));
  }
  empty_count = 0;
  return any;
}

/* Gives back the slabs as well that hold nothing and that their class kept for itself. */
static int release_class_slabs(void) {
  int any = 0;
  unsigned class;
  for (class = 0; class < CLASSES; class++) {
    Slab *slab = with_room[class], *next;
    for (; slab != NULL; slab = next) {
      next = slab->next;
      if (slab->used > 0) continue;
      unlink_slab(&with_room[class], slab);
      give_back(block_of(slab));
      any = 1;
    }
  }
  return any;
}

static void *small_allocate(unsigned class) {
  Slab *slab = with_room[class];
  void *object;
  if (slab == NULL) {
    slab = new_slab(class);
    if (slab == NULL) return NULL;
  }
  object = slab->free;
  if (object != NULL) {
    slab->free = *(void **)object;
  } else {
    object = (char *)slab + slab->fresh;
    slab->fresh = (uint16_t)(slab->fresh + slab->object);
  }
  slab->used++;
  if (!has_room(slab)) unlink_slab(&with_room[class], slab);
  return object;
}

static void small_free(void *object, unsigned class) {
  Slab *slab = (Slab *)((uintptr_t)object & ~(uintptr_t)(SLAB - 1));
  if (!has_room(slab)) link_slab(&with_room[class], slab);
  *(void **)object = slab->free;
  slab->free = object;
  if (--slab->used > 0 || (slab->next == NULL && slab->previous == NULL)) return; /* a class keeps one */
  unlink_slab(&with_room[class], slab);
  if (empty_count < KEPT_SLABS) {
    link_slab(&empty_slabs, slab);
    empty_count++;
  } else {
    give_back(block_of(slab));
  }
}

/* ---- interface ----------------------------------------------------------------------------- */

static unsigned class_of(size_t size) {
  return (unsigned)((size - 1) / STEP);
}

static void *any_allocate(size_t size) {
  return size <= SMALL ? small_allocate(class_of(size)) : large_allocate(size);
}

static void any_free(void *block, size_t size) {
  if (size <= SMALL)
    small_free(block, class_of(size));
  else
    give_back(block_of(block));
}

static void *any_resize(void *block, size_t old_size, size_t size) {
  void *fresh;
  if (old_size > SMALL && size > SMALL) return large_resize(block, size);
  if (old_size <= SMALL && size <= SMALL && class_of(old_size) == class_of(size)) return block;
  fresh = any_allocate(size);
  if (fresh == NULL) return NULL;
  memcpy(fresh, block, old_size < size ? old_size : size);
  any_free(block, old_size);
  return fresh;
}

void *heap_lua(void *unused, void *block, size_t old_size, size_t size) {
  (void)unused;
  if (block == NULL) return size == 0 ? NULL : any_allocate(size);
  if (size == 0) {
    any_free(block, old_size);
    return NULL;
  }
  return any_resize(block, old_size, size);
}

/* Clears a page at a time, and only where something is: what was never used must not be touched. */
static void clear(char *at, char *end) {
  while (at < end) {
    char *next = (char *)(((uintptr_t)at + HOST_PAGE) & ~(uintptr_t)(HOST_PAGE - 1));
    char *stop = next < end ? next : end;
    const char *byte = at;
    while (byte < stop && ((uintptr_t)byte & 7) != 0 && *byte == 0) byte++;
    while (stop - byte >= 8 && ((uintptr_t)byte & 7) == 0 && *(const uint64_t *)byte == 0) byte += 8;
    while (byte < stop && *byte == 0) byte++;
    if (byte < stop) memset(at, 0, (size_t)(stop - at));
    at = stop;
  }
}

static void clear_slab(Slab *slab) {
  char *object = slab->free;
  clear((char *)slab + slab->fresh, (char *)slab + SLAB - HEADER);
  while (object != NULL) {
    clear(object + sizeof(void *), object + slab->object);
    object = *(char **)object;
  }
}

void heap_clear_free(void) {
  int first, second;
  unsigned class;
  release_slabs();
  release_class_slabs();
  for (class = 0; class < CLASSES; class++) {
    Slab *slab = with_room[class];
    for (; slab != NULL; slab = slab->next) clear_slab(slab);
  }
  for (first = 0; first < FIRST_BITS; first++) {
    for (second = 0; second < SECOND; second++) {
      Block *block = lists[first][second];
      for (; block != NULL; block = block->next)
        clear((char *)block + sizeof(Block), (char *)behind(block) - HEADER);
    }
  }
}

void *heap_resize(void *block, size_t size) {
  return block == NULL ? large_allocate(size) : large_resize(block, size);
}

void *heap_seal(size_t size) {
  Block *last;
  void *given;
  release_slabs();
  last = (Block *)(heap_end - HEADER);
  if (last->size_flags & PREVIOUS_FREE) {
    Block *block = (Block *)((uintptr_t)last - *(uint32_t *)((uintptr_t)last - HEADER));
    take_out(block);
    memset((char *)block + HEADER, 0, size_of(block) - HEADER);
    last->size_flags = 0;
    block->size_flags = 0; /* the region ends here now */
    heap_end = (uintptr_t)block + HEADER;
  }
  given = (void *)heap_end;
  reserve = (heap_end + size + HOST_PAGE - 1) & ~(uintptr_t)(HOST_PAGE - 1);
  while (reserve_end < reserve + 2 * WASM_PAGE && grow_memory(1)) {
  }
  return given;
}

void heap_free(void *block) {
  if (block != NULL) give_back(block_of(block));
}
