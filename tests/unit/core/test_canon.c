/*
 * test_canon.c - canonical JSON: RFC 8785's own examples, each kind, each audience.
 *
 * That what is written reads back as it was is shown in tests/unit/wire/test_json.c: core knows no
 * reader.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../wire/rich.h"
#include "concordat/core/entries.h"
#include "concordat/core/words.h"

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

static const char *string_of(struct text t)
{
	struct writer w;

	writer_init(&w, arena);
	canon_string(&w, t);
	return writer_text(&w).at;
}

static const char *written(const struct schema *schema, const void *data, enum audience audience)
{
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, schema, data, audience);
	return writer_text(&w).at;
}

/* RFC 8785, section 3.2.2: the member "string" of the example, and what becomes of it. */
static void rfc8785_string_example_is_escaped_as_printed(void **state)
{
	(void)state;
	assert_string_equal(string_of(TEXT("\xe2\x82\xac$\x0f\nA'B\"\\\\\"/")),
			    "\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
}

/* RFC 8785, section 3.2.2.2: the seven short escapes, \u00xx in lower case, and nothing else. */
static void every_control_character_has_its_one_escape(void **state)
{
	(void)state;
	assert_string_equal(string_of(TEXT("\b\t\n\f\r\"\\")), "\"\\b\\t\\n\\f\\r\\\"\\\\\"");
	assert_string_equal(string_of((struct text){"\0\x01\x1b\x1f", 4}),
			    "\"\\u0000\\u0001\\u001b\\u001f\"");
	assert_string_equal(string_of(TEXT("\x7f/<>&'\xf0\x9f\x98\x80")),
			    "\"\x7f/<>&'\xf0\x9f\x98\x80\"");
	assert_string_equal(string_of(TEXT("")), "\"\"");
}

struct holder {
	struct list map;
};
static const struct field holder_fields[] = {ROW(holder, map, FIELD_MAP)};
static const struct schema holder_schema = SCHEMA("holder", struct holder, holder_fields, NULL);

/* RFC 8785, section 3.2.3: the keys of the sorting example, in the order of the example. */
static void rfc8785_sorting_example_has_utf16_order(void **state)
{
	struct map_entry entries[] = {
		{TEXT("\xe2\x82\xac"), 10000},	   /* U+20AC euro sign */
		{TEXT("\r"), 20000},		   /* carriage return */
		{TEXT("\xef\xac\xb3"), 30000},	   /* U+FB33 Hebrew letter dalet with dagesh */
		{TEXT("1"), 40000},		   /* one */
		{TEXT("\xf0\x9f\x98\x80"), 50000}, /* U+1F600 grinning face */
		{TEXT("\xc2\x80"), 60000},	   /* U+0080 control */
		{TEXT("\xc3\xb6"), 70000},	   /* U+00F6 o with diaeresis */
	};
	struct holder holder = {{entries, 7}};

	(void)state;
	assert_string_equal(written(&holder_schema, &holder, AUDIENCE_FACT),
			    "{\"map\":{\"\\r\":\"2.00\",\"1\":\"4.00\",\"\xc2\x80\":\"6.00\","
			    "\"\xc3\xb6\":\"7.00\","
			    "\"\xe2\x82\xac\":\"1.00\",\"\xf0\x9f\x98\x80\":\"5.00\","
			    "\"\xef\xac\xb3\":\"3.00\"}}");
}

struct number {
	int64_t n;
};
static const struct field number_fields[] = {ROW(number, n, FIELD_INT, .flags = FIELD_REQUIRED)};
static const struct schema number_schema = SCHEMA("number", struct number, number_fields, NULL);

/* RFC 8785, appendix B: the integers among the samples, and the largest that are exact in every
 * reader. */
static void rfc8785_integers_are_written_as_printed(void **state)
{
	static const struct {
		int64_t n;
		const char *json;
	} samples[] = {
		{0, "{\"n\":0}"},
		{INT64_C(9007199254740991), "{\"n\":9007199254740991}"},
		{INT64_C(9007199254740992), "{\"n\":9007199254740992}"},
		{INT64_C(-9007199254740992), "{\"n\":-9007199254740992}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct number number = {samples[i].n};

		assert_string_equal(written(&number_schema, &number, AUDIENCE_FACT),
				    samples[i].json);
	}
}

static struct rich rich_filled(struct part *part, struct map_entry *entries)
{
	static int32_t tones[] = {2, 0};
	struct rich rich;

	schema_clear(&rich_schema, &rich);
	rich.urgent = true;
	rich.visits = 14;
	rich.weekly_p = 125000;
	rich.change_p = -500;
	rich.rate_r = 142025;
	rich.title = TEXT("Nights");
	rich.reason.text = TEXT("near family");
	rich.reason.digest.bytes[31] = 0xab;
	rich.name.digest.bytes[0] = 0x01;
	rich.internal = TEXT("limit");
	rich.colour = 1;
	rich.day = day_of(2026, 4, 13);
	rich.at_us = london_instant(rich.day, 17, 0);
	assert_true(uuid_parse(TEXT("019B7C11-5D2E-7C4A-9A51-3F6F0C1F2A10"), &rich.home));
	rich.inner.start_day = day_of(2028, 2, 29);
	schema_clear(&part_schema, part);
	part->key = TEXT("a");
	part->weekly_p = 0;
	rich.parts = (struct list){part, 1};
	entries[0] = (struct map_entry){TEXT("hours"), 125000};
	entries[1] = (struct map_entry){TEXT("beds"), 30000};
	rich.inputs = (struct list){entries, 2};
	rich.tones = (struct list){tones, 2};
	return rich;
}

static void every_kind_is_written_sorted_and_absent_members_are_left_out(void **state)
{
	struct part part;
	struct map_entry entries[2];
	struct rich rich = rich_filled(&part, entries);

	(void)state;
	assert_string_equal(
		written(&rich_schema, &rich, AUDIENCE_FACT),
		"{\"at_us\":\"2026-04-13T16:00:00Z\",\"change_p\":{\"amount\":-500,\"currency\":"
		"\"GBP\"},"
		"\"colour\":\"green\",\"day\":\"2026-04-13\","
		"\"home\":\"019b7c11-5d2e-7c4a-9a51-3f6f0c1f2a10\","
		"\"inner\":{\"start_day\":\"2028-02-29\"},\"inputs\":{\"beds\":\"3.00\",\"hours\":"
		"\"12.50\"},"
		"\"internal\":\"limit\","
		"\"name\":\"0100000000000000000000000000000000000000000000000000000000000000\","
		"\"parts\":[{\"key\":\"a\",\"weekly_p\":{\"amount\":0,\"currency\":\"GBP\"}}],"
		"\"rate_r\":\"14.2025\","
		"\"reason\":\"00000000000000000000000000000000000000000000000000000000000000ab\","
		"\"title\":\"Nights\",\"tones\":[\"blue\",\"red\"],\"urgent\":true,\"visits\":14,"
		"\"weekly_p\":{\"amount\":125000,\"currency\":\"GBP\"}}");
}

static void commissioner_reads_texts_and_null_where_a_text_is_gone(void **state)
{
	struct part part;
	struct map_entry entries[2];
	struct rich rich = rich_filled(&part, entries);
	const char *seen = written(&rich_schema, &rich, AUDIENCE_COMMISSIONER);

	(void)state;
	assert_non_null(strstr(seen, "\"reason\":\"near family\""));
	assert_non_null(strstr(seen, "\"name\":null"));
	assert_non_null(strstr(seen, "\"internal\":\"limit\""));
}

static void provider_does_not_see_what_is_the_commissioners_or_identifies(void **state)
{
	struct part part;
	struct map_entry entries[2];
	struct rich rich = rich_filled(&part, entries);
	const char *seen = written(&rich_schema, &rich, AUDIENCE_PROVIDER);

	(void)state;
	assert_non_null(strstr(seen, "\"reason\":\"near family\""));
	assert_null(strstr(seen, "\"name\""));
	assert_null(strstr(seen, "\"internal\""));
}

static void cleared_struct_has_every_member_absent(void **state)
{
	struct rich rich;

	(void)state;
	memset(&rich, 0x5a, sizeof(rich));
	schema_clear(&rich_schema, &rich);
	for (size_t i = 0; i < rich_schema.count; i++)
		assert_true(field_is_absent(&rich_schema.fields[i], &rich));
	/* What is required and has no sentinel is written all the same. */
	assert_string_equal(written(&rich_schema, &rich, AUDIENCE_FACT),
			    "{\"inner\":{},\"parts\":[]}");
}

static void a_set_member_is_not_absent(void **state)
{
	struct part part;
	struct map_entry entries[2];
	struct rich rich = rich_filled(&part, entries);

	(void)state;
	for (size_t i = 0; i < rich_schema.count; i++) {
		const char *name = rich_schema.fields[i].name;
		bool unset = !strcmp(name, "share_r") || !strcmp(name, "remark") ||
			     !strcmp(name, "seal") || !strcmp(name, "spare") ||
			     !strcmp(name, "reference");

		assert_int_equal(field_is_absent(&rich_schema.fields[i], &rich), unset);
	}
}

static void on_text(void *context, struct text path, struct personal *personal)
{
	writer_printf(context, "%.*s=%.*s;", TEXT_FMT(path), TEXT_FMT(personal->text));
}

static void each_personal_text_is_found_with_its_path(void **state)
{
	struct part parts[2];
	struct map_entry entries[2];
	struct rich rich = rich_filled(&parts[0], entries);
	struct writer w;

	(void)state;
	schema_clear(&part_schema, &parts[1]);
	parts[1].note.text = TEXT("likes tea");
	rich.parts.count = 2;
	writer_init(&w, arena);
	schema_each_personal(arena, &rich_schema, &rich, on_text, &w);
	assert_string_equal(writer_text(&w).at, "reason=near family;parts/1/note=likes tea;");
}

static void enum_is_parsed_by_its_whole_name(void **state)
{
	(void)state;
	assert_int_equal(enum_parse(move_names, TEXT("make_offer")), MOVE_MAKE_OFFER);
	assert_int_equal(enum_parse(move_names, TEXT("make_offe")), NO_ENUM);
	assert_int_equal(enum_parse(move_names, TEXT("Make_offer")), NO_ENUM);
	assert_int_equal(enum_parse(move_names, TEXT_NONE), NO_ENUM);
}

static void name_tables_are_as_long_as_their_enums(void **state)
{
	(void)state;
	assert_null(move_names[MOVE_COUNT]);
	assert_string_equal(move_names[MOVE_LAPSE], "lapse");
	assert_null(fact_names[FACT_COUNT]);
	assert_string_equal(fact_names[FACT_LAPSED], "lapsed");
	assert_null(stage_names[STAGE_COUNT]);
	assert_string_equal(stage_names[STAGE_ENDED], "ended");
	assert_null(duty_names[DUTY_COUNT]);
	assert_string_equal(obligation_state_names[OBLIGATION_RELEASED], "released");
}

static void assert_names_differ(const struct schema *schema)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];

		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(field->name, schema->fields[j].name);
		if (field->kind == FIELD_OBJECT || field->kind == FIELD_LIST)
			assert_names_differ(field->of);
	}
}

/* The reader counts the members it knows to learn whether there are others. */
static void no_table_names_a_member_twice(void **state)
{
	(void)state;
	for (int move = 0; move < MOVE_COUNT; move++)
		if (move_schema((enum move)move))
			assert_names_differ(move_schema((enum move)move));
	assert_names_differ(&opened_schema);
	assert_names_differ(&closed_schema);
	assert_names_differ(&due_change_schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc8785_string_example_is_escaped_as_printed),
		cmocka_unit_test(every_control_character_has_its_one_escape),
		cmocka_unit_test(rfc8785_sorting_example_has_utf16_order),
		cmocka_unit_test(rfc8785_integers_are_written_as_printed),
		cmocka_unit_test(every_kind_is_written_sorted_and_absent_members_are_left_out),
		cmocka_unit_test(commissioner_reads_texts_and_null_where_a_text_is_gone),
		cmocka_unit_test(provider_does_not_see_what_is_the_commissioners_or_identifies),
		cmocka_unit_test(cleared_struct_has_every_member_absent),
		cmocka_unit_test(no_table_names_a_member_twice),
		cmocka_unit_test(a_set_member_is_not_absent),
		cmocka_unit_test(each_personal_text_is_found_with_its_path),
		cmocka_unit_test(enum_is_parsed_by_its_whole_name),
		cmocka_unit_test(name_tables_are_as_long_as_their_enums),
	};

	return cmocka_run_group_tests_name("canon", tests, set_up, tear_down);
}
