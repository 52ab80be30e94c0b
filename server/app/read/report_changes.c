/*
 * report_changes.c - what a scorecard of an earlier day would say otherwise now, and why.
 *
 * Which actions due stood otherwise comes from what is kept of each. What changed one is the entry
 * that touched it last: for that the placements are brought up to date by one statement and asked,
 * so that each reader is told of entries that it may see, in its own numbers.
 */
#include "concordat/app/parts.h"
#include "concordat/core/situation.h"
#include "queries.h"
#include "read/report.h"

enum column {
	PLACEMENT,
	REFERENCE,
	SEQ,
	N,
	DUTY,
	SIDE,
	WAS_STATE,
	WAS_DUE,
	WAS_MISSED,
	STATE,
	DUE,
	MISSED,
	CHANGED_ENTRY,
	CHANGED_AT
};

struct report_item {
	struct timescale_change change;
	int32_t seq, n, changed_seq;
};

struct changes {
	struct reporting *r;
	void (*on_done)(struct reporting *r);
};

static const struct {
	enum fact_kind kind;
	const char *words;
} whys[] = {
	{FACT_NOT_SERVED, "Its notice had reached nobody, so what had been counted is void."},
	{FACT_SERVED, "Its notice was served later, and the clock counts from then."},
	{FACT_SERVICE_RECORDED, "Its notice was served later, and the clock counts from then."},
	{FACT_CORRECTED, "An entry was corrected, and what rested on it was counted again."},
	{FACT_ENTERED_IN_ERROR,
	 "An entry was marked as made in error, and what rested on it was counted again."},
	{FACT_DUE_CHANGED, "The days that count changed, and the date with them."},
	{FACT_MISSED, "It was not done in time."},
	{FACT_LAPSED, "It expired."},
};

static struct text why_of(enum fact_kind kind)
{
	for (size_t i = 0; i < sizeof(whys) / sizeof(whys[0]); i++)
		if (whys[i].kind == kind)
			return text_of(whys[i].words);
	return TEXT("What was recorded after that day changed it.");
}

/* As the scorecard counts it. */
static struct text counted_as(struct text state, bool missed)
{
	return missed && text_is(state, obligation_state_names[OBLIGATION_OPEN]) ? TEXT("missed")
										 : state;
}

/* ---- each in the reader's own numbers ---- */

static void explain(struct reporting *r, struct report_item *item, const struct loaded *loaded)
{
	const struct placement *p = loaded->placement;
	const struct party *party;
	const struct fact *fact;
	struct actor actor;

	if (!p || !access_actor(p, &r->call->caller, &actor, &party))
		return;
	item->change.id =
		text_printf(r->call->arena, "%d.%d", party_entry(p, party, item->seq), item->n);
	if (item->changed_seq < 1 || (size_t)item->changed_seq > p->fact_count)
		return;
	fact = p->facts[item->changed_seq - 1];
	if (!fact_visible(fact, p, party))
		return;
	item->change.because = text_of(fact_names[fact->kind]);
	item->change.entry = party_entry(p, party, item->changed_seq);
	item->change.why = why_of(fact->kind);
}

static void explained(struct changes *c)
{
	struct reporting *r = c->r;
	struct timescale_change *list =
		arena_array(r->call->arena, struct timescale_change, r->count);

	for (size_t i = 0; i < r->count; i++)
		list[i] = r->items[i].change;
	r->report.changes = (struct list){list, r->count};
	c->on_done(r);
}

static void explain_more(struct changes *c);

static void on_loaded(const struct loaded *loaded, void *context)
{
	struct changes *c = context;
	struct reporting *r = c->r;

	if (loaded->outcome != STORE_DONE) {
		call_store_fault(r->call, loaded->outcome);
		return;
	}
	if (!loaded->broken)
		explain(r, &r->items[r->explained], loaded);
	r->explained++;
	explain_more(c);
}

/* Those that are held, which after reading ahead is nearly always all. */
static void explain_more(struct changes *c)
{
	static const struct uuid none;
	struct reporting *r = c->r;
	struct loaded held;

	for (; r->explained < r->count; r->explained++) {
		struct report_item *item = &r->items[r->explained];

		if (!load_held(r->call->app, item->change.placement, &held)) {
			load_placement(r->call->app, r->call->arena, r->call->caller.organisation,
				       item->change.placement, none, none, on_loaded, c);
			return;
		}
		explain(r, item, &held);
	}
	explained(c);
}

static void on_ahead(void *context)
{
	explain_more(context);
}

static void read_ahead(struct changes *c)
{
	const struct reporting *r = c->r;
	struct uuid *ids = arena_array(r->call->arena, struct uuid, r->count);
	size_t count = 0, known;

	for (size_t i = 0; i < r->count; i++) {
		for (known = 0; known < count; known++)
			if (uuid_eq(ids[known], r->items[i].change.placement))
				break;
		if (known == count)
			ids[count++] = r->items[i].change.placement;
	}
	load_ahead(r->call->app, r->call->arena, ids, count, on_ahead, c);
}

/* ---- the rows ---- */

static struct report_item item_of(struct arena *arena, const struct rows *rows, size_t i)
{
	int64_t was_missed_us = row_int(rows, i, WAS_MISSED, NEVER_US);
	int64_t missed_us = row_int(rows, i, MISSED, NEVER_US);
	struct report_item item = {
		.seq = (int32_t)row_int(rows, i, SEQ, 0),
		.n = (int32_t)row_int(rows, i, N, 0),
		.changed_seq = (int32_t)row_int(rows, i, CHANGED_ENTRY, 0),
		.change = {
			.placement = row_uuid(rows, i, PLACEMENT),
			.reference = text_copy(arena, row_text(rows, i, REFERENCE)),
			.duty = text_copy(arena, row_text(rows, i, DUTY)),
			.side = text_copy(arena, row_text(rows, i, SIDE)),
			.was_due_at_us = row_int(rows, i, WAS_DUE, NEVER_US),
			.due_at_us = row_int(rows, i, DUE, NEVER_US),
			.known_at_us = row_int(rows, i, CHANGED_AT, NEVER_US),
			.entry = NO_INT,
		}};

	item.change.is =
		text_copy(arena, counted_as(row_text(rows, i, STATE), missed_us != NEVER_US));
	if (!row_is_null(rows, i, WAS_STATE))
		item.change.was = text_copy(
			arena, counted_as(row_text(rows, i, WAS_STATE), was_missed_us != NEVER_US));
	return item;
}

static void on_rows(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct changes *c = context;
	struct reporting *r = c->r;

	if (outcome != STORE_DONE) {
		call_store_fault(r->call, outcome);
		return;
	}
	r->report.more_changes = rows->count > CHANGES_MOST;
	r->count = r->report.more_changes ? CHANGES_MOST : rows->count;
	r->items = arena_array(r->call->arena, struct report_item, r->count);
	for (size_t i = 0; i < r->count; i++)
		r->items[i] = item_of(r->call->arena, rows, i);
	if (r->count)
		read_ahead(c);
	else
		explained(c);
}

void report_changes(struct reporting *r, void (*on_done)(struct reporting *r))
{
	struct changes *c = arena_make(r->call->arena, struct changes);

	*c = (struct changes){r, on_done};
	call_read(r->call, SQL_REPORT_CHANGES, r->params, REPORT_PARAMS, on_rows, c);
}
