/*
 * calendar_alarm.c - a division's bank holidays run out: its authorities are told in time.
 *
 * There is a row for each division, with the instant at which they are told next; loading a newer
 * calendar moves it (migrations/0023_calendar_alarms.sql). It is asked for once when reference data
 * are new, and when its instant has come. Telling and moving the row on are one statement under the
 * clock's lease, which goes by the unchanged row.
 */
#include "calendar_alarm.h"

#include "figures.h"
#include "message_document.h"
#include "queries.h"

#include "concordat/base/report.h"

#define AGAIN_US US_PER_SECOND

enum column { DIVISION, VERSION, LAST_DAY, NEXT_AT, AUTHORITY };

static void look_end(struct calendar_alarms *alarms, bool again)
{
	struct jobs *jobs = alarms->jobs;

	if (again)
		alarms->not_before_us = jobs_monotonic_us() + AGAIN_US;
	arena_free(alarms->look);
	alarms->look = NULL;
	jobs_progress(jobs);
	jobs_end(jobs);
}

static void on_told(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct calendar_alarms *alarms = context;
	bool moved = outcome == STORE_DONE && rows->count > 0;

	alarms->done_with = NULL; /* another's may be due as well */
	if (moved) {
		figures_count_made(row_int(rows, 0, 0, 0), row_int(rows, 0, 1, 0));
		post_poke(alarms->jobs->post);
	}
	look_end(alarms, !moved);
}

/* The first row's division, of which there is a row for each authority, or one without any. */
static void tell(struct calendar_alarms *alarms, const struct rows *rows, int64_t now_us)
{
	struct jobs *jobs = alarms->jobs;
	struct arena *arena = alarms->look;
	struct text name = row_text(rows, 0, DIVISION);
	int32_t last_day = (int32_t)row_int(rows, 0, LAST_DAY, 0);
	struct notice *notices = arena_array(arena, struct notice, rows->count);
	struct param params[7 + NOTICE_COLUMNS];
	struct message message;
	size_t count = 0;

	report(REPORT_WARNING, "jobs",
	       "The bank holidays of a division run out, and its authorities are told: load a "
	       "newer calendar with concordatd load-reference",
	       "division", text_cstr(arena, name), "last_day", day_text(arena, last_day).at, NULL);
	message_of_calendar(arena, text_of(jobs->config->public_url),
			    (enum division)enum_parse(division_names, name), last_day,
			    last_day < london_day(now_us), &message);
	for (size_t row = 0; row < rows->count && text_eq(row_text(rows, row, DIVISION), name);
	     row++) {
		if (row_is_null(rows, row, AUTHORITY))
			continue;
		notices[count++] = (struct notice){
			.recipient = row_uuid(rows, row, AUTHORITY),
			.kind = message.kind,
			.leaf_index = NO_INT,
			.by_mail = true,
			.message = message,
			.document = document_of_calendar(
				jobs->app, arena, row_uuid(rows, row, AUTHORITY), name, now_us)};
	}
	params[0] = PARAM(name);
	params[1] = PARAM(row_text(rows, 0, VERSION));
	params[2] = param_instant(arena, row_int(rows, 0, NEXT_AT, NEVER_US));
	params[3] = param_uuid(arena, jobs->holder);
	params[4] = param_int(arena, alarms->lease->term);
	params[5] = param_instant(arena, now_us);
	params[6] = param_int(arena, jobs->config->digest_hour);
	notices_to_params(jobs, arena, notices, count, params + 7);
	store_work(jobs->store, arena, SQL_JOBS_CALENDAR_ENDS, params,
		   sizeof(params) / sizeof(params[0]), on_told, alarms);
}

static void on_alarms(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct calendar_alarms *alarms = context;
	int64_t now_us = app_now_us(alarms->jobs->app);

	if (outcome != STORE_DONE || !lease_is_held(alarms->lease)) {
		look_end(alarms, true);
		return;
	}
	alarms->next_us = rows->count ? row_int(rows, 0, NEXT_AT, NEVER_US) : NEVER_US;
	if (alarms->next_us <= now_us) {
		tell(alarms, rows, now_us);
		return;
	}
	alarms->done_with = alarms->held;
	look_end(alarms, false);
}

void calendar_alarms_open(struct calendar_alarms *alarms, struct jobs *jobs,
			  const struct lease *lease)
{
	alarms->jobs = jobs;
	alarms->lease = lease;
}

void calendar_alarms_look(struct calendar_alarms *alarms)
{
	struct jobs *jobs = alarms->jobs;
	const void *held = reference_now(jobs->app);

	if (alarms->look || jobs_monotonic_us() < alarms->not_before_us ||
	    (alarms->done_with == held && app_now_us(jobs->app) < alarms->next_us))
		return;
	jobs_begin(jobs);
	alarms->held = held;
	alarms->look = arena_new();
	store_work(jobs->store, alarms->look, SQL_JOBS_CALENDAR_ALARMS, NULL, 0, on_alarms, alarms);
}
