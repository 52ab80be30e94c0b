/*
 * uplift_change.c - what a method's basis changes in every line, exactly, and what its limits
 * leave.
 *
 * All changes of one fee stand over one common bottom, so that nothing is rounded on the way and a
 * limit scales them by a number. Rounding is uplift.c's business.
 */
#include "uplift_work.h"

#define R_PER_PENNY 100

/* ---- the basis: a change for every line ---- */

static void change_by_percent(struct uplift_work *work, size_t at, __int128 percent)
{
	work->changes[at] = (struct line_change){work->lines[at].weekly_now_p * percent,
						 work->lines[at].rate_now_r * percent};
}

/* rate: over bottom / QUANTITY_RATE. */
static void change_to_rate(struct uplift_work *work, size_t at, __int128 rate)
{
	const struct uplift_line *line = &work->lines[at];
	__int128 change = rate - line->rate_now_r * (work->bottom / QUANTITY_RATE);

	work->changes[at] = (struct line_change){change * line->quantity_r, change * QUANTITY_RATE};
}

static void change_by_line(struct uplift_work *work)
{
	work->bottom = WHOLE_R;
	for (size_t i = 0; i < work->terms->lines.count; i++)
		change_by_percent(work, i, work->rise_r[work->lines[i].index]);
}

static void change_by_weights(struct uplift_work *work)
{
	const struct uplift_weight *weights = work->method->weights.items;
	__int128 percent = 0;

	for (size_t i = 0; i < work->method->weights.count; i++)
		percent += (__int128)weights[i].percent_r * work->rise_r[weights[i].index];
	work->bottom = (__int128)WHOLE_R * WHOLE_R;
	for (size_t i = 0; i < work->terms->lines.count; i++)
		change_by_percent(work, i, percent);
}

/* So much on the whole fee: to the lines by what each comes to, and to the first where the fee is
 * nothing. A line that takes off takes no part. */
static void change_fee(struct uplift_work *work, int64_t flat_r)
{
	const struct uplift_line *lines = work->lines;
	__int128 above = 0;

	for (size_t i = 0; i < work->terms->lines.count; i++)
		above += lines[i].weekly_now_p > 0 ? lines[i].weekly_now_p : 0;
	if (work->weekly_now_p == 0) {
		work->bottom = (__int128)R_PER_PENNY * lines[0].quantity_r;
		work->changes[0].weekly = (__int128)flat_r * lines[0].quantity_r;
		work->changes[0].rate = (__int128)flat_r * QUANTITY_RATE;
		return;
	}
	work->bottom = R_PER_PENNY * above;
	for (size_t i = 0; i < work->terms->lines.count; i++)
		if (lines[i].weekly_now_p > 0)
			change_by_percent(work, i, flat_r);
}

static void change_flat(struct uplift_work *work)
{
	const struct uplift_method *method = work->method;

	if (method->flat_unit == LINE_WEEK) {
		change_fee(work, method->flat_r);
		return;
	}
	work->bottom = QUANTITY_RATE;
	for (size_t i = 0; i < work->terms->lines.count; i++)
		if (work->lines[i].unit == method->flat_unit)
			change_to_rate(work, i, work->lines[i].rate_now_r + method->flat_r);
}

static const struct uplift_target *target_of(const struct uplift_method *method,
					     const struct uplift_line *line)
{
	const struct uplift_target *targets = method->targets.items;

	for (size_t i = 0; i < method->targets.count; i++)
		if (targets[i].unit == line->unit &&
		    (!targets[i].key.at || text_eq(targets[i].key, line->key)))
			return &targets[i];
	return NULL;
}

static void change_to_target(struct uplift_work *work)
{
	int64_t remaining = work->method->years - work->step + 1;

	work->bottom = (__int128)QUANTITY_RATE * remaining;
	for (size_t i = 0; i < work->terms->lines.count; i++) {
		const struct uplift_target *target = target_of(work->method, &work->lines[i]);

		if (target)
			change_to_rate(work, i,
				       (__int128)work->lines[i].rate_now_r * (remaining - 1) +
					       target->rate_r);
	}
}

void uplift_change(struct uplift_work *work)
{
	for (size_t i = 0; i < work->terms->lines.count; i++)
		work->changes[i] = (struct line_change){0, 0};
	switch ((enum uplift_basis)work->method->basis) {
	case UPLIFT_BY_LINE:
		change_by_line(work);
		return;
	case UPLIFT_WEIGHTED:
		change_by_weights(work);
		return;
	case UPLIFT_FLAT:
		change_flat(work);
		return;
	case UPLIFT_TARGET:
		change_to_target(work);
		return;
	case UPLIFT_BASIS_COUNT:
		break;
	}
	work->bottom = 1;
}

/* ---- cap and floor ---- */

__int128 uplift_change_of_fee(const struct uplift_work *work)
{
	__int128 sum = 0;

	for (size_t i = 0; i < work->terms->lines.count; i++)
		sum += work->changes[i].weekly;
	return sum;
}

/* Scaled, each line keeps its part of the change, and one that does not rise stays. That needs a
 * change to scale which goes the limit's way, and lines that would not be driven apart by it. */
static bool is_scalable(const struct uplift_work *work, __int128 change, __int128 limit)
{
	if (work->method->basis == UPLIFT_WEIGHTED || change == 0 || (change > 0) != (limit >= 0))
		return limit == 0;
	if (change > 0 ? limit <= change : limit >= change)
		return true;
	for (size_t i = 0; i < work->terms->lines.count; i++)
		if (work->changes[i].weekly != 0 && (work->changes[i].weekly > 0) != (change > 0))
			return false;
	return true;
}

/* The fee changes by just this percentage. */
static void change_by_limit(struct uplift_work *work, __int128 change, int64_t limit_r)
{
	__int128 limit = (__int128)work->weekly_now_p * limit_r;
	bool scales = is_scalable(work, change * WHOLE_R, limit * work->bottom);
	__int128 factor = change < 0 ? -limit : limit;

	for (size_t i = 0; i < work->terms->lines.count; i++) {
		if (!scales) {
			change_by_percent(work, i, limit_r);
			continue;
		}
		work->changes[i].weekly *= factor;
		work->changes[i].rate *= factor;
	}
	work->bottom = !scales	    ? WHOLE_R
		       : change < 0 ? -change * WHOLE_R
		       : change > 0 ? change * WHOLE_R
				    : 1;
}

static enum uplift_rule rule_of_basis(enum uplift_basis basis)
{
	static const enum uplift_rule rules[UPLIFT_BASIS_COUNT] = {
		UPLIFT_RULE_BY_LINE, UPLIFT_RULE_WEIGHTED, UPLIFT_RULE_FLAT, UPLIFT_RULE_TARGET};

	return rules[basis];
}

enum uplift_rule uplift_limit(struct uplift_work *work)
{
	const struct uplift_method *method = work->method;
	__int128 change = uplift_change_of_fee(work);
	__int128 fee = (__int128)work->weekly_now_p * work->bottom;

	if (method->cap_r != NO_INT && change * WHOLE_R > fee * method->cap_r) {
		change_by_limit(work, change, method->cap_r);
		return UPLIFT_RULE_CAP;
	}
	if (method->floor_r != NO_INT && change * WHOLE_R < fee * method->floor_r) {
		change_by_limit(work, change, method->floor_r);
		return UPLIFT_RULE_FLOOR;
	}
	return rule_of_basis((enum uplift_basis)method->basis);
}
