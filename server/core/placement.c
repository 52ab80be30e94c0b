/*
 * placement.c - questions about a placement that rules, views and the fold all ask.
 *
 * Nothing here changes state: apply.c is its only writer.
 */
#include "concordat/core/situation.h"

const struct party *placement_party(const struct placement *placement, struct uuid organisation)
{
	for (size_t i = placement->party_count; i-- > 0;)
		if (uuid_eq(placement->parties[i].organisation, organisation))
			return &placement->parties[i];
	return NULL;
}

const struct party *placement_representative(const struct placement *placement)
{
	for (size_t i = 0; i < placement->party_count; i++)
		if (placement->parties[i].side == SIDE_REPRESENTATIVE &&
		    !placement->parties[i].until_entry)
			return &placement->parties[i];
	return NULL;
}

bool fact_counts(enum fact_kind kind)
{
	return protocol_move((enum move)kind)->counts;
}

bool fact_puts_offer(enum fact_kind kind)
{
	return kind == FACT_OFFER_MADE || kind == FACT_VARIATION_PROPOSED ||
	       kind == FACT_EXTENSION_PROPOSED ||
	       kind == FACT_CORRECTION_PROPOSED;
}

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
	       (fact->kind == FACT_MISSED && BIT(data->duty) & LASTING_DUTIES);
}

/* Who takes the care over knows of its start and its reviews. */
static bool is_inherited(const struct fact *fact, const struct placement *placement,
			 const struct party *party, const struct thread *own)
{
	if ((fact->kind != FACT_START_CONFIRMED && fact->kind != FACT_REVIEW_HELD) ||
	    (own->ended_entry && fact->seq > own->ended_entry))
		return false;
	for (size_t i = 0; i < placement->thread_count; i++)
		if (placement->threads[i].takes_over &&
		    uuid_eq(placement->threads[i].provider, party->organisation))
			return true;
	return false;
}

/* Its own strand and what all sides see, until its mediation is over. */
static bool mediator_sees(const struct fact *fact, const struct placement *placement,
			  const struct thread *thread, const struct party *party)
{
	int32_t until = party->until_entry ? party->until_entry : thread->ended_entry;

	if ((until && fact->seq > until) || is_between_sides(fact))
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
	default:
		return protocol_move((enum move)fact->kind)->seen_by_person ||
		       fact_speaker(fact) == SIDE_REPRESENTATIVE;
	}
}

/* That one side has accepted a settlement the other learns once it has accepted too. */
static bool is_accepted_alone(const struct fact *fact)
{
	const struct accept_settlement *data = fact->data;

	return fact->kind == FACT_SETTLEMENT_ACCEPTED && !data->is_agreed;
}

static bool is_partys_own(const struct party *party, const struct thread *thread)
{
	if (party->side == SIDE_COMMISSIONER)
		return true;
	if (party->side == SIDE_MEDIATOR)
		return thread->number == party->thread;
	/* one who is invited again still sees its earlier strand */
	return uuid_eq(thread->provider, party->organisation);
}

bool fact_visible(const struct fact *fact, const struct placement *placement,
		  const struct party *party)
{
	const struct thread *thread, *of_fact;

	if (fact_is_beside(fact->kind) && fact->kind != FACT_ENTRY_DISPUTED)
		return fact_visible(placement->facts[*(const int64_t *)fact->data - 1], placement,
				    party);
	if (protocol_move((enum move)fact->kind)->seen == SEEN_BY_OWN_SIDE)
		return fact->side == (int32_t)party->side &&
		       (party->side == SIDE_COMMISSIONER ||
			uuid_eq(fact->organisation, party->organisation));
	if (is_accepted_alone(fact) && party->side != SIDE_MEDIATOR &&
	    fact->side != (int32_t)party->side && fact_speaker(fact) != party->side)
		return false;
	if (party->side == SIDE_COMMISSIONER)
		return true;
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
		return is_partys_own(party, of_fact) ||
		       is_inherited(fact, placement, party, thread);
	switch (protocol_move((enum move)fact->kind)->seen) {
	case SEEN_BY_THREAD:
	case SEEN_BY_SIDES:
	case SEEN_BY_COMMISSIONER:
	case SEEN_BY_OWN_SIDE:
		return false;
	case SEEN_BY_ALL:
		return (!thread->ended_entry || fact->seq <= thread->ended_entry) &&
		       is_told_to(fact, placement, party->organisation);
	}
	return false;
}

int32_t party_entry(const struct placement *placement, const struct party *party, int32_t seq)
{
	int32_t entry = 0;

	if (seq < 1 || (size_t)seq > placement->fact_count ||
	    !fact_visible(placement->facts[seq - 1], placement, party))
		return 0;
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

int64_t party_strand(const struct placement *placement, const struct party *party, int64_t thread)
{
	int64_t strand = 0;

	if (!placement_thread(placement, thread) ||
	    !is_partys_own(party, &placement->threads[thread - 1]))
		return 0;
	for (int64_t i = 0; i < thread; i++)
		strand += is_partys_own(party, &placement->threads[i]);
	return strand;
}

int64_t party_thread(const struct placement *placement, const struct party *party, int64_t strand)
{
	for (size_t i = 0; strand > 0 && i < placement->thread_count; i++)
		if (party_strand(placement, party, (int64_t)i + 1) == strand)
			return (int64_t)i + 1;
	return 0;
}

const struct thread *placement_thread(const struct placement *placement, int64_t number)
{
	if (number < 1 || (size_t)number > placement->thread_count)
		return NULL;
	return &placement->threads[number - 1];
}

static bool thread_is_live(const struct thread *thread)
{
	return thread->state == THREAD_OPEN || thread->state == THREAD_AGREED;
}

const struct thread *placement_open_thread(const struct placement *placement)
{
	for (size_t i = placement->thread_count; i-- > 0;) {
		const struct thread *thread = &placement->threads[i];

		if (thread_is_live(thread) && thread->chosen)
			return thread;
	}
	return NULL;
}

const struct thread *placement_last_thread(const struct placement *placement)
{
	const struct thread *last = placement_open_thread(placement);

	for (size_t i = placement->thread_count; !last && i-- > 0;)
		if (placement->threads[i].chosen &&
		    placement->threads[i].ended_entry == placement->ended_entry)
			last = &placement->threads[i];
	return last;
}

bool placement_person_died(const struct placement *placement)
{
	return placement->stage == STAGE_ENDED && placement->end_reason == END_DIED;
}

const struct extension *placement_extension(const struct placement *placement, int64_t thread,
					    int64_t number)
{
	for (size_t i = 0; i < placement->extension_count; i++)
		if (placement->extensions[i].thread == thread &&
		    placement->extensions[i].number == number)
			return &placement->extensions[i];
	return NULL;
}

enum side fact_speaker(const struct fact *fact)
{
	return (enum side)(fact->on_behalf_of == NO_ENUM ? fact->side : fact->on_behalf_of);
}

bool fact_is_beside(enum fact_kind kind)
{
	return kind == FACT_ENTRY_DISPUTED || kind == FACT_CORRECTED ||
	       kind == FACT_ENTERED_IN_ERROR || kind == FACT_REDACTED;
}

const struct fact *placement_beside(const struct placement *placement, const struct party *party,
				    enum fact_kind kind, int32_t seq)
{
	for (size_t i = placement->fact_count; i-- > (size_t)seq;) {
		const struct fact *fact = placement->facts[i];
		const int64_t *entry = fact->data;

		if (fact->kind == kind && *entry == seq && fact_visible(fact, placement, party))
			return fact;
	}
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

const struct agreement *agreement_on(const struct placement *placement, int32_t day)
{
	for (size_t i = placement->agreement_count; i-- > 0;) {
		const struct agreement *version = &placement->agreements[i];

		if (version->from_day <= day &&
		    (version->to_day == NO_DAY || day <= version->to_day))
			return version;
	}
	return NULL;
}

const struct agreement *agreement_from(const struct placement *placement, int32_t day)
{
	for (size_t i = placement->agreement_count; i-- > 0;)
		if (placement->agreements[i].from_day == day)
			return &placement->agreements[i];
	return NULL;
}

int32_t agreement_last_day(const struct placement *placement, const struct agreement *agreement)
{
	int32_t last = agreement->to_day;

	for (size_t i = (size_t)agreement->number; i < placement->agreement_count; i++) {
		int32_t from = placement->agreements[i].from_day;

		if (from > agreement->from_day && (last == NO_DAY || from - 1 < last))
			last = from - 1;
	}
	return last;
}

bool agreement_is_disputed(const struct placement *placement, const struct agreement *agreement)
{
	for (size_t i = placement->thread_count; i-- > 0;) {
		const struct thread *thread = &placement->threads[i];
		const struct round *round = &placement->rounds[thread->round - 1];

		if (round->kind == ROUND_CORRECTION && thread->invited_entry > agreement->entry &&
		    thread->offers[0].data->terms.start_day == agreement->from_day)
			return thread->state != THREAD_AGREED;
	}
	return false;
}

const struct round *thread_round(const struct placement *placement, int64_t number)
{
	const struct thread *thread = placement_thread(placement, number);

	return thread ? &placement->rounds[thread->round - 1] : NULL;
}

bool round_is_later(const struct round *round)
{
	return round->kind != ROUND_INITIAL;
}

const struct obligation *placement_obligation(const struct placement *placement, int32_t entry,
					      int32_t n)
{
	for (size_t i = 0; i < placement->obligation_count; i++)
		if (placement->obligations[i].entry == entry && placement->obligations[i].n == n)
			return &placement->obligations[i];
	return NULL;
}

/* Who represented the person when the entry was made. */
static struct uuid representative_at(const struct placement *placement, int32_t entry)
{
	const struct fact *fact;

	for (int32_t seq = entry; seq > 0; seq--) {
		fact = placement->facts[seq - 1];
		if (fact->kind == FACT_REPRESENTATIVE_INVITED)
			return ((const struct invite_representative *)fact->data)->representative;
	}
	return (struct uuid){0};
}

struct uuid obligation_owner(const struct placement *placement, const struct obligation *obligation)
{
	const struct thread *thread;

	if (obligation->owed_by == SIDE_COMMISSIONER)
		return placement->authority;
	thread = placement_thread(placement, obligation->thread);
	if (obligation->owed_by == SIDE_PROVIDER && thread)
		return thread->provider;
	if (obligation->owed_by ==
	    SIDE_MEDIATOR) /* the one whom that entry made it, not the latest */
		return *(const struct uuid *)placement->facts[obligation->entry - 1]->data;
	if (obligation->owed_by == SIDE_REPRESENTATIVE)
		return representative_at(placement, obligation->entry);
	return (struct uuid){0};
}

bool obligation_is_open(const struct obligation *obligation)
{
	return obligation->state == OBLIGATION_OPEN;
}

int32_t placement_calendar_version(const struct placement *placement)
{
	int32_t newest = 0;

	for (size_t i = 0; i < placement->obligation_count; i++)
		if (placement->obligations[i].calendar_version > newest)
			newest = placement->obligations[i].calendar_version;
	return newest;
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

	if (thread && !thread_is_live(thread) && thread->state != THREAD_NOVATING)
		return STAGE_ENDED;
	if (party->until_entry)
		return STAGE_ENDED;
	if (party->side != SIDE_REPRESENTATIVE || placement->stage == STAGE_ENDED)
		return placement->stage;
	return placement->agreement_count ? STAGE_IN_FORCE : STAGE_PREPARING;
}
