/*
 * bounces.c - addresses that refused mail: reported by a mail system, looked at, cleared.
 *
 * The sender notes what it is told while it sends. A mail system that gets a report later says so
 * here, and what had been sent has then failed, which its placement comes to know. Reports are the
 * operator's; an organisation's administrator sees and clears those of its own addresses.
 */
#include "call/keyed.h"
#include "call/names.h"
#include "call/page.h"
#include "concordat/app/schemas_mail.h"
#include "concordat/wire/emit.h"
#include "queries.h"

#include <string.h>

enum column { ADDRESS, ID, PERMANENT, ANSWER, TIMES, SINCE, LAST };
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

static void on_reported(struct keyed *k, const struct rows *rows)
{
	const struct bounce_reported row = {
		.id = row_uuid(rows, 0, KEYED_ID),
		.address = row_text(rows, 0, REPORTED_ADDRESS),
		.failed = row_int(rows, 0, FAILED, 0),
	};

	call_answer_struct(k->call, 200, &bounce_reported_schema, &row);
}

static void on_unknown(struct keyed *k, const struct rows *rows)
{
	(void)rows;
	call_refuse(k->call, TEXT("/message_id"),
		    TEXT("No e-mail was sent under this Message-ID. Give the address instead."));
}

void app_report_bounce(struct call *call)
{
	struct keyed *k = keyed_new(call, SQL_MAIL_REPORT, NULL);
	struct bounce_report asked;
	struct uuid message = {{0}};

	if (!access_is_operator(&call->caller)) {
		call_problem(call, 403, "forbidden",
			     TEXT("Only an administrator of the operator reports mail that came "
				  "back."));
		return;
	}
	if (!call_body(call, &bounce_report_schema, &asked))
		return;
	if (!asked.address.len == !asked.message_id.len) {
		call_refuse(call, TEXT("/address"),
			    TEXT("Give either the address or the message_id."));
	} else if (asked.address.len && !email_fold(call->arena, &asked.address)) {
		call_refuse(call, TEXT("/address"),
			    TEXT("Give an address such as name@example.org."));
	} else if (asked.message_id.len && !message_of(asked.message_id, &message)) {
		call_refuse(call, TEXT("/message_id"),
			    TEXT("Give the Message-ID as it stands in the e-mail that came back."));
	} else {
		k->params[0] = PARAM(asked.address.len ? asked.address : TEXT_NONE);
		k->params[1] = param_uuid(call->arena, message);
		k->params[2] = param_bool(asked.permanent);
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
	page_rows(context, outcome, rows, put_bounce);
}

void app_list_bounces(struct call *call)
{
	struct page *page = arena_make(call->arena, struct page);
	struct param *params = arena_array(call->arena, struct param, 3);

	if (!may_manage(call) || !page_read(call, "bounces", NULL, 1, page))
		return;
	params[0] = param_uuid(call->arena, own_addresses(call));
	params[1] = PARAM(page->has_after ? page->after[0] : TEXT_NONE);
	params[2] = page_most(page);
	call_work(call, SQL_MAIL_BOUNCES, params, 3, on_bounces, page);
}

static void on_cleared(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct call *call = context;

	if (call_found(call, outcome, rows))
		call_answer_done(call, "cleared");
}

void app_clear_bounce(struct call *call)
{
	struct param *params = arena_array(call->arena, struct param, 2);
	struct uuid bounce;

	if (!may_manage(call) || !call_id(call, &bounce))
		return;
	params[0] = param_uuid(call->arena, own_addresses(call));
	params[1] = param_uuid(call->arena, bounce);
	call_work(call, SQL_MAIL_CLEAR, params, 2, on_cleared, call);
}
