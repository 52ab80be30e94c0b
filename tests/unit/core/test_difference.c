/*
 * test_difference.c - where two structs of one table first differ, and what each says there.
 */
#include "sound_model.h"

static struct cost_model other;
static struct difference difference;

/* The other begins as a copy, lists too. */
static int set_up_two(void **state)
{
	set_up_sound(state);
	other = model;
	other.lines.items =
		arena_copy(arena, model.lines.items, model.lines.count * sizeof(struct cost_line));
	other.inputs.items = arena_copy(arena, model.inputs.items,
					model.inputs.count * sizeof(struct cost_input));
	return 0;
}

static void expect(const char *pointer, const char *first, const char *second)
{
	assert_true(schema_difference(arena, &cost_model_schema, &model, &other, TEXT("/model"),
				      &difference));
	assert_string_equal(text_cstr(arena, difference.pointer), pointer);
	assert_string_equal(text_cstr(arena, difference.first), first);
	assert_string_equal(text_cstr(arena, difference.second), second);
}

static struct cost_line *other_line(size_t i)
{
	return (struct cost_line *)other.lines.items + i;
}

static void what_says_the_same_does_not_differ(void **state)
{
	(void)state;
	assert_false(schema_difference(arena, &cost_model_schema, &model, &other, TEXT(""),
				       &difference));
}

static void member_of_an_item_is_pointed_at(void **state)
{
	(void)state;
	((struct cost_input *)other.inputs.items)[2].most_r = R(40);
	expect("/model/inputs/2/most", "\"most\":\"50.00\"", "\"most\":\"40.00\"");
}

static void what_one_does_not_say_is_nothing(void **state)
{
	(void)state;
	other_line(PROFIT)->index = COST_INDEX_FIXED;
	expect("/model/lines/4/index", "nothing", "\"index\":\"fixed\"");
}

static void item_that_is_added_differs_as_its_list(void **state)
{
	(void)state;
	other_line(HOLIDAY)->of = refs("pay");
	expect("/model/lines/2/of", "\"of\":[{\"ref\":\"pay\"},{\"ref\":\"shared\"}]",
	       "\"of\":[{\"ref\":\"pay\"}]");
	other_line(HOLIDAY)->of = refs("pay staff");
	expect("/model/lines/2/of/1/ref", "\"ref\":\"shared\"", "\"ref\":\"staff\"");
}

static void long_words_are_not_repeated(void **state)
{
	(void)state;
	other.lines.count--;
	expect("/model/lines", "something else", "something else");
}

#define DIFFERENCE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_two, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DIFFERENCE_TEST(what_says_the_same_does_not_differ),
		DIFFERENCE_TEST(member_of_an_item_is_pointed_at),
		DIFFERENCE_TEST(what_one_does_not_say_is_nothing),
		DIFFERENCE_TEST(item_that_is_added_differs_as_its_list),
		DIFFERENCE_TEST(long_words_are_not_repeated),
	};

	return cmocka_run_group_tests_name("core/difference", tests, NULL, NULL);
}
