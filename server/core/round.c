/*
 * round.c - rounds that are negotiated while an agreement is in force.
 *
 * The present terms stand until the round is signed; over without a signature it changes nothing.
 * One runs at a time, so that what is signed always replaces terms that both sides could read.
 */
#include "concordat/core/situation.h"

RULE(nothing_in_force, "nothing_in_force", "no agreement is in force yet")
{
	return !s->placement->agreement_count ||
	       NO(nothing_in_force, NULL,
		  "An agreement is in force. Give notice to end it, or propose a variation.");
}

RULE(agreed_before, "agreed_before", "an agreement is in force")
{
	return s->placement->agreement_count > 0 ||
	       NO(agreed_before, NULL, "Nothing is agreed yet that could be changed.");
}

RULE(no_round_open, "no_round_open", "no other round is open")
{
	return !s->round || NO(no_round_open, NULL,
			       "Another round is open. Settle it first, or make your offer in it.");
}

RULE(begins_in_force, "begins_in_force",
     "the terms begin no earlier than the agreement, and than the present provider")
{
	const struct make_offer *data = s->data;

	const struct round *round =
		s->thread ? thread_round(s->placement, s->thread->number) : NULL;

	if (data && round && round->open && round->kind == ROUND_CORRECTION &&
	    s->thread->offer_count &&
	    data->terms.start_day != s->thread->offers[0].data->terms.start_day)
		return NO(begins_in_force, "/terms/start",
			  "A correction begins on the day that what it corrects began.");
	if (data && s->placement->agreement_count &&
	    data->terms.start_day < s->placement->agreements[0].from_day)
		return NO(begins_in_force, "/terms/start",
			  "This is before the agreement began. Choose a day it covers.");
	if (data && data->terms.start_day < first_day_of_present_provider(s->placement))
		return NO(begins_in_force, "/terms/start",
			  "Another provider provided the care on this day. Choose a day from when "
			  "the present one took over.");
	return true;
}

bool no_round_is_open(const struct situation *s)
{
	return !s->round;
}

bool round_begins(const struct situation *s)
{
	return s->row->opens_round != ROUND_INITIAL &&
	       (!s->row->opens_when || s->row->opens_when(s));
}

bool is_in_later_round(const struct situation *s)
{
	return s->thread && round_is_later(thread_round(s->placement, s->thread->number));
}

bool puts_offer(const struct situation *s)
{
	return s->row && fact_puts_offer((enum fact_kind)s->row->move);
}

int64_t weekly_in_force(const struct placement *placement, int32_t day)
{
	const struct agreement *agreement = agreement_on(placement, day);

	return agreement ? agreement->terms->weekly_p : 0;
}

bool derive_proposal(const struct situation *s, void *data, struct refusal *refusal)
{
	struct make_offer *o = data;
	const struct terms asked = o->terms;
	struct flaw flaw;

	if (!terms_complete(s->arena, &asked, &o->terms, &flaw))
		return refuse(refusal, "terms_sound", NULL, flaw.sentence);
	terms_rest_on(s->placement, &o->terms);
	o->side = (int32_t)s->actor->side;
	o->number = 1;
	o->terms_digest = terms_digest(s->arena, &o->terms);
	return true;
}
