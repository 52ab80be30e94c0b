/*
 * deliveries.c - messages: those to one's own organisation, with every try at each, and how far
 * what it did has reached the others.
 *
 * What others were told is theirs: of that it is said only on which channel it went, how far it
 * came and what a far server answered. Who marks a message as read has opened what it tells of, so
 * that a notice which no channel could bring is served by that.
 */
#include "concordat/app/schemas_delivery.h"

#include "concordat/wire/emit.h"
#include "held/look.h"
#include "queries.h"

enum column {
	ID,
	PLACEMENT,
	CHANNEL,
	KIND,
	SUBJECT,
	BODY,
	STATE,
	REMINDER,
	ATTEMPTS,
	DUE_AT,
	CREATED_AT,
	TARGET,
	READ_AT,
	ACKNOWLEDGED_AT,
	TRY_NUMBER,
	TRY_STARTED,
	TRY_ENDED,
	TRY_OUTCOME,
	TRY_STATUS,
	TRY_ANSWER,
	TRY_ADDRESS
};

static struct delivery_row row_of(const struct rows *rows, size_t row)
{
	return (struct delivery_row){
		.id = row_uuid(rows, row, ID),
		.placement = row_uuid(rows, row, PLACEMENT),
		.target = row_uuid(rows, row, TARGET),
		.channel = row_text(rows, row, CHANNEL),
		.kind = row_text(rows, row, KIND),
		.subject = row_text(rows, row, SUBJECT),
		.body = row_text(rows, row, BODY),
		.state = row_text(rows, row, STATE),
		.reminder = row_text(rows, row, REMINDER),
		.attempts = row_int(rows, row, ATTEMPTS, 0),
		.due_at_us = row_int(rows, row, DUE_AT, NEVER_US),
		.created_at_us = row_int(rows, row, CREATED_AT, NEVER_US),
		.read_at_us = row_int(rows, row, READ_AT, NEVER_US),
		.acknowledged_at_us = row_int(rows, row, ACKNOWLEDGED_AT, NEVER_US),
	};
}

/* ---- a page of them ---- */

static const char *const states[] = {"queued", "sending", "sent", "delivered",
				     "failed", "unknown", NULL};
static const char *const channels[] = {"service", "email", "webhook", NULL};
static const char *const truths[] = {"true", "false", NULL};
static const char *const filters[] = {"placement", "state", "channel", "target", "read", NULL};

static void put_delivery(struct page *page, struct writer *w, const struct rows *rows, size_t row)
{
	const struct delivery_row delivery = row_of(rows, row);

	(void)page;
	emit_struct(w, NULL, &delivery_row_schema, &delivery, AUDIENCE_COMMISSIONER);
}

static void on_list(enum store_outcome outcome, const struct rows *rows, void *context)
{
	page_rows(context, outcome, rows, put_delivery);
}

void app_list_deliveries(struct call *call)
{
	struct page *page = arena_make(call->arena, struct page);
	struct param *params = arena_array(call->arena, struct param, 8);
	struct text state = TEXT_NONE, channel = TEXT_NONE, read = TEXT_NONE;
	struct uuid placement = {0}, target = {0}, last = {0};

	if (!query_id(call, "placement", &placement) || !query_id(call, "target", &target) ||
	    !query_word(call, "state", states, &state) ||
	    !query_word(call, "channel", channels, &channel) ||
	    !query_word(call, "read", truths, &read) ||
	    !page_read(call, "deliveries", filters, 1, page) || !page_after_id(page, 0, &last))
		return;
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = param_uuid(call->arena, placement);
	params[2] = PARAM(state);
	params[3] = PARAM(channel);
	params[4] = param_uuid(call->arena, target);
	params[5] = PARAM(read);
	params[6] = param_uuid(call->arena, last);
	params[7] = page_most(page);
	call_read(call, SQL_DELIVERIES_LIST, params, 8, on_list, page);
}

/* ---- one, with its tries ---- */

static struct list tries_of(struct arena *arena, const struct rows *rows)
{
	struct delivery_try *tries = arena_array(arena, struct delivery_try, rows->count);
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++) {
		if (row_is_null(rows, i, TRY_NUMBER))
			continue;
		tries[count++] = (struct delivery_try){
			.number = row_int(rows, i, TRY_NUMBER, 0),
			.started_at_us = row_int(rows, i, TRY_STARTED, NEVER_US),
			.ended_at_us = row_int(rows, i, TRY_ENDED, NEVER_US),
			.outcome = row_text(rows, i, TRY_OUTCOME),
			.status = row_int(rows, i, TRY_STATUS, NO_INT),
			.answer = row_text(rows, i, TRY_ANSWER),
			.address = row_text(rows, i, TRY_ADDRESS),
		};
	}
	return (struct list){tries, count};
}

static void on_one(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct call *call = context;
	struct delivery_row row;

	if (!call_found(call, outcome, rows))
		return;
	row = row_of(rows, 0);
	row.tries = tries_of(call->arena, rows);
	call_answer_struct(call, 200, &delivery_row_schema, &row);
}

/* False when the call has been answered: the path names none. */
static bool params_of_path(struct call *call, struct param **params)
{
	struct uuid id;

	*params = arena_array(call->arena, struct param, 2);
	if (!uuid_parse(call->path_id, &id) || uuid_is_zero(id)) {
		call_not_found(call);
		return false;
	}
	(*params)[0] = param_uuid(call->arena, call->caller.organisation);
	(*params)[1] = param_uuid(call->arena, id);
	return true;
}

void app_get_delivery(struct call *call)
{
	struct param *params;

	if (params_of_path(call, &params))
		call_read(call, SQL_DELIVERIES_ONE, params, 2, on_one, call);
}

static void on_served(enum store_outcome outcome, bool appended, void *context)
{
	(void)outcome; /* if not now, then when the placement is opened */
	(void)appended;
	app_get_delivery(context);
}

static void on_read(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct call *call = context;
	struct notice_news news = {
		.fate = NOTICE_OPENED,
		.organisation = call->caller.organisation,
	};

	if (outcome == STORE_DONE && rows->count)
		news.entry = (int32_t)row_int(rows, 0, 3, 0);
	if (outcome != STORE_DONE)
		call_store_fault(call, outcome);
	else if (!rows->count)
		call_not_found(call);
	else if (news.entry)
		app_serve(call->app, row_uuid(rows, 0, 1), row_uuid(rows, 0, 2), &news, on_served,
			  call);
	else
		app_get_delivery(call);
}

void app_read_delivery(struct call *call)
{
	struct param *params;

	if (params_of_path(call, &params))
		call_work(call, SQL_DELIVERIES_READ, params, 2, on_read, call);
}

/* ---- how far it has reached the others ---- */

static const char *const reach_filters[] = {NULL};

struct reaching {
	struct page page;
	int32_t *numbers; /* one's own, by the placement's count; 0: not one's own */
	int32_t seq;
};

static void put_reached(struct page *page, struct writer *w, const struct rows *rows, size_t row)
{
	const struct reaching *r = (const struct reaching *)page; /* its first member */
	int64_t seq = row_int(rows, row, 1, 0);
	int32_t number = seq > 0 && seq <= r->seq ? r->numbers[seq] : 0;
	const struct delivery_reach reach = {
		.id = row_uuid(rows, row, 0),
		.entry = number ? number : NO_INT,
		.kind = row_text(rows, row, 2),
		.recipient = row_uuid(rows, row, 3),
		.channel = row_text(rows, row, 4),
		.state = row_text(rows, row, 5),
		.attempts = row_int(rows, row, 6, 0),
		.answer = row_text(rows, row, 7),
		.created_at_us = row_int(rows, row, 8, NEVER_US),
		.read_at_us = row_int(rows, row, 9, NEVER_US),
		.acknowledged_at_us = row_int(rows, row, 10, NEVER_US),
	};

	emit_struct(w, NULL, &delivery_reach_schema, &reach, AUDIENCE_COMMISSIONER);
}

static void on_reached(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct reaching *r = context;

	page_rows(&r->page, outcome, rows, put_reached);
}

static void on_reach_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	struct call *call = look->call;
	struct reaching *r = arena_make(call->arena, struct reaching);
	struct param *params = arena_array(call->arena, struct param, 3);
	struct uuid last = {0};

	if (!look_begin(look, loaded) || !page_read(call, "reached", reach_filters, 1, &r->page) ||
	    !page_after_id(&r->page, 0, &last))
		return;
	r->seq = look->now->seq;
	r->numbers = arena_array(call->arena, int32_t, (size_t)r->seq + 1);
	for (int32_t seq = 1; seq <= r->seq; seq++)
		r->numbers[seq] = party_entry(look->now, &look->party, seq);
	params[0] = param_uuid(call->arena, look->now->id);
	params[1] = param_uuid(call->arena, last);
	params[2] = page_most(&r->page);
	call_read(call, SQL_DELIVERIES_REACHED, params, 3, on_reached, r);
}

void app_list_reached(struct call *call)
{
	look_start(call, on_reach_loaded);
}
