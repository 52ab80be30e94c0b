/*
 * uplift_check.c - is a method of uplift sound, are a year's figures, and their field tables.
 *
 * What is refused here never has to be thought of where the sum is worked (uplift.c): a member that
 * belongs to another basis, weights beyond the fee, a cap below the floor, a line without an index.
 */
#include "concordat/core/fields.h"
#include "concordat/core/uplift.h"

#define PERCENT_R INT64_C(10000) /* one per cent */
#define WHOLE_R (100 * PERCENT_R)
#define CHANGE_LEAST_R (-100 * PERCENT_R) /* a fall to nothing */
#define CHANGE_MOST_R (1000 * PERCENT_R)
#define YEARS_MOST 10
#define MONTHS_MOST 120
#define SOURCE_MOST 500

#define ANSWER (FIELD_REQUIRED | FIELD_DERIVED)
#define SIGNED_MONEY_F(type, member, json, help) \
	F(type, member, json, FIELD_MONEY, ANSWER, -MONEY_MOST_P, MONEY_MOST_P, NULL, NULL, help)

static const struct field index_rise_fields[] = {
	ENUM_F(index_rise, index, REQ, cost_index_names, "the index; fixed is not given"),
	F(index_rise, percent_r, "percent", FIELD_RATE, REQ, CHANGE_LEAST_R, CHANGE_MOST_R, NULL,
	  NULL, "how much it rose, in percent; below zero it fell"),
	TEXT_F(index_rise, source, 0, SOURCE_MOST, "where it comes from, in words"),
	TEXT_F(index_rise, source_url, 0, SOURCE_MOST, "where it can be read, an address"),
};
static TABLE(index_rise, struct index_rise, "How much one index rose");

static const struct field uplift_figures_fields[] = {
	DAY_F(uplift_figures, from_day, "from", REQ, "the day from which the new fee is paid"),
	LIST_F(uplift_figures, rises, 0, 0, COST_INDEX_COUNT, &index_rise_schema,
	       "how much each index rose; none where no method goes by one"),
};
TABLE(uplift_figures, struct uplift_figures, "A year's figures for uplifts");

static const struct field uplift_line_fields[] = {
	TEXT_F(uplift_line, key, ANSWER, 40, "the line's key"),
	TEXT_F(uplift_line, label, ANSWER, 200, "what it is for"),
	ENUM_F(uplift_line, unit, ANSWER, line_unit_names, "what the rate is for"),
	ENUM_F(uplift_line, index, DER, cost_index_names, "the index it rises with"),
	RATE_F(uplift_line, quantity_r, "quantity", ANSWER, "how many units a week"),
	RATE_F(uplift_line, rate_now_r, "rate_now", ANSWER, "pounds for one unit, before"),
	RATE_F(uplift_line, rate_then_r, "rate_then", ANSWER, "and after"),
	SIGNED_MONEY_F(uplift_line, weekly_now_p, "weekly_now", "a week, before"),
	SIGNED_MONEY_F(uplift_line, weekly_then_p, "weekly_then",
		       "and after; the lines add up to the new fee"),
};
static TABLE(uplift_line, struct uplift_line, "What an uplift makes of one line");

static const struct field uplift_step_fields[] = {
	DAY_F(uplift_step, from_day, "from", ANSWER, "the day it begins"),
	MONEY_F(uplift_step, weekly_p, "weekly", ANSWER, "the weekly fee from then"),
};
static TABLE(uplift_step, struct uplift_step, "One step on the way to a target rate");

static const struct field uplift_fields[] = {
	ENUM_F(uplift, rule, ANSWER, uplift_rule_names, "which rule decided"),
	F(uplift, is_uplifted, "uplifted", FIELD_BOOL, ANSWER, 0, 0, NULL, NULL,
	  "false: the fee stays as it is"),
	TEXT_F(uplift, reason, ANSWER, 2000, "why, in a sentence"),
	DAY_F(uplift, from_day, "from", ANSWER, "the day from which the new fee is paid"),
	MONEY_F(uplift, weekly_now_p, "weekly_now", ANSWER, "the weekly fee before"),
	MONEY_F(uplift, weekly_then_p, "weekly_then", ANSWER, "and after"),
	SIGNED_MONEY_F(uplift, difference_p, "difference", "after less before"),
	RATE_F(uplift, percent_r, "percent", DER,
	       "the difference in percent of the fee before, rounded for showing; left out where "
	       "that was nothing"),
	LIST_F(uplift, lines, ANSWER, 1, 60, &uplift_line_schema, "every line"),
	LIST_F(uplift, funding, DER, 0, FUNDER_COUNT, &funding_part_schema,
	       "who pays what of the new fee, where the terms split it"),
	LIST_F(uplift, path, DER, 0, YEARS_MOST, &uplift_step_schema,
	       "to a target rate: this step and those to come"),
};
TABLE(uplift, struct uplift, "What the agreed method makes of a fee");

struct check {
	struct arena *arena;
	const struct uplift_method *method;
	const struct list *lines; /* NULL: whichever come */
	struct flaw *flaw;
};

static bool wrong(struct check *check, struct text pointer, struct text sentence)
{
	*check->flaw = (struct flaw){pointer, sentence};
	return false;
}

static bool wrong_at(struct check *check, const char *list, size_t at, const char *member,
		     const char *sentence)
{
	return wrong(check, text_printf(check->arena, "/%s/%zu/%s", list, at, member),
		     text_of(sentence));
}

/* A member of another basis would be signed by both and mean nothing. */
static bool check_only_its_own(struct check *check)
{
	const struct uplift_method *method = check->method;
	const struct {
		bool given;
		int32_t basis;
		const char *pointer;
	} members[] = {
		{method->weights.count > 0, UPLIFT_WEIGHTED, "/weights"},
		{method->flat_r != NO_INT, UPLIFT_FLAT, "/flat"},
		{method->flat_unit != NO_ENUM, UPLIFT_FLAT, "/flat_unit"},
		{method->targets.count > 0, UPLIFT_TARGET, "/targets"},
		{method->years != NO_INT, UPLIFT_TARGET, "/years"},
		{method->first_day != NO_DAY, UPLIFT_TARGET, "/first_step"},
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (members[i].given && members[i].basis != method->basis)
			return wrong(check, text_of(members[i].pointer),
				     text_printf(check->arena,
						 "This belongs to the basis %s; this method goes "
						 "%s. Leave it out, or change the basis.",
						 uplift_basis_names[members[i].basis],
						 uplift_basis_names[method->basis]));
	return true;
}

static bool check_by_line(struct check *check)
{
	const struct fee_line *lines = check->lines ? check->lines->items : NULL;

	for (size_t i = 0; check->lines && i < check->lines->count; i++)
		if (lines[i].index == NO_ENUM)
			return wrong(check, TEXT("/basis"),
				     text_printf(check->arena,
						 "The line %.*s names no index to rise with. Give "
						 "it one; fixed for a line that does not rise.",
						 TEXT_FMT(lines[i].key)));
	return true;
}

static bool check_weights(struct check *check)
{
	const struct list *list = &check->method->weights;
	const struct uplift_weight *weights = list->items;
	bool seen[COST_INDEX_COUNT] = {false};
	int64_t sum_r = 0;

	if (list->count == 0)
		return wrong(check, TEXT("/weights"),
			     TEXT("Say what percentage of the fee goes by which index."));
	for (size_t i = 0; i < list->count; i++) {
		if (weights[i].index < 0 || weights[i].index >= COST_INDEX_COUNT)
			return wrong_at(check, "weights", i, "index", "Name the index.");
		if (seen[weights[i].index])
			return wrong_at(check, "weights", i, "index",
					"This index stands twice. Add the two up.");
		seen[weights[i].index] = true;
		if (weights[i].percent_r <= 0 || weights[i].percent_r > WHOLE_R)
			return wrong_at(check, "weights", i, "percent",
					"Give a percentage of the fee above 0 and up to 100.");
		sum_r += weights[i].percent_r;
		if (sum_r > WHOLE_R)
			return wrong_at(check, "weights", i, "percent",
					"With this one the weights come to more than 100% of the "
					"fee. Give smaller ones.");
	}
	return true;
}

static bool unit_is_paid(const struct list *lines, int32_t unit, struct text key)
{
	const struct fee_line *line = lines ? lines->items : NULL;

	for (size_t i = 0; lines && i < lines->count; i++)
		if (line[i].unit == unit && (!key.at || text_eq(line[i].key, key)))
			return true;
	return !lines;
}

static bool check_flat(struct check *check)
{
	const struct uplift_method *method = check->method;

	if (method->flat_r == NO_INT || method->flat_r > MONEY_MOST_P ||
	    method->flat_r < -MONEY_MOST_P)
		return wrong(check, TEXT("/flat"),
			     TEXT("Say how many pounds come on top, £100,000 at most; below zero "
				  "to go down."));
	if (method->flat_unit < 0 || method->flat_unit >= LINE_UNIT_COUNT)
		return wrong(check, TEXT("/flat_unit"),
			     TEXT("Say week to change the fee once, or which unit's rates "
				  "change."));
	if (method->flat_unit != LINE_WEEK &&
	    !unit_is_paid(check->lines, method->flat_unit, TEXT_NONE))
		return wrong(check, TEXT("/flat_unit"),
			     text_printf(check->arena, "No line is paid by the %s.",
					 line_unit_names[method->flat_unit]));
	return true;
}

/* Does a target before this one take every line that fits it? */
static bool target_is_taken(const struct uplift_target *targets, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (targets[i].unit == targets[at].unit &&
		    (!targets[i].key.at || text_eq(targets[i].key, targets[at].key)))
			return true;
	return false;
}

static bool check_target(struct check *check)
{
	const struct uplift_method *method = check->method;
	const struct uplift_target *targets = method->targets.items;

	if (method->targets.count == 0)
		return wrong(check, TEXT("/targets"), TEXT("Say which rates are to be reached."));
	for (size_t i = 0; i < method->targets.count; i++) {
		if (targets[i].unit < 0 || targets[i].unit >= LINE_UNIT_COUNT)
			return wrong_at(check, "targets", i, "unit", "Name the unit.");
		if (targets[i].rate_r < 0 || targets[i].rate_r > MONEY_MOST_P)
			return wrong_at(check, "targets", i, "rate",
					"Give a rate from nothing to £100,000.");
		if (target_is_taken(targets, i))
			return wrong_at(check, "targets", i, targets[i].key.at ? "key" : "unit",
					"A target before this one already takes its lines. Put "
					"this one first, or leave it out.");
		if (!unit_is_paid(check->lines, targets[i].unit, targets[i].key))
			return wrong_at(check, "targets", i, targets[i].key.at ? "key" : "unit",
					"No line fits this target.");
	}
	if (method->years == NO_INT || method->years < 1 || method->years > YEARS_MOST)
		return wrong(check, TEXT("/years"),
			     TEXT("Say in how many yearly steps they are reached, 1 to 10."));
	if (method->first_day == NO_DAY)
		return wrong(check, TEXT("/first_step"), TEXT("Say on which day the first is."));
	return true;
}

static bool check_basis(struct check *check)
{
	switch ((enum uplift_basis)check->method->basis) {
	case UPLIFT_BY_LINE:
		return check_by_line(check);
	case UPLIFT_WEIGHTED:
		return check_weights(check);
	case UPLIFT_FLAT:
		return check_flat(check);
	case UPLIFT_TARGET:
		return check_target(check);
	case UPLIFT_BASIS_COUNT:
		break;
	}
	return wrong(check, TEXT("/basis"), TEXT("Say what the uplift goes by."));
}

static bool is_change(int64_t percent_r)
{
	return percent_r >= CHANGE_LEAST_R && percent_r <= CHANGE_MOST_R;
}

static bool check_limits(struct check *check)
{
	const struct uplift_method *method = check->method;
	bool capped = method->cap_r != NO_INT, floored = method->floor_r != NO_INT;

	if (capped && !is_change(method->cap_r))
		return wrong(check, TEXT("/cap"), TEXT("Give a cap from -100 to 1,000 percent."));
	if (floored && !is_change(method->floor_r))
		return wrong(check, TEXT("/floor"),
			     TEXT("Give a floor from -100 to 1,000 percent."));
	if (capped && floored && method->cap_r < method->floor_r)
		return wrong(check, TEXT("/cap"),
			     TEXT("The cap is below the floor. Change one of them."));
	if (capped && method->cap_r < 0 && (!floored || method->floor_r >= method->cap_r))
		return wrong(check, TEXT("/cap"),
			     TEXT("A cap below zero makes every fee fall, so it needs a floor "
				  "below it."));
	return true;
}

static bool check_when(struct check *check)
{
	static const int64_t month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	const struct uplift_method *method = check->method;
	int64_t months = method->not_within_months;

	if (months != NO_INT && (months < 0 || months > MONTHS_MOST))
		return wrong(check, TEXT("/not_within_months"),
			     TEXT("Give a number of months up to 120."));
	if (method->not_above_p != NO_INT &&
	    (method->not_above_p < 0 || method->not_above_p > MONEY_MOST_P))
		return wrong(check, TEXT("/not_above"),
			     TEXT("Give a weekly fee between nothing and £10 million."));
	if (method->month == NO_INT && method->day == NO_INT)
		return true;
	if (method->month == NO_INT || method->month < 1 || method->month > 12)
		return wrong(check, TEXT("/month"), TEXT("Give the month with the day, 1 to 12."));
	if (method->day == NO_INT || method->day < 1 || method->day > month_days[method->month - 1])
		return wrong(check, TEXT("/day"),
			     TEXT("Give a day with the month, one that comes every year."));
	return true;
}

bool uplift_method_check(struct arena *arena, const struct uplift_method *method,
			 const struct list *lines, struct flaw *flaw)
{
	struct check check = {arena, method, lines, flaw};

	*flaw = (struct flaw){TEXT_NONE, TEXT_NONE};
	if (method->basis < 0 || method->basis >= UPLIFT_BASIS_COUNT)
		return wrong(&check, TEXT("/basis"), TEXT("Say what the uplift goes by."));
	if (method->rounding != NO_ENUM &&
	    (method->rounding < 0 || method->rounding >= UPLIFT_ROUNDING_COUNT))
		return wrong(&check, TEXT("/rounding"), TEXT("Say how the new fee is rounded."));
	return check_only_its_own(&check) && check_basis(&check) && check_limits(&check) &&
	       check_when(&check);
}

bool uplift_figures_check(struct arena *arena, const struct uplift_figures *figures,
			  struct flaw *flaw)
{
	const struct index_rise *rises = figures->rises.items;
	struct check check = {arena, NULL, NULL, flaw};
	bool seen[COST_INDEX_COUNT] = {false};

	*flaw = (struct flaw){TEXT_NONE, TEXT_NONE};
	if (figures->from_day == NO_DAY)
		return wrong(&check, TEXT("/from"),
			     TEXT("Say from which day the new fee is paid."));
	for (size_t i = 0; i < figures->rises.count; i++) {
		if (rises[i].index < 0 || rises[i].index >= COST_INDEX_COUNT)
			return wrong_at(&check, "rises", i, "index", "Name the index.");
		if (rises[i].index == COST_INDEX_FIXED)
			return wrong_at(&check, "rises", i, "index",
					"What is fixed never rises. Leave it out.");
		if (seen[rises[i].index])
			return wrong_at(&check, "rises", i, "index",
					"This index is given twice. Give it once.");
		seen[rises[i].index] = true;
		if (!is_change(rises[i].percent_r))
			return wrong_at(&check, "rises", i, "percent",
					"Give a rise from -100 to 1,000 percent.");
		if (rises[i].source_url.at && !text_is_web_address(rises[i].source_url))
			return wrong_at(&check, "rises", i, "source_url",
					"Give an address that begins with https:// or http://.");
	}
	return true;
}
