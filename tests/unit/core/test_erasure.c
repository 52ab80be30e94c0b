/* test_erasure.c - a person's own record: holds, the years it is kept, and what erasing asks. */
#include "world.h"

#include "concordat/core/erasure.h"

#define AT(year) london_instant(day_of(year, 6, 1), 12, 0)

static struct person_record record;
static struct person_standing standing;
static struct refusal last_refusal;

static int person_set_up(void **state)
{
	int failed = set_up(state);

	person_record_clear(&record);
	standing = (struct person_standing){.has_key = true,
					    .placements = 1,
					    .last_entry_us = AT(2026),
					    .records = 5,
					    .years = 8};
	return failed;
}
#define PERSON_TEST(name) cmocka_unit_test_setup_teardown(name, person_set_up, tear_down)

static const struct person_fact *asks(struct person_asked asked, int64_t at_us)
{
	const struct person_fact *fact;

	asked.grounds = TEXT("order 7");
	fact = person_decide(arena, &record, &standing, &asked, at_us, &last_refusal);
	if (fact)
		assert_true(person_apply(&record, fact));
	return fact;
}

static const struct person_fact *erases(int64_t at_us, bool at_once)
{
	return asks((struct person_asked){PERSON_ERASED, .hold = NO_INT, .at_once = at_once},
		    at_us);
}

static const struct person_fact *holds(int year)
{
	return asks((struct person_asked){PERSON_HOLD_PLACED, .hold = NO_INT}, AT(year));
}

static const struct person_fact *releases(int64_t hold, int year)
{
	return asks((struct person_asked){PERSON_HOLD_RELEASED, .hold = hold}, AT(year));
}

static void the_record_is_kept_to_the_day_after_the_last_entry(void **state)
{
	(void)state;
	assert_null(erases(london_instant(day_of(2034, 5, 31), 23, 59), false));
	assert_string_equal(last_refusal.rule, "kept_for_years");
	assert_non_null(erases(london_instant(day_of(2034, 6, 1), 0, 0), false));
	assert_true(record.erased_at_us == london_instant(day_of(2034, 6, 1), 0, 0));
}

static void an_order_goes_before_the_years_and_the_entry_says_so(void **state)
{
	const struct person_fact *fact = erases(AT(2027), true);

	(void)state;
	assert_non_null(fact);
	assert_true(fact->data.at_once && fact->data.records == 5);
	assert_int_equal(fact->data.kept_until_day, day_of(2034, 6, 1));
}

static void care_that_goes_on_is_not_erased_under(void **state)
{
	(void)state;
	standing.running = TEXT("PL-1000001-X");
	assert_null(erases(AT(2040), true));
	assert_string_equal(last_refusal.rule, "care_ended");
}

static void nothing_overrides_a_hold_until_each_is_released(void **state)
{
	(void)state;
	assert_non_null(holds(2027));
	assert_non_null(holds(2028));
	assert_null(erases(AT(2040), true));
	assert_string_equal(last_refusal.rule, "legal_hold");
	assert_null(releases(NO_INT, 2041));
	assert_string_equal(last_refusal.rule, "hold_named");
	assert_null(releases(3, 2041));
	assert_non_null(releases(1, 2041));
	assert_null(erases(AT(2042), true));
	assert_int_equal(releases(NO_INT, 2043)->data.hold, 2);
	assert_null(releases(NO_INT, 2044));
	assert_string_equal(last_refusal.rule, "no_hold");
	assert_non_null(erases(AT(2045), false));
}

static void who_is_erased_or_being_erased_cannot_be_held(void **state)
{
	(void)state;
	standing.listed = true;
	assert_null(holds(2027));
	assert_string_equal(last_refusal.rule, "erasing_begun");
	standing.has_key = false;
	assert_null(holds(2027));
	assert_null(erases(AT(2040), true));
	assert_string_equal(last_refusal.rule, "person_erased");
}

static void the_list_is_replayed_whatever_an_older_backup_says(void **state)
{
	(void)state;
	assert_non_null(holds(2027));
	standing.running = TEXT("PL-1000001-X");
	assert_true(asks((struct person_asked){PERSON_ERASED, .hold = NO_INT, .replayed = true},
			 AT(2028))
			    ->data.replayed);
}

static void an_entry_that_does_not_follow_is_not_folded(void **state)
{
	const struct person_fact *fact = holds(2027);
	struct person_fact odd = *fact;

	(void)state;
	assert_false(person_apply(&record, fact));
	odd.seq = 2;
	odd.recorded_at_us++;
	odd.kind = PERSON_HOLD_RELEASED;
	odd.data.hold = 7;
	assert_false(person_apply(&record, &odd));
	odd.data.hold = 1;
	assert_true(person_apply(&record, &odd));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PERSON_TEST(the_record_is_kept_to_the_day_after_the_last_entry),
		PERSON_TEST(an_order_goes_before_the_years_and_the_entry_says_so),
		PERSON_TEST(care_that_goes_on_is_not_erased_under),
		PERSON_TEST(nothing_overrides_a_hold_until_each_is_released),
		PERSON_TEST(who_is_erased_or_being_erased_cannot_be_held),
		PERSON_TEST(the_list_is_replayed_whatever_an_older_backup_says),
		PERSON_TEST(an_entry_that_does_not_follow_is_not_folded),
	};

	return cmocka_run_group_tests_name("test_erasure", tests, NULL, NULL);
}
