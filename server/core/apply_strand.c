/*
 * apply_strand.c - folds a fact into a provider's strand: invitation, offers, choice, mediation.
 *
 * A part of apply.c, which calls it; nothing else writes a thread.
 */
#include "apply_parts.h"

struct thread *fact_thread(struct placement *p, const struct fact *fact)
{
	return (struct thread *)placement_thread(p, fact->thread);
}

/* What has no answer yet is not waited for any more, even should the strand be open again. */
static void expire_questions(struct thread *thread)
{
	for (size_t i = 0; i < thread->question_count; i++)
		thread->questions[i].expired = !thread->questions[i].answered;
}

void end_thread(struct thread *thread, enum thread_state state, const struct fact *fact)
{
	expire_questions(thread);
	thread->state = state;
	thread->ended_entry = fact->seq;
	if (thread->mediation.state != MEDIATION_NONE &&
	    thread->mediation.state != MEDIATION_OVER) {
		thread->mediation.state = MEDIATION_OVER;
		thread->mediation.ended_entry = fact->seq;
	}
}

void count_entries(const struct placement *p, struct party *party, size_t first)
{
	party->entries = party->version = 0;
	for (size_t i = 0; i < first; i++) {
		if (!fact_visible(p->facts[i], p, party))
			continue;
		party->entries++;
		party->version += fact_counts(p->facts[i]->kind);
	}
}

void add_party(struct placement *p, struct uuid organisation, enum side side,
	       const struct thread *thread, const struct fact *fact)
{
	struct party *party = (struct party *)placement_party(p, organisation);

	if (!party)
		party = LIST_ADD(p->arena, p->parties, p->party_count);
	*party = (struct party){.organisation = organisation,
				.side = side,
				.thread = thread ? thread->number : 0,
				.since_us = fact->recorded_at_us};
	count_entries(p, party, p->fact_count);
}

struct thread *add_strand(struct placement *p, const struct fact *fact, struct uuid provider,
			  struct uuid home, enum side turn)
{
	struct thread *thread = LIST_ADD(p->arena, p->threads, p->thread_count);

	*thread = (struct thread){
		.number = (int64_t)p->thread_count,
		.round = fact->round,
		.state = THREAD_OPEN,
		.provider = provider,
		.home = home,
		.invited_entry = fact->seq,
		.acknowledged = true,
		.wanted_start_day = p->opening->wanted_start_day,
		.closes_day = NO_DAY,
		.chosen = true,
		.identity_shared = true,
		.turn = turn,
	};
	return thread;
}

void apply_invited(struct placement *p, const struct fact *fact)
{
	const struct invite *data = fact->data;
	struct thread *thread = LIST_ADD(p->arena, p->threads, p->thread_count);
	bool several = data->closes_day != NO_DAY;

	*thread = (struct thread){
		.number = (int64_t)p->thread_count,
		.round = fact->round,
		.state = THREAD_OPEN,
		.provider = data->provider,
		.home = data->home,
		.invited_entry = fact->seq,
		.wanted_start_day = data->wanted_start_day,
		.closes_day = data->closes_day,
		.sealed = several,
		.chosen = !several,
		.turn = several ? SIDE_PROVIDER : SIDE_EITHER,
	};
	set_stage(p, STAGE_INVITING);
	add_party(p, data->provider, SIDE_PROVIDER, thread, fact);
}

struct offer *add_offer(struct placement *p, struct thread *thread, const struct fact *fact,
			enum side side, const struct make_offer *data)
{
	struct offer *made = LIST_ADD(p->arena, thread->offers, thread->offer_count);

	*made = (struct offer){
		.number = (int64_t)thread->offer_count,
		.entry = fact->seq,
		.side = side,
		.state = OFFER_OPEN,
		.sealed = thread->sealed,
		.made_at_us = fact->recorded_at_us,
		.data = data,
	};
	return made;
}

static void apply_offer_made(struct placement *p, const struct fact *fact, struct thread *thread)
{
	const struct make_offer *data = fact->data;
	struct offer *open = (struct offer *)thread_open_offer(thread);

	if (open)
		open->state = OFFER_COUNTERED;
	add_offer(p, thread, fact, (enum side)data->side, data);
	thread->turn = data->side == SIDE_COMMISSIONER ? SIDE_PROVIDER : SIDE_COMMISSIONER;
	if (!thread->sealed)
		set_stage(p, STAGE_NEGOTIATING);
}

void begin_signing(struct placement *p, struct thread *thread)
{
	expire_questions(thread);
	p->rounds[thread->round - 1].panel_pending = false; /* nothing is left to decide */
	if (thread->mediation.state == MEDIATION_PROPOSED)
		thread->mediation.state = MEDIATION_OVER; /* nor to mediate */
	set_stage(p, STAGE_SIGNING);
	p->signed_by_commissioner = p->signed_by_provider = false;
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

void make_agreement(struct placement *p, const struct fact *fact, struct thread *thread,
		    const struct offer *offer, enum agreement_basis basis)
{
	struct round *round = (struct round *)placement_open_round(p);
	const struct agreement *corrected =
		round && round->kind == ROUND_CORRECTION
			? agreement_from(p, offer->data->terms.start_day)
			: NULL;
	int64_t corrects = corrected ? corrected->number : 0;
	int32_t to_day = corrected ? agreement_last_day(p, corrected) : NO_DAY;
	struct agreement *agreement = LIST_ADD(p->arena, p->agreements, p->agreement_count);

	*agreement = (struct agreement){
		.number = (int64_t)p->agreement_count,
		.basis = basis,
		.thread = thread->number,
		.entry = fact->seq,
		.terms_entry = offer->entry,
		.from_day = offer->data->terms.start_day,
		.to_day = to_day,
		.paid_from_day = NO_DAY,
		.corrects = corrects,
		.rests_on = (int64_t)p->agreement_count,
		.terms = &offer->data->terms,
		.terms_digest = offer->data->terms_digest,
	};
	thread->state = THREAD_AGREED;
	set_stage(p, STAGE_IN_FORCE);
	if (round)
		round->open = false;
	if (p->stage != STAGE_ENDED) /* else a correction of what has ended */
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
		make_agreement(p, fact, thread, offer, AGREEMENT_SIGNED);
	return true;
}

static bool any_to_choose_from(const struct placement *p)
{
	for (size_t i = 0; i < p->thread_count; i++)
		if (p->threads[i].state == THREAD_OPEN && !p->threads[i].sealed &&
		    thread_open_offer(&p->threads[i]))
			return true;
	return false;
}

/* An opened offer that is gone before one is chosen is out of the running, and its strand over:
 * while others may be chosen its maker could not put another. */
static bool offer_gone(struct placement *p, const struct fact *fact, struct thread *thread,
		       enum offer_state offer, enum thread_state state)
{
	if (!close_offer(thread, offer, SIDE_TIME))
		return false;
	if (thread->sealed || thread->chosen)
		return true;
	end_thread(thread, state, fact);
	if (!any_to_choose_from(p))
		set_stage(p, STAGE_INVITING);
	return true;
}

/* Its clocks go on without the answer, which can still come. */
static bool expire_question(const struct placement *p, const struct fact *fact,
			    struct thread *thread)
{
	const struct not_done *data = fact->data;
	const struct obligation *o =
		placement_obligation(p, (int32_t)data->entry, (int32_t)data->n);

	if (!o || o->subject < 1 || (size_t)o->subject > thread->question_count)
		return false;
	thread->questions[o->subject - 1].expired = true;
	return true;
}

bool apply_lapsed_strand(struct placement *p, const struct fact *fact, struct thread *thread,
			 const struct lapse_row *row)
{
	struct offer *offer;

	if (row->duty == DUTY_WAIT_FOR_ANSWER)
		return expire_question(p, fact, thread);
	if (row->ends_thread)
		end_thread(thread, row->ends_round ? THREAD_ENDED : THREAD_LAPSED, fact);
	if (row->ends_round && round_is_later(thread_round(p, thread->number)))
		close_round(p, thread, fact);
	if (row->duty == DUTY_OFFER_STANDS)
		return offer_gone(p, fact, thread, OFFER_EXPIRED, THREAD_LAPSED);
	if (row->duty == DUTY_CONSENT_TO_NOVATION)
		end_novation(p, thread, fact);
	if (row->duty == DUTY_CONSENT_TO_MEDIATION)
		thread->mediation.state = MEDIATION_OVER;
	if (BIT(row->duty) & MEDIATION_DUTIES)
		end_mediation(p, thread, fact);
	if (row->duty == DUTY_ACCEPTANCE_STANDS) {
		offer = (struct offer *)thread_accepted_offer(thread);
		if (!offer)
			return false;
		offer->state = OFFER_EXPIRED;
		thread->turn = SIDE_EITHER;
		p->signed_by_commissioner = p->signed_by_provider = false;
		set_stage(p, STAGE_NEGOTIATING);
	}
	return true;
}

/* The seal is broken of the offer on the table alone: one that was taken back is not opened. */
static void apply_opened_offer(struct placement *p, const struct fact *fact, struct thread *thread)
{
	struct offer *offer = (struct offer *)thread_open_offer(thread);

	thread->sealed = false;
	if (!offer) {
		end_thread(thread, THREAD_LAPSED, fact);
		return;
	}
	offer->sealed = false;
	set_stage(p, STAGE_NEGOTIATING);
}

static void apply_chosen(const struct fact *fact, struct thread *thread)
{
	const struct choose_provider *data = fact->data;

	if (data->is_chosen) {
		thread->chosen = true;
		return;
	}
	(void)close_offer(thread, OFFER_REJECTED, SIDE_EITHER);
	end_thread(thread, THREAD_NOT_CHOSEN, fact);
}

/* Its own clock is new, and it is told what all sides were told meanwhile. */
static void apply_reopened(struct placement *p, const struct fact *fact, struct thread *thread)
{
	const struct reopen_invitation *data = fact->data;
	bool several = data->closes_day != NO_DAY;

	thread->state = THREAD_OPEN;
	thread->ended_entry = 0;
	thread->closes_day = data->closes_day;
	thread->sealed = several;
	thread->chosen = !several;
	thread->identity_shared = false;
	thread->turn = several ? SIDE_PROVIDER : SIDE_EITHER;
	add_party(p, thread->provider, SIDE_PROVIDER, thread, fact);
}

static void apply_assessed(struct placement *p, const struct fact *fact, struct thread *thread)
{
	const struct provider_assessment *data = fact->data;

	if (data->outcome != ASSESSMENT_CANNOT)
		return;
	(void)close_offer(thread, OFFER_WITHDRAWN, SIDE_TIME);
	end_thread(thread, THREAD_DECLINED, fact);
	set_stage(p, STAGE_INVITING);
}

static bool apply_questions(struct placement *p, const struct fact *fact, struct thread *thread)
{
	const struct answer *answer = fact->data;
	struct question *question;

	if (fact->kind == FACT_ASKED) {
		question = LIST_ADD(p->arena, thread->questions, thread->question_count);
		*question = (struct question){
			.number = (int64_t)thread->question_count,
			.entry = fact->seq,
			.asker = fact_speaker(fact),
		};
		return true;
	}
	if (answer->number < 1 || (size_t)answer->number > thread->question_count)
		return false;
	thread->questions[answer->number - 1].answered = true;
	return true;
}

bool apply_in_strand(struct placement *p, const struct fact *fact)
{
	struct thread *thread = fact_thread(p, fact);

	if (!thread)
		return false;
	if (fact_speaker(fact) == SIDE_PROVIDER && fact->kind != FACT_ASKED &&
	    fact->kind != FACT_ANSWERED)
		thread->acknowledged = true; /* whoever answers an offer has the invitation */
	switch (fact->kind) {
	case FACT_ACKNOWLEDGED:
		return true;
	case FACT_DECLINED:
		(void)close_offer(thread, OFFER_WITHDRAWN, SIDE_TIME); /* one under seal */
		end_thread(thread, THREAD_DECLINED, fact);
		set_stage(p, STAGE_INVITING); /* from the terms of care that already runs */
		return true;
	case FACT_ASKED:
	case FACT_ANSWERED:
		return apply_questions(p, fact, thread);
	case FACT_OFFER_MADE:
		apply_offer_made(p, fact, thread);
		return true;
	case FACT_OFFER_WITHDRAWN:
		return offer_gone(p, fact, thread, OFFER_WITHDRAWN, THREAD_DECLINED);
	case FACT_ACCEPTED:
		begin_signing(p, thread);
		return close_offer(thread, OFFER_ACCEPTED, SIDE_EITHER);
	case FACT_REJECTED:
		return close_offer(thread, OFFER_REJECTED, SIDE_EITHER);
	case FACT_SIGNED:
		return apply_signed(p, fact, thread);
	case FACT_INVITATION_REOPENED:
		apply_reopened(p, fact, thread);
		return true;
	case FACT_OFFERS_OPENED:
		apply_opened_offer(p, fact, thread);
		return true;
	case FACT_PROVIDER_CHOSEN:
		apply_chosen(fact, thread);
		return true;
	case FACT_IDENTITY_SHARED:
		thread->identity_shared = true;
		return true;
	case FACT_PROVIDER_ASSESSED:
		apply_assessed(p, fact, thread);
		return true;
	default:
		return false;
	}
}
