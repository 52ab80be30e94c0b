/*
 * cost_check_line.c - is one line of a cost model sound?
 *
 * The kind says which members a line has; each member says what it may name (pounds, a quantity, a
 * percentage), and everything named is an input, an assumption or an earlier line. So a line that
 * passes can be worked out, unless its figures come to nothing or to too much.
 */
#include "cost_check.h"

enum need { NEVER, MAY, MUST };

/* The members of each kind. */
static const struct shape {
	enum need value, percent, hours, threshold, upper, quantity, per, of;
} shapes[COST_KIND_COUNT] = {
	[COST_AMOUNT] = {.value = MUST},
	[COST_PRODUCT] = {.value = MUST, .quantity = MUST, .per = MAY},
	[COST_PERCENT_OF_LINES] = {.percent = MUST, .of = MUST},
	[COST_PERCENT_OF_PRICE] = {.percent = MUST},
	[COST_MARKUP] = {.percent = MUST, .of = MAY},
	[COST_ANNUAL] = {.value = MUST, .quantity = MAY, .per = MUST},
	[COST_RETURN] = {.value = MUST, .percent = MUST, .quantity = MAY, .per = MUST},
	[COST_SHARED] = {.value = MUST, .quantity = MUST, .per = MUST},
	[COST_THRESHOLD] = {.value = MUST,
			    .percent = MUST,
			    .hours = MUST,
			    .threshold = MUST,
			    .upper = MAY,
			    .of = MUST},
	[COST_SUM] = {.of = MUST},
	[COST_MIN] = {.of = MUST},
	[COST_MAX] = {.of = MUST},
};

/* What a member wants of the thing it names. */
enum want {
	WANT_MONEY,
	WANT_WAGE,
	WANT_PLAIN,
	WANT_DIVISOR,
	WANT_PERCENT,
	WANT_MONEY_LINE,
	WANT_QUANTITY_LINE
};

/* What can be said of a key without working it out. */
struct trait {
	bool money, percent, above_zero, by_price, in_fee, line;
};

static struct trait figure_trait(int32_t unit, int64_t least_r)
{
	return (struct trait){.money = unit == COST_UNIT_POUND,
			      .percent = unit == COST_UNIT_PERCENT,
			      .above_zero = least_r > 0};
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
				      .line = true};
	case SLOT_NONE:
		break;
	}
	return (struct trait){.money = false};
}

static bool fits(struct trait trait, enum want want, const char **why)
{
	switch (want) {
	case WANT_MONEY:
		*why = "is not in pounds, as this must be";
		return trait.money;
	case WANT_WAGE:
		*why = "must be in pounds, above 0 and not depend on the price";
		return trait.money && trait.above_zero && !trait.by_price;
	case WANT_PLAIN:
		*why = "is in pounds; this must be a quantity";
		return !trait.money;
	case WANT_DIVISOR:
		*why = "must be a quantity whose least is above 0, because a line divides by it";
		return !trait.money && trait.above_zero;
	case WANT_PERCENT:
		*why = "is not a percentage";
		return trait.percent;
	case WANT_MONEY_LINE:
		*why = "is not a line in pounds";
		return trait.line && trait.money;
	case WANT_QUANTITY_LINE:
		*why = "is not a line that is a quantity";
		return trait.line && !trait.money;
	}
	return false;
}

static bool repeats_what_it_names(const struct cost_line *line)
{
	return line->kind == COST_AMOUNT || line->kind == COST_SUM || line->kind == COST_MIN ||
	       line->kind == COST_MAX;
}

static bool check_ref(struct check *check, size_t at, struct text member, struct text key,
		      enum want want)
{
	struct text pointer = text_printf(check->arena, "/lines/%zu/%.*s", at, TEXT_FMT(member));
	struct cost_slot slot = cost_find(check->model, key, at);
	const struct cost_line *line = cost_line_at(check->model, at);
	const char *why = "";
	struct trait trait;

	if (slot.kind == SLOT_NONE) {
		slot = cost_find(check->model, key, check->model->lines.count);
		return check_refuse(
			check, pointer,
			text_printf(check->arena,
				    slot.kind == SLOT_LINE
					    ? "“%.*s” goes in a circle: a line may refer only to "
					      "earlier lines. Change the order."
					    : "“%.*s” is not an input, an assumption or a line. "
					      "Check the spelling.",
				    TEXT_FMT(key)));
	}
	trait = trait_of(check, slot);
	if (!fits(trait, want, &why))
		return check_refuse(check, pointer,
				    text_printf(check->arena, "“%.*s” %s.", TEXT_FMT(key), why));
	if (trait.by_price && (line->kind == COST_MIN || line->kind == COST_MAX))
		return check_refuse(check, pointer,
				    text_printf(check->arena,
						"“%.*s” depends on the price, so the least or most "
						"of it cannot be known before the price.",
						TEXT_FMT(key)));
	if (trait.in_fee && cost_line_in_fee(line) && repeats_what_it_names(line))
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
	bool quantity = cost_line_is_quantity(line), wage = line->kind == COST_THRESHOLD;
	enum want money = quantity ? WANT_PLAIN : WANT_MONEY, of = money;

	if (shape->percent != NEVER) /* of lines, and not of figures */
		of = quantity ? WANT_QUANTITY_LINE : WANT_MONEY_LINE;
	return check_one(check, at, "value", shape->value, line->value, wage ? WANT_WAGE : money) &&
	       check_one(check, at, "percent", shape->percent, line->percent, WANT_PERCENT) &&
	       check_one(check, at, "hours", shape->hours, line->hours, WANT_DIVISOR) &&
	       check_one(check, at, "threshold", shape->threshold, line->threshold, WANT_MONEY) &&
	       check_one(check, at, "upper", shape->upper, line->upper, WANT_MONEY) &&
	       check_many(check, at, "quantity", shape->quantity, &line->quantity, WANT_PLAIN) &&
	       check_many(check, at, "per", shape->per, &line->per, WANT_DIVISOR) &&
	       check_many(check, at, "of", shape->of, &line->of, of);
}

bool check_line(struct check *check, size_t at)
{
	const struct cost_line *line = cost_line_at(check->model, at);
	bool quantity = cost_line_is_quantity(line);

	if (!check_key(check, "lines", at, line->key) ||
	    !check_words(check, "lines", at, line->label, true, line->source))
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
	return check_members(check, at);
}
