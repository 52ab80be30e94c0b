/*
 * complaints.c - rules of complaints about the other side, and of their ladder.
 *
 * A complaint is numbered for the commissioner and one provider, whichever of their strands it was
 * raised in, so that no number tells of another provider's.
 */
#include "concordat/core/situation.h"

#define COMPLAINTS_MOST 200

/* Between the same two sides. */
static bool is_theirs(const struct situation *s, const struct complaint *complaint)
{
	return s->thread && uuid_eq(complaint->provider, s->thread->provider);
}

static const struct complaint *complaint_meant(const struct situation *s)
{
	/* the number is the first member of every request that names one */
	int64_t number = *(const int64_t *)s->data;

	for (size_t i = 0; i < s->placement->complaint_count; i++)
		if (is_theirs(s, &s->placement->complaints[i]) &&
		    s->placement->complaints[i].number == number)
			return &s->placement->complaints[i];
	return NULL;
}

/* The newest that is owed of the complaint; NULL: it never was. */
static const struct obligation *owed_of(const struct situation *s, const struct complaint *c,
					enum duty duty)
{
	for (size_t i = s->placement->obligation_count; i-- > 0;) {
		const struct obligation *o = &s->placement->obligations[i];
		const struct thread *thread = placement_thread(s->placement, o->thread);

		if (o->duty == duty && o->subject == c->number && thread &&
		    uuid_eq(thread->provider, c->provider))
			return o;
	}
	return NULL;
}

bool meets_complaint(const struct situation *s, const struct obligation *o)
{
	return o->subject == complaint_meant(s)->number;
}

static int64_t next_complaint(const struct situation *s)
{
	int64_t number = 1;

	for (size_t i = 0; i < s->placement->complaint_count; i++)
		number += is_theirs(s, &s->placement->complaints[i]);
	return number;
}

RULE(provider_known, "provider_known", "a provider is or was invited, and it is clear which")
{
	if (s->asked_thread != NO_INT && (!s->thread || s->thread->number != s->asked_thread))
		return refuse(refusal, "thread_known", "/thread",
			      TEXT("There is no such thread that you may act in. Leave it out, or "
				   "read the placement again."));
	if (s->thread)
		return true;
	return s->placement->thread_count
		       ? refuse(refusal, "thread_named", "/thread",
				TEXT("No provider is negotiated with. Say whose strand is meant "
				     "(thread)."))
		       : NO(provider_known, NULL,
			    "No provider is invited yet, so there is no other side.");
}

RULE(not_safeguarding, "not_safeguarding", "it is no concern that somebody is not safe")
{
	const struct raise_complaint *data = s->data;

	return !data || data->subject != COMPLAINT_SAFEGUARDING ||
	       NO(not_safeguarding, "/subject",
		  "This is not a complaint. Ring the local authority's safeguarding team now; in "
		  "an emergency ring the emergency services.");
}

RULE(few_complaints, "few_complaints", "no more than 200 complaints between the two sides")
{
	return next_complaint(s) <= COMPLAINTS_MOST ||
	       NO(few_complaints, NULL,
		  "200 complaints have been raised here. Settle what is left by telephone.");
}

bool derive_complaint(const struct situation *s, void *data, struct refusal *refusal)
{
	(void)refusal;
	((struct raise_complaint *)data)->number = next_complaint(s);
	return true;
}

/* ---- the ladder ---- */

static bool is_new(const struct situation *s, const struct complaint *c)
{
	return c->raised_by != s->actor->side && c->state == COMPLAINT_RAISED;
}

static bool waits_for_answer(const struct situation *s, const struct complaint *c)
{
	return c->raised_by != s->actor->side &&
	       (c->state == COMPLAINT_RAISED || c->state == COMPLAINT_ACKNOWLEDGED ||
		c->state == COMPLAINT_WITH_MANAGER);
}

/* After an answer; or when there was none in time, or nobody owes one any more. */
static bool is_to_escalate(const struct situation *s, const struct complaint *c)
{
	const struct obligation *o = owed_of(s, c, DUTY_ANSWER_COMPLAINT);

	if (c->raised_by != s->actor->side || c->state == COMPLAINT_WITH_BODY)
		return false;
	return c->state == COMPLAINT_ANSWERED || c->state == COMPLAINT_MANAGER_ANSWERED ||
	       !obligation_is_open(o) || o->missed_at_us != NEVER_US;
}

/* Whether the complaint named is such a one; without a request, whether any is. */
static bool is_such(const struct situation *s, struct refusal *refusal, const char *rule,
		    bool (*such)(const struct situation *s, const struct complaint *c),
		    struct text none, struct text not_such)
{
	const struct complaint *c;

	for (size_t i = 0; !s->data && i < s->placement->complaint_count; i++)
		if (is_theirs(s, &s->placement->complaints[i]) &&
		    such(s, &s->placement->complaints[i]))
			return true;
	if (!s->data)
		return refuse(refusal, rule, NULL, none);
	c = complaint_meant(s);
	if (!c)
		return refuse(refusal, "complaint_known", "/number",
			      TEXT("No complaint has this number. Read the placement again."));
	return such(s, c) || refuse(refusal, rule, "/number", not_such);
}

RULE(complaint_is_new, "complaint_is_new",
     "the other side raised it, and it is neither acknowledged nor answered")
{
	return is_such(s, refusal, rule_complaint_is_new.name, is_new,
		       TEXT("No complaint of the other side waits to be acknowledged."),
		       TEXT("This complaint is your own, or it is acknowledged or answered "
			    "already."));
}

RULE(complaint_waits, "complaint_waits", "the other side raised it, and it waits for an answer")
{
	return is_such(s, refusal, rule_complaint_waits.name, waits_for_answer,
		       TEXT("No complaint of the other side waits for an answer."),
		       TEXT("This complaint is your own, or it waits for no answer of yours."));
}

static bool can_answer(const struct situation *s, const struct complaint *c)
{
	return waits_for_answer(s, c) && !uuid_eq(c->answered_by, s->actor->user);
}

RULE(another_answers, "another_answers", "with the manager, another person answers than before")
{
	const struct complaint *c = s->data ? complaint_meant(s) : NULL;

	if (!s->data && !s->said)
		return is_such(s, refusal, rule_another_answers.name, can_answer,
			       TEXT("You answered this complaint before. Somebody else must answer "
				    "it now."),
			       TEXT_NONE);
	return !c || s->said || uuid_is_zero(c->answered_by) ||
	       !uuid_eq(c->answered_by, s->actor->user) ||
	       NO(another_answers, NULL,
		  "You answered this complaint before. It is with the manager now: somebody else "
		  "must answer.");
}

RULE(can_escalate, "can_escalate",
     "one's own complaint, answered, or not answered in time, and not with a body yet")
{
	return is_such(s, refusal, rule_can_escalate.name, is_to_escalate,
		       TEXT("No complaint of yours can be taken higher now."),
		       TEXT("Only your own complaint can be taken higher: once it is answered, or "
			    "the time for the answer is over."));
}

static bool manager_has_had_it(const struct complaint *c)
{
	return c->state == COMPLAINT_WITH_MANAGER || c->state == COMPLAINT_MANAGER_ANSWERED;
}

RULE(ladder_kept, "ladder_kept",
     "the manager comes first, then the ombudsman or another body that is named")
{
	const struct escalate *data = s->data;
	const struct complaint *c = data ? complaint_meant(s) : NULL;

	if (!c)
		return true;
	if (data->to == ESCALATE_TO_MANAGER && manager_has_had_it(c))
		return NO(ladder_kept, "/to",
			  "The manager has had it. Go on to the ombudsman or another body.");
	if (data->to != ESCALATE_TO_MANAGER && !manager_has_had_it(c))
		return NO(ladder_kept, "/to", "The manager comes first.");
	if ((data->to == ESCALATE_TO_OTHER_BODY) != (data->body.at != NULL))
		return NO(ladder_kept, "/body",
			  "Name the body, where it is another than the ombudsman; else leave it "
			  "out.");
	return true;
}

bool is_to_manager(const struct situation *s)
{
	return ((const struct escalate *)s->data)->to == ESCALATE_TO_MANAGER;
}

bool release_last_answer(const struct situation *s, struct fact *fact)
{
	const struct complaint *c = complaint_meant(s);
	const struct obligation *acknowledge = owed_of(s, c, DUTY_ACKNOWLEDGE_COMPLAINT);

	end_obligation(s, fact, acknowledge, OBLIGATION_RELEASED);
	end_obligation(s, fact, owed_of(s, c, DUTY_ANSWER_COMPLAINT), OBLIGATION_RELEASED);
	return true;
}
