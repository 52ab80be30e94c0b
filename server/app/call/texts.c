/*
 * texts.c - the person's texts into a private copy of some facts.
 *
 * Cached facts hold digests only and are shared by every party; texts are put into copies that end
 * with the call. Only what the field tables let this audience see is asked for, so another's text
 * never leaves the database, and the statement that reads records the reading.
 */
#include "call/texts.h"

#include <sodium.h>
#include <string.h>

#include "concordat/base/report.h"
#include "queries.h"

static void list_own(struct arena *arena, struct list *list, size_t size)
{
	void *items = arena_alloc(arena, list->count * size);

	if (list->count)
		memcpy(items, list->items, list->count * size);
	list->items = items;
}

/* Members lie in the struct itself or in lists; what is in neither stays shared. */
static void own(struct arena *arena, const struct schema *schema, char *data)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		void *at = data + field->offset;
		struct list *list = at;

		if (field->kind == FIELD_OBJECT)
			own(arena, field->of, at);
		if (field->kind == FIELD_LIST)
			list_own(arena, list, field->of->size);
		for (size_t n = 0; field->kind == FIELD_LIST && n < list->count; n++)
			own(arena, field->of, (char *)list->items + n * field->of->size);
	}
}

struct fact *texts_copy(struct arena *arena, const struct fact *fact)
{
	const struct schema *schema = move_schema((enum move)fact->kind);
	struct fact *copy = arena_make(arena, struct fact);
	void *data = arena_alloc(arena, schema->size);

	*copy = *fact;
	copy->data = memcpy(data, fact->data, schema->size);
	own(arena, schema, data);
	list_own(arena, &copy->opens, sizeof(struct opened));
	list_own(arena, &copy->closes, sizeof(struct closed));
	list_own(arena, &copy->changes, sizeof(struct due_change));
	return copy;
}

static bool says(const struct schema *schema, const char *data, enum audience audience)
{
	bool found = false;

	for (size_t i = 0; i < schema->count && !found; i++) {
		const struct field *field = &schema->fields[i];
		const void *at = data + field->offset;
		const struct list *list = at;

		if (!field_is_for(field, audience))
			continue;
		if (field->kind == FIELD_PERSONAL)
			found = !digest_is_zero(&((const struct personal *)at)->digest);
		if (field->kind == FIELD_OBJECT)
			found = says(field->of, at, audience);
		for (size_t n = 0; field->kind == FIELD_LIST && n < list->count && !found; n++)
			found = says(field->of, (const char *)list->items + n * field->of->size,
				     audience);
	}
	return found;
}

bool texts_are_in(const struct fact *fact, enum audience audience)
{
	return says(move_schema((enum move)fact->kind), fact->data, audience);
}

static void want(struct texts *texts, int32_t seq, const struct schema *schema, void *data,
		 struct text prefix, enum audience audience)
{
	struct arena *arena = texts->call->arena;

	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		void *at = (char *)data + field->offset;
		const struct list *list = at;
		struct text path;

		if (!field_is_for(field, audience))
			continue;
		path = prefix.len ? text_printf(arena, "%.*s/%s", TEXT_FMT(prefix), field->name)
				  : text_of(field->name);
		if (field->kind == FIELD_PERSONAL &&
		    !digest_is_zero(&((struct personal *)at)->digest)) {
			struct wanted *one = LIST_ADD(arena, texts->wanted, texts->wanted_count);

			*one = (struct wanted){.seq = seq, .field = path, .at = at};
		}
		if (field->kind == FIELD_OBJECT)
			want(texts, seq, field->of, at, path, audience);
		for (size_t n = 0; field->kind == FIELD_LIST && n < list->count; n++)
			want(texts, seq, field->of, (char *)list->items + n * field->of->size,
			     text_printf(arena, "%.*s/%zu", TEXT_FMT(path), n), audience);
	}
}

void texts_want(struct texts *texts, struct fact *fact, enum audience audience)
{
	/* The copy is ours: texts_copy made its data in the call's arena. */
	want(texts, fact->seq, move_schema((enum move)fact->kind), (void *)fact->data, TEXT_NONE,
	     audience);
}

/* Rows: which of the wanted, its sealed bytes, the person's wrapped key. */
static void on_rows(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct texts *texts = context;
	struct call *call = texts->call;
	struct wanted *wanted = texts->wanted;
	struct person_key key = {0};

	for (size_t i = 0; outcome == STORE_DONE && i < rows->count; i++) {
		int64_t n = row_int(rows, i, 0, 0) - 1;
		struct wanted *one = &wanted[n];

		if (n < 0 || (size_t)n >= texts->wanted_count)
			continue;
		if (!key.present && !person_key_unwrap(call->app, texts->authority, texts->person,
						       row_text(rows, i, 2), &key)) {
			report(REPORT_ERROR, "app", "A person's key does not open", NULL);
			outcome = STORE_BUG;
		} else if (!personal_open(call->app, call->arena, &key, texts->authority,
					  texts->placement, one->seq, one->field,
					  row_text(rows, i, 1), &one->at->text)) {
			report(REPORT_ERROR, "app", "A person's text does not open", NULL);
			outcome = STORE_BUG;
		} else if (texts->with_salts) {
			one->salt = personal_salt(call->arena, &key, texts->placement, one->seq,
						  one->field);
		}
	}
	sodium_memzero(&key, sizeof(key));
	texts->on_read(texts, outcome);
}

void texts_read(struct texts *texts)
{
	struct arena *arena = texts->call->arena;
	const struct wanted *wanted = texts->wanted;
	struct text *seqs = arena_array(arena, struct text, texts->wanted_count);
	struct text *fields = arena_array(arena, struct text, texts->wanted_count);
	struct param *params = arena_array(arena, struct param, 8);

	for (size_t i = 0; i < texts->wanted_count; i++) {
		seqs[i] = text_printf(arena, "%d", wanted[i].seq);
		fields[i] = wanted[i].field;
	}
	params[0] = param_uuid(arena, texts->authority);
	params[1] = param_uuid(arena, texts->placement);
	params[2] = param_uuid(arena, texts->person);
	params[3] = param_array(arena, seqs, texts->wanted_count);
	params[4] = param_array(arena, fields, texts->wanted_count);
	params[5] = param_uuid(arena, texts->actor.user);
	params[6] = param_uuid(arena, texts->actor.organisation);
	params[7] = param_instant(arena, app_now_us(texts->call->app));
	store_read(app_store(texts->call->app), arena, texts->actor.organisation, SQL_QUERY_TEXTS,
		   params, 8, on_rows, texts);
}
