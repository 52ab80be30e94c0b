/*
 * watch.c - what waits in the database, counted now and then for /metrics.
 *
 * One cheap statement every watch_ms, so that nobody who reads the page makes the database work.
 * Every daemon with jobs looks for itself: each shows the same, a little later or sooner. On the
 * way it says once a day which bank holidays run out.
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
	int64_t at_us;	    /* protocol time of the look */
	int32_t warned_day; /* when it was last said that a calendar runs out */
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

static void warn_of_calendars(struct watch *watch)
{
	struct app *app = watch->jobs->app;
	int32_t today = london_day(watch->at_us);

	for (int i = 0; i < DIVISION_COUNT && watch->warned_day != today; i++)
		if (reference_runs_out(app, (enum division)i, watch->at_us))
			report(REPORT_WARNING, "jobs",
			       "The bank holidays of a division run out within six months: load a "
			       "newer calendar with concordatd load-reference",
			       "division", division_names[i], "last_day",
			       day_text(watch->look,
					reference_calendar(app, (enum division)i)->last_day)
				       .at,
			       NULL);
	watch->warned_day = today;
}

static void on_watched(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct watch *watch = context;

	if (outcome == STORE_DONE) {
		take(watch, rows);
		if (app_ready(watch->jobs->app))
			warn_of_calendars(watch);
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
	watch->warned_day = NO_DAY;
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
