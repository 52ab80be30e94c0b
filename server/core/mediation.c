/*
 * mediation.c - mediation by consent: its rules, what is filled in, and what becomes of clocks.
 *
 * Named by the rows of moves_mediation.c. The mediator is neither side; an accepted settlement
 * binds as an accepted offer does, so the commissioner's limit and the guide's high hold for it
 * too.
 */
#include "concordat/core/situation.h"

static enum mediation_state state_of(const struct situation *s)
{
	return s->thread ? s->thread->mediation.state : MEDIATION_NONE;
}

RULE(has_offers, "has_offers", "an offer was made")
{
	return (s->thread && s->thread->offer_count) ||
	       NO(has_offers, NULL, "There is nothing to mediate yet: nobody has made an offer.");
}

RULE(no_mediation_pending, "no_mediation_pending", "no proposal to mediate waits for an answer")
{
	return state_of(s) != MEDIATION_PROPOSED ||
	       NO(no_mediation_pending, NULL,
		  "Mediation is proposed already. Wait for the answer, or give it.");
}

RULE(mediation_proposed, "mediation_proposed", "mediation is proposed")
{
	return state_of(s) == MEDIATION_PROPOSED ||
	       NO(mediation_proposed, NULL,
		  "Nobody has proposed mediation. It needs a proposal of one side and the consent "
		  "of the other.");
}

RULE(others_proposal, "others_proposal", "it is the other side's proposal")
{
	return !s->thread || s->thread->mediation.proposed_by != s->actor->side ||
	       NO(others_proposal, NULL,
		  "Your own side proposed it. Only the other side can consent or refuse.");
}

RULE(mediator_wanted, "mediator_wanted", "there is no mediator yet")
{
	return state_of(s) == MEDIATION_CONSENTED ||
	       NO(mediator_wanted, NULL, "There is a mediator already.");
}

RULE(mediator_is_another, "mediator_is_another", "the mediator is neither side")
{
	const struct uuid *mediator = s->data; /* the first member of both requests */
	const struct party *party;

	if (!mediator)
		return true;
	if (uuid_eq(*mediator, s->placement->authority))
		return NO(mediator_is_another, "/mediator",
			  "The commissioner is a party. Name an independent mediator.");
	party = placement_party(s->placement, *mediator);
	if (party && party->side == SIDE_REPRESENTATIVE)
		return NO(mediator_is_another, "/mediator",
			  "This organisation represents the person, or has. Name an independent "
			  "mediator.");
	for (size_t i = 0; i < s->placement->thread_count; i++)
		if (uuid_eq(*mediator, s->placement->threads[i].provider))
			return NO(mediator_is_another, "/mediator",
				  "A provider that was invited cannot mediate. Name an "
				  "independent mediator.");
	return true;
}

RULE(others_nominee, "others_nominee", "the other side has named a mediator")
{
	const struct mediation *m = s->thread ? &s->thread->mediation : NULL;

	if (m && uuid_is_zero(m->nominee))
		return NO(others_nominee, NULL,
			  "Nobody is named yet. Name a mediator (nominate_mediator).");
	if (m && m->nominated_by == s->actor->side)
		return NO(others_nominee, NULL,
			  "Your own side named this mediator. The other side agrees, or names "
			  "another.");
	return true;
}

RULE(agreeing_took_too_long, "agreeing_took_too_long", "the time to agree a mediator is over")
{
	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];

		if (o->duty == DUTY_AGREE_MEDIATOR && obligation_is_open(o) && s->thread &&
		    o->thread == s->thread->number && o->missed_at_us != NEVER_US)
			return true;
	}
	return NO(agreeing_took_too_long, NULL,
		  "Both sides still have time to agree a mediator. The appointing body's "
		  "nomination stands once it has run out.");
}

RULE(mediator_at_work, "mediator_at_work", "the mediator is appointed and at work")
{
	return state_of(s) == MEDIATION_UNDER_WAY ||
	       NO(mediator_at_work, NULL, "The mediation is not under way.");
}

RULE(settlement_proposed, "settlement_proposed", "the mediator has proposed a settlement")
{
	return (s->thread && s->thread->mediation.settlement) ||
	       NO(settlement_proposed, NULL, "The mediator has not proposed a settlement yet.");
}

RULE(settlement_not_accepted, "settlement_not_accepted_yet", "one's own side has not accepted it")
{
	const struct mediation *m = s->thread ? &s->thread->mediation : NULL;
	bool accepted = m && (s->actor->side == SIDE_COMMISSIONER ? m->accepted_by_commissioner
								  : m->accepted_by_provider);

	return !accepted || NO(settlement_not_accepted, NULL,
			       "Your side has accepted it. Wait for the other side.");
}

/* One who works for a side as well cannot be between them. */
RULE(mediator_took_no_part, "mediator_took_no_part", "whoever mediates has acted for neither side")
{
	for (size_t i = 0; i < s->placement->fact_count; i++) {
		const struct fact *fact = s->placement->facts[i];

		if (fact->side != SIDE_MEDIATOR && fact->side != SIDE_TIME &&
		    uuid_eq(fact->user, s->actor->user))
			return NO(mediator_took_no_part, NULL,
				  "You have acted for one of the sides here. Another mediator of "
				  "your organisation must do this.");
	}
	return true;
}

/* ---- what is filled in ---- */

bool derive_mediator(const struct situation *s, void *data, struct refusal *refusal)
{
	(void)refusal;
	((struct agree_mediator *)data)->mediator = s->thread->mediation.nominee;
	return true;
}

bool derive_settlement(const struct situation *s, void *data, struct refusal *refusal)
{
	struct propose_settlement *settlement = data;
	const struct terms asked = settlement->terms;
	struct flaw flaw;

	if (!terms_complete(s->arena, &asked, &settlement->terms, &flaw))
		return refuse(refusal, "terms_sound", NULL, flaw.sentence);
	terms_rest_on(s->placement, &settlement->terms);
	settlement->number = (int64_t)s->thread->offer_count + 1;
	settlement->terms_digest = terms_digest(s->arena, &settlement->terms);
	return true;
}

bool settled_by_both(const struct situation *s)
{
	const struct mediation *m = &s->thread->mediation;

	return s->actor->side == SIDE_COMMISSIONER ? m->accepted_by_provider
						   : m->accepted_by_commissioner;
}

bool derive_settlement_acceptance(const struct situation *s, void *data, struct refusal *refusal)
{
	const struct offer *offer = thread_open_offer(s->thread);
	struct accept_settlement *acceptance = data;

	(void)refusal;
	acceptance->number = offer->number;
	acceptance->weekly_p = offer->data->terms.weekly_p;
	acceptance->is_agreed = settled_by_both(s);
	return true;
}

/* ---- clocks ---- */

#define ROUND_ENDS (BIT(DUTY_AFTER_REJECTION) | BIT(DUTY_ROUND_STANDS))
/* What an agreed settlement leaves nothing of: all but what is owed about an entry, and what
 * begins with it. */
#define SETTLED_DUTIES                                                                           \
	((STRAND_DUTIES & ~(SIGNING_DUTIES | BIT(DUTY_DISPUTE_ENTRY) | BIT(DUTY_CONFIRM_START) | \
			    BIT(DUTY_SIGNED_TERMS))) |                                           \
	 BIT(DUTY_DECIDE_AT_PANEL))

static bool runs_here(const struct situation *s, const struct obligation *o)
{
	return obligation_is_open(o) && o->missed_at_us == NEVER_US && s->thread &&
	       (!o->thread || o->thread == s->thread->number);
}

/* Whoever proposes in time is answered before the round ends: its end waits for that answer, and no
 * other clock does. */
bool hold_round_for_answer(const struct situation *s, struct fact *fact)
{
	struct rule rule = duty_rule(s, DUTY_CONSENT_TO_MEDIATION);
	struct due answer = due_derive(s->world->calendar, rule, s->at_us, NULL, 0);

	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];

		if (BIT(o->duty) & ROUND_ENDS && runs_here(s, o) && o->due_at_us < answer.at_us &&
		    !move_due(s, fact, o, rule, s->at_us, "mediation_proposed"))
			return false;
	}
	return true;
}

bool pause_for_mediation(const struct situation *s, struct fact *fact)
{
	pause_strand(s, fact, "mediation");
	return true;
}

bool resume_after_mediation(const struct situation *s, struct fact *fact)
{
	end_duties(s, fact, BIT(DUTY_AGREE_MEDIATOR) | MEDIATION_DUTIES, OBLIGATION_RELEASED);
	return resume_strand(s, fact, "mediation_over");
}

bool meet_for_both(const struct situation *s, struct fact *fact)
{
	end_duties(s, fact, BIT(DUTY_AGREE_MEDIATOR), OBLIGATION_MET);
	return true;
}

bool release_if_settled(const struct situation *s, struct fact *fact)
{
	if (!settled_by_both(s))
		return true;
	end_duties(s, fact, BIT(DUTY_MEDIATE), OBLIGATION_MET);
	end_duties(s, fact, SETTLED_DUTIES, OBLIGATION_RELEASED);
	return resume_strand(s, fact, "mediation_over");
}
