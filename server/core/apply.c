/*
 * apply.c - folds a fact into a placement; the only writer of that state.
 *
 * A fact says everything that follows from it: which obligations it opened,
 * ended and moved, with their dates. So a fold needs no protocol and no
 * calendar, and a new version of either never changes the past.
 */
#include "concordat/core/protocol.h"

#include <string.h>

struct placement *placement_new(struct arena *arena, struct uuid authority, struct uuid id)
{
	struct placement *p = arena_make(arena, struct placement);

	p->arena = arena;
	p->authority = authority;
	p->id = id;
	p->end_reason = NO_ENUM;
	p->started_day = NO_DAY;
	return p;
}

static struct obligation *find_obligation(struct placement *p, int64_t entry, int64_t n)
{
	return (struct obligation *)placement_obligation(p, (int32_t)entry, (int32_t)n);
}

static void open_obligation(struct placement *p, const struct fact *fact,
			    const struct opened *opened)
{
	struct obligation *o = LIST_ADD(p->arena, p->obligations, p->obligation_count);

	*o = (struct obligation){
		.entry = fact->seq,
		.n = (int32_t)opened->n,
		.duty = (enum duty)opened->duty,
		.owed_by = (enum side)opened->owed_by,
		.thread = opened->thread,
		.subject = opened->subject,
		.rule = {(enum unit)opened->unit, (int32_t)opened->count, (enum roll)opened->roll},
		.anchor_us = opened->anchor_us,
		.calendar_version = (int32_t)opened->calendar_version,
		.due_at_us = opened->due_at_us,
		.nominal_day = opened->nominal_day,
		.due_day = opened->due_day,
		.provisional = opened->provisional,
		.state = OBLIGATION_OPEN,
		.opened_at_us = fact->recorded_at_us,
		.missed_at_us = NEVER_US,
		.closed_at_us = NEVER_US,
		.changed_entry = fact->seq,
	};
	if (opened->paused_from_us != NEVER_US)
		*LIST_ADD(p->arena, o->pauses, o->pause_count) =
			(struct pause){opened->paused_from_us, NEVER_US};
}

static void change_obligation(struct placement *p, struct obligation *o,
			      const struct due_change *change)
{
	struct pause *pause;

	if (change->paused_from_us != NEVER_US && change->paused_to_us == NEVER_US) {
		pause = LIST_ADD(p->arena, o->pauses, o->pause_count);
		*pause = (struct pause){change->paused_from_us, NEVER_US};
	}
	for (size_t i = 0; change->paused_to_us != NEVER_US && i < o->pause_count; i++)
		if (o->pauses[i].to_us == NEVER_US)
			o->pauses[i].to_us = change->paused_to_us;
	if (change->anchor_us != NEVER_US)
		o->anchor_us = change->anchor_us;
	if (change->unit != NO_ENUM)
		o->rule = (struct rule){(enum unit)change->unit, (int32_t)change->count,
					o->rule.roll};
	if (change->calendar_version != NO_INT)
		o->calendar_version = (int32_t)change->calendar_version;
	o->due_at_us = change->new_due_at_us;
	if (o->due_at_us != NEVER_US)
		o->due_day = o->nominal_day = london_day(o->due_at_us);
}

static bool apply_obligations(struct placement *p, const struct fact *fact)
{
	const struct closed *closes = fact->closes.items;
	const struct due_change *changes = fact->changes.items;
	const struct opened *opens = fact->opens.items;
	struct obligation *o;

	for (size_t i = 0; i < fact->closes.count; i++) {
		o = find_obligation(p, closes[i].entry, closes[i].n);
		if (!o || !obligation_is_open(o))
			return false;
		o->state = (enum obligation_state)closes[i].state;
		o->closed_at_us = fact->occurred_at_us;
		o->changed_entry = fact->seq;
	}
	for (size_t i = 0; i < fact->changes.count; i++) {
		o = find_obligation(p, changes[i].entry, changes[i].n);
		if (!o || !obligation_is_open(o))
			return false;
		change_obligation(p, o, &changes[i]);
		o->changed_entry = fact->seq;
	}
	for (size_t i = 0; i < fact->opens.count; i++)
		open_obligation(p, fact, &opens[i]);
	return true;
}

static struct thread *fact_thread(struct placement *p, const struct fact *fact)
{
	return (struct thread *)placement_thread(p, fact->thread);
}

static void end_thread(struct thread *thread, enum thread_state state, const struct fact *fact)
{
	thread->state = state;
	thread->ended_entry = fact->seq;
}

static void end_placement(struct placement *p, enum end_reason reason, const struct fact *fact)
{
	for (size_t i = 0; i < p->thread_count; i++)
		if (p->threads[i].state == THREAD_OPEN)
			end_thread(&p->threads[i], THREAD_ENDED, fact);
	for (size_t i = 0; i < p->round_count; i++)
		p->rounds[i].open = false;
	p->stage = STAGE_ENDED;
	p->end_reason = reason;
}

static void apply_opened(struct placement *p, const struct fact *fact)
{
	p->opening = fact->data;
	p->person = p->opening->person;
	p->opened_by = fact->user;
	p->opened_at_us = fact->recorded_at_us;
	p->stage = STAGE_PREPARING;
	*LIST_ADD(p->arena, p->rounds, p->round_count) = (struct round){
		.number = 1, .kind = ROUND_INITIAL, .open = true, .limit_weekly_p = NO_INT};
	*LIST_ADD(p->arena, p->parties, p->party_count) =
		(struct party){.organisation = p->authority,
			       .side = SIDE_COMMISSIONER,
			       .since_us = fact->recorded_at_us};
}

static bool apply_panel_decided(struct placement *p, const struct fact *fact, struct round *round)
{
	const struct panel_decide *data = fact->data;

	if (!round)
		return false;
	round->panel_pending = false;
	switch ((enum panel_outcome)data->outcome) {
	case PANEL_APPROVED:
		round->panel_approved = true;
		round->limit_weekly_p = data->limit_weekly_p;
		round->approver = fact->user;
		if (p->stage == STAGE_WITH_PANEL)
			p->stage = STAGE_INVITING;
		return true;
	case PANEL_RETURNED:
		if (p->stage == STAGE_WITH_PANEL)
			p->stage = STAGE_PREPARING;
		return true;
	case PANEL_REFUSED:
		if (p->stage == STAGE_WITH_PANEL)
			end_placement(p, END_REFUSED_BY_PANEL, fact);
		return true;
	case PANEL_OUTCOME_COUNT:
		break;
	}
	return false;
}

static void apply_invited(struct placement *p, const struct fact *fact)
{
	const struct invite *data = fact->data;
	struct thread *thread = LIST_ADD(p->arena, p->threads, p->thread_count);
	struct party *party = (struct party *)placement_party(p, data->provider);

	*thread = (struct thread){
		.number = (int64_t)p->thread_count,
		.round = fact->round,
		.state = THREAD_OPEN,
		.provider = data->provider,
		.home = data->home,
		.invited_entry = fact->seq,
		.wanted_start_day = data->wanted_start_day,
		.turn = SIDE_EITHER,
	};
	p->stage = STAGE_INVITING;
	if (!party)
		party = LIST_ADD(p->arena, p->parties, p->party_count);
	*party = (struct party){.organisation = data->provider,
				.side = SIDE_PROVIDER,
				.thread = thread->number,
				.since_us = fact->recorded_at_us};
	for (size_t i = 0; i < p->fact_count; i++) {
		if (!fact_visible(p->facts[i], p, party))
			continue;
		party->entries++;
		party->version += fact_counts(p->facts[i]->kind);
	}
}

static void apply_offer_made(struct placement *p, const struct fact *fact, struct thread *thread)
{
	const struct make_offer *data = fact->data;
	struct offer *open = (struct offer *)thread_open_offer(thread), *made;

	if (open)
		open->state = OFFER_COUNTERED;
	made = LIST_ADD(p->arena, thread->offers, thread->offer_count);
	*made = (struct offer){
		.number = (int64_t)thread->offer_count,
		.entry = fact->seq,
		.side = (enum side)data->side,
		.state = OFFER_OPEN,
		.made_at_us = fact->recorded_at_us,
		.data = data,
	};
	thread->turn = data->side == SIDE_COMMISSIONER ? SIDE_PROVIDER : SIDE_COMMISSIONER;
	p->stage = STAGE_NEGOTIATING;
}

static bool close_offer(struct thread *thread, enum offer_state state, enum side turn)
{
	struct offer *offer = (struct offer *)thread_open_offer(thread);

	if (!offer)
		return false;
	offer->state = state;
	thread->turn = turn == SIDE_TIME ? offer->side : turn; /* SIDE_TIME: back to its maker */
	return true;
}

static void make_agreement(struct placement *p, const struct fact *fact, struct thread *thread,
			   const struct offer *offer)
{
	struct round *round = (struct round *)placement_open_round(p);
	struct agreement *agreement = LIST_ADD(p->arena, p->agreements, p->agreement_count);

	*agreement = (struct agreement){
		.number = (int64_t)p->agreement_count,
		.thread = thread->number,
		.entry = fact->seq,
		.terms_entry = offer->entry,
		.from_day = offer->data->terms.start_day,
		.terms = &offer->data->terms,
		.terms_digest = offer->data->terms_digest,
	};
	thread->state = THREAD_AGREED;
	if (round)
		round->open = false;
	p->stage = STAGE_IN_FORCE;
}

static bool apply_signed(struct placement *p, const struct fact *fact, struct thread *thread)
{
	const struct sign *data = fact->data;
	const struct offer *offer = thread_accepted_offer(thread);

	if (!offer)
		return false;
	if (data->side == SIDE_COMMISSIONER)
		p->signed_by_commissioner = true;
	else
		p->signed_by_provider = true;
	if (p->signed_by_commissioner && p->signed_by_provider)
		make_agreement(p, fact, thread, offer);
	return true;
}

static bool apply_lapsed(struct placement *p, const struct fact *fact, struct thread *thread)
{
	const struct not_done *data = fact->data;
	const struct lapse_row *row = protocol_lapse((enum duty)data->duty);
	struct offer *offer;

	if (!row || !thread)
		return false;
	if (row->ends_thread)
		end_thread(thread, row->ends_round ? THREAD_ENDED : THREAD_LAPSED, fact);
	if (data->duty == DUTY_OFFER_STANDS)
		return close_offer(thread, OFFER_EXPIRED, SIDE_TIME);
	if (data->duty == DUTY_ACCEPTANCE_STANDS) {
		offer = (struct offer *)thread_accepted_offer(thread);
		if (!offer)
			return false;
		offer->state = OFFER_EXPIRED;
		thread->turn = SIDE_EITHER;
		p->signed_by_commissioner = p->signed_by_provider = false;
		p->stage = STAGE_NEGOTIATING;
	}
	if (data->end_reason != NO_ENUM)
		end_placement(p, (enum end_reason)data->end_reason, fact);
	return true;
}

static bool apply_missed(struct placement *p, const struct fact *fact)
{
	const struct not_done *data = fact->data;
	struct obligation *o = find_obligation(p, data->entry, data->n);

	if (!o || !obligation_is_open(o) || o->missed_at_us != NEVER_US)
		return false;
	o->missed_at_us = data->due_at_us;
	o->changed_entry = fact->seq;
	return true;
}

static bool apply_thread_kind(struct placement *p, const struct fact *fact, struct thread *thread)
{
	const struct answer *answer = fact->data;
	struct question *question;

	if (!thread)
		return false;
	if (fact->side == SIDE_PROVIDER && fact->kind != FACT_ASKED && fact->kind != FACT_ANSWERED)
		thread->acknowledged = true; /* whoever answers an offer has the invitation */
	switch (fact->kind) {
	case FACT_ACKNOWLEDGED:
		return true;
	case FACT_DECLINED:
		end_thread(thread, THREAD_DECLINED, fact);
		return true;
	case FACT_ASKED:
		question = LIST_ADD(p->arena, thread->questions, thread->question_count);
		*question = (struct question){
			.number = (int64_t)thread->question_count,
			.entry = fact->seq,
			.asker = (enum side)fact->side,
		};
		return true;
	case FACT_ANSWERED:
		if (answer->number < 1 || (size_t)answer->number > thread->question_count)
			return false;
		thread->questions[answer->number - 1].answered = true;
		return true;
	case FACT_OFFER_MADE:
		apply_offer_made(p, fact, thread);
		return true;
	case FACT_OFFER_WITHDRAWN:
		return close_offer(thread, OFFER_WITHDRAWN, SIDE_TIME);
	case FACT_ACCEPTED:
		p->rounds[thread->round - 1].panel_pending = false; /* nothing is left to decide */
		p->stage = STAGE_SIGNING;
		p->signed_by_commissioner = p->signed_by_provider = false;
		return close_offer(thread, OFFER_ACCEPTED, SIDE_EITHER);
	case FACT_REJECTED:
		return close_offer(thread, OFFER_REJECTED, SIDE_EITHER);
	case FACT_SIGNED:
		return apply_signed(p, fact, thread);
	default:
		return false;
	}
}

static bool apply_kind(struct placement *p, const struct fact *fact)
{
	struct round *round = (struct round *)placement_open_round(p);
	const struct record_involvement *involvement = fact->data;

	switch (fact->kind) {
	case FACT_PLACEMENT_OPENED:
		apply_opened(p, fact);
		return true;
	case FACT_NEEDS_DESCRIBED:
		p->needs = fact->data;
		p->needs_count++;
		return true;
	case FACT_INVOLVEMENT_RECORDED:
		*LIST_ADD(p->arena, p->involvements, p->involvement_count) = (struct involvement){
			fact->seq, (enum involvement_purpose)involvement->purpose,
			(enum took_part)involvement->took_part, fact->recorded_at_us};
		return true;
	case FACT_CALCULATED:
		*LIST_ADD(p->arena, p->calculations, p->calculation_count) =
			(struct calculation){fact->seq, fact->data};
		return true;
	case FACT_PANEL_REFERRED:
		if (!round)
			return false;
		round->panel_pending = true;
		if (p->stage == STAGE_PREPARING)
			p->stage = STAGE_WITH_PANEL;
		return true;
	case FACT_PANEL_DECIDED:
		return apply_panel_decided(p, fact, round);
	case FACT_INVITED:
		apply_invited(p, fact);
		return true;
	case FACT_START_CONFIRMED:
		p->started_day = ((const struct confirm_start *)fact->data)->started_day;
		return true;
	case FACT_REVIEW_HELD:
		*LIST_ADD(p->arena, p->reviews, p->review_count) =
			(struct review){fact->seq, fact->data};
		return true;
	case FACT_WITHDRAWN:
		end_placement(p, END_WITHDRAWN, fact);
		return true;
	case FACT_MISSED:
		return apply_missed(p, fact);
	case FACT_LAPSED:
		return apply_lapsed(p, fact, fact_thread(p, fact));
	case FACT_ACKNOWLEDGED:
	case FACT_DECLINED:
	case FACT_ASKED:
	case FACT_ANSWERED:
	case FACT_OFFER_MADE:
	case FACT_OFFER_WITHDRAWN:
	case FACT_ACCEPTED:
	case FACT_REJECTED:
	case FACT_SIGNED:
		return apply_thread_kind(p, fact, fact_thread(p, fact));
	case FACT_COUNT:
		break;
	}
	return false;
}

bool placement_apply(struct placement *placement, const struct fact *fact)
{
	if (fact->seq != placement->seq + 1 || !fact->data ||
	    (fact->seq == 1) != (fact->kind == FACT_PLACEMENT_OPENED))
		return false;
	if (!apply_obligations(placement, fact) || !apply_kind(placement, fact))
		return false;
	placement->seq = fact->seq;
	placement->recorded_at_us = fact->recorded_at_us;
	placement->last_header = fact->header_hash;
	*LIST_ADD(placement->arena, placement->facts, placement->fact_count) = fact;
	for (size_t i = 0; i < placement->party_count; i++) {
		if (!fact_visible(fact, placement, &placement->parties[i]))
			continue;
		placement->parties[i].entries++;
		placement->parties[i].version += fact_counts(fact->kind);
	}
	return true;
}

struct placement *placement_copy(struct arena *arena, const struct placement *placement)
{
	struct placement *copy = placement_new(arena, placement->authority, placement->id);

	for (size_t i = 0; i < placement->fact_count; i++)
		if (!placement_apply(copy, placement->facts[i]))
			return NULL;
	return copy;
}
