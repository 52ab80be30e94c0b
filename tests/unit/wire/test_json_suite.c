/*
 * test_json_suite.c - the cases of JSONTestSuite (Nicolas Seriot, github.com/nst/JSONTestSuite,
 * MIT), retyped under the names of its files.
 *
 * y_ must be taken, n_ must be refused, i_ may be either: what we do is stated. A text is taken
 * when it is sound JSON; that requests must be objects is another matter. Four of y_ we refuse on
 * purpose: a member that stands twice, and NUL written as an escape.
 */
#include "decoding.h"

struct suite_case {
	const char *name;
	const char *bytes;
	size_t size;
};
#define CASE(name, bytes)                      \
	{                                      \
		name, bytes, sizeof(bytes) - 1 \
	}
#define CASES(table) table, sizeof(table) / sizeof((table)[0])

static const struct suite_case taken[] = {
	CASE("y_array_arraysWithSpaces", "[[]   ]"),
	CASE("y_array_empty", "[]"),
	CASE("y_array_empty-string", "[\"\"]"),
	CASE("y_array_ending_with_newline", "[\"a\"]"),
	CASE("y_array_false", "[false]"),
	CASE("y_array_heterogeneous", "[null, 1, \"1\", {}]"),
	CASE("y_array_null", "[null]"),
	CASE("y_array_with_1_and_newline", "[1\n]"),
	CASE("y_array_with_leading_space", " [1]"),
	CASE("y_array_with_several_null", "[1,null,null,null,2]"),
	CASE("y_array_with_trailing_space", "[2] "),
	CASE("y_number", "[123e65]"),
	CASE("y_number_0e+1", "[0e+1]"),
	CASE("y_number_0e1", "[0e1]"),
	CASE("y_number_after_space", "[ 4]"),
	CASE("y_number_double_close_to_zero",
	     "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]"),
	CASE("y_number_int_with_exp", "[20e1]"),
	CASE("y_number_minus_zero", "[-0]"),
	CASE("y_number_negative_int", "[-123]"),
	CASE("y_number_negative_one", "[-1]"),
	CASE("y_number_negative_zero", "[-0]"),
	CASE("y_number_real_capital_e", "[1E22]"),
	CASE("y_number_real_capital_e_neg_exp", "[1E-2]"),
	CASE("y_number_real_capital_e_pos_exp", "[1E+2]"),
	CASE("y_number_real_exponent", "[123e45]"),
	CASE("y_number_real_fraction_exponent", "[123.456e78]"),
	CASE("y_number_real_neg_exp", "[1e-2]"),
	CASE("y_number_real_pos_exponent", "[1e+2]"),
	CASE("y_number_simple_int", "[123]"),
	CASE("y_number_simple_real", "[123.456789]"),
	CASE("y_object", "{\"asd\":\"sdf\", \"dfg\":\"fgh\"}"),
	CASE("y_object_basic", "{\"asd\":\"sdf\"}"),
	CASE("y_object_empty", "{}"),
	CASE("y_object_empty_key", "{\"\":0}"),
	CASE("y_object_extreme_numbers", "{ \"min\": -1.0e+28, \"max\": 1.0e+28 }"),
	CASE("y_object_long_strings",
	     "{\"x\":[{\"id\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}], \"id\": "
	     "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}"),
	CASE("y_object_simple", "{\"a\":[]}"),
	CASE("y_object_string_unicode",
	     "{\"title\":\"\\u041f\\u043e\\u043b\\u0442\\u043e\\u0440\\u0430 "
	     "\\u0417\\u0435\\u043c\\u043b\\u0435\\u043a\\u043e\\u043f\\u0430\" }"),
	CASE("y_object_with_newlines", "{\n\"a\": \"b\"\n}"),
	CASE("y_string_1_2_3_bytes_UTF-8_sequences", "[\"\\u0060\\u012a\\u12AB\"]"),
	CASE("y_string_accepted_surrogate_pair", "[\"\\uD801\\udc37\"]"),
	CASE("y_string_accepted_surrogate_pairs", "[\"\\ud83d\\ude39\\ud83d\\udc8d\"]"),
	CASE("y_string_allowed_escapes", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"),
	CASE("y_string_backslash_and_u_escaped_zero", "[\"\\\\u0000\"]"),
	CASE("y_string_backslash_doublequotes", "[\"\\\"\"]"),
	CASE("y_string_comments", "[\"a/*b*/c/*d//e\"]"),
	CASE("y_string_double_escape_a", "[\"\\\\a\"]"),
	CASE("y_string_double_escape_n", "[\"\\\\n\"]"),
	CASE("y_string_escaped_control_character", "[\"\\u0012\"]"),
	CASE("y_string_escaped_noncharacter", "[\"\\uFFFF\"]"),
	CASE("y_string_in_array", "[\"asd\"]"),
	CASE("y_string_in_array_with_leading_space", "[ \"asd\"]"),
	CASE("y_string_last_surrogates_1_and_2", "[\"\\uDBFF\\uDFFF\"]"),
	CASE("y_string_nbsp_uescaped", "[\"new\\u00A0line\"]"),
	CASE("y_string_nonCharacterInUTF-8_U+10FFFF", "[\"\364\217\277\277\"]"),
	CASE("y_string_nonCharacterInUTF-8_U+FFFF", "[\"\357\277\277\"]"),
	CASE("y_string_one-byte-utf-8", "[\"\\u002c\"]"),
	CASE("y_string_pi", "[\"\317\200\"]"),
	CASE("y_string_reservedCharacterInUTF-8_U+1BFFF", "[\"\360\233\277\277\"]"),
	CASE("y_string_simple_ascii", "[\"asd \"]"),
	CASE("y_string_space", "\" \""),
	CASE("y_string_surrogates_U+1D11E_MUSICAL_SYMBOL_G_CLEF", "[\"\\uD834\\uDd1e\"]"),
	CASE("y_string_three-byte-utf-8", "[\"\\u0821\"]"),
	CASE("y_string_two-byte-utf-8", "[\"\\u0123\"]"),
	CASE("y_string_u+2028_line_sep", "[\"\342\200\250\"]"),
	CASE("y_string_u+2029_par_sep", "[\"\342\200\251\"]"),
	CASE("y_string_uEscape", "[\"\\u0061\\u30af\\u30EA\\u30b9\"]"),
	CASE("y_string_uescaped_newline", "[\"new\\u000Aline\"]"),
	CASE("y_string_unescaped_char_delete", "[\"\177\"]"),
	CASE("y_string_unicode", "[\"\\uA66D\"]"),
	CASE("y_string_unicodeEscapedBackslash", "[\"\\u005C\"]"),
	CASE("y_string_unicode_2", "[\"\342\215\202\343\210\264\342\215\202\"]"),
	CASE("y_string_unicode_U+10FFFE_nonchar", "[\"\\uDBFF\\uDFFE\"]"),
	CASE("y_string_unicode_U+1FFFE_nonchar", "[\"\\uD83F\\uDFFE\"]"),
	CASE("y_string_unicode_U+200B_ZERO_WIDTH_SPACE", "[\"\\u200B\"]"),
	CASE("y_string_unicode_U+2064_invisible_plus", "[\"\\u2064\"]"),
	CASE("y_string_unicode_U+FDD0_nonchar", "[\"\\uFDD0\"]"),
	CASE("y_string_unicode_U+FFFE_nonchar", "[\"\\uFFFE\"]"),
	CASE("y_string_unicode_escaped_double_quote", "[\"\\u0022\"]"),
	CASE("y_string_utf8", "[\"\342\202\254\360\235\204\236\"]"),
	CASE("y_string_with_del_character", "[\"a\177a\"]"),
	CASE("y_structure_lonely_false", "false"),
	CASE("y_structure_lonely_int", "42"),
	CASE("y_structure_lonely_negative_real", "-0.1"),
	CASE("y_structure_lonely_null", "null"),
	CASE("y_structure_lonely_string", "\"asd\""),
	CASE("y_structure_lonely_true", "true"),
	CASE("y_structure_string_empty", "\"\""),
	CASE("y_structure_trailing_newline", "[\"a\"]\n"),
	CASE("y_structure_true_in_array", "[true]"),
	CASE("y_structure_whitespace_array", " [] "),
};

/* Standard JSON that we refuse, and say why. */
static const struct suite_case refused_on_purpose[] = {
	CASE("y_object_duplicated_key", "{\"a\":\"b\",\"a\":\"c\"}"),
	CASE("y_object_duplicated_key_and_value", "{\"a\":\"b\",\"a\":\"b\"}"),
	CASE("y_object_escaped_null_in_key", "{\"foo\\u0000bar\": 42}"),
	CASE("y_string_null_escape", "[\"\\u0000\"]"),
};

static const struct suite_case refused[] = {
	CASE("n_array_1_true_without_comma", "[1 true]"),
	CASE("n_array_a_invalid_utf8", "[a\345]"),
	CASE("n_array_colon_instead_of_comma", "[\"\": 1]"),
	CASE("n_array_comma_after_close", "[\"\"],"),
	CASE("n_array_comma_and_number", "[,1]"),
	CASE("n_array_double_comma", "[1,,2]"),
	CASE("n_array_double_extra_comma", "[\"x\",,]"),
	CASE("n_array_extra_close", "[\"x\"]]"),
	CASE("n_array_extra_comma", "[\"\",]"),
	CASE("n_array_incomplete", "[\"x\""),
	CASE("n_array_incomplete_invalid_value", "[x"),
	CASE("n_array_inner_array_no_comma", "[3[4]]"),
	CASE("n_array_invalid_utf8", "[\377]"),
	CASE("n_array_items_separated_by_semicolon", "[1:2]"),
	CASE("n_array_just_comma", "[,]"),
	CASE("n_array_just_minus", "[-]"),
	CASE("n_array_missing_value", "[   , \"\"]"),
	CASE("n_array_newlines_unclosed", "[\"a\",\n4\n,1,"),
	CASE("n_array_number_and_comma", "[1,]"),
	CASE("n_array_number_and_several_commas", "[1,,]"),
	CASE("n_array_spaces_vertical_tab_formfeed", "[\"\013a\"\\f]"),
	CASE("n_array_star_inside", "[*]"),
	CASE("n_array_unclosed", "[\"\""),
	CASE("n_array_unclosed_trailing_comma", "[1,"),
	CASE("n_array_unclosed_with_new_lines", "[1,\n1\n,1"),
	CASE("n_array_unclosed_with_object_inside", "[{}"),
	CASE("n_incomplete_false", "[fals]"),
	CASE("n_incomplete_null", "[nul]"),
	CASE("n_incomplete_true", "[tru]"),
	CASE("n_multidigit_number_then_00", "123\000"),
	CASE("n_number_++", "[++1234]"),
	CASE("n_number_+1", "[+1]"),
	CASE("n_number_+Inf", "[+Inf]"),
	CASE("n_number_-00.0", "[-00.0]"),
	CASE("n_number_-00e0", "[-00e0]"),
	CASE("n_number_-01", "[-01]"),
	CASE("n_number_-1.0.", "[-1.0.]"),
	CASE("n_number_-2.", "[-2.]"),
	CASE("n_number_-NaN", "[-NaN]"),
	CASE("n_number_.-1", "[.-1]"),
	CASE("n_number_.2e-3", "[.2e-3]"),
	CASE("n_number_0.1.2", "[0.1.2]"),
	CASE("n_number_0.3e", "[0.3e]"),
	CASE("n_number_0.3e+", "[0.3e+]"),
	CASE("n_number_0.e1", "[0.e1]"),
	CASE("n_number_00.0", "[00.0]"),
	CASE("n_number_00e0", "[00e0]"),
	CASE("n_number_0_capital_E", "[0E]"),
	CASE("n_number_0_capital_E+", "[0E+]"),
	CASE("n_number_0e", "[0e]"),
	CASE("n_number_0e+", "[0e+]"),
	CASE("n_number_1.0e", "[1.0e]"),
	CASE("n_number_1.0e+", "[1.0e+]"),
	CASE("n_number_1.0e-", "[1.0e-]"),
	CASE("n_number_1_000", "[1 000.0]"),
	CASE("n_number_1eE2", "[1eE2]"),
	CASE("n_number_2.e+3", "[2.e+3]"),
	CASE("n_number_2.e-3", "[2.e-3]"),
	CASE("n_number_2.e3", "[2.e3]"),
	CASE("n_number_9.e+", "[9.e+]"),
	CASE("n_number_Inf", "[Inf]"),
	CASE("n_number_NaN", "[NaN]"),
	CASE("n_number_U+FF11_fullwidth_digit_one", "[\357\274\221]"),
	CASE("n_number_expression", "[1+2]"),
	CASE("n_number_hex_1_digit", "[0x1]"),
	CASE("n_number_hex_2_digits", "[0x42]"),
	CASE("n_number_infinity", "[Infinity]"),
	CASE("n_number_invalid+-", "[0e+-1]"),
	CASE("n_number_invalid-negative-real", "[-123.123foo]"),
	CASE("n_number_invalid-utf-8-in-bigger-int", "[123\345]"),
	CASE("n_number_invalid-utf-8-in-exponent", "[1e1\345]"),
	CASE("n_number_invalid-utf-8-in-int", "[0\345]"),
	CASE("n_number_minus_infinity", "[-Infinity]"),
	CASE("n_number_minus_sign_with_trailing_garbage", "[-foo]"),
	CASE("n_number_minus_space_1", "[- 1]"),
	CASE("n_number_neg_int_starting_with_zero", "[-012]"),
	CASE("n_number_neg_real_without_int_part", "[-.123]"),
	CASE("n_number_neg_with_garbage_at_end", "[-1x]"),
	CASE("n_number_real_garbage_after_e", "[1ea]"),
	CASE("n_number_real_with_invalid_utf8_after_e", "[1e\345]"),
	CASE("n_number_real_without_fractional_part", "[1.]"),
	CASE("n_number_starting_with_dot", "[.123]"),
	CASE("n_number_with_alpha", "[1.2a-3]"),
	CASE("n_number_with_alpha_char", "[1.8011670033376514H-308]"),
	CASE("n_number_with_leading_zero", "[012]"),
	CASE("n_object_bad_value", "[\"x\", truth]"),
	CASE("n_object_bracket_key", "{[: \"x\"}"),
	CASE("n_object_comma_instead_of_colon", "{\"x\", null}"),
	CASE("n_object_double_colon", "{\"x\"::\"b\"}"),
	CASE("n_object_emoji", "{\360\237\207\250\360\237\207\255}"),
	CASE("n_object_garbage_at_end", "{\"a\":\"a\" 123}"),
	CASE("n_object_key_with_single_quotes", "{key: 'value'}"),
	CASE("n_object_lone_continuation_byte_in_key_and_trailing_comma", "{\"\271\":\"0\",}"),
	CASE("n_object_missing_colon", "{\"a\" b}"),
	CASE("n_object_missing_key", "{:\"b\"}"),
	CASE("n_object_missing_semicolon", "{\"a\" \"b\"}"),
	CASE("n_object_missing_value", "{\"a\":"),
	CASE("n_object_no-colon", "{\"a\""),
	CASE("n_object_non_string_key", "{1:1}"),
	CASE("n_object_non_string_key_but_huge_number_instead", "{9999E9999:1}"),
	CASE("n_object_repeated_null_null", "{null:null,null:null}"),
	CASE("n_object_several_trailing_commas", "{\"id\":0,,,,,}"),
	CASE("n_object_single_quote", "{'a':0}"),
	CASE("n_object_trailing_comma", "{\"id\":0,}"),
	CASE("n_object_trailing_comment", "{\"a\":\"b\"}/**/"),
	CASE("n_object_trailing_comment_open", "{\"a\":\"b\"}/**//"),
	CASE("n_object_trailing_comment_slash_open", "{\"a\":\"b\"}//"),
	CASE("n_object_trailing_comment_slash_open_incomplete", "{\"a\":\"b\"}/"),
	CASE("n_object_two_commas_in_a_row", "{\"a\":\"b\",,\"c\":\"d\"}"),
	CASE("n_object_unquoted_key", "{a: \"b\"}"),
	CASE("n_object_unterminated-value", "{\"a\":\"a"),
	CASE("n_object_with_single_string", "{ \"foo\" : \"bar\", \"a\" }"),
	CASE("n_object_with_trailing_garbage", "{\"a\":\"b\"}#"),
	CASE("n_single_space", " "),
	CASE("n_string_1_surrogate_then_escape", "[\"\\uD800\\\"]"),
	CASE("n_string_1_surrogate_then_escape_u", "[\"\\uD800\\u\"]"),
	CASE("n_string_1_surrogate_then_escape_u1", "[\"\\uD800\\u1\"]"),
	CASE("n_string_1_surrogate_then_escape_u1x", "[\"\\uD800\\u1x\"]"),
	CASE("n_string_accentuated_char_no_quotes", "[\303\251]"),
	CASE("n_string_backslash_00", "[\"\\\000\"]"),
	CASE("n_string_escape_x", "[\"\\x00\"]"),
	CASE("n_string_escaped_backslash_bad", "[\"\\\\\\\"]"),
	CASE("n_string_escaped_ctrl_char_tab", "[\"\\\t\"]"),
	CASE("n_string_escaped_emoji", "[\"\\\360\237\214\200\"]"),
	CASE("n_string_incomplete_escape", "[\"\\\"]"),
	CASE("n_string_incomplete_escaped_character", "[\"\\u00A\"]"),
	CASE("n_string_incomplete_surrogate", "[\"\\uD834\\uDd\"]"),
	CASE("n_string_incomplete_surrogate_escape_invalid", "[\"\\uD800\\uD800\\x\"]"),
	CASE("n_string_invalid-utf-8-in-escape", "[\"\\u\345\"]"),
	CASE("n_string_invalid_backslash_esc", "[\"\\a\"]"),
	CASE("n_string_invalid_unicode_escape", "[\"\\uqqqq\"]"),
	CASE("n_string_invalid_utf8_after_escape", "[\"\\\345\"]"),
	CASE("n_string_leading_uescaped_thinspace", "[\\u0020\"asd\"]"),
	CASE("n_string_no_quotes_with_bad_escape", "[\\n]"),
	CASE("n_string_octal_escape", "[\"\\012\"]"),
	CASE("n_string_single_doublequote", "\""),
	CASE("n_string_single_quote", "['single quote']"),
	CASE("n_string_single_string_no_double_quotes", "abc"),
	CASE("n_string_start_escape_unclosed", "[\"\\"),
	CASE("n_string_unescaped_crtl_char", "[\"a\000a\"]"),
	CASE("n_string_unescaped_newline", "[\"new\nline\"]"),
	CASE("n_string_unescaped_tab", "[\"\t\"]"),
	CASE("n_string_unicode_CapitalU", "\"\\UA66D\""),
	CASE("n_string_with_trailing_garbage", "\"\"x"),
	CASE("n_structure_U+2060_word_joined", "[\342\201\240]"),
	CASE("n_structure_UTF8_BOM_no_data", "\357\273\277"),
	CASE("n_structure_angle_bracket_.", "<.>"),
	CASE("n_structure_angle_bracket_null", "[<null>]"),
	CASE("n_structure_array_trailing_garbage", "[1]x"),
	CASE("n_structure_array_with_extra_array_close", "[1]]"),
	CASE("n_structure_array_with_unclosed_string", "[\"asd]"),
	CASE("n_structure_ascii-unicode-identifier", "a\303\245"),
	CASE("n_structure_capitalized_True", "[True]"),
	CASE("n_structure_close_unopened_array", "1]"),
	CASE("n_structure_comma_instead_of_closing_brace", "{\"x\": true,"),
	CASE("n_structure_double_array", "[][]"),
	CASE("n_structure_end_array", "]"),
	CASE("n_structure_incomplete_UTF8_BOM", "\357\273{}"),
	CASE("n_structure_lone-invalid-utf-8", "\345"),
	CASE("n_structure_lone-open-bracket", "["),
	CASE("n_structure_no_data", ""),
	CASE("n_structure_null-byte-outside-string", "[\000]"),
	CASE("n_structure_number_with_trailing_garbage", "2@"),
	CASE("n_structure_object_followed_by_closing_object", "{}}"),
	CASE("n_structure_object_unclosed_no_value", "{\"\":"),
	CASE("n_structure_object_with_comment", "{\"a\":/*comment*/\"b\"}"),
	CASE("n_structure_object_with_trailing_garbage", "{\"a\": true} \"x\""),
	CASE("n_structure_open_array_apostrophe", "['"),
	CASE("n_structure_open_array_comma", "[,"),
	CASE("n_structure_open_array_open_object", "[{"),
	CASE("n_structure_open_array_open_string", "[\"a"),
	CASE("n_structure_open_array_string", "[\"a\""),
	CASE("n_structure_open_object", "{"),
	CASE("n_structure_open_object_close_array", "{]"),
	CASE("n_structure_open_object_comma", "{,"),
	CASE("n_structure_open_object_open_array", "{["),
	CASE("n_structure_open_object_open_string", "{\"a"),
	CASE("n_structure_open_object_string_with_apostrophes", "{'a'"),
	CASE("n_structure_open_open", "[\"\\{[\"\\{[\"\\{[\"\\{"),
	CASE("n_structure_single_eacute", "\351"),
	CASE("n_structure_single_star", "*"),
	CASE("n_structure_trailing_#", "{\"a\":\"b\"}#{}"),
	CASE("n_structure_uescaped_LF_before_string", "[\\u000A\"\"]"),
	CASE("n_structure_unclosed_array", "[1"),
	CASE("n_structure_unclosed_array_partial_null", "[ false, nul"),
	CASE("n_structure_unclosed_array_unfinished_false", "[ true, fals"),
	CASE("n_structure_unclosed_array_unfinished_true", "[ false, tru"),
	CASE("n_structure_unclosed_object", "{\"asd\":\"asd\""),
	CASE("n_structure_unicode-identifier", "\303\245"),
	CASE("n_structure_whitespace_U+2060_word_joiner", "[\342\201\240]"),
	CASE("n_structure_whitespace_formfeed", "[\014]"),
};

/* A number too near to zero is read as zero; no member of ours takes a number with an exponent. */
static const struct suite_case either_taken[] = {
	CASE("i_number_double_huge_neg_exp", "[123.456e-789]"),
	CASE("i_number_real_underflow", "[123e-10000000]"),
};

static const struct suite_case either_refused[] = {
	CASE("i_number_huge_exp",
	     "[0."
	     "4e00669999999999999999999999999999999999999999999999999999999999999999999999999999999"
	     "999999999999999999999999999999999999969999999006]"),
	CASE("i_number_neg_int_huge_exp", "[-1e+9999]"),
	CASE("i_number_pos_double_huge_exp", "[1.5e+9999]"),
	CASE("i_number_real_neg_overflow", "[-123123e100000]"),
	CASE("i_number_real_pos_overflow", "[123123e100000]"),
	CASE("i_number_too_big_neg_int", "[-123123123123123123123123123123]"),
	CASE("i_number_too_big_pos_int", "[100000000000000000000]"),
	CASE("i_number_very_big_negative_int",
	     "[-237462374673276894279832749832423479823246327846]"),
	CASE("i_object_key_lone_2nd_surrogate", "{\"\\uDFAA\":0}"),
	CASE("i_string_1st_surrogate_but_2nd_missing", "[\"\\uDADA\"]"),
	CASE("i_string_1st_valid_surrogate_2nd_invalid", "[\"\\uD888\\u1234\"]"),
	CASE("i_string_UTF-16LE_with_BOM", "\377\376[\000\"\000\351\000\"\000]\000"),
	CASE("i_string_UTF-8_invalid_sequence", "[\"\346\227\245\321\210\372\"]"),
	CASE("i_string_UTF8_surrogate_U+D800", "[\"\355\240\200\"]"),
	CASE("i_string_incomplete_surrogate_and_escape_valid", "[\"\\uD800\\n\"]"),
	CASE("i_string_incomplete_surrogate_pair", "[\"\\uDd1ea\"]"),
	CASE("i_string_incomplete_surrogates_escape_valid", "[\"\\uD800\\uD800\\n\"]"),
	CASE("i_string_invalid_lonely_surrogate", "[\"\\ud800\"]"),
	CASE("i_string_invalid_surrogate", "[\"\\ud800abc\"]"),
	CASE("i_string_invalid_utf-8", "[\"\377\"]"),
	CASE("i_string_inverted_surrogates_U+1D11E", "[\"\\uDd1e\\uD834\"]"),
	CASE("i_string_iso_latin_1", "[\"\351\"]"),
	CASE("i_string_lone_second_surrogate", "[\"\\uDFAA\"]"),
	CASE("i_string_lone_utf8_continuation_byte", "[\"\201\"]"),
	CASE("i_string_not_in_unicode_range", "[\"\364\277\277\277\"]"),
	CASE("i_string_overlong_sequence_2_bytes", "[\"\300\257\"]"),
	CASE("i_string_overlong_sequence_6_bytes", "[\"\374\203\277\277\277\277\"]"),
	CASE("i_string_overlong_sequence_6_bytes_null", "[\"\374\200\200\200\200\200\"]"),
	CASE("i_string_truncated-utf-8", "[\"\340\377\"]"),
	CASE("i_string_utf16BE_no_BOM", "\000[\000\"\000\351\000\"\000]"),
	CASE("i_string_utf16LE_no_BOM", "[\000\"\000\351\000\"\000]\000"),
	CASE("i_structure_UTF-8_BOM_empty_object", "\357\273\277{}"),
};

static bool is_taken(struct text json)
{
	const struct json_error *first;

	(void)json_member(arena, json, "a", &errors);
	first = errors.items.items;
	if (errors.not_json) {
		assert_int_equal(errors.items.count, 1);
		assert_true(first->detail.len > 0 && text_is_utf8(first->detail));
		assert_true(first->pointer.at && text_is_utf8(first->pointer));
	}
	return !errors.not_json;
}

static void expect_all(const struct suite_case *cases, size_t count, bool expected)
{
	for (size_t i = 0; i < count; i++)
		if (is_taken((struct text){cases[i].bytes, cases[i].size}) != expected)
			fail_msg("%s is %s", cases[i].name, expected ? "refused" : "taken");
}

static void what_must_be_taken_is_taken(void **state)
{
	(void)state;
	expect_all(CASES(taken), true);
}

static void what_must_be_refused_is_refused(void **state)
{
	(void)state;
	expect_all(CASES(refused), false);
}

static void members_given_twice_and_nul_are_refused_although_the_suite_takes_them(void **state)
{
	(void)state;
	expect_all(CASES(refused_on_purpose), false);
}

static void what_may_be_either_is_as_stated(void **state)
{
	(void)state;
	expect_all(CASES(either_taken), true);
	expect_all(CASES(either_refused), false);
}

static struct text repeated(const char *words, size_t times, const char *ends, size_t more)
{
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < times; i++)
		writer_puts(&w, words);
	for (size_t i = 0; i < more; i++)
		writer_puts(&w, ends);
	return writer_text(&w);
}

static void deep_texts_are_refused(void **state)
{
	(void)state;
	/* n_structure_100000_opening_arrays */
	assert_false(is_taken(repeated("[", 100000, "", 0)));
	/* n_structure_open_array_object */
	assert_false(is_taken(repeated("[{\"\":", 50000, "", 0)));
	/* i_structure_500_nested_arrays */
	assert_false(is_taken(repeated("[", 500, "]", 500)));
	assert_true(is_taken(repeated("[", 32, "]", 32)));
	assert_false(is_taken(repeated("[", 33, "]", 33)));
}

/* Nothing of the suite is left out unseen: 95 of y_, 188 of n_ with five younger ones beside, and
 * 35 of i_; three of them are made above. */
static void the_suite_is_whole(void **state)
{
	size_t y = sizeof(taken) / sizeof(taken[0]) +
		   sizeof(refused_on_purpose) / sizeof(refused_on_purpose[0]);
	size_t n = sizeof(refused) / sizeof(refused[0]);
	size_t i = sizeof(either_taken) / sizeof(either_taken[0]) +
		   sizeof(either_refused) / sizeof(either_refused[0]);

	(void)state;
	assert_int_equal(y, 95);
	assert_int_equal(n, 188 + 5 - 2);
	assert_int_equal(i, 35 - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_must_be_taken_is_taken),
		cmocka_unit_test(what_must_be_refused_is_refused),
		cmocka_unit_test(
			members_given_twice_and_nul_are_refused_although_the_suite_takes_them),
		cmocka_unit_test(what_may_be_either_is_as_stated),
		cmocka_unit_test(deep_texts_are_refused),
		cmocka_unit_test(the_suite_is_whole),
	};

	return cmocka_run_group_tests_name("json_suite", tests, set_up, tear_down);
}
