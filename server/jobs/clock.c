/*
 * clock.c - time's own doing: what falls due is recorded, and reminders go out.
 *
 * A look reads what the clock must see to within two seconds. Each placement in it gets one visit,
 * up to 192 at once: something due is settled through the same door as everybody's moves; else its
 * reminders are told. A visit that brought nothing forward sets its placement aside for a while, so
 * that one that cannot be read never keeps the others waiting. Twice does nothing: settling goes by
 * the expected seq, a reminder by the obligation's unchanged row. About once a minute it also has
 * what is old forgotten; when a calendar is new, open dates counted again; when one runs out, that
 * told.
 */
#include "calendar_alarm.h"
#include "figures.h"
#include "forget.h"
#include "internal.h"
#include "queries.h"
#include "recount.h"
#include "remind.h"

#include "concordat/base/report.h"

#define LOOK_EVERY_US US_PER_SECOND
#define AHEAD_US (2 * US_PER_SECOND)
#define CLOCKS_APART_US (2 * US_PER_SECOND)
#define VISITS_AT_ONCE 192
#define READ_AT_ONCE 64
#define ASIDE_MOST 256
#define ASIDE_BRIEFLY_US US_PER_SECOND
#define ASIDE_BROKEN_US (60 * US_PER_SECOND)

enum column { AUTHORITY, STREAM, SEQ, N, DUE_AT, NEXT_AT, MISSED_AT, STATE, KIND, WEBHOOKS };

struct item {
	int32_t entry, n;
	int64_t due_at_us, next_at_us;
	bool overdue;
	struct text state;
};

struct visit {
	struct clock_job *clock;
	struct arena *arena; /* the look's */
	struct uuid authority, placement;
	bool is_home; /* then placement is the home, as this authority knows it */
	struct item *items;
	size_t item_count;
	size_t overdue;
	size_t reminding; /* statements that have not come back */
	struct visit *next;
};

struct aside {
	struct uuid placement; /* or home */
	int64_t until_us;      /* monotonic */
};

struct clock_job {
	struct jobs *jobs;
	struct lease lease;
	struct alarm alarm;
	bool looking, again;
	bool has_webhooks;		    /* somebody: they are told of reminders too */
	bool stands_still;		    /* the clocks are too far apart for time to act */
	struct arena *look;		    /* of the look that goes on */
	struct visit *visits, **last_visit; /* not begun yet */
	/* The first of those that are being read ahead (NULL: none just now), and of those that
	 * are still to be. */
	struct visit *reading, *unread;
	size_t visiting;
	int64_t soonest_us; /* protocol time, ahead of now; NEVER_US: none */
	struct aside aside[ASIDE_MOST];
	size_t aside_count;
	struct forget forget;
	struct recount recount;
	struct calendar_alarms calendar_alarms;
};

static void visit_more(struct clock_job *clock);

/* ---- set aside ---- */

static void set_aside(struct visit *visit, int64_t for_us)
{
	struct clock_job *clock = visit->clock;
	size_t at = clock->aside_count < ASIDE_MOST ? clock->aside_count++ : 0;

	clock->aside[at] = (struct aside){visit->placement, jobs_monotonic_us() + for_us};
}

static void set_aside_broken(struct visit *visit, const char *why)
{
	char id[37];

	uuid_format(visit->placement, id);
	report(REPORT_ERROR, "jobs", "Time cannot act on a ledger; it is tried again in a minute",
	       visit->is_home ? "home" : "placement", id, "why", why, NULL);
	set_aside(visit, ASIDE_BROKEN_US);
}

static struct param asides(struct clock_job *clock, struct arena *arena)
{
	struct text *ids = arena_array(arena, struct text, ASIDE_MOST);
	int64_t now_us = jobs_monotonic_us();
	size_t kept = 0;

	for (size_t i = 0; i < clock->aside_count; i++)
		if (clock->aside[i].until_us > now_us)
			clock->aside[kept++] = clock->aside[i];
	clock->aside_count = kept;
	for (size_t i = 0; i < kept; i++)
		ids[i] = uuid_text(arena, clock->aside[i].placement);
	return param_array(arena, ids, kept);
}

/* ---- a look's end ---- */

static void look_end(struct clock_job *clock)
{
	int64_t in_us = LOOK_EVERY_US;
	int64_t until_us = clock->soonest_us == NEVER_US
				   ? NEVER_US
				   : clock->soonest_us - app_now_us(clock->jobs->app);

	arena_free(clock->look);
	clock->look = NULL;
	clock->looking = false;
	if (clock->again)
		in_us = 0;
	else if (until_us < in_us && !clock->jobs->rehearsing)
		in_us = until_us;
	clock->again = false;
	if (!clock->jobs->stopping)
		alarm_set(&clock->alarm, in_us);
	jobs_progress(clock->jobs);
	jobs_end(clock->jobs);
}

static void visit_end(struct visit *visit, bool progress)
{
	struct clock_job *clock = visit->clock;

	clock->visiting--;
	/* What it led to may be due as well, or be told. */
	if (progress) {
		clock->again = true;
		teller_poke(clock->jobs->teller);
	}
	visit_more(clock);
}

/* ---- reminders ---- */

static void on_reminded(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct visit *visit = context;
	struct jobs *jobs = visit->clock->jobs;
	bool moved = outcome == STORE_DONE && rows->count > 0;
	int64_t told = moved ? row_int(rows, 0, 1, 0) : 0;

	if (told)
		figures_count_made(told, row_int(rows, 0, 2, 0));
	figure_add(&jobs_figures[REMINDERS], 0, told > 0);
	if (told)
		post_poke(jobs->post);
	if (!moved)
		set_aside(visit, ASIDE_BRIEFLY_US);
	if (!--visit->reminding)
		visit_end(visit, moved);
}

static void remind(struct visit *visit, const struct item *item, const struct reminded *of,
		   const struct obligation *o, int64_t now_us)
{
	struct clock_job *clock = visit->clock;
	struct arena *arena = visit->arena;
	struct notice notices[REMINDED_MOST] = {{.leaf_index = 0}};
	struct param params[13 + NOTICE_COLUMNS];
	int64_t next_us = NEVER_US;
	size_t count = 0;

	if (obligation_is_open(o)) {
		next_us = obligation_next_us(of->world, o, now_us);
		count = reminded_notices(clock->jobs, arena, of, o, item->next_at_us, now_us,
					 clock->has_webhooks, notices);
	}
	params[0] = param_uuid(arena, visit->authority);
	params[1] = param_uuid(arena, visit->placement);
	params[2] = param_int(arena, item->entry);
	params[3] = param_int(arena, item->n);
	params[4] = param_instant(arena, item->due_at_us);
	params[5] = param_instant(arena, item->next_at_us);
	params[6] = PARAM(item->state);
	params[7] = param_instant(arena, next_us);
	params[8] = param_uuid(arena, clock->jobs->holder);
	params[9] = param_int(arena, clock->lease.term);
	params[10] = param_bool(o->missed_at_us != NEVER_US);
	params[11] = param_instant(arena, now_us);
	params[12] = param_int(arena, clock->jobs->config->digest_hour);
	notices_to_params(clock->jobs, arena, notices, count, params + 13);
	visit->reminding++;
	store_work(clock->jobs->store, arena, SQL_JOBS_REMIND, params,
		   sizeof(params) / sizeof(params[0]), on_reminded, visit);
}

static void remind_all(struct visit *visit, const struct reminded *of)
{
	int64_t now_us = app_now_us(visit->clock->jobs->app);

	for (size_t i = 0; i < visit->item_count; i++) {
		const struct item *item = &visit->items[i];
		const struct obligation *o = reminded_due(of, item->entry, item->n);

		if (!o)
			set_aside_broken(visit, "an obligation is not in its entries");
		else if (o->due_at_us != item->due_at_us)
			set_aside(visit, ASIDE_BRIEFLY_US); /* read before it moved */
		else if (obligation_is_open(o) && item->overdue && o->missed_at_us == NEVER_US)
			set_aside_broken(visit, "what is due was not recorded");
		else
			remind(visit, item, of, o, now_us);
	}
}

static void on_loaded(const struct loaded *loaded, void *context)
{
	struct visit *visit = context;

	if (loaded->outcome != STORE_DONE)
		set_aside(visit, ASIDE_BRIEFLY_US);
	else if (loaded->broken || !loaded->placement)
		set_aside_broken(visit, loaded->broken ? "its entries cannot be read"
						       : "it has no commissioner");
	else
		remind_all(visit, &(struct reminded){.placement = loaded->placement,
						     .world = &loaded->settings->world});
	if (!visit->reminding)
		visit_end(visit, false);
}

static void on_home_loaded(const struct home_read *read, void *context)
{
	struct visit *visit = context;

	if (read->outcome != STORE_DONE)
		set_aside(visit, ASIDE_BRIEFLY_US);
	else if (!read->record)
		set_aside_broken(visit, "its home's record cannot be read");
	else
		remind_all(visit,
			   &(struct reminded){.home = read, .world = &read->settings->world});
	if (!visit->reminding)
		visit_end(visit, false);
}

/* ---- settling ---- */

static void visit_load(struct visit *visit)
{
	static const struct uuid none;
	struct app *app = visit->clock->jobs->app;

	if (visit->is_home)
		load_home(app, visit->arena, visit->authority, visit->placement, NEVER_US,
			  on_home_loaded, visit);
	else
		load_placement(app, visit->arena, visit->authority, visit->placement, none, none,
			       on_loaded, visit);
}

static void observe_lateness(const struct visit *visit)
{
	int64_t now_us = app_now_us(visit->clock->jobs->app);

	for (size_t i = 0; i < visit->item_count; i++)
		if (visit->items[i].overdue)
			figure_observe(&jobs_figures[LATENESS], 0,
				       now_us - visit->items[i].due_at_us);
}

static void on_settled(enum store_outcome outcome, bool appended, void *context)
{
	struct visit *visit = context;

	if (outcome == STORE_DONE && appended) {
		observe_lateness(visit);
		visit_end(visit, true);
	} else if (outcome == STORE_DONE) {
		visit_load(visit); /* another was first, or the row is behind: put it right */
	} else {
		set_aside(visit, ASIDE_BRIEFLY_US);
		visit_end(visit, false);
	}
}

static void on_read_ahead(void *context)
{
	struct clock_job *clock = context;

	clock->reading = NULL;
	visit_more(clock);
}

/* A crowd's placements are read some at a time by one statement, while those before are visited. */
static void read_ahead(struct clock_job *clock)
{
	struct visit *from = clock->unread;
	struct uuid *ids = NULL;
	size_t count = 0;

	for (; clock->unread && count < READ_AT_ONCE; clock->unread = clock->unread->next)
		if (clock->unread->overdue && !clock->unread->is_home)
			*LIST_ADD(clock->look, ids, count) = clock->unread->placement;
	if (!count)
		return;
	clock->reading = from;
	load_ahead(clock->jobs->app, clock->look, ids, count, on_read_ahead, clock);
}

static void visit_more(struct clock_job *clock)
{
	struct visit *visit;

	if (!lease_is_held(&clock->lease))
		clock->visits = clock->unread = NULL;
	if (clock->unread && !clock->reading)
		read_ahead(clock);
	while (clock->visiting < VISITS_AT_ONCE && (visit = clock->visits) != NULL &&
	       visit != (clock->reading ? clock->reading : clock->unread)) {
		clock->visits = visit->next;
		clock->visiting++;
		if (!visit->overdue)
			visit_load(visit);
		else if (visit->is_home)
			app_settle_home(clock->jobs->app, visit->authority, visit->placement,
					on_settled, visit);
		else
			app_settle(clock->jobs->app, visit->authority, visit->placement, on_settled,
				   visit);
	}
	if (!clock->visiting && !clock->visits && !clock->reading)
		look_end(clock);
}

/* ---- a look ---- */

static struct visit *visit_of(struct clock_job *clock, const struct rows *rows, size_t row)
{
	struct uuid placement = row_uuid(rows, row, STREAM);
	struct visit *visit;

	for (visit = clock->visits; visit; visit = visit->next)
		if (uuid_eq(visit->placement, placement) &&
		    uuid_eq(visit->authority, row_uuid(rows, row, AUTHORITY)))
			return visit;
	visit = arena_make(clock->look, struct visit);
	visit->clock = clock;
	visit->arena = clock->look;
	visit->authority = row_uuid(rows, row, AUTHORITY);
	visit->placement = placement;
	visit->is_home = text_is(row_text(rows, row, KIND), "home");
	*clock->last_visit = visit;
	clock->last_visit = &visit->next;
	return visit;
}

static void take_row(struct clock_job *clock, const struct rows *rows, size_t row, int64_t now_us)
{
	struct visit *visit = visit_of(clock, rows, row);
	struct item *item = LIST_ADD(clock->look, visit->items, visit->item_count);

	item->entry = (int32_t)row_int(rows, row, SEQ, 0);
	item->n = (int32_t)row_int(rows, row, N, 0);
	item->due_at_us = row_int(rows, row, DUE_AT, NEVER_US);
	item->next_at_us = row_int(rows, row, NEXT_AT, NEVER_US);
	item->state = row_text(rows, row, STATE);
	item->overdue = text_is(item->state, "open") && item->due_at_us < now_us &&
			row_is_null(rows, row, MISSED_AT);
	visit->overdue += item->overdue;
}

static void on_due(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct clock_job *clock = context;
	int64_t now_us = app_now_us(clock->jobs->app);

	clock->soonest_us = NEVER_US;
	clock->visits = NULL;
	clock->last_visit = &clock->visits;
	clock->has_webhooks = outcome == STORE_DONE && rows->count && row_bool(rows, 0, WEBHOOKS);
	for (size_t row = 0; outcome == STORE_DONE && row < rows->count; row++) {
		int64_t next_at_us = row_int(rows, row, NEXT_AT, NEVER_US);

		if (next_at_us > now_us) {
			clock->soonest_us = next_at_us;
			break;
		}
		take_row(clock, rows, row, now_us);
	}
	clock->unread = clock->visits;
	visit_more(clock);
}

/* ---- the clocks ---- */

static bool clocks_agree(struct clock_job *clock)
{
	struct jobs *jobs = clock->jobs;
	int64_t apart_us = store_clock_offset_us(jobs->store);
	bool agree = store_is_rehearsal(jobs->store) ||
		     (apart_us >= -CLOCKS_APART_US && apart_us <= CLOCKS_APART_US);

	if (!agree && !clock->stands_still)
		report(REPORT_WARNING, "jobs",
		       "Time stands still: this machine's clock and the database's are more than "
		       "two seconds apart. Set them right; what is due is recorded then",
		       NULL);
	if (agree && clock->stands_still)
		report(REPORT_INFO, "jobs", "The clocks agree again: time goes on", NULL);
	clock->stands_still = !agree;
	figure_set(&jobs_figures[STANDS_STILL], 0, !agree);
	return agree;
}

static void look(void *context)
{
	struct clock_job *clock = context;
	struct jobs *jobs = clock->jobs;
	struct param params[2];

	if (!jobs->running)
		return;
	/* In a rehearsal's database only the rehearsal runs the clock. */
	lease_want(&clock->lease, store_is_rehearsal(jobs->store) == jobs->rehearsing);
	alarm_set(&clock->alarm, LOOK_EVERY_US);
	if (!lease_is_held(&clock->lease) || !app_ready(jobs->app) || !clocks_agree(clock))
		return;
	forget_old(&clock->forget, &clock->lease);
	recount_look(&clock->recount);
	calendar_alarms_look(&clock->calendar_alarms);
	if (clock->looking) {
		clock->again = true;
		return;
	}
	clock->looking = true;
	jobs_begin(jobs);
	clock->look = arena_new();
	params[0] = param_instant(clock->look,
				  app_now_us(jobs->app) + (jobs->rehearsing ? 0 : AHEAD_US));
	params[1] = asides(clock, clock->look);
	store_work(jobs->store, clock->look, SQL_JOBS_DUE, params, 2, on_due, clock);
}

void clock_open(struct jobs *jobs)
{
	struct clock_job *clock = arena_make(jobs->arena, struct clock_job);

	clock->jobs = jobs;
	clock->forget.jobs = jobs;
	recount_open(&clock->recount, jobs, &clock->lease);
	calendar_alarms_open(&clock->calendar_alarms, jobs, &clock->lease);
	clock->soonest_us = NEVER_US;
	lease_open(&clock->lease, jobs, "clock", look, clock);
	alarm_open(&clock->alarm, jobs, look, clock);
	jobs->clock = clock;
}

void clock_poke(struct clock_job *clock)
{
	if (clock->jobs->running)
		alarm_set(&clock->alarm, 0);
}

const struct lease *clock_lease(const struct clock_job *clock)
{
	return &clock->lease;
}

void clock_stop(struct clock_job *clock)
{
	clock->visits = clock->unread = NULL; /* what is not begun waits for whoever is next */
	alarm_clear(&clock->alarm);
	lease_want(&clock->lease, false);
}

void clock_close(struct clock_job *clock)
{
	lease_close(&clock->lease);
	alarm_close(&clock->alarm);
}
