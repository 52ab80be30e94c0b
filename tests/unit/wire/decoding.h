/*
 * decoding.h - what the tests of JSON share: a decoded struct, its errors, and what is expected.
 */
#ifndef CONCORDAT_TESTS_DECODING_H
#define CONCORDAT_TESTS_DECODING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/wire/json.h"
#include "rich.h"

#define HELPER __attribute__((unused)) static

/* What a request must hold. */
#define SOUND_REST                                                                                 \
	"\"visits\":1,\"title\":\"t\",\"colour\":\"red\",\"inner\":{\"start_day\":\"2026-01-01\"}" \
	","                                                                                        \
	"\"parts\":[]"

static struct arena *arena;
static struct rich rich;
static struct json_errors errors;

HELPER int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

HELPER int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

HELPER bool decode(struct text json, enum json_purpose purpose)
{
	return json_decode(arena, json, &rich_schema, purpose, NULL, &rich, &errors);
}

HELPER const struct json_error *error_at(size_t n)
{
	assert_true(n < errors.items.count);
	return (const struct json_error *)errors.items.items + n;
}

HELPER void expect_error(const char *pointer, const char *detail)
{
	assert_int_equal(errors.items.count, 1);
	assert_string_equal(text_cstr(arena, error_at(0)->pointer), pointer);
	assert_string_equal(text_cstr(arena, error_at(0)->detail), detail);
}

HELPER void expect_no_json(struct text json, const char *pointer, const char *says)
{
	assert_false(decode(json, JSON_REQUEST));
	assert_true(errors.not_json);
	assert_int_equal(errors.items.count, 1);
	assert_string_equal(text_cstr(arena, error_at(0)->pointer), pointer);
	assert_non_null(strstr(text_cstr(arena, error_at(0)->detail), says));
}

/* A sound request with one more member. */
HELPER struct text with(const char *member)
{
	return text_printf(arena, "{" SOUND_REST ",%s}", member);
}

HELPER void expect_refusal(const char *member, const char *pointer, const char *detail)
{
	assert_false(decode(with(member), JSON_REQUEST));
	assert_false(errors.not_json);
	expect_error(pointer, detail);
}

HELPER void expect_taken(const char *member)
{
	assert_true(decode(with(member), JSON_REQUEST));
	assert_int_equal(errors.items.count, 0);
}

#endif
