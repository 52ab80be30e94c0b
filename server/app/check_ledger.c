/*
 * check_ledger.c - one ledger: its entries hashed, chained and folded again.
 *
 * An entry is proven before it is read: its header is written anew from the row and the entry
 * before it, as core writes it, and must be the bytes that the leaf is the hash of. The first entry
 * that does not hold ends the ledger, for nothing that follows can be told from it. What stands
 * between two instants was one append, and its effect is made again.
 */
#include "check.h"

#include <string.h>

#include "concordat/wire/fact.h"
#include "effect.h"
#include "internal.h"

#define NONCE_SIZE 16
/* The clock of who appended and that of this look may differ. */
#define CLOCKS_APART_US (5 * US_PER_SECOND)

enum stream_column { STREAM_ID, STREAM_KIND, STREAM_SEQ, STREAM_PROVIDER };
enum fact_column {
	LEDGER,
	SEQ,
	RECORDED_AT,
	HEADER,
	LEAF_INDEX,
	LEAF_HASH,
	BODY,
	NONCE,
	KIND,
	ACTOR,
	OCCURRED_AT
};

/* What is folded; other kinds are only chained. */
enum folded_kind { OF_PLACEMENT, OF_HOME, OF_OTHER };
static const char *const folded_names[] = {"placement", "home", NULL};

struct replay {
	struct check *check;
	struct arena *arena;
	const struct ledger *ledger;
	const struct rows *facts;
	enum folded_kind kind;
	struct placement *placement;
	struct home_record *record;
	const struct authority_settings *settings; /* under its protocol; NULL until the first */
	struct views *views;
	struct effect_before before; /* of the append being gathered */
	struct said_text *said;
	size_t said_count;
	struct digest prev;
	int32_t seq; /* of the last proven */
};

static struct text entry_key(struct replay *r, int64_t seq)
{
	return verify_key(r->arena, r->ledger->id, seq);
}

/* False, so that it can be returned. */
#define FACT_FAULT(r, seq, ...) \
	(verify_fault((r)->check, CHECK_FACT, entry_key(r, seq), __VA_ARGS__), false)

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
static bool tell_difference(struct replay *r, int64_t seq, struct text header, struct text should)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		struct text is = member_of(header, members[i].mark);
		struct text made = member_of(should, members[i].mark);

		if (text_eq(is, made))
			continue;
		if (members[i].column)
			return FACT_FAULT(r, seq, "%s is %.*s and should be %.*s, by its header.",
					  members[i].column, TEXT_FMT(made), TEXT_FMT(is));
		if (strstr(members[i].mark, "prev"))
			return FACT_FAULT(r, seq,
					  "it does not follow the entry before it: its header's "
					  "prev is %.*s and should be %.*s.",
					  TEXT_FMT(is), TEXT_FMT(made));
		return FACT_FAULT(
			r, seq,
			"body or nonce is not what was recorded: their digest is %.*s and "
			"should be %.*s, by the header.",
			TEXT_FMT(made), TEXT_FMT(is));
	}
	return FACT_FAULT(r, seq, "header is not in the form that it is written in.");
}

static bool prove(struct replay *r, size_t row)
{
	int64_t seq = row_int(r->facts, row, SEQ, 0);
	const struct fact heading = {.seq = (int32_t)seq,
				     .recorded_at_us = row_int(r->facts, row, RECORDED_AT, 0)};
	struct text header = row_text(r->facts, row, HEADER), nonce, should;
	struct digest stored, leaf;

	if (seq != r->seq + 1)
		return FACT_FAULT(r, r->seq + 1,
				  "the row is missing; the next that is there is "
				  "entry %lld.",
				  (long long)seq);
	nonce = row_text(r->facts, row, NONCE);
	if (nonce.len != NONCE_SIZE || !row_digest(r->facts, row, LEAF_HASH, &stored))
		return FACT_FAULT(r, seq, "nonce or leaf_hash has another length than it must.");
	should = fact_header(r->arena, r->ledger->authority, r->ledger->id, &heading, &r->prev,
			     (const uint8_t *)nonce.at, row_text(r->facts, row, BODY));
	leaf = leaf_of(should);
	if (!text_eq(header, should)) {
		if (digest_eq(&leaf, &stored))
			return FACT_FAULT(r, seq,
					  "header is %.*s and should be %.*s, by leaf_hash.",
					  TEXT_FMT(cell_words(r->arena, CELL_WORD, header)),
					  TEXT_FMT(should));
		return tell_difference(r, seq, header, should);
	}
	if (!digest_eq(&leaf, &stored))
		return FACT_FAULT(r, seq, "leaf_hash is %.*s and should be %.*s, by its header.",
				  TEXT_FMT(text_hex(r->arena, stored.bytes, sizeof(stored.bytes))),
				  TEXT_FMT(text_hex(r->arena, leaf.bytes, sizeof(leaf.bytes))));
	r->prev = leaf;
	r->seq = (int32_t)seq;
	return true;
}

/* ---- what it says ---- */

static bool copies_hold(struct replay *r, size_t row, struct text kind, struct uuid actor,
			int64_t occurred_at_us)
{
	const struct {
		const char *name;
		enum cell_kind kind;
		int column;
		struct text should;
	} copies[] = {
		{"kind", CELL_WORD, KIND, kind},
		{"actor_id", CELL_WORD, ACTOR, cell_id(r->arena, actor)},
		{"occurred_at", CELL_INSTANT, OCCURRED_AT, cell_instant(r->arena, occurred_at_us)},
	};

	for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++) {
		struct text is = row_text(r->facts, row, (size_t)copies[i].column);

		if (!is.at == !copies[i].should.at && text_eq(is, copies[i].should))
			continue;
		return FACT_FAULT(r, r->seq, "%s is %.*s and should be %.*s, by its body.",
				  copies[i].name,
				  TEXT_FMT(cell_words(r->arena, copies[i].kind, is)),
				  TEXT_FMT(cell_words(r->arena, copies[i].kind, copies[i].should)));
	}
	return true;
}

/* Of a ledger the log's order is its own. */
static bool order_holds(struct replay *r, size_t row)
{
	const struct rows *facts = r->facts;
	size_t first = r->ledger->sets[SET_FACTS].from;
	int64_t at_us = row_int(facts, row, RECORDED_AT, 0),
		leaf = row_int(facts, row, LEAF_INDEX, 0);
	int64_t last_us, last_leaf;

	if (row == first)
		return true;
	last_us = row_int(facts, row - 1, RECORDED_AT, 0);
	last_leaf = row_int(facts, row - 1, LEAF_INDEX, 0);
	if (at_us < last_us)
		return FACT_FAULT(r, r->seq, "recorded_at is before that of the entry before it.");
	if (leaf <= last_leaf || (at_us == last_us && leaf != last_leaf + 1))
		return FACT_FAULT(r, r->seq,
				  "leaf_index is %lld, which does not follow on %lld of the entry "
				  "before it.",
				  (long long)leaf, (long long)last_leaf);
	return true;
}

static void on_digest(void *context, struct text path, struct personal *personal)
{
	struct replay *r = context;

	*LIST_ADD(r->arena, r->said, r->said_count) =
		(struct said_text){r->seq, text_copy(r->arena, path), personal->digest};
}

static struct fact *decode_fact(struct replay *r, size_t row, struct text *why)
{
	struct digest leaf = {{0}};

	row_digest(r->facts, row, LEAF_HASH, &leaf);
	return fact_decode(r->arena, (int32_t)row_int(r->facts, row, SEQ, 0),
			   row_int(r->facts, row, RECORDED_AT, 0), &leaf,
			   row_text(r->facts, row, BODY), why);
}

static struct home_fact *decode_home_fact(struct replay *r, size_t row, struct text *why)
{
	struct digest leaf = {{0}};

	row_digest(r->facts, row, LEAF_HASH, &leaf);
	return home_fact_decode(r->arena, (int32_t)row_int(r->facts, row, SEQ, 0),
				row_int(r->facts, row, RECORDED_AT, 0), &leaf,
				row_text(r->facts, row, BODY), why);
}

static bool settle_protocol(struct replay *r, struct text protocol)
{
	const struct authority_settings *adopted =
		generation_authority(r->ledger->reference, r->ledger->authority);

	r->settings = adopted ? generation_under(r->ledger->reference, adopted, protocol) : NULL;
	return r->settings ||
	       FACT_FAULT(r, r->seq,
			  "its protocol %.*s, or its authority's calendar, is not loaded, so "
			  "nothing can be told from it.",
			  TEXT_FMT(protocol));
}

static bool fold_placement(struct replay *r, size_t row, bool last)
{
	struct text why = TEXT_NONE;
	struct fact *fact = decode_fact(r, row, &why);
	struct append append;

	if (!fact)
		return FACT_FAULT(r, r->seq, "it cannot be read: %.*s.", TEXT_FMT(why));
	if (!copies_hold(r, row, text_of(fact_names[fact->kind]), fact->user, fact->occurred_at_us))
		return false;
	if (!r->settings && !settle_protocol(r, fact->protocol))
		return false;
	if (!placement_apply(r->placement, fact))
		return FACT_FAULT(r, r->seq, "it does not follow from the entries before it.");
	schema_each_digest(r->arena, move_schema((enum move)fact->kind), (void *)fact->data,
			   on_digest, r);
	if (!last)
		return true;
	effect_views(r->arena, &r->settings->world, &r->before, r->placement, &append);
	views_take(r->views, &append);
	r->before = effect_before(r->placement);
	return true;
}

static bool fold_home(struct replay *r, size_t row)
{
	const struct slice *stream = &r->ledger->sets[SET_STREAM];
	struct text why = TEXT_NONE;
	struct home_fact *fact = decode_home_fact(r, row, &why);
	struct append append = {.recorded_at_us = row_int(r->facts, row, RECORDED_AT, 0)};
	struct uuid provider = {{0}};

	if (!fact)
		return FACT_FAULT(r, r->seq, "it cannot be read: %.*s.", TEXT_FMT(why));
	if (!copies_hold(r, row, text_of(home_fact_names[fact->kind]), fact->actor.user,
			 fact->occurred_at_us))
		return false;
	if (!r->settings && !settle_protocol(r, fact->protocol))
		return false;
	if (!home_apply(r->record, fact))
		return FACT_FAULT(r, r->seq, "it does not follow from the entries before it.");
	schema_each_digest(r->arena, &home_data_schema, &fact->data, on_digest, r);
	if (stream->from < stream->to)
		provider = row_uuid(stream->rows, stream->from, STREAM_PROVIDER);
	home_effect_due(r->arena, &r->settings->world, r->record, provider, &append);
	views_take(r->views, &append);
	return true;
}

static enum folded_kind kind_of(struct replay *r)
{
	size_t first = r->ledger->sets[SET_FACTS].from;
	struct text why;

	if (decode_fact(r, first, &why))
		return OF_PLACEMENT;
	return decode_home_fact(r, first, &why) ? OF_HOME : OF_OTHER;
}

/* False: its first entry does not hold up to here. */
static bool replay_entries(struct replay *r)
{
	const struct slice *are = &r->ledger->sets[SET_FACTS];

	r->kind = kind_of(r);
	for (size_t row = are->from; row < are->to; row++) {
		bool last =
			row + 1 == are->to || row_int(r->facts, row, RECORDED_AT, 0) !=
						      row_int(r->facts, row + 1, RECORDED_AT, 0);

		if (!prove(r, row) || !order_holds(r, row))
			return false;
		if (r->kind == OF_PLACEMENT && !fold_placement(r, row, last))
			return false;
		if (r->kind == OF_HOME && !fold_home(r, row))
			return false;
		r->check->out->entries++;
	}
	return true;
}

/* ---- beside its entries ---- */

static void check_stream(struct replay *r)
{
	const struct slice *stream = &r->ledger->sets[SET_STREAM];
	const char *kind = folded_names[r->kind];
	struct text is;
	int64_t seq;

	if (stream->from == stream->to && !r->seq)
		return; /* rows of nothing, which are told of where they stand */
	if (stream->from == stream->to) {
		verify_fault(r->check, CHECK_STREAM, entry_key(r, 0),
			     "the row is missing, though there are %d entries.", r->seq);
		return;
	}
	is = row_text(stream->rows, stream->from, STREAM_KIND);
	seq = row_int(stream->rows, stream->from, STREAM_SEQ, 0);
	if (seq > r->seq)
		verify_fault(r->check, CHECK_FACT, entry_key(r, r->seq + 1),
			     "the row is missing: stream.seq is %lld, and the last entry that is "
			     "there is %d.",
			     (long long)seq, r->seq);
	else if (seq < r->seq)
		verify_fault(r->check, CHECK_STREAM, entry_key(r, 0),
			     "seq is %lld and should be %d, that of its last entry.",
			     (long long)seq, r->seq);
	if (!kind &&
	    (text_is(is, folded_names[OF_PLACEMENT]) || text_is(is, folded_names[OF_HOME])))
		verify_fault(r->check, CHECK_FACT, entry_key(r, 1),
			     "it cannot be read as an entry of a %.*s.", TEXT_FMT(is));
	if (kind && !text_is(is, kind))
		verify_fault(r->check, CHECK_STREAM, entry_key(r, 0),
			     "kind is \"%.*s\" and should be \"%s\", by its entries.", TEXT_FMT(is),
			     kind);
}

static const struct obligation *find_due(const struct replay *r, int32_t entry, int32_t n)
{
	for (size_t i = 0; r->kind == OF_PLACEMENT && i < r->placement->obligation_count; i++)
		if (r->placement->obligations[i].entry == entry &&
		    r->placement->obligations[i].n == n)
			return &r->placement->obligations[i];
	for (size_t i = 0; r->kind == OF_HOME && i < r->record->owed_count; i++)
		if (r->record->owed[i].due.entry == entry && r->record->owed[i].due.n == n)
			return &r->record->owed[i].due;
	return NULL;
}

/*
 * The clock moves it on from one reminder to the next, so it is any of them up to the next one from
 * now, or the date; reminders are counted by the calendar that was the newest then.
 */
static bool next_is_sound(void *context, int32_t entry, int32_t n, int64_t next_us)
{
	struct replay *r = context;
	const struct calendars *calendars = &r->settings->calendars;
	const struct obligation *due = find_due(r, entry, n);
	struct world world = r->settings->world;

	for (size_t i = 0; due && i < calendars->count; i++) {
		world.calendar = calendars->versions[i];
		if (next_us <=
			    obligation_next_us(&world, due, r->ledger->now_us + CLOCKS_APART_US) &&
		    next_us == obligation_next_us(&world, due,
						  next_us == NEVER_US ? r->ledger->now_us
								      : next_us - 1))
			return true;
	}
	return false;
}

/* What is left when an entry was redacted. */
static void leave_redacted_out(struct replay *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->said_count; i++)
		if (!views_redacted(r->views, r->said[i].seq))
			r->said[kept++] = r->said[i];
	r->said_count = kept;
}

void ledger_check(struct check *check, const struct ledger *ledger)
{
	struct arena *arena = arena_new();
	struct replay r = {
		.check = check,
		.arena = arena,
		.ledger = ledger,
		.facts = ledger->sets[SET_FACTS].rows,
		.kind = OF_OTHER,
		.placement = placement_new(arena, ledger->authority, ledger->id),
		.record = home_record_new(arena, ledger->authority, ledger->id),
		.views = views_new(arena, ledger),
	};
	bool sound =
		ledger->sets[SET_FACTS].from == ledger->sets[SET_FACTS].to || replay_entries(&r);

	check->out->ledgers++;
	if (sound) {
		check_stream(&r);
		views_compare(r.views, check, next_is_sound, &r);
		leave_redacted_out(&r);
		texts_check(check, arena, ledger,
			    r.kind == OF_PLACEMENT ? r.placement->person : ledger->id, r.said,
			    r.said_count);
	}
	arena_free(arena);
}
