/*
 * pipe.h - one connection to PostgreSQL in pipeline mode, on the loop.
 *
 * A segment is a few statements and one sync, and so one implicit transaction;
 * there is never a BEGIN. Segments end exactly once each, in the order sent,
 * from the loop and never before pipe_send returns. The pipe dials by itself,
 * again and again with a jittered back-off.
 */
#ifndef STORE_PIPE_H
#define STORE_PIPE_H

#include <libpq-fe.h>

#include "concordat/store/store.h"
#include "outcome.h"

#define PIPE_STEPS 2
#define PIPE_PARAMS 75

struct pipe;
struct event_base;

struct step {
	const char *sql; /* a constant: its address names the prepared statement */
	const struct param *params;
	size_t param_count;
};

/* The caller's memory, with its parameters, until on_end. */
struct segment {
	struct arena *arena;
	struct step steps[PIPE_STEPS];
	size_t step_count;
	void (*on_end)(struct segment *segment, enum store_outcome outcome);
	void *context;

	/* Filled for on_end; results are cleared once it returns. */
	PGresult *results[PIPE_STEPS];
	int64_t sent_us, ended_us; /* monotonic */
	char sqlstate[6];	   /* empty unless the server refused */
	char constraint[64];
	bool again;

	/* The pipe's own. */
	struct segment *next;
	size_t seen;
	enum store_outcome fault;
	bool failed, unsure, redial;
	struct prepared *prepares;
};

struct pipe_plan {
	const char *name;     /* for application_name and log lines */
	const char *conninfo; /* lives as long as the pipe */
	const char *settings; /* more "-c name=value", or "" */
	int64_t statement_timeout_ms;
	bool waits_twice; /* two statements of a segment may each take that long */
	size_t most_in_flight;
	void (*on_up)(void *context);
	void (*on_down)(void *context); /* was up; its segments have ended already */
	void (*on_hint)(void *context); /* a notification came, or may have been missed; or NULL */
	void *context;
};

struct pipe *pipe_new(struct arena *arena, struct event_base *base, const struct pipe_plan *plan);
/* What is still in flight never ends: drain first. */
void pipe_free(struct pipe *pipe);

bool pipe_is_up(const struct pipe *pipe);
bool pipe_has_room(const struct pipe *pipe);
size_t pipe_in_flight(const struct pipe *pipe);
uint64_t pipe_redials(const struct pipe *pipe);

/* What is in flight ends as when the database has gone. */
void pipe_cut(struct pipe *pipe);
/* Only while pipe_has_room. */
void pipe_send(struct pipe *pipe, struct segment *segment);

/* "-c ..." for every session of ours, asynchronous or plain. */
struct text session_settings(struct arena *arena, int64_t statement_timeout_ms, const char *more,
			     const char *conninfo);
/* The first line of a message of libpq's. */
struct text first_line(struct arena *arena, const char *message);

#endif
