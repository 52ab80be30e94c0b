/*
 * reference.c - calendars, protocols, cost models and authorities, held in memory.
 *
 * They are read as one snapshot, a generation, which never changes afterwards. A newer one is read
 * when something is not found, when asked, or when a glance every two seconds sees that something
 * was loaded elsewhere; it takes the older one's place only when the rows differ, and older ones
 * stay until the end, because a call may still hold what it found there.
 * Turning rows into structs is reference_build.c's.
 */
#include <event2/event.h>
#include <sys/time.h>

#include "held/reference.h"
#include "internal.h"
#include "queries.h"

#include "concordat/base/report.h"

struct waiter {
	struct waiter *next;
	struct uuid authority;
	authority_found_cb on_found;
	void (*on_done)(void *context);
	void *context;
};

/* Those who wait for the same thing; the nodes live in its arena. */
struct round_of_waiters {
	struct arena *arena;
	struct waiter *first, **last;
};

struct reference {
	struct generation *newest;
	struct event *retry;	/* while nothing has been loaded yet */
	struct event *handing;	/* what needs no reading goes out from the loop */
	struct event *glancing; /* again and again */
	struct arena *glance;	/* of the glance in flight; NULL: none */
	struct digest seen;	/* of the last one */
	struct arena *rows;	/* of the read in flight; NULL: none */
	struct timeval last_at; /* when the last read ended */
	struct round_of_waiters reading, next, ready;
};

static void read_now(struct app *app);

static void waiter_add(struct round_of_waiters *round, struct waiter waiter)
{
	struct waiter *added;

	if (!round->arena) {
		round->arena = arena_new();
		round->first = NULL;
		round->last = &round->first;
	}
	added = arena_make(round->arena, struct waiter);
	*added = waiter;
	added->next = NULL;
	*round->last = added;
	round->last = &added->next;
}

/* Tells all of them how the read went; whoever comes to wait meanwhile waits for the next time.
 * What is held stands, also when it could not be read again. */
static void waiters_tell(struct app *app, struct round_of_waiters *round,
			 enum store_outcome outcome)
{
	struct round_of_waiters told = *round;
	const struct authority_settings *held;

	*round = (struct round_of_waiters){0};
	for (struct waiter *w = told.first; told.arena && w; w = w->next) {
		if (w->on_found) {
			held = reference_held(app, w->authority);
			w->on_found(held ? STORE_DONE : outcome, held, w->context);
		} else if (w->on_done) {
			w->on_done(w->context);
		}
	}
	arena_free(told.arena);
}

static void on_handing(evutil_socket_t socket, short what, void *context)
{
	struct app *app = context;

	(void)socket;
	(void)what;
	waiters_tell(app, &app->reference->ready, STORE_DONE);
}

static void on_retry(evutil_socket_t socket, short what, void *context)
{
	(void)socket;
	(void)what;
	reference_refresh(context, NULL, NULL);
}

static void on_glanced(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct app *app = context;
	struct reference *reference = app->reference;
	struct digest seen;

	if (outcome == STORE_DONE) {
		seen = sha256(row_text(rows, 0, 0), TEXT_NONE, TEXT_NONE);
		if (!digest_eq(&seen, &reference->seen))
			reference_refresh(app, NULL, NULL);
		reference->seen = seen;
	}
	arena_free(reference->glance);
	reference->glance = NULL;
}

static void on_glance(evutil_socket_t socket, short what, void *context)
{
	struct app *app = context;
	struct reference *reference = app->reference;

	(void)socket;
	(void)what;
	if (reference->glance || reference->rows)
		return;
	reference->glance = arena_new();
	store_work(app->store, reference->glance, SQL_REFERENCE_MARK, NULL, 0, on_glanced, app);
}

static void generation_take(struct app *app, const struct rows *rows)
{
	struct reference *reference = app->reference;
	struct generation *made;

	if (reference->newest && generation_is_of(reference->newest, rows))
		return;
	made = generation_build(app, rows);
	made->older = reference->newest;
	reference->newest = made;
}

static void on_rows(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct app *app = context;
	struct reference *reference = app->reference;
	const struct timeval second = {1, 0};

	if (outcome == STORE_DONE)
		generation_take(app, rows);
	else
		report(REPORT_WARNING, "app", "Reference data could not be read", "outcome",
		       store_outcome_names[outcome], NULL);
	arena_free(reference->rows);
	reference->rows = NULL;
	event_base_gettimeofday_cached(app->base, &reference->last_at);
	if (!reference->newest)
		event_add(reference->retry, &second);
	waiters_tell(app, &reference->reading, outcome);
	if (reference->next.arena && !reference->rows)
		read_now(app);
}

static void read_now(struct app *app)
{
	struct reference *reference = app->reference;

	reference->reading = reference->next;
	reference->next = (struct round_of_waiters){0};
	reference->rows = arena_new();
	store_work(app->store, reference->rows, SQL_REFERENCE_ALL, NULL, 0, on_rows, app);
}

/* Within the last second; *left of it. */
static bool read_lately(const struct app *app, struct timeval *left)
{
	const struct timeval second = {1, 0};
	struct timeval now, since;

	event_base_gettimeofday_cached(app->base, &now);
	timersub(&now, &app->reference->last_at, &since);
	timersub(&second, &since, left);
	return since.tv_sec == 0;
}

static void look_again(struct app *app, struct waiter waiter)
{
	struct reference *reference = app->reference;
	struct timeval left;

	if (reference->rows) {
		waiter_add(&reference->reading, waiter);
	} else if (read_lately(app, &left)) {
		/* it may have been entered since: the answer waits rather than being wrong */
		waiter_add(&reference->next, waiter);
		event_add(reference->retry, &left);
	} else {
		waiter_add(&reference->next, waiter);
		read_now(app);
	}
}

void reference_look_again(struct app *app, void (*on_done)(void *context), void *context)
{
	look_again(app, (struct waiter){.on_done = on_done, .context = context});
}

void reference_refresh(struct app *app, void (*on_done)(void *context), void *context)
{
	/* A read in flight may have looked before what the caller wants to see was there. */
	waiter_add(&app->reference->next, (struct waiter){.on_done = on_done, .context = context});
	if (!app->reference->rows)
		read_now(app);
}

void reference_authority(struct app *app, struct uuid authority, authority_found_cb on_found,
			 void *context)
{
	struct waiter waiter = {.authority = authority, .on_found = on_found, .context = context};

	if (!reference_held(app, authority)) {
		look_again(app, waiter);
		return;
	}
	waiter_add(&app->reference->ready, waiter);
	event_active(app->reference->handing, 0, 0);
}

const struct authority_settings *reference_held(struct app *app, struct uuid authority)
{
	const struct generation *g = app->reference->newest;

	return g ? generation_authority(g, authority) : NULL;
}

bool is_ahead_of(const struct placement *placement, const struct authority_settings *adopted)
{
	return placement_calendar_version(placement) > adopted->world.calendar->version;
}

const struct authority_settings *reference_under(struct app *app,
						 const struct authority_settings *adopted,
						 struct text protocol)
{
	struct generation *g = app->reference->newest;

	return g ? generation_under(g, adopted, protocol) : NULL;
}

const struct cost_model *reference_cost_model(struct app *app, struct text id, struct text version)
{
	const struct generation *g = app->reference->newest;
	const struct cost_model *found = g ? generation_cost_model(g, id, version) : NULL;
	struct timeval left;

	if (!found && g && !app->reference->rows && !read_lately(app, &left))
		reference_refresh(app, NULL, NULL);
	return found;
}

size_t reference_cost_models(struct app *app, const struct cost_model *const **models)
{
	const struct generation *g = app->reference->newest;

	*models = g ? g->cost_models : NULL;
	return g ? g->cost_model_count : 0;
}

const struct calendar *reference_calendar(struct app *app, enum division division)
{
	const struct generation *g = app->reference->newest;

	return g ? g->calendars[division].newest : NULL;
}

const struct calendar *reference_own_calendar(struct app *app, struct uuid authority)
{
	const struct authority_settings *held = reference_held(app, authority);

	return held ? held->world.calendar : NULL;
}

bool reference_changed_from(struct app *app, struct uuid authority, int32_t *day)
{
	const struct authority_settings *held = reference_held(app, authority);
	int32_t first;
	bool any = false;

	for (size_t i = 0; held && i < held->calendars.count; i++) {
		const struct calendar *older = held->calendars.versions[i];

		if (older == held->world.calendar ||
		    !calendar_changed_from(older, held->world.calendar, &first))
			continue;
		if (!any || first < *day)
			*day = first;
		any = true;
	}
	return any;
}

bool reference_runs_out(const struct app *app, enum division division, int64_t now_us)
{
	const struct generation *g = app->reference->newest;
	const struct calendar *newest = g ? g->calendars[division].newest : NULL;
	bool used = false;

	for (size_t i = 0; g && i < g->authority_count; i++)
		used = used || g->authorities[i]->world.calendar->division == division;
	return used && newest &&
	       newest->last_day < day_add_months(london_day(now_us), CALENDAR_ALARM_MONTHS);
}

const void *reference_now(const struct app *app)
{
	return app->reference->newest;
}

bool reference_open(struct app *app)
{
	struct reference *reference = arena_make(app->arena, struct reference);

	app->reference = reference;
	reference->retry = event_new(app->base, -1, 0, on_retry, app);
	reference->handing = event_new(app->base, -1, 0, on_handing, app);
	reference->glancing = event_new(app->base, -1, EV_PERSIST, on_glance, app);
	return reference->retry && reference->handing && reference->glancing;
}

void reference_start(struct app *app)
{
	const struct timeval every = {REFERENCE_WATCH_US / US_PER_SECOND, 0};

	reference_refresh(app, NULL, NULL);
	event_add(app->reference->glancing, &every);
}

bool reference_ready(const struct app *app)
{
	return app->reference->newest != NULL;
}

void reference_close(struct app *app)
{
	struct reference *reference = app->reference;

	event_free(reference->retry);
	event_free(reference->handing);
	event_free(reference->glancing);
	arena_free(reference->glance);
	while (reference->newest) {
		struct generation *older = reference->newest->older;

		arena_free(reference->newest->arena);
		reference->newest = older;
	}
	if (reference->rows)
		arena_free(reference->rows);
	arena_free(reference->reading.arena);
	arena_free(reference->next.arena);
	arena_free(reference->ready.arena);
}
