/*
 * log_tree.c - proofs from the tiles of a sealed log.
 *
 * One statement reads the log's size, its checkpoint and the few tiles that the proofs asked for
 * need, so that all are of one moment. A proof is checked before it is handed out: a tile that was
 * changed gives none.
 */
#include "concordat/app/log.h"

#include "internal.h"
#include "queries.h"

enum column { ORIGIN, SEALED, SEALED_ROOT, SIZE, NOTE, LEVEL, N, HASHES };

struct reading {
	struct arena *arena;
	struct log_tree tree;
	log_tree_cb on_read;
	void *context;
};

static bool node_of(void *context, int level, int64_t index, struct digest *out)
{
	const struct log_tree *tree = context;
	int tile_level;
	int64_t n;
	size_t width;

	tile_of(level, index, &tile_level, &n, &width);
	for (size_t i = 0; i < tree->tile_count; i++)
		if (tree->tiles[i].level == tile_level && tree->tiles[i].n == n)
			return tile_node(&tree->tiles[i].tile, level, index, out);
	return false;
}

static void take_tiles(struct arena *arena, const struct rows *rows, struct log_tree *tree)
{
	tree->tiles = arena_array(arena, struct log_tile_row, rows->count);
	for (size_t i = 0; i < rows->count; i++) {
		struct log_tile_row *row = &tree->tiles[tree->tile_count];

		row->level = (int)row_int(rows, i, LEVEL, 0);
		row->n = row_int(rows, i, N, 0);
		tree->tile_count += !row_is_null(rows, i, HASHES) &&
				    tile_decode(row_text(rows, i, HASHES), &row->tile);
	}
}

/* The root at another size than the newest is worked out: no checkpoint need have been signed at
 * it. Where that cannot be, the root stays zero, and nothing is proven under it. */
static void take(struct reading *r, const struct rows *rows)
{
	struct log_tree *tree = &r->tree;
	struct merkle_range range;
	struct digest root;

	tree->origin = row_text(rows, 0, ORIGIN);
	tree->sealed = row_int(rows, 0, SEALED, 0);
	tree->size = row_int(rows, 0, SIZE, 0);
	if (tree->size > tree->sealed)
		return;
	tree->checkpoint = row_text(rows, 0, NOTE);
	take_tiles(r->arena, rows, tree);
	if (tree->size == tree->sealed)
		tree->root = row_digest(rows, 0, SEALED_ROOT, &root) ? root : tree->root;
	else if (merkle_range_of(tree->size, node_of, tree, &range))
		tree->root = merkle_range_root(&range);
}

static void on_rows(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct reading *r = context;

	if (outcome == STORE_DONE && rows->count)
		take(r, rows);
	r->on_read(outcome, outcome == STORE_DONE && rows->count ? &r->tree : NULL, r->context);
}

void log_read(struct app *app, struct arena *arena, struct uuid organisation, struct uuid authority,
	      const int64_t *leaves, size_t count, int64_t size, log_tree_cb on_read, void *context)
{
	struct reading *r = arena_make(arena, struct reading);
	struct text *wanted = arena_array(arena, struct text, count);
	struct param *params = arena_array(arena, struct param, 3);

	*r = (struct reading){.arena = arena, .on_read = on_read, .context = context};
	for (size_t i = 0; i < count; i++)
		wanted[i] = text_printf(arena, "%lld", (long long)leaves[i]);
	params[0] = param_uuid(arena, authority);
	params[1] = param_array(arena, wanted, count);
	params[2] = size ? param_int(arena, size) : PARAM(TEXT_NONE);
	if (uuid_is_zero(organisation))
		store_work(app_store(app), arena, SQL_LOG_READ, params, 3, on_rows, r);
	else
		store_read(app_store(app), arena, organisation, SQL_LOG_READ, params, 3, on_rows,
			   r);
}

bool log_prove(const struct log_tree *tree, int64_t index, const struct digest *leaf,
	       struct merkle_proof *out)
{
	return merkle_inclusion(index, tree->size, node_of, (void *)tree, out) &&
	       merkle_inclusion_holds(leaf, index, tree->size, out, &tree->root);
}

bool log_prove_grown(const struct log_tree *tree, int64_t from, struct merkle_proof *out)
{
	struct merkle_range range;
	struct digest root;

	if (!merkle_range_of(from, node_of, (void *)tree, &range) ||
	    !merkle_consistency(from, tree->size, node_of, (void *)tree, out))
		return false;
	root = merkle_range_root(&range);
	return merkle_consistency_holds(from, &root, tree->size, &tree->root, out);
}
