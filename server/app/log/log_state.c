/*
 * log_state.c - whether a log may go on: what is kept of it in several places must agree.
 *
 * The tiles at the right edge of the tree come to the root that was sealed, the newest checkpoint
 * says the same and is signed, and the checkpoint kept outside the database is neither newer nor of
 * another tree. Where one of these does not hold, somebody has changed something or an older backup
 * was put back, and nothing is signed until a person has looked.
 */
#include "concordat/app/log.h"

#include <string.h>

#include "internal.h"
#include "queries.h"

enum column {
	PLACE,
	ORIGIN,
	GENERATION,
	SIZE,
	ROOT,
	HEAD,
	NOTED_SIZE,
	NOTED_ROOT,
	NOTE,
	FILED_BEFORE,
	LEVEL,
	N,
	HASHES
};

/* ---- the state ---- */

void log_state_params(struct arena *arena, const struct uuid *authorities,
		      const struct log_filed *const *filed, size_t count,
		      struct param params[LOG_STATE_PARAMS])
{
	struct text *ids = arena_array(arena, struct text, count);
	struct text *sizes = arena_array(arena, struct text, count);
	struct text *origins = arena_array(arena, struct text, count);

	for (size_t i = 0; i < count; i++) {
		ids[i] = uuid_text(arena, authorities[i]);
		if (!filed[i]->there)
			continue;
		sizes[i] = text_printf(arena, "%lld", (long long)filed[i]->checkpoint.size);
		origins[i] = filed[i]->checkpoint.origin;
	}
	params[0] = param_array(arena, ids, count);
	params[1] = param_array(arena, sizes, count);
	params[2] = param_array(arena, origins, count);
}

static bool edge_node(void *context, int level, int64_t index, struct digest *out)
{
	const struct log_state *state = context;
	int tile_level;
	int64_t n;
	size_t width;

	/* all that a range asks for stands at the right edge, in tiles that are not full */
	tile_of(level, index, &tile_level, &n, &width);
	return tile_level < TILE_LEVELS && tile_node(&state->edge[tile_level], level, index, out);
}

/* The rows from first on that are of the same log. */
static void take_edge(const struct rows *rows, size_t first, struct log_state *state)
{
	int64_t place = row_int(rows, first, PLACE, 0);

	for (size_t i = first; i < rows->count && row_int(rows, i, PLACE, 0) == place; i++) {
		int64_t level = row_int(rows, i, LEVEL, -1);

		if (level >= 0 && level < TILE_LEVELS &&
		    row_int(rows, i, N, -1) == state->size >> 8 * level >> 8 &&
		    !tile_decode(row_text(rows, i, HASHES), &state->edge[level]))
			state->edge[level].width = 0;
	}
	for (int level = 0; level < TILE_LEVELS; level++)
		if (state->edge[level].width != (size_t)(state->size >> 8 * level & 255))
			state->broken = "the newest row of its tree is longer or shorter than what "
					"was sealed";
	if (!state->broken && !merkle_range_of(state->size, edge_node, state, &state->range))
		state->broken = "a row of its tree is missing";
}

static size_t row_of(const struct rows *rows, size_t place)
{
	size_t row = 0;

	while (row < rows->count && row_int(rows, row, PLACE, 0) != (int64_t)place + 1)
		row++;
	return row;
}

bool log_state_take(const struct rows *rows, size_t place, struct log_state *out)
{
	size_t row = row_of(rows, place);

	memset(out, 0, sizeof(*out));
	out->generation = 1;
	if (row == rows->count)
		return false;
	out->head = row_int(rows, row, HEAD, 0);
	out->filed_before = row_bool(rows, row, FILED_BEFORE);
	out->origin = row_text(rows, row, ORIGIN);
	out->root = merkle_range_root(&out->range);
	out->noted_size = row_int(rows, row, NOTED_SIZE, 0);
	if (!out->origin.at)
		return true;
	out->generation = row_int(rows, row, GENERATION, 1);
	out->size = row_int(rows, row, SIZE, 0);
	out->note = row_text(rows, row, NOTE);
	if (!row_digest(rows, row, ROOT, &out->root) ||
	    (out->noted_size && !row_digest(rows, row, NOTED_ROOT, &out->noted_root)))
		out->broken = "its root is no root";
	out->rows = *rows;
	out->row = row;
	take_edge(rows, row, out);
	return true;
}

/* ---- the judgement ---- */

static bool open_noted(const struct log_state *state, const uint8_t (*keys)[32], size_t key_count,
		       struct checkpoint *noted)
{
	struct arena *arena = arena_new();
	bool opens = log_note_open(arena, state->note, keys, key_count, noted) &&
		     text_eq(noted->origin, state->origin);

	arena_free(arena);
	return opens;
}

static const char *fault_inside(const struct log_state *state, const uint8_t (*keys)[32],
				size_t key_count)
{
	struct digest root;
	struct checkpoint noted;

	if (state->broken)
		return state->broken;
	root = merkle_range_root(&state->range);
	if (!digest_eq(&root, &state->root))
		return "its tree does not come to the root that was sealed";
	if (state->head < state->size)
		return "fewer entries are recorded than were sealed";
	if (state->noted_size != state->size)
		return "its newest checkpoint is of another size than what was sealed";
	if (!state->size)
		return NULL;
	if (!open_noted(state, keys, key_count, &noted) || noted.size != state->size ||
	    !digest_eq(&noted.root, &root) || !digest_eq(&state->noted_root, &root))
		return "its newest checkpoint does not say what was sealed, or its signature does "
		       "not hold";
	return NULL;
}

/* From the tiles: no row that says so could stand for them. */
static bool grew_from(const struct log_state *state, const struct checkpoint *c)
{
	struct arena *arena = arena_new();
	struct log_tree tree = {.sealed = state->size, .size = state->size, .root = state->root};
	struct merkle_proof proof;
	bool grew;

	tree.tiles = arena_array(arena, struct log_tile_row, state->rows.count);
	for (size_t i = state->row; i < state->rows.count; i++) {
		struct log_tile_row *row = &tree.tiles[tree.tile_count];

		if (row_int(&state->rows, i, PLACE, 0) !=
		    row_int(&state->rows, state->row, PLACE, 0))
			break;
		row->level = (int)row_int(&state->rows, i, LEVEL, -1);
		row->n = row_int(&state->rows, i, N, -1);
		tree.tile_count += !row_is_null(&state->rows, i, HASHES) &&
				   tile_decode(row_text(&state->rows, i, HASHES), &row->tile);
	}
	grew = log_prove_grown(&tree, c->size, &proof) &&
	       merkle_consistency_holds(c->size, &c->root, state->size, &state->root, &proof);
	arena_free(arena);
	return grew;
}

const char *log_state_fault(const struct log_state *state, const struct log_filed *filed,
			    const uint8_t (*keys)[32], size_t key_count)
{
	const struct checkpoint *c = &filed->checkpoint;
	const char *inside = fault_inside(state, keys, key_count);

	if (inside || !filed->there)
		return inside;
	if (state->origin.at && !text_eq(c->origin, state->origin))
		return state->filed_before ? NULL : "the checkpoint in log_dir is another log's";
	if (c->size > state->size)
		return "the database is behind the newest checkpoint that was published: an older "
		       "backup was put back, or entries are lost";
	if (c->size == state->size ? !digest_eq(&c->root, &state->root) : !grew_from(state, c))
		return "a checkpoint that was published is of another tree";
	return NULL;
}

const char *log_standby(const struct config *config)
{
	static const char standby[] = "standby:";

	if (!text_starts(text_of(config->seal_after), standby))
		return NULL;
	return config->seal_after + sizeof(standby) - 1;
}

struct text log_origin(struct arena *arena, const char *public_url, bool rehearsal,
		       struct uuid authority)
{
	const char *host = strstr(public_url, "://");
	size_t len;

	host = host ? host + 3 : public_url;
	len = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
	return text_printf(arena, "%s%.*s/log/%.*s", rehearsal ? "rehearsal." : "", (int)len, host,
			   TEXT_FMT(uuid_text(arena, authority)));
}
