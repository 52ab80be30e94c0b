/*
 * webhook_sends.c - what is sent to a webhook: a test, what it missed again, and what failed.
 *
 * All of it goes through the same queue as what is told by itself, under the same id at every try,
 * so that a receiver that has it already can tell.
 */
#include "call/page.h"
#include "concordat/app/schemas_webhook.h"
#include "concordat/wire/cloud_event.h"
#include "concordat/wire/emit.h"
#include "queries.h"
#include "told/webhooks.h"
#include "view/tell.h"

#define REPLAYED_MOST 1000

enum column { STATE = KEYED_OWN, COUNT, UP_TO, MORE };

/* Also when there is none. */
static void refuse_idle(struct keyed *k, const struct rows *rows)
{
	if (text_is(row_text(rows, 0, STATE), "disabled"))
		call_problem(k->call, 409, "webhook_disabled",
			     TEXT("This webhook is disabled. Enable it first, with POST "
				  "/v1/webhooks/{id}/enable."));
	else
		call_not_found(k->call);
}

/* ---- a test ---- */

static void on_tested(struct keyed *k, const struct rows *rows)
{
	const struct webhook_test test = {row_uuid(rows, 0, KEYED_ID)};

	call_answer_struct(k->call, 201, &webhook_test_schema, &test);
}

static struct text test_body(struct call *call, struct uuid delivery)
{
	const struct cloud_event event = {
		.id = uuid_text(call->arena, delivery),
		.public_url = text_of(app_config(call->app)->public_url),
		.kind = TEXT("test"),
		.at_us = call->received_us,
	};
	struct writer w;

	writer_init(&w, call->arena);
	cloud_event_write(&w, &event);
	return writer_text(&w);
}

void app_test_webhook(struct call *call)
{
	struct keyed *k = keyed_new(call, SQL_WEBHOOK_TEST, NULL);
	struct uuid webhook, delivery = uuid_new(call->received_us);

	if (!webhook_of_path(call, &webhook) || !webhook_says_nothing(call))
		return;
	k->on_done = on_tested;
	k->on_missing = refuse_idle;
	k->params[0] = param_uuid(call->arena, webhook);
	k->params[1] = param_uuid(call->arena, call->caller.organisation);
	k->params[2] = param_uuid(call->arena, delivery);
	k->params[3] = PARAM(test_body(call, delivery));
	k->params[4] = param_instant(call->arena, call->received_us);
	keyed_run(k, 5, "POST /v1/webhooks/{id}/test");
}

/* ---- once more ---- */

static void on_replayed(struct keyed *k, const struct rows *rows)
{
	const struct webhook_replayed replayed = {
		.webhook = row_uuid(rows, 0, KEYED_ID),
		.queued = row_int(rows, 0, COUNT, 0),
		.up_to_us = row_int(rows, 0, UP_TO, NEVER_US),
		.more = row_bool(rows, 0, MORE),
	};

	call_answer_struct(k->call, 200, &webhook_replayed_schema, &replayed);
}

/* False when the call has been answered. */
static bool replay_read(struct call *call, struct webhook_replay *asked)
{
	bool is_one;

	if (!call_body(call, &webhook_replay_schema, asked))
		return false;
	is_one = !uuid_is_zero(asked->delivery);
	if (is_one && (asked->since_us != NEVER_US || asked->until_us != NEVER_US))
		tell_field(call, "/delivery", "stands alone: leave out since and until.");
	else if (!is_one && asked->since_us == NEVER_US)
		tell_field(call, "/since", "is required, or delivery is.");
	else
		return true;
	return false;
}

void app_replay_webhook(struct call *call)
{
	struct keyed *k = keyed_new(call, SQL_WEBHOOK_REPLAY, NULL);
	struct webhook_replay asked;
	struct uuid webhook;

	if (!webhook_of_path(call, &webhook) || !replay_read(call, &asked))
		return;
	k->on_done = on_replayed;
	k->on_missing = refuse_idle;
	k->params[0] = param_uuid(call->arena, webhook);
	k->params[1] = param_uuid(call->arena, call->caller.organisation);
	k->params[2] = param_uuid(call->arena, asked.delivery);
	k->params[3] = param_instant(call->arena, asked.since_us);
	k->params[4] = param_instant(call->arena, asked.until_us);
	k->params[5] = param_bool(asked.delivered);
	k->params[6] = param_int(call->arena, REPLAYED_MOST);
	keyed_run(k, 7, "POST /v1/webhooks/{id}/replay");
}

/* ---- what failed ---- */

enum failure_column {
	DELIVERY,
	PLACEMENT,
	KIND,
	DELIVERY_STATE,
	ATTEMPTS,
	URL,
	STATUS,
	ANSWER,
	CREATED_AT,
	TRIED_AT,
	NEXT_TRY_AT
};

static void put_failure(struct page *page, struct writer *w, const struct rows *rows, size_t row)
{
	const struct webhook_failure failure = {
		.delivery = row_uuid(rows, row, DELIVERY),
		.placement = row_uuid(rows, row, PLACEMENT),
		.kind = row_text(rows, row, KIND),
		.state = row_text(rows, row, DELIVERY_STATE),
		.attempts = row_int(rows, row, ATTEMPTS, 0),
		.url = row_text(rows, row, URL),
		.status = row_int(rows, row, STATUS, NO_INT),
		.answer = row_text(rows, row, ANSWER),
		.created_at_us = row_int(rows, row, CREATED_AT, NEVER_US),
		.tried_at_us = row_int(rows, row, TRIED_AT, NEVER_US),
		.next_try_at_us = row_int(rows, row, NEXT_TRY_AT, NEVER_US),
	};

	(void)page;
	emit_struct(w, NULL, &webhook_failure_schema, &failure, AUDIENCE_COMMISSIONER);
}

static void on_failures(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct page *page = context;

	if (outcome == STORE_DONE && !rows->count)
		call_not_found(page->call);
	else
		page_rows(page, outcome, rows, put_failure);
}

void app_list_webhook_failures(struct call *call)
{
	struct page *page = arena_make(call->arena, struct page);
	struct param *params = arena_array(call->arena, struct param, 3);
	struct uuid webhook, behind = {{0}};

	if (!webhook_of_path(call, &webhook) || !page_read(call, "failures", NULL, 1, page))
		return;
	if (!page_after_id(page, 0, &behind))
		return;
	params[0] = param_uuid(call->arena, webhook);
	params[1] = param_uuid(call->arena, behind);
	params[2] = page_most(page);
	call_read(call, SQL_WEBHOOK_FAILURES, params, 3, on_failures, page);
}
