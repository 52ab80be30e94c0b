/*
 * fuzz_tile.c - arbitrary bytes as a tile of the log.
 *
 * A tile that is read must be written back byte for byte. Every subtree in it must come out as the
 * range of its hashes does, and none that it is too narrow for.
 */
#include <stdlib.h>
#include <string.h>

#include "concordat/wire/merkle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
	if (!held)
		abort();
}

/* level and index within a tile that is not the first of its level, so that both are large. */
static void check_node(const struct tile *tile, int level, int64_t index)
{
	size_t begin = (size_t)(index << level) % TILE_WIDTH, count = (size_t)1 << level, width;
	int above = 8 * (int)(tile->width % 4);
	struct merkle_range range = {0};
	struct digest node, expected;
	int tile_level;
	int64_t n;

	tile_of(above + level, index, &tile_level, &n, &width);
	must(tile_level == above / 8 && n == (index << level) / TILE_WIDTH);
	must(width == begin + count && width <= TILE_WIDTH);
	must(tile_node(tile, above + level, index, &node) == (tile->width >= width));
	if (tile->width < width)
		return;
	for (size_t i = 0; i < count; i++)
		merkle_range_add(&range, &tile->hashes[begin + i]);
	expected = merkle_range_root(&range);
	must(digest_eq(&node, &expected));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text bytes = {(const char *)data, size};
	struct arena *arena = arena_new();
	struct tile tile;

	/* The last byte says which tile of its level it is. */
	if (size % 32 == 1)
		bytes.len--;
	if (tile_decode(bytes, &tile)) {
		int64_t n = data[size - 1];

		must(text_eq(tile_encode(arena, &tile), bytes));
		for (int level = 0; level < 8; level++)
			for (int64_t i = 0; i < TILE_WIDTH >> level; i++)
				check_node(&tile, level, n * (TILE_WIDTH >> level) + i);
	} else {
		must(bytes.len == 0 || bytes.len % 32 || bytes.len > 8192);
	}
	arena_free(arena);
	return 0;
}
