/*
 * log_heads.c - how far each log is sealed, held in memory to go out with what people read.
 *
 * Whoever keeps the size and the root that an answer came with can show later that the log was
 * rewritten. Each second what was sealed since is read; a log that nobody writes to costs nothing.
 */
#include <event2/event.h>

#include "concordat/app/log.h"
#include "concordat/base/report.h"
#include "concordat/wire/emit.h"
#include "internal.h"
#include "queries.h"

/* A seal is seen once it is committed, which is after the instant it carries. */
#define COMMITS_WITHIN_US (20 * US_PER_SECOND)

enum column { AUTHORITY, ORIGIN, SIZE, ROOT, SEALED_AT };

struct log_heads {
	struct event *looking;
	struct arena *look; /* NULL: none goes on */
	int64_t since_us;
	uint64_t reconnects; /* of the store, when that was reckoned from */
	struct log_head *heads;
	size_t count;
};

static struct log_head *find(const struct log_heads *h, struct uuid authority)
{
	for (size_t i = 0; i < h->count; i++)
		if (uuid_eq(h->heads[i].authority, authority))
			return &h->heads[i];
	return NULL;
}

static void take_row(struct app *app, const struct rows *rows, size_t i)
{
	struct log_heads *h = app->log_heads;
	struct uuid authority = row_uuid(rows, i, AUTHORITY);
	struct log_head *head = find(h, authority);
	int64_t sealed_us = row_int(rows, i, SEALED_AT, 0) - COMMITS_WITHIN_US;
	struct digest root;

	if (!row_digest(rows, i, ROOT, &root))
		return;
	if (!head)
		head = LIST_ADD(app->arena, h->heads, h->count);
	if (!text_eq(head->origin, row_text(rows, i, ORIGIN)))
		head->origin = text_copy(app->arena, row_text(rows, i, ORIGIN));
	head->authority = authority;
	head->size = row_int(rows, i, SIZE, 0);
	head->root = root;
	if (h->since_us < sealed_us)
		h->since_us = sealed_us;
}

static void on_heads(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct app *app = context;

	for (size_t i = 0; outcome == STORE_DONE && i < rows->count; i++)
		take_row(app, rows, i);
	arena_free(app->log_heads->look);
	app->log_heads->look = NULL;
}

static void on_look(evutil_socket_t socket, short what, void *context)
{
	struct app *app = context;
	struct log_heads *h = app->log_heads;
	struct param param;

	(void)socket;
	(void)what;
	if (h->look)
		return;
	if (h->reconnects != store_stats(app->store).reconnects)
		h->since_us = 0; /* the database may have been put back meanwhile */
	h->reconnects = store_stats(app->store).reconnects;
	h->look = arena_new();
	param = param_instant(h->look, h->since_us);
	store_work(app->store, h->look, SQL_LOG_HEADS, &param, 1, on_heads, app);
}

const struct log_head *log_head_of(struct app *app, struct uuid authority)
{
	return find(app->log_heads, authority);
}

void log_head_put(struct writer *w, const struct log_head *head)
{
	if (!head)
		return;
	emit_begin(w, "log", '{');
	emit_text(w, "origin", head->origin);
	emit_int(w, "size", head->size);
	emit_text(w, "root", text_base64(w->arena, head->root.bytes, sizeof(head->root.bytes)));
	emit_end(w, '}');
}

void log_heads_open(struct app *app)
{
	app->log_heads = arena_make(app->arena, struct log_heads);
	app->log_heads->looking = event_new(app->base, -1, EV_PERSIST, on_look, app);
	if (!app->log_heads->looking)
		report_fatal("app", "No event could be made for want of memory");
}

void log_heads_start(struct app *app)
{
	on_look(-1, 0, app);
	event_add(app->log_heads->looking, &(struct timeval){.tv_sec = 1});
}

void log_heads_close(struct app *app)
{
	event_free(app->log_heads->looking);
}
