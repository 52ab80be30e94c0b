/*
 * told.c - what a party is told of, whichever way: e-mail, webhook or stream.
 *
 * Decided here and nowhere else. Whoever may see a fact need not hear of it: time's own entries
 * only where what was due is the party's business, nothing of what was before the party came, and
 * nothing any more to who represents somebody that has died.
 */
#include "concordat/core/situation.h"

/* The commissioner's alone: no other side is told that they are due, or late. */
static const uint64_t commissioners_own =
	BIT(DUTY_CONFIRM_CHECK) | BIT(DUTY_DECIDE_AT_PANEL) | BIT(DUTY_RECORD_INVOLVEMENT);

/* A complaint may be of an earlier strand of the same provider. */
static bool is_own_strand(const struct placement *placement, const struct party *party,
			  int64_t number)
{
	const struct thread *thread = placement_thread(placement, number);

	return number == party->thread || (party->side == SIDE_PROVIDER && thread &&
					   uuid_eq(thread->provider, party->organisation));
}

bool duty_told_to(enum duty duty, int32_t owed_by, int64_t thread,
		  const struct placement *placement, const struct party *party)
{
	if (party->side == SIDE_COMMISSIONER)
		return true;
	if (party->side == SIDE_REPRESENTATIVE)
		return duty_concerns_person(duty, (enum side)owed_by);
	if (party->side == SIDE_CO_PAYER)
		return owed_by == SIDE_CO_PAYER;
	return !(BIT(duty) & commissioners_own) &&
	       (!thread || is_own_strand(placement, party, thread));
}

bool party_hears_no_more(const struct placement *placement, const struct party *party)
{
	return party->side == SIDE_REPRESENTATIVE && placement_person_died(placement);
}

/* One that was invited again was there in its earlier strand too. */
static bool was_there(const struct fact *fact, const struct placement *placement,
		      const struct party *party)
{
	const struct thread *thread = placement_thread(placement, fact->thread);

	return party->since_us <= fact->recorded_at_us ||
	       (party->side == SIDE_PROVIDER && thread && party_has_thread(party, thread));
}

static bool is_told_of_change(const struct fact *fact, const struct placement *placement,
			      const struct party *party)
{
	const struct due_change *changes = fact->changes.items;

	for (size_t i = 0; i < fact->changes.count; i++) {
		const struct obligation *o = placement_obligation(
			placement, (int32_t)changes[i].entry, (int32_t)changes[i].n);

		if (o && duty_told_to(o->duty, (int32_t)o->owed_by, o->thread, placement, party))
			return true;
	}
	return false;
}

bool fact_told_to(const struct fact *fact, const struct placement *placement,
		  const struct party *party)
{
	const struct not_done *data = fact->data;
	bool by_time = fact->kind == FACT_MISSED || fact->kind == FACT_LAPSED;

	if (!was_there(fact, placement, party) || !fact_visible(fact, placement, party) ||
	    party_hears_no_more(placement, party))
		return false;
	/* that it ended is everybody's business who sees it */
	if (by_time && !(party->side == SIDE_REPRESENTATIVE && fact->kind == FACT_LAPSED &&
			 data->end_reason != NO_ENUM))
		return duty_told_to((enum duty)data->duty, data->owed_by, fact->thread, placement,
				    party);
	return fact->kind != FACT_DUE_CHANGED || is_told_of_change(fact, placement, party);
}
