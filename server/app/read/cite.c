/*
 * cite.c - what anybody may read, cite and try: cost models, protocols, calendars, dates.
 *
 * Nothing here belongs to a placement and nothing is recorded. A document is answered as it was
 * loaded; a version never changes, so a citation of it stays true.
 */
#include "call/page.h"
#include "concordat/app/schemas.h"
#include "concordat/wire/clock.h"
#include "concordat/wire/emit.h"
#include "queries.h"
#include "read/model_load.h"
#include "view/view.h"

/* ---- cost models ---- */

void app_list_cost_models(struct call *call)
{
	const struct cost_model *const *models;
	size_t count = reference_cost_models(call->app, &models);
	struct page page = {.call = call};
	struct writer w;

	writer_init(&w, call->arena);
	emit_begin(&w, NULL, '[');
	for (size_t i = 0; i < count; i++) {
		const struct cost_model_row row = model_row(call->arena, models[i]);

		emit_struct(&w, NULL, &cost_model_row_schema, &row, AUDIENCE_COMMISSIONER);
	}
	emit_end(&w, ']');
	page_answer(&page, &w, NULL);
}

static void on_cost_model(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct call *call = context;

	if (outcome != STORE_DONE)
		call_store_fault(call, outcome);
	else if (rows->count == 0)
		call_not_found(call);
	else
		call_answer(call, 200, row_text(rows, 0, 0));
}

void app_get_cost_model(struct call *call)
{
	struct param *params = arena_array(call->arena, struct param, 2);

	params[0] = PARAM(call->path_id);
	params[1] = PARAM(call->path_second);
	call_read(call, SQL_QUERY_COST_MODEL, params, 2, on_cost_model, call);
}

/* ---- trying a cost model ---- */

static void refuse_inputs(struct call *call, const struct flaw *fault)
{
	const char *before = text_starts(fault->pointer, "/inputs") ? "" : "/inputs";

	call_refuse(call, text_printf(call->arena, "%s%.*s", before, TEXT_FMT(fault->pointer)),
		    fault->sentence);
}

static void calculate_with(struct call *call, const struct cost_model *model)
{
	struct calculate_request request;
	struct flaw fault = {0};
	struct guide guide = {0};
	struct writer w;

	if (!call_body(call, &calculate_request_schema, &request))
		return;
	if (!cost_model_run(call->arena, model, &request.inputs, &guide, &fault)) {
		refuse_inputs(call, &fault);
		return;
	}
	writer_init(&w, call->arena);
	emit_begin(&w, NULL, '{');
	emit_members(&w, &guide_schema, &guide, AUDIENCE_COMMISSIONER);
	emit_word(&w, "note", "A guide price is a starting point and not a conclusion.");
	emit_end(&w, '}');
	call_answer(call, 200, writer_text(&w));
}

static void on_looked_again(void *context)
{
	struct call *call = context;
	const struct cost_model *model =
		reference_cost_model(call->app, call->path_id, call->path_second);

	if (model)
		calculate_with(call, model);
	else
		call_not_found(call);
}

void app_calculate(struct call *call)
{
	const struct cost_model *model =
		reference_cost_model(call->app, call->path_id, call->path_second);

	if (model)
		calculate_with(call, model);
	else
		reference_look_again(call->app, on_looked_again, call);
}

/* ---- dates ---- */

static void refuse_word(struct call *call, const struct flaw *wrong)
{
	query_refuse(call, text_cstr(call->arena, wrong->pointer) + 1, wrong->sentence);
}

static void explain_by(struct call *call, const struct calendar *calendar,
		       const struct clock_asked *asked)
{
	struct explained_clock explained;
	struct flaw wrong;

	if (clock_explain(call->arena, calendar, asked, &explained, &wrong))
		call_answer(call, 200, clock_json(call->arena, &explained));
	else
		refuse_word(call, &wrong);
}

struct asked_of_authority {
	struct call *call;
	struct clock_asked asked;
};

static void on_authority(enum store_outcome outcome, const struct authority_settings *authority,
			 void *context)
{
	struct asked_of_authority *a = context;

	if (outcome != STORE_DONE)
		call_store_fault(a->call, outcome);
	else if (!authority)
		query_refuse(a->call, "authority", TEXT("There is no such authority."));
	else
		explain_by(a->call, authority->world.calendar, &a->asked);
}

/* By its own calendar, which its division is part of. */
static void explain_for_authority(struct call *call, const struct clock_words *words,
				  const struct clock_asked *asked)
{
	struct asked_of_authority *a = arena_make(call->arena, struct asked_of_authority);
	struct uuid authority;

	*a = (struct asked_of_authority){call, *asked};
	if (!query_id(call, "authority", &authority))
		return;
	if (words->division.at)
		query_refuse(call, "division",
			     TEXT("An authority's calendar has its own division. Leave it out, or "
				  "leave the authority out."));
	else
		reference_authority(call->app, authority, on_authority, a);
}

void app_explain_date(struct call *call)
{
	const struct clock_words words = {
		.from = call->query(call, "from"),
		.rule = call->query(call, "rule"),
		.division = call->query(call, "division"),
		.roll = call->query(call, "roll"),
		.pauses = call->query(call, "pauses"),
	};
	const struct calendar *calendar;
	struct clock_asked asked;
	struct flaw wrong;

	if (!clock_read(call->arena, &words, &asked, &wrong)) {
		refuse_word(call, &wrong);
		return;
	}
	if (call->query(call, "authority").at) {
		explain_for_authority(call, &words, &asked);
		return;
	}
	calendar = reference_calendar(call->app, asked.division);
	if (!calendar)
		call_problem(call, 503, "calendar_missing",
			     TEXT("No calendar is loaded for that division. Ask whoever runs the "
				  "service to load one."));
	else
		explain_by(call, calendar, &asked);
}

/* ---- protocols and calendars, whole ---- */

static void put_document(struct writer *w, const struct rows *rows, size_t row, const char *first)
{
	emit_begin(w, NULL, '{');
	emit_text(w, first, row_text(rows, row, 0));
	emit_int(w, "version", row_int(rows, row, 1, NO_INT));
	emit_json(w, "document", row_text(rows, row, 2));
	emit_end(w, '}');
}

static void put_protocol(struct page *page, struct writer *w, const struct rows *rows, size_t row)
{
	(void)page;
	put_document(w, rows, row, "id");
}

static void on_protocols(enum store_outcome outcome, const struct rows *rows, void *context)
{
	page_all(context, outcome, rows, put_protocol);
}

static void put_calendar(struct page *page, struct writer *w, const struct rows *rows, size_t row)
{
	(void)page;
	put_document(w, rows, row, "division");
}

static void on_calendars(enum store_outcome outcome, const struct rows *rows, void *context)
{
	page_all(context, outcome, rows, put_calendar);
}

void app_list_protocols(struct call *call)
{
	call_read(call, SQL_QUERY_PROTOCOLS, NULL, 0, on_protocols, call);
}

void app_list_calendars(struct call *call)
{
	call_read(call, SQL_QUERY_CALENDARS, NULL, 0, on_calendars, call);
}
