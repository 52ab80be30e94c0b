/*
 * forget.c - idempotency keys older than a day are forgotten, a thousand in one statement.
 */
#include "forget.h"

#include "queries.h"

#define EVERY_US (60 * US_PER_SECOND)
#define MOST 1000 /* keys in one statement; after a full one the next look goes on */

static void on_forgotten(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct forget *forget = context;
	bool more = outcome == STORE_DONE && row_int(rows, 0, 0, 0) >= MOST;

	forget->next_us = jobs_monotonic_us() + (more ? 0 : EVERY_US);
	arena_free(forget->asked);
	forget->asked = NULL;
	jobs_end(forget->jobs);
}

void forget_keys(struct forget *forget, const struct lease *lease)
{
	struct param params[3];

	if (forget->asked || forget->jobs->rehearsing || jobs_monotonic_us() < forget->next_us)
		return;
	jobs_begin(forget->jobs);
	forget->asked = arena_new();
	params[0] = param_uuid(forget->asked, forget->jobs->holder);
	params[1] = param_int(forget->asked, lease->term);
	params[2] = param_int(forget->asked, MOST);
	store_work(forget->jobs->store, forget->asked, SQL_JOBS_FORGET_KEYS, params, 3,
		   on_forgotten, forget);
}
