/*
 * difference.c - where two structs of one table first differ, and what each says there.
 *
 * Both are written as they are stored and the texts compared, row by row, so that whatever is
 * written alike is alike.
 */
#include "concordat/core/schema.h"

#define SHOWN_MOST 120 /* of what one of them says */

/* "\"rate\":\"812.00\"" */
static struct text member_words(struct arena *arena, const struct field *field, const void *data)
{
	const struct schema one = {"", 0, field, 1, ""};
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, &one, data, AUDIENCE_FACT);
	return (struct text){w.at + 1, w.len - 2};
}

static struct text short_words(struct text words)
{
	if (!words.len)
		return TEXT("nothing");
	return words.len <= SHOWN_MOST ? words : TEXT("something else");
}

/* Lists that are written otherwise: the first item that differs, where they are as long. */
static void list_differ(struct arena *arena, const struct field *field, const struct list *a,
			const struct list *b, struct difference *out)
{
	struct text path = out->pointer;

	if (a->count != b->count)
		return;
	for (size_t i = 0; i < a->count; i++)
		if (schema_difference(arena, field->of,
				      (const char *)a->items + i * field->of->size,
				      (const char *)b->items + i * field->of->size,
				      text_printf(arena, "%.*s/%zu", TEXT_FMT(path), i), out))
			return;
}

bool schema_difference(struct arena *arena, const struct schema *schema, const void *a,
		       const void *b, struct text prefix, struct difference *out)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		const void *in_a = (const char *)a + field->offset;
		const void *in_b = (const char *)b + field->offset;
		struct text first = member_words(arena, field, a);
		struct text second = member_words(arena, field, b);

		if (text_eq(first, second))
			continue;
		*out = (struct difference){
			text_printf(arena, "%.*s/%s", TEXT_FMT(prefix), field->name),
			short_words(first), short_words(second)};
		if (field->kind == FIELD_OBJECT)
			return schema_difference(arena, field->of, in_a, in_b, out->pointer, out);
		if (field->kind == FIELD_LIST)
			list_differ(arena, field, in_a, in_b, out);
		return true;
	}
	return false;
}
