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

bool party_reads_no_more(const struct party *party)
{
	return party->until_entry &&
	       (party->side == SIDE_REPRESENTATIVE || party->side == SIDE_PROVIDER);
}

bool co_payer_takes_part(const struct party *party, int32_t today)
{
	return party->side == SIDE_CO_PAYER && !party->until_entry &&
	       (party->last_night == NO_DAY || today <= party->last_night);
}

const struct party *placement_representative(const struct placement *placement)
{
	for (size_t i = 0; i < placement->party_count; i++)
		if (placement->parties[i].side == SIDE_REPRESENTATIVE &&
		    !placement->parties[i].until_entry)
			return &placement->parties[i];
	return NULL;
}

static bool names_payers(const struct list *parts)
{
	const struct funding_part *part = parts->items;

	for (size_t i = 0; i < parts->count; i++)
		if (!uuid_is_zero(part[i].organisation))
			return true;
	return false;
}

bool placement_names_payers(const struct placement *placement)
{
	for (size_t i = 0; i < placement->agreement_count; i++)
		if (names_payers(&placement->agreements[i].terms->funding))
			return true;
	for (size_t i = 0; i < placement->funding_change_count; i++)
		if (names_payers(&placement->funding_changes[i].data->funding))
			return true;
	return false;
}

bool fact_counts(enum fact_kind kind)
{
	return protocol_move((enum move)kind)->counts;
}

bool fact_puts_offer(enum fact_kind kind)
{
	return kind == FACT_OFFER_MADE || kind == FACT_VARIATION_PROPOSED ||
	       kind == FACT_EXTENSION_PROPOSED || kind == FACT_CORRECTION_PROPOSED;
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

int32_t party_version_at(const struct placement *placement, const struct party *party, int32_t seq)
{
	int32_t version = 0;

	for (int32_t i = 0; i < seq && (size_t)i < placement->fact_count; i++)
		version += fact_counts(placement->facts[i]->kind) &&
			   fact_visible(placement->facts[i], placement, party);
	return version;
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
	    !party_has_thread(party, &placement->threads[thread - 1]))
		return 0;
	for (int64_t i = 0; i < thread; i++)
		strand += party_has_thread(party, &placement->threads[i]);
	return strand;
}

int64_t party_thread(const struct placement *placement, const struct party *party, int64_t strand)
{
	for (size_t i = 0; strand > 0 && i < placement->thread_count; i++)
		if (party_strand(placement, party, (int64_t)i + 1) == strand)
			return (int64_t)i + 1;
	return 0;
}

const struct fact *entry_named(const struct placement *placement, const struct actor *actor,
			       int64_t number)
{
	const struct party *party = placement_party(placement, actor->organisation);
	int32_t seq = party && number > 0 && number <= INT32_MAX
			      ? party_seq(placement, party, (int32_t)number)
			      : 0;

	return seq ? placement->facts[seq - 1] : NULL;
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
	const struct agreement *present = NULL;

	for (size_t i = 0; i < placement->agreement_count; i++) {
		const struct agreement *version = &placement->agreements[i];

		if ((!present || version->from_day > present->from_day) &&
		    agreement_on(placement, version->from_day) == version)
			present = version;
	}
	return present;
}

int32_t first_day_of_present_provider(const struct placement *placement)
{
	for (size_t i = placement->agreement_count; i-- > 0;)
		if (placement->agreements[i].basis == AGREEMENT_NOVATED)
			return placement->agreements[i].from_day;
	return NO_DAY;
}

const struct absence *absence_of_entry(const struct placement *placement, int64_t entry)
{
	for (size_t i = 0; i < placement->absence_count; i++)
		if (placement->absences[i].entry == entry ||
		    placement->absences[i].ended_entry == entry)
			return &placement->absences[i];
	return NULL;
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

static bool made_version(const struct placement *placement, const struct thread *thread)
{
	for (size_t i = 0; i < placement->agreement_count; i++)
		if (placement->agreements[i].thread == thread->number)
			return true;
	return false;
}

bool agreement_is_disputed(const struct placement *placement, const struct agreement *agreement)
{
	for (size_t i = placement->thread_count; i-- > 0;) {
		const struct thread *thread = &placement->threads[i];
		const struct round *round = &placement->rounds[thread->round - 1];

		if (round->kind == ROUND_CORRECTION && thread->invited_entry > agreement->entry &&
		    thread->offers[0].data->terms.start_day == agreement->from_day)
			return !made_version(placement, thread);
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

static bool fact_closes(const struct fact *fact, const struct obligation *o)
{
	const struct closed *closes = fact->closes.items;

	for (size_t i = 0; i < fact->closes.count; i++)
		if (closes[i].entry == o->entry && closes[i].n == o->n)
			return true;
	return false;
}

int64_t obligation_done_us(const struct placement *placement, const struct obligation *o)
{
	int64_t held_us;

	if (obligation_is_open(o))
		return NEVER_US;
	for (size_t i = placement->review_count; i-- > 0;) {
		const struct review *review = &placement->reviews[i];

		if (!fact_closes(placement->facts[review->entry - 1], o))
			continue;
		held_us = london_instant(review->data->held_day, 17, 0);
		return held_us < o->closed_at_us ? held_us : o->closed_at_us;
	}
	return o->closed_at_us;
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
