/*
 * json_decode.c - parsed JSON to structs, by field tables.
 *
 * One walk collects every error it finds, up to twenty, so that a form is filled in again once and
 * not ten times.
 */
#include <string.h>

#include "json_parts.h"

static void decode_object(struct decoder *d, const struct schema *schema, const json_t *json,
			  const char *const *extra, void *data, const struct step *step);

static bool is_refused(const struct field *field)
{
	return field->flags & FIELD_DERIVED;
}

/* The member that was probably meant, or NULL. */
static const char *nearest(const struct decoder *d, const struct schema *schema, struct text name)
{
	const char **names = arena_array(d->arena, const char *, schema->count + 1);
	size_t count = 0;

	for (size_t i = 0; i < schema->count; i++)
		if (!is_refused(&schema->fields[i]))
			names[count++] = schema->fields[i].name;
	return text_nearest(name, names);
}

static bool is_known(const struct decoder *d, const struct schema *schema, const char *name,
		     const char *const *extra)
{
	for (size_t i = 0; i < schema->count; i++)
		if (strcmp(schema->fields[i].name, name) == 0)
			return true;
	for (size_t i = 0; extra && extra[i]; i++)
		if (strcmp(extra[i], name) == 0)
			return true;
	return (d->purpose == JSON_DOCUMENT || d->purpose == JSON_ANSWER) &&
	       (strcmp(name, "$schema") == 0 || strcmp(name, "comment") == 0);
}

static void refuse_unknown(struct decoder *d, const struct schema *schema, const json_t *json,
			   const char *const *extra, const struct step *outer)
{
	json_t *object = (json_t *)json; /* the iterator asks for it, and changes nothing */
	const char *name, *meant;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		struct step step = {outer, text_of(name), 0};

		if (decoder_is_full(d))
			return;
		if (is_known(d, schema, name, extra))
			continue;
		meant = nearest(d, schema, step.name);
		if (meant)
			decoder_refuse(d, &step,
				       text_printf(d->arena,
						   "is not known here. Did you mean \"%s\"? If "
						   "not, leave it out",
						   meant));
		else
			decoder_refuse(d, &step, TEXT("is not known here. Leave it out"));
	}
}

static void decode_list(struct decoder *d, const struct field *field, const json_t *json,
			struct list *list, const struct step *step)
{
	struct limits limits = field_limits(field);
	size_t count = json_array_size(json);

	if (!json_is_array(json)) {
		decoder_refuse(d, step, TEXT("must be a list"));
		return;
	}
	if ((int64_t)count < limits.least || (int64_t)count > limits.most) {
		decoder_refuse(d, step, limits_sentence(d->arena, limits, "have", "item", "items"));
		return;
	}
	list->items = arena_alloc(d->arena, count * field->of->size);
	list->count = count;
	for (size_t i = 0; i < count && !decoder_is_full(d); i++) {
		struct step item = {step, TEXT_NONE, i};
		void *at = (char *)list->items + i * field->of->size;

		schema_clear(field->of, at);
		decode_object(d, field->of, json_array_get(json, i), NULL, at, &item);
	}
}

/* Names of inputs: with ASCII alone, every reader sorts them alike. */
static bool map_key_fits(struct text key)
{
	for (size_t i = 0; i < key.len; i++) {
		char c = key.at[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '_' && c != '-' && c != '.')
			return false;
	}
	return key.len > 0 && key.len <= 64;
}

static void decode_map(struct decoder *d, const struct field *field, const json_t *json,
		       struct list *map, const struct step *outer)
{
	struct limits limits = field_limits(field);
	size_t count = json_object_size(json);
	json_t *object = (json_t *)json; /* as in refuse_unknown */
	struct map_entry *entries;
	const char *key;
	json_t *value;

	if (!json_is_object(json)) {
		decoder_refuse(d, outer, TEXT("must be an object of names and numbers"));
		return;
	}
	if ((int64_t)count < limits.least || (int64_t)count > limits.most) {
		decoder_refuse(d, outer,
			       limits_sentence(d->arena, limits, "have", "member", "members"));
		return;
	}
	entries = arena_array(d->arena, struct map_entry, count);
	map->items = entries;
	json_object_foreach(object, key, value)
	{
		struct step step = {outer, text_of(key), 0};

		if (decoder_is_full(d))
			return;
		if (!map_key_fits(step.name)) {
			decoder_refuse(d, &step,
				       TEXT("must have a name of 1 to 64 letters, digits, dots, "
					    "dashes and underlines"));
			continue;
		}
		if (value_decimal(d, value, &step, &entries[map->count].value_r))
			entries[map->count++].key = text_copy(d->arena, step.name);
	}
}

static void decode_field(struct decoder *d, const struct field *field, const json_t *json,
			 void *data, const struct step *outer)
{
	struct step step = {outer, text_of(field->name), 0};
	void *at = (char *)data + field->offset;

	if (is_refused(field)) {
		if (json && d->purpose != JSON_ANSWER)
			decoder_refuse(d, &step,
				       TEXT("is worked out by the service. Leave it out"));
	} else if (!json) {
		if (field->flags & FIELD_REQUIRED)
			decoder_refuse(d, &step, TEXT("is required"));
	} else if (json_is_null(json)) {
		decoder_refuse(d, &step, TEXT("must not be null. Leave it out if there is none"));
	} else if (field->kind == FIELD_OBJECT) {
		decode_object(d, field->of, json, NULL, at, &step);
	} else if (field->kind == FIELD_LIST) {
		decode_list(d, field, json, at, &step);
	} else if (field->kind == FIELD_MAP) {
		decode_map(d, field, json, at, &step);
	} else {
		value_decode(d, field, json, at, &step);
	}
}

static void decode_object(struct decoder *d, const struct schema *schema, const json_t *json,
			  const char *const *extra, void *data, const struct step *step)
{
	size_t known = 0;

	if (!json_is_object(json)) {
		decoder_refuse(d, step, TEXT("must be an object"));
		return;
	}
	for (size_t i = 0; i < schema->count && !decoder_is_full(d); i++) {
		const json_t *member = json_object_get(json, schema->fields[i].name);

		known += member != NULL;
		decode_field(d, &schema->fields[i], member, data, step);
	}
	if (known < json_object_size(json))
		refuse_unknown(d, schema, json, extra, step);
}

bool json_decode(struct arena *arena, struct text json, const struct schema *schema,
		 enum json_purpose purpose, const char *const *extra, void *data,
		 struct json_errors *errors)
{
	json_t *parsed = json_read(arena, json, errors);
	struct decoder d = {arena, purpose, errors};

	schema_clear(schema, data);
	if (parsed)
		decode_object(&d, schema, parsed, extra, data, NULL);
	json_decref(parsed);
	return errors->items.count == 0;
}
