/*
 * letters.c - notices that reached nobody, for their sender to telephone or write.
 *
 * One is in the list while an action due waits for it: once the telling is recorded, or the other
 * side was reached after all, it is gone. The letter says what the sender may know, never a
 * person's name: not the words of the e-mail, which were the other side's.
 */
#include "call/contact.h"
#include "call/page.h"
#include "concordat/core/calendar.h"
#include "concordat/core/protocol.h"
#include "concordat/wire/emit.h"
#include "queries.h"
#include "told/letter_page.h"

#include <string.h>

const char *const app_letter_types[] = {"text/html", NULL};

enum column {
	ID,
	PLACEMENT,
	REFERENCE,
	OWN_SIDE,
	OWN_ENTRY,
	N,
	VERSION,
	RECIPIENT,
	RECIPIENT_NAME,
	TELEPHONE,
	ADDRESS,
	SUBJECT = ADDRESS + 5,
	RECORDED_AT,
	FAILED_AT,
	ANSWER,
	OWED,
	SENDER,
	SENDER_CONTACT
};

/* ---- one row ---- */

/* What is owed, by name, a line each; what the other side owes to itself alone is not the sender's
 * to know. */
static struct list owed_of(struct call *call, struct text names, enum side side)
{
	const struct party reader = {.side = side};
	int32_t *duties = NULL;
	size_t count = 0;

	for (size_t from = 0, i = 0; i <= names.len; i++) {
		struct text name = {names.at + from, i - from};

		if (i < names.len && names.at[i] != '\n')
			continue;
		from = i + 1;
		for (int32_t duty = 0; duty < DUTY_COUNT; duty++)
			if (text_is(name, duty_names[duty]) &&
			    duty_told_to((enum duty)duty, SIDE_EITHER, 0, NULL, &reader))
				*LIST_ADD(call->arena, duties, count) = duty;
	}
	return (struct list){duties, count};
}

/* The move that a row's own side may make; else all of it is absent. */
static struct letter_record record_of(struct call *call, const struct rows *rows, size_t row)
{
	struct letter_record record = {.entry = NO_INT, .n = NO_INT};

	if (row_is_null(rows, row, OWN_ENTRY))
		return record;
	record.move = text_of(move_names[MOVE_RECORD_SERVICE]);
	record.href = text_printf(call->arena, "/v1/placements/%.*s/moves",
				  TEXT_FMT(row_text(rows, row, PLACEMENT)));
	record.version = text_printf(call->arena, "v%.*s", TEXT_FMT(row_text(rows, row, VERSION)));
	record.entry = row_int(rows, row, OWN_ENTRY, NO_INT);
	record.n = row_int(rows, row, N, NO_INT);
	return record;
}

static struct text alert_of(const struct letter_row *letter)
{
	if (letter->address.line_1.len)
		return TEXT_NONE;
	if (letter->telephone.len)
		return TEXT("No postal address is held. Telephone them, and ask their "
			    "administrator to enter one.");
	return TEXT("No postal address and no telephone number are held. Find out how to reach "
		    "them, and ask their administrator or the operator to enter it.");
}

static struct letter_row letter_of(struct call *call, const struct rows *rows, size_t row)
{
	int32_t side = enum_parse(side_names, row_text(rows, row, OWN_SIDE));
	struct letter_row letter = {
		.id = row_uuid(rows, row, ID),
		.placement = row_uuid(rows, row, PLACEMENT),
		.reference = row_text(rows, row, REFERENCE),
		.recipient = row_uuid(rows, row, RECIPIENT),
		.recipient_name = row_text(rows, row, RECIPIENT_NAME),
		.telephone = row_text(rows, row, TELEPHONE),
		.address = address_of(rows, row, ADDRESS),
		.subject = row_text(rows, row, SUBJECT),
		.recorded_at_us = row_int(rows, row, RECORDED_AT, NEVER_US),
		.failed_at_us = row_int(rows, row, FAILED_AT, NEVER_US),
		.answer = row_text(rows, row, ANSWER),
		.owed = owed_of(call, row_text(rows, row, OWED), (enum side)side),
		.record = record_of(call, rows, row),
	};

	letter.alert = alert_of(&letter);
	return letter;
}

/* ---- asked and answered ---- */

struct asking {
	struct call *call;
	struct page page;
	bool is_list;
};

static bool html_is_wanted(const struct call *call)
{
	return call->accepted && strcmp(call->accepted, "text/html") == 0;
}

static void answer_page(struct asking *a, const struct rows *rows)
{
	struct call *call = a->call;
	struct letters letters = {
		.is_list = a->is_list,
		.day = london_day(call->received_us),
		.public_url = text_of(app_config(call->app)->public_url),
	};
	struct reply reply = {.status = 200, .content_type = "text/html; charset=utf-8"};

	letters.count = rows->count;
	if (a->is_list && (int64_t)rows->count > a->page.limit) {
		const struct text last = row_text(rows, rows->count - 2, ID);

		letters.count = rows->count - 1;
		letters.next = reply.next = page_next(&a->page, &last);
	}
	letters.rows = arena_array(call->arena, struct letter_row, letters.count);
	for (size_t i = 0; i < letters.count; i++)
		letters.rows[i] = letter_of(call, rows, i);
	if (letters.count) {
		letters.sender = row_text(rows, 0, SENDER);
		letters.from = contact_of(rows, 0, SENDER_CONTACT);
	}
	reply.body = letter_page(call->arena, &letters);
	call_finish(call, &reply);
}

static void put_letter(struct page *page, struct writer *w, const struct rows *rows, size_t row)
{
	const struct letter_row letter = letter_of(page->call, rows, row);

	emit_struct(w, NULL, &letter_row_schema, &letter, AUDIENCE_COMMISSIONER);
}

static void on_letters(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct asking *a = context;

	if (outcome == STORE_DONE && html_is_wanted(a->call))
		answer_page(a, rows);
	else
		page_rows(&a->page, outcome, rows, put_letter);
}

static void on_letter(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct asking *a = context;
	struct letter_row letter;

	if (!call_found(a->call, outcome, rows))
		return;
	if (html_is_wanted(a->call)) {
		answer_page(a, rows);
		return;
	}
	letter = letter_of(a->call, rows, 0);
	call_answer_struct(a->call, 200, &letter_row_schema, &letter);
}

static void ask(struct asking *a, struct uuid one, struct uuid behind, struct param most,
		store_rows_cb on_rows)
{
	struct arena *arena = a->call->arena;
	struct param *params = arena_array(arena, struct param, 3);

	params[0] = param_uuid(arena, one);
	params[1] = param_uuid(arena, behind);
	params[2] = most;
	call_read(a->call, SQL_MAIL_LETTERS, params, 3, on_rows, a);
}

void app_list_letters(struct call *call)
{
	static const struct uuid any;
	struct asking *a = arena_make(call->arena, struct asking);
	struct uuid behind = {{0}};

	a->call = call;
	a->is_list = true;
	if (page_read(call, "letters", NULL, 1, &a->page) && page_after_id(&a->page, 0, &behind))
		ask(a, any, behind, page_most(&a->page), on_letters);
}

void app_get_letter(struct call *call)
{
	static const struct uuid any;
	struct asking *a = arena_make(call->arena, struct asking);
	struct uuid id;

	a->call = call;
	if (call_id(call, &id))
		ask(a, id, any, param_int(call->arena, 1), on_letter);
}
