/* test_text.c - slices of UTF-8, and the writer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/base/text.h"

static struct arena *arena;

static void absent_and_empty_are_told_apart_but_equal_in_bytes(void **state)
{
	(void)state;
	assert_null(text_of(NULL).at);
	assert_non_null(text_of("").at);
	assert_true(text_eq(TEXT_NONE, TEXT("")));
	assert_null(text_copy(arena, TEXT_NONE).at);
	assert_non_null(text_copy(arena, TEXT("")).at);
	assert_string_equal(text_cstr(arena, TEXT_NONE), "");
}

static void comparison_is_by_bytes_then_by_length(void **state)
{
	(void)state;
	assert_true(text_compare(TEXT("a"), TEXT("b")) < 0);
	assert_true(text_compare(TEXT("ab"), TEXT("a")) > 0);
	assert_true(text_compare(TEXT("\xc3\xa9"), TEXT("z")) > 0);
	assert_int_equal(text_compare(TEXT_NONE, TEXT("")), 0);
	assert_true(text_is(TEXT("offer"), "offer"));
	assert_false(text_is(TEXT("offers"), "offer"));
	assert_true(text_starts(TEXT("offer"), "off"));
	assert_true(text_starts(TEXT_NONE, ""));
	assert_false(text_starts(TEXT("of"), "off"));
}

static void an_address_to_go_on_behind_ends_in_no_slash(void **state)
{
	(void)state;
	assert_true(text_is(text_url_base(TEXT("https://care.example//")), "https://care.example"));
	assert_true(
		text_is(text_url_base(TEXT("https://care.example/a")), "https://care.example/a"));
	assert_null(text_url_base(TEXT_NONE).at);
}

static void a_copy_ends_in_nul(void **state)
{
	const char *copy = text_cstr(arena, (struct text){"offers", 5});

	(void)state;
	assert_string_equal(copy, "offer");
}

static void well_formed_utf8_is_told_from_ill_formed(void **state)
{
	static const char *const good[] = {"",
					   "plain",
					   "\xc2\xa3",
					   "\xe2\x82\xac",
					   "\xed\x9f\xbf",
					   "\xee\x80\x80",
					   "\xf0\x90\x80\x80",
					   "\xf4\x8f\xbf\xbf"};
	static const char *const bad[] = {"\x80",
					  "\xc0\xaf",
					  "\xc1\xbf",
					  "\xe0\x9f\xbf",
					  "\xed\xa0\x80",
					  "\xf0\x8f\xbf\xbf",
					  "\xf4\x90\x80\x80",
					  "\xf5",
					  "\xff",
					  "\xc2",
					  "\xe2\x82",
					  "\xf0\x9f\x98",
					  "\xe2(\xa1",
					  "a\xbf"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(text_is_utf8(text_of(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_is_utf8(text_of(bad[i])));
	assert_true(text_is_utf8((struct text){"a\0b", 3}));
}

static void whole_numbers_are_read_within_int64(void **state)
{
	static const char *const bad[] = {"",
					  "-",
					  "+1",
					  " 1",
					  "1 ",
					  "1.0",
					  "0x1",
					  "--1",
					  "9223372036854775808",
					  "-9223372036854775809",
					  "99999999999999999999"};
	int64_t n = 7;

	(void)state;
	assert_true(text_to_int(TEXT("9223372036854775807"), &n) && n == INT64_MAX);
	assert_true(text_to_int(TEXT("-9223372036854775808"), &n) && n == INT64_MIN);
	assert_true(text_to_int(TEXT("007"), &n) && n == 7);
	assert_true(text_to_int(TEXT("-0"), &n) && n == 0);
	n = 7;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_to_int(text_of(bad[i]), &n));
	assert_int_equal(n, 7);
}

static void a_number_is_written_in_one_way_only(void **state)
{
	static const char *const bad[] = {"", "0", "01", "+1", "-1", "1 ", "1.0", "2147483648"};
	int32_t n = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_to_number(text_of(bad[i]), &n));
	assert_int_equal(n, 7);
	assert_true(text_to_number(TEXT("1"), &n) && n == 1);
	assert_true(text_to_number(TEXT("2147483647"), &n) && n == INT32_MAX);
}

static void hexadecimal_goes_out_and_in(void **state)
{
	unsigned char bytes[3] = {0};

	(void)state;
	assert_true(text_is(text_hex(arena, "\x00\xab\xff", 3), "00abff"));
	assert_true(text_unhex(TEXT("00ABff"), bytes, 3));
	assert_memory_equal(bytes, "\x00\xab\xff", 3);
	assert_false(text_unhex(TEXT("00abf"), bytes, 3));
	assert_false(text_unhex(TEXT("00abfg"), bytes, 3));
	assert_false(text_unhex(TEXT("00abff00"), bytes, 3));
	assert_memory_equal(bytes, "\x00\xab\xff", 3);
}

static void base64_is_that_of_rfc_4648(void **state)
{
	static const char *const pairs[][2] = {{"", ""},
					       {"f", "Zg=="},
					       {"fo", "Zm8="},
					       {"foo", "Zm9v"},
					       {"foob", "Zm9vYg=="},
					       {"fooba", "Zm9vYmE="},
					       {"foobar", "Zm9vYmFy"}};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_true(
			text_is(text_base64(arena, pairs[i][0], strlen(pairs[i][0])), pairs[i][1]));
	assert_true(text_is(text_base64(arena, "\xfb\xff", 2), "+/8="));
}

static void base64_comes_in_as_it_went_out(void **state)
{
	unsigned char bytes[48], again[48];

	(void)state;
	for (size_t size = 0; size <= sizeof(bytes); size++) {
		struct text encoded;

		for (size_t i = 0; i < size; i++)
			bytes[i] = (unsigned char)(i * 83 + size * 29);
		encoded = text_base64(arena, bytes, size);
		assert_int_equal(text_base64_size(encoded), size);
		assert_true(text_unbase64(encoded, again, size));
		assert_memory_equal(again, bytes, size);
		assert_true(text_unbase64(encoded, NULL, size));
		assert_false(text_unbase64(encoded, again, size + 1));
		assert_false(size && text_unbase64(encoded, again, size - 1));
	}
}

/* RFC 4648, sections 3.1 to 3.5: what a reader may be lax about is refused. */
static void base64_of_another_form_is_refused(void **state)
{
	static const char *const flawed[] = {
		"Zg",	  "Zg=",   "Zg===", "Zh==", "Zm9",  "Zm9=", "Z===", "====",	"=",
		"Zm8=\n", " Zg==", "Z g=",  "Zm-_", "Zm8*", "Zm=v", "=m9v", "Zg==Zg==", "Zm8=Zm8=",
	};
	unsigned char bytes[8];

	(void)state;
	for (size_t i = 0; i < sizeof(flawed) / sizeof(flawed[0]); i++)
		for (size_t size = 0; size <= sizeof(bytes); size++)
			assert_false(text_unbase64(text_of(flawed[i]), bytes, size));
}

static void a_writer_grows_and_ends_in_nul(void **state)
{
	struct writer w;
	struct text t;

	(void)state;
	writer_init(&w, arena);
	t = writer_text(&w);
	assert_non_null(t.at);
	assert_int_equal(t.len, 0);
	for (int i = 0; i < 1000; i++) {
		writer_char(&w, 'a');
		writer_put(&w, TEXT("bc"));
		writer_printf(&w, "%d", i % 10);
	}
	writer_puts(&w, "|");
	writer_int(&w, INT64_MIN);
	writer_put(&w, TEXT_NONE);
	t = writer_text(&w);
	assert_int_equal(t.len, 4000 + 1 + 20);
	assert_int_equal(strlen(t.at), t.len);
	assert_memory_equal(t.at + 3996, "abc9|-9223372036854775808", 25);
}

static void a_long_format_is_written_whole(void **state)
{
	struct text t = text_printf(arena, "%0500d|%.*s", 7, TEXT_FMT(TEXT("end")));

	(void)state;
	assert_int_equal(t.len, 504);
	assert_memory_equal(t.at + 499, "7|end", 6);
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

static void the_nearest_name_is_the_one_few_letters_away(void **state)
{
	static const char *const names[] = {"inputs", "indices", "json", "at", NULL};
	static const char *const none[] = {NULL};
	struct text longest = TEXT("inputsinputsinputsinputsinputsinputsinput");

	(void)state;
	assert_string_equal(text_nearest(TEXT("inptus"), names), "inputs");
	assert_string_equal(text_nearest(TEXT("indics"), names), "indices");
	assert_string_equal(text_nearest(TEXT("json"), names), "json");
	assert_string_equal(text_nearest(TEXT("a"), names), "at");
	assert_null(text_nearest(TEXT("terms"), names));
	assert_null(text_nearest(TEXT(""), none));
	assert_int_equal(longest.len, 41); /* longer ones are not compared */
	assert_null(text_nearest(longest, (const char *const[]){longest.at, NULL}));
}

static void only_web_addresses_may_be_linked_to(void **state)
{
	(void)state;
	assert_true(text_is_web_address(TEXT("https://www.gov.uk/national-minimum-wage-rates")));
	assert_true(text_is_web_address(TEXT("http://example.org/a?b=c#d")));
	assert_false(text_is_web_address(TEXT("https://")));
	assert_false(text_is_web_address(TEXT("javascript:alert(1)")));
	assert_false(text_is_web_address(TEXT("https://example.org/ a")));
	assert_false(text_is_web_address(TEXT("https://example.org/\"onclick")));
	assert_false(text_is_web_address(TEXT("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_web_addresses_may_be_linked_to),
		cmocka_unit_test(absent_and_empty_are_told_apart_but_equal_in_bytes),
		cmocka_unit_test(comparison_is_by_bytes_then_by_length),
		cmocka_unit_test(an_address_to_go_on_behind_ends_in_no_slash),
		cmocka_unit_test(a_copy_ends_in_nul),
		cmocka_unit_test(well_formed_utf8_is_told_from_ill_formed),
		cmocka_unit_test(whole_numbers_are_read_within_int64),
		cmocka_unit_test(a_number_is_written_in_one_way_only),
		cmocka_unit_test(hexadecimal_goes_out_and_in),
		cmocka_unit_test(base64_is_that_of_rfc_4648),
		cmocka_unit_test(base64_comes_in_as_it_went_out),
		cmocka_unit_test(base64_of_another_form_is_refused),
		cmocka_unit_test(a_writer_grows_and_ends_in_nul),
		cmocka_unit_test(a_long_format_is_written_whole),
		cmocka_unit_test(the_nearest_name_is_the_one_few_letters_away),
	};

	return cmocka_run_group_tests_name("text", tests, make_arena, drop_arena);
}
