/*
 * ending.c - rules of notice, of the end of care, of a death, and of another payer.
 *
 * The last day of care is never to come and never before care began: what ends is what was.
 */
#include "concordat/core/situation.h"

static int32_t today(const struct situation *s)
{
	return london_day(s->now_us);
}

/* The first day that may have been a day of care. */
static int32_t first_day(const struct placement *placement)
{
	return care_has_started(placement) ? placement->started_day
					   : london_day(placement->opened_at_us);
}

/* ---- notice ---- */

RULE(no_notice, "no_notice", "no notice stands")
{
	return !s->placement->notice.entry ||
	       NO(no_notice, NULL,
		  "A notice stands already. File the plans for it, or end the care.");
}

RULE(notice_given, "notice_given", "notice was given")
{
	return s->placement->notice.entry ||
	       NO(notice_given, NULL, "No notice stands, so there is nothing to plan for.");
}

/* Terms without clauses leave them to a contract that is elsewhere. */
static bool clause_is_known(const struct situation *s, struct text key)
{
	const struct agreement *on_day = agreement_on(s->placement, london_day(s->at_us));
	const struct agreement *agreement = on_day ? on_day : placement_agreement(s->placement);
	const struct clause *clauses = agreement->terms->clauses.items;

	for (size_t i = 0; i < agreement->terms->clauses.count; i++)
		if (text_eq(clauses[i].key, key))
			return true;
	return agreement->terms->clauses.count == 0;
}

RULE(notice_sound, "notice_sound",
     "it ends on a day that is not past when it is given, by a clause of the terms")
{
	const struct give_notice *data = s->data;

	if (!data)
		return true;
	if (data->end_day < london_day(s->at_us))
		return NO(notice_sound, "/ends",
			  "This day is before the notice is given. Choose the day the clause leads "
			  "to.");
	return clause_is_known(s, data->clause) ||
	       NO(notice_sound, "/clause",
		  "The terms in force have no such clause. Give the key of the one it rests on.");
}

static const struct fact *plan_document(const struct situation *s, const struct file_plan *plan)
{
	const struct actor *who = s->recorder ? s->recorder : s->actor;
	const struct party *party = placement_party(s->placement, who->organisation);
	int32_t seq = party ? party_seq(s->placement, party, (int32_t)plan->document) : 0;
	const struct fact *fact = seq ? s->placement->facts[seq - 1] : NULL;

	return fact && fact->kind == FACT_DOCUMENT_ATTACHED ? fact : NULL;
}

RULE(plan_attached, "plan_attached", "a document that it names is attached")
{
	const struct file_plan *data = s->data;

	if (!data || data->document == NO_INT || plan_document(s, data))
		return true;
	return NO(plan_attached, "/document",
		  "No document is attached there. Attach it first, and give its entry.");
}

bool derive_plan(const struct situation *s, void *data, struct refusal *refusal)
{
	struct file_plan *plan = data;

	(void)refusal;
	if (plan->document != NO_INT)
		plan->document = plan_document(s, plan)->seq;
	return true;
}

/* ---- the end ---- */

static bool has_come(const struct situation *s, int32_t day)
{
	return day != NO_DAY && today(s) >= day;
}

/* Of the stay as it was planned, or of the agreement. */
static bool planned_end_has_come(const struct situation *s)
{
	const struct agreement *agreement = placement_agreement(s->placement);

	return has_come(s, s->placement->opening->planned_end_day) ||
	       (agreement && has_come(s, agreement->terms->end_day));
}

/* A stay that was planned for less than what is signed goes by what is signed. */
int32_t end_being_agreed(const struct situation *s)
{
	const struct offer *offer = s->row->move == MOVE_SIGN ? thread_accepted_offer(s->thread)
							      : thread_open_offer(s->thread);
	const struct terms *terms = &offer->data->terms;
	int32_t planned = s->placement->opening->planned_end_day;

	if (terms->end_day != NO_DAY)
		return terms->end_day;
	return planned >= terms->start_day ? planned : NO_DAY;
}

/* The one that is owed for the end there is; NULL: none is. */
static const struct obligation *end_owed(const struct placement *placement)
{
	for (size_t i = placement->obligation_count; i-- > 0;)
		if (placement->obligations[i].duty == DUTY_END_OR_EXTEND &&
		    obligation_is_open(&placement->obligations[i]))
			return &placement->obligations[i];
	return NULL;
}

/* By a second signature under what is the present version then: no correction of an earlier one. */
static bool is_agreed_now(const struct situation *s)
{
	const struct agreement *present = placement_agreement(s->placement);

	if (s->row->move != MOVE_SIGN)
		return true;
	return signed_by_both(s) && s->placement->stage != STAGE_ENDED &&
	       (!present ||
		thread_accepted_offer(s->thread)->data->terms.start_day >= present->from_day);
}

bool end_is_moved(const struct situation *s)
{
	const struct obligation *owed = end_owed(s->placement);

	return is_agreed_now(s) && owed && london_day(owed->anchor_us) != end_being_agreed(s);
}

bool end_is_agreed(const struct situation *s)
{
	return is_agreed_now(s) && end_being_agreed(s) != NO_DAY &&
	       (!end_owed(s->placement) || end_is_moved(s));
}

RULE(end_has_come, "end_has_come",
     "the day of the notice, of the planned end, or the last of the agreement has come")
{
	const struct end_notice *notice = &s->placement->notice;

	if ((notice->entry && today(s) >= notice->end_day) || planned_end_has_come(s))
		return true;
	return notice->entry ? NO(end_has_come, NULL,
				  "The notice has not run out yet. End the care once its day has "
				  "come.")
			     : NO(end_has_come, NULL,
				  "No notice was given, and no last day that was agreed or planned "
				  "has come. Give notice "
				  "first (give_notice).");
}

RULE(ending_sound, "ending_sound",
     "the last day is a day of care and not to come; terminated is what notice was given for")
{
	const struct end_care *data = s->data;

	if (!data)
		return true;
	if (data->last_day > today(s))
		return NO(ending_sound, "/last_day",
			  "This day is still to come. End the care once it has passed.");
	if (data->last_day < first_day(s->placement))
		return NO(ending_sound, "/last_day",
			  "This day is before the placement, or before care started.");
	if (data->reason == ENDING_TERMINATED && !s->placement->notice.entry)
		return NO(ending_sound, "/reason",
			  "No notice was given: a stay that ends as planned is completed.");
	return true;
}

/* Who only competes for it is no witness of the person's life, and would show itself to others. */
RULE(is_negotiated_with, "negotiated_with",
     "a provider that records it is the one negotiated with or agreed")
{
	const struct party *party = placement_party(s->placement, s->actor->organisation);
	const struct thread *own = party ? placement_thread(s->placement, party->thread) : NULL;

	return s->actor->side != SIDE_PROVIDER || (own && own->chosen) ||
	       NO(is_negotiated_with, NULL,
		  "The commissioner records this while several providers are invited. Send it a "
		  "message.");
}

RULE(death_sound, "death_sound",
     "the day is not to come and not before the placement; once agreed, the last day paid is "
     "stated")
{
	const struct record_death *data = s->data;
	bool is_agreed = s->placement->agreement_count > 0;

	if (!data)
		return true;
	if (data->died_day > today(s))
		return NO(death_sound, "/died_on", "This day is still to come. Check the date.");
	if (data->died_day < london_day(s->placement->opened_at_us))
		return NO(death_sound, "/died_on",
			  "This day is before the placement was opened. Check the date.");
	if (is_agreed && data->last_paid_day == NO_DAY)
		return NO(death_sound, "/last_paid",
			  "Say which day is the last that is paid for, by the death clause.");
	if (!is_agreed && data->last_paid_day != NO_DAY)
		return NO(death_sound, "/last_paid",
			  "Nothing is agreed, so no day is paid for. Leave it out.");
	return data->last_paid_day == NO_DAY || data->last_paid_day >= data->died_day ||
	       NO(death_sound, "/last_paid", "This is before the day the person died.");
}

RULE(transfer_sound, "transfer_sound",
     "the last day here, the one before, has come and is a day of care")
{
	const struct transfer_care *data = s->data;

	if (!data)
		return true;
	if (data->from_day - 1 > today(s))
		return NO(transfer_sound, "/from",
			  "The last day here is still to come. Record it on that day or after.");
	if (data->from_day - 1 < first_day(s->placement))
		return NO(transfer_sound, "/from",
			  "This leaves no day of care here: it is before the placement, or before "
			  "care started.");
	return !uuid_eq(data->organisation, s->placement->authority) ||
	       NO(transfer_sound, "/organisation",
		  "This is your own organisation. Name the one that takes over.");
}
