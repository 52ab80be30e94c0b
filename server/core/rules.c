/*
 * rules.c - one named predicate a rule.
 *
 * Each asks one thing and, when it is not kept, says in a sentence what is wrong and what to do
 * next. Without a request (what may this actor do now?) rules about the request keep silent.
 */
#include "concordat/core/situation.h"

bool refuse(struct refusal *refusal, const char *rule, const char *pointer, struct text sentence)
{
	*refusal = (struct refusal){rule, text_of(pointer), sentence};
	return false;
}

/* Open strands of which none is negotiated in yet. */
static bool several_invited(const struct placement *placement)
{
	for (size_t i = 0; i < placement->thread_count; i++)
		if (placement->threads[i].state == THREAD_OPEN)
			return true;
	return false;
}

RULE(thread_open, "invitation_open",
     "there is an invitation that has not been declined, expired or ended")
{
	if (s->asked_thread != NO_INT && (!s->thread || s->thread->number != s->asked_thread))
		return refuse(refusal, "thread_known", "/thread",
			      TEXT("There is no such thread that you may act in. Leave it out, or "
				   "read the placement again."));
	if (!s->thread && s->actor->side == SIDE_COMMISSIONER && several_invited(s->placement))
		return refuse(refusal, "thread_named", "/thread",
			      TEXT("Several providers are invited and none is chosen. Say whose "
				   "strand is meant (thread)."));
	if (!s->thread)
		return NO(thread_open, NULL,
			  "No provider has an open invitation. Invite one first.");
	switch (s->thread->state) {
	case THREAD_OPEN:
	case THREAD_AGREED:
		return true;
	case THREAD_LAPSED:
		return refuse(
			refusal, "invitation_lapsed", NULL,
			TEXT("This invitation has expired. Ask the commissioner for a new one."));
	case THREAD_DECLINED:
		return refuse(
			refusal, "invitation_declined", NULL,
			TEXT("This invitation was declined. Ask the commissioner for a new one."));
	case THREAD_NOT_CHOSEN:
		return refuse(refusal, "not_chosen", NULL,
			      TEXT("Another provider was chosen. Nothing more can be done in this "
				   "invitation."));
	case THREAD_NOVATING:
		return refuse(refusal, "novation_pending", NULL,
			      TEXT("Your side has not taken over yet. Consent first, or wait "
				   "(consent_to_novation)."));
	case THREAD_ENDED:
		if (s->row->stages & BIT(STAGE_ENDED) && s->placement->stage == STAGE_ENDED &&
		    s->thread->ended_entry == s->placement->ended_entry)
			return true; /* it ended with the placement, and may still be spoken of */
		break;
	case THREAD_STATE_COUNT:
		break;
	}
	return refuse(refusal, "round_ended", NULL, TEXT("This negotiation has ended."));
}

static bool involved(const struct situation *s, enum involvement_purpose purpose,
		     struct refusal *refusal, const char *rule, struct text sentence)
{
	if (is_involved(s->placement, purpose))
		return true;
	if (purpose != INVOLVED_IN_REVIEW && s->placement->opening->urgency == URGENCY_EMERGENCY)
		return true;
	return refuse(refusal, rule, NULL, sentence);
}

RULE(involved_in_calculation, "involvement_before_calculation",
     "the person's involvement in the calculation is on record (in an emergency, within 5 working "
     "days after)")
{
	return involved(s, INVOLVED_IN_CALCULATION, refusal, rule_involved_in_calculation.name,
			TEXT("Record first how the person took part in the calculation, or why not "
			     "(record_involvement with purpose calculation)."));
}

RULE(involved_in_signature, "involvement_before_signature",
     "the person's involvement in the agreement is on record (in an emergency, within 5 working "
     "days after)")
{
	return involved(s, INVOLVED_IN_SIGNATURE, refusal, rule_involved_in_signature.name,
			TEXT("Record first how the person took part in the agreement, or why not "
			     "(record_involvement with purpose signature)."));
}

RULE(involved_in_review, "involvement_before_review",
     "the person's involvement in this review is on record")
{
	return involved(s, INVOLVED_IN_REVIEW, refusal, rule_involved_in_review.name,
			TEXT("Record first how the person took part in this review, or why not "
			     "(record_involvement with purpose review)."));
}

RULE(has_needs, "needs_described", "needs and outcomes are described")
{
	if (!s->placement->needs)
		return NO(has_needs, NULL,
			  "Describe the person's needs and outcomes first (describe_needs).");
	return true;
}

RULE(has_guide, "guide_calculated", "a guide price is calculated")
{
	if (!s->placement->calculation_count)
		return NO(has_guide, NULL, "Calculate a guide price first (calculate).");
	return true;
}

RULE(panel_not_pending, "panel_not_waiting", "the panel is not already asked")
{
	if (s->round && s->round->panel_pending)
		return NO(panel_not_pending, NULL,
			  "The panel has been asked and has not decided yet. Wait for it.");
	return true;
}

RULE(panel_pending, "panel_asked", "the panel is asked")
{
	if (!s->round || !s->round->panel_pending)
		return NO(panel_pending, NULL,
			  "Nothing is with the panel. Refer the placement first (refer_to_panel).");
	return true;
}

RULE(approver_is_another, "three_people", "opener, approver and signatory are three people")
{
	if (uuid_eq(s->actor->user, s->placement->opened_by))
		return NO(approver_is_another, NULL,
			  "You opened this placement, so another panel member must decide.");
	return true;
}

RULE(panel_gives_reasons, "panel_reasons",
     "an approval states a limit; anything else states reasons")
{
	const struct panel_decide *data = s->data;

	if (!data)
		return true;
	if (data->outcome == PANEL_APPROVED && data->limit_weekly_p == NO_INT)
		return NO(panel_gives_reasons, "/limit_weekly", "State the approved limit a week.");
	if (data->outcome != PANEL_APPROVED && data->limit_weekly_p != NO_INT)
		return NO(panel_gives_reasons, "/limit_weekly",
			  "Only an approval has a limit. Leave it out.");
	if (data->outcome != PANEL_APPROVED && !data->reasons.text.at)
		return NO(panel_gives_reasons, "/reasons", "Give the panel's reasons.");
	return true;
}

RULE(approved_or_under_threshold, "panel_approval",
     "the panel has approved, or the guide's high is within the authority's threshold")
{
	const struct calculation *guide = placement_calculation(s->placement);

	if (s->round && s->round->panel_approved)
		return true;
	if (guide && guide->data->weekly_high_p != NO_INT &&
	    guide->data->weekly_high_p <= s->world->panel_threshold_p)
		return true;
	return NO(approved_or_under_threshold, NULL,
		  "The panel has not approved this placement. Refer it first.");
}

RULE(not_acknowledged, "not_acknowledged_yet", "the invitation is not acknowledged yet")
{
	if (s->thread && s->thread->acknowledged)
		return NO(not_acknowledged, NULL,
			  "The invitation is acknowledged already. Make an offer or decline.");
	return true;
}

#define UNANSWERED_MOST 20
#define QUESTIONS_MOST 500

RULE(few_questions, "few_questions", "no more than 20 of one's own questions wait for an answer")
{
	size_t waiting = 0;

	for (size_t i = 0; s->thread && i < s->thread->question_count; i++)
		waiting += !s->thread->questions[i].answered &&
			   s->thread->questions[i].asker == s->actor->side;
	if (waiting >= UNANSWERED_MOST)
		return NO(few_questions, NULL,
			  "Twenty of your questions wait for an answer. Wait for some of them "
			  "first.");
	if (s->thread && s->thread->question_count >= QUESTIONS_MOST)
		return NO(few_questions, NULL,
			  "500 questions have been asked here. Settle what is left by telephone.");
	return true;
}

RULE(question_open, "question_open", "the other side asked and has no answer yet")
{
	const struct answer *data = s->data;
	const struct question *question;
	bool any = false;

	for (size_t i = 0; !data && s->thread && i < s->thread->question_count; i++)
		any |= !s->thread->questions[i].answered &&
		       s->thread->questions[i].asker != s->actor->side;
	if (!data)
		return any || NO(question_open, NULL,
				 "The other side has asked nothing that is not answered.");
	if (!s->thread || data->number < 1 || (size_t)data->number > s->thread->question_count)
		return NO(question_open, "/number",
			  "No question has this number. Read the placement again.");
	question = &s->thread->questions[data->number - 1];
	if (question->asker == s->actor->side)
		return NO(question_open, "/number",
			  "This question is your own; the other side answers it.");
	if (question->answered)
		return NO(question_open, "/number", "This question is answered already.");
	return true;
}

RULE(involvement_explained, "involvement_explained",
     "taking part says how; not taking part says why; lacking capacity names the record and the "
     "advocate")
{
	const struct record_involvement *data = s->data;

	if (!data)
		return true;
	switch ((enum took_part)data->took_part) {
	case TOOK_PART_FULLY:
		return data->how.text.at ||
		       NO(involvement_explained, "/how", "Say how the person took part.");
	case TOOK_PART_WITH_SUPPORT:
		if (!data->how.text.at)
			return NO(involvement_explained, "/how", "Say how the person took part.");
		return data->supported_by.text.at ||
		       NO(involvement_explained, "/supported_by", "Say who supported the person.");
	case TOOK_PART_LACKS_CAPACITY:
		if (!data->capacity_record.at)
			return NO(involvement_explained, "/capacity_record",
				  "Name the record of capacity for this decision; lacking capacity "
				  "alone is not enough.");
		return data->advocate.text.at || NO(involvement_explained, "/advocate",
						    "Name the advocate or deputy who took part.");
	case TOOK_PART_CHOSE_NOT:
	case TOOK_PART_NOT_YET:
		return data->reason.text.at || NO(involvement_explained, "/reason",
						  "Say why the person did not take part.");
	case TOOK_PART_COUNT:
		break;
	}
	return true;
}

RULE(opening_sound, "opening_sound", "dates are in order and one payer takes the remainder")
{
	const struct open_placement *data = s->data;
	struct list funding;
	struct flaw flaw;

	if (!data)
		return true;
	if (data->planned_end_day != NO_DAY && data->planned_end_day < data->wanted_start_day)
		return NO(opening_sound, "/planned_end",
			  "The planned end is before the wanted start.");
	if (data->wanted_start_day < london_day(s->now_us) - 90)
		return NO(opening_sound, "/wanted_start", "This day is more than 90 days past.");
	funding = data->funding;
	for (size_t i = 0; i < funding.count; i++)
		if (!uuid_is_zero(((const struct funding_part *)funding.items)[i].organisation))
			return refuse(
				refusal, rule_opening_sound.name,
				text_cstr(s->arena,
					  text_printf(s->arena, "/funding/%zu/organisation", i)),
				TEXT("Who pays takes part once terms are agreed. Name it in "
				     "the terms, or by change_funding."));
	if (!funding_split(s->arena, &funding, NO_INT, &flaw)) {
		refuse(refusal, rule_opening_sound.name, NULL, flaw.sentence);
		refusal->pointer = text_printf(s->arena, "/funding%.*s", TEXT_FMT(flaw.pointer));
		return false;
	}
	return true;
}

RULE(needs_sound, "needs_sound", "each outcome has a key of its own")
{
	const struct describe_needs *data = s->data;
	const struct outcome *outcomes;

	if (!data)
		return true;
	outcomes = data->outcomes.items;
	for (size_t i = 0; i < data->outcomes.count; i++)
		for (size_t j = 0; j < i; j++)
			if (text_eq(outcomes[i].key, outcomes[j].key)) {
				NO(needs_sound, NULL,
				   "Two outcomes have the same key. Give each its own.");
				refusal->pointer = text_printf(s->arena, "/outcomes/%zu/key", i);
				return false;
			}
	return true;
}

static bool sat_on_panel(const struct placement *placement, struct uuid user)
{
	for (size_t i = 0; i < placement->fact_count; i++)
		if (placement->facts[i]->kind == FACT_PANEL_DECIDED &&
		    uuid_eq(placement->facts[i]->user, user))
			return true;
	return false;
}

RULE(signatory_is_third, "three_people", "opener, approver and signatory are three people")
{
	if (s->actor->side != SIDE_COMMISSIONER)
		return true;
	if (uuid_eq(s->actor->user, s->placement->opened_by))
		return NO(signatory_is_third, NULL,
			  "You opened this placement, so another signatory must sign.");
	if (sat_on_panel(s->placement, s->actor->user))
		return NO(
			signatory_is_third, NULL,
			"You decided on this placement at panel, so another signatory must sign.");
	return true;
}

RULE(not_signed_yet, "not_signed_yet", "this side has not signed yet")
{
	bool is_signed = s->actor->side == SIDE_COMMISSIONER ? s->placement->signed_by_commissioner
							     : s->placement->signed_by_provider;

	if (is_signed)
		return NO(not_signed_yet, NULL,
			  "Your side has signed. Wait for the other side's signature.");
	return true;
}

RULE(care_agreed, "care_agreed", "a provider is negotiating or agreed")
{
	if (!s->thread)
		return NO(
			care_agreed, NULL,
			"No provider is negotiating this placement, so care cannot have started.");
	return true;
}

RULE(start_not_confirmed, "start_not_confirmed_yet", "the start is not confirmed yet")
{
	if (care_has_started(s->placement))
		return NO(start_not_confirmed, NULL, "The start of care is confirmed already.");
	return true;
}

RULE(care_not_started, "care_not_started", "care has not started")
{
	return !care_has_started(s->placement) ||
	       NO(care_not_started, NULL,
		  "Care has started: the placement is ended by notice, not withdrawn.");
}

RULE(start_in_past, "start_in_past",
     "care started on or before today and not before the placement was opened")
{
	const struct confirm_start *data = s->data;

	if (!data)
		return true;
	if (data->started_day > london_day(s->now_us))
		return NO(start_in_past, "/started",
			  "This day is still to come. Confirm the start once care has started.");
	if (runs_as_brought_in(s))
		return data->started_day >= first_existing_day() ||
		       NO(start_in_past, "/started", "This day is before 1 April 2015.");
	if (data->started_day < london_day(s->placement->opened_at_us))
		return NO(start_in_past, "/started",
			  "This day is before the placement was opened.");
	return true;
}
