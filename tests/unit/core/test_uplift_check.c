/*
 * test_uplift_check.c - a method or figures that could not be worked are refused, with a pointer.
 */
#include "uplifts.h"

static void expect_method(const char *pointer, const struct list *lines)
{
	bool taken = uplift_method_check(arena, &method, lines, &flaw);

	if (!pointer) {
		if (!taken)
			fail_msg("%.*s: %.*s", TEXT_FMT(flaw.pointer), TEXT_FMT(flaw.sentence));
		return;
	}
	assert_false(taken);
	assert_string_equal(text_cstr(arena, flaw.pointer), pointer);
	assert_true(flaw.sentence.len > 0);
}

static void expect_figures(const char *pointer)
{
	if (!pointer) {
		assert_true(uplift_figures_check(arena, &figures, &flaw));
		return;
	}
	assert_false(uplift_figures_check(arena, &figures, &flaw));
	assert_string_equal(text_cstr(arena, flaw.pointer), pointer);
	assert_true(flaw.sentence.len > 0);
}

static void a_method_says_what_it_goes_by(void **state)
{
	(void)state;
	expect_method("/basis", NULL);
	method.basis = UPLIFT_BASIS_COUNT;
	expect_method("/basis", NULL);
	method.basis = UPLIFT_BY_LINE;
	expect_method(NULL, NULL);
	method.rounding = UPLIFT_ROUNDING_COUNT;
	expect_method("/rounding", NULL);
}

static void members_of_another_basis_are_refused(void **state)
{
	(void)state;
	weight(COST_INDEX_NLW, R(10));
	method.flat_r = R(1);
	expect_method("/flat", NULL);
	method.flat_r = NO_INT;
	method.years = 3;
	expect_method("/years", NULL);
	method.basis = UPLIFT_BY_LINE;
	expect_method("/weights", NULL);
	assert_string_equal(
		text_cstr(arena, flaw.sentence),
		"This belongs to the basis weighted; this method goes by_line. Leave it "
		"out, or change the basis.");
}

static void by_line_needs_an_index_on_every_line(void **state)
{
	(void)state;
	method.basis = UPLIFT_BY_LINE;
	line("care", LINE_HOUR, COST_INDEX_NLW, R(1), R(20));
	expect_method(NULL, &terms.lines);
	line("extra", LINE_HOUR, NO_ENUM, R(1), R(20));
	expect_method("/basis", &terms.lines);
	assert_non_null(strstr(text_cstr(arena, flaw.sentence), "extra"));
	expect_method(NULL, NULL);
}

static void weights_are_above_nothing_each_once_and_the_whole_at_most(void **state)
{
	(void)state;
	method.basis = UPLIFT_WEIGHTED;
	expect_method("/weights", NULL);
	weight(COST_INDEX_NLW, R(60));
	weight(COST_INDEX_FIXED, R(40));
	expect_method(NULL, NULL);
	weights[1].percent_r++;
	expect_method("/weights/1/percent", NULL);
	weights[1].percent_r = 0;
	expect_method("/weights/1/percent", NULL);
	weights[1] = (struct uplift_weight){COST_INDEX_NLW, R(1)};
	expect_method("/weights/1/index", NULL);
	weights[1].index = NO_ENUM;
	expect_method("/weights/1/index", NULL);
}

static void flat_needs_an_amount_and_a_unit_that_is_paid(void **state)
{
	(void)state;
	method.basis = UPLIFT_FLAT;
	expect_method("/flat", NULL);
	method.flat_r = R(-1);
	expect_method("/flat_unit", NULL);
	method.flat_unit = LINE_VISIT;
	expect_method(NULL, NULL);
	line("care", LINE_HOUR, NO_ENUM, R(1), R(20));
	expect_method("/flat_unit", &terms.lines);
	method.flat_unit = LINE_WEEK; /* the whole fee, whatever its lines are paid by */
	expect_method(NULL, &terms.lines);
}

static void a_target_needs_a_rate_years_a_day_and_a_line(void **state)
{
	(void)state;
	method.basis = UPLIFT_TARGET;
	expect_method("/targets", NULL);
	target("care", LINE_HOUR, R(22));
	target(NULL, LINE_HOUR, R(21));
	expect_method("/years", NULL);
	method.years = 3;
	expect_method("/first_step", NULL);
	method.first_day = day_of(2026, 4, 6);
	expect_method(NULL, NULL);
	line("care", LINE_HOUR, NO_ENUM, R(1), R(20));
	expect_method(NULL, &terms.lines);
	fee_lines[0].key = TEXT("social");
	expect_method("/targets/0/key", &terms.lines);
	targets[0].unit = LINE_NIGHT;
	targets[0].key = TEXT_NONE;
	expect_method("/targets/0/unit", &terms.lines);
	method.years = 0;
	expect_method("/years", NULL);
}

static void a_target_behind_one_that_takes_its_lines_is_refused(void **state)
{
	(void)state;
	target(NULL, LINE_HOUR, R(21));
	target("care", LINE_HOUR, R(22));
	target_in(3, day_of(2026, 4, 6));
	expect_method("/targets/1/key", NULL);
	targets[1] = targets[0];
	expect_method("/targets/1/unit", NULL);
}

static void a_cap_is_not_below_the_floor_nor_below_zero_without_one(void **state)
{
	static const struct {
		int64_t cap_r, floor_r;
		const char *pointer;
	} limits[] = {
		{R(5), R(5), NULL},	   {R(5), R(5.0001), "/cap"},
		{0, NO_INT, NULL},	   {R(-1), NO_INT, "/cap"},
		{R(-1), R(-1), "/cap"},	   {R(-1), R(-1.0001), NULL},
		{NO_INT, R(-3), NULL},	   {NO_INT, R(-100.0001), "/floor"},
		{R(1000.0001), 0, "/cap"}, {NO_INT, R(3), NULL},
	};

	(void)state;
	method.basis = UPLIFT_BY_LINE;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		method.cap_r = limits[i].cap_r;
		method.floor_r = limits[i].floor_r;
		expect_method(limits[i].pointer, NULL);
	}
}

static void the_day_of_the_year_is_one_that_comes_every_year(void **state)
{
	(void)state;
	method.basis = UPLIFT_BY_LINE;
	method.month = 4;
	expect_method("/day", NULL);
	method.day = 6;
	expect_method(NULL, NULL);
	method.day = 31;
	expect_method("/day", NULL);
	method.month = 2;
	method.day = 29;
	expect_method("/day", NULL);
	method.month = NO_INT;
	expect_method("/month", NULL);
	method.month = 13;
	expect_method("/month", NULL);
}

static void exclusions_are_within_reason(void **state)
{
	(void)state;
	method.basis = UPLIFT_BY_LINE;
	method.not_within_months = 121;
	expect_method("/not_within_months", NULL);
	method.not_within_months = 120;
	method.not_above_p = -1;
	expect_method("/not_above", NULL);
}

static void figures_have_a_day_and_each_index_once(void **state)
{
	(void)state;
	expect_figures(NULL);
	rise(COST_INDEX_NLW, R(4.1));
	rise(COST_INDEX_CPI, R(-100));
	expect_figures(NULL);
	rises[1].percent_r--;
	expect_figures("/rises/1/percent");
	rises[1].percent_r = R(1000.0001);
	expect_figures("/rises/1/percent");
	rises[1].index = COST_INDEX_NLW;
	expect_figures("/rises/1/index");
	rises[1].index = COST_INDEX_FIXED;
	expect_figures("/rises/1/index");
	figures.from_day = NO_DAY;
	expect_figures("/from");
}

static void terms_with_a_method_that_is_not_sound_are_refused(void **state)
{
	struct terms complete;

	(void)state;
	line("care", LINE_HOUR, NO_ENUM, R(1), R(20));
	weight(COST_INDEX_NLW, R(100.5));
	terms.uplift = method;
	assert_false(terms_complete(arena, &terms, &complete, &flaw));
	assert_string_equal(text_cstr(arena, flaw.pointer), "/uplift/weights/0/percent");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_method_says_what_it_goes_by),
		TEST(members_of_another_basis_are_refused),
		TEST(by_line_needs_an_index_on_every_line),
		TEST(weights_are_above_nothing_each_once_and_the_whole_at_most),
		TEST(flat_needs_an_amount_and_a_unit_that_is_paid),
		TEST(a_target_needs_a_rate_years_a_day_and_a_line),
		TEST(a_target_behind_one_that_takes_its_lines_is_refused),
		TEST(a_cap_is_not_below_the_floor_nor_below_zero_without_one),
		TEST(the_day_of_the_year_is_one_that_comes_every_year),
		TEST(exclusions_are_within_reason),
		TEST(figures_have_a_day_and_each_index_once),
		TEST(terms_with_a_method_that_is_not_sound_are_refused),
	};

	return cmocka_run_group_tests_name("uplift_check", tests, NULL, NULL);
}
