/*
 * recount.c - a newer calendar is loaded: every placement whose dates it may move is settled once.
 *
 * Settling counts again (core's recount.c), so whoever comes first, this walk or somebody's move,
 * the same is recorded once. The walk goes by key through the placements with a date behind the
 * first changed day, a chunk at a time, and marks how far it has come; whoever takes the clock over
 * goes on from there. It begins a little after the calendar was loaded: by then every daemon counts
 * by it, and nothing new begins by the old one behind the walk.
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

enum column { VERSION, AUTHORITY, PLACEMENT, DONE, LOADED_MS };

static void chunk_next(struct recount *r);
static void visit_more(struct recount *r);

static void walk_end(struct recount *r, bool over)
{
	struct jobs *jobs = r->jobs;

	arena_free(r->chunk);
	r->chunk = NULL;
	r->walking = false;
	if (over)
		r->done[r->division] = r->version;
	else
		r->not_before_us[r->division] = jobs_monotonic_us() + AGAIN_US;
	clock_poke(jobs->clock); /* another division, or the same again */
	jobs_progress(jobs);
	jobs_end(jobs);
}

static void report_walk(const struct recount *r)
{
	int64_t took_ms = (jobs_monotonic_us() - r->began_us) / 1000;
	struct arena *words = arena_new();

	report(REPORT_INFO, "jobs", "Open dates were counted again by a newer calendar", "division",
	       division_names[r->division], "version", text_printf(words, "%d", r->version).at,
	       "placements", text_printf(words, "%lld", (long long)r->seen).at, "moved",
	       text_printf(words, "%lld", (long long)r->moved).at, "took_ms",
	       text_printf(words, "%lld", (long long)took_ms).at, NULL);
	arena_free(words);
}

/* ---- how far it has come ---- */

static void on_marked(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct recount *r = context;
	bool over = !r->count;

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
	struct param params[7];

	if (r->count) {
		r->authority = r->authorities[r->count - 1];
		r->placement = r->placements[r->count - 1];
	}
	params[0] = PARAM(text_of(division_names[r->division]));
	params[1] = param_int(r->chunk, r->version);
	params[2] = param_uuid(r->chunk, r->authority);
	params[3] = param_uuid(r->chunk, r->placement);
	params[4] = PARAM(r->count ? TEXT("f") : TEXT("t"));
	params[5] = param_uuid(r->chunk, r->jobs->holder);
	params[6] = param_int(r->chunk, r->lease->term);
	store_work(r->jobs->store, r->chunk, SQL_JOBS_RECOUNT_MARK, params, 7, on_marked, r);
}

/* ---- a chunk ---- */

static void on_settled(enum store_outcome outcome, bool appended, void *context)
{
	struct recount *r = context;

	/* one that cannot be read has been reported, and does not keep the others waiting */
	r->failed = r->failed || (outcome != STORE_DONE && outcome != STORE_BUG);
	r->seen++;
	r->moved += appended;
	r->out--;
	visit_more(r);
}

static void visit_more(struct recount *r)
{
	bool stop = r->failed || r->jobs->stopping || !lease_is_held(r->lease);

	while (!stop && r->begun < r->count && r->out < VISITS_AT_ONCE) {
		size_t next = r->begun++;

		r->out++;
		app_settle(r->jobs->app, r->authorities[next], r->placements[next], on_settled, r);
	}
	if (r->out)
		return;
	teller_poke(r->jobs->teller);
	if (stop)
		walk_end(r, false);
	else
		mark(r);
}

static void on_read_ahead(void *context)
{
	visit_more(context);
}

static void on_chunk(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct recount *r = context;

	if (outcome != STORE_DONE) {
		walk_end(r, false);
		return;
	}
	r->count = rows->count;
	r->authorities = arena_array(r->chunk, struct uuid, r->count);
	r->placements = arena_array(r->chunk, struct uuid, r->count);
	for (size_t row = 0; row < r->count; row++) {
		r->authorities[row] = row_uuid(rows, row, 0);
		r->placements[row] = row_uuid(rows, row, 1);
	}
	if (r->count)
		load_ahead(r->jobs->app, r->chunk, r->placements, r->count, on_read_ahead, r);
	else
		mark(r);
}

static void chunk_next(struct recount *r)
{
	struct param params[5];

	arena_free(r->chunk);
	r->chunk = arena_new();
	r->count = r->begun = r->out = 0;
	r->failed = false;
	params[0] = PARAM(text_of(division_names[r->division]));
	params[1] = param_uuid(r->chunk, r->authority);
	params[2] = param_uuid(r->chunk, r->placement);
	params[3] = param_instant(r->chunk, london_instant(r->from_day - ROLLED_DAYS_MOST, 0, 0));
	params[4] = param_int(r->chunk, CHUNK);
	store_work(r->jobs->store, r->chunk, SQL_JOBS_RECOUNT_NEXT, params, 5, on_chunk, r);
}

/* ---- a walk ---- */

static void on_found(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct recount *r = context;
	bool same =
		outcome == STORE_DONE && rows->count && row_int(rows, 0, VERSION, 0) == r->version;
	int64_t wait_us;

	if (outcome != STORE_DONE || !rows->count || r->jobs->stopping) {
		walk_end(r, false);
		return;
	}
	if (same && row_bool(rows, 0, DONE)) {
		walk_end(r, true);
		return;
	}
	wait_us = LOADED_FOR_US - row_int(rows, 0, LOADED_MS, 0) * 1000;
	r->authority = r->placement = (struct uuid){0};
	if (same) {
		r->authority = row_uuid(rows, 0, AUTHORITY);
		r->placement = row_uuid(rows, 0, PLACEMENT);
	}
	if (!reference_changed_from(r->jobs->app, r->division, &r->from_day)) {
		mark(r); /* nothing to count again */
	} else if (wait_us > 0 && !r->jobs->rehearsing) {
		walk_end(r, false);
		r->not_before_us[r->division] = jobs_monotonic_us() + wait_us;
	} else {
		chunk_next(r);
	}
}

static void walk(struct recount *r, enum division division, int32_t version)
{
	struct param params[2];

	jobs_begin(r->jobs);
	r->walking = true;
	r->division = division;
	r->version = version;
	r->count = 0;
	r->seen = r->moved = 0;
	r->began_us = jobs_monotonic_us();
	r->chunk = arena_new();
	params[0] = PARAM(text_of(division_names[division]));
	params[1] = param_int(r->chunk, version);
	store_work(r->jobs->store, r->chunk, SQL_JOBS_RECOUNT, params, 2, on_found, r);
}

void recount_open(struct recount *recount, struct jobs *jobs, const struct lease *lease)
{
	recount->jobs = jobs;
	recount->lease = lease;
}

void recount_look(struct recount *recount)
{
	int64_t now_us = jobs_monotonic_us();

	for (int i = 0; i < DIVISION_COUNT && !recount->walking; i++) {
		const struct calendar *newest =
			reference_calendar(recount->jobs->app, (enum division)i);

		if (newest && newest->version > recount->done[i] &&
		    now_us >= recount->not_before_us[i])
			walk(recount, (enum division)i, newest->version);
	}
}
