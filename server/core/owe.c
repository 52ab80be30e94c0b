/*
 * owe.c - the obligations that a fact opens, ends and moves.
 *
 * Each is written into the fact with its rule, anchor and date, so that the fold
 * needs neither protocol nor calendar. All dates come from due_derive.
 */
#include "concordat/core/situation.h"

enum side other_side(enum side side)
{
	return side == SIDE_COMMISSIONER ? SIDE_PROVIDER : SIDE_COMMISSIONER;
}

bool care_has_started(const struct placement *placement)
{
	return placement->started_day != NO_DAY;
}

static int32_t last_choice(const struct placement *placement)
{
	for (size_t i = placement->fact_count; i-- > 0;)
		if (placement->facts[i]->kind == FACT_PROVIDER_CHOSEN)
			return placement->facts[i]->seq;
	return 0;
}

bool is_involved(const struct placement *placement, enum involvement_purpose purpose)
{
	int32_t since = 0;

	if (purpose == INVOLVED_IN_REVIEW && placement->review_count)
		since = placement->reviews[placement->review_count - 1].entry;
	if (purpose == INVOLVED_IN_CHOICE)
		since = last_choice(placement);
	for (size_t i = 0; i < placement->involvement_count; i++)
		if (placement->involvements[i].purpose == purpose &&
		    placement->involvements[i].took_part != TOOK_PART_NOT_YET &&
		    placement->involvements[i].entry > since)
			return true;
	return false;
}

static bool start_is_near(const struct situation *s)
{
	const struct invite *invite = s->row->move == MOVE_INVITE ? s->data : NULL;
	int32_t wanted = s->placement->opening->wanted_start_day;

	if (s->thread) /* an invitation that is open again */
		wanted = s->thread->wanted_start_day;
	if (invite && invite->wanted_start_day != NO_DAY)
		wanted = invite->wanted_start_day;
	return wanted - london_day(s->at_us) <= s->world->protocol->offer_soon_within_days;
}

/* To 17:00 on that day. */
static struct rule days_until(const struct situation *s, int32_t day)
{
	return (struct rule){UNIT_DAYS, day - london_day(s->at_us), ROLL_NONE};
}

/* What stands from now on: the offer being made, or the one whose seal is broken. */
static const struct make_offer *offer_put(const struct situation *s)
{
	const struct offer *open;

	if (s->row)
		return puts_offer(s) ? s->data : NULL;
	open = s->thread ? thread_open_offer(s->thread) : NULL;
	return open ? open->data : NULL;
}

struct rule time_to_offer(const struct situation *s)
{
	const struct protocol *protocol = s->world->protocol;
	int32_t urgency = s->placement->opening->urgency;

	return urgency == URGENCY_ORDINARY && start_is_near(s)
		       ? protocol->offer_soon
		       : protocol->timescales[DUTY_MAKE_OFFER].by_urgency[urgency];
}

struct rule duty_rule(const struct situation *s, enum duty duty)
{
	const struct protocol *protocol = s->world->protocol;
	int32_t urgency = s->placement->opening->urgency;
	struct rule rule = protocol->timescales[duty].by_urgency[urgency];
	enum move move = s->row ? s->row->move : MOVE_LAPSE;
	const struct make_offer *offer;

	if (rule.unit == UNIT_WEEKDAY)
		rule.count = s->world->panel_weekday;
	if (is_next_of_existing(s, duty))
		return next_of_existing(s);
	if ((duty == DUTY_MAKE_OFFER || duty == DUTY_OPEN_OFFERS) && is_one_of_several(s))
		return days_until(s, closing_day(s));
	if (duty == DUTY_MAKE_OFFER && (move == MOVE_INVITE || move == MOVE_REOPEN_INVITATION))
		return time_to_offer(s);
	offer = duty == DUTY_OFFER_STANDS ? offer_put(s) : NULL;
	if (offer && offer->valid_until_day != NO_DAY)
		return days_until(s, offer->valid_until_day);
	return rule;
}

/* From when its rule would count. */
static int64_t anchor_of(const struct situation *s, enum duty duty)
{
	const struct confirm_start *start = s->data;
	const struct confirm_existing_agreement *existing = s->data;
	const struct hold_review *review = s->data;
	const struct offer *accepted;
	int64_t agreed;
	int32_t last;

	if (duty == DUTY_DISPUTE_ENTRY)
		return s->now_us; /* when it became known, whenever it was said */
	if (duty == DUTY_END_OR_EXTEND)
		return london_instant(end_being_agreed(s), 0, 0);
	if (duty == DUTY_CONSENT_TO_NOVATION)
		return novation_anchor(s);
	if (duty == DUTY_CONFIRM_START) {
		accepted = thread_accepted_offer(s->thread);
		agreed = london_instant(accepted->data->terms.start_day, 0, 0);
		return agreed > s->at_us ? agreed : s->at_us;
	}
	if (is_next_of_existing(s, duty))
		return s->at_us;
	if (s->row && s->row->move == MOVE_CONFIRM_EXISTING_AGREEMENT)
		return london_instant(existing->started_day, 0, 0);
	if (s->row && s->row->move == MOVE_CONFIRM_START)
		return london_instant(start->started_day, 0, 0);
	if (s->row && s->row->move == MOVE_HOLD_REVIEW && duty == DUTY_YEARLY_REVIEW) {
		last = last_anchoring_review(s->placement);
		return london_instant(last > review->held_day ? last : review->held_day, 0, 0);
	}
	return s->at_us;
}

/* A stay planned to end sooner gets no review that it would outlive. */
static bool outlives(const struct situation *s, enum duty duty, const struct due *due)
{
	int32_t end = s->placement->opening->planned_end_day;

	return BIT(duty) & SCHEDULED_REVIEWS && end != NO_DAY && due->nominal_day > end;
}

/* An offer clock that begins while its owner's question has no answer is paused from the start. */
static bool waits_for_answer(const struct situation *s, enum duty duty, enum side owed_by)
{
	return duty == DUTY_OFFER_AGAIN && asked_in_vain(s, owed_by, 0);
}

bool owe(const struct situation *s, struct fact *fact, enum duty duty, enum side owed_by,
	 int64_t subject)
{
	struct rule rule = duty_rule(s, duty);
	int64_t anchor = anchor_of(s, duty);
	struct due due = due_derive(s->world->calendar, rule, anchor, NULL, 0);
	struct opened *opens = fact->opens.items, *opened;

	bool paused = waits_for_answer(s, duty, owed_by);

	if (due.state != DUE_SET)
		return false;
	if (outlives(s, duty, &due) || is_past_of_existing(s, duty, &due))
		return true;
	opened = LIST_ADD(s->arena, opens, fact->opens.count);
	*opened = (struct opened){
		.n = (int64_t)fact->opens.count,
		.duty = (int32_t)duty,
		.owed_by = (int32_t)owed_by,
		.thread = BIT(duty) & (STRAND_DUTIES | LASTING_DUTIES) ? fact->thread : 0,
		.subject = subject,
		.unit = (int32_t)rule.unit,
		.count = rule.count,
		.roll = (int32_t)rule.roll,
		.anchor_us = anchor,
		.calendar_version = s->world->calendar->version,
		.due_at_us = paused ? NEVER_US : due.at_us,
		.nominal_day = due.nominal_day,
		.due_day = due.due_day,
		.provisional = due.provisional,
		.paused_from_us = paused ? s->at_us : NEVER_US,
	};
	fact->opens.items = opens;
	return true;
}

static int64_t subject_of(const struct situation *s, enum duty duty)
{
	if (duty == DUTY_REQUESTED_REVIEW)
		return next_review_request(s->placement);
	if (BIT(duty) & COMPLAINT_DUTIES)
		return *(const int64_t *)s->data; /* the first member of the requests that owe it */
	if (duty == DUTY_CHALLENGE_UPLIFT)
		return (int64_t)s->placement->agreement_count + 1; /* the version being made */
	return duty == DUTY_ANSWER || duty == DUTY_WAIT_FOR_ANSWER
		       ? (int64_t)s->thread->question_count + 1
		       : NO_INT;
}

static bool owe_start(const struct situation *s, struct fact *fact, const struct start *start)
{
	int64_t subject = subject_of(s, start->duty);
	enum side mover = s->actor->side;

	switch (start->owed) {
	case OWED_BY_MOVER:
		return owe(s, fact, start->duty, mover, subject);
	case OWED_BY_OTHER:
		return owe(s, fact, start->duty, other_side(mover), subject);
	case OWED_BY_COMMISSIONER:
		return owe(s, fact, start->duty, SIDE_COMMISSIONER, subject);
	case OWED_BY_PROVIDER:
		return owe(s, fact, start->duty, SIDE_PROVIDER, subject);
	case OWED_BY_MEDIATOR:
		return owe(s, fact, start->duty, SIDE_MEDIATOR, subject);
	case OWED_BY_BOTH:
		return owe(s, fact, start->duty, SIDE_COMMISSIONER, subject) &&
		       owe(s, fact, start->duty, SIDE_PROVIDER, subject);
	case OWED_BY_EITHER:
		return owe(s, fact, start->duty, SIDE_EITHER, subject);
	case OWED_BY_NOBODY:
		return owe(s, fact, start->duty, SIDE_TIME, subject);
	}
	return false;
}

bool owe_starts(const struct situation *s, struct fact *fact, const struct start *starts,
		size_t count)
{
	for (size_t i = 0; i < count; i++)
		if ((!starts[i].when || starts[i].when(s)) && !owe_start(s, fact, &starts[i]))
			return false;
	return true;
}

bool fact_ends(const struct fact *fact, const struct obligation *o)
{
	const struct closed *closes = fact->closes.items;

	for (size_t i = 0; i < fact->closes.count; i++)
		if (closes[i].entry == o->entry && closes[i].n == o->n)
			return true;
	return false;
}

/* When the thing was done in the world: a review on the day it was held, even when it is entered
 * later. */
static int64_t done_at(const struct situation *s)
{
	const struct hold_review *review = s->data;
	int64_t held;

	if (!s->row || s->row->move != MOVE_HOLD_REVIEW)
		return s->at_us;
	held = london_instant(review->held_day, 17, 0);
	return held < s->at_us ? held : s->at_us;
}

void end_obligation(const struct situation *s, struct fact *fact, const struct obligation *o,
		    enum obligation_state state)
{
	struct closed *closes = fact->closes.items;

	if (!obligation_is_open(o) || fact_ends(fact, o))
		return;
	if (state == OBLIGATION_MET && o->due_at_us < done_at(s))
		state = OBLIGATION_MET_LATE;
	if (state == OBLIGATION_LAPSED && obligation_waits_for_service(o))
		state = OBLIGATION_RELEASED; /* no time of its owner's has run out */
	*LIST_ADD(s->arena, closes, fact->closes.count) = (struct closed){
		.entry = o->entry, .n = o->n, .state = (int32_t)state, .due_at_us = o->due_at_us};
	fact->closes.items = closes;
}

bool obligation_is_here(const struct situation *s, const struct obligation *o)
{
	const struct thread *of = placement_thread(s->placement, o->thread);

	/* what is the representative's is of no strand, and goes with none */
	if (s->thread && o->owed_by == SIDE_REPRESENTATIVE)
		return false;
	if (!s->thread || !of || of == s->thread)
		return true;
	return BIT(o->duty) & LASTING_DUTIES && uuid_eq(of->provider, s->thread->provider);
}

void end_duties(const struct situation *s, struct fact *fact, uint64_t duties,
		enum obligation_state state)
{
	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];

		if ((duties & BIT(o->duty)) && (duties == EVERY_DUTY || obligation_is_here(s, o)))
			end_obligation(s, fact, o, state);
	}
}

static struct due_change *change_of(const struct situation *s, struct fact *fact,
				    const struct obligation *o, int64_t new_due_at_us,
				    const char *why)
{
	struct due_change *changes = fact->changes.items, *change;

	change = LIST_ADD(s->arena, changes, fact->changes.count);
	fact->changes.items = changes;
	*change = (struct due_change){
		.entry = o->entry,
		.n = o->n,
		.old_due_at_us = o->due_at_us,
		.new_due_at_us = new_due_at_us,
		.paused_from_us = NEVER_US,
		.paused_to_us = NEVER_US,
		.anchor_us = NEVER_US,
		.unit = NO_ENUM,
		.count = NO_INT,
		.calendar_version =
			new_due_at_us == NEVER_US ? NO_INT : s->world->calendar->version,
		.nominal_day = NO_DAY,
		.state = NO_ENUM,
		.why = text_of(why),
	};
	return change;
}

struct due_change *set_due(const struct situation *s, struct fact *fact, const struct obligation *o,
			   const struct due *due, const char *why)
{
	struct due_change *change = change_of(s, fact, o, due->at_us, why);

	if (due->nominal_day != due->due_day)
		change->nominal_day = due->nominal_day;
	change->provisional = due->provisional;
	return change;
}

static bool stands_still(const struct obligation *o)
{
	return obligation_is_paused(o) || obligation_waits_for_service(o);
}

bool stretch_due(const struct situation *s, struct fact *fact, const struct obligation *o,
		 int64_t more, const char *why)
{
	struct rule rule = o->rule;
	struct due due;
	struct due_change *change;

	rule.count += (int32_t)more;
	due = due_derive(s->world->calendar, rule, o->anchor_us, o->pauses, o->pause_count);
	if (due.state != DUE_SET && !stands_still(o))
		return false;
	change = stands_still(o) ? change_of(s, fact, o, NEVER_US, why)
				 : set_due(s, fact, o, &due, why);
	change->unit = (int32_t)rule.unit;
	change->count = rule.count;
	return true;
}

/* What both sides have added to it, in units of this kind. */
static int64_t time_added(const struct placement *placement, const struct obligation *o,
			  enum unit unit)
{
	int64_t sum = 0;

	for (size_t i = 0; i < placement->extension_count; i++) {
		const struct extension *extension = &placement->extensions[i];

		if (extension->state == EXTENSION_AGREED && extension->unit == unit &&
		    extension->obligation_entry == o->entry && extension->n == o->n)
			sum += extension->more;
	}
	return sum;
}

bool move_due(const struct situation *s, struct fact *fact, const struct obligation *o,
	      struct rule rule, int64_t anchor_us, const char *why)
{
	struct due due;
	struct due_change *change;

	rule.count += (int32_t)time_added(s->placement, o, rule.unit);
	due = due_derive(s->world->calendar, rule, anchor_us, NULL, 0);

	if (due.state != DUE_SET)
		return false;
	change = set_due(s, fact, o, &due, why);
	change->anchor_us = anchor_us;
	change->unit = (int32_t)rule.unit;
	change->count = rule.count;
	return true;
}
