/*
 * fact.c - a fact's bytes: canonical body, header and hash, and what one side sees.
 *
 * The header says that something was recorded and when, and nothing else; the
 * body's digest in it is salted with a nonce. Bytes are stored as hashed and never serialised
 * again.
 */
#include "concordat/core/placement.h"

#include <assert.h>

static void put_member(struct writer *w, bool *first, const char *name)
{
	if (!*first)
		writer_char(w, ',');
	*first = false;
	writer_printf(w, "\"%s\":", name);
}

static void put_list(struct writer *w, bool *first, const char *name, const struct schema *schema,
		     const struct list *list, enum audience audience)
{
	if (!list->count)
		return;
	put_member(w, first, name);
	writer_char(w, '[');
	for (size_t i = 0; i < list->count; i++) {
		if (i)
			writer_char(w, ',');
		schema_write(w, schema, (const char *)list->items + i * schema->size, audience);
	}
	writer_char(w, ']');
}

static void put_actor(struct writer *w, const struct fact *fact)
{
	bool first = true;

	writer_char(w, '{');
	if (!uuid_is_zero(fact->organisation)) {
		put_member(w, &first, "organisation");
		canon_string(w, uuid_text(w->arena, fact->organisation));
	}
	put_member(w, &first, "side");
	canon_string(w, text_of(side_names[fact->side]));
	if (!uuid_is_zero(fact->user)) {
		put_member(w, &first, "user");
		canon_string(w, uuid_text(w->arena, fact->user));
	}
	writer_char(w, '}');
}

/* The members that body and rendering share, in name order. */
static void put_members(struct writer *w, bool *first, const struct fact *fact,
			enum audience audience)
{
	put_member(w, first, "actor");
	put_actor(w, fact);
	put_list(w, first, "changes", &due_change_schema, &fact->changes, audience);
	put_list(w, first, "closes", &closed_schema, &fact->closes, audience);
	put_member(w, first, "data");
	schema_write(w, move_schema((enum move)fact->kind), fact->data, audience);
	if (fact->on_behalf_of != NO_ENUM) {
		put_member(w, first, "evidence");
		schema_write(w, &evidence_schema, &fact->evidence, audience);
	}
	put_member(w, first, "kind");
	canon_string(w, text_of(fact_names[fact->kind]));
	put_member(w, first, "occurred_at");
	canon_string(w, instant_text(w->arena, fact->occurred_at_us));
	if (fact->on_behalf_of != NO_ENUM) {
		put_member(w, first, "on_behalf_of");
		canon_string(w, text_of(side_names[fact->on_behalf_of]));
	}
	put_list(w, first, "opens", &opened_schema, &fact->opens, audience);
	put_member(w, first, "protocol");
	canon_string(w, fact->protocol);
}

static void put_strand(struct writer *w, bool *first, const struct fact *fact)
{
	if (fact->round) {
		put_member(w, first, "round");
		writer_int(w, fact->round);
	}
	if (fact->thread) {
		put_member(w, first, "thread");
		writer_int(w, fact->thread);
	}
}

struct text fact_body(struct arena *arena, const struct fact *fact)
{
	struct writer w;
	bool first = true;

	writer_init(&w, arena);
	writer_char(&w, '{');
	put_members(&w, &first, fact, AUDIENCE_FACT);
	put_strand(&w, &first, fact);
	put_member(&w, &first, "v");
	writer_char(&w, '1');
	writer_char(&w, '}');
	return writer_text(&w);
}

void fact_render(struct writer *w, const struct fact *fact, enum audience audience)
{
	bool first = true;

	assert(audience != AUDIENCE_FACT);
	writer_char(w, '{');
	put_members(w, &first, fact, audience);
	put_member(w, &first, "recorded_at");
	canon_string(w, instant_text(w->arena, fact->recorded_at_us));
	put_strand(w, &first, fact);
	writer_char(w, '}');
}

struct text fact_header(struct arena *arena, struct uuid authority, struct uuid stream,
			const struct fact *fact, const struct digest *prev, const uint8_t nonce[16],
			struct text body)
{
	struct digest digest = sha256((struct text){(const char *)nonce, 16}, body, TEXT_NONE);
	struct text authority_text = uuid_text(arena, authority),
		    stream_text = uuid_text(arena, stream);
	struct text digest_hex = text_hex(arena, digest.bytes, sizeof(digest.bytes));
	struct text prev_hex = text_hex(arena, prev->bytes, sizeof(prev->bytes));
	struct text at = instant_text(arena, fact->recorded_at_us);

	return text_printf(arena,
			   "{\"authority\":\"%.*s\",\"body_digest\":\"%.*s\",\"prev\":\"%.*s\","
			   "\"recorded_at\":\"%.*s\",\"seq\":%d,\"stream\":\"%.*s\",\"v\":1}",
			   TEXT_FMT(authority_text), TEXT_FMT(digest_hex), TEXT_FMT(prev_hex),
			   TEXT_FMT(at), fact->seq, TEXT_FMT(stream_text));
}

const struct terms *fact_terms(const struct fact *fact)
{
	if (fact_puts_offer(fact->kind))
		return &((const struct make_offer *)fact->data)->terms;
	if (fact->kind == FACT_UPLIFT_APPLIED)
		return &((const struct apply_uplift *)fact->data)->terms;
	if (fact->kind == FACT_EXISTING_AGREEMENT_RECORDED)
		return &((const struct record_existing_agreement *)fact->data)->terms;
	if (fact->kind == FACT_SETTLEMENT_PROPOSED)
		return &((const struct propose_settlement *)fact->data)->terms;
	return NULL;
}
