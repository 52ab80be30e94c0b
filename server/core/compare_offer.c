/*
 * compare_offer.c - an offer beside the guide price it stands beside, line by line, for a week.
 *
 * The guide's figures are those that were stored. Its model says the shape, the hours that nobody
 * gave and, as it still comes to the stored figures, the pence of a week's lines: four places
 * rounded once more would be a penny off now and then.
 */
#include "concordat/core/compare.h"
#include "concordat/core/fields.h"
#include "cost_lines.h"

#define R_PER_UNIT 10000 /* ten-thousandths in one */

const char *const beside_guide_names[] = {BESIDE_GUIDE(WORDS_NAME) NULL};

#define WEEKLY_F(type, member, json, flags, help)                                                \
	F(type, member, json, FIELD_MONEY, flags, -MONEY_MOST_P * 200, MONEY_MOST_P * 200, NULL, \
	  NULL, help)

static const struct field offer_line_fields[] = {
	TEXT_F(offer_line, key, REQ, 40, "the line's key"),
	TEXT_F(offer_line, label, REQ, 200, "what it is for"),
	WEEKLY_F(offer_line, guide_low_p, "guide_low", 0, "the guide's low a week; absent: none"),
	WEEKLY_F(offer_line, guide_mid_p, "guide_mid", 0, "the guide's mid a week"),
	WEEKLY_F(offer_line, guide_high_p, "guide_high", 0, "the guide's high a week"),
	WEEKLY_F(offer_line, offered_p, "offered", 0, "offered a week; absent: no such line"),
	WEEKLY_F(offer_line, to_mid_p, "to_mid", 0, "offered less the guide's mid"),
	ENUM_F(offer_line, beside, REQ, beside_guide_names, "where it lies beside the guide"),
};
static TABLE(offer_line, struct offer_line, "A line of an offer beside the guide's");

static const struct field offer_comparison_fields[] = {
	WEEKLY_F(offer_comparison, guide_low_p, "guide_low", 0, "the guide's low a week"),
	WEEKLY_F(offer_comparison, guide_mid_p, "guide_mid", 0, "the guide's mid a week"),
	WEEKLY_F(offer_comparison, guide_high_p, "guide_high", 0, "the guide's high a week"),
	WEEKLY_F(offer_comparison, offered_p, "offered", REQ, "the fee offered a week"),
	WEEKLY_F(offer_comparison, to_mid_p, "to_mid", 0, "offered less the guide's mid"),
	ENUM_F(offer_comparison, beside, REQ, beside_guide_names, "where it lies beside the guide"),
	LIST_F(offer_comparison, lines, REQ, 1, 260, &offer_line_schema, "every line of either"),
};
TABLE(offer_comparison, struct offer_comparison, "An offer beside a guide price");

/* ---- the guide for a week ---- */

/* Hours a week in ten-thousandths, by run; NO_INT: it has no weekly price. */
struct hours {
	int64_t run_r[RUN_COUNT];
};

static struct hours hours_of(const struct cost_model *model, const struct calculate *guide)
{
	struct cost_slot slot = cost_find(model, TEXT(COST_HOURS_A_WEEK), 0);
	const struct map_entry *given = guide->inputs.items;
	struct hours hours;

	for (int run = 0; run < RUN_COUNT; run++) {
		hours.run_r[run] = NO_INT;
		if (slot.kind == SLOT_INPUT)
			hours.run_r[run] = cost_figure_of(&cost_input_at(model, slot.at)->usual,
							  (enum cost_run)run);
		for (size_t i = 0; i < guide->inputs.count; i++)
			if (text_is(given[i].key, COST_HOURS_A_WEEK))
				hours.run_r[run] = given[i].value_r;
	}
	return hours;
}

struct beside {
	const struct cost_model *model;
	const struct calculate *guide;
	struct hours hours;
	bool weekly;			/* the guide has a weekly price */
	bool by_line;			/* and each of its lines has one */
	const struct guide_line *again; /* worked out again, to the same; NULL: not */
};

/* The lines of a week's guide, in the order of those stored; NULL of another. */
static const struct guide_line *work_again(struct arena *arena, const struct beside *b)
{
	struct guide guide;
	struct flaw flaw;

	if (!b->by_line || b->model->price_unit != COST_PER_WEEK ||
	    !cost_model_run(arena, b->model, &b->guide->inputs, &guide, &flaw) ||
	    !guide_is_as_stored(&guide, b->guide))
		return NULL;
	return guide.lines.items;
}

static void put_weekly(const struct beside *b, const struct line_range *range,
		       struct offer_line *out)
{
	const struct line_range *ranges = b->guide->lines.items;
	const int64_t figures_r[RUN_COUNT] = {range->low_r, range->mid_r, range->high_r};
	int64_t *const weekly_p[RUN_COUNT] = {&out->guide_low_p, &out->guide_mid_p,
					      &out->guide_high_p};

	for (int run = 0; run < RUN_COUNT; run++)
		*weekly_p[run] = (int64_t)divide_round(
			(__int128)figures_r[run] * (b->model->price_unit == COST_PER_WEEK
							    ? R_PER_UNIT
							    : b->hours.run_r[run]),
			100 * R_PER_UNIT);
	if (!b->again)
		return;
	out->guide_low_p = b->again[range - ranges].low_p;
	out->guide_mid_p = b->again[range - ranges].mid_p;
	out->guide_high_p = b->again[range - ranges].high_p;
}

static bool range_in_fee(const struct beside *b, const struct line_range *range)
{
	struct cost_slot slot = cost_find(b->model, range->key, b->model->lines.count);

	return slot.kind == SLOT_LINE && cost_line_in_fee(cost_line_at(b->model, slot.at));
}

static const struct line_range *range_of(const struct beside *b, struct text key)
{
	const struct line_range *ranges = b->guide->lines.items;

	for (size_t i = 0; b->by_line && i < b->guide->lines.count; i++)
		if (text_eq(ranges[i].key, key) && range_in_fee(b, &ranges[i]))
			return &ranges[i];
	return NULL;
}

/* ---- beside it ---- */

/* Of a deduction low may be above high. */
static enum beside_guide place(int64_t low_p, int64_t high_p, int64_t offered_p)
{
	int64_t least_p = low_p < high_p ? low_p : high_p;
	int64_t most_p = low_p < high_p ? high_p : low_p;

	return offered_p < least_p  ? BESIDE_BELOW
	       : offered_p > most_p ? BESIDE_ABOVE
				    : BESIDE_WITHIN;
}

static struct offer_line line_beside(const struct beside *b, const struct line_range *range,
				     const struct fee_line *line)
{
	struct offer_line out = {
		.key = line ? line->key : range->key,
		.label = line ? line->label : range->label,
		.guide_low_p = NO_INT,
		.guide_mid_p = NO_INT,
		.guide_high_p = NO_INT,
		.offered_p = line ? line->weekly_p : NO_INT,
		.to_mid_p = NO_INT,
		.beside = BESIDE_NO_GUIDE,
	};
	int64_t offered_p = line ? line->weekly_p : 0;

	if (b->by_line)
		out.to_mid_p = offered_p;
	if (!range)
		return out;
	put_weekly(b, range, &out);
	out.to_mid_p = offered_p - out.guide_mid_p;
	out.beside = place(out.guide_low_p, out.guide_high_p, offered_p);
	return out;
}

static bool is_offered(const struct terms *terms, struct text key)
{
	const struct fee_line *lines = terms->lines.items;

	for (size_t i = 0; i < terms->lines.count; i++)
		if (text_eq(lines[i].key, key))
			return true;
	return false;
}

void guide_beside_offer(struct arena *arena, const struct cost_model *model,
			const struct calculate *guide, const struct terms *terms,
			struct offer_comparison *out)
{
	const struct fee_line *offered = terms->lines.items;
	const struct line_range *ranges = guide->lines.items;
	struct beside b = {
		.model = model,
		.guide = guide,
	};
	struct offer_line *lines = NULL;
	size_t count = 0;

	if (model)
		b.hours = hours_of(model, guide);
	b.weekly = guide->weekly_mid_p != NO_INT && (!model || model->price_unit == COST_PER_WEEK ||
						     b.hours.run_r[RUN_MID] != NO_INT);
	b.by_line = b.weekly && model;
	b.again = work_again(arena, &b);
	for (size_t i = 0; i < terms->lines.count; i++)
		*LIST_ADD(arena, lines, count) =
			line_beside(&b, range_of(&b, offered[i].key), &offered[i]);
	for (size_t i = 0; b.by_line && i < guide->lines.count; i++)
		if (range_in_fee(&b, &ranges[i]) && !is_offered(terms, ranges[i].key))
			*LIST_ADD(arena, lines, count) = line_beside(&b, &ranges[i], NULL);
	*out = (struct offer_comparison){
		.guide_low_p = guide->weekly_low_p,
		.guide_mid_p = guide->weekly_mid_p,
		.guide_high_p = guide->weekly_high_p,
		.offered_p = terms->weekly_p,
		.to_mid_p = b.weekly ? terms->weekly_p - guide->weekly_mid_p : NO_INT,
		.beside =
			b.weekly ? place(guide->weekly_low_p, guide->weekly_high_p, terms->weekly_p)
				 : BESIDE_NO_GUIDE,
		.lines = {lines, count},
	};
}
