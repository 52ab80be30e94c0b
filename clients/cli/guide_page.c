/*
 * guide_page.c - a guide price as a page for people: what counts, then what stands beside it.
 */
#include "model.h"
#include "page.h"

#include "concordat/core/money.h"

#define RUNS 3
#define INSET 2	 /* of a line's label */
#define DETAIL 6 /* of how it came about */

static const char *const range_sentences[] = {
	[COST_TOTAL_OF_RUNS] =
		"Low, mid and high are three runs of the whole model, each consistent in itself.",
	[COST_SUM_OF_LINE_STATISTICS] = "Low, mid and high add up each line's own statistic, which "
					"is not that of the whole.",
};

static void put_figures(struct writer *w, size_t indent, struct text label, int64_t low_p,
			int64_t mid_p, int64_t high_p)
{
	const struct text cells[RUNS] = {page_money(w->arena, low_p), page_money(w->arena, mid_p),
					 page_money(w->arena, high_p)};

	page_row(w, indent, label, cells, RUNS);
}

static void put_line(struct writer *w, const struct guide_line *line)
{
	bool quantity = line->counts == COST_QUANTITY;
	struct text label = line->label;
	const int64_t figures[RUNS] = {line->low_r, line->mid_r, line->high_r};
	const int64_t pence[RUNS] = {line->low_p, line->mid_p, line->high_p};
	struct text cells[RUNS];

	for (int i = 0; i < RUNS; i++)
		cells[i] =
			quantity ? rate_text(w->arena, figures[i]) : page_money(w->arena, pence[i]);
	if (quantity)
		label = text_printf(w->arena, "%.*s (%.*s)", TEXT_FMT(label), TEXT_FMT(line->unit));
	page_row(w, INSET, label, cells, RUNS);
	page_put(w, DETAIL, 2, line->working);
	page_note(w, DETAIL, "Taking:", line->assumption);
	page_note(w, DETAIL, "Source:", line->source);
}

static struct text group_of(const struct guide_line *line)
{
	return line->group.len ? line->group : TEXT("other");
}

static bool is_first_of_group(const struct guide_line *lines, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (lines[i].in_fee && text_eq(group_of(&lines[i]), group_of(&lines[at])))
			return false;
	return lines[at].in_fee;
}

static void put_fee(struct writer *w, const struct guide *guide)
{
	const struct guide_line *lines = guide->lines.items;

	for (size_t i = 0; i < guide->lines.count; i++) {
		if (!is_first_of_group(lines, i))
			continue;
		writer_char(w, '\n');
		page_put(w, 0, 0, page_title(w->arena, group_of(&lines[i])));
		for (size_t j = i; j < guide->lines.count; j++)
			if (lines[j].in_fee && text_eq(group_of(&lines[i]), group_of(&lines[j])))
				put_line(w, &lines[j]);
	}
}

/* Lines that are not part of the price, under a heading that says what they are. */
static void put_beside(struct writer *w, const struct guide *guide, bool outside, const char *title)
{
	const struct guide_line *lines = guide->lines.items;
	bool any = false;

	for (size_t i = 0; i < guide->lines.count; i++) {
		if (lines[i].in_fee || (lines[i].counts == COST_OUTSIDE) != outside)
			continue;
		if (!any)
			writer_printf(w, "\n%s\n", title);
		any = true;
		put_line(w, &lines[i]);
	}
}

static const struct cost_input *find_input(const struct cost_model *model, struct text key)
{
	const struct cost_input *inputs = model->inputs.items;
	size_t at = 0;

	while (!text_eq(inputs[at].key, key))
		at++;
	return &inputs[at];
}

static void put_defaults(struct writer *w, const struct worked_guide *worked)
{
	const struct map_entry *items = worked->guide->defaulted.items;

	if (worked->guide->defaulted.count)
		writer_puts(w, "\nLeft at their default: --inputs changes them\n");
	for (size_t i = 0; i < worked->guide->defaulted.count; i++) {
		const struct cost_input *input = find_input(worked->model, items[i].key);
		struct text cell = rate_text(w->arena, items[i].value_r);

		page_row(w, INSET,
			 text_printf(w->arena, "%.*s: %.*s (%s)", TEXT_FMT(items[i].key),
				     TEXT_FMT(input->label), cost_unit_names[input->unit]),
			 &cell, 1);
	}
}

static void put_head(struct writer *w, const struct worked_guide *worked)
{
	const struct cost_model *model = worked->model;
	const struct text heads[RUNS] = {TEXT("low"), TEXT("mid"), TEXT("high")};

	page_put(w, 0, 0, model->title);
	page_put(w, 0, 0,
		 text_printf(w->arena, "%.*s %.*s: a guide price for %s, for calculations %.*s.",
			     TEXT_FMT(model->id), TEXT_FMT(model->version), model_unit(model),
			     TEXT_FMT(model_life(w->arena, model))));
	if (worked->guide->illustrative)
		page_put(w, 0, 0,
			 TEXT("Illustrative: not every figure is a published one. Replace what is "
			      "not with your own."));
	writer_char(w, '\n');
	page_row(w, 0, TEXT("In the fee"), heads, RUNS);
}

static void put_price(struct writer *w, const struct worked_guide *worked)
{
	const struct guide *guide = worked->guide;

	writer_char(w, '\n');
	put_figures(w, 0,
		    text_printf(w->arena, "The price for %s, %s", model_unit(worked->model),
				model_rounding(worked->model)),
		    guide->low_p, guide->mid_p, guide->high_p);
	if (worked->model->price_unit == COST_PER_WEEK)
		return;
	if (guide->weekly_mid_p == NO_INT)
		page_put(w, 0, 0, TEXT("Give " COST_HOURS_A_WEEK " for the price of a week."));
	else
		put_figures(w, 0,
			    text_printf(w->arena, "A week of %.*s hours",
					TEXT_FMT(rate_text(w->arena, worked->hours_r))),
			    guide->weekly_low_p, guide->weekly_mid_p, guide->weekly_high_p);
}

struct text guide_page(struct arena *arena, const struct worked_guide *worked)
{
	struct writer w;

	writer_init(&w, arena);
	put_head(&w, worked);
	put_fee(&w, worked->guide);
	put_price(&w, worked);
	put_beside(&w, worked->guide, true, "Outside the fee: shown here, paid otherwise");
	put_beside(&w, worked->guide, false, "On the way: counted in the lines above, not again");
	put_defaults(&w, worked);
	writer_char(&w, '\n');
	page_put(&w, 0, 0, text_of(range_sentences[worked->guide->range_is]));
	page_put(&w, 0, 0,
		 TEXT("Only the price is rounded: lines shown to the penny may not add up to the "
		      "last one."));
	page_put(&w, 0, 0, TEXT(GUIDE_NOTE));
	return writer_text(&w);
}
