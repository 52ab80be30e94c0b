/*
 * test_uplift_limits.c - the cap and the floor of the whole fee, and how what is left is rounded.
 */
#include "uplifts.h"

/* ---- cap and floor ---- */

static void by_line_of_two(int64_t nlw_r, int64_t cpi_r)
{
	line("staff", LINE_WEEK, COST_INDEX_NLW, R(1), R(600));
	line("food", LINE_WEEK, COST_INDEX_CPI, R(1), R(300));
	line("rent", LINE_WEEK, COST_INDEX_FIXED, R(1), R(100));
	method.basis = UPLIFT_BY_LINE;
	rise(COST_INDEX_NLW, nlw_r);
	rise(COST_INDEX_CPI, cpi_r);
}

static void a_cap_scales_what_rose_and_leaves_what_did_not(void **state)
{
	(void)state;
	by_line_of_two(R(10), R(5)); /* 60 + 15 = 7.5% */
	method.cap_r = R(5);
	work();
	expect_fee(UPLIFT_RULE_CAP, P(1050));
	assert_int_equal(then_at(0)->weekly_then_p, P(640));
	assert_int_equal(then_at(1)->weekly_then_p, P(310));
	assert_int_equal(then_at(2)->weekly_then_p, P(100));
	expect_reason("£600.00 rises by 10.00% (nlw), £300.00 rises by 5.00% (cpi) and £100.00 is "
		      "fixed: 7.50% of the fee, which is above the cap, so 5.00%.");
}

static void a_cap_of_nothing_keeps_the_fee_and_says_so(void **state)
{
	(void)state;
	by_line_of_two(R(10), R(-5));
	method.cap_r = 0;
	method.rounding = UPLIFT_RATE_UP_PER_QUARTER_HOUR;
	work();
	expect_fee(UPLIFT_RULE_CAP, P(1000));
	assert_int_equal(then_at(0)->weekly_then_p, P(600));
}

static void at_the_cap_the_method_itself_decides(void **state)
{
	(void)state;
	by_line_of_two(R(10), R(5));
	method.cap_r = R(7.5);
	work();
	expect_fee(UPLIFT_RULE_BY_LINE, P(1075));
}

static void a_floor_below_zero_scales_the_fall(void **state)
{
	(void)state;
	by_line_of_two(R(-10), R(-5));
	method.floor_r = R(-2.5);
	work();
	expect_fee(UPLIFT_RULE_FLOOR, P(975));
	assert_int_equal(then_at(0)->weekly_then_p, P(580));
	assert_int_equal(then_at(2)->weekly_then_p, P(100));
}

static void a_floor_lifts_lines_that_rose_by_what_they_rose(void **state)
{
	(void)state;
	by_line_of_two(R(1), 0);
	method.floor_r = R(3);
	work();
	expect_fee(UPLIFT_RULE_FLOOR, P(1030));
	assert_int_equal(then_at(0)->weekly_then_p, P(630));
	assert_int_equal(then_at(1)->weekly_then_p, P(300));
}

static void a_floor_that_would_drive_lines_apart_lifts_all_alike(void **state)
{
	(void)state;
	by_line_of_two(R(1), R(-1.9)); /* 6 - 5.70 */
	method.floor_r = R(3);
	work();
	expect_fee(UPLIFT_RULE_FLOOR, P(1030));
	assert_int_equal(then_at(0)->weekly_then_p, P(618));
	assert_int_equal(then_at(1)->weekly_then_p, P(309));
	assert_int_equal(then_at(2)->weekly_then_p, P(103));
}

static void a_floor_lifts_all_alike_when_nothing_rose(void **state)
{
	(void)state;
	by_line_of_two(0, 0);
	method.floor_r = R(2);
	method.rounding = UPLIFT_RATE_TO_PENNY;
	work();
	expect_fee(UPLIFT_RULE_FLOOR, P(1020));
	assert_int_equal(then_at(2)->rate_then_r, R(102));
}

static void a_cap_below_zero_makes_the_fee_fall(void **state)
{
	(void)state;
	by_line_of_two(R(10), R(5));
	method.cap_r = R(-1);
	method.floor_r = R(-3);
	work();
	expect_fee(UPLIFT_RULE_CAP, P(990));
}

/* ---- rounding ---- */

static void the_total_is_rounded_once_and_lines_share_the_pennies(void **state)
{
	(void)state;
	line("a", LINE_WEEK, COST_INDEX_NLW, R(1), R(10.15)); /* 10.3022(5) */
	line("b", LINE_WEEK, COST_INDEX_NLW, R(1), R(10.15));
	line("c", LINE_WEEK, COST_INDEX_NLW, R(1), R(10.35)); /* 10.5052(5) */
	method.basis = UPLIFT_BY_LINE;
	rise(COST_INDEX_NLW, R(1.5));
	work();
	expect_fee(UPLIFT_RULE_BY_LINE, 3111); /* 31.10975 */
	assert_int_equal(then_at(0)->weekly_then_p, 1030);
	assert_int_equal(then_at(1)->weekly_then_p, 1030);
	assert_int_equal(then_at(2)->weekly_then_p, 1051);
}

static void a_tie_goes_to_the_earlier_line(void **state)
{
	(void)state;
	line("a", LINE_WEEK, COST_INDEX_NLW, R(1), R(10.01));
	line("b", LINE_WEEK, COST_INDEX_NLW, R(1), R(10.01));
	method.basis = UPLIFT_BY_LINE;
	rise(COST_INDEX_NLW, R(50));
	work(); /* 15.015 twice = 30.03 */
	assert_int_equal(then_at(0)->weekly_then_p, 1502);
	assert_int_equal(then_at(1)->weekly_then_p, 1501);
}

static void half_a_penny_goes_away_from_zero(void **state)
{
	(void)state;
	line("a", LINE_WEEK, COST_INDEX_NLW, R(1), R(0.01));
	method.basis = UPLIFT_BY_LINE;
	rise(COST_INDEX_NLW, R(50));
	work();
	expect_fee(UPLIFT_RULE_BY_LINE, 2);
}

static void to_the_pound_the_fee_is_whole_and_lines_add_up(void **state)
{
	(void)state;
	line("care", LINE_HOUR, COST_INDEX_NLW, R(20), R(20));
	line("food", LINE_WEEK, COST_INDEX_CPI, R(1), R(100));
	method.basis = UPLIFT_BY_LINE;
	method.rounding = UPLIFT_TOTAL_TO_POUND;
	rise(COST_INDEX_NLW, R(3.33));
	rise(COST_INDEX_CPI, R(2.22));
	work(); /* 413.32 + 102.22 = 515.54 */
	expect_fee(UPLIFT_RULE_BY_LINE, P(516));
	assert_int_equal(then_at(0)->weekly_then_p, P(413.69));
	assert_int_equal(then_at(1)->weekly_then_p, P(102.31));
	assert_int_equal(then_at(0)->rate_then_r, R(20.6845));
}

static void the_pound_is_rounded_from_the_exact_fee_not_from_the_penny(void **state)
{
	(void)state;
	line("care", LINE_WEEK, COST_INDEX_NLW, R(1), R(100));
	method.basis = UPLIFT_BY_LINE;
	method.rounding = UPLIFT_TOTAL_TO_POUND;
	rise(COST_INDEX_NLW, R(0.499));
	work(); /* 100.499: 100.50 to the penny */
	expect_fee(UPLIFT_RULE_BY_LINE, P(100));
}

static void a_rate_that_does_not_change_is_not_rounded_up(void **state)
{
	(void)state;
	line("care", LINE_HOUR, COST_INDEX_NLW, R(10), R(20.2850));
	line("social", LINE_HOUR, COST_INDEX_FIXED, R(10), R(18.0150));
	line("visit", LINE_VISIT, COST_INDEX_NLW, R(7), R(9.99));
	method.basis = UPLIFT_BY_LINE;
	method.rounding = UPLIFT_RATE_UP_PER_QUARTER_HOUR;
	rise(COST_INDEX_NLW, R(0.01));
	work();
	assert_int_equal(then_at(0)->rate_then_r, R(20.32)); /* 5.08 a quarter */
	assert_int_equal(then_at(1)->rate_then_r, R(18.0150));
	assert_int_equal(then_at(1)->weekly_then_p, P(180.15));
	assert_int_equal(then_at(2)->rate_then_r, R(9.99));
}

static void nothing_rises_and_nothing_changes_not_even_a_fine_rate(void **state)
{
	(void)state;
	line("care", LINE_HOUR, COST_INDEX_NLW, R(12.5), R(14.2025));
	method.basis = UPLIFT_BY_LINE;
	rise(COST_INDEX_NLW, 0);
	for (int32_t i = 0; i < UPLIFT_ROUNDING_COUNT; i++) {
		method.rounding = i;
		work();
		if (i == UPLIFT_TOTAL_TO_POUND)
			continue;
		expect_fee(UPLIFT_RULE_BY_LINE, P(177.53));
		assert_int_equal(then_at(0)->rate_then_r, R(14.2025));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_cap_scales_what_rose_and_leaves_what_did_not),
		TEST(a_cap_of_nothing_keeps_the_fee_and_says_so),
		TEST(at_the_cap_the_method_itself_decides),
		TEST(a_floor_below_zero_scales_the_fall),
		TEST(a_floor_lifts_lines_that_rose_by_what_they_rose),
		TEST(a_floor_that_would_drive_lines_apart_lifts_all_alike),
		TEST(a_floor_lifts_all_alike_when_nothing_rose),
		TEST(a_cap_below_zero_makes_the_fee_fall),
		TEST(the_total_is_rounded_once_and_lines_share_the_pennies),
		TEST(a_tie_goes_to_the_earlier_line),
		TEST(half_a_penny_goes_away_from_zero),
		TEST(to_the_pound_the_fee_is_whole_and_lines_add_up),
		TEST(the_pound_is_rounded_from_the_exact_fee_not_from_the_penny),
		TEST(a_rate_that_does_not_change_is_not_rounded_up),
		TEST(nothing_rises_and_nothing_changes_not_even_a_fine_rate),
	};

	return cmocka_run_group_tests_name("uplift_limits", tests, NULL, NULL);
}
