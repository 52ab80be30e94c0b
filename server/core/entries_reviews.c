/*
 * entries_reviews.c - the field tables of reviews: asked for, held, spoken of, and what they
 * reopen.
 *
 * As entries.c: the contract of the API and of the stored ledger at once.
 */
#include "entries_parts.h"

#include "concordat/core/fields.h"

static const struct field outcome_result_entry_fields[] = {
	TEXT_F(outcome_result_entry, key, REQ, 40, "the outcome's key"),
	ENUM_F(outcome_result_entry, result, REQ, outcome_result_names, "met, partly or not"),
	PERSONAL_F(outcome_result_entry, comment, 0, 2000, "in words"),
};
static TABLE(outcome_result_entry, struct outcome_result_entry, "How one outcome stands");

static const struct field hold_review_fields[] = {
	ENUM_F(hold_review, kind, REQ, review_kind_names, "which review"),
	DAY_F(hold_review, held_day, "held_on", REQ, "the day it was held"),
	LIST_F(hold_review, outcomes, REQ, 1, 50, &outcome_result_entry_schema,
	       "how each outcome stands"),
	ENUM_F(hold_review, needs, REQ, needs_change_names, "how needs changed"),
	ENUM_F(hold_review, decision, REQ, review_decision_names,
	       "what was decided; renegotiate is done by propose_variation, end by notice"),
	DAY_F(hold_review, reassessed_day, "reassessed_on", 0,
	      "the day of the reassessment a cut rests on"),
};
TABLE(hold_review, struct hold_review, "A review was held");

static const struct field give_feedback_fields[] = {
	ENUM_F(give_feedback, kind, REQ, review_kind_names, "of which review"),
	PERSONAL_F(give_feedback, feedback, REQ, 4000,
		   "one's own view; the person's in their words where possible"),
};
TABLE(give_feedback, struct give_feedback, "One side's own view at a review");

static const struct field request_review_fields[] = {
	ENUM_F(request_review, reason, REQ, review_reason_names, "why"),
	PERSONAL_F(request_review, detail, 0, 4000, "in words; required for other"),
	INT_F(request_review, number, DER, 1, SEQ_MOST, "the request's number"),
};
TABLE(request_review, struct request_review, "A review is asked for");

static const struct field decline_review_fields[] = {
	INT_F(decline_review, number, REQ, 1, SEQ_MOST, "the request's number"),
	PERSONAL_F(decline_review, reasons, REQ, 4000, "why it is not held"),
	BOOL_F(decline_review, unreasonable, 0,
	       "the request is unreasonable: the only ground to decline the person's own"),
};
TABLE(decline_review, struct decline_review, "A review that was asked for is declined");

static const struct field request_recalculation_fields[] = {
	TEXT_F(request_recalculation, model, 0, 60,
	       "the cost model of a newer version; left out: the one that governs"),
	TEXT_F(request_recalculation, version, 0, 30, "the newer version"),
	PERSONAL_F(request_recalculation, reason, 0, 4000, "why"),
	BOOL_F(request_recalculation, is_newer, DER, "true when a newer version is stated"),
};
TABLE(request_recalculation, struct request_recalculation,
      "A review reopens the calculation; the present terms stand");
