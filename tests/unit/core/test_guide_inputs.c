/*
 * test_guide_inputs.c - inputs that a sound cost model refuses, each with its pointer.
 */
#include "models.h"

static void make_shared(void)
{
	struct cost_line *shared;

	assume("rate", COST_UNIT_POUND, R(13));
	ask("hours", COST_UNIT_HOUR, 0, R(1000), R(168))->step_r = R(0.25);
	ask("people_sharing", COST_UNIT_PERSON, R(1), R(20), R(6));
	shared = line("shared", COST_SHARED);
	shared->value = TEXT("rate");
	shared->quantity = refs("hours");
	shared->per = refs("people_sharing");
}

static void input_out_of_range_is_refused_at_its_key(void **state)
{
	(void)state;
	make_shared();
	give("people_sharing", 0);
	expect_refused("/people_sharing");
	assert_non_null(strstr(text_cstr(arena, fault.sentence), "between 1.00 and 20.00 people"));
	inputs.count = 0;
	give("hours", -1);
	expect_refused("/hours");
	inputs.count = 0;
	give("hours", R(1000) + R(0.25));
	expect_refused("/hours");
}

static void input_off_its_step_is_refused(void **state)
{
	(void)state;
	make_shared();
	give("hours", R(12.3));
	expect_refused("/hours");
}

static void unknown_input_is_refused_and_told_what_there_is(void **state)
{
	(void)state;
	make_shared();
	give("hours/x~", R(1));
	expect_refused("/hours~1x~0");
	assert_non_null(strstr(text_cstr(arena, fault.sentence), "hours, people_sharing"));
}

static void input_given_twice_is_refused(void **state)
{
	(void)state;
	make_shared();
	give("hours", R(1));
	give("hours", R(1));
	expect_refused("/hours");
}

static void required_input_left_out_is_refused(void **state)
{
	struct cost_input *people;

	(void)state;
	make_shared();
	people = (struct cost_input *)model.inputs.items + 1;
	people->required = true;
	people->usual.single_r = NO_INT;
	expect_refused("/people_sharing");
	give("people_sharing", R(7));
	expect_price(31200, 31200, 31200);
}

static void division_by_steps_that_come_to_nothing_is_refused_at_an_input(void **state)
{
	struct cost_line *people, *shared;

	(void)state;
	assume("rate", COST_UNIT_POUND, R(13));
	ask("ladies", COST_UNIT_PERSON, 0, R(20), R(1));
	ask("gentlemen", COST_UNIT_PERSON, 0, R(20), 0);
	assume("hours", COST_UNIT_HOUR, R(10));
	people = line("people", COST_SUM);
	people->of = refs("ladies gentlemen");
	people->counts = COST_QUANTITY;
	people->unit = COST_UNIT_PERSON;
	shared = line("shared", COST_SHARED);
	shared->value = TEXT("rate");
	shared->quantity = refs("hours");
	shared->per = refs("people");
	expect_price(13000, 13000, 13000);
	give("ladies", 0);
	expect_refused("/ladies");
}

static void price_below_nothing_or_above_the_most_is_refused(void **state)
{
	(void)state;
	ask("fee", COST_UNIT_POUND, 0, COST_FIGURE_MOST_R, R(10));
	ask("less", COST_UNIT_POUND, 0, R(100), 0);
	line("fee_line", COST_AMOUNT)->value = TEXT("fee");
	line("more", COST_AMOUNT)->value = TEXT("fee");
	line("less_line", COST_AMOUNT)->value = TEXT("less");
	((struct cost_line *)model.lines.items)[2].deduction = true;
	give("less", R(21));
	expect_refused("");
	inputs.count = 0;
	give("fee", COST_FIGURE_MOST_R);
	expect_refused("");
	model.rounding = COST_POUND_NEAREST;
	expect_refused("");
}

static void quantity_below_nothing_is_refused_where_it_is_used(void **state)
{
	struct cost_line *worked, *pay;

	(void)state;
	assume("rate", COST_UNIT_POUND, R(13));
	ask("hours", COST_UNIT_HOUR, 0, R(168), R(40));
	ask("away", COST_UNIT_HOUR, 0, R(168), R(5));
	worked = line("worked", COST_SUM);
	worked->of = refs("hours");
	worked->less = refs("away");
	worked->counts = COST_QUANTITY;
	worked->unit = COST_UNIT_HOUR;
	pay = line("pay", COST_PRODUCT);
	pay->value = TEXT("rate");
	pay->quantity = refs("worked");
	expect_price(45500, 45500, 45500);
	give("away", R(40.25));
	expect_refused("/away");
	assert_non_null(strstr(text_cstr(arena, fault.sentence), "below zero"));
}

/* 10^7 pounds x 10^7 x 10^7: far past what 64 bits hold, either way. */
static void price_past_every_limit_is_refused_and_never_wrapped(void **state)
{
	static const enum cost_rounding roundings[] = {COST_PENNY_NEAREST, COST_POUND_NEAREST,
						       COST_PENNY_UP, COST_POUND_UP};
	struct cost_line *much;

	(void)state;
	ask("rate", COST_UNIT_POUND, 0, COST_FIGURE_MOST_R, R(1));
	ask("hours", COST_UNIT_HOUR, 0, COST_FIGURE_MOST_R, R(1));
	ask("people", COST_UNIT_PERSON, 0, COST_FIGURE_MOST_R, R(1));
	assume("two", COST_UNIT_POUND, R(2));
	line("base", COST_AMOUNT)->value = TEXT("two");
	much = line("much", COST_PRODUCT);
	much->value = TEXT("rate");
	much->quantity = refs("hours people");
	give("rate", COST_FIGURE_MOST_R);
	give("hours", COST_FIGURE_MOST_R);
	give("people", COST_FIGURE_MOST_R);
	for (size_t i = 0; i < sizeof(roundings) / sizeof(roundings[0]); i++) {
		model.rounding = roundings[i];
		much->deduction = false;
		expect_refused("");
		assert_non_null(strstr(text_cstr(arena, fault.sentence), "above ten million"));
		much->deduction = true;
		expect_refused("");
		assert_non_null(strstr(text_cstr(arena, fault.sentence), "below zero"));
	}
	much->counts = COST_OUTSIDE;
	expect_refused("/rate");
}

/* Each line divides by another large prime, so that the fractions have no factor in common. */
static void figures_too_fine_for_exact_arithmetic_are_refused_and_never_rounded(void **state)
{
	static const int64_t primes[] = {999983, 999979, 999961, 999959, 999953, 999931, 999917};
	struct cost_line *part;
	const char *key;

	(void)state;
	assume("one", COST_UNIT_POUND, R(1));
	for (size_t i = 0; i < sizeof(primes) / sizeof(primes[0]); i++) {
		key = text_printf(arena, "people_%zu", i).at;
		ask(key, COST_UNIT_PERSON, 1, R(1000000), R(1));
		part = line(text_printf(arena, "part_%zu", i).at, COST_PRODUCT);
		part->value = TEXT("one");
		part->quantity = refs("one_number");
		part->per = refs(key);
		give(key, primes[i]);
	}
	assume("one_number", COST_UNIT_NUMBER, R(1));
	expect_refused("/people_6");
	assert_non_null(strstr(text_cstr(arena, fault.sentence), "too many digits"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(input_out_of_range_is_refused_at_its_key),
		TEST(input_off_its_step_is_refused),
		TEST(unknown_input_is_refused_and_told_what_there_is),
		TEST(input_given_twice_is_refused),
		TEST(required_input_left_out_is_refused),
		TEST(division_by_steps_that_come_to_nothing_is_refused_at_an_input),
		TEST(price_below_nothing_or_above_the_most_is_refused),
		TEST(quantity_below_nothing_is_refused_where_it_is_used),
		TEST(price_past_every_limit_is_refused_and_never_wrapped),
		TEST(figures_too_fine_for_exact_arithmetic_are_refused_and_never_rounded),
	};

	return cmocka_run_group_tests_name("guide_inputs", tests, NULL, NULL);
}
