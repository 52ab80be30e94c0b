/*
 * test_compare_laws.c - what holds of every comparison, over random models and inputs.
 *
 * The seed is fixed, so a failure comes back. A model is drawn with the lines it may have; the
 * second is the first with some of its figures, limits, lines and inputs drawn again.
 */
#include "concordat/core/compare.h"
#include "models.h"

#define ROUNDS 1000

static uint64_t random_state;

static int64_t below(int64_t most)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (int64_t)((random_state * UINT64_C(0x2545f4914f6cdd1d) >> 16) % (uint64_t)most);
}

/* What is drawn of one model and what was given to it; NO_INT: not given. */
struct drawn {
	bool hourly, has_extra, has_margin, has_markup, has_outside, has_discount, extra_asked;
	int64_t wage_r, wage_spread_r, percent_r, extra_r, margin_r, hours_r, most_hours_r;
	int64_t people_r, rounding;
	int64_t gave_hours_r, gave_people_r, gave_extra_r;
	bool people_required;
};

static void draw_figures(struct drawn *d)
{
	d->wage_r = R(5) + below(R(20));
	d->wage_spread_r = below(2) ? below(R(2)) : 0;
	d->percent_r = below(R(30));
	d->extra_r = below(R(80));
	d->margin_r = below(R(25));
	d->most_hours_r = R(40 + below(120));
	d->hours_r = R(5 + below(35));
	d->people_r = R(1 + below(4));
}

static void draw_shape(struct drawn *d)
{
	d->has_extra = below(2);
	d->extra_asked = below(2);
	d->has_margin = below(2);
	d->has_markup = below(2);
	d->has_outside = below(2);
	d->has_discount = below(3) == 0;
	d->people_required = below(3) == 0;
	d->rounding = below(2) ? COST_PENNY_NEAREST : COST_POUND_NEAREST;
}

static void draw_given(struct drawn *d)
{
	d->gave_hours_r = below(2) ? R(1 + below(d->most_hours_r / 10000)) : NO_INT;
	d->gave_people_r = d->people_required || below(2) ? R(1 + below(4)) : NO_INT;
	d->gave_extra_r = d->has_extra && d->extra_asked && below(2) ? below(R(90)) : NO_INT;
}

static void build_lines(const struct drawn *d)
{
	struct cost_line *at = line("pay", COST_SHARED);

	at->value = TEXT("wage");
	at->quantity = refs("hours");
	at->per = refs("people");
	at = line("on_costs", COST_PERCENT_OF_LINES);
	at->percent = TEXT("on_cost_percent");
	at->of = refs("pay");
	at = line("staffing", COST_SUM);
	at->of = refs("pay on_costs");
	at->counts = COST_SUBTOTAL;
	pounds_line("base", R(60));
	if (d->has_extra)
		line("extra", COST_AMOUNT)->value = TEXT("extra_cost");
	if (d->has_outside)
		pounds_line("rent", R(150));
	if (d->has_outside)
		((struct cost_line *)model.lines.items)[model.lines.count - 1].counts =
			COST_OUTSIDE;
	if (d->has_discount)
		pounds_line("discount", R(10))->deduction = true;
	if (d->has_markup) {
		assume("markup_percent", COST_UNIT_PERCENT, d->margin_r);
		line("markup", COST_MARKUP)->percent = TEXT("markup_percent");
	}
	if (d->has_margin) {
		assume("margin_percent", COST_UNIT_PERCENT, d->margin_r);
		line("margin", COST_PERCENT_OF_PRICE)->percent = TEXT("margin_percent");
	}
}

static struct cost_model *build(const struct drawn *d, const char *version)
{
	struct cost_input *people;

	model.version = text_of(version);
	model.inputs = model.assumptions = model.lines = (struct list){NULL, 0};
	model.price_unit = COST_PER_WEEK;
	model.rounding = (int32_t)d->rounding;
	ask("hours", COST_UNIT_HOUR, 0, d->most_hours_r, d->hours_r);
	people = ask("people", COST_UNIT_PERSON, R(1), R(10),
		     d->people_required ? NO_INT : d->people_r);
	people->required = d->people_required;
	assume_range("wage", COST_UNIT_POUND, d->wage_r, d->wage_r + d->wage_spread_r,
		     d->wage_r + 2 * d->wage_spread_r);
	assume("on_cost_percent", COST_UNIT_PERCENT, d->percent_r);
	if (d->has_extra && d->extra_asked)
		ask("extra_cost", COST_UNIT_POUND, 0, R(100), d->extra_r);
	else if (d->has_extra)
		assume("extra_cost", COST_UNIT_POUND, d->extra_r);
	if (d->hourly)
		make_hourly();
	build_lines(d);
	expect_sound();
	return arena_copy(arena, &model, sizeof(model));
}

static struct list *given_of(const struct drawn *d)
{
	struct list *out = arena_make(arena, struct list);
	struct map_entry *items = NULL;

	if (d->gave_hours_r != NO_INT)
		*LIST_ADD(arena, items, out->count) =
			(struct map_entry){TEXT("hours"), d->gave_hours_r};
	if (d->gave_people_r != NO_INT)
		*LIST_ADD(arena, items, out->count) =
			(struct map_entry){TEXT("people"), d->gave_people_r};
	if (d->gave_extra_r != NO_INT)
		*LIST_ADD(arena, items, out->count) =
			(struct map_entry){TEXT("extra_cost"), d->gave_extra_r};
	out->items = items;
	return out;
}

/* Both sides of one round; the arena is emptied at its start. */
struct pair {
	struct drawn a, b;
	struct calculation_asked before, after;
};

static void draw_pair(struct pair *p, bool figures, bool shape, bool given_too)
{
	arena_free(arena);
	arena = arena_new();
	draw_figures(&p->a);
	draw_shape(&p->a);
	draw_given(&p->a);
	p->a.hourly = below(4) == 0;
	p->b = p->a;
	if (figures)
		draw_figures(&p->b);
	if (shape)
		draw_shape(&p->b);
	p->b.people_required = p->a.people_required && !shape;
	if (given_too || p->b.people_required != p->a.people_required || figures || shape)
		draw_given(&p->b);
	p->before = (struct calculation_asked){build(&p->a, "1"), given_of(&p->a)};
	p->after = (struct calculation_asked){build(&p->b, figures || shape ? "2" : "1"),
					      given_of(&p->b)};
}

/* A pair that can be compared; some draws fall below zero and are left. */
static bool compare(const struct calculation_asked *before, const struct calculation_asked *after,
		    struct comparison *out)
{
	return guide_compare(arena, before, after, out, &fault);
}

static void the_three_parts_always_add_up(void **state)
{
	int compared = 0, with_inputs = 0, with_rates = 0, with_model = 0;
	struct comparison c;
	struct pair p;

	(void)state;
	random_state = 4;
	for (int i = 0; i < ROUNDS; i++) {
		memset(&p, 0, sizeof(p));
		draw_pair(&p, below(2), below(2), below(2));
		if (!compare(&p.before, &p.after, &c))
			continue;
		compared++;
		with_inputs += c.by_inputs_p != 0;
		with_rates += c.by_rates_p != 0;
		with_model += c.by_model_p != 0;
		if (c.by_inputs_p + c.by_rates_p + c.by_model_p != c.difference_p ||
		    c.after_mid_p - c.before_mid_p != c.difference_p)
			fail_msg("round %d", i);
	}
	/* Every sort of movement came up often. */
	assert_true(compared > ROUNDS * 9 / 10);
	assert_true(with_inputs > ROUNDS / 4);
	assert_true(with_rates > ROUNDS / 10);
	assert_true(with_model > ROUNDS / 10);
}

static void the_same_version_moves_by_inputs_only(void **state)
{
	struct comparison c;
	struct pair p;

	(void)state;
	random_state = 5;
	for (int i = 0; i < ROUNDS; i++) {
		memset(&p, 0, sizeof(p));
		draw_pair(&p, false, false, true);
		if (!compare(&p.before, &p.after, &c))
			continue;
		assert_true(c.same_version);
		assert_int_equal(c.by_rates_p, 0);
		assert_int_equal(c.by_model_p, 0);
		assert_int_equal(c.rates.count, 0);
	}
}

static void the_same_shape_moves_by_inputs_and_rates_only(void **state)
{
	struct comparison c;
	struct pair p;

	(void)state;
	random_state = 6;
	for (int i = 0; i < ROUNDS; i++) {
		memset(&p, 0, sizeof(p));
		draw_pair(&p, true, false, false);
		if (!compare(&p.before, &p.after, &c))
			continue;
		if (c.by_model_p != 0)
			fail_msg("round %d: %s", i, text_cstr(arena, c.summary));
	}
}

static void nothing_changed_is_all_zero(void **state)
{
	const struct line_change *lines;
	struct comparison c;
	struct pair p;

	(void)state;
	random_state = 7;
	for (int i = 0; i < ROUNDS; i++) {
		memset(&p, 0, sizeof(p));
		draw_pair(&p, false, false, false);
		if (!compare(&p.before, &p.after, &c))
			continue;
		assert_int_equal(c.difference_p, 0);
		assert_int_equal(c.by_inputs_p, 0);
		assert_int_equal(c.inputs.count + c.rates.count, 0);
		lines = c.lines.items;
		for (size_t n = 0; n < c.lines.count; n++) {
			assert_int_equal(lines[n].difference_r, 0);
			assert_int_equal(lines[n].moved_by.count, 0);
		}
	}
}

static void turning_it_round_negates_the_difference(void **state)
{
	struct comparison c, back;
	struct pair p;

	(void)state;
	random_state = 8;
	for (int i = 0; i < ROUNDS; i++) {
		memset(&p, 0, sizeof(p));
		draw_pair(&p, below(2), below(2), below(2));
		if (!compare(&p.before, &p.after, &c))
			continue;
		assert_true(compare(&p.after, &p.before, &back));
		assert_int_equal(back.difference_p, -c.difference_p);
		assert_int_equal(back.lines.count, c.lines.count);
	}
}

/* The lines in the fee explain the difference, but for the rounding of the two prices. */
static void the_lines_in_the_fee_add_up_to_the_difference(void **state)
{
	const struct line_change *lines;
	struct comparison c;
	int64_t sum_r, most_r;
	struct pair p;

	(void)state;
	random_state = 9;
	for (int i = 0; i < ROUNDS; i++) {
		memset(&p, 0, sizeof(p));
		draw_pair(&p, below(2), below(2), below(2));
		if (!compare(&p.before, &p.after, &c))
			continue;
		most_r = p.a.rounding == COST_POUND_NEAREST || p.b.rounding == COST_POUND_NEAREST
				 ? R(1)
				 : R(0.01);
		lines = c.lines.items;
		sum_r = 0;
		for (size_t n = 0; n < c.lines.count; n++)
			sum_r += lines[n].in_fee ? lines[n].difference_r : 0;
		sum_r -= c.difference_p * 100;
		most_r += 2 * (int64_t)c.lines.count;
		if (sum_r > most_r || sum_r < -most_r)
			fail_msg("round %d: off by %lld", i, (long long)sum_r);
	}
}

/* A line that moved, and is no part of the price, says why. */
static void a_line_that_moved_says_by_what(void **state)
{
	const struct line_change *lines;
	struct comparison c;
	struct pair p;

	(void)state;
	random_state = 10;
	for (int i = 0; i < ROUNDS; i++) {
		memset(&p, 0, sizeof(p));
		draw_pair(&p, true, false, true);
		if (!compare(&p.before, &p.after, &c))
			continue;
		lines = c.lines.items;
		for (size_t n = 0; n < c.lines.count; n++)
			if (lines[n].difference_r != 0 && !text_is(lines[n].key, "margin") &&
			    lines[n].moved_by.count == 0)
				fail_msg("round %d: %.*s", i, TEXT_FMT(lines[n].key));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_three_parts_always_add_up),
		TEST(the_same_version_moves_by_inputs_only),
		TEST(the_same_shape_moves_by_inputs_and_rates_only),
		TEST(nothing_changed_is_all_zero),
		TEST(turning_it_round_negates_the_difference),
		TEST(the_lines_in_the_fee_add_up_to_the_difference),
		TEST(a_line_that_moved_says_by_what),
	};

	return cmocka_run_group_tests_name("compare_laws", tests, NULL, NULL);
}
