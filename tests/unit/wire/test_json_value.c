/*
 * test_json_value.c - each kind of value, each refusal with its pointer and sentence.
 */
#include "decoding.h"

static void integers_are_whole_and_within_their_limits(void **state)
{
	static const char rest[] = "\"title\":\"t\",\"colour\":\"red\",\"parts\":[],"
				   "\"inner\":{\"start_day\":\"2026-01-01\"}";
	static const struct {
		const char *number, *detail;
	} cases[] = {
		{"1.0", "\"visits\" must be a whole number, without a decimal point."},
		{"1e2", "\"visits\" must be a whole number, without a decimal point."},
		{"1e-400", "\"visits\" must be a whole number, without a decimal point."},
		{"-0.0", "\"visits\" must be a whole number, without a decimal point."},
		{"\"1\"", "\"visits\" must be a whole number, without a decimal point."},
		{"true", "\"visits\" must be a whole number, without a decimal point."},
		{"-0", "\"visits\" must be between 1 and 168."},
		{"169", "\"visits\" must be between 1 and 168."},
		{"9223372036854775807", "\"visits\" must be between 1 and 168."},
		{"-9223372036854775808", "\"visits\" must be between 1 and 168."},
		{"1", NULL},
		{"168", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text json = text_printf(arena, "{\"visits\":%s,%s}", cases[i].number, rest);

		assert_int_equal(decode(json, JSON_REQUEST), !cases[i].detail);
		if (cases[i].detail)
			expect_error("/visits", cases[i].detail);
	}
	assert_int_equal(rich.visits, 168);
}

static void flags_are_true_or_false(void **state)
{
	(void)state;
	expect_taken("\"urgent\":true");
	assert_true(rich.urgent);
	expect_refusal("\"urgent\":1", "/urgent", "\"urgent\" must be true or false.");
}

static void money_is_exactly_pence_and_gbp(void **state)
{
	static const char shape[] = "\"weekly_p\" must be money: {\"amount\": pence, \"currency\": "
				    "\"GBP\"} and nothing else.";

	(void)state;
	expect_taken("\"weekly_p\":{\"currency\":\"GBP\",\"amount\":5000000}");
	assert_int_equal(rich.weekly_p, 5000000);
	expect_taken("\"change_p\":{\"amount\":-500,\"currency\":\"GBP\"}");
	expect_refusal("\"weekly_p\":1250", "/weekly_p", shape);
	expect_refusal("\"weekly_p\":{\"amount\":1}", "/weekly_p", shape);
	expect_refusal("\"weekly_p\":{\"amount\":1,\"currency\":\"GBP\",\"x\":1}", "/weekly_p",
		       shape);
	expect_refusal("\"weekly_p\":{\"amount\":1,\"currency\":\"EUR\"}", "/weekly_p/currency",
		       "\"currency\" must be \"GBP\".");
	expect_refusal("\"weekly_p\":{\"amount\":1.5,\"currency\":\"GBP\"}", "/weekly_p/amount",
		       "\"amount\" must be a whole number of pence.");
	expect_refusal("\"weekly_p\":{\"amount\":-1,\"currency\":\"GBP\"}", "/weekly_p/amount",
		       "\"amount\" must be between \xc2\xa3"
		       "0.00 and \xc2\xa3"
		       "50,000.00, in pence.");
	expect_refusal("\"change_p\":{\"amount\":-501,\"currency\":\"GBP\"}", "/change_p/amount",
		       "\"amount\" must be between -\xc2\xa3"
		       "5.00 and \xc2\xa3"
		       "5.00, in pence.");
}

static void rates_are_decimal_texts_with_four_decimals_at_most(void **state)
{
	static const char shape[] = "\"rate_r\" must be a decimal number in quotes with at most 4 "
				    "decimals, like \"14.2025\", and not above 10 million.";

	(void)state;
	expect_taken("\"rate_r\":\"14.2025\"");
	assert_int_equal(rich.rate_r, 142025);
	expect_taken("\"share_r\":\"-1\"");
	assert_int_equal(rich.share_r, -10000);
	expect_refusal("\"rate_r\":14.2025", "/rate_r", shape);
	expect_refusal("\"rate_r\":14", "/rate_r", shape);
	expect_refusal("\"rate_r\":\"14.20251\"", "/rate_r", shape);
	expect_refusal("\"rate_r\":\"1e2\"", "/rate_r", shape);
	expect_refusal("\"rate_r\":\"\"", "/rate_r", shape);
	expect_refusal("\"rate_r\":\"100.0001\"", "/rate_r",
		       "\"rate_r\" must be between 0.00 and 100.00.");
	expect_refusal("\"rate_r\":\"-0.0001\"", "/rate_r",
		       "\"rate_r\" must be between 0.00 and 100.00.");
}

static void texts_are_counted_in_characters(void **state)
{
	struct text many = text_printf(arena, "\"remark\":\"%02001d\"", 0);

	(void)state;
	expect_taken(
		"\"internal\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
		"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
		"\"");
	expect_refusal("\"internal\":\"0123456789012345678901234567890\"", "/internal",
		       "\"internal\" must be at most 30 characters.");
	expect_refusal("\"reason\":\"\"", "/reason",
		       "\"reason\" must be between 1 and 200 characters.");
	expect_refusal("\"reason\":[\"x\"]", "/reason", "\"reason\" must be a text.");
	/* A table without a most has the kind's own, and an empty text is one. */
	expect_taken("\"remark\":\"\"");
	assert_non_null(rich.remark.at);
	assert_int_equal(rich.remark.len, 0);
	expect_refusal(many.at, "/remark", "\"remark\" must be at most 2000 characters.");
}

static void control_characters_and_direction_overrides_are_refused(void **state)
{
	static const char control[] = "\"remark\" must not hold control characters other than line "
				      "feeds and tabs.";
	static const char *const controls[] = {"\\u0001", "\\r",     "\\u001b",
					       "\\u007f", "\\u0085", "\xc2\x9f"};
	static const char *const overrides[] = {"\\u202a", "\\u202e", "\\u2066", "\\u2069",
						"\xe2\x80\xae"};
	static const char *const plain[] = {"a\\n\\tb",	 "\\u00a0",	"\\u200f", "\\u2029",
					    "\\u202f",	 "\\u2065",	"\\u206a", "\\ud83d\\ude00",
					    "e\\u0301x", "\xef\xbf\xbf"};

	(void)state;
	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
		expect_refusal(text_printf(arena, "\"remark\":\"%s\"", controls[i]).at, "/remark",
			       control);
	for (size_t i = 0; i < sizeof(overrides) / sizeof(overrides[0]); i++)
		expect_refusal(text_printf(arena, "\"reason\":\"x%s\"", overrides[i]).at, "/reason",
			       "\"reason\" must not hold characters that override the direction of "
			       "writing (U+202A to U+202E, U+2066 to U+2069).");
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		expect_taken(text_printf(arena, "\"remark\":\"%s\"", plain[i]).at);
}

static void enum_refusal_lists_the_words(void **state)
{
	struct text json = TEXT("{\"visits\":1,\"title\":\"t\",\"colour\":\"Red\",\"parts\":[],"
				"\"inner\":{\"start_day\":\"2026-01-01\"}}");

	(void)state;
	assert_false(decode(json, JSON_REQUEST));
	expect_error("/colour", "\"colour\" must be one of \"red\", \"green\", \"blue\".");
}

static void days_instants_ids_and_digests_are_read(void **state)
{
	(void)state;
	expect_taken("\"day\":\"2028-02-29\",\"at_us\":\"2026-04-13T17:00:00+01:00\","
		     "\"home\":\"019B7C11-5D2E-7C4A-9A51-3F6F0C1F2A10\",\"seal\":"
		     "\"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"");
	assert_int_equal(rich.day, day_of(2028, 2, 29));
	assert_int_equal(rich.at_us, london_instant(day_of(2026, 4, 13), 17, 0));
	assert_int_equal(rich.home.bytes[15], 0x10);
	assert_int_equal(rich.seal.bytes[31], 0x1f);
}

static void bad_days_instants_ids_and_digests_are_refused(void **state)
{
	static const char instant[] = "\"at_us\" must be a date and time with an offset (RFC 3339) "
				      "like \"2026-04-13T16:00:00Z\".";
	static const char id[] = "\"home\" must be an identifier (a UUID) like "
				 "\"019b7c11-5d2e-7c4a-9a51-3f6f0c1f2a10\".";

	(void)state;
	expect_refusal("\"day\":\"2026-02-29\"", "/day",
		       "\"day\" must be a date like \"2026-04-13\".");
	expect_refusal("\"day\":20260413", "/day", "\"day\" must be a date like \"2026-04-13\".");
	expect_refusal("\"at_us\":\"2026-04-13\"", "/at_us", instant);
	expect_refusal("\"at_us\":\"2026-04-13T16:00:00\"", "/at_us", instant);
	expect_refusal("\"home\":\"019b7c11\"", "/home", id);
	expect_refusal("\"home\":\"00000000-0000-0000-0000-000000000000\"", "/home", id);
	expect_refusal("\"seal\":\"00\"", "/seal",
		       "\"seal\" must be a SHA-256 digest of 64 hexadecimal digits.");
	expect_refusal("\"seal\":\"00000000000000000000000000000000000000000000000000000000000000"
		       "00\"",
		       "/seal", "\"seal\" must not be all zeros.");
}

static void lists_have_their_limits_and_items_are_pointed_at(void **state)
{
	(void)state;
	expect_taken(
		"\"spare\":[{\"key\":\"a\",\"weekly_p\":{\"amount\":1,\"currency\":\"GBP\"}}]");
	assert_int_equal(rich.spare.count, 1);
	assert_int_equal(((struct part *)rich.spare.items)->weekly_p, 1);
	expect_refusal("\"spare\":[]", "/spare", "\"spare\" must have between 1 and 40 items.");
	expect_refusal("\"spare\":{}", "/spare", "\"spare\" must be a list.");
	expect_refusal("\"spare\":[1]", "/spare/0", "Item 1 of \"spare\" must be an object.");
	expect_refusal(
		"\"spare\":[{\"key\":\"a\",\"weekly_p\":{\"amount\":1,\"currency\":\"GBP\"}},"
		"{\"key\":\"b\"}]",
		"/spare/1/weekly_p", "\"weekly_p\" is required.");
}

static void words_are_of_the_table_and_each_stands_once(void **state)
{
	(void)state;
	expect_taken("\"tones\":[\"blue\",\"red\"]");
	assert_int_equal(rich.tones.count, 2);
	assert_int_equal(((int32_t *)rich.tones.items)[0], 2);
	assert_int_equal(((int32_t *)rich.tones.items)[1], 0);
	expect_refusal("\"tones\":\"blue\"", "/tones", "\"tones\" must be a list.");
	expect_refusal("\"tones\":[]", "/tones", "\"tones\" must have between 1 and 3 items.");
	expect_refusal("\"tones\":[\"red\",\"pink\"]", "/tones/1",
		       "Item 2 of \"tones\" must be one of \"red\", \"green\", \"blue\".");
	expect_refusal("\"tones\":[{\"tone\":\"red\"}]", "/tones/0",
		       "Item 1 of \"tones\" must be one of \"red\", \"green\", \"blue\".");
	expect_refusal("\"tones\":[\"red\",\"blue\",\"red\"]", "/tones/2",
		       "Item 3 of \"tones\" is in the list already. Leave it out.");
}

static void maps_hold_names_and_numbers(void **state)
{
	const struct map_entry *entries;

	(void)state;
	expect_taken("\"inputs\":{\"beds\":3,\"hours_1.a-B\":\"12.5\",\"drift\":\"-0.0001\"}");
	entries = rich.inputs.items;
	assert_int_equal(rich.inputs.count, 3);
	assert_true(text_is(entries[0].key, "beds"));
	assert_int_equal(entries[0].value_r, 30000);
	assert_int_equal(entries[2].value_r, -1);
	expect_refusal("\"inputs\":[]", "/inputs",
		       "\"inputs\" must be an object of names and numbers.");
	expect_refusal("\"inputs\":{\"a b\":1}", "/inputs/a b",
		       "This member must have a name of 1 to 64 letters, digits, dots, dashes and "
		       "underlines.");
	expect_refusal("\"inputs\":{\"a\":1.5}", "/inputs/a",
		       "\"a\" must be a whole number, or a decimal number in quotes with at most 4 "
		       "decimals, like \"12.5\", and not above 10 million.");
	assert_false(decode(with("\"inputs\":{\"a\":9223372036854775807,\"b\":10000001}"),
			    JSON_REQUEST));
	assert_int_equal(errors.items.count, 2);
}

static void object_left_out_is_absent_whatever_it_requires(void **state)
{
	static const struct field fields[] = {ROW(rich, inner, FIELD_OBJECT, .of = &inner_schema)};
	const struct schema loose = SCHEMA("loose", struct rich, fields, NULL);

	(void)state;
	assert_true(json_decode(arena, TEXT("{}"), &loose, JSON_REQUEST, NULL, &rich, &errors));
	assert_int_equal(rich.inner.start_day, NO_DAY);
	assert_true(field_is_absent(&fields[0], &rich));
	assert_false(json_decode(arena, TEXT("{\"inner\":{}}"), &loose, JSON_REQUEST, NULL, &rich,
				 &errors));
	expect_error("/inner/start_day", "\"start_day\" is required.");
}

static void derived_members_of_an_answer_pass_unread(void **state)
{
	(void)state;
	assert_true(decode(with("\"reference\":\"PL-1\""), JSON_ANSWER));
	assert_null(rich.reference.at);
	assert_true(decode(with("\"reference\":null,\"comment\":\"c\""), JSON_ANSWER));
	assert_false(decode(with("\"reference\":\"PL-1\""), JSON_DOCUMENT));
	assert_false(decode(with("\"referenec\":\"PL-1\""), JSON_ANSWER));
}

static void derived_members_are_refused(void **state)
{
	struct text json = with("\"reference\":\"PL-1000047-P\"");

	(void)state;
	assert_false(decode(json, JSON_REQUEST));
	expect_error("/reference", "\"reference\" is worked out by the service. Leave it out.");
	assert_false(decode(json, JSON_DOCUMENT));
}

static void personal_members_are_texts(void **state)
{
	(void)state;
	expect_taken("\"reason\":\"near family\"");
	assert_true(text_is(rich.reason.text, "near family"));
	assert_true(digest_is_zero(&rich.reason.digest));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_whole_and_within_their_limits),
		cmocka_unit_test(flags_are_true_or_false),
		cmocka_unit_test(money_is_exactly_pence_and_gbp),
		cmocka_unit_test(rates_are_decimal_texts_with_four_decimals_at_most),
		cmocka_unit_test(texts_are_counted_in_characters),
		cmocka_unit_test(control_characters_and_direction_overrides_are_refused),
		cmocka_unit_test(enum_refusal_lists_the_words),
		cmocka_unit_test(days_instants_ids_and_digests_are_read),
		cmocka_unit_test(bad_days_instants_ids_and_digests_are_refused),
		cmocka_unit_test(lists_have_their_limits_and_items_are_pointed_at),
		cmocka_unit_test(words_are_of_the_table_and_each_stands_once),
		cmocka_unit_test(maps_hold_names_and_numbers),
		cmocka_unit_test(object_left_out_is_absent_whatever_it_requires),
		cmocka_unit_test(derived_members_of_an_answer_pass_unread),
		cmocka_unit_test(derived_members_are_refused),
		cmocka_unit_test(personal_members_are_texts),
	};

	return cmocka_run_group_tests_name("json_value", tests, set_up, tear_down);
}
