/* test_spans.c - lists of spans of time as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "concordat/base/spans.h"

static struct spans spans;

static void units_and_spaces_are_read(void **state)
{
	(void)state;
	assert_true(spans_parse(TEXT(" 50ms 5s  5m 2h 31d "), &spans));
	assert_int_equal(spans.count, 5);
	assert_int_equal(spans.ms[0], 50);
	assert_int_equal(spans.ms[1], 5000);
	assert_int_equal(spans.ms[2], 300000);
	assert_int_equal(spans.ms[3], 7200000);
	assert_int_equal(spans.ms[4], INT64_C(31) * 86400000);
}

static void what_is_no_span_is_refused(void **state)
{
	static const char *const wrong[] = {"",	   "  ",     "5",     "s",
					    "5 s", "0s",     "-5s",   "5s,5m",
					    "32d", "5weeks", "1h30m", "9999999999s"};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(spans_parse(text_of(wrong[i]), &spans));
}

static void only_so_many_are_taken(void **state)
{
	char list[3 * (SPANS_MOST + 1) + 1];

	(void)state;
	for (size_t i = 0; i <= SPANS_MOST; i++)
		for (size_t k = 0; k < 3; k++)
			list[3 * i + k] = "1s "[k];
	assert_true(spans_parse((struct text){list, 3 * SPANS_MOST}, &spans));
	assert_int_equal(spans.count, SPANS_MOST);
	assert_false(spans_parse((struct text){list, 3 * (SPANS_MOST + 1)}, &spans));
}

static void behind_the_last_it_repeats(void **state)
{
	(void)state;
	assert_true(spans_parse(TEXT("30m 1h 2h 4h"), &spans));
	assert_int_equal(spans_nth(&spans, 1), 1800000);
	assert_int_equal(spans_nth(&spans, 4), 14400000);
	assert_int_equal(spans_nth(&spans, 99), 14400000);
	assert_int_equal(spans_sum(&spans, 0), 0);
	assert_int_equal(spans_sum(&spans, 3), 12600000);
	assert_int_equal(spans_sum(&spans, 4), 27000000);
	assert_int_equal(spans_sum(&spans, 6), 55800000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_and_spaces_are_read),
		cmocka_unit_test(what_is_no_span_is_refused),
		cmocka_unit_test(only_so_many_are_taken),
		cmocka_unit_test(behind_the_last_it_repeats),
	};

	return cmocka_run_group_tests_name("spans", tests, NULL, NULL);
}
