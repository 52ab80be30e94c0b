/*
 * fuzz_fact.c - stored bodies: whatever is taken for a fact is written again as the same bytes, but
 * for members that are empty and need not stand.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "concordat/wire/document.h"
#include "concordat/wire/fact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct fact *decode(struct arena *arena, struct text body, struct text *why)
{
	static const struct digest leaf;

	return fact_decode(arena, 1, 1, &leaf, body, why);
}

static bool holds(struct text body, const char *what)
{
	return memmem(body.at, body.len, what, strlen(what));
}

static void check_fact(struct arena *arena, struct text body)
{
	struct text why = TEXT_NONE, again;
	const struct fact *fact = decode(arena, body, &why);

	if (!fact) {
		assert(why.len && text_is_utf8(why));
		return;
	}
	again = fact_body(arena, fact);
	if (text_eq(again, body))
		return;
	assert(again.len < body.len);
	assert(holds(body, ":false") || holds(body, ":[]") || holds(body, ":{}"));
	fact = decode(arena, again, &why);
	assert(fact && text_eq(fact_body(arena, fact), again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct text bytes = {(const char *)data, size}, why;

	check_fact(arena, bytes);
	if (!calendar_decode(arena, bytes, &why))
		assert(why.len);
	if (!protocol_decode(arena, bytes, &why))
		assert(why.len);
	arena_free(arena);
	return 0;
}
