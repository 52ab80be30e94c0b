/*
 * schemas_account.c - the field tables of accounts and statements: money by date and by payer.
 */
#include "concordat/app/schemas.h"
#include "concordat/core/calendar.h"
#include "concordat/core/fields.h"

#define SUM_F(type, member, json, flags, help)                                                     \
	F(type, member, json, FIELD_MONEY, flags, -MONEY_SUM_MOST_P, MONEY_SUM_MOST_P, NULL, NULL, \
	  help)

static const struct field account_share_fields[] = {
	ENUM_F(account_share, funder, REQ, funder_names, "who pays"),
	SUM_F(account_share, weekly_p, "weekly", 0, "a week"),
	SUM_F(account_share, charged_p, "charged", 0,
	      "for these nights, as it was known by the day of each"),
	SUM_F(account_share, adjusted_p, "adjusted", 0,
	      "put right since; below zero it goes back to the payer"),
	SUM_F(account_share, due_p, "due", 0, "the two together"),
	SUM_F(account_share, difference_p, "difference", 0,
	      "what changes hands; below zero it goes back to the payer"),
	BOOL_F(account_share, stands_behind, 0,
	       "no agreement to this top-up is signed: the "
	       "authority stands behind it"),
};
TABLE(account_share, struct account_share, "One payer's part");

#define BY_PAYER_F(type) \
	LIST_F(type, by_payer, REQ, 0, FUNDER_COUNT, &account_share_schema, "by payer")

static const struct field account_period_fields[] = {
	DAY_F(account_period_row, from_day, "from", REQ, "the first night"),
	DAY_F(account_period_row, to_day, "to", REQ, "the last night"),
	INT_F(account_period_row, nights, REQ, 0, 0, "how many"),
	ID_F(account_period_row, provider, REQ, "whom it is paid to"),
	INT_F(account_period_row, agreement, 0, 0, 0,
	      "the version that it is paid by; interim terms when left out"),
	INT_F(account_period_row, entry, 0, 0, 0, "the entry that made it"),
	INT_F(account_period_row, funding_entry, 0, 0, 0, "the entry that says who pays"),
	INT_F(account_period_row, absence_entry, 0, 0, 0, "the entry that says the person is away"),
	BOOL_F(account_period_row, past_end, 0,
	       "behind the last day of the terms: they are paid on until the end of care is "
	       "recorded "
	       "or others are signed"),
	SUM_F(account_period_row, quality_p, "quality", 0,
	      "what the home's score adds to a whole week's fee, or below zero holds back"),
	TEXT_F(account_period_row, quality_reason, 0, 400, "how that came about, in a sentence"),
	INT_F(account_period_row, quality_entry, 0, 0, 0,
	      "the entry that brought the score; as it was signed when left out"),
	SUM_F(account_period_row, weekly_p, "weekly", 0, "a week, as paid"),
	SUM_F(account_period_row, due_p, "due", 0, "for these nights"),
	BY_PAYER_F(account_period_row),
};
TABLE(account_period, struct account_period_row, "Nights in a row that are paid alike");

static const struct field account_adjustment_fields[] = {
	INT_F(account_adjustment_row, entry, 0, 0, 0, "the entry that made it known"),
	DAY_F(account_adjustment_row, known_day, "known_on", REQ, "when it was entered"),
	DAY_F(account_adjustment_row, paid_day, "paid_on", REQ,
	      "from which day it is paid; nights before are put right"),
	DAY_F(account_adjustment_row, from_day, "from", 0, "the first night that it changes"),
	DAY_F(account_adjustment_row, to_day, "to", 0, "the last one"),
	INT_F(account_adjustment_row, nights, REQ, 0, 0, "how many it changes"),
	SUM_F(account_adjustment_row, difference_p, "difference", 0,
	      "what changes hands; below zero it goes back to the payers"),
	BY_PAYER_F(account_adjustment_row),
};
static TABLE(account_adjustment, struct account_adjustment_row,
	     "What became known for nights already past");

static const struct field account_answer_fields[] = {
	ID_F(account_answer, placement, REQ, "the placement"),
	TEXT_F(account_answer, reference, REQ, 30, "its reference"),
	DAY_F(account_answer, from_day, "from", 0, "the first night asked for"),
	DAY_F(account_answer, to_day, "to", REQ, "the last night asked for"),
	DAY_F(account_answer, known_on_day, "as_known_on", REQ, "what was entered by then counts"),
	INT_F(account_answer, nights, REQ, 0, 0, "how many are paid"),
	SUM_F(account_answer, charged_p, "charged", 0,
	      "for these nights, as it was known by the day of each"),
	SUM_F(account_answer, adjusted_p, "adjusted", 0, "put right since"),
	SUM_F(account_answer, due_p, "due", 0, "the two together, to the penny"),
	BY_PAYER_F(account_answer),
	LIST_F(account_answer, periods, REQ, 0, 0, &account_period_schema, "by night"),
	LIST_F(account_answer, adjustments, REQ, 0, 0, &account_adjustment_schema,
	       "what was put right, in the order it was paid"),
	TEXT_F(account_answer, note, REQ, 400, "how it is counted"),
};
TABLE(account_answer, struct account_answer, "A placement's account");

static const struct field statement_row_fields[] = {
	ID_F(statement_row, placement, REQ, "the placement"),
	TEXT_F(statement_row, reference, REQ, 30, "its reference"),
	ID_F(statement_row, authority, REQ, "whose placement it is"),
	TEXT_F(statement_row, authority_name, REQ, 200, "its name"),
	ID_F(statement_row, provider, 0, "whom it is paid to, the latest"),
	ID_F(statement_row, home, 0, "in which home"),
	INT_F(statement_row, nights, REQ, 0, 0, "how many nights of the time are paid"),
	SUM_F(statement_row, charged_p, "charged", REQ,
	      "for them, as it was known by the day of each"),
	SUM_F(statement_row, adjusted_p, "adjusted", REQ,
	      "put right within the time, for earlier nights"),
	SUM_F(statement_row, due_p, "due", REQ, "the two together"),
	BY_PAYER_F(statement_row),
};
TABLE(statement_row, struct statement_row, "One placement's line of a statement");
