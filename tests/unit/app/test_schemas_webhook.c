/* test_schemas_webhook.c - what a webhook may be told of is every kind of entry there is, each
 * once. */
#include <cmocka.h>
#include <string.h>

#include "concordat/app/schemas_webhook.h"
#include "concordat/core/home.h"

static int times_named(const char *kind)
{
	int times = 0;

	for (size_t i = 0; i < webhook_kind_count; i++)
		times += strcmp(webhook_kind_names[i], kind) == 0;
	return times;
}

static void every_kind_of_entry_is_named_once(void **state)
{
	(void)state;
	for (int i = 0; i < FACT_COUNT; i++)
		if (times_named(fact_names[i]) != 1)
			fail_msg("%s is named %d times", fact_names[i], times_named(fact_names[i]));
	for (int i = 0; i < HOME_FACT_COUNT; i++)
		if (times_named(home_fact_names[i]) != 1)
			fail_msg("%s of a home is named %d times", home_fact_names[i],
				 times_named(home_fact_names[i]));
	assert_int_equal(times_named("reminder"), 1);
	assert_int_equal(times_named("calendar_ends"), 1);
	assert_null(webhook_kind_names[webhook_kind_count]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_entry_is_named_once),
	};

	return cmocka_run_group_tests_name("schemas_webhook", tests, NULL, NULL);
}
