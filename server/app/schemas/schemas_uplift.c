/*
 * schemas_uplift.c - the field tables of an uplift of a whole portfolio: asked for, and how it
 * goes.
 */
#include "concordat/app/schemas.h"
#include "concordat/core/fields.h"

#define SUM_MOST_P INT64_C(1000000000000000)

const char *const portfolio_state_names[] = {"under_way", "stopped", "done", NULL};
const char *const portfolio_outcome_names[] = {"offered", "left_out", NULL};

static const struct field portfolio_filter_fields[] = {
	ENUM_F(portfolio_filter, setting, 0, care_setting_names, "only this kind of care"),
	ID_F(portfolio_filter, provider, 0, "only this provider's"),
	MONEY_F(portfolio_filter, weekly_from_p, "weekly_from", 0, "only fees a week from this on"),
	MONEY_F(portfolio_filter, weekly_to_p, "weekly_to", 0, "only fees a week up to this"),
};
static TABLE(portfolio_filter, struct portfolio_filter, "Which of one's own agreements in force");

static const struct field portfolio_uplift_fields[] = {
	OBJECT_F(portfolio_uplift, figures, REQ, &uplift_figures_schema, "the year's figures"),
	DAY_F(portfolio_uplift, paid_from_day, "paid_from", 0,
	      "the day the new fees are paid from; today, or the day they are from if that is "
	      "later, when left out"),
	OBJECT_F(portfolio_uplift, filter, 0, &portfolio_filter_schema,
		 "which of those in force; all when left out"),
};
TABLE(portfolio_uplift, struct portfolio_uplift,
      "An uplift of all agreements in force, each by its own method");

static const struct field portfolio_outcome_fields[] = {
	ID_F(portfolio_outcome, placement, REQ, "the placement"),
	TEXT_F(portfolio_outcome, reference, REQ, 30, "its reference"),
	ENUM_F(portfolio_outcome, outcome, REQ, portfolio_outcome_names,
	       "offered: the fee falls, which both must sign; left_out: it stays as it is"),
	TEXT_F(portfolio_outcome, rule, REQ, 60, "what decided"),
	TEXT_F(portfolio_outcome, reason, REQ, 2000, "the same in words"),
};
TABLE(portfolio_outcome, struct portfolio_outcome, "A placement whose fee did not simply rise");

static const struct field portfolio_progress_fields[] = {
	ID_F(portfolio_progress, id, REQ, "the uplift"),
	ENUM_F(portfolio_progress, state, REQ, portfolio_state_names, "how far it has come"),
	OBJECT_F(portfolio_progress, request, 0, &portfolio_uplift_schema,
		 "what was asked; absent where that cannot be read any more"),
	INT_F(portfolio_progress, total, REQ, 0, 0,
	      "agreements in force when it was asked, whatever their fee"),
	INT_F(portfolio_progress, applied, REQ, 0, 0, "uplifted so far"),
	INT_F(portfolio_progress, offered, REQ, 0, 0, "that fall, and are offers now"),
	INT_F(portfolio_progress, left_out, REQ, 0, 0, "left as they are"),
	F(portfolio_progress, weekly_before_p, "weekly_before", FIELD_MONEY, REQ, 0, SUM_MOST_P,
	  NULL, NULL, "the fees a week of those uplifted, before"),
	F(portfolio_progress, weekly_after_p, "weekly_after", FIELD_MONEY, REQ, 0, SUM_MOST_P, NULL,
	  NULL, "and after"),
	INSTANT_F(portfolio_progress, created_at_us, "created_at", REQ, "when it was asked"),
	INSTANT_F(portfolio_progress, ended_at_us, "ended_at", 0, "when it was over"),
	ID_F(portfolio_progress, stopped_by, 0, "who stopped it; the service itself: absent"),
	TEXT_F(portfolio_progress, stopped_because, 0, 400, "why it was stopped"),
	LIST_F(portfolio_progress, items, 0, 0, 200, &portfolio_outcome_schema,
	       "a page of those that did not simply rise"),
	TEXT_F(portfolio_progress, next, 0, 200, "for after; left out on the last page"),
};
TABLE(portfolio_progress, struct portfolio_progress, "How an uplift of a portfolio goes");

static const struct field stop_uplift_fields[] = {
	TEXT_F(stop_uplift, because, 0, 400, "why; nothing about a person"),
};
TABLE(stop_uplift, struct stop_uplift, "A portfolio's uplift goes no further");
