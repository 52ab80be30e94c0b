/*
 * grow.c - leaves added at the right edge of a log's tree.
 *
 * Only the edge is touched, one row a level, however large the tree: a row that becomes full is
 * written for the last time, and its hash goes on to the row above.
 */
#include "grow.h"

#include <string.h>

struct growth {
	struct arena *arena;
	struct tile edge[TILE_LEVELS];
	int64_t n[TILE_LEVELS];
	bool changed[TILE_LEVELS];
	struct merkle_range range;
	struct grown *out;
};

static void put_row(struct growth *g, int level)
{
	struct grown *out = g->out;
	struct text bytes = tile_encode(g->arena, &g->edge[level]);
	size_t at = out->count, levels = at, ns = at;

	*LIST_ADD(g->arena, out->levels, levels) = text_printf(g->arena, "%d", level);
	*LIST_ADD(g->arena, out->ns, ns) = text_printf(g->arena, "%lld", (long long)g->n[level]);
	bytes = text_hex(g->arena, bytes.at, bytes.len);
	*LIST_ADD(g->arena, out->hashes, out->count) =
		text_printf(g->arena, "\\x%.*s", TEXT_FMT(bytes));
}

/* The hash of a full row. */
static struct digest fold(const struct tile *tile)
{
	struct digest row[TILE_WIDTH];

	memcpy(row, tile->hashes, sizeof(row));
	for (size_t width = TILE_WIDTH; width > 1; width /= 2)
		for (size_t i = 0; i < width / 2; i++)
			row[i] = merkle_node(&row[2 * i], &row[2 * i + 1]);
	return row[0];
}

static void add(struct growth *g, const struct digest *leaf)
{
	struct digest hash = *leaf;

	merkle_range_add(&g->range, leaf);
	for (int level = 0; level < TILE_LEVELS; level++) {
		struct tile *tile = &g->edge[level];

		tile->hashes[tile->width++] = hash;
		g->changed[level] = true;
		if (tile->width < TILE_WIDTH)
			return;
		put_row(g, level);
		hash = fold(tile);
		tile->width = 0;
		g->n[level]++;
		g->changed[level] = false;
	}
}

void grow(struct arena *arena, const struct log_state *state, struct text leaves, struct grown *out)
{
	struct growth *g = arena_make(arena, struct growth);
	struct digest leaf;

	*out = (struct grown){0};
	g->arena = arena;
	g->out = out;
	g->range = state->range;
	memcpy(g->edge, state->edge, sizeof(g->edge));
	for (int level = 0; level < TILE_LEVELS; level++)
		g->n[level] = state->size >> 8 * level >> 8;
	for (; leaves.len >= sizeof(leaf); leaves.at += sizeof(leaf), leaves.len -= sizeof(leaf)) {
		memcpy(leaf.bytes, leaves.at, sizeof(leaf));
		add(g, &leaf);
	}
	for (int level = 0; level < TILE_LEVELS; level++)
		if (g->changed[level])
			put_row(g, level);
	out->size = g->range.size;
	out->root = merkle_range_root(&g->range);
}
