/*
 * menus_end.h - the requests that stand for all others of care that already ran, of its end or
 * another provider, of complaints and of entries put right; and menu_of_life(), all of them.
 */
#ifndef CONCORDAT_TESTS_MENUS_END_H
#define CONCORDAT_TESTS_MENUS_END_H

#include "concordat/core/money.h"

#include "menus_life.h"

/* ---- care that already runs ---- */

static void add_existing(struct menu *menu, const char *name, struct uuid whom, int32_t started)
{
	struct record_existing_agreement *record = ADD(record_existing_agreement, name);
	struct make_offer offer = offer_of(WITHIN_P + 11 * ((int64_t)played->thread_count + 1));

	record->terms = offer.terms;
	if (!played->needs)
		record->terms.outcomes = (struct list){0};
	record->terms.start_day = menu->today - 30;
	add_clauses(&record->terms);
	record->provider = whom;
	record->home = (struct uuid)HOUSE(30);
	record->started_day = started;
	record->next_review_day = menu->today + 40;
	record->review_kind = REVIEW_YEARLY;
}

static void menu_existing(struct menu *menu)
{
	struct record_existing_agreement *record;

	add_existing(menu, "provider", provider, menu->today - 300);
	add_existing(menu, "rival", rival_provider, menu->today - 300);
	add_existing(menu, "recent", provider, menu->today - 10);
	record = (struct record_existing_agreement *)menu->items[menu->count - 1].data;
	record->review_kind = REVIEW_FIRST;
	add_existing(menu, "to come", provider, menu->today + 1);
	add_existing(menu, "the commissioner", authority, menu->today - 300);
}

static void menu_confirmations(struct menu *menu)
{
	ADD(confirm_existing_agreement, "plain")->terms_digest = digest_in(menu);
	ADD(confirm_existing_agreement, "another digest")->terms_digest = wrong_digest(menu);
}

/* ---- notice and the end ---- */

static void add_notice(struct menu *menu, const char *name, int32_t ends)
{
	*ADD(give_notice, name) =
		(struct give_notice){ends, TEXT("Notice"), NOTICE_OTHER, said(menu)};
}

static void menu_notices(struct menu *menu)
{
	add_notice(menu, "by today", menu->today);
	add_notice(menu, "in four weeks", menu->today + 28);
	add_notice(menu, "by yesterday", menu->today - 1);
}

static void menu_plans(struct menu *menu)
{
	*ADD(file_plan, "plan") = (struct file_plan){said(menu), NO_INT};
	*ADD(file_plan, "no such document") = (struct file_plan){said(menu), 999};
}

static void menu_ends(struct menu *menu)
{
	int32_t reason = played->notice.entry ? ENDING_TERMINATED : ENDING_COMPLETED;

	*ADD(end_care, "today") =
		(struct end_care){menu->today, reason, SAID("All of it"), SAID("Nothing")};
	*ADD(end_care, "to come") =
		(struct end_care){menu->today + 1, reason, SAID("All of it"), SAID("Nothing")};
}

static void menu_deaths(struct menu *menu)
{
	int32_t paid = played->agreement_count ? menu->today : NO_DAY;
	struct record_death *death = ADD(record_death, "today");

	death->died_day = menu->today;
	death->last_paid_day = paid;
	death = ADD(record_death, "to come");
	death->died_day = menu->today + 1;
	death->last_paid_day = paid;
}

static void menu_transfers(struct menu *menu)
{
	for (int32_t days = 1; days < 3; days++) {
		struct transfer_care *transfer =
			ADD(transfer_care, days == 1 ? "from tomorrow" : "to come");

		transfer->reason = TRANSFER_OTHER;
		transfer->payer = TEXT("The fictional Weald Board");
		transfer->from_day = menu->today + days;
		transfer->signed_by = TEXT("Wanda Kite");
	}
}

/* ---- another provider ---- */

static void add_novation(struct menu *menu, const char *name, struct uuid whom, int32_t from)
{
	struct novate *novate = ADD(novate, name);

	*novate = (struct novate){whom, (struct uuid)HOUSE(31), from, said(menu)};
}

static void menu_novations(struct menu *menu)
{
	const struct agreement *newest = placement_agreement(played);
	const struct thread *agreed = newest ? placement_thread(played, newest->thread) : NULL;
	struct uuid present = agreed ? agreed->provider : provider;
	struct uuid other = uuid_eq(present, provider) ? rival_provider : provider;
	int32_t from = later_of(menu->today, played->started_day);

	if (newest)
		from = later_of(from, newest->from_day);
	if (newest && newest->to_day != NO_DAY && newest->to_day < from)
		from = newest->from_day;
	add_novation(menu, "now", other, from);
	add_novation(menu, "in a month", other, from + 30);
	add_novation(menu, "to itself", present, from);
	add_novation(menu, "to who mediates", mediation_body, from);
}

/* ---- complaints: the number is the first member of each ---- */

static void menu_complaints(struct menu *menu)
{
	struct raise_complaint *raised = ADD(raise_complaint, "of care");

	raised->subject = COMPLAINT_CARE;
	raised->complaint = said(menu);
	raised = ADD(raise_complaint, "somebody is not safe");
	raised->subject = COMPLAINT_SAFEGUARDING;
	raised->complaint = said(menu);
}

/* The person hears what becomes of their own. */
static struct personal said_of_complaint(const struct menu *menu, int64_t number)
{
	for (size_t i = 0; i < played->complaint_count; i++)
		if (played->complaints[i].number == number &&
		    played->complaints[i].raised_by == SIDE_REPRESENTATIVE)
			return said_of_care();
	return said(menu);
}

static void menu_complaint_answers(struct menu *menu)
{
	for (int64_t number = 1; number <= (int64_t)played->complaint_count + 1; number++) {
		if (menu->move == MOVE_ACKNOWLEDGE_COMPLAINT)
			*ADD(acknowledge_complaint, "acknowledged") =
				(struct acknowledge_complaint){number,
							       said_of_complaint(menu, number)};
		else
			*ADD(answer_complaint, "answered") = (struct answer_complaint){
				number, COMPLAINT_UPHELD, said_of_complaint(menu, number)};
	}
}

static void menu_escalations(struct menu *menu)
{
	for (int64_t number = 1; number <= (int64_t)played->complaint_count + 1; number++)
		for (int32_t to = 0; to < ESCALATION_COUNT; to++)
			*ADD(escalate, escalation_names[to]) = (struct escalate){
				number, to, TEXT_NONE, said_of_complaint(menu, number)};
}

/* ---- entries put right ---- */

static bool is_beside_already(enum fact_kind kind, int32_t seq)
{
	for (size_t i = (size_t)seq; i < played->fact_count; i++)
		if (played->facts[i]->kind == kind &&
		    *(const int64_t *)played->facts[i]->data == seq)
			return true;
	return false;
}

static const char *const correctable_fields[] = {
	"wanted_start", "planned_end", "started",	"from", "to",
	"signed_on",	"weekly",      "authority",	"nhs",	"person",
	"third_party",	"held_on",     "reassessed_on",
};

/* What it says now: the last correction, or else the entry. */
static int64_t corrected_so_far(const struct fact *entry, const struct correctable *row)
{
	int64_t value = correctable_value(row, entry->data);

	for (size_t i = (size_t)entry->seq; i < played->fact_count; i++) {
		const struct correct *earlier = played->facts[i]->data;

		if (played->facts[i]->kind == FACT_CORRECTED && earlier->entry == entry->seq &&
		    text_is(earlier->field, row->field))
			(void)correctable_read(row, earlier->is, &value);
	}
	return value;
}

static struct text stated(const struct correctable *row, int64_t value)
{
	return row->as == CORRECTS_DAY ? day_text(arena, (int32_t)value)
				       : money_text(arena, value, false);
}

static void add_corrections(struct menu *menu, const char *field, const struct fact *entry)
{
	const struct party *party = placement_party(played, menu->who->organisation);
	const struct correctable *row = correctable_of(entry->kind, text_of(field));
	int64_t was = corrected_so_far(entry, row);

	if (was == NO_INT || (row->as == CORRECTS_DAY && was == NO_DAY))
		return;
	for (int64_t more = -1; more <= 1; more += 2)
		*ADD(correct, field) = (struct correct){
			.entry = party_entry(played, party, entry->seq),
			.field = text_of(field),
			.was = stated(row, was),
			.is = stated(row, was + more),
			.reason = said_of_entry(entry),
		};
}

/* The newest entries of its own side that may say the field, a little less and a little more. */
static void menu_corrections(struct menu *menu)
{
	const struct party *party = placement_party(played, menu->who->organisation);

	for (size_t k = 0; k < sizeof(correctable_fields) / sizeof(correctable_fields[0]); k++) {
		int found = 0;

		for (size_t i = played->fact_count; party && i-- > 0 && found < 2;) {
			const struct fact *entry = played->facts[i];

			if (!uuid_eq(entry->organisation, menu->who->organisation) ||
			    entry->on_behalf_of != NO_ENUM ||
			    !correctable_of(entry->kind, text_of(correctable_fields[k])) ||
			    is_beside_already(FACT_ENTERED_IN_ERROR, entry->seq))
				continue;
			add_corrections(menu, correctable_fields[k], entry);
			found++;
		}
	}
	*ADD(correct, "no such entry") = (struct correct){.entry = 999,
							  .field = TEXT("started"),
							  .was = day_text(arena, menu->today),
							  .is = day_text(arena, menu->today),
							  .reason = said_of_care()};
}

static bool opened_a_round(const struct fact *fact)
{
	for (size_t i = 0; i < played->round_count; i++)
		if (round_is_later(&played->rounds[i]) &&
		    played->rounds[i].opened_entry == fact->seq)
			return true;
	return false;
}

static int32_t newest_of(enum fact_kind kind)
{
	for (size_t i = played->fact_count; i-- > 0;)
		if (played->facts[i]->kind == kind)
			return (int32_t)i + 1;
	return 0;
}

/* What nobody may who made the entry. */
static void add_own_mark(struct menu *menu, const struct party *party)
{
	int32_t seq = newest_of(FACT_INVOLVEMENT_RECORDED);

	if (party && seq && uuid_eq(played->facts[seq - 1]->user, menu->who->user) &&
	    !is_beside_already(FACT_ENTERED_IN_ERROR, seq))
		*ADD(mark_entered_in_error, "one's own") =
			(struct mark_entered_in_error){party_entry(played, party, seq), ERROR_OTHER,
						       said_of_entry(played->facts[seq - 1])};
}

/* The newest of each kind that another of the own side has made. */
static void menu_marks(struct menu *menu)
{
	static const enum fact_kind kinds[] = {
		FACT_REVIEW_HELD,      FACT_START_CONFIRMED, FACT_INVOLVEMENT_RECORDED,
		FACT_MESSAGE_SENT,     FACT_NOTE_WRITTEN,    FACT_DOCUMENT_ATTACHED,
		FACT_ABSENCE_RECORDED, FACT_FEEDBACK_GIVEN,  FACT_FUNDING_CHANGED,
		FACT_TOP_UP_SIGNED,    FACT_CALCULATED};
	const struct party *party = placement_party(played, menu->who->organisation);

	for (size_t k = 0; party && k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (size_t i = played->fact_count; i-- > 0;) {
			const struct fact *fact = played->facts[i];

			if (fact->kind != kinds[k] || fact->side != (int32_t)menu->who->side ||
			    !uuid_eq(fact->organisation, menu->who->organisation) ||
			    (uuid_eq(fact->user, menu->who->user) &&
			     menu->who->side != SIDE_REPRESENTATIVE) ||
			    opened_a_round(fact) ||
			    is_beside_already(FACT_ENTERED_IN_ERROR, fact->seq))
				continue;
			*ADD(mark_entered_in_error, fact_names[kinds[k]]) =
				(struct mark_entered_in_error){
					party_entry(played, party, fact->seq), ERROR_WRONG_PERSON,
					said_of_entry(fact)};
			break;
		}
	add_own_mark(menu, party);
	*ADD(mark_entered_in_error, "no such entry") =
		(struct mark_entered_in_error){999, ERROR_OTHER, said_of_care()};
}

static void menu_redactions(struct menu *menu)
{
	const struct party *party = placement_party(played, menu->who->organisation);

	for (int32_t seq = 1; party && seq <= played->seq; seq++)
		if (!is_beside_already(FACT_REDACTED, seq)) {
			*ADD(redact, "the first left") = (struct redact){
				party_entry(played, party, seq), TEXT("Article 17")};
			break;
		}
	*ADD(redact, "no such entry") = (struct redact){999, TEXT("Article 17")};
}

/* ---- all of them ---- */

static void menu_of_life(struct menu *menu)
{
	switch ((int)menu->move) {
	case MOVE_HOLD_REVIEW:
		menu_reviews(menu);
		break;
	case MOVE_GIVE_FEEDBACK:
		menu_feedback(menu);
		break;
	case MOVE_REQUEST_REVIEW:
		menu_review_requests(menu);
		break;
	case MOVE_DECLINE_REVIEW:
		menu_review_refusals(menu);
		break;
	case MOVE_REQUEST_RECALCULATION:
		menu_recalculations(menu);
		break;
	case MOVE_PROPOSE_VARIATION:
		menu_variations(menu);
		break;
	case MOVE_APPLY_UPLIFT:
		menu_uplifts(menu);
		break;
	case MOVE_CHALLENGE_UPLIFT:
		ADD(challenge_uplift, "challenge")->reason = said(menu);
		break;
	case MOVE_PROPOSE_EXTENSION:
		menu_term_extensions(menu);
		break;
	case MOVE_PROPOSE_CORRECTION:
		menu_version_corrections(menu);
		break;
	case MOVE_CORRECT:
		menu_corrections(menu);
		break;
	case MOVE_MARK_ENTERED_IN_ERROR:
		menu_marks(menu);
		break;
	case MOVE_REDACT:
		menu_redactions(menu);
		break;
	case MOVE_AGREE_INTERIM_TERMS:
		menu_interim_terms(menu);
		break;
	case MOVE_CHANGE_FUNDING:
		menu_funding(menu);
		break;
	case MOVE_SIGN_TOP_UP:
		menu_top_ups(menu);
		break;
	case MOVE_RECORD_ABSENCE:
		menu_absences(menu);
		break;
	case MOVE_END_ABSENCE:
		menu_returns(menu);
		break;
	case MOVE_RECORD_EXISTING_AGREEMENT:
		menu_existing(menu);
		break;
	case MOVE_CONFIRM_EXISTING_AGREEMENT:
		menu_confirmations(menu);
		break;
	case MOVE_GIVE_NOTICE:
		menu_notices(menu);
		break;
	case MOVE_FILE_EXIT_PLAN:
	case MOVE_FILE_HANDOVER_PLAN:
		menu_plans(menu);
		break;
	case MOVE_END:
		menu_ends(menu);
		break;
	case MOVE_RECORD_DEATH:
		menu_deaths(menu);
		break;
	case MOVE_TRANSFER:
		menu_transfers(menu);
		break;
	case MOVE_NOVATE:
		menu_novations(menu);
		break;
	case MOVE_CONSENT_TO_NOVATION:
		ADD(consent_to_novation, "consent")->note = said(menu);
		break;
	case MOVE_DROP_NOVATION:
		ADD(drop_novation, "drop")->reason = said(menu);
		break;
	case MOVE_RAISE_COMPLAINT:
		menu_complaints(menu);
		break;
	case MOVE_ACKNOWLEDGE_COMPLAINT:
	case MOVE_ANSWER_COMPLAINT:
		menu_complaint_answers(menu);
		break;
	case MOVE_ESCALATE:
		menu_escalations(menu);
		break;
	}
}

#endif
