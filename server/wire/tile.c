/*
 * tile.c - the tree in rows of 256 hashes (C2SP tlog-tiles).
 *
 * Who keeps tiles, and where, is not known here. A subtree of level 8 L + s spans 2^s hashes of the
 * tile level L, side by side within one tile, so that one tile is always enough.
 */
#include <assert.h>
#include <string.h>

#include "concordat/wire/merkle.h"

#define HASH_SIZE sizeof(struct digest)

_Static_assert(HASH_SIZE == 32, "a tile's bytes are its hashes");

/* Where in its row the subtree's hashes begin, and how many there are. */
static int64_t row_begin(int level, int64_t index)
{
	return index << level % 8;
}

static size_t row_count(int level)
{
	return (size_t)1 << level % 8;
}

bool tile_decode(struct text bytes, struct tile *out)
{
	if (bytes.len == 0 || bytes.len % HASH_SIZE || bytes.len > TILE_WIDTH * HASH_SIZE)
		return false;
	out->width = bytes.len / HASH_SIZE;
	memcpy(out->hashes, bytes.at, bytes.len);
	return true;
}

struct text tile_encode(struct arena *arena, const struct tile *tile)
{
	size_t len = tile->width * HASH_SIZE;

	assert(tile->width > 0 && tile->width <= TILE_WIDTH);
	return (struct text){arena_copy(arena, tile->hashes, len), len};
}

void tile_of(int level, int64_t index, int *tile_level, int64_t *n, size_t *width)
{
	int64_t begin = row_begin(level, index);

	*tile_level = level / 8;
	*n = begin / TILE_WIDTH;
	*width = (size_t)(begin % TILE_WIDTH) + row_count(level);
}

bool tile_node(const struct tile *tile, int level, int64_t index, struct digest *out)
{
	size_t begin = (size_t)(row_begin(level, index) % TILE_WIDTH), count = row_count(level);
	struct digest row[TILE_WIDTH / 2];

	if (begin + count > tile->width)
		return false;
	memcpy(row, &tile->hashes[begin], count * HASH_SIZE);
	for (; count > 1; count /= 2)
		for (size_t i = 0; i < count / 2; i++)
			row[i] = merkle_node(&row[i * 2], &row[i * 2 + 1]);
	*out = row[0];
	return true;
}
