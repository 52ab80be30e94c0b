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
static struct text pounds(struct arena *arena, int64_t figure_r)
{
	int64_t pence = figure_r / 100, rest = figure_r % 100;
	struct text whole = money_text(arena, pence, true);

	if (rest == 0)
		return whole;
	if (rest < 0)
		rest = -rest;
	return text_printf(arena, rest % 10 == 0 ? "%s%.*s%d" : "%s%.*s%02d",
			   figure_r < 0 && pence == 0 ? "-" : "", TEXT_FMT(whole),
			   (int)(rest % 10 == 0 ? rest / 10 : rest));
}

struct text cost_words_figure(struct arena *arena, int32_t unit, int64_t figure_r)
{
	struct text number = rate_text(arena, figure_r);

	if (unit == COST_UNIT_POUND)
		return pounds(arena, figure_r);
	if (unit == COST_UNIT_PERCENT)
		return text_printf(arena, "%.*s%%", TEXT_FMT(number));
	if (unit < 0 || unit >= COST_UNIT_COUNT || !unit_words[unit].one)
		return number;
	return text_printf(arena, "%.*s %s", TEXT_FMT(number),
			   figure_r == FIGURE_UNIT ? unit_words[unit].one : unit_words[unit].many);
}

static struct text ratio_words(struct arena *arena, int32_t unit, struct ratio a)
{
	int64_t figure_r;

	if (!ratio_round(a, unit == COST_UNIT_PERCENT ? FIGURE_UNIT * 100 : FIGURE_UNIT, &figure_r))
		return TEXT("a figure too large to show");
	return cost_words_figure(arena, unit, figure_r);
}

static int32_t line_unit(const struct cost_line *line)
{
	return cost_line_is_quantity(line) ? line->unit : COST_UNIT_POUND;
}

static struct text ref_label(const struct cost_work *work, struct text key)
{
	struct cost_slot slot = cost_find(work->model, key, work->model->lines.count);

	switch (slot.kind) {
	case SLOT_INPUT:
		return cost_input_at(work->model, slot.at)->label;
	case SLOT_ASSUMPTION:
		return cost_assumption_at(work->model, slot.at)->label;
	case SLOT_LINE:
		return cost_line_at(work->model, slot.at)->label;
	case SLOT_NONE:
		break;
	}
	assert(false);
	return TEXT_NONE;
}

/* What the key is worth in the mid run. */
static struct text ref_words(struct arena *arena, const struct cost_work *work, struct text key)
{
	struct cost_slot slot = cost_find(work->model, key, work->model->lines.count);
	const struct cost_assumption *assumption;

	switch (slot.kind) {
	case SLOT_INPUT:
		return cost_words_figure(arena, cost_input_at(work->model, slot.at)->unit,
					 work->inputs[RUN_MID][slot.at]);
	case SLOT_ASSUMPTION:
		assumption = cost_assumption_at(work->model, slot.at);
		return cost_words_figure(arena, assumption->unit,
					 cost_figure_of(&assumption->figure, RUN_MID));
	case SLOT_LINE:
		return ratio_words(arena, line_unit(cost_line_at(work->model, slot.at)),
				   cost_work_line(work, RUN_MID, slot.at));
	case SLOT_NONE:
		break;
	}
	assert(false);
	return TEXT_NONE;
}

static void put_refs(struct writer *w, const struct cost_work *work, const struct list *refs,
		     const char *between)
{
	for (size_t i = 0; i < refs->count; i++) {
		writer_puts(w, i > 0 ? between : "");
		writer_put(w, ref_words(w->arena, work, cost_ref_at(refs, i)));
	}
}

/* "12.50 hours × £14.20 ÷ 6.00 people" */
static void put_rated(struct writer *w, const struct cost_work *work, const struct cost_line *line,
		      const char *then)
{
	put_refs(w, work, &line->quantity, " × ");
	writer_puts(w, line->quantity.count > 0 ? " × " : "");
	writer_put(w, ref_words(w->arena, work, line->value));
	writer_puts(w, then);
	if (line->per.count == 0)
		return;
	writer_puts(w, line->per.count > 1 ? " ÷ (" : " ÷ ");
	put_refs(w, work, &line->per, " × ");
	writer_puts(w, line->per.count > 1 ? ")" : "");
}

/* "Pay (£6.31) + Travel (£1.1989)" */
static void put_named(struct writer *w, const struct cost_work *work, const struct list *refs,
		      const char *between)
{
	for (size_t i = 0; i < refs->count; i++) {
		struct text key = cost_ref_at(refs, i);

		writer_puts(w, i > 0 ? between : "");
		writer_put(w, ref_label(work, key));
		writer_puts(w, " (");
		writer_put(w, ref_words(w->arena, work, key));
		writer_puts(w, ")");
	}
}

static void put_of(struct writer *w, const struct cost_work *work, const struct cost_line *line,
		   const char *between)
{
	put_named(w, work, &line->of, between);
	if (line->less.count == 0)
		return;
	writer_puts(w, " − ");
	put_named(w, work, &line->less, " − ");
}

static void put_threshold(struct writer *w, const struct cost_work *work,
			  const struct cost_line *line)
{
	struct text upper = TEXT_NONE;

	if (line->upper.at)
		upper = text_printf(w->arena, " and up to %.*s",
				    TEXT_FMT(ref_words(w->arena, work, line->upper)));
	writer_printf(w, "%.*s of pay above %.*s%.*s a year (",
		      TEXT_FMT(ref_words(w->arena, work, line->percent)),
		      TEXT_FMT(ref_words(w->arena, work, line->threshold)), TEXT_FMT(upper));
	if (line->hours.at)
		writer_printf(w, "%.*s a week at ",
			      TEXT_FMT(ref_words(w->arena, work, line->hours)));
	writer_printf(w, "%.*s%s)", TEXT_FMT(ref_words(w->arena, work, line->value)),
		      line->hours.at ? "" : " a year");
	writer_puts(w, line->of.count > 0 ? ", on " : "");
	put_of(w, work, line, " + ");
}

static void put_kind(struct writer *w, const struct cost_work *work, const struct cost_line *line)
{
	struct text percent = TEXT_NONE;

	if (line->percent.at)
		percent = ref_words(w->arena, work, line->percent);
	switch ((enum cost_kind)line->kind) {
	case COST_AMOUNT:
	case COST_PRODUCT:
	case COST_SHARED:
		put_rated(w, work, line, "");
		return;
	case COST_ANNUAL:
		put_rated(w, work, line, " a year ÷ 52");
		return;
	case COST_RETURN:
		put_rated(w, work, line,
			  text_cstr(w->arena,
				    text_printf(w->arena, " × %.*s ÷ 52", TEXT_FMT(percent))));
		return;
	case COST_PERCENT_OF_LINES:
		writer_printf(w, "%.*s of ", TEXT_FMT(percent));
		put_of(w, work, line, " + ");
		return;
	case COST_PERCENT_OF_PRICE:
		writer_printf(
			w, "%.*s of the price (%.*s)", TEXT_FMT(percent),
			TEXT_FMT(ratio_words(w->arena, COST_UNIT_POUND, work->price[RUN_MID])));
		return;
	case COST_MARKUP:
		writer_printf(w, "%.*s on a cost of ", TEXT_FMT(percent));
		if (line->of.count > 0)
			put_of(w, work, line, " + ");
		else
			writer_puts(w, "everything above that is in the fee");
		return;
	case COST_THRESHOLD:
		put_threshold(w, work, line);
		return;
	case COST_SUM:
		put_of(w, work, line, " + ");
		return;
	case COST_MIN:
		writer_puts(w, "the least of: ");
		put_of(w, work, line, ", ");
		return;
	case COST_MAX:
		writer_puts(w, "the most of: ");
		put_of(w, work, line, ", ");
		return;
	case COST_KIND_COUNT:
		break;
	}
	assert(false);
}

struct text cost_words_working(struct arena *arena, const struct cost_work *work, size_t line)
{
	struct writer w;

	writer_init(&w, arena);
	if (cost_line_at(work->model, line)->deduction)
		writer_puts(&w, "less ");
	put_kind(&w, work, cost_line_at(work->model, line));
	return writer_text(&w);
}

static void put_figure(struct writer *w, int32_t unit, int64_t low_r, int64_t mid_r, int64_t high_r)
{
	if (low_r == mid_r && mid_r == high_r) {
		writer_put(w, cost_words_figure(w->arena, unit, mid_r));
		return;
	}
	writer_printf(w, "%.*s low, %.*s mid, %.*s high",
		      TEXT_FMT(cost_words_figure(w->arena, unit, low_r)),
		      TEXT_FMT(cost_words_figure(w->arena, unit, mid_r)),
		      TEXT_FMT(cost_words_figure(w->arena, unit, high_r)));
}

static void put_used(struct writer *w, const struct cost_work *work, struct cost_slot slot)
{
	const struct cost_assumption *assumption;
	const struct cost_input *input;

	if (slot.kind == SLOT_INPUT) {
		input = cost_input_at(work->model, slot.at);
		writer_printf(w, "%.*s: ", TEXT_FMT(input->label));
		put_figure(w, input->unit, work->inputs[RUN_LOW][slot.at],
			   work->inputs[RUN_MID][slot.at], work->inputs[RUN_HIGH][slot.at]);
		writer_puts(w, work->given[slot.at] ? "" : " (left at its default)");
		return;
	}
	assumption = cost_assumption_at(work->model, slot.at);
	writer_printf(w, "%.*s: ", TEXT_FMT(assumption->label));
	put_figure(w, assumption->unit, cost_figure_of(&assumption->figure, RUN_LOW),
		   cost_figure_of(&assumption->figure, RUN_MID),
		   cost_figure_of(&assumption->figure, RUN_HIGH));
}

struct text cost_words_assumption(struct arena *arena, const struct cost_work *work, size_t line)
{
	struct list refs = cost_line_refs(arena, cost_line_at(work->model, line));
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < refs.count; i++) {
		struct cost_slot slot = cost_find(work->model, cost_ref_at(&refs, i), line);

		if (slot.kind == SLOT_LINE)
			continue;
		writer_puts(&w, w.len > 0 ? "; " : "");
		put_used(&w, work, slot);
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
	if (label.at)
		writer_printf(w, "%.*s: ", TEXT_FMT(label));
	writer_put(w, source);
	if (url.at)
		writer_printf(w, " (%.*s)", TEXT_FMT(url));
}

struct text cost_words_source(struct arena *arena, const struct cost_work *work, size_t line)
{
	const struct cost_line *at = cost_line_at(work->model, line);
	struct list refs = cost_line_refs(arena, at);
	struct sources sources = {.said = NULL};

	writer_init(&sources.w, arena);
	put_source(&sources, TEXT_NONE, at->source, at->source_url);
	for (size_t i = 0; i < refs.count; i++) {
		struct cost_slot slot = cost_find(work->model, cost_ref_at(&refs, i), line);
		const struct cost_assumption *assumption;
		const struct cost_input *input;

		if (slot.kind == SLOT_ASSUMPTION) {
			assumption = cost_assumption_at(work->model, slot.at);
			put_source(&sources, assumption->label, assumption->source,
				   assumption->source_url);
		} else if (slot.kind == SLOT_INPUT) {
			input = cost_input_at(work->model, slot.at);
			put_source(&sources, input->label, input->source, input->source_url);
		}
	}
	return writer_text(&sources.w);
}
