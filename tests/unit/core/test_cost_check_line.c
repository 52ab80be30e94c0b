/*
 * test_cost_check_line.c - a line of a cost model that is not sound is refused, with its place.
 *
 * Every test starts from one sound model and spoils one line of it.
 */
#include "sound_model.h"

static void unknown_key_is_refused_where_it_stands(void **state)
{
	(void)state;
	line_at(PAY)->value = TEXT("pay_figur");
	expect_unsound("/lines/0/value");
	line_at(PAY)->value = TEXT("pay_figure");
	line_at(HOLIDAY)->of = refs("pay nothing");
	expect_unsound("/lines/2/of/1/ref");
}

static void line_that_refers_to_itself_or_a_later_one_is_refused_as_a_circle(void **state)
{
	(void)state;
	line_at(HOLIDAY)->of = refs("holiday");
	expect_unsound("/lines/2/of/0/ref");
	assert_non_null(strstr(text_cstr(arena, fault.sentence), "circle"));
	line_at(HOLIDAY)->of = refs("pay staff");
	expect_unsound("/lines/2/of/1/ref");
	assert_non_null(strstr(text_cstr(arena, fault.sentence), "circle"));
}

static void line_that_only_stands_too_early_is_told_to_move(void **state)
{
	(void)state;
	line_at(HOLIDAY)->of = refs("pay profit");
	expect_unsound("/lines/2/of/1/ref");
	assert_null(strstr(text_cstr(arena, fault.sentence), "circle"));
	assert_non_null(strstr(text_cstr(arena, fault.sentence), "Move it up"));
}

static void circle_through_other_lines_is_seen(void **state)
{
	struct cost_line *first, *second;

	(void)state;
	first = line("first", COST_SUM);
	first->of = refs("third");
	first->counts = COST_SUBTOTAL;
	second = line("second", COST_SUM);
	second->of = refs("first");
	second->counts = COST_SUBTOTAL;
	line("third", COST_SUM)->of = refs("second");
	expect_unsound("/lines/5/of/0/ref");
	assert_non_null(strstr(text_cstr(arena, fault.sentence), "circle"));
}

static void member_a_kind_lacks_or_does_not_have_is_refused(void **state)
{
	(void)state;
	line_at(SHARED)->per = refs("");
	expect_unsound("/lines/1/per");
	line_at(SHARED)->per = refs("people");
	line_at(PAY)->percent = TEXT("percent");
	expect_unsound("/lines/0/percent");
	line_at(PAY)->percent = TEXT_NONE;
	line_at(PAY)->of = refs("rate");
	expect_unsound("/lines/0/of");
	line_at(PAY)->of = refs("");
	line_at(PROFIT)->percent = TEXT_NONE;
	expect_unsound("/lines/4/percent");
}

static void thing_of_the_wrong_sort_is_refused(void **state)
{
	(void)state;
	line_at(PAY)->value = TEXT("hours");
	expect_unsound("/lines/0/value");
	line_at(PAY)->value = TEXT("pay_figure");
	line_at(SHARED)->quantity = refs("rate");
	expect_unsound("/lines/1/quantity/0/ref");
	line_at(SHARED)->quantity = refs("hours");
	line_at(HOLIDAY)->percent = TEXT("people");
	expect_unsound("/lines/2/percent");
	line_at(HOLIDAY)->percent = TEXT("percent");
	line_at(HOLIDAY)->of = refs("hours");
	expect_unsound("/lines/2/of/0/ref");
	line_at(HOLIDAY)->of = refs("rate");
	expect_sound();
}

static void pounds_must_cancel_among_factors(void **state)
{
	struct cost_line *ratio;

	(void)state;
	line_at(SHARED)->per = refs("people rate");
	expect_unsound("/lines/1/per/1/ref");
	line_at(SHARED)->quantity = refs("hours pay_figure");
	expect_sound();
	ratio = line("ratio", COST_PRODUCT);
	ratio->value = TEXT("rate");
	ratio->quantity = refs("hours");
	ratio->counts = COST_QUANTITY;
	ratio->unit = COST_UNIT_PERCENT;
	expect_unsound("/lines/5/value");
	ratio->per = refs("pay_figure");
	expect_sound();
	ratio->value = TEXT("hours");
	expect_unsound("/lines/5/per/0/ref");
}

static void nothing_is_multiplied_or_limited_by_what_depends_on_the_price(void **state)
{
	struct cost_line *by_price, *limited;

	(void)state;
	by_price = line("by_price", COST_PRODUCT);
	by_price->value = TEXT("rate");
	by_price->quantity = refs("pay_figure");
	by_price->per = refs("profit");
	expect_unsound("/lines/5/per/0/ref");
	by_price->quantity = refs("profit");
	by_price->per = refs("pay_figure");
	expect_unsound("/lines/5/quantity/0/ref");
	by_price->value = TEXT("profit");
	by_price->quantity = refs("people");
	by_price->per = refs("");
	by_price->counts = COST_OUTSIDE;
	expect_sound();
	limited = line("limited", COST_THRESHOLD);
	limited->value = TEXT("rate");
	limited->percent = TEXT("percent");
	limited->threshold = TEXT("profit");
	limited->of = refs("pay");
	expect_unsound("/lines/6/threshold");
	limited->threshold = TEXT("pay_figure");
	limited->upper = TEXT("profit");
	expect_unsound("/lines/6/upper");
}

static void quantities_of_different_units_are_not_added(void **state)
{
	struct cost_line *all;

	(void)state;
	ask("minutes", COST_UNIT_MINUTE, 0, R(60), R(5));
	all = line("all_hours", COST_SUM);
	all->of = refs("hours minutes");
	all->counts = COST_QUANTITY;
	all->unit = COST_UNIT_HOUR;
	expect_unsound("/lines/5/of/1/ref");
	all->of = refs("hours");
	all->less = refs("minutes");
	expect_unsound("/lines/5/less/0/ref");
	all->less = refs("rate");
	expect_unsound("/lines/5/less/0/ref");
	assume("one", COST_UNIT_NUMBER, R(1));
	all->unit = COST_UNIT_MINUTE;
	all->of = refs("minutes one");
	all->less = refs("");
	expect_sound();
}

static void less_belongs_to_sums_and_counts_nothing_twice(void **state)
{
	(void)state;
	line_at(HOLIDAY)->less = refs("pay");
	expect_unsound("/lines/2/less");
	line_at(HOLIDAY)->less = refs("");
	line_at(STAFF)->of = refs("pay_figure");
	line_at(STAFF)->less = refs("pay");
	line_at(STAFF)->counts = COST_IN_FEE;
	expect_sound();
}

static void rate_needs_something_to_be_multiplied_or_divided_by(void **state)
{
	(void)state;
	line_at(PAY)->kind = COST_PRODUCT;
	expect_unsound("/lines/0/quantity");
	line_at(PAY)->per = refs("people");
	expect_sound();
}

static void limits_of_a_threshold_are_in_order(void **state)
{
	struct cost_line *pension;

	(void)state;
	assume("from", COST_UNIT_POUND, R(6240));
	assume("to", COST_UNIT_POUND, R(6240));
	pension = line("pension", COST_THRESHOLD);
	pension->value = TEXT("pay_figure");
	pension->percent = TEXT("percent");
	pension->threshold = TEXT("from");
	pension->upper = TEXT("to");
	pension->of = refs("pay");
	expect_unsound("/lines/5/upper");
	assumption_at(4)->figure.single_r = R(50270);
	expect_sound();
	pension->hours = TEXT("rate");
	expect_unsound("/lines/5/hours");
}

static void line_counted_twice_is_refused(void **state)
{
	(void)state;
	line_at(STAFF)->counts = COST_IN_FEE;
	expect_unsound("/lines/3/of/0/ref");
	line_at(STAFF)->counts = NO_ENUM;
	expect_unsound("/lines/3/of/0/ref");
}

static void greater_of_two_margins_is_refused(void **state)
{
	struct cost_line *most;

	(void)state;
	line_at(PROFIT)->counts = COST_SUBTOTAL;
	most = line("most", COST_MAX);
	most->of = refs("profit pay_figure");
	expect_unsound("/lines/5/of/0/ref");
}

static void quantity_must_have_a_unit_and_be_no_deduction(void **state)
{
	struct cost_line *all;

	(void)state;
	all = line("all_hours", COST_SUM);
	all->of = refs("hours");
	all->counts = COST_QUANTITY;
	expect_unsound("/lines/5/unit");
	all->unit = COST_UNIT_HOUR;
	expect_sound();
	all->deduction = true;
	expect_unsound("/lines/5/deduction");
	all->deduction = false;
	all->of = refs("hours rate");
	expect_unsound("/lines/5/of/1/ref");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unknown_key_is_refused_where_it_stands),
		TEST(line_that_refers_to_itself_or_a_later_one_is_refused_as_a_circle),
		TEST(line_that_only_stands_too_early_is_told_to_move),
		TEST(circle_through_other_lines_is_seen),
		TEST(member_a_kind_lacks_or_does_not_have_is_refused),
		TEST(thing_of_the_wrong_sort_is_refused),
		TEST(pounds_must_cancel_among_factors),
		TEST(nothing_is_multiplied_or_limited_by_what_depends_on_the_price),
		TEST(quantities_of_different_units_are_not_added),
		TEST(less_belongs_to_sums_and_counts_nothing_twice),
		TEST(rate_needs_something_to_be_multiplied_or_divided_by),
		TEST(limits_of_a_threshold_are_in_order),
		TEST(line_counted_twice_is_refused),
		TEST(greater_of_two_margins_is_refused),
		TEST(quantity_must_have_a_unit_and_be_no_deduction),
	};

	return cmocka_run_group_tests_name("cost_check_line", tests, NULL, NULL);
}
