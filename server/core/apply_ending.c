/*
 * apply_ending.c - folds a fact of the end of care, of a new provider, or of a complaint.
 *
 * A part of apply.c, which calls it.
 */
#include "apply_parts.h"

static void end_care(struct placement *p, const struct fact *fact, enum end_reason reason,
		     int32_t last_day)
{
	end_placement(p, reason, fact);
	p->last_day = last_day;
}

bool apply_ending(struct placement *p, const struct fact *fact)
{
	const struct give_notice *notice = fact->data;
	const struct end_care *ended = fact->data;
	const struct record_death *death = fact->data;
	const struct transfer_care *transfer = fact->data;

	switch (fact->kind) {
	case FACT_NOTICE_GIVEN:
		p->notice = (struct end_notice){fact->seq, fact_speaker(fact), notice->end_day};
		return true;
	case FACT_CARE_ENDED:
		end_care(p, fact,
			 ended->reason == ENDING_COMPLETED ? END_COMPLETED : END_TERMINATED,
			 ended->last_day);
		return true;
	case FACT_DEATH_RECORDED:
		end_care(p, fact, END_DIED, death->last_paid_day);
		return true;
	case FACT_TRANSFERRED:
		end_care(p, fact, END_TRANSFERRED, transfer->from_day - 1);
		return true;
	default:
		return false;
	}
}

/* ---- a new provider ---- */

/* It is told, and cannot do anything but consent. */
static void open_novation_strand(struct placement *p, const struct fact *fact)
{
	const struct consent_to_novation *data = fact->data;
	struct thread *thread = LIST_ADD(p->arena, p->threads, p->thread_count);

	*thread = (struct thread){
		.number = (int64_t)p->thread_count,
		.round = p->rounds[0].number,
		.state = THREAD_NOVATING,
		.provider = data->provider,
		.home = data->home,
		.invited_entry = fact->seq,
		.wanted_start_day = data->from_day,
		.closes_day = NO_DAY,
		.takes_over = true,
		.turn = SIDE_EITHER,
	};
	p->novation.new_thread = thread->number;
	add_party(p, data->provider, SIDE_PROVIDER, thread, fact);
}

/* The same terms, from the day on; the person is known to whom the care passes. */
static bool take_over(struct placement *p, const struct fact *fact, struct thread *thread)
{
	const struct consent_to_novation *data = fact->data;
	const struct agreement *version = agreement_on(p, data->from_day);
	const struct thread *old = version ? placement_thread(p, version->thread) : NULL;
	struct agreement before;

	if (!old)
		return false;
	before = *version; /* the list may move when it grows */
	*LIST_ADD(p->arena, p->agreements, p->agreement_count) = (struct agreement){
		.number = data->agreement,
		.basis = AGREEMENT_NOVATED,
		.thread = thread->number,
		.entry = fact->seq,
		.terms_entry = before.terms_entry,
		.rests_on = before.rests_on,
		.from_day = data->from_day,
		.to_day = before.to_day,
		.paid_from_day = before.paid_from_day,
		.terms = before.terms,
		.terms_digest = before.terms_digest,
	};
	thread->state = THREAD_AGREED;
	thread->chosen = thread->acknowledged = true;
	thread->identity_shared = old->identity_shared;
	return true;
}

/* Every strand of the provider that gives it up is over, whichever agreement it led to. */
static void give_up(struct placement *p, const struct fact *fact)
{
	for (size_t i = 0; i < p->thread_count; i++)
		if (uuid_eq(p->threads[i].provider, p->novation.from) &&
		    p->threads[i].state == THREAD_AGREED)
			end_thread(&p->threads[i], THREAD_ENDED, fact);
	p->novation = (struct novation){0};
}

bool apply_novation(struct placement *p, const struct fact *fact)
{
	const struct consent_to_novation *data = fact->data;
	struct thread *thread = fact_thread(p, fact);
	struct thread *proposed = (struct thread *)placement_thread(p, p->novation.new_thread);

	if (fact->kind == FACT_NOVATION_PROPOSED) { /* an earlier one is dropped in its strand */
		if (thread)
			p->novation = (struct novation){fact->seq, fact_speaker(fact),
							thread->provider, 0, fact->data};
		return thread != NULL;
	}
	if (!p->novation.entry)
		return false;
	if (data->agreement == NO_INT) {
		if (fact->thread == (int64_t)p->thread_count + 1)
			open_novation_strand(p, fact);
		return true;
	}
	if (!thread)
		return false;
	if (thread == proposed)
		return take_over(p, fact, thread);
	give_up(p, fact);
	return true;
}

static const struct thread *earlier_strand(const struct placement *p, const struct thread *thread)
{
	for (int64_t number = thread->number; --number > 0;)
		if (uuid_eq(p->threads[number - 1].provider, thread->provider))
			return &p->threads[number - 1];
	return NULL;
}

/* Its numbers are of what it may see again; its version never falls. */
static void back_to_earlier(struct placement *p, struct party *party, const struct thread *earlier)
{
	int32_t version = party->version;

	party->thread = earlier->number;
	count_entries(p, party, p->fact_count);
	party->version = version;
}

void end_novating(struct placement *p, struct thread *thread, const struct fact *fact)
{
	struct party *party = (struct party *)placement_party(p, thread->provider);
	const struct thread *earlier = earlier_strand(p, thread);

	end_thread(thread, THREAD_ENDED, fact);
	if (earlier)
		back_to_earlier(p, party, earlier);
	else
		party->until_entry = fact->seq;
}

void end_replaced(struct placement *p, const struct fact *fact)
{
	int32_t proposed = p->novation.entry;

	if (!proposed || fact->seq != proposed + 1)
		return;
	for (size_t i = 0; i < p->thread_count; i++)
		if (p->threads[i].state == THREAD_NOVATING &&
		    (fact->kind != FACT_NOVATION_DROPPED || fact->thread != p->threads[i].number))
			end_novating(p, &p->threads[i], p->facts[proposed - 1]);
}

void end_novation(struct placement *p, struct thread *thread, const struct fact *fact)
{
	if (thread->state == THREAD_NOVATING)
		end_novating(p, thread, fact);
	else
		p->novation = (struct novation){0};
}

bool apply_novation_dropped(struct placement *p, const struct fact *fact)
{
	struct thread *thread = fact_thread(p, fact);

	if (thread)
		end_novation(p, thread, fact);
	return thread != NULL;
}

/* ---- complaints ---- */

static struct complaint *find_complaint(struct placement *p, const struct thread *thread,
					int64_t number)
{
	for (size_t i = 0; i < p->complaint_count; i++)
		if (p->complaints[i].number == number &&
		    uuid_eq(p->complaints[i].provider, thread->provider))
			return &p->complaints[i];
	return NULL;
}

static enum complaint_state state_when_escalated(const struct escalate *data)
{
	return data->to == ESCALATE_TO_MANAGER ? COMPLAINT_WITH_MANAGER : COMPLAINT_WITH_BODY;
}

bool apply_complaint(struct placement *p, const struct fact *fact)
{
	const int64_t *number = fact->data; /* the first member of each */
	const struct thread *thread = fact_thread(p, fact);
	struct complaint *complaint;

	if (!thread)
		return false;
	if (fact->kind == FACT_COMPLAINT_RAISED) {
		*LIST_ADD(p->arena, p->complaints, p->complaint_count) = (struct complaint){
			.number = *number,
			.provider = thread->provider,
			.entry = fact->seq,
			.raised_by = fact_speaker(fact),
			.state = COMPLAINT_RAISED,
		};
		return true;
	}
	complaint = find_complaint(p, thread, *number);
	if (!complaint)
		return false;
	if (fact->kind == FACT_COMPLAINT_ACKNOWLEDGED)
		complaint->state = COMPLAINT_ACKNOWLEDGED;
	if (fact->kind == FACT_COMPLAINT_ESCALATED)
		complaint->state = state_when_escalated(fact->data);
	if (fact->kind == FACT_COMPLAINT_ANSWERED) {
		complaint->state = complaint->state == COMPLAINT_WITH_MANAGER
					   ? COMPLAINT_MANAGER_ANSWERED
					   : COMPLAINT_ANSWERED;
		complaint->answered_by = fact->user;
	}
	return true;
}
