/*
 * schemas_round.c - the field tables of a round's comparison: offers, line by line, side by side.
 *
 * None of it is one side's alone, so that both are shown the same.
 */
#include "concordat/app/schemas.h"
#include "concordat/core/compare.h"
#include "concordat/core/fields.h"

#define WEEKLY_F(type, member, json, help) \
	F(type, member, json, FIELD_MONEY, 0, -2 * MONEY_MOST_P, 2 * MONEY_MOST_P, NULL, NULL, help)
#define NUMBER_MOST 1000000

static const struct field line_beside_fields[] = {
	TEXT_F(line_beside, key, REQ, 40, "the line's key"),
	TEXT_F(line_beside, label, REQ, 200, "what it is for"),
	ENUM_F(line_beside, unit, 0, line_unit_names, "of what; absent: not in this offer"),
	ENUM_F(line_beside, index, 0, cost_index_names, "the index it rises with"),
	RATE_F(line_beside, quantity_r, "quantity", 0, "how many a week"),
	RATE_F(line_beside, rate_r, "rate", 0, "for one"),
	WEEKLY_F(line_beside, weekly_p, "weekly", "what it comes to a week"),
	ENUM_F(line_beside, answer, 0, line_change_kind_names,
	       "what becomes of the line that is answered; absent: this offer answers none"),
	PERSONAL_F(line_beside, reason, 0, 1000, "why it is moved, added or taken out"),
	WEEKLY_F(line_beside, moved_p, "moved", "a week, against the offer compared with"),
	WEEKLY_F(line_beside, guide_low_p, "guide_low", "the guide's low a week"),
	WEEKLY_F(line_beside, guide_mid_p, "guide_mid", "the guide's mid a week"),
	WEEKLY_F(line_beside, guide_high_p, "guide_high", "the guide's high a week"),
	WEEKLY_F(line_beside, to_mid_p, "to_mid", "offered less the guide's mid"),
	ENUM_F(line_beside, beside, 0, beside_guide_names, "where it lies beside the guide"),
};
static TABLE(line_beside, struct line_beside,
	     "A line of an offer, of the one before it, or of the guide");

static const struct field offer_beside_fields[] = {
	INT_F(offer_beside, compared_with, 0, 1, NUMBER_MOST,
	      "the number of the offer that it answers, else of the one before it"),
	WEEKLY_F(offer_beside, to_guide_mid_p, "to_guide_mid", "its total less the guide's mid"),
	ENUM_F(offer_beside, beside_guide, 0, beside_guide_names, "where it lies beside the guide"),
	WEEKLY_F(offer_beside, to_previous_p, "to_previous",
		 "its total less that of the offer compared with"),
	WEEKLY_F(offer_beside, gap_p, "gap",
		 "the provider's latest total less the commissioner's, once this is made"),
	LIST_F(offer_beside, lines, REQ, 0, 260, &line_beside_schema,
	       "its lines, then those taken out, then what only the guide has"),
};
TABLE(offer_beside, struct offer_beside, "An offer beside the guide and the offer before");

static const struct field guide_beside_fields[] = {
	INT_F(guide_beside, calculation, REQ, 1, NUMBER_MOST, "which one; 1 is the first"),
	TEXT_F(guide_beside, model, REQ, 60, "the cost model"),
	TEXT_F(guide_beside, version, REQ, 30, "its version"),
	TEXT_F(guide_beside, document, REQ, 160, "where the model is, with every assumption"),
	TEXT_F(guide_beside, workings, REQ, 160, "where the calculation is, line by line"),
	WEEKLY_F(guide_beside, low_p, "low", "low a week; absent: it has no weekly price"),
	WEEKLY_F(guide_beside, mid_p, "mid", "mid a week"),
	WEEKLY_F(guide_beside, high_p, "high", "high a week"),
};
static TABLE(guide_beside, struct guide_beside, "The guide price that terms stand beside");

static const struct field compared_offer_fields[] = {
	INT_F(compared_offer, number, REQ, 1, NUMBER_MOST, "its number in the strand"),
	ENUM_F(compared_offer, side, REQ, side_names, "whose it is; the mediator's: a settlement"),
	INSTANT_F(compared_offer, made_at_us, "made_at", REQ, "when it was received"),
	ENUM_F(compared_offer, state, 0, offer_state_names,
	       "what became of it; this and all below are absent while it is sealed"),
	DAY_F(compared_offer, valid_until_day, "valid_until", 0, "the last day its maker gave it"),
	INT_F(compared_offer, answers, 0, 1, NUMBER_MOST, "the offer that it counters"),
	MONEY_F(compared_offer, weekly_p, "weekly", 0, "its total a week"),
	DIGEST_F(compared_offer, terms_digest, 0, "digest of the canonical terms"),
	OBJECT_F(compared_offer, guide, 0, &guide_beside_schema, "the guide it stands beside"),
	OBJECT_F(compared_offer, comparison, 0, &offer_beside_schema, "beside that and before"),
};
static TABLE(compared_offer, struct compared_offer, "One offer of a strand");

static const struct field round_comparison_fields[] = {
	ID_F(round_comparison, placement, REQ, "of which placement"),
	INT_F(round_comparison, round, REQ, 1, NUMBER_MOST, "the round; 1 is the first"),
	ENUM_F(round_comparison, kind, REQ, round_kind_names, "what it is about"),
	ID_F(round_comparison, provider, 0, "whose strand it is; absent: nobody is invited yet"),
	BOOL_F(round_comparison, sealed, REQ,
	       "offers are sealed until the closing instant: all but their maker see only that "
	       "they were received"),
	OBJECT_F(round_comparison, guide, 0, &guide_beside_schema,
		 "the newest that both sides have"),
	LIST_F(round_comparison, offers, REQ, 0, NUMBER_MOST, &compared_offer_schema,
	       "every one, in order"),
	WEEKLY_F(round_comparison, gap_p, "gap",
		 "the provider's latest total less the commissioner's"),
	TEXT_F(round_comparison, note, REQ, 100, "what a guide price is"),
};
TABLE(round_comparison, struct round_comparison, "A round's offers, the same to both sides");
