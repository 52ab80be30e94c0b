/*
 * uplift.c - an uplift of a whole portfolio, placement by placement.
 *
 * One at a time across daemons, by a fenced lease. The walk goes by key, a chunk at a time, and
 * marks how far it has come with what came of the chunk; whoever takes the lease over goes on from
 * there. Those under way have their turns, and a placement that fails again and again is left out.
 * What was recorded and not marked is found in the placements' own ledgers, so nothing is done or
 * counted twice. It is stopped at the next chunk's end.
 */
#include "chunk.h"
#include "queries.h"

#include "concordat/app/schemas.h"
#include "concordat/base/report.h"

#define LOOK_EVERY_US US_PER_SECOND
#define CHUNK 128
#define AT_ONCE 32 /* a batch of the append: people's moves go before them */
#define MARK_PARAMS 16
#define FAILURES_MOST 5

/* Those of a chunk that did not simply rise, side by side. */
struct outcomes {
	struct text placement[CHUNK], outcome[CHUNK], rule[CHUNK], reason[CHUNK];
	size_t count;
};

/* A placement whose part could not be recorded, though the store is there. */
struct trouble {
	struct uuid uplift, placement;
	int times;
};

struct uplift_job {
	struct jobs *jobs;
	struct lease lease;
	struct alarm alarm;
	bool walking;

	struct arena *walk; /* of the uplift that goes on */
	struct uplift_of_many many;
	struct portfolio_uplift request;
	struct uuid at, last; /* the placement it has come to; the uplift looked at last */
	int64_t done, began_us;
	struct trouble troubles[CHUNK];
	size_t trouble_next;

	struct chunk chunk;
	int64_t applied, offered, left_out, before_p, after_p;
	struct outcomes *outcomes; /* of the chunk, as the figures */
};

struct visit {
	struct uplift_job *job;
	struct uuid placement;
};

static void chunk_next(struct uplift_job *job);

static void walk_end(struct uplift_job *job, bool over)
{
	struct jobs *jobs = job->jobs;

	chunk_clear(&job->chunk);
	arena_free(job->walk);
	job->walk = NULL;
	job->walking = false;
	if (!jobs->stopping)
		alarm_set(&job->alarm, over ? 0 : LOOK_EVERY_US);
	jobs_end(jobs);
}

static void report_walk(const struct uplift_job *job)
{
	int64_t took_ms = (jobs_monotonic_us() - job->began_us) / 1000;
	struct arena *arena = job->chunk.arena;

	report(REPORT_INFO, "jobs", "An uplift of a portfolio is over", "uplift",
	       text_cstr(arena, uuid_text(arena, job->many.id)), "placements",
	       text_printf(arena, "%lld", (long long)job->done).at, "took_ms",
	       text_printf(arena, "%lld", (long long)took_ms).at, NULL);
}

/* ---- how far it has come ---- */

static void on_marked(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct uplift_job *job = context;
	bool goes_on = outcome == STORE_DONE && rows->count &&
		       text_is(row_text(rows, 0, 0), portfolio_state_names[PORTFOLIO_UNDER_WAY]);

	if (!goes_on) {
		if (outcome == STORE_DONE && rows->count)
			report_walk(job);
		walk_end(job, outcome == STORE_DONE);
		return;
	}
	job->at = chunk_last(&job->chunk);
	job->done += (int64_t)job->chunk.count;
	chunk_next(job);
}

/* The chunk is behind it; an empty one was the last. */
static void mark(struct uplift_job *job)
{
	struct arena *arena = job->chunk.arena;
	struct param params[MARK_PARAMS];
	const struct outcomes *o = job->outcomes;

	params[0] = param_uuid(arena, job->many.id);
	params[1] = param_uuid(arena, job->at);
	params[2] = param_uuid(arena, chunk_last(&job->chunk));
	params[3] = param_instant(arena, app_now_us(job->jobs->app));
	params[4] = param_bool(!job->chunk.count);
	params[5] = param_int(arena, job->applied);
	params[6] = param_int(arena, job->offered);
	params[7] = param_int(arena, job->left_out);
	params[8] = param_int(arena, job->before_p);
	params[9] = param_int(arena, job->after_p);
	params[10] = param_array(arena, o->placement, o->count);
	params[11] = param_array(arena, o->outcome, o->count);
	params[12] = param_array(arena, o->rule, o->count);
	params[13] = param_array(arena, o->reason, o->count);
	params[14] = param_uuid(arena, job->jobs->holder);
	params[15] = param_int(arena, job->lease.term);
	store_work(job->jobs->store, arena, SQL_UPLIFTS_MARK, params, MARK_PARAMS, on_marked, job);
}

/* ---- a chunk ---- */

static void note(struct uplift_job *job, struct uuid placement, enum portfolio_outcome_kind kind,
		 const struct uplift_part *part)
{
	struct outcomes *o = job->outcomes;
	size_t at = o->count++;

	o->placement[at] = uuid_text(job->chunk.arena, placement);
	o->outcome[at] = text_of(portfolio_outcome_names[kind]);
	o->rule[at] = text_copy(job->chunk.arena, part->rule);
	o->reason[at] = text_copy(job->chunk.arena, part->reason);
}

static void take_part(struct uplift_job *job, struct uuid placement, const struct uplift_part *part)
{
	switch (part->kind) {
	case UPLIFT_APPLIED:
		job->applied++;
		job->before_p += part->weekly_before_p;
		job->after_p += part->weekly_after_p;
		return;
	case UPLIFT_OFFERED:
		job->offered++;
		note(job, placement, OUTCOME_OFFERED, part);
		return;
	case UPLIFT_LEFT_OUT:
		job->left_out++;
		note(job, placement, OUTCOME_LEFT_OUT, part);
		return;
	case UPLIFT_PASSED_OVER:
		return;
	}
}

static struct trouble *trouble_of(struct uplift_job *job, struct uuid placement)
{
	struct trouble *trouble;

	for (size_t i = 0; i < CHUNK; i++)
		if (uuid_eq(job->troubles[i].placement, placement) &&
		    uuid_eq(job->troubles[i].uplift, job->many.id))
			return &job->troubles[i];
	trouble = &job->troubles[job->trouble_next++ % CHUNK];
	*trouble = (struct trouble){job->many.id, placement, 0};
	return trouble;
}

/* Whether the chunk is to be walked again: it then finds what was done; what fails each time is
 * left out. */
static bool take_failure(struct uplift_job *job, struct uuid placement, enum store_outcome outcome)
{
	const struct uplift_part part = {
		.kind = UPLIFT_LEFT_OUT,
		.rule = TEXT("not_recorded"),
		.reason = TEXT("What the uplift makes of this placement could not be recorded. Ask "
			       "the service's operator, then uplift it by itself."),
	};
	bool is_its_own = outcome == STORE_BUG || outcome == STORE_MOVED_ON;

	if (!is_its_own || ++trouble_of(job, placement)->times < FAILURES_MOST)
		return true;
	take_part(job, placement, &part);
	return false;
}

static void on_uplifted(enum store_outcome outcome, const struct uplift_part *part, void *context)
{
	struct visit *visit = context;
	struct uplift_job *job = visit->job;
	bool failed = false;

	if (outcome == STORE_DONE)
		take_part(job, visit->placement, part);
	else
		failed = take_failure(job, visit->placement, outcome);
	chunk_visited(&job->chunk, failed);
}

static void on_visit(void *walk, size_t row)
{
	struct uplift_job *job = walk;
	struct visit *visit = arena_make(job->chunk.arena, struct visit);

	*visit = (struct visit){job, job->chunk.placements[row]};
	app_uplift_one(job->jobs->app, &job->many, visit->placement, on_uplifted, visit);
}

static void on_chunk_end(void *walk, bool whole)
{
	if (whole)
		mark(walk);
	else
		walk_end(walk, false);
}

static void chunk_next(struct uplift_job *job)
{
	const struct portfolio_filter *filter = &job->request.filter;
	struct param params[5];

	chunk_begin(&job->chunk);
	job->outcomes = arena_make(job->chunk.arena, struct outcomes);
	job->applied = job->offered = job->left_out = job->before_p = job->after_p = 0;
	params[0] = param_uuid(job->chunk.arena, job->many.authority);
	params[1] = param_uuid(job->chunk.arena, job->at);
	params[2] =
		PARAM(filter->setting == NO_ENUM ? TEXT_NONE
						 : text_of(care_setting_names[filter->setting]));
	params[3] = param_uuid(job->chunk.arena, filter->provider);
	params[4] = param_int(job->chunk.arena, CHUNK);
	chunk_walk(&job->chunk, SQL_UPLIFTS_NEXT, params, 5);
}

/* ---- a walk ---- */

static void on_given_up(enum store_outcome outcome, const struct rows *rows, void *context)
{
	(void)rows;
	walk_end(context, outcome == STORE_DONE);
}

/* It would never get any further. */
static void give_up(struct uplift_job *job)
{
	struct param params[5];

	report(REPORT_ERROR, "jobs", "An uplift is stopped: what it asks for cannot be read",
	       "uplift", text_cstr(job->walk, uuid_text(job->walk, job->many.id)), NULL);
	params[0] = param_uuid(job->walk, job->many.id);
	params[1] = param_uuid(job->walk, job->many.authority);
	params[2] = param_instant(job->walk, app_now_us(job->jobs->app));
	params[3] = PARAM(TEXT_NONE);
	params[4] = PARAM(TEXT("The service cannot read what was asked for, so nothing more would "
			       "come of it. Order it again, and tell the service's operator."));
	store_work(job->jobs->store, job->walk, SQL_UPLIFTS_STOP, params, 5, on_given_up, job);
}

enum column { ID, AUTHORITY, ASKED_BY, REQUEST, AT_PLACEMENT };

static void on_found(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct uplift_job *job = context;
	struct json_errors errors = {0};

	if (outcome != STORE_DONE || !rows->count || job->jobs->stopping) {
		walk_end(job, false);
		return;
	}
	job->many = (struct uplift_of_many){
		.id = row_uuid(rows, 0, ID),
		.authority = row_uuid(rows, 0, AUTHORITY),
		.asked_by = row_uuid(rows, 0, ASKED_BY),
	};
	job->last = job->many.id;
	job->at = row_uuid(rows, 0, AT_PLACEMENT);
	if (!json_decode(job->walk, row_text(rows, 0, REQUEST), &portfolio_uplift_schema,
			 JSON_REQUEST, NULL, &job->request, &errors)) {
		give_up(job);
		return;
	}
	job->many.figures = &job->request.figures;
	job->many.paid_from_day = job->request.paid_from_day;
	job->many.weekly_from_p = job->request.filter.weekly_from_p;
	job->many.weekly_to_p = job->request.filter.weekly_to_p;
	job->done = 0;
	job->began_us = jobs_monotonic_us();
	chunk_next(job);
}

static void look(void *context)
{
	struct uplift_job *job = context;
	struct jobs *jobs = job->jobs;
	struct param last;

	if (!jobs->running)
		return;
	lease_want(&job->lease, !jobs->rehearsing);
	alarm_set(&job->alarm, LOOK_EVERY_US);
	if (job->walking || !lease_is_held(&job->lease) || !app_ready(jobs->app))
		return;
	job->walking = true;
	jobs_begin(jobs);
	job->walk = arena_new();
	last = param_uuid(job->walk, job->last);
	store_work(jobs->store, job->walk, SQL_UPLIFTS_UNDER_WAY, &last, 1, on_found, job);
}

void uplift_open(struct jobs *jobs)
{
	struct uplift_job *job = arena_make(jobs->arena, struct uplift_job);

	job->jobs = jobs;
	job->chunk = (struct chunk){
		.jobs = jobs,
		.lease = &job->lease,
		.at_once = AT_ONCE,
		.on_visit = on_visit,
		.on_end = on_chunk_end,
		.walk = job,
	};
	lease_open(&job->lease, jobs, "uplift", look, job);
	alarm_open(&job->alarm, jobs, look, job);
	jobs->uplift = job;
}

void uplift_poke(struct uplift_job *job)
{
	if (job->jobs->running)
		alarm_set(&job->alarm, 0);
}

void uplift_stop(struct uplift_job *job)
{
	alarm_clear(&job->alarm);
	lease_want(&job->lease, false);
}

void uplift_close(struct uplift_job *job)
{
	lease_close(&job->lease);
	alarm_close(&job->alarm);
}
