/*
 * protocols.c - the shipped protocol is what the tables print, and unsound ones are refused.
 *
 * reference/protocols/standard-1.json is laid out for people, so it is read and written again
 * before it is compared. Run from the top of the tree.
 */
#include "../unit/core/world.h"

#include "concordat/wire/json.h"

#define SHIPPED "reference/protocols/standard-1.json"

static struct text shipped(void)
{
	FILE *in = fopen(SHIPPED, "r");
	struct writer w;
	int c;

	if (!in)
		fail_msg("%s cannot be opened. Run from the top of the tree.", SHIPPED);
	writer_init(&w, arena);
	while ((c = fgetc(in)) != EOF)
		writer_char(&w, (char)c);
	fclose(in);
	return writer_text(&w);
}

static const struct protocol_document *decode(struct text json)
{
	void *document = arena_alloc(arena, protocol_document_schema.size);
	struct json_errors errors;
	const struct json_error *first;

	if (!json_decode(arena, json, &protocol_document_schema, JSON_DOCUMENT, NULL, document,
			 &errors)) {
		first = errors.items.items;
		fail_msg("%.*s: %.*s", TEXT_FMT(first->pointer), TEXT_FMT(first->detail));
	}
	return document;
}

static void the_shipped_protocol_is_what_the_tables_print(void **state)
{
	struct writer w;

	(void)state;
	writer_init(&w, arena);
	schema_write(&w, &protocol_document_schema, decode(shipped()), AUDIENCE_COMMISSIONER);
	assert_string_equal(text_cstr(arena, writer_text(&w)),
			    text_cstr(arena, protocol_write(arena, protocol_standard())));
}

static void the_shipped_protocol_is_the_standard_one(void **state)
{
	struct protocol read;
	struct text why = TEXT_NONE;

	(void)state;
	assert_true(protocol_from_document(arena, decode(shipped()), &read, &why));
	assert_string_equal(text_cstr(arena, protocol_write(arena, &read)),
			    text_cstr(arena, protocol_write(arena, protocol_standard())));
}

/* The printed document with one piece of it changed. */
static struct text changed(const char *piece, const char *into)
{
	const char *json = text_cstr(arena, protocol_write(arena, protocol_standard()));
	const char *found = strstr(json, piece);

	assert_non_null(found);
	return text_printf(arena, "%.*s%s%s", (int)(found - json), json, into,
			   found + strlen(piece));
}

static void assert_unsound(struct text json, const char *words)
{
	struct protocol out;
	struct text why = TEXT_NONE;

	assert_false(protocol_from_document(arena, decode(json), &out, &why));
	if (!strstr(text_cstr(arena, why), words))
		fail_msg("%.*s", TEXT_FMT(why));
}

static void unsound_protocols_are_refused_with_the_reason(void **state)
{
	(void)state;
	assert_unsound(changed("\"duty\":\"answer\"", "\"duty\":\"acknowledge\""), "stands twice");
	assert_unsound(changed("\"duty\":\"acknowledge\"", "\"duty\":\"answer\""), "stands twice");
	assert_unsound(changed("\"when_not_done\":\"miss\"", "\"when_not_done\":\"lapse\""),
		       "decide_at_panel cannot lapse");
	assert_unsound(changed("\"when_not_done\":\"lapse\"", "\"when_not_done\":\"miss\""),
		       "make_offer must lapse");
	assert_unsound(changed("{\"count\":3,\"roll\":\"none\",\"unit\":\"weekday\"}",
			       "{\"count\":8,\"roll\":\"none\",\"unit\":\"weekday\"}"),
		       "decide_at_panel cannot be counted");
	assert_unsound(changed("{\"count\":2,\"roll\":\"none\",\"unit\":\"working_days\"}",
			       "{\"count\":2,\"roll\":\"none\",\"unit\":\"weekday\"}"),
		       "acknowledge cannot be counted");
	assert_unsound(changed("{\"before\":2,\"unit\":\"working_days\"}",
			       "{\"before\":2,\"unit\":\"hours\"}"),
		       "decide_at_panel cannot be counted");
	assert_unsound(
		changed("\"offer_soon\":{\"count\":5,\"roll\":\"none\",\"unit\":\"working_"
			"days\"}",
			"\"offer_soon\":{\"count\":5,\"roll\":\"none\",\"unit\":\"weekday\"}"),
		"offer_soon cannot be counted");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_shipped_protocol_is_what_the_tables_print),
		TEST(the_shipped_protocol_is_the_standard_one),
		TEST(unsound_protocols_are_refused_with_the_reason),
	};

	return cmocka_run_group_tests_name("protocols", tests, NULL, NULL);
}
