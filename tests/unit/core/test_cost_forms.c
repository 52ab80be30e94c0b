/*
 * test_cost_forms.c - the forms that published cost tables take, each made of a few lines.
 *
 * Each kind by itself is in test_cost_model.c.
 */
#include "models.h"

/* 34,000 a year; a working year of 365 - 104 - 36 days of 7.5 hours. */
static void hourly_rate_is_an_annual_cost_by_the_hours_worked(void **state)
{
	struct cost_line *days, *hours, *rate;

	(void)state;
	assume("salary", COST_UNIT_POUND, R(34000));
	assume("year", COST_UNIT_DAY, R(365));
	assume("weekends", COST_UNIT_DAY, R(104));
	assume("away", COST_UNIT_DAY, R(36));
	assume("day", COST_UNIT_HOUR, R(7.5));
	days = line("days", COST_SUM);
	days->of = refs("year");
	days->less = refs("weekends away");
	days->counts = COST_QUANTITY;
	days->unit = COST_UNIT_DAY;
	hours = line("hours", COST_PRODUCT);
	hours->value = TEXT("days");
	hours->quantity = refs("day");
	hours->counts = COST_QUANTITY;
	hours->unit = COST_UNIT_HOUR;
	rate = line("rate", COST_PRODUCT);
	rate->value = TEXT("salary");
	rate->per = refs("hours");
	expect_price(2015, 2015, 2015);
	assert_int_equal(shown("days")->mid_r, R(225));
	assert_int_equal(shown("hours")->mid_r, R(1687.5));
	assert_string_equal(working("days"),
			    "year (365.00 days) − weekends (104.00 days) − away (36.00 days)");
	assert_string_equal(working("rate"), "£34,000.00 ÷ 1687.50 hours");
}

static void percentage_may_be_worked_out_from_lines_in_pounds(void **state)
{
	struct cost_line *share, *same;

	(void)state;
	pounds_line("pay", R(200));
	pounds_line("on_costs", R(50));
	share = line("share", COST_PRODUCT);
	share->value = TEXT("on_costs");
	share->per = refs("pay");
	share->counts = COST_QUANTITY;
	share->unit = COST_UNIT_PERCENT;
	assume("other_pay", COST_UNIT_POUND, R(80));
	same = line("same_share", COST_PERCENT_OF_LINES);
	same->percent = TEXT("share");
	same->of = refs("other_pay");
	expect_price(27000, 27000, 27000);
	assert_int_equal(shown("share")->mid_r, R(25));
	assert_string_equal(working("share"), "£50.00 ÷ £200.00");
	assert_string_equal(working("same_share"), "25.00% of other_pay (£80.00)");
}

/* National Insurance of one employee, from a year's salary. */
static void threshold_of_a_salary_needs_no_hours(void **state)
{
	struct cost_line *ni;

	(void)state;
	pounds_line("salary", R(30000));
	assume("percent", COST_UNIT_PERCENT, R(15));
	assume("from", COST_UNIT_POUND, R(5000));
	ni = line("ni", COST_THRESHOLD);
	ni->value = TEXT("salary");
	ni->percent = TEXT("percent");
	ni->threshold = TEXT("from");
	expect_price(3375000, 3375000, 3375000);
	assert_string_equal(working("ni"),
			    "15.00% of pay above £5,000.00 a year (£30,000.00 a year)");
	ni->of = refs("salary");
	expect_price(3375000, 3375000, 3375000);
}

static void share_of_time_without_contact_is_divided_out(void **state)
{
	struct cost_line *contact, *pay;

	(void)state;
	assume("rate", COST_UNIT_POUND, R(13));
	assume("whole", COST_UNIT_PERCENT, R(100));
	ask("non_contact", COST_UNIT_PERCENT, 0, R(90), R(35));
	contact = line("contact", COST_SUM);
	contact->of = refs("whole");
	contact->less = refs("non_contact");
	contact->counts = COST_QUANTITY;
	contact->unit = COST_UNIT_PERCENT;
	pay = line("pay", COST_PRODUCT);
	pay->value = TEXT("rate");
	pay->per = refs("contact");
	expect_price(2000, 2000, 2000);
	assert_string_equal(working("pay"), "£13.00 ÷ 65.00%");
}

static void what_is_left_may_be_kept_above_nothing(void **state)
{
	struct cost_line *left, *kept;

	(void)state;
	pounds_line("care", R(500));
	ask("nursing", COST_UNIT_POUND, 0, R(1000), R(100));
	ask("paid", COST_UNIT_POUND, 0, R(1000), R(250));
	assume("nothing", COST_UNIT_POUND, 0);
	left = line("left", COST_SUM);
	left->of = refs("nursing");
	left->less = refs("paid");
	left->counts = COST_SUBTOTAL;
	kept = line("kept", COST_MAX);
	kept->of = refs("left nothing");
	expect_price(50000, 50000, 50000);
	assert_int_equal(shown("left")->mid_r, -R(150));
	give("nursing", R(300));
	expect_price(55000, 55000, 55000);
}

/* 30% of what the price is without mileage: p = 10 + 2 + 0.3 (p - 2). */
static void percentage_may_be_of_a_part_of_the_price(void **state)
{
	struct cost_line *whole, *rest, *running;

	(void)state;
	pounds_line("pay", R(10));
	pounds_line("mileage", R(2));
	assume("all", COST_UNIT_PERCENT, R(100));
	assume("percent", COST_UNIT_PERCENT, R(30));
	whole = line("whole", COST_PERCENT_OF_PRICE);
	whole->percent = TEXT("all");
	whole->counts = COST_SUBTOTAL;
	rest = line("rest", COST_SUM);
	rest->of = refs("whole");
	rest->less = refs("mileage");
	rest->counts = COST_SUBTOTAL;
	running = line("running", COST_PERCENT_OF_LINES);
	running->percent = TEXT("percent");
	running->of = refs("rest");
	expect_price(1629, 1629, 1629);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hourly_rate_is_an_annual_cost_by_the_hours_worked),
		TEST(percentage_may_be_worked_out_from_lines_in_pounds),
		TEST(threshold_of_a_salary_needs_no_hours),
		TEST(share_of_time_without_contact_is_divided_out),
		TEST(what_is_left_may_be_kept_above_nothing),
		TEST(percentage_may_be_of_a_part_of_the_price),
	};

	return cmocka_run_group_tests_name("cost_forms", tests, NULL, NULL);
}
