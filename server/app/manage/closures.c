/*
 * closures.c - an authority's own closures: loaded by its administrator, read by anybody.
 *
 * A list is whole and says its own version, one more than the newest: who loads one has seen what
 * it takes the place of, and of two at once the second is told. What it moves is counted again as
 * for newer bank holidays; the numbers of the authority's calendars are the database's to give.
 */
#include "call/keyed.h"
#include "call/page.h"
#include "concordat/app/schemas.h"
#include "concordat/base/report.h"
#include "concordat/wire/document.h"
#include "concordat/wire/emit.h"
#include "queries.h"

#define ROUNDS_MOST 4 /* the first looks, the second loads; more when somebody else does */

struct closing {
	struct call *call;
	struct keyed *keyed;
	struct uuid authority;
	const struct closures *given;
	int rounds;
	bool asked_again;
};

enum param_of_load { AUTHORITY, VERSION, DOCUMENT /* null: this round only looks */, LOAD_PARAMS };
enum column { NEWEST = KEYED_OWN };
enum closures_column { LISTED_VERSION, LOADED_AT, LISTED_DOCUMENT };

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

	if (made)
		row.closures = (struct list){
			arena_copy(call->arena, made->closures->days,
				   made->closures->count * sizeof(*made->closures->days)),
			made->closures->count};
	call_answer_struct(call, 201, &closures_row_schema, &row);
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

static void on_loaded(struct keyed *k, const struct rows *rows)
{
	(void)rows;
	if (!k->repeated)
		report_loaded(k->context);
	/* So that dates asked for after this answer go by it. */
	reference_refresh(k->call->app, answer, k->context);
}

/* It is not the next, or what it follows was not at hand. */
static void on_not_loaded(struct keyed *k, const struct rows *rows)
{
	struct closing *c = k->context;
	int64_t newest = row_int(rows, 0, NEWEST, 0);
	bool is_next = newest == c->given->version - 1;

	if (is_next && ++c->rounds < ROUNDS_MOST) {
		reference_refresh(k->call->app, on_refreshed, c); /* with what it follows */
	} else if (newest == c->given->version && !c->asked_again) {
		c->asked_again = true;
		keyed_again(k); /* the same request may have come first a moment ago */
	} else if (!is_next) {
		refuse_version(k->call, newest);
	} else {
		call_store_fault(k->call, STORE_MOVED_ON);
	}
}

/* ---- the request ---- */

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
		call_refuse(call, flaw.pointer, flaw.sentence);
		return;
	}
	c->keyed->params[DOCUMENT] = PARAM((standing ? standing->version : 0) == next.version - 1
						   ? closures_json(call->arena, &next)
						   : TEXT_NONE);
	keyed_again(c->keyed);
}

void app_load_closures(struct call *call)
{
	struct closing *c = arena_make(call->arena, struct closing);
	struct keyed *k = keyed_new(call, SQL_ORGANISE_LOAD_CLOSURES, c);
	struct json_errors errors;

	c->call = call;
	c->keyed = k;
	if (!call_id(call, &c->authority) ||
	    !call_manages(call, c->authority,
			  TEXT("Only an administrator of the authority loads its closures.")))
		return;
	c->given = closures_read(call->arena, call->body, &errors);
	if (!c->given) {
		call_json_errors(call, &errors);
		return;
	}
	k->on_done = on_loaded;
	k->on_missing = on_not_loaded;
	k->params[AUTHORITY] = param_uuid(call->arena, c->authority);
	k->params[VERSION] = param_int(call->arena, c->given->version);
	k->params[DOCUMENT] = PARAM(TEXT_NONE);
	keyed_run(k, LOAD_PARAMS, "POST /v1/organisations/{id}/closures");
}

/* ---- reading ---- */

static void put_closures(struct page *page, struct writer *w, const struct rows *rows, size_t row)
{
	(void)page;
	emit_begin(w, NULL, '{');
	emit_int(w, "version", row_int(rows, row, LISTED_VERSION, NO_INT));
	emit_instant(w, "loaded_at", row_int(rows, row, LOADED_AT, NEVER_US));
	emit_json(w, "document", row_text(rows, row, LISTED_DOCUMENT));
	emit_end(w, '}');
}

/* No row: there is no such authority; one of nulls: it has loaded none. */
static void on_listed(enum store_outcome outcome, const struct rows *rows, void *context)
{
	if (call_found(context, outcome, rows))
		page_all(context, outcome, rows, put_closures);
}

void app_list_closures(struct call *call)
{
	struct param *param = arena_array(call->arena, struct param, 1);
	struct uuid authority;

	if (!call_id(call, &authority))
		return;
	*param = param_uuid(call->arena, authority);
	call_read(call, SQL_QUERY_CLOSURES, param, 1, on_listed, call);
}
