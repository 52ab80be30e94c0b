/*
 * lease.c - one row of table lease, taken and kept.
 *
 * It is asked for three times in its length, so that two answers may be lost. What we believe runs
 * from when we asked and ends a tenth early; what others believe is the row. After a pause of this
 * process the row decides, since every statement done under a lease asks for holder and term.
 */
#include "internal.h"
#include "queries.h"

#include "concordat/base/report.h"

#define TRY_EVERY_US INT64_C(1000000)

struct asked {
	struct lease *lease;
	struct arena *arena;
	int64_t sent_us;
};

static int64_t length_us(const struct lease *lease)
{
	return lease->jobs->config->lease_ms * 1000;
}

static void again(struct lease *lease)
{
	int64_t in_us = length_us(lease) / 3;

	if (lease->wanted)
		alarm_set(&lease->timer, in_us < TRY_EVERY_US ? in_us : TRY_EVERY_US);
}

static void lost(struct lease *lease)
{
	if (lease->until_us)
		report(REPORT_WARNING, "jobs", "Another process has taken the lease", "lease",
		       lease->name, NULL);
	lease->until_us = 0;
}

static void on_given(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct asked *asked = context;

	(void)outcome; /* it runs out by itself */
	(void)rows;
	jobs_end(asked->lease->jobs);
	arena_free(asked->arena);
}

static struct asked *asked_new(struct lease *lease)
{
	struct arena *arena = arena_new();
	struct asked *asked = arena_make(arena, struct asked);

	*asked = (struct asked){lease, arena, jobs_monotonic_us()};
	jobs_begin(lease->jobs);
	return asked;
}

static void give_back(struct lease *lease)
{
	struct asked *asked;
	struct param params[3];

	if (!lease->until_us || lease->asking)
		return;
	lease->until_us = 0;
	asked = asked_new(lease);
	params[0] = PARAM(text_of(lease->name));
	params[1] = param_uuid(asked->arena, lease->jobs->holder);
	params[2] = param_int(asked->arena, lease->term);
	store_work(lease->jobs->store, asked->arena, SQL_JOBS_LEASE_GIVE, params, 3, on_given,
		   asked);
}

static void on_taken(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct asked *asked = context;
	struct lease *lease = asked->lease;
	bool was_held = lease_is_held(lease);

	lease->asking = false;
	if (outcome == STORE_DONE && rows->count) {
		lease->term = row_int(rows, 0, 0, 0);
		lease->until_us = asked->sent_us + length_us(lease) - length_us(lease) / 10;
	} else if (outcome == STORE_DONE) {
		lost(lease);
	}
	if (!lease->wanted)
		give_back(lease);
	again(lease);
	if (!was_held && lease_is_held(lease))
		lease->on_held(lease->context);
	jobs_end(lease->jobs);
	arena_free(asked->arena);
}

static void ask(struct lease *lease)
{
	struct asked *asked;
	struct param params[3];

	if (lease->asking || !lease->wanted)
		return;
	lease->asking = true;
	asked = asked_new(lease);
	params[0] = PARAM(text_of(lease->name));
	params[1] = param_uuid(asked->arena, lease->jobs->holder);
	params[2] = param_int(asked->arena, lease->jobs->config->lease_ms);
	store_work(lease->jobs->store, asked->arena, SQL_JOBS_LEASE_TAKE, params, 3, on_taken,
		   asked);
}

static void on_timer(void *context)
{
	ask(context);
}

void lease_open(struct lease *lease, struct jobs *jobs, const char *name,
		void (*on_held)(void *context), void *context)
{
	*lease = (struct lease){.jobs = jobs, .name = name, .on_held = on_held, .context = context};
	alarm_open(&lease->timer, jobs, on_timer, lease);
}

void lease_want(struct lease *lease, bool wanted)
{
	if (lease->wanted == wanted)
		return;
	lease->wanted = wanted;
	if (wanted) {
		ask(lease);
		return;
	}
	alarm_clear(&lease->timer);
	give_back(lease);
}

bool lease_is_held(const struct lease *lease)
{
	return lease->wanted && jobs_monotonic_us() < lease->until_us;
}

void lease_close(struct lease *lease)
{
	alarm_close(&lease->timer);
}
