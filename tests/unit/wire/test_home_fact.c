/* test_home_fact.c - an entry of a home's record: out to its body and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/wire/fact.h"

static struct arena *arena;
static const struct digest leaf = {{1, 2, 3}};

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

/* Everything that a flag told can hold. */
static struct home_fact told(void)
{
	static struct home_opened opens[2];
	struct home_fact fact;

	opens[0] = (struct home_opened){
		.duty = DUTY_OFFER_HELP,
		.owed_by = SIDE_COMMISSIONER,
		.unit = UNIT_WORKING_DAYS,
		.count = 2,
		.calendar_version = 3,
		.anchor_us = 1775635200000000,
		.due_at_us = 1775836800000000,
		.nominal_day = 20553,
		.due_day = 20553,
	};
	opens[1] = opens[0];
	opens[1].duty = DUTY_IMPROVEMENT_PLAN;
	schema_clear(&home_fact_schema, &fact);
	fact.actor.side = SIDE_TIME;
	fact.kind = HOME_FLAG_TOLD;
	fact.occurred_at_us = 1775635200000001;
	fact.protocol = TEXT("standard/1");
	fact.v = 1;
	fact.data.flag = (struct uuid){{9}};
	fact.data.level = FLAG_RED;
	fact.data.reason = FLAG_SAFETY;
	fact.data.detail.digest = (struct digest){{7}};
	fact.data.answer.digest = (struct digest){{8}};
	fact.data.raised_by = SIDE_PROVIDER;
	fact.data.raised_at_us = 1775635200000000;
	fact.opens = (struct list){opens, 2};
	return fact;
}

static void a_body_comes_back_as_it_was(void **state)
{
	struct home_fact fact = told();
	struct text body = home_fact_body(arena, &fact), again, why = TEXT_NONE;
	const struct home_fact *read =
		home_fact_decode(arena, 7, 1775635200000002, &leaf, body, &why);
	const struct home_opened *opens;

	(void)state;
	assert_non_null(read);
	assert_int_equal(read->seq, 7);
	assert_int_equal(read->recorded_at_us, 1775635200000002);
	assert_memory_equal(read->header_hash.bytes, leaf.bytes, sizeof(leaf.bytes));
	opens = read->opens.items;
	assert_int_equal(read->opens.count, 2);
	assert_int_equal(opens[1].due_at_us, 1775836800000000);
	assert_true(digest_eq(&read->data.detail.digest, &fact.data.detail.digest));
	assert_int_equal(read->data.score_r, NO_INT);
	again = home_fact_body(arena, read);
	assert_true(text_eq(again, body));
}

static void refuses(struct text body, const char *says)
{
	struct text why = TEXT_NONE;

	assert_null(home_fact_decode(arena, 1, 1, &leaf, body, &why));
	assert_non_null(strstr(text_cstr(arena, why), says));
}

static void what_is_not_known_is_not_guessed_at(void **state)
{
	struct home_fact fact = told();

	(void)state;
	fact.v = 2;
	refuses(home_fact_body(arena, &fact), "version 2");
	refuses(TEXT("{\"actor\":{\"side\":\"time\"},\"data\":{},\"kind\":\"flag_waved\","
		     "\"occurred_at\":\"2026-04-08T10:00:00Z\",\"protocol\":\"standard/"
		     "1\",\"v\":1}"),
		"/kind");
	refuses(TEXT("{\"actor\":{\"side\":\"time\"}}"), "does not fit");
	refuses(TEXT("{ }"), "does not fit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_body_comes_back_as_it_was, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_not_known_is_not_guessed_at, set_up,
						tear_down),
	};

	return cmocka_run_group_tests_name("home_fact", tests, NULL, NULL);
}
