/*
 * compare.c - two calculations that anybody may try, one beside the other; nothing is recorded.
 *
 * Those of a placement are calculations.c's.
 */
#include "concordat/core/compare.h"
#include "concordat/app/schemas.h"
#include "concordat/wire/emit.h"
#include "internal.h"

struct compare {
	struct call *call;
	struct compare_request request;
	const struct cost_model *before, *after;
};

static void refuse_at(struct call *call, int status, const char *code, struct text detail,
		      struct flaw flaw)
{
	struct json_error *error = arena_make(call->arena, struct json_error);
	struct problem problem = {
		.status = status,
		.code = code,
		.detail = detail,
		.errors = {error, 1},
	};

	*error = (struct json_error){flaw.pointer, flaw.sentence};
	call_finish_problem(call, &problem);
}

static void refuse_unknown(struct call *call, const char *pointer)
{
	static const char sentence[] = "No such cost model and version is loaded. GET "
				       "/v1/cost-models lists them.";

	refuse_at(call, 404, "cost_model_known", text_of(sentence),
		  (struct flaw){text_of(pointer), text_of(sentence)});
}

static bool find_models(struct compare *compare)
{
	const struct compared_calculation *before = &compare->request.before;
	const struct compared_calculation *after = &compare->request.after;
	struct app *app = compare->call->app;

	compare->before = reference_cost_model(app, before->model, before->version);
	compare->after = reference_cost_model(app, after->model, after->version);
	return compare->before && compare->after;
}

static void compare_answer(struct compare *compare)
{
	struct calculation_asked before = {compare->before, &compare->request.before.inputs};
	struct calculation_asked after = {compare->after, &compare->request.after.inputs};
	struct call *call = compare->call;
	struct comparison comparison;
	struct flaw flaw;
	struct writer w;

	if (!guide_compare(call->arena, &before, &after, &comparison, &flaw)) {
		refuse_at(call, 400, "does_not_fit",
			  TEXT("The body does not fit what this asks for. Put right what errors "
			       "names and send it again."),
			  flaw);
		return;
	}
	writer_init(&w, call->arena);
	emit_begin(&w, NULL, '{');
	emit_members(&w, &comparison_schema, &comparison, AUDIENCE_PROVIDER);
	emit_word(&w, "note", "A guide price is a starting point and not a conclusion.");
	emit_end(&w, '}');
	call_answer(call, 200, writer_text(&w));
}

static void on_looked_again(void *context)
{
	struct compare *compare = context;

	if (find_models(compare))
		compare_answer(compare);
	else
		refuse_unknown(compare->call, compare->before ? "/after/model" : "/before/model");
}

void app_compare(struct call *call)
{
	struct compare *compare = arena_make(call->arena, struct compare);

	compare->call = call;
	if (!call_body(call, &compare_request_schema, &compare->request))
		return;
	if (find_models(compare))
		compare_answer(compare);
	else
		reference_look_again(call->app, on_looked_again, compare);
}
