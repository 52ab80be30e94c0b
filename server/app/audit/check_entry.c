/*
 * check_entry.c - whether an entry's row is what was recorded: its bytes, its chain, its copies.
 *
 * Its header is written anew from the row and the entry before it, as core writes it, and must be
 * the bytes that the leaf is the hash of. Where it is not, the column is named in which they part.
 */
#include "audit/check.h"

#include <string.h>

#include "held/effect.h"

#define NONCE_SIZE 16

/* False, so that it can be returned. */
#define FAULT(c, at, ...)                                                                  \
	(verify_fault((c)->check, CHECK_FACT, verify_key((c)->arena, (c)->ledger->id, at), \
		      __VA_ARGS__),                                                        \
	 false)

/* ---- an entry's bytes ---- */

/* A member of a header, as core writes it: without quotes. */
static struct text member_of(struct text header, const char *name)
{
	char mark[32];
	const char *at, *end = header.at + header.len;
	struct text value;

	strncpy(mark, name, sizeof(mark) - 1);
	mark[sizeof(mark) - 1] = '\0';
	at = memmem(header.at, header.len, mark, strlen(mark));
	if (!at)
		return TEXT("nothing");
	value.at = at + strlen(mark);
	value.len = 0;
	while (value.at + value.len < end && !memchr(",\"}", value.at[value.len], 3))
		value.len++;
	return value;
}

static const struct {
	const char *mark, *column;
} members[] = {
	{"\"authority\":\"", "authority_id"},
	{"\"stream\":\"", "stream_id"},
	{"\"seq\":", "seq"},
	{"\"prev\":\"", NULL},
	{"\"recorded_at\":\"", "recorded_at"},
	{"\"body_digest\":\"", NULL},
};

/* Which column it is that does not fit: the header is as it was hashed, or the hash is. */
static bool tell_difference(struct chain *c, int64_t seq, struct text header, struct text should)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		struct text is = member_of(header, members[i].mark);
		struct text made = member_of(should, members[i].mark);

		if (text_eq(is, made))
			continue;
		if (members[i].column)
			return FAULT(c, seq, "%s is %.*s and should be %.*s, by its header.",
				     members[i].column, TEXT_FMT(made), TEXT_FMT(is));
		if (strstr(members[i].mark, "prev"))
			return FAULT(c, seq,
				     "it does not follow the entry before it: its header's "
				     "prev is %.*s and should be %.*s.",
				     TEXT_FMT(is), TEXT_FMT(made));
		return FAULT(c, seq,
			     "body or nonce is not what was recorded: their digest is %.*s and "
			     "should be %.*s, by the header.",
			     TEXT_FMT(made), TEXT_FMT(is));
	}
	return FAULT(c, seq, "header is not in the form that it is written in.");
}

bool chain_prove(struct chain *c, size_t row)
{
	const struct rows *facts = c->ledger->sets[SET_FACTS].rows;
	int64_t seq = row_int(facts, row, FACT_SEQ, 0);
	const struct fact heading = {.seq = (int32_t)seq,
				     .recorded_at_us = row_int(facts, row, FACT_RECORDED_AT, 0)};
	struct text header = row_text(facts, row, FACT_HEADER), nonce, should;
	struct digest stored, leaf;

	if (seq != c->seq + 1)
		return FAULT(c, c->seq + 1,
			     "the row is missing; the next that is there is "
			     "entry %lld.",
			     (long long)seq);
	nonce = row_text(facts, row, FACT_NONCE);
	if (nonce.len != NONCE_SIZE || !row_digest(facts, row, FACT_LEAF_HASH, &stored))
		return FAULT(c, seq, "nonce or leaf_hash has another length than it must.");
	should = fact_header(c->arena, c->ledger->authority, c->ledger->id, &heading, &c->prev,
			     (const uint8_t *)nonce.at, row_text(facts, row, FACT_BODY));
	leaf = leaf_of(should);
	if (!text_eq(header, should)) {
		if (digest_eq(&leaf, &stored))
			return FAULT(c, seq, "header is %.*s and should be %.*s, by leaf_hash.",
				     TEXT_FMT(cell_words(c->arena, CELL_WORD, header)),
				     TEXT_FMT(should));
		return tell_difference(c, seq, header, should);
	}
	if (!digest_eq(&leaf, &stored))
		return FAULT(c, seq, "leaf_hash is %.*s and should be %.*s, by its header.",
			     TEXT_FMT(text_hex(c->arena, stored.bytes, sizeof(stored.bytes))),
			     TEXT_FMT(text_hex(c->arena, leaf.bytes, sizeof(leaf.bytes))));
	c->prev = leaf;
	c->seq = (int32_t)seq;
	return true;
}

/* ---- what it says ---- */

bool chain_copies(struct chain *c, size_t row, struct text kind, struct uuid actor,
		  int64_t occurred_at_us)
{
	const struct {
		const char *name;
		enum cell_kind kind;
		int column;
		struct text should;
	} copies[] = {
		{"kind", CELL_WORD, FACT_KIND, kind},
		{"actor_id", CELL_WORD, FACT_ACTOR, cell_id(c->arena, actor)},
		{"occurred_at", CELL_INSTANT, FACT_OCCURRED_AT,
		 cell_instant(c->arena, occurred_at_us)},
	};

	for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++) {
		struct text is =
			row_text(c->ledger->sets[SET_FACTS].rows, row, (size_t)copies[i].column);

		if (!is.at == !copies[i].should.at && text_eq(is, copies[i].should))
			continue;
		return FAULT(c, c->seq, "%s is %.*s and should be %.*s, by its body.",
			     copies[i].name, TEXT_FMT(cell_words(c->arena, copies[i].kind, is)),
			     TEXT_FMT(cell_words(c->arena, copies[i].kind, copies[i].should)));
	}
	return true;
}

/* Of a ledger the log's order is its own. */
bool chain_order(struct chain *c, size_t row)
{
	const struct rows *facts = c->ledger->sets[SET_FACTS].rows;
	size_t first = c->ledger->sets[SET_FACTS].from;
	int64_t at_us = row_int(facts, row, FACT_RECORDED_AT, 0),
		leaf = row_int(facts, row, FACT_LEAF_INDEX, 0);
	int64_t last_us, last_leaf;

	if (row == first)
		return true;
	last_us = row_int(facts, row - 1, FACT_RECORDED_AT, 0);
	last_leaf = row_int(facts, row - 1, FACT_LEAF_INDEX, 0);
	if (at_us < last_us)
		return FAULT(c, c->seq, "recorded_at is before that of the entry before it.");
	if (leaf <= last_leaf || (at_us == last_us && leaf != last_leaf + 1))
		return FAULT(c, c->seq,
			     "leaf_index is %lld, which does not follow on %lld of the entry "
			     "before it.",
			     (long long)leaf, (long long)last_leaf);
	return true;
}
