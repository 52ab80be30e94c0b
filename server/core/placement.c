/*
 * placement.c - questions about a placement that rules, views and the fold all ask.
 *
 * Nothing here changes state: apply.c is its only writer.
 */
#include "concordat/core/protocol.h"

const struct party *placement_party(const struct placement *placement, struct uuid organisation)
{
	for (size_t i = placement->party_count; i-- > 0;)
		if (uuid_eq(placement->parties[i].organisation, organisation))
			return &placement->parties[i];
	return NULL;
}

bool fact_counts(enum fact_kind kind)
{
	return protocol_move((enum move)kind)->counts;
}

bool fact_visible(const struct fact *fact, const struct placement *placement,
		  const struct party *party)
{
	const struct thread *thread, *of_fact;

	if (party->side == SIDE_COMMISSIONER)
		return true;
	thread = placement_thread(placement, party->thread);
	if (!thread)
		return false;
	/* one who is invited again still sees its earlier strand */
	of_fact = placement_thread(placement, fact->thread);
	if (of_fact)
		return uuid_eq(of_fact->provider, party->organisation);
	switch (protocol_move((enum move)fact->kind)->seen) {
	case SEEN_BY_THREAD:
	case SEEN_BY_COMMISSIONER:
		return false;
	case SEEN_BY_ALL:
		return !thread->ended_entry || fact->seq <= thread->ended_entry;
	}
	return false;
}

int32_t party_entry(const struct placement *placement, const struct party *party, int32_t seq)
{
	int32_t entry = 0;

	if (seq < 1 || (size_t)seq > placement->fact_count ||
	    !fact_visible(placement->facts[seq - 1], placement, party))
		return 0;
	if (party->side == SIDE_COMMISSIONER)
		return seq;
	for (int32_t i = 0; i < seq; i++)
		entry += fact_visible(placement->facts[i], placement, party);
	return entry;
}

int32_t party_seq(const struct placement *placement, const struct party *party, int32_t entry)
{
	int32_t seen = 0;

	if (entry < 1)
		return 0;
	for (size_t i = 0; i < placement->fact_count; i++) {
		seen += fact_visible(placement->facts[i], placement, party);
		if (seen == entry)
			return (int32_t)i + 1;
	}
	return 0;
}

const struct thread *placement_thread(const struct placement *placement, int64_t number)
{
	if (number < 1 || (size_t)number > placement->thread_count)
		return NULL;
	return &placement->threads[number - 1];
}

const struct thread *placement_open_thread(const struct placement *placement)
{
	for (size_t i = placement->thread_count; i-- > 0;)
		if (placement->threads[i].state == THREAD_OPEN ||
		    placement->threads[i].state == THREAD_AGREED)
			return &placement->threads[i];
	return NULL;
}

const struct round *placement_open_round(const struct placement *placement)
{
	for (size_t i = placement->round_count; i-- > 0;)
		if (placement->rounds[i].open)
			return &placement->rounds[i];
	return NULL;
}

static const struct offer *offer_in_state(const struct thread *thread, enum offer_state state)
{
	for (size_t i = thread->offer_count; i-- > 0;)
		if (thread->offers[i].state == state)
			return &thread->offers[i];
	return NULL;
}

const struct offer *thread_open_offer(const struct thread *thread)
{
	return offer_in_state(thread, OFFER_OPEN);
}

const struct offer *thread_accepted_offer(const struct thread *thread)
{
	return offer_in_state(thread, OFFER_ACCEPTED);
}

const struct calculation *placement_calculation(const struct placement *placement)
{
	return placement->calculation_count
		       ? &placement->calculations[placement->calculation_count - 1]
		       : NULL;
}

const struct agreement *placement_agreement(const struct placement *placement)
{
	return placement->agreement_count ? &placement->agreements[placement->agreement_count - 1]
					  : NULL;
}

const struct obligation *placement_obligation(const struct placement *placement, int32_t entry,
					      int32_t n)
{
	for (size_t i = 0; i < placement->obligation_count; i++)
		if (placement->obligations[i].entry == entry && placement->obligations[i].n == n)
			return &placement->obligations[i];
	return NULL;
}

struct uuid obligation_owner(const struct placement *placement, const struct obligation *obligation)
{
	const struct thread *thread;

	if (obligation->owed_by == SIDE_COMMISSIONER)
		return placement->authority;
	thread = placement_thread(placement, obligation->thread);
	if (obligation->owed_by == SIDE_PROVIDER && thread)
		return thread->provider;
	return (struct uuid){0};
}

bool obligation_is_open(const struct obligation *obligation)
{
	return obligation->state == OBLIGATION_OPEN;
}

bool placement_is_settled(const struct placement *placement, int64_t now_us)
{
	for (size_t i = 0; i < placement->obligation_count; i++) {
		const struct obligation *o = &placement->obligations[i];

		if (obligation_is_open(o) && o->missed_at_us == NEVER_US && o->due_at_us < now_us)
			return false;
	}
	return true;
}

enum stage party_stage(const struct placement *placement, const struct party *party)
{
	const struct thread *thread = placement_thread(placement, party->thread);

	if (thread && thread->state != THREAD_OPEN && thread->state != THREAD_AGREED)
		return STAGE_ENDED;
	return placement->stage;
}
