/*
 * test_check_log.c - a log's tree made again from its leaves: every tile that it has, and no other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/audit/check.h"

#define MOST 70000
#define LEVELS_MADE 3

static struct digest leaves[MOST];

struct made {
	int64_t count[TILE_LEVELS]; /* tiles */
	size_t last_width[TILE_LEVELS];
	struct tile first[TILE_LEVELS];
};

static void on_tile(void *context, int level, int64_t n, const struct tile *tile)
{
	struct made *made = context;

	assert_int_equal(n, made->count[level]);
	if (n == 0)
		made->first[level] = *tile;
	made->count[level]++;
	made->last_width[level] = tile->width;
}

static int set_up(void **state)
{
	(void)state;
	for (int i = 0; i < MOST; i++)
		leaves[i] = merkle_leaf((struct text){(const char *)&i, sizeof(i)});
	return 0;
}

static struct digest add_all(struct arena *arena, int64_t size, int64_t sealed, struct made *made)
{
	struct tree_check *tree = tree_check_new(arena, sealed, on_tile, made);

	memset(made, 0, sizeof(*made));
	for (int64_t i = 0; i < size; i++)
		tree_check_add(tree, &leaves[i]);
	assert_int_equal(tree_check_size(tree), size);
	return tree_check_root(tree);
}

static void every_size_has_the_tiles_that_are_sealed_and_no_other(void **state)
{
	static const int64_t sizes[] = {1, 2, 255, 256, 257, 511, 512, 65535, 65536, 65537, MOST};
	struct made *made = test_malloc(sizeof(*made));

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct arena *arena = arena_new();

		add_all(arena, sizes[i], sizes[i], made);
		for (int level = 0; level < LEVELS_MADE; level++) {
			int64_t hashes = sizes[i] >> 8 * level, rest = hashes & 255;

			assert_int_equal(made->count[level], (hashes + 255) / 256);
			if (hashes)
				assert_int_equal(made->last_width[level], rest ? rest : 256);
		}
		arena_free(arena);
	}
	test_free(made);
}

static void a_tile_above_holds_what_those_below_come_to(void **state)
{
	struct made *made = test_malloc(sizeof(*made));
	struct arena *arena = arena_new();
	struct digest node;

	(void)state;
	add_all(arena, MOST, MOST, made);
	assert_memory_equal(&made->first[0].hashes[7], &leaves[7], sizeof(leaves[7]));
	for (int level = 0; level + 1 < LEVELS_MADE; level++) {
		assert_true(tile_node(&made->first[level], 8 * level + 7, 0, &node));
		struct digest other;

		assert_true(tile_node(&made->first[level], 8 * level + 7, 1, &other));
		node = merkle_node(&node, &other);
		assert_memory_equal(&made->first[level + 1].hashes[0], &node, sizeof(node));
	}
	arena_free(arena);
	test_free(made);
}

static void entries_that_are_not_sealed_yet_stand_in_no_tile_and_in_the_root(void **state)
{
	struct made *sealed = test_malloc(sizeof(*sealed)), *more = test_malloc(sizeof(*more));
	struct arena *arena = arena_new();
	struct merkle_range range = {0};
	struct digest root, expected;

	(void)state;
	add_all(arena, 300, 300, sealed);
	root = add_all(arena, 900, 300, more);
	assert_memory_equal(sealed, more, sizeof(*sealed));
	for (int i = 0; i < 900; i++)
		merkle_range_add(&range, &leaves[i]);
	expected = merkle_range_root(&range);
	assert_memory_equal(&root, &expected, sizeof(root));
	arena_free(arena);
	test_free(sealed);
	test_free(more);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_has_the_tiles_that_are_sealed_and_no_other),
		cmocka_unit_test(a_tile_above_holds_what_those_below_come_to),
		cmocka_unit_test(entries_that_are_not_sealed_yet_stand_in_no_tile_and_in_the_root),
	};

	return cmocka_run_group_tests_name("app/check_log", tests, set_up, NULL);
}
