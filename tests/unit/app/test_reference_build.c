/*
 * test_reference_build.c - a protocol that an earlier release loaded, and the authority under it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/held/reference.h"
#include "app/internal.h"

#include "concordat/wire/document.h"

#define COLUMNS 9
#define AUTHORITY "00000000-0000-4000-8000-000000000001"

static struct arena *arena;

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

/* The standard protocol's document as a release wrote it that knew no duty from first on. */
static struct text standard_before(enum duty first)
{
	const char *json = text_cstr(arena, protocol_write(arena, protocol_standard()));
	const char *row = strstr(
		json, text_cstr(arena, text_printf(arena, "\"duty\":\"%s\"", duty_names[first])));
	const char *end = strstr(json, "],\"title\":");

	assert_non_null(row);
	assert_non_null(end);
	while (strncmp(row, ",{\"discharge\"", 13) != 0)
		row--;
	return text_printf(arena, "%.*s%s", (int)(row - json), json, end);
}

/* An authority with a calendar and the protocol of this document. */
static struct generation *built(struct text protocol)
{
	const struct text cells[] = {
		TEXT("1"),
		TEXT("england-and-wales"),
		TEXT("1"),
		TEXT_NONE,
		TEXT_NONE,
		TEXT("{\"division\":\"england-and-wales\",\"version\":1,\"first_day\":\"2026-01-"
		     "01\","
		     "\"last_day\":\"2027-12-31\",\"events\":[{\"title\":\"New Year's Day\","
		     "\"date\":\"2026-01-01\"}]}"),
		TEXT_NONE,
		TEXT_NONE,
		TEXT_NONE,
		/* the protocol */
		TEXT("2"),
		TEXT("standard"),
		TEXT("1"),
		TEXT_NONE,
		TEXT_NONE,
		protocol,
		TEXT_NONE,
		TEXT_NONE,
		TEXT_NONE,
		/* the authority's calendar: nothing is closed */
		TEXT("4"),
		TEXT(AUTHORITY),
		TEXT("1"),
		TEXT("england-and-wales"),
		TEXT_NONE,
		TEXT_NONE,
		TEXT_NONE,
		TEXT_NONE,
		TEXT("1"),
		/* the authority */
		TEXT("5"),
		TEXT(AUTHORITY),
		TEXT("1"),
		TEXT("england-and-wales"),
		TEXT("Northmere"),
		TEXT("standard"),
		TEXT("3"),
		TEXT_NONE,
		TEXT_NONE,
	};
	const struct rows rows = {sizeof(cells) / sizeof(cells[0]) / COLUMNS, COLUMNS, cells};

	return generation_build(NULL, &rows);
}

static void an_authority_stands_under_a_protocol_that_lacks_later_duties(void **state)
{
	struct generation *g = built(standard_before(DUTY_CONSENT_TO_NOVATION));
	const struct authority_settings *authority;
	const struct timescale *filled, *usual;
	struct uuid id;

	(void)state;
	assert_true(uuid_parse(TEXT(AUTHORITY), &id));
	authority = generation_authority(g, id);
	assert_non_null(authority);
	assert_non_null(generation_under(g, authority, TEXT("standard/1")));
	for (int duty = DUTY_CONSENT_TO_NOVATION; duty < DUTY_COUNT; duty++) {
		filled = &authority->world.protocol->timescales[duty];
		usual = &protocol_standard()->timescales[duty];
		assert_int_equal(filled->duty, duty);
		assert_memory_equal(filled->by_urgency, usual->by_urgency,
				    sizeof(usual->by_urgency));
		assert_int_equal(filled->reminders.count, usual->reminders.count);
		assert_int_equal(filled->when_not_done, usual->when_not_done);
		assert_true(filled->repeat_days == usual->repeat_days);
	}
	arena_free(g->arena);
}

static void a_new_protocol_names_every_duty(void **state)
{
	struct text why = TEXT_NONE;

	(void)state;
	assert_null(protocol_decode(arena, standard_before(DUTY_OFFER_HELP), &why));
	assert_non_null(strstr(text_cstr(arena, why), "offer_help is missing"));
}

/* Its version is the same and is not loaded again: whether it is another is asked without what was
 * filled in. */
static void what_was_filled_in_is_no_disagreement(void **state)
{
	struct text why = TEXT_NONE;
	const struct protocol *stored =
		protocol_stored_decode(arena, standard_before(DUTY_OFFER_HELP), &why);
	struct protocol other = *protocol_standard();

	(void)state;
	assert_non_null(stored);
	assert_true(stored->filled == BIT(DUTY_OFFER_HELP));
	assert_true(protocol_agrees(arena, stored, protocol_standard()));
	other.timescales[DUTY_OFFER_HELP].by_urgency[URGENCY_ORDINARY].count++;
	assert_true(protocol_agrees(arena, stored, &other));
	other.timescales[DUTY_SIGN].by_urgency[URGENCY_ORDINARY].count++;
	assert_false(protocol_agrees(arena, stored, &other));
}

static void a_duty_that_is_not_known_is_refused_even_when_it_is_stored(void **state)
{
	const char *json = text_cstr(arena, standard_before(DUTY_OFFER_HELP));
	const char *at = strstr(json, "\"improvement_plan\"");
	struct text why = TEXT_NONE;

	(void)state;
	assert_non_null(at);
	assert_null(
		protocol_stored_decode(arena,
				       text_printf(arena, "%.*s\"wave_a_flag\"%s", (int)(at - json),
						   json, at + strlen("\"improvement_plan\"")),
				       &why));
	assert_non_null(strstr(text_cstr(arena, why), "/duty"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_authority_stands_under_a_protocol_that_lacks_later_duties),
		TEST(a_new_protocol_names_every_duty),
		TEST(what_was_filled_in_is_no_disagreement),
		TEST(a_duty_that_is_not_known_is_refused_even_when_it_is_stored),
	};

	return cmocka_run_group_tests_name("reference_build", tests, NULL, NULL);
}
