/*
 * offers.c - one offer beside the guide it was made beside, and beside the offer that it answers.
 *
 * The view of a placement and a round's comparison both show this, and to both sides alike. The
 * guide's side of it is core's (guide_beside_offer), and so is what a counter-offer says of each
 * line: that stands in its entry.
 */
#include "view/offers.h"

#include "concordat/core/compare.h"

const struct calculate *offers_guide(const struct placement *placement, int64_t calculation)
{
	if (calculation < 1 || (size_t)calculation > placement->calculation_count)
		return NULL;
	return placement->calculations[calculation - 1].data;
}

static const struct cost_model *model_of(const struct world *world, const struct calculate *guide)
{
	return world->cost_model ? world->cost_model(world->context, guide->model, guide->version)
				 : NULL;
}

bool offers_models_known(const struct world *world, const struct placement *placement,
			 const struct thread *thread)
{
	for (size_t i = 0; i < thread->offer_count; i++) {
		const struct calculate *guide =
			offers_guide(placement, thread->offers[i].data->terms.calculation);

		if (guide && !model_of(world, guide))
			return false;
	}
	return true;
}

/* The offer that it answers, or else the one before it: a mediator's settlement answers none, nor
 * does what is offered after a withdrawal. */
static const struct offer *compared_with(const struct thread *thread, size_t n)
{
	int64_t answers = thread->offers[n].data->answers;

	if (answers >= 1 && (size_t)answers <= n)
		return &thread->offers[answers - 1];
	while (n > 0 && thread->offers[n - 1].sealed) /* taken back unopened */
		n--;
	return n ? &thread->offers[n - 1] : NULL;
}

/* Of what each side said last, whether it still stands or not. */
static int64_t gap_after(const struct thread *thread, size_t n)
{
	int64_t asked_p = NO_INT, offered_p = NO_INT;

	for (size_t i = 0; i <= n; i++) {
		if (thread->offers[i].sealed && i < n)
			continue;
		if (thread->offers[i].side == SIDE_PROVIDER)
			asked_p = thread->offers[i].data->terms.weekly_p;
		if (thread->offers[i].side == SIDE_COMMISSIONER)
			offered_p = thread->offers[i].data->terms.weekly_p;
	}
	return asked_p == NO_INT || offered_p == NO_INT ? NO_INT : asked_p - offered_p;
}

static const struct fee_line *line_find(const struct terms *terms, struct text key)
{
	const struct fee_line *lines = terms ? terms->lines.items : NULL;

	for (size_t i = 0; terms && i < terms->lines.count; i++)
		if (text_eq(lines[i].key, key))
			return &lines[i];
	return NULL;
}

/* ---- lines ---- */

struct lines {
	struct arena *arena;
	const struct make_offer *offer;
	const struct terms *before; /* NULL: none */
	struct line_beside *items;
	size_t count;
};

static struct line_beside *line_add(struct lines *lines, struct text key, struct text label)
{
	struct line_beside *out = LIST_ADD(lines->arena, lines->items, lines->count);
	const struct line_answer *answer = line_answer_find(&lines->offer->line_answers, key);
	const struct line_reason *reason = line_reason_find(&lines->offer->line_reasons, key);
	const struct fee_line *before = line_find(lines->before, key);

	*out = (struct line_beside){
		.key = key,
		.label = label,
		.unit = NO_ENUM,
		.index = NO_ENUM,
		.quantity_r = NO_INT,
		.rate_r = NO_INT,
		.weekly_p = NO_INT,
		.answer = answer ? answer->what : NO_ENUM,
		.moved_p = before ? -before->weekly_p : NO_INT,
		.guide_low_p = NO_INT,
		.guide_mid_p = NO_INT,
		.guide_high_p = NO_INT,
		.to_mid_p = NO_INT,
		.beside = NO_ENUM,
	};
	if (reason)
		out->reason = reason->reason;
	return out;
}

static void add_own(struct lines *lines, const struct fee_line *line)
{
	const struct fee_line *before = line_find(lines->before, line->key);
	struct line_beside *out = line_add(lines, line->key, line->label);

	out->unit = line->unit;
	out->index = line->index;
	out->quantity_r = line->quantity_r;
	out->rate_r = line->rate_r;
	out->weekly_p = line->weekly_p;
	if (lines->before)
		out->moved_p = line->weekly_p - (before ? before->weekly_p : 0);
}

static void add_gone(struct lines *lines)
{
	const struct fee_line *before = lines->before ? lines->before->lines.items : NULL;

	for (size_t i = 0; before && i < lines->before->lines.count; i++)
		if (!line_find(&lines->offer->terms, before[i].key))
			line_add(lines, before[i].key, before[i].label);
}

/* The guide's figures into the line of the same key; one that only the guide has comes last. */
static void put_guide(struct lines *lines, const struct offer_line *guide)
{
	struct line_beside *out = NULL;

	for (size_t i = 0; i < lines->count; i++)
		if (text_eq(lines->items[i].key, guide->key))
			out = &lines->items[i];
	if (!out)
		out = line_add(lines, guide->key, guide->label);
	out->guide_low_p = guide->guide_low_p;
	out->guide_mid_p = guide->guide_mid_p;
	out->guide_high_p = guide->guide_high_p;
	out->to_mid_p = guide->to_mid_p;
	out->beside = guide->beside;
}

struct offer_beside offers_beside(struct arena *arena, const struct world *world,
				  const struct placement *placement, const struct thread *thread,
				  size_t n)
{
	const struct offer *previous = compared_with(thread, n);
	struct lines lines = {.arena = arena, .offer = thread->offers[n].data};
	const struct terms *terms = &lines.offer->terms;
	const struct calculate *guide = offers_guide(placement, terms->calculation);
	const struct fee_line *own = terms->lines.items;
	struct offer_comparison comparison = {.to_mid_p = NO_INT, .beside = NO_ENUM};
	const struct offer_line *beside;

	if (previous)
		lines.before = &previous->data->terms;
	for (size_t i = 0; i < terms->lines.count; i++)
		add_own(&lines, &own[i]);
	add_gone(&lines);
	if (guide)
		guide_beside_offer(arena, model_of(world, guide), guide, terms, &comparison);
	beside = comparison.lines.items;
	for (size_t i = 0; i < comparison.lines.count; i++)
		put_guide(&lines, &beside[i]);
	return (struct offer_beside){
		.compared_with = previous ? previous->number : NO_INT,
		.to_guide_mid_p = comparison.to_mid_p,
		.beside_guide = comparison.beside == BESIDE_NO_GUIDE ? NO_ENUM : comparison.beside,
		.to_previous_p =
			previous ? terms->weekly_p - previous->data->terms.weekly_p : NO_INT,
		.gap_p = gap_after(thread, n),
		.lines = {lines.items, lines.count},
	};
}
