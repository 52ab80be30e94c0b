/*
 * cost_plan.c - what the keys of a cost model's lines name.
 *
 * A calculation follows every key in three runs and in words, and a comparison makes several: so
 * they are looked up once, when the model is checked, with all else that no figure changes.
 */
#include "cost_lines.h"

struct text cost_ref_at(const struct list *refs, size_t i)
{
	return ((const struct cost_ref *)refs->items)[i].ref;
}

struct cost_slot cost_find(const struct cost_model *model, struct text key, size_t lines)
{
	for (size_t i = 0; i < model->inputs.count; i++)
		if (text_eq(cost_input_at(model, i)->key, key))
			return (struct cost_slot){SLOT_INPUT, i};
	for (size_t i = 0; i < model->assumptions.count; i++)
		if (text_eq(cost_assumption_at(model, i)->key, key))
			return (struct cost_slot){SLOT_ASSUMPTION, i};
	for (size_t i = 0; i < lines; i++)
		if (text_eq(cost_line_at(model, i)->key, key))
			return (struct cost_slot){SLOT_LINE, i};
	return (struct cost_slot){SLOT_NONE, 0};
}

struct list cost_line_refs(struct arena *arena, const struct cost_line *line)
{
	const struct text *const single[] = {&line->value, &line->percent, &line->hours,
					     &line->threshold, &line->upper};
	const struct list *const lists[] = {&line->quantity, &line->per, &line->of, &line->less};
	struct cost_ref *items = NULL;
	size_t count = 0;

	for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++)
		if (single[i]->len > 0)
			LIST_ADD(arena, items, count)->ref = *single[i];
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (size_t n = 0; n < lists[i]->count; n++)
			LIST_ADD(arena, items, count)->ref = cost_ref_at(lists[i], n);
	return (struct list){items, count};
}

static struct cost_slot take_one(const struct cost_slot **next, struct text key)
{
	return key.len > 0 ? *(*next)++ : (struct cost_slot){SLOT_NONE, 0};
}

static struct cost_slots take_list(const struct cost_slot **next, const struct list *refs)
{
	struct cost_slots taken = {*next, refs->count};

	*next += refs->count;
	return taken;
}

/* Takes the slots in the order of cost_line_refs. */
static void plan_line(struct arena *arena, const struct cost_model *model, size_t at,
		      struct cost_plan *plan)
{
	const struct cost_line *line = cost_line_at(model, at);
	struct list refs = cost_line_refs(arena, line);
	bool on_all_above = line->kind == COST_MARKUP && line->of.count == 0;
	struct cost_slot *slots =
		arena_array(arena, struct cost_slot, refs.count + (on_all_above ? at : 0));
	const struct cost_slot *next = slots;
	size_t count = refs.count;

	for (size_t i = 0; i < refs.count; i++)
		slots[i] = cost_find(model, cost_ref_at(&refs, i), at);
	for (size_t i = 0; on_all_above && i < at; i++)
		if (cost_line_in_fee(cost_line_at(model, i)))
			slots[count++] = (struct cost_slot){SLOT_LINE, i};
	plan->all = (struct cost_slots){slots, count};
	plan->value = take_one(&next, line->value);
	plan->percent = take_one(&next, line->percent);
	plan->hours = take_one(&next, line->hours);
	plan->threshold = take_one(&next, line->threshold);
	plan->upper = take_one(&next, line->upper);
	plan->quantity = take_list(&next, &line->quantity);
	plan->per = take_list(&next, &line->per);
	plan->of = take_list(&next, &line->of);
	plan->less = take_list(&next, &line->less);
	plan->source = cost_words_source(arena, model, line, &plan->all);
}

const struct cost_plan *cost_plan_make(struct arena *arena, const struct cost_model *model)
{
	struct cost_plan *plans = arena_array(arena, struct cost_plan, model->lines.count);

	for (size_t i = 0; i < model->lines.count; i++)
		plan_line(arena, model, i, &plans[i]);
	return plans;
}
