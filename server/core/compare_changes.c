/*
 * compare_changes.c - which figures differ between two calculations, and which lines they reach.
 *
 * A line is made of the inputs and assumptions that it names and of those its lines are made of:
 * one walk a model in the order of the lines, which name only earlier ones.
 */
#include "compare_changes.h"

#include "cost_lines.h"

/* ---- figures ---- */

const struct map_entry *compare_given(const struct list *inputs, struct text key)
{
	const struct map_entry *entries = inputs->items;

	for (size_t i = 0; i < inputs->count; i++)
		if (text_eq(entries[i].key, key))
			return &entries[i];
	return NULL;
}

const struct cost_input *compare_same_input(const struct cost_model *model,
					    const struct cost_input *input)
{
	struct cost_slot slot = cost_find(model, input->key, 0);
	const struct cost_input *found;

	if (slot.kind != SLOT_INPUT)
		return NULL;
	found = cost_input_at(model, slot.at);
	return found->unit == input->unit ? found : NULL;
}

const struct cost_assumption *compare_same_assumption(const struct cost_model *model,
						      const struct cost_assumption *assumption)
{
	struct cost_slot slot = cost_find(model, assumption->key, 0);
	const struct cost_assumption *found;

	if (slot.kind != SLOT_ASSUMPTION)
		return NULL;
	found = cost_assumption_at(model, slot.at);
	return found->unit == assumption->unit ? found : NULL;
}

static struct figures figures_of(const struct cost_figure *figure)
{
	return (struct figures){
		cost_figure_of(figure, RUN_LOW),
		cost_figure_of(figure, RUN_MID),
		cost_figure_of(figure, RUN_HIGH),
	};
}

static struct figures figures_given(const struct cost_input *input, const struct list *inputs)
{
	const struct map_entry *given = compare_given(inputs, input->key);

	if (given)
		return (struct figures){given->value_r, given->value_r, given->value_r};
	return figures_of(&input->usual);
}

static const struct figures no_figures = {NO_INT, NO_INT, NO_INT};

struct changes {
	struct arena *arena;
	struct figure_change *items;
	size_t count;
};

static void add_change(struct changes *changes, struct text key, struct text label, int32_t unit,
		       struct figures before, struct figures after)
{
	if (before.low_r == after.low_r && before.mid_r == after.mid_r &&
	    before.high_r == after.high_r)
		return;
	*LIST_ADD(changes->arena, changes->items, changes->count) = (struct figure_change){
		key, label, text_of(cost_unit_names[unit]), before.mid_r, after.mid_r,
	};
}

static void add_inputs(struct changes *changes, const struct compared *before,
		       const struct compared *moved, const struct compared *after)
{
	for (size_t i = 0; i < after->model->inputs.count; i++) {
		const struct cost_input *input = cost_input_at(after->model, i);
		const struct cost_input *old = compare_same_input(before->model, input);
		const struct cost_input *same = compare_same_input(moved->model, input);

		if (old && same)
			add_change(changes, input->key, input->label, input->unit,
				   figures_given(old, before->inputs),
				   figures_given(same, moved->inputs));
		else
			add_change(changes, input->key, input->label, input->unit, no_figures,
				   figures_given(input, after->inputs));
	}
	for (size_t i = 0; i < before->model->inputs.count; i++) {
		const struct cost_input *input = cost_input_at(before->model, i);

		if (!compare_same_input(after->model, input))
			add_change(changes, input->key, input->label, input->unit,
				   figures_given(input, before->inputs), no_figures);
	}
}

/* The defaults that were used, and the assumptions. */
static void add_rates(struct changes *changes, const struct compared *before,
		      const struct compared *moved, const struct compared *after)
{
	for (size_t i = 0; i < after->model->inputs.count; i++) {
		const struct cost_input *input = cost_input_at(after->model, i);
		const struct cost_input *same = compare_same_input(moved->model, input);

		if (same && !compare_given(after->inputs, input->key))
			add_change(changes, input->key, input->label, input->unit,
				   figures_of(&same->usual), figures_of(&input->usual));
	}
	for (size_t i = 0; i < after->model->assumptions.count; i++) {
		const struct cost_assumption *at = cost_assumption_at(after->model, i);
		const struct cost_assumption *same = compare_same_assumption(before->model, at);

		add_change(changes, at->key, at->label, at->unit,
			   same ? figures_of(&same->figure) : no_figures, figures_of(&at->figure));
	}
	for (size_t i = 0; i < before->model->assumptions.count; i++) {
		const struct cost_assumption *at = cost_assumption_at(before->model, i);

		if (!compare_same_assumption(after->model, at))
			add_change(changes, at->key, at->label, at->unit, figures_of(&at->figure),
				   no_figures);
	}
}

void compare_figures(struct arena *arena, const struct compared *before,
		     const struct compared *moved, const struct compared *after,
		     struct comparison *out)
{
	struct changes inputs = {.arena = arena}, rates = {.arena = arena};

	add_inputs(&inputs, before, moved, after);
	add_rates(&rates, before, moved, after);
	out->inputs = (struct list){inputs.items, inputs.count};
	out->rates = (struct list){rates.items, rates.count};
}

/* ---- what a line is made of ---- */

/* A model's figures are numbered: its inputs, then its assumptions. made_of[line x figures + n]. */
struct reach {
	const struct cost_model *model;
	size_t figures;
	bool *made_of;
};

static void reach_from(struct reach *reach, size_t line, size_t from)
{
	bool *into = reach->made_of + line * reach->figures;

	for (size_t n = 0; n < reach->figures; n++)
		into[n] = into[n] || reach->made_of[from * reach->figures + n];
}

static void reach_line(struct reach *reach, size_t line)
{
	const struct cost_slots *slots = &reach->model->plans[line].all;
	bool *into = reach->made_of + line * reach->figures;

	for (size_t i = 0; i < slots->count; i++) {
		struct cost_slot slot = slots->at[i];

		if (slot.kind == SLOT_INPUT)
			into[slot.at] = true;
		else if (slot.kind == SLOT_ASSUMPTION)
			into[reach->model->inputs.count + slot.at] = true;
		else if (slot.kind == SLOT_LINE)
			reach_from(reach, line, slot.at);
	}
}

static struct reach reach_of(struct arena *arena, const struct cost_model *model)
{
	struct reach reach = {.model = model,
			      .figures = model->inputs.count + model->assumptions.count};

	reach.made_of = arena_array(arena, bool, model->lines.count *reach.figures);
	for (size_t i = 0; i < model->lines.count; i++)
		reach_line(&reach, i);
	return reach;
}

/* The number of each figure that differs, in one model: SIZE_MAX where it has none. */
static size_t *numbers_of(struct arena *arena, const struct cost_model *model,
			  const struct comparison *c)
{
	const struct list *const lists[] = {&c->inputs, &c->rates};
	size_t *numbers = arena_array(arena, size_t, c->inputs.count + c->rates.count), n = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct figure_change *items = lists[i]->items;

		for (size_t at = 0; at < lists[i]->count; at++, n++) {
			struct cost_slot slot = cost_find(model, items[at].key, 0);

			numbers[n] = slot.kind == SLOT_INPUT	    ? slot.at
				     : slot.kind == SLOT_ASSUMPTION ? model->inputs.count + slot.at
								    : SIZE_MAX;
		}
	}
	return numbers;
}

/* ---- lines ---- */

#define NO_LINE SIZE_MAX

struct movers {
	struct arena *arena;
	const struct comparison *comparison;
	struct reach before, after;
	const size_t *before_numbers, *after_numbers;
};

static bool reaches(const struct reach *reach, size_t line, size_t number)
{
	return line != NO_LINE && number != SIZE_MAX &&
	       reach->made_of[line * reach->figures + number];
}

static const struct figure_change *change_at(const struct comparison *c, size_t n)
{
	if (n < c->inputs.count)
		return (const struct figure_change *)c->inputs.items + n;
	return (const struct figure_change *)c->rates.items + (n - c->inputs.count);
}

static bool is_named(const struct line_mover *items, size_t count, struct text key)
{
	for (size_t i = 0; i < count; i++)
		if (text_eq(items[i].key, key))
			return true;
	return false;
}

static struct list movers_of(const struct movers *m, size_t before, size_t after)
{
	size_t changes = m->comparison->inputs.count + m->comparison->rates.count, count = 0;
	struct line_mover *items = NULL;

	for (size_t n = 0; n < changes; n++) {
		const struct figure_change *change = change_at(m->comparison, n);

		if ((reaches(&m->before, before, m->before_numbers[n]) ||
		     reaches(&m->after, after, m->after_numbers[n])) &&
		    !is_named(items, count, change->key))
			*LIST_ADD(m->arena, items, count) =
				(struct line_mover){change->key, change->label};
	}
	return (struct list){items, count};
}

static const struct guide_line *guide_line_at(const struct guide *guide, size_t i)
{
	return (const struct guide_line *)guide->lines.items + i;
}

static size_t same_line(const struct guide *guide, const struct guide_line *line)
{
	for (size_t i = 0; i < guide->lines.count; i++) {
		const struct guide_line *at = guide_line_at(guide, i);

		if (text_eq(at->key, line->key) && text_eq(at->unit, line->unit) &&
		    at->in_fee == line->in_fee)
			return i;
	}
	return NO_LINE;
}

static struct line_change change_of(const struct guide_line *before, const struct guide_line *after,
				    struct list moved_by)
{
	const struct guide_line *named = after ? after : before;
	struct line_change change = {
		.key = named->key,
		.label = named->label,
		.group = named->group,
		.unit = named->unit,
		.in_fee = named->in_fee,
		.before_low_r = before ? before->low_r : NO_INT,
		.before_mid_r = before ? before->mid_r : NO_INT,
		.before_high_r = before ? before->high_r : NO_INT,
		.after_low_r = after ? after->low_r : NO_INT,
		.after_mid_r = after ? after->mid_r : NO_INT,
		.after_high_r = after ? after->high_r : NO_INT,
		.moved_by = moved_by,
	};

	change.difference_r = (after ? after->mid_r : 0) - (before ? before->mid_r : 0);
	return change;
}

void compare_lines(struct arena *arena, const struct compared *before, const struct compared *after,
		   struct comparison *out)
{
	struct movers movers = {
		.arena = arena,
		.comparison = out,
		.before = reach_of(arena, before->model),
		.after = reach_of(arena, after->model),
		.before_numbers = numbers_of(arena, before->model, out),
		.after_numbers = numbers_of(arena, after->model, out),
	};
	struct line_change *items = NULL;
	size_t count = 0;

	for (size_t i = 0; i < after->guide.lines.count; i++) {
		const struct guide_line *line = guide_line_at(&after->guide, i);
		size_t old = same_line(&before->guide, line);
		const struct guide_line *was =
			old == NO_LINE ? NULL : guide_line_at(&before->guide, old);

		*LIST_ADD(arena, items, count) = change_of(was, line, movers_of(&movers, old, i));
	}
	for (size_t i = 0; i < before->guide.lines.count; i++) {
		const struct guide_line *line = guide_line_at(&before->guide, i);

		if (same_line(&after->guide, line) == NO_LINE)
			*LIST_ADD(arena, items, count) =
				change_of(line, NULL, movers_of(&movers, i, NO_LINE));
	}
	out->lines = (struct list){items, count};
}
