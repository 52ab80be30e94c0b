/*
 * append.h - the queue of moves and the connections that append them.
 *
 * See store.h for what an append promises and queries/append.sql for how it is
 * kept. This is the batching: who goes together, who waits, who is tried again.
 */
#ifndef STORE_APPEND_H
#define STORE_APPEND_H

#include "clock.h"
#include "concordat/store/store.h"

struct appender;
struct event_base;

struct appender_plan {
	const char *conninfo;
	size_t batch_streams, most_waiting;
	int64_t statement_timeout_ms;
	struct clock *clock;
	void (*on_commit)(void *context);  /* something was appended */
	void (*on_drained)(void *context); /* at most once; the appender may not be freed in it */
	void *context;
};

struct appender *appender_new(struct arena *arena, struct event_base *base,
			      const struct appender_plan *plan);
void appender_free(struct appender *appender);
void appender_drain(struct appender *appender);
/* After appender_drain: what is under way is not waited for. */
void appender_cut(struct appender *appender);
bool appender_is_up(const struct appender *appender);
void appender_add(struct appender *appender, const struct append *append, store_append_cb on_done,
		  void *context);
/* Adds to stats. */
void appender_count(const struct appender *appender, struct store_stats *stats);
void appender_figures_set(const struct appender *appender);

#endif
