/*
 * settle.c - what fell due before now, done first, so that no move slips past a deadline that the
 * clock has not fired yet.
 *
 * Time is a party like any other: its moves are facts, at their due instants, in order.
 */
#include <assert.h>

#include "concordat/core/decide.h"
#include "concordat/core/situation.h"

void fact_add(struct arena *arena, struct list *facts, struct fact *fact)
{
	struct fact **items = facts->items;

	*LIST_ADD(arena, items, facts->count) = fact;
	facts->items = items;
}

static const struct obligation *first_due(const struct placement *placement, int64_t now_us)
{
	const struct obligation *first = NULL;

	for (size_t i = 0; i < placement->obligation_count; i++) {
		const struct obligation *o = &placement->obligations[i];

		if (obligation_is_open(o) && o->missed_at_us == NEVER_US && o->due_at_us < now_us &&
		    (!first || o->due_at_us < first->due_at_us))
			first = o;
	}
	return first;
}

static bool lapses(const struct situation *s, const struct obligation *o)
{
	switch ((enum when_not_done)s->world->protocol->timescales[o->duty].when_not_done) {
	case NOT_DONE_LAPSE:
		return true;
	case NOT_DONE_LAPSE_UNLESS_STARTED:
		return !care_has_started(s->placement) || is_in_later_round(s);
	case NOT_DONE_MISS:
		break;
	}
	return false;
}

/* The maker of an offer that lapsed is the one who owes another: time moves in its name. */
static enum side lapsing_side(const struct situation *s, const struct obligation *o)
{
	const struct offer *offer = s->thread ? thread_open_offer(s->thread) : NULL;

	return o->duty == DUTY_OFFER_STANDS && offer ? offer->side : SIDE_TIME;
}

static void fill_lapse(const struct situation *s, struct fact *fact, const struct obligation *o,
		       struct not_done *data)
{
	const struct lapse_row *row = protocol_lapse(o->duty);
	struct actor maker = {.side = lapsing_side(s, o)};
	struct situation as_maker = *s;

	assert(row);
	end_obligation(s, fact, o,
		       o->duty == DUTY_OPEN_OFFERS ? OBLIGATION_RELEASED : OBLIGATION_LAPSED);
	end_duties(s, fact, row->also_lapses, OBLIGATION_LAPSED);
	if (row->ends_thread)
		end_duties(s, fact,
			   is_in_later_round(s) ? ROUND_DUTIES
			   : row->ends_round	? CARE_DUTIES
						: STRAND_DUTIES,
			   OBLIGATION_RELEASED);
	if (o->duty == DUTY_OFFER_STANDS)
		(void)release_if_out_of_running(s, fact);
	if (o->duty == DUTY_OPEN_OFFERS && !has_open_offer(s))
		end_duties(s, fact, STRAND_DUTIES, OBLIGATION_RELEASED);
	as_maker.actor = &maker;
	/* past the calendar's end nothing more can be counted: the offer is over all the same */
	(void)owe_starts(&as_maker, fact, row->starts, row->start_count);
	if (row->resumes)
		(void)resume_unanswered(s, fact, o, row->resumes);
	if (BIT(o->duty) & MEDIATION_DUTIES)
		(void)resume_after_mediation(s, fact);
	if (row->ends_round && !is_in_later_round(s))
		data->end_reason = END_LAPSED;
}

/* At the closing instant of a mini-competition: the seal of one strand is broken. */
static struct fact *offer_opened(const struct situation *s, const struct obligation *o)
{
	struct open_offers *data = arena_make(s->arena, struct open_offers);
	struct fact *fact = fact_begin(s, FACT_OFFERS_OPENED);

	fact->thread = o->thread;
	data->offers = has_open_offer(s);
	fact->data = data;
	fill_lapse(s, fact, o, NULL);
	return fact;
}

/* What time does about one obligation, effective at its due instant. */
static struct fact *time_acts(const struct situation *s, const struct obligation *o)
{
	struct not_done *data = arena_make(s->arena, struct not_done);
	bool lapse = lapses(s, o);
	struct fact *fact;

	if (o->duty == DUTY_OPEN_OFFERS)
		return offer_opened(s, o);
	fact = fact_begin(s, lapse ? FACT_LAPSED : FACT_MISSED);
	fact->thread = o->thread;
	*data = (struct not_done){
		.entry = o->entry,
		.n = o->n,
		.duty = (int32_t)o->duty,
		.owed_by = (int32_t)o->owed_by,
		.due_at_us = o->due_at_us,
		.end_reason = NO_ENUM,
	};
	fact->data = data;
	if (lapse)
		fill_lapse(s, fact, o, data);
	return fact;
}

static void fold(struct arena *arena, struct placement *placement, struct fact *fact,
		 struct list *facts)
{
	bool folded = placement_apply(placement, fact);

	assert(folded);
	fact_add(arena, facts, fact);
}

const struct placement *core_settle(struct arena *arena, const struct world *world,
				    const struct placement *placement, int64_t now_us,
				    struct list *facts)
{
	static const struct actor time = {.side = SIDE_TIME};
	const struct placement *counted = core_recount(arena, world, placement, now_us, facts);
	const struct obligation *o = first_due(counted, now_us);
	struct placement *settled;

	if (!o)
		return counted;
	settled = placement_copy(arena, counted);
	assert(settled);
	while ((o = first_due(settled, now_us))) {
		struct situation s = {
			.arena = arena,
			.world = world,
			.placement = settled,
			.actor = &time,
			.thread = placement_thread(settled, o->thread),
			.round = placement_open_round(settled),
			.now_us = now_us,
			.at_us = o->due_at_us,
		};
		enum duty duty = o->duty; /* it moves when the list grows */
		struct fact *fact = time_acts(&s, o);

		fold(arena, settled, fact, facts);
		if (duty == DUTY_CONSENT_TO_NOVATION && (fact = tell_of_novation_lapsed(&s)))
			fold(arena, settled, fact, facts);
	}
	return settled;
}
