/* test_cursor.c - where a reader stands: sealed, bound to whose it is, read by the same key only.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/cursor.h"

static const struct uuid authority = {{1}}, provider = {{2}}, rival = {{3}};

static struct app app = {.master = {7}}, other = {.master = {8}};
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

static void any_daemon_with_the_key_goes_on_from_it(void **state)
{
	static const int64_t indexes[] = {0, 1, 255, 256, 1234567890123, INT64_MAX};
	struct app twin = {.master = {7}};
	struct text cursor;
	int64_t index;

	(void)state;
	for (size_t i = 0; i < sizeof(indexes) / sizeof(*indexes); i++) {
		cursor = cursor_seal(&app, arena, authority, provider, indexes[i]);
		index = -1;
		assert_true(cursor_open(&twin, cursor, authority, provider, &index));
		assert_int_equal(index, indexes[i]);
	}
}

static void it_does_not_say_whether_anything_happened(void **state)
{
	struct text one = cursor_seal(&app, arena, authority, provider, 5);
	struct text same = cursor_seal(&app, arena, authority, provider, 5);

	(void)state;
	assert_int_equal(one.len, same.len);
	assert_false(text_eq(one, same));
}

static void it_is_nobody_elses_and_of_no_other_log(void **state)
{
	struct text cursor = cursor_seal(&app, arena, authority, provider, 5);
	int64_t index;

	(void)state;
	assert_false(cursor_open(&app, cursor, authority, rival, &index));
	assert_false(cursor_open(&app, cursor, rival, provider, &index));
	assert_false(cursor_open(&app, cursor, provider, authority, &index));
	assert_false(cursor_open(&other, cursor, authority, provider, &index));
}

static void whatever_was_changed_in_it_is_noticed(void **state)
{
	struct text cursor = cursor_seal(&app, arena, authority, provider, 5);
	char *changed = arena_copy(arena, cursor.at, cursor.len);
	int64_t index;

	(void)state;
	for (size_t i = 0; i < cursor.len; i++) {
		changed[i] = cursor.at[i] == 'A' ? 'B' : 'A';
		assert_false(cursor_open(&app, (struct text){changed, cursor.len}, authority,
					 provider, &index));
		changed[i] = cursor.at[i];
	}
	assert_true(
		cursor_open(&app, (struct text){changed, cursor.len}, authority, provider, &index));
	for (size_t len = 0; len < cursor.len; len++)
		assert_false(cursor_open(&app, (struct text){cursor.at, len}, authority, provider,
					 &index));
	assert_false(cursor_open(&app, text_printf(arena, "%.*sAAAA", TEXT_FMT(cursor)), authority,
				 provider, &index));
	assert_false(cursor_open(&app, TEXT("5"), authority, provider, &index));
	memset(changed, '=', cursor.len);
	assert_false(
		cursor_open(&app, (struct text){changed, cursor.len}, authority, provider, &index));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(any_daemon_with_the_key_goes_on_from_it),
		TEST(it_does_not_say_whether_anything_happened),
		TEST(it_is_nobody_elses_and_of_no_other_log),
		TEST(whatever_was_changed_in_it_is_noticed),
	};

	return cmocka_run_group_tests_name("app/cursor", tests, NULL, NULL);
}
