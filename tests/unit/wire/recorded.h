/*
 * recorded.h - a small ledger, its log and keys, from which the tests make the documents that are
 * handed out.
 */
#ifndef CONCORDAT_TESTS_RECORDED_H
#define CONCORDAT_TESTS_RECORDED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/wire/record.h"

#define HELPER __attribute__((unused)) static
#define NOON INT64_C(1775124000000000) /* 2 April 2026, 10:00 UTC */
#define ENTRIES_MOST 16

static const struct uuid council = {{0x01, 0xc0}}, provider = {{0x01, 0x90}}, home = {{0x01, 0x40}},
			 placed = {{0x01, 0x50}}, officer = {{0x01, 0x0f}}, owner = {{0x01, 0x0a}};

struct ledger {
	struct arena *arena;
	struct signing_key key;
	struct text origin;
	struct note_key verifier;
	struct fact *facts[ENTRIES_MOST];
	struct record_entry entries[ENTRIES_MOST];
	struct digest leaves[ENTRIES_MOST];
	size_t count;
	struct text checkpoint;
};

HELPER struct fact *fact_made(struct arena *arena, enum fact_kind kind, enum side side)
{
	const struct schema *schema = move_schema((enum move)kind);
	struct fact *fact = arena_make(arena, struct fact);
	void *data = arena_alloc(arena, schema->size);

	schema_clear(schema, data);
	*fact = (struct fact){
		.kind = kind,
		.side = side,
		.on_behalf_of = NO_ENUM,
		.organisation = side == SIDE_COMMISSIONER ? council
				: side == SIDE_PROVIDER	  ? provider
							  : (struct uuid){{0}},
		.user = side == SIDE_COMMISSIONER ? officer
			: side == SIDE_PROVIDER	  ? owner
						  : (struct uuid){{0}},
		.protocol = TEXT("standard/1"),
		.data = data,
	};
	return fact;
}

/* Records it as the next entry, an hour after the one before. */
HELPER size_t record(struct ledger *l, struct fact *fact)
{
	static const struct digest none;
	const struct digest *prev = l->count ? &l->leaves[l->count - 1] : &none;
	struct record_entry *entry = &l->entries[l->count];
	uint8_t nonce[16];

	memset(nonce, (int)l->count + 1, sizeof(nonce));
	fact->seq = (int32_t)l->count + 1;
	fact->recorded_at_us = NOON + (int64_t)l->count * US_PER_HOUR;
	fact->occurred_at_us = fact->recorded_at_us;
	entry->body = fact_body(l->arena, fact);
	entry->nonce = text_hex(l->arena, nonce, sizeof(nonce));
	entry->header = fact_header(l->arena, council, placed, fact, prev, nonce, entry->body);
	l->leaves[l->count] = merkle_leaf(entry->header);
	l->facts[l->count] = fact;
	return l->count++;
}

HELPER bool node_of(void *context, int level, int64_t index, struct digest *out)
{
	const struct ledger *l = context;
	struct digest left, right;

	if (level == 0) {
		if ((size_t)index >= l->count)
			return false;
		*out = l->leaves[index];
		return true;
	}
	if (!node_of(context, level - 1, index * 2, &left) ||
	    !node_of(context, level - 1, index * 2 + 1, &right))
		return false;
	*out = merkle_node(&left, &right);
	return true;
}

HELPER struct text checkpoint_at(struct ledger *l, int64_t size)
{
	struct checkpoint checkpoint = {.origin = l->origin, .size = size};
	struct merkle_range range;

	assert_true(merkle_range_of(size, node_of, l, &range));
	checkpoint.root = merkle_range_root(&range);
	return note_sign(l->arena, checkpoint_body(l->arena, &checkpoint), l->origin, &l->key);
}

/* A checkpoint over all of it, and every entry's proof. */
HELPER void seal(struct ledger *l)
{
	l->checkpoint = checkpoint_at(l, (int64_t)l->count);
	for (size_t i = 0; i < l->count; i++) {
		struct log_proof proof = {.index = (int64_t)i, .checkpoint = l->checkpoint};

		assert_true(
			merkle_inclusion((int64_t)i, (int64_t)l->count, node_of, l, &proof.path));
		l->entries[i].proof = log_proof_text(l->arena, &proof);
	}
}

HELPER struct ledger *ledger_new(struct arena *arena, uint8_t seed)
{
	struct ledger *l = arena_make(arena, struct ledger);
	uint8_t bytes[32];

	memset(bytes, seed, sizeof(bytes));
	l->arena = arena;
	signing_key_of_seed(bytes, &l->key);
	l->origin =
		text_printf(arena, "care.example/log/%.*s", TEXT_FMT(uuid_text(arena, council)));
	l->verifier = note_key_of(l->origin, l->key.public_key);
	return l;
}

HELPER struct terms terms_made(struct arena *arena, int64_t rate_r)
{
	struct fee_line *lines = arena_array(arena, struct fee_line, 2);
	struct terms asked, terms;
	struct flaw flaw;

	schema_clear(&terms_schema, &asked);
	for (size_t i = 0; i < 2; i++)
		schema_clear(&fee_line_schema, &lines[i]);
	lines[0].key = TEXT("care");
	lines[0].label = TEXT("Care and support");
	lines[0].unit = LINE_WEEK;
	lines[0].quantity_r = 10000;
	lines[0].rate_r = rate_r;
	lines[1].key = TEXT("nights");
	lines[1].label = TEXT("Waking nights, \"one to one\"");
	lines[1].unit = LINE_HOUR;
	lines[1].quantity_r = 70000;
	lines[1].rate_r = 142025;
	asked.lines = (struct list){lines, 2};
	asked.start_day = day_of(2026, 4, 6);
	assert_true(terms_complete(arena, &asked, &terms, &flaw));
	return terms;
}

/* Salted as the service does. */
HELPER void say_of_person(struct personal *at, struct digest *salt, struct text text, uint8_t n)
{
	memset(salt->bytes, n, sizeof(salt->bytes));
	at->digest = sha256((struct text){(const char *)salt->bytes, sizeof(salt->bytes)}, text,
			    TEXT_NONE);
}

HELPER void record_opening(struct ledger *l)
{
	struct fact *fact = fact_made(l->arena, FACT_PLACEMENT_OPENED, SIDE_COMMISSIONER);
	struct open_placement *data = (void *)fact->data;

	data->care_setting = CARE_RESIDENTIAL;
	data->urgency = URGENCY_ORDINARY;
	data->wanted_start_day = day_of(2026, 4, 6);
	data->reference = TEXT("PL-1000047-P");
	data->person = (struct uuid){{1}};
	record(l, fact);
}

HELPER size_t record_invitation(struct ledger *l)
{
	struct fact *fact = fact_made(l->arena, FACT_INVITED, SIDE_COMMISSIONER);
	struct invite *data = (void *)fact->data;
	struct opened *opened = arena_make(l->arena, struct opened);

	data->provider = provider;
	data->home = home;
	schema_clear(&opened_schema, opened);
	opened->n = 1;
	opened->duty = DUTY_MAKE_OFFER;
	opened->owed_by = SIDE_PROVIDER;
	opened->unit = UNIT_WORKING_DAYS;
	opened->count = 5;
	opened->anchor_us = NOON;
	opened->due_at_us = NOON + 5 * US_PER_DAY;
	fact->opens = (struct list){opened, 1};
	return record(l, fact);
}

HELPER size_t record_offer(struct ledger *l, const struct terms *terms, struct digest *salt,
			   struct text note)
{
	struct fact *fact = fact_made(l->arena, FACT_OFFER_MADE, SIDE_PROVIDER);
	struct make_offer *data = (void *)fact->data;

	data->terms = *terms;
	data->side = SIDE_PROVIDER;
	data->number = 1;
	data->terms_digest = terms_digest(l->arena, terms);
	say_of_person(&data->covering_note, salt, note, 7);
	return record(l, fact);
}

HELPER size_t record_acceptance(struct ledger *l, const struct terms *terms)
{
	struct fact *fact = fact_made(l->arena, FACT_ACCEPTED, SIDE_COMMISSIONER);
	struct accept *data = (void *)fact->data;

	data->terms_digest = terms_digest(l->arena, terms);
	data->number = 1;
	data->weekly_p = terms->weekly_p;
	return record(l, fact);
}

HELPER size_t record_signature(struct ledger *l, enum side side, const struct terms *terms,
			       int64_t agreement)
{
	struct fact *fact = fact_made(l->arena, FACT_SIGNED, side);
	struct sign *data = (void *)fact->data;

	data->terms_digest = terms_digest(l->arena, terms);
	data->side = side;
	data->agreement = agreement;
	return record(l, fact);
}

HELPER struct record_head head_made(struct ledger *l)
{
	static struct record_name names[4];

	names[0] = (struct record_name){council, TEXT("Westmarch Council")};
	names[1] = (struct record_name){provider, TEXT("Fairholme Care")};
	names[2] = (struct record_name){officer, TEXT("Officer One")};
	names[3] = (struct record_name){owner, TEXT("Owner Two")};
	return (struct record_head){
		.origin = l->origin,
		.authority = council,
		.placement = placed,
		.reference = TEXT("PL-1000047-P"),
		.written_at_us = NOON + US_PER_DAY,
		.checkpoint = l->checkpoint,
		.names = {names, 4},
	};
}

#endif
