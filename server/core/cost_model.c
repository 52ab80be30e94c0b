/*
 * cost_model.c - the field tables of a cost model's document and of a guide.
 *
 * What makes a model sound is cost_check.c; what its lines are worth is cost_lines.c; the answer in
 * words and the rounding are guide.c.
 */
#include "concordat/core/cost_model.h"

#include "concordat/core/fields.h"

const char *const cost_price_unit_names[] = {COST_PRICE_UNITS(WORDS_NAME) NULL};
const char *const cost_rounding_names[] = {COST_ROUNDINGS(WORDS_NAME) NULL};
const char *const cost_range_names[] = {COST_RANGES(WORDS_NAME) NULL};
const char *const cost_unit_names[] = {COST_UNITS(WORDS_NAME) NULL};
const char *const cost_kind_names[] = {COST_KINDS(WORDS_NAME) NULL};
const char *const cost_counts_names[] = {COST_COUNTS(WORDS_NAME) NULL};

#define KEY_MOST 40
#define LABEL_MOST 120
#define SOURCE_MOST 500
#define WORDS_MOST 4000
/* Each of a line's names in words, with its label, figure and source. */
#define WORKING_MOST 300000
#define LIST_MOST 200

#define FIGURE_F(type, member, json, flags, help) \
	F(type, member, json, FIELD_RATE, flags, 0, COST_FIGURE_MOST_R, NULL, NULL, help)
#define WORTH_F(type, member, json, help)                                                     \
	F(type, member, json, FIELD_RATE, REQ, -COST_FIGURE_MOST_R, COST_FIGURE_MOST_R, NULL, \
	  NULL, help)
#define SOURCE_F(type, flags)                                                      \
	TEXT_F(type, source, flags, SOURCE_MOST, "where it comes from, in words"), \
		TEXT_F(type, source_url, 0, SOURCE_MOST, "where it can be read, an address")

static const struct field cost_input_fields[] = {
	TEXT_F(cost_input, key, REQ, KEY_MOST, "the name lines use"),
	TEXT_F(cost_input, label, REQ, LABEL_MOST, "what is asked"),
	ENUM_F(cost_input, unit, REQ, cost_unit_names, "what it counts"),
	TEXT_F(cost_input, hint, 0, SOURCE_MOST, "help beside the question"),
	FIGURE_F(cost_input, least_r, "least", REQ, "the smallest figure accepted"),
	FIGURE_F(cost_input, most_r, "most", REQ, "the largest figure accepted"),
	FIGURE_F(cost_input, step_r, "step", 0, "accepted in steps of this, from the smallest"),
	FIGURE_F(cost_input, usual.single_r, "default", 0, "used when it is left out"),
	FIGURE_F(cost_input, usual.low_r, "default_low", 0, "the default of the low run"),
	FIGURE_F(cost_input, usual.mid_r, "default_mid", 0, "the default of the mid run"),
	FIGURE_F(cost_input, usual.high_r, "default_high", 0, "the default of the high run"),
	BOOL_F(cost_input, required, 0, "it must be given"),
	SOURCE_F(cost_input, 0),
};
static TABLE(cost_input, struct cost_input, "A figure the user gives");

static const struct field cost_assumption_fields[] = {
	TEXT_F(cost_assumption, key, REQ, KEY_MOST, "the name lines use"),
	TEXT_F(cost_assumption, label, REQ, LABEL_MOST, "what it is"),
	ENUM_F(cost_assumption, unit, REQ, cost_unit_names, "what it counts"),
	FIGURE_F(cost_assumption, figure.single_r, "value", 0, "one figure for every run"),
	FIGURE_F(cost_assumption, figure.low_r, "low", 0, "the figure of the low run"),
	FIGURE_F(cost_assumption, figure.mid_r, "mid", 0, "the figure of the mid run"),
	FIGURE_F(cost_assumption, figure.high_r, "high", 0, "the figure of the high run"),
	BOOL_F(cost_assumption, falls, 0, "the low run has the largest figure, as with occupancy"),
	SOURCE_F(cost_assumption, REQ),
};
static TABLE(cost_assumption, struct cost_assumption, "A figure the model assumes");

static const struct field cost_ref_fields[] = {
	TEXT_F(cost_ref, ref, REQ, KEY_MOST, "the key of an input, an assumption or a line"),
};
static TABLE(cost_ref, struct cost_ref, "One thing a line refers to");

static const struct field cost_line_fields[] = {
	TEXT_F(cost_line, key, REQ, KEY_MOST, "the name later lines use"),
	TEXT_F(cost_line, label, REQ, LABEL_MOST, "what is paid for"),
	TEXT_F(cost_line, group, REQ, KEY_MOST, "staff, premises, supplies, overhead, return"),
	ENUM_F(cost_line, unit, 0, cost_unit_names, "what drives it; of a quantity, its unit"),
	ENUM_F(cost_line, kind, REQ, cost_kind_names, "how it is worked out"),
	TEXT_F(cost_line, value, 0, KEY_MOST, "the key of its rate, amount or value"),
	TEXT_F(cost_line, percent, 0, KEY_MOST, "the key of its percentage"),
	TEXT_F(cost_line, hours, 0, KEY_MOST,
	       "threshold: the key of the hours a week worked; without it value is a year's pay"),
	TEXT_F(cost_line, threshold, 0, KEY_MOST, "threshold: the key of where it begins, a year"),
	TEXT_F(cost_line, upper, 0, KEY_MOST, "threshold: the key of where it ends, a year"),
	LIST_F(cost_line, quantity, 0, 0, LIST_MOST, &cost_ref_schema,
	       "multiplied by each of these"),
	LIST_F(cost_line, per, 0, 0, LIST_MOST, &cost_ref_schema, "divided by each of these"),
	LIST_F(cost_line, of, 0, 0, LIST_MOST, &cost_ref_schema,
	       "the lines it is a part or a sum of"),
	LIST_F(cost_line, less, 0, 0, LIST_MOST, &cost_ref_schema, "sum: what is taken off it"),
	ENUM_F(cost_line, index, 0, cost_index_names, "the index an uplift applies to it"),
	ENUM_F(cost_line, counts, 0, cost_counts_names, "where its worth goes; in_fee if left out"),
	BOOL_F(cost_line, deduction, 0, "it is taken off"),
	SOURCE_F(cost_line, REQ),
};
static TABLE(cost_line, struct cost_line, "One line of a cost model");

static const struct field cost_model_fields[] = {
	TEXT_F(cost_model, id, REQ, 60, "the model's name, such as residential-ld"),
	TEXT_F(cost_model, version, REQ, 20, "its version; a version never changes"),
	TEXT_F(cost_model, title, REQ, LABEL_MOST, "its name in words"),
	TEXT_F(cost_model, about, 0, WORDS_MOST, "what it is for and what its figures are"),
	ENUM_F(cost_model, price_unit, REQ, cost_price_unit_names, "what the price is for"),
	DAY_F(cost_model, effective_from_day, "effective_from", REQ,
	      "the first day of new calculations"),
	DAY_F(cost_model, effective_to_day, "effective_to", 0, "the last day of new calculations"),
	BOOL_F(cost_model, illustrative, 0, "not every figure is a published one"),
	ENUM_F(cost_model, rounding, REQ, cost_rounding_names, "how the price is rounded, once"),
	ENUM_F(cost_model, range_is, REQ, cost_range_names, "what the range reports"),
	LIST_F(cost_model, inputs, 0, 0, LIST_MOST, &cost_input_schema, "what the user gives"),
	LIST_F(cost_model, assumptions, 0, 0, LIST_MOST, &cost_assumption_schema,
	       "what the model assumes"),
	LIST_F(cost_model, lines, REQ, 1, LIST_MOST, &cost_line_schema, "the lines, in order"),
};
TABLE(cost_model, struct cost_model, "A cost model: one version, which never changes");

static const struct field guide_line_fields[] = {
	TEXT_F(guide_line, key, REQ, KEY_MOST, "the line's key in the model"),
	TEXT_F(guide_line, label, REQ, LABEL_MOST, "what is paid for"),
	TEXT_F(guide_line, group, REQ, KEY_MOST, "staff, premises, supplies, overhead, return"),
	TEXT_F(guide_line, unit, REQ, KEY_MOST, "what the figures are for"),
	WORTH_F(guide_line, low_r, "low", "the low run, rounded for showing"),
	WORTH_F(guide_line, mid_r, "mid", "the mid run, rounded for showing"),
	WORTH_F(guide_line, high_r, "high", "the high run, rounded for showing"),
	BOOL_F(guide_line, in_fee, 0, "it is part of the price"),
	ENUM_F(guide_line, counts, REQ, cost_counts_names, "where its worth goes"),
	ENUM_F(guide_line, index, 0, cost_index_names, "the index an uplift applies to it"),
	TEXT_F(guide_line, working, REQ, WORKING_MOST, "the arithmetic of the mid run in words"),
	TEXT_F(guide_line, assumption, 0, WORKING_MOST, "the figures used"),
	TEXT_F(guide_line, source, REQ, WORKING_MOST, "where the line and its figures come from"),
};
TABLE(guide_line, struct guide_line, "One line of a guide price");

static const struct field guide_fields[] = {
	TEXT_F(guide, model, REQ, 60, "the cost model"),
	TEXT_F(guide, version, REQ, 20, "its version"),
	TEXT_F(guide, unit, REQ, KEY_MOST, "what the price is for: hour or week"),
	BOOL_F(guide, illustrative, 0, "not every figure is a published one"),
	ENUM_F(guide, range_is, REQ, cost_range_names, "what the range reports"),
	MONEY_F(guide, low_p, "low", REQ, "the low price for one unit"),
	MONEY_F(guide, mid_p, "mid", REQ, "the mid price for one unit"),
	MONEY_F(guide, high_p, "high", REQ, "the high price for one unit"),
	MONEY_F(guide, weekly_low_p, "weekly_low", 0, "the low price for a week"),
	MONEY_F(guide, weekly_mid_p, "weekly_mid", 0, "the mid price for a week"),
	MONEY_F(guide, weekly_high_p, "weekly_high", 0, "the high price for a week"),
	LIST_F(guide, lines, REQ, 1, LIST_MOST, &guide_line_schema, "every line"),
	F(guide, defaulted, "defaulted", FIELD_MAP, 0, 0, LIST_MOST, NULL, NULL,
	  "inputs left at their default"),
};
TABLE(guide, struct guide, "A guide price: a starting point and not a conclusion");

struct text cost_model_id(const struct cost_model *model)
{
	return model->id;
}

struct text cost_model_version(const struct cost_model *model)
{
	return model->version;
}

bool cost_model_is_illustrative(const struct cost_model *model)
{
	return model->illustrative;
}

void cost_model_effective(const struct cost_model *model, int32_t *first_day, int32_t *last_day)
{
	*first_day = model->effective_from_day;
	*last_day = model->effective_to_day;
}
