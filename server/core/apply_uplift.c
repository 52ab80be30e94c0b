/*
 * apply_uplift.c - folds an uplift by the agreed method, and a challenge of one.
 *
 * A rise makes the next version by itself; a fall is the first offer of the round that the same
 * fact opened, so that it is answered, accepted and signed as any other.
 */
#include "apply_parts.h"

static void put_fall(struct placement *p, const struct fact *fact, struct thread *thread)
{
	const struct apply_uplift *data = fact->data;
	struct make_offer *offer = arena_make(p->arena, struct make_offer);

	schema_clear(move_schema(MOVE_MAKE_OFFER), offer);
	offer->terms = data->terms;
	offer->side = SIDE_COMMISSIONER;
	offer->number = 1;
	offer->terms_digest = data->terms_digest;
	add_offer(p, thread, fact, SIDE_COMMISSIONER, offer);
	thread->turn = SIDE_PROVIDER;
}

static bool add_version(struct placement *p, const struct fact *fact)
{
	const struct apply_uplift *data = fact->data;
	struct agreement before;

	if (data->version != (int64_t)p->agreement_count + 1 || data->uplifted < 1 ||
	    data->uplifted >= data->version)
		return false;
	before = p->agreements[data->uplifted - 1]; /* the list may move when it grows */
	*LIST_ADD(p->arena, p->agreements, p->agreement_count) = (struct agreement){
		.number = data->version,
		.basis = AGREEMENT_UPLIFTED,
		.thread = before.thread,
		.entry = fact->seq,
		.terms_entry = fact->seq,
		.rests_on = before.rests_on,
		.from_day = data->figures.from_day,
		.to_day = data->to_day,
		.paid_from_day = data->paid_from_day,
		.terms = &data->terms,
		.terms_digest = data->terms_digest,
	};
	return true;
}

bool apply_uplifting(struct placement *p, const struct fact *fact)
{
	const struct apply_uplift *data = fact->data;
	struct thread *thread = fact_thread(p, fact);

	if (!thread)
		return false;
	if (fact->kind == FACT_UPLIFT_CHALLENGED)
		return true; /* the round that it opened is all */
	if (data->version != NO_INT)
		return add_version(p, fact);
	put_fall(p, fact, thread);
	return true;
}
