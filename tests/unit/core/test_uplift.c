/*
 * test_uplift.c - what an agreed method makes of a fee: published figures, then each basis.
 *
 * Cap, floor and rounding are test_uplift_limits.c; who is left out, and by which rule,
 * test_uplift_rules.c; what is refused test_uplift_check.c; what holds of every fee
 * test_uplift_laws.c.
 */
#include "uplifts.h"

/* ---- published figures ---- */

/* City of Wolverhampton Council, fee uplift of April 2025: home care 20.28 an hour + 6.60% = 21.64
 * and supported living 14.08 + 9.91% = 15.48, up to a whole penny for each quarter of an hour. */
static void wolverhampton_2025(void)
{
	line("home_care", LINE_HOUR, COST_INDEX_NLW, R(1), R(20.28));
	line("supported", LINE_HOUR, COST_INDEX_EARNINGS, R(10), R(14.08));
	method.basis = UPLIFT_BY_LINE;
	rise(COST_INDEX_NLW, R(6.60));
	rise(COST_INDEX_EARNINGS, R(9.91));
	figures.from_day = day_of(2025, 4, 7);
}

static void published_rates_go_up_to_a_whole_penny_a_quarter_hour(void **state)
{
	(void)state;
	wolverhampton_2025();
	method.rounding = UPLIFT_RATE_UP_PER_QUARTER_HOUR;
	work();
	assert_int_equal(then_at(0)->rate_then_r, R(21.64));
	assert_int_equal(then_at(1)->rate_then_r, R(15.48));
	expect_fee(UPLIFT_RULE_BY_LINE, P(21.64 + 154.80));
}

static void the_nearest_penny_gets_a_published_rate_wrong(void **state)
{
	(void)state;
	wolverhampton_2025();
	method.rounding = UPLIFT_RATE_TO_PENNY;
	work();
	assert_int_equal(then_at(0)->rate_then_r, R(21.62)); /* not 21.64 */
	assert_int_equal(then_at(1)->rate_then_r, R(15.48));
	expect_fee(UPLIFT_RULE_BY_LINE, P(21.62 + 154.80));
}

/* Staff costs of 73.7% of a fee and a National Living Wage that rose by 6.73% (11.44 to 12.21,
 * April 2025): 4.96% of the fee. */
static void published_staffing_weight_gives_its_percentage(void **state)
{
	(void)state;
	line("care", LINE_WEEK, NO_ENUM, R(1), R(1000));
	weight(COST_INDEX_NLW, R(73.7));
	rise(COST_INDEX_NLW, R(6.73));
	work();
	expect_fee(UPLIFT_RULE_WEIGHTED, P(1049.60));
	assert_int_equal(uplift.percent_r, R(4.96));
	expect_reason("73.70% of the fee rises by 6.73% (nlw): 4.96% of the fee.");
}

static void two_weighted_indexes_give_the_new_fee_to_the_penny(void **state)
{
	(void)state;
	line("care", LINE_WEEK, NO_ENUM, R(1), R(812));
	weight(COST_INDEX_NLW, R(73.7));
	weight(COST_INDEX_CPI, R(26.3));
	rise(COST_INDEX_NLW, R(4.10));
	rise(COST_INDEX_CPI, R(3.00));
	work();
	expect_fee(UPLIFT_RULE_WEIGHTED, P(842.94));
	assert_int_equal(uplift.difference_p, P(30.94));
	assert_int_equal(uplift.from_day, day_of(2026, 4, 6));
	expect_reason("73.70% of the fee rises by 4.10% (nlw) and 26.30% rises by 3.00% (cpi): "
		      "3.8107% of the fee.");
}

/* ---- by line and by weights ---- */

static void each_line_rises_by_its_own_index(void **state)
{
	(void)state;
	line("staff", LINE_HOUR, COST_INDEX_NLW, R(30), R(18.50));
	line("food", LINE_WEEK, COST_INDEX_FOOD, R(1), R(44.40));
	line("rent", LINE_WEEK, COST_INDEX_FIXED, R(1), R(120));
	method.basis = UPLIFT_BY_LINE;
	rise(COST_INDEX_NLW, R(4.10));
	rise(COST_INDEX_FOOD, R(-1.5));
	work();
	expect_fee(UPLIFT_RULE_BY_LINE, 57776 + 4373 + 12000); /* 577.755 + 43.734 + 120 */
	assert_int_equal(then_at(2)->weekly_then_p, P(120));
	assert_int_equal(then_at(2)->rate_then_r, R(120));
	assert_int_equal(then_at(0)->index, COST_INDEX_NLW);
	expect_reason("£555.00 rises by 4.10% (nlw), £44.40 falls by 1.50% (food) and £120.00 is "
		      "fixed: 3.0705% of the fee.");
}

static void a_fixed_weight_counts_and_does_not_rise(void **state)
{
	(void)state;
	line("care", LINE_WEEK, COST_INDEX_NLW, R(1), R(500));
	weight(COST_INDEX_FIXED, R(60));
	weight(COST_INDEX_CPI, R(40));
	rise(COST_INDEX_CPI, R(5));
	work();
	expect_fee(UPLIFT_RULE_WEIGHTED, P(510));
	expect_reason("60.00% of the fee is fixed and 40.00% rises by 5.00% (cpi): 2.00% of the "
		      "fee.");
}

static void weights_raise_every_line_alike_whatever_its_tag(void **state)
{
	(void)state;
	line("staff", LINE_WEEK, COST_INDEX_NLW, R(1), R(300));
	line("rent", LINE_WEEK, COST_INDEX_FIXED, R(1), R(100));
	weight(COST_INDEX_NLW, R(50));
	rise(COST_INDEX_NLW, R(8));
	work();
	assert_int_equal(then_at(0)->weekly_then_p, P(312));
	assert_int_equal(then_at(1)->weekly_then_p, P(104));
}

static void a_fee_goes_down_when_its_index_fell(void **state)
{
	(void)state;
	line("energy", LINE_WEEK, COST_INDEX_ENERGY, R(1), R(80));
	method.basis = UPLIFT_BY_LINE;
	rise(COST_INDEX_ENERGY, R(-7.5));
	work();
	expect_fee(UPLIFT_RULE_BY_LINE, P(74));
	assert_int_equal(uplift.difference_p, P(-6));
	assert_int_equal(uplift.percent_r, R(-7.5));
}

/* ---- flat ---- */

static void flat_by_the_week_comes_once_and_goes_to_lines_by_their_amounts(void **state)
{
	(void)state;
	line("care", LINE_WEEK, NO_ENUM, R(1), R(300));
	line("extra", LINE_WEEK, NO_ENUM, R(1), R(100));
	line("discount", LINE_WEEK, NO_ENUM, R(1), R(-20));
	flat(LINE_WEEK, R(10));
	work();
	expect_fee(UPLIFT_RULE_FLAT, P(390));
	assert_int_equal(then_at(0)->weekly_then_p, P(307.50));
	assert_int_equal(then_at(1)->weekly_then_p, P(102.50));
	assert_int_equal(then_at(2)->weekly_then_p, P(-20));
	expect_reason("The weekly fee goes up by £10.00: 2.6316% of the fee.");
}

static void flat_on_a_fee_of_nothing_goes_to_the_first_line(void **state)
{
	(void)state;
	line("care", LINE_HOUR, NO_ENUM, R(4), 0);
	line("extra", LINE_WEEK, NO_ENUM, R(1), 0);
	flat(LINE_WEEK, R(10));
	work();
	expect_fee(UPLIFT_RULE_FLAT, P(10));
	assert_int_equal(then_at(0)->weekly_then_p, P(10));
	assert_int_equal(then_at(0)->rate_then_r, R(2.50));
	assert_int_equal(uplift.percent_r, NO_INT);
	expect_reason("The weekly fee goes up by £10.00.");
}

static void flat_by_the_hour_changes_the_rate_of_lines_by_the_hour(void **state)
{
	(void)state;
	line("care", LINE_HOUR, NO_ENUM, R(12.5), R(19.995));
	line("night", LINE_NIGHT, NO_ENUM, R(2), R(60));
	flat(LINE_HOUR, R(-0.5));
	work();
	expect_fee(UPLIFT_RULE_FLAT, 24369 + 12000); /* 12.5 x 19.495 = 243.6875 */
	assert_int_equal(then_at(0)->rate_then_r, R(19.495));
	assert_int_equal(then_at(1)->rate_then_r, R(60));
	expect_reason("Each rate for an hour goes down by £0.50: -1.6895% of the fee.");
}

/* ---- towards a target ---- */

static void target_in_three_steps(void)
{
	line("care", LINE_HOUR, COST_INDEX_NLW, R(10), R(18));
	line("night", LINE_NIGHT, NO_ENUM, R(1), R(70));
	target(NULL, LINE_HOUR, R(21));
	target_in(3, day_of(2026, 4, 6));
}

static void a_target_is_reached_in_equal_steps_each_on_its_day(void **state)
{
	(void)state;
	target_in_three_steps();
	work();
	expect_fee(UPLIFT_RULE_TARGET, P(190 + 70));
	assert_int_equal(then_at(0)->rate_then_r, R(19));
	assert_int_equal(uplift.path.count, 3);
	assert_int_equal(step_at(0)->weekly_p, P(260));
	assert_int_equal(step_at(1)->weekly_p, P(270));
	assert_int_equal(step_at(2)->weekly_p, P(280));
	assert_int_equal(step_at(0)->from_day, day_of(2026, 4, 6));
	assert_int_equal(step_at(1)->from_day, day_of(2027, 4, 6));
	assert_int_equal(step_at(2)->from_day, day_of(2028, 4, 6));
	expect_reason("Step 1 of 3 to the target rates: 4.00% of the fee.");
}

static void the_day_decides_the_step_and_the_last_is_the_target(void **state)
{
	static const struct {
		int32_t year, month, day;
		int64_t rate_r;
		size_t steps;
	} days[] = {
		{2027, 4, 5, R(19), 3}, {2027, 4, 6, R(19.5), 2}, {2028, 4, 5, R(19.5), 2},
		{2028, 4, 6, R(21), 1}, {2029, 4, 6, R(21), 1},	  {2040, 1, 1, R(21), 1},
	};

	(void)state;
	target_in_three_steps();
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		figures.from_day = day_of(days[i].year, days[i].month, days[i].day);
		work();
		assert_int_equal(then_at(0)->rate_then_r, days[i].rate_r);
		assert_int_equal(uplift.path.count, days[i].steps);
	}
}

static void steps_that_do_not_come_out_even_end_exactly_on_the_target(void **state)
{
	(void)state;
	line("care", LINE_HOUR, NO_ENUM, R(33.25), R(18.1));
	target("care", LINE_HOUR, R(21.6375));
	target_in(7, day_of(2026, 4, 6));
	method.rounding = UPLIFT_RATE_TO_PENNY;
	work();
	assert_int_equal(then_at(0)->rate_then_r, R(18.61)); /* 18.60536 */
	assert_int_equal(step_at(6)->weekly_p, P(719.53));   /* 33.25 x 21.64 */
	method.rounding = NO_ENUM;
	figures.from_day = day_of(2032, 4, 6);
	work();
	assert_int_equal(then_at(0)->rate_then_r, R(21.6375));
	expect_fee(UPLIFT_RULE_TARGET, P(719.45));
}

static void the_first_target_that_fits_takes_the_line(void **state)
{
	(void)state;
	line("care", LINE_HOUR, NO_ENUM, R(10), R(18));
	line("social", LINE_HOUR, NO_ENUM, R(10), R(18));
	target("social", LINE_HOUR, R(16));
	target(NULL, LINE_HOUR, R(20));
	target_in(1, day_of(2026, 4, 6));
	work();
	assert_int_equal(then_at(0)->rate_then_r, R(20));
	assert_int_equal(then_at(1)->rate_then_r, R(16));
	expect_fee(UPLIFT_RULE_TARGET, P(360));
}

static void steps_that_began_on_a_leap_day_fall_on_the_28th(void **state)
{
	(void)state;
	line("care", LINE_HOUR, NO_ENUM, R(10), R(18));
	target(NULL, LINE_HOUR, R(21));
	target_in(3, day_of(2024, 2, 29));
	figures.from_day = day_of(2025, 2, 27);
	work();
	assert_int_equal(uplift.path.count, 3);
	assert_int_equal(step_at(1)->from_day, day_of(2025, 2, 28));
	figures.from_day = day_of(2025, 2, 28);
	work();
	assert_int_equal(uplift.path.count, 2);
}

static void a_cap_holds_on_every_step_of_the_way(void **state)
{
	(void)state;
	target_in_three_steps();
	method.cap_r = R(2);
	work();
	expect_fee(UPLIFT_RULE_CAP, P(255));
	assert_int_equal(step_at(1)->weekly_p, P(260.10));
	assert_int_equal(step_at(2)->weekly_p, P(265.30)); /* 260.10 x 1.02 */
	expect_reason("Step 1 of 3 to the target rates: 4.00% of the fee, which is above the cap, "
		      "so 2.00%.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(published_rates_go_up_to_a_whole_penny_a_quarter_hour),
		TEST(the_nearest_penny_gets_a_published_rate_wrong),
		TEST(published_staffing_weight_gives_its_percentage),
		TEST(two_weighted_indexes_give_the_new_fee_to_the_penny),
		TEST(each_line_rises_by_its_own_index),
		TEST(a_fixed_weight_counts_and_does_not_rise),
		TEST(weights_raise_every_line_alike_whatever_its_tag),
		TEST(a_fee_goes_down_when_its_index_fell),
		TEST(flat_by_the_week_comes_once_and_goes_to_lines_by_their_amounts),
		TEST(flat_on_a_fee_of_nothing_goes_to_the_first_line),
		TEST(flat_by_the_hour_changes_the_rate_of_lines_by_the_hour),
		TEST(a_target_is_reached_in_equal_steps_each_on_its_day),
		TEST(the_day_decides_the_step_and_the_last_is_the_target),
		TEST(steps_that_do_not_come_out_even_end_exactly_on_the_target),
		TEST(the_first_target_that_fits_takes_the_line),
		TEST(steps_that_began_on_a_leap_day_fall_on_the_28th),
		TEST(a_cap_holds_on_every_step_of_the_way),
	};

	return cmocka_run_group_tests_name("uplift", tests, NULL, NULL);
}
