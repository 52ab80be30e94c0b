/*
 * cost_words.c - a guide's lines in words: the arithmetic, the figures, the sources.
 *
 * Words show figures to four decimals at most; the arithmetic itself (cost_lines.c) has no such
 * limit, so nothing is ever read back from here.
 */
#include <assert.h>

#include "concordat/core/money.h"
#include "cost_lines.h"

#define FIGURE_UNIT 10000

static const struct {
	const char *one, *many;
} unit_words[COST_UNIT_COUNT] = {
	[COST_UNIT_HOUR] = {"hour", "hours"},	 [COST_UNIT_MINUTE] = {"minute", "minutes"},
	[COST_UNIT_VISIT] = {"visit", "visits"}, [COST_UNIT_NIGHT] = {"night", "nights"},
	[COST_UNIT_DAY] = {"day", "days"},	 [COST_UNIT_WEEK] = {"week", "weeks"},
	[COST_UNIT_MONTH] = {"month", "months"}, [COST_UNIT_YEAR] = {"year", "years"},
	[COST_UNIT_MILE] = {"mile", "miles"},	 [COST_UNIT_PERSON] = {"person", "people"},
	[COST_UNIT_BED] = {"bed", "beds"},
};

/* "£1,250.50", or "£7.5089" where the figure is finer than a penny. */
static void put_pounds(struct writer *w, int64_t figure_r)
{
	int64_t pence = figure_r / 100, rest = figure_r % 100;
	uint64_t finer = (uint64_t)(rest < 0 ? -rest : rest);

	if (figure_r < 0 && pence == 0)
		writer_char(w, '-');
	money_put(w, pence, true);
	if (finer % 10 != 0)
		writer_digits(w, finer, 2);
	else if (finer != 0)
		writer_digits(w, finer / 10, 1);
}

static void put_figure(struct writer *w, int32_t unit, int64_t figure_r)
{
	if (unit == COST_UNIT_POUND) {
		put_pounds(w, figure_r);
		return;
	}
	rate_put(w, figure_r);
	if (unit == COST_UNIT_PERCENT)
		writer_char(w, '%');
	if (unit < 0 || unit >= COST_UNIT_COUNT || !unit_words[unit].one)
		return;
	writer_char(w, ' ');
	writer_puts(w, figure_r == FIGURE_UNIT ? unit_words[unit].one : unit_words[unit].many);
}

struct text cost_words_figure(struct arena *arena, int32_t unit, int64_t figure_r)
{
	struct writer w;

	writer_init(&w, arena);
	put_figure(&w, unit, figure_r);
	return writer_text(&w);
}

static void put_ratio(struct writer *w, int32_t unit, struct ratio a)
{
	int64_t figure_r;

	if (ratio_round(a, unit == COST_UNIT_PERCENT ? FIGURE_UNIT * 100 : FIGURE_UNIT, &figure_r))
		put_figure(w, unit, figure_r);
	else
		writer_puts(w, "a figure too large to show");
}

static int32_t line_unit(const struct cost_line *line)
{
	return cost_line_is_quantity(line) ? line->unit : COST_UNIT_POUND;
}

static struct text slot_label(const struct cost_model *model, struct cost_slot slot)
{
	switch (slot.kind) {
	case SLOT_INPUT:
		return cost_input_at(model, slot.at)->label;
	case SLOT_ASSUMPTION:
		return cost_assumption_at(model, slot.at)->label;
	case SLOT_LINE:
		return cost_line_at(model, slot.at)->label;
	case SLOT_NONE:
		break;
	}
	assert(false);
	return TEXT_NONE;
}

/* What it is worth in the mid run. */
static void put_slot(struct writer *w, const struct cost_work *work, struct cost_slot slot)
{
	const struct cost_assumption *assumption;

	switch (slot.kind) {
	case SLOT_INPUT:
		put_figure(w, cost_input_at(work->model, slot.at)->unit,
			   work->inputs[RUN_MID][slot.at]);
		return;
	case SLOT_ASSUMPTION:
		assumption = cost_assumption_at(work->model, slot.at);
		put_figure(w, assumption->unit, cost_figure_of(&assumption->figure, RUN_MID));
		return;
	case SLOT_LINE:
		put_ratio(w, line_unit(cost_line_at(work->model, slot.at)),
			  cost_work_line(work, RUN_MID, slot.at));
		return;
	case SLOT_NONE:
		break;
	}
	assert(false);
}

static void put_product(struct writer *w, const struct cost_work *work,
			const struct cost_slots *slots)
{
	for (size_t i = 0; i < slots->count; i++) {
		writer_puts(w, i > 0 ? " × " : "");
		put_slot(w, work, slots->at[i]);
	}
}

/* "12.50 hours × £14.20" */
static void put_above(struct writer *w, const struct cost_work *work, const struct cost_plan *plan)
{
	put_product(w, work, &plan->quantity);
	writer_puts(w, plan->quantity.count > 0 ? " × " : "");
	put_slot(w, work, plan->value);
}

/* " ÷ 6.00 people" */
static void put_below(struct writer *w, const struct cost_work *work, const struct cost_plan *plan)
{
	if (plan->per.count == 0)
		return;
	writer_puts(w, plan->per.count > 1 ? " ÷ (" : " ÷ ");
	put_product(w, work, &plan->per);
	writer_puts(w, plan->per.count > 1 ? ")" : "");
}

/* "Pay (£6.31) + Travel (£1.1989)" */
static void put_named(struct writer *w, const struct cost_work *work,
		      const struct cost_slots *slots, const char *between)
{
	for (size_t i = 0; i < slots->count; i++) {
		writer_puts(w, i > 0 ? between : "");
		writer_put(w, slot_label(work->model, slots->at[i]));
		writer_puts(w, " (");
		put_slot(w, work, slots->at[i]);
		writer_char(w, ')');
	}
}

static void put_of(struct writer *w, const struct cost_work *work, const struct cost_plan *plan,
		   const char *between)
{
	put_named(w, work, &plan->of, between);
	if (plan->less.count == 0)
		return;
	writer_puts(w, " − ");
	put_named(w, work, &plan->less, " − ");
}

static void put_threshold(struct writer *w, const struct cost_work *work,
			  const struct cost_plan *plan)
{
	bool by_hours = plan->hours.kind != SLOT_NONE;

	put_slot(w, work, plan->percent);
	writer_puts(w, " of pay above ");
	put_slot(w, work, plan->threshold);
	if (plan->upper.kind != SLOT_NONE) {
		writer_puts(w, " and up to ");
		put_slot(w, work, plan->upper);
	}
	writer_puts(w, " a year (");
	if (by_hours) {
		put_slot(w, work, plan->hours);
		writer_puts(w, " a week at ");
	}
	put_slot(w, work, plan->value);
	writer_puts(w, by_hours ? ")" : " a year)");
	writer_puts(w, plan->of.count > 0 ? ", on " : "");
	put_of(w, work, plan, " + ");
}

static void put_kind(struct writer *w, const struct cost_work *work, enum cost_kind kind,
		     const struct cost_plan *plan)
{
	switch (kind) {
	case COST_AMOUNT:
	case COST_PRODUCT:
	case COST_SHARED:
		put_above(w, work, plan);
		put_below(w, work, plan);
		return;
	case COST_ANNUAL:
		put_above(w, work, plan);
		writer_puts(w, " a year ÷ 52");
		put_below(w, work, plan);
		return;
	case COST_RETURN:
		put_above(w, work, plan);
		writer_puts(w, " × ");
		put_slot(w, work, plan->percent);
		writer_puts(w, " ÷ 52");
		put_below(w, work, plan);
		return;
	case COST_PERCENT_OF_LINES:
		put_slot(w, work, plan->percent);
		writer_puts(w, " of ");
		put_of(w, work, plan, " + ");
		return;
	case COST_PERCENT_OF_PRICE:
		put_slot(w, work, plan->percent);
		writer_puts(w, " of the price (");
		put_ratio(w, COST_UNIT_POUND, work->price[RUN_MID]);
		writer_char(w, ')');
		return;
	case COST_MARKUP:
		put_slot(w, work, plan->percent);
		writer_puts(w, " on a cost of ");
		if (plan->of.count > 0)
			put_of(w, work, plan, " + ");
		else
			writer_puts(w, "everything above that is in the fee");
		return;
	case COST_THRESHOLD:
		put_threshold(w, work, plan);
		return;
	case COST_SUM:
		put_of(w, work, plan, " + ");
		return;
	case COST_MIN:
		writer_puts(w, "the least of: ");
		put_of(w, work, plan, ", ");
		return;
	case COST_MAX:
		writer_puts(w, "the most of: ");
		put_of(w, work, plan, ", ");
		return;
	case COST_KIND_COUNT:
		break;
	}
	assert(false);
}

struct text cost_words_working(struct arena *arena, const struct cost_work *work, size_t line)
{
	const struct cost_line *at = cost_line_at(work->model, line);
	struct writer w;

	writer_init(&w, arena);
	writer_puts(&w, at->deduction ? "less " : "");
	put_kind(&w, work, (enum cost_kind)at->kind, &work->model->plans[line]);
	return writer_text(&w);
}

static void put_range(struct writer *w, int32_t unit, int64_t low_r, int64_t mid_r, int64_t high_r)
{
	if (low_r == mid_r && mid_r == high_r) {
		put_figure(w, unit, mid_r);
		return;
	}
	put_figure(w, unit, low_r);
	writer_puts(w, " low, ");
	put_figure(w, unit, mid_r);
	writer_puts(w, " mid, ");
	put_figure(w, unit, high_r);
	writer_puts(w, " high");
}

static void put_used(struct writer *w, const struct cost_work *work, struct cost_slot slot)
{
	const struct cost_assumption *assumption;

	writer_put(w, slot_label(work->model, slot));
	writer_puts(w, ": ");
	if (slot.kind == SLOT_INPUT) {
		put_range(w, cost_input_at(work->model, slot.at)->unit,
			  work->inputs[RUN_LOW][slot.at], work->inputs[RUN_MID][slot.at],
			  work->inputs[RUN_HIGH][slot.at]);
		writer_puts(w, work->given[slot.at] ? "" : " (left at its default)");
		return;
	}
	assumption = cost_assumption_at(work->model, slot.at);
	put_range(w, assumption->unit, cost_figure_of(&assumption->figure, RUN_LOW),
		  cost_figure_of(&assumption->figure, RUN_MID),
		  cost_figure_of(&assumption->figure, RUN_HIGH));
}

struct text cost_words_assumption(struct arena *arena, const struct cost_work *work, size_t line)
{
	const struct cost_slots *slots = &work->model->plans[line].all;
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < slots->count; i++) {
		if (slots->at[i].kind == SLOT_LINE)
			continue;
		writer_puts(&w, w.len > 0 ? "; " : "");
		put_used(&w, work, slots->at[i]);
	}
	return w.len > 0 ? writer_text(&w) : TEXT_NONE;
}

/* Each source once, in the order they come. */
struct sources {
	struct writer w;
	struct text *said;
	size_t count;
};

static void put_source(struct sources *sources, struct text label, struct text source,
		       struct text url)
{
	struct writer *w = &sources->w;

	if (!source.at)
		return;
	for (size_t i = 0; i < sources->count; i++)
		if (text_eq(sources->said[i], source))
			return;
	*LIST_ADD(w->arena, sources->said, sources->count) = source;
	writer_puts(w, w->len > 0 ? "; " : "");
	writer_put(w, label);
	writer_puts(w, label.at ? ": " : "");
	writer_put(w, source);
	if (url.at)
		writer_printf(w, " (%.*s)", TEXT_FMT(url));
}

struct text cost_words_source(struct arena *arena, const struct cost_model *model,
			      const struct cost_line *line, const struct cost_slots *slots)
{
	struct sources sources = {.said = NULL};

	writer_init(&sources.w, arena);
	put_source(&sources, TEXT_NONE, line->source, line->source_url);
	for (size_t i = 0; i < slots->count; i++) {
		struct cost_slot slot = slots->at[i];
		const struct cost_assumption *assumption;
		const struct cost_input *input;

		if (slot.kind == SLOT_ASSUMPTION) {
			assumption = cost_assumption_at(model, slot.at);
			put_source(&sources, assumption->label, assumption->source,
				   assumption->source_url);
		} else if (slot.kind == SLOT_INPUT) {
			input = cost_input_at(model, slot.at);
			put_source(&sources, input->label, input->source, input->source_url);
		}
	}
	return writer_text(&sources.w);
}
