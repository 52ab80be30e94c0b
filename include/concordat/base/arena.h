/*
 * arena.h - memory that is freed all at once.
 *
 * One arena per request, batch or cached placement. The arena comes first in
 * an argument list; nothing taken from it is freed singly. Allocation never
 * returns NULL: out of memory is a fatal report and the process ends, because
 * a half-made decision is worse than a restart.
 */
#ifndef CONCORDAT_BASE_ARENA_H
#define CONCORDAT_BASE_ARENA_H

#include <stddef.h>

struct arena;

/* A new, empty arena. Owned by the caller; arena_free releases everything. */
struct arena *arena_new(void);
void arena_free(struct arena *arena);

/* Zeroed memory, aligned for any type. size may be 0. */
void *arena_alloc(struct arena *arena, size_t size);

/* The same for count pieces of size; a product past size_t is fatal. */
void *arena_alloc_array(struct arena *arena, size_t size, size_t count);

/* A copy of size bytes. */
void *arena_copy(struct arena *arena, const void *bytes, size_t size);

/* Bytes held from the system, for caches bounded in bytes. */
size_t arena_bytes(const struct arena *arena);

#define arena_make(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, type, count) \
	((type *)arena_alloc_array((arena), sizeof(type), (size_t)(count)))

/*
 * Makes room for one more element in a growing array: at doubling sizes the
 * old block is left to the arena. Use through LIST_ADD.
 */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t size);

/*
 * A list is `type *items; size_t count;` in a struct. LIST_ADD returns a
 * pointer to the new, zeroed last element. Pointers to earlier elements do not
 * survive it. The room behind the items is known from count alone, so a list
 * starts empty and grows by LIST_ADD only (count may be lowered); never add to
 * one that was made by arena_array or copied.
 */
#define LIST_ADD(arena, items, count) \
	((items) = arena_grow((arena), (items), (count), sizeof(*(items))), &(items)[(count)++])

#endif
