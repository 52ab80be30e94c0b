/*
 * pause.c - clocks that stop for a while: for a question's answer, and while both sides mediate.
 *
 * A pause is written into the fact and the date derived again from the anchor when it ends, so that
 * pauses in one another commute: what a question holds a mediation's end does not let go.
 */
#include "concordat/core/situation.h"

bool asked_in_vain(const struct situation *s, enum side asker, int64_t besides)
{
	for (size_t i = 0; s->thread && i < s->thread->question_count; i++) {
		const struct question *q = &s->thread->questions[i];

		if (!q->answered && !q->expired && q->asker == asker && q->number != besides)
			return true;
	}
	return false;
}

bool obligation_is_paused(const struct obligation *o)
{
	for (size_t i = 0; i < o->pause_count; i++)
		if (o->pauses[i].to_us == NEVER_US)
			return true;
	return false;
}

static const struct due no_date = {
	.state = DUE_PAUSED, .at_us = NEVER_US, .nominal_day = NO_DAY, .due_day = NO_DAY};

static void pause(const struct situation *s, struct fact *fact, const struct obligation *o,
		  const char *why)
{
	set_due(s, fact, o, &no_date, why)->paused_from_us = s->at_us;
}

static bool concerns(const struct situation *s, const struct obligation *o, uint64_t duties,
		     enum side side)
{
	return obligation_is_open(o) && (duties & BIT(o->duty)) && o->owed_by == side &&
	       obligation_is_here(s, o);
}

void pause_duties(const struct situation *s, struct fact *fact, uint64_t duties, enum side side,
		  const char *why)
{
	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];

		/* what was missed is late already: a question does not undo that */
		if (concerns(s, o, duties, side) && !obligation_is_paused(o) &&
		    o->missed_at_us == NEVER_US)
			pause(s, fact, o, why);
	}
}

static struct due due_when_resumed(const struct situation *s, const struct obligation *o)
{
	struct pause *pauses = arena_array(s->arena, struct pause, o->pause_count);

	if (obligation_waits_for_service(o))
		return no_date;
	for (size_t i = 0; i < o->pause_count; i++) {
		pauses[i] = o->pauses[i];
		if (pauses[i].to_us == NEVER_US)
			pauses[i].to_us = s->at_us;
	}
	return due_derive(s->world->calendar, o->rule, o->anchor_us, pauses, o->pause_count);
}

bool resume_duties(const struct situation *s, struct fact *fact, uint64_t duties, enum side side,
		   const char *why)
{
	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];

		struct due due;

		if (!concerns(s, o, duties, side) || !obligation_is_paused(o) || fact_ends(fact, o))
			continue;
		due = due_when_resumed(s, o);
		/* past the calendar's end time goes on all the same: a newer one sets the date */
		if (due.state == DUE_UNCOUNTABLE && s->row)
			return false;
		set_due(s, fact, o, &due, why)->paused_to_us = s->at_us;
	}
	return true;
}

/* ---- a question ---- */

bool resume_unanswered(const struct situation *s, struct fact *fact, const struct obligation *o,
		       uint64_t duties)
{
	const struct question *question = &s->thread->questions[o->subject - 1];

	return asked_in_vain(s, question->asker, question->number) ||
	       resume_duties(s, fact, duties, question->asker, "wait_for_answer_over");
}

bool release_wait(const struct situation *s, struct fact *fact)
{
	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];

		if (o->duty == DUTY_WAIT_FOR_ANSWER && obligation_is_here(s, o) &&
		    o->subject == ((const struct answer *)s->data)->number)
			end_obligation(s, fact, o, OBLIGATION_RELEASED);
	}
	return true;
}

/* ---- a mediation ---- */

#define STRAND_CLOCKS (STRAND_DUTIES | BIT(DUTY_DECIDE_AT_PANEL))

void pause_strand(const struct situation *s, struct fact *fact, const char *why)
{
	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];

		if (obligation_is_open(o) && BIT(o->duty) & STRAND_CLOCKS &&
		    obligation_is_here(s, o) && !obligation_is_paused(o) &&
		    o->missed_at_us == NEVER_US && !fact_ends(fact, o))
			pause(s, fact, o, why);
	}
}

/* The ticks that remain. A sitting is a day of the week and has none: it is the next one. */
static struct due due_after_pause(const struct situation *s, const struct obligation *o)
{
	if (o->rule.unit == UNIT_WEEKDAY && !obligation_waits_for_service(o))
		return due_derive(s->world->calendar, o->rule, s->at_us, NULL, 0);
	return due_when_resumed(s, o);
}

/* When the panel will have decided; NEVER_US: nothing is with it. */
static int64_t sitting_to_come(const struct situation *s, const struct fact *fact)
{
	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];

		if (o->duty == DUTY_DECIDE_AT_PANEL && obligation_is_open(o) &&
		    o->missed_at_us == NEVER_US && !fact_ends(fact, o))
			return obligation_is_paused(o) ? due_after_pause(s, o).at_us : o->due_at_us;
	}
	return NEVER_US;
}

static bool resume_one(const struct situation *s, struct fact *fact, const struct obligation *o,
		       const char *why)
{
	struct due due = due_after_pause(s, o);
	int64_t sitting_us = sitting_to_come(s, fact);
	struct due_change *change;

	/* past the calendar's end time goes on all the same: a newer one sets the date */
	if (due.state == DUE_UNCOUNTABLE && s->row)
		return false;
	if (o->duty == DUTY_RESPOND && o->owed_by == SIDE_COMMISSIONER && sitting_us != NEVER_US &&
	    due.at_us <= sitting_us) {
		if (!move_due(s, fact, o, (struct rule){UNIT_WORKING_DAYS, 1, ROLL_NONE},
			      sitting_us, why))
			return false;
		change = (struct due_change *)fact->changes.items + fact->changes.count - 1;
	} else {
		change = set_due(s, fact, o, &due, why);
		if (o->rule.unit == UNIT_WEEKDAY)
			change->anchor_us = s->at_us;
	}
	change->paused_to_us = s->at_us;
	return true;
}

bool resume_strand(const struct situation *s, struct fact *fact, const char *why)
{
	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];

		if (!obligation_is_open(o) || !(BIT(o->duty) & STRAND_CLOCKS) ||
		    !obligation_is_here(s, o) || !obligation_is_paused(o) || fact_ends(fact, o) ||
		    (BIT(o->duty) & OFFER_CLOCKS && asked_in_vain(s, o->owed_by, 0)))
			continue;
		if (!resume_one(s, fact, o, why))
			return false;
	}
	return true;
}
