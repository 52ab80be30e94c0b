/*
 * webhooks.c - programs that an organisation wants to be told: named, changed, removed.
 *
 * A secret is made here and shown by the answer to the call that made it, and by no other; what
 * is stored is sealed under the master key. What is sent to a webhook is webhook_sends.c's.
 */
#include "told/webhooks.h"

#include <sodium.h>

#include "call/names.h"
#include "call/page.h"
#include "concordat/app/schemas_webhook.h"
#include "concordat/wire/address.h"
#include "concordat/wire/emit.h"
#include "concordat/wire/webhook.h"
#include "queries.h"

#define WEBHOOKS_MOST 20

enum column {
	URL = KEYED_OWN,
	DESCRIPTION,
	KINDS,
	STATE,
	DISABLED_BECAUSE,
	OLD_SECRET_UNTIL,
	FAILING_SINCE,
	SLOWED_UNTIL,
	CREATED_AT
};

/* ---- who may, and once ---- */

/* False when the call has been answered. */
static bool may_manage(struct call *call)
{
	if (call->caller.roles & (BIT(ROLE_MANAGER) | BIT(ROLE_ADMINISTRATOR)))
		return true;
	call_problem(call, 403, "forbidden",
		     TEXT("Only a manager or an administrator of your organisation says which "
			  "programs are told. Ask one of them."));
	return false;
}

bool webhook_of_path(struct call *call, struct uuid *webhook)
{
	return may_manage(call) && call_id(call, webhook);
}

bool webhook_says_nothing(struct call *call)
{
	struct webhook_call said;

	return !call->body.len || call_body(call, &webhook_call_schema, &said);
}

/* ---- what is shown ---- */

static int32_t *kind_at(struct arena *arena, struct list *kinds, size_t *count)
{
	int32_t *items = kinds->items;
	int32_t *at = LIST_ADD(arena, items, *count);

	kinds->items = items;
	kinds->count = *count;
	return at;
}

/* "invited,offer_made"; one that this program does not know is left out. */
static struct list kinds_of(struct arena *arena, struct text names)
{
	struct list kinds = {0};
	size_t from = 0, count = 0;

	for (size_t i = 0; names.len && i <= names.len; i++) {
		int32_t kind;

		if (i < names.len && names.at[i] != ',')
			continue;
		kind = enum_parse(webhook_kind_names, (struct text){names.at + from, i - from});
		if (kind != NO_ENUM)
			*kind_at(arena, &kinds, &count) = kind;
		from = i + 1;
	}
	return kinds;
}

static struct webhook_row row_of(struct arena *arena, const struct rows *rows, size_t row)
{
	struct text description = row_text(rows, row, DESCRIPTION);

	return (struct webhook_row){
		.id = row_uuid(rows, row, KEYED_ID),
		.url = row_text(rows, row, URL),
		.description = description.len ? description : TEXT_NONE,
		.kinds = kinds_of(arena, row_text(rows, row, KINDS)),
		.state = row_text(rows, row, STATE),
		.disabled_because = row_text(rows, row, DISABLED_BECAUSE),
		.old_secret_until_us = row_int(rows, row, OLD_SECRET_UNTIL, NEVER_US),
		.failing_since_us = row_int(rows, row, FAILING_SINCE, NEVER_US),
		.slowed_until_us = row_int(rows, row, SLOWED_UNTIL, NEVER_US),
		.created_at_us = row_int(rows, row, CREATED_AT, NEVER_US),
	};
}

static void answer_row(struct call *call, int status, const struct rows *rows, struct text secret)
{
	struct webhook_row row = row_of(call->arena, rows, 0);

	row.secret = secret;
	if (status == 201)
		call_answer_made(call, &webhook_row_schema, &row, "/v1/webhooks/", row.id);
	else
		call_answer_struct(call, status, &webhook_row_schema, &row);
}

/* ---- what is asked ---- */

/* The key is known for as long as it takes to write it down. */
static struct text secret_make(struct call *call, struct uuid webhook, struct param *sealed)
{
	uint8_t key[WEBHOOK_KEY_SIZE];
	struct text secret;

	randombytes_buf(key, sizeof(key));
	secret = webhook_secret_text(call->arena, key);
	sodium_memzero(key, sizeof(key));
	*sealed = PARAM_BYTES(secret_seal(call->app, call->arena, "webhook", webhook, secret));
	return secret;
}

/* False when the call has been answered. */
static bool request_read(struct call *call, struct webhook_request *asked)
{
	bool private_too = app_config(call->app)->webhook_private_targets != 0;
	struct text why;

	if (!call_body(call, &webhook_request_schema, asked))
		return false;
	if (!target_is_sound(asked->url, private_too, &why)) {
		call_refuse(call, TEXT("/url"), why);
		return false;
	}
	return name_check(call, "/description", asked->description);
}

/* url, description and kinds, one after another. */
static void request_params(struct call *call, const struct webhook_request *asked,
			   struct param *params)
{
	const int32_t *kinds = asked->kinds.items;
	struct text *names = arena_array(call->arena, struct text, asked->kinds.count);

	for (size_t i = 0; i < asked->kinds.count; i++)
		names[i] = text_of(webhook_kind_names[kinds[i]]);
	params[0] = PARAM(asked->url);
	params[1] = PARAM(asked->description.at ? asked->description : TEXT(""));
	params[2] = asked->kinds.count ? param_array(call->arena, names, asked->kinds.count)
				       : PARAM(TEXT_NONE);
}

/* ---- made, and given a new secret ---- */

static void on_made(struct keyed *k, const struct rows *rows)
{
	answer_row(k->call, 201, rows, k->secret);
}

static void refuse_more(struct keyed *k, const struct rows *rows)
{
	(void)rows;
	call_problem(k->call, 409, "too_many_webhooks",
		     TEXT("Your organisation has 20 webhooks, which is the most. Remove one that "
			  "is no longer used."));
}

void app_create_webhook(struct call *call)
{
	struct keyed *k = keyed_new(call, SQL_WEBHOOK_CREATE, NULL);
	struct uuid webhook = uuid_new(call->received_us);
	struct webhook_request asked;

	if (!may_manage(call) || !request_read(call, &asked))
		return;
	k->on_done = on_made;
	k->on_missing = refuse_more;
	k->params[0] = param_uuid(call->arena, webhook);
	k->params[1] = param_uuid(call->arena, call->caller.organisation);
	request_params(call, &asked, k->params + 2);
	k->secret = secret_make(call, webhook, &k->params[5]);
	k->params[6] = param_int(call->arena, WEBHOOKS_MOST);
	keyed_run(k, 7, "POST /v1/webhooks");
}

static void on_rotated(struct keyed *k, const struct rows *rows)
{
	answer_row(k->call, 200, rows, k->secret);
}

void app_rotate_webhook(struct call *call)
{
	struct keyed *k = keyed_new(call, SQL_WEBHOOK_ROTATE, NULL);
	struct uuid webhook;

	if (!webhook_of_path(call, &webhook) || !webhook_says_nothing(call))
		return;
	k->on_done = on_rotated;
	k->params[0] = param_uuid(call->arena, webhook);
	k->params[1] = param_uuid(call->arena, call->caller.organisation);
	k->secret = secret_make(call, webhook, &k->params[2]);
	keyed_run(k, 3, "POST /v1/webhooks/{id}/rotate");
}

/* ---- changed, enabled, removed: twice does what once does ---- */

static void on_one(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct call *call = context;

	if (call_found(call, outcome, rows))
		answer_row(call, 200, rows, TEXT_NONE);
}

/* Its first two parameters are the webhook and the organisation. */
static void change(struct call *call, struct uuid webhook, const char *sql, struct param *params,
		   size_t count, store_rows_cb on_rows)
{
	params[0] = param_uuid(call->arena, webhook);
	params[1] = param_uuid(call->arena, call->caller.organisation);
	call_work(call, sql, params, count, on_rows, call);
}

void app_change_webhook(struct call *call)
{
	struct param *params = arena_array(call->arena, struct param, 5);
	struct webhook_request asked;
	struct uuid webhook;

	if (!webhook_of_path(call, &webhook) || !request_read(call, &asked))
		return;
	request_params(call, &asked, params + 2);
	change(call, webhook, SQL_WEBHOOK_CHANGE, params, 5, on_one);
}

void app_enable_webhook(struct call *call)
{
	struct param *params = arena_array(call->arena, struct param, 2);
	struct uuid webhook;

	if (webhook_of_path(call, &webhook) && webhook_says_nothing(call))
		change(call, webhook, SQL_WEBHOOK_ENABLE, params, 2, on_one);
}

static void on_removed(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct call *call = context;

	if (call_found(call, outcome, rows))
		call_answer_done(call, "removed");
}

void app_remove_webhook(struct call *call)
{
	struct param *params = arena_array(call->arena, struct param, 2);
	struct uuid webhook;

	if (webhook_of_path(call, &webhook))
		change(call, webhook, SQL_WEBHOOK_REMOVE, params, 2, on_removed);
}

/* ---- looked at ---- */

static void look(struct call *call, struct uuid webhook, struct uuid behind, int64_t most,
		 store_rows_cb on_rows, void *context)
{
	struct param *params = arena_array(call->arena, struct param, 3);

	params[0] = param_uuid(call->arena, webhook);
	params[1] = param_uuid(call->arena, behind);
	params[2] = param_int(call->arena, most);
	call_read(call, SQL_WEBHOOK_LIST, params, 3, on_rows, context);
}

void app_get_webhook(struct call *call)
{
	struct uuid webhook;

	if (webhook_of_path(call, &webhook))
		look(call, webhook, (struct uuid){{0}}, 1, on_one, call);
}

static void put_webhook(struct page *page, struct writer *w, const struct rows *rows, size_t row)
{
	struct webhook_row webhook = row_of(page->call->arena, rows, row);

	emit_struct(w, NULL, &webhook_row_schema, &webhook, AUDIENCE_COMMISSIONER);
}

static void on_listed(enum store_outcome outcome, const struct rows *rows, void *context)
{
	page_rows(context, outcome, rows, put_webhook);
}

void app_list_webhooks(struct call *call)
{
	struct page *page = arena_make(call->arena, struct page);
	struct uuid behind = {{0}};

	if (!may_manage(call) || !page_read(call, "webhooks", NULL, 1, page))
		return;
	if (!page_after_id(page, 0, &behind))
		return;
	look(call, (struct uuid){{0}}, behind, page->limit + 1, on_listed, page);
}
