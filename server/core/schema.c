/*
 * schema.c - reading structs by their field tables.
 *
 * The one idea: every kind has a value that means absent, so that a struct needs no flags beside
 * its members. Writing is canon.c's; filling from JSON is wire's.
 */
#include "concordat/core/schema.h"

#include <assert.h>
#include <string.h>

#include "concordat/core/calendar.h"

static void field_clear(const struct field *field, void *at)
{
	switch (field->kind) {
	case FIELD_INT:
	case FIELD_MONEY:
	case FIELD_RATE:
		*(int64_t *)at = NO_INT;
		break;
	case FIELD_ENUM:
		*(int32_t *)at = NO_ENUM;
		break;
	case FIELD_DAY:
		*(int32_t *)at = NO_DAY;
		break;
	case FIELD_INSTANT:
		*(int64_t *)at = NEVER_US;
		break;
	case FIELD_OBJECT:
		schema_clear(field->of, at);
		break;
	case FIELD_BOOL:
	case FIELD_TEXT:
	case FIELD_PERSONAL:
	case FIELD_ID:
	case FIELD_DIGEST:
	case FIELD_LIST:
	case FIELD_MAP:
	case FIELD_WORDS:
		break; /* zero is absent */
	}
}

/* An object has no sentinel of its own: it is absent when all its members are. */
static bool object_is_absent(const struct schema *schema, const void *data)
{
	for (size_t i = 0; i < schema->count; i++)
		if (!field_is_absent(&schema->fields[i], data))
			return false;
	return true;
}

static struct text path_join(struct arena *arena, struct text prefix, const char *name)
{
	if (prefix.len == 0)
		return text_of(name);
	return text_printf(arena, "%.*s/%s", TEXT_FMT(prefix), name);
}

static void each_personal(struct arena *arena, const struct schema *schema, void *data, bool stored,
			  struct text prefix, personal_cb on_text, void *context)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		void *at = (char *)data + field->offset;
		const struct list *list = at;
		struct personal *personal = at;
		struct text path;

		if (field->kind == FIELD_PERSONAL &&
		    (stored ? !digest_is_zero(&personal->digest) : personal->text.at != NULL))
			on_text(context, path_join(arena, prefix, field->name), personal);
		if (field->kind == FIELD_OBJECT) {
			path = path_join(arena, prefix, field->name);
			each_personal(arena, field->of, at, stored, path, on_text, context);
		}
		for (size_t n = 0; field->kind == FIELD_LIST && n < list->count; n++) {
			path = path_join(arena, prefix, field->name);
			path = text_printf(arena, "%.*s/%zu", TEXT_FMT(path), n);
			each_personal(arena, field->of, (char *)list->items + n * field->of->size,
				      stored, path, on_text, context);
		}
	}
}

void schema_clear(const struct schema *schema, void *data)
{
	memset(data, 0, schema->size);
	for (size_t i = 0; i < schema->count; i++)
		field_clear(&schema->fields[i], (char *)data + schema->fields[i].offset);
}

bool field_is_absent(const struct field *field, const void *data)
{
	static const struct uuid no_id;
	const void *at = (const char *)data + field->offset;
	const struct personal *personal;

	switch (field->kind) {
	case FIELD_BOOL:
		return !*(const bool *)at;
	case FIELD_INT:
	case FIELD_MONEY:
	case FIELD_RATE:
		return *(const int64_t *)at == NO_INT;
	case FIELD_TEXT:
		return !((const struct text *)at)->at;
	case FIELD_PERSONAL:
		personal = at;
		return !personal->text.at && digest_is_zero(&personal->digest);
	case FIELD_ENUM:
		return *(const int32_t *)at == NO_ENUM;
	case FIELD_DAY:
		return *(const int32_t *)at == NO_DAY;
	case FIELD_INSTANT:
		return *(const int64_t *)at == NEVER_US;
	case FIELD_ID:
		return memcmp(at, &no_id, sizeof(no_id)) == 0;
	case FIELD_DIGEST:
		return digest_is_zero(at);
	case FIELD_OBJECT:
		return object_is_absent(field->of, at);
	case FIELD_LIST:
	case FIELD_MAP:
	case FIELD_WORDS:
		return ((const struct list *)at)->count == 0;
	}
	assert(false);
	return true;
}

bool field_is_for(const struct field *field, enum audience audience)
{
	switch (audience) {
	case AUDIENCE_FACT:
	case AUDIENCE_COMMISSIONER:
		return true;
	case AUDIENCE_PROVIDER:
		return !(field->flags & (FIELD_COMMISSIONER | FIELD_IDENTITY));
	case AUDIENCE_TOLD_PROVIDER:
		return !(field->flags & FIELD_COMMISSIONER);
	case AUDIENCE_REPRESENTATIVE:
		return !(field->flags & (FIELD_COMMISSIONER | FIELD_SIDES));
	case AUDIENCE_CO_PAYER:
		return field->flags & FIELD_PAYERS;
	}
	return false;
}

int32_t enum_parse(const char *const *names, struct text t)
{
	for (int32_t i = 0; names[i]; i++)
		if (text_is(t, names[i]))
			return i;
	return NO_ENUM;
}

void schema_each_personal(struct arena *arena, const struct schema *schema, void *data,
			  personal_cb on_text, void *context)
{
	each_personal(arena, schema, data, false, TEXT_NONE, on_text, context);
}

void schema_each_digest(struct arena *arena, const struct schema *schema, void *data,
			personal_cb on_digest, void *context)
{
	each_personal(arena, schema, data, true, TEXT_NONE, on_digest, context);
}
