/*
 * compare.c - one guide price beside another: what moved it.
 *
 * The steps between the two are calculations of their own, run by the engine on copies of the
 * earlier model, so that every part is a difference of two prices. Figures and lines are
 * compare_changes.c, the sentence compare_words.c, an offer beside a guide compare_offer.c.
 */
#include "concordat/core/compare.h"

#include "compare_changes.h"
#include "compare_words.h"
#include "concordat/core/fields.h"
#include "cost_lines.h"

#define KEY_MOST 40
#define LABEL_MOST 120
#define LIST_MOST 400 /* every one of both models */

#define FIGURE_F(type, member, json, flags, help)                                               \
	F(type, member, json, FIELD_RATE, flags, -COST_FIGURE_MOST_R, COST_FIGURE_MOST_R, NULL, \
	  NULL, help)
#define MOVED_F(type, member, json, help) \
	F(type, member, json, FIELD_MONEY, REQ, -MONEY_MOST_P, MONEY_MOST_P, NULL, NULL, help)

static const struct field figure_change_fields[] = {
	TEXT_F(figure_change, key, REQ, KEY_MOST, "its key in the model"),
	TEXT_F(figure_change, label, REQ, LABEL_MOST, "what it is"),
	TEXT_F(figure_change, unit, REQ, KEY_MOST, "what it counts"),
	FIGURE_F(figure_change, before_r, "before", 0, "its mid figure before; absent: none"),
	FIGURE_F(figure_change, after_r, "after", 0, "its mid figure after; absent: none"),
};
static TABLE(figure_change, struct figure_change, "An input or an assumption that differs");

static const struct field line_mover_fields[] = {
	TEXT_F(line_mover, key, REQ, KEY_MOST, "of an input or an assumption"),
	TEXT_F(line_mover, label, REQ, LABEL_MOST, "what it is"),
};
static TABLE(line_mover, struct line_mover, "What moved a line");

static const struct field line_change_fields[] = {
	TEXT_F(line_change, key, REQ, KEY_MOST, "the line's key in the model"),
	TEXT_F(line_change, label, REQ, LABEL_MOST, "what is paid for"),
	TEXT_F(line_change, group, REQ, KEY_MOST, "staff, premises, supplies, overhead, return"),
	TEXT_F(line_change, unit, REQ, KEY_MOST, "what the figures are for"),
	BOOL_F(line_change, in_fee, 0, "it is part of the price"),
	FIGURE_F(line_change, before_low_r, "before_low", 0, "low before; absent: no such line"),
	FIGURE_F(line_change, before_mid_r, "before_mid", 0, "mid before"),
	FIGURE_F(line_change, before_high_r, "before_high", 0, "high before"),
	FIGURE_F(line_change, after_low_r, "after_low", 0, "low after; absent: no such line"),
	FIGURE_F(line_change, after_mid_r, "after_mid", 0, "mid after"),
	FIGURE_F(line_change, after_high_r, "after_high", 0, "high after"),
	FIGURE_F(line_change, difference_r, "difference", REQ, "of mid, after less before"),
	LIST_F(line_change, moved_by, 0, 0, LIST_MOST, &line_mover_schema,
	       "what differs of what it is made of"),
};
static TABLE(line_change, struct line_change, "A line of two guide prices");

static const struct field comparison_fields[] = {
	TEXT_F(comparison, unit, REQ, KEY_MOST, "what the prices are for: hour or week"),
	MONEY_F(comparison, before_low_p, "before_low", REQ, "the earlier low price"),
	MONEY_F(comparison, before_mid_p, "before_mid", REQ, "the earlier mid price"),
	MONEY_F(comparison, before_high_p, "before_high", REQ, "the earlier high price"),
	MONEY_F(comparison, after_low_p, "after_low", REQ, "the later low price"),
	MONEY_F(comparison, after_mid_p, "after_mid", REQ, "the later mid price"),
	MONEY_F(comparison, after_high_p, "after_high", REQ, "the later high price"),
	MOVED_F(comparison, difference_p, "difference", "of mid: the three parts together"),
	MOVED_F(comparison, by_inputs_p, "by_inputs", "what the inputs moved"),
	MOVED_F(comparison, by_rates_p, "by_rates", "what figures of the same key moved"),
	MOVED_F(comparison, by_model_p, "by_model", "what the lines and the rounding moved"),
	BOOL_F(comparison, same_version, 0, "both by the same version of a model"),
	TEXT_F(comparison, summary, REQ, 500, "what moved the price, in words"),
	LIST_F(comparison, inputs, 0, 0, LIST_MOST, &figure_change_schema, "inputs that differ"),
	LIST_F(comparison, rates, 0, 0, LIST_MOST, &figure_change_schema,
	       "assumptions and defaults that differ"),
	LIST_F(comparison, lines, REQ, 1, LIST_MOST, &line_change_schema, "every line of either"),
};
TABLE(comparison, struct comparison, "One guide price beside another, and what moved it");

static void *copy_items(struct arena *arena, const struct list *list, size_t size)
{
	return arena_copy(arena, list->items, list->count * size);
}

/* What the later calculation was given, as the earlier model takes it; what only the earlier knows
 * stays. */
static struct list moved_inputs(struct arena *arena, const struct compared *before,
				const struct compared *after)
{
	struct map_entry *items = NULL;
	size_t count = 0;

	for (size_t i = 0; i < before->model->inputs.count; i++) {
		const struct cost_input *input = cost_input_at(before->model, i);
		const struct list *from =
			compare_same_input(after->model, input) ? after->inputs : before->inputs;
		const struct map_entry *given = compare_given(from, input->key);

		if (given)
			*LIST_ADD(arena, items, count) = *given;
	}
	return (struct list){items, count};
}

/* The earlier model for the first step: an input that it requires and the later calculation left
 * out has the later default. */
static void make_moved(struct arena *arena, const struct compared *after, const struct list *inputs,
		       struct cost_model *model)
{
	struct cost_input *items = copy_items(arena, &model->inputs, sizeof(*items));

	for (size_t i = 0; i < model->inputs.count; i++) {
		const struct cost_input *later = compare_same_input(after->model, &items[i]);

		if (!items[i].required || !later || compare_given(inputs, items[i].key))
			continue;
		items[i].required = false;
		items[i].usual = later->usual;
	}
	model->inputs.items = items;
}

/* And for the second: the later figures of the same key and unit. */
static void make_rated(struct arena *arena, const struct compared *after, struct cost_model *model)
{
	struct cost_input *inputs = copy_items(arena, &model->inputs, sizeof(*inputs));
	struct cost_assumption *assumptions =
		copy_items(arena, &model->assumptions, sizeof(*assumptions));

	for (size_t i = 0; i < model->inputs.count; i++) {
		const struct cost_input *later = compare_same_input(after->model, &inputs[i]);

		if (!later)
			continue;
		inputs[i].usual = later->usual;
		inputs[i].required = later->required;
		inputs[i].least_r = later->least_r;
		inputs[i].most_r = later->most_r;
		inputs[i].step_r = later->step_r;
	}
	for (size_t i = 0; i < model->assumptions.count; i++) {
		const struct cost_assumption *later =
			compare_same_assumption(after->model, &assumptions[i]);

		if (!later)
			continue;
		assumptions[i].figure = later->figure;
		assumptions[i].falls = later->falls;
	}
	model->inputs.items = inputs;
	model->assumptions.items = assumptions;
}

/* False, and the price as it was, when the mixture cannot be priced. */
static bool price_mixture(struct arena *arena, struct cost_model *model, const struct list *inputs,
			  int64_t *mid_p)
{
	struct guide guide;
	struct flaw flaw;

	if (!cost_model_prepare(arena, model, &flaw) ||
	    !cost_model_run(arena, model, inputs, &guide, &flaw))
		return false;
	*mid_p = guide.mid_p;
	return true;
}

/* Some figure that both models have differs. */
static bool rates_differ(const struct comparison *c)
{
	const struct figure_change *rates = c->rates.items;

	for (size_t i = 0; i < c->rates.count; i++)
		if (rates[i].before_r != NO_INT && rates[i].after_r != NO_INT)
			return true;
	return false;
}

static struct passed_over find_parts(struct arena *arena, const struct compared *before,
				     const struct compared *after, struct comparison *out)
{
	struct list inputs = moved_inputs(arena, before, after);
	struct cost_model model = *before->model;
	struct compared moved = {.model = &model, .inputs = &inputs};
	struct passed_over passed = {false, false};
	int64_t moved_p = before->guide.mid_p, rated_p;

	make_moved(arena, after, &inputs, &model);
	compare_figures(arena, before, &moved, after, out);
	if (out->same_version) {
		out->by_inputs_p = out->difference_p;
		return passed;
	}
	passed.inputs = !price_mixture(arena, &model, &inputs, &moved_p);
	make_rated(arena, after, &model);
	rated_p = moved_p;
	passed.rates = !price_mixture(arena, &model, &inputs, &rated_p) &&
		       (passed.inputs || rates_differ(out));
	out->by_inputs_p = moved_p - before->guide.mid_p;
	out->by_rates_p = rated_p - moved_p;
	out->by_model_p = after->guide.mid_p - rated_p;
	return passed;
}

static bool run_side(struct arena *arena, const struct calculation_asked *asked, const char *side,
		     struct compared *out, struct flaw *flaw)
{
	out->model = asked->model;
	out->inputs = asked->inputs;
	if (cost_model_run(arena, asked->model, asked->inputs, &out->guide, flaw))
		return true;
	flaw->pointer = text_printf(arena, "/%s/inputs%.*s", side, TEXT_FMT(flaw->pointer));
	return false;
}

bool guide_compare(struct arena *arena, const struct calculation_asked *before,
		   const struct calculation_asked *after, struct comparison *out, struct flaw *flaw)
{
	struct compared from, to;
	struct passed_over passed;

	*flaw = (struct flaw){TEXT_NONE, TEXT_NONE};
	if (!run_side(arena, before, "before", &from, flaw) ||
	    !run_side(arena, after, "after", &to, flaw))
		return false;
	if (!text_eq(from.guide.unit, to.guide.unit)) {
		*flaw = (struct flaw){
			TEXT("/after/model"),
			TEXT("One of the two is a price for an hour and the other for a week. "
			     "Compare two that price the same."),
		};
		return false;
	}
	*out = (struct comparison){
		.unit = to.guide.unit,
		.before_low_p = from.guide.low_p,
		.before_mid_p = from.guide.mid_p,
		.before_high_p = from.guide.high_p,
		.after_low_p = to.guide.low_p,
		.after_mid_p = to.guide.mid_p,
		.after_high_p = to.guide.high_p,
		.difference_p = to.guide.mid_p - from.guide.mid_p,
		.same_version = text_eq(before->model->id, after->model->id) &&
				text_eq(before->model->version, after->model->version),
	};
	passed = find_parts(arena, &from, &to, out);
	compare_lines(arena, &from, &to, out);
	out->summary = compare_summary(arena, out, passed);
	return true;
}

bool guide_is_as_stored(const struct guide *guide, const struct calculate *stored)
{
	const struct guide_line *lines = guide->lines.items;
	const struct line_range *ranges = stored->lines.items;

	if (guide->low_p != stored->low_p || guide->mid_p != stored->mid_p ||
	    guide->high_p != stored->high_p || guide->weekly_low_p != stored->weekly_low_p ||
	    guide->weekly_mid_p != stored->weekly_mid_p ||
	    guide->weekly_high_p != stored->weekly_high_p ||
	    guide->illustrative != stored->illustrative || !text_eq(guide->unit, stored->unit) ||
	    guide->lines.count != stored->lines.count)
		return false;
	for (size_t i = 0; i < guide->lines.count; i++)
		if (!text_eq(lines[i].key, ranges[i].key) || lines[i].low_r != ranges[i].low_r ||
		    lines[i].mid_r != ranges[i].mid_r || lines[i].high_r != ranges[i].high_r)
			return false;
	return true;
}
