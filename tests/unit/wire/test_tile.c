/*
 * test_tile.c - the tiles of a log of 70,000 entries, the example of C2SP tlog-tiles: its widths,
 * every node of the tree out of its tile, and proofs that are made from tiles alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/wire/merkle.h"

#define SIZE 70000
#define LEVELS 17

/* The complete subtrees of each level, the tree worked out directly. */
static struct digest nodes[LEVELS][SIZE];
static int64_t counts[LEVELS];
static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	counts[0] = SIZE;
	for (int i = 0; i < SIZE; i++)
		nodes[0][i] = merkle_leaf((struct text){(const char *)&i, sizeof(i)});
	for (int level = 1; level < LEVELS; level++) {
		counts[level] = counts[level - 1] / 2;
		for (int64_t i = 0; i < counts[level]; i++)
			nodes[level][i] =
				merkle_node(&nodes[level - 1][i * 2], &nodes[level - 1][i * 2 + 1]);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* As it is kept once size entries are in: only whole subtrees, so it may be empty. */
static struct tile tile_at(int64_t size, int tile_level, int64_t n)
{
	int64_t there = (size >> 8 * tile_level) - n * TILE_WIDTH;
	struct tile tile = {.width = there < 0 ? 0 : there > TILE_WIDTH ? TILE_WIDTH : there};

	memcpy(tile.hashes, &nodes[8 * tile_level][n * TILE_WIDTH],
	       tile.width * sizeof(struct digest));
	return tile;
}

/* context: how many entries are in. */
static bool on_node(void *context, int level, int64_t index, struct digest *out)
{
	struct tile tile;
	int tile_level;
	size_t width;
	int64_t n;

	tile_of(level, index, &tile_level, &n, &width);
	tile = tile_at(*(int64_t *)context, tile_level, n);
	return tile_node(&tile, level, index, out);
}

static void widths_are_those_of_the_specification(void **state)
{
	(void)state;
	assert_int_equal(tile_at(SIZE, 0, 272).width, 256);
	assert_int_equal(tile_at(SIZE, 0, 273).width, 112);
	assert_int_equal(tile_at(SIZE, 1, 0).width, 256);
	assert_int_equal(tile_at(SIZE, 1, 1).width, 17);
	assert_int_equal(tile_at(SIZE, 2, 0).width, 1);
	assert_int_equal(tile_at(256, 0, 0).width, 256);
	assert_int_equal(tile_at(256, 1, 0).width, 1);
}

static void every_node_comes_out_of_its_tile(void **state)
{
	int64_t size = SIZE;

	(void)state;
	for (int level = 0; level < LEVELS; level++) {
		for (int64_t i = 0; i < counts[level]; i++) {
			struct digest node;

			assert_true(on_node(&size, level, i, &node));
			assert_memory_equal(&node, &nodes[level][i], sizeof(node));
		}
		assert_false(on_node(&size, level, counts[level], &(struct digest){{0}}));
	}
}

static void a_tile_says_how_wide_it_must_be(void **state)
{
	(void)state;
	for (int level = 0; level < LEVELS; level++) {
		for (int64_t i = 0; i < counts[level]; i += 1 + counts[level] / 40) {
			struct digest node;
			struct tile tile;
			int tile_level;
			size_t width;
			int64_t n;

			tile_of(level, i, &tile_level, &n, &width);
			assert_int_equal(tile_level, level / 8);
			tile = tile_at(SIZE, tile_level, n);
			assert_in_range(width, 1, tile.width);
			tile.width = width;
			assert_true(tile_node(&tile, level, i, &node));
			assert_memory_equal(&node, &nodes[level][i], sizeof(node));
			tile.width = width - 1;
			assert_false(tile_node(&tile, level, i, &node));
		}
	}
}

static void the_largest_tree_has_its_tiles(void **state)
{
	int tile_level;
	size_t width;
	int64_t n;

	(void)state;
	tile_of(61, 0, &tile_level, &n, &width);
	assert_int_equal(tile_level, TILE_LEVELS - 1);
	assert_int_equal(n, 0);
	assert_int_equal(width, 32);
	tile_of(0, MERKLE_SIZE_MOST - 1, &tile_level, &n, &width);
	assert_int_equal(tile_level, 0);
	assert_int_equal(n, MERKLE_SIZE_MOST / TILE_WIDTH - 1);
	assert_int_equal(width, TILE_WIDTH);
}

static void a_tile_is_its_bytes(void **state)
{
	struct tile tile = tile_at(SIZE, 0, 273), again;
	struct text bytes = tile_encode(arena, &tile);

	(void)state;
	assert_int_equal(bytes.len, 112 * 32);
	assert_memory_equal(bytes.at, nodes[0][273 * 256].bytes, 32);
	assert_true(tile_decode(bytes, &again));
	assert_int_equal(again.width, 112);
	assert_memory_equal(again.hashes, tile.hashes, bytes.len);
	assert_false(tile_decode(TEXT_NONE, &again));
	assert_false(tile_decode((struct text){bytes.at, 31}, &again));
	assert_false(tile_decode((struct text){bytes.at, 33}, &again));
	assert_true(tile_decode((struct text){bytes.at, 32}, &again));
	tile = tile_at(SIZE, 0, 0);
	bytes = tile_encode(arena, &tile);
	assert_true(tile_decode(bytes, &again));
	bytes = (struct text){(const char *)nodes[0], 257 * 32};
	assert_false(tile_decode(bytes, &again));
}

static void proofs_are_made_from_tiles(void **state)
{
	static const int64_t sizes[] = {1, 2, 255, 256, 257, 511, 65535, 65536, 65537, 69999, SIZE};
	struct merkle_range ranges[sizeof(sizes) / sizeof(sizes[0])], grown = {0};
	size_t many = sizeof(sizes) / sizeof(sizes[0]);

	(void)state;
	for (size_t i = 0; i < many; i++) {
		struct digest root, expected;

		while (grown.size < sizes[i])
			merkle_range_add(&grown, &nodes[0][grown.size]);
		assert_true(merkle_range_of(sizes[i], on_node, (void *)&sizes[i], &ranges[i]));
		root = merkle_range_root(&ranges[i]);
		expected = merkle_range_root(&grown);
		assert_true(digest_eq(&root, &expected));
		for (int64_t index = 0; index < sizes[i]; index += 1 + sizes[i] / 50) {
			struct merkle_proof proof;

			assert_true(merkle_inclusion(index, sizes[i], on_node, (void *)&sizes[i],
						     &proof));
			assert_true(merkle_inclusion_holds(&nodes[0][index], index, sizes[i],
							   &proof, &root));
		}
		for (size_t from = 0; from <= i; from++) {
			struct digest was = merkle_range_root(&ranges[from]);
			struct merkle_proof proof;

			assert_true(merkle_consistency(sizes[from], sizes[i], on_node,
						       (void *)&sizes[i], &proof));
			assert_true(merkle_consistency_holds(sizes[from], &was, sizes[i], &root,
							     &proof));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths_are_those_of_the_specification),
		cmocka_unit_test(every_node_comes_out_of_its_tile),
		cmocka_unit_test(a_tile_says_how_wide_it_must_be),
		cmocka_unit_test(the_largest_tree_has_its_tiles),
		cmocka_unit_test(a_tile_is_its_bytes),
		cmocka_unit_test(proofs_are_made_from_tiles),
	};

	return cmocka_run_group_tests_name("tile", tests, set_up, tear_down);
}
