/*
 * apply_paying.c - folds what was said about who pays what: interim terms, payers, nights away.
 */
#include "apply_parts.h"

static void apply_interim(struct placement *p, const struct fact *fact)
{
	const struct agree_interim_terms *data = fact->data;
	struct thread *thread = fact_thread(p, fact);
	struct interim *interim;

	if (thread && data->side == SIDE_PROVIDER)
		thread->acknowledged = true; /* who answers has the invitation */
	if (data->is_agreed && p->interim_count) {
		p->interims[p->interim_count - 1].agreed_entry = fact->seq;
		return;
	}
	interim = LIST_ADD(p->arena, p->interims, p->interim_count);
	*interim = (struct interim){
		.thread = fact->thread,
		.entry = fact->seq,
		.side = (enum side)data->side,
		.weekly_p = data->weekly_p,
		.basis = (enum interim_basis)data->basis,
		.from_day = data->from_day,
	};
}

static void apply_absence(struct placement *p, const struct fact *fact)
{
	const struct record_absence *data = fact->data;

	*LIST_ADD(p->arena, p->absences, p->absence_count) = (struct absence){
		.entry = fact->seq,
		.kind = (enum absence_kind)data->kind,
		.from_day = data->from_day,
		.to_day = data->to_day,
		.held_r = data->held_r,
	};
}

static bool apply_absence_end(struct placement *p, const struct fact *fact)
{
	const struct end_absence *data = fact->data;

	if (data->number < 1 || (size_t)data->number > p->absence_count)
		return false;
	p->absences[data->number - 1].to_day = data->to_day;
	p->absences[data->number - 1].ended_entry = fact->seq;
	return true;
}

bool apply_paying(struct placement *p, const struct fact *fact)
{
	switch (fact->kind) {
	case FACT_INTERIM_TERMS_ENTERED:
		apply_interim(p, fact);
		return true;
	case FACT_FUNDING_CHANGED:
		*LIST_ADD(p->arena, p->funding_changes, p->funding_change_count) =
			(struct funding_change){fact->seq, fact->data};
		return true;
	case FACT_TOP_UP_SIGNED:
		*LIST_ADD(p->arena, p->top_ups, p->top_up_count) =
			(struct top_up){fact->seq, fact->data};
		return true;
	case FACT_ABSENCE_RECORDED:
		apply_absence(p, fact);
		return true;
	case FACT_ABSENCE_ENDED:
		return apply_absence_end(p, fact);
	default:
		return false;
	}
}
