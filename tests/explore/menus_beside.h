/*
 * menus_beside.h - the requests that stand for all others of what is done beside a negotiation:
 * more time, reviews, disputes of entries, notices.
 */
#ifndef CONCORDAT_TESTS_MENUS_BESIDE_H
#define CONCORDAT_TESTS_MENUS_BESIDE_H

#include "menus.h"

/* ---- time, care, messages ---- */

static void menu_extensions(struct menu *menu)
{
	const struct party *party = placement_party(played, menu->who->organisation);

	for (size_t i = 0; party && i < played->obligation_count; i++) {
		const struct obligation *o = &played->obligations[i];
		struct change_timescale *change;

		if (!obligation_is_open(o))
			continue;
		change = ADD(change_timescale, duty_names[o->duty]);
		change->entry = party_entry(played, party, o->entry);
		change->n = o->n;
		change->more = 3;
		change->reason = said(menu);
	}
	*ADD(change_timescale, "no such action") =
		(struct change_timescale){99, 1, 3, said(menu), NO_INT, NO_ENUM};
}

static void menu_extension_numbers(struct menu *menu)
{
	/* the number is the first member of each */
	for (size_t i = 1; i <= played->extension_count; i++)
		*(int64_t *)add(menu, "one of them") = (int64_t)i;
	*(int64_t *)add(menu, "no such extension") = 99;
}

static void menu_reviews(struct menu *menu)
{
	struct hold_review *to_come;

	for (int kind = 0; kind < REVIEW_KIND_COUNT; kind++) {
		struct hold_review *held = ADD(hold_review, review_kind_names[kind]);

		*held = review((enum review_kind)kind, "2026-01-01");
		held->held_day = menu->today;
		if (!played->needs)
			held->outcomes = (struct list){0};
	}
	to_come = ADD(hold_review, "calculated again");
	*to_come = review(REVIEW_REQUESTED, "2026-01-01");
	to_come->held_day = menu->today;
	to_come->decision = REVIEW_RECALCULATE;
	to_come = ADD(hold_review, "to come");
	*to_come = review(REVIEW_FIRST, "2026-01-01");
	to_come->held_day = menu->today + 9;
}

static bool right_has_expired(const struct fact *fact, enum side side)
{
	for (size_t i = 0; i < played->obligation_count; i++)
		if (played->obligations[i].entry == fact->seq &&
		    played->obligations[i].duty == DUTY_DISPUTE_ENTRY &&
		    obligation_is_open(&played->obligations[i]))
			return false;
	return fact->on_behalf_of == (int32_t)side;
}

static bool is_disputed_by(const struct fact *fact, enum side side)
{
	for (size_t i = (size_t)fact->seq; i < played->fact_count; i++)
		if (played->facts[i]->kind == FACT_ENTRY_DISPUTED &&
		    fact_speaker(played->facts[i]) == side &&
		    ((const struct dispute_entry *)played->facts[i]->data)->entry == fact->seq)
			return true;
	return false;
}

/* The person's representative needs no strand, nor does who answers them. */
static bool is_of_person(const struct fact *fact, const struct menu *menu)
{
	return menu->who->side == SIDE_REPRESENTATIVE || fact->side == SIDE_REPRESENTATIVE;
}

static const struct actor *who_names(const struct menu *menu)
{
	return menu->recorder ? menu->recorder : menu->who;
}

/* Still, or when the placement ended: its account stays open. */
static bool is_spoken_of(const struct thread *strand)
{
	return strand->state == THREAD_OPEN || strand->state == THREAD_AGREED ||
	       (strand->state == THREAD_ENDED && played->stage == STAGE_ENDED &&
		strand->ended_entry == played->ended_entry);
}

/* Said in a strand that is over: but for what was said for oneself, it stands. */
static bool is_over(const struct fact *fact, const struct menu *menu, const struct party *party)
{
	struct dispute_entry dispute = {.entry = party_entry(played, party, fact->seq)};
	const struct thread *strand = disputed_strand(played, who_names(menu), &dispute);

	if (menu->who->side == SIDE_REPRESENTATIVE || (!strand && is_of_person(fact, menu)))
		return false;
	return !strand || (!is_spoken_of(strand) && fact->on_behalf_of != (int32_t)menu->who->side);
}

/* The newest entry that may be disputed, in a strand that is named. */
static const struct fact *disputable(const struct menu *menu, const struct party *party)
{
	for (size_t i = played->fact_count; i-- > 0;) {
		const struct fact *fact = played->facts[i];

		if (fact->side != (int32_t)menu->who->side && fact->side != SIDE_TIME &&
		    (menu->named == NO_INT || fact->thread == menu->named) &&
		    party_entry(played, party, fact->seq) &&
		    !is_disputed_by(fact, menu->who->side) &&
		    !right_has_expired(fact, menu->who->side) && !is_over(fact, menu, party))
			return fact;
	}
	return NULL;
}

static void menu_disputes(struct menu *menu)
{
	const struct party *party = placement_party(played, who_names(menu)->organisation);
	const struct fact *fact = party ? disputable(menu, party) : NULL;
	int64_t strand = menu->thread;
	struct dispute_entry *dispute;
	const struct thread *of_entry;

	if (fact) {
		dispute = ADD(dispute_entry, "theirs");
		dispute->entry = party_entry(played, party, fact->seq);
		of_entry = disputed_strand(played, who_names(menu), dispute);
		menu->thread = of_entry ? of_entry->number : 0;
		dispute->statement = fact_speaker(fact) == SIDE_REPRESENTATIVE
					     ? said_to_person(menu)
					     : said(menu);
		menu->thread = strand;
	}
	ADD(dispute_entry, "no such entry")->entry = 999;
}

/* ---- notices ---- */

/* Its own, or acknowledged by it. */
static bool is_received(const struct fact *fact, struct uuid organisation)
{
	if (uuid_eq(fact->organisation, organisation))
		return true;
	for (size_t i = (size_t)fact->seq; i < played->fact_count; i++)
		if (played->facts[i]->kind == FACT_DELIVERY_ACKNOWLEDGED &&
		    uuid_eq(played->facts[i]->organisation, organisation) &&
		    ((const struct acknowledge_delivery *)played->facts[i]->data)->entry ==
			    fact->seq)
			return true;
	return false;
}

static void menu_services(struct menu *menu)
{
	const struct party *party = placement_party(played, menu->who->organisation);

	for (size_t i = 0; party && i < played->obligation_count; i++) {
		const struct obligation *o = &played->obligations[i];
		struct record_service *service;

		if (!obligation_waits_for_service(o))
			continue;
		service = ADD(record_service, duty_names[o->duty]);
		service->entry = party_entry(played, party, o->entry);
		service->n = o->n;
		service->how = SERVICE_TELEPHONE;
		service->reference = TEXT("Call 14");
		*ADD(record_service, "by nothing that shows it") = (struct record_service){
			service->entry, o->n, SERVICE_LETTER, NO_INT, TEXT_NONE};
	}
	*ADD(record_service, "no such action") =
		(struct record_service){99, 1, SERVICE_LETTER, NO_INT, TEXT("Letter 15")};
}

/* The newest that is another's; in a strand that is not over, if it can be. */
static void menu_received(struct menu *menu)
{
	const struct party *party = placement_party(played, menu->who->organisation);
	struct acknowledge_delivery probe = {0};
	int64_t in_other_strand = 0;

	for (size_t i = played->fact_count; party && i-- > 0;) {
		const struct thread *thread;

		probe.entry = party_entry(played, party, (int32_t)i + 1);
		thread = strand_received(played, menu->who, &probe);
		if (!probe.entry || !thread ||
		    is_received(played->facts[i], menu->who->organisation))
			continue;
		if (thread->state != THREAD_OPEN && thread->state != THREAD_AGREED) {
			in_other_strand = in_other_strand ? in_other_strand : probe.entry;
			continue;
		}
		ADD(acknowledge_delivery, "another's entry")->entry = probe.entry;
		in_other_strand = 0;
		break;
	}
	if (in_other_strand)
		ADD(acknowledge_delivery, "another's entry of before")->entry = in_other_strand;
	ADD(acknowledge_delivery, "no such entry")->entry = 999;
}

#endif
