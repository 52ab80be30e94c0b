/* test_grow.c - a tree that grows by batches is the tree of all its leaves, row by row. */
#include <cmocka.h>
#include <string.h>

#include "jobs/grow.h"

#define LEAVES 66000 /* into the third level of rows */
#define ROWS_MOST 400

struct kept {
	struct log_state state;
	struct tile rows[3][ROWS_MOST];
	struct merkle_range all;
	struct digest leaves[LEAVES];
};
static struct kept kept;

static struct digest leaf_of(int64_t n)
{
	return sha256((struct text){(const char *)&n, sizeof(n)}, TEXT_NONE, TEXT_NONE);
}

static int64_t number_of(struct text text)
{
	int64_t n = -1;

	assert_true(text_to_int(text, &n));
	return n;
}

/* As the statement would keep it, and the next turn read it. */
static void keep(const struct grown *grown)
{
	for (size_t i = 0; i < grown->count; i++) {
		int64_t level = number_of(grown->levels[i]), n = number_of(grown->ns[i]);
		struct text hex = {grown->hashes[i].at + 2, grown->hashes[i].len - 2};
		struct tile *row;

		assert_in_range(level, 0, 2);
		assert_in_range(n, 0, ROWS_MOST - 1);
		row = &kept.rows[level][n];
		row->width = hex.len / 64;
		assert_true(text_unhex(hex, row->hashes, hex.len / 2));
	}
	kept.state.size = grown->size;
	kept.state.root = grown->root;
	for (int level = 0; level < TILE_LEVELS; level++) {
		int64_t n = grown->size >> 8 * level >> 8;

		kept.state.edge[level].width = 0;
		if (level < 3)
			kept.state.edge[level] = kept.rows[level][n];
		assert_int_equal(kept.state.edge[level].width,
				 (size_t)(grown->size >> 8 * level & 255));
	}
}

static bool node_of(void *context, int level, int64_t index, struct digest *out)
{
	int tile_level;
	int64_t n;
	size_t width;

	(void)context;
	tile_of(level, index, &tile_level, &n, &width);
	return tile_level < 3 && tile_node(&kept.rows[tile_level][n], level, index, out);
}

static void add(int64_t count)
{
	struct arena *arena = arena_new();
	struct grown grown;
	struct digest root;

	for (int64_t i = 0; i < count; i++)
		merkle_range_add(&kept.all, &kept.leaves[kept.state.size + i]);
	grow(arena, &kept.state,
	     (struct text){(const char *)&kept.leaves[kept.state.size],
			   (size_t)count * sizeof(struct digest)},
	     &grown);
	root = merkle_range_root(&kept.all);
	assert_memory_equal(&grown.root, &root, sizeof(root));
	assert_int_equal(grown.size, kept.all.size);
	/* however large the tree: the leaves' own rows, and one or two a level */
	assert_in_range(grown.count, 0, (uint64_t)count / 256 + 2 + 4);
	keep(&grown);
	assert_true(merkle_range_of(kept.state.size, node_of, NULL, &kept.state.range));
	root = merkle_range_root(&kept.state.range);
	assert_memory_equal(&grown.root, &root, sizeof(root));
	arena_free(arena);
}

static void any_batches_come_to_the_same_tree(void **state)
{
	static const int64_t batches[] = {1, 1, 253, 1, 1, 4096, 255, 7, 4096, 1, 511, 300, 2};

	(void)state;
	for (int64_t i = 0; i < LEAVES; i++)
		kept.leaves[i] = leaf_of(i);
	for (size_t i = 0; kept.state.size < LEAVES; i++) {
		int64_t count = batches[i % (sizeof(batches) / sizeof(batches[0]))];

		add(count < LEAVES - kept.state.size ? count : LEAVES - kept.state.size);
	}
	assert_int_equal(kept.state.size, LEAVES);
}

static void every_leaf_is_proven_from_the_rows(void **state)
{
	struct merkle_proof proof;

	(void)state;
	for (int64_t index = 0; index < LEAVES; index += 97) {
		assert_true(merkle_inclusion(index, LEAVES, node_of, NULL, &proof));
		assert_true(merkle_inclusion_holds(&kept.leaves[index], index, LEAVES, &proof,
						   &kept.state.root));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_batches_come_to_the_same_tree),
		cmocka_unit_test(every_leaf_is_proven_from_the_rows),
	};

	return cmocka_run_group_tests_name("grow", tests, NULL, NULL);
}
