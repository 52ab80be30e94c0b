/*
 * model_load.c - loading a version of a cost model: an authority's own, or the operator's.
 *
 * A version never changes, so that a calculation made with it can be run again years later: the
 * same document again is welcome, another one under the same version is not. Versions of one id
 * come from one place, so that nobody continues a model that others cite as somebody else's.
 */
#include "read/model_load.h"

#include "concordat/core/calendar.h"
#include "concordat/wire/document.h"
#include "concordat/wire/emit.h"
#include "internal.h"
#include "queries.h"

#define ROUNDS_MOST 3

enum column { MADE, SAME, THEIRS, THERE, STORED };

void model_load_params(struct arena *arena, const struct cost_model *model, struct text json,
		       struct uuid organisation, struct param *params)
{
	int32_t first, last;

	cost_model_effective(model, &first, &last);
	params[0] = PARAM(cost_model_id(model));
	params[1] = PARAM(cost_model_version(model));
	params[2] = PARAM(json);
	params[3] = PARAM(day_text(arena, first));
	params[4] = PARAM(last == NO_DAY ? TEXT_NONE : day_text(arena, last));
	params[5] = PARAM(cost_model_is_illustrative(model) ? TEXT("true") : TEXT("false"));
	params[6] = param_uuid(arena, organisation);
}

/* False when what is read of both is alike. */
static bool differs_from(struct arena *arena, const struct cost_model *model, struct text stored,
			 struct text *differs)
{
	struct text why;
	const struct cost_model *loaded = cost_model_stored_decode(arena, stored, &why);
	struct difference d;

	if (!loaded) {
		*differs =
			text_printf(arena, "What is loaded cannot be read by this release (%.*s).",
				    TEXT_FMT(why));
		return true;
	}
	if (!schema_difference(arena, &cost_model_schema, loaded, model, TEXT(""), &d))
		return false;
	*differs = text_printf(arena,
			       "They differ first at %.*s: what is loaded says %.*s, what is given "
			       "%.*s.",
			       TEXT_FMT(d.pointer), TEXT_FMT(d.first), TEXT_FMT(d.second));
	return true;
}

enum model_loaded model_load_outcome(struct arena *arena, const struct cost_model *model,
				     const struct rows *rows, struct text *differs)
{
	if (row_bool(rows, 0, MADE))
		return MODEL_NEW;
	if (row_bool(rows, 0, SAME))
		return MODEL_THERE;
	if (!row_bool(rows, 0, THEIRS))
		return MODEL_OTHERS;
	if (!row_bool(rows, 0, THERE) || row_is_null(rows, 0, STORED))
		return MODEL_AGAIN;
	return differs_from(arena, model, row_text(rows, 0, STORED), differs) ? MODEL_DIFFERS
									      : MODEL_THERE;
}

struct cost_model_row model_row(struct arena *arena, const struct cost_model *model)
{
	struct cost_model_row row = {
		.id = cost_model_id(model),
		.version = cost_model_version(model),
		.illustrative = cost_model_is_illustrative(model),
	};

	cost_model_effective(model, &row.effective_from_day, &row.effective_to_day);
	row.document = text_printf(arena, "/v1/cost-models/%.*s/%.*s", TEXT_FMT(row.id),
				   TEXT_FMT(row.version));
	return row;
}

/* ---- over the API ---- */

struct model_loading {
	struct call *call;
	const struct cost_model *model;
	struct param params[MODEL_LOAD_PARAMS];
	enum model_loaded loaded;
	int rounds;
};

static void answer_loaded(void *context)
{
	struct model_loading *loading = context;
	struct call *call = loading->call;
	const struct cost_model_row row = model_row(call->arena, loading->model);
	struct reply reply = {.status = loading->loaded == MODEL_NEW ? 201 : 200,
			      .location = row.document};
	struct writer w;

	writer_init(&w, call->arena);
	emit_begin(&w, NULL, '{');
	emit_members(&w, &cost_model_row_schema, &row, AUDIENCE_COMMISSIONER);
	if (loading->loaded == MODEL_THERE)
		emit_word(&w, "note", "This version is already loaded and says the same.");
	emit_end(&w, '}');
	reply.body = writer_text(&w);
	call_finish(call, &reply);
}

static void refuse_others(struct call *call)
{
	call_problem(call, 403, "cost_model_of_another",
		     TEXT("Versions of this model are loaded by another organisation. Load yours "
			  "under an id of its own."));
}

static void refuse_change(struct call *call, struct text differs)
{
	call_problem(call, 409, "cost_model_differs",
		     text_printf(call->arena,
				 "This version is loaded already and says something else. %.*s A "
				 "version is never changed, and the one that is loaded stays in "
				 "use: give this one a new version.",
				 TEXT_FMT(differs)));
}

static void ask(struct model_loading *loading);

static void on_loaded(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct model_loading *loading = context;
	struct call *call = loading->call;
	struct text differs;

	if (outcome != STORE_DONE) {
		call_store_fault(call, outcome);
		return;
	}
	loading->loaded = model_load_outcome(call->arena, loading->model, rows, &differs);
	switch (loading->loaded) {
	case MODEL_NEW:
	case MODEL_THERE:
		/* So that it can be calculated with as soon as this answer is there. */
		reference_refresh(call->app, answer_loaded, loading);
		return;
	case MODEL_DIFFERS:
		refuse_change(call, differs);
		return;
	case MODEL_OTHERS:
		refuse_others(call);
		return;
	case MODEL_AGAIN:
		break;
	}
	if (++loading->rounds < ROUNDS_MOST)
		ask(loading);
	else
		call_store_fault(call, STORE_MOVED_ON);
}

static void ask(struct model_loading *loading)
{
	call_work(loading->call, SQL_ADMINISTER_LOAD_COST_MODEL, loading->params, MODEL_LOAD_PARAMS,
		  on_loaded, loading);
}

static bool may_load(const struct caller *caller)
{
	return access_is_operator(caller) || (caller->kind == ORGANISATION_AUTHORITY &&
					      access_manages(caller, caller->organisation));
}

void app_load_cost_model(struct call *call)
{
	struct model_loading *loading = arena_make(call->arena, struct model_loading);
	struct json_errors errors;

	loading->call = call;
	if (!may_load(&call->caller)) {
		call_problem(call, 403, "forbidden",
			     TEXT("Cost models are loaded by an administrator of an authority or "
				  "of the service. Ask one of them."));
		return;
	}
	loading->model = cost_model_read(call->arena, call->body, &errors);
	if (!loading->model) {
		call_json_errors(call, &errors);
		return;
	}
	model_load_params(call->arena, loading->model, call->body,
			  access_is_operator(&call->caller) ? (struct uuid){0}
							    : call->caller.organisation,
			  loading->params);
	ask(loading);
}
