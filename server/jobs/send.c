/*
 * send.c - e-mail as one of the channels: what is sent, and to which addresses no more.
 *
 * An address that a mail server said does not exist is written to no more, and what waits for it
 * fails with that answer at once, until it is cleared (bounces) or another address is entered: each
 * try goes to the address of its time. A message to who represented somebody whose death was
 * recorded meanwhile is not sent, nor one to who has left. The last wait of its schedule repeats,
 * until they come to five days.
 */
#include "queries.h"
#include "relay.h"

#define MAIL_TRIED_MS (INT64_C(5) * 24 * 3600 * 1000)

enum column {
	KIND = CLAIM_OWN,
	ADDRESS,
	SUBJECT,
	BODY,
	HTML,
	CREATED_AT,
	AUTHORITY,
	PARTS,
	LINES,
	BOUNCED,      /* the address is held not to exist, */
	BOUNCED_WITH, /* for this answer; or it was not taken for it, for a while */
	AFTER_DEATH,
	HAS_LEFT /* the person of its own that the organisation had it sent to */
};

/* The channel's part of a try. */
struct mailing {
	struct sending sending;
	bool is_doubted; /* the address has refused something meanwhile */
};

static void read_message(struct attempt *attempt, const struct rows *rows, size_t row,
			 struct mail *mail)
{
	struct text url = text_of(attempt->config->public_url);
	struct message message = {
		.subject = row_text(rows, row, SUBJECT),
		.body = row_text(rows, row, BODY),
		.html = row_text(rows, row, HTML),
	};

	if (text_is(row_text(rows, row, KIND), "digest"))
		message_of_digest(attempt->arena, url, row_int(rows, row, PARTS, 0),
				  row_text(rows, row, LINES), &message);
	else if (!row_is_null(rows, row, LINES))
		message_of_import(attempt->arena, url, row_text(rows, row, AUTHORITY),
				  row_text(rows, row, LINES), &message);
	mail->subject = message.subject;
	mail->body = message.body;
	mail->html = message.html;
}

static bool mail_prepare(struct jobs *jobs, struct attempt *attempt, const struct rows *rows,
			 size_t row, const char **why)
{
	struct mailing *mailing = arena_make(attempt->arena, struct mailing);
	struct text address = row_text(rows, row, ADDRESS);
	struct mail mail = {
		.from = text_of(attempt->config->smtp_from),
		.to = address,
		.id = attempt->id,
		.date_us = row_int(rows, row, CREATED_AT, 0),
	};

	(void)jobs;
	attempt->own = mailing;
	mailing->sending.attempt = attempt;
	mailing->sending.to = text_cstr(attempt->arena, address);
	mailing->is_doubted = !row_is_null(rows, row, BOUNCED_WITH);
	if (row_bool(rows, row, AFTER_DEATH)) {
		*why = NOT_AFTER_DEATH;
		return false;
	}
	if (row_bool(rows, row, HAS_LEFT)) {
		*why = "Not sent: whom it was for has left the organisation";
		return false;
	}
	if (row_bool(rows, row, BOUNCED)) {
		*why = text_cstr(attempt->arena,
				 text_printf(attempt->arena,
					     "Not sent: mail to this address came back with %.*s",
					     TEXT_FMT(row_text(rows, row, BOUNCED_WITH))));
		return false;
	}
	read_message(attempt, rows, row, &mail);
	*why = "Not sent: there is no address to send it to any more";
	if (!address.len)
		return false;
	*why = "The address or subject cannot be put in an e-mail";
	return mail_write(attempt->arena, &mail, &mailing->sending.bytes);
}

static void mail_run(struct attempt *attempt)
{
	relay_send(&((struct mailing *)attempt->own)->sending);
}

/* ---- bounces ---- */

struct bounce {
	struct jobs *jobs;
	struct arena *arena;
};

static void on_bounce_kept(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct bounce *bounce = context;
	struct jobs *jobs = bounce->jobs;

	(void)outcome; /* if it could not be kept, the next try says it again */
	(void)rows;
	arena_free(bounce->arena);
	jobs_end(jobs);
}

static void mail_recorded(struct jobs *jobs, const struct attempt *attempt)
{
	const struct mailing *mailing = attempt->own;
	enum address_news news = mailing->sending.news;
	struct arena *arena;
	struct bounce *bounce;
	struct param params[3];

	if (news == ADDRESS_UNKNOWN || (news == ADDRESS_TAKES && !mailing->is_doubted))
		return;
	arena = arena_new();
	bounce = arena_make(arena, struct bounce);
	*bounce = (struct bounce){jobs, arena};
	params[0] = PARAM(text_copy(arena, text_of(mailing->sending.to)));
	params[1] = param_bool(news == ADDRESS_PERMANENT);
	params[2] = PARAM(text_copy(arena, (struct text){attempt->answer, attempt->answer_len}));
	jobs_begin(jobs);
	if (news == ADDRESS_TAKES)
		store_work(jobs->store, arena, SQL_MAIL_TAKES, params, 1, on_bounce_kept, bounce);
	else
		store_work(jobs->store, arena, SQL_MAIL_BOUNCED, params, 3, on_bounce_kept, bounce);
}

static int64_t mail_retry_ms(const struct config *config, int64_t number)
{
	const struct spans *waits = &config->smtp_retries;

	return spans_sum(waits, number - 1) < MAIL_TRIED_MS ? spans_nth(waits, number) : NEVER_MS;
}

const struct message_channel mail_channel = {
	.name = "email",
	.claim = &SQL_JOBS_CLAIM_MAIL,
	.prepare = mail_prepare,
	.run = mail_run,
	.recorded = mail_recorded,
	.retry_ms = mail_retry_ms,
};
