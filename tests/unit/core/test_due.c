/*
 * test_due.c - what an explanation says, rules in words, ticks before a pause.
 *
 * The dates themselves are in tests/golden/dates.txt, the laws in test_due_laws.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/core/calendar.h"

static struct arena *arena;
static struct holiday holidays[4];
static struct calendar calendar;

static int64_t at(int32_t month, int32_t day, int32_t hour)
{
	return london_instant(day_of(2026, month, day), hour, 0);
}

static struct due_explanation explain(const char *words, int64_t anchor_us,
				      const struct pause *pauses, size_t count)
{
	struct rule rule;

	assert_true(rule_parse(text_of(words), &rule));
	return due_explain(arena, &calendar, rule, anchor_us, pauses, count);
}

/* The rows as people read them, "+" where one counts. */
static const char *rows_of(const struct due_explanation *e)
{
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < e->step_count; i++)
		writer_printf(&w, "%s%.*s %.*s\n", e->steps[i].counts ? "+" : "",
			      TEXT_FMT(day_text(arena, e->steps[i].day)),
			      TEXT_FMT(e->steps[i].why));
	return writer_text(&w).at;
}

static void each_day_of_a_working_clock_is_told(void **state)
{
	struct due_explanation e = explain("5 working days", at(4, 2, 10), NULL, 0);

	(void)state;
	assert_string_equal(rows_of(&e), "2026-04-02 day 0\n"
					 "2026-04-03 Good Friday\n"
					 "2026-04-04 Saturday\n"
					 "2026-04-05 Sunday\n"
					 "2026-04-06 Easter Monday\n"
					 "+2026-04-07 counts as 1 of 5\n"
					 "+2026-04-08 counts as 2 of 5\n"
					 "+2026-04-09 counts as 3 of 5\n"
					 "+2026-04-10 counts as 4 of 5\n"
					 "2026-04-11 Saturday\n"
					 "2026-04-12 Sunday\n"
					 "+2026-04-13 counts as 5 of 5, due at 17:00\n");
	assert_string_equal(e.sentence.at,
			    "5 working days from Thursday 2 April 2026 at 10:00, leaving out Good "
			    "Friday and Easter Monday: due Monday 13 April 2026 at 17:00.");
}

static void what_came_late_starts_the_next_working_day(void **state)
{
	struct due_explanation e = explain("1 working day", at(4, 2, 18), NULL, 0);

	(void)state;
	assert_string_equal(
		rows_of(&e),
		"2026-04-02 after 17:00, so it counts as received on the next working day\n"
		"2026-04-03 Good Friday\n"
		"2026-04-04 Saturday\n"
		"2026-04-05 Sunday\n"
		"2026-04-06 Easter Monday\n"
		"2026-04-07 day 0\n"
		"+2026-04-08 counts as 1 of 1, due at 17:00\n");
	assert_non_null(strstr(e.sentence.at, "(counted as received on Tuesday 7 April 2026)"));
}

static void a_pause_is_told_day_by_day(void **state)
{
	struct pause pause = {at(3, 6, 18), at(3, 10, 9)};
	struct due_explanation e = explain("5 working days", at(3, 4, 10), &pause, 1);

	(void)state;
	assert_string_equal(rows_of(&e), "2026-03-04 day 0\n"
					 "+2026-03-05 counts as 1 of 5\n"
					 "+2026-03-06 counts as 2 of 5\n"
					 "2026-03-07 Saturday\n"
					 "2026-03-08 Sunday\n"
					 "2026-03-09 paused\n"
					 "+2026-03-10 counts as 3 of 5\n"
					 "+2026-03-11 counts as 4 of 5\n"
					 "+2026-03-12 counts as 5 of 5, due at 17:00\n");
	assert_string_equal(e.sentence.at,
			    "5 working days from Wednesday 4 March 2026 at 10:00, with 1 working "
			    "day paused: due Thursday 12 March 2026 at 17:00.");
	assert_int_equal(e.due.ticks_before_pause, 2);
}

static void an_open_pause_says_what_is_left(void **state)
{
	struct pause pause = {at(3, 6, 18), NEVER_US};
	struct due_explanation e = explain("10 working days", at(3, 2, 10), &pause, 1);

	(void)state;
	assert_int_equal(e.due.state, DUE_PAUSED);
	assert_int_equal(e.due.ticks_before_pause, 4);
	assert_string_equal(e.sentence.at,
			    "10 working days from Monday 2 March 2026 at 10:00: 4 counted so far "
			    "and 6 to come. The clock has been paused since Friday 6 March 2026 at "
			    "18:00 and has no due date until it is resumed.");
}

static void a_long_clock_keeps_the_rows_that_matter(void **state)
{
	struct pause pause = {at(3, 6, 18), at(3, 23, 9)};
	struct due_explanation e = explain("90 working days", at(3, 2, 10), &pause, 1);

	(void)state;
	assert_string_equal(rows_of(&e), "2026-03-02 day 0\n"
					 "2026-03-09 paused\n"
					 "2026-04-03 Good Friday\n"
					 "2026-04-06 Easter Monday\n"
					 "2026-05-04 Early May bank holiday\n"
					 "2026-05-25 Spring bank holiday\n"
					 "+2026-07-24 counts as 90 of 90, due at 17:00\n");
}

static void a_review_tells_both_its_dates(void **state)
{
	int64_t start = london_instant(day_of(2025, 11, 30), 9, 0);
	struct due_explanation e = explain("3 months, or the working day before", start, NULL, 0);

	(void)state;
	assert_int_equal(e.due.nominal_day, day_of(2026, 2, 28));
	assert_int_equal(e.due.due_day, day_of(2026, 2, 27));
	assert_string_equal(
		rows_of(&e),
		"2025-11-30 day 0\n"
		"2026-02-28 3 months on (the month's last day), not a working day: Saturday\n"
		"+2026-02-27 rolled back from Saturday 28 February 2026, due at 17:00\n");
}

static void hours_tell_the_pause_and_the_change_of_clocks(void **state)
{
	struct pause pause = {at(3, 28, 20), at(3, 28, 21)};
	struct due_explanation e = explain("24 hours", at(3, 28, 18), &pause, 1);

	(void)state;
	assert_string_equal(rows_of(&e),
			    "2026-03-28 starts at 18:00\n"
			    "2026-03-28 paused from 20:00 until Saturday 28 March 2026 at 21:00\n"
			    "+2026-03-29 24 hours on, due at 20:00\n");
	assert_non_null(strstr(e.sentence.at, "not counting the time it was paused"));
	assert_non_null(strstr(e.sentence.at, "the clocks go forward"));
	assert_int_equal(e.due.ticks_before_pause, 2);
}

static void what_cannot_be_counted_says_what_to_do(void **state)
{
	struct due_explanation e = explain("5 working days", at(12, 29, 10), NULL, 0);

	(void)state;
	assert_int_equal(e.due.state, DUE_UNCOUNTABLE);
	assert_non_null(strstr(e.sentence.at, "cannot be counted: the calendar for "
					      "england-and-wales covers Thursday 1 January 2026 to "
					      "Thursday 31 December 2026. Load one"));
}

static void a_provisional_date_says_so(void **state)
{
	struct due_explanation e =
		explain("3 months, or the working day before", at(11, 2, 10), NULL, 0);

	(void)state;
	assert_true(e.due.provisional);
	assert_non_null(strstr(e.sentence.at, "This date is provisional"));
}

static void rules_go_out_in_words(void **state)
{
	static const struct {
		struct rule rule;
		const char *words;
	} cases[] = {
		{{UNIT_WORKING_DAYS, 5, ROLL_NONE}, "5 working days"},
		{{UNIT_WORKING_DAYS, 1, ROLL_NONE}, "1 working day"},
		{{UNIT_HOURS, 24, ROLL_NONE}, "24 hours"},
		{{UNIT_MONTHS, 3, ROLL_NONE}, "3 months"},
		{{UNIT_MONTHS, 1, ROLL_BACK}, "1 month, or the working day before"},
		{{UNIT_DAYS, 28, ROLL_FORWARD}, "28 days, or the working day after"},
		{{UNIT_WEEKDAY, WEDNESDAY, ROLL_NONE}, "next Wednesday"},
	};
	struct rule again;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text words = rule_text(arena, cases[i].rule);

		assert_string_equal(words.at, cases[i].words);
		assert_true(rule_parse(words, &again));
		assert_memory_equal(&again, &cases[i].rule, sizeof(again));
	}
}

static void rules_are_read_in_the_spellings_people_use(void **state)
{
	struct rule rule;

	(void)state;
	assert_true(rule_parse(TEXT("8 weeks"), &rule));
	assert_true(rule.unit == UNIT_DAYS && rule.count == 56 && rule.roll == ROLL_NONE);
	assert_true(rule_parse(TEXT("1 year"), &rule));
	assert_true(rule.unit == UNIT_MONTHS && rule.count == 12);
	assert_true(rule_parse(TEXT("10 wd"), &rule));
	assert_true(rule.unit == UNIT_WORKING_DAYS && rule.count == 10);
	assert_true(rule_parse(TEXT("Next SUNDAY"), &rule));
	assert_true(rule.unit == UNIT_WEEKDAY && rule.count == SUNDAY);
}

static void what_is_no_rule_is_refused(void **state)
{
	static const char *const bad[] = {"",
					  "5",
					  "working days",
					  "0 days",
					  "-1 days",
					  "1001 days",
					  "143 weeks",
					  "5  days",
					  "5 days ",
					  " 5 days",
					  "5.5 days",
					  "five days",
					  "next",
					  "next Wed",
					  "next Wednesdays",
					  "next 3 days",
					  "5 fortnights",
					  "5 working days, or the working day after",
					  "99999999999999999999 days",
					  "next Wednesday, or the working day before",
					  ", or the working day after"};
	struct rule rule;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (rule_parse(text_of(bad[i]), &rule))
			fail_msg("'%s' was read as a rule", bad[i]);
	assert_false(rule_parse(TEXT_NONE, &rule));
}

static int make_all(void **state)
{
	static const int dates[][2] = {{4, 3}, {4, 6}, {5, 4}, {5, 25}};
	static const char *const titles[] = {"Good Friday", "Easter Monday",
					     "Early May bank holiday", "Spring bank holiday"};

	(void)state;
	arena = arena_new();
	for (size_t i = 0; i < 4; i++)
		holidays[i] = (struct holiday){day_of(2026, dates[i][0], dates[i][1]),
					       text_of(titles[i])};
	calendar = (struct calendar){.first_day = day_of(2026, 1, 1),
				     .last_day = day_of(2026, 12, 31),
				     .holidays = holidays,
				     .holiday_count = 4};
	return 0;
}

static int drop_all(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_day_of_a_working_clock_is_told),
		cmocka_unit_test(what_came_late_starts_the_next_working_day),
		cmocka_unit_test(a_pause_is_told_day_by_day),
		cmocka_unit_test(an_open_pause_says_what_is_left),
		cmocka_unit_test(a_long_clock_keeps_the_rows_that_matter),
		cmocka_unit_test(a_review_tells_both_its_dates),
		cmocka_unit_test(hours_tell_the_pause_and_the_change_of_clocks),
		cmocka_unit_test(what_cannot_be_counted_says_what_to_do),
		cmocka_unit_test(a_provisional_date_says_so),
		cmocka_unit_test(rules_go_out_in_words),
		cmocka_unit_test(rules_are_read_in_the_spellings_people_use),
		cmocka_unit_test(what_is_no_rule_is_refused),
	};

	return cmocka_run_group_tests_name("due", tests, make_all, drop_all);
}
