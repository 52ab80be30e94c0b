/*
 * uplift.c - the new fee by an agreed method: which method, exclusions, the sum, rounding, steps.
 *
 * What changes exactly is uplift_change.c's business, the sentences are uplift_words.c's, and what
 * is sound to begin with is uplift_check.c's. Rounding comes once, after everything else; what is
 * paid by whom comes after that, of the whole fee.
 */
#include "concordat/core/money.h"
#include "uplift_work.h"

#define R_PER_PENNY 100
#define R_PER_QUARTER_HOUR 400 /* a penny for a quarter of an hour, by the hour */
#define PENCE_PER_POUND 100
#define RATE_MOST_R MONEY_MOST_P /* as terms have it */
#define PERCENT_MOST_R (MONEY_MOST_P * 100)

/* The percentage that a change is of a fee, for showing; NO_INT of nothing. */
static int64_t percent_of(__int128 change, __int128 of)
{
	__int128 percent = of > 0 ? divide_round(change * WHOLE_R, of) : PERCENT_MOST_R + 1;

	return percent > PERCENT_MOST_R || percent < -PERCENT_MOST_R ? NO_INT : (int64_t)percent;
}

/* ---- rounding ---- */

static __int128 divide_down(__int128 dividend, __int128 divisor)
{
	return dividend / divisor - (dividend % divisor < 0 ? 1 : 0);
}

/* Each line's part / divisor in whole pence, and the pence missing to the total one each to the
 * largest remainders, the earlier line first: at most one a line is missing. */
static void lines_add_up(struct uplift_work *work, __int128 *parts, __int128 divisor, int64_t total)
{
	size_t count = work->terms->lines.count;

	for (size_t i = 0; i < count; i++) {
		__int128 whole = divide_down(parts[i], divisor);

		work->lines[i].weekly_then_p += (int64_t)whole;
		parts[i] -= whole * divisor;
		total -= (int64_t)whole;
	}
	for (; total > 0; total--) {
		size_t largest = 0;

		for (size_t i = 1; i < count; i++)
			if (parts[i] > parts[largest])
				largest = i;
		work->lines[largest].weekly_then_p++;
		parts[largest] = -1;
	}
}

/* Shown, not paid: the exact rate where it has four decimals and makes the amount (or is a target),
 * else what the amount comes to for one unit. An amount that stays keeps its rate. */
static int64_t rate_shown(const struct uplift_work *work, size_t at)
{
	bool is_named = work->method->basis == UPLIFT_TARGET;
	const struct uplift_line *line = &work->lines[at];
	__int128 exact = line->rate_now_r * work->bottom + work->changes[at].rate;

	if (exact % work->bottom == 0 &&
	    (is_named || divide_round(exact / work->bottom * line->quantity_r, QUANTITY_RATE) ==
				 line->weekly_then_p))
		return (int64_t)(exact / work->bottom);
	if (line->weekly_then_p == line->weekly_now_p)
		return line->rate_now_r;
	return (int64_t)divide_round((__int128)line->weekly_then_p * QUANTITY_RATE,
				     line->quantity_r);
}

/* What the pound's rounding adds or takes, to the lines by what each comes to; what takes off takes
 * no part. */
static void spread_pence(struct uplift_work *work, __int128 *parts, int64_t pence)
{
	size_t count = work->terms->lines.count;
	__int128 above = 0;

	for (size_t i = 0; i < count; i++) {
		int64_t weekly_p = work->lines[i].weekly_then_p;

		parts[i] = weekly_p > 0 ? (__int128)weekly_p * pence : 0;
		above += weekly_p > 0 ? weekly_p : 0;
	}
	if (above > 0)
		lines_add_up(work, parts, above, pence);
}

/* What a line is worth exactly, over bottom. A rate that the method names is paid as it is named,
 * whatever the penny that the old amount was rounded to; unless a limit took its place. */
static __int128 exact_weekly(const struct uplift_work *work, size_t at, bool is_limited)
{
	const struct uplift_line *line = &work->lines[at];
	const struct line_change *change = &work->changes[at];
	bool is_named =
		work->method->basis == UPLIFT_TARGET ||
		(work->method->basis == UPLIFT_FLAT && work->method->flat_unit != LINE_WEEK);

	if (is_named && !is_limited && change->rate != 0)
		return (line->rate_now_r * work->bottom + change->rate) / QUANTITY_RATE *
		       line->quantity_r;
	return line->weekly_now_p * work->bottom + change->weekly;
}

static void round_total(struct uplift_work *work, bool is_limited, bool to_pound)
{
	size_t count = work->terms->lines.count;
	__int128 *parts = arena_array(work->arena, __int128, count);
	__int128 sum = 0;
	int64_t total, pounds;

	for (size_t i = 0; i < count; i++) {
		parts[i] = exact_weekly(work, i, is_limited);
		sum += parts[i];
		work->lines[i].weekly_then_p = 0;
	}
	total = (int64_t)divide_round(sum, work->bottom);
	pounds = (int64_t)divide_round(sum, work->bottom * PENCE_PER_POUND);
	lines_add_up(work, parts, work->bottom, total);
	if (to_pound)
		spread_pence(work, parts, pounds * PENCE_PER_POUND - total);
	for (size_t i = 0; i < count; i++)
		work->lines[i].rate_then_r = rate_shown(work, i);
}

static void round_rates(struct uplift_work *work, bool up_per_quarter)
{
	for (size_t i = 0; i < work->terms->lines.count; i++) {
		struct uplift_line *line = &work->lines[i];
		__int128 exact = line->rate_now_r * work->bottom + work->changes[i].rate;

		line->rate_then_r = line->rate_now_r;
		line->weekly_then_p = line->weekly_now_p;
		if (work->changes[i].rate == 0)
			continue;
		if (up_per_quarter && line->unit == LINE_HOUR)
			line->rate_then_r =
				(int64_t)divide_up(exact, work->bottom * R_PER_QUARTER_HOUR) *
				R_PER_QUARTER_HOUR;
		else
			line->rate_then_r =
				(int64_t)divide_round(exact, work->bottom * R_PER_PENNY) *
				R_PER_PENNY;
		line->weekly_then_p = (int64_t)divide_round(
			(__int128)line->rate_then_r * line->quantity_r, QUANTITY_RATE);
	}
}

static void round_fee(struct uplift_work *work, enum uplift_rule rule)
{
	bool is_limited = rule == UPLIFT_RULE_CAP || rule == UPLIFT_RULE_FLOOR;

	if (work->method->rounding == NO_ENUM) {
		round_total(work, is_limited, false);
		return;
	}
	switch ((enum uplift_rounding)work->method->rounding) {
	case UPLIFT_TOTAL_TO_PENNY:
		round_total(work, is_limited, false);
		return;
	case UPLIFT_TOTAL_TO_POUND:
		round_total(work, is_limited, true);
		return;
	case UPLIFT_RATE_TO_PENNY:
		round_rates(work, false);
		return;
	case UPLIFT_RATE_UP_PER_QUARTER_HOUR:
		round_rates(work, true);
		return;
	case UPLIFT_ROUNDING_COUNT:
		break;
	}
}

/* ---- one step ---- */

/* False when something is beyond what may be paid: *line, or NULL for the fee, and which way. */
static bool is_in_range(const struct uplift_work *work, int64_t *fee_p,
			const struct uplift_line **at_fault, bool *below)
{
	*fee_p = 0;
	for (size_t i = 0; i < work->terms->lines.count; i++) {
		const struct uplift_line *line = &work->lines[i];
		__int128 exact = line->rate_now_r * work->bottom + work->changes[i].rate;

		*at_fault = line;
		*below = exact < 0;
		if (*below && line->rate_now_r >= 0)
			return false;
		if (line->rate_then_r > RATE_MOST_R || line->rate_then_r < -RATE_MOST_R ||
		    line->weekly_then_p > MONEY_MOST_P || line->weekly_then_p < -MONEY_MOST_P)
			return false;
		*fee_p += line->weekly_then_p;
	}
	*at_fault = NULL;
	*below = *fee_p < 0;
	return *fee_p >= 0 && *fee_p <= MONEY_MOST_P;
}

/* From what the lines have now to what they have then. */
static enum uplift_rule step_work(struct uplift_work *work)
{
	enum uplift_rule rule;

	uplift_change(work);
	work->percent_r =
		percent_of(uplift_change_of_fee(work), (__int128)work->weekly_now_p * work->bottom);
	rule = uplift_limit(work);
	round_fee(work, rule);
	return rule;
}

static void step_add(struct uplift_work *work, struct uplift *out, int32_t from_day,
		     int64_t weekly_p)
{
	struct uplift_step *steps = out->path.items;

	*LIST_ADD(work->arena, steps, out->path.count) = (struct uplift_step){from_day, weekly_p};
	out->path.items = steps;
}

static bool is_above_threshold(const struct uplift_method *method, int64_t weekly_p)
{
	return method->not_above_p != NO_INT && weekly_p > method->not_above_p;
}

/* The steps to come, each from what is paid after the one before it. */
static void path_work(struct uplift_work *work, struct uplift *out)
{
	size_t size = work->terms->lines.count * sizeof(struct uplift_line);
	const struct uplift_line *at_fault;
	int64_t fee_p = out->weekly_then_p;
	bool below;

	step_add(work, out, out->from_day, fee_p);
	work->lines = arena_copy(work->arena, work->lines, size);
	while (work->step < work->method->years && !is_above_threshold(work->method, fee_p)) {
		for (size_t i = 0; i < work->terms->lines.count; i++) {
			work->lines[i].rate_now_r = work->lines[i].rate_then_r;
			work->lines[i].weekly_now_p = work->lines[i].weekly_then_p;
		}
		work->weekly_now_p = fee_p;
		work->step++;
		(void)step_work(work);
		if (!is_in_range(work, &fee_p, &at_fault, &below))
			return;
		step_add(work, out,
			 day_add_months(work->method->first_day, 12 * ((int32_t)work->step - 1)),
			 fee_p);
	}
}

/* ---- which method, and whether at all ---- */

/* 1 from the first step's day, 2 from its anniversary on, and so to the last; 0 before it. */
static int64_t step_on(const struct uplift_method *method, int32_t day)
{
	int64_t step = 0;

	while (step < method->years && day_add_months(method->first_day, 12 * (int32_t)step) <= day)
		step++;
	return step;
}

static bool is_too_young(const struct uplift_work *work)
{
	int64_t months = work->method->not_within_months;

	return months != NO_INT && work->terms->start_day != NO_DAY &&
	       work->figures->from_day < day_add_months(terms_began(work->terms), (int32_t)months);
}

static void lines_begin(struct uplift_work *work, struct uplift *out)
{
	const struct fee_line *lines = work->terms->lines.items;
	size_t count = work->terms->lines.count;

	work->lines = arena_array(work->arena, struct uplift_line, count);
	for (size_t i = 0; i < count; i++)
		work->lines[i] = (struct uplift_line){
			.key = lines[i].key,
			.label = lines[i].label,
			.unit = lines[i].unit,
			.index = lines[i].index,
			.quantity_r = lines[i].quantity_r,
			.rate_now_r = lines[i].rate_r,
			.rate_then_r = lines[i].rate_r,
			.weekly_now_p = lines[i].weekly_p,
			.weekly_then_p = lines[i].weekly_p,
		};
	out->lines = (struct list){work->lines, count};
	work->weekly_now_p = work->terms->weekly_p;
}

static bool leave(const struct uplift_work *work, struct uplift *out, enum uplift_rule rule,
		  const struct fee_line *line, int32_t index)
{
	out->rule = rule;
	out->reason = uplift_words_left(work, rule, line, index);
	return false;
}

/* A figure for everything the method goes by. */
static bool figures_are_there(const struct uplift_work *work, struct uplift *out)
{
	const struct uplift_method *method = work->method;
	const struct uplift_weight *weights = method->weights.items;
	const struct fee_line *lines = work->terms->lines.items;

	for (size_t i = 0; method->basis == UPLIFT_WEIGHTED && i < method->weights.count; i++)
		if (work->rise_r[weights[i].index] == NO_INT)
			return leave(work, out, UPLIFT_RULE_FIGURE_MISSING, NULL, weights[i].index);
	for (size_t i = 0; method->basis == UPLIFT_BY_LINE && i < work->terms->lines.count; i++)
		if (lines[i].index == NO_ENUM || work->rise_r[lines[i].index] == NO_INT)
			return leave(work, out, UPLIFT_RULE_FIGURE_MISSING, &lines[i],
				     lines[i].index);
	return true;
}

/* Chooses the method; false when the fee stays as it is. */
static bool is_to_be_uplifted(struct uplift_work *work, const struct uplift_question *question,
			      struct uplift *out)
{
	bool own = work->terms->uplift.basis != NO_ENUM;

	work->method = own ? &work->terms->uplift : question->general;
	if (own && question->leave_out_own)
		return leave(work, out, UPLIFT_RULE_OWN_METHOD, NULL, NO_ENUM);
	if (!work->method)
		return leave(work, out, UPLIFT_RULE_NO_METHOD, NULL, NO_ENUM);
	if (work->terms->start_day != NO_DAY && out->from_day < work->terms->start_day)
		return leave(work, out, UPLIFT_RULE_NOT_STARTED, NULL, NO_ENUM);
	if (is_too_young(work))
		return leave(work, out, UPLIFT_RULE_TOO_YOUNG, NULL, NO_ENUM);
	if (is_above_threshold(work->method, work->weekly_now_p))
		return leave(work, out, UPLIFT_RULE_ABOVE_THRESHOLD, NULL, NO_ENUM);
	if (work->method->basis == UPLIFT_TARGET) {
		work->step = step_on(work->method, out->from_day);
		if (work->step == 0)
			return leave(work, out, UPLIFT_RULE_NOT_YET, NULL, NO_ENUM);
	}
	return figures_are_there(work, out);
}

static void funding_work(struct arena *arena, const struct terms *terms, struct uplift *out)
{
	size_t size = terms->funding.count * sizeof(struct funding_part);
	struct flaw flaw;

	if (terms->funding.count == 0)
		return;
	out->funding =
		(struct list){arena_copy(arena, terms->funding.items, size), terms->funding.count};
	if (funding_split(arena, &out->funding, out->weekly_then_p, &flaw))
		return;
	out->funding = (struct list){NULL, 0};
	out->reason =
		text_printf(arena,
			    "%.*s What the payers were to pay comes to more than the new fee, "
			    "so it must be split again.",
			    TEXT_FMT(out->reason));
}

static void method_work(struct uplift_work *work, struct uplift *out)
{
	const struct uplift_line *at_fault;
	enum uplift_rule rule;
	int64_t fee_p;
	bool below;

	work->changes = arena_array(work->arena, struct line_change, work->terms->lines.count);
	rule = step_work(work);
	if (!is_in_range(work, &fee_p, &at_fault, &below)) {
		out->rule = UPLIFT_RULE_OUT_OF_RANGE;
		out->reason = uplift_words_range(work, at_fault, below);
		lines_begin(work, out);
		return;
	}
	out->is_uplifted = true;
	out->rule = rule;
	out->reason = uplift_words_worked(work, rule);
	out->weekly_then_p = fee_p;
	if (work->method->basis == UPLIFT_TARGET)
		path_work(work, out);
}

void uplift_work(struct arena *arena, const struct terms *terms,
		 const struct uplift_question *question, struct uplift *out)
{
	const struct index_rise *rises = question->figures->rises.items;
	struct uplift_work work = {
		.arena = arena,
		.terms = terms,
		.figures = question->figures,
	};

	*out = (struct uplift){
		.from_day = question->figures->from_day,
		.weekly_now_p = terms->weekly_p,
		.weekly_then_p = terms->weekly_p,
	};
	for (int i = 0; i < COST_INDEX_COUNT; i++)
		work.rise_r[i] = NO_INT;
	for (size_t i = 0; i < question->figures->rises.count; i++)
		work.rise_r[rises[i].index] = rises[i].percent_r;
	work.rise_r[COST_INDEX_FIXED] = 0;
	lines_begin(&work, out);
	if (is_to_be_uplifted(&work, question, out))
		method_work(&work, out);
	out->difference_p = out->weekly_then_p - out->weekly_now_p;
	out->percent_r = percent_of(out->difference_p, out->weekly_now_p);
	funding_work(arena, terms, out);
}
