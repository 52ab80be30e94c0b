/*
 * closures.c - an authority's own closures: loaded by its administrator, read by anybody.
 *
 * A list is whole and says its own version, one more than the newest: who loads one has seen what
 * it takes the place of, and of two at once the second is told. What it moves is counted again as
 * for newer bank holidays; the numbers of the authority's calendars are the database's to give.
 */
#include "concordat/app/schemas.h"
#include "concordat/base/report.h"
#include "concordat/wire/document.h"
#include "concordat/wire/emit.h"
#include "internal.h"
#include "page.h"
#include "queries.h"

#define ROUNDS_MOST 4 /* the first looks, the second loads; more when somebody else does */
#define PARAMS 6

struct closing {
	struct call *call;
	struct uuid authority;
	const struct closures *given;
	struct digest digest;
	struct text document; /* TEXT_NONE: this round only looks */
	struct param params[PARAMS];
	int rounds;
	bool asked_again;
};

enum column { TAKEN, SAME, NEWEST };

static void ask(struct closing *c);
static void on_refreshed(void *context);

/* ---- the answer ---- */

/* The first of its calendars with these closures. */
static const struct calendar *calendar_of(const struct authority_settings *authority,
					  int32_t version)
{
	const struct calendar *found = NULL;

	for (size_t i = 0; authority && i < authority->calendars.count; i++) {
		const struct calendar *one = authority->calendars.versions[i];

		if (one->closures && one->closures->version == version &&
		    (!found || one->version < found->version))
			found = one;
	}
	return found;
}

static void answer(void *context)
{
	struct closing *c = context;
	struct call *call = c->call;
	const struct calendar *made =
		calendar_of(reference_held(call->app, c->authority), c->given->version);
	struct closures_row row = {
		.authority = c->authority,
		.version = c->given->version,
		.calendar_version = made ? made->version : NO_INT,
	};
	struct writer w;

	if (made)
		row.closures = (struct list){
			arena_copy(call->arena, made->closures->days,
				   made->closures->count * sizeof(*made->closures->days)),
			made->closures->count};
	writer_init(&w, call->arena);
	schema_write(&w, &closures_row_schema, &row, AUDIENCE_COMMISSIONER);
	call_answer(call, 201, writer_text(&w));
}

static void report_loaded(const struct closing *c)
{
	struct arena *arena = c->call->arena;

	report(REPORT_INFO, "app", "An authority loaded its closures", "authority",
	       uuid_text(arena, c->authority).at, "version",
	       text_printf(arena, "%d", c->given->version).at, NULL);
}

static void refuse_version(struct call *call, int64_t newest)
{
	call_problem(call, 409, "closures_version",
		     text_printf(call->arena,
				 "The next list is version %lld. Read the newest with GET "
				 "/v1/organisations/%.*s/closures, and send the whole list under "
				 "that version.",
				 (long long)newest + 1, TEXT_FMT(call->path_id)));
}

static void on_loaded(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct closing *c = context;
	struct call *call = c->call;
	int64_t newest;
	bool known, is_next;

	if (outcome != STORE_DONE) {
		call_store_fault(call, outcome);
		return;
	}
	known = !row_is_null(rows, 0, SAME);
	newest = row_int(rows, 0, NEWEST, 0);
	is_next = newest == c->given->version - 1;
	if (known && !row_bool(rows, 0, SAME)) {
		call_key_reused(call);
	} else if (known || !row_is_null(rows, 0, TAKEN)) {
		if (!known)
			report_loaded(c);
		/* So that dates asked for after this answer go by it. */
		reference_refresh(call->app, answer, c);
	} else if (is_next && ++c->rounds < ROUNDS_MOST) {
		reference_refresh(call->app, on_refreshed, c); /* with what it follows */
	} else if (newest == c->given->version && !c->asked_again) {
		c->asked_again = true;
		ask(c); /* the same request may have come first a moment ago */
	} else if (!is_next) {
		refuse_version(call, newest);
	} else {
		call_store_fault(call, STORE_MOVED_ON);
	}
}

/* ---- the request ---- */

static void ask(struct closing *c)
{
	struct call *call = c->call;

	c->params[0] = param_uuid(call->arena, c->authority);
	c->params[1] = param_int(call->arena, c->given->version);
	c->params[2] = PARAM(c->document);
	c->params[3] = param_uuid(call->arena, call->caller.user);
	c->params[4] = param_uuid(call->arena, call->key);
	c->params[5] = PARAM_BYTES(
		((struct text){(const char *)c->digest.bytes, sizeof(c->digest.bytes)}));
	store_work(app_store(call->app), call->arena, SQL_ORGANISE_LOAD_CLOSURES, c->params, PARAMS,
		   on_loaded, c);
}

static void refuse_list(struct call *call, const struct flaw *flaw)
{
	struct json_error *error = arena_make(call->arena, struct json_error);
	struct json_errors errors = {.items = {error, 1}};

	*error = (struct json_error){flaw->pointer, flaw->sentence};
	call_json_errors(call, &errors);
}

/* By now the database has been asked, so that it is today here as well. */
static void on_refreshed(void *context)
{
	struct closing *c = context;
	struct call *call = c->call;
	const struct calendar *calendar = reference_own_calendar(call->app, c->authority);
	const struct closures *standing = calendar ? calendar->closures : NULL;
	struct closures next;
	struct flaw flaw;

	if (!calendar) {
		call_not_found(call);
		return;
	}
	if (!closures_follow(call->arena, c->given, standing, calendar,
			     london_day(app_now_us(call->app)), &next, &flaw)) {
		refuse_list(call, &flaw);
		return;
	}
	c->document = TEXT_NONE;
	if ((standing ? standing->version : 0) == next.version - 1)
		c->document = closures_json(call->arena, &next);
	ask(c);
}

void app_load_closures(struct call *call)
{
	struct closing *c = arena_make(call->arena, struct closing);
	struct json_errors errors;
	struct text line;

	c->call = call;
	if (!uuid_parse(call->path_id, &c->authority)) {
		call_not_found(call);
		return;
	}
	if (!call_manages(call, c->authority,
			  TEXT("Only an administrator of the authority loads its closures.")))
		return;
	c->given = closures_read(call->arena, call->body, &errors);
	if (!c->given) {
		call_json_errors(call, &errors);
		return;
	}
	line = text_printf(call->arena, "POST /v1/organisations/%.*s/closures\n",
			   TEXT_FMT(uuid_text(call->arena, c->authority)));
	c->digest = sha256(line, TEXT_NONE, call->body);
	ask(c);
}

/* ---- reading ---- */

static void on_listed(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct call *call = context;
	struct page page = {.call = call};
	struct writer w;

	if (outcome != STORE_DONE) {
		call_store_fault(call, outcome);
		return;
	}
	if (!rows->count) {
		call_not_found(call);
		return;
	}
	writer_init(&w, call->arena);
	emit_begin(&w, NULL, '[');
	for (size_t i = 0; i < rows->count && !row_is_null(rows, i, 0); i++) {
		emit_begin(&w, NULL, '{');
		emit_int(&w, "version", row_int(rows, i, 0, NO_INT));
		emit_instant(&w, "loaded_at", row_int(rows, i, 1, NEVER_US));
		emit_json(&w, "document", row_text(rows, i, 2));
		emit_end(&w, '}');
	}
	emit_end(&w, ']');
	page_answer(&page, &w, NULL, 0);
}

void app_list_closures(struct call *call)
{
	struct param *param = arena_array(call->arena, struct param, 1);
	struct uuid authority;

	if (!uuid_parse(call->path_id, &authority)) {
		call_not_found(call);
		return;
	}
	*param = param_uuid(call->arena, authority);
	store_read(app_store(call->app), call->arena, call->caller.organisation, SQL_QUERY_CLOSURES,
		   param, 1, on_listed, call);
}
