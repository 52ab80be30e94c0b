/*
 * test_cost_model.c - the guide price: each kind of line by itself, the price, its rounding.
 *
 * What is refused is in test_guide_inputs.c and test_cost_check.c; published tables and the shipped
 * models are played in tests/golden/cost_models.c.
 */
#include "models.h"

static void amount_is_its_figure_in_each_run(void **state)
{
	(void)state;
	assume_range("food", COST_UNIT_POUND, R(44), R(47.5), R(50));
	line("food_line", COST_AMOUNT)->value = TEXT("food");
	expect_price(4400, 4750, 5000);
	assert_string_equal(working("food_line"), "£47.50");
	assert_string_equal(text_cstr(arena, shown("food_line")->assumption),
			    "food: £44.00 low, £47.50 mid, £50.00 high");
}

static void rate_times_quantity_multiplies_and_divides(void **state)
{
	struct cost_line *travel;

	(void)state;
	assume("rate", COST_UNIT_POUND, R(14.20));
	assume("sixty", COST_UNIT_NUMBER, R(60));
	ask("hours", COST_UNIT_HOUR, 0, R(100), R(12.5));
	ask("minutes", COST_UNIT_MINUTE, 0, R(100), R(15));
	*line("contact", COST_PRODUCT) = (struct cost_line){
		.key = TEXT("contact"),
		.label = TEXT("Contact"),
		.group = TEXT("staff"),
		.unit = COST_UNIT_HOUR,
		.kind = COST_PRODUCT,
		.value = TEXT("rate"),
		.quantity = refs("hours"),
		.index = COST_INDEX_NLW,
		.counts = COST_IN_FEE,
		.source = TEXT("test"),
	};
	travel = line("travel", COST_PRODUCT);
	travel->value = TEXT("rate");
	travel->quantity = refs("minutes");
	travel->per = refs("sixty");
	expect_price(18105, 18105, 18105);
	assert_int_equal(shown("contact")->mid_r, R(177.5));
	assert_int_equal(shown("contact")->index, COST_INDEX_NLW);
	assert_int_equal(shown("travel")->mid_r, R(3.55));
	assert_string_equal(working("contact"), "12.50 hours × £14.20");
	assert_string_equal(working("travel"), "15.00 minutes × £14.20 ÷ 60.00");
}

static void percent_of_lines_takes_only_the_lines_it_names(void **state)
{
	struct cost_line *holiday;

	(void)state;
	pounds_line("pay", R(100));
	pounds_line("travel", R(20));
	pounds_line("food", R(50));
	assume("percent", COST_UNIT_PERCENT, R(12.07));
	holiday = line("holiday", COST_PERCENT_OF_LINES);
	holiday->percent = TEXT("percent");
	holiday->of = refs("pay travel");
	expect_price(18448, 18448, 18448);
	assert_int_equal(shown("holiday")->mid_r, R(14.484));
	assert_string_equal(working("holiday"), "12.07% of pay (£100.00) + travel (£20.00)");
}

static void margin_is_a_part_of_the_price_it_makes(void **state)
{
	(void)state;
	pounds_line("cost", R(100));
	assume("percent", COST_UNIT_PERCENT, R(20));
	line("profit", COST_PERCENT_OF_PRICE)->percent = TEXT("percent");
	expect_price(12500, 12500, 12500);
	assert_int_equal(shown("profit")->mid_r, R(25));
	assert_string_equal(working("profit"), "20.00% of the price (£125.00)");
}

static void mark_up_is_a_part_of_the_cost_before_it(void **state)
{
	(void)state;
	pounds_line("cost", R(100));
	pounds_line("rent", R(70))->counts = COST_OUTSIDE;
	assume("percent", COST_UNIT_PERCENT, R(20));
	line("profit", COST_MARKUP)->percent = TEXT("percent");
	pounds_line("later", R(10));
	expect_price(13000, 13000, 13000);
	assert_int_equal(shown("profit")->mid_r, R(20));
}

static void mark_up_may_name_its_cost(void **state)
{
	struct cost_line *profit;

	(void)state;
	pounds_line("pay", R(100));
	pounds_line("food", R(50));
	assume("percent", COST_UNIT_PERCENT, R(10));
	profit = line("profit", COST_MARKUP);
	profit->percent = TEXT("percent");
	profit->of = refs("pay");
	expect_price(16000, 16000, 16000);
}

static void mark_up_on_a_cost_that_holds_a_margin_is_solved(void **state)
{
	(void)state;
	pounds_line("cost", R(100));
	assume("half", COST_UNIT_PERCENT, R(50));
	assume("tenth", COST_UNIT_PERCENT, R(10));
	line("margin", COST_PERCENT_OF_PRICE)->percent = TEXT("half");
	line("mark_up", COST_MARKUP)->percent = TEXT("tenth");
	/* p = 100 + 0.5 p + 0.1 (100 + 0.5 p) = 110 + 0.55 p */
	expect_price(24444, 24444, 24444);
	assert_int_equal(shown("mark_up")->mid_r, R(22.2222));
}

static void annual_cost_is_shared_by_weeks_and_residents(void **state)
{
	struct cost_line *manager;

	(void)state;
	assume("salary", COST_UNIT_POUND, R(52000));
	ask("residents", COST_UNIT_PERSON, R(1), R(60), R(8));
	manager = line("manager", COST_ANNUAL);
	manager->value = TEXT("salary");
	manager->per = refs("residents");
	expect_price(12500, 12500, 12500);
	assert_string_equal(working("manager"), "£52,000.00 a year ÷ 52 ÷ 8.00 people");
}

static void return_on_value_is_spread_over_occupied_beds(void **state)
{
	struct cost_line *premises;

	(void)state;
	assume("home", COST_UNIT_POUND, R(520000));
	assume("yield", COST_UNIT_PERCENT, R(12));
	assume("beds", COST_UNIT_BED, R(10));
	assume("occupancy", COST_UNIT_PERCENT, R(80));
	premises = line("premises", COST_RETURN);
	premises->value = TEXT("home");
	premises->percent = TEXT("yield");
	premises->per = refs("beds occupancy");
	expect_price(15000, 15000, 15000);
	assert_string_equal(working("premises"),
			    "£520,000.00 × 12.00% ÷ 52 ÷ (10.00 beds × 80.00%)");
}

static void shared_hours_are_divided_by_the_people_sharing(void **state)
{
	struct cost_line *shared;

	(void)state;
	assume("rate", COST_UNIT_POUND, R(13));
	ask("hours", COST_UNIT_HOUR, 0, R(1000), R(168));
	ask("people", COST_UNIT_PERSON, R(1), R(20), R(6));
	shared = line("shared", COST_SHARED);
	shared->value = TEXT("rate");
	shared->quantity = refs("hours");
	shared->per = refs("people");
	expect_price(36400, 36400, 36400);
	assert_string_equal(working("shared"), "168.00 hours × £13.00 ÷ 6.00 people");
	give("people", R(1));
	expect_price(218400, 218400, 218400);
}

static void threshold_charges_only_pay_between_its_limits(void **state)
{
	struct cost_line *pension;

	(void)state;
	pounds_line("pay", R(100));
	assume("wage", COST_UNIT_POUND, R(10));
	assume("hours", COST_UNIT_HOUR, R(40)); /* 20,800 a year */
	assume("percent", COST_UNIT_PERCENT, R(10));
	assume("from", COST_UNIT_POUND, R(5200));
	assume("to", COST_UNIT_POUND, R(15600));
	pension = line("pension", COST_THRESHOLD);
	pension->value = TEXT("wage");
	pension->hours = TEXT("hours");
	pension->percent = TEXT("percent");
	pension->threshold = TEXT("from");
	pension->upper = TEXT("to");
	pension->of = refs("pay");
	expect_price(10500, 10500, 10500); /* a half of the pay lies between */
	pension->upper = TEXT_NONE;
	model.assumptions.count--;
	expect_price(10750, 10750, 10750);
}

static void sum_is_shown_and_not_counted_again(void **state)
{
	struct cost_line *staff;

	(void)state;
	pounds_line("pay", R(100));
	pounds_line("travel", R(20));
	staff = line("staff", COST_SUM);
	staff->of = refs("pay travel");
	staff->counts = COST_SUBTOTAL;
	expect_price(12000, 12000, 12000);
	assert_int_equal(shown("staff")->mid_r, R(120));
	assert_false(shown("staff")->in_fee);
	assert_string_equal(working("staff"), "pay (£100.00) + travel (£20.00)");
}

static void least_and_most_pick_one_of_what_they_name(void **state)
{
	struct cost_line *least, *most;

	(void)state;
	pounds_line("floor", R(100))->counts = COST_SUBTOTAL;
	pounds_line("need", R(80))->counts = COST_SUBTOTAL;
	assume("cap", COST_UNIT_POUND, R(90));
	least = line("least", COST_MIN);
	least->of = refs("floor need cap");
	least->counts = COST_OUTSIDE;
	most = line("most", COST_MAX);
	most->of = refs("floor need cap");
	expect_price(10000, 10000, 10000);
	assert_int_equal(shown("least")->mid_r, R(80));
}

static void quantity_line_drives_others_and_is_not_money(void **state)
{
	struct cost_line *paid, *pay;

	(void)state;
	assume("rate", COST_UNIT_POUND, R(12));
	ask("contact", COST_UNIT_HOUR, 0, R(100), R(10));
	ask("travel", COST_UNIT_HOUR, 0, R(100), R(2.5));
	paid = line("paid_hours", COST_SUM);
	paid->of = refs("contact travel");
	paid->counts = COST_QUANTITY;
	paid->unit = COST_UNIT_HOUR;
	pay = line("pay", COST_PRODUCT);
	pay->value = TEXT("rate");
	pay->quantity = refs("paid_hours");
	expect_price(15000, 15000, 15000);
	assert_string_equal(text_cstr(arena, shown("paid_hours")->unit), "hour");
	assert_string_equal(working("pay"), "12.50 hours × £12.00");
}

static void deduction_is_taken_off_and_may_fall(void **state)
{
	(void)state;
	pounds_line("ceiling", R(538));
	assume_range("figure", COST_UNIT_POUND, R(74), R(37), 0)->falls = true;
	line("adjustment", COST_AMOUNT)->value = TEXT("figure");
	((struct cost_line *)model.lines.items)[1].deduction = true;
	expect_price(46400, 50100, 53800);
	assert_int_equal(shown("adjustment")->low_r, -R(74));
	assert_string_equal(working("adjustment"), "less £37.00");
}

static void lines_outside_the_fee_are_shown_and_not_priced(void **state)
{
	(void)state;
	pounds_line("care", R(500));
	pounds_line("rent", R(120))->counts = COST_OUTSIDE;
	expect_price(50000, 50000, 50000);
	assert_int_equal(shown("rent")->mid_r, R(120));
	assert_int_equal(shown("rent")->counts, COST_OUTSIDE);
	assert_false(shown("rent")->in_fee);
}

static void nothing_is_rounded_before_the_end(void **state)
{
	struct cost_line *third;

	(void)state;
	assume("one", COST_UNIT_POUND, R(1));
	assume("three", COST_UNIT_NUMBER, R(3));
	assume("seven", COST_UNIT_NUMBER, R(7));
	for (int i = 0; i < 3; i++) {
		third = line(text_printf(arena, "third_%d", i).at, COST_PRODUCT);
		third->value = TEXT("one");
		third->quantity = refs("seven");
		third->per = refs("three");
	}
	model.rounding = COST_POUND_NEAREST;
	expect_price(700, 700, 700); /* and not 6.9999 */
	assert_int_equal(shown("third_0")->mid_r, 23333);
}

static void each_rounding_policy_rounds_once(void **state)
{
	(void)state;
	make_hourly();
	pounds_line("rate", 204850);
	assume("percent", COST_UNIT_PERCENT, 0);
	line("rise", COST_MARKUP)->percent = TEXT("percent");
	expect_price(2049, 2049, 2049); /* half away from zero */
	model.rounding = COST_PENNY_UP_PER_QUARTER_HOUR;
	expect_price(2052, 2052, 2052); /* 5.12125 up to 5.13 */
	model.rounding = COST_POUND_NEAREST;
	expect_price(2000, 2000, 2000);
	model.rounding = COST_PENNY_UP;
	expect_price(2049, 2049, 2049);
	model.rounding = COST_POUND_UP;
	expect_price(2100, 2100, 2100);
}

static void quarter_hours_round_up_to_a_penny_as_published(void **state)
{
	(void)state;
	make_hourly();
	model.rounding = COST_PENNY_UP_PER_QUARTER_HOUR;
	ask("rate", COST_UNIT_POUND, 0, R(100), R(20.28));
	ask("percent", COST_UNIT_PERCENT, 0, R(20), R(6.60));
	line("now", COST_AMOUNT)->value = TEXT("rate");
	line("rise", COST_MARKUP)->percent = TEXT("percent");
	expect_price(2164, 2164, 2164);
	give("rate", R(14.08));
	give("percent", R(9.91));
	expect_price(1548, 1548, 1548);
}

static void a_week_of_an_hourly_price_is_the_rounded_price_by_the_hours(void **state)
{
	(void)state;
	make_hourly();
	pounds_line("rate", 151941);
	run();
	assert_int_equal(guide.low_p, 1519);
	assert_int_equal(guide.weekly_low_p, NO_INT);
	assert_int_equal(guide.defaulted.count, 0);
	give("hours_a_week", R(12.5));
	run();
	assert_int_equal(guide.weekly_low_p, 18988); /* 189.875 */
	assert_int_equal(guide.weekly_high_p, 18988);
	assert_string_equal(text_cstr(arena, guide.unit), "hour");
}

static void a_week_of_a_weekly_price_is_the_price(void **state)
{
	(void)state;
	assume_range("food", COST_UNIT_POUND, R(44), R(47), R(50));
	line("food_line", COST_AMOUNT)->value = TEXT("food");
	run();
	assert_int_equal(guide.weekly_low_p, 4400);
	assert_int_equal(guide.weekly_mid_p, 4700);
	assert_int_equal(guide.weekly_high_p, 5000);
}

static void inputs_left_out_are_named_in_order_with_their_default(void **state)
{
	const struct map_entry *left;
	struct cost_line *sum;

	(void)state;
	ask("walks", COST_UNIT_POUND, 0, R(9), R(3));
	ask("baths", COST_UNIT_POUND, 0, R(9), R(2));
	ask("meals", COST_UNIT_POUND, 0, R(9), NO_INT)->usual =
		(struct cost_figure){NO_INT, R(1), R(2), R(4)};
	sum = line("sum", COST_SUM);
	sum->of = refs("walks baths meals");
	give("walks", R(5));
	expect_price(800, 900, 1100);
	left = guide.defaulted.items;
	assert_int_equal(guide.defaulted.count, 2);
	assert_string_equal(text_cstr(arena, left[0].key), "baths");
	assert_int_equal(left[0].value_r, R(2));
	assert_string_equal(text_cstr(arena, left[1].key), "meals");
	assert_int_equal(left[1].value_r, R(2));
	assert_string_equal(text_cstr(arena, shown("sum")->assumption),
			    "walks: £5.00; baths: £2.00 (left at its default); "
			    "meals: £1.00 low, £2.00 mid, £4.00 high (left at its default)");
}

static void sources_are_given_once_each_with_their_address(void **state)
{
	struct cost_assumption *wage;
	struct cost_line *pay;

	(void)state;
	wage = assume("wage", COST_UNIT_POUND, R(12.71));
	wage->source = TEXT("National Living Wage");
	wage->source_url = TEXT("https://example.org/wage");
	assume("hours", COST_UNIT_HOUR, R(10));
	pay = line("pay", COST_PRODUCT);
	pay->value = TEXT("wage");
	pay->quantity = refs("hours");
	run();
	assert_string_equal(text_cstr(arena, shown("pay")->source),
			    "test; wage: National Living Wage (https://example.org/wage)");
}

static void the_same_inputs_give_the_same_guide_in_any_order(void **state)
{
	struct writer first, again;
	struct cost_line *shared;

	(void)state;
	assume("rate", COST_UNIT_POUND, R(13.07));
	ask("hours", COST_UNIT_HOUR, 0, R(1000), R(168));
	ask("people", COST_UNIT_PERSON, R(1), R(20), R(6));
	shared = line("shared", COST_SHARED);
	shared->value = TEXT("rate");
	shared->quantity = refs("hours");
	shared->per = refs("people");
	give("hours", R(100));
	give("people", R(7));
	run();
	writer_init(&first, arena);
	schema_write(&first, &guide_schema, &guide, AUDIENCE_FACT);
	inputs.count = 0;
	give("people", R(7));
	give("hours", R(100));
	run();
	writer_init(&again, arena);
	schema_write(&again, &guide_schema, &guide, AUDIENCE_FACT);
	assert_string_equal(writer_text(&first).at, writer_text(&again).at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(amount_is_its_figure_in_each_run),
		TEST(rate_times_quantity_multiplies_and_divides),
		TEST(percent_of_lines_takes_only_the_lines_it_names),
		TEST(margin_is_a_part_of_the_price_it_makes),
		TEST(mark_up_is_a_part_of_the_cost_before_it),
		TEST(mark_up_may_name_its_cost),
		TEST(mark_up_on_a_cost_that_holds_a_margin_is_solved),
		TEST(annual_cost_is_shared_by_weeks_and_residents),
		TEST(return_on_value_is_spread_over_occupied_beds),
		TEST(shared_hours_are_divided_by_the_people_sharing),
		TEST(threshold_charges_only_pay_between_its_limits),
		TEST(sum_is_shown_and_not_counted_again),
		TEST(least_and_most_pick_one_of_what_they_name),
		TEST(quantity_line_drives_others_and_is_not_money),
		TEST(deduction_is_taken_off_and_may_fall),
		TEST(lines_outside_the_fee_are_shown_and_not_priced),
		TEST(nothing_is_rounded_before_the_end),
		TEST(each_rounding_policy_rounds_once),
		TEST(quarter_hours_round_up_to_a_penny_as_published),
		TEST(a_week_of_an_hourly_price_is_the_rounded_price_by_the_hours),
		TEST(a_week_of_a_weekly_price_is_the_price),
		TEST(inputs_left_out_are_named_in_order_with_their_default),
		TEST(sources_are_given_once_each_with_their_address),
		TEST(the_same_inputs_give_the_same_guide_in_any_order),
	};

	return cmocka_run_group_tests_name("cost_model", tests, NULL, NULL);
}
