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

/* For three years, with a yearly rise, and twice a year more. */
HELPER void add_clauses(struct terms *terms)
{
	static const struct uplift_weight weights[] = {{COST_INDEX_NLW, 737000},
						       {COST_INDEX_CPI, 263000}};

	terms->end_day = day_add_months(terms->start_day, 36) - 1;
	terms->extension = (struct extension_terms){12, 2, 40000};
	terms->quality.score_r = 40000;
	terms->uplift.basis = UPLIFT_WEIGHTED;
	terms->uplift.weights = LIST_OF(weights);
}

/* What the agreement says of uplifts and of going on stands in the next one too. */
static void keep_clauses(struct terms *terms)
{
	const struct terms *agreed = agreed_terms();

	if (!agreed) {
		add_clauses(terms);
		return;
	}
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

		offer.terms.start_day = correcting_day(menu);
		if (!played->needs)
			offer.terms.outcomes = (struct list){0};
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

/* Between the person and a side: the commissioner in no strand, or the provider that knows them. */
static struct personal said_with_person(struct menu *menu)
{
	int64_t strand = menu->thread;
	const struct thread *open = placement_open_thread(played);
	struct personal personal;

	if (!open)
		open = placement_last_thread(played);
	if (menu->who->side == SIDE_COMMISSIONER)
		menu->thread = 0;
	if (menu->who->side == SIDE_REPRESENTATIVE)
		menu->thread = open ? open->number : 0;
	personal = said_to_person(menu);
	menu->thread = strand;
	return personal;
}

static void menu_messages(struct menu *menu)
{
	struct send_message *message;

	ADD(send_message, "message")->message = said(menu);
	message = ADD(send_message, "to the representative");
	message->to_representative = true;
	message->message = said_with_person(menu);
	if (menu->who->side != SIDE_REPRESENTATIVE)
		return;
	message = ADD(send_message, "to the provider");
	message->to_provider = true;
	message->message = said_with_person(menu);
}

static void add_document(struct menu *menu, const char *name, struct uuid document,
			 struct personal title)
{
	struct attach *attached = ADD(attach, name);

	attached->document = document;
	attached->title = title;
}

static void menu_documents(struct menu *menu)
{
	add_document(menu, "document", document_id, said(menu));
	add_document(menu, "no such document", authority, said(menu));
	add_document(menu, "for the representative", document_id, said_with_person(menu));
	((struct attach *)menu->items[menu->count - 1].data)->to_representative = true;
	if (menu->who->side != SIDE_REPRESENTATIVE)
		return;
	add_document(menu, "for the provider", document_id, said_with_person(menu));
	((struct attach *)menu->items[menu->count - 1].data)->to_provider = true;
}

#endif
