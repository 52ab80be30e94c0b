/* test_relays.c - the mail servers of smtp_url, and what is kept out of sight. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "concordat/base/relays.h"

static struct arena *arena;
static struct relays relays;
static const char *shown;
static struct text why;

static bool parse(const char *urls)
{
	return relays_parse(arena, text_of(urls), "all", "ours", &relays, &shown, &why);
}

static void each_relay_has_its_own_user_and_password_or_the_shared_ones(void **state)
{
	(void)state;
	assert_true(parse(" smtp://post:a%40b%2F:%3a%25+c%20d@one.example:587  "
			  "smtps://two.example/house.example "));
	assert_int_equal(relays.count, 2);
	assert_string_equal(relays.at[0].url, "smtp://one.example:587");
	assert_string_equal(relays.at[0].user, "post");
	assert_string_equal(relays.at[0].password, "a@b/::%+c d");
	assert_string_equal(relays.at[1].url, "smtps://two.example/house.example");
	assert_string_equal(relays.at[1].user, "all");
	assert_string_equal(relays.at[1].password, "ours");
	assert_string_equal(shown,
			    "smtp://********@one.example:587 smtps://two.example/house.example");
}

static void no_address_is_no_relay(void **state)
{
	(void)state;
	assert_true(parse(""));
	assert_int_equal(relays.count, 0);
	assert_string_equal(shown, "");
}

static void what_is_not_sound_is_refused_and_nothing_of_it_said(void **state)
{
	static const char *const wrong[] = {
		"hunter2.example",
		"http://hunter2.example",
		"smtp://",
		"smtp://:25",
		"smtp:///x",
		"smtp://hunter2@one.example",
		"smtp://hunter2:@one.example",
		"smtp://:hunter2@one.example",
		"smtp://post:hunter2@",
		"smtp://post:hunter2",
		"smtp://one.example:587hunter2",
		"smtp://post:hunter2@more@one.example",
		"smtp://post:hunter2/more@one.example",
		"smtp://post:hunter2#more@one.example",
		"smtp://post:hunter2?more@one.example",
		"smtp://post:hunter2%0d@one.example",
		"smtp://post:hunter2%00@one.example",
		"smtp://post:hunter2%4@one.example",
		"smtp://post:hunter2%zz@one.example",
		"smtp://one.example smtp://post:hunter2",
		"smtp://one.example/?hunter2",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		why = TEXT_NONE;
		if (parse(wrong[i]))
			fail_msg("taken: %s", wrong[i]);
		assert_true(text_starts(why, "smtp_url, mail server "));
		assert_null(memmem(why.at, why.len, "hunter2", 7));
	}
}

static void only_so_many_are_taken(void **state)
{
	static const char one[] = "smtp://[::1]:25 ";
	struct writer w;

	(void)state;
	writer_init(&w, arena);
	for (size_t i = 0; i < RELAYS_MOST; i++)
		writer_puts(&w, one);
	assert_true(parse(text_cstr(arena, writer_text(&w))));
	assert_int_equal(relays.count, RELAYS_MOST);
	writer_puts(&w, one);
	assert_false(parse(text_cstr(arena, writer_text(&w))));
	assert_true(text_starts(why, "smtp_url names too many"));
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_relay_has_its_own_user_and_password_or_the_shared_ones),
		cmocka_unit_test(no_address_is_no_relay),
		cmocka_unit_test(what_is_not_sound_is_refused_and_nothing_of_it_said),
		cmocka_unit_test(only_so_many_are_taken),
	};

	return cmocka_run_group_tests_name("relays", tests, set_up, tear_down);
}
