/*
 * view_mediation.c - a strand's latest mediation, as one party sees it.
 *
 * Drawn from the entries that the party may see. Whether a side has accepted the settlement its
 * other side learns once both have; the mediator knows of each.
 */
#include "concordat/core/protocol.h"
#include "concordat/wire/emit.h"
#include "view/view.h"

static bool is_of(const struct fact *fact, const struct thread *thread, enum fact_kind kind)
{
	return fact->kind == kind && fact->thread == thread->number;
}

/* The entry that proposed it, or NULL when the viewer was never told of one. */
static const struct fact *proposal_of(const struct viewer *v, const struct thread *thread)
{
	const struct placement *p = v->placement;

	for (size_t i = p->fact_count; i-- > (size_t)thread->invited_entry;)
		if (is_of(p->facts[i], thread, FACT_MEDIATION_PROPOSED))
			return view_entry(v, p->facts[i]->seq);
	return NULL;
}

static bool lapse_ended_it(const struct fact *fact)
{
	const struct not_done *data = fact->data;

	return data->duty == DUTY_CONSENT_TO_MEDIATION || data->duty == DUTY_APPOINT_MEDIATOR ||
	       data->duty == DUTY_MEDIATE;
}

static const char *ended_as(const struct fact *fact)
{
	const struct accept_settlement *accepted = fact->data;

	switch (fact->kind) {
	case FACT_MEDIATION_REFUSED:
		return "refused";
	case FACT_MEDIATION_LEFT:
		return "left";
	case FACT_MEDIATION_CONCLUDED:
		return "concluded";
	case FACT_SETTLEMENT_ACCEPTED:
		return accepted->is_agreed ? "settled" : NULL;
	case FACT_LAPSED:
		return lapse_ended_it(fact) ? "expired" : NULL;
	default:
		return NULL;
	}
}

static void put_nominee(struct writer *w, const struct fact *fact)
{
	const struct nominate_mediator *named = fact->data;

	emit_begin(w, "nominee", '{');
	emit_id(w, "organisation", named->mediator);
	emit_text(w, "name", named->name);
	emit_word(w, "named_by", side_names[fact_speaker(fact)]);
	emit_end(w, '}');
}

static void put_appointed(struct writer *w, const struct fact *fact)
{
	const struct appoint_by_body *by_body = fact->data;

	if (fact->kind == FACT_MEDIATOR_APPOINTED)
		emit_text(w, "letter", by_body->letter);
	emit_instant(w, "appointed_at", fact->recorded_at_us);
}

static void put_end(struct writer *w, const struct fact *fact)
{
	const struct conclude_mediation *concluded = fact->data;

	emit_word(w, "ended_as", ended_as(fact));
	if (fact->kind == FACT_MEDIATION_CONCLUDED)
		emit_word(w, "outcome", mediation_outcome_names[concluded->outcome]);
	emit_word(w, "ended_by", side_names[fact_speaker(fact)]);
	emit_instant(w, "ended_at", fact->occurred_at_us);
}

/* What came of the proposal: the newest nomination, and each of the others once. */
static void put_course(struct writer *w, const struct viewer *v, const struct thread *thread,
		       const struct fact *proposal)
{
	const struct fact *nominated = NULL, *appointed = NULL, *end = NULL;

	for (size_t i = (size_t)proposal->seq; i < v->placement->fact_count && !end; i++) {
		const struct fact *fact = v->placement->facts[i];

		if (fact->thread != thread->number || !view_entry(v, fact->seq))
			continue;
		if (fact->kind == FACT_MEDIATION_CONSENTED)
			emit_instant(w, "consented_at", fact->recorded_at_us);
		if (fact->kind == FACT_MEDIATOR_NOMINATED)
			nominated = fact;
		if (fact->kind == FACT_MEDIATOR_AGREED || fact->kind == FACT_MEDIATOR_APPOINTED)
			appointed = fact;
		if (ended_as(fact))
			end = fact;
	}
	if (nominated)
		put_nominee(w, nominated);
	if (appointed)
		put_appointed(w, appointed);
	if (end)
		put_end(w, end);
}

static void put_accepted(struct writer *w, const struct viewer *v, const struct mediation *m)
{
	bool all = v->party->side == SIDE_MEDIATOR ||
		   (m->accepted_by_commissioner && m->accepted_by_provider);

	emit_begin(w, "accepted", '{');
	if (all || v->party->side == SIDE_COMMISSIONER)
		emit_bool(w, "commissioner", m->accepted_by_commissioner);
	if (all || v->party->side == SIDE_PROVIDER)
		emit_bool(w, "provider", m->accepted_by_provider);
	emit_end(w, '}');
}

void view_mediation(struct writer *w, const struct viewer *v, const struct thread *thread)
{
	const struct mediation *m = &thread->mediation;
	const struct fact *proposal = m->state == MEDIATION_NONE ? NULL : proposal_of(v, thread);

	if (!proposal)
		return;
	emit_begin(w, "mediation", '{');
	emit_word(w, "state", mediation_state_names[m->state]);
	emit_word(w, "proposed_by", side_names[m->proposed_by]);
	emit_instant(w, "proposed_at", proposal->recorded_at_us);
	/* the appointing body, the shares of the cost, what it should settle */
	emit_members(w, move_schema(MOVE_PROPOSE_MEDIATION), proposal->data, v->audience);
	put_course(w, v, thread, proposal);
	emit_id(w, "mediator", m->mediator);
	if (m->settlement) {
		emit_int(w, "settlement", m->settlement);
		put_accepted(w, v, m);
	}
	emit_end(w, '}');
}
