/*
 * meet.c - what a move does to clocks by its row: which it meets, releases, pauses and resumes.
 *
 * Which of several a move meets is asked here: its own question's, review's, complaint's.
 */
#include "concordat/core/situation.h"

/* Whoever records the involvement that was left out in an emergency, it is on record. */
static bool records_involvement_owed(const struct situation *s, const struct obligation *o)
{
	const struct record_involvement *data = s->data;

	return data->took_part != TOOK_PART_NOT_YET &&
	       data->purpose == (int32_t)involvement_left_out(s->placement, o);
}

/* A review meets its own duty only, an answer its own question's (review.c says of reviews). */
static bool meets_this(const struct situation *s, const struct obligation *o)
{
	if (s->row->meets & BIT(DUTY_RECORD_INVOLVEMENT) & BIT(o->duty))
		return records_involvement_owed(s, o);
	if (s->row->meets & BIT(DUTY_SIGNED_TERMS) & BIT(o->duty))
		return signed_by_both(s); /* by the second signature, of both */
	if (s->row->meets & BIT(DUTY_END_OR_EXTEND) & BIT(o->duty) && s->row->move == MOVE_SIGN)
		return end_is_moved(s);
	if (s->row->meets & BIT(o->duty) & COMPLAINT_DUTIES)
		return meets_complaint(s, o); /* the person's by either side */
	if (!(s->row->meets & BIT(o->duty)) || o->owed_by != s->actor->side)
		return false;
	if (o->duty == DUTY_ANSWER)
		return o->subject == ((const struct answer *)s->data)->number;
	return !(BIT(o->duty) & (REVIEW_DUTIES | BIT(DUTY_RECALCULATE))) || meets_review(s, o);
}

bool move_clocks(const struct situation *s, struct fact *fact)
{
	enum side other = other_side(s->actor->side);

	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];

		if (meets_this(s, o) && obligation_is_here(s, o))
			end_obligation(s, fact, o, OBLIGATION_MET);
	}
	end_duties(s, fact, s->row->releases, OBLIGATION_RELEASED);
	if (s->row->pauses && is_unsealed(s)) /* else one closing instant is for all */
		pause_duties(s, fact, s->row->pauses, s->actor->side, "question_asked");
	return !s->row->resumes ||
	       asked_in_vain(s, other, ((const struct answer *)s->data)->number) ||
	       resume_duties(s, fact, s->row->resumes, other, "question_answered");
}
