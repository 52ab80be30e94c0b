/* test_names.c - a postcode in any usual hand is one postcode, and a telephone number can be
 * dialled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/call/names.h"

static struct arena *arena;

static int open_all(void **state)
{
	(void)state;
	arena = arena_new();
	return arena ? 0 : -1;
}

static int close_all(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void a_postcode_is_folded_to_capitals_and_one_space(void **state)
{
	static const char *const same[][2] = {
		{"M1 1AE", "M1 1AE"},	      {"b338th", "B33 8TH"},  {"CR2 6XH", "CR2 6XH"},
		{" dn55   1pt ", "DN55 1PT"}, {"W1A 0AX", "W1A 0AX"}, {"ec1a1bb", "EC1A 1BB"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		struct text t = text_of(same[i][0]);

		assert_true(postcode_fold(arena, &t));
		assert_string_equal(text_cstr(arena, t), same[i][1]);
	}
}

static void what_has_no_form_of_a_postcode_is_refused_and_left_as_it_is(void **state)
{
	static const char *const wrong[] = {
		"",	    " ",	"1AA",	   "SW1A",    "12345",	"SW1A 1A",	"SW1A1AAA",
		"SW1A 11A", "A1AA 1AA", "M1\n1AE", "M1\t1AE", "M1-1AE", "M1 1\xc3\x84",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct text t = text_of(wrong[i]);

		assert_false(postcode_fold(arena, &t));
		assert_ptr_equal(t.at, wrong[i]);
	}
	assert_false(postcode_fold(arena, &((struct text){"M1 1AE\0", 7})));
}

static void a_telephone_number_has_digits_enough_and_nothing_that_is_not_dialled(void **state)
{
	static const char *const sound[] = {"01632 960147", "+44 (0)1632 960-147", "9601470"};
	static const char *const wrong[] = {"",
					    "960147",
					    "1234567890123456",
					    "01632\n960147",
					    "01632 960147 ext 2",
					    "0+1632960147",
					    "tel:01632960147"};

	(void)state;
	for (size_t i = 0; i < sizeof(sound) / sizeof(sound[0]); i++)
		assert_true(telephone_is_sound(text_of(sound[i])));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(telephone_is_sound(text_of(wrong[i])));
	assert_false(telephone_is_sound((struct text){"01632960147\0", 12}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_postcode_is_folded_to_capitals_and_one_space),
		cmocka_unit_test(what_has_no_form_of_a_postcode_is_refused_and_left_as_it_is),
		cmocka_unit_test(
			a_telephone_number_has_digits_enough_and_nothing_that_is_not_dialled),
	};

	return cmocka_run_group_tests_name("names", tests, open_all, close_all);
}
