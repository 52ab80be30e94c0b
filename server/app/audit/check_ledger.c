/*
 * check_ledger.c - one ledger: its entries hashed, chained and folded again.
 *
 * An entry is proven before it is read: its header is written anew from the row and the entry
 * before it, as core writes it, and must be the bytes that the leaf is the hash of. The first entry
 * that does not hold ends the ledger, for nothing that follows can be told from it. What stands
 * between two instants was one append, and its effect is made again.
 */
#include "audit/check.h"

#include "concordat/wire/fact.h"
#include "held/effect.h"
#include "internal.h"

/* The clock of who appended and that of this look may differ. */
#define CLOCKS_APART_US (5 * US_PER_SECOND)
#define ZONES_STEP_US (15 * 60 * US_PER_SECOND) /* between the time zones there are */

enum stream_column { STREAM_ID, STREAM_KIND, STREAM_SEQ, STREAM_PROVIDER };

/* What is folded. */
enum folded_kind { OF_PLACEMENT, OF_HOME, OF_PERSON, OF_OTHER };
static const char *const folded_names[] = {"placement", "home", "person", NULL};

struct replay {
	struct check *check;
	struct arena *arena;
	const struct ledger *ledger;
	const struct rows *facts;
	enum folded_kind kind;
	struct placement *placement;
	struct home_record *record;
	struct person_record person;
	int64_t *erased_us; /* when the person was erased */
	size_t erased_count;
	const struct authority_settings *settings; /* under its protocol; NULL until the first */
	struct views *views;
	struct effect_before before; /* of the append being gathered */
	struct said_text *said;
	size_t said_count;
	struct chain chain;
};

static struct text entry_key(struct replay *r, int64_t seq)
{
	return verify_key(r->arena, r->ledger->id, seq);
}

/* False, so that it can be returned. */
#define FACT_FAULT(r, seq, ...) \
	(verify_fault((r)->check, CHECK_FACT, entry_key(r, seq), __VA_ARGS__), false)

static void on_digest(void *context, struct text path, struct personal *personal)
{
	struct replay *r = context;

	*LIST_ADD(r->arena, r->said, r->said_count) =
		(struct said_text){r->chain.seq, text_copy(r->arena, path), personal->digest};
}

static struct fact *decode_fact(struct replay *r, size_t row, struct text *why)
{
	struct digest leaf = {{0}};

	row_digest(r->facts, row, FACT_LEAF_HASH, &leaf);
	return fact_decode(r->arena, (int32_t)row_int(r->facts, row, FACT_SEQ, 0),
			   row_int(r->facts, row, FACT_RECORDED_AT, 0), &leaf,
			   row_text(r->facts, row, FACT_BODY), why);
}

static struct home_fact *decode_home_fact(struct replay *r, size_t row, struct text *why)
{
	struct digest leaf = {{0}};

	row_digest(r->facts, row, FACT_LEAF_HASH, &leaf);
	return home_fact_decode(r->arena, (int32_t)row_int(r->facts, row, FACT_SEQ, 0),
				row_int(r->facts, row, FACT_RECORDED_AT, 0), &leaf,
				row_text(r->facts, row, FACT_BODY), why);
}

static bool settle_protocol(struct replay *r, struct text protocol)
{
	const struct authority_settings *adopted =
		generation_authority(r->ledger->reference, r->ledger->authority);

	r->settings = adopted ? generation_under(r->ledger->reference, adopted, protocol) : NULL;
	return r->settings ||
	       FACT_FAULT(r, r->chain.seq,
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
		return FACT_FAULT(r, r->chain.seq, "it cannot be read: %.*s.", TEXT_FMT(why));
	if (!chain_copies(&r->chain, row, text_of(fact_names[fact->kind]), fact->user,
			  fact->occurred_at_us))
		return false;
	if (!r->settings && !settle_protocol(r, fact->protocol))
		return false;
	if (!placement_apply(r->placement, fact))
		return FACT_FAULT(r, r->chain.seq,
				  "it does not follow from the entries before it.");
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
	struct append append = {.recorded_at_us = row_int(r->facts, row, FACT_RECORDED_AT, 0)};
	struct uuid provider = {{0}};

	if (!fact)
		return FACT_FAULT(r, r->chain.seq, "it cannot be read: %.*s.", TEXT_FMT(why));
	if (!chain_copies(&r->chain, row, text_of(home_fact_names[fact->kind]), fact->actor.user,
			  fact->occurred_at_us))
		return false;
	if (!r->settings && !settle_protocol(r, fact->protocol))
		return false;
	if (!home_apply(r->record, fact))
		return FACT_FAULT(r, r->chain.seq,
				  "it does not follow from the entries before it.");
	schema_each_digest(r->arena, &home_data_schema, &fact->data, on_digest, r);
	if (stream->from < stream->to)
		provider = row_uuid(stream->rows, stream->from, STREAM_PROVIDER);
	home_effect_due(r->arena, &r->settings->world, r->record, provider, &append);
	views_take(r->views, &append);
	return true;
}

static struct person_fact *decode_person_fact(struct replay *r, size_t row, struct text *why)
{
	struct digest leaf = {{0}};

	row_digest(r->facts, row, FACT_LEAF_HASH, &leaf);
	return person_fact_decode(r->arena, (int32_t)row_int(r->facts, row, FACT_SEQ, 0),
				  row_int(r->facts, row, FACT_RECORDED_AT, 0), &leaf,
				  row_text(r->facts, row, FACT_BODY), why);
}

static bool fold_person(struct replay *r, size_t row)
{
	struct text why = TEXT_NONE;
	struct person_fact *fact = decode_person_fact(r, row, &why);

	if (!fact)
		return FACT_FAULT(r, r->chain.seq, "it cannot be read: %.*s.", TEXT_FMT(why));
	if (!chain_copies(&r->chain, row, text_of(person_fact_names[fact->kind]),
			  (struct uuid){{0}}, fact->occurred_at_us))
		return false;
	if (!person_apply(&r->person, fact))
		return FACT_FAULT(r, r->chain.seq,
				  "it does not follow from the entries before it.");
	if (fact->kind == PERSON_ERASED)
		*LIST_ADD(r->arena, r->erased_us, r->erased_count) = fact->recorded_at_us;
	return true;
}

static enum folded_kind kind_of(struct replay *r)
{
	size_t first = r->ledger->sets[SET_FACTS].from;
	struct text why;

	if (decode_fact(r, first, &why))
		return OF_PLACEMENT;
	if (decode_home_fact(r, first, &why))
		return OF_HOME;
	return decode_person_fact(r, first, &why) ? OF_PERSON : OF_OTHER;
}

/* False: its first entry does not hold up to here. */
static bool replay_entries(struct replay *r)
{
	const struct slice *are = &r->ledger->sets[SET_FACTS];

	r->kind = kind_of(r);
	for (size_t row = are->from; row < are->to; row++) {
		bool last = row + 1 == are->to ||
			    row_int(r->facts, row, FACT_RECORDED_AT, 0) !=
				    row_int(r->facts, row + 1, FACT_RECORDED_AT, 0);

		if (!chain_prove(&r->chain, row) || !chain_order(&r->chain, row))
			return false;
		if (r->kind == OF_PLACEMENT && !fold_placement(r, row, last))
			return false;
		if (r->kind == OF_HOME && !fold_home(r, row))
			return false;
		if (r->kind == OF_PERSON && !fold_person(r, row))
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

	if (stream->from == stream->to && !r->chain.seq)
		return; /* rows of nothing, which are told of where they stand */
	if (stream->from == stream->to) {
		verify_fault(r->check, CHECK_STREAM, entry_key(r, 0),
			     "the row is missing, though there are %d entries.", r->chain.seq);
		return;
	}
	is = row_text(stream->rows, stream->from, STREAM_KIND);
	seq = row_int(stream->rows, stream->from, STREAM_SEQ, 0);
	if (seq > r->chain.seq)
		verify_fault(r->check, CHECK_FACT, entry_key(r, r->chain.seq + 1),
			     "the row is missing: stream.seq is %lld, and the last entry that is "
			     "there is %d.",
			     (long long)seq, r->chain.seq);
	else if (seq < r->chain.seq)
		verify_fault(r->check, CHECK_STREAM, entry_key(r, 0),
			     "seq is %lld and should be %d, that of its last entry.",
			     (long long)seq, r->chain.seq);
	if (!kind)
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

/* Whether it is 09:00 in some time zone on a day on which reminders go. */
static bool is_morning(struct arena *arena, const struct world *world, const struct obligation *due,
		       int64_t next_us)
{
	struct text name;
	int64_t at_us;

	return next_us % ZONES_STEP_US == 0 &&
	       obligation_reminder(arena, world, due, next_us - MORNINGS_APART_US,
				   next_us + MORNINGS_APART_US, &at_us, &name);
}

/*
 * The clock moves it on from one reminder to the next, so it is any of them up to the next one from
 * now, or the date; reminders are counted by the calendar that was the newest then, and come at
 * 09:00 in London or where who is reminded lives.
 */
static bool next_is_sound(void *context, int32_t entry, int32_t n, int64_t next_us)
{
	struct replay *r = context;
	const struct calendars *calendars = &r->settings->calendars;
	const struct obligation *due = find_due(r, entry, n);
	struct world world = r->settings->world;

	for (size_t i = 0; due && i < calendars->count; i++) {
		world.calendar = calendars->versions[i];
		if (next_us > obligation_next_us(&world, due, r->ledger->now_us + CLOCKS_APART_US))
			continue;
		if (next_us == obligation_next_us(&world, due,
						  next_us == NEVER_US ? r->ledger->now_us
								      : next_us - 1) ||
		    (next_us != NEVER_US && is_morning(r->arena, &world, due, next_us)))
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

static void check_said(struct replay *r)
{
	struct uuid who = r->kind == OF_PLACEMENT ? r->placement->person : r->ledger->id;

	leave_redacted_out(r);
	if (r->kind == OF_PERSON)
		person_check(r->check, r->arena, r->ledger, r->erased_us, r->erased_count);
	else
		texts_check(r->check, r->arena, r->ledger, who, r->said, r->said_count);
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
		.chain = {.check = check, .arena = arena, .ledger = ledger},
	};
	bool sound;

	person_record_clear(&r.person);
	sound = ledger->sets[SET_FACTS].from == ledger->sets[SET_FACTS].to || replay_entries(&r);

	check->out->ledgers++;
	if (sound) {
		check_stream(&r);
		views_compare(r.views, check, next_is_sound, &r);
		check_said(&r);
	}
	arena_free(arena);
}
