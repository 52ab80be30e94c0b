/*
 * reports.c - how both sides kept to their timescales, as JSON or CSV.
 *
 * The counting is one statement under row-level security (queries/report.sql); here lateness gets
 * its words: working days for what is due at 17:00 of a day, hours for what is counted in hours. As
 * corrected now, or as it was known on a day, with what has changed since (report_changes.c).
 */
#include "call/csv.h"
#include "call/page.h"
#include "concordat/app/schemas.h"
#include "concordat/core/calendar.h"
#include "queries.h"
#include "read/report.h"

#define DUE_HOUR 17

enum column {
	AUTHORITY,
	AUTHORITY_NAME,
	SIDE,
	ORGANISATION,
	ORGANISATION_NAME,
	DUTY,
	TOTAL,
	MET,
	MET_LATE,
	MISSED,
	LAPSED,
	RELEASED,
	RELEASED_AFTER_MISS,
	OPEN,
	UNTIMED,
	MEDIAN,
	MEDIAN_DUE,
	MOST,
	MOST_DUE
};

/* ---- how late ---- */

static struct text counted(struct arena *arena, int64_t n, const char *unit)
{
	return text_printf(arena, "%lld %s%s", (long long)n, unit, n == 1 ? "" : "s");
}

/* A part of an hour counts as one. */
static struct text late_words(struct arena *arena, const struct calendar *calendar, int64_t due_us,
			      int64_t late_us)
{
	int32_t due_day = london_day(due_us), day = london_day(due_us + late_us);
	bool is_day_clock = due_us == london_instant(due_day, DUE_HOUR, 0);
	int64_t working = 0;

	for (int32_t d = due_day + 1; is_day_clock && calendar && d <= day; d++)
		working += calendar_is_working(calendar, d);
	if (working)
		return counted(arena, working, "working day");
	return counted(arena, (late_us + US_PER_HOUR - 1) / US_PER_HOUR, "hour");
}

/* ---- rows ---- */

static struct timescale_row_counted row_of(const struct reporting *r, const struct rows *rows,
					   size_t i)
{
	struct arena *arena = r->call->arena;
	struct timescale_row_counted row = {
		.authority = row_uuid(rows, i, AUTHORITY),
		.authority_name = row_text(rows, i, AUTHORITY_NAME),
		.side = row_text(rows, i, SIDE),
		.organisation = row_uuid(rows, i, ORGANISATION),
		.organisation_name = row_text(rows, i, ORGANISATION_NAME),
		.duty = row_text(rows, i, DUTY),
		.total = row_int(rows, i, TOTAL, 0),
		.met = row_int(rows, i, MET, 0),
		.met_late = row_int(rows, i, MET_LATE, 0),
		.missed = row_int(rows, i, MISSED, 0),
		.lapsed = row_int(rows, i, LAPSED, 0),
		.released = row_int(rows, i, RELEASED, 0),
		.released_after_miss = row_int(rows, i, RELEASED_AFTER_MISS, 0),
		.open = row_int(rows, i, OPEN, 0),
		.late_untimed = row_int(rows, i, UNTIMED, 0),
		.late_median_s = NO_INT,
		.late_most_s = NO_INT,
	};
	const struct authority_settings *held = reference_held(r->call->app, row.authority);
	const struct calendar *calendar = held ? held->world.calendar : NULL;
	int64_t median_us = row_int(rows, i, MEDIAN, 0), most_us = row_int(rows, i, MOST, 0);

	if (row_is_null(rows, i, MEDIAN))
		return row;
	row.late_median_s = median_us / US_PER_SECOND;
	row.late_most_s = most_us / US_PER_SECOND;
	row.late_median = late_words(arena, calendar, row_int(rows, i, MEDIAN_DUE, 0), median_us);
	row.late_most = late_words(arena, calendar, row_int(rows, i, MOST_DUE, 0), most_us);
	return row;
}

static bool is_right(const struct timescale_row_counted *row)
{
	return text_is(row->side, side_names[SIDE_EITHER]) ||
	       text_is(row->side, side_names[SIDE_TIME]);
}

/* What nobody owes is missed by nobody: a right that stands past its day is open. */
static void take_rows(struct reporting *r, const struct rows *rows)
{
	struct timescale_row_counted *duties = NULL, *rights = NULL;

	for (size_t i = 0; i < rows->count; i++) {
		struct timescale_row_counted row = row_of(r, rows, i);

		if (!is_right(&row)) {
			*LIST_ADD(r->call->arena, duties, r->report.duties.count) = row;
			continue;
		}
		row.open += row.missed;
		row.missed = row.released_after_miss = 0;
		*LIST_ADD(r->call->arena, rights, r->report.rights.count) = row;
	}
	r->report.duties.items = duties;
	r->report.rights.items = rights;
}

/* ---- CSV (RFC 4180) ---- */

static void put_line(struct writer *w, const char *list, const struct timescale_row_counted *row,
		     int32_t known_on_day)
{
	struct arena *arena = w->arena;
	bool is_known = !uuid_is_zero(row->organisation);

	writer_printf(w, "%s,", list);
	csv_text(w, row->authority_name);
	csv_text(w, uuid_text(arena, row->authority));
	csv_text(w, row->side);
	csv_text(w, row->organisation_name);
	csv_text(w, is_known ? uuid_text(arena, row->organisation) : TEXT_NONE);
	csv_text(w, row->duty);
	csv_int(w, row->total);
	csv_int(w, row->met);
	csv_int(w, row->met_late);
	csv_int(w, row->missed);
	csv_int(w, row->lapsed);
	csv_int(w, row->released);
	csv_int(w, row->open);
	csv_int(w, row->released_after_miss);
	csv_int(w, row->late_untimed);
	csv_int(w, row->late_median_s);
	csv_text(w, row->late_median);
	csv_int(w, row->late_most_s);
	csv_text(w, row->late_most);
	csv_day(w, known_on_day);
	csv_end(w);
}

static struct text write_csv(struct arena *arena, const struct timescale_report *report)
{
	const struct timescale_row_counted *duties = report->duties.items;
	const struct timescale_row_counted *rights = report->rights.items;
	struct writer w;

	writer_init(&w, arena);
	writer_puts(&w, "list,authority,authority_id,side,organisation,organisation_id,duty,total,"
			"met,met_late,missed,lapsed,released,open,released_after_miss,late_untimed,"
			"late_median_seconds,late_median,late_most_seconds,late_most,"
			"as_known_on\r\n");
	for (size_t i = 0; i < report->duties.count; i++)
		put_line(&w, "duty", &duties[i], report->known_on_day);
	for (size_t i = 0; i < report->rights.count; i++)
		put_line(&w, "right", &rights[i], report->known_on_day);
	return writer_text(&w);
}

/* ---- the call ---- */

static void answer(struct reporting *r)
{
	struct call *call = r->call;

	if (csv_is_wanted(call)) {
		csv_answer(call, write_csv(call->arena, &r->report), "timescales", TEXT_NONE);
		return;
	}
	call_answer_struct(call, 200, &timescale_report_schema, &r->report);
}

static void on_counted(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct reporting *r = context;

	if (outcome != STORE_DONE) {
		call_store_fault(r->call, outcome);
		return;
	}
	take_rows(r, rows);
	if (r->report.basis == REPORT_REPORTED_THEN)
		report_changes(r, answer);
	else
		answer(r);
}

static void count(struct reporting *r)
{
	call_read(r->call, SQL_REPORT_TIMESCALES, r->params, REPORT_PARAMS, on_counted, r);
}

/* What was known then can be told only where it is kept. */
static void on_since(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct reporting *r = context;
	int64_t since_us;

	if (outcome != STORE_DONE) {
		call_store_fault(r->call, outcome);
		return;
	}
	since_us = rows->count ? row_int(rows, 0, 0, NEVER_US) : NEVER_US;
	if (since_us != NEVER_US && r->report.known_on_day < london_day(since_us)) {
		query_refuse(
			r->call, "as_known_on",
			text_printf(r->call->arena,
				    "What was known is kept since %.*s. Give that day or a "
				    "later one.",
				    TEXT_FMT(day_words(r->call->arena, london_day(since_us)))));
		return;
	}
	count(r);
}

static const char *const report_sides[] = {"commissioner", "provider", "mediator", "representative",
					   "either",	   "time",     NULL};

void app_report_timescales(struct call *call)
{
	struct reporting *r = arena_make(call->arena, struct reporting);
	struct param *params = r->params;
	int32_t from = NO_DAY, to = NO_DAY, known_on = NO_DAY;
	struct text side = TEXT_NONE, duty = TEXT_NONE;

	r->call = call;
	if (!query_day(call, "from", &from) || !query_day(call, "to", &to) ||
	    !query_day(call, "as_known_on", &known_on) ||
	    !query_word(call, "side", report_sides, &side) ||
	    !query_word(call, "duty", duty_names, &duty))
		return;
	if (from != NO_DAY && to != NO_DAY && to < from) {
		query_refuse(call, "to", TEXT("Give a day that is not before from."));
		return;
	}
	r->report.basis = known_on == NO_DAY ? REPORT_CORRECTED_NOW : REPORT_REPORTED_THEN;
	r->report.known_on_day = known_on;
	r->report.from_day = from;
	r->report.to_day = to;
	r->report.note =
		TEXT("Counted by the day on which it fell due, London time, from and to included. "
		     "What is paused has no day and is counted only when neither is given.");
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] =
		param_instant(call->arena, from == NO_DAY ? NEVER_US : london_instant(from, 0, 0));
	params[2] =
		param_instant(call->arena, to == NO_DAY ? NEVER_US : london_instant(to + 1, 0, 0));
	params[3] = PARAM(side);
	params[4] = PARAM(duty);
	params[5] = known_on == NO_DAY
			    ? PARAM(TEXT("infinity"))
			    : param_instant(call->arena, london_instant(known_on + 1, 0, 0) - 1);
	if (known_on == NO_DAY)
		count(r);
	else
		call_read(call, SQL_REPORT_SINCE, NULL, 0, on_since, r);
}
