/* test_money.c - exact money: out, in, and the two divisions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "concordat/core/money.h"

static struct arena *arena;

static void amounts_are_written_with_thousands_and_two_decimals(void **state)
{
	static const struct {
		int64_t pence;
		const char *plain, *symbol;
	} cases[] = {
		{0, "0.00", "£0.00"},
		{5, "0.05", "£0.05"},
		{-5, "-0.05", "-£0.05"},
		{169800, "1,698.00", "£1,698.00"},
		{99999, "999.99", "£999.99"},
		{100000, "1,000.00", "£1,000.00"},
		{-123456789, "-1,234,567.89", "-£1,234,567.89"},
		{100000000000, "1,000,000,000.00", "£1,000,000,000.00"},
		{INT64_MIN, "-92,233,720,368,547,758.08", "-£92,233,720,368,547,758.08"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_string_equal(money_text(arena, cases[i].pence, false).at, cases[i].plain);
		assert_string_equal(money_text(arena, cases[i].pence, true).at, cases[i].symbol);
	}
}

static void amounts_are_read_with_at_most_two_decimals(void **state)
{
	static const struct {
		const char *text;
		int64_t pence;
	} good[] = {{"1250.5", 125050},
		    {"1250", 125000},
		    {"1250.50", 125050},
		    {"0", 0},
		    {"-0.01", -1},
		    {"-0", 0},
		    {"10000000", 1000000000},
		    {"007.10", 710},
		    {"-10000000.00", -1000000000}};
	static const char *const bad[] = {
		"",	 "-",	     ".",	    ".5",  "5.",
		"1.234", "1,250.50", "£5",	    "+5",  " 5",
		"5 ",	 "1e3",	     "10000000.01", "--5", "1.2.3",
		"5-",	 "0x10",     "1.-5",	    "NaN", "99999999999999999999999999"};
	int64_t pence;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(money_parse(text_of(good[i].text), &pence));
		assert_int_equal(pence, good[i].pence);
	}
	pence = 42;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (money_parse(text_of(bad[i]), &pence))
			fail_msg("'%s' was read as money", bad[i]);
	assert_false(money_parse(TEXT_NONE, &pence));
	assert_int_equal(pence, 42);
}

static void rates_keep_two_to_four_decimals(void **state)
{
	static const struct {
		int64_t rate;
		const char *text;
	} cases[] = {{142025, "14.2025"}, {142000, "14.20"}, {142050, "14.205"}, {140000, "14.00"},
		     {1, "0.0001"},	  {-5000, "-0.50"},  {0, "0.00"},	 {-1, "-0.0001"}};
	int64_t rate;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text t = rate_text(arena, cases[i].rate);

		assert_true(text_is(t, cases[i].text));
		assert_true(rate_parse(t, &rate));
		assert_int_equal(rate, cases[i].rate);
	}
	assert_true(rate_parse(TEXT("14"), &rate) && rate == 140000);
	assert_false(rate_parse(TEXT("14.20251"), &rate));
	assert_false(rate_parse(TEXT("10000000.0001"), &rate));
}

static void half_rounds_away_from_zero(void **state)
{
	(void)state;
	assert_true(divide_round(5, 10) == 1);
	assert_true(divide_round(4, 10) == 0);
	assert_true(divide_round(-5, 10) == -1);
	assert_true(divide_round(-4, 10) == 0);
	assert_true(divide_round(15, 10) == 2);
	assert_true(divide_round(-15, 10) == -2);
	assert_true(divide_round(1, 3) == 0);
	assert_true(divide_round(2, 3) == 1);
	assert_true(divide_round(0, 7) == 0);
}

static void up_is_towards_plus_infinity(void **state)
{
	(void)state;
	assert_true(divide_up(1, 10) == 1);
	assert_true(divide_up(10, 10) == 1);
	assert_true(divide_up(-1, 10) == 0);
	assert_true(divide_up(-11, 10) == -1);
	assert_true(divide_up(0, 10) == 0);
}

static void division_holds_at_the_ends_of_128_bits(void **state)
{
	__int128 most = (__int128)(~(unsigned __int128)0 >> 1), least = -most - 1;

	(void)state;
	assert_true(divide_round(most, most) == 1);
	assert_true(divide_round(most / 2, most) == 0);
	assert_true(divide_round(most / 2 + 1, most) == 1);
	assert_true(divide_round(least, most) == -1);
	assert_true(divide_round(least, 1) == least);
	assert_true(divide_up(most, 2) == most / 2 + 1);
}

/* 812.00 uplifted by 3.8107%, and 63 nights' difference, to the penny. */
static void an_uplift_comes_out_to_the_penny(void **state)
{
	__int128 fee = divide_round((__int128)81200 * (1000000 + 38107), 1000000);

	(void)state;
	assert_true(fee == 84294);
	assert_true(divide_round((fee - 81200) * 63, 7) == 27846);
}

static int make_arena(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int drop_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amounts_are_written_with_thousands_and_two_decimals),
		cmocka_unit_test(amounts_are_read_with_at_most_two_decimals),
		cmocka_unit_test(rates_keep_two_to_four_decimals),
		cmocka_unit_test(half_rounds_away_from_zero),
		cmocka_unit_test(up_is_towards_plus_infinity),
		cmocka_unit_test(division_holds_at_the_ends_of_128_bits),
		cmocka_unit_test(an_uplift_comes_out_to_the_penny),
	};

	return cmocka_run_group_tests_name("money", tests, make_arena, drop_arena);
}
