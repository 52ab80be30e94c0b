/*
 * directory.c - lists of organisations and homes: whom one may invite, and whom one deals with.
 *
 * A caller sees its own organisation, those that it shares placements with, and, as an authority,
 * every authority, provider and home; a co-payer also the providers of what it pays for. Addresses
 * for notices and a panel's figures stay with their owner.
 */
#include "call/contact.h"
#include "call/page.h"
#include "concordat/app/schemas.h"
#include "concordat/wire/emit.h"
#include "queries.h"

static const char *const organisation_filters[] = {"kind", "q", NULL};
static const char *const home_filters[] = {"organisation", "q", NULL};

static struct organisation_row organisation_of(const struct rows *rows, size_t i)
{
	return (struct organisation_row){
		.id = row_uuid(rows, i, 0),
		.name = row_text(rows, i, 1),
		.kind = row_text(rows, i, 2),
		.contact = {row_text(rows, i, 3), row_text(rows, i, 9), address_of(rows, i, 10)},
		.division = row_text(rows, i, 4),
		.protocol = {row_text(rows, i, 5), row_int(rows, i, 6, NO_INT)},
		.panel_weekday = row_int(rows, i, 7, NO_INT),
		.panel_threshold_p = row_int(rows, i, 8, NO_INT),
	};
}

static void put_organisation(struct page *page, struct writer *w, const struct rows *rows, size_t i)
{
	const struct organisation_row row = organisation_of(rows, i);

	(void)page;
	emit_struct(w, NULL, &organisation_row_schema, &row, AUDIENCE_COMMISSIONER);
}

static void on_organisations(enum store_outcome outcome, const struct rows *rows, void *context)
{
	page_rows(context, outcome, rows, put_organisation);
}

void app_list_organisations(struct call *call)
{
	struct page *page = arena_make(call->arena, struct page);
	struct param *params = arena_array(call->arena, struct param, 8);
	struct text kind = TEXT_NONE, part = TEXT_NONE;
	struct uuid last = {0};

	if (!query_word(call, "kind", organisation_kind_names, &kind) ||
	    !query_text(call, "q", 60, &part) ||
	    !page_read(call, "organisations", organisation_filters, 2, page) ||
	    !page_after_id(page, 0, &last))
		return;
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = param_bool(call->caller.kind == ORGANISATION_OPERATOR);
	params[2] = param_bool(call->caller.kind == ORGANISATION_AUTHORITY);
	params[3] = PARAM(kind);
	params[4] = PARAM(part);
	params[5] = param_uuid(call->arena, last);
	params[6] = PARAM(page->after[1]);
	params[7] = page_most(page);
	call_read(call, SQL_ORGANISE_ORGANISATIONS, params, 8, on_organisations, page);
}

static void put_home(struct page *page, struct writer *w, const struct rows *rows, size_t i)
{
	const struct home_row row = {
		.id = row_uuid(rows, i, 0),
		.name = row_text(rows, i, 1),
		.organisation = row_uuid(rows, i, 2),
		.location_number = row_text(rows, i, 3),
		.address = row_text(rows, i, 4),
	};

	(void)page;
	emit_struct(w, NULL, &home_row_schema, &row, AUDIENCE_COMMISSIONER);
}

static void on_homes(enum store_outcome outcome, const struct rows *rows, void *context)
{
	page_rows(context, outcome, rows, put_home);
}

void app_list_homes(struct call *call)
{
	struct page *page = arena_make(call->arena, struct page);
	struct param *params = arena_array(call->arena, struct param, 7);
	bool every = call->caller.kind == ORGANISATION_OPERATOR ||
		     call->caller.kind == ORGANISATION_AUTHORITY;
	struct text part = TEXT_NONE;
	struct uuid organisation = {0}, last = {0};

	if (!query_id(call, "organisation", &organisation) || !query_text(call, "q", 60, &part) ||
	    !page_read(call, "homes", home_filters, 2, page) || !page_after_id(page, 0, &last))
		return;
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = param_bool(every);
	params[2] = param_uuid(call->arena, organisation);
	params[3] = PARAM(part);
	params[4] = param_uuid(call->arena, last);
	params[5] = PARAM(page->after[1]);
	params[6] = page_most(page);
	call_read(call, SQL_ORGANISE_HOMES, params, 7, on_homes, page);
}
