/*
 * emit.c - JSON piece by piece.
 *
 * The one idea: whether a comma is due can be read off the last character written, since no value
 * ends in an opening bracket or a colon outside its quotes. Values of structs are written by core's
 * tables, so that what a side may not see is decided there and nowhere else.
 */
#include "concordat/wire/emit.h"

#include <assert.h>
#include <string.h>

#include "concordat/core/calendar.h"
#include "concordat/core/money.h"

static void put_name(struct writer *w, const char *name)
{
	char last = w->len ? w->at[w->len - 1] : '{';

	if (last != '{' && last != '[' && last != ':')
		writer_char(w, ',');
	if (!name)
		return;
	canon_string(w, text_of(name));
	writer_char(w, ':');
}

void emit_begin(struct writer *w, const char *name, char bracket)
{
	put_name(w, name);
	writer_char(w, bracket);
}

void emit_end(struct writer *w, char bracket)
{
	writer_char(w, bracket);
}

void emit_text(struct writer *w, const char *name, struct text value)
{
	if (!value.at)
		return;
	put_name(w, name);
	canon_string(w, value);
}

void emit_word(struct writer *w, const char *name, const char *value)
{
	emit_text(w, name, text_of(value));
}

void emit_bool(struct writer *w, const char *name, bool value)
{
	put_name(w, name);
	writer_puts(w, value ? "true" : "false");
}

void emit_int(struct writer *w, const char *name, int64_t value)
{
	if (value == NO_INT)
		return;
	put_name(w, name);
	writer_int(w, value);
}

void emit_money(struct writer *w, const char *name, int64_t pence)
{
	if (pence == NO_INT)
		return;
	put_name(w, name);
	writer_puts(w, "{\"amount\":");
	writer_int(w, pence);
	writer_puts(w, ",\"currency\":\"GBP\"}");
}

void emit_rate(struct writer *w, const char *name, int64_t rate)
{
	if (rate != NO_INT)
		emit_text(w, name, rate_text(w->arena, rate));
}

void emit_day(struct writer *w, const char *name, int32_t day)
{
	if (day == NO_DAY)
		return;
	put_name(w, name);
	writer_char(w, '"');
	day_write(w, day);
	writer_char(w, '"');
}

void emit_instant(struct writer *w, const char *name, int64_t at_us)
{
	if (at_us == NEVER_US)
		return;
	put_name(w, name);
	writer_char(w, '"');
	instant_write(w, at_us);
	writer_char(w, '"');
}

void emit_id(struct writer *w, const char *name, struct uuid id)
{
	char formatted[37];

	if (uuid_is_zero(id))
		return;
	uuid_format(id, formatted);
	emit_word(w, name, formatted);
}

void emit_digest(struct writer *w, const char *name, const struct digest *digest)
{
	if (!digest_is_zero(digest))
		emit_text(w, name, text_hex(w->arena, digest->bytes, sizeof(digest->bytes)));
}

void emit_json(struct writer *w, const char *name, struct text json)
{
	if (!json.at)
		return;
	put_name(w, name);
	writer_put(w, json);
}

void emit_struct(struct writer *w, const char *name, const struct schema *schema, const void *data,
		 enum audience audience)
{
	put_name(w, name);
	schema_write(w, schema, data, audience);
}

void emit_member(struct writer *w, const char *name, const struct schema *schema, size_t offset,
		 const void *data, enum audience audience)
{
	const struct field *field = NULL;
	struct field renamed;
	struct schema one = *schema;

	for (size_t i = 0; i < schema->count; i++)
		if (schema->fields[i].offset == offset)
			field = &schema->fields[i];
	assert(field);
	renamed = *field;
	if (name)
		renamed.name = name;
	one.fields = &renamed;
	one.count = 1;
	emit_members(w, &one, data, audience);
}

void emit_members(struct writer *w, const struct schema *schema, const void *data,
		  enum audience audience)
{
	struct writer inner;
	struct text object;

	writer_init(&inner, w->arena);
	schema_write(&inner, schema, data, audience);
	object = writer_text(&inner);
	if (object.len <= 2)
		return;
	put_name(w, NULL);
	writer_put(w, (struct text){object.at + 1, object.len - 2});
}
