/*
 * apply.c - folds a fact into a placement; the only writer of that state.
 *
 * A fact says everything that follows from it: which obligations it opened,
 * ended and moved, with their dates. So a fold needs no protocol and no
 * calendar, and a new version of either never changes the past.
 */
#include "apply_parts.h"

struct placement *placement_new(struct arena *arena, struct uuid authority, struct uuid id)
{
	struct placement *p = arena_make(arena, struct placement);

	p->arena = arena;
	p->authority = authority;
	p->id = id;
	p->end_reason = NO_ENUM;
	p->started_day = NO_DAY;
	p->last_day = NO_DAY;
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
		.not_served_us = NEVER_US,
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
	if (change->state != NO_ENUM)
		o->state = (enum obligation_state)change->state;
	if (change->state == OBLIGATION_OPEN)
		o->closed_at_us = NEVER_US;
	if (change->anchor_us != NEVER_US)
		o->anchor_us = change->anchor_us;
	if (change->unit != NO_ENUM)
		o->rule = (struct rule){(enum unit)change->unit, (int32_t)change->count,
					o->rule.roll};
	if (change->calendar_version != NO_INT)
		o->calendar_version = (int32_t)change->calendar_version;
	o->due_at_us = change->new_due_at_us;
	if (o->due_at_us == NEVER_US)
		return;
	o->due_day = london_day(o->due_at_us);
	o->nominal_day = change->nominal_day == NO_DAY ? o->due_day : change->nominal_day;
	o->provisional = change->provisional;
}

/* What is put right may not have been late after all. */
static void judge_again(struct obligation *o, const struct due_change *change,
			const struct fact *fact)
{
	if (change->state == OBLIGATION_MET)
		o->missed_at_us = NEVER_US;
	else if (o->missed_at_us != NEVER_US && change->new_due_at_us != NEVER_US)
		o->missed_at_us = change->new_due_at_us < fact->recorded_at_us
					  ? change->new_due_at_us
					  : NEVER_US;
}

/* What it was asked to be put off by ends with it. */
static void release_extensions(struct placement *p, const struct obligation *o)
{
	for (size_t i = 0; i < p->extension_count; i++) {
		struct extension *extension = &p->extensions[i];

		if (extension->state == EXTENSION_PROPOSED &&
		    extension->obligation_entry == o->entry && extension->n == o->n)
			extension->state = EXTENSION_RELEASED;
	}
}

static bool apply_obligations(struct placement *p, const struct fact *fact)
{
	const struct closed *closes = fact->closes.items;
	const struct due_change *changes = fact->changes.items;
	const struct opened *opens = fact->opens.items;
	struct obligation *o;

	if (fact->kind == FACT_NOT_SERVED && !apply_voids(p, fact))
		return false;
	for (size_t i = 0; i < fact->closes.count; i++) {
		o = find_obligation(p, closes[i].entry, closes[i].n);
		if (!o || !obligation_is_open(o))
			return false;
		o->state = (enum obligation_state)closes[i].state;
		o->closed_at_us = fact->occurred_at_us;
		o->changed_entry = fact->seq;
		release_extensions(p, o);
	}
	for (size_t i = 0; i < fact->changes.count; i++) {
		o = find_obligation(p, changes[i].entry, changes[i].n);
		if (!o || (!obligation_is_open(o) && changes[i].state == NO_ENUM))
			return false;
		change_obligation(p, o, &changes[i]);
		if (fact->kind == FACT_CORRECTED)
			judge_again(o, &changes[i], fact);
		apply_service(o, fact);
		o->changed_entry = fact->seq;
	}
	for (size_t i = 0; i < fact->opens.count; i++)
		open_obligation(p, fact, &opens[i]);
	return true;
}

void set_stage(struct placement *p, enum stage stage)
{
	struct round *round = (struct round *)placement_open_round(p);

	if (round)
		round->stage = stage;
	if (!p->agreement_count)
		p->stage = stage;
}

void end_placement(struct placement *p, enum end_reason reason, const struct fact *fact)
{
	set_stage(p, STAGE_ENDED);
	for (size_t i = 0; i < p->thread_count; i++) {
		if (p->threads[i].state == THREAD_NOVATING)
			end_novating(p, &p->threads[i], fact);
		if (p->threads[i].state != THREAD_OPEN)
			continue;
		end_thread(&p->threads[i], THREAD_ENDED, fact);
		back_to_agreement(p, &p->threads[i]);
	}
	for (size_t i = 0; i < p->round_count; i++)
		p->rounds[i].open = false;
	p->stage = STAGE_ENDED;
	p->end_reason = reason;
	p->ended_entry = fact->seq;
}

static bool apply_opened(struct placement *p, const struct fact *fact)
{
	p->opening = fact->data;
	p->person = p->opening->person;
	p->opened_by = fact->user;
	p->opened_at_us = fact->recorded_at_us;
	p->stage = STAGE_PREPARING;
	*LIST_ADD(p->arena, p->rounds, p->round_count) = (struct round){.number = 1,
									.kind = ROUND_INITIAL,
									.open = true,
									.stage = STAGE_PREPARING,
									.opened_entry = fact->seq,
									.limit_weekly_p = NO_INT};
	*LIST_ADD(p->arena, p->parties, p->party_count) =
		(struct party){.organisation = p->authority,
			       .side = SIDE_COMMISSIONER,
			       .since_us = fact->recorded_at_us};
	return true;
}

static bool apply_panel_decided(struct placement *p, const struct fact *fact)
{
	const struct panel_decide *data = fact->data;
	struct round *round = (struct round *)placement_open_round(p);

	if (!round)
		return false;
	round->panel_pending = false;
	switch ((enum panel_outcome)data->outcome) {
	case PANEL_APPROVED:
		round->panel_approved = true;
		round->limit_weekly_p = data->limit_weekly_p;
		round->approver = fact->user;
		if (p->stage == STAGE_WITH_PANEL)
			set_stage(p, STAGE_INVITING);
		return true;
	case PANEL_RETURNED:
		if (p->stage == STAGE_WITH_PANEL)
			set_stage(p, STAGE_PREPARING);
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

static bool apply_lapsed(struct placement *p, const struct fact *fact)
{
	struct thread *thread = fact_thread(p, fact);
	const struct not_done *data = fact->data;
	const struct lapse_row *row = protocol_lapse((enum duty)data->duty);

	if (!row || (thread ? !apply_lapsed_strand(p, fact, thread, row)
			    : data->owed_by != SIDE_REPRESENTATIVE))
		return false;
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
	release_extensions(p, o);
	return true;
}

static bool apply_extension(struct placement *p, const struct fact *fact)
{
	const struct change_timescale *asked = fact->data;
	const struct remove_extension *removed = fact->data;
	struct extension *extension;
	struct obligation *o;

	if (fact->kind == FACT_TIMESCALE_CHANGE_ASKED) {
		o = find_obligation(p, asked->entry, asked->n);
		if (!o)
			return false;
		extension = LIST_ADD(p->arena, p->extensions, p->extension_count);
		*extension = (struct extension){
			.thread = fact->thread,
			.number = asked->number,
			.entry = fact->seq,
			.obligation_entry = o->entry,
			.n = o->n,
			.more = asked->more,
			.unit = o->rule.unit,
			.asked_by = (enum side)asked->side,
		};
		return true;
	}
	/* the number is the first member of each that answers one */
	extension = (struct extension *)placement_extension(p, fact->thread, removed->number);
	if (!extension)
		return false;
	if (fact->kind != FACT_EXTENSION_REMOVED) {
		extension->state =
			fact->kind == FACT_TIMESCALE_CHANGED ? EXTENSION_AGREED : EXTENSION_REFUSED;
		return true;
	}
	if (fact->side == SIDE_COMMISSIONER)
		extension->removal_by_commissioner = true;
	else
		extension->removal_by_provider = true;
	if (removed->is_removed)
		extension->state = EXTENSION_REMOVED;
	return true;
}

static bool apply_involvement(struct placement *p, const struct fact *fact)
{
	const struct record_involvement *data = fact->data;

	*LIST_ADD(p->arena, p->involvements, p->involvement_count) =
		(struct involvement){fact->seq, (enum involvement_purpose)data->purpose,
				     (enum took_part)data->took_part, fact->recorded_at_us};
	return true;
}

static bool apply_panel_referred(struct placement *p, const struct fact *fact)
{
	struct round *round = (struct round *)placement_open_round(p);

	(void)fact;
	if (!round)
		return false;
	round->panel_pending = true;
	if (p->stage == STAGE_PREPARING)
		set_stage(p, STAGE_WITH_PANEL);
	return true;
}

static bool apply_calculated(struct placement *p, const struct fact *fact)
{
	*LIST_ADD(p->arena, p->calculations, p->calculation_count) =
		(struct calculation){fact->seq, fact->data};
	return true;
}

static bool apply_review(struct placement *p, const struct fact *fact)
{
	*LIST_ADD(p->arena, p->reviews, p->review_count) = (struct review){fact->seq, fact->data};
	return true;
}

static bool apply_needs(struct placement *p, const struct fact *fact)
{
	p->needs = fact->data;
	p->needs_count++;
	return true;
}

static bool apply_representative(struct placement *p, const struct fact *fact)
{
	const struct uuid *organisation = fact->data; /* the first member of both */
	struct party *now = (struct party *)placement_representative(p);

	if (!now == (fact->kind == FACT_REPRESENTATIVE_RELEASED))
		return false;
	if (now)
		now->until_entry = fact->seq;
	else
		add_party(p, *organisation, SIDE_REPRESENTATIVE, NULL, fact);
	return true;
}

static bool apply_invitation(struct placement *p, const struct fact *fact)
{
	apply_invited(p, fact);
	return true;
}

static bool apply_start(struct placement *p, const struct fact *fact)
{
	p->started_day = ((const struct confirm_start *)fact->data)->started_day;
	return true;
}

static bool apply_withdrawn(struct placement *p, const struct fact *fact)
{
	end_placement(p, END_WITHDRAWN, fact);
	return true;
}

/* What it says of clocks and rounds is all: every fact's are folded alike. */
static bool apply_nothing(struct placement *p, const struct fact *fact)
{
	(void)p;
	(void)fact;
	return true;
}

static bool (*const folds[FACT_COUNT])(struct placement *p, const struct fact *fact) = {
	[FACT_PLACEMENT_OPENED] = apply_opened,
	[FACT_NEEDS_DESCRIBED] = apply_needs,
	[FACT_INVOLVEMENT_RECORDED] = apply_involvement,
	[FACT_CALCULATED] = apply_calculated,
	[FACT_PANEL_REFERRED] = apply_panel_referred,
	[FACT_PANEL_DECIDED] = apply_panel_decided,
	[FACT_INVITED] = apply_invitation,
	[FACT_START_CONFIRMED] = apply_start,
	[FACT_INTERIM_TERMS_ENTERED] = apply_paying,
	[FACT_FUNDING_CHANGED] = apply_paying,
	[FACT_TOP_UP_SIGNED] = apply_paying,
	[FACT_ABSENCE_RECORDED] = apply_paying,
	[FACT_ABSENCE_ENDED] = apply_paying,
	[FACT_EXISTING_AGREEMENT_RECORDED] = apply_existing,
	[FACT_EXISTING_AGREEMENT_CONFIRMED] = apply_existing,
	[FACT_REVIEW_HELD] = apply_review,
	[FACT_WITHDRAWN] = apply_withdrawn,
	[FACT_NOTICE_GIVEN] = apply_ending,
	[FACT_CARE_ENDED] = apply_ending,
	[FACT_DEATH_RECORDED] = apply_ending,
	[FACT_TRANSFERRED] = apply_ending,
	[FACT_NOVATION_PROPOSED] = apply_novation,
	[FACT_NOVATION_CONSENTED] = apply_novation,
	[FACT_NOVATION_DROPPED] = apply_novation_dropped,
	[FACT_COMPLAINT_RAISED] = apply_complaint,
	[FACT_COMPLAINT_ACKNOWLEDGED] = apply_complaint,
	[FACT_COMPLAINT_ANSWERED] = apply_complaint,
	[FACT_COMPLAINT_ESCALATED] = apply_complaint,
	[FACT_MISSED] = apply_missed,
	[FACT_LAPSED] = apply_lapsed,
	[FACT_TIMESCALE_CHANGE_ASKED] = apply_extension,
	[FACT_TIMESCALE_CHANGED] = apply_extension,
	[FACT_TIMESCALE_REFUSED] = apply_extension,
	[FACT_EXTENSION_REMOVED] = apply_extension,
	[FACT_REPRESENTATIVE_INVITED] = apply_representative,
	[FACT_REPRESENTATIVE_RELEASED] = apply_representative,
	[FACT_FEEDBACK_GIVEN] = apply_nothing,
	[FACT_REVIEW_REQUESTED] = apply_nothing,
	[FACT_REVIEW_DECLINED] = apply_nothing,
	[FACT_RECALCULATION_REQUESTED] = apply_nothing,
	[FACT_EXIT_PLAN_FILED] = apply_nothing,
	[FACT_HANDOVER_PLAN_FILED] = apply_nothing,
	[FACT_MESSAGE_SENT] = apply_nothing,
	[FACT_NOTE_WRITTEN] = apply_nothing,
	[FACT_DOCUMENT_ATTACHED] = apply_nothing,
	[FACT_ENTRY_DISPUTED] = apply_nothing,
	[FACT_DUE_CHANGED] = apply_nothing,
	[FACT_NOT_SERVED] = apply_nothing,
	[FACT_SERVED] = apply_nothing,
	[FACT_SERVICE_RECORDED] = apply_nothing,
	[FACT_DELIVERY_ACKNOWLEDGED] = apply_nothing,
	[FACT_CORRECTED] = apply_beside,
	[FACT_ENTERED_IN_ERROR] = apply_beside,
	[FACT_REDACTED] = apply_beside,
	[FACT_UPLIFT_APPLIED] = apply_uplifting,
	[FACT_UPLIFT_CHALLENGED] = apply_uplifting,
	[FACT_QUALITY_APPLIED] = apply_followed,
	[FACT_FLAG_APPLIED] = apply_followed,
	[FACT_CHECK_CONFIRMED] = apply_nothing,
	[FACT_VARIATION_PROPOSED] = apply_in_round,
	[FACT_EXTENSION_PROPOSED] = apply_in_round,
	[FACT_CORRECTION_PROPOSED] = apply_in_round,
	[FACT_ACKNOWLEDGED] = apply_in_strand,
	[FACT_DECLINED] = apply_in_strand,
	[FACT_ASKED] = apply_in_strand,
	[FACT_ANSWERED] = apply_in_strand,
	[FACT_OFFER_MADE] = apply_in_strand,
	[FACT_OFFER_WITHDRAWN] = apply_in_strand,
	[FACT_ACCEPTED] = apply_in_strand,
	[FACT_REJECTED] = apply_in_strand,
	[FACT_SIGNED] = apply_in_strand,
	[FACT_INVITATION_REOPENED] = apply_in_strand,
	[FACT_PROVIDER_CHOSEN] = apply_in_strand,
	[FACT_IDENTITY_SHARED] = apply_in_strand,
	[FACT_PROVIDER_ASSESSED] = apply_in_strand,
	[FACT_OFFERS_OPENED] = apply_in_strand,
	[FACT_MEDIATION_PROPOSED] = apply_mediation,
	[FACT_MEDIATION_CONSENTED] = apply_mediation,
	[FACT_MEDIATION_REFUSED] = apply_mediation,
	[FACT_MEDIATOR_NOMINATED] = apply_mediation,
	[FACT_MEDIATOR_AGREED] = apply_mediation,
	[FACT_MEDIATOR_APPOINTED] = apply_mediation,
	[FACT_SETTLEMENT_PROPOSED] = apply_mediation,
	[FACT_SETTLEMENT_ACCEPTED] = apply_mediation,
	[FACT_MEDIATION_LEFT] = apply_mediation,
	[FACT_MEDIATION_CONCLUDED] = apply_mediation,
};

bool placement_apply(struct placement *placement, const struct fact *fact)
{
	if (fact->seq != placement->seq + 1 || !fact->data ||
	    (fact->seq == 1) != (fact->kind == FACT_PLACEMENT_OPENED))
		return false;
	if ((size_t)fact->round == placement->round_count + 1 && fact->seq > 1)
		open_round(placement, fact);
	end_replaced(placement, fact);
	if (!apply_obligations(placement, fact) || !folds[fact->kind] ||
	    !folds[fact->kind](placement, fact))
		return false;
	placement->seq = fact->seq;
	placement->recorded_at_us = fact->recorded_at_us;
	placement->last_header = fact->header_hash;
	*LIST_ADD(placement->arena, placement->facts, placement->fact_count) = fact;
	follow_co_payers(placement, fact);
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
