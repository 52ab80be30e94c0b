/*
 * fact.c - a stored fact's bytes to a struct fact.
 *
 * The counterpart of core's fact_body. The one idea: the body is an object like any other, so a
 * field table is laid over it whose "data" row is that of the fact's kind; envelope and data are
 * then filled by one pass and lie in one piece of memory.
 */
#include "concordat/wire/fact.h"

#include <stddef.h>

#include "json_parts.h"

struct envelope {
	struct uuid organisation, user; /* of the actor */
	int32_t side;
	int32_t kind, on_behalf_of;
	int64_t occurred_at_us;
	struct text protocol;
	int64_t round, thread, v;
	struct list opens, closes, changes;
};

#define NUMBER_MOST 1000000

/* The actor's members lie in the envelope itself, at its head. */
static const struct field actor_fields[] = {
	{.name = "organisation",
	 .kind = FIELD_ID,
	 .offset = offsetof(struct envelope, organisation)},
	{.name = "side",
	 .kind = FIELD_ENUM,
	 .flags = FIELD_REQUIRED,
	 .offset = offsetof(struct envelope, side),
	 .names = side_names},
	{.name = "user", .kind = FIELD_ID, .offset = offsetof(struct envelope, user)},
};
static const struct schema actor_schema = {
	.name = "actor",
	.size = offsetof(struct envelope, side) + sizeof(int32_t),
	.fields = actor_fields,
	.count = sizeof(actor_fields) / sizeof(actor_fields[0]),
};

static const struct field envelope_fields[] = {
	{.name = "actor", .kind = FIELD_OBJECT, .flags = FIELD_REQUIRED, .of = &actor_schema},
	{.name = "kind",
	 .kind = FIELD_ENUM,
	 .flags = FIELD_REQUIRED,
	 .offset = offsetof(struct envelope, kind),
	 .names = fact_names},
	{.name = "on_behalf_of",
	 .kind = FIELD_ENUM,
	 .offset = offsetof(struct envelope, on_behalf_of),
	 .names = side_names},
	{.name = "occurred_at",
	 .kind = FIELD_INSTANT,
	 .flags = FIELD_REQUIRED,
	 .offset = offsetof(struct envelope, occurred_at_us)},
	{.name = "protocol",
	 .kind = FIELD_TEXT,
	 .flags = FIELD_REQUIRED,
	 .offset = offsetof(struct envelope, protocol),
	 .least = 1,
	 .most = 100},
	{.name = "round",
	 .kind = FIELD_INT,
	 .offset = offsetof(struct envelope, round),
	 .least = 1,
	 .most = NUMBER_MOST},
	{.name = "thread",
	 .kind = FIELD_INT,
	 .offset = offsetof(struct envelope, thread),
	 .least = 1,
	 .most = NUMBER_MOST},
	{.name = "v",
	 .kind = FIELD_INT,
	 .flags = FIELD_REQUIRED,
	 .offset = offsetof(struct envelope, v),
	 .least = 1,
	 .most = 1},
	{.name = "opens",
	 .kind = FIELD_LIST,
	 .offset = offsetof(struct envelope, opens),
	 .most = 100,
	 .of = &opened_schema},
	{.name = "closes",
	 .kind = FIELD_LIST,
	 .offset = offsetof(struct envelope, closes),
	 .most = 100,
	 .of = &closed_schema},
	{.name = "changes",
	 .kind = FIELD_LIST,
	 .offset = offsetof(struct envelope, changes),
	 .most = 100,
	 .of = &due_change_schema},
};
#define ENVELOPE_FIELDS (sizeof(envelope_fields) / sizeof(envelope_fields[0]))

static struct text errors_sentence(struct arena *arena, const struct json_errors *errors)
{
	const struct json_error *error = errors->items.items;

	if (!errors->items.count)
		return TEXT("its body is not sound JSON");
	return text_printf(arena, "its body does not fit: \"%.*s\" %.*s", TEXT_FMT(error->pointer),
			   TEXT_FMT(error->detail));
}

/* The envelope with the data of this kind behind it; NULL and *why when the body does not fit. */
static struct envelope *envelope_read(struct arena *arena, const json_t *body,
				      const struct schema *data_schema, size_t data_offset,
				      struct text *why)
{
	struct field fields[ENVELOPE_FIELDS + 1];
	struct schema schema = {
		.name = "fact",
		.size = data_offset + data_schema->size,
		.fields = fields,
		.count = ENVELOPE_FIELDS + 1,
	};
	struct envelope *envelope = arena_alloc(arena, schema.size);
	struct json_errors errors = {0};

	for (size_t i = 0; i < ENVELOPE_FIELDS; i++)
		fields[i] = envelope_fields[i];
	fields[ENVELOPE_FIELDS] = (struct field){.name = "data",
						 .kind = FIELD_OBJECT,
						 .flags = FIELD_REQUIRED,
						 .offset = data_offset,
						 .of = data_schema};
	if (!json_decode_parsed(arena, body, &schema, JSON_FACT, NULL, envelope, &errors)) {
		*why = errors_sentence(arena, &errors);
		return NULL;
	}
	if (envelope->v != 1) {
		*why = text_printf(arena,
				   "its form is version %lld, which this release cannot read",
				   (long long)envelope->v);
		return NULL;
	}
	return envelope;
}

static int64_t zero_when_absent(int64_t number)
{
	return number == NO_INT ? 0 : number;
}

/* The body's "kind"; NO_ENUM and *why when it has none that is known. */
static int32_t kind_read(struct arena *arena, const json_t *body, struct text *why)
{
	const char *kind = json_string_value(json_object_get(body, "kind"));
	int32_t number = enum_parse(fact_names, text_of(kind ? kind : ""));

	if (number == NO_ENUM)
		*why = text_printf(arena, "its kind \"%s\" is not known here", kind ? kind : "");
	return number;
}

struct fact *fact_decode(struct arena *arena, int32_t seq, int64_t recorded_at_us,
			 const struct digest *leaf_hash, struct text body, struct text *why)
{
	const size_t align = _Alignof(max_align_t);
	const size_t data_offset = (sizeof(struct envelope) + align - 1) / align * align;
	struct json_errors errors;
	json_t *parsed = json_read_stored(arena, body, &errors);
	int32_t number = parsed ? kind_read(arena, parsed, why) : NO_ENUM;
	struct envelope *envelope = NULL;
	struct fact *fact;

	if (!parsed)
		*why = errors_sentence(arena, &errors);
	if (number != NO_ENUM)
		envelope = envelope_read(arena, parsed, move_schema((enum move)number), data_offset,
					 why);
	json_decref(parsed);
	if (!envelope)
		return NULL;
	fact = arena_make(arena, struct fact);
	*fact = (struct fact){
		.seq = seq,
		.kind = (enum fact_kind)number,
		.recorded_at_us = recorded_at_us,
		.occurred_at_us = envelope->occurred_at_us,
		.user = envelope->user,
		.organisation = envelope->organisation,
		.side = envelope->side,
		.on_behalf_of = envelope->on_behalf_of,
		.protocol = envelope->protocol,
		.round = zero_when_absent(envelope->round),
		.thread = zero_when_absent(envelope->thread),
		.opens = envelope->opens,
		.closes = envelope->closes,
		.changes = envelope->changes,
		.data = (const char *)envelope + data_offset,
		.header_hash = *leaf_hash,
	};
	return fact;
}
