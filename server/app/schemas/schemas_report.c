/*
 * schemas_report.c - the field tables of reports: how both sides kept to their timescales.
 */
#include "concordat/app/schemas.h"
#include "concordat/core/fields.h"

#define COUNT_F(member, help) INT_F(timescale_row_counted, member, REQ, 0, 0, help)

static const struct field timescale_counted_fields[] = {
	ID_F(timescale_row_counted, authority, REQ, "on whose placements"),
	TEXT_F(timescale_row_counted, authority_name, REQ, 200, "its name"),
	TEXT_F(timescale_row_counted, side, REQ, 20,
	       "who owed it; of a right either, or time for what runs out"),
	ID_F(timescale_row_counted, organisation, 0, "the organisation that owed it"),
	TEXT_F(timescale_row_counted, organisation_name, 0, 200, "its name"),
	TEXT_F(timescale_row_counted, duty, REQ, 30, "what was owed"),
	COUNT_F(total, "how many; the six counts below make it up"),
	COUNT_F(met, "done in time"),
	COUNT_F(met_late, "done late"),
	COUNT_F(missed, "not done in time and still open"),
	COUNT_F(lapsed, "expired"),
	COUNT_F(released, "ended without being done, because the other side or the round moved on"),
	COUNT_F(open, "open, and not late"),
	COUNT_F(released_after_miss, "of those released, the ones that were late by then"),
	COUNT_F(late_untimed, "of those done late, the ones with no record of when"),
	F(timescale_row_counted, late_median_s, "late_median_seconds", FIELD_INT, 0, 0, 0, NULL,
	  NULL, "how late the middle one was; of two, the earlier"),
	TEXT_F(timescale_row_counted, late_median, 0, 60,
	       "the same as the duty is counted: working days, or hours"),
	F(timescale_row_counted, late_most_s, "late_most_seconds", FIELD_INT, 0, 0, 0, NULL, NULL,
	  "how late the latest was"),
	TEXT_F(timescale_row_counted, late_most, 0, 60, "the same in words"),
};
TABLE(timescale_counted, struct timescale_row_counted, "How one side kept to one timescale");

static const char *const basis_names[] = {"as_corrected_now", "as_reported_then", NULL};

static const struct field timescale_change_fields[] = {
	ID_F(timescale_change, placement, REQ, "of which placement"),
	TEXT_F(timescale_change, reference, REQ, 30, "its reference"),
	TEXT_F(timescale_change, id, 0, 24, "the action due's id in the placement"),
	TEXT_F(timescale_change, duty, REQ, 30, "what was owed"),
	TEXT_F(timescale_change, side, REQ, 20, "by which side"),
	TEXT_F(timescale_change, was, 0, 12, "as it was counted then; absent: it was not known"),
	INSTANT_F(timescale_change, was_due_at_us, "was_due_at", 0, "by when it was due then"),
	TEXT_F(timescale_change, is, REQ, 12, "as it is counted now"),
	INSTANT_F(timescale_change, due_at_us, "due_at", 0, "by when it was due, as known now"),
	INSTANT_F(timescale_change, known_at_us, "known_at", REQ, "since when it is known so"),
	TEXT_F(timescale_change, because, 0, 40, "the kind of entry that changed it last"),
	INT_F(timescale_change, entry, 0, 1, 0, "its number"),
	TEXT_F(timescale_change, why, 0, 200, "the same in words"),
};
TABLE(timescale_change, struct timescale_change, "What was counted otherwise then");

static const struct field timescale_report_fields[] = {
	ENUM_F(timescale_report, basis, REQ, basis_names, "as corrected now, or as reported then"),
	DAY_F(timescale_report, known_on_day, "as_known_on", 0,
	      "as reported then: as it was known at the end of this day"),
	DAY_F(timescale_report, from_day, "from", 0, "the first day on which these fell due"),
	DAY_F(timescale_report, to_day, "to", 0, "the last"),
	LIST_F(timescale_report, duties, REQ, 0, 0, &timescale_counted_schema,
	       "what was owed, the same columns for both sides"),
	LIST_F(timescale_report, rights, REQ, 0, 0, &timescale_counted_schema,
	       "what either side could do or what ran out: nobody misses these"),
	LIST_F(timescale_report, changes, 0, 0, 200, &timescale_change_schema,
	       "as reported then: what is counted otherwise now, the latest known first"),
	BOOL_F(timescale_report, more_changes, 0, "there are more than these"),
	TEXT_F(timescale_report, note, REQ, 400, "what is counted"),
};
TABLE(timescale_report, struct timescale_report, "How both sides kept to their timescales");
