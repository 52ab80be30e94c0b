/* test_cloud_event.c - the one form in which programs are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "concordat/wire/cloud_event.h"

#define PLACEMENT "0190b0c8-7a00-7000-8000-000000000001"
#define AUTHORITY "0190b0c8-7a00-7000-8000-000000000002"
#define HOME "0190b0c8-7a00-7000-8000-000000000003"
#define TRACE "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

static void assert_written(const struct cloud_event *event, const char *json)
{
	struct arena *arena = arena_new();
	struct writer w;

	writer_init(&w, arena);
	cloud_event_write(&w, event);
	assert_string_equal(text_cstr(arena, writer_text(&w)), json);
	arena_free(arena);
}

static void an_entry_is_told_with_the_partys_own_numbers_and_the_logs_size(void **state)
{
	struct cloud_event event = {
		.public_url = TEXT("https://fees.example/"),
		.kind = TEXT("offer_made"),
		.reference = TEXT("PL-1000047-P"),
		.entry = 12,
		.version = 7,
		.at_us = INT64_C(1776070800000000),
		.traceparent = TEXT(TRACE),
		.log_origin = TEXT("fees.example/log/a"),
		.log_size = 1042,
	};

	(void)state;
	assert_true(uuid_parse(TEXT(PLACEMENT), &event.placement));
	assert_true(uuid_parse(TEXT(AUTHORITY), &event.authority));
	assert_written(&event,
		       "{\"specversion\":\"1.0\",\"id\":\"" PLACEMENT ".12\","
		       "\"source\":\"https://fees.example/v1/placements/" PLACEMENT "\","
		       "\"type\":\"offer_made\",\"subject\":\"PL-1000047-P\","
		       "\"time\":\"2026-04-13T09:00:00Z\",\"datacontenttype\":\"application/json\","
		       "\"traceparent\":\"" TRACE "\","
		       "\"data\":{\"placement\":\"" PLACEMENT "\",\"reference\":\"PL-1000047-P\","
		       "\"authority\":\"" AUTHORITY "\",\"kind\":\"offer_made\",\"entry\":12,"
		       "\"version\":\"v7\",\"href\":\"/v1/placements/" PLACEMENT "\","
		       "\"log\":{\"origin\":\"fees.example/log/a\",\"size\":1042,"
		       "\"root\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}}}");
}

static void what_is_recorded_of_a_home_names_it(void **state)
{
	struct cloud_event event = {
		.public_url = TEXT("https://fees.example"),
		.kind = TEXT("flag_raised"),
		.entry = 3,
		.version = 3,
		.at_us = INT64_C(1776070800000000),
	};

	(void)state;
	assert_true(uuid_parse(TEXT(HOME), &event.home));
	assert_true(uuid_parse(TEXT(AUTHORITY), &event.authority));
	assert_written(&event, "{\"specversion\":\"1.0\",\"id\":\"" HOME ".3\","
			       "\"source\":\"https://fees.example/v1/homes/" HOME "\","
			       "\"type\":\"flag_raised\",\"time\":\"2026-04-13T09:00:00Z\","
			       "\"datacontenttype\":\"application/json\","
			       "\"data\":{\"home\":\"" HOME "\",\"authority\":\"" AUTHORITY "\","
			       "\"kind\":\"flag_raised\",\"entry\":3,\"version\":\"v3\","
			       "\"href\":\"/v1/homes/" HOME "\"}}");
}

static void what_is_of_no_placement_has_an_id_of_its_own(void **state)
{
	static const struct cloud_event event = {
		.id = TEXT("a-test"),
		.public_url = TEXT("https://fees.example"),
		.kind = TEXT("test"),
		.at_us = INT64_C(1776070800000000),
	};

	(void)state;
	assert_written(&event,
		       "{\"specversion\":\"1.0\",\"id\":\"a-test\","
		       "\"source\":\"https://fees.example/v1\",\"type\":\"test\","
		       "\"time\":\"2026-04-13T09:00:00Z\","
		       "\"datacontenttype\":\"application/json\",\"data\":{\"kind\":\"test\"}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_told_with_the_partys_own_numbers_and_the_logs_size),
		cmocka_unit_test(what_is_recorded_of_a_home_names_it),
		cmocka_unit_test(what_is_of_no_placement_has_an_id_of_its_own),
	};

	return cmocka_run_group_tests_name("cloud_event", tests, NULL, NULL);
}
