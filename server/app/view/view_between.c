/*
 * view_between.c - what the sides asked, wrote and attached beside the offers, for one party.
 *
 * Everything comes from entries the party may see, so a note of the other side leaves no gap here.
 */
#include "concordat/core/protocol.h"
#include "concordat/wire/emit.h"
#include "view/view.h"

/* The entry of that kind about this one, by the viewer's own number; NO_INT: none. */
static int64_t number_beside(const struct viewer *v, enum fact_kind kind, int32_t seq)
{
	const struct fact *beside = placement_beside(v->placement, v->party, kind, seq);

	return beside ? view_number(v, beside->seq) : NO_INT;
}

void view_marks(struct writer *w, const struct viewer *v, int32_t seq)
{
	emit_int(w, "disputed_by", number_beside(v, FACT_ENTRY_DISPUTED, seq));
	emit_int(w, "corrected_by", number_beside(v, FACT_CORRECTED, seq));
	emit_int(w, "in_error_by", number_beside(v, FACT_ENTERED_IN_ERROR, seq));
	emit_int(w, "redacted_by", number_beside(v, FACT_REDACTED, seq));
}

/* Dates that one side asked to move: what waits for an answer, what stands, what was taken back. */
static void put_extensions(struct writer *w, const struct viewer *v)
{
	emit_begin(w, "extensions", '[');
	for (size_t i = 0; i < v->placement->extension_count; i++) {
		const struct extension *extension = &v->placement->extensions[i];
		const struct fact *asked = view_entry(v, extension->entry);
		const struct obligation *o = placement_obligation(
			v->placement, extension->obligation_entry, extension->n);

		if (!asked || !o)
			continue;
		emit_begin(w, NULL, '{');
		emit_int(w, "entry", view_number(v, extension->entry));
		emit_int(w, "thread", view_strand(v, extension->thread));
		emit_int(w, "number", extension->number);
		emit_text(w, "obligation", view_obligation_id(w->arena, v, o));
		emit_word(w, "duty", duty_names[o->duty]);
		emit_int(w, "more", extension->more);
		emit_word(w, "unit", unit_names[extension->unit]);
		emit_word(w, "asked_by", side_names[extension->asked_by]);
		emit_word(w, "state", extension_state_names[extension->state]);
		emit_bool(w, "commissioner_takes_back", extension->removal_by_commissioner);
		emit_bool(w, "provider_takes_back", extension->removal_by_provider);
		emit_member(w, NULL, move_schema(MOVE_CHANGE_TIMESCALE),
			    offsetof(struct change_timescale, reason), asked->data, v->audience);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

void view_said(struct writer *w, const struct viewer *v, const struct fact *fact)
{
	emit_int(w, "entry", view_number(v, fact->seq));
	emit_instant(w, "at", fact->occurred_at_us);
	emit_word(w, "by", side_names[fact->side]);
	if (fact->on_behalf_of != NO_ENUM)
		emit_word(w, "on_behalf_of", side_names[fact->on_behalf_of]);
}

static void put_marked(struct writer *w, const struct viewer *v, const struct fact *fact)
{
	view_said(w, v, fact);
	if (view_strand(v, fact->thread))
		emit_int(w, "thread", view_strand(v, fact->thread));
	view_marks(w, v, fact->seq);
}

void view_entries(struct writer *w, const struct viewer *v, const char *name, enum fact_kind kind,
		  view_head put_head)
{
	emit_begin(w, name, '[');
	for (size_t i = 0; i < v->placement->fact_count; i++) {
		const struct fact *fact = v->placement->facts[i];

		if (fact->kind != kind || !fact_visible(fact, v->placement, v->party))
			continue;
		emit_begin(w, NULL, '{');
		put_head(w, v, fact);
		emit_members(w, move_schema((enum move)kind), fact->data, v->audience);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

/* Each statement beside an entry, and which entry that is. */
static void put_disputes(struct writer *w, const struct viewer *v)
{
	emit_begin(w, "disputes", '[');
	for (size_t i = 0; i < v->placement->fact_count; i++) {
		const struct fact *fact = v->placement->facts[i];
		const struct dispute_entry *data = fact->data;

		if (fact->kind != FACT_ENTRY_DISPUTED ||
		    !fact_visible(fact, v->placement, v->party))
			continue;
		emit_begin(w, NULL, '{');
		emit_int(w, "entry", view_number(v, fact->seq));
		emit_instant(w, "at", fact->recorded_at_us);
		emit_word(w, "by", side_names[fact->side]);
		emit_int(w, "disputes", view_number(v, data->entry));
		emit_member(w, NULL, move_schema(MOVE_DISPUTE_ENTRY),
			    offsetof(struct dispute_entry, statement), data, v->audience);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

void view_between(struct writer *w, const struct viewer *v)
{
	put_extensions(w, v);
	view_entries(w, v, "messages", FACT_MESSAGE_SENT, put_marked);
	view_entries(w, v, "notes", FACT_NOTE_WRITTEN, put_marked);
	view_entries(w, v, "documents", FACT_DOCUMENT_ATTACHED, put_marked);
	put_disputes(w, v);
}
