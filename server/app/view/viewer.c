/*
 * viewer.c - what one party may see of a placement, and by which numbers.
 */
#include "view/viewer.h"

const struct fact *view_entry(const struct viewer *v, int64_t seq)
{
	const struct fact *fact;

	if (seq < 1 || (size_t)seq > v->placement->fact_count)
		return NULL;
	fact = v->placement->facts[seq - 1];
	return fact_visible(fact, v->placement, v->party) ? fact : NULL;
}

const int32_t *view_numbers(struct arena *arena, const struct placement *placement,
			    const struct party *party)
{
	int32_t *numbers = arena_array(arena, int32_t, placement->fact_count);
	int32_t number = 0;

	for (size_t i = 0; i < placement->fact_count; i++)
		if (fact_visible(placement->facts[i], placement, party))
			numbers[i] = ++number;
	return numbers;
}

int32_t view_number(const struct viewer *v, int64_t seq)
{
	if (v->numbers)
		return seq < 1 || (size_t)seq > v->placement->fact_count ? 0 : v->numbers[seq - 1];
	return seq < INT32_MAX ? party_entry(v->placement, v->party, (int32_t)seq) : 0;
}

const struct fact *view_newest(const struct viewer *v, enum fact_kind kind)
{
	for (size_t i = v->placement->fact_count; i-- > 0;)
		if (v->placement->facts[i]->kind == kind &&
		    fact_visible(v->placement->facts[i], v->placement, v->party))
			return v->placement->facts[i];
	return NULL;
}

int64_t view_strand(const struct viewer *v, int64_t thread)
{
	return party_strand(v->placement, v->party, thread);
}

bool view_sees_thread(const struct viewer *v, const struct thread *thread)
{
	return view_strand(v, thread->number) > 0;
}

bool party_sees_obligation(const struct placement *placement, const struct party *party,
			   const struct obligation *o)
{
	if (o->entry < 1 || (size_t)o->entry > placement->fact_count ||
	    !fact_visible(placement->facts[o->entry - 1], placement, party))
		return false;
	if (party->side == SIDE_COMMISSIONER)
		return true;
	if (party->side == SIDE_REPRESENTATIVE)
		return duty_concerns_person(o->duty, o->owed_by);
	if (party->side == SIDE_CO_PAYER)
		return uuid_eq(obligation_owner(placement, o), party->organisation);
	/* The other side sees the date of a sitting that it waits for; when the panel decided, and
	 * that it did, is the commissioner's own. */
	if (o->duty == DUTY_DECIDE_AT_PANEL && !obligation_is_open(o))
		return false;
	if (o->thread)
		return party_strand(placement, party, o->thread) > 0;
	/* What is owed on the placement as a whole goes on without whom it is over for. */
	return party_stage(placement, party) != STAGE_ENDED;
}

bool view_sees_obligation(const struct viewer *v, const struct obligation *obligation)
{
	return party_sees_obligation(v->placement, v->party, obligation);
}
