/*
 * guide.c - a calculation: inputs in, a guide price line by line out.
 *
 * Takes the inputs strictly (an unknown, missing or doubtful one is refused, with its pointer), has
 * the lines worked out (cost_lines.c), and rounds each run's price once by the model's policy.
 */
#include "concordat/core/money.h"
#include "cost_lines.h"

static bool refuse(struct flaw *fault, struct text pointer, struct text sentence)
{
	*fault = (struct flaw){pointer, sentence};
	return false;
}

/* An input's key as a JSON pointer; the key is the caller's and may hold anything. */
static struct text pointer_to(struct arena *arena, struct text key)
{
	struct writer w;

	writer_init(&w, arena);
	writer_char(&w, '/');
	for (size_t i = 0; i < key.len; i++) {
		if (key.at[i] == '~')
			writer_puts(&w, "~0");
		else if (key.at[i] == '/')
			writer_puts(&w, "~1");
		else
			writer_char(&w, key.at[i]);
	}
	return writer_text(&w);
}

static struct text input_names(struct arena *arena, const struct cost_model *model)
{
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < model->inputs.count; i++)
		writer_printf(&w, "%s%.*s", i > 0 ? ", " : "",
			      TEXT_FMT(cost_input_at(model, i)->key));
	return writer_text(&w);
}

static bool take_one(struct arena *arena, struct cost_work *work, const struct map_entry *entry,
		     struct flaw *fault)
{
	struct cost_slot slot = cost_find(work->model, entry->key, 0);
	struct text pointer = pointer_to(arena, entry->key);
	const struct cost_input *input;

	if (slot.kind != SLOT_INPUT)
		return refuse(fault, pointer,
			      text_printf(arena, "This model has no such input. It takes: %.*s.",
					  TEXT_FMT(input_names(arena, work->model))));
	input = cost_input_at(work->model, slot.at);
	if (work->given[slot.at])
		return refuse(fault, pointer, TEXT("This input is given twice. Give it once."));
	if (entry->value_r < input->least_r || entry->value_r > input->most_r)
		return refuse(
			fault, pointer,
			text_printf(arena, "%.*s must be between %.*s and %.*s; it is %.*s.",
				    TEXT_FMT(input->label),
				    TEXT_FMT(rate_text(arena, input->least_r)),
				    TEXT_FMT(cost_words_figure(arena, input->unit, input->most_r)),
				    TEXT_FMT(rate_text(arena, entry->value_r))));
	if (input->step_r != NO_INT && (entry->value_r - input->least_r) % input->step_r != 0)
		return refuse(fault, pointer,
			      text_printf(arena, "%.*s goes up in steps of %.*s from %.*s.",
					  TEXT_FMT(input->label),
					  TEXT_FMT(rate_text(arena, input->step_r)),
					  TEXT_FMT(rate_text(arena, input->least_r))));
	work->given[slot.at] = true;
	for (int run = 0; run < RUN_COUNT; run++)
		work->inputs[run][slot.at] = entry->value_r;
	return true;
}

/* Puts an entry where it belongs by key, the order maps have. */
static void add_in_order(struct arena *arena, struct list *list, struct text key, int64_t value_r)
{
	struct map_entry *items = list->items;
	size_t at = list->count;

	LIST_ADD(arena, items, list->count);
	list->items = items;
	for (; at > 0 && text_compare(items[at - 1].key, key) > 0; at--)
		items[at] = items[at - 1];
	items[at] = (struct map_entry){key, value_r};
}

static bool take_defaults(struct arena *arena, struct cost_work *work, struct guide *guide,
			  struct flaw *fault)
{
	for (size_t i = 0; i < work->model->inputs.count; i++) {
		const struct cost_input *input = cost_input_at(work->model, i);

		if (work->given[i])
			continue;
		if (input->required)
			return refuse(fault, pointer_to(arena, input->key),
				      text_printf(arena, "Give %.*s: %.*s.", TEXT_FMT(input->key),
						  TEXT_FMT(input->label)));
		for (int run = 0; run < RUN_COUNT; run++)
			work->inputs[run][i] = cost_figure_of(&input->usual, (enum cost_run)run);
		if (work->inputs[RUN_MID][i] != NO_INT)
			add_in_order(arena, &guide->defaulted, input->key,
				     work->inputs[RUN_MID][i]);
	}
	return true;
}

/* An input the user gave that a line is made of, directly or through other lines. */
static struct text blame(struct arena *arena, const struct cost_work *work, size_t line)
{
	bool *touched = arena_array(arena, bool, line + 1);

	touched[line] = true;
	for (size_t at = line + 1; at-- > 0;) {
		const struct cost_slots *slots = &work->model->plans[at].all;

		for (size_t i = 0; touched[at] && i < slots->count; i++) {
			struct cost_slot slot = slots->at[i];

			if (slot.kind == SLOT_INPUT && work->given[slot.at])
				return pointer_to(arena, cost_input_at(work->model, slot.at)->key);
			if (slot.kind == SLOT_LINE)
				touched[slot.at] = true;
		}
	}
	return TEXT("");
}

static bool work_out(struct arena *arena, struct cost_work *work, struct flaw *fault)
{
	struct text label, pointer;
	size_t line;
	enum cost_trouble trouble = cost_work_run(work, &line);

	if (trouble == TROUBLE_NONE)
		return true;
	label = cost_line_at(work->model, line)->label;
	pointer = blame(arena, work, line);
	switch (trouble) {
	case TROUBLE_NONE:
		return true;
	case TROUBLE_BY_ZERO:
		return refuse(fault, pointer,
			      text_printf(arena,
					  "With these inputs “%.*s” would be divided by nothing. "
					  "Give a figure above zero.",
					  TEXT_FMT(label)));
	case TROUBLE_BELOW:
		return refuse(
			fault, pointer,
			text_printf(arena,
				    "With these inputs “%.*s” would be made with a quantity below "
				    "zero: more is taken off than there is. Check the inputs.",
				    TEXT_FMT(label)));
	case TROUBLE_ALL_PRICE:
		return refuse(fault, pointer,
			      TEXT("The percentages of the price reach 100, so no price would "
				   "cover them. Give smaller percentages."));
	case TROUBLE_TOO_FINE:
		break;
	}
	return refuse(fault, pointer,
		      text_printf(arena,
				  "“%.*s” cannot be worked out exactly: the figures have too many "
				  "digits. Give rounder figures.",
				  TEXT_FMT(label)));
}

static bool price_round(enum cost_rounding rounding, struct ratio price, int64_t *out_p)
{
	switch (rounding) {
	case COST_PENNY_NEAREST:
		return ratio_round(price, 100, out_p);
	case COST_PENNY_UP_PER_QUARTER_HOUR:
		if (!ratio_round_up(price, 25, out_p) || *out_p > MONEY_MOST_P)
			return false;
		*out_p *= 4;
		return true;
	case COST_POUND_NEAREST:
		if (!ratio_round(price, 1, out_p) || *out_p > MONEY_MOST_P)
			return false;
		*out_p *= 100;
		return true;
	case COST_PENNY_UP:
		return ratio_round_up(price, 100, out_p);
	case COST_POUND_UP:
		if (!ratio_round_up(price, 1, out_p) || *out_p > MONEY_MOST_P)
			return false;
		*out_p *= 100;
		return true;
	case COST_ROUNDING_COUNT:
		break;
	}
	return false;
}

static bool price_all(const struct cost_work *work, struct guide *guide, struct flaw *fault)
{
	int64_t *const price[RUN_COUNT] = {&guide->low_p, &guide->mid_p, &guide->high_p};

	for (int run = 0; run < RUN_COUNT; run++) {
		if (ratio_sign(work->price[run]) < 0)
			return refuse(fault, TEXT(""),
				      TEXT("What is taken off is more than the rest, so the price "
					   "is below zero. Check the inputs."));
		if (!price_round((enum cost_rounding)work->model->rounding, work->price[run],
				 price[run]) ||
		    *price[run] > MONEY_MOST_P)
			return refuse(
				fault, TEXT(""),
				TEXT("The price is above ten million pounds. Check the inputs."));
	}
	if (guide->low_p > guide->mid_p || guide->mid_p > guide->high_p)
		return refuse(fault, TEXT(""),
			      TEXT("With these inputs the low price is above the high one. Check "
				   "them; if they are right the model does not fit this case."));
	return true;
}

static bool price_week(const struct cost_work *work, struct guide *guide, struct flaw *fault)
{
	const int64_t price[RUN_COUNT] = {guide->low_p, guide->mid_p, guide->high_p};
	int64_t *const week[RUN_COUNT] = {&guide->weekly_low_p, &guide->weekly_mid_p,
					  &guide->weekly_high_p};
	struct cost_slot slot = cost_find(work->model, TEXT(COST_HOURS_A_WEEK), 0);

	for (int run = 0; run < RUN_COUNT; run++) {
		int64_t hours_r = NO_INT;

		*week[run] = price[run];
		if (work->model->price_unit == COST_PER_WEEK)
			continue;
		if (slot.kind == SLOT_INPUT)
			hours_r = work->inputs[run][slot.at];
		*week[run] = NO_INT;
		if (hours_r == NO_INT)
			continue;
		*week[run] = (int64_t)divide_round((__int128)price[run] * hours_r, 10000);
		if (*week[run] > MONEY_MOST_P)
			return refuse(fault, TEXT("/" COST_HOURS_A_WEEK),
				      TEXT("A week would come to more than ten million pounds. "
					   "Check the hours."));
	}
	return true;
}

static bool add_line(struct arena *arena, const struct cost_work *work, size_t at,
		     struct guide_line *out, struct flaw *fault)
{
	const struct cost_line *line = cost_line_at(work->model, at);
	int64_t *const shown[RUN_COUNT] = {&out->low_r, &out->mid_r, &out->high_r};
	int64_t *const pence[RUN_COUNT] = {&out->low_p, &out->mid_p, &out->high_p};
	bool quantity = cost_line_is_quantity(line);
	int64_t scale = quantity && line->unit == COST_UNIT_PERCENT ? 1000000 : 10000;

	for (int run = 0; run < RUN_COUNT; run++) {
		struct ratio exact = cost_work_line(work, (enum cost_run)run, at);

		*pence[run] = NO_INT;
		if (!ratio_round(exact, scale, shown[run]) || *shown[run] > COST_FIGURE_MOST_R ||
		    *shown[run] < -COST_FIGURE_MOST_R ||
		    (!quantity && !ratio_round(exact, 100, pence[run])))
			return refuse(
				fault, blame(arena, work, at),
				text_printf(
					arena,
					"“%.*s” comes to more than ten million. Check the inputs.",
					TEXT_FMT(line->label)));
	}
	out->key = line->key;
	out->label = line->label;
	out->group = line->group;
	out->unit = quantity ? text_of(cost_unit_names[line->unit])
			     : text_of(cost_price_unit_names[work->model->price_unit]);
	out->in_fee = cost_line_in_fee(line);
	out->counts = line->counts == NO_ENUM ? COST_IN_FEE : line->counts;
	out->index = line->index;
	out->working = cost_words_working(arena, work, at);
	out->assumption = cost_words_assumption(arena, work, at);
	out->source = work->model->plans[at].source;
	return true;
}

bool cost_model_run(struct arena *arena, const struct cost_model *model, const struct list *inputs,
		    struct guide *guide, struct flaw *fault)
{
	struct guide_line *lines = arena_array(arena, struct guide_line, model->lines.count);
	const struct map_entry *entries = inputs->items;
	struct cost_work work;

	*fault = (struct flaw){TEXT_NONE, TEXT_NONE};
	*guide = (struct guide){
		.model = model->id,
		.version = model->version,
		.unit = text_of(cost_price_unit_names[model->price_unit]),
		.illustrative = model->illustrative,
		.range_is = model->range_is,
		.lines = {lines, model->lines.count},
	};
	cost_work_init(arena, &work, model);
	for (size_t i = 0; i < inputs->count; i++)
		if (!take_one(arena, &work, &entries[i], fault))
			return false;
	if (!take_defaults(arena, &work, guide, fault) || !work_out(arena, &work, fault) ||
	    !price_all(&work, guide, fault) || !price_week(&work, guide, fault))
		return false;
	for (size_t i = 0; i < model->lines.count; i++)
		if (!add_line(arena, &work, i, &lines[i], fault))
			return false;
	return true;
}
