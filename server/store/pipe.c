/*
 * pipe.c - one connection in pipeline mode.
 *
 * Dialling is dial.c's. Here: statements go out, results come back in order,
 * and each is counted off against the segment at the head. PQgetResult says
 * NULL between statements, so only the sync ends a segment. What a dead
 * connection leaves open is unknown if it was sent and not yet refused.
 */
#include "pipe_inside.h"

#include <assert.h>
#include <string.h>

#include "clock.h"
#include "concordat/base/report.h"

#define MARGIN_US INT64_C(2000000)

static void arm(struct pipe *pipe)
{
	int64_t left;

	if (pipe->broken) {
		pipe_alarm(pipe, 0);
		return;
	}
	if (!pipe->head) {
		event_del(pipe->alarm);
		return;
	}
	left = pipe->head_since_us + MARGIN_US - monotonic_us() +
	       pipe->plan.statement_timeout_ms * 1000 * (pipe->plan.waits_twice ? 2 : 1);
	pipe_alarm(pipe, left > 0 ? left : 0);
}

static void flush(struct pipe *pipe)
{
	int more = PQflush(pipe->conn);

	if (more < 0)
		pipe->broken = true;
	else if (more > 0)
		event_add(pipe->writable, NULL);
	else
		event_del(pipe->writable);
}

static void copy_field(char *to, size_t size, const char *from)
{
	size_t len = from ? strnlen(from, size - 1) : 0;

	if (len)
		memcpy(to, from, len);
	to[len] = '\0';
}

/* Data may stand in the message of class 22 and 23, and then it is not for a log. */
static void report_fault(const struct pipe *pipe, const struct segment *s, const PGresult *result)
{
	const struct step *step = &s->steps[s->seen < s->step_count ? s->seen : s->step_count - 1];
	char statement[64];
	bool private = strncmp(s->sqlstate, "22", 2) == 0 || strncmp(s->sqlstate, "23", 2) == 0;

	copy_field(statement, sizeof(statement), step->sql);
	report(s->fault == STORE_BUG ? REPORT_ERROR : REPORT_WARNING, "store",
	       "the database refused a statement", "connection", pipe->plan.name, "sqlstate",
	       s->sqlstate, "constraint", s->constraint[0] ? s->constraint : NULL, "message",
	       private ? NULL : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY), "statement",
	       statement, NULL);
}

/* The first refusal decides; what follows until the sync is only skipped. */
static void note_fault(struct pipe *pipe, struct segment *s, const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	const struct meaning *meaning;

	if (!sqlstate) { /* libpq's own: the connection is gone */
		pipe->broken = true;
		return;
	}
	if (severity && strcmp(severity, "ERROR") != 0)
		pipe->over = true;
	if (s->failed)
		return;
	/* Every statement was answered, so the commit may have happened before the server went. */
	if (s->seen == s->step_count && pipe->over) {
		s->unsure = true;
		return;
	}
	meaning = meaning_of(sqlstate, PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION));
	s->failed = true;
	s->fault = meaning->outcome;
	s->again = meaning->again;
	s->redial = meaning->redial;
	copy_field(s->sqlstate, sizeof(s->sqlstate), sqlstate);
	copy_field(s->constraint, sizeof(s->constraint),
		   PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME));
	if (!(s->again || strcmp(sqlstate, "23505") == 0))
		report_fault(pipe, s, result);
	if (s->prepares)
		s->prepares->fault = meaning->outcome;
}

static void end_segment(struct pipe *pipe, struct segment *s, enum store_outcome outcome)
{
	PGresult *results[PIPE_STEPS];
	size_t count;

	for (size_t i = 0; i < s->step_count && !s->prepares; i++) {
		const struct prepared *p = pipe_prepared(pipe, s->steps[i].sql);

		/* The statement is missing because preparing it failed: that is the true reason. */
		if (p && p->fault != STORE_DONE && outcome != STORE_UNKNOWN) {
			outcome = p->fault;
			s->redial = p->fault != STORE_BUG;
		}
	}
	if (s->redial)
		pipe->retiring = true;
	s->ended_us = monotonic_us();
	count = s->step_count;
	memcpy(results, s->results, sizeof(results));
	if (s->on_end)
		s->on_end(s, outcome); /* may free the segment */
	for (size_t i = 0; i < count; i++)
		PQclear(results[i]);
}

static void pop_head(struct pipe *pipe)
{
	struct segment *s = pipe->head;

	pipe->head = s->next;
	if (!pipe->head)
		pipe->tail = NULL;
	if (!s->prepares)
		pipe->in_flight--;
	pipe->head_since_us = monotonic_us();
	pipe->attempts = 0;
	end_segment(pipe, s, s->failed ? s->fault : s->unsure ? STORE_UNKNOWN : STORE_DONE);
}

static void take_result(struct pipe *pipe, PGresult *result)
{
	struct segment *s = pipe->head;
	ExecStatusType status = PQresultStatus(result);

	if (status == PGRES_PIPELINE_SYNC) {
		PQclear(result);
		pop_head(pipe);
		return;
	}
	if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE)
		note_fault(pipe, s, result);
	if ((status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) && s->seen < s->step_count) {
		s->results[s->seen++] = result;
		return;
	}
	if (s->seen < s->step_count && !pipe->broken)
		s->seen++;
	PQclear(result);
}

/* Reads on after the connection has closed, for what had arrived before. */
static void pump(struct pipe *pipe)
{
	bool was_null = false;

	while (pipe->head && !pipe->broken && !PQisBusy(pipe->conn)) {
		PGresult *result = PQgetResult(pipe->conn);

		if (!result && was_null)
			break;
		was_null = !result;
		if (result)
			take_result(pipe, result);
	}
}

static bool take_notifications(struct pipe *pipe)
{
	PGnotify *n;
	bool any = false;

	while ((n = PQnotifies(pipe->conn)) != NULL) {
		any = true;
		PQfreemem(n);
	}
	return any;
}

static void settle(struct pipe *pipe)
{
	if (pipe->retiring && !pipe->head)
		pipe_lost(pipe, "replaced");
	else
		arm(pipe);
}

void on_pipe_readable(evutil_socket_t fd, short what, void *context)
{
	struct pipe *pipe = context;
	bool alive = PQconsumeInput(pipe->conn), hint;

	(void)fd;
	(void)what;
	pump(pipe);
	hint = take_notifications(pipe);
	if (alive && !pipe->broken)
		flush(pipe);
	if (!alive || pipe->broken || PQstatus(pipe->conn) == CONNECTION_BAD)
		pipe_lost(pipe, PQerrorMessage(pipe->conn));
	else
		settle(pipe);
	if (hint && pipe->plan.on_hint)
		pipe->plan.on_hint(pipe->plan.context);
}

void on_pipe_writable(evutil_socket_t fd, short what, void *context)
{
	struct pipe *pipe = context;

	(void)fd;
	(void)what;
	flush(pipe);
	arm(pipe);
}

/* A commit that a standby did not confirm is announced by a warning, and is not durable. */
void on_pipe_notice(void *context, const PGresult *result)
{
	struct pipe *pipe = context;
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);

	if (!pipe->head && severity && strcmp(severity, "FATAL") == 0)
		pipe->over = true;
	if (pipe->head && sqlstate &&
	    (strncmp(sqlstate, "57014", 5) == 0 || strncmp(sqlstate, "57P", 3) == 0))
		pipe->head->unsure = true;
}

void pipe_abandon(struct pipe *pipe)
{
	struct segment *s = pipe->head, *next;
	/* A server that said goodbye to the head, or to nobody, ran nothing of what stands behind.
	 */
	bool never_ran = pipe->over && !(s && (s->failed || s->unsure));

	pipe->head = pipe->tail = NULL;
	pipe->in_flight = 0;
	for (; s; s = next) {
		next = s->next;
		end_segment(pipe, s, s->failed ? s->fault : never_ran ? STORE_AWAY : STORE_UNKNOWN);
		never_ran = pipe->over;
	}
}

static void queue(struct pipe *pipe, struct segment *s)
{
	s->next = NULL;
	s->seen = 0;
	s->failed = s->unsure = s->redial = s->again = false;
	s->sqlstate[0] = s->constraint[0] = '\0';
	memset(s->results, 0, sizeof(s->results));
	if (pipe->tail)
		pipe->tail->next = s;
	else
		pipe->head = s;
	if (pipe->head == s)
		pipe->head_since_us = monotonic_us();
	pipe->tail = s;
}

/* In its own segment before the first use, because a refused segment skips what is in it. */
static void prepare(struct pipe *pipe, const char *sql)
{
	struct prepared *p = pipe_prepared(pipe, sql);

	if (p)
		return;
	p = pipe_prepared_add(pipe, sql);
	p->segment.prepares = p;
	p->segment.step_count = 1;
	p->segment.steps[0].sql = sql;
	if (!PQsendPrepare(pipe->conn, p->name, sql, 0, NULL) || !PQpipelineSync(pipe->conn))
		pipe->broken = true;
	queue(pipe, &p->segment);
}

static bool send_step(struct pipe *pipe, const struct step *step)
{
	const char *values[PIPE_PARAMS];
	int lengths[PIPE_PARAMS], formats[PIPE_PARAMS];

	assert(step->param_count <= PIPE_PARAMS);
	for (size_t i = 0; i < step->param_count; i++) {
		values[i] = step->params[i].value.at;
		lengths[i] = (int)step->params[i].value.len;
		formats[i] = step->params[i].binary;
	}
	return PQsendQueryPrepared(pipe->conn, pipe_prepared(pipe, step->sql)->name,
				   (int)step->param_count, values, lengths, formats, 0);
}

bool pipe_is_up(const struct pipe *pipe)
{
	return pipe->state == PIPE_UP && !pipe->broken && !pipe->retiring;
}

void pipe_cut(struct pipe *pipe)
{
	if (pipe->state != PIPE_UP || !pipe->head)
		return;
	pipe->broken = true;
	pipe_alarm(pipe, 0);
}

bool pipe_has_room(const struct pipe *pipe)
{
	return pipe_is_up(pipe) && pipe->in_flight < pipe->plan.most_in_flight;
}

size_t pipe_in_flight(const struct pipe *pipe)
{
	return pipe->in_flight;
}

uint64_t pipe_redials(const struct pipe *pipe)
{
	return pipe->redials;
}

void pipe_send(struct pipe *pipe, struct segment *segment)
{
	bool sent = true;

	assert(pipe_has_room(pipe));
	segment->prepares = NULL;
	segment->sent_us = monotonic_us();
	for (size_t i = 0; i < segment->step_count; i++)
		prepare(pipe, segment->steps[i].sql);
	for (size_t i = 0; i < segment->step_count && sent; i++)
		sent = send_step(pipe, &segment->steps[i]);
	if (!sent || !PQpipelineSync(pipe->conn))
		pipe->broken = true;
	queue(pipe, segment);
	pipe->in_flight++;
	if (!pipe->broken)
		flush(pipe);
	arm(pipe);
}
