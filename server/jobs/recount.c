/*
 * recount.c - a newer calendar is loaded: every placement whose dates it may move is settled once.
 *
 * Settling counts again (core's recount.c), so whoever comes first, this walk or somebody's move,
 * the same is recorded once. An authority's newest calendar, whether its bank holidays or its own
 * closures are newer, is one walk by key through its placements with a date behind the first
 * changed day, a chunk at a time, marking how far it has come; whoever takes the clock over goes on
 * from there. It begins a little after the calendar was loaded: by then every daemon counts by it,
 * and nothing new begins by the old one behind the walk.
 */
#include "recount.h"

#include "queries.h"

#include "concordat/base/report.h"

#define CHUNK 512
#define VISITS_AT_ONCE 192
#define LOADED_FOR_US (2 * REFERENCE_WATCH_US + US_PER_SECOND)
#define AGAIN_US US_PER_SECOND
/* A date rolled back lies before the day it was rolled from. */
#define ROLLED_DAYS_MOST 14

enum column { AUTHORITY, VERSION, PLACEMENT, BEGUN_MS };

static void walk_next(struct recount *r);
static void chunk_next(struct recount *r);

static void walk_end(struct recount *r, bool over)
{
	chunk_clear(&r->chunk);
	r->left |= !over;
	r->at++;
	jobs_progress(r->jobs);
	walk_next(r);
}

static void report_walk(const struct recount *r)
{
	int64_t took_ms = (jobs_monotonic_us() - r->began_us) / 1000;
	struct arena *words = arena_new();

	report(REPORT_INFO, "jobs", "Open dates were counted again by a newer calendar",
	       "authority", uuid_text(words, r->authority).at, "version",
	       text_printf(words, "%d", r->version).at, "placements",
	       text_printf(words, "%lld", (long long)r->seen).at, "moved",
	       text_printf(words, "%lld", (long long)r->moved).at, "took_ms",
	       text_printf(words, "%lld", (long long)took_ms).at, NULL);
	arena_free(words);
}

/* ---- how far it has come ---- */

static void on_marked(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct recount *r = context;
	bool over = !r->chunk.count;

	if (outcome != STORE_DONE || !row_int(rows, 0, 0, 0)) {
		walk_end(r, false);
		return;
	}
	if (over && r->seen)
		report_walk(r);
	if (over)
		walk_end(r, true);
	else
		chunk_next(r);
}

/* The chunk is behind it; an empty one was the last. */
static void mark(struct recount *r)
{
	struct arena *arena = r->chunk.arena;
	struct param params[6];

	if (r->chunk.count)
		r->placement = chunk_last(&r->chunk);
	params[0] = param_uuid(arena, r->authority);
	params[1] = param_int(arena, r->version);
	params[2] = param_uuid(arena, r->placement);
	params[3] = param_bool(!r->chunk.count);
	params[4] = param_uuid(arena, r->jobs->holder);
	params[5] = param_int(arena, r->lease->term);
	store_work(r->jobs->store, arena, SQL_JOBS_RECOUNT_MARK, params, 6, on_marked, r);
}

/* ---- a chunk ---- */

static void on_settled(enum store_outcome outcome, bool appended, void *context)
{
	struct recount *r = context;

	r->seen++;
	r->moved += appended;
	/* one that cannot be read has been reported, and does not keep the others waiting */
	chunk_visited(&r->chunk, outcome != STORE_DONE && outcome != STORE_BUG);
}

static void on_visit(void *walk, size_t row)
{
	struct recount *r = walk;
	struct uuid stream = r->chunk.placements[row];

	if (text_is(row_text(r->chunk.rows, row, 1), "home"))
		app_settle_home(r->jobs->app, r->authority, stream, on_settled, r);
	else
		app_settle(r->jobs->app, r->authority, stream, on_settled, r);
}

static void on_chunk_end(void *walk, bool whole)
{
	if (whole)
		mark(walk);
	else
		walk_end(walk, false);
}

static void chunk_next(struct recount *r)
{
	struct param params[4];

	chunk_begin(&r->chunk);
	params[0] = param_uuid(r->chunk.arena, r->authority);
	params[1] = param_uuid(r->chunk.arena, r->placement);
	params[2] =
		param_instant(r->chunk.arena, london_instant(r->from_day - ROLLED_DAYS_MOST, 0, 0));
	params[3] = param_int(r->chunk.arena, CHUNK);
	chunk_walk(&r->chunk, SQL_JOBS_RECOUNT_NEXT, params, 4);
}

/* ---- a walk ---- */

static void look_end(struct recount *r)
{
	struct jobs *jobs = r->jobs;

	if (r->left)
		r->not_before_us = jobs_monotonic_us() + AGAIN_US;
	else if (r->behind->count)
		clock_poke(jobs->clock); /* whether that was all */
	arena_free(r->look);
	r->look = NULL;
	jobs_progress(jobs);
	jobs_end(jobs);
}

/* False when its turn has not come: what is held here is older, or others may still go by it. */
static bool walk_begin(struct recount *r)
{
	const struct calendar *held;
	int64_t wait_us = LOADED_FOR_US - row_int(r->behind, r->at, BEGUN_MS, 0) * 1000;

	r->authority = row_uuid(r->behind, r->at, AUTHORITY);
	r->placement = row_uuid(r->behind, r->at, PLACEMENT);
	r->version = (int32_t)row_int(r->behind, r->at, VERSION, 0);
	held = reference_own_calendar(r->jobs->app, r->authority);
	if (!held || held->version != r->version || (wait_us > 0 && !r->jobs->rehearsing))
		return false;
	r->seen = r->moved = 0;
	r->began_us = jobs_monotonic_us();
	chunk_begin(&r->chunk);
	if (reference_changed_from(r->jobs->app, r->authority, &r->from_day))
		chunk_next(r);
	else
		mark(r); /* nothing to count again */
	return true;
}

static void walk_next(struct recount *r)
{
	for (; r->at < r->behind->count; r->at++) {
		if (!r->jobs->stopping && lease_is_held(r->lease) && walk_begin(r))
			return;
		r->left = true;
	}
	look_end(r);
}

static void on_behind(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct recount *r = context;

	r->behind = rows;
	r->at = 0;
	r->left = outcome != STORE_DONE;
	if (outcome == STORE_DONE && !rows->count)
		r->done_with = r->held;
	if (outcome == STORE_DONE)
		walk_next(r);
	else
		look_end(r);
}

void recount_open(struct recount *recount, struct jobs *jobs, const struct lease *lease)
{
	recount->jobs = jobs;
	recount->lease = lease;
	recount->chunk = (struct chunk){
		.jobs = jobs,
		.lease = lease,
		.at_once = VISITS_AT_ONCE,
		.on_visit = on_visit,
		.on_end = on_chunk_end,
		.walk = recount,
	};
}

void recount_look(struct recount *recount)
{
	const void *held = reference_now(recount->jobs->app);

	if (recount->look || recount->done_with == held ||
	    jobs_monotonic_us() < recount->not_before_us)
		return;
	jobs_begin(recount->jobs);
	recount->held = held;
	recount->look = arena_new();
	store_work(recount->jobs->store, recount->look, SQL_JOBS_RECOUNT, NULL, 0, on_behind,
		   recount);
}
