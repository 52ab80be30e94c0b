/*
 * portfolio.c - an uplift of all agreements of an authority: asked for, looked at, stopped.
 *
 * Here is the order and how it goes; the walk through the placements is a job of its own, which
 * takes each by app_uplift_one. The request is kept as it was asked, with the day that the new fees
 * are paid from filled in, so that every placement is paid from the same one.
 */
#include "call/keyed.h"
#include "call/page.h"
#include "concordat/app/schemas.h"
#include "concordat/base/report.h"
#include "concordat/wire/emit.h"
#include "queries.h"
#include "view/tell.h"

#define PAGE_KIND "portfolio"

/* ---- how it goes ---- */

struct looking {
	struct call *call;
	struct page page;
	struct portfolio_progress progress;
	struct portfolio_outcome *items;
	size_t item_count;
	int status;
};

enum column {
	ID,
	REQUEST,
	STATE,
	TOTAL,
	APPLIED,
	OFFERED,
	LEFT_OUT,
	BEFORE,
	AFTER,
	CREATED_AT,
	ENDED_AT,
	STOPPED_BY,
	STOPPED_BECAUSE
};
enum outcome_column { PLACEMENT, REFERENCE, OUTCOME, RULE, REASON };

static void answer(struct looking *l)
{
	struct call *call = l->call;
	struct reply reply = {.status = l->status};
	struct writer w;

	writer_init(&w, call->arena);
	emit_begin(&w, NULL, '{');
	emit_members(&w, &portfolio_progress_schema, &l->progress, AUDIENCE_COMMISSIONER);
	emit_begin(&w, "items", '['); /* also when there are none */
	for (size_t i = 0; i < l->item_count; i++)
		emit_struct(&w, NULL, &portfolio_outcome_schema, &l->items[i],
			    AUDIENCE_COMMISSIONER);
	emit_end(&w, ']');
	emit_end(&w, '}');
	reply.body = writer_text(&w);
	if (l->status == 201)
		reply.location = text_printf(call->arena, "/v1/uplifts/%.*s",
					     TEXT_FMT(uuid_text(call->arena, l->progress.id)));
	call_finish(call, &reply);
}

static void on_outcomes(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct looking *l = context;
	struct text last;

	if (outcome != STORE_DONE) {
		call_store_fault(l->call, outcome);
		return;
	}
	l->items = arena_array(l->call->arena, struct portfolio_outcome, rows->count);
	for (size_t row = 0; row < rows->count && (int64_t)row < l->page.limit; row++) {
		l->items[row] = (struct portfolio_outcome){
			.placement = row_uuid(rows, row, PLACEMENT),
			.reference = row_text(rows, row, REFERENCE),
			.outcome =
				enum_parse(portfolio_outcome_names, row_text(rows, row, OUTCOME)),
			.rule = row_text(rows, row, RULE),
			.reason = row_text(rows, row, REASON),
		};
		l->item_count++;
	}
	if ((int64_t)rows->count > l->page.limit) {
		last = row_text(rows, (size_t)l->page.limit - 1, PLACEMENT);
		l->progress.next = page_cursor(&l->page, &last);
	}
	answer(l);
}

/* What cannot be read any more is left out: such an uplift is stopped, and says why. */
static void take_progress(struct arena *arena, struct portfolio_progress *p,
			  const struct rows *rows, size_t row)
{
	struct json_errors errors = {0};

	schema_clear(&portfolio_progress_schema, p);
	if (!json_decode(arena, row_text(rows, row, REQUEST), &portfolio_uplift_schema,
			 JSON_REQUEST, NULL, &p->request, &errors))
		schema_clear(&portfolio_uplift_schema, &p->request);
	p->id = row_uuid(rows, row, ID);
	p->state = enum_parse(portfolio_state_names, row_text(rows, row, STATE));
	p->total = row_int(rows, row, TOTAL, 0);
	p->applied = row_int(rows, row, APPLIED, 0);
	p->offered = row_int(rows, row, OFFERED, 0);
	p->left_out = row_int(rows, row, LEFT_OUT, 0);
	p->weekly_before_p = row_int(rows, row, BEFORE, 0);
	p->weekly_after_p = row_int(rows, row, AFTER, 0);
	p->created_at_us = row_int(rows, row, CREATED_AT, NEVER_US);
	p->ended_at_us = row_int(rows, row, ENDED_AT, NEVER_US);
	p->stopped_by = row_uuid(rows, row, STOPPED_BY);
	p->stopped_because = row_text(rows, row, STOPPED_BECAUSE);
}

static void on_one(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct looking *l = context;
	struct call *call = l->call;
	struct param *params;

	if (!call_found(call, outcome, rows))
		return;
	take_progress(call->arena, &l->progress, rows, 0);
	params = arena_array(call->arena, struct param, 3);
	params[0] = param_uuid(call->arena, l->progress.id);
	params[1] = PARAM(l->page.has_after ? l->page.after[0] : TEXT_NONE);
	params[2] = page_most(&l->page);
	call_read(call, SQL_UPLIFTS_OUTCOMES, params, 3, on_outcomes, l);
}

static void look(struct looking *l)
{
	struct call *call = l->call;
	struct param *params = arena_array(call->arena, struct param, 1);

	params[0] = param_uuid(call->arena, l->progress.id);
	call_read(call, SQL_UPLIFTS_ONE, params, 1, on_one, l);
}

static struct looking *looking_new(struct call *call, struct uuid id, int status)
{
	struct looking *l = arena_make(call->arena, struct looking);

	l->call = call;
	l->status = status;
	l->page = page_first(call, PAGE_KIND, 1);
	schema_clear(&portfolio_progress_schema, &l->progress);
	l->progress.id = id;
	return l;
}

/* ---- whose it is ---- */

/* A manager or administrator of an authority; else the call has been answered. */
static bool may_order(struct call *call)
{
	if (call->caller.kind == ORGANISATION_AUTHORITY &&
	    call->caller.roles & (BIT(ROLE_MANAGER) | BIT(ROLE_ADMINISTRATOR)))
		return true;
	call_problem(call, 403, "forbidden",
		     TEXT("Only a manager or an administrator of the authority uplifts its "
			  "agreements. Ask one of them."));
	return false;
}

static bool id_of_path(struct call *call, struct uuid *id)
{
	if (call->caller.roles)
		return call_id(call, id);
	call_not_found(call);
	return false;
}

void app_get_uplift(struct call *call)
{
	struct uuid id, behind;
	struct looking *l;

	if (!id_of_path(call, &id))
		return;
	l = looking_new(call, id, 200);
	if (page_read(call, PAGE_KIND, NULL, 1, &l->page) && page_after_id(&l->page, 0, &behind))
		look(l);
}

/* ---- all of them ---- */

static const char *const list_filters[] = {"state", NULL};

static void put_uplift(struct page *page, struct writer *w, const struct rows *rows, size_t row)
{
	struct portfolio_progress progress;

	take_progress(page->call->arena, &progress, rows, row);
	emit_struct(w, NULL, &portfolio_progress_schema, &progress, AUDIENCE_COMMISSIONER);
}

static void on_listed(enum store_outcome outcome, const struct rows *rows, void *context)
{
	page_rows(context, outcome, rows, put_uplift);
}

void app_list_uplifts(struct call *call)
{
	struct page *page = arena_make(call->arena, struct page);
	struct param *params = arena_array(call->arena, struct param, 4);
	struct text state = TEXT_NONE;
	struct uuid behind = {{0}};

	if (!query_word(call, "state", portfolio_state_names, &state) ||
	    !page_read(call, "uplifts:all", list_filters, 1, page) ||
	    !page_after_id(page, 0, &behind))
		return;
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = param_uuid(call->arena, behind);
	params[2] = page_most(page);
	params[3] = PARAM(state);
	call_read(call, SQL_UPLIFTS_LIST, params, 4, on_listed, page);
}

/* ---- stopped ---- */

static void on_stopped(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct looking *l = context;

	if (call_found(l->call, outcome, rows))
		look(l);
}

void app_stop_uplift(struct call *call)
{
	struct param *params = arena_array(call->arena, struct param, 5);
	struct stop_uplift asked = {TEXT_NONE};
	struct uuid id;

	if (!id_of_path(call, &id) || !may_order(call) ||
	    (call->body.len && !call_body(call, &stop_uplift_schema, &asked)))
		return;
	params[0] = param_uuid(call->arena, id);
	params[1] = param_uuid(call->arena, call->caller.organisation);
	params[2] = param_instant(call->arena, call->received_us);
	params[3] = param_uuid(call->arena, call->caller.user);
	params[4] =
		PARAM(asked.because.at ? asked.because
				       : TEXT("The authority asked for it, and gave no reason."));
	call_work(call, SQL_UPLIFTS_STOP, params, 5, on_stopped, looking_new(call, id, 200));
}

/* ---- asked for ---- */

enum begun_column { BUSY = KEYED_OWN };

static void on_begun(struct keyed *k, const struct rows *rows)
{
	look(looking_new(k->call, row_uuid(rows, 0, KEYED_ID), 201));
}

static void refuse_second(struct keyed *k, const struct rows *rows)
{
	call_problem(k->call, 409, "uplift_under_way",
		     text_printf(k->call->arena,
				 "Another uplift of your agreements is under way. Wait for it or "
				 "stop it: /v1/uplifts/%.*s",
				 TEXT_FMT(row_text(rows, 0, BUSY))));
}

/* False when the call has been answered. */
static bool request_read(struct call *call, struct portfolio_uplift *asked)
{
	int32_t today = london_day(call->received_us);
	struct flaw flaw;

	if (!call_body(call, &portfolio_uplift_schema, asked))
		return false;
	if (!uplift_figures_check(call->arena, &asked->figures, &flaw)) {
		call_refuse(call, text_printf(call->arena, "/figures%.*s", TEXT_FMT(flaw.pointer)),
			    flaw.sentence);
		return false;
	}
	if (asked->filter.weekly_from_p != NO_INT && asked->filter.weekly_to_p != NO_INT &&
	    asked->filter.weekly_from_p > asked->filter.weekly_to_p) {
		tell_field(call, "/filter/weekly_from", "is above weekly_to.");
		return false;
	}
	if (asked->paid_from_day == NO_DAY)
		asked->paid_from_day =
			today > asked->figures.from_day ? today : asked->figures.from_day;
	if (asked->paid_from_day < asked->figures.from_day) {
		tell_field(call, "/paid_from", "is before the day that the new fees are from.");
		return false;
	}
	return true;
}

static struct text request_text(struct call *call, const struct portfolio_uplift *asked)
{
	struct writer w;

	writer_init(&w, call->arena);
	schema_write(&w, &portfolio_uplift_schema, asked, AUDIENCE_COMMISSIONER);
	return writer_text(&w);
}

void app_order_uplift(struct call *call)
{
	struct keyed *k = keyed_new(call, SQL_UPLIFTS_BEGIN, NULL);
	struct portfolio_uplift asked;

	if (!may_order(call) || !request_read(call, &asked))
		return;
	k->on_done = on_begun;
	k->on_missing = refuse_second;
	k->params[0] = param_uuid(call->arena, uuid_new(call->received_us));
	k->params[1] = param_uuid(call->arena, call->caller.organisation);
	k->params[2] = PARAM(request_text(call, &asked));
	k->params[3] = param_instant(call->arena, call->received_us);
	k->params[4] = PARAM(asked.filter.setting == NO_ENUM
				     ? TEXT_NONE
				     : text_of(care_setting_names[asked.filter.setting]));
	k->params[5] = param_uuid(call->arena, asked.filter.provider);
	keyed_run(k, 6, "POST /v1/uplifts");
}
