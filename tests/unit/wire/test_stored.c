/*
 * test_stored.c - stored text: every kind as it is written, and every other way refused. That what
 * is written reads back is test_json.c's and test_fact.c's.
 */
#include "decoding.h"
#include "wire/stored.h"

static bool decode_stored(struct text json)
{
	return stored_decode(arena, json, &rich_schema, &rich, &errors);
}

/* The members a sound text has at least, with one more in its place or instead of its like. */
static struct text stored_with(const char *member)
{
	static const char *const required[] = {"\"colour\":\"red\"",
					       "\"inner\":{\"start_day\":\"2026-01-01\"}",
					       "\"parts\":[]", "\"title\":\"t\"", "\"visits\":1"};
	size_t length = (size_t)(strchr(member, ':') - member);
	bool placed = false;
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < 5; i++) {
		int order = strncmp(member, required[i], length);

		writer_char(&w, i ? ',' : '{');
		if (!placed && order <= 0)
			writer_printf(&w, order ? "%s," : "%s", member);
		placed = placed || order <= 0;
		if (order != 0)
			writer_puts(&w, required[i]);
	}
	writer_printf(&w, placed ? "}" : ",%s}", member);
	return writer_text(&w);
}

static void expect_stored(const char *member)
{
	if (!decode_stored(stored_with(member)))
		fail_msg("%s: %s", member, text_cstr(arena, error_at(0)->detail));
	assert_int_equal(errors.items.count, 0);
}

static void expect_not_stored(const char *member, const char *pointer, const char *detail)
{
	assert_false(decode_stored(stored_with(member)));
	expect_error(pointer, detail);
}

static void expect_broken(struct text json, const char *pointer, const char *says)
{
	assert_false(decode_stored(json));
	assert_int_equal(errors.items.count, 1);
	assert_string_equal(text_cstr(arena, error_at(0)->pointer), pointer);
	assert_non_null(strstr(text_cstr(arena, error_at(0)->detail), says));
}

static struct text rewritten(void)
{
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, &rich_schema, &rich, AUDIENCE_FACT);
	return writer_text(&w);
}

/* ---- kinds */

#define DIGEST "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9"

static void every_kind_is_read(void **state)
{
	const struct map_entry *entry;
	const struct part *part;

	(void)state;
	expect_stored("\"urgent\":true");
	assert_true(rich.urgent);
	expect_stored("\"visits\":-9223372036854775807");
	assert_int_equal(rich.visits, -INT64_MAX);
	expect_stored("\"weekly_p\":{\"amount\":-125000,\"currency\":\"GBP\"}");
	assert_int_equal(rich.weekly_p, -125000);
	expect_stored("\"rate_r\":\"-14.2025\"");
	assert_int_equal(rich.rate_r, -142025);
	expect_stored("\"remark\":\"Ren\xc3\xa9\xe2\x80\x99s \xf0\x9f\x98\x80 /\x7f\"");
	assert_true(text_is(rich.remark, "Ren\xc3\xa9\xe2\x80\x99s \xf0\x9f\x98\x80 /\x7f"));
	expect_stored("\"remark\":\"\"");
	assert_non_null(rich.remark.at);
	expect_stored("\"colour\":\"blue\"");
	assert_int_equal(rich.colour, 2);
	expect_stored("\"day\":\"1970-01-02\"");
	assert_int_equal(rich.day, 1);
	expect_stored("\"at_us\":\"1970-01-01T00:00:01.000002Z\"");
	assert_int_equal(rich.at_us, 1000002);
	expect_stored("\"home\":\"019b7c11-5d2e-7c4a-9a51-3f6f0c1f2a10\"");
	assert_int_equal(rich.home.bytes[15], 0x10);
	expect_stored("\"seal\":\"" DIGEST "\"");
	assert_int_equal(rich.seal.bytes[31], 0xb9);
	expect_stored("\"inner\":{\"rate_r\":\"0.00\",\"start_day\":\"2026-04-13\"}");
	assert_int_equal(rich.inner.rate_r, 0);
	expect_stored("\"parts\":[{\"key\":\"a\",\"weekly_p\":{\"amount\":1,\"currency\":\"GBP\"}},"
		      "{\"key\":\"b\",\"note\":\"" DIGEST
		      "\",\"weekly_p\":{\"amount\":0,\"currency\":\"GBP\"}}]");
	part = rich.parts.items;
	assert_int_equal(rich.parts.count, 2);
	assert_true(text_is(part[1].key, "b"));
	assert_true(digest_is_zero(&part[0].note.digest));
	assert_int_equal(part[1].note.digest.bytes[0], 0xfc);
	expect_stored("\"inputs\":{\"Beds\":\"3.00\",\"beds\":\"0.0001\",\"rooms\":\"-12.50\"}");
	entry = rich.inputs.items;
	assert_int_equal(rich.inputs.count, 3);
	assert_true(text_is(entry[2].key, "rooms"));
	assert_int_equal(entry[2].value_r, -125000);
	expect_stored("\"tones\":[\"green\",\"red\"]");
	assert_int_equal(((const int32_t *)rich.tones.items)[0], 1);
}

static void what_is_left_out_is_absent(void **state)
{
	(void)state;
	expect_stored("\"visits\":1");
	assert_int_equal(rich.weekly_p, NO_INT);
	assert_int_equal(rich.day, NO_DAY);
	assert_int_equal(rich.at_us, NEVER_US);
	assert_null(rich.remark.at);
	assert_int_equal(rich.inner.rate_r, NO_INT);
	assert_int_equal(rich.spare.count + rich.inputs.count + rich.tones.count, 0);
}

static void derived_members_are_read_and_personal_ones_are_digests(void **state)
{
	(void)state;
	expect_stored("\"reference\":\"PL-1000047-P\"");
	assert_true(text_is(rich.reference, "PL-1000047-P"));
	expect_stored("\"reason\":\"" DIGEST "\"");
	assert_null(rich.reason.text.at);
	assert_int_equal(rich.reason.digest.bytes[0], 0xfc);
	expect_not_stored("\"reason\":\"near family\"", "/reason",
			  "\"reason\" must be a SHA-256 digest of 64 small hexadecimal digits, not "
			  "all zeros.");
}

/* A limit that is tightened, or a member that is no longer required, leaves old facts readable. */
static void facts_are_read_past_limits(void **state)
{
	(void)state;
	expect_stored("\"visits\":169");
	expect_stored("\"internal\":\"0123456789012345678901234567890123456789\"");
	expect_stored("\"spare\":[]");
	expect_stored("\"tones\":[]");
	expect_stored("\"inputs\":{}");
	expect_stored("\"urgent\":false");
}

static void escapes_are_read_as_they_are_written(void **state)
{
	(void)state;
	expect_stored("\"remark\":\"\\\"\\\\ \\b\\t\\n\\f\\r \\u0001\\u001f\"");
	assert_true(text_is(rich.remark, "\"\\ \b\t\n\f\r \x01\x1f"));
	assert_true(text_eq(rewritten(), stored_with("\"remark\":\"\\\"\\\\ \\b\\t\\n\\f\\r "
						     "\\u0001\\u001f\"")));
}

/* ---- another way to write it */

static void each_value_has_one_way_to_be_written(void **state)
{
	static const char *const others[] = {
		"\"visits\":+1", "\"visits\":01", "\"visits\":-0", "\"visits\":1.0",
		"\"visits\":1e2", "\"visits\":\"1\"", "\"visits\":", "\"visits\":-",
		"\"visits\":null", "\"visits\":9223372036854775808",
		/* would read as absent */
		"\"visits\":-9223372036854775808", "\"urgent\":1", "\"urgent\":null",
		"\"urgent\":True", "\"urgent\":tru", "\"title\":null", "\"title\":1",
		"\"title\":[]", "\"title\":\"\\/\"", "\"title\":\"\\u0041\"",
		"\"title\":\"\\u000a\"", "\"title\":\"\\u001F\"", "\"title\":\"\\u0000\"",
		"\"title\":\"\\u00e9\"", "\"title\":\"\\u000\"", "\"title\":\"\\u0\"",
		"\"title\":\"\\x\"", "\"title\":\"a\nb\"", "\"title\":\"\x1f\"",
		/* not UTF-8: overlong, a surrogate, past the last, cut short */
		"\"title\":\"\xc0\xaf\"", "\"title\":\"\xed\xa0\x80\"",
		"\"title\":\"\xf4\x90\x80\x80\"", "\"title\":\"\xe2\x82\"", "\"rate_r\":\"14.2\"",
		"\"rate_r\":\"14\"", "\"rate_r\":\"14.200\"", "\"rate_r\":\"14.2020\"",
		"\"rate_r\":\"014.20\"", "\"rate_r\":\"-0.00\"", "\"rate_r\":\"-.50\"",
		"\"rate_r\":\"\"", "\"rate_r\":\"1.00001\"", "\"rate_r\":\"00.50\"",
		"\"rate_r\":14.20", "\"rate_r\":\"+1.00\"", "\"colour\":\"RED\"", "\"colour\":\"\"",
		"\"colour\":0", "\"colour\":\"r\\u0065d\"", "\"day\":\"2026-4-13\"",
		"\"day\":\"2026-02-30\"", "\"day\":20260413",
		"\"at_us\":\"2026-04-13T16:00:00+00:00\"", "\"at_us\":\"2026-04-13t16:00:00Z\"",
		"\"at_us\":\"2026-04-13T16:00:00z\"", "\"at_us\":\"2026-04-13T16:00:00.5Z\"",
		"\"at_us\":\"2026-04-13T16:00:00.000000Z\"",
		"\"at_us\":\"2026-04-13T16:00:00.0000010Z\"", "\"at_us\":\"2026-04-13\"",
		"\"home\":\"019B7C11-5d2e-7c4a-9a51-3f6f0c1f2a10\"",
		"\"home\":\"00000000-0000-0000-0000-000000000000\"", "\"home\":\"\"",
		"\"seal\":\"FCde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9\"",
		"\"seal\":\"0000000000000000000000000000000000000000000000000000000000000000\"",
		"\"seal\":\"fc\""};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const char *member = others[i];
		struct text pointer = text_printf(
			arena, "/%.*s", (int)(strchr(member + 1, '"') - member - 1), member + 1);

		if (decode_stored(stored_with(member)))
			fail_msg("taken: %s", member);
		assert_int_equal(errors.items.count, 1);
		/* or behind it, where what was read ends */
		if (error_at(0)->pointer.len)
			assert_string_equal(text_cstr(arena, error_at(0)->pointer), pointer.at);
	}
}

static void money_is_pence_and_gbp_and_nothing_else(void **state)
{
	static const char *const others[] = {
		"1250",
		"{}",
		"{\"amount\":1}",
		"{\"currency\":\"GBP\",\"amount\":1}",
		"{\"amount\":1,\"currency\":\"EUR\"}",
		"{\"amount\":1,\"currency\":\"GBP\",\"x\":1}",
		"{\"amount\":01,\"currency\":\"GBP\"}",
		"{\"amount\": 1,\"currency\":\"GBP\"}",
		"{\"amount\":-9223372036854775808,\"currency\":\"GBP\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		expect_not_stored(text_printf(arena, "\"weekly_p\":%s", others[i]).at, "/weekly_p",
				  "\"weekly_p\" must be money in canonical form: "
				  "{\"amount\":pence,\"currency\":\"GBP\"}.");
}

static void lists_words_and_maps_are_refused_with_their_place(void **state)
{
	(void)state;
	expect_not_stored("\"parts\":{}", "/parts", "\"parts\" must be a list.");
	expect_not_stored("\"parts\":[1]", "/parts/0", "Item 1 of \"parts\" must be an object.");
	expect_not_stored("\"parts\":[{\"key\":\"a\",\"weekly_p\":{\"amount\":1,\"currency\":"
			  "\"GBP\"}},{\"key\":\"b\"}]",
			  "/parts/1/weekly_p", "\"weekly_p\" is required.");
	expect_not_stored("\"parts\":[,]", "/parts/0", "Item 1 of \"parts\" must be an object.");
	expect_broken(TEXT("{\"colour\":\"red\",\"parts\":[{\"key\":\"a\"}"), "/parts/0/weekly_p",
		      "is required");
	expect_broken(stored_with("\"tones\":[\"red\"}"), "/tones",
		      "is not canonical JSON (RFC 8785)");
	expect_broken(stored_with("\"tones\":[\"red\" ,\"blue\"]"), "/tones",
		      "is not canonical JSON (RFC 8785)");
	expect_not_stored("\"tones\":[\"red\",\"pink\"]", "/tones/1",
			  "Item 2 of \"tones\" must be a word that is known here.");
	expect_not_stored("\"tones\":[\"red\",\"red\"]", "/tones/1",
			  "Item 2 of \"tones\" is in the list already.");
	expect_not_stored("\"tones\":\"red\"", "/tones",
			  "\"tones\" must be a list of words, each once.");
	expect_not_stored("\"inputs\":[]", "/inputs",
			  "\"inputs\" must be an object of names and numbers.");
	expect_not_stored("\"inputs\":{\"a\":1}", "/inputs/a",
			  "\"a\" must be a decimal number in canonical form, like \"14.20\".");
	expect_not_stored("\"inputs\":{\"b\":\"1.00\",\"a\":\"1.00\"}", "/inputs/a",
			  "\"a\" stands twice or out of order.");
	expect_broken(stored_with("\"inputs\":{\"\xc3\xa9\":\"1.00\"}"), "/inputs",
		      "is not canonical JSON (RFC 8785)");
}

/* ---- objects */

static void members_stand_once_in_order_and_are_known(void **state)
{
	(void)state;
	expect_not_stored("\"mood\":1", "/mood", "\"mood\" is not known here.");
	expect_not_stored("\"title\":\"t\",\"title\":\"t\"", "/title",
			  "\"title\" stands twice or out of order.");
	expect_not_stored("\"visits\":1,\"urgent\":true", "/urgent",
			  "\"urgent\" stands twice or out of order.");
	expect_not_stored("\"inner\":{\"start_day\":\"2026-01-01\",\"rate_r\":\"1.00\"}",
			  "/inner/rate_r", "\"rate_r\" stands twice or out of order.");
	expect_not_stored("\"inner\":{}", "/inner/start_day", "\"start_day\" is required.");
	expect_not_stored("\"inner\":[]", "/inner", "\"inner\" must be an object.");
	expect_broken(TEXT("{}"), "/visits", "is required");
	expect_broken(TEXT("{\"\":1}"), "/", "is not known here");
}

static void an_object_left_out_is_absent_whatever_it_requires(void **state)
{
	static const struct field fields[] = {ROW(rich, inner, FIELD_OBJECT, .of = &inner_schema)};
	const struct schema loose = SCHEMA("loose", struct rich, fields, NULL);

	(void)state;
	assert_true(stored_decode(arena, TEXT("{}"), &loose, &rich, &errors));
	assert_int_equal(rich.inner.start_day, NO_DAY);
	assert_false(stored_decode(arena, TEXT("{\"inner\":{}}"), &loose, &rich, &errors));
	expect_error("/inner/start_day", "\"start_day\" is required.");
}

#define SOUND                                                                                  \
	"{\"colour\":\"red\",\"inner\":{\"start_day\":\"2026-01-01\"},\"parts\":[],\"title\":" \
	"\"t\",\"visits\":1}"

static void nothing_but_one_canonical_object_is_read(void **state)
{
	(void)state;
	assert_true(decode_stored(TEXT(SOUND)));
	expect_broken(TEXT(SOUND " "), "", "The JSON is not canonical JSON (RFC 8785) at byte 85");
	expect_broken(TEXT(SOUND "{}"), "", "at byte 85");
	expect_broken(TEXT(SOUND "\0"), "", "at byte 85");
	expect_broken(TEXT(" " SOUND), "", "must be an object");
	expect_broken(TEXT("\xef\xbb\xbf" SOUND), "", "must be an object");
	expect_broken(TEXT(""), "", "must be an object");
	expect_broken(TEXT_NONE, "", "must be an object");
	expect_broken(TEXT("[]"), "", "must be an object");
	expect_broken(TEXT("{ \"colour\":\"red\"}"), "", "not canonical");
	expect_broken(TEXT("{\"colour\" :\"red\"}"), "", "not canonical");
	expect_broken(TEXT("{\"colour\": \"red\"}"), "/colour", "must be a word");
	expect_broken(TEXT("{\"colour\":\"red\" ,\"day\":1}"), "", "not canonical");
	expect_broken(TEXT("{\"colour\":\"red\",}"), "", "not canonical");
	expect_broken(TEXT("{,\"colour\":\"red\"}"), "", "not canonical");
	expect_broken(TEXT("{\"col\\u006fur\":\"red\"}"), "", "not canonical");
	expect_broken(TEXT("{\"col\0our\":\"red\"}"), "", "not canonical");
	expect_broken(TEXT("{\"colour\":\"red\""), "", "not canonical");
	expect_broken(TEXT("{\"internal\":\"a\0b\"}"), "/internal", "must be a text");
	expect_broken(TEXT("{\"internal\":\"ab"), "/internal", "must be a text");
	expect_broken(TEXT("{\"internal\":\"ab\\"), "/internal", "must be a text");
}

/* ---- all of it together */

static struct text full_text(void)
{
	return TEXT("{\"at_us\":\"2026-04-13T16:00:00.000001Z\",\"change_p\":{\"amount\":-5,"
		    "\"currency\":\"GBP\"},\"colour\":\"green\",\"day\":\"2026-04-13\",\"home\":"
		    "\"019b7c11-5d2e-7c4a-9a51-3f6f0c1f2a10\",\"inner\":{\"rate_r\":\"1.2345\","
		    "\"start_day\":\"2026-05-01\"},\"inputs\":{\"beds\":\"3.00\",\"rooms\":"
		    "\"12.50\"},\"name\":\"" DIGEST "\",\"parts\":[{\"key\":\"a\",\"weekly_p\":{"
		    "\"amount\":1,\"currency\":\"GBP\"}}],\"seal\":\"" DIGEST "\",\"title\":\"R\xc3"
		    "\xa9n\\n\\u0001\",\"tones\":[\"blue\",\"red\"],\"urgent\":true,\"visits\":"
		    "12}");
}

static void every_shorter_text_is_refused(void **state)
{
	struct text whole = full_text();

	(void)state;
	assert_true(decode_stored(whole));
	assert_true(text_eq(rewritten(), whole));
	for (size_t len = 0; len < whole.len; len++) {
		/* Of its own, so that a byte read behind it is noticed. */
		struct text cut = {arena_copy(arena, whole.at, len), len};

		assert_false(decode_stored(cut));
		assert_int_equal(errors.items.count, 1);
	}
}

/* Whatever byte is changed: it is refused, or it says something else and is written so. */
static void what_is_read_is_written_again_byte_for_byte(void **state)
{
	static const char others[] = "\0\"\\ 09afAZ.:,{}[]-\x80\xc3\xff";
	struct text whole = full_text();
	size_t taken = 0;

	(void)state;
	for (size_t at = 0; at < whole.len; at++) {
		for (size_t i = 0; i < sizeof(others) - 1; i++) {
			char *changed = arena_copy(arena, whole.at, whole.len);

			changed[at] = others[i];
			if (!decode_stored((struct text){changed, whole.len}))
				continue;
			taken++;
			assert_true(text_eq(rewritten(), (struct text){changed, whole.len}));
		}
	}
	assert_true(taken > 500);
}

static void lists_may_be_longer_than_fits_the_stack(void **state)
{
	struct writer w;
	const struct part *parts;

	(void)state;
	writer_init(&w, arena);
	writer_puts(&w, "\"parts\":[");
	for (int i = 0; i < 1000; i++)
		writer_printf(
			&w, "%s{\"key\":\"%d\",\"weekly_p\":{\"amount\":%d,\"currency\":\"GBP\"}}",
			i ? "," : "", i, i);
	writer_char(&w, ']');
	expect_stored(writer_text(&w).at);
	parts = rich.parts.items;
	assert_int_equal(rich.parts.count, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(parts[i].weekly_p, i);
}

static void nothing_of_the_text_is_held_on_to(void **state)
{
	struct text whole = full_text();
	char *bytes = arena_copy(arena, whole.at, whole.len);

	(void)state;
	assert_true(decode_stored((struct text){bytes, whole.len}));
	memset(bytes, 'x', whole.len);
	assert_true(text_eq(rewritten(), whole));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_read),
		cmocka_unit_test(what_is_left_out_is_absent),
		cmocka_unit_test(derived_members_are_read_and_personal_ones_are_digests),
		cmocka_unit_test(facts_are_read_past_limits),
		cmocka_unit_test(escapes_are_read_as_they_are_written),
		cmocka_unit_test(each_value_has_one_way_to_be_written),
		cmocka_unit_test(money_is_pence_and_gbp_and_nothing_else),
		cmocka_unit_test(lists_words_and_maps_are_refused_with_their_place),
		cmocka_unit_test(members_stand_once_in_order_and_are_known),
		cmocka_unit_test(an_object_left_out_is_absent_whatever_it_requires),
		cmocka_unit_test(nothing_but_one_canonical_object_is_read),
		cmocka_unit_test(every_shorter_text_is_refused),
		cmocka_unit_test(what_is_read_is_written_again_byte_for_byte),
		cmocka_unit_test(lists_may_be_longer_than_fits_the_stack),
		cmocka_unit_test(nothing_of_the_text_is_held_on_to),
	};

	return cmocka_run_group_tests_name("stored", tests, set_up, tear_down);
}
