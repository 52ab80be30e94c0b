/*
 * homes.c - what an authority's record of a home says is told to the other authorities that place
 * there, and brought to each placement.
 *
 * One home at a time across daemons, by a fenced lease. Who tells the parties of a fact asks for
 * this in the same statement (jobs_tell), so nothing that was recorded of a home is forgotten. The
 * walk goes by key, a chunk at a time, and marks how far it has come; whoever takes the lease over
 * goes on from there. What was recorded and not marked stands in the placements' own ledgers, so
 * that it is not done twice. Where a record or a placement cannot be read the others are done, and
 * the walk is kept, to be gone again from there, ever more rarely, until it can.
 */
#include "chunk.h"
#include "queries.h"

#include "concordat/base/report.h"

#define LOOK_EVERY_US US_PER_SECOND
#define CHUNK 128
#define AT_ONCE 32 /* a batch of the append: people's moves go before them */
#define WAITS_MOST 64
#define RETRY_LEAST_US (10 * US_PER_SECOND)
#define RETRY_MOST_US (600 * US_PER_SECOND)

/* A walk on which something cannot be read; in memory alone, and anew when it is asked for anew. */
struct waiting {
	struct uuid authority, stream;
	int64_t asked_index, delay_us, retry_us; /* monotonic */
};

struct home_job {
	struct jobs *jobs;
	struct lease lease;
	struct alarm alarm;
	bool walking;

	struct arena *walk; /* of the home that is followed */
	struct uuid authority, stream, home, at;
	int64_t asked_index;
	/* the last one looked at */
	struct uuid last_authority, last_stream;

	struct chunk chunk;
	bool broken; /* something of the walk cannot be read: it is marked no further */

	struct waiting waits[WAITS_MOST];
	size_t wait_count;
};

static void chunk_next(struct home_job *job);

static void walk_end(struct home_job *job, bool over)
{
	struct jobs *jobs = job->jobs;

	chunk_clear(&job->chunk);
	arena_free(job->walk);
	job->walk = NULL;
	job->walking = false;
	if (!jobs->stopping)
		alarm_set(&job->alarm, over ? 0 : LOOK_EVERY_US);
	jobs_progress(jobs);
	jobs_end(jobs);
}

/* ---- what cannot be read ---- */

static struct waiting *wait_of(struct home_job *job)
{
	for (size_t i = 0; i < job->wait_count; i++)
		if (uuid_eq(job->waits[i].authority, job->authority) &&
		    uuid_eq(job->waits[i].stream, job->stream))
			return &job->waits[i];
	return NULL;
}

static bool walk_waits(struct home_job *job)
{
	const struct waiting *wait = wait_of(job);

	return wait && wait->asked_index == job->asked_index &&
	       jobs_monotonic_us() < wait->retry_us;
}

static void wait_over(struct home_job *job)
{
	struct waiting *wait = wait_of(job);

	if (wait)
		*wait = job->waits[--job->wait_count];
}

static void wait_longer(struct home_job *job)
{
	struct waiting *wait = wait_of(job);
	char id[37];

	if (!wait)
		wait = &job->waits[job->wait_count < WAITS_MOST ? job->wait_count++ : 0];
	if (!uuid_eq(wait->stream, job->stream) || wait->asked_index != job->asked_index)
		wait->delay_us = 0;
	wait->authority = job->authority;
	wait->stream = job->stream;
	wait->asked_index = job->asked_index;
	wait->delay_us = wait->delay_us ? 2 * wait->delay_us : RETRY_LEAST_US;
	if (wait->delay_us > RETRY_MOST_US)
		wait->delay_us = RETRY_MOST_US;
	wait->retry_us = jobs_monotonic_us() + wait->delay_us;
	uuid_format(job->home, id);
	report(REPORT_ERROR, "jobs",
	       "What a home's record says cannot be brought to every placement; it is kept and "
	       "tried again",
	       "home", id, NULL);
}

/* ---- how far it has come ---- */

static void on_marked(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct home_job *job = context;

	if (outcome == STORE_DONE && row_int(rows, 0, 0, 0)) {
		job->at = chunk_last(&job->chunk);
		chunk_next(job);
	} else {
		walk_end(job, outcome == STORE_DONE); /* over, or asked for again */
	}
}

/* The chunk is behind it; an empty one was the last. */
static void mark(struct home_job *job)
{
	struct arena *arena = job->chunk.arena;
	struct uuid to = chunk_last(&job->chunk);
	struct param params[6];

	if (job->broken && job->chunk.count) {
		job->at = to;
		chunk_next(job);
		return;
	}
	if (job->broken) {
		wait_longer(job);
		walk_end(job, false);
		return;
	}
	if (!job->chunk.count)
		wait_over(job);
	params[0] = param_uuid(arena, job->authority);
	params[1] = param_uuid(arena, job->stream);
	params[2] = param_int(arena, job->asked_index);
	params[3] = param_uuid(arena, to);
	params[4] = param_uuid(arena, job->jobs->holder);
	params[5] = param_int(arena, job->lease.term);
	store_work(job->jobs->store, arena, SQL_HOMES_FOLLOW_MARK, params, 6, on_marked, job);
}

/* ---- a chunk ---- */

static void on_followed(enum store_outcome outcome, bool appended, void *context)
{
	struct home_job *job = context;

	(void)appended;
	/* one that cannot be read does not keep the others waiting */
	job->broken = job->broken || outcome == STORE_BUG;
	chunk_visited(&job->chunk, outcome != STORE_DONE && outcome != STORE_BUG);
}

static void on_visit(void *walk, size_t row)
{
	struct home_job *job = walk;

	app_follow_home(job->jobs->app, job->authority, job->home, job->chunk.placements[row],
			on_followed, job);
}

static void on_chunk_end(void *walk, bool whole)
{
	if (whole)
		mark(walk);
	else
		walk_end(walk, false);
}

static void chunk_next(struct home_job *job)
{
	struct param params[5];

	chunk_begin(&job->chunk);
	params[0] = param_uuid(job->chunk.arena, job->authority);
	params[1] = param_uuid(job->chunk.arena, job->home);
	params[2] = param_uuid(job->chunk.arena, job->at);
	params[3] = param_uuid(job->chunk.arena, job->stream);
	params[4] = param_int(job->chunk.arena, CHUNK);
	chunk_walk(&job->chunk, SQL_HOMES_FOLLOW_NEXT, params, 5);
}

/* ---- a walk ---- */

enum column { AUTHORITY, STREAM, HOME, AT_PLACEMENT, ASKED_INDEX };

/* What it told another authority asks for a walk of its own. */
static void on_home_told(enum store_outcome outcome, bool appended, void *context)
{
	struct home_job *job = context;

	if (appended)
		teller_poke(job->jobs->teller);
	/* one that cannot be read does not keep the others waiting */
	job->broken = job->broken || outcome == STORE_BUG;
	if (job->jobs->stopping || (outcome != STORE_DONE && outcome != STORE_BUG))
		walk_end(job, false);
	else
		chunk_next(job);
}

static void on_found(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct home_job *job = context;

	if (outcome != STORE_DONE || !rows->count || job->jobs->stopping) {
		walk_end(job, false);
		return;
	}
	job->last_authority = job->authority = row_uuid(rows, 0, AUTHORITY);
	job->last_stream = job->stream = row_uuid(rows, 0, STREAM);
	job->home = row_uuid(rows, 0, HOME);
	job->at = row_uuid(rows, 0, AT_PLACEMENT);
	job->asked_index = row_int(rows, 0, ASKED_INDEX, 0);
	job->broken = false;
	if (walk_waits(job))
		walk_end(job, false);
	else if (uuid_is_zero(job->at))
		app_tell_home(job->jobs->app, job->home, on_home_told, job);
	else
		chunk_next(job);
}

static void look(void *context)
{
	struct home_job *job = context;
	struct jobs *jobs = job->jobs;
	struct param last[2];

	if (!jobs->running)
		return;
	lease_want(&job->lease, true);
	alarm_set(&job->alarm, LOOK_EVERY_US);
	if (job->walking || !lease_is_held(&job->lease) || !app_ready(jobs->app))
		return;
	job->walking = true;
	jobs_begin(jobs);
	job->walk = arena_new();
	last[0] = param_uuid(job->walk, job->last_authority);
	last[1] = param_uuid(job->walk, job->last_stream);
	store_work(jobs->store, job->walk, SQL_HOMES_FOLLOW, last, 2, on_found, job);
}

void homes_open(struct jobs *jobs)
{
	struct home_job *job = arena_make(jobs->arena, struct home_job);

	job->jobs = jobs;
	job->chunk = (struct chunk){
		.jobs = jobs,
		.lease = &job->lease,
		.at_once = AT_ONCE,
		.on_visit = on_visit,
		.on_end = on_chunk_end,
		.walk = job,
	};
	lease_open(&job->lease, jobs, "homes", look, job);
	alarm_open(&job->alarm, jobs, look, job);
	jobs->homes = job;
}

void homes_poke(struct home_job *job)
{
	if (job->jobs->running)
		alarm_set(&job->alarm, 0);
}

void homes_stop(struct home_job *job)
{
	alarm_clear(&job->alarm);
	lease_want(&job->lease, false);
}

void homes_close(struct home_job *job)
{
	lease_close(&job->lease);
	alarm_close(&job->alarm);
}
