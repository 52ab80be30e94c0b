/*
 * apply_existing.c - folds care that already ran when it was brought here.
 *
 * What the commissioner records is its offer in a strand of the provider's; the provider's
 * confirmation makes it the first version of the agreement, without signatures.
 */
#include "apply_parts.h"

static bool apply_recorded(struct placement *p, const struct fact *fact)
{
	const struct record_existing_agreement *data = fact->data;
	struct round *round = (struct round *)placement_open_round(p);
	struct make_offer *offer = arena_make(p->arena, struct make_offer);
	struct thread *thread;

	if (!round || fact->thread != (int64_t)p->thread_count + 1)
		return false;
	thread = add_strand(p, fact, data->provider, data->home, SIDE_PROVIDER);
	schema_clear(move_schema(MOVE_MAKE_OFFER), offer);
	offer->terms = data->terms;
	offer->side = SIDE_COMMISSIONER;
	offer->number = data->number;
	offer->terms_digest = data->terms_digest;
	add_offer(p, thread, fact, SIDE_COMMISSIONER, offer);
	round->panel_pending = false; /* it is agreed already */
	p->existing = data;
	set_stage(p, STAGE_NEGOTIATING);
	add_party(p, data->provider, SIDE_PROVIDER, thread, fact);
	return true;
}

static bool apply_confirmed(struct placement *p, const struct fact *fact)
{
	const struct confirm_existing_agreement *data = fact->data;
	struct thread *thread = fact_thread(p, fact);
	struct offer *offer = thread ? (struct offer *)thread_open_offer(thread) : NULL;

	if (!offer || data->agreement != (int64_t)p->agreement_count + 1)
		return false;
	begin_signing(p, thread);
	offer->state = OFFER_ACCEPTED;
	thread->turn = SIDE_EITHER;
	make_agreement(p, fact, thread, offer, AGREEMENT_EXISTING);
	p->started_day = data->started_day;
	return true;
}

bool apply_existing(struct placement *p, const struct fact *fact)
{
	return fact->kind == FACT_EXISTING_AGREEMENT_RECORDED ? apply_recorded(p, fact)
							      : apply_confirmed(p, fact);
}
