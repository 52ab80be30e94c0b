/*
 * watch.c - what waits in the database, counted now and then for /metrics.
 *
 * One cheap statement every watch_ms, so that nobody who reads the page makes the database work.
 * Every daemon with jobs looks for itself: each shows the same, a little later or sooner. On the
 * way it sees when the database's clock was set back, so that no message waits for an instant that
 * was counted from a wrong one.
 */
#include "figures.h"
#include "internal.h"
#include "queries.h"

#include "concordat/base/report.h"

#define COUNT_MOST 10000

enum column {
	DUE,
	OLDEST_DUE_AT,
	QUEUED,
	SENDING,
	OLDEST_QUEUED_AT,
	DATABASE_NOW,
	LAG,
	UNSEALED,
	OLDEST_UNSEALED_AT
};

struct watch {
	struct jobs *jobs;
	struct alarm alarm;
	struct arena *look; /* NULL: none goes on */
	struct arena *put_right;
	int64_t at_us;	     /* protocol time of the look */
	int64_t database_us; /* its clock at the last one; INT64_MAX: there was none */
};

static int64_t since(int64_t from_us, int64_t now_us)
{
	return from_us == NEVER_US || from_us > now_us ? 0 : now_us - from_us;
}

static void take(struct watch *watch, const struct rows *rows)
{
	struct figure *f = jobs_figures;
	int64_t now_us = row_int(rows, 0, DATABASE_NOW, 0);

	figure_set(&f[OBLIGATIONS_DUE], 0, row_int(rows, 0, DUE, 0));
	figure_set(&f[OLDEST_DUE], 0,
		   since(row_int(rows, 0, OLDEST_DUE_AT, NEVER_US), watch->at_us));
	figure_set(&f[DELIVERIES_WAITING], 0, row_int(rows, 0, QUEUED, 0));
	figure_set(&f[DELIVERIES_WAITING], 1, row_int(rows, 0, SENDING, 0));
	figure_set(&f[OLDEST_WAITING], 0,
		   since(row_int(rows, 0, OLDEST_QUEUED_AT, NEVER_US), now_us));
	figure_set(&f[LOG_LAG], 0, row_int(rows, 0, LAG, 0));
	figure_set(&f[LOG_UNSEALED], 0, row_int(rows, 0, UNSEALED, 0));
	figure_set(&f[OLDEST_UNSEALED], 0,
		   since(row_int(rows, 0, OLDEST_UNSEALED_AT, NEVER_US), watch->at_us));
	figure_set(&f[WATCHED_AT], 0, now_us);
}

/* ---- a clock that was set back ---- */

static void on_put_right(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct watch *watch = context;

	(void)rows;
	if (outcome != STORE_DONE)
		watch->database_us = INT64_MAX; /* the next look does it */
	arena_free(watch->put_right);
	watch->put_right = NULL;
	jobs_end(watch->jobs);
}

/* It may have gone to and fro between two looks, or while nobody ran. Where much waits it is looked
 * for only when it shows. */
static void put_right(struct watch *watch, int64_t now_us, int64_t waiting)
{
	struct jobs *jobs = watch->jobs;
	bool is_needed = now_us < watch->database_us || waiting < COUNT_MOST;
	struct param params[1];

	watch->database_us = now_us;
	if (!is_needed || watch->put_right || jobs->stopping)
		return;
	watch->put_right = arena_new();
	params[0] = param_int(watch->put_right, post_claim_ms(jobs->post));
	jobs_begin(jobs);
	store_work(jobs->store, watch->put_right, SQL_JOBS_CLOCK_BACK, params, 1, on_put_right,
		   watch);
}

static void on_watched(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct watch *watch = context;

	if (outcome == STORE_DONE) {
		take(watch, rows);
		put_right(watch, row_int(rows, 0, DATABASE_NOW, 0), row_int(rows, 0, QUEUED, 0));
	}
	arena_free(watch->look);
	watch->look = NULL;
	if (!watch->jobs->stopping)
		alarm_set(&watch->alarm, watch->jobs->config->watch_ms * 1000);
	jobs_end(watch->jobs);
}

static void look(void *context)
{
	struct watch *watch = context;
	struct jobs *jobs = watch->jobs;
	struct param params[2];

	if (!jobs->running || watch->look)
		return;
	jobs_begin(jobs);
	watch->look = arena_new();
	watch->at_us = app_now_us(jobs->app);
	params[0] = param_instant(watch->look, watch->at_us);
	params[1] = param_int(watch->look, COUNT_MOST);
	store_work(jobs->store, watch->look, SQL_JOBS_WATCH, params, 2, on_watched, watch);
}

static void on_figures(void *context)
{
	const struct jobs *jobs = context;

	figure_set(&jobs_figures[LEASES], 0, lease_is_held(clock_lease(jobs->clock)));
	figure_set(&jobs_figures[LEASES], 1, lease_is_held(teller_lease(jobs->teller)));
	figure_set(&jobs_figures[LEASES], 2, lease_is_held(sealer_lease(jobs->sealer)));
	figure_set(&jobs_figures[LOGS_REFUSED], 0, (int64_t)sealer_refused(jobs->sealer));
}

static struct figure_table figures = {jobs_figures, JOBS_FIGURES, on_figures, NULL, NULL};

void watch_open(struct jobs *jobs)
{
	struct watch *watch = arena_make(jobs->arena, struct watch);

	watch->jobs = jobs;
	watch->database_us = INT64_MAX;
	alarm_open(&watch->alarm, jobs, look, watch);
	jobs->watch = watch;
	figures_open(&figures, jobs);
}

void watch_start(struct watch *watch)
{
	/* Nobody reads the figures of a rehearsal's own process. */
	if (!watch->jobs->rehearsing)
		alarm_set(&watch->alarm, 0);
}

void watch_stop(struct watch *watch)
{
	alarm_clear(&watch->alarm);
}

void watch_close(struct watch *watch)
{
	figures_close(&figures, watch->jobs);
	alarm_close(&watch->alarm);
}
