/*
 * fuzz_fact.c - stored bodies: whatever is taken for a fact is written again as the same bytes.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "concordat/wire/document.h"
#include "concordat/wire/fact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct text bytes = {(const char *)data, size}, why, once, twice;
	struct digest leaf = {{0}};
	struct fact *fact = fact_decode(arena, 1, 1, &leaf, bytes, &why);

	if (fact) {
		once = fact_body(arena, fact);
		fact = fact_decode(arena, 1, 1, &leaf, once, &why);
		assert(fact);
		twice = fact_body(arena, fact);
		assert(text_eq(once, twice));
	}
	if (!calendar_decode(arena, bytes, &why))
		assert(why.len);
	if (!protocol_decode(arena, bytes, &why))
		assert(why.len);
	arena_free(arena);
	return 0;
}
