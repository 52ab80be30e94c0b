/*
 * test_message_import.c - one message for many placements: each by its reference, under the day by
 * which it is to be confirmed.
 */
#include <cmocka.h>
#include <string.h>

#include "concordat/core/calendar.h"
#include "jobs/message.h"

#define FIVE ((int64_t)20566 * US_PER_DAY + 16 * US_PER_HOUR) /* Thursday 23 April 2026 */

static void each_stands_under_its_day_and_nothing_else_is_said(void **state)
{
	struct arena *arena = arena_new();
	struct text lines = text_printf(
		arena, "%lld PL-1000047-P\n%lld PL-1000048-N\n%lld PL-1000049-L\n0 PL-1000050-J",
		(long long)FIVE, (long long)FIVE, (long long)(FIVE + US_PER_DAY));
	struct message m;

	(void)state;
	message_of_import(arena, TEXT("https://care.example/"), TEXT("Northfold Council"), lines,
			  &m);
	assert_string_equal(text_cstr(arena, m.subject),
			    "4 placements: existing agreement recorded");
	assert_string_equal(
		text_cstr(arena, m.body),
		"Placements of Northfold Council\n\n"
		"Northfold Council recorded the terms of care that you already give, placement by "
		"placement.\n"
		"\nBy Thursday 23 April 2026 at 17:00, confirm the terms of care that already "
		"runs, "
		"or answer with others:\n- PL-1000047-P\n- PL-1000048-N\n"
		"\nBy Friday 24 April 2026 at 17:00, confirm the terms of care that already runs, "
		"or "
		"answer with others:\n- PL-1000049-L\n"
		"\nNo longer waiting for you:\n- PL-1000050-J\n"
		"\nYou find each by its reference:\nhttps://care.example/placements\n");
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_stands_under_its_day_and_nothing_else_is_said),
	};

	return cmocka_run_group_tests_name("message_import", tests, NULL, NULL);
}
