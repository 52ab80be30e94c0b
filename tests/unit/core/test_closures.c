/* test_closures.c - an authority's own closures: what may be given, and what they make of a
 * calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/core/calendar.h"
#include "concordat/core/schema.h"

#define MOST 6
#define DAY(month, day) day_of(2026, month, day)

static struct arena *arena;

static const struct holiday easter[] = {
	{20546 /* 2026-04-03 */, {"Good Friday", 11}},
	{20549 /* 2026-04-06 */, {"Easter Monday", 13}},
};
static struct calendar bank_holidays;

/* A list of so many days, in the order given. */
static struct closures list(int32_t version, const int32_t *days, size_t count)
{
	struct holiday *made = arena_array(arena, struct holiday, MOST);

	for (size_t i = 0; i < count; i++)
		made[i] = (struct holiday){days[i], TEXT("Closed")};
	return (struct closures){version, made, count};
}
#define LIST(version, ...) \
	list(version, (int32_t[]){__VA_ARGS__}, sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t))

static void assert_days(const struct closures *closures, size_t count, const int32_t *days)
{
	assert_int_equal(closures->count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(closures->days[i].day, days[i]);
}

static void a_list_is_sorted_and_may_name_a_bank_holiday(void **state)
{
	struct closures given = LIST(1, DAY(4, 17), DAY(4, 3), DAY(4, 15)), sorted;
	struct flaw flaw;

	(void)state;
	assert_true(closures_check(arena, &given, &sorted, &flaw));
	assert_int_equal(sorted.version, 1);
	assert_days(&sorted, 3, (int32_t[]){DAY(4, 3), DAY(4, 15), DAY(4, 17)});
}

static void assert_flawed(const struct closures *given, const char *pointer, const char *sentence)
{
	struct closures sorted;
	struct flaw flaw;

	assert_false(closures_check(arena, given, &sorted, &flaw));
	assert_true(text_is(flaw.pointer, pointer));
	assert_string_equal(text_cstr(arena, flaw.sentence), sentence);
}

static void a_day_named_twice_and_a_weekend_are_refused_by_their_row(void **state)
{
	struct closures twice = LIST(1, DAY(4, 15), DAY(4, 17), DAY(4, 15));
	struct closures sunday = LIST(1, DAY(4, 15), DAY(4, 19));

	(void)state;
	assert_flawed(&twice, "/closures/2/date",
		      "Wednesday 15 April 2026 stands twice. Name it once.");
	assert_flawed(&sunday, "/closures/1/date",
		      "Sunday 19 April 2026 is no working day, so closing on it changes nothing. "
		      "Leave it out.");
}

static void what_is_past_stands_whether_it_is_given_again_or_not(void **state)
{
	struct closures standing = LIST(1, DAY(4, 14), DAY(4, 15), DAY(4, 20));
	struct closures given = LIST(2, DAY(4, 22), DAY(4, 15), DAY(4, 16)), next;
	struct closures none = {.version = 3}, last;
	struct flaw flaw;

	(void)state;
	assert_true(closures_follow(arena, &given, &standing, &bank_holidays, DAY(4, 16), &next,
				    &flaw));
	assert_int_equal(next.version, 2);
	assert_days(&next, 4, (int32_t[]){DAY(4, 14), DAY(4, 15), DAY(4, 16), DAY(4, 22)});
	assert_true(closures_follow(arena, &none, &next, &bank_holidays, DAY(4, 17), &last, &flaw));
	assert_days(&last, 3, (int32_t[]){DAY(4, 14), DAY(4, 15), DAY(4, 16)});
}

static void another_past_day_and_one_behind_the_bank_holidays_are_refused(void **state)
{
	struct closures past = LIST(1, DAY(4, 15)), next;
	struct closures beyond = LIST(1, DAY(4, 16), day_of(2027, 1, 4));
	struct flaw flaw;

	(void)state;
	assert_false(closures_follow(arena, &past, NULL, &bank_holidays, DAY(4, 16), &next, &flaw));
	assert_true(text_is(flaw.pointer, "/closures/0/date"));
	assert_false(
		closures_follow(arena, &beyond, NULL, &bank_holidays, DAY(4, 16), &next, &flaw));
	assert_true(text_is(flaw.pointer, "/closures/1/date"));
	assert_string_equal(text_cstr(arena, flaw.sentence),
			    "The bank holidays that are loaded end on Thursday 31 December 2026. "
			    "Name days up to then.");
}

static void an_authoritys_calendar_has_both_in_order(void **state)
{
	struct closures closures = LIST(3, DAY(1, 2), DAY(4, 3), DAY(4, 7));
	const struct calendar *own = calendar_with_closures(arena, &bank_holidays, &closures, 9);

	(void)state;
	assert_int_equal(own->version, 9);
	assert_ptr_equal(own->bank_holidays, &bank_holidays);
	assert_ptr_equal(own->closures, &closures);
	assert_int_equal(own->holiday_count, 4);
	assert_int_equal(own->holidays[0].day, DAY(1, 2));
	assert_true(text_is(calendar_holiday(own, DAY(4, 3))->title, "Good Friday"));
	assert_false(calendar_is_closure(own, DAY(4, 3)));
	assert_true(calendar_is_closure(own, DAY(4, 7)));
	assert_false(calendar_is_closure(own, DAY(4, 6)));
	assert_false(calendar_is_closure(own, DAY(4, 8)));
	assert_false(calendar_is_closure(&bank_holidays, DAY(4, 3)));
	assert_int_equal(calendar_add_working(own, DAY(4, 2), 1), DAY(4, 8));
}

static void assert_change(const struct calendar *older, const struct calendar *newer,
			  const char *words)
{
	struct calendar_change change;

	assert_true(calendar_changed(older, newer, DAY(4, 1), DAY(4, 30), &change));
	assert_string_equal(calendar_change_words(arena, newer, &change).at, words);
}

static void a_change_is_said_to_be_the_authoritys(void **state)
{
	struct closures closures = LIST(1, DAY(4, 15), DAY(4, 16)), on_easter = LIST(2, DAY(4, 6));
	const struct calendar *own = calendar_with_closures(arena, &bank_holidays, &closures, 2);
	const struct calendar *same = calendar_with_closures(arena, &bank_holidays, &on_easter, 3);
	struct calendar_change change;

	(void)state;
	assert_change(&bank_holidays, own,
		      "Wednesday 15 April 2026 is now a closure of the authority (Closed), and 1 "
		      "other day changed");
	assert_change(own, same,
		      "Wednesday 15 April 2026 is no longer a closure of the authority (Closed), "
		      "and 1 other day changed");
	assert_false(calendar_changed(&bank_holidays, same, DAY(1, 1), DAY(12, 31), &change));
}

static void an_explanation_names_who_is_closed(void **state)
{
	struct closures closures = LIST(1, DAY(4, 7));
	const struct calendar *own = calendar_with_closures(arena, &bank_holidays, &closures, 2);
	const struct rule five = {UNIT_WORKING_DAYS, 5, ROLL_NONE};
	struct due_explanation e =
		due_explain(arena, own, five, london_instant(DAY(4, 2), 10, 0), NULL, 0);

	(void)state;
	assert_int_equal(e.due.due_day, DAY(4, 14));
	for (size_t i = 0; i < e.step_count; i++)
		if (e.steps[i].day == DAY(4, 7))
			assert_true(text_is(e.steps[i].why, "Closed (the authority is closed)"));
	assert_non_null(strstr(text_cstr(arena, e.sentence),
			       "leaving out Good Friday, Easter Monday and Closed (the authority "
			       "is closed)"));
}

static int open_all(void **state)
{
	(void)state;
	arena = arena_new();
	bank_holidays = (struct calendar){
		.version = 1,
		.first_day = DAY(1, 1),
		.last_day = DAY(12, 31),
		.holidays = easter,
		.holiday_count = 2,
	};
	assert_int_equal(easter[0].day, DAY(4, 3));
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_sorted_and_may_name_a_bank_holiday),
		cmocka_unit_test(a_day_named_twice_and_a_weekend_are_refused_by_their_row),
		cmocka_unit_test(what_is_past_stands_whether_it_is_given_again_or_not),
		cmocka_unit_test(another_past_day_and_one_behind_the_bank_holidays_are_refused),
		cmocka_unit_test(an_authoritys_calendar_has_both_in_order),
		cmocka_unit_test(a_change_is_said_to_be_the_authoritys),
		cmocka_unit_test(an_explanation_names_who_is_closed),
	};

	return cmocka_run_group_tests_name("closures", tests, open_all, close_all);
}
