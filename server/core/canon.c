/*
 * canon.c - structs to canonical JSON (RFC 8785), for a fact or for one side's eyes.
 *
 * What is written here is hashed, signed and compared years later, so there is one way to write
 * each value: members sorted by UTF-16 unit, absent ones left out, integers only, finer numbers as
 * decimal strings. A required flag, list, map or object is written even when it is absent (false,
 * [], {}), so that wire reads back whatever was written.
 */
#include <assert.h>
#include <string.h>

#include "concordat/core/calendar.h"
#include "concordat/core/money.h"
#include "concordat/core/schema.h"

#define FIELDS_MOST 64

/*
 * RFC 8785 sorts by UTF-16 units, in which U+10000 and up (surrogates, D800-DFFF) come before
 * U+E000-FFFF. In UTF-8 only the lead bytes tell: EE and EF belong behind F0-F4.
 */
static int utf16_rank(unsigned char byte)
{
	if (byte >= 0xf0)
		return byte - 2;
	if (byte >= 0xee)
		return byte + 5;
	return byte;
}

static int key_compare(struct text a, struct text b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;

	for (size_t i = 0; i < shorter; i++)
		if (a.at[i] != b.at[i])
			return utf16_rank((unsigned char)a.at[i]) -
			       utf16_rank((unsigned char)b.at[i]);
	return (a.len > b.len) - (a.len < b.len);
}

static bool is_seen(const struct field *field, const void *data, enum audience audience)
{
	bool always = field->flags & FIELD_REQUIRED &&
		      (field->kind == FIELD_BOOL || field->kind == FIELD_LIST ||
		       field->kind == FIELD_MAP || field->kind == FIELD_WORDS ||
		       field->kind == FIELD_OBJECT);

	return field_is_for(field, audience) && (always || !field_is_absent(field, data));
}

/* Insertion sort: tables are short and mostly in order. Their names are ASCII, whose bytes sort as
 * UTF-16 units do. */
static size_t fields_sorted(const struct schema *schema, const struct field *sorted[FIELDS_MOST])
{
	assert(schema->count <= FIELDS_MOST);
	for (size_t i = 0; i < schema->count; i++) {
		size_t at = i;

		while (at > 0 && strcmp(schema->fields[i].name, sorted[at - 1]->name) < 0) {
			sorted[at] = sorted[at - 1];
			at--;
		}
		sorted[at] = &schema->fields[i];
	}
	return schema->count;
}

/* What holds no character that needs an escape. */
static void write_plain(struct writer *w, struct text t)
{
	writer_char(w, '"');
	writer_put(w, t);
	writer_char(w, '"');
}

static void write_digest(struct writer *w, const struct digest *digest)
{
	write_plain(w, text_hex(w->arena, digest->bytes, sizeof(digest->bytes)));
}

static void write_map(struct writer *w, const struct list *map)
{
	const struct map_entry *entries = map->items;
	const struct map_entry **sorted =
		arena_array(w->arena, const struct map_entry *, map->count);

	for (size_t i = 0; i < map->count; i++) {
		size_t at = i;

		while (at > 0 && key_compare(entries[i].key, sorted[at - 1]->key) < 0) {
			sorted[at] = sorted[at - 1];
			at--;
		}
		sorted[at] = &entries[i];
	}
	writer_char(w, '{');
	for (size_t i = 0; i < map->count; i++) {
		if (i)
			writer_char(w, ',');
		canon_string(w, sorted[i]->key);
		writer_char(w, ':');
		write_plain(w, rate_text(w->arena, sorted[i]->value_r));
	}
	writer_char(w, '}');
}

static void write_personal(struct writer *w, const struct personal *personal,
			   enum audience audience)
{
	if (audience == AUDIENCE_FACT)
		write_digest(w, &personal->digest);
	else if (personal->text.at)
		canon_string(w, personal->text);
	else
		writer_puts(w, "null");
}

static void write_list(struct writer *w, const struct field *field, const struct list *list,
		       enum audience audience)
{
	writer_char(w, '[');
	for (size_t i = 0; i < list->count; i++) {
		if (i)
			writer_char(w, ',');
		schema_write(w, field->of, (const char *)list->items + i * field->of->size,
			     audience);
	}
	writer_char(w, ']');
}

static void write_words(struct writer *w, const struct field *field, const struct list *words)
{
	const int32_t *indexes = words->items;

	writer_char(w, '[');
	for (size_t i = 0; i < words->count; i++) {
		if (i)
			writer_char(w, ',');
		canon_string(w, text_of(field->names[indexes[i]]));
	}
	writer_char(w, ']');
}

static void write_id(struct writer *w, const struct uuid *id)
{
	char formatted[37];

	uuid_format(*id, formatted);
	write_plain(w, text_of(formatted));
}

static void write_value(struct writer *w, const struct field *field, const void *at,
			enum audience audience)
{
	switch (field->kind) {
	case FIELD_BOOL:
		writer_puts(w, *(const bool *)at ? "true" : "false");
		break;
	case FIELD_INT:
		writer_int(w, *(const int64_t *)at);
		break;
	case FIELD_MONEY:
		writer_puts(w, "{\"amount\":");
		writer_int(w, *(const int64_t *)at);
		writer_puts(w, ",\"currency\":\"GBP\"}");
		break;
	case FIELD_RATE:
		write_plain(w, rate_text(w->arena, *(const int64_t *)at));
		break;
	case FIELD_TEXT:
		canon_string(w, *(const struct text *)at);
		break;
	case FIELD_PERSONAL:
		write_personal(w, at, audience);
		break;
	case FIELD_ENUM:
		canon_string(w, text_of(field->names[*(const int32_t *)at]));
		break;
	case FIELD_DAY:
		writer_char(w, '"');
		day_write(w, *(const int32_t *)at);
		writer_char(w, '"');
		break;
	case FIELD_INSTANT:
		writer_char(w, '"');
		instant_write(w, *(const int64_t *)at);
		writer_char(w, '"');
		break;
	case FIELD_ID:
		write_id(w, at);
		break;
	case FIELD_DIGEST:
		write_digest(w, at);
		break;
	case FIELD_OBJECT:
		schema_write(w, field->of, at, audience);
		break;
	case FIELD_LIST:
		write_list(w, field, at, audience);
		break;
	case FIELD_MAP:
		write_map(w, at);
		break;
	case FIELD_WORDS:
		write_words(w, field, at);
		break;
	}
}

void schema_write(struct writer *w, const struct schema *schema, const void *data,
		  enum audience audience)
{
	const struct field *sorted[FIELDS_MOST];
	size_t count = fields_sorted(schema, sorted);
	bool first = true;

	writer_char(w, '{');
	for (size_t i = 0; i < count; i++) {
		if (!is_seen(sorted[i], data, audience))
			continue;
		if (!first)
			writer_char(w, ',');
		first = false;
		write_plain(w, text_of(sorted[i]->name));
		writer_char(w, ':');
		write_value(w, sorted[i], (const char *)data + sorted[i]->offset, audience);
	}
	writer_char(w, '}');
}

void canon_string(struct writer *w, struct text t)
{
	static const char hex[] = "0123456789abcdef";
	static const char *const escapes[0x20] = {
		['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r",
	};
	size_t from = 0;

	writer_char(w, '"');
	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.at[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		writer_put(w, (struct text){t.at + from, i - from});
		from = i + 1;
		if (c == '"' || c == '\\') {
			writer_char(w, '\\');
			writer_char(w, (char)c);
		} else if (escapes[c]) {
			writer_puts(w, escapes[c]);
		} else {
			writer_puts(w, "\\u00");
			writer_char(w, hex[c >> 4]);
			writer_char(w, hex[c & 15]);
		}
	}
	if (from < t.len)
		writer_put(w, (struct text){t.at + from, t.len - from});
	writer_char(w, '"');
}
