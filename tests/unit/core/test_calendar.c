/* test_calendar.c - civil days, London time, dates as text, working days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "concordat/core/calendar.h"

#define MINUTE_US (60 * US_PER_SECOND)

static struct arena *arena;

static int64_t instant(const char *text)
{
	int64_t at;

	if (!instant_parse(text_of(text), &at))
		fail_msg("'%s' is no instant", text);
	return at;
}

static void assert_instant(int64_t at, const char *text)
{
	assert_string_equal(instant_text(arena, at).at, text);
}

static void days_and_dates_agree_over_three_centuries(void **state)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int32_t day = day_of(1900, 1, 1);
	int weekday = MONDAY;

	(void)state;
	assert_int_equal(day_of(1970, 1, 1), 0);
	assert_int_equal(day, -25567);
	for (int32_t year = 1900; year < 2200; year++) {
		bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

		for (int32_t month = 1; month <= 12; month++) {
			int32_t length = lengths[month - 1] + (month == 2 && leap);

			for (int32_t d = 1; d <= length; d++, day++) {
				struct civil c = civil_of(day);

				assert_int_equal(day_of(year, month, d), day);
				assert_true(c.year == year && c.month == month && c.day == d);
				assert_int_equal(weekday_of(day), weekday);
				weekday = weekday % 7 + 1;
			}
		}
	}
}

static void months_are_clamped_to_the_months_end(void **state)
{
	(void)state;
	assert_int_equal(day_add_months(day_of(2025, 11, 30), 3), day_of(2026, 2, 28));
	assert_int_equal(day_add_months(day_of(2023, 11, 30), 3), day_of(2024, 2, 29));
	assert_int_equal(day_add_months(day_of(2024, 2, 29), 12), day_of(2025, 2, 28));
	assert_int_equal(day_add_months(day_of(2026, 1, 31), -2), day_of(2025, 11, 30));
	assert_int_equal(day_add_months(day_of(2026, 1, 15), -1), day_of(2025, 12, 15));
	assert_int_equal(day_add_months(day_of(2026, 12, 31), 0), day_of(2026, 12, 31));
}

/* The last Sundays of March and October, as published for these years. */
static void summer_time_begins_and_ends_at_one_utc(void **state)
{
	static const int dates[][3] = {{2024, 31, 27}, {2025, 30, 26}, {2026, 29, 25},
				       {2027, 28, 31}, {2028, 26, 29}, {2029, 25, 28},
				       {2030, 31, 27}};

	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		int64_t begin = day_of(dates[i][0], 3, dates[i][1]) * US_PER_DAY + US_PER_HOUR;
		int64_t end = day_of(dates[i][0], 10, dates[i][2]) * US_PER_DAY + US_PER_HOUR;

		assert_false(london_is_summer(begin - 1));
		assert_true(london_is_summer(begin));
		assert_true(london_is_summer(end - 1));
		assert_false(london_is_summer(end));
	}
}

static void wall_times_that_are_skipped_or_doubled_have_one_instant(void **state)
{
	int32_t march = day_of(2026, 3, 29), october = day_of(2026, 10, 25);

	(void)state;
	assert_instant(london_instant(march, 0, 59), "2026-03-29T00:59:00Z");
	assert_instant(london_instant(march, 1, 30), "2026-03-29T01:30:00Z");
	assert_instant(london_instant(march, 2, 0), "2026-03-29T01:00:00Z");
	assert_instant(london_instant(march, 17, 0), "2026-03-29T16:00:00Z");
	assert_instant(london_instant(october, 0, 59), "2026-10-24T23:59:00Z");
	assert_instant(london_instant(october, 1, 0), "2026-10-25T01:00:00Z");
	assert_instant(london_instant(october, 1, 59), "2026-10-25T01:59:00Z");
	assert_instant(london_instant(october, 2, 0), "2026-10-25T02:00:00Z");
}

static void every_london_minute_of_a_year_comes_back(void **state)
{
	(void)state;
	for (int32_t day = day_of(2026, 1, 1); day < day_of(2027, 1, 1); day++)
		for (int32_t minute = 0; minute < 1440; minute += 15) {
			int64_t at = london_instant(day, minute / 60, minute % 60);
			int64_t wall = at + (london_is_summer(at) ? US_PER_HOUR : 0);
			int64_t wanted = day * US_PER_DAY + minute * MINUTE_US;
			bool skipped = day == day_of(2026, 3, 29) && minute / 60 == 1;

			assert_int_equal(wall, wanted + (skipped ? US_PER_HOUR : 0));
			assert_int_equal(london_day(at), day);
		}
}

static void a_summer_evening_in_utc_is_the_next_day_in_london(void **state)
{
	(void)state;
	assert_int_equal(london_day(instant("2026-06-30T23:30:00Z")), day_of(2026, 7, 1));
	assert_int_equal(london_day(instant("2026-01-31T23:59:59Z")), day_of(2026, 1, 31));
	assert_int_equal(london_day(instant("1969-12-31T23:59:59Z")), -1);
}

static void instants_are_read_with_any_offset(void **state)
{
	(void)state;
	assert_instant(instant("2026-03-31T17:00:00+01:00"), "2026-03-31T16:00:00Z");
	assert_instant(instant("2026-03-31t16:00:00z"), "2026-03-31T16:00:00Z");
	assert_instant(instant("2026-01-01T00:30:00+05:45"), "2025-12-31T18:45:00Z");
	assert_instant(instant("2026-12-31T23:30:00-00:30"), "2027-01-01T00:00:00Z");
	assert_instant(instant("2026-03-31T16:00:00.5Z"), "2026-03-31T16:00:00.500000Z");
	assert_instant(instant("2026-03-31T16:00:00.000001Z"), "2026-03-31T16:00:00.000001Z");
	assert_instant(instant("2026-03-31T16:00:00.123456789Z"), "2026-03-31T16:00:00.123456Z");
	assert_instant(instant("1969-12-31T23:59:59.999999Z"), "1969-12-31T23:59:59.999999Z");
	assert_instant(instant("1900-01-01T00:00:00Z"), "1900-01-01T00:00:00Z");
	assert_instant(instant("2199-12-31T23:59:59.999999Z"), "2199-12-31T23:59:59.999999Z");
	assert_int_equal(instant("1970-01-01T00:00:00Z"), 0);
}

static void what_is_no_instant_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"2026-03-31",
		"2026-03-31T16:00:00",
		"2026-03-31T16:00Z",
		"2026-03-31 16:00:00Z",
		"2026-03-31T24:00:00Z",
		"2026-03-31T16:60:00Z",
		"2026-06-30T23:59:60Z",
		"2026-02-29T10:00:00Z",
		"2026-13-01T10:00:00Z",
		"2026-00-01T10:00:00Z",
		"2026-01-00T10:00:00Z",
		"2026-3-31T16:00:00Z",
		"2026-03-31T16:00:00.Z",
		"2026-03-31T16:00:00.1234567890Z",
		"2026-03-31T16:00:00,5Z",
		"2026-03-31T16:00:00+01",
		"2026-03-31T16:00:00+0100",
		"2026-03-31T16:00:00+24:00",
		"2026-03-31T16:00:00+01:60",
		"2026-03-31T16:00:00Z ",
		" 2026-03-31T16:00:00Z",
		"2026-03-31T16:00:00ZZ",
		"2026-03-31T+6:00:00Z",
		"1899-12-31T23:59:59Z",
		"2200-01-01T00:00:00Z",
		"1900-01-01T00:00:00+00:01",
		"2199-12-31T23:59:59-00:01",
		"-026-03-31T16:00:00Z",
	};
	int64_t at = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (instant_parse(text_of(bad[i]), &at))
			fail_msg("'%s' was read as an instant", bad[i]);
	assert_false(instant_parse(TEXT_NONE, &at));
	assert_int_equal(at, 42);
}

static void days_go_out_and_in(void **state)
{
	static const char *const bad[] = {"",		"2026-04-31", "2026-4-13",  "2026-04-13T",
					  "2026/04/13", "1899-12-31", "2200-01-01", "2026-04-1",
					  "20260413",	"2025-02-29"};
	int32_t day;

	(void)state;
	assert_string_equal(day_text(arena, day_of(2026, 4, 13)).at, "2026-04-13");
	assert_true(day_parse(TEXT("2024-02-29"), &day));
	assert_int_equal(day, day_of(2024, 2, 29));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(day_parse(text_of(bad[i]), &day));
}

static void people_read_london_days_and_times(void **state)
{
	(void)state;
	assert_string_equal(day_words(arena, day_of(2026, 4, 13)).at, "Monday 13 April 2026");
	assert_string_equal(instant_words(arena, instant("2026-03-31T16:00:00Z")).at,
			    "Tuesday 31 March 2026 at 17:00");
	assert_string_equal(instant_words(arena, instant("2026-06-30T23:05:59Z")).at,
			    "Wednesday 1 July 2026 at 00:05");
	assert_string_equal(instant_words(arena, instant("2026-12-31T23:59:00Z")).at,
			    "Thursday 31 December 2026 at 23:59");
}

static struct calendar easter_2026(void)
{
	static struct holiday holidays[2];

	holidays[0] = (struct holiday){day_of(2026, 4, 3), TEXT("Good Friday")};
	holidays[1] = (struct holiday){day_of(2026, 4, 6), TEXT("Easter Monday")};
	return (struct calendar){.first_day = day_of(2026, 1, 1),
				 .last_day = day_of(2026, 12, 31),
				 .holidays = holidays,
				 .holiday_count = 2};
}

static void weekends_and_holidays_do_not_work(void **state)
{
	struct calendar c = easter_2026(), empty = {0};

	(void)state;
	assert_true(calendar_is_working(&c, day_of(2026, 4, 2)));
	assert_false(calendar_is_working(&c, day_of(2026, 4, 3)));
	assert_false(calendar_is_working(&c, day_of(2026, 4, 4)));
	assert_false(calendar_is_working(&c, day_of(2026, 4, 5)));
	assert_false(calendar_is_working(&c, day_of(2026, 4, 6)));
	assert_true(calendar_is_working(&c, day_of(2026, 4, 7)));
	assert_true(calendar_is_working(&empty, day_of(2026, 4, 3)));
	assert_true(text_is(calendar_holiday(&c, day_of(2026, 4, 6))->title, "Easter Monday"));
	assert_null(calendar_holiday(&c, day_of(2026, 4, 7)));
	assert_null(calendar_holiday(&empty, 0));
}

static void working_days_are_found_both_ways(void **state)
{
	struct calendar c = easter_2026();
	int32_t thursday = day_of(2026, 4, 2), tuesday = day_of(2026, 4, 7);

	(void)state;
	assert_int_equal(calendar_working_on_or_after(&c, thursday), thursday);
	assert_int_equal(calendar_working_on_or_after(&c, thursday + 1), tuesday);
	assert_int_equal(calendar_working_on_or_before(&c, tuesday), tuesday);
	assert_int_equal(calendar_working_on_or_before(&c, tuesday - 1), thursday);
	assert_int_equal(calendar_add_working(&c, thursday, 5), day_of(2026, 4, 13));
	assert_int_equal(calendar_add_working(&c, day_of(2026, 4, 13), -5), thursday);
	assert_int_equal(calendar_add_working(&c, thursday + 1, 1), tuesday);
	assert_int_equal(calendar_add_working(&c, thursday + 1, -1), thursday);
	assert_int_equal(calendar_add_working(&c, thursday + 1, 0), thursday + 1);
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
		cmocka_unit_test(days_and_dates_agree_over_three_centuries),
		cmocka_unit_test(months_are_clamped_to_the_months_end),
		cmocka_unit_test(summer_time_begins_and_ends_at_one_utc),
		cmocka_unit_test(wall_times_that_are_skipped_or_doubled_have_one_instant),
		cmocka_unit_test(every_london_minute_of_a_year_comes_back),
		cmocka_unit_test(a_summer_evening_in_utc_is_the_next_day_in_london),
		cmocka_unit_test(instants_are_read_with_any_offset),
		cmocka_unit_test(what_is_no_instant_is_refused),
		cmocka_unit_test(days_go_out_and_in),
		cmocka_unit_test(people_read_london_days_and_times),
		cmocka_unit_test(weekends_and_holidays_do_not_work),
		cmocka_unit_test(working_days_are_found_both_ways),
	};

	return cmocka_run_group_tests_name("calendar", tests, make_arena, drop_arena);
}
