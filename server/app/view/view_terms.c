/*
 * view_terms.c - money and words between the sides: the guide, offers line by line, agreements.
 *
 * Each offer stands beside the guide and beside the one it answers (offers.c), the same for both
 * sides. A thread is shown to the commissioner and to its own provider; a rival's never is.
 */
#include "concordat/core/compare.h"
#include "concordat/wire/emit.h"
#include "view/offers.h"
#include "view/view.h"

/* ---- the guide ---- */

/* The entry holds the figures; how each came about is worked out again, and shown only if it comes
 * to the same penny. False when nothing is shown: the model may yet come to be held here. */
static bool put_workings(struct writer *w, const struct world *world, const struct calculate *data)
{
	const struct cost_model *model =
		world->cost_model ? world->cost_model(world->context, data->model, data->version)
				  : NULL;
	struct guide guide = {0};
	struct flaw fault;
	const struct guide_line *lines;

	if (!model || !cost_model_run(w->arena, model, &data->inputs, &guide, &fault) ||
	    !guide_is_as_stored(&guide, data))
		return false;
	lines = guide.lines.items;
	emit_begin(w, "workings", '[');
	for (size_t i = 0; i < guide.lines.count; i++)
		emit_struct(w, NULL, &guide_line_schema, &lines[i], AUDIENCE_PROVIDER);
	emit_end(w, ']');
	return true;
}

/* A calculation never changes and its model's version neither, and both sides are shown the same:
 * so it is written once, as the members of an object. Only the newest is kept: who no longer sees
 * that one is shown an older one, written for the look. */
static struct text calculation_members(struct arena *arena, const struct viewer *v,
				       const struct fact *fact)
{
	struct worked *worked = v->worked;
	struct text members;
	struct writer w;
	bool whole;

	if (worked && worked->entry == fact->seq)
		return worked->calculation;
	writer_init(&w, arena);
	emit_begin(&w, NULL, '{');
	emit_members(&w, move_schema(MOVE_CALCULATE), fact->data, AUDIENCE_PROVIDER);
	whole = put_workings(&w, &v->settings->world, fact->data);
	members = (struct text){w.at + 1, w.len - 1};
	if (worked && whole && fact->seq > worked->entry)
		*worked = (struct worked){worked->arena, fact->seq,
					  text_copy(worked->arena, members)};
	return members;
}

void view_guide(struct writer *w, const struct viewer *v)
{
	const struct fact *fact = view_newest(v, FACT_CALCULATED);

	if (!fact)
		return;
	emit_begin(w, "guide", '{');
	emit_int(w, "entry", view_number(v, fact->seq));
	emit_instant(w, "calculated_at", fact->recorded_at_us);
	emit_word(w, "note", "A guide price is a starting point and not a conclusion.");
	emit_json(w, NULL, calculation_members(w->arena, v, fact));
	emit_end(w, '}');
}

/* ---- offers ---- */

static void put_sealed_offer(struct writer *w, const struct viewer *v, const struct offer *offer)
{
	emit_begin(w, NULL, '{');
	emit_int(w, "entry", view_number(v, offer->entry));
	emit_int(w, "number", offer->number);
	emit_word(w, "state", offer_state_names[offer->state]);
	emit_bool(w, "sealed", true);
	emit_instant(w, "received_at", offer->made_at_us);
	emit_end(w, '}');
}

static void put_offers(struct writer *w, const struct viewer *v, const struct thread *thread)
{
	struct offer_beside beside;

	emit_begin(w, "offers", '[');
	for (size_t i = 0; i < thread->offer_count; i++) {
		const struct offer *offer = &thread->offers[i];

		if (offer_is_sealed(offer, v->party)) {
			put_sealed_offer(w, v, offer);
			continue;
		}
		beside = offers_beside(w->arena, &v->settings->world, v->placement, thread, i);
		emit_begin(w, NULL, '{');
		emit_int(w, "entry", view_number(v, offer->entry));
		emit_word(w, "state", offer_state_names[offer->state]);
		emit_instant(w, "made_at", offer->made_at_us);
		/* number, side, terms with their total, digest, what the maker wrote */
		emit_members(w, move_schema(MOVE_MAKE_OFFER), offer->data, v->audience);
		emit_struct(w, "comparison", &offer_beside_schema, &beside, v->audience);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

/* ---- questions, threads, agreements ---- */

/* What answered each question of the thread, in one pass from where the thread began; NULL: nothing
 * yet. */
static const struct fact **answers_of(struct arena *arena, const struct viewer *v,
				      const struct thread *thread)
{
	const struct fact **answers =
		arena_array(arena, const struct fact *, thread->question_count);
	const struct placement *p = v->placement;

	for (size_t i = (size_t)thread->invited_entry; i < p->fact_count; i++) {
		const struct fact *fact = p->facts[i];
		const struct answer *data = fact->data;

		if (fact->kind == FACT_ANSWERED && fact->thread == thread->number &&
		    data->number >= 1 && (size_t)data->number <= thread->question_count)
			answers[data->number - 1] = view_entry(v, fact->seq);
	}
	return answers;
}

static void put_questions(struct writer *w, const struct viewer *v, const struct thread *thread)
{
	const struct fact **answers = answers_of(w->arena, v, thread);

	emit_begin(w, "questions", '[');
	for (size_t i = 0; i < thread->question_count; i++) {
		const struct question *question = &thread->questions[i];
		const struct fact *asked = view_entry(v, question->entry);
		const struct fact *answered = answers[question->number - 1];

		if (!asked)
			continue;
		emit_begin(w, NULL, '{');
		emit_int(w, "number", question->number);
		emit_word(w, "asker", side_names[question->asker]);
		emit_instant(w, "asked_at", asked->recorded_at_us);
		emit_member(w, NULL, move_schema(MOVE_ASK), offsetof(struct ask, question),
			    asked->data, v->audience);
		emit_bool(w, "answered", question->answered);
		emit_bool(w, "expired", question->expired);
		if (answered) {
			emit_instant(w, "answered_at", answered->recorded_at_us);
			emit_member(w, NULL, move_schema(MOVE_ANSWER),
				    offsetof(struct answer, answer), answered->data, v->audience);
		}
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

/* Of care that ran before it was brought here: what was recorded beside its terms. */
static void put_existing(struct writer *w, const struct viewer *v, const struct thread *thread)
{
	const struct fact *fact = view_entry(v, thread->invited_entry);
	const struct record_existing_agreement *data;

	if (!fact || fact->kind != FACT_EXISTING_AGREEMENT_RECORDED)
		return;
	data = fact->data;
	emit_begin(w, "existing", '{');
	emit_day(w, "started", data->started_day);
	emit_day(w, "next_review", data->next_review_day);
	emit_word(w, "review_kind", review_kind_names[data->review_kind]);
	if (data->contract_reference.at)
		emit_text(w, "contract_reference", data->contract_reference);
	emit_end(w, '}');
}

void view_threads(struct writer *w, const struct viewer *v)
{
	emit_begin(w, "threads", '[');
	for (size_t i = 0; i < v->placement->thread_count; i++) {
		const struct thread *thread = &v->placement->threads[i];

		if (!view_sees_thread(v, thread))
			continue;
		emit_begin(w, NULL, '{');
		emit_int(w, "number", view_strand(v, thread->number));
		emit_int(w, "round", thread->round);
		emit_word(w, "state", thread_state_names[thread->state]);
		emit_id(w, "provider", thread->provider);
		emit_id(w, "home", thread->home);
		emit_bool(w, "acknowledged", thread->acknowledged);
		emit_day(w, "wanted_start", thread->wanted_start_day);
		emit_day(w, "closes", thread->closes_day);
		if (thread->closes_day != NO_DAY) {
			emit_bool(w, "sealed", thread->sealed);
			emit_bool(w, "chosen", thread->chosen);
		}
		emit_bool(w, "identity_shared", thread->identity_shared);
		if (thread->state == THREAD_OPEN)
			emit_word(w, "turn", side_names[thread->turn]);
		put_existing(w, v, thread);
		put_offers(w, v, thread);
		view_mediation(w, v, thread);
		put_questions(w, v, thread);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

void view_contribution(struct writer *w, const struct viewer *v, const struct list *funding,
		       int64_t weekly_p)
{
	struct list parts = *funding;
	const struct funding_part *part;
	struct flaw flaw;

	parts.items = arena_copy(w->arena, parts.items, parts.count * sizeof(struct funding_part));
	if (!funding_split(w->arena, &parts, weekly_p, &flaw))
		return;
	part = parts.items;
	for (size_t i = 0; i < parts.count; i++)
		if (part[i].funder == FUNDER_PERSON)
			emit_struct(w, "contribution", &funding_part_schema, &part[i], v->audience);
}

/* Who pays what of an agreed fee: by the terms, or else as the placement was opened. Left out when
 * the amounts stated then are more than the fee agreed since. */
static void put_funding(struct writer *w, const struct viewer *v, const struct terms *terms)
{
	struct list parts = terms->funding.count ? terms->funding : v->placement->opening->funding;
	const struct funding_part *part;
	struct flaw flaw;

	parts.items = arena_copy(w->arena, parts.items, parts.count * sizeof(struct funding_part));
	if (!funding_split(w->arena, &parts, terms->weekly_p, &flaw))
		return;
	part = parts.items;
	emit_begin(w, "funding", '[');
	for (size_t i = 0; i < parts.count; i++)
		emit_struct(w, NULL, &funding_part_schema, &part[i], v->audience);
	emit_end(w, ']');
}

/* The provider's right to challenge the version: until when, and what became of it. */
static void put_challenge(struct writer *w, const struct viewer *v,
			  const struct agreement *agreement)
{
	for (size_t i = 0; i < v->placement->obligation_count; i++) {
		const struct obligation *o = &v->placement->obligations[i];

		if (o->duty != DUTY_CHALLENGE_UPLIFT || o->entry != agreement->entry)
			continue;
		emit_begin(w, "challenge", '{');
		emit_word(w, "state", obligation_state_names[o->state]);
		emit_instant(w, "until", o->due_at_us);
		emit_end(w, '}');
	}
}

/* Whoever represents the person: the fee and the person's part of it, and no more of the terms. */
static void put_for_person(struct writer *w, const struct viewer *v,
			   const struct agreement *agreement)
{
	const struct list *funding = &agreement->terms->funding;

	view_contribution(w, v, funding->count ? funding : &v->placement->opening->funding,
			  agreement->terms->weekly_p);
}

static void put_terms(struct writer *w, const struct viewer *v, const struct agreement *agreement)
{
	emit_int(w, "thread", view_strand(v, agreement->thread));
	put_funding(w, v, agreement->terms);
	emit_digest(w, "terms_digest", &agreement->terms_digest);
	emit_struct(w, "terms", &terms_schema, agreement->terms, v->audience);
}

bool view_agreement(struct writer *w, const struct viewer *v, const struct agreement *agreement)
{
	const struct fact *fact = view_entry(v, agreement->entry);

	if (!fact)
		return false;
	emit_begin(w, NULL, '{');
	emit_int(w, "number", agreement->number);
	emit_word(w, "basis", agreement_basis_names[agreement->basis]);
	emit_int(w, "entry", view_number(v, agreement->entry));
	emit_instant(w, "agreed_at", fact->recorded_at_us);
	emit_day(w, "from", agreement->from_day);
	emit_day(w, "to", agreement->to_day);
	emit_day(w, "paid_from", agreement->paid_from_day);
	put_challenge(w, v, agreement);
	if (agreement->corrects)
		emit_int(w, "corrects", agreement->corrects);
	if (agreement_is_disputed(v->placement, agreement))
		emit_bool(w, "disputed", true);
	emit_money(w, "weekly", agreement->terms->weekly_p);
	if (v->party->side == SIDE_REPRESENTATIVE)
		put_for_person(w, v, agreement);
	else
		put_terms(w, v, agreement);
	emit_end(w, '}');
	return true;
}

void view_agreements(struct writer *w, const struct viewer *v)
{
	emit_begin(w, "agreements", '[');
	for (size_t i = 0; i < v->placement->agreement_count; i++)
		(void)view_agreement(w, v, &v->placement->agreements[i]);
	emit_end(w, ']');
}
