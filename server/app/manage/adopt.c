/*
 * adopt.c - an authority adopts a protocol: another, or another version.
 *
 * It governs what is opened from then on. A placement that runs keeps the protocol that its first
 * fact names, so nobody's dates change under them.
 */
#include "call/contact.h"
#include "call/keyed.h"
#include "concordat/app/schemas.h"
#include "concordat/base/report.h"
#include "queries.h"

enum column { NAME = KEYED_OWN, DIVISION, WEEKDAY, THRESHOLD };

static void answer(void *context)
{
	struct keyed *k = context;

	call_answer_struct(k->call, 200, &organisation_row_schema, k->context);
}

static void report_adoption(struct arena *arena, const struct organisation_row *row)
{
	report(REPORT_INFO, "app", "An authority adopted a protocol", "authority",
	       text_cstr(arena, uuid_text(arena, row->id)), "protocol",
	       text_cstr(arena, text_printf(arena, "%.*s/%lld", TEXT_FMT(row->protocol.id),
					    (long long)row->protocol.version)),
	       NULL);
}

static void on_adopted(struct keyed *k, const struct rows *rows)
{
	struct organisation_row *row = k->context;

	row->name = row_text(rows, 0, NAME);
	row->division = row_text(rows, 0, DIVISION);
	row->panel_weekday = row_int(rows, 0, WEEKDAY, NO_INT);
	row->panel_threshold_p = row_int(rows, 0, THRESHOLD, NO_INT);
	row->contact = contact_of(rows, 0, THRESHOLD + 1);
	report_adoption(k->call->arena, row);
	/* So that what is opened after this answer goes by it. */
	reference_refresh(k->call->app, answer, k);
}

/* The authority, or the protocol. */
static void on_missing(struct keyed *k, const struct rows *rows)
{
	if (row_is_null(rows, 0, DIVISION))
		call_not_found(k->call);
	else
		call_refuse(k->call, TEXT("/id"),
			    TEXT("This protocol is not loaded. GET /v1/protocols lists those that "
				 "are."));
}

void app_adopt_protocol(struct call *call)
{
	struct organisation_row *row = arena_make(call->arena, struct organisation_row);
	struct keyed *k = keyed_new(call, SQL_ORGANISE_ADOPT_PROTOCOL, row);

	row->kind = TEXT("authority");
	if (!call_id(call, &row->id) ||
	    !call_manages(call, row->id,
			  TEXT("Only an administrator of the authority adopts its protocol.")) ||
	    !call_body(call, &protocol_adoption_schema, &row->protocol))
		return;
	k->on_done = on_adopted;
	k->on_missing = on_missing;
	k->params[0] = param_uuid(call->arena, row->id);
	k->params[1] = PARAM(row->protocol.id);
	k->params[2] = param_int(call->arena, row->protocol.version);
	keyed_run(k, 3, "POST /v1/organisations/{id}/protocol");
}
