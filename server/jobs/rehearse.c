/*
 * rehearse.c - protocol time is moved by hand, from stop to stop.
 *
 * One look says what is left to do at the present instant: actions due, facts nobody was told of,
 * e-mails never tried. While there is any, the workers are poked and the look comes again when they
 * made progress; when there is none, time moves to the next stop, or is there. Protocol time only
 * moves forward, and only for who holds the clock.
 */
#include <string.h>

#include "internal.h"
#include "queries.h"

#define LOOK_EVERY_US INT64_C(50000)
#define PATIENCE_US (120 * US_PER_SECOND)

enum column { PROTOCOL_AT, HAS_FACTS, DUE, BEHIND, UNSENT, RECOUNTS, NEXT_AT, COLUMNS };

struct rehearsal {
	struct jobs *jobs;
	struct alarm alarm;
	int64_t to_us;
	bool checked, asking, again, over;
	int64_t last[COLUMNS]; /* of the last look, to see that something moves */
	int64_t moved_us;      /* monotonic: when it last did */
	struct arena *arena;   /* of the question that is out */
	struct arena *words;
	bool ok;
	struct text why;
	void (*on_done)(bool ok, struct text why, void *context);
	void *context;
};

static void end(struct rehearsal *r, bool ok, struct text why)
{
	if (r->over)
		return;
	r->over = true;
	r->ok = ok;
	r->why = why;
	alarm_clear(&r->alarm);
	alarm_set(&r->alarm, 0); /* on_done comes from the loop */
}

static void answered(struct rehearsal *r)
{
	arena_free(r->arena);
	r->arena = NULL;
	r->asking = false;
	if (r->over || r->jobs->stopping)
		return;
	alarm_set(&r->alarm, r->again ? 0 : LOOK_EVERY_US);
	r->again = false;
}

static void on_moved(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct rehearsal *r = context;

	(void)outcome; /* the next look sees where time is */
	(void)rows;
	r->again = true;
	answered(r);
	jobs_end(r->jobs);
}

static void ask(struct rehearsal *r, const char *sql, const struct param *params, size_t count,
		store_rows_cb on_rows)
{
	r->asking = true;
	jobs_begin(r->jobs);
	store_work(r->jobs->store, r->arena, sql, params, count, on_rows, r);
}

/* The look is over; a statement follows it in the same arena. */
static void move_to(struct rehearsal *r, int64_t at_us, bool begin)
{
	const struct lease *lease = clock_lease(r->jobs->clock);
	struct param params[3];

	params[0] = param_instant(r->arena, at_us);
	params[1] = param_uuid(r->arena, r->jobs->holder);
	params[2] = param_int(r->arena, lease->term);
	ask(r, begin ? SQL_JOBS_REHEARSAL_BEGIN : SQL_JOBS_REHEARSAL_MOVE, params, begin ? 1 : 3,
	    on_moved);
}

static bool is_refused(struct rehearsal *r, int64_t at_us, bool has_facts)
{
	if (at_us == NEVER_US && has_facts) {
		end(r, false,
		    TEXT("This database has entries and no time of its own: it is live, and can "
			 "never be rehearsed. Make a new database for a rehearsal."));
		return true;
	}
	if (at_us != NEVER_US && r->to_us < at_us) {
		end(r, false,
		    text_printf(r->words,
				"Protocol time is already %.*s and only moves forward. Give a "
				"later instant.",
				TEXT_FMT(instant_text(r->words, at_us))));
		return true;
	}
	return false;
}

/* What stands still for too long will not move: say what. */
static bool is_stuck(struct rehearsal *r, const struct rows *rows)
{
	int64_t now_us = jobs_monotonic_us();
	int64_t seen[COLUMNS];

	for (size_t c = 0; c < COLUMNS; c++)
		seen[c] = c == HAS_FACTS ? 0 : row_int(rows, 0, c, NEVER_US);
	if (memcmp(seen, r->last, sizeof(seen)) != 0) {
		memcpy(r->last, seen, sizeof(seen));
		r->moved_us = now_us;
		return false;
	}
	if (now_us - r->moved_us < PATIENCE_US)
		return false;
	end(r, false,
	    text_printf(r->words,
			"Nothing moves at %.*s: %lld actions due, %lld authorities to be told, "
			"%lld e-mails waiting, %lld calendars to count by or homes to follow%s. "
			"The log says why.",
			TEXT_FMT(instant_text(r->words, seen[PROTOCOL_AT])), (long long)seen[DUE],
			(long long)seen[BEHIND], (long long)seen[UNSENT], (long long)seen[RECOUNTS],
			lease_is_held(clock_lease(r->jobs->clock))
				? ""
				: ", and another process holds the clock"));
	return true;
}

/* True when a statement has been sent. */
static bool go_on(struct rehearsal *r, const struct rows *rows)
{
	struct jobs *jobs = r->jobs;
	int64_t at_us = row_int(rows, 0, PROTOCOL_AT, NEVER_US);
	int64_t next_us = row_int(rows, 0, NEXT_AT, NEVER_US);

	if (!r->checked && is_refused(r, at_us, row_bool(rows, 0, HAS_FACTS)))
		return false;
	r->checked = true;
	if (at_us == NEVER_US) {
		move_to(r, r->to_us, true);
		return true;
	}
	if (is_stuck(r, rows))
		return false;
	clock_poke(jobs->clock);
	homes_poke(jobs->homes);
	if (app_now_us(jobs->app) < at_us || !lease_is_held(clock_lease(jobs->clock)) ||
	    row_int(rows, 0, DUE, 0) || row_int(rows, 0, RECOUNTS, 0))
		return false;
	if (row_int(rows, 0, BEHIND, 0)) {
		teller_poke(jobs->teller);
		return false;
	}
	if (jobs->post && row_int(rows, 0, UNSENT, 0)) {
		post_poke(jobs->post);
		return false;
	}
	if (at_us >= r->to_us) {
		end(r, true, TEXT_NONE);
		return false;
	}
	move_to(r, next_us < r->to_us ? next_us : r->to_us, false);
	return true;
}

static void on_look(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct rehearsal *r = context;
	bool sent = false;

	if (outcome == STORE_DONE && !r->over && !r->jobs->stopping)
		sent = go_on(r, rows);
	else if (jobs_monotonic_us() - r->moved_us > PATIENCE_US)
		end(r, false, TEXT("The database does not answer."));
	if (!sent)
		answered(r);
	jobs_end(r->jobs);
}

static void look(void *context)
{
	struct rehearsal *r = context;

	if (r->over) {
		if (r->on_done)
			r->on_done(r->ok, r->why, r->context); /* may free the jobs */
		return;
	}
	if (r->asking || r->jobs->stopping)
		return;
	r->arena = arena_new();
	ask(r, SQL_JOBS_REHEARSAL_LOOK, NULL, 0, on_look);
}

static void on_progress(struct rehearsal *rehearsal)
{
	if (rehearsal->over)
		return;
	if (rehearsal->asking)
		rehearsal->again = true;
	else
		alarm_set(&rehearsal->alarm, 0);
}

void rehearsal_close(struct rehearsal *rehearsal)
{
	alarm_close(&rehearsal->alarm);
	arena_free(rehearsal->words);
}

void jobs_rehearse(struct jobs *jobs, int64_t to_us,
		   void (*on_done)(bool ok, struct text why, void *context), void *context)
{
	struct rehearsal *r = arena_make(jobs->arena, struct rehearsal);

	r->jobs = jobs;
	r->to_us = to_us;
	r->words = arena_new();
	r->on_done = on_done;
	r->context = context;
	r->moved_us = jobs_monotonic_us();
	alarm_open(&r->alarm, jobs, look, r);
	jobs->rehearsal = r;
	jobs->on_progress = on_progress;
	jobs->rehearsing = true;
	jobs_start(jobs);
	alarm_set(&r->alarm, 0);
}
