/*
 * terms_fields.c - the field tables of terms and their parts.
 *
 * As entries.c: the contract of the API and of the stored ledger at once, so a row may be added
 * with care, never renamed or taken away. What is signed is the digest of these members.
 */
#include "concordat/core/fields.h"
#include "concordat/core/terms.h"

#define NUMBER_MOST 1000000
#define PERCENT_R INT64_C(10000) /* one per cent */
#define SCORE_MOST_R (1000 * PERCENT_R)

#define PERCENT_F(type, member, json, flags, least, most, help)                                   \
	F(type, member, json, FIELD_RATE, flags, (least)*PERCENT_R, (most)*PERCENT_R, NULL, NULL, \
	  help)
#define SCORE_F(type, member, json, flags, help) \
	F(type, member, json, FIELD_RATE, flags, 0, SCORE_MOST_R, NULL, NULL, help)
#define SIGNED_MONEY_F(type, member, json, flags, help) \
	F(type, member, json, FIELD_MONEY, flags, -MONEY_MOST_P, MONEY_MOST_P, NULL, NULL, help)

static const struct field fee_line_fields[] = {
	TEXT_F(fee_line, key, REQ, 40, "the line's key, the guide's where there is one"),
	TEXT_F(fee_line, label, REQ, 200, "what it is for"),
	ENUM_F(fee_line, unit, REQ, line_unit_names, "what the rate is for"),
	ENUM_F(fee_line, index, 0, cost_index_names, "the index it rises with"),
	F(fee_line, quantity_r, "quantity", FIELD_RATE, REQ, 1, 10000000, NULL, NULL,
	  "how many units a week"),
	F(fee_line, rate_r, "rate", FIELD_RATE, REQ, -MONEY_MOST_P, MONEY_MOST_P, NULL, NULL,
	  "pounds for one unit"),
	SIGNED_MONEY_F(fee_line, weekly_p, "weekly", DER, "quantity x rate, to the penny"),
};
TABLE(fee_line, struct fee_line, "One line of the fee");

static const struct field outcome_ref_fields[] = {
	TEXT_F(outcome_ref, key, REQ, 40, "an outcome's key"),
};
static TABLE(outcome_ref, struct outcome_ref, "An outcome that the terms serve");

static const struct field clause_fields[] = {
	TEXT_F(clause, key, REQ, 40, "the clause's key"),
	TEXT_F(clause, text, REQ, 4000, "its words; nothing about the person"),
};
static TABLE(clause, struct clause, "A clause");

static const struct field funding_part_fields[] = {
	ENUM_F(funding_part, funder, REQ, funder_names, "who pays this part"),
	MONEY_F(funding_part, weekly_p, "weekly", 0, "an amount a week"),
	PERCENT_F(funding_part, share_r, "share", 0, 0, 100,
		  "or a percentage of the weekly fee; one payer has neither and takes the rest"),
	MONEY_F(funding_part, pays_p, "pays", DER, "what it comes to a week"),
	ID_F(funding_part, organisation, 0,
	     "of the NHS's or a third party's part: the organisation here that pays it, and takes "
	     "part as a co-payer"),
};
TABLE(funding_part, struct funding_part, "One payer's part of the weekly fee");

static const struct field quality_tier_fields[] = {
	TEXT_F(quality_tier, tier, REQ, 40, "the tier's name"),
	MONEY_F(quality_tier, premium_p, "premium", REQ, "on top, for a bed and a week"),
};
static TABLE(quality_tier, struct quality_tier, "A premium by tier of accreditation");

static const struct field quality_band_fields[] = {
	SCORE_F(quality_band, from_score_r, "from_score", REQ,
		"from this score, up to the next band's"),
	PERCENT_F(quality_band, percent_r, "percent", REQ, -100, 100, "of the weekly fee"),
	SIGNED_MONEY_F(quality_band, weekly_p, "weekly", DER, "what it comes to a week"),
};
static TABLE(quality_band, struct quality_band, "A percentage by band of score");

static const struct field quality_terms_fields[] = {
	LIST_F(quality_terms, tiers, 0, 0, 10, &quality_tier_schema, "premiums by tier"),
	LIST_F(quality_terms, bands, 0, 0, 20, &quality_band_schema,
	       "percentages by score, scores rising"),
	PERCENT_F(quality_terms, withheld_r, "withheld", 0, 0, 100,
		  "percentage of the weekly fee held back until the score is reached"),
	SCORE_F(quality_terms, until_score_r, "until_score", 0, "that score"),
	TEXT_F(quality_terms, tier, 0, 40, "the home's tier as the terms begin"),
	SCORE_F(quality_terms, score_r, "score", 0, "its score as the terms begin"),
	MONEY_F(quality_terms, premium_p, "premium_weekly", DER, "at that tier, a week"),
	SIGNED_MONEY_F(quality_terms, band_p, "band_weekly", DER, "at that score, a week"),
	MONEY_F(quality_terms, withheld_p, "withheld_weekly", DER, "held back a week"),
	MONEY_F(quality_terms, payable_p, "payable_weekly", DER,
		"the fee with all of this, a week"),
};
TABLE(quality_terms, struct quality_terms, "What quality adds to the fee or holds back");

static const struct field uplift_weight_fields[] = {
	ENUM_F(uplift_weight, index, REQ, cost_index_names, "the index"),
	PERCENT_F(uplift_weight, percent_r, "percent", REQ, 0, 100,
		  "the percentage of the fee that rises with it"),
};
static TABLE(uplift_weight, struct uplift_weight, "How much of the fee goes by one index");

static const struct field uplift_target_fields[] = {
	TEXT_F(uplift_target, key, 0, 40, "the line's key; every line of the unit when left out"),
	ENUM_F(uplift_target, unit, REQ, line_unit_names, "lines of this unit"),
	F(uplift_target, rate_r, "rate", FIELD_RATE, REQ, 0, MONEY_MOST_P, NULL, NULL,
	  "the rate to be reached, pounds for one unit"),
};
static TABLE(uplift_target, struct uplift_target, "A rate to be reached");

static const struct field uplift_method_fields[] = {
	ENUM_F(uplift_method, basis, REQ, uplift_basis_names, "what it goes by"),
	LIST_F(uplift_method, weights, 0, 0, COST_INDEX_COUNT, &uplift_weight_schema,
	       "weighted: how much goes by which index; what is left of 100 does not rise"),
	F(uplift_method, flat_r, "flat", FIELD_RATE, 0, -MONEY_MOST_P, MONEY_MOST_P, NULL, NULL,
	  "flat: pounds on top"),
	ENUM_F(uplift_method, flat_unit, 0, line_unit_names,
	       "flat: week, once on the fee; else on the rate of each line of that unit"),
	LIST_F(uplift_method, targets, 0, 0, 20, &uplift_target_schema,
	       "target: the rates to be reached"),
	INT_F(uplift_method, years, 0, 1, 10, "target: in how many yearly steps"),
	DAY_F(uplift_method, first_day, "first_step", 0, "target: the day of the first step"),
	PERCENT_F(uplift_method, cap_r, "cap", 0, -100, 1000,
		  "the fee changes by no more than this percentage"),
	PERCENT_F(uplift_method, floor_r, "floor", 0, -100, 1000,
		  "the fee changes by no less than this percentage"),
	ENUM_F(uplift_method, rounding, 0, uplift_rounding_names,
	       "how the new fee is rounded; to the penny, once, when left out"),
	INT_F(uplift_method, not_within_months, 0, 1, 120,
	      "none while the agreement is younger than this"),
	MONEY_F(uplift_method, not_above_p, "not_above", 0,
		"none where the weekly fee is above this"),
	INT_F(uplift_method, month, 0, 1, 12, "the month it is from each year"),
	INT_F(uplift_method, day, 0, 1, 31, "the day of that month"),
};
TABLE(uplift_method, struct uplift_method, "How the fee is uplifted: both sides' own sum");

static const struct field extension_terms_fields[] = {
	INT_F(extension_terms, months, REQ, 1, 120, "by how many months"),
	INT_F(extension_terms, times, REQ, 1, 10, "how many times"),
	SCORE_F(extension_terms, least_score_r, "least_score", 0,
		"only where the home's quality score is at least this"),
};
static TABLE(extension_terms, struct extension_terms, "Extension by performance");

static const struct field terms_fields[] = {
	LIST_F(terms, lines, REQ, 1, 60, &fee_line_schema, "fee lines"),
	LIST_F(terms, outcomes, 0, 0, 50, &outcome_ref_schema,
	       "the outcomes these terms serve; at least one, once outcomes are described"),
	LIST_F(terms, clauses, 0, 0, 60, &clause_schema, "clauses"),
	LIST_F(terms, funding, 0, 0, 8, &funding_part_schema,
	       "who pays what; as the placement was opened when left out"),
	OBJECT_F(terms, quality, 0, &quality_terms_schema, "what quality adds or holds back"),
	OBJECT_F(terms, uplift, 0, &uplift_method_schema, "how the fee is uplifted"),
	OBJECT_F(terms, extension, 0, &extension_terms_schema,
		 "how often and by how much the last day may be put off"),
	ENUM_F(terms, day_count, 0, day_count_names,
	       "nights, when left out: the day of admission is paid, that of discharge is not"),
	DAY_F(terms, start_day, "start", REQ, "the first day"),
	DAY_F(terms, end_day, "end", 0, "the last day; none when left out"),
	DAY_F(terms, began_day, "began", DER,
	      "of an uplifted fee: when the agreement began, which its age is counted from"),
	MONEY_F(terms, weekly_p, "weekly", DER, "the weekly total"),
	INT_F(terms, calculation, DER, 1, NUMBER_MOST,
	      "which calculation they stand beside; 1 is the first"),
	INT_F(terms, needs, DER, 1, NUMBER_MOST, "which description of needs they answer"),
};
TABLE(terms, struct terms, "Terms put by one side");
