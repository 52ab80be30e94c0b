/*
 * walk.c - entries of a log in their order, each with its placement or its home.
 *
 * Placements that are not held are brought forward by one statement; one that is not held after
 * that is loaded by itself, while the entries behind it wait, and so is each home, whose record is
 * held by nobody. What nobody is told of (a person's, an authority's own) is passed over.
 */
#include "held/walk.h"

#include "queries.h"

/* Of a log, looked through at a time: whoever may see little of it has it read in pieces, each of
 * which ends well within a statement's time. */
#define SPAN_MOST 20000

enum column { LEAF_INDEX, STREAM, SEQ, KIND, LEAF_HASH, TRACEPARENT };

static void walk_on(struct walk *walk);

static void walk_end(struct walk *walk, enum walk_end end)
{
	walk->running = false;
	if (walk->stopped)
		walk_free(walk);
	else
		walk->on_end(walk, end);
}

static bool is_of(const struct walk *walk, size_t row, const char *kind)
{
	return text_is(row_text(walk->rows, row, KIND), kind);
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

static bool is_at_hand(const struct walk *walk, size_t row)
{
	const struct home_record *record = walk->home.record;

	return record && uuid_eq(record->home, row_uuid(walk->rows, row, STREAM)) &&
	       record->seq >= seq_of(walk, row);
}

/* False: the walk has ended. */
static bool give(struct walk *walk, struct walked *entry)
{
	bool goes_on;

	entry->index = row_int(walk->rows, walk->row, LEAF_INDEX, 0);
	entry->traceparent = row_text(walk->rows, walk->row, TRACEPARENT);
	if (!row_digest(walk->rows, walk->row, LEAF_HASH, &entry->leaf)) {
		walk_end(walk, WALK_AWAY);
		return false;
	}
	goes_on = walk->on_entry(walk, entry);
	walk->row++;
	walk->at = entry->index + 1;
	if (goes_on && !walk->stopped)
		return true;
	walk_end(walk, WALK_STOPPED);
	return false;
}

static bool give_placement(struct walk *walk, const struct placement *placement)
{
	const struct fact *fact = placement->facts[seq_of(walk, walk->row) - 1];

	return give(walk, &(struct walked){.placement = placement, .fact = fact});
}

static bool give_home(struct walk *walk)
{
	const struct home_fact *fact = walk->home.record->facts[seq_of(walk, walk->row) - 1];

	return give(walk, &(struct walked){.home = &walk->home, .home_fact = fact});
}

static void on_broken(struct walk *walk)
{
	if (!walk->reads_past_broken) {
		walk_end(walk, WALK_BROKEN);
		return;
	}
	walk->row++;
	walk_on(walk);
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
		if (give_placement(walk, placement))
			walk_on(walk);
	} else {
		on_broken(walk);
	}
}

static void on_home(const struct home_read *read, void *context)
{
	struct walk *walk = context;

	walk->home = *read;
	if (walk->stopped) {
		walk_end(walk, WALK_STOPPED);
	} else if (read->outcome != STORE_DONE) {
		walk_end(walk, WALK_AWAY);
	} else if (is_at_hand(walk, walk->row)) {
		if (give_home(walk))
			walk_on(walk);
	} else {
		on_broken(walk);
	}
}

/* Who is told of the row's entry is only known once what it is of is at hand: false, it is asked
 * for, or the walk has ended. */
static bool take_row(struct walk *walk)
{
	static const struct uuid none;
	struct uuid stream = row_uuid(walk->rows, walk->row, STREAM);
	struct loaded held;

	if (is_of(walk, walk->row, "placement")) {
		if (is_held(walk, walk->row, &held))
			return give_placement(walk, held.placement);
		load_placement(walk->app, walk->arena, none, stream, none, none, on_loaded, walk);
		return false;
	}
	if (is_of(walk, walk->row, "home")) {
		if (is_at_hand(walk, walk->row))
			return give_home(walk);
		load_home(walk->app, walk->arena, walk->authority, stream, NEVER_US, on_home, walk);
		return false;
	}
	walk->row++;
	return true;
}

static void walk_on(struct walk *walk)
{
	while (walk->row < walk->rows->count)
		if (!take_row(walk))
			return;
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

		if (!is_of(walk, row, "placement") || is_held(walk, row, &held))
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
	walk->authority = authority;
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
