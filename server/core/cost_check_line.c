/*
 * cost_check_line.c - is one line of a cost model sound?
 *
 * The kind says which members a line has; each member says what it may name (pounds, a quantity, a
 * percentage), and everything named is an input, an assumption or an earlier line. So a line that
 * passes can be worked out, unless its figures come to nothing or to too much.
 */
#include "cost_check.h"

enum need { NEVER, MAY, MUST };

/* The members of each kind. rated: value x quantity / per, where pounds cancel. */
static const struct shape {
	enum need value, percent, hours, threshold, upper, quantity, per, of, less;
	bool rated;
} shapes[COST_KIND_COUNT] = {
	[COST_AMOUNT] = {.value = MUST},
	[COST_PRODUCT] = {.value = MUST, .quantity = MAY, .per = MAY, .rated = true},
	[COST_PERCENT_OF_LINES] = {.percent = MUST, .of = MUST},
	[COST_PERCENT_OF_PRICE] = {.percent = MUST},
	[COST_MARKUP] = {.percent = MUST, .of = MAY},
	[COST_ANNUAL] = {.value = MUST, .quantity = MAY, .per = MAY, .rated = true},
	[COST_RETURN] =
		{.value = MUST, .percent = MUST, .quantity = MAY, .per = MAY, .rated = true},
	[COST_SHARED] = {.value = MUST, .quantity = MUST, .per = MUST, .rated = true},
	[COST_THRESHOLD] = {.value = MUST,
			    .percent = MUST,
			    .hours = MAY,
			    .threshold = MUST,
			    .upper = MAY,
			    .of = MAY},
	[COST_SUM] = {.of = MUST, .less = MAY},
	[COST_MIN] = {.of = MUST},
	[COST_MAX] = {.of = MUST},
};

/* What a member wants of the thing it names. */
enum want {
	WANT_MONEY,
	WANT_LIMIT, /* pounds, known before the price */
	WANT_WAGE,
	WANT_PLAIN,
	WANT_SAME_UNIT,
	WANT_HOURS,
	WANT_FACTOR,
	WANT_DIVISOR,
	WANT_PERCENT
};

/* What can be said of a key without working it out. */
struct trait {
	bool money, percent, above_zero, by_price, in_fee;
	int32_t unit; /* of a quantity */
};

static struct trait figure_trait(int32_t unit, int64_t least_r)
{
	return (struct trait){.money = unit == COST_UNIT_POUND,
			      .percent = unit == COST_UNIT_PERCENT,
			      .above_zero = least_r > 0,
			      .unit = unit};
}

static struct trait trait_of(struct check *check, struct cost_slot slot)
{
	const struct cost_assumption *assumption;
	const struct cost_input *input;
	const struct cost_line *line;

	switch (slot.kind) {
	case SLOT_INPUT:
		check->input_used[slot.at] = true;
		input = cost_input_at(check->model, slot.at);
		return figure_trait(input->unit, input->least_r);
	case SLOT_ASSUMPTION:
		check->assumption_used[slot.at] = true;
		assumption = cost_assumption_at(check->model, slot.at);
		return figure_trait(assumption->unit,
				    cost_figure_of(&assumption->figure,
						   assumption->falls ? RUN_HIGH : RUN_LOW));
	case SLOT_LINE:
		line = cost_line_at(check->model, slot.at);
		return (struct trait){.money = !cost_line_is_quantity(line),
				      .percent = cost_line_is_quantity(line) &&
						 line->unit == COST_UNIT_PERCENT,
				      .above_zero = true, /* seen when it is worked out */
				      .by_price = check->by_price[slot.at],
				      .in_fee = cost_line_in_fee(line),
				      .unit = line->unit};
	case SLOT_NONE:
		break;
	}
	return (struct trait){.money = false};
}

/* A number goes with every unit; a bed is a person and a percentage a number. */
static bool same_unit(int32_t one, int32_t line)
{
	static const enum cost_unit as[COST_UNIT_COUNT] = {
		[COST_UNIT_HOUR] = COST_UNIT_HOUR,     [COST_UNIT_MINUTE] = COST_UNIT_MINUTE,
		[COST_UNIT_VISIT] = COST_UNIT_VISIT,   [COST_UNIT_NIGHT] = COST_UNIT_NIGHT,
		[COST_UNIT_DAY] = COST_UNIT_DAY,       [COST_UNIT_WEEK] = COST_UNIT_WEEK,
		[COST_UNIT_MONTH] = COST_UNIT_MONTH,   [COST_UNIT_YEAR] = COST_UNIT_YEAR,
		[COST_UNIT_MILE] = COST_UNIT_MILE,     [COST_UNIT_PERSON] = COST_UNIT_PERSON,
		[COST_UNIT_BED] = COST_UNIT_PERSON,    [COST_UNIT_PERCENT] = COST_UNIT_NUMBER,
		[COST_UNIT_NUMBER] = COST_UNIT_NUMBER,
	};

	return one == COST_UNIT_NUMBER || as[one] == as[line];
}

static bool fits(struct trait trait, enum want want, int32_t unit, const char **why)
{
	switch (want) {
	case WANT_MONEY:
		*why = "is not in pounds, as this must be";
		return trait.money;
	case WANT_LIMIT:
		*why = "must be in pounds and not depend on the price";
		return trait.money && !trait.by_price;
	case WANT_WAGE:
		*why = "must be in pounds, above 0 and not depend on the price";
		return trait.money && trait.above_zero && !trait.by_price;
	case WANT_PLAIN:
		*why = "is in pounds; this must be a quantity";
		return !trait.money;
	case WANT_SAME_UNIT:
		*why = trait.money ? "is in pounds; this must be a quantity"
				   : "is counted in another unit than this line. Work it out in "
				     "this line's unit first";
		return !trait.money && same_unit(trait.unit, unit);
	case WANT_HOURS:
		*why = "must be a quantity whose least is above 0";
		return !trait.money && trait.above_zero;
	case WANT_FACTOR:
		*why = "depends on the price, so nothing can be multiplied by it";
		return !trait.by_price;
	case WANT_DIVISOR:
		*why = "must have a least above 0 and not depend on the price, because a line "
		       "divides by it";
		return trait.above_zero && !trait.by_price;
	case WANT_PERCENT:
		*why = "is not a percentage";
		return trait.percent;
	}
	return false;
}

static bool repeats_what_it_names(const struct cost_line *line)
{
	return line->kind == COST_AMOUNT || line->kind == COST_SUM || line->kind == COST_MIN ||
	       line->kind == COST_MAX;
}

/* Whether the line is made of the other, itself or through lines between. */
static bool is_made_of(struct check *check, size_t line, size_t other)
{
	const struct cost_model *model = check->model;
	bool *touched = arena_array(check->arena, bool, model->lines.count), more = true;

	touched[line] = true;
	while (more && !touched[other]) {
		more = false;
		for (size_t at = 0; at < model->lines.count; at++) {
			struct list refs = cost_line_refs(check->arena, cost_line_at(model, at));

			for (size_t i = 0; touched[at] && i < refs.count; i++) {
				struct cost_slot slot =
					cost_find(model, cost_ref_at(&refs, i), model->lines.count);

				if (slot.kind != SLOT_LINE || touched[slot.at])
					continue;
				touched[slot.at] = more = true;
			}
		}
	}
	return touched[other];
}

/* The key names no earlier thing. */
static bool refuse_unknown(struct check *check, size_t at, struct text pointer, struct text key)
{
	struct cost_slot slot = cost_find(check->model, key, check->model->lines.count);
	const char *why = "“%.*s” is not an input, an assumption or a line. Check the spelling.";

	if (slot.kind == SLOT_LINE && slot.at == at)
		why = "“%.*s” is this line itself, so it goes in a circle. Name another.";
	else if (slot.kind == SLOT_LINE && is_made_of(check, slot.at, at))
		why = "“%.*s” goes in a circle: it is itself made of this line. Take one of the "
		      "two out.";
	else if (slot.kind == SLOT_LINE)
		why = "“%.*s” stands further down, and a line may refer only to earlier lines. "
		      "Move it up.";
	return check_refuse(check, pointer, text_printf(check->arena, why, TEXT_FMT(key)));
}

static bool check_ref(struct check *check, size_t at, struct text member, struct text key,
		      enum want want)
{
	struct text pointer = text_printf(check->arena, "/lines/%zu/%.*s", at, TEXT_FMT(member));
	struct cost_slot slot = cost_find(check->model, key, at);
	const struct cost_line *line = cost_line_at(check->model, at);
	const char *why = "";
	struct trait trait;

	if (slot.kind == SLOT_NONE)
		return refuse_unknown(check, at, pointer, key);
	trait = trait_of(check, slot);
	if (!fits(trait, want, line->unit, &why))
		return check_refuse(check, pointer,
				    text_printf(check->arena, "“%.*s” %s.", TEXT_FMT(key), why));
	if (trait.by_price && (line->kind == COST_MIN || line->kind == COST_MAX))
		return check_refuse(check, pointer,
				    text_printf(check->arena,
						"“%.*s” depends on the price, so the least or most "
						"of it cannot be known before the price.",
						TEXT_FMT(key)));
	if (trait.in_fee && cost_line_in_fee(line) && repeats_what_it_names(line) &&
	    !text_starts(member, "less"))
		return check_refuse(check, pointer,
				    text_printf(check->arena,
						"“%.*s” would be in the fee twice. Make this line "
						"a subtotal, or that one.",
						TEXT_FMT(key)));
	check->by_price[at] = check->by_price[at] || trait.by_price;
	return true;
}

static bool check_need(struct check *check, size_t at, const char *member, enum need need,
		       bool there)
{
	const struct cost_line *line = cost_line_at(check->model, at);

	if (need == MUST && !there)
		return check_refuse_at(check, "lines", at, member,
				       text_printf(check->arena, "A line of kind %s needs %s.",
						   cost_kind_names[line->kind], member));
	if (need == NEVER && there)
		return check_refuse_at(check, "lines", at, member,
				       text_printf(check->arena, "A line of kind %s has no %s.",
						   cost_kind_names[line->kind], member));
	return true;
}

static bool check_one(struct check *check, size_t at, const char *member, enum need need,
		      struct text key, enum want want)
{
	return check_need(check, at, member, need, key.len > 0) &&
	       (key.len == 0 || check_ref(check, at, text_of(member), key, want));
}

static bool check_many(struct check *check, size_t at, const char *member, enum need need,
		       const struct list *refs, enum want want)
{
	if (!check_need(check, at, member, need, refs->count > 0))
		return false;
	for (size_t i = 0; i < refs->count; i++) {
		struct text pointer = text_printf(check->arena, "%s/%zu/ref", member, i);

		if (!check_ref(check, at, pointer, cost_ref_at(refs, i), want))
			return false;
	}
	return true;
}

static bool check_members(struct check *check, size_t at)
{
	const struct cost_line *line = cost_line_at(check->model, at);
	const struct shape *shape = &shapes[line->kind];
	bool quantity = cost_line_is_quantity(line);
	enum want of = quantity ? WANT_SAME_UNIT : WANT_MONEY, value = of;

	if (quantity && shape->percent != NEVER)
		of = WANT_PLAIN;
	if (line->kind == COST_THRESHOLD)
		value = WANT_WAGE;
	else if (quantity && shape->rated)
		value = WANT_FACTOR;
	return check_one(check, at, "value", shape->value, line->value, value) &&
	       check_one(check, at, "percent", shape->percent, line->percent, WANT_PERCENT) &&
	       check_one(check, at, "hours", shape->hours, line->hours, WANT_HOURS) &&
	       check_one(check, at, "threshold", shape->threshold, line->threshold, WANT_LIMIT) &&
	       check_one(check, at, "upper", shape->upper, line->upper, WANT_LIMIT) &&
	       check_many(check, at, "quantity", shape->quantity, &line->quantity, WANT_FACTOR) &&
	       check_many(check, at, "per", shape->per, &line->per, WANT_DIVISOR) &&
	       check_many(check, at, "of", shape->of, &line->of, of) &&
	       check_many(check, at, "less", shape->less, &line->less, of);
}

static bool is_pounds(struct check *check, struct text key)
{
	struct cost_slot slot = cost_find(check->model, key, check->model->lines.count);

	return trait_of(check, slot).money;
}

/* How many are in pounds, and which of them is the last. */
static size_t count_pounds(struct check *check, const struct list *refs, size_t *last)
{
	size_t count = 0;

	for (size_t i = 0; i < refs->count; i++) {
		if (!is_pounds(check, cost_ref_at(refs, i)))
			continue;
		*last = i;
		count++;
	}
	return count;
}

static bool refuse_pounds(struct check *check, size_t at, struct text member, struct text key,
			  const char *other)
{
	return check_refuse(check,
			    text_printf(check->arena, "/lines/%zu/%.*s", at, TEXT_FMT(member)),
			    text_printf(check->arena,
					"“%.*s” is in pounds; this must be a quantity, or as many "
					"pounds must stand among %s.",
					TEXT_FMT(key), other));
}

/* One pound more above than below makes pounds, as many make a quantity. */
static bool check_pounds(struct check *check, size_t at)
{
	const struct cost_line *line = cost_line_at(check->model, at);
	size_t last_above = 0, last_below = 0;
	size_t above = count_pounds(check, &line->quantity, &last_above);
	size_t below = count_pounds(check, &line->per, &last_below);

	if (cost_line_is_quantity(line) && is_pounds(check, line->value))
		below = below > 0 ? below - 1 : SIZE_MAX;
	if (below == SIZE_MAX)
		return refuse_pounds(check, at, TEXT("value"), line->value, "per");
	if (above > below)
		return refuse_pounds(check, at,
				     text_printf(check->arena, "quantity/%zu/ref", last_above),
				     cost_ref_at(&line->quantity, last_above), "per");
	if (below > above)
		return refuse_pounds(check, at,
				     text_printf(check->arena, "per/%zu/ref", last_below),
				     cost_ref_at(&line->per, last_below), "quantity");
	return true;
}

/* What the members of a kind must be together. */
static bool check_together(struct check *check, size_t at)
{
	const struct cost_line *line = cost_line_at(check->model, at);
	struct cost_slot from = cost_find(check->model, line->threshold, at);
	struct cost_slot to = cost_find(check->model, line->upper, at);

	if (line->kind == COST_PRODUCT && line->quantity.count + line->per.count == 0)
		return check_refuse_at(check, "lines", at, "quantity",
				       TEXT("A line of kind rate_times_quantity needs quantity, or "
					    "per, or both."));
	if (shapes[line->kind].rated)
		return check_pounds(check, at);
	if (line->kind != COST_THRESHOLD || from.kind != SLOT_ASSUMPTION ||
	    to.kind != SLOT_ASSUMPTION)
		return true;
	for (int run = 0; run < RUN_COUNT; run++)
		if (cost_figure_of(&cost_assumption_at(check->model, to.at)->figure,
				   (enum cost_run)run) <=
		    cost_figure_of(&cost_assumption_at(check->model, from.at)->figure,
				   (enum cost_run)run))
			return check_refuse_at(
				check, "lines", at, "upper",
				TEXT("The upper limit must be above the threshold."));
	return true;
}

bool check_line(struct check *check, size_t at)
{
	const struct cost_line *line = cost_line_at(check->model, at);
	bool quantity = cost_line_is_quantity(line);

	if (!check_key(check, "lines", at, line->key) ||
	    !check_words(check, "lines", at, line->label, true, line->source, line->source_url))
		return false;
	if (line->group.len == 0)
		return check_refuse_at(check, "lines", at, "group",
				       TEXT("Give the group it stands in."));
	if (line->kind < 0 || line->kind >= COST_KIND_COUNT)
		return check_refuse_at(check, "lines", at, "kind", TEXT("Give its kind."));
	if (quantity && (line->unit == NO_ENUM || line->unit == COST_UNIT_POUND))
		return check_refuse_at(check, "lines", at, "unit",
				       TEXT("A quantity needs a unit, and not pounds."));
	if (quantity && line->deduction)
		return check_refuse_at(
			check, "lines", at, "deduction",
			TEXT("A quantity is not a deduction; only money is taken off."));
	if (quantity && (line->kind == COST_PERCENT_OF_PRICE || line->kind == COST_THRESHOLD ||
			 (line->kind == COST_MARKUP && line->of.count == 0)))
		return check_refuse_at(check, "lines", at, "counts",
				       TEXT("A line of this kind is money and not a quantity."));
	check->by_price[at] = line->kind == COST_PERCENT_OF_PRICE;
	for (size_t i = 0; line->kind == COST_MARKUP && line->of.count == 0 && i < at; i++)
		if (cost_line_in_fee(cost_line_at(check->model, i)))
			check->by_price[at] = check->by_price[at] || check->by_price[i];
	return check_members(check, at) && check_together(check, at);
}
