/*
 * recount.c - a newer calendar moves the dates whose span holds a day that it changes.
 *
 * A date is a function of rule, anchor, calendar and pauses; here only the calendar is another one.
 * So nothing is adjusted: each date is derived again from its anchor, and what comes out the same
 * leaves no trace, which is why doing it twice does nothing. What is paused gets the newest
 * calendar when it is resumed, and what was not done in time is late by the calendar of that day.
 */
#include <assert.h>

#include "concordat/core/situation.h"

struct recount {
	struct situation s;
	struct fact *fact; /* of this strand; NULL: nothing moved in it yet */
	struct calendar_change change;
	bool is_told; /* whether change says why */
};

static bool may_move(const struct world *world, const struct obligation *o)
{
	return obligation_is_open(o) && o->missed_at_us == NEVER_US && o->due_at_us != NEVER_US &&
	       o->calendar_version < world->calendar->version;
}

static const struct calendar *counted_by(const struct world *world, const struct obligation *o)
{
	for (size_t i = 0; i < world->calendar_count; i++)
		if (world->calendars[i]->version == o->calendar_version)
			return world->calendars[i];
	return NULL;
}

static bool is_same(const struct obligation *o, const struct due *due)
{
	return due->at_us == o->due_at_us && due->provisional == o->provisional;
}

/* The date that it has by the newest calendar, when that is another one. */
static bool moves(const struct world *world, const struct obligation *o, int64_t now_us,
		  struct due *due)
{
	if (!may_move(world, o))
		return false;
	*due = due_derive(world->calendar, o->rule, o->anchor_us, o->pauses, o->pause_count);
	if (due->state != DUE_SET || is_same(o, due))
		return false;
	return due->at_us == o->due_at_us || due->at_us >= now_us;
}

static int32_t later(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/* Which day of its span another version changed; false when none did. One whose version cannot be
 * read any more is moved all the same, and only the reason is wanting. */
static bool span_changed(const struct world *world, const struct obligation *o,
			 const struct due *due, struct calendar_change *change, bool *is_told)
{
	const struct calendar *older = counted_by(world, o);

	*is_told = older != NULL;
	return !older || calendar_changed(older, world->calendar, london_day(o->anchor_us),
					  later(later(o->nominal_day, o->due_day),
						later(due->nominal_day, due->due_day)),
					  change);
}

static void move_one(struct recount *r, const struct obligation *o)
{
	struct calendar_change change;
	struct due due;
	bool is_told;

	if (!moves(r->s.world, o, r->s.now_us, &due) ||
	    !span_changed(r->s.world, o, &due, &change, &is_told))
		return;
	if (!r->fact)
		r->fact = fact_begin(&r->s, FACT_DUE_CHANGED);
	if (is_told && (!r->is_told || change.more > r->change.more)) {
		r->change = change;
		r->is_told = true;
	}
	set_due(&r->s, r->fact, o, &due, "calendar_changed");
}

/* What moves in one strand, or for the placement as a whole: one fact, so that no side learns from
 * it what moved in another's. NULL: nothing does. */
static struct fact *recount_strand(const struct situation *s, int64_t strand)
{
	const struct calendar *calendar = s->world->calendar;
	struct recount r = {.s = *s};
	struct change_due *data;

	r.s.thread = placement_thread(s->placement, strand);
	for (size_t i = 0; i < s->placement->obligation_count; i++)
		if (s->placement->obligations[i].thread == strand)
			move_one(&r, &s->placement->obligations[i]);
	if (!r.fact)
		return NULL;
	data = arena_make(s->arena, struct change_due);
	data->calendar_version = calendar->version;
	data->why = r.is_told ? calendar_change_words(s->arena, calendar, &r.change)
			      : TEXT("A newer calendar is loaded");
	r.fact->data = data;
	return r.fact;
}

static bool anything_moves(const struct world *world, const struct placement *placement,
			   int64_t now_us)
{
	struct due due;

	for (size_t i = 0; i < placement->obligation_count; i++)
		if (moves(world, &placement->obligations[i], now_us, &due))
			return true;
	return false;
}

const struct placement *core_recount(struct arena *arena, const struct world *world,
				     const struct placement *placement, int64_t now_us,
				     struct list *facts)
{
	static const struct actor time = {.side = SIDE_TIME};
	struct fact **items = facts->items;
	struct placement *after;
	struct fact *fact;
	bool folded;

	if (!anything_moves(world, placement, now_us))
		return placement;
	after = placement_copy(arena, placement);
	assert(after);
	for (size_t strand = 0; strand <= after->thread_count; strand++) {
		struct situation s = {
			.arena = arena,
			.world = world,
			.placement = after,
			.actor = &time,
			.round = placement_open_round(after),
			.now_us = now_us,
			.at_us = now_us,
		};

		fact = recount_strand(&s, (int64_t)strand);
		if (!fact)
			continue;
		folded = placement_apply(after, fact);
		assert(folded);
		*LIST_ADD(arena, items, facts->count) = fact;
		facts->items = items;
	}
	return after->seq == placement->seq ? placement : after;
}
