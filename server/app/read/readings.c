/*
 * readings.c - who read a person's texts, as it was recorded with each reading.
 *
 * It says that and how many, never what. For those who answer for it at the authority whose
 * placement it is: an auditor, the data protection lead, a manager.
 */
#include "call/page.h"
#include "concordat/app/schemas.h"
#include "concordat/wire/emit.h"
#include "queries.h"

#define ANSWERING_ROLES (BIT(ROLE_AUDITOR) | BIT(ROLE_DATA_PROTECTION) | BIT(ROLE_MANAGER))

static const char *const reading_filters[] = {NULL};

static void put_reading(struct page *page, struct writer *w, const struct rows *rows, size_t row)
{
	const struct reading_row reading = {
		.at_us = row_int(rows, row, 1, NEVER_US),
		.user = row_uuid(rows, row, 2),
		.organisation = row_uuid(rows, row, 3),
		.texts = row_int(rows, row, 4, 0),
	};

	(void)page;
	emit_struct(w, NULL, &reading_row_schema, &reading, AUDIENCE_COMMISSIONER);
}

static void on_readings(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct page *page = context;

	if (outcome == STORE_DONE && !rows->count)
		call_not_found(page->call);
	else
		page_rows(page, outcome, rows, put_reading);
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
	params[3] = page_most(page);
	call_read(call, SQL_QUERY_READINGS, params, 4, on_readings, page);
}
