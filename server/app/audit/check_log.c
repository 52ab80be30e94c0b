/*
 * check_log.c - a log's tree made again from its leaves, tile by tile.
 *
 * A tile of one level is full when 256 of the level below are, so one tile a level is all that is
 * held.
 */
#include "audit/check.h"

struct tree_check {
	struct merkle_range range;
	int64_t sealed; /* leaves behind it stand in no tile yet */
	tile_made_cb on_tile;
	void *context;
	int64_t n[TILE_LEVELS];
	struct tile building[TILE_LEVELS];
};

struct tree_check *tree_check_new(struct arena *arena, int64_t sealed, tile_made_cb on_tile,
				  void *context)
{
	struct tree_check *tree = arena_make(arena, struct tree_check);

	tree->sealed = sealed;
	tree->on_tile = on_tile;
	tree->context = context;
	return tree;
}

static void hand_out(struct tree_check *tree, int level)
{
	tree->on_tile(tree->context, level, tree->n[level]++, &tree->building[level]);
	tree->building[level].width = 0;
}

static void put(struct tree_check *tree, const struct digest *leaf)
{
	struct digest hash = *leaf;

	for (int level = 0; level < TILE_LEVELS; level++) {
		struct tile *tile = &tree->building[level];
		struct digest row[TILE_WIDTH];

		tile->hashes[tile->width++] = hash;
		if (tile->width < TILE_WIDTH)
			return;
		for (size_t i = 0; i < TILE_WIDTH; i++)
			row[i] = tile->hashes[i];
		for (size_t count = TILE_WIDTH; count > 1; count /= 2)
			for (size_t i = 0; i < count / 2; i++)
				row[i] = merkle_node(&row[i * 2], &row[i * 2 + 1]);
		hash = row[0];
		hand_out(tree, level);
	}
}

void tree_check_add(struct tree_check *tree, const struct digest *leaf)
{
	merkle_range_add(&tree->range, leaf);
	if (tree->range.size > tree->sealed)
		return;
	put(tree, leaf);
	for (int level = 0; level < TILE_LEVELS && tree->range.size == tree->sealed; level++)
		if (tree->building[level].width)
			hand_out(tree, level);
}

int64_t tree_check_size(const struct tree_check *tree)
{
	return tree->range.size;
}

struct digest tree_check_root(const struct tree_check *tree)
{
	return merkle_range_root(&tree->range);
}
