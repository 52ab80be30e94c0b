/*
 * bounces.c - addresses that refused mail: reported by a mail system, looked at, cleared.
 *
 * The sender notes what it is told while it sends. A mail system that gets a report later says so
 * here, and what had been sent has then failed, which its placement comes to know. Reports are the
 * operator's; an organisation's administrator sees and clears those of its own addresses.
 */
#include "concordat/app/schemas_mail.h"
#include "concordat/wire/emit.h"
#include "keyed.h"
#include "names.h"
#include "page.h"
#include "queries.h"

#include <string.h>

enum column { ID, ADDRESS, PERMANENT, ANSWER, TIMES, SINCE, LAST };
enum reported_column { REPORTED_ADDRESS = KEYED_OWN, FAILED };

static bool may_manage(struct call *call)
{
	if (access_manages(&call->caller, call->caller.organisation))
		return true;
	call_problem(call, 403, "forbidden",
		     TEXT("Only an administrator sees and clears addresses that refused mail. Ask "
			  "one of your organisation."));
	return false;
}

/* Whose addresses: zero is everybody's, for the operator. */
static struct uuid own_addresses(const struct call *call)
{
	return access_is_operator(&call->caller) ? (struct uuid){{0}} : call->caller.organisation;
}

/* ---- reported ---- */

static void refuse(struct call *call, const char *pointer, struct text sentence)
{
	struct json_error *error = arena_make(call->arena, struct json_error);
	struct json_errors errors = {.items = {error, 1}};

	*error = (struct json_error){text_of(pointer), sentence};
	call_json_errors(call, &errors);
}

/* "<0199...@council.example>": what stands before the @ is the id under which it was sent. */
static bool message_of(struct text message_id, struct uuid *message)
{
	const char *at;

	if (message_id.len && *message_id.at == '<')
		message_id = (struct text){message_id.at + 1, message_id.len - 1};
	at = message_id.len ? memchr(message_id.at, '@', message_id.len) : NULL;
	if (at)
		message_id.len = (size_t)(at - message_id.at);
	return uuid_parse(message_id, message) && !uuid_is_zero(*message);
}

static void on_reported(struct keyed *k, const struct rows *rows, bool repeated)
{
	const struct bounce_reported row = {
		.id = row_uuid(rows, 0, KEYED_ID),
		.address = row_text(rows, 0, REPORTED_ADDRESS),
		.failed = row_int(rows, 0, FAILED, 0),
	};
	struct writer w;

	(void)repeated;
	writer_init(&w, k->call->arena);
	emit_struct(&w, NULL, &bounce_reported_schema, &row, AUDIENCE_COMMISSIONER);
	call_answer(k->call, 200, writer_text(&w));
}

static void on_unknown(struct call *call, const struct rows *rows)
{
	(void)rows;
	refuse(call, "/message_id",
	       TEXT("No e-mail was sent under this Message-ID. Give the "
		    "address instead."));
}

void app_report_bounce(struct call *call)
{
	struct keyed *k = arena_make(call->arena, struct keyed);
	struct bounce_report asked;
	struct json_errors errors = {0};
	struct uuid message = {{0}};

	if (!access_is_operator(&call->caller)) {
		call_problem(call, 403, "forbidden",
			     TEXT("Only an administrator of the operator reports mail that came "
				  "back."));
		return;
	}
	if (!json_decode(call->arena, call->body, &bounce_report_schema, JSON_REQUEST, NULL, &asked,
			 &errors))
		call_json_errors(call, &errors);
	else if (!asked.address.len == !asked.message_id.len)
		refuse(call, "/address", TEXT("Give either the address or the message_id."));
	else if (asked.address.len && !email_fold(call->arena, &asked.address))
		refuse(call, "/address", TEXT("Give an address such as name@example.org."));
	else if (asked.message_id.len && !message_of(asked.message_id, &message))
		refuse(call, "/message_id",
		       TEXT("Give the Message-ID as it stands in the e-mail that came back."));
	else {
		k->call = call;
		k->sql = SQL_MAIL_REPORT;
		k->params[0] = PARAM(asked.address.len ? asked.address : TEXT_NONE);
		k->params[1] = param_uuid(call->arena, message);
		k->params[2] = PARAM(asked.permanent ? TEXT("t") : TEXT("f"));
		k->params[3] = PARAM(asked.answer);
		k->params[4] = param_uuid(call->arena, call->caller.organisation);
		k->on_done = on_reported;
		k->on_missing = on_unknown;
		keyed_run(k, 5, "POST /v1/bounces");
	}
}

/* ---- looked at and cleared ---- */

static void put_bounce(struct page *page, struct writer *w, const struct rows *rows, size_t row)
{
	const struct bounce_row bounce = {
		.id = row_uuid(rows, row, ID),
		.address = row_text(rows, row, ADDRESS),
		.permanent = row_bool(rows, row, PERMANENT),
		.answer = row_text(rows, row, ANSWER),
		.times = row_int(rows, row, TIMES, 1),
		.since_us = row_int(rows, row, SINCE, NEVER_US),
		.last_us = row_int(rows, row, LAST, NEVER_US),
	};

	(void)page;
	emit_struct(w, NULL, &bounce_row_schema, &bounce, AUDIENCE_COMMISSIONER);
}

static void on_bounces(enum store_outcome outcome, const struct rows *rows, void *context)
{
	page_rows(context, outcome, rows, ADDRESS, put_bounce);
}

void app_list_bounces(struct call *call)
{
	struct page *page = arena_make(call->arena, struct page);
	struct param *params = arena_array(call->arena, struct param, 3);

	if (!may_manage(call) || !page_read(call, "bounces", NULL, 1, page))
		return;
	params[0] = param_uuid(call->arena, own_addresses(call));
	params[1] = PARAM(page->has_after ? page->after[0] : TEXT_NONE);
	params[2] = param_int(call->arena, page->limit + 1);
	store_work(app_store(call->app), call->arena, SQL_MAIL_BOUNCES, params, 3, on_bounces,
		   page);
}

static void on_cleared(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct call *call = context;

	if (outcome != STORE_DONE)
		call_store_fault(call, outcome);
	else if (!rows->count)
		call_not_found(call);
	else
		call_answer_done(call, "cleared");
}

void app_clear_bounce(struct call *call)
{
	struct param *params = arena_array(call->arena, struct param, 2);
	struct uuid bounce;

	if (!may_manage(call))
		return;
	if (!uuid_parse(call->path_id, &bounce) || uuid_is_zero(bounce)) {
		call_not_found(call);
		return;
	}
	params[0] = param_uuid(call->arena, own_addresses(call));
	params[1] = param_uuid(call->arena, bounce);
	store_work(app_store(call->app), call->arena, SQL_MAIL_CLEAR, params, 2, on_cleared, call);
}
