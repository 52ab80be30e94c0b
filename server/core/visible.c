/*
 * visible.c - which facts a party may see, and which it sees only the outside of.
 *
 * Decided here and nowhere else: views, numbers, versions, messages and feeds all ask.
 */
#include "concordat/core/situation.h"

bool offer_is_sealed(const struct offer *offer, const struct party *party)
{
	return offer->sealed && party->side != offer->side;
}

/* The offer that the fact makes or takes back; NULL: it does neither. */
static const struct offer *offer_of_fact(const struct fact *fact, const struct thread *thread)
{
	int64_t number = 0;

	if (fact_puts_offer(fact->kind))
		number = ((const struct make_offer *)fact->data)->number;
	if (fact->kind == FACT_OFFER_WITHDRAWN)
		number = ((const struct withdraw_offer *)fact->data)->number;
	return thread && number > 0 && (size_t)number <= thread->offer_count
		       ? &thread->offers[number - 1]
		       : NULL;
}

bool fact_is_sealed(const struct fact *fact, const struct placement *placement,
		    const struct party *party)
{
	const struct offer *offer = offer_of_fact(fact, placement_thread(placement, fact->thread));

	return offer && offer_is_sealed(offer, party);
}

/* It recorded the fact, or has something to do about it. */
static bool is_its_own(const struct fact *fact, const struct placement *placement,
		       struct uuid provider)
{
	const struct opened *opens = fact->opens.items;
	const struct thread *thread;

	for (size_t i = 0; i < fact->opens.count; i++) {
		thread = placement_thread(placement, opens[i].thread);
		if (thread && uuid_eq(thread->provider, provider))
			return true;
	}
	return uuid_eq(fact->organisation, provider);
}

/* Of what is said of the placement as a whole: what another provider says is not for it, nor how
 * the person took part in choosing among them. */
static bool is_told_to(const struct fact *fact, const struct placement *placement,
		       struct uuid provider)
{
	const struct record_involvement *involvement = fact->data;
	bool is_of_choice = fact->kind == FACT_INVOLVEMENT_RECORDED &&
			    involvement->purpose == INVOLVED_IN_CHOICE;

	if (fact->side != SIDE_PROVIDER && fact_speaker(fact) != SIDE_PROVIDER && !is_of_choice)
		return true;
	return is_its_own(fact, placement, provider);
}

/* Not for who mediates: complaints, notice, and that one was not dealt with in time. */
static bool is_between_sides(const struct fact *fact)
{
	const struct not_done *data = fact->data;

	return protocol_move((enum move)fact->kind)->seen == SEEN_BY_SIDES ||
	       ((fact->kind == FACT_MISSED || fact->kind == FACT_LAPSED) &&
		BIT(data->duty) & LASTING_DUTIES);
}

/* Its provider was to take the care over, did not, and never had it. */
static bool came_to_nothing(const struct placement *placement, const struct thread *thread)
{
	const struct thread *agreed;

	if (!thread->takes_over || thread->chosen || !thread->ended_entry)
		return false;
	for (size_t i = 0; i < placement->agreement_count; i++) {
		agreed = placement_thread(placement, placement->agreements[i].thread);
		if (agreed && uuid_eq(agreed->provider, thread->provider))
			return false;
	}
	return true;
}

/* Where a provider's part ended, 0: it goes on. One that was asked to take over, and did not, is in
 * its earlier strand again: if it had the care it has read what it has read, and else what it was
 * told as one to take over is open to it no more. */
static int32_t part_ended(const struct placement *placement, const struct thread *own)
{
	int32_t ended = own->ended_entry;

	for (size_t i = (size_t)own->number; ended && i < placement->thread_count; i++)
		if (uuid_eq(placement->threads[i].provider, own->provider) &&
		    placement->threads[i].ended_entry > ended &&
		    !came_to_nothing(placement, &placement->threads[i]))
			ended = placement->threads[i].ended_entry;
	return ended;
}

/* Who takes the care over knows of its start and its reviews; one that never consented, only while
 * it was asked. */
static bool is_inherited(const struct fact *fact, const struct placement *placement,
			 const struct party *party, const struct thread *own)
{
	int32_t ended = part_ended(placement, own);

	if ((fact->kind != FACT_START_CONFIRMED && fact->kind != FACT_REVIEW_HELD) ||
	    (ended && fact->seq > ended))
		return false;
	for (size_t i = 0; i < placement->thread_count; i++)
		if (placement->threads[i].takes_over &&
		    (&placement->threads[i] == own ||
		     !came_to_nothing(placement, &placement->threads[i])) &&
		    uuid_eq(placement->threads[i].provider, party->organisation))
			return true;
	return false;
}

/* A provider writes to whoever represents the person, or they to it. */
static bool is_with_person(const struct fact *fact)
{
	/* the same first members of both */
	const struct send_message *data = fact->data;

	return (fact->kind == FACT_MESSAGE_SENT || fact->kind == FACT_DOCUMENT_ATTACHED) &&
	       !uuid_is_zero(data->representative);
}

/* Its own strand and what all sides see, until its mediation is over. */
static bool mediator_sees(const struct fact *fact, const struct placement *placement,
			  const struct thread *thread, const struct party *party)
{
	int32_t until = party->until_entry ? party->until_entry : thread->ended_entry;

	if ((until && fact->seq > until) || is_between_sides(fact) || is_with_person(fact))
		return false;
	return fact->thread ? fact->thread == thread->number
			    : protocol_move((enum move)fact->kind)->seen == SEEN_BY_ALL &&
				      is_told_to(fact, placement, thread->provider);
}

/* Dates that moved are the business of who may know of the actions due. */
static bool sees_a_change(const struct fact *fact, const struct placement *placement,
			  const struct party *party)
{
	const struct due_change *changes = fact->changes.items;

	for (size_t i = 0; i < fact->changes.count; i++)
		if (fact_visible(placement->facts[changes[i].entry - 1], placement, party))
			return true;
	return false;
}

/* ---- the person's representative ---- */

bool duty_concerns_person(enum duty duty, enum side owed_by)
{
	const uint64_t persons = BIT(DUTY_FIRST_REVIEW) | BIT(DUTY_THREE_MONTH_REVIEW) |
				 BIT(DUTY_YEARLY_REVIEW) | BIT(DUTY_REQUESTED_REVIEW) |
				 BIT(DUTY_RECORD_INVOLVEMENT) | BIT(DUTY_EXIT_PLAN) |
				 BIT(DUTY_HANDOVER_PLAN);

	return owed_by == SIDE_REPRESENTATIVE || BIT(duty) & persons;
}

static bool is_of_concern(const struct placement *placement, const struct party *party,
			  int64_t entry, int64_t n)
{
	const struct obligation *o = placement_obligation(placement, (int32_t)entry, (int32_t)n);

	return o && duty_concerns_person(o->duty, o->owed_by) &&
	       fact_visible(placement->facts[entry - 1], placement, party);
}

static bool moves_what_concerns(const struct fact *fact, const struct placement *placement,
				const struct party *party)
{
	const struct due_change *changes = fact->changes.items;

	for (size_t i = 0; i < fact->changes.count; i++)
		if (is_of_concern(placement, party, changes[i].entry, changes[i].n))
			return true;
	return false;
}

/* Beside an entry made for the person, or by them. */
static bool disputes_for_person(const struct fact *fact, const struct placement *placement)
{
	const struct dispute_entry *data = fact->data;

	return fact_speaker(fact) == SIDE_REPRESENTATIVE ||
	       fact_speaker(placement->facts[data->entry - 1]) == SIDE_REPRESENTATIVE;
}

/* Told to them, or not, of what is theirs: the opening entry is the first member of each. */
static bool serves_person(const struct fact *fact, const struct placement *placement)
{
	int64_t entry = *(const int64_t *)fact->data;

	for (size_t i = 0; i < placement->obligation_count; i++)
		if (placement->obligations[i].entry == entry &&
		    placement->obligations[i].owed_by == SIDE_REPRESENTATIVE &&
		    (fact->kind != FACT_SERVICE_RECORDED ||
		     placement->obligations[i].n == ((const struct record_service *)fact->data)->n))
			return fact->thread == 0;
	return false;
}

static bool is_of_persons_complaint(const struct fact *fact, const struct placement *placement)
{
	const struct thread *thread = placement_thread(placement, fact->thread);

	for (size_t i = 0; thread && i < placement->complaint_count; i++)
		if (placement->complaints[i].raised_by == SIDE_REPRESENTATIVE &&
		    placement->complaints[i].number == *(const int64_t *)fact->data &&
		    uuid_eq(placement->complaints[i].provider, thread->provider))
			return true;
	return false;
}

/* What concerns the person, until it is released: no offer, no strand, and of the sides' own words
 * only those to it. How it ended it learns whatever the reason. */
static bool representative_sees(const struct fact *fact, const struct placement *placement,
				const struct party *party)
{
	const struct not_done *not_done = fact->data;
	const struct panel_decide *decision = fact->data;
	const struct sign *sign = fact->data;

	if (party->until_entry && fact->seq > party->until_entry)
		return false;
	switch (fact->kind) {
	case FACT_REPRESENTATIVE_INVITED:
	case FACT_REPRESENTATIVE_RELEASED: /* the first member of both */
		return uuid_eq(*(const struct uuid *)fact->data, party->organisation);
	case FACT_MESSAGE_SENT:
		return uuid_eq(((const struct send_message *)fact->data)->representative,
			       party->organisation);
	case FACT_DOCUMENT_ATTACHED:
		return uuid_eq(((const struct attach *)fact->data)->representative,
			       party->organisation);
	case FACT_ENTRY_DISPUTED:
		return disputes_for_person(fact, placement);
	case FACT_SIGNED:
		return sign->agreement > 0;
	case FACT_PANEL_DECIDED:
		return decision->outcome == PANEL_REFUSED &&
		       placement->end_reason == END_REFUSED_BY_PANEL;
	case FACT_LAPSED:
	case FACT_MISSED:
		return not_done->end_reason != NO_ENUM ||
		       is_of_concern(placement, party, not_done->entry, not_done->n);
	case FACT_DUE_CHANGED:
		return moves_what_concerns(fact, placement, party);
	case FACT_NOT_SERVED:
	case FACT_SERVED:
	case FACT_SERVICE_RECORDED:
		return serves_person(fact, placement);
	case FACT_COMPLAINT_ACKNOWLEDGED:
	case FACT_COMPLAINT_ANSWERED:
	case FACT_COMPLAINT_ESCALATED:
		return is_of_persons_complaint(fact, placement);
	default:
		return protocol_move((enum move)fact->kind)->seen_by_person ||
		       fact_speaker(fact) == SIDE_REPRESENTATIVE;
	}
}

/* ---- a co-payer ---- */

static bool is_told(const struct party *party, int32_t seq)
{
	for (size_t i = 0; i < party->told_count; i++)
		if (party->told[i] == seq)
			return true;
	return false;
}

static bool is_in_gap(const struct party *party, int32_t seq)
{
	for (size_t i = 0; i < party->gap_count; i++)
		if (seq > party->gaps[i].after && seq < party->gaps[i].before)
			return true;
	return false;
}

/* That care starts and ends, what changes its own share, and what is between it and the
 * commissioner: nothing that the sides say to each other, and nothing of the person's. */
static bool co_payer_sees(const struct fact *fact, const struct placement *placement,
			  const struct party *party)
{
	const struct fact *of = NULL;

	if (is_told(party, fact->seq))
		return true;
	if ((party->until_entry && fact->seq > party->until_entry) || is_in_gap(party, fact->seq))
		return false;
	if (fact_is_beside(fact->kind))
		of = placement->facts[*(const int64_t *)fact->data - 1];
	switch (fact->kind) {
	case FACT_START_CONFIRMED:
	case FACT_EXISTING_AGREEMENT_CONFIRMED:
	case FACT_CARE_ENDED:
	case FACT_DEATH_RECORDED:
	case FACT_TRANSFERRED:
		return true;
	case FACT_MESSAGE_SENT:
		return uuid_eq(((const struct send_message *)fact->data)->co_payer,
			       party->organisation);
	case FACT_DOCUMENT_ATTACHED:
		return uuid_eq(((const struct attach *)fact->data)->co_payer, party->organisation);
	case FACT_TOP_UP_SIGNED:
		return uuid_eq(((const struct sign_top_up *)fact->data)->organisation,
			       party->organisation);
	case FACT_ENTRY_DISPUTED:
		return uuid_eq(fact->organisation, party->organisation) ||
		       uuid_eq(of->organisation, party->organisation);
	case FACT_CORRECTED: /* others' parts may have been wrong, and not its own */
		return of->kind != FACT_FUNDING_CHANGED && fact_visible(of, placement, party);
	case FACT_ENTERED_IN_ERROR:
	case FACT_REDACTED:
		return fact_visible(of, placement, party);
	default:
		return false;
	}
}

/* That one side has accepted a settlement the other learns once it has accepted too. */
static bool is_accepted_alone(const struct fact *fact)
{
	const struct accept_settlement *data = fact->data;

	return fact->kind == FACT_SETTLEMENT_ACCEPTED && !data->is_agreed;
}

bool party_has_thread(const struct party *party, const struct thread *thread)
{
	if (party->side == SIDE_COMMISSIONER)
		return true;
	if (party->side == SIDE_MEDIATOR)
		return thread->number == party->thread;
	/* one who is invited again still sees its earlier strand */
	return uuid_eq(thread->provider, party->organisation);
}

/* Whoever's part is over learns no more of what is put right, but what it says itself; a strand
 * that ended with the placement is over for nobody. */
static bool comes_in_its_time(const struct fact *fact, const struct placement *placement,
			      const struct party *party)
{
	const struct thread *thread = placement_thread(placement, party->thread);
	int32_t until = party->until_entry;

	if (!until && thread && thread->ended_entry != placement->ended_entry)
		until = part_ended(placement, thread);
	return !until || fact->seq <= until || uuid_eq(fact->organisation, party->organisation);
}

/* What is said of an entry is for whoever sees the entry. */
static bool sees_what_it_is_of(const struct fact *fact, const struct placement *placement,
			       const struct party *party)
{
	int64_t entry = *(const int64_t *)fact->data;

	return entry >= 1 && (size_t)entry <= placement->fact_count &&
	       comes_in_its_time(fact, placement, party) &&
	       fact_visible(placement->facts[entry - 1], placement, party);
}

/* That nobody has looked at how the person is yet stays with what asked for it. */
static bool is_of_check(const struct fact *fact)
{
	return fact->kind == FACT_MISSED &&
	       ((const struct not_done *)fact->data)->duty == DUTY_CONFIRM_CHECK;
}

bool fact_visible(const struct fact *fact, const struct placement *placement,
		  const struct party *party)
{
	const struct thread *thread, *of_fact;
	int32_t ended;

	if (party->side == SIDE_CO_PAYER)
		return co_payer_sees(fact, placement, party);
	if (fact_is_beside(fact->kind) && fact->kind != FACT_ENTRY_DISPUTED)
		return sees_what_it_is_of(fact, placement, party);
	if (protocol_move((enum move)fact->kind)->seen == SEEN_BY_OWN_SIDE)
		return fact->side == (int32_t)party->side &&
		       (party->side == SIDE_COMMISSIONER ||
			uuid_eq(fact->organisation, party->organisation));
	if (is_accepted_alone(fact) && party->side != SIDE_MEDIATOR &&
	    fact->side != (int32_t)party->side && fact_speaker(fact) != party->side)
		return false;
	if (party->side == SIDE_COMMISSIONER)
		return true;
	if (is_of_check(fact))
		return false;
	if (party->side == SIDE_REPRESENTATIVE)
		return representative_sees(fact, placement, party);
	thread = placement_thread(placement, party->thread);
	if (!thread)
		return false;
	if (fact->kind == FACT_DUE_CHANGED && !sees_a_change(fact, placement, party))
		return false;
	if (party->side == SIDE_MEDIATOR)
		return mediator_sees(fact, placement, thread, party);
	of_fact = placement_thread(placement, fact->thread);
	if (of_fact)
		return party_has_thread(party, of_fact) ||
		       is_inherited(fact, placement, party, thread);
	switch (protocol_move((enum move)fact->kind)->seen) {
	case SEEN_BY_THREAD:
	case SEEN_BY_SIDES:
	case SEEN_BY_COMMISSIONER:
	case SEEN_BY_OWN_SIDE:
		return false;
	case SEEN_BY_ALL:
		ended = part_ended(placement, thread);
		return (!ended || fact->seq <= ended) &&
		       is_told_to(fact, placement, party->organisation);
	}
	return false;
}
