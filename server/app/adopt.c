/*
 * adopt.c - an authority adopts a protocol: another, or another version.
 *
 * It governs what is opened from then on. A placement that runs keeps the protocol that its first
 * fact names, so nobody's dates change under them.
 */
#include "concordat/app/schemas.h"
#include "concordat/base/report.h"
#include "internal.h"
#include "queries.h"

#define ROUNDS_MOST 3 /* the second already sees who used the key a moment ago */
#define PARAMS 6

struct adopting {
	struct call *call;
	struct organisation_row row;
	struct digest digest;
	struct param params[PARAMS];
	int rounds;
};

enum column { TAKEN, SAME, THERE, NAME, EMAIL, DIVISION, WEEKDAY, THRESHOLD };

static void ask(struct adopting *a);

static void answer(void *context)
{
	struct adopting *a = context;
	struct writer w;

	writer_init(&w, a->call->arena);
	schema_write(&w, &organisation_row_schema, &a->row, AUDIENCE_COMMISSIONER);
	call_answer(a->call, 200, writer_text(&w));
}

static void report_adoption(const struct adopting *a)
{
	struct arena *arena = a->call->arena;

	report(REPORT_INFO, "app", "An authority adopted a protocol", "authority",
	       text_cstr(arena, uuid_text(arena, a->row.id)), "protocol",
	       text_cstr(arena, text_printf(arena, "%.*s/%lld", TEXT_FMT(a->row.protocol.id),
					    (long long)a->row.protocol.version)),
	       NULL);
}

static void answer_soon(struct adopting *a, const struct rows *rows)
{
	a->row.name = row_text(rows, 0, NAME);
	a->row.email = row_text(rows, 0, EMAIL);
	a->row.division = row_text(rows, 0, DIVISION);
	a->row.panel_weekday = row_int(rows, 0, WEEKDAY, NO_INT);
	a->row.panel_threshold_p = row_int(rows, 0, THRESHOLD, NO_INT);
	report_adoption(a);
	/* So that what is opened after this answer goes by it. */
	reference_refresh(a->call->app, answer, a);
}

static void refuse_protocol(struct call *call)
{
	struct json_error *error = arena_make(call->arena, struct json_error);
	struct json_errors errors = {.items = {error, 1}};

	*error = (struct json_error){TEXT("/id"), TEXT("This protocol is not loaded. GET "
						       "/v1/protocols lists those that are.")};
	call_json_errors(call, &errors);
}

static void on_adopted(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct adopting *a = context;
	struct call *call = a->call;
	bool known;

	if (outcome != STORE_DONE) {
		call_store_fault(call, outcome);
		return;
	}
	known = !row_is_null(rows, 0, SAME);
	if (row_is_null(rows, 0, DIVISION))
		call_not_found(call);
	else if (known && !row_bool(rows, 0, SAME))
		call_key_reused(call);
	else if (known || !row_is_null(rows, 0, TAKEN))
		answer_soon(a, rows);
	else if (!row_bool(rows, 0, THERE))
		refuse_protocol(call);
	else if (++a->rounds < ROUNDS_MOST)
		ask(a);
	else
		call_store_fault(call, STORE_MOVED_ON);
}

static void ask(struct adopting *a)
{
	store_work(app_store(a->call->app), a->call->arena, SQL_ORGANISE_ADOPT_PROTOCOL, a->params,
		   PARAMS, on_adopted, a);
}

void app_adopt_protocol(struct call *call)
{
	struct adopting *a = arena_make(call->arena, struct adopting);
	struct json_errors errors = {0};
	struct protocol_choice asked;
	struct text line;

	a->call = call;
	a->row = (struct organisation_row){.kind = TEXT("authority")};
	if (!uuid_parse(call->path_id, &a->row.id)) {
		call_not_found(call);
		return;
	}
	if (!call_manages(call, a->row.id,
			  TEXT("Only an administrator of the authority adopts its protocol.")))
		return;
	if (!json_decode(call->arena, call->body, &protocol_adoption_schema, JSON_REQUEST, NULL,
			 &asked, &errors)) {
		call_json_errors(call, &errors);
		return;
	}
	a->row.protocol = asked;
	line = text_printf(call->arena, "POST /v1/organisations/%.*s/protocol\n",
			   TEXT_FMT(uuid_text(call->arena, a->row.id)));
	a->digest = sha256(line, TEXT_NONE, call->body);
	a->params[0] = param_uuid(call->arena, a->row.id);
	a->params[1] = PARAM(asked.id);
	a->params[2] = param_int(call->arena, asked.version);
	a->params[3] = param_uuid(call->arena, call->caller.user);
	a->params[4] = param_uuid(call->arena, call->key);
	a->params[5] = PARAM_BYTES(
		((struct text){(const char *)a->digest.bytes, sizeof(a->digest.bytes)}));
	ask(a);
}
