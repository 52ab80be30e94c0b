/*
 * test_cost_check.c - a cost model that is not sound is refused when it is loaded, with its place.
 *
 * Every test starts from one sound model and spoils one thing in it.
 */
#include "sound_model.h"

static void one_key_for_two_things_is_refused(void **state)
{
	(void)state;
	line_at(SHARED)->key = TEXT("pay");
	expect_unsound("/lines/0/key");
	line_at(SHARED)->key = TEXT("rate");
	expect_unsound("/assumptions/0/key");
	line_at(SHARED)->key = TEXT("people");
	expect_unsound("/inputs/1/key");
}

static void key_of_other_characters_is_refused(void **state)
{
	(void)state;
	input_at(0)->key = TEXT("Hours");
	expect_unsound("/inputs/0/key");
	input_at(0)->key = TEXT("1_hour");
	expect_unsound("/inputs/0/key");
	input_at(0)->key = TEXT("");
	expect_unsound("/inputs/0/key");
}

static void name_that_no_address_could_hold_is_refused(void **state)
{
	static const char *const names[] = {"a/b",   "..",	 ".",  "My-model", "x?y",
					    "a%2Fb", "\xc3\xa9", "-a", "a b",	   ""};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		model.id = text_of(names[i]);
		expect_unsound("/id");
		model.id = TEXT("test");
		model.version = text_of(names[i]);
		expect_unsound("/version");
		model.version = TEXT("2026-04.1");
	}
}

static void address_that_a_page_may_not_link_to_is_refused(void **state)
{
	(void)state;
	assumption_at(1)->source_url = TEXT("javascript:alert(1)");
	expect_unsound("/assumptions/1/source_url");
	assumption_at(1)->source_url = TEXT("https://example.org/rates");
	line_at(SHARED)->source_url = TEXT("rates.html");
	expect_unsound("/lines/1/source_url");
}

static void range_out_of_order_is_refused(void **state)
{
	(void)state;
	assumption_at(0)->figure.mid_r = R(15);
	expect_unsound("/assumptions/0/low");
	assumption_at(0)->figure.mid_r = R(13);
	assumption_at(0)->falls = true;
	expect_unsound("/assumptions/0/low");
}

static void figure_in_part_or_twice_or_out_of_range_is_refused(void **state)
{
	(void)state;
	assumption_at(0)->figure.high_r = NO_INT;
	expect_unsound("/assumptions/0/low");
	assumption_at(0)->figure.high_r = R(14);
	assumption_at(0)->figure.single_r = R(13);
	expect_unsound("/assumptions/0/low");
	assumption_at(0)->figure.single_r = NO_INT;
	assumption_at(1)->figure.single_r = -1;
	expect_unsound("/assumptions/1/value");
	assumption_at(1)->figure.single_r = COST_FIGURE_MOST_R + 1;
	expect_unsound("/assumptions/1/value");
	assumption_at(1)->figure.single_r = NO_INT;
	expect_unsound("/assumptions/1/value");
}

static void line_whose_runs_fall_is_refused_unless_a_deduction(void **state)
{
	(void)state;
	assumption_at(0)->figure = (struct cost_figure){NO_INT, R(14), R(13), R(12)};
	assumption_at(0)->falls = true;
	expect_unsound("/lines/1/key");
	line_at(SHARED)->deduction = true;
	line_at(HOLIDAY)->of = refs("pay");
	line_at(STAFF)->of = refs("pay holiday");
	expect_sound();
}

static void divisor_that_may_be_nothing_is_refused(void **state)
{
	(void)state;
	input_at(1)->least_r = 0;
	expect_unsound("/lines/1/per/0/ref");
	input_at(1)->least_r = R(1);
	assume("occupancy", COST_UNIT_PERCENT, 0);
	line_at(SHARED)->per = refs("people occupancy");
	expect_unsound("/lines/1/per/1/ref");
}

static void falling_divisor_is_judged_by_its_smallest(void **state)
{
	(void)state;
	assume_range("occupancy", COST_UNIT_PERCENT, R(98), R(95), 0)->falls = true;
	line_at(SHARED)->per = refs("people occupancy");
	expect_unsound("/lines/1/per/1/ref");
	assumption_at(3)->figure.high_r = R(90);
	expect_sound();
}

static void percentages_of_the_price_that_can_reach_100_are_refused(void **state)
{
	(void)state;
	input_at(2)->most_r = R(100);
	expect_unsound("/lines/4/percent");
	input_at(2)->most_r = R(99.9999);
	expect_sound();
	assume("rest", COST_UNIT_PERCENT, 1);
	line("more", COST_PERCENT_OF_PRICE)->percent = TEXT("rest");
	expect_unsound("/lines/5/percent");
}

/* Neither with the least of everything nor with the most of it: the more is kept, the less is left
 * of it for overheads. */
static void ask_for_what_is_left(void)
{
	struct cost_line *left;

	ask("kept", COST_UNIT_PERCENT, R(50), R(100), R(95));
	assume("whole", COST_UNIT_PERCENT, R(100));
	left = line("left", COST_SUM);
	left->of = refs("whole");
	left->less = refs("kept");
	left->counts = COST_QUANTITY;
	left->unit = COST_UNIT_PERCENT;
	line("overhead", COST_PERCENT_OF_PRICE)->percent = TEXT("left");
}

static void percentages_that_reach_100_with_some_inputs_alone_are_refused_and_named(void **state)
{
	(void)state;
	ask_for_what_is_left();
	expect_unsound("/lines/6/percent");
	assert_non_null(strstr(text_cstr(arena, fault.sentence),
			       "with “margin” at 50.00% and “kept” at 50.00%"));
	input_at(2)->most_r = R(49.9999);
	expect_sound();
	/* Every second one is accepted, and the last of them is 49. */
	input_at(2)->most_r = R(50);
	input_at(2)->least_r = input_at(2)->step_r = R(7);
	input_at(2)->usual.single_r = R(14);
	expect_sound();
}

static void model_that_was_loaded_before_is_prepared_and_refuses_such_inputs(void **state)
{
	(void)state;
	input_at(2)->most_r = R(100);
	assert_true(cost_model_prepare(arena, &model, &fault));
	give("margin", R(100));
	assert_false(cost_model_run(arena, &model, &inputs, &guide, &fault));
	assert_string_equal(text_cstr(arena, fault.pointer), "/margin");
	given[0].value_r = R(50);
	assert_true(cost_model_run(arena, &model, &inputs, &guide, &fault));
	line_at(SHARED)->value = TEXT("nothing");
	assert_false(cost_model_prepare(arena, &model, &fault));
}

/* What is looked up at every try makes tries few: others wait meanwhile. */
static void model_that_is_large_on_purpose_is_searched_less(void **state)
{
	const char *keys = "pay";
	struct cost_input margin;

	(void)state;
	ask_for_what_is_left();
	ask("dealt", COST_UNIT_PERCENT, 0, R(1), R(0.5));
	line("deals", COST_PERCENT_OF_PRICE)->percent = TEXT("dealt");
	margin = *input_at(2); /* is tried last */
	*input_at(2) = *input_at(4);
	*input_at(4) = margin;
	expect_unsound("/lines/7/percent");
	for (int i = 0; i < 250; i++)
		keys = text_printf(arena, "%s %s", keys,
				   pounds_line(text_printf(arena, "part%d", i).at, R(1))->key.at)
			       .at;
	for (int i = 0; i < 110; i++) {
		struct cost_line *sum = line(text_printf(arena, "sum%d", i).at, COST_SUM);

		sum->of = refs(keys);
		sum->counts = COST_SUBTOTAL;
	}
	expect_sound();
}

static void percentages_in_a_subtotal_point_at_the_line_that_counts_them(void **state)
{
	struct cost_line *counted;

	(void)state;
	input_at(2)->most_r = R(100);
	line_at(PROFIT)->counts = COST_SUBTOTAL;
	counted = line("counted", COST_SUM);
	counted->of = refs("profit");
	expect_unsound("/lines/5/key");
}

static void defaults_that_make_no_calculation_are_refused(void **state)
{
	struct cost_line *left;

	(void)state;
	left = line("left", COST_SUM);
	left->of = refs("people");
	left->less = refs("people");
	left->counts = COST_QUANTITY;
	left->unit = COST_UNIT_PERSON;
	line_at(SHARED)->per = refs("people");
	left = line("each", COST_PRODUCT);
	left->value = TEXT("rate");
	left->per = refs("left");
	expect_unsound("/lines/6/key");
	left->per = refs("");
	left->quantity = refs("left");
	expect_sound();
	line_at(5)->less = refs("people people");
	expect_unsound("/lines/6/key");
	assert_non_null(strstr(text_cstr(arena, fault.sentence), "below zero"));
}

static void defaults_that_make_no_price_are_refused(void **state)
{
	struct cost_line *more;

	(void)state;
	assume("large", COST_UNIT_POUND, R(9000000));
	more = line("more", COST_SUM);
	more->of = refs("large large");
	expect_unsound("/lines");
	assert_non_null(strstr(text_cstr(arena, fault.sentence), "above ten million"));
	more->counts = COST_SUBTOTAL; /* nobody pays it, and it cannot be shown either */
	expect_unsound("/lines");
	assert_non_null(strstr(text_cstr(arena, fault.sentence), "more"));
	more->of = refs("large");
	expect_sound();
	more->counts = COST_IN_FEE;
	more->deduction = true;
	expect_unsound("/lines");
	assert_non_null(strstr(text_cstr(arena, fault.sentence), "below zero"));
	input_at(0)->usual.single_r = NO_INT; /* then somebody says how much, and is refused */
	input_at(0)->required = true;
	expect_sound();
}

static void input_without_default_must_be_required(void **state)
{
	(void)state;
	input_at(0)->usual.single_r = NO_INT;
	expect_unsound("/inputs/0/default");
	input_at(0)->required = true;
	expect_sound();
	input_at(0)->usual.single_r = R(20);
	expect_unsound("/inputs/0/default");
}

static void default_out_of_range_or_off_its_step_is_refused(void **state)
{
	(void)state;
	input_at(0)->usual.single_r = R(169);
	expect_unsound("/inputs/0/default");
	input_at(0)->usual.single_r = R(20);
	input_at(0)->step_r = R(3);
	expect_unsound("/inputs/0/default");
	input_at(0)->step_r = 0;
	expect_unsound("/inputs/0/step");
}

static void bounds_of_an_input_are_in_order_and_not_below_nothing(void **state)
{
	(void)state;
	input_at(0)->least_r = -1;
	expect_unsound("/inputs/0/least");
	input_at(0)->least_r = NO_INT;
	expect_unsound("/inputs/0/least");
	input_at(0)->least_r = R(200);
	expect_unsound("/inputs/0/most");
}

static void figure_that_no_line_uses_is_refused(void **state)
{
	(void)state;
	assume("spare", COST_UNIT_POUND, R(1));
	expect_unsound("/assumptions/3/key");
	model.assumptions.count--;
	ask("spare", COST_UNIT_POUND, 0, R(1), 0);
	expect_unsound("/inputs/3/key");
}

static void figure_or_line_without_source_is_refused(void **state)
{
	(void)state;
	assumption_at(1)->source = TEXT_NONE;
	expect_unsound("/assumptions/1/source");
	assumption_at(1)->source = TEXT("test");
	line_at(HOLIDAY)->source = TEXT("");
	expect_unsound("/lines/2/source");
}

static void model_without_a_line_in_the_fee_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < model.lines.count; i++)
		line_at(i)->counts = COST_OUTSIDE;
	expect_unsound("/lines");
}

static void hourly_model_must_ask_for_hours_a_week(void **state)
{
	(void)state;
	model.price_unit = COST_PER_HOUR;
	expect_unsound("/inputs");
	ask("hours_a_week", COST_UNIT_HOUR, 0, R(168), NO_INT);
	expect_sound();
	input_at(3)->unit = COST_UNIT_DAY;
	expect_unsound("/inputs/3/unit");
	input_at(3)->unit = COST_UNIT_HOUR;
	input_at(3)->required = true;
	expect_unsound("/inputs/3/required");
	input_at(3)->required = false;
	line_at(SHARED)->quantity = refs("hours hours_a_week");
	expect_unsound("/inputs/3/default");
}

static void quarter_hours_are_for_hourly_models_only(void **state)
{
	(void)state;
	model.rounding = COST_PENNY_UP_PER_QUARTER_HOUR;
	expect_unsound("/rounding");
}

static void days_out_of_order_are_refused(void **state)
{
	(void)state;
	model.effective_to_day = model.effective_from_day - 1;
	expect_unsound("/effective_to");
	model.effective_to_day = model.effective_from_day;
	expect_sound();
	model.effective_from_day = NO_DAY;
	expect_unsound("/effective_from");
}

static void model_that_cannot_be_exact_is_refused_when_loaded(void **state)
{
	struct cost_line *fine;

	(void)state;
	for (int i = 0; i < 8; i++) {
		const char *key = text_printf(arena, "fine_%d", i).at;
		const char *people = text_printf(arena, "people_%d", i).at;

		assume(people, COST_UNIT_PERSON, 999983 - 2 * i);
		fine = line(key, COST_SHARED);
		fine->value = TEXT("pay_figure");
		fine->quantity = refs("hours");
		fine->per = refs(people);
	}
	assert_false(cost_model_check(arena, &model, &fault));
	assert_true(text_starts(fault.pointer, "/lines/"));
	assert_non_null(strstr(text_cstr(arena, fault.sentence), "too many digits"));
}

static void accessors_say_what_the_document_says(void **state)
{
	int32_t first, last;

	(void)state;
	model.illustrative = true;
	assert_string_equal(text_cstr(arena, cost_model_id(&model)), "test");
	assert_string_equal(text_cstr(arena, cost_model_version(&model)), "1");
	assert_true(cost_model_is_illustrative(&model));
	cost_model_effective(&model, &first, &last);
	assert_int_equal(first, day_of(2026, 4, 1));
	assert_int_equal(last, NO_DAY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_key_for_two_things_is_refused),
		TEST(key_of_other_characters_is_refused),
		TEST(name_that_no_address_could_hold_is_refused),
		TEST(address_that_a_page_may_not_link_to_is_refused),
		TEST(range_out_of_order_is_refused),
		TEST(figure_in_part_or_twice_or_out_of_range_is_refused),
		TEST(line_whose_runs_fall_is_refused_unless_a_deduction),
		TEST(divisor_that_may_be_nothing_is_refused),
		TEST(falling_divisor_is_judged_by_its_smallest),
		TEST(percentages_of_the_price_that_can_reach_100_are_refused),
		TEST(percentages_that_reach_100_with_some_inputs_alone_are_refused_and_named),
		TEST(model_that_is_large_on_purpose_is_searched_less),
		TEST(model_that_was_loaded_before_is_prepared_and_refuses_such_inputs),
		TEST(percentages_in_a_subtotal_point_at_the_line_that_counts_them),
		TEST(defaults_that_make_no_calculation_are_refused),
		TEST(defaults_that_make_no_price_are_refused),
		TEST(input_without_default_must_be_required),
		TEST(default_out_of_range_or_off_its_step_is_refused),
		TEST(bounds_of_an_input_are_in_order_and_not_below_nothing),
		TEST(figure_that_no_line_uses_is_refused),
		TEST(figure_or_line_without_source_is_refused),
		TEST(model_without_a_line_in_the_fee_is_refused),
		TEST(hourly_model_must_ask_for_hours_a_week),
		TEST(quarter_hours_are_for_hourly_models_only),
		TEST(days_out_of_order_are_refused),
		TEST(model_that_cannot_be_exact_is_refused_when_loaded),
		TEST(accessors_say_what_the_document_says),
	};

	return cmocka_run_group_tests_name("cost_check", tests, NULL, NULL);
}
