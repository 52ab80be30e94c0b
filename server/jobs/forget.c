/*
 * forget.c - idempotency keys older than a day, and documents that were attached nowhere in time.
 *
 * Each kind in its turn, some of the oldest in one statement, by the instant that their row holds.
 */
#include "forget.h"

#include "queries.h"

#include "concordat/base/report.h"

#define EVERY_US (60 * US_PER_SECOND)

static const struct {
	const char *const *sql;
	int64_t most;	  /* in one statement; after a full one the next look goes on */
	const char *gone; /* said of those in its second column; NULL: nothing is */
} kinds[] = {
	{&SQL_JOBS_FORGET_KEYS, 1000, NULL},
	{&SQL_JOBS_FORGET_DOCUMENTS, 50, "Documents that were attached nowhere are removed"},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void on_forgotten(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct forget *forget = context;
	size_t kind = forget->turn;
	bool done = outcome == STORE_DONE;
	bool more = done && row_int(rows, 0, 0, 0) >= kinds[kind].most;

	if (done && kinds[kind].gone && row_int(rows, 0, 1, 0))
		report(REPORT_INFO, "jobs", kinds[kind].gone, "count",
		       text_cstr(forget->asked, row_text(rows, 0, 1)), NULL);
	if (!more)
		forget->turn = (kind + 1) % KINDS;
	if (!more && !forget->turn)
		forget->next_us = jobs_monotonic_us() + EVERY_US;
	arena_free(forget->asked);
	forget->asked = NULL;
	jobs_end(forget->jobs);
}

void forget_old(struct forget *forget, const struct lease *lease)
{
	struct param params[3];

	if (forget->asked || forget->jobs->rehearsing || jobs_monotonic_us() < forget->next_us)
		return;
	jobs_begin(forget->jobs);
	forget->asked = arena_new();
	params[0] = param_uuid(forget->asked, forget->jobs->holder);
	params[1] = param_int(forget->asked, lease->term);
	params[2] = param_int(forget->asked, kinds[forget->turn].most);
	store_work(forget->jobs->store, forget->asked, *kinds[forget->turn].sql, params, 3,
		   on_forgotten, forget);
}
