/*
 * app.c - the room's beginning and end: opens its parts in their order and closes them.
 */
#include "call/figures.h"
#include "internal.h"

#include "concordat/base/report.h"

static void on_figures(void *context)
{
	struct app *app = context;

	cache_figures_set(app);
	for (int division = 0; division < DIVISION_COUNT; division++) {
		const struct calendar *c = reference_calendar(app, (enum division)division);

		figure_set(&app_figures[CALENDAR_END], (size_t)division,
			   c ? (c->last_day + 1) * (US_PER_DAY / US_PER_SECOND) : 0);
		figure_set(&app_figures[CALENDAR_RUNS_OUT], (size_t)division,
			   reference_runs_out(app, (enum division)division, app_now_us(app)));
	}
}

static struct figure_table figures = {app_figures, APP_FIGURES, on_figures, NULL, NULL};

struct app *app_new(struct event_base *base, const struct config *config, struct store *store,
		    struct arena *arena, struct text *why)
{
	struct app *app = arena_make(arena, struct app);

	app->base = base;
	app->config = config;
	app->store = store;
	app->arena = arena;
	if (!keys_open(app, arena, why))
		return NULL;
	if (!answers_open(app) || !reference_open(app))
		report_fatal("app", "No event could be made for want of memory");
	cache_open(app);
	log_heads_open(app);
	feeds_open(app);
	figures_open(&figures, app);
	return app;
}

void app_start(struct app *app)
{
	reference_start(app);
	log_heads_start(app);
}

bool app_ready(const struct app *app)
{
	return reference_ready(app);
}

void app_free(struct app *app)
{
	if (!app)
		return;
	figures_close(&figures, app);
	answers_close(app);
	cache_close(app);
	log_heads_close(app);
	feeds_close(app);
	reference_close(app);
	keys_close(app);
}
