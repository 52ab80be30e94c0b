/*
 * cost_lines.c - what the lines of a cost model are worth.
 *
 * One walk a run, in the order of the lines, in exact fractions. The model is sound (cost_check.c)
 * and planned (cost_plan.c), so a key that names nothing here is a bug; inputs are the caller's, so
 * a zero is not.
 */
#include "cost_lines.h"

#include <assert.h>

#define WEEKS_A_YEAR 52
#define FIGURE_UNIT 10000 /* figures are in ten-thousandths */

struct walk {
	const struct cost_work *work;
	enum cost_run run;
	const struct cost_plan *plan; /* of the line being worked out */
	struct worth fee;	      /* of the lines before it */
	bool by_zero, below;
};

const struct cost_input *cost_input_at(const struct cost_model *model, size_t i)
{
	return (const struct cost_input *)model->inputs.items + i;
}

const struct cost_assumption *cost_assumption_at(const struct cost_model *model, size_t i)
{
	return (const struct cost_assumption *)model->assumptions.items + i;
}

const struct cost_line *cost_line_at(const struct cost_model *model, size_t i)
{
	return (const struct cost_line *)model->lines.items + i;
}

bool cost_line_in_fee(const struct cost_line *line)
{
	return line->counts == COST_IN_FEE || line->counts == NO_ENUM;
}

bool cost_line_is_quantity(const struct cost_line *line)
{
	return line->counts == COST_QUANTITY;
}

bool cost_figure_is_absent(const struct cost_figure *figure)
{
	return figure->single_r == NO_INT && figure->low_r == NO_INT && figure->mid_r == NO_INT &&
	       figure->high_r == NO_INT;
}

int64_t cost_figure_of(const struct cost_figure *figure, enum cost_run run)
{
	if (figure->single_r != NO_INT)
		return figure->single_r;
	switch (run) {
	case RUN_LOW:
		return figure->low_r;
	case RUN_MID:
		return figure->mid_r;
	case RUN_HIGH:
		return figure->high_r;
	case RUN_COUNT:
		break;
	}
	assert(false);
	return NO_INT;
}

static struct worth worth_of(struct ratio fixed)
{
	return (struct worth){fixed, RATIO_ZERO};
}

static struct worth worth_add(struct worth a, struct worth b)
{
	return (struct worth){ratio_add(a.fixed, b.fixed), ratio_add(a.per_price, b.per_price)};
}

static struct worth worth_times(struct worth a, struct ratio factor)
{
	return (struct worth){ratio_multiply(a.fixed, factor), ratio_multiply(a.per_price, factor)};
}

static struct worth figure_worth(int32_t unit, int64_t figure_r)
{
	int64_t bottom = unit == COST_UNIT_PERCENT ? FIGURE_UNIT * 100 : FIGURE_UNIT;

	assert(figure_r != NO_INT);
	/* Most are whole or in pence, and what is small is reckoned sooner (ratio.c). */
	for (int i = 0; i < 2 && figure_r % 100 == 0; i++) {
		figure_r /= 100;
		bottom /= 100;
	}
	return worth_of(ratio_make(figure_r, bottom));
}

static struct worth worth_ref(const struct walk *walk, struct cost_slot slot)
{
	const struct cost_work *work = walk->work;
	const struct cost_assumption *assumption;

	switch (slot.kind) {
	case SLOT_INPUT:
		return figure_worth(cost_input_at(work->model, slot.at)->unit,
				    work->inputs[walk->run][slot.at]);
	case SLOT_ASSUMPTION:
		assumption = cost_assumption_at(work->model, slot.at);
		return figure_worth(assumption->unit,
				    cost_figure_of(&assumption->figure, walk->run));
	case SLOT_LINE:
		return work->worth[walk->run][slot.at];
	case SLOT_NONE:
		break;
	}
	assert(false); /* cost_model_check refuses it */
	return worth_of(RATIO_NONE);
}

static struct ratio plain_ref(const struct walk *walk, struct cost_slot slot)
{
	return worth_ref(walk, slot).fixed;
}

static struct ratio inverse(struct walk *walk, struct ratio a)
{
	if (ratio_is_sound(a) && ratio_sign(a) == 0)
		walk->by_zero = true;
	return ratio_divide(RATIO_ONE, a);
}

/* A figure that something is multiplied or divided by. */
static struct ratio factor_ref(struct walk *walk, struct cost_slot slot)
{
	struct ratio factor = plain_ref(walk, slot);

	walk->below = walk->below || ratio_sign(factor) < 0;
	return factor;
}

static struct ratio product(struct walk *walk, const struct cost_slots *slots)
{
	struct ratio all = RATIO_ONE;

	for (size_t i = 0; i < slots->count; i++)
		all = ratio_multiply(all, factor_ref(walk, slots->at[i]));
	return all;
}

/* value x each quantity / each per */
static struct worth rated(struct walk *walk)
{
	struct ratio factor = ratio_multiply(product(walk, &walk->plan->quantity),
					     inverse(walk, product(walk, &walk->plan->per)));

	return worth_times(worth_ref(walk, walk->plan->value), factor);
}

static struct worth total(const struct walk *walk, const struct cost_slots *slots)
{
	struct worth sum = worth_of(RATIO_ZERO);

	for (size_t i = 0; i < slots->count; i++)
		sum = worth_add(sum, worth_ref(walk, slots->at[i]));
	return sum;
}

static struct worth worth_less(struct worth a, struct worth b)
{
	return worth_add(a, worth_times(b, ratio_make(-1, 1)));
}

static struct ratio lesser(struct ratio a, struct ratio b)
{
	struct ratio difference = ratio_subtract(a, b);

	if (!ratio_is_sound(difference))
		return RATIO_NONE;
	return ratio_sign(difference) <= 0 ? a : b;
}

static struct ratio greater(struct ratio a, struct ratio b)
{
	struct ratio difference = ratio_subtract(a, b);

	if (!ratio_is_sound(difference))
		return RATIO_NONE;
	return ratio_sign(difference) >= 0 ? a : b;
}

static struct worth extreme(const struct walk *walk,
			    struct ratio (*better)(struct ratio, struct ratio))
{
	const struct cost_slots *of = &walk->plan->of;
	struct ratio found = plain_ref(walk, of->at[0]);

	for (size_t i = 1; i < of->count; i++)
		found = better(found, plain_ref(walk, of->at[i]));
	return worth_of(found);
}

static struct ratio years_pay(struct walk *walk)
{
	struct ratio pay = plain_ref(walk, walk->plan->value);

	if (walk->plan->hours.kind == SLOT_NONE)
		return pay;
	pay = ratio_multiply(pay, factor_ref(walk, walk->plan->hours));
	return ratio_multiply(pay, ratio_make(WEEKS_A_YEAR, 1));
}

/* How much of a year's pay lies between the threshold and the upper limit, charged to the lines
 * named or, when none is, to one employee. */
static struct worth charged_between(struct walk *walk)
{
	const struct cost_plan *plan = walk->plan;
	struct ratio year = years_pay(walk), between = year;

	if (plan->upper.kind != SLOT_NONE)
		between = lesser(year, plain_ref(walk, plan->upper));
	between = greater(ratio_subtract(between, plain_ref(walk, plan->threshold)), RATIO_ZERO);
	if (plan->of.count == 0)
		return worth_of(between);
	return worth_times(total(walk, &plan->of), ratio_multiply(between, inverse(walk, year)));
}

static struct worth line_worth(struct walk *walk, const struct cost_line *line)
{
	const struct ratio week = ratio_make(1, WEEKS_A_YEAR);
	const struct cost_plan *plan = walk->plan;
	struct ratio percent = RATIO_NONE;

	if (plan->percent.kind != SLOT_NONE)
		percent = factor_ref(walk, plan->percent);
	switch ((enum cost_kind)line->kind) {
	case COST_AMOUNT:
		return worth_ref(walk, plan->value);
	case COST_PRODUCT:
	case COST_SHARED:
		return rated(walk);
	case COST_ANNUAL:
		return worth_times(rated(walk), week);
	case COST_RETURN:
		return worth_times(worth_times(rated(walk), week), percent);
	case COST_PERCENT_OF_LINES:
		return worth_times(total(walk, &plan->of), percent);
	case COST_PERCENT_OF_PRICE:
		return (struct worth){RATIO_ZERO, percent};
	case COST_MARKUP:
		return worth_times(plan->of.count > 0 ? total(walk, &plan->of) : walk->fee,
				   percent);
	case COST_THRESHOLD:
		return worth_times(charged_between(walk), percent);
	case COST_SUM:
		return worth_less(total(walk, &plan->of), total(walk, &plan->less));
	case COST_MIN:
		return extreme(walk, lesser);
	case COST_MAX:
		return extreme(walk, greater);
	case COST_KIND_COUNT:
		break;
	}
	assert(false);
	return worth_of(RATIO_NONE);
}

void cost_work_init(struct arena *arena, struct cost_work *work, const struct cost_model *model)
{
	*work = (struct cost_work){.model = model};
	work->given = arena_array(arena, bool, model->inputs.count);
	for (int run = 0; run < RUN_COUNT; run++) {
		work->inputs[run] = arena_array(arena, int64_t, model->inputs.count);
		work->worth[run] = arena_array(arena, struct worth, model->lines.count);
	}
}

/* The price is what solves price = fixed + per_price x price. */
static enum cost_trouble find_price(struct cost_work *work, const struct walk *walk, size_t *line)
{
	struct ratio rest = ratio_subtract(RATIO_ONE, walk->fee.per_price);

	if (!ratio_is_sound(rest))
		return TROUBLE_TOO_FINE;
	if (ratio_sign(rest) <= 0) {
		for (*line = work->model->lines.count - 1; *line > 0; (*line)--)
			if (cost_line_in_fee(cost_line_at(work->model, *line)) &&
			    ratio_sign(work->worth[walk->run][*line].per_price) > 0)
				break;
		return TROUBLE_ALL_PRICE;
	}
	work->price[walk->run] = ratio_divide(walk->fee.fixed, rest);
	return ratio_is_sound(work->price[walk->run]) ? TROUBLE_NONE : TROUBLE_TOO_FINE;
}

enum cost_trouble cost_work_one(struct cost_work *work, enum cost_run run, size_t *line)
{
	struct walk walk = {.work = work, .run = run, .fee = worth_of(RATIO_ZERO)};

	for (*line = 0; *line < work->model->lines.count; (*line)++) {
		const struct cost_line *at = cost_line_at(work->model, *line);
		struct worth worth;

		walk.plan = &work->model->plans[*line];
		worth = line_worth(&walk, at);
		if (at->deduction)
			worth = worth_times(worth, ratio_make(-1, 1));
		if (walk.by_zero)
			return TROUBLE_BY_ZERO;
		if (walk.below)
			return TROUBLE_BELOW;
		work->worth[run][*line] = worth;
		if (cost_line_in_fee(at))
			walk.fee = worth_add(walk.fee, worth);
		if (!ratio_is_sound(worth.fixed) || !ratio_is_sound(worth.per_price) ||
		    !ratio_is_sound(walk.fee.fixed) || !ratio_is_sound(walk.fee.per_price))
			return TROUBLE_TOO_FINE;
	}
	*line = work->model->lines.count - 1;
	return find_price(work, &walk, line);
}

enum cost_trouble cost_work_run(struct cost_work *work, size_t *line)
{
	enum cost_trouble trouble = TROUBLE_NONE;

	for (int run = 0; run < RUN_COUNT && trouble == TROUBLE_NONE; run++)
		trouble = cost_work_one(work, (enum cost_run)run, line);
	return trouble;
}

struct ratio cost_work_taken(const struct cost_work *work, enum cost_run run)
{
	struct ratio taken = RATIO_ZERO;

	for (size_t i = 0; i < work->model->lines.count; i++)
		if (cost_line_in_fee(cost_line_at(work->model, i)))
			taken = ratio_add(taken, work->worth[run][i].per_price);
	return taken;
}

struct ratio cost_work_line(const struct cost_work *work, enum cost_run run, size_t line)
{
	struct worth worth = work->worth[run][line];

	return ratio_add(worth.fixed, ratio_multiply(worth.per_price, work->price[run]));
}
