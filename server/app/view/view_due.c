/*
 * view_due.c - actions due, as one party sees them: by when, why that date, what happens if not.
 *
 * How late something is stands here only once it is done: until then it grows by the second, and
 * an answer that changes by itself could never be compared with the one before.
 */
#include <string.h>

#include "concordat/core/protocol.h"
#include "concordat/wire/clock.h"
#include "concordat/wire/emit.h"
#include "view/view.h"

struct text view_obligation_id(struct arena *arena, const struct viewer *v,
			       const struct obligation *obligation)
{
	return text_printf(arena, "%d.%d", view_number(v, obligation->entry), obligation->n);
}

const struct obligation *view_obligation_find(const struct viewer *v, struct text id)
{
	const char *dot = id.at ? memchr(id.at, '.', id.len) : NULL;
	size_t before = dot ? (size_t)(dot - id.at) : 0;
	const struct obligation *obligation;
	int32_t entry, n;

	if (!dot || !text_to_number((struct text){id.at, before}, &entry) ||
	    !text_to_number((struct text){dot + 1, id.len - before - 1}, &n))
		return NULL;
	obligation =
		placement_obligation(v->placement, party_seq(v->placement, v->party, entry), n);
	return obligation && view_sees_obligation(v, obligation) ? obligation : NULL;
}

/* True when the viewer sees the entry; *entry is then its number. */
static bool renumber(const struct viewer *v, int64_t *entry)
{
	*entry = view_number(v, *entry);
	return *entry > 0;
}

/* Their first member is the entry that was told of. */
static bool names_a_notice(enum fact_kind kind)
{
	return kind == FACT_NOT_SERVED || kind == FACT_SERVED || kind == FACT_SERVICE_RECORDED ||
	       kind == FACT_DELIVERY_ACKNOWLEDGED;
}

static void renumber_threads(const struct viewer *v, struct fact *copy)
{
	struct choose_provider *choice = (void *)copy->data;
	struct opened *opens = copy->opens.items;
	struct score *scores;

	copy->thread = view_strand(v, copy->thread);
	for (size_t i = 0; i < copy->opens.count; i++)
		opens[i].thread = view_strand(v, opens[i].thread);
	if (copy->kind != FACT_PROVIDER_CHOSEN)
		return;
	scores = choice->scores.items;
	for (size_t i = 0; i < choice->scores.count; i++)
		scores[i].thread = view_strand(v, scores[i].thread);
}

/* Nothing of the strands, nor of what the sides owe each other there. */
static void leave_persons(struct fact *copy)
{
	struct opened *opens = copy->opens.items;
	struct not_done *not_done = (void *)copy->data;
	size_t kept = 0;

	copy->round = copy->thread = 0;
	for (size_t i = 0; i < copy->opens.count; i++)
		if (duty_concerns_person((enum duty)opens[i].duty, (enum side)opens[i].owed_by))
			opens[kept++] = opens[i];
	copy->opens.count = kept;
	if (copy->kind == FACT_LAPSED &&
	    !duty_concerns_person((enum duty)not_done->duty, (enum side)not_done->owed_by))
		*not_done = (struct not_done){NO_INT,  NO_INT,	 NO_ENUM,
					      NO_ENUM, NEVER_US, not_done->end_reason};
}

/* Of an entry a co-payer is shown its own members alone (the field tables). */
static void leave_co_payers(struct fact *copy)
{
	copy->round = copy->thread = 0;
	copy->opens.count = copy->closes.count = copy->changes.count = 0;
}

void view_own_numbers(const struct viewer *v, struct fact *copy)
{
	struct closed *closes = copy->closes.items;
	struct due_change *changes = copy->changes.items;
	struct not_done *not_done = (void *)copy->data;
	struct file_plan *plan = (void *)copy->data;
	struct change_timescale *asked = (void *)copy->data;
	struct dispute_entry *dispute = (void *)copy->data;
	struct record_service *service = (void *)copy->data;
	size_t kept = 0;

	if (v->party->side == SIDE_REPRESENTATIVE)
		leave_persons(copy);
	if (v->party->side == SIDE_CO_PAYER)
		leave_co_payers(copy);
	renumber_threads(v, copy);
	for (size_t i = 0; i < copy->closes.count; i++)
		if (renumber(v, &closes[i].entry))
			closes[kept++] = closes[i];
	copy->closes.count = kept;
	kept = 0;
	for (size_t i = 0; i < copy->changes.count; i++)
		if (renumber(v, &changes[i].entry))
			changes[kept++] = changes[i];
	copy->changes.count = kept;
	if ((copy->kind == FACT_MISSED || copy->kind == FACT_LAPSED) &&
	    !renumber(v, &not_done->entry))
		not_done->entry = not_done->n = NO_INT;
	if ((copy->kind == FACT_EXIT_PLAN_FILED || copy->kind == FACT_HANDOVER_PLAN_FILED) &&
	    plan->document != NO_INT && !renumber(v, &plan->document))
		plan->document = NO_INT;
	if (names_a_notice(copy->kind))
		(void)renumber(v, (int64_t *)copy->data); /* whoever sees this, sees that */
	if (copy->kind == FACT_SERVICE_RECORDED && service->document != NO_INT &&
	    !renumber(v, &service->document))
		service->document = NO_INT;
	if (copy->kind == FACT_TIMESCALE_CHANGE_ASKED && !renumber(v, &asked->entry))
		asked->entry = asked->n = NO_INT;
	if (fact_is_beside(copy->kind) && !renumber(v, &dispute->entry))
		dispute->entry = NO_INT;
	if (copy->on_behalf_of != NO_ENUM && copy->evidence.entry != NO_INT &&
	    !renumber(v, &copy->evidence.entry))
		copy->evidence.entry = NO_INT;
}

static struct text if_not_done(struct arena *arena, const struct viewer *v,
			       const struct obligation *o)
{
	const struct text missed = TEXT("It is recorded as not done in time, both sides are told, "
					"and it stays open until it is done.");
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

/* How the notice was served that no channel had brought before. */
static const char *served_by(const struct fact *fact)
{
	return fact->kind == FACT_SERVED
		       ? channel_names[((const struct served *)fact->data)->channel]
		       : service_means_names[((const struct record_service *)fact->data)->how];
}

/* Whether whoever must act was told: the clock runs from there. */
static void put_service(struct writer *w, const struct viewer *v, const struct obligation *o)
{
	bool own = uuid_eq(obligation_addressee(v->placement, o), v->party->organisation);
	const struct fact *fact;

	emit_bool(w, "served", !obligation_waits_for_service(o));
	if (obligation_waits_for_service(o)) {
		emit_instant(w, "not_served_since", o->not_served_us);
		emit_text(w, "alert",
			  own ? TEXT("Not served: we could not reach you. The clock has not "
				     "started.")
			      : TEXT("Not served: telephone or write, and record it "
				     "(record_service). The clock has not started."));
	}
	if (o->served_entry) {
		fact = v->placement->facts[o->served_entry - 1];
		emit_instant(w, "served_at", fact->occurred_at_us);
		emit_word(w, "served_by", served_by(fact));
	}
}

static void put_obligation(struct writer *w, const struct viewer *v, const struct obligation *o)
{
	struct text id = view_obligation_id(w->arena, v, o);
	struct text placement = uuid_text(w->arena, v->placement->id);
	bool open = obligation_is_open(o);

	emit_text(w, "id", id);
	emit_word(w, "duty", duty_names[o->duty]);
	emit_word(w, "owed_by", side_names[o->owed_by]);
	emit_id(w, "owed_by_organisation", obligation_owner(v->placement, o));
	if (view_strand(v, o->thread))
		emit_int(w, "thread", view_strand(v, o->thread));
	emit_int(w, "subject", o->subject);
	emit_word(w, "state", obligation_state_names[o->state]);
	emit_instant(w, "due_at", o->due_at_us);
	if (o->due_at_us != NEVER_US)
		emit_text(w, "due_words", instant_words(w->arena, o->due_at_us));
	emit_bool(w, "paused", open && obligation_is_paused(o));
	put_service(w, v, o);
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

void view_obligation_explained(struct writer *w, const struct viewer *v, const struct obligation *o)
{
	const struct calendar *calendar = settings_calendar(v->settings, o->calendar_version);
	const struct calendar_versions by = calendar_versions(calendar);
	struct due_explanation explanation =
		due_explain(w->arena, calendar, o->rule, o->anchor_us, o->pauses, o->pause_count);
	struct explained_date date;

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
	emit_int(w, "calendar_version", by.calendar);
	emit_int(w, "bank_holidays_version", by.bank_holidays);
	emit_int(w, "closures_version", by.closures);
	date = clock_date(w->arena, &explanation);
	if (obligation_waits_for_service(o))
		emit_text(w, "sentence",
			  TEXT("Its notice has reached nobody, so the clock has not started: it "
			       "starts when that is served, or when they open the placement."));
	else
		emit_members(w, &explained_date_schema, &date, AUDIENCE_COMMISSIONER);
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
