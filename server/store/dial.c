/*
 * dial.c - how a pipe comes to its connection, and loses it.
 *
 * libpq's own connect_timeout does not hold for PQconnectPoll, so the alarm
 * does; its socket may change from step to step, so the event is made anew
 * each time. Looking a host name up blocks: give hostaddr or a socket path.
 */
#include <assert.h>
#include <event2/util.h>
#include <string.h>

#include "clock.h"
#include "concordat/base/report.h"
#include "pipe_inside.h"

#define DIAL_PATIENCE_US INT64_C(5000000)
#define BACK_OFF_LEAST_US INT64_C(50000)
#define BACK_OFF_MOST_US INT64_C(5000000)

static void dial(struct pipe *pipe);

static struct prepared **prepared_slot(struct pipe *pipe, const char *sql)
{
	size_t at = ((uintptr_t)sql * UINT64_C(0x9E3779B97F4A7C15)) >> 32;

	while (pipe->prepared[at % PIPE_PREPARED] && pipe->prepared[at % PIPE_PREPARED]->sql != sql)
		at++;
	return &pipe->prepared[at % PIPE_PREPARED];
}

static void drop_events(struct pipe *pipe)
{
	if (pipe->readable)
		event_free(pipe->readable);
	if (pipe->writable)
		event_free(pipe->writable);
	pipe->readable = pipe->writable = NULL;
}

static void close_connection(struct pipe *pipe)
{
	drop_events(pipe);
	if (pipe->conn)
		PQfinish(pipe->conn);
	pipe->conn = NULL;
	pipe->state = PIPE_DOWN;
}

static void forget_connection(struct pipe *pipe)
{
	memset(pipe->prepared, 0, sizeof(pipe->prepared));
	pipe->prepared_count = 0;
	pipe->broken = pipe->over = pipe->retiring = false;
	arena_free(pipe->arena);
	pipe->arena = NULL;
}

/* Half fixed and half by chance, so that a crowd does not come back at once. */
static int64_t back_off_us(unsigned int attempts)
{
	int64_t most = BACK_OFF_LEAST_US << (attempts < 7 ? attempts : 7);
	uint32_t chance;

	if (most > BACK_OFF_MOST_US)
		most = BACK_OFF_MOST_US;
	evutil_secure_rng_get_bytes(&chance, sizeof(chance));
	return most / 2 + (int64_t)(chance % (uint32_t)(most / 2 + 1));
}

static void established(struct pipe *pipe)
{
	drop_events(pipe);
	pipe->readable = event_new(pipe->base, PQsocket(pipe->conn), EV_READ | EV_PERSIST,
				   on_pipe_readable, pipe);
	pipe->writable = event_new(pipe->base, PQsocket(pipe->conn), EV_WRITE | EV_PERSIST,
				   on_pipe_writable, pipe);
	if (PQsetnonblocking(pipe->conn, 1) != 0 || !PQenterPipelineMode(pipe->conn)) {
		pipe_lost(pipe, PQerrorMessage(pipe->conn));
		return;
	}
	event_add(pipe->readable, NULL);
	event_del(pipe->alarm);
	pipe->state = PIPE_UP;
	report(REPORT_INFO, "store", "connected to the database", "connection", pipe->plan.name,
	       NULL);
	if (pipe->plan.on_up)
		pipe->plan.on_up(pipe->plan.context);
	if (pipe->redials && pipe->plan.on_hint)
		pipe->plan.on_hint(pipe->plan.context);
}

static void on_dial_step(evutil_socket_t fd, short what, void *context)
{
	struct pipe *pipe = context;
	PostgresPollingStatusType next;

	(void)fd;
	(void)what;
	next = PQconnectPoll(pipe->conn);
	if (next == PGRES_POLLING_OK) {
		established(pipe);
	} else if (next == PGRES_POLLING_FAILED) {
		pipe_lost(pipe, PQerrorMessage(pipe->conn));
	} else {
		drop_events(pipe);
		pipe->readable = event_new(pipe->base, PQsocket(pipe->conn),
					   next == PGRES_POLLING_READING ? EV_READ : EV_WRITE,
					   on_dial_step, pipe);
		event_add(pipe->readable, NULL);
	}
}

static void dial(struct pipe *pipe)
{
	/* What stands before dbname gives way to the connection string, what stands behind does
	 * not. */
	const char *keywords[] = {"target_session_attrs",
				  "keepalives_idle",
				  "keepalives_interval",
				  "keepalives_count",
				  "tcp_user_timeout",
				  "application_name",
				  "dbname",
				  "options",
				  "client_encoding",
				  NULL};
	const char *values[] = {
		"read-write",	     "10",	    "5",    "3", "10000", pipe->plan.name,
		pipe->plan.conninfo, pipe->options, "UTF8", NULL};

	pipe->arena = arena_new();
	pipe->state = PIPE_DIALLING;
	pipe->conn = PQconnectStartParams(keywords, values, 1);
	if (!pipe->conn || PQstatus(pipe->conn) == CONNECTION_BAD) {
		pipe_lost(pipe, pipe->conn ? PQerrorMessage(pipe->conn) : "out of memory");
		return;
	}
	PQsetNoticeReceiver(pipe->conn, on_pipe_notice, pipe);
	pipe_alarm(pipe, DIAL_PATIENCE_US);
	pipe->readable = event_new(pipe->base, PQsocket(pipe->conn), EV_WRITE, on_dial_step, pipe);
	event_add(pipe->readable, NULL);
}

static void on_alarm(evutil_socket_t fd, short what, void *context)
{
	struct pipe *pipe = context;

	(void)fd;
	(void)what;
	switch (pipe->state) {
	case PIPE_DOWN:
		dial(pipe);
		break;
	case PIPE_DIALLING:
		pipe_lost(pipe, "no connection in five seconds");
		break;
	case PIPE_UP:
		pipe_lost(pipe, pipe->broken ? PQerrorMessage(pipe->conn) : "no answer in time");
		break;
	}
}

struct prepared *pipe_prepared(struct pipe *pipe, const char *sql)
{
	return *prepared_slot(pipe, sql);
}

struct prepared *pipe_prepared_add(struct pipe *pipe, const char *sql)
{
	struct prepared *p = arena_make(pipe->arena, struct prepared);
	struct text name = text_printf(pipe->arena, "s%u", pipe->prepared_count++);

	assert(pipe->prepared_count < PIPE_PREPARED); /* statements are constants, and few */
	memcpy(p->name, name.at, name.len);
	p->sql = sql;
	p->fault = STORE_DONE;
	*prepared_slot(pipe, sql) = p;
	return p;
}

void pipe_alarm(struct pipe *pipe, int64_t in_us)
{
	struct timeval in = {.tv_sec = in_us / 1000000, .tv_usec = in_us % 1000000};

	event_add(pipe->alarm, &in);
}

void pipe_lost(struct pipe *pipe, const char *why)
{
	bool was_up = pipe->state == PIPE_UP;

	/* Of failed dials in a row the first is worth a line, and then only now and again. */
	if (was_up || pipe->attempts % 20 == 0)
		report(REPORT_WARNING, "store",
		       was_up ? "lost the database connection, dialling again"
			      : "cannot reach the database, trying again",
		       "connection", pipe->plan.name, "reason",
		       text_cstr(pipe->arena, first_line(pipe->arena, why)), NULL);
	close_connection(pipe);
	pipe->redials++;
	pipe_alarm(pipe, back_off_us(pipe->attempts++));
	pipe_abandon(pipe);
	forget_connection(pipe);
	if (was_up && pipe->plan.on_down)
		pipe->plan.on_down(pipe->plan.context);
}

struct text first_line(struct arena *arena, const char *message)
{
	struct text line = {message, strcspn(message, "\n")};

	return text_copy(arena, line.len ? line : TEXT("no reason given"));
}

struct text session_settings(struct arena *arena, int64_t statement_timeout_ms, const char *more,
			     const char *conninfo)
{
	PQconninfoOption *parsed = PQconninfoParse(conninfo, NULL);
	struct text all;
	const char *own = "";

	for (PQconninfoOption *o = parsed; o && o->keyword; o++)
		if (strcmp(o->keyword, "options") == 0 && o->val)
			own = o->val;
	all = text_printf(
		arena,
		"-c statement_timeout=%lld -c lock_timeout=%lld -c "
		"idle_in_transaction_session_timeout=%lld -c timezone=UTC -c datestyle=ISO -c "
		"bytea_output=hex -c search_path=public -c jit=off %s %s",
		(long long)statement_timeout_ms, (long long)(statement_timeout_ms + 1) / 2,
		(long long)statement_timeout_ms + 1000, more, own);
	PQconninfoFree(parsed);
	return all;
}

struct pipe *pipe_new(struct arena *arena, struct event_base *base, const struct pipe_plan *plan)
{
	struct pipe *pipe = arena_make(arena, struct pipe);

	pipe->plan = *plan;
	pipe->base = base;
	pipe->options = text_cstr(arena, session_settings(arena, plan->statement_timeout_ms,
							  plan->settings, plan->conninfo));
	pipe->alarm = evtimer_new(base, on_alarm, pipe);
	pipe_alarm(pipe, 0);
	return pipe;
}

void pipe_free(struct pipe *pipe)
{
	event_free(pipe->alarm);
	pipe->alarm = NULL;
	close_connection(pipe);
	for (struct segment *s = pipe->head; s; s = s->next)
		for (size_t i = 0; i < s->step_count; i++)
			PQclear(s->results[i]);
	if (pipe->arena)
		forget_connection(pipe);
}
