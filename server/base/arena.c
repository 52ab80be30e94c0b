/*
 * arena.c - memory that is freed all at once.
 *
 * A chain of zeroed chunks, each half of what is held already up to a limit: a
 * small arena has little to spare (thousands are kept), a large one few chunks. A chunk is never
 * used twice, so what is handed out is still zero. Under AddressSanitizer every
 * piece has a poisoned gap behind it, else overruns inside a chunk would hide.
 */
#include "concordat/base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "concordat/base/report.h"

#define CHUNK_FIRST ((size_t)4096)
#define CHUNK_MOST ((size_t)256 * 1024)
#define ALIGNMENT _Alignof(max_align_t)
#define LIST_FIRST ((size_t)4)

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN
#endif

#ifdef WITH_ASAN
#define GAP ALIGNMENT
void __asan_poison_memory_region(const volatile void *at, size_t size);
void __asan_unpoison_memory_region(const volatile void *at, size_t size);
#else
#define GAP ((size_t)0)
#define __asan_poison_memory_region(at, size) ((void)(at), (void)(size))
#define __asan_unpoison_memory_region(at, size) ((void)(at), (void)(size))
#endif

struct chunk {
	struct chunk *next;
	size_t size; /* of the bytes behind */
	size_t used;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct chunk *chunks; /* the first is the one we take from */
	size_t held;
	size_t next_size;
};

static struct chunk *chunk_new(struct arena *arena, size_t size)
{
	struct chunk *chunk = calloc(1, sizeof(*chunk) + size);

	if (!chunk)
		report_fatal("base", "Out of memory. Give the service more, or lower its limits.");
	chunk->size = size;
	arena->held += sizeof(*chunk) + size;
	__asan_poison_memory_region(chunk->bytes, size);
	return chunk;
}

static void *chunk_take(struct chunk *chunk, size_t size, size_t padded)
{
	unsigned char *at = chunk->bytes + chunk->used;

	chunk->used += padded;
	__asan_unpoison_memory_region(at, size);
	return at;
}

struct arena *arena_new(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (!arena)
		report_fatal("base", "Out of memory. Give the service more, or lower its limits.");
	arena->held = sizeof(*arena);
	arena->next_size = CHUNK_FIRST - sizeof(struct chunk);
	return arena;
}

void arena_free(struct arena *arena)
{
	struct chunk *chunk, *next;

	if (!arena)
		return;
	for (chunk = arena->chunks; chunk; chunk = next) {
		next = chunk->next;
		__asan_unpoison_memory_region(chunk->bytes, chunk->size);
		free(chunk);
	}
	free(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct chunk *head = arena->chunks, *chunk;
	size_t padded;

	if (size > SIZE_MAX / 4)
		report_fatal("base", "A piece of memory was asked for that no machine has.");
	padded = ((size ? size : 1) + GAP + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (head && head->size - head->used >= padded)
		return chunk_take(head, size, padded);

	/* A large piece goes behind the head, whose room is still good for small ones. */
	if (padded > arena->next_size / 2) {
		chunk = chunk_new(arena, padded);
		chunk->next = head ? head->next : NULL;
		if (head)
			head->next = chunk;
		else
			arena->chunks = chunk;
		return chunk_take(chunk, size, padded);
	}
	chunk = chunk_new(arena, arena->next_size);
	if (arena->held / 2 > arena->next_size)
		arena->next_size = arena->held / 2 < CHUNK_MOST ? arena->held / 2 : CHUNK_MOST;
	chunk->next = head;
	arena->chunks = chunk;
	return chunk_take(chunk, size, padded);
}

void *arena_alloc_array(struct arena *arena, size_t size, size_t count)
{
	size_t total;

	if (__builtin_mul_overflow(size, count, &total))
		report_fatal("base", "A piece of memory was asked for that no machine has.");
	return arena_alloc(arena, total);
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
	void *copy = arena_alloc(arena, size);

	if (size)
		memcpy(copy, bytes, size);
	return copy;
}

size_t arena_bytes(const struct arena *arena)
{
	return arena->held;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t size)
{
	bool full = count == 0 || (count >= LIST_FIRST && (count & (count - 1)) == 0);
	unsigned char *grown = items;

	if (full) {
		grown = arena_alloc_array(arena, size, count ? count * 2 : LIST_FIRST);
		if (count)
			memcpy(grown, items, count * size);
	}
	/* A list that was cut shorter is added to again: the slot may not be zero. */
	memset(grown + count * size, 0, size);
	return grown;
}
