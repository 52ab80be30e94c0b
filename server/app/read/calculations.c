/*
 * calculations.c - one stored calculation of a placement: run again, beside another, or beside an
 * offer.
 *
 * The entry holds the figures, and they are what is shown. Running it again must come to the same;
 * if it ever does not, the answer says so and a line of the log does. A calculation is named by its
 * ordinal in the placement, as terms and invitations name it; what the caller may not see is not
 * there.
 */
#include "concordat/base/report.h"
#include "concordat/core/compare.h"
#include "concordat/wire/emit.h"
#include "held/look.h"

/* A calculation as it was recorded, and the model it was made with. */
struct recalled {
	int32_t number; /* 1 is the first; 0: not asked for */
	int32_t entry;	/* the party's own number of it */
	int64_t at_us;
	const struct calculate *data;
	const struct cost_model *model;
};

/* What is asked of it. All this outlives the load, whose facts are kept. */
struct recall {
	struct call *call;
	struct held *held;
	struct recalled first, second;
	struct uuid provider; /* whose strand the offer is in */
	int64_t offer;
	const struct terms *terms; /* of the offer; NULL: none asked for */
	void (*answer)(struct recall *recall);
};

/* ---- running it again ---- */

static void say_otherwise(const struct recall *recall, const struct recalled *of, const char *how)
{
	struct arena *arena = recall->call->arena;

	report(REPORT_ERROR, "app", how, "placement", text_cstr(arena, recall->call->path_id),
	       "calculation", text_cstr(arena, text_printf(arena, "%d", of->number)), "model",
	       text_cstr(arena, of->data->model), "version", text_cstr(arena, of->data->version),
	       NULL);
}

static void emit_calculation(struct writer *w, const char *name, const struct recalled *of)
{
	emit_begin(w, name, '{');
	emit_int(w, "calculation", of->number);
	emit_text(w, "model", of->data->model);
	emit_text(w, "version", of->data->version);
	emit_end(w, '}');
}

static void answer_calculation(struct recall *recall)
{
	const struct recalled *of = &recall->first;
	const struct guide_line *lines;
	struct guide guide = {0};
	struct flaw flaw;
	struct writer w;
	bool runs =
		cost_model_run(recall->call->arena, of->model, &of->data->inputs, &guide, &flaw);
	bool same = runs && guide_is_as_stored(&guide, of->data);

	if (!same)
		say_otherwise(recall, of,
			      "A stored calculation comes out otherwise when run again");
	lines = guide.lines.items;
	writer_init(&w, recall->call->arena);
	emit_begin(&w, NULL, '{');
	emit_int(&w, "calculation", of->number);
	emit_int(&w, "entry", of->entry);
	emit_instant(&w, "calculated_at", of->at_us);
	emit_word(&w, "note", "A guide price is a starting point and not a conclusion.");
	emit_members(&w, move_schema(MOVE_CALCULATE), of->data, AUDIENCE_PROVIDER);
	emit_bool(&w, "same", same);
	if (runs) {
		emit_member(&w, NULL, &guide_schema, offsetof(struct guide, defaulted), &guide,
			    AUDIENCE_PROVIDER);
		emit_begin(&w, "workings", '[');
		for (size_t i = 0; i < guide.lines.count; i++)
			emit_struct(&w, NULL, &guide_line_schema, &lines[i], AUDIENCE_PROVIDER);
		emit_end(&w, ']');
	}
	emit_end(&w, '}');
	call_answer(recall->call, 200, writer_text(&w));
}

/* ---- beside another ---- */

static void answer_two(struct recall *recall)
{
	struct calculation_asked before = {recall->first.model, &recall->first.data->inputs};
	struct calculation_asked after = {recall->second.model, &recall->second.data->inputs};
	struct comparison comparison;
	struct flaw flaw;
	struct writer w;

	if (!text_eq(recall->first.data->unit, recall->second.data->unit)) {
		query_refuse(recall->call, "calculation",
			     TEXT("One of the two is a price for an hour and the other for a week. "
				  "Name one that prices the same."));
		return;
	}
	if (!guide_compare(recall->call->arena, &before, &after, &comparison, &flaw)) {
		say_otherwise(recall,
			      text_starts(flaw.pointer, "/after") ? &recall->second
								  : &recall->first,
			      "A stored calculation cannot be run again");
		look_broken(recall->call);
		return;
	}
	writer_init(&w, recall->call->arena);
	emit_begin(&w, NULL, '{');
	emit_calculation(&w, "before", &recall->first);
	emit_calculation(&w, "after", &recall->second);
	emit_members(&w, &comparison_schema, &comparison, AUDIENCE_PROVIDER);
	emit_word(&w, "note", "A guide price is a starting point and not a conclusion.");
	emit_end(&w, '}');
	call_answer(recall->call, 200, writer_text(&w));
}

static void answer_offer(struct recall *recall)
{
	struct offer_comparison comparison;
	struct writer w;

	guide_beside_offer(recall->call->arena, recall->first.model, recall->first.data,
			   recall->terms, &comparison);
	writer_init(&w, recall->call->arena);
	emit_begin(&w, NULL, '{');
	emit_calculation(&w, "guide", &recall->first);
	emit_id(&w, "provider", recall->provider);
	emit_int(&w, "offer", recall->offer);
	emit_members(&w, &offer_comparison_schema, &comparison, AUDIENCE_PROVIDER);
	emit_word(&w, "note", "A guide price is a starting point and not a conclusion.");
	emit_end(&w, '}');
	call_answer(recall->call, 200, writer_text(&w));
}

/* ---- finding it ---- */

static bool find_models(struct recall *recall)
{
	struct recalled *const all[] = {&recall->first, &recall->second};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (!all[i]->number)
			continue;
		all[i]->model = reference_cost_model(recall->call->app, all[i]->data->model,
						     all[i]->data->version);
		if (!all[i]->model)
			return false;
	}
	return true;
}

/* Loaded since by another daemon, or not to be had: a version is never taken away. */
static void on_looked_again(void *context)
{
	struct recall *recall = context;

	if (find_models(recall)) {
		recall->answer(recall);
	} else {
		say_otherwise(recall, recall->first.model ? &recall->second : &recall->first,
			      "The cost model of a stored calculation is not loaded");
		call_problem(recall->call, 503, "cost_model_missing",
			     TEXT("The cost model of this calculation cannot be read just now. It "
				  "has been reported; try again later."));
	}
	load_release(recall->held);
}

/* From the callback of the load. */
static void answer_recall(struct recall *recall, void (*answer)(struct recall *recall))
{
	recall->answer = answer;
	if (find_models(recall)) {
		answer(recall);
		return;
	}
	recall->held = load_keep(recall->call->app);
	reference_look_again(recall->call->app, on_looked_again, recall);
}

static bool recall_one(const struct viewer *v, int32_t number, struct recalled *out)
{
	const struct placement *p = v->placement;
	const struct fact *fact;

	if (number < 1 || (size_t)number > p->calculation_count)
		return false;
	fact = view_entry(v, p->calculations[number - 1].entry);
	if (!fact)
		return false;
	*out = (struct recalled){
		.number = number,
		.entry = view_number(v, fact->seq),
		.at_us = fact->recorded_at_us,
		.data = p->calculations[number - 1].data,
	};
	return true;
}

/* Of that thread, by the caller's own number; 0: the caller's own newest, or to the commissioner
 * the placement's. */
static bool recall_offer(const struct viewer *v, int32_t strand, int32_t number, struct recall *out)
{
	const struct placement *p = v->placement;
	int64_t newest = v->party->thread ? v->party->thread : (int64_t)p->thread_count;
	const struct thread *thread =
		placement_thread(p, strand ? party_thread(p, v->party, strand) : newest);
	const struct offer *offer;

	if (!thread || !view_sees_thread(v, thread) || number < 1 ||
	    (size_t)number > thread->offer_count)
		return false;
	offer = &thread->offers[number - 1];
	if (!view_entry(v, offer->entry) || offer_is_sealed(offer, v->party))
		return false;
	out->provider = thread->provider;
	out->offer = offer->number;
	out->terms = &offer->data->terms;
	return true;
}

static bool recall_path(struct look *look, const struct viewer *v, struct recall **out)
{
	struct call *call = look->call;
	struct recall *recall = arena_make(call->arena, struct recall);
	int32_t number;

	recall->call = call;
	*out = recall;
	if (text_to_number(call->path_second, &number) && recall_one(v, number, &recall->first))
		return true;
	call_not_found(call);
	return false;
}

static void on_calculation_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	struct recall *recall;
	struct viewer v;

	if (!look_begin(look, loaded))
		return;
	v = look_viewer(look, look->now);
	if (recall_path(look, &v, &recall))
		answer_recall(recall, answer_calculation);
}

void app_get_calculation(struct call *call)
{
	look_start(call, on_calculation_loaded);
}

/* ---- what to put beside it ---- */

struct beside {
	int32_t calculation, offer, thread; /* 0: not given */
};

static bool beside_read(struct call *call, struct beside *beside)
{
	*beside = (struct beside){0};
	if (!query_number(call, "calculation", &beside->calculation) ||
	    !query_number(call, "offer", &beside->offer) ||
	    !query_number(call, "thread", &beside->thread))
		return false;
	if (!beside->calculation == !beside->offer) {
		query_refuse(call, "calculation",
			     TEXT("Give the number of a calculation, or else of an offer: one of "
				  "the two."));
		return false;
	}
	if (beside->thread && !beside->offer) {
		query_refuse(call, "thread",
			     TEXT("It says whose offer is meant: give it with one."));
		return false;
	}
	return true;
}

static void on_compared_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	struct beside beside;
	struct recall *recall;
	struct viewer v;

	if (!look_begin(look, loaded))
		return;
	v = look_viewer(look, look->now);
	if (!recall_path(look, &v, &recall) || !beside_read(look->call, &beside))
		return;
	if (beside.offer && recall_offer(&v, beside.thread, beside.offer, recall))
		answer_recall(recall, answer_offer);
	else if (beside.calculation && recall_one(&v, beside.calculation, &recall->second))
		answer_recall(recall, answer_two);
	else
		call_not_found(look->call);
}

void app_compare_calculation(struct call *call)
{
	look_start(call, on_compared_loaded);
}
