/*
 * outcome.c - what became of a notice is brought to its placement: not served, or served after all.
 *
 * The delivery's row says that this is still to be done, so whoever dies when, it is done; twice
 * does nothing, and so every daemon that sends e-mail may do it. What cannot be recorded just now
 * waits for the next look.
 */
#include "outcome.h"

#include "queries.h"

enum column { ID, AUTHORITY, PLACEMENT, RECIPIENT, STATE, ENTRY, CHANNEL };

static void next_outcome(struct outcome_work *work);

static void round_end(struct outcome_work *work, bool more)
{
	struct jobs *jobs = work->jobs;
	bool again = (work->again || more) && !jobs->stopping;

	arena_free(work->arena);
	work->arena = NULL;
	work->again = false;
	if (again)
		outcome_look(work);
	jobs_progress(jobs);
	jobs_end(jobs);
}

static void on_told(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct outcome_work *work = context;

	(void)rows;
	work->at++;
	if (outcome == STORE_DONE && !work->jobs->stopping)
		next_outcome(work);
	else
		round_end(work, false);
}

static void on_served(enum store_outcome outcome, bool appended, void *context)
{
	struct outcome_work *work = context;
	struct param params[1];

	if (outcome != STORE_DONE && outcome != STORE_BUG) {
		round_end(work, false);
		return;
	}
	if (appended)
		teller_poke(work->jobs->teller);
	params[0] = param_uuid(work->arena, row_uuid(work->rows, work->at, ID));
	store_work(work->jobs->store, work->arena, SQL_JOBS_OUTCOME_TOLD, params, 1, on_told, work);
}

static void next_outcome(struct outcome_work *work)
{
	const struct rows *rows = work->rows;
	size_t at = work->at;
	struct notice_news news;
	struct text state;

	if (at == rows->count) {
		round_end(work, rows->count > 0);
		return;
	}
	state = row_text(rows, at, STATE);
	news = (struct notice_news){
		.fate = text_is(state, "failed") || text_is(state, "unknown") ? NOTICE_FAILED
									      : NOTICE_TAKEN,
		.organisation = row_uuid(rows, at, RECIPIENT),
		.entry = (int32_t)row_int(rows, at, ENTRY, 0),
		.channel = text_is(row_text(rows, at, CHANNEL), "webhook") ? CHANNEL_WEBHOOK
									   : CHANNEL_EMAIL,
	};
	app_serve(work->jobs->app, row_uuid(rows, at, AUTHORITY), row_uuid(rows, at, PLACEMENT),
		  &news, on_served, work);
}

static void on_outcomes(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct outcome_work *work = context;

	if (outcome != STORE_DONE || work->jobs->stopping) {
		round_end(work, false);
		return;
	}
	work->rows = rows;
	work->at = 0;
	next_outcome(work);
}

void outcome_look(struct outcome_work *work)
{
	struct jobs *jobs = work->jobs;

	if (work->arena) {
		work->again = true;
		return;
	}
	if (!jobs->running || !app_ready(jobs->app))
		return;
	work->arena = arena_new();
	jobs_begin(jobs);
	store_work(jobs->store, work->arena, SQL_JOBS_OUTCOMES, NULL, 0, on_outcomes, work);
}
