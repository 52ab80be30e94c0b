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
		.working_days = NO_INT,
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

/* ---- as an earlier release wrote them ---- */

#define BY "{'actor':{'organisation':'00000000-0000-4000-8000-000000000001','side':'commissioner'},"
#define OPENED "{'calendar_version':3,'due_at':'2026-04-13T16:00:00Z','due_day':'2026-04-13',"
#define END "'protocol':'standard/1','v':1}"

/* With ' for ". */
static const char *const earlier[] = {
	BY "'data':{'flag':'00000000-0000-4000-8000-000000000009','level':'red','reason':'safety'},"
	   "'kind':'flag_raised','occurred_at':'2026-04-08T10:00:00Z','opens':[" OPENED
	   "'duty':'improvement_plan','owed_by':'provider','working_days':3}," OPENED
	   "'duty':'offer_help','owed_by':'commissioner','working_days':3}," OPENED
	   "'duty':'confirm_check','owed_by':'commissioner',"
	   "'placement':'00000000-0000-4000-8000-000000000005','working_days':2}]," END,
	BY "'data':{'on':'2026-04-08','outcome':'all_well',"
	   "'placement':'00000000-0000-4000-8000-000000000005'},"
	   "'kind':'check_confirmed','occurred_at':'2026-04-08T11:00:00Z'," END,
	BY "'data':{'on':'2026-04-01','score':'91.50'},"
	   "'kind':'quality_scored','occurred_at':'2026-04-08T12:00:00Z'," END,
};
#define EARLIER (sizeof(earlier) / sizeof(earlier[0]))

static struct text quoted(const char *from)
{
	char *body = (char *)text_printf(arena, "%s", from).at;

	for (char *at = body; *at; at++)
		if (*at == '\'')
			*at = '"';
	return text_of(body);
}

static void an_earlier_releases_entries_are_read_and_folded(void **state)
{
	struct home_record *record = home_record_new(arena, (struct uuid){{1}}, (struct uuid){{2}});
	const struct obligation *due;
	struct text why = TEXT_NONE;

	(void)state;
	for (size_t i = 0; i < EARLIER; i++) {
		struct text body = quoted(earlier[i]);
		const struct home_fact *fact = home_fact_decode(
			arena, (int32_t)i + 1, 1775635200000000 + (int64_t)i, &leaf, body, &why);

		if (!fact)
			fail_msg("%zu: %.*s", i, TEXT_FMT(why));
		/* the ledger's bytes are the entry's for good */
		assert_true(text_eq(home_fact_body(arena, fact), body));
		assert_true(home_apply(record, fact));
	}
	/* what is owed of a resident stands in the placement now */
	assert_int_equal(record->owed_count, 2);
	due = &record->owed[0].due;
	assert_int_equal(due->duty, DUTY_IMPROVEMENT_PLAN);
	assert_int_equal(due->n, 1);
	assert_int_equal(due->state, OBLIGATION_OPEN);
	assert_int_equal(due->rule.unit, UNIT_WORKING_DAYS);
	assert_int_equal(due->rule.count, 3);
	assert_int_equal(due->rule.roll, ROLL_NONE);
	assert_true(due->anchor_us == 1775635200000000);
	assert_int_equal(due->nominal_day, due->due_day);
	assert_int_equal(home_level(record), FLAG_RED);
	assert_true(home_score_on(record, due->due_day).score_r == 915000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_body_comes_back_as_it_was, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_not_known_is_not_guessed_at, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(an_earlier_releases_entries_are_read_and_folded,
						set_up, tear_down),
	};

	return cmocka_run_group_tests_name("home_fact", tests, NULL, NULL);
}
