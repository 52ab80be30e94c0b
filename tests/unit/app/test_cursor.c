/* test_cursor.c - where a reader stands: sealed, bound to whose it is, read by the same key only.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/call/cursor.h"

static const struct uuid authority = {{1}}, provider = {{2}}, rival = {{3}};

static struct app app = {.master = {7}}, other = {.master = {8}};
static struct arena *arena;
static const struct digest leaf = {{9, 8, 7, 6, 5, 4, 3, 2, 1}};
static const struct place fifth = {5, {{9, 8, 7, 6, 5, 4, 3, 2, 1}}};

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
	struct place place;

	(void)state;
	for (size_t i = 0; i < sizeof(indexes) / sizeof(*indexes); i++) {
		cursor = cursor_seal(&app, arena, authority, provider,
				     (struct place){indexes[i], leaf});
		place = (struct place){.index = -1};
		assert_true(cursor_open(&twin, cursor, authority, provider, &place));
		assert_int_equal(place.index, indexes[i]);
	}
}

static void it_does_not_say_whether_anything_happened(void **state)
{
	struct text one = cursor_seal(&app, arena, authority, provider, fifth);
	struct text same = cursor_seal(&app, arena, authority, provider, fifth);

	(void)state;
	assert_int_equal(one.len, same.len);
	assert_false(text_eq(one, same));
}

static void it_knows_which_entry_it_is_behind(void **state)
{
	struct text cursor = cursor_seal(&app, arena, authority, provider, fifth);
	struct text first = cursor_seal(&app, arena, authority, provider, (struct place){0});
	struct digest another = leaf;
	struct place place;

	(void)state;
	another.bytes[0] ^= 1;
	assert_true(cursor_open(&app, cursor, authority, provider, &place));
	assert_true(place_follows(&place, &leaf));
	assert_false(place_follows(&place, &another));
	assert_int_equal(first.len, cursor.len);
	assert_true(cursor_open(&app, first, authority, provider, &place));
	assert_true(place_follows(&place, &(struct digest){0}));
}

static void it_is_nobody_elses_and_of_no_other_log(void **state)
{
	struct text cursor = cursor_seal(&app, arena, authority, provider, fifth);
	struct place place;

	(void)state;
	assert_false(cursor_open(&app, cursor, authority, rival, &place));
	assert_false(cursor_open(&app, cursor, rival, provider, &place));
	assert_false(cursor_open(&app, cursor, provider, authority, &place));
	assert_false(cursor_open(&other, cursor, authority, provider, &place));
}

static void whatever_was_changed_in_it_is_noticed(void **state)
{
	struct text cursor = cursor_seal(&app, arena, authority, provider, fifth);
	char *changed = arena_copy(arena, cursor.at, cursor.len);
	struct place place;

	(void)state;
	for (size_t i = 0; i < cursor.len; i++) {
		changed[i] = cursor.at[i] == 'A' ? 'B' : 'A';
		assert_false(cursor_open(&app, (struct text){changed, cursor.len}, authority,
					 provider, &place));
		changed[i] = cursor.at[i];
	}
	assert_true(
		cursor_open(&app, (struct text){changed, cursor.len}, authority, provider, &place));
	for (size_t len = 0; len < cursor.len; len++)
		assert_false(cursor_open(&app, (struct text){cursor.at, len}, authority, provider,
					 &place));
	assert_false(cursor_open(&app, text_printf(arena, "%.*sAAAA", TEXT_FMT(cursor)), authority,
				 provider, &place));
	assert_false(cursor_open(&app, TEXT("5"), authority, provider, &place));
	memset(changed, '=', cursor.len);
	assert_false(
		cursor_open(&app, (struct text){changed, cursor.len}, authority, provider, &place));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(any_daemon_with_the_key_goes_on_from_it),
		TEST(it_does_not_say_whether_anything_happened),
		TEST(it_knows_which_entry_it_is_behind),
		TEST(it_is_nobody_elses_and_of_no_other_log),
		TEST(whatever_was_changed_in_it_is_noticed),
	};

	return cmocka_run_group_tests_name("app/cursor", tests, NULL, NULL);
}
