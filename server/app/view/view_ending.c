/*
 * view_ending.c - how care ends or passes on, and complaints, as one party sees them.
 *
 * Drawn from the entries that the party may see. A provider that has given the care up reads its
 * own side of it for ever, and nothing that came after.
 */
#include "concordat/core/protocol.h"
#include "concordat/wire/emit.h"
#include "view/view.h"

static void put_entry(struct writer *w, const struct viewer *v, const char *name,
		      const struct fact *fact)
{
	if (!fact)
		return;
	emit_begin(w, name, '{');
	emit_int(w, "entry", view_number(v, fact->seq));
	emit_instant(w, "at", fact->occurred_at_us);
	emit_word(w, "by", side_names[fact_speaker(fact)]);
	emit_members(w, move_schema((enum move)fact->kind), fact->data, v->audience);
	emit_end(w, '}');
}

static void put_plan(struct writer *w, const struct viewer *v, const char *name,
		     enum fact_kind kind)
{
	const struct fact *fact = view_newest(v, kind);
	const struct file_plan *plan = fact ? fact->data : NULL;

	if (!plan)
		return;
	emit_begin(w, name, '{');
	emit_int(w, "entry", view_number(v, fact->seq));
	emit_instant(w, "at", fact->occurred_at_us);
	emit_member(w, NULL, move_schema(MOVE_FILE_EXIT_PLAN), offsetof(struct file_plan, plan),
		    plan, v->audience);
	if (plan->document != NO_INT && view_number(v, plan->document))
		emit_int(w, "document", view_number(v, plan->document));
	emit_end(w, '}');
}

/* What is proposed, or was done last, for a party of it. */
static void put_novation(struct writer *w, const struct viewer *v)
{
	const struct novation *n = &v->placement->novation;
	const struct fact *consented = view_newest(v, FACT_NOVATION_CONSENTED);
	const struct fact *proposed = view_newest(v, FACT_NOVATION_PROPOSED);
	const struct consent_to_novation *consent;
	bool is_open = n->entry && (view_entry(v, n->entry) ||
				    (n->new_thread && n->new_thread == v->party->thread));

	if (is_open && consented && consented->seq < n->entry)
		consented = NULL; /* of an earlier one */
	consent = consented ? consented->data : NULL;
	if (!is_open && (!consent || consent->agreement == NO_INT))
		return; /* none was proposed, or it came to nothing */
	emit_begin(w, "novation", '{');
	if (proposed) {
		emit_int(w, "entry", view_number(v, proposed->seq));
		emit_word(w, "proposed_by", side_names[fact_speaker(proposed)]);
	}
	emit_members(w, move_schema(consented ? MOVE_CONSENT_TO_NOVATION : MOVE_NOVATE),
		     consented ? consented->data : proposed->data, v->audience);
	if (is_open)
		emit_word(w, "waits_for",
			  n->new_thread				? "new_provider"
			  : n->proposed_by == SIDE_COMMISSIONER ? side_names[SIDE_PROVIDER]
								: side_names[SIDE_COMMISSIONER]);
	emit_end(w, '}');
}

void view_ending(struct writer *w, const struct viewer *v)
{
	put_entry(w, v, "notice", view_newest(v, FACT_NOTICE_GIVEN));
	put_plan(w, v, "exit_plan", FACT_EXIT_PLAN_FILED);
	put_plan(w, v, "handover_plan", FACT_HANDOVER_PLAN_FILED);
	put_novation(w, v);
	put_entry(w, v, "ending", view_newest(v, FACT_CARE_ENDED));
	put_entry(w, v, "death", view_newest(v, FACT_DEATH_RECORDED));
	put_entry(w, v, "transfer", view_newest(v, FACT_TRANSFERRED));
}

/* ---- complaints ---- */

static const char *step_of(enum fact_kind kind)
{
	switch (kind) {
	case FACT_COMPLAINT_ACKNOWLEDGED:
		return "acknowledged";
	case FACT_COMPLAINT_ANSWERED:
		return "answered";
	case FACT_COMPLAINT_ESCALATED:
		return "escalated";
	default:
		return NULL;
	}
}

/* What followed it, in the order in which it did. */
static void put_steps(struct writer *w, const struct viewer *v, const struct complaint *complaint)
{
	emit_begin(w, "steps", '[');
	for (size_t i = (size_t)complaint->entry; i < v->placement->fact_count; i++) {
		const struct fact *fact = v->placement->facts[i];
		const struct thread *thread = placement_thread(v->placement, fact->thread);
		const int64_t *number = fact->data; /* the first member of each */

		if (!step_of(fact->kind) || *number != complaint->number || !thread ||
		    !uuid_eq(thread->provider, complaint->provider))
			continue;
		emit_begin(w, NULL, '{');
		emit_word(w, "step", step_of(fact->kind));
		view_said(w, v, fact);
		emit_members(w, move_schema((enum move)fact->kind), fact->data, v->audience);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

void view_complaints(struct writer *w, const struct viewer *v)
{
	emit_begin(w, "complaints", '[');
	for (size_t i = 0; i < v->placement->complaint_count; i++) {
		const struct complaint *complaint = &v->placement->complaints[i];
		const struct fact *raised = view_entry(v, complaint->entry);

		if (!raised)
			continue;
		emit_begin(w, NULL, '{');
		emit_int(w, "entry", view_number(v, raised->seq));
		emit_int(w, "thread", view_strand(v, raised->thread));
		emit_word(w, "raised_by", side_names[complaint->raised_by]);
		if (raised->on_behalf_of != NO_ENUM)
			emit_word(w, "recorded_by", side_names[raised->side]);
		emit_instant(w, "raised_at", raised->occurred_at_us);
		emit_word(w, "state", complaint_state_names[complaint->state]);
		emit_members(w, move_schema(MOVE_RAISE_COMPLAINT), raised->data, v->audience);
		put_steps(w, v, complaint);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}
