/*
 * menus.h - the requests of each move that stand for all others: one for each outcome, class of
 * amount or thing named; sound ones, and ones that some rule refuses.
 */
#ifndef CONCORDAT_TESTS_MENUS_H
#define CONCORDAT_TESTS_MENUS_H

#include "people.h"

/* ---- opening ---- */

static void menu_opening(struct menu *menu)
{
	struct open_placement *open;

	for (int urgency = 0; urgency < URGENCY_COUNT; urgency++) {
		open = ADD(open_placement, urgency_names[urgency]);
		*open = opening((enum urgency)urgency);
		open->person_name = SAID("Canary ~I~ Person");
		open->wanted_start_day = menu->today + 60;
	}
	open = ADD(open_placement, "a short stay");
	*open = opening(URGENCY_ORDINARY);
	open->wanted_start_day = menu->today + 60;
	open->planned_end_day = menu->today + 80;
	open = ADD(open_placement, "ends before it starts");
	*open = opening(URGENCY_ORDINARY);
	open->wanted_start_day = menu->today + 60;
	open->planned_end_day = menu->today;
}

static void menu_needs(struct menu *menu)
{
	static struct outcome twice[] = {{.key = TEXT("garden"), .what = WORDS("a")},
					 {.key = TEXT("garden"), .what = WORDS("b")}};

	struct describe_needs *described = ADD(describe_needs, "one key twice");

	*described = needs();
	described->outcomes = LIST_OF(twice);
	*ADD(describe_needs, "needs") = needs();
}

static void menu_involvement(struct menu *menu)
{
	struct record_involvement *record;

	for (int purpose = 0; purpose < INVOLVEMENT_PURPOSE_COUNT; purpose++)
		*ADD(record_involvement, involvement_purpose_names[purpose]) =
			involvement((enum involvement_purpose)purpose);
	record = ADD(record_involvement, "not yet");
	*record = involvement(INVOLVED_IN_SIGNATURE);
	record->took_part = TOOK_PART_NOT_YET;
	record->reason = SAID("In hospital");
	record = ADD(record_involvement, "lacks capacity, no more");
	*record = involvement(INVOLVED_IN_SIGNATURE);
	record->took_part = TOOK_PART_LACKS_CAPACITY;
}

static void menu_calculation(struct menu *menu)
{
	*ADD(calculate, "by the week") = calculation("home");
	*ADD(calculate, "by the hour") = calculation("hourly");
	*ADD(calculate, "no such model") = calculation("palace");
}

static void menu_panel(struct menu *menu)
{
	*ADD(panel_decide, "approved") =
		(struct panel_decide){PANEL_APPROVED, CANARY_LIMIT_P, SAID("Because ~C~ of it")};
	*ADD(panel_decide, "returned") =
		(struct panel_decide){PANEL_RETURNED, NO_INT, SAID("Because ~C~ of it")};
	*ADD(panel_decide, "refused") =
		(struct panel_decide){PANEL_REFUSED, NO_INT, SAID("Because ~C~ of it")};
	*ADD(panel_decide, "no limit") =
		(struct panel_decide){.outcome = PANEL_APPROVED, .limit_weekly_p = NO_INT};
}

static void add_invitation(struct menu *menu, const char *name, struct uuid whom, int32_t closes)
{
	struct invite *invited = ADD(invite, name);

	*invited = invitation_of(whom);
	invited->closes_day = closes;
}

/* That of the others, where there are some. */
static int32_t closing_day_of(const struct menu *menu)
{
	for (size_t i = 0; i < played->thread_count; i++)
		if (played->threads[i].sealed && played->threads[i].state == THREAD_OPEN)
			return played->threads[i].closes_day;
	return menu->today + 30;
}

static void menu_invitation(struct menu *menu)
{
	static const struct {
		const struct uuid *whom;
		const char *alone, *among;
	} houses[] = {{&provider, "provider", "provider, sealed"},
		      {&rival_provider, "rival", "rival, sealed"},
		      {&third_provider, "third", "third, sealed"}};
	int32_t closes = closing_day_of(menu);

	for (size_t i = 0; i < sizeof(houses) / sizeof(houses[0]); i++) {
		add_invitation(menu, houses[i].alone, *houses[i].whom, NO_DAY);
		add_invitation(menu, houses[i].among, *houses[i].whom, closes);
	}
	add_invitation(menu, "closes too soon", provider, menu->today);
	add_invitation(menu, "who mediates", mediation_body, NO_DAY);
}

/* ---- questions and offers ---- */

static void menu_answers(struct menu *menu)
{
	const struct thread *t = menu_thread(menu);

	for (size_t i = 0; t && i < t->question_count; i++)
		if (!t->questions[i].answered)
			*ADD(answer, "unanswered") = (struct answer){(int64_t)i + 1, said(menu)};
	*ADD(answer, "no such question") = (struct answer){99, said(menu)};
}

static const struct terms *agreed_terms(void)
{
	return played->agreement_count ? placement_agreement(played)->terms : NULL;
}

/* What the agreement says of uplifts and of going on stands in the next one too. */
static void keep_clauses(struct terms *terms)
{
	const struct terms *agreed = agreed_terms();

	if (!agreed)
		return;
	terms->uplift = agreed->uplift;
	terms->extension = agreed->extension;
	terms->end_day = agreed->end_day;
	terms->quality.score_r = agreed->quality.score_r;
}

/* A correction begins when what it corrects did. */
static int32_t correcting_day(const struct menu *menu)
{
	const struct thread *t = menu_thread(menu);

	if (t && t->offer_count && thread_round(played, t->number)->kind == ROUND_CORRECTION)
		return t->offers[0].data->terms.start_day;
	return menu->today + 30;
}

/* Of the strand and the side, in a class of amounts. */
static int64_t amount_of(const struct menu *menu, int64_t class_p)
{
	bool later = played->agreement_count && class_p == WITHIN_P;

	bool theirs = menu->who->side == SIDE_COMMISSIONER;

	return later ? LATER_P - 11 * strand_of(menu) - theirs
		     : class_p + 11 * strand_of(menu) + theirs;
}

static void set_amount(struct menu *menu, struct make_offer *offer, int64_t class_p)
{
	const struct offer *open = menu_offer(menu);
	int64_t weekly_p = amount_of(menu, class_p);
	static struct line_reason why[] = {{TEXT("care"), WORDS("Nights cost more")}};

	*offer = offer_of(weekly_p);
	if (!played->needs)
		offer->terms.outcomes = (struct list){0};
	offer->terms.start_day = correcting_day(menu);
	offer->covering_note = said(menu);
	keep_clauses(&offer->terms);
	if (open && open->side != menu->who->side && open->data->terms.weekly_p != weekly_p)
		offer->line_reasons = LIST_OF(why);
}

static void menu_offers(struct menu *menu)
{
	static const struct outcome_ref unknown[] = {{TEXT("castle")}};
	static struct line_reason strange[] = {{TEXT("butler"), WORDS("None")}};
	bool theirs = menu->who->side == SIDE_COMMISSIONER;
	struct make_offer *offer;

	set_amount(menu, ADD(make_offer, "within the guide"), WITHIN_P);
	offer = ADD(make_offer, "above the guide");
	set_amount(menu, offer, ABOVE_GUIDE_P);
	if (theirs)
		offer->above_guide_reason = SAID("Reason ~C~ here");
	set_amount(menu, ADD(make_offer, "above the limit"), ABOVE_LIMIT_P);
	if (theirs)
		set_amount(menu, ADD(make_offer, "above the guide, no reason"), ABOVE_GUIDE_P);
	offer = ADD(make_offer, "stands until yesterday");
	set_amount(menu, offer, WITHIN_P);
	offer->valid_until_day = menu->today - 1;
	offer = ADD(make_offer, "an outcome nobody knows");
	set_amount(menu, offer, WITHIN_P);
	offer->terms.outcomes = LIST_OF(unknown);
	offer = ADD(make_offer, "a reason for no line");
	set_amount(menu, offer, WITHIN_P);
	offer->line_reasons = LIST_OF(strange);
	offer = ADD(make_offer, "no lines' sum");
	set_amount(menu, offer, WITHIN_P);
	((struct fee_line *)offer->terms.lines.items)->rate_r = INT64_C(20000000000000);
}

static void menu_acceptances(struct menu *menu)
{
	struct accept *accept = ADD(accept, "plain");

	accept->terms_digest = digest_in(menu);
	accept = ADD(accept, "with a reason");
	accept->terms_digest = digest_in(menu);
	if (menu->who->side == SIDE_COMMISSIONER)
		accept->above_guide_reason = SAID("Reason ~C~ here");
	ADD(accept, "another digest")->terms_digest = wrong_digest(menu);
}

static void menu_choices(struct menu *menu)
{
	struct choose_provider *choice;

	for (size_t i = 0; i < played->thread_count; i++) {
		struct score *scores = arena_array(arena, struct score, STRANDS_MOST + 1);
		size_t count = 0;

		choice = ADD(choose_provider, "the strand");
		for (size_t n = 0; n < played->thread_count; n++) {
			const struct thread *t = &played->threads[n];

			if (t->state != THREAD_OPEN || t->sealed || !thread_open_offer(t))
				continue;
			scores[count++] =
				(struct score){t->number,
					       700000,
					       60000,
					       NO_INT,
					       {.text = text_printf(arena, "Marks ~T%lld~ yours",
								    (long long)t->number)}};
		}
		choice->chosen = played->threads[i].number;
		choice->scores = (struct list){scores, count};
		choice->person_choice = SAID("The garden ~C~ there");
	}
	choice = ADD(choose_provider, "no marks");
	choice->chosen = 1;
	choice->person_choice = SAID("The garden ~C~ there");
}

/* ---- mediation ---- */

static void menu_settlements(struct menu *menu)
{
	static const int64_t amounts[] = {WITHIN_P, ABOVE_GUIDE_P, ABOVE_LIMIT_P, 0};
	static const char *const names[] = {"within the guide", "above the guide",
					    "above the limit", "no sum"};

	for (size_t i = 0; i < 4; i++) {
		struct make_offer offer = offer_of(amounts[i] + 11 * menu->thread + 2);

		offer.terms.start_day = menu->today + 30;
		if (!amounts[i])
			((struct fee_line *)offer.terms.lines.items)->rate_r =
				INT64_C(20000000000000);
		ADD(propose_settlement, names[i])->terms = offer.terms;
	}
}

static void menu_settlement_acceptances(struct menu *menu)
{
	struct accept_settlement *accept = ADD(accept_settlement, "plain");

	accept->terms_digest = digest_in(menu);
	accept = ADD(accept_settlement, "with a reason");
	accept->terms_digest = digest_in(menu);
	if (menu->who->side == SIDE_COMMISSIONER)
		accept->above_guide_reason = SAID("Reason ~C~ here");
	ADD(accept_settlement, "another digest")->terms_digest = wrong_digest(menu);
}

static void menu_mediators(struct menu *menu)
{
	ADD(nominate_mediator, "another")->mediator = mediation_body;
	ADD(nominate_mediator, "a party")->mediator = provider;
	ADD(nominate_mediator, "the commissioner")->mediator = authority;
}

static void menu_appointments(struct menu *menu)
{
	*ADD(appoint_by_body, "another") = (struct appoint_by_body){mediation_body, TEXT("L-1")};
	*ADD(appoint_by_body, "a party") = (struct appoint_by_body){provider, TEXT("L-2")};
}

/* ---- the person's representative ---- */

static void menu_representatives(struct menu *menu)
{
	*ADD(invite_representative, "a daughter") =
		(struct invite_representative){family, SAID("A ~R0~ daughter")};
	*ADD(invite_representative, "a provider") =
		(struct invite_representative){provider, SAID("A ~R0~ house")};
	*ADD(invite_representative, "the commissioner") =
		(struct invite_representative){authority, SAID("A ~R0~ house")};
}

static void menu_messages(struct menu *menu)
{
	int64_t strand = menu->thread;
	struct send_message *message;

	ADD(send_message, "message")->message = said(menu);
	message = ADD(send_message, "to the representative");
	message->to_representative = true;
	menu->thread = 0;
	message->message = said_to_person(menu);
	menu->thread = strand;
}

static void menu_documents(struct menu *menu)
{
	int64_t strand = menu->thread;

	*ADD(attach, "document") =
		(struct attach){.document = document_id, .bytes = NO_INT, .title = said(menu)};
	*ADD(attach, "no such document") =
		(struct attach){.document = authority, .bytes = NO_INT, .title = said(menu)};
	menu->thread = 0;
	*ADD(attach, "for the representative") = (struct attach){.to_representative = true,
								 .document = document_id,
								 .bytes = NO_INT,
								 .title = said_to_person(menu)};
	menu->thread = strand;
}

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
	}
	*ADD(record_service, "no such action") =
		(struct record_service){99, 1, SERVICE_LETTER, TEXT("Letter 15")};
}

/* The newest that is another's, in a strand that is not over. */
static void menu_received(struct menu *menu)
{
	const struct party *party = placement_party(played, menu->who->organisation);
	struct acknowledge_delivery probe = {0};

	for (size_t i = played->fact_count; party && i-- > 0;) {
		const struct thread *thread;

		probe.entry = party_entry(played, party, (int32_t)i + 1);
		thread = strand_received(played, menu->who, &probe);
		if (!probe.entry || !thread ||
		    (thread->state != THREAD_OPEN && thread->state != THREAD_AGREED) ||
		    is_received(played->facts[i], menu->who->organisation))
			continue;
		ADD(acknowledge_delivery, "another's entry")->entry = probe.entry;
		break;
	}
	ADD(acknowledge_delivery, "no such entry")->entry = 999;
}

#endif
