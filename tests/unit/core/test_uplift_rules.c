/*
 * test_uplift_rules.c - which method is worked, whose fee stays and why, and who pays the new one.
 */
#include "uplifts.h"

/* £500 a week by nlw, which rose by 4%. */
static void plain(void)
{
	line("care", LINE_WEEK, COST_INDEX_NLW, R(1), R(500));
	method.basis = UPLIFT_BY_LINE;
	rise(COST_INDEX_NLW, R(4));
}

static void own_method(void)
{
	method_clear(&terms.uplift);
	terms.uplift.basis = UPLIFT_FLAT;
	terms.uplift.flat_unit = LINE_WEEK;
	terms.uplift.flat_r = R(7);
}

/* ---- which method ---- */

static void the_method_in_the_terms_comes_before_the_general_one(void **state)
{
	(void)state;
	plain();
	own_method();
	work();
	expect_fee(UPLIFT_RULE_FLAT, P(507));
}

static void without_one_in_the_terms_the_general_method_is_worked(void **state)
{
	(void)state;
	plain();
	question.leave_out_own = true;
	work();
	expect_fee(UPLIFT_RULE_BY_LINE, P(520));
}

static void a_method_of_its_own_can_be_left_out(void **state)
{
	(void)state;
	plain();
	own_method();
	question.leave_out_own = true;
	work();
	expect_left(UPLIFT_RULE_OWN_METHOD);
	expect_reason("The terms have a method of their own, and those were left out.");
}

static void without_any_method_the_fee_stays(void **state)
{
	(void)state;
	plain();
	question.general = NULL;
	work();
	expect_left(UPLIFT_RULE_NO_METHOD);
	assert_int_equal(uplift.weekly_then_p, P(500));
	assert_int_equal(uplift.percent_r, 0);
}

/* ---- exclusions ---- */

static void an_agreement_that_begins_later_stays(void **state)
{
	(void)state;
	plain();
	terms.start_day = day_of(2026, 4, 7);
	work();
	expect_left(UPLIFT_RULE_NOT_STARTED);
	expect_reason("The agreement begins on Tuesday 7 April 2026, after Monday 6 April 2026.");
	terms.start_day = day_of(2026, 4, 6);
	work();
	expect_fee(UPLIFT_RULE_BY_LINE, P(520));
}

static void another_day_than_the_method_says_is_told(void **state)
{
	struct text same;

	(void)state;
	plain();
	work();
	same = uplift.reason;
	method.month = 4;
	method.day = 6;
	work();
	assert_true(text_eq(uplift.reason, same));
	method.day = 1;
	work();
	expect_fee(UPLIFT_RULE_BY_LINE, P(520));
	expect_reason(text_cstr(arena, text_printf(arena,
						   "%.*s The method says Wednesday 1 April 2026, "
						   "and this is from Monday 6 April 2026.",
						   TEXT_FMT(same))));
}

static void an_agreement_is_too_young_up_to_the_day_before(void **state)
{
	(void)state;
	plain();
	method.not_within_months = 12;
	terms.start_day = day_of(2025, 4, 7);
	work();
	expect_left(UPLIFT_RULE_TOO_YOUNG);
	expect_reason(
		"The agreement began on Monday 7 April 2025, less than 12 months before Monday "
		"6 April 2026.");
	terms.start_day = day_of(2025, 4, 6);
	work();
	expect_fee(UPLIFT_RULE_BY_LINE, P(520));
}

static void months_are_clamped_to_the_end_of_the_month(void **state)
{
	(void)state;
	plain();
	method.not_within_months = 3;
	terms.start_day = day_of(2025, 11, 30);
	figures.from_day = day_of(2026, 2, 27);
	work();
	expect_left(UPLIFT_RULE_TOO_YOUNG);
	figures.from_day = day_of(2026, 2, 28);
	work();
	expect_fee(UPLIFT_RULE_BY_LINE, P(520));
}

static void a_fee_above_the_threshold_stays_and_one_at_it_does_not(void **state)
{
	(void)state;
	plain();
	method.not_above_p = P(499.99);
	work();
	expect_left(UPLIFT_RULE_ABOVE_THRESHOLD);
	expect_reason("The weekly fee of £500.00 is above £499.99, and such fees stay.");
	method.not_above_p = P(500);
	work();
	expect_fee(UPLIFT_RULE_BY_LINE, P(520));
}

static void exclusions_come_before_missing_figures(void **state)
{
	(void)state;
	plain();
	figures.rises.count = 0;
	method.not_above_p = P(100);
	work();
	expect_left(UPLIFT_RULE_ABOVE_THRESHOLD);
}

static void before_the_first_step_the_path_has_not_begun(void **state)
{
	(void)state;
	plain();
	target(NULL, LINE_WEEK, R(560));
	target_in(3, day_of(2026, 4, 7));
	work();
	expect_left(UPLIFT_RULE_NOT_YET);
	expect_reason("The first step to the target rates is on Tuesday 7 April 2026.");
}

/* ---- figures ---- */

static void a_line_whose_index_has_no_figure_is_named(void **state)
{
	(void)state;
	plain();
	line("food", LINE_WEEK, COST_INDEX_FOOD, R(1), R(40));
	work();
	expect_left(UPLIFT_RULE_FIGURE_MISSING);
	expect_reason("No figure was given for food, which “food” (food) rises with.");
}

static void a_weight_whose_index_has_no_figure_is_named(void **state)
{
	(void)state;
	plain();
	weight(COST_INDEX_EARNINGS, R(50));
	work();
	expect_left(UPLIFT_RULE_FIGURE_MISSING);
	expect_reason("No figure was given for earnings, which the fee rises with.");
}

static void a_line_without_an_index_is_named(void **state)
{
	(void)state;
	plain();
	line("extra", LINE_HOUR, NO_ENUM, R(1), R(20));
	work();
	expect_left(UPLIFT_RULE_FIGURE_MISSING);
	expect_reason("The line “extra” (extra) names no index to rise with.");
}

static void a_method_that_goes_by_no_index_needs_no_figures(void **state)
{
	(void)state;
	line("care", LINE_HOUR, NO_ENUM, R(10), R(20));
	flat(LINE_HOUR, R(0.25));
	work();
	expect_fee(UPLIFT_RULE_FLAT, P(202.50));
}

/* ---- range ---- */

static void a_fee_below_nothing_stays(void **state)
{
	(void)state;
	plain();
	flat(LINE_WEEK, R(-500.01));
	work();
	expect_left(UPLIFT_RULE_OUT_OF_RANGE);
	flat(LINE_WEEK, R(-500));
	work();
	expect_fee(UPLIFT_RULE_FLAT, 0);
}

static void a_rate_below_nothing_is_named_though_the_fee_would_do(void **state)
{
	(void)state;
	plain();
	line("call", LINE_HOUR, COST_INDEX_NLW, R(1), R(3));
	flat(LINE_HOUR, R(-3.5));
	work();
	expect_left(UPLIFT_RULE_OUT_OF_RANGE);
	expect_reason("The line “call” (call) would be below nothing, so the fee stays.");
}

static void a_deduction_may_stay_below_nothing(void **state)
{
	(void)state;
	plain();
	line("discount", LINE_WEEK, COST_INDEX_NLW, R(1), R(-50));
	work();
	expect_fee(UPLIFT_RULE_BY_LINE, P(468));
	assert_int_equal(then_at(1)->weekly_then_p, P(-52));
	assert_int_equal(then_at(1)->rate_then_r, R(-52));
}

static void a_fee_beyond_ten_million_stays(void **state)
{
	(void)state;
	line("care", LINE_HOUR, COST_INDEX_NLW, R(100), R(99000));
	method.basis = UPLIFT_BY_LINE;
	rise(COST_INDEX_NLW, R(1.01));
	work();
	expect_fee(UPLIFT_RULE_BY_LINE, P(9999990));
	rises[0].percent_r = R(1000);
	work();
	expect_left(UPLIFT_RULE_OUT_OF_RANGE);
	method.cap_r = R(1);
	work();
	expect_fee(UPLIFT_RULE_CAP, P(9999000));
}

static void the_largest_figures_there_are_do_not_wrap(void **state)
{
	(void)state;
	for (int i = 0; i < LIST_MOST; i++)
		line(text_cstr(arena, text_printf(arena, "line%d", i)), LINE_HOUR, COST_INDEX_NLW,
		     R(1000), i % 2 ? R(10000) : R(-10000));
	weight(COST_INDEX_NLW, R(100));
	rise(COST_INDEX_NLW, R(1000));
	method.floor_r = R(1000);
	work();
	expect_left(UPLIFT_RULE_OUT_OF_RANGE); /* a line of £110 million */
	method_clear(&method);
	flat(LINE_HOUR, R(100000));
	method.cap_r = R(1000);
	method.rounding = UPLIFT_TOTAL_TO_POUND;
	work();
	expect_fee(UPLIFT_RULE_CAP, 0); /* ten times a fee of nothing */
}

/* ---- who pays ---- */

/* NHS 30%, the person £150, the authority what is left; the whole fee rises before the split. */
static void the_whole_fee_rises_before_it_is_split(void **state)
{
	(void)state;
	line("care", LINE_WEEK, NO_ENUM, R(1), R(812));
	weight(COST_INDEX_NLW, R(73.7));
	weight(COST_INDEX_CPI, R(26.3));
	rise(COST_INDEX_NLW, R(4.10));
	rise(COST_INDEX_CPI, R(3.00));
	pays(FUNDER_NHS, NO_INT, R(30));
	pays(FUNDER_PERSON, P(150), NO_INT);
	pays(FUNDER_AUTHORITY, NO_INT, NO_INT);
	work();
	expect_fee(UPLIFT_RULE_WEIGHTED, P(842.94));
	assert_int_equal(uplift.funding.count, 3);
	assert_int_equal(part_at(0)->pays_p, P(252.88)); /* 252.882 */
	assert_int_equal(part_at(1)->pays_p, P(150));
	assert_int_equal(part_at(2)->pays_p, P(440.06));
}

static void a_fee_that_stays_is_split_as_it_is(void **state)
{
	(void)state;
	plain();
	pays(FUNDER_PERSON, P(120), NO_INT);
	pays(FUNDER_AUTHORITY, NO_INT, NO_INT);
	method.not_above_p = P(100);
	work();
	expect_left(UPLIFT_RULE_ABOVE_THRESHOLD);
	assert_int_equal(part_at(1)->pays_p, P(380));
}

static void a_payer_that_the_new_fee_no_longer_covers_is_said(void **state)
{
	(void)state;
	plain();
	flat(LINE_WEEK, R(-100));
	pays(FUNDER_THIRD_PARTY, P(450), NO_INT);
	pays(FUNDER_AUTHORITY, NO_INT, NO_INT);
	work();
	expect_fee(UPLIFT_RULE_FLAT, P(400));
	assert_int_equal(uplift.funding.count, 0);
	expect_reason(
		"The weekly fee goes down by £100.00: -20.00% of the fee. What the payers were "
		"to pay comes to more than the new fee, so it must be split again.");
}

static void a_split_does_not_change_that_of_the_terms(void **state)
{
	struct terms complete;

	(void)state;
	plain();
	pays(FUNDER_NHS, NO_INT, R(50));
	pays(FUNDER_AUTHORITY, NO_INT, NO_INT);
	assert_true(terms_complete(arena, &terms, &complete, &flaw));
	uplift_work(arena, &complete, &question, &uplift);
	assert_int_equal(part_at(0)->pays_p, P(260));
	assert_int_equal(((struct funding_part *)complete.funding.items)[0].pays_p, P(250));
	assert_int_equal(((struct fee_line *)complete.lines.items)[0].weekly_p, P(500));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_method_in_the_terms_comes_before_the_general_one),
		TEST(without_one_in_the_terms_the_general_method_is_worked),
		TEST(a_method_of_its_own_can_be_left_out),
		TEST(without_any_method_the_fee_stays),
		TEST(an_agreement_that_begins_later_stays),
		TEST(another_day_than_the_method_says_is_told),
		TEST(an_agreement_is_too_young_up_to_the_day_before),
		TEST(months_are_clamped_to_the_end_of_the_month),
		TEST(a_fee_above_the_threshold_stays_and_one_at_it_does_not),
		TEST(exclusions_come_before_missing_figures),
		TEST(before_the_first_step_the_path_has_not_begun),
		TEST(a_line_whose_index_has_no_figure_is_named),
		TEST(a_weight_whose_index_has_no_figure_is_named),
		TEST(a_line_without_an_index_is_named),
		TEST(a_method_that_goes_by_no_index_needs_no_figures),
		TEST(a_fee_below_nothing_stays),
		TEST(a_rate_below_nothing_is_named_though_the_fee_would_do),
		TEST(a_deduction_may_stay_below_nothing),
		TEST(a_fee_beyond_ten_million_stays),
		TEST(the_largest_figures_there_are_do_not_wrap),
		TEST(the_whole_fee_rises_before_it_is_split),
		TEST(a_fee_that_stays_is_split_as_it_is),
		TEST(a_payer_that_the_new_fee_no_longer_covers_is_said),
		TEST(a_split_does_not_change_that_of_the_terms),
	};

	return cmocka_run_group_tests_name("uplift_rules", tests, NULL, NULL);
}
