/*
 * apply_round.c - folds a fact of a later round, one that runs while an agreement is in force.
 *
 * A later round has one strand, with the agreement's provider, which is a party by it while it
 * lasts. Signed, it makes the next version; over without, the agreement stands as it was.
 */
#include "apply_parts.h"

void open_round(struct placement *p, const struct fact *fact)
{
	const struct agreement *agreement = placement_agreement(p);
	const struct thread *agreed = agreement ? placement_thread(p, agreement->thread) : NULL;
	struct thread *thread;
	struct party *party;
	struct uuid provider;

	if (!agreed)
		return;
	provider = agreed->provider; /* the list may move when it grows */
	thread = add_strand(p, fact, provider, agreed->home, SIDE_EITHER);
	*LIST_ADD(p->arena, p->rounds, p->round_count) = (struct round){
		.number = fact->round,
		.kind = protocol_move((enum move)fact->kind)->opens_round,
		.open = true,
		.stage = STAGE_NEGOTIATING,
		.thread = thread->number,
		.opened_entry = fact->seq,
		.limit_weekly_p = NO_INT,
	};
	party = (struct party *)placement_party(p, provider);
	if (party)
		party->thread = thread->number;
}

void back_to_agreement(struct placement *p, const struct thread *thread)
{
	struct party *party = (struct party *)placement_party(p, thread->provider);

	for (size_t i = p->agreement_count; party && i-- > 0;) {
		const struct thread *agreed = placement_thread(p, p->agreements[i].thread);

		if (!uuid_eq(agreed->provider, thread->provider))
			continue;
		party->thread = agreed->number;
		return;
	}
}

void close_round(struct placement *p, struct thread *thread, const struct fact *fact)
{
	set_stage(p, STAGE_ENDED);
	p->rounds[thread->round - 1].open = false;
	if (thread->state == THREAD_OPEN)
		end_thread(thread, THREAD_ENDED, fact);
	back_to_agreement(p, thread);
}

bool apply_in_round(struct placement *p, const struct fact *fact)
{
	const struct make_offer *data = fact->data;
	struct thread *thread = fact_thread(p, fact);

	if (!thread)
		return false;
	switch (fact->kind) {
	case FACT_CORRECTION_PROPOSED:
	case FACT_VARIATION_PROPOSED:
	case FACT_EXTENSION_PROPOSED:
		add_offer(p, thread, fact, (enum side)data->side, data);
		thread->turn = other_side((enum side)data->side);
		return true;
	default:
		return false;
	}
}
