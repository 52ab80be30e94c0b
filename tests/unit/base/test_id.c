/* test_id.c - UUIDv7 and references that people read out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/base/id.h"

static struct arena *arena;

/* RFC 9562, appendix A.6. */
static void the_example_of_the_rfc_comes_out(void **state)
{
	static const uint8_t random[10] = {0x0c, 0xc3, 0x18, 0xc4, 0xdc,
					   0x0c, 0x0c, 0x07, 0x39, 0x8f};
	char text[37];

	(void)state;
	uuid_format(uuid_make(INT64_C(1645557742000) * 1000, random), text);
	assert_string_equal(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

static void version_and_variant_stand_whatever_the_random(void **state)
{
	static const uint8_t ones[10] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
	struct uuid id = uuid_make(0, ones);

	(void)state;
	assert_true(text_is(uuid_text(arena, id), "00000000-0000-7fff-bfff-ffffffffffff"));
}

static void new_ids_differ_and_sort_by_time(void **state)
{
	struct uuid a = uuid_new(INT64_C(1700000000000000)), b = uuid_new(1700000000000000);
	struct uuid later = uuid_new(INT64_C(1700000000001000));

	(void)state;
	assert_false(uuid_eq(a, b));
	assert_true(uuid_compare(a, later) < 0 && uuid_compare(later, b) > 0);
	assert_false(uuid_is_zero(a));
	assert_true(uuid_is_zero((struct uuid){{0}}));
}

static void ids_are_read_in_either_case_and_only_whole(void **state)
{
	static const char *const bad[] = {"",
					  "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
					  "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
					  "017f22e279b0-7cc3-98c4-dc0c0c07398f0",
					  "017f22e2_79b0-7cc3-98c4-dc0c0c07398f",
					  "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
					  "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}"};
	struct uuid id, same;

	(void)state;
	assert_true(uuid_parse(TEXT("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), &id));
	assert_true(uuid_parse(uuid_text(arena, id), &same));
	assert_true(uuid_eq(id, same));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(uuid_parse(text_of(bad[i]), &id));
}

static void references_carry_their_check_character(void **state)
{
	(void)state;
	assert_true(text_is(reference_make(arena, "PL", 1000047), "PL-1000047-P"));
	assert_true(reference_is_sound(TEXT("PL-1000047-P")));
	assert_true(reference_is_sound(reference_make(arena, "A", 0)));
	assert_true(reference_is_sound(reference_make(arena, "AUTHORIT", 999999999999999999)));
}

static void a_reference_of_another_shape_is_refused(void **state)
{
	static const char *const bad[] = {"",
					  "PL",
					  "PL-1000047",
					  "PL-1000047-",
					  "PL-1000047-Q",
					  "pl-1000047-P",
					  "PL-1000047-p",
					  "PL1000047P",
					  "-1000047-P",
					  "PL--P",
					  "PL-01000047-P",
					  "PL-1000047-PP",
					  "PL-10000A7-P",
					  "PL-1000047-P\n",
					  "PL-1000047 P"};

	(void)state;
	assert_false(reference_is_sound(TEXT_NONE));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(reference_is_sound(text_of(bad[i])));
}

static struct text swapped(struct text good, size_t at)
{
	char *bytes = arena_copy(arena, good.at, good.len);

	bytes[at] = good.at[at + 1];
	bytes[at + 1] = good.at[at];
	return (struct text){bytes, good.len};
}

static void nearly_every_swap_of_neighbours_is_noticed(void **state)
{
	int swaps = 0, unnoticed = 0;

	(void)state;
	for (int64_t number = 1000000; number < 1020000; number += 7) {
		struct text good = reference_make(arena, "PL", number);

		for (size_t i = 3; i + 3 < good.len; i++) {
			if (good.at[i] == good.at[i + 1])
				continue;
			swaps++;
			unnoticed += reference_is_sound(swapped(good, i));
		}
	}
	assert_true(swaps > 10000);
	assert_true(unnoticed * 100 < swaps);
}

static void every_wrong_digit_or_check_character_is_noticed(void **state)
{
	static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	(void)state;
	for (int64_t number = 1000000; number < 1000500; number++) {
		struct text good = reference_make(arena, "PL", number);
		char bytes[32];
		struct text bad = {bytes, good.len};

		assert_true(reference_is_sound(good));
		for (size_t i = 3; i < good.len; i++) {
			for (const char *c = alphabet; *c; c++) {
				memcpy(bytes, good.at, good.len);
				bytes[i] = *c;
				assert_int_equal(reference_is_sound(bad), *c == good.at[i]);
			}
		}
	}
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
		cmocka_unit_test(the_example_of_the_rfc_comes_out),
		cmocka_unit_test(version_and_variant_stand_whatever_the_random),
		cmocka_unit_test(new_ids_differ_and_sort_by_time),
		cmocka_unit_test(ids_are_read_in_either_case_and_only_whole),
		cmocka_unit_test(references_carry_their_check_character),
		cmocka_unit_test(a_reference_of_another_shape_is_refused),
		cmocka_unit_test(every_wrong_digit_or_check_character_is_noticed),
		cmocka_unit_test(nearly_every_swap_of_neighbours_is_noticed),
	};

	return cmocka_run_group_tests_name("id", tests, make_arena, drop_arena);
}
