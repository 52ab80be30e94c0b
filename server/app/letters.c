/*
 * letters.c - notices that reached nobody, for their sender to telephone or write.
 *
 * One is in the list while an action due waits for it: once the telling is recorded, or the other
 * side was reached after all, it is gone. The letter says what the sender may know, never a
 * person's name: not the words of the e-mail, which were the other side's.
 */
#include "concordat/app/schemas_mail.h"
#include "concordat/core/calendar.h"
#include "concordat/wire/emit.h"
#include "page.h"
#include "queries.h"
#include "record_page.h"

#include <string.h>

const char *const app_letter_types[] = {"text/html", NULL};

enum column {
	ID,
	PLACEMENT,
	REFERENCE,
	IS_AUTHORITYS,
	RECIPIENT,
	RECIPIENT_NAME,
	SUBJECT,
	RECORDED_AT,
	FAILED_AT,
	ANSWER,
	OWED,
	SENDER,
	SENDER_EMAIL
};

static const char style[] =
	"body{font:1rem/1.5 Arial,sans-serif;color:#0b0c0c;max-width:40rem;margin:2rem auto;"
	"padding:0 1rem}h1,h2{line-height:1.2}.office{border:2px solid #505a5f;padding:0 1rem}"
	"@media print{@page{margin:25mm}body{margin:0;max-width:none;font-size:11pt}"
	"h2{break-after:avoid}.office{display:none}}";

/* What is owed, by name, a line each; what the other side owes to itself alone is not the sender's
 * to know. */
static void read_owed(struct call *call, const struct rows *rows, size_t row,
		      struct letter_row *letter)
{
	const struct party reader = {.side = row_bool(rows, row, IS_AUTHORITYS) ? SIDE_COMMISSIONER
										: SIDE_PROVIDER};
	struct text names = row_text(rows, row, OWED);
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
	letter->owed = (struct list){duties, count};
}

static struct letter_row letter_of(struct call *call, const struct rows *rows, size_t row)
{
	struct letter_row letter = {
		.id = row_uuid(rows, row, ID),
		.placement = row_uuid(rows, row, PLACEMENT),
		.reference = row_text(rows, row, REFERENCE),
		.recipient = row_uuid(rows, row, RECIPIENT),
		.recipient_name = row_text(rows, row, RECIPIENT_NAME),
		.subject = row_text(rows, row, SUBJECT),
		.recorded_at_us = row_int(rows, row, RECORDED_AT, NEVER_US),
		.failed_at_us = row_int(rows, row, FAILED_AT, NEVER_US),
		.answer = row_text(rows, row, ANSWER),
	};

	read_owed(call, rows, row, &letter);
	return letter;
}

/* ---- the list ---- */

static void ask(struct call *call, struct uuid one, struct uuid behind, int64_t many,
		store_rows_cb on_rows, void *context)
{
	struct param *params = arena_array(call->arena, struct param, 3);

	params[0] = param_uuid(call->arena, one);
	params[1] = param_uuid(call->arena, behind);
	params[2] = param_int(call->arena, many);
	store_read(app_store(call->app), call->arena, call->caller.organisation, SQL_MAIL_LETTERS,
		   params, 3, on_rows, context);
}

static void put_letter(struct page *page, struct writer *w, const struct rows *rows, size_t row)
{
	const struct letter_row letter = letter_of(page->call, rows, row);

	emit_struct(w, NULL, &letter_row_schema, &letter, AUDIENCE_COMMISSIONER);
}

static void on_letters(enum store_outcome outcome, const struct rows *rows, void *context)
{
	page_rows(context, outcome, rows, ID, put_letter);
}

void app_list_letters(struct call *call)
{
	static const struct uuid any;
	struct page *page = arena_make(call->arena, struct page);
	struct uuid behind = {{0}};

	if (!page_read(call, "letters", NULL, 1, page))
		return;
	if (!page_after_id(page, &behind))
		return;
	ask(call, any, behind, page->limit + 1, on_letters, page);
}

/* ---- one, to print ---- */

static void put_paragraph(struct writer *w, struct text words)
{
	writer_puts(w, "<p>");
	html_put(w, words);
	writer_puts(w, "</p>\n");
}

static void put_owed(struct writer *w, const struct letter_row *letter)
{
	const int32_t *duties = letter->owed.items;

	if (!letter->owed.count)
		return;
	writer_puts(w, "<h2>What is due from you</h2>\n<ul>\n");
	for (size_t i = 0; i < letter->owed.count; i++) {
		const char *action = duty_words[duties[i]].action;

		writer_printf(w, "<li>%c%s.</li>\n", action[0] - 'a' + 'A', action + 1);
	}
	writer_puts(w,
		    "</ul>\n<p>Your time for it has not begun: it begins when you are told, by "
		    "this letter or otherwise. The placement then says by when it is due.</p>\n");
}

static void put_answering(struct writer *w, const struct letter_row *letter, struct text public_url,
			  struct text email)
{
	writer_puts(w, "<h2>How to answer</h2>\n");
	while (public_url.len && public_url.at[public_url.len - 1] == '/')
		public_url.len--;
	put_paragraph(w, text_printf(w->arena, "Sign in at %.*s/placements/%.*s",
				     TEXT_FMT(public_url), TEXT_FMT(letter->reference)));
	put_paragraph(w, text_printf(w->arena,
				     "If you cannot, telephone or write to us%s%.*s. Give the "
				     "reference %.*s. If your e-mail address has changed, tell us.",
				     email.len ? ", or e-mail " : "", TEXT_FMT(email),
				     TEXT_FMT(letter->reference)));
}

static struct text letter_page(struct call *call, const struct letter_row *letter,
			       struct text sender, struct text email)
{
	struct arena *arena = call->arena;
	struct text what = letter->subject;
	const char *colon = memchr(what.at, ':', what.len);
	struct writer w;

	/* "PL-1000047-P: offer made" */
	if (colon && (size_t)(colon - what.at) + 2 < what.len)
		what = (struct text){colon + 2, what.len - (size_t)(colon + 2 - what.at)};
	writer_init(&w, arena);
	writer_printf(&w,
		      "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      "<title>Letter about %.*s</title>\n<style>%s</style>\n</head>\n<body>\n"
		      "<main>\n",
		      TEXT_FMT(letter->reference), style);
	put_paragraph(&w, text_printf(arena, "To: %.*s", TEXT_FMT(letter->recipient_name)));
	put_paragraph(&w, text_printf(arena, "From: %.*s", TEXT_FMT(sender)));
	put_paragraph(&w, instant_words(arena, call->received_us));
	writer_printf(&w, "<h1>Placement %.*s</h1>\n", TEXT_FMT(letter->reference));
	put_paragraph(&w, TEXT("We could not reach you by e-mail, so we write."));
	writer_puts(&w, "<h2>What happened</h2>\n");
	put_paragraph(&w, text_printf(arena, "Recorded on %.*s: %.*s.",
				      TEXT_FMT(instant_words(arena, letter->recorded_at_us)),
				      TEXT_FMT(what)));
	put_owed(&w, letter);
	put_answering(&w, letter, text_of(app_config(call->app)->public_url), email);
	writer_puts(&w, "<div class=\"office\">\n");
	put_paragraph(&w, TEXT("Not printed, for you who send it: once they are told, record on "
			       "the placement how and when (record_service). Their time begins "
			       "then."));
	writer_puts(&w, "</div>\n</main>\n</body>\n</html>\n");
	return writer_text(&w);
}

static void on_letter(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct call *call = context;
	struct reply reply = {.status = 200};
	struct letter_row letter;
	struct writer w;

	if (outcome != STORE_DONE) {
		call_store_fault(call, outcome);
		return;
	}
	if (!rows->count) {
		call_not_found(call);
		return;
	}
	letter = letter_of(call, rows, 0);
	if (call->accepted && strcmp(call->accepted, "text/html") == 0) {
		reply.body = letter_page(call, &letter, row_text(rows, 0, SENDER),
					 row_text(rows, 0, SENDER_EMAIL));
		reply.content_type = "text/html; charset=utf-8";
	} else {
		writer_init(&w, call->arena);
		emit_struct(&w, NULL, &letter_row_schema, &letter, AUDIENCE_COMMISSIONER);
		reply.body = writer_text(&w);
	}
	call_finish(call, &reply);
}

void app_get_letter(struct call *call)
{
	static const struct uuid any;
	struct uuid id;

	if (uuid_parse(call->path_id, &id) && !uuid_is_zero(id))
		ask(call, id, any, 1, on_letter, call);
	else
		call_not_found(call);
}
