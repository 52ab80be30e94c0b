/*
 * stored.c - objects and lists of stored text, by their field tables.
 *
 * Nothing is parsed into a tree: a member's name is found in the table and its value read straight
 * into the struct. Members stand in ascending order, so one that stands twice is out of order, and
 * it only goes as deep as the tables do.
 */
#include "stored.h"

#include <assert.h>
#include <string.h>

#include "json_parts.h"

#define FIELDS_MOST 64
#define GATHERED_BYTES 4096

static const char *const kind_says[] = {
	[FIELD_BOOL] = "must be true or false",
	[FIELD_INT] = "must be a whole number in canonical form",
	[FIELD_MONEY] = "must be money in canonical form: {\"amount\":pence,\"currency\":\"GBP\"}",
	[FIELD_RATE] = "must be a decimal number in canonical form, like \"14.20\"",
	[FIELD_TEXT] = "must be a text in canonical form",
	[FIELD_PERSONAL] = "must be a SHA-256 digest of 64 small hexadecimal digits, not all zeros",
	[FIELD_ENUM] = "must be a word that is known here",
	[FIELD_DAY] = "must be a date like \"2026-04-13\"",
	[FIELD_INSTANT] = "must be an instant in canonical form, like \"2026-04-13T16:00:00Z\"",
	[FIELD_ID] = "must be an identifier (a UUID) in small letters, not all zeros",
	[FIELD_OBJECT] = "must be an object",
	[FIELD_DIGEST] = "must be a SHA-256 digest of 64 small hexadecimal digits, not all zeros",
	[FIELD_LIST] = "must be a list",
	[FIELD_MAP] = "must be an object of names and numbers",
	[FIELD_WORDS] = "must be a list of words, each once",
};

/* A reader, with the beginning of the text and the place for what is wrong with it. */
struct walk {
	struct reader r;
	const char *from;
	struct json_errors *errors;
};

/* How many items a list has is known only at its end: until then they lie on the stack, and past
 * that in the arena, in twice the room each time. */
struct gathering {
	size_t size, count, room;
	char *items;
	_Alignas(max_align_t) char first[GATHERED_BYTES];
};

static bool read_object(struct walk *w, const struct schema *schema, void *data,
			const struct step *step);

/* ---- what is wrong; false, so that it can be returned */

static bool refuse(struct walk *w, const struct step *step, const char *says)
{
	struct decoder d = {.arena = w->r.arena, .errors = w->errors};

	decoder_refuse(&d, step, text_of(says));
	return false;
}

static bool refuse_form(struct walk *w, const struct step *step)
{
	struct text says = text_printf(w->r.arena, "is not canonical JSON (RFC 8785) at byte %zu",
				       (size_t)(w->r.at - w->from));

	return refuse(w, step, says.at);
}

/* ---- pieces */

/* Names in tables are plain, and names of inputs are held to be: with ASCII alone, every reader
 * sorts them alike. */
static bool take_name(struct reader *r, struct text *name)
{
	if (!take_quoted(r, name) || !take_char(r, ':'))
		return false;
	for (size_t i = 0; i < name->len; i++)
		if (name->at[i] < ' ' || name->at[i] > '~' || name->at[i] == '\\')
			return false;
	return true;
}

/* True while another member or item follows; count: how many there were. False at the end, or where
 * neither stands, which take_char(close) tells. */
static bool take_next(struct reader *r, char close, size_t count)
{
	if (r->at == r->end || *r->at == close)
		return false;
	return count == 0 || take_char(r, ',');
}

/* The next member's name: true with *more when there is one. */
static bool read_name(struct walk *w, size_t count, struct text *name, bool *more,
		      const struct step *outer)
{
	struct text last = *name;
	struct step step = {outer, TEXT_NONE, 0};

	*more = take_next(&w->r, '}', count);
	if (!*more)
		return take_char(&w->r, '}') || refuse_form(w, outer);
	if (!take_name(&w->r, name))
		return refuse_form(w, outer);
	step.name = *name;
	if (count && text_compare(last, *name) >= 0)
		return refuse(w, &step, "stands twice or out of order");
	return true;
}

static void gathering_begin(struct gathering *g, size_t size)
{
	g->size = size;
	g->count = 0;
	g->room = GATHERED_BYTES / size;
	g->items = g->first;
}

static void *gathering_add(struct gathering *g, struct arena *arena)
{
	if (g->count == g->room) {
		char *grown = arena_alloc_array(arena, g->size, g->room * 2 + 1);

		memcpy(grown, g->items, g->count * g->size);
		g->items = grown;
		g->room = g->room * 2 + 1;
	}
	return g->items + g->count++ * g->size;
}

static struct list gathering_end(struct gathering *g, struct arena *arena)
{
	if (g->items == g->first)
		g->items = arena_copy(arena, g->first, g->count * g->size);
	return (struct list){g->items, g->count};
}

/* ---- kinds of many */

static bool read_list(struct walk *w, const struct field *field, struct list *list,
		      const struct step *outer)
{
	struct gathering g;

	if (!take_char(&w->r, '['))
		return refuse(w, outer, kind_says[FIELD_LIST]);
	gathering_begin(&g, field->of->size);
	while (take_next(&w->r, ']', g.count)) {
		struct step step = {outer, TEXT_NONE, g.count};
		void *item = gathering_add(&g, w->r.arena);

		schema_clear(field->of, item);
		if (!read_object(w, field->of, item, &step))
			return false;
	}
	if (!take_char(&w->r, ']'))
		return refuse_form(w, outer);
	*list = gathering_end(&g, w->r.arena);
	return true;
}

static bool is_among(const struct gathering *g, int32_t word)
{
	const int32_t *words = (const int32_t *)g->items;

	for (size_t i = 0; i < g->count; i++)
		if (words[i] == word)
			return true;
	return false;
}

static bool read_words(struct walk *w, const struct field *field, struct list *words,
		       const struct step *outer)
{
	struct gathering g;
	int32_t word;

	if (!take_char(&w->r, '['))
		return refuse(w, outer, kind_says[FIELD_WORDS]);
	gathering_begin(&g, sizeof(word));
	while (take_next(&w->r, ']', g.count)) {
		struct step step = {outer, TEXT_NONE, g.count};

		if (!take_enum(&w->r, field->names, &word))
			return refuse(w, &step, kind_says[FIELD_ENUM]);
		if (is_among(&g, word))
			return refuse(w, &step, "is in the list already");
		*(int32_t *)gathering_add(&g, w->r.arena) = word;
	}
	if (!take_char(&w->r, ']'))
		return refuse_form(w, outer);
	*words = gathering_end(&g, w->r.arena);
	return true;
}

static bool read_map(struct walk *w, struct list *map, const struct step *outer)
{
	struct gathering g;
	struct step step = {outer, TEXT_NONE, 0};
	bool more;

	if (!take_char(&w->r, '{'))
		return refuse(w, outer, kind_says[FIELD_MAP]);
	gathering_begin(&g, sizeof(struct map_entry));
	for (;;) {
		struct map_entry entry;

		if (!read_name(w, g.count, &step.name, &more, outer))
			return false;
		if (!more)
			break;
		if (!take_rate(&w->r, &entry.value_r))
			return refuse(w, &step, kind_says[FIELD_RATE]);
		entry.key = text_copy(w->r.arena, step.name);
		*(struct map_entry *)gathering_add(&g, w->r.arena) = entry;
	}
	*map = gathering_end(&g, w->r.arena);
	return true;
}

/* ---- objects */

static bool read_field(struct walk *w, const struct field *field, void *at, const struct step *step)
{
	switch (field->kind) {
	case FIELD_OBJECT:
		return read_object(w, field->of, at, step);
	case FIELD_LIST:
		return read_list(w, field, at, step);
	case FIELD_WORDS:
		return read_words(w, field, at, step);
	case FIELD_MAP:
		return read_map(w, at, step);
	case FIELD_BOOL:
	case FIELD_INT:
	case FIELD_MONEY:
	case FIELD_RATE:
	case FIELD_TEXT:
	case FIELD_PERSONAL:
	case FIELD_ENUM:
	case FIELD_DAY:
	case FIELD_INSTANT:
	case FIELD_ID:
	case FIELD_DIGEST:
		break;
	}
	return take_value(&w->r, field, at) || refuse(w, step, kind_says[field->kind]);
}

/* From the one behind the last found: tables are mostly in the order of names. */
static size_t find_field(const struct schema *schema, struct text name, size_t from)
{
	for (size_t n = 0; n < schema->count; n++) {
		size_t i = from + n < schema->count ? from + n : from + n - schema->count;
		const char *known = schema->fields[i].name;

		if (known[0] == name.at[0] && strncmp(known, name.at, name.len) == 0 &&
		    known[name.len] == '\0')
			return i;
	}
	return schema->count;
}

static bool has_all(struct walk *w, const struct schema *schema, uint64_t seen,
		    const struct step *outer)
{
	for (size_t i = 0; i < schema->count; i++) {
		struct step step = {outer, TEXT_NONE, 0};

		if ((schema->fields[i].flags & (FIELD_REQUIRED | FIELD_ASKED)) != FIELD_REQUIRED ||
		    seen >> i & 1)
			continue;
		step.name = text_of(schema->fields[i].name);
		return refuse(w, &step, "is required");
	}
	return true;
}

static bool read_object(struct walk *w, const struct schema *schema, void *data,
			const struct step *outer)
{
	struct step step = {outer, TEXT_NONE, 0};
	uint64_t seen = 0;
	bool more;

	assert(schema->count <= FIELDS_MOST);
	if (!take_char(&w->r, '{'))
		return refuse(w, outer, kind_says[FIELD_OBJECT]);
	for (size_t count = 0, i = 0;; count++, i++) {
		if (!read_name(w, count, &step.name, &more, outer))
			return false;
		if (!more)
			return has_all(w, schema, seen, outer);
		i = find_field(schema, step.name, i);
		if (i == schema->count)
			return refuse(w, &step, "is not known here");
		seen |= UINT64_C(1) << i;
		if (!read_field(w, &schema->fields[i], (char *)data + schema->fields[i].offset,
				&step))
			return false;
	}
}

bool stored_decode(struct arena *arena, struct text text, const struct schema *schema, void *data,
		   struct json_errors *errors)
{
	const char *from = text.len ? text.at : "";
	struct walk w = {{arena, from, from + text.len}, from, errors};

	*errors = (struct json_errors){0};
	schema_clear(schema, data);
	if (!read_object(&w, schema, data, NULL))
		return false;
	return w.r.at == w.r.end || refuse_form(&w, NULL);
}
