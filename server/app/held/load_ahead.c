/*
 * load_ahead.c - many placements brought up to date by one statement.
 *
 * For what the clock is about to visit: the visits then find them held. It promises nothing; what
 * cannot be folded here is read again, and reported, by whoever loads it.
 */
#include <string.h>

#include "held/cache.h"
#include "queries.h"

struct ahead {
	struct app *app;
	void (*on_done)(void *context);
	void *context;
};

enum column { AUTHORITY, STREAM, SEQ, AT, HASH, BODY };

static bool take_row(struct held *held, const struct rows *rows, size_t row)
{
	struct text hash = row_text(rows, row, HASH), why;
	struct digest leaf_hash;

	if (hash.len != sizeof(leaf_hash.bytes))
		return false;
	memcpy(leaf_hash.bytes, hash.at, sizeof(leaf_hash.bytes));
	return cache_fold(held, (int32_t)row_int(rows, row, SEQ, 0), row_int(rows, row, AT, 0),
			  &leaf_hash, row_text(rows, row, BODY), &why) == FOLDED;
}

/* The rows of one placement, which stand together; returns the first of the next. */
static size_t take_placement(struct cache *cache, const struct rows *rows, size_t row)
{
	struct uuid authority = row_uuid(rows, row, AUTHORITY), id = row_uuid(rows, row, STREAM);
	struct held *held = cache_find(cache, id);
	bool sound = true;

	if (!held)
		held = cache_new(cache, authority, id);
	for (; row < rows->count && uuid_eq(row_uuid(rows, row, STREAM), id); row++)
		sound = sound && take_row(held, rows, row);
	if (sound)
		cache_weigh(cache, held);
	else
		cache_drop(cache, held);
	return row;
}

static void on_rows(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct ahead *ahead = context;
	size_t row = 0;

	while (outcome == STORE_DONE && row < rows->count)
		row = take_placement(ahead->app->cache, rows, row);
	ahead->on_done(ahead->context);
}

void load_ahead(struct app *app, struct arena *arena, const struct uuid *placements, size_t count,
		void (*on_done)(void *context), void *context)
{
	struct ahead *ahead = arena_make(arena, struct ahead);
	struct text *ids = arena_array(arena, struct text, count);
	struct text *since = arena_array(arena, struct text, count);
	struct param params[2];

	*ahead = (struct ahead){app, on_done, context};
	cache_trust(app);
	for (size_t i = 0; i < count; i++) {
		const struct held *held = cache_find(app->cache, placements[i]);

		ids[i] = uuid_text(arena, placements[i]);
		since[i] = text_printf(arena, "%d", held ? held->placement->seq : 0);
	}
	params[0] = param_array(arena, ids, count);
	params[1] = param_array(arena, since, count);
	store_work(app->store, arena, SQL_LOAD_AHEAD, params, 2, on_rows, ahead);
}
