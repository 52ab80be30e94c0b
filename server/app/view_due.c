/*
 * view_due.c - actions due, as one party sees them: by when, why that date, what happens if not.
 *
 * How late something is stands here only once it is done: until then it grows by the second, and
 * an answer that changes by itself could never be compared with the one before.
 */
#include "concordat/core/protocol.h"
#include "emit.h"
#include "view.h"

static struct text obligation_id(struct arena *arena, const struct obligation *o)
{
	return text_printf(arena, "%d.%d", o->entry, o->n);
}

static struct text if_not_done(struct arena *arena, const struct viewer *v,
			       const struct obligation *o)
{
	const struct text missed = TEXT(
		"It is recorded as not done in time, both sides are told, and it stays open until "
		"it is done.");
	const struct timescale *row = &v->settings->world.protocol->timescales[o->duty];
	const struct lapse_row *lapse = protocol_lapse(o->duty);

	switch ((enum when_not_done)row->when_not_done) {
	case NOT_DONE_MISS:
		return missed;
	case NOT_DONE_LAPSE_UNLESS_STARTED:
		if (v->placement->started_day != NO_DAY)
			return missed;
		break;
	case NOT_DONE_LAPSE:
		break;
	}
	return lapse ? text_printf(arena, "It expires, and with it: %s.", lapse->effect) : missed;
}

static void put_obligation(struct writer *w, const struct viewer *v, const struct obligation *o)
{
	struct text id = obligation_id(w->arena, o);
	struct text placement = uuid_text(w->arena, v->placement->id);
	bool open = obligation_is_open(o);

	emit_text(w, "id", id);
	emit_word(w, "duty", duty_names[o->duty]);
	emit_word(w, "owed_by", side_names[o->owed_by]);
	emit_id(w, "owed_by_organisation", obligation_owner(v->placement, o));
	if (o->thread)
		emit_int(w, "thread", o->thread);
	emit_int(w, "subject", o->subject);
	emit_word(w, "state", obligation_state_names[o->state]);
	emit_instant(w, "due_at", o->due_at_us);
	if (o->due_at_us != NEVER_US)
		emit_text(w, "due_words", instant_words(w->arena, o->due_at_us));
	emit_bool(w, "paused", open && o->due_at_us == NEVER_US);
	emit_bool(w, "provisional", o->provisional);
	if (o->nominal_day != o->due_day)
		emit_day(w, "nominal_day", o->nominal_day);
	emit_text(w, "rule", rule_text(w->arena, o->rule));
	emit_instant(w, "opened_at", o->opened_at_us);
	emit_instant(w, "missed_at", o->missed_at_us);
	emit_instant(w, "closed_at", o->closed_at_us);
	if (o->state == OBLIGATION_MET_LATE && o->due_at_us != NEVER_US)
		emit_int(w, "late_by_seconds", (o->closed_at_us - o->due_at_us) / US_PER_SECOND);
	if (open)
		emit_text(w, "if_not_done", if_not_done(w->arena, v, o));
	emit_text(w, "href",
		  text_printf(w->arena, "/v1/placements/%.*s/obligations/%.*s", TEXT_FMT(placement),
			      TEXT_FMT(id)));
}

void view_explanation(struct writer *w, const struct due_explanation *explanation)
{
	const struct due *due = &explanation->due;

	emit_instant(w, "due_at", due->at_us);
	if (due->at_us != NEVER_US) {
		emit_text(w, "due_words", instant_words(w->arena, due->at_us));
		emit_day(w, "nominal_day", due->nominal_day);
	}
	emit_bool(w, "paused", due->state == DUE_PAUSED);
	emit_bool(w, "provisional", due->provisional);
	emit_text(w, "sentence", explanation->sentence);
	emit_begin(w, "steps", '[');
	for (size_t i = 0; i < explanation->step_count; i++) {
		const struct due_step *step = &explanation->steps[i];

		emit_begin(w, NULL, '{');
		emit_day(w, "day", step->day);
		emit_text(w, "day_words", day_words(w->arena, step->day));
		emit_bool(w, "counts", step->counts);
		emit_text(w, "why", step->why);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

void view_obligation_explained(struct writer *w, const struct viewer *v, const struct obligation *o)
{
	const struct calendar *calendar = v->settings->world.calendar;
	struct due_explanation explanation =
		due_explain(w->arena, calendar, o->rule, o->anchor_us, o->pauses, o->pause_count);

	emit_begin(w, NULL, '{');
	put_obligation(w, v, o);
	emit_begin(w, "explain", '{');
	emit_instant(w, "anchor", o->anchor_us);
	emit_begin(w, "pauses", '[');
	for (size_t i = 0; i < o->pause_count; i++) {
		emit_begin(w, NULL, '{');
		emit_instant(w, "from", o->pauses[i].from_us);
		emit_instant(w, "to", o->pauses[i].to_us);
		emit_end(w, '}');
	}
	emit_end(w, ']');
	emit_word(w, "division", division_names[calendar->division]);
	emit_int(w, "calendar_version", o->calendar_version);
	view_explanation(w, &explanation);
	emit_end(w, '}');
	emit_end(w, '}');
}

void view_obligations(struct writer *w, const struct viewer *v)
{
	emit_begin(w, "obligations", '[');
	for (size_t i = 0; i < v->placement->obligation_count; i++) {
		const struct obligation *o = &v->placement->obligations[i];

		if (!view_sees_obligation(v, o))
			continue;
		emit_begin(w, NULL, '{');
		put_obligation(w, v, o);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}
