/*
 * readings.c - who read a person's texts, as it was recorded with each reading.
 *
 * It says that and how many, never what. For those who answer for it at the authority whose
 * placement it is: an auditor, the data protection lead, a manager.
 */
#include "concordat/app/schemas.h"
#include "concordat/wire/emit.h"
#include "page.h"
#include "queries.h"

#define ANSWERING_ROLES (BIT(ROLE_AUDITOR) | BIT(ROLE_DATA_PROTECTION) | BIT(ROLE_MANAGER))

static const char *const reading_filters[] = {NULL};

static void on_readings(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct page *page = context;
	struct call *call = page->call;
	struct text last = TEXT_NONE;
	struct writer w;
	size_t count;

	if (outcome != STORE_DONE || !rows->count) {
		if (outcome != STORE_DONE)
			call_store_fault(call, outcome);
		else
			call_not_found(call);
		return;
	}
	count = rows->count > (size_t)page->limit ? (size_t)page->limit : rows->count;
	writer_init(&w, call->arena);
	emit_begin(&w, NULL, '[');
	for (size_t i = 0; i < count && !row_is_null(rows, i, 0); i++) {
		const struct reading_row row = {
			.at_us = row_int(rows, i, 1, NEVER_US),
			.user = row_uuid(rows, i, 2),
			.organisation = row_uuid(rows, i, 3),
			.texts = row_int(rows, i, 4, 0),
		};

		emit_struct(&w, NULL, &reading_row_schema, &row, AUDIENCE_COMMISSIONER);
		last = row_text(rows, i, 0);
	}
	emit_end(&w, ']');
	page_answer(page, &w, count < rows->count ? &last : NULL, 1);
}

void app_list_readings(struct call *call)
{
	struct page *page = arena_make(call->arena, struct page);
	struct param *params = arena_array(call->arena, struct param, 4);
	struct uuid placement;
	int64_t last;

	if (!uuid_parse(call->path_id, &placement) || !call->caller.roles ||
	    call->caller.kind != ORGANISATION_AUTHORITY) {
		call_not_found(call);
		return;
	}
	if (!(call->caller.roles & ANSWERING_ROLES)) {
		call_problem(
			call, 403, "forbidden",
			TEXT("Who read a person's texts is for an auditor, the data protection "
			     "lead or a manager. Ask one of them."));
		return;
	}
	if (!page_read(call, "readings", reading_filters, 1, page))
		return;
	if (page->has_after && !text_to_int(page->after[0], &last)) {
		page_refuse(page);
		return;
	}
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = param_uuid(call->arena, placement);
	params[2] = PARAM(page->after[0]);
	params[3] = param_int(call->arena, page->limit + 1);
	store_read(app_store(call->app), call->arena, call->caller.organisation, SQL_QUERY_READINGS,
		   params, 4, on_readings, page);
}
