/*
 * effects.c - a batch's moves turned into the arrays of queries/append.sql.
 *
 * Arrays travel in PostgreSQL's binary form, so that nothing is quoted and an
 * instant keeps its microsecond. Each group below writes its columns in the
 * order of the statement's parameters; the letters in column_types say which
 * type each has, and every put checks that it meets its own.
 */
#include "effects.h"

#include <arpa/inet.h>
#include <assert.h>
#include <endian.h>
#include <string.h>

#include "concordat/core/calendar.h"

/* First column of each group. */
enum {
	MOVE = 0,
	FACT = 12,
	LISTED = 21,
	PARTY = 35,
	OWED = 45,
	PERSON = 63,
	SAID = 66,
	REDACTED = 71,
	ERASED = 73
};

static const char column_types[EFFECT_COLUMNS + 1] = "uutiizuubiit"	  /* move */
						     "iitttbbzu"	  /* fact */
						     "ittttuuuuliztt"	  /* listed */
						     "iutzziitzo"	  /* party */
						     "iiittuizzztiiiiziz" /* owed */
						     "iub"		  /* person */
						     "iitub"		  /* said */
						     "ii"		  /* redacted */
						     "iu";		  /* erased */

/* The server counts from 2000-01-01. */
#define SERVER_EPOCH_US INT64_C(946684800000000)
#define HEAD_SIZE 20
#define BARE_HEAD_SIZE 12

struct column {
	char type;
	uint32_t count;
	struct writer w;
};

static uint32_t type_oid(char type)
{
	static const struct {
		char type;
		uint32_t oid;
	} oids[] = {{'o', 16}, {'b', 17},   {'l', 20},	{'i', 23},
		    {'t', 25}, {'z', 1184}, {'u', 2950}};

	for (size_t i = 0; i < sizeof(oids) / sizeof(oids[0]); i++)
		if (oids[i].type == type)
			return oids[i].oid;
	assert(!"no such column type");
	return 0;
}

static void put_word(struct writer *w, uint32_t n)
{
	n = htonl(n);
	writer_put(w, (struct text){(const char *)&n, sizeof(n)});
}

static void put(struct column *c, char type, const void *bytes, size_t size)
{
	assert(c->type == type);
	c->count++;
	put_word(&c->w, bytes ? (uint32_t)size : UINT32_MAX);
	if (bytes)
		writer_put(&c->w, (struct text){bytes, size});
}

static void put_int(struct column *c, int32_t n)
{
	uint32_t word = htonl((uint32_t)n);

	put(c, 'i', &word, sizeof(word));
}

static void put_int_or_null(struct column *c, int32_t n)
{
	if (n)
		put_int(c, n);
	else
		put(c, 'i', NULL, 0);
}

static void put_long(struct column *c, char type, int64_t n, bool null)
{
	uint64_t word = htobe64((uint64_t)n);

	put(c, type, null ? NULL : (const void *)&word, sizeof(word));
}

static void put_instant(struct column *c, int64_t at_us)
{
	bool never = at_us == NEVER_US;

	put_long(c, 'z', never ? 0 : at_us - SERVER_EPOCH_US, never);
}

static void put_bool(struct column *c, bool b)
{
	char byte = b;

	put(c, 'o', &byte, 1);
}

static void put_text(struct column *c, struct text t)
{
	put(c, 't', t.at, t.len);
}

static void put_bytes(struct column *c, const void *bytes, size_t size)
{
	put(c, 'b', bytes, size);
}

static void put_uuid(struct column *c, struct uuid id)
{
	put(c, 'u', uuid_is_zero(id) ? NULL : id.bytes, sizeof(id.bytes));
}

static void put_move(struct column *c, const struct append *m)
{
	bool keyed = !uuid_is_zero(m->key);

	put_uuid(c++, m->authority);
	put_uuid(c++, m->stream);
	put_text(c++, m->stream_kind.at ? m->stream_kind : TEXT("placement"));
	put_int(c++, m->expected_seq);
	put_int(c++, (int32_t)m->fact_count);
	put_instant(c++, m->recorded_at_us);
	put_uuid(c++, m->key_user);
	put_uuid(c++, m->key);
	put_bytes(c++, keyed ? m->request.bytes : NULL, sizeof(m->request.bytes));
	put_int(c++, m->version);
	put_int(c++, m->first_seq);
	put_text(c++, m->traceparent);
}

static void put_facts(struct column *columns, int32_t i, const struct append *m)
{
	for (size_t k = 0; k < m->fact_count; k++) {
		const struct append_fact *f = &m->facts[k];
		struct column *c = columns;

		put_int(c++, i);
		put_int(c++, f->seq);
		put_text(c++, f->kind);
		put_text(c++, f->header);
		put_text(c++, f->body);
		put_bytes(c++, f->nonce, sizeof(f->nonce));
		put_bytes(c++, f->leaf_hash.bytes, sizeof(f->leaf_hash.bytes));
		put_instant(c++, f->occurred_at_us);
		put_uuid(c++, f->actor);
	}
}

static void put_listed(struct column *c, int32_t i, const struct append *m)
{
	put_int(c++, i);
	put_text(c++, m->reference);
	put_text(c++, m->stage);
	put_text(c++, m->setting);
	put_text(c++, m->urgency);
	put_uuid(c++, m->person);
	put_uuid(c++, m->provider);
	put_uuid(c++, m->home);
	put_uuid(c++, m->owner);
	put_long(c++, 'l', m->weekly_p, m->weekly_p < 0);
	put_int_or_null(c++, m->terms_entry);
	put_instant(c++, m->opened_at_us);
	put_text(c++, m->team);
	put_text(c++, m->external_reference);
}

static void put_parties(struct column *columns, int32_t i, const struct append *m)
{
	for (size_t k = 0; k < m->party_count; k++) {
		const struct append_party *p = &m->parties[k];
		struct column *c = columns;

		put_int(c++, i);
		put_uuid(c++, p->organisation);
		put_text(c++, p->side);
		put_instant(c++, p->since_us);
		put_instant(c++, p->until_us);
		put_int(c++, p->version);
		put_int(c++, p->entries);
		put_text(c++, p->stage);
		put_instant(c++, p->next_due_at_us);
		put_bool(c++, p->overdue);
	}
}

static void put_owed(struct column *columns, int32_t i, const struct append *m)
{
	for (size_t k = 0; k < m->obligation_count; k++) {
		const struct append_obligation *o = &m->obligations[k];
		struct column *c = columns;

		put_int(c++, i);
		put_int(c++, o->seq);
		put_int(c++, o->n);
		put_text(c++, o->kind);
		put_text(c++, o->owed_by);
		put_uuid(c++, o->owed_by_id);
		put_int(c++, o->thread);
		put_instant(c++, o->due_at_us);
		put_instant(c++, o->next_at_us);
		put_instant(c++, o->missed_at_us);
		put_text(c++, o->state);
		put_int(c++, o->provider_entry);
		put_int_or_null(c++, o->commissioner_entry);
		put_int_or_null(c++, o->mediator_entry);
		put_int_or_null(c++, o->representative_entry);
		put_instant(c++, o->closed_at_us);
		put_int(c++, o->changed_entry);
		put_instant(c++, o->not_served_us);
	}
}

static void put_person(struct column *c, int32_t i, const struct append *m)
{
	put_int(c++, i);
	put_uuid(c++, m->person);
	put_bytes(c++, m->new_person_key.at, m->new_person_key.len);
}

static void put_said(struct column *columns, int32_t i, const struct append *m)
{
	for (size_t k = 0; k < m->text_count; k++) {
		const struct append_text *t = &m->texts[k];
		struct column *c = columns;

		put_int(c++, i);
		put_int(c++, t->seq);
		put_text(c++, t->field);
		put_uuid(c++, m->person);
		put_bytes(c++, t->sealed.at, t->sealed.len);
	}
}

/* The head stands before the elements, where room was left for it. */
static struct param column_param(struct column *c)
{
	struct text t = writer_text(&c->w);
	uint32_t head[HEAD_SIZE / 4] = {htonl(c->count ? 1 : 0), htonl(1), htonl(type_oid(c->type)),
					htonl(c->count), htonl(1)};

	memcpy(c->w.at, head, sizeof(head));
	if (!c->count)
		t.len = BARE_HEAD_SIZE;
	return PARAM_BYTES(t);
}

void effects_write(struct arena *arena, const struct append *const *moves, size_t count,
		   struct param *params)
{
	static const char room[HEAD_SIZE];
	struct column *c = arena_array(arena, struct column, EFFECT_COLUMNS);

	for (size_t i = 0; i < EFFECT_COLUMNS; i++) {
		c[i].type = column_types[i];
		writer_init(&c[i].w, arena);
		writer_put(&c[i].w, (struct text){room, sizeof(room)});
	}
	for (size_t k = 0; k < count; k++) {
		const struct append *m = moves[k];
		int32_t i = (int32_t)k + 1;

		put_move(c + MOVE, m);
		put_facts(c + FACT, i, m);
		if (m->stage.at)
			put_listed(c + LISTED, i, m);
		put_parties(c + PARTY, i, m);
		put_owed(c + OWED, i, m);
		if (m->new_person_key.at)
			put_person(c + PERSON, i, m);
		put_said(c + SAID, i, m);
		if (m->redacted_seq) {
			put_int(c + REDACTED, i);
			put_int(c + REDACTED + 1, m->redacted_seq);
		}
		if (!uuid_is_zero(m->erased)) {
			put_int(c + ERASED, i);
			put_uuid(c + ERASED + 1, m->erased);
		}
	}
	for (size_t i = 0; i < EFFECT_COLUMNS; i++)
		params[i] = column_param(&c[i]);
}

size_t effects_size(const struct append *move)
{
	size_t size = 512;

	for (size_t k = 0; k < move->fact_count; k++)
		size += 256 + move->facts[k].header.len + move->facts[k].body.len;
	for (size_t k = 0; k < move->text_count; k++)
		size += 128 + move->texts[k].sealed.len;
	return size + 128 * (move->party_count + move->obligation_count);
}
