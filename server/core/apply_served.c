/*
 * apply_served.c - folds in that a notice reached nobody, and what that makes void.
 *
 * A part of apply.c, which calls it before the clocks that the same fact stops, so that what is
 * open again has no date.
 */
#include "apply_parts.h"

/* As it was before it lapsed; but what else was released with it is not owed again, so that no
 * question is waited for. The strand's provider is told what all sides were told meanwhile. */
static bool restore(struct placement *p, const struct fact *fact, struct obligation *o)
{
	struct thread *thread = (struct thread *)placement_thread(p, o->thread);

	o->state = OBLIGATION_OPEN;
	o->closed_at_us = NEVER_US;
	switch (o->duty) {
	case DUTY_DISPUTE_ENTRY:
		return true;
	case DUTY_MAKE_OFFER:
		thread->state = THREAD_OPEN;
		thread->ended_entry = 0;
		for (size_t i = 0; i < thread->question_count; i++)
			thread->questions[i].expired = !thread->questions[i].answered;
		add_party(p, thread->provider, SIDE_PROVIDER, thread, fact);
		return true;
	case DUTY_CONSENT_TO_MEDIATION:
		thread->mediation.state = MEDIATION_PROPOSED;
		return true;
	default:
		return false;
	}
}

bool apply_voids(struct placement *p, const struct fact *fact)
{
	const struct not_served *data = fact->data;
	const struct voided *voids = data->voids.items;

	for (size_t i = 0; i < data->voids.count; i++) {
		struct obligation *o = (struct obligation *)placement_obligation(
			p, (int32_t)data->entry, (int32_t)voids[i].n);

		if (!o)
			return false;
		o->changed_entry = fact->seq;
		if (voids[i].what == VOID_MISS)
			o->missed_at_us = NEVER_US;
		else if (o->state != OBLIGATION_LAPSED)
			return false;
		else if (!voids[i].is_restored)
			o->state = OBLIGATION_RELEASED;
		else if (!restore(p, fact, o))
			return false;
	}
	return true;
}

void apply_service(struct obligation *o, const struct fact *fact)
{
	if (fact->kind == FACT_NOT_SERVED)
		o->not_served_us = fact->recorded_at_us;
	if (fact->kind == FACT_SERVED || fact->kind == FACT_SERVICE_RECORDED) {
		o->not_served_us = NEVER_US;
		o->served_entry = fact->seq;
	}
}
