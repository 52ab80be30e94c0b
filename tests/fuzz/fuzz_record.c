/*
 * fuzz_record.c - documents that are checked: whatever is given, there is a verdict, what does not
 * hold says where and why, and what can be read is written again as the same bytes.
 *
 * The first byte chooses the reader. The key is that of tests/unit/wire/recorded.h, so that what is
 * kept gets past the signatures.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "concordat/wire/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct note_key key_of(struct text name)
{
	struct signing_key key;
	uint8_t seed[32];

	memset(seed, 1, sizeof(seed));
	signing_key_of_seed(seed, &key);
	return note_key_of(name, key.public_key);
}

static void check(const struct verification *v)
{
	const struct finding *last = v->finding_count ? &v->findings[v->finding_count - 1] : NULL;

	assert(v->verdict != VERDICT_FAULT || (last && last->kind == FINDING_FAULT));
	assert(v->verdict != VERDICT_HOLDS || (last && last->kind != FINDING_FAULT));
	for (size_t i = 0; i < v->finding_count; i++)
		assert(v->findings[i].sentence.len && text_is_utf8(v->findings[i].sentence));
}

static void check_lines(struct arena *arena, struct text text, const struct note_key *key)
{
	struct export_check *export = export_check_new(arena, key, 1);
	struct verification v;

	while (text.len) {
		const char *end = memchr(text.at, '\n', text.len);
		size_t len = end ? (size_t)(end - text.at) : text.len;

		if (!export_check_line(export, (struct text){text.at, len}))
			break;
		text.at += len + (end != NULL);
		text.len -= len + (end != NULL);
	}
	export_check_end(export, &v);
	check(&v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct note_key key = key_of(TEXT("care.example/log/01c00000-0000-0000-0000-000000000000"));
	struct text text = {(const char *)data + 1, size ? size - 1 : 0};
	struct arena *arena;
	struct verification v;

	if (!size)
		return 0;
	arena = arena_new();
	switch (data[0]) {
	case 'e':
		check_lines(arena, text, &key);
		break;
	case 'g':
		growth_verify(arena, text, text, text, &key, 1, &v);
		check(&v);
		break;
	default:
		record_verify(arena, text, &key, 1, &v);
		if (v.verdict != VERDICT_UNREADABLE)
			check(&v);
	}
	arena_free(arena);
	return 0;
}
