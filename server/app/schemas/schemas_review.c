/*
 * schemas_review.c - the field table of a review in a list.
 */
#include "concordat/app/schemas.h"
#include "concordat/core/fields.h"

static const struct field log_told_fields[] = {
	TEXT_F(log_told, origin, 0, 300, "the log's name"),
	INT_F(log_told, size, 0, 0, INT64_MAX, "entries that its newest checkpoint covers"),
	TEXT_F(log_told, root, 0, 44, "the root of its tree at that size, in base64"),
};
static TABLE(log_told, struct log_told, "How far the authority's log is sealed");

static const struct field review_row_fields[] = {
	TEXT_F(review_row, id, REQ, 24, "the action's id in the placement"),
	ID_F(review_row, placement, REQ, "of which placement"),
	TEXT_F(review_row, reference, REQ, 30, "the placement's reference"),
	TEXT_F(review_row, kind, REQ, 20, "which review"),
	TEXT_F(review_row, state, REQ, 12, "coming, due (within 28 days) or overdue"),
	ID_F(review_row, authority, REQ, "who holds it"),
	ID_F(review_row, provider, 0, "who provides the care"),
	ID_F(review_row, home, 0, "the home"),
	TEXT_F(review_row, home_name, 0, 200, "its name"),
	ID_F(review_row, owner, 0, "the case officer; to the commissioner"),
	TEXT_F(review_row, team, 0, 60, "the commissioner's team; to the commissioner"),
	INSTANT_F(review_row, due_at_us, "due_at", REQ, "by when"),
	TEXT_F(review_row, due_words, REQ, 80, "the same in words, London time"),
	DAY_F(review_row, due_day, "due_day", 0, "the day it is due"),
	DAY_F(review_row, nominal_day, "nominal_day", 0,
	      "the day before it was brought forward to a working day"),
	TEXT_F(review_row, because, 0, 2000, "why the date is what it is"),
	INSTANT_F(review_row, missed_at_us, "missed_at", 0, "when it was not held in time"),
	TEXT_F(review_row, last_reminder, 0, 60, "the reminder that one was sent last"),
	INSTANT_F(review_row, last_reminder_at_us, "last_reminder_at", 0, "and when"),
	OBJECT_F(review_row, log, 0, &log_told_schema,
		 "how far the authority's log is sealed: who keeps it can show a rewrite later"),
	TEXT_F(review_row, href, REQ, 120, "where each day of the date is explained"),
};
TABLE(review_row, struct review_row, "A review that is scheduled or asked for, and not held");
