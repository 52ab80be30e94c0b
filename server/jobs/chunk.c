/*
 * chunk.c - the rows of a walk, so many at a time.
 *
 * Which rows, what is done for one and how far is marked are the walk's: here is only that no more
 * than so many are out, and that nothing is marked that did not come back.
 */
#include "chunk.h"

static void visit_more(struct chunk *chunk)
{
	bool stop = chunk->failed || chunk->jobs->stopping || !lease_is_held(chunk->lease);

	while (!stop && chunk->begun < chunk->count && chunk->out < chunk->at_once) {
		chunk->out++;
		chunk->on_visit(chunk->walk, chunk->begun++);
	}
	if (chunk->out)
		return;
	teller_poke(chunk->jobs->teller);
	chunk->on_end(chunk->walk, !stop);
}

void chunk_visited(struct chunk *chunk, bool failed)
{
	chunk->failed = chunk->failed || failed;
	chunk->out--;
	visit_more(chunk);
}

static void on_read_ahead(void *context)
{
	visit_more(context);
}

static void on_rows(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct chunk *chunk = context;

	if (outcome != STORE_DONE) {
		chunk->on_end(chunk->walk, false);
		return;
	}
	chunk->rows = rows;
	chunk->count = rows->count;
	chunk->placements = arena_array(chunk->arena, struct uuid, chunk->count);
	for (size_t row = 0; row < rows->count; row++)
		chunk->placements[row] = row_uuid(rows, row, 0);
	if (chunk->count)
		load_ahead(chunk->jobs->app, chunk->arena, chunk->placements, chunk->count,
			   on_read_ahead, chunk);
	else
		chunk->on_end(chunk->walk, true);
}

void chunk_begin(struct chunk *chunk)
{
	chunk_clear(chunk);
	chunk->arena = arena_new();
}

void chunk_walk(struct chunk *chunk, const char *sql, const struct param *params, size_t count)
{
	store_work(chunk->jobs->store, chunk->arena, sql, params, count, on_rows, chunk);
}

struct uuid chunk_last(const struct chunk *chunk)
{
	return chunk->count ? chunk->placements[chunk->count - 1] : (struct uuid){{0}};
}

void chunk_clear(struct chunk *chunk)
{
	arena_free(chunk->arena);
	chunk->arena = NULL;
	chunk->rows = NULL;
	chunk->placements = NULL;
	chunk->count = chunk->begun = chunk->out = 0;
	chunk->failed = false;
}
