/*
 * test_json.c - JSON in: what is refused before it is parsed, members, problems, and that what is
 * written reads back as it was. Single kinds are in test_json_value.c.
 *
 * The malformed texts are our own; each stands for a class of files of JSONTestSuite, named beside
 * it.
 */
#include "decoding.h"
#include "wire/stored.h"

/* ---- before any table */

static void malformed_text_is_no_json_and_points_at_its_place(void **state)
{
	(void)state;
	/* n_structure_no_data, n_single_space */
	expect_no_json(TEXT(""), "", "There is nothing here");
	expect_no_json(TEXT(" \n"), "", "There is nothing here");
	expect_no_json(TEXT_NONE, "", "There is nothing here");
	/* n_structure_UTF8_BOM_no_data, i_structure_UTF-8_BOM_empty_object */
	expect_no_json(TEXT("\xef\xbb\xbf{}"), "", "byte order mark");
	/* n_structure_object_with_trailing_garbage, n_structure_double_array */
	expect_no_json(TEXT("{\"a\":1}x"), "", "follows the end");
	expect_no_json(TEXT("{} {}"), "", "follows the end");
	/* n_structure_unclosed_object, n_structure_object_unclosed_no_value */
	expect_no_json(TEXT("{\"a\":[1,2"), "/a/1", "ends before");
	/* n_object_trailing_comma, n_array_extra_comma */
	expect_no_json(TEXT("{\"a\":1,}"), "", "not JSON");
	expect_no_json(TEXT("{\"a\":{\"b\":[0,1,]}}"), "/a/b", "not JSON");
	/* n_number_NaN, n_number_infinity, n_number_hex_1_digit, n_number_-01 */
	expect_no_json(TEXT("{\"a\":NaN}"), "/a", "not JSON");
	expect_no_json(TEXT("{\"a\":0x1}"), "/a", "not JSON");
	expect_no_json(TEXT("{\"a\":-01}"), "/a", "not JSON");
	/* n_object_single_quote, n_structure_object_with_comment */
	expect_no_json(TEXT("{'a':1}"), "", "not JSON");
	expect_no_json(TEXT("{\"a\":/*c*/1}"), "/a", "not JSON");
}

/* y_object_duplicated_key: the standard lets it pass, and we do not. */
static void member_given_twice_is_refused(void **state)
{
	(void)state;
	expect_no_json(TEXT("{\"a\":1,\"a\":1}"), "/a", "given twice");
	expect_no_json(TEXT("{\"a\":1,\"\\u0061\":2}"), "/a", "given twice");
	expect_no_json(TEXT("{\"x\":[{},{\"t\\u007e/\":1,\"t~/\":2}]}"), "/x/1/t~0~1",
		       "given twice");
}

static void nul_is_refused_wherever_it_stands(void **state)
{
	(void)state;
	/* n_multidigit_number_then_00: behind a number the parser would drop it */
	expect_no_json(TEXT("{\"a\":1\0}"), "/a", "NUL byte");
	expect_no_json(TEXT("{\"a\":[true\0,2]}"), "/a/0", "NUL byte");
	expect_no_json(TEXT("{}\0"), "", "NUL byte");
	expect_no_json(TEXT("{\"a\":\"x\0y\"}"), "/a", "NUL byte");
	/* y_string_null_escape, n_object key with one */
	expect_no_json(TEXT("{\"a\":\"x\\u0000\"}"), "/a", "NUL character");
	expect_no_json(TEXT("{\"a\\u0000b\":1}"), "", "NUL character");
}

static void text_that_is_not_utf8_is_refused(void **state)
{
	(void)state;
	/* i_string_overlong_sequence_2_bytes, i_string_UTF-8_invalid_sequence */
	expect_no_json(TEXT("{\"a\":\"\xc0\xaf\"}"), "/a", "UTF-8");
	expect_no_json(TEXT("{\"a\":\"\xff\"}"), "/a", "UTF-8");
	/* i_string_UTF8_surrogate_U+D800 */
	expect_no_json(TEXT("{\"a\":\"\xed\xa0\x80\"}"), "/a", "UTF-8");
	/* i_object_key_lone_2nd_surrogate, i_string_incomplete_surrogate_pair */
	expect_no_json(TEXT("{\"a\":\"\\ud800\"}"), "/a", "not JSON");
	expect_no_json(TEXT("{\"a\":\"\\udc00\\ud800\"}"), "/a", "not JSON");
	expect_no_json(TEXT("{\"\\udc00\":1}"), "", "not JSON");
}

static struct text nested(size_t levels)
{
	struct writer w;

	writer_init(&w, arena);
	writer_puts(&w, "{\"a\":");
	for (size_t i = 1; i < levels; i++)
		writer_char(&w, '[');
	for (size_t i = 1; i < levels; i++)
		writer_char(&w, ']');
	writer_char(&w, '}');
	return writer_text(&w);
}

static void nesting_ends_at_32_levels(void **state)
{
	struct text pointer;

	(void)state;
	assert_false(decode(nested(32), JSON_REQUEST));
	assert_false(errors.not_json);
	/* n_structure_100000_opening_arrays */
	for (size_t levels = 33; levels < 1000000; levels *= 25) {
		assert_false(decode(nested(levels), JSON_REQUEST));
		assert_true(errors.not_json);
		pointer = error_at(0)->pointer;
		assert_true(text_starts(pointer, "/a/0/0/"));
		assert_int_equal(pointer.len, 2 * 32);
	}
	/* Brackets in a text are no levels. */
	expect_taken("\"remark\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"{{{{{{{{{{{{{\"");
}

static void numbers_past_64_bits_are_no_json(void **state)
{
	(void)state;
	expect_no_json(TEXT("{\"visits\":9223372036854775808}"), "/visits", "too large");
	/* i_number_huge_exp, i_number_pos_double_huge_exp */
	expect_no_json(TEXT("{\"visits\":1e400}"), "/visits", "too large");
	expect_no_json(TEXT("{\"visits\":-9223372036854775809}"), "/visits", "too large");
}

static void ten_thousand_members_are_refused_with_twenty_errors(void **state)
{
	struct writer w;

	(void)state;
	writer_init(&w, arena);
	writer_char(&w, '{');
	for (int i = 0; i < 10000; i++)
		writer_printf(&w, "%s\"key%d\":%d", i ? "," : "", i, i);
	writer_char(&w, '}');
	assert_false(decode(writer_text(&w), JSON_REQUEST));
	assert_false(errors.not_json);
	assert_int_equal(errors.items.count, 20);
}

static void whole_must_be_an_object(void **state)
{
	static const struct text others[] = {TEXT("[]"), TEXT("1"), TEXT("\"x\""), TEXT("null")};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_false(decode(others[i], JSON_REQUEST));
		assert_false(errors.not_json);
		expect_error("", "The JSON must be an object.");
	}
}

/* ---- members */

static void missing_members_are_all_named_at_once(void **state)
{
	static const char *const pointers[] = {"/visits", "/title", "/colour", "/inner", "/parts"};

	(void)state;
	assert_false(decode(TEXT("{}"), JSON_REQUEST));
	assert_int_equal(errors.items.count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_true(text_is(error_at(i)->pointer, pointers[i]));
	assert_true(text_is(error_at(0)->detail, "\"visits\" is required."));
}

static void unknown_member_is_refused_and_the_nearest_is_named(void **state)
{
	(void)state;
	expect_refusal(
		"\"tilte\":1", "/tilte",
		"\"tilte\" is not known here. Did you mean \"title\"? If not, leave it out.");
	expect_refusal("\"zzzzzzzz\":1", "/zzzzzzzz",
		       "\"zzzzzzzz\" is not known here. Leave it out.");
	expect_refusal("\"a/b~c\":1", "/a~1b~0c", "\"a/b~c\" is not known here. Leave it out.");
	expect_refusal("\"\\u202e x\":1", "/\xe2\x80\xae x",
		       "This member is not known here. Leave it out.");
	expect_refusal("\"\":1", "/", "This member is not known here. Leave it out.");
}

static void null_is_never_a_value(void **state)
{
	(void)state;
	expect_refusal("\"remark\":null", "/remark",
		       "\"remark\" must not be null. Leave it out if there is none.");
}

static void extra_members_pass_at_the_top_alone(void **state)
{
	static const char *const extra[] = {"move", NULL};
	struct text json = with("\"move\":\"go\"");

	(void)state;
	assert_true(json_decode(arena, json, &rich_schema, JSON_REQUEST, extra, &rich, &errors));
	json = TEXT("{\"visits\":1,\"title\":\"t\",\"colour\":\"red\",\"parts\":[],"
		    "\"inner\":{\"start_day\":\"2026-01-01\",\"move\":1}}");
	assert_false(json_decode(arena, json, &rich_schema, JSON_REQUEST, extra, &rich, &errors));
	expect_error("/inner/move", "\"move\" is not known here. Leave it out.");
}

static void document_may_carry_schema_and_comments(void **state)
{
	struct text json = TEXT("{\"$schema\":\"s\",\"comment\":\"c\",\"visits\":1,\"title\":\"t\","
				"\"colour\":\"red\",\"parts\":[],"
				"\"inner\":{\"comment\":\"c\",\"start_day\":\"2026-01-01\"}}");

	(void)state;
	assert_true(decode(json, JSON_DOCUMENT));
	assert_false(decode(json, JSON_REQUEST));
	assert_int_equal(errors.items.count, 3);
}

/* ---- there and back */

static uint64_t seed;

/* A fixed sequence (Knuth's MMIX constants), so that a failure can be seen again. */
static uint64_t draw(uint64_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (seed >> 33) % below;
}

static struct text draw_text(size_t most)
{
	static const char *const pieces[] = {"a",
					     "Z",
					     " ",
					     "\"",
					     "\\",
					     "/",
					     "\n",
					     "\t",
					     "\xc3\xa9",
					     "\xe2\x82\xac",
					     "\xf0\x9f\x98\x80",
					     "\xef\xac\xb3"};
	size_t count = draw(most);
	struct writer w;

	writer_init(&w, arena);
	writer_char(&w, 'a'); /* a text is never blank */
	for (size_t i = 0; i < count; i++)
		writer_puts(&w, pieces[draw(12)]);
	return writer_text(&w);
}

static void draw_personal(struct personal *personal, size_t most, bool stored)
{
	if (draw(2))
		return;
	if (!stored)
		personal->text = draw_text(most);
	for (size_t i = 0; i < 32 && stored; i++)
		personal->digest.bytes[i] = (uint8_t)draw(256);
}

static struct list draw_parts(size_t count, bool stored)
{
	struct part *parts = arena_array(arena, struct part, count);

	for (size_t i = 0; i < count; i++) {
		schema_clear(&part_schema, &parts[i]);
		parts[i].key = draw_text(8);
		parts[i].weekly_p = (int64_t)draw(100001);
		draw_personal(&parts[i].note, 20, stored);
	}
	return (struct list){parts, count};
}

static struct list draw_map(void)
{
	size_t count = draw(31);
	struct map_entry *entries = arena_array(arena, struct map_entry, count);

	for (size_t i = 0; i < count; i++) {
		entries[i].key = text_printf(arena, "k%d_%zu", (int)draw(1000), i);
		entries[i].value_r = (int64_t)draw(2000000000) - 1000000000;
	}
	return (struct list){entries, count};
}

static struct list draw_words(void)
{
	size_t count = draw(4), first = draw(3);
	int32_t *words = arena_array(arena, int32_t, count);

	for (size_t i = 0; i < count; i++)
		words[i] = (int32_t)((first + i) % 3);
	return (struct list){words, count};
}

static struct rich draw_rich(bool stored)
{
	struct rich drawn;

	schema_clear(&rich_schema, &drawn);
	drawn.urgent = draw(2);
	drawn.visits = 1 + (int64_t)draw(168);
	drawn.weekly_p = draw(2) ? (int64_t)draw(5000001) : NO_INT;
	drawn.change_p = draw(2) ? (int64_t)draw(1001) - 500 : NO_INT;
	drawn.rate_r = draw(2) ? (int64_t)draw(1000001) : NO_INT;
	drawn.share_r = draw(2) ? (int64_t)draw(20001) - 10000 : NO_INT;
	drawn.title = draw_text(20);
	drawn.remark = draw(2) ? TEXT("") : TEXT_NONE;
	draw_personal(&drawn.reason, 200, stored);
	drawn.colour = (int32_t)draw(3);
	drawn.day = draw(2) ? (int32_t)draw(80000) : NO_DAY;
	drawn.at_us = draw(2) ? (int64_t)draw(2000000000) * 1000000 + (int64_t)draw(3) : NEVER_US;
	for (size_t i = 0; i < 16; i++)
		drawn.home.bytes[i] = (uint8_t)draw(256);
	for (size_t i = 0; i < 32; i++)
		drawn.seal.bytes[i] = (uint8_t)draw(256);
	drawn.inner.start_day = (int32_t)draw(80000);
	drawn.inner.rate_r = draw(2) ? (int64_t)draw(1000000) : NO_INT;
	drawn.parts = draw_parts(draw(4), stored);
	drawn.spare = draw_parts(draw(41), stored);
	drawn.inputs = draw_map();
	drawn.tones = draw_words();
	drawn.reference = stored && draw(2) ? draw_text(30) : TEXT_NONE;
	drawn.internal = draw(2) ? draw_text(30) : TEXT_NONE;
	draw_personal(&drawn.name, 30, stored);
	return drawn;
}

static struct text written(const struct rich *subject, enum audience audience)
{
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, &rich_schema, subject, audience);
	return writer_text(&w);
}

static void what_is_written_reads_back_and_is_written_the_same(void **state)
{
	(void)state;
	seed = 20260413;
	for (int i = 0; i < 2000; i++) {
		bool stored = i % 2;
		enum audience audience = stored ? AUDIENCE_FACT : AUDIENCE_COMMISSIONER;
		struct rich drawn = draw_rich(stored);
		struct text first = written(&drawn, audience);
		bool read = stored ? stored_decode(arena, first, &rich_schema, &rich, &errors)
				   : decode(first, JSON_REQUEST);

		if (!read)
			fail_msg("%.*s: %.*s", TEXT_FMT(first), TEXT_FMT(error_at(0)->detail));
		for (size_t n = 0; n < rich_schema.count; n++)
			assert_int_equal(field_is_absent(&rich_schema.fields[n], &rich),
					 field_is_absent(&rich_schema.fields[n], &drawn));
		assert_int_equal(rich.visits, drawn.visits);
		assert_int_equal(rich.at_us, drawn.at_us);
		assert_true(text_eq(rich.title, drawn.title));
		assert_string_equal(written(&rich, audience).at, first.at);
	}
}

/* ---- single members */

static void member_chooses_a_schema(void **state)
{
	(void)state;
	assert_true(
		text_is(json_member(arena, TEXT("{\"move\":\"acce\\u0070t\"}"), "move", &errors),
			"accept"));
	assert_int_equal(errors.items.count, 0);
	assert_null(json_member(arena, TEXT("{\"move\":1}"), "move", &errors).at);
	assert_null(json_member(arena, TEXT("{}"), "move", &errors).at);
	assert_int_equal(errors.items.count, 0);
	assert_null(json_member(arena, TEXT("{"), "move", &errors).at);
	assert_true(errors.not_json);
	assert_null(json_member(arena, TEXT("[]"), "move", &errors).at);
	expect_error("", "The JSON must be an object.");
}

static void raw_member_is_the_text_as_it_stands(void **state)
{
	struct text json = TEXT("{\"a\":{\"data\":0},\"d\\u0061ta\" : {\"b\":[1,{\"c\":\"}],\"}]} ,"
				"\"z\":\"q\\\"}\"}");

	(void)state;
	assert_true(text_is(json_member_raw(arena, json, "data"), "{\"b\":[1,{\"c\":\"}],\"}]}"));
	assert_true(text_is(json_member_raw(arena, json, "a"), "{\"data\":0}"));
	assert_true(text_is(json_member_raw(arena, json, "z"), "\"q\\\"}\""));
	assert_null(json_member_raw(arena, json, "b").at);
	assert_null(json_member_raw(arena, TEXT("{\"a\":"), "a").at);
}

/* ---- problems */

static void problem_has_the_members_of_rfc9457(void **state)
{
	struct json_error items[] = {{TEXT("/a~1b"), TEXT("\"a/b\" is required.")}};
	struct problem problem = {
		.status = 422,
		.code = "does_not_fit",
		.detail = TEXT("Two things do not fit. Mend them and send it again."),
		.errors = {items, 1},
		.request_id = TEXT("r1"),
		.version = TEXT("v7"),
		.allowed_moves = TEXT("[{\"move\":\"sign\"}]"),
	};

	(void)state;
	assert_true(text_is(
		problem_write(arena, &problem, "https://care.example/"),
		"{\"type\":\"https://care.example/problems/does_not_fit\","
		"\"title\":\"This key was used for another request\",\"status\":422,"
		"\"detail\":\"Two things do not fit. Mend them and send it again.\","
		"\"code\":\"does_not_fit\",\"errors\":[{\"detail\":\"\\\"a/b\\\" is required.\","
		"\"pointer\":\"/a~1b\"}],\"request_id\":\"r1\",\"version\":\"v7\","
		"\"allowed_moves\":[{\"move\":\"sign\"}]}"));
}

static void problem_leaves_out_what_there_is_not(void **state)
{
	struct problem problem = {.status = 404, .code = "not_found", .title = "Not here"};

	(void)state;
	assert_true(
		text_is(problem_write(arena, &problem, NULL),
			"{\"type\":\"/problems/not_found\",\"title\":\"Not here\",\"status\":404,"
			"\"code\":\"not_found\"}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(malformed_text_is_no_json_and_points_at_its_place),
		cmocka_unit_test(member_given_twice_is_refused),
		cmocka_unit_test(nul_is_refused_wherever_it_stands),
		cmocka_unit_test(text_that_is_not_utf8_is_refused),
		cmocka_unit_test(nesting_ends_at_32_levels),
		cmocka_unit_test(numbers_past_64_bits_are_no_json),
		cmocka_unit_test(ten_thousand_members_are_refused_with_twenty_errors),
		cmocka_unit_test(whole_must_be_an_object),
		cmocka_unit_test(missing_members_are_all_named_at_once),
		cmocka_unit_test(unknown_member_is_refused_and_the_nearest_is_named),
		cmocka_unit_test(null_is_never_a_value),
		cmocka_unit_test(extra_members_pass_at_the_top_alone),
		cmocka_unit_test(document_may_carry_schema_and_comments),
		cmocka_unit_test(what_is_written_reads_back_and_is_written_the_same),
		cmocka_unit_test(member_chooses_a_schema),
		cmocka_unit_test(raw_member_is_the_text_as_it_stands),
		cmocka_unit_test(problem_has_the_members_of_rfc9457),
		cmocka_unit_test(problem_leaves_out_what_there_is_not),
	};

	return cmocka_run_group_tests_name("json", tests, set_up, tear_down);
}
