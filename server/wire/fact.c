/*
 * fact.c - a stored fact's bytes to a struct fact.
 *
 * The counterpart of core's fact_body. The one idea: the body is an object like any other, so a
 * field table is laid over it whose "data" row is that of the fact's kind; envelope and data are
 * then filled by one pass and lie in one piece of memory.
 */
#include "concordat/wire/fact.h"

#include <stddef.h>
#include <string.h>

#include "json_parts.h"
#include "stored.h"

struct envelope {
	struct uuid organisation, user; /* of the actor */
	int32_t side;
	int32_t kind, on_behalf_of;
	struct evidence evidence;
	int64_t occurred_at_us;
	struct text protocol;
	int64_t round, thread, v;
	struct list opens, closes, changes;
};

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

/* In the order of names, in which they are read. */
static const struct field envelope_fields[] = {
	{.name = "actor", .kind = FIELD_OBJECT, .flags = FIELD_REQUIRED, .of = &actor_schema},
	{.name = "changes",
	 .kind = FIELD_LIST,
	 .offset = offsetof(struct envelope, changes),
	 .of = &due_change_schema},
	{.name = "closes",
	 .kind = FIELD_LIST,
	 .offset = offsetof(struct envelope, closes),
	 .of = &closed_schema},
#define DATA 3 /* its table is the kind's */
	{.name = "data", .kind = FIELD_OBJECT, .flags = FIELD_REQUIRED},
	{.name = "evidence",
	 .kind = FIELD_OBJECT,
	 .offset = offsetof(struct envelope, evidence),
	 .of = &evidence_schema},
	{.name = "kind",
	 .kind = FIELD_ENUM,
	 .flags = FIELD_REQUIRED,
	 .offset = offsetof(struct envelope, kind),
	 .names = fact_names},
	{.name = "occurred_at",
	 .kind = FIELD_INSTANT,
	 .flags = FIELD_REQUIRED,
	 .offset = offsetof(struct envelope, occurred_at_us)},
	{.name = "on_behalf_of",
	 .kind = FIELD_ENUM,
	 .offset = offsetof(struct envelope, on_behalf_of),
	 .names = side_names},
	{.name = "opens",
	 .kind = FIELD_LIST,
	 .offset = offsetof(struct envelope, opens),
	 .of = &opened_schema},
	{.name = "protocol",
	 .kind = FIELD_TEXT,
	 .flags = FIELD_REQUIRED,
	 .offset = offsetof(struct envelope, protocol)},
	{.name = "round", .kind = FIELD_INT, .offset = offsetof(struct envelope, round)},
	{.name = "thread", .kind = FIELD_INT, .offset = offsetof(struct envelope, thread)},
	{.name = "v",
	 .kind = FIELD_INT,
	 .flags = FIELD_REQUIRED,
	 .offset = offsetof(struct envelope, v)},
};
#define ENVELOPE_FIELDS (sizeof(envelope_fields) / sizeof(envelope_fields[0]))

/* False and *why when the body does not fit, or is not of the form that this release knows: *v, a
 * member of what is filled. */
static bool body_decode(struct arena *arena, struct text body, const struct schema *schema,
			void *fact, const int64_t *v, struct text *why)
{
	const struct json_error *error;
	struct json_errors errors;

	if (!stored_decode(arena, body, schema, fact, &errors)) {
		error = errors.items.items;
		*why = text_printf(arena, "its body does not fit: \"%.*s\" %.*s",
				   TEXT_FMT(error->pointer), TEXT_FMT(error->detail));
		return false;
	}
	if (*v == 1)
		return true;
	*why = text_printf(arena, "its form is version %lld, which this release cannot read",
			   (long long)*v);
	return false;
}

/* The envelope with the data of this kind behind it; NULL and *why when the body does not fit. */
static struct envelope *envelope_read(struct arena *arena, struct text body,
				      const struct schema *data_schema, size_t data_offset,
				      struct text *why)
{
	struct field fields[ENVELOPE_FIELDS];
	struct schema schema = {
		.name = "fact",
		.size = data_offset + data_schema->size,
		.fields = fields,
		.count = ENVELOPE_FIELDS,
	};
	struct envelope *envelope = arena_alloc(arena, schema.size);

	memcpy(fields, envelope_fields, sizeof(envelope_fields));
	fields[DATA].offset = data_offset;
	fields[DATA].of = data_schema;
	if (!body_decode(arena, body, &schema, envelope, &envelope->v, why))
		return NULL;
	if (envelope->round == 0 || envelope->thread == 0) {
		*why = TEXT("its round or thread is 0, and they count from 1");
		return NULL;
	}
	return envelope;
}

static int64_t zero_when_absent(int64_t number)
{
	return number == NO_INT ? 0 : number;
}

/*
 * The kind stands right behind the data, whose table it chooses, or behind the evidence that
 * follows it where there is any; both are objects. From the end, because data may hold the same
 * words and the little behind it does not: opened obligations have no member of this name.
 * TEXT_NONE when it is not found.
 */
static struct text kind_find(struct text body)
{
	static const char mark[] = "},\"kind\":\"";
	const size_t length = sizeof(mark) - 1;
	const char *from, *end;

	for (size_t at = body.len; at-- > 0;) {
		if (body.at[at] != '}' || body.len - at < length ||
		    memcmp(body.at + at, mark, length) != 0)
			continue;
		from = body.at + at + length;
		end = memchr(from, '"', (size_t)(body.at + body.len - from));
		return end ? (struct text){from, (size_t)(end - from)} : TEXT_NONE;
	}
	return TEXT_NONE;
}

/* NO_ENUM and *why when the body has no kind that is known. */
static int32_t kind_read(struct arena *arena, struct text body, struct text *why)
{
	struct text kind = kind_find(body);
	int32_t number = enum_parse(fact_names, kind);

	if (!kind.at)
		*why = TEXT("its body is not canonical JSON (RFC 8785) with a kind behind its "
			    "data");
	else if (number == NO_ENUM)
		*why = name_is_plain(kind)
			       ? text_printf(arena, "its kind \"%.*s\" is not known here",
					     TEXT_FMT(kind))
			       : TEXT("its kind is not known here");
	return number;
}

struct fact *fact_decode(struct arena *arena, int32_t seq, int64_t recorded_at_us,
			 const struct digest *leaf_hash, struct text body, struct text *why)
{
	const size_t align = _Alignof(max_align_t);
	const size_t data_offset = (sizeof(struct envelope) + align - 1) / align * align;
	int32_t number = kind_read(arena, body, why);
	struct envelope *envelope = NULL;
	struct fact *fact;

	if (number != NO_ENUM)
		envelope = envelope_read(arena, body, move_schema((enum move)number), data_offset,
					 why);
	if (!envelope)
		return NULL;
	if (envelope->kind != number) {
		*why = TEXT("its kind does not stand right behind its data");
		return NULL;
	}
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
		.evidence = envelope->evidence,
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

struct home_fact *home_fact_decode(struct arena *arena, int32_t seq, int64_t recorded_at_us,
				   const struct digest *leaf_hash, struct text body,
				   struct text *why)
{
	struct home_fact *fact = arena_make(arena, struct home_fact);

	if (!body_decode(arena, body, &home_fact_schema, fact, &fact->v, why))
		return NULL;
	fact->seq = seq;
	fact->recorded_at_us = recorded_at_us;
	fact->header_hash = *leaf_hash;
	return fact;
}

struct person_fact *person_fact_decode(struct arena *arena, int32_t seq, int64_t recorded_at_us,
				       const struct digest *leaf_hash, struct text body,
				       struct text *why)
{
	struct person_fact *fact = arena_make(arena, struct person_fact);

	if (!body_decode(arena, body, &person_fact_schema, fact, &fact->v, why))
		return NULL;
	fact->seq = seq;
	fact->recorded_at_us = recorded_at_us;
	fact->header_hash = *leaf_hash;
	return fact;
}
