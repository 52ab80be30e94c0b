/*
 * directory.c - lists of organisations and homes: whom one may invite, and whom one deals with.
 *
 * A caller sees its own organisation, those that it shares placements with, and, as an authority,
 * every authority, provider and home; a co-payer also the providers of what it pays for. Addresses
 * for notices and a panel's figures stay with their owner.
 */
#include "concordat/app/schemas.h"
#include "concordat/wire/emit.h"
#include "page.h"
#include "queries.h"

static const char *const organisation_filters[] = {"kind", "q", NULL};
static const char *const home_filters[] = {"organisation", "q", NULL};

struct listing {
	struct call *call;
	struct page page;
};

static struct text flag(bool value)
{
	return value ? TEXT("t") : TEXT("f");
}

/* False when the call has been answered. last: the last row's id; its name is the other part. */
static bool listing_read(struct call *call, const char *kind, const char *const *filters,
			 struct listing *listing, struct uuid *last)
{
	*listing = (struct listing){.call = call};
	if (!page_read(call, kind, filters, 2, &listing->page))
		return false;
	if (!listing->page.has_after || uuid_parse(listing->page.after[0], last))
		return true;
	page_refuse(&listing->page);
	return false;
}

static struct organisation_row organisation_of(const struct rows *rows, size_t i)
{
	return (struct organisation_row){
		.id = row_uuid(rows, i, 0),
		.kind = row_text(rows, i, 1),
		.name = row_text(rows, i, 2),
		.email = row_text(rows, i, 3),
		.division = row_text(rows, i, 4),
		.protocol = {row_text(rows, i, 5), row_int(rows, i, 6, NO_INT)},
		.panel_weekday = row_int(rows, i, 7, NO_INT),
		.panel_threshold_p = row_int(rows, i, 8, NO_INT),
	};
}

static struct home_row home_of(const struct rows *rows, size_t i)
{
	return (struct home_row){
		.id = row_uuid(rows, i, 0),
		.organisation = row_uuid(rows, i, 1),
		.name = row_text(rows, i, 2),
		.location_number = row_text(rows, i, 3),
		.address = row_text(rows, i, 4),
	};
}

static void answer_rows(struct listing *listing, enum store_outcome outcome,
			const struct rows *rows, const struct schema *schema)
{
	size_t limit = (size_t)listing->page.limit;
	struct text last[2];
	struct writer w;

	if (outcome != STORE_DONE) {
		call_store_fault(listing->call, outcome);
		return;
	}
	writer_init(&w, listing->call->arena);
	emit_begin(&w, NULL, '[');
	for (size_t i = 0; i < rows->count && i < limit; i++) {
		struct organisation_row organisation;
		struct home_row home;

		if (schema == &home_row_schema) {
			home = home_of(rows, i);
			emit_struct(&w, NULL, schema, &home, AUDIENCE_COMMISSIONER);
		} else {
			organisation = organisation_of(rows, i);
			emit_struct(&w, NULL, schema, &organisation, AUDIENCE_COMMISSIONER);
		}
		last[0] = row_text(rows, i, 0);
		last[1] = row_text(rows, i, 2);
	}
	emit_end(&w, ']');
	page_answer(&listing->page, &w, rows->count > limit ? last : NULL, 2);
}

static void on_organisations(enum store_outcome outcome, const struct rows *rows, void *context)
{
	answer_rows(context, outcome, rows, &organisation_row_schema);
}

static void on_homes(enum store_outcome outcome, const struct rows *rows, void *context)
{
	answer_rows(context, outcome, rows, &home_row_schema);
}

void app_list_organisations(struct call *call)
{
	struct listing *listing = arena_make(call->arena, struct listing);
	struct param *params = arena_array(call->arena, struct param, 8);
	struct text kind = TEXT_NONE, part = TEXT_NONE;
	struct uuid last = {0};

	if (!query_word(call, "kind", organisation_kind_names, &kind) ||
	    !query_text(call, "q", 60, &part) ||
	    !listing_read(call, "organisations", organisation_filters, listing, &last))
		return;
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = PARAM(flag(call->caller.kind == ORGANISATION_OPERATOR));
	params[2] = PARAM(flag(call->caller.kind == ORGANISATION_AUTHORITY));
	params[3] = PARAM(kind);
	params[4] = PARAM(part);
	params[5] = param_uuid(call->arena, last);
	params[6] = PARAM(listing->page.after[1]);
	params[7] = param_int(call->arena, listing->page.limit + 1);
	store_read(app_store(call->app), call->arena, call->caller.organisation,
		   SQL_ORGANISE_ORGANISATIONS, params, 8, on_organisations, listing);
}

void app_list_homes(struct call *call)
{
	struct listing *listing = arena_make(call->arena, struct listing);
	struct param *params = arena_array(call->arena, struct param, 7);
	bool every = call->caller.kind == ORGANISATION_OPERATOR ||
		     call->caller.kind == ORGANISATION_AUTHORITY;
	struct text part = TEXT_NONE;
	struct uuid organisation = {0}, last = {0};

	if (!query_id(call, "organisation", &organisation) || !query_text(call, "q", 60, &part) ||
	    !listing_read(call, "homes", home_filters, listing, &last))
		return;
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = PARAM(flag(every));
	params[2] = param_uuid(call->arena, organisation);
	params[3] = PARAM(part);
	params[4] = param_uuid(call->arena, last);
	params[5] = PARAM(listing->page.after[1]);
	params[6] = param_int(call->arena, listing->page.limit + 1);
	store_read(app_store(call->app), call->arena, call->caller.organisation, SQL_ORGANISE_HOMES,
		   params, 7, on_homes, listing);
}
