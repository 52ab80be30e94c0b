/* test_trace.c - a caller's trace, and how it is handed on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "concordat/wire/trace.h"

#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const char *kept(const char *header)
{
	return text_cstr(arena, trace_kept(arena, text_of(header)));
}

static void it_is_kept_in_the_version_and_with_the_flags_that_are_known(void **state)
{
	(void)state;
	assert_string_equal(kept("00-" TRACE "-" SPAN "-01"), "00-" TRACE "-" SPAN "-01");
	assert_string_equal(kept("00-" TRACE "-" SPAN "-00"), "00-" TRACE "-" SPAN "-00");
	assert_string_equal(kept("00-" TRACE "-" SPAN "-ff"), "00-" TRACE "-" SPAN "-03");
	assert_string_equal(kept("cc-" TRACE "-" SPAN "-02-more"), "00-" TRACE "-" SPAN "-02");
}

static void a_try_has_the_same_trace_and_a_parent_of_its_own(void **state)
{
	static const uint8_t own[TRACE_PARENT_BYTES] = {0x80, 1, 2, 3, 4, 5, 6, 0xff};
	struct text below = trace_below(arena, TEXT("00-" TRACE "-" SPAN "-01"), own);

	(void)state;
	assert_string_equal(text_cstr(arena, below), "00-" TRACE "-80010203040506ff-01");
	assert_true(trace_is_sound(below));
	assert_true(text_is(trace_id(below), TRACE));
}

static void what_is_no_trace_is_not_sound(void **state)
{
	static const char *const bad[] = {
		"",
		"zebedee",
		"00-" TRACE "-" SPAN,
		"ff-" TRACE "-" SPAN "-01",
		"00-" TRACE "-" SPAN "-01-more",
		"cc-" TRACE "-" SPAN "-01more",
		"cc-" TRACE "-" SPAN "-01-m\tre",
		"00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01",
		"00-00000000000000000000000000000000-" SPAN "-01",
		"00-" TRACE "-0000000000000000-01",
		"00_" TRACE "-" SPAN "-01",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(trace_is_sound(text_of(bad[i])));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(it_is_kept_in_the_version_and_with_the_flags_that_are_known),
		TEST(a_try_has_the_same_trace_and_a_parent_of_its_own),
		TEST(what_is_no_trace_is_not_sound),
	};

	return cmocka_run_group_tests_name("wire/trace", tests, NULL, NULL);
}
