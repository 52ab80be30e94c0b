/*
 * walk.c - entries of a log in their order, each with its placement.
 *
 * Placements that are not held are brought forward by one statement; one that is not held after
 * that is loaded by itself, while the entries behind it wait.
 */
#include "walk.h"

#include "queries.h"

/* Of a log, looked through at a time: whoever may see little of it has it read in pieces, each of
 * which ends well within a statement's time. */
#define SPAN_MOST 20000

enum column { LEAF_INDEX, STREAM, SEQ, IS_PLACEMENT, LEAF_HASH };

static void walk_on(struct walk *walk);

static void walk_end(struct walk *walk, enum walk_end end)
{
	walk->running = false;
	if (walk->stopped)
		walk_free(walk);
	else
		walk->on_end(walk, end);
}

static int32_t seq_of(const struct walk *walk, size_t row)
{
	return (int32_t)row_int(walk->rows, row, SEQ, 0);
}

static bool is_held(const struct walk *walk, size_t row, struct loaded *held)
{
	return load_held(walk->app, row_uuid(walk->rows, row, STREAM), held) &&
	       held->placement->seq >= seq_of(walk, row);
}

/* False: the walk has ended. */
static bool give(struct walk *walk, const struct placement *placement)
{
	int64_t index = row_int(walk->rows, walk->row, LEAF_INDEX, 0);
	const struct fact *fact = placement->facts[seq_of(walk, walk->row) - 1];
	bool goes_on = walk->on_entry(walk, placement, fact, index);

	walk->row++;
	walk->at = index + 1;
	if (goes_on && !walk->stopped)
		return true;
	walk_end(walk, WALK_STOPPED);
	return false;
}

static void on_loaded(const struct loaded *loaded, void *context)
{
	struct walk *walk = context;
	const struct placement *placement = loaded->placement;

	if (walk->stopped) {
		walk_end(walk, WALK_STOPPED);
	} else if (loaded->outcome != STORE_DONE) {
		walk_end(walk, WALK_AWAY);
	} else if (placement && placement->seq >= seq_of(walk, walk->row)) {
		if (give(walk, placement))
			walk_on(walk);
	} else if (walk->reads_past_broken) {
		walk->row++;
		walk_on(walk);
	} else {
		walk_end(walk, WALK_BROKEN);
	}
}

static void walk_on(struct walk *walk)
{
	static const struct uuid none;
	struct loaded held;

	while (walk->row < walk->rows->count) {
		if (!row_bool(walk->rows, walk->row, IS_PLACEMENT)) {
			walk->row++;
			continue;
		}
		if (!is_held(walk, walk->row, &held)) {
			load_placement(walk->app, walk->arena, none,
				       row_uuid(walk->rows, walk->row, STREAM), none, none,
				       on_loaded, walk);
			return;
		}
		if (!give(walk, held.placement))
			return;
	}
	walk->at = walk->to;
	if (walk->rows->count &&
	    !row_digest(walk->rows, walk->rows->count - 1, LEAF_HASH, &walk->leaf)) {
		walk_end(walk, WALK_AWAY);
		return;
	}
	walk_end(walk, WALK_WHOLE);
}

static void on_ahead(void *context)
{
	struct walk *walk = context;

	if (walk->stopped)
		walk_end(walk, WALK_STOPPED);
	else
		walk_on(walk);
}

/* Each once: rows of one placement may be far apart. */
static size_t missing(const struct walk *walk, struct uuid *ids)
{
	struct loaded held;
	size_t count = 0, i;

	for (size_t row = 0; row < walk->rows->count; row++) {
		struct uuid id = row_uuid(walk->rows, row, STREAM);

		if (!row_bool(walk->rows, row, IS_PLACEMENT) || is_held(walk, row, &held))
			continue;
		for (i = 0; i < count && !uuid_eq(ids[i], id); i++)
			;
		if (i == count)
			ids[count++] = id;
	}
	return count;
}

static void on_rows(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct walk *walk = context;
	struct uuid *ids;
	size_t count;

	if (outcome != STORE_DONE || walk->stopped) {
		walk_end(walk, WALK_AWAY);
		return;
	}
	walk->rows = rows;
	if (rows->count && (int64_t)rows->count == walk->most)
		walk->to = row_int(rows, rows->count - 1, LEAF_INDEX, 0) + 1;
	ids = arena_array(walk->arena, struct uuid, rows->count);
	count = missing(walk, ids);
	if (count > 1)
		load_ahead(walk->app, walk->arena, ids, count, on_ahead, walk);
	else
		walk_on(walk);
}

struct walk *walk_new(struct app *app)
{
	struct arena *arena = arena_new();
	struct walk *walk = arena_make(arena, struct walk);

	walk->app = app;
	walk->arena = arena;
	return walk;
}

void walk_start(struct walk *walk, struct uuid organisation, struct uuid authority,
		struct uuid placement, int64_t from, int64_t to, int64_t most)
{
	struct store *store = app_store(walk->app);
	bool is_one = !uuid_is_zero(placement);
	const char *sql = is_one ? SQL_FEED_ENTRIES_OF : SQL_FEED_ENTRIES;
	struct param *params = arena_array(walk->arena, struct param, 5);

	walk->running = true;
	walk->at = from;
	walk->to = is_one || to - from <= SPAN_MOST ? to : from + SPAN_MOST;
	walk->most = most;
	params[0] = param_uuid(walk->arena, authority);
	params[1] = param_int(walk->arena, from);
	params[2] = param_int(walk->arena, walk->to);
	params[3] = param_int(walk->arena, most);
	params[4] = param_uuid(walk->arena, placement);
	if (uuid_is_zero(organisation))
		store_work(store, walk->arena, sql, params, is_one ? 5 : 4, on_rows, walk);
	else
		store_read(store, walk->arena, organisation, sql, params, is_one ? 5 : 4, on_rows,
			   walk);
}

void walk_stop(struct walk *walk)
{
	if (walk->running)
		walk->stopped = true;
	else
		walk_free(walk);
}

void walk_free(struct walk *walk)
{
	arena_free(walk->arena);
}
