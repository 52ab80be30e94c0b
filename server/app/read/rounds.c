/*
 * rounds.c - a round's comparison: every offer of one strand, line by line, and the gap.
 *
 * Both sides are answered with the same bytes: nothing here is numbered or worded for one of them,
 * and the guide shown is one that both have. Of a sealed strand its provider alone sees what was
 * offered; a strand that the caller is no part of is not there.
 */
#include "concordat/base/report.h"
#include "concordat/core/compare.h"
#include "concordat/wire/emit.h"
#include "held/look.h"
#include "view/offers.h"

#define NOTE "A guide price is a starting point and not a conclusion."

struct compared {
	struct look *look;
	const struct placement *placement;
	const struct round *round;
	struct thread thread; /* a copy, whose offers' reasons may be filled in; number 0: none */
};

/* ---- the strand ---- */

/* Whose it is to see, and in that round. */
static bool is_candidate(const struct viewer *v, const struct round *round,
			 const struct thread *thread)
{
	return thread && thread->round == round->number && view_sees_thread(v, thread);
}

/* The one that is meant when none is named: the open one, or the newest. False when the call was
 * answered: several are open. */
static bool usual_thread(struct call *call, const struct viewer *v, const struct round *round,
			 const struct thread **out)
{
	const struct placement *p = v->placement;
	size_t open = 0;

	*out = NULL;
	for (size_t i = 0; i < p->thread_count; i++) {
		if (!is_candidate(v, round, &p->threads[i]))
			continue;
		open += p->threads[i].state == THREAD_OPEN;
		*out = &p->threads[i];
	}
	if (is_candidate(v, round, placement_open_thread(p)))
		*out = placement_open_thread(p);
	else if (open > 1) {
		query_refuse(call, "thread",
			     TEXT("Several providers are invited. Say whose strand is meant."));
		return false;
	}
	return true;
}

/* False when the call was answered. */
static bool find_thread(struct call *call, const struct viewer *v, const struct round *round,
			const struct thread **out)
{
	int32_t number = 0;

	if (!query_number(call, "thread", &number))
		return false;
	if (!number)
		return usual_thread(call, v, round, out);
	*out = placement_thread(v->placement, party_thread(v->placement, v->party, number));
	if (is_candidate(v, round, *out))
		return true;
	call_not_found(call);
	return false;
}

/* Reasons are read, and the reading recorded, of what is shown here and of nothing else. */
static void want_reasons(struct look *look, const struct viewer *v, struct thread *thread)
{
	struct offer *offers = arena_copy(look->call->arena, thread->offers,
					  thread->offer_count * sizeof(*offers));

	thread->offers = offers;
	for (size_t i = 0; i < thread->offer_count; i++) {
		const struct fact *fact = view_entry(v, offers[i].entry);
		struct make_offer *data;
		struct fact *copy;

		if (!fact || !fact_puts_offer(fact->kind) || !look_reads_texts(look, fact) ||
		    fact_is_sealed(fact, v->placement, v->party))
			continue;
		copy = texts_copy(look->call->arena, fact);
		data = (struct make_offer *)copy->data; /* made for us */
		data->covering_note = data->above_guide_reason = (struct personal){0};
		texts_want(&look->texts, copy, v->audience);
		offers[i].data = data;
	}
}

/* ---- the answer ---- */

static struct guide_beside guide_at(struct arena *arena, const struct placement *placement,
				    int64_t number)
{
	const struct calculate *data = offers_guide(placement, number);

	if (!data)
		return (struct guide_beside){
			.calculation = NO_INT, .low_p = NO_INT, .mid_p = NO_INT, .high_p = NO_INT};
	return (struct guide_beside){
		.calculation = number,
		.model = data->model,
		.version = data->version,
		.document = text_printf(arena, "/v1/cost-models/%.*s/%.*s", TEXT_FMT(data->model),
					TEXT_FMT(data->version)),
		.workings =
			text_printf(arena, "/v1/placements/%.*s/calculations/%lld",
				    TEXT_FMT(uuid_text(arena, placement->id)), (long long)number),
		.low_p = data->weekly_low_p,
		.mid_p = data->weekly_mid_p,
		.high_p = data->weekly_high_p,
	};
}

/* The newest that the strand's provider has too, so that both sides are shown the same one. */
static int64_t guide_of_both(const struct viewer *v, const struct thread *thread)
{
	const struct placement *p = v->placement;
	const struct party *party =
		thread->number ? placement_party(p, thread->provider) : v->party;

	for (size_t i = p->calculation_count; party && i-- > 0;)
		if (fact_visible(p->facts[p->calculations[i].entry - 1], p, party))
			return (int64_t)i + 1;
	return NO_INT;
}

static struct compared_offer compare_offer(struct arena *arena, const struct viewer *v,
					   const struct thread *thread, size_t n)
{
	const struct offer *offer = &thread->offers[n];
	const struct terms *terms = &offer->data->terms;
	struct compared_offer out = {
		.number = offer->number,
		.side = (int32_t)offer->side,
		.state = NO_ENUM,
		.made_at_us = offer->made_at_us,
		.valid_until_day = NO_DAY,
		.answers = NO_INT,
		.weekly_p = NO_INT,
		.guide = guide_at(arena, v->placement, NO_INT),
	};

	schema_clear(&offer_beside_schema, &out.comparison);
	if (fact_is_sealed(v->placement->facts[offer->entry - 1], v->placement, v->party))
		return out;
	out.state = (int32_t)offer->state;
	out.valid_until_day = offer->data->valid_until_day;
	out.answers = offer->data->answers;
	out.weekly_p = terms->weekly_p;
	out.terms_digest = offer->data->terms_digest;
	out.guide = guide_at(arena, v->placement, terms->calculation);
	out.comparison = offers_beside(arena, &v->settings->world, v->placement, thread, n);
	return out;
}

static void answer_round(struct look *look)
{
	const struct compared *compared = look->texts.context;
	const struct thread *thread = &compared->thread;
	const struct viewer v = look_viewer(look, compared->placement);
	struct arena *arena = look->call->arena;
	struct compared_offer *offers = NULL;
	struct round_comparison out = {
		.placement = compared->placement->id,
		.round = compared->round->number,
		.provider = thread->provider,
		.kind = (int32_t)compared->round->kind,
		.sealed = thread->sealed,
		.guide = guide_at(arena, v.placement, guide_of_both(&v, thread)),
		.gap_p = NO_INT,
		.note = TEXT(NOTE),
	};
	struct writer w;

	for (size_t i = 0; i < thread->offer_count; i++)
		if (view_entry(&v, thread->offers[i].entry))
			*LIST_ADD(arena, offers, out.offers.count) =
				compare_offer(arena, &v, thread, i);
	out.offers.items = offers;
	if (out.offers.count)
		out.gap_p = offers[out.offers.count - 1].comparison.gap_p;
	writer_init(&w, arena);
	emit_struct(&w, NULL, &round_comparison_schema, &out, v.audience);
	call_answer(look->call, 200, writer_text(&w));
}

/* ---- finding it ---- */

static const struct round *round_find(const struct placement *placement, struct text number)
{
	int32_t n;

	if (!text_to_number(number, &n) || (size_t)n > placement->round_count)
		return NULL;
	return &placement->rounds[n - 1];
}

static void on_round_loaded_again(const struct loaded *loaded, void *context);

/* Loaded since by another daemon, or not to be had: a version is never taken away. */
static void on_looked_again(void *context)
{
	look_start(context, on_round_loaded_again);
}

static void say_missing(struct look *look)
{
	report(REPORT_ERROR, "app", "The cost model of a stored calculation is not loaded",
	       "placement", text_cstr(look->call->arena, look->call->path_id), NULL);
	call_problem(look->call, 503, "cost_model_missing",
		     TEXT("The cost model of a calculation cannot be read just now. It has been "
			  "reported; try again later."));
}

static void compare_round(struct look *look, const struct loaded *loaded, bool again)
{
	struct compared *compared = arena_make(look->call->arena, struct compared);
	const struct thread *thread;
	struct viewer v;

	if (!look_begin(look, loaded))
		return;
	v = look_viewer(look, look->now);
	compared->placement = look->now;
	compared->round = round_find(look->now, look->call->path_second);
	if (!compared->round) {
		call_not_found(look->call);
		return;
	}
	if (!find_thread(look->call, &v, compared->round, &thread))
		return;
	if (!thread && v.party->side != SIDE_COMMISSIONER) {
		call_not_found(look->call);
		return;
	}
	if (thread)
		compared->thread = *thread;
	if (!offers_models_known(&look->settings->world, look->now, &compared->thread)) {
		if (again)
			say_missing(look);
		else
			reference_look_again(look->call->app, on_looked_again, look->call);
		return;
	}
	want_reasons(look, &v, &compared->thread);
	look->texts.context = compared;
	look_answer(look, answer_round);
}

static void on_round_loaded(const struct loaded *loaded, void *context)
{
	compare_round(context, loaded, false);
}

static void on_round_loaded_again(const struct loaded *loaded, void *context)
{
	compare_round(context, loaded, true);
}

void app_compare_round(struct call *call)
{
	look_start(call, on_round_loaded);
}
