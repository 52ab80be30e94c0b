/*
 * fuzz_json.c - arbitrary bytes through the decoder, for every purpose.
 *
 * Nothing may crash, a refusal must say something, and whatever was taken must be the same after it
 * has been written and read again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/wire/rich.h"
#include "wire/stored.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct text written(struct arena *arena, const struct rich *rich, enum audience audience)
{
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, &rich_schema, rich, audience);
	return writer_text(&w);
}

static void must(bool held)
{
	if (!held)
		abort();
}

static void check_errors(const struct json_errors *errors)
{
	const struct json_error *items = errors->items.items;

	must(errors->items.count > 0 && errors->items.count <= 20);
	for (size_t i = 0; i < errors->items.count; i++) {
		must(items[i].detail.len > 0 && text_is_utf8(items[i].detail));
		must(items[i].pointer.at && text_is_utf8(items[i].pointer));
		must(items[i].pointer.len == 0 || items[i].pointer.at[0] == '/');
	}
}

static void check(struct arena *arena, struct text json, enum json_purpose purpose)
{
	struct rich rich, again;
	struct json_errors errors;
	struct text first, second;

	if (!json_decode(arena, json, &rich_schema, purpose, NULL, &rich, &errors)) {
		check_errors(&errors);
		return;
	}
	must(errors.items.count == 0);
	first = written(arena, &rich, AUDIENCE_COMMISSIONER);
	must(json_decode(arena, first, &rich_schema, purpose, NULL, &again, &errors));
	second = written(arena, &again, AUDIENCE_COMMISSIONER);
	must(text_eq(first, second));
}

/* Stored text is written again as the same bytes, but for members that are empty and need not
 * stand.
 */
static void check_stored(struct arena *arena, struct text json)
{
	struct rich rich;
	struct json_errors errors;
	struct text again;

	if (!stored_decode(arena, json, &rich_schema, &rich, &errors)) {
		check_errors(&errors);
		return;
	}
	again = written(arena, &rich, AUDIENCE_FACT);
	if (text_eq(again, json))
		return;
	must(again.len < json.len);
	must(memmem(json.at, json.len, ":false", 6) || memmem(json.at, json.len, ":[]", 3) ||
	     memmem(json.at, json.len, ":{}", 3));
	must(stored_decode(arena, again, &rich_schema, &rich, &errors));
	must(text_eq(written(arena, &rich, AUDIENCE_FACT), again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct text json = {(const char *)data, size};
	struct json_errors errors;

	check(arena, json, JSON_REQUEST);
	check(arena, json, JSON_DOCUMENT);
	check_stored(arena, json);
	(void)json_member(arena, json, "title", &errors);
	(void)json_member_raw(arena, json, "inner");
	arena_free(arena);
	return 0;
}
