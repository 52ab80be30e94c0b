/*
 * apply_mediation.c - folds a fact of a mediation into the strand it is about.
 *
 * A settlement stands among the strand's offers as the mediator's, so that it is accepted, digested
 * and signed as any other; the offer that was on the table before stays, and is there again when
 * nothing is settled.
 */
#include "apply_parts.h"

static struct offer *settlement_of(struct thread *thread)
{
	int64_t number = thread->mediation.settlement;

	return number ? &thread->offers[number - 1] : NULL;
}

/* Nothing that comes later is the mediator's to see. */
static void close_mediation(struct placement *p, struct thread *thread, const struct fact *fact)
{
	struct party *mediator = (struct party *)placement_party(p, thread->mediation.mediator);

	if (mediator)
		mediator->until_entry = fact->seq;
	thread->mediation.state = MEDIATION_OVER;
	thread->mediation.ended_entry = fact->seq;
}

void end_mediation(struct placement *p, struct thread *thread, const struct fact *fact)
{
	struct offer *settlement = settlement_of(thread);

	if (settlement && settlement->state == OFFER_OPEN)
		settlement->state = OFFER_WITHDRAWN;
	close_mediation(p, thread, fact);
	set_stage(p, STAGE_NEGOTIATING);
}

static void take_mediator(struct placement *p, struct thread *thread, struct uuid mediator,
			  const struct fact *fact)
{
	thread->mediation.state = MEDIATION_UNDER_WAY;
	thread->mediation.mediator = mediator;
	thread->mediation.mediator_entry = fact->seq;
	add_party(p, mediator, SIDE_MEDIATOR, thread, fact);
}

static void apply_proposed(struct placement *p, const struct fact *fact, struct thread *thread)
{
	const struct propose_settlement *data = fact->data;
	struct make_offer *offer = arena_make(p->arena, struct make_offer);
	struct offer *earlier = settlement_of(thread);

	if (earlier)
		earlier->state = OFFER_WITHDRAWN;
	schema_clear(move_schema(MOVE_MAKE_OFFER), offer);
	offer->terms = data->terms;
	offer->side = SIDE_MEDIATOR;
	offer->number = data->number;
	offer->terms_digest = data->terms_digest;
	thread->mediation.settlement = add_offer(p, thread, fact, SIDE_MEDIATOR, offer)->number;
	thread->mediation.accepted_by_commissioner = false;
	thread->mediation.accepted_by_provider = false;
}

static bool apply_accepted(struct placement *p, const struct fact *fact, struct thread *thread)
{
	const struct accept_settlement *data = fact->data;
	struct offer *settlement = settlement_of(thread);

	if (!settlement || settlement->state != OFFER_OPEN)
		return false;
	if (fact_speaker(fact) == SIDE_COMMISSIONER)
		thread->mediation.accepted_by_commissioner = true;
	else
		thread->mediation.accepted_by_provider = true;
	if (!data->is_agreed)
		return true;
	for (size_t i = 0; i < thread->offer_count; i++)
		if (thread->offers[i].state == OFFER_OPEN)
			thread->offers[i].state = OFFER_COUNTERED;
	settlement->state = OFFER_ACCEPTED;
	thread->turn = SIDE_EITHER;
	close_mediation(p, thread, fact);
	begin_signing(p, thread);
	return true;
}

bool apply_mediation(struct placement *p, const struct fact *fact)
{
	const struct nominate_mediator *nominated = fact->data;
	const struct agree_mediator *agreed = fact->data;
	const struct appoint_by_body *appointed = fact->data;
	struct thread *thread = fact_thread(p, fact);
	struct mediation *mediation;

	if (!thread)
		return false;
	mediation = &thread->mediation;
	if (fact_speaker(fact) == SIDE_PROVIDER)
		thread->acknowledged = true;
	switch (fact->kind) {
	case FACT_MEDIATION_PROPOSED:
		*mediation = (struct mediation){.state = MEDIATION_PROPOSED,
						.proposed_by = fact_speaker(fact)};
		return true;
	case FACT_MEDIATION_CONSENTED:
		mediation->state = MEDIATION_CONSENTED;
		set_stage(p, STAGE_MEDIATING);
		return true;
	case FACT_MEDIATION_REFUSED:
		mediation->state = MEDIATION_OVER;
		return true;
	case FACT_MEDIATOR_NOMINATED:
		mediation->nominee = nominated->mediator;
		mediation->nominated_by = fact_speaker(fact);
		return true;
	case FACT_MEDIATOR_AGREED:
		take_mediator(p, thread, agreed->mediator, fact);
		return true;
	case FACT_MEDIATOR_APPOINTED:
		take_mediator(p, thread, appointed->mediator, fact);
		return true;
	case FACT_SETTLEMENT_PROPOSED:
		apply_proposed(p, fact, thread);
		return true;
	case FACT_SETTLEMENT_ACCEPTED:
		return apply_accepted(p, fact, thread);
	case FACT_MEDIATION_LEFT:
	case FACT_MEDIATION_CONCLUDED:
		end_mediation(p, thread, fact);
		return true;
	default:
		return false;
	}
}
