/*
 * store.c - the face of the room.
 *
 * It puts together what the others do: the appender, a bank of readers, a
 * bank of one that works; and keeps what is shared: the clock, the hint to
 * other daemons, numbers for references, draining.
 */
#include "concordat/store/store.h"

#include <event2/event.h>
#include <stdlib.h>
#include <time.h>

#include "append.h"
#include "calls.h"
#include "clock.h"
#include "concordat/base/report.h"
#include "figures.h"
#include "plain.h"
#include "queries.h"
#include "rows.h"

#define REACH_PATIENCE_US INT64_C(10000000)
#define REACH_POLL_NS 250000000
#define HINT_SPACE_US INT64_C(15000) /* for each commit that the last hint was of */
#define HINT_SPACE_MOST_US INT64_C(100000)
#define NUMBER_BLOCK 64 /* as the sequence increments */
#define PARTS 3

struct wants_number {
	void (*on_number)(enum store_outcome outcome, int64_t number, void *context);
	void *context;
	struct wants_number *next;
};

struct store {
	struct clock clock;
	struct appender *appender;
	struct bank *readers, *worker;

	struct event *hint;   /* pending: a NOTIFY is due */
	int64_t hint_from_us; /* monotonic: not before then */
	int64_t commits;      /* since the last */
	void (*on_hint)(void *context);
	void *hint_context;

	struct event *numbers;
	int64_t next_number;
	unsigned int numbers_left;
	bool asking_numbers, draining;
	struct wants_number *wants_head, *wants_tail;

	unsigned int parts_drained;
	struct event *drained;
	void (*on_drained)(void *context);
	void *drained_context;
};

static void on_figures(void *context)
{
	const struct store *store = context;

	appender_figures_set(store->appender);
	bank_figures_set(store->readers);
	bank_figures_set(store->worker);
	figure_set(&store_figures[DATABASE_READY], 0, store_ready(store));
	figure_set(&store_figures[CLOCK_OFFSET], 0, store_clock_offset_us(store));
}

static struct figure_table figures = {store_figures, STORE_FIGURES, on_figures, NULL, NULL};

static struct step clock_step(void)
{
	return (struct step){.sql = SQL_STORE_CLOCK};
}

/* ---- the hint to other daemons ---- */

/* One that stands alone is told at once, a crowd together: the more there were in the last space,
 * the longer is the next. */
static void on_commit(void *context)
{
	struct store *store = context;
	int64_t in_us = store->hint_from_us - monotonic_us();

	store->commits++;
	if (event_pending(store->hint, EV_TIMEOUT, NULL) || store->draining)
		return;
	event_add(store->hint, &(struct timeval){.tv_usec = in_us > 0 ? in_us : 0});
}

static void on_hint_sent(enum store_outcome outcome, const struct rows *rows, void *context)
{
	(void)outcome; /* only a hint: whoever waits for it also looks by itself */
	(void)rows;
	arena_free(context);
}

static void on_hint_due(evutil_socket_t fd, short what, void *context)
{
	struct store *store = context;
	struct arena *arena = arena_new();
	struct step head = clock_step(), hint = {.sql = SQL_STORE_HINT};

	(void)fd;
	(void)what;
	store->hint_from_us = monotonic_us() + (store->commits * HINT_SPACE_US < HINT_SPACE_MOST_US
							? store->commits * HINT_SPACE_US
							: HINT_SPACE_MOST_US);
	store->commits = 0;
	bank_call(store->worker, arena, &head, &hint, on_hint_sent, arena);
}

static void on_hint_heard(void *context)
{
	struct store *store = context;

	if (store->on_hint)
		store->on_hint(store->hint_context);
}

/* ---- numbers ---- */

static void look_at_numbers(struct store *store)
{
	event_active(store->numbers, EV_TIMEOUT, 1);
}

static struct wants_number take_want(struct store *store)
{
	struct wants_number want = *store->wants_head;

	free(store->wants_head);
	store->wants_head = want.next;
	if (!want.next)
		store->wants_tail = NULL;
	return want;
}

static void on_block(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct store *store = context;
	struct wants_number *last = store->wants_tail;
	bool more = outcome != STORE_DONE && last;

	store->asking_numbers = false;
	if (outcome == STORE_DONE) {
		store->next_number = row_int(rows, 0, 0, 0);
		store->numbers_left = NUMBER_BLOCK;
		look_at_numbers(store);
	}
	while (more) {
		struct wants_number want;

		more = store->wants_head != last;
		want = take_want(store);
		want.on_number(outcome, 0, want.context);
	}
}

struct block_call {
	struct arena *arena;
	struct store *store;
};

static void on_block_rows(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct block_call *call = context;

	on_block(outcome, rows, call->store);
	arena_free(call->arena);
}

static void ask_block(struct store *store)
{
	struct arena *arena = arena_new();
	struct block_call *call = arena_make(arena, struct block_call);
	struct step head = clock_step(), main = {.sql = SQL_STORE_NEXT_BLOCK};

	*call = (struct block_call){.arena = arena, .store = store};
	store->asking_numbers = true;
	bank_call(store->worker, arena, &head, &main, on_block_rows, call);
}

static void on_numbers(evutil_socket_t fd, short what, void *context)
{
	struct store *store = context;

	(void)fd;
	(void)what;
	while (store->wants_head && store->numbers_left) {
		struct wants_number want = take_want(store);

		store->numbers_left--;
		want.on_number(STORE_DONE, store->next_number++, want.context);
	}
	if (store->wants_head && !store->asking_numbers)
		ask_block(store);
}

void store_next_number(struct store *store,
		       void (*on_number)(enum store_outcome, int64_t number, void *context),
		       void *context)
{
	struct wants_number *want = calloc(1, sizeof(*want));

	if (!want)
		report_fatal("store", "out of memory");
	want->on_number = on_number;
	want->context = context;
	if (store->wants_tail)
		store->wants_tail->next = want;
	else
		store->wants_head = want;
	store->wants_tail = want;
	look_at_numbers(store);
}

/* ---- start ---- */

/* The database may be starting beside us: patience first, then a plain word. */
static PGconn *reach(struct arena *arena, const struct config *config, struct text *why)
{
	int64_t until_us = monotonic_us() + REACH_PATIENCE_US;

	for (;;) {
		PGconn *conn =
			plain_connect(arena, config->database, config->statement_timeout_ms, why);

		if (conn || monotonic_us() > until_us)
			return conn;
		nanosleep(&(struct timespec){.tv_nsec = REACH_POLL_NS}, NULL);
	}
}

static bool conninfo_is_sound(struct arena *arena, const char *name, const char *conninfo,
			      struct text *why)
{
	char *message = NULL;
	PQconninfoOption *parsed = PQconninfoParse(conninfo, &message);

	if (!parsed)
		*why = text_printf(arena, "%s is no connection string: %.*s", name,
				   TEXT_FMT(first_line(arena, message ? message : "")));
	PQconninfoFree(parsed);
	PQfreemem(message);
	return parsed != NULL;
}

static bool check_schema(struct store *store, struct arena *arena, const struct config *config,
			 struct text *why)
{
	char sqlstate[6] = "";
	int64_t sent_us;
	struct rows *rows;
	PGconn *conn = reach(arena, config, why);

	if (!conn)
		return false;
	sent_us = monotonic_us();
	rows = plain_ask(conn, arena, SQL_STORE_SCHEMA_VERSION, NULL, 0, sqlstate, why);
	PQfinish(conn);
	if (!rows) {
		schema_explain(sqlstate, arena, why);
		return false;
	}
	if (!schema_fits(row_int(rows, 0, 0, 0), arena, why))
		return false;
	clock_sample(&store->clock, sent_us, monotonic_us(), row_int(rows, 0, 1, 0));
	clock_rehearse(&store->clock, !row_is_null(rows, 0, 2), row_int(rows, 0, 2, 0));
	return true;
}

/* ---- draining ---- */

static void on_drained(evutil_socket_t fd, short what, void *context)
{
	struct store *store = context;

	(void)fd;
	(void)what;
	if (store->on_drained)
		store->on_drained(store->drained_context); /* may free the store */
}

static void on_part_drained(void *context)
{
	struct store *store = context;

	if (++store->parts_drained == PARTS)
		event_active(store->drained, EV_TIMEOUT, 1);
}

static void drain_parts(struct store *store)
{
	if (store->draining)
		return;
	store->draining = true;
	event_del(store->hint);
	appender_drain(store->appender);
	bank_drain(store->readers);
	bank_drain(store->worker);
}

void store_drain(struct store *store, void (*on_done)(void *context), void *context)
{
	store->on_drained = on_done;
	store->drained_context = context;
	if (store->parts_drained == PARTS)
		event_active(store->drained, EV_TIMEOUT, 1);
	drain_parts(store);
}

void store_cut(struct store *store)
{
	drain_parts(store);
	appender_cut(store->appender);
	bank_cut(store->readers);
	bank_cut(store->worker);
}

/* ---- the face ---- */

static void make_parts(struct store *store, struct event_base *base, const struct config *config,
		       struct arena *arena)
{
	struct appender_plan appender = {
		.conninfo = config->database,
		.batch_streams = (size_t)config->batch_streams,
		.most_waiting = (size_t)config->queue_moves,
		.statement_timeout_ms = config->statement_timeout_ms,
		.clock = &store->clock,
		.on_commit = on_commit,
		.on_drained = on_part_drained,
		.context = store,
	};
	struct bank_plan readers = {
		.pool = POOL_READ,
		.name = "concordatd read",
		.conninfo = conninfo_or(config->database_reader, config->database),
		.connections = (size_t)config->readers,
		.most_waiting = (size_t)config->queue_moves,
		.statement_timeout_ms = config->statement_timeout_ms,
		.harmless = true,
		.clock = &store->clock,
		.on_drained = on_part_drained,
		.context = store,
	};
	struct bank_plan worker = readers;

	worker.pool = POOL_WORK;
	worker.name = "concordatd work";
	worker.conninfo = config->database;
	worker.connections = 1;
	worker.listens = true;
	worker.harmless = false;
	worker.on_hint = on_hint_heard;
	store->hint = evtimer_new(base, on_hint_due, store);
	store->numbers = evtimer_new(base, on_numbers, store);
	store->drained = evtimer_new(base, on_drained, store);
	store->appender = appender_new(arena, base, &appender);
	store->readers = bank_new(arena, base, &readers);
	store->worker = bank_new(arena, base, &worker);
}

struct store *store_new(struct event_base *base, const struct config *config, struct arena *arena,
			struct text *why)
{
	struct store *store = arena_make(arena, struct store);
	const char *reader = conninfo_or(config->database_reader, config->database);

	if (!conninfo_is_sound(arena, "database", config->database, why) ||
	    !conninfo_is_sound(arena, "database_reader", reader, why) ||
	    !check_schema(store, arena, config, why))
		return NULL;
	if (reader == config->database)
		report(REPORT_WARNING, "store",
		       "database_reader is not set, so reads are not held to one organisation by "
		       "row-level security: give it the role concordat_reader",
		       NULL);
	make_parts(store, base, config, arena);
	figures_open(&figures, store);
	return store;
}

void store_free(struct store *store)
{
	figures_close(&figures, store);
	appender_free(store->appender);
	bank_free(store->readers);
	bank_free(store->worker);
	event_free(store->hint);
	event_free(store->numbers);
	event_free(store->drained);
	while (store->wants_head)
		take_want(store);
}

bool store_ready(const struct store *store)
{
	return !store->draining && appender_is_up(store->appender) && bank_is_up(store->readers) &&
	       bank_is_up(store->worker);
}

int64_t store_now_us(const struct store *store)
{
	return clock_protocol_us(&store->clock);
}

bool store_is_rehearsal(const struct store *store)
{
	return store->clock.rehearsal;
}

int64_t store_clock_offset_us(const struct store *store)
{
	return wall_us() - clock_server_us(&store->clock, monotonic_us());
}

struct store_stats store_stats(const struct store *store)
{
	struct store_stats stats = {
		.reconnects = bank_redials(store->readers) + bank_redials(store->worker),
	};

	appender_count(store->appender, &stats);
	return stats;
}

void store_read(struct store *store, struct arena *arena, struct uuid organisation, const char *sql,
		const struct param *params, size_t param_count, store_rows_cb on_rows,
		void *context)
{
	/* Zero, and so nobody's, rather than NULL: a missing organisation sees nothing. */
	struct param own = PARAM(uuid_text(arena, organisation));
	struct step head = {SQL_STORE_CLOCK_AND_ORGANISATION, &own, 1};
	struct step main = {sql, params, param_count};

	bank_call(store->readers, arena, &head, &main, on_rows, context);
}

void store_work(struct store *store, struct arena *arena, const char *sql,
		const struct param *params, size_t param_count, store_rows_cb on_rows,
		void *context)
{
	struct step head = clock_step(), main = {sql, params, param_count};

	bank_call(store->worker, arena, &head, &main, on_rows, context);
}

void store_on_hint(struct store *store, void (*on_hint)(void *context), void *context)
{
	store->on_hint = on_hint;
	store->hint_context = context;
}

void store_append(struct store *store, const struct append *append, store_append_cb on_done,
		  void *context)
{
	appender_add(store->appender, append, on_done, context);
}
