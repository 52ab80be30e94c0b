/*
 * append.c - batches: while one is in flight on a lane, the next gathers.
 *
 * A lane is a connection that appends; an authority is in flight on at most one.
 * Nothing is sent from appender_add itself: the queue is looked at once the
 * loop has run what was ready, so that moves which came together go together.
 * A lone one waits for nobody, or while another lane is at work a moment for company. A batch that
 * the database refuses is halved until the move at fault stands alone; a batch that only collided
 * is tried again whole.
 */
#include "append.h"

#include <assert.h>
#include <event2/event.h>
#include <event2/util.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "concordat/base/report.h"
#include "effects.h"
#include "figures.h"
#include "queries.h"
#include "rows.h"

#define LANES 2
#define BATCH_BYTES ((size_t)4 << 20)
#define LOOK_MOST 1024 /* entries of the queue, for one batch */
#define TRIES 3
#define RETRY_US 5000
#define GRACE_US INT64_C(1000000)
#define PATIENCE_US 20000 /* for company; while anything waits the queue is looked at as often */

struct lane {
	struct appender *appender;
	struct pipe *pipe;
	struct batch *current; /* in flight, or waiting to be tried again */
	struct batch *halves;  /* of a refused batch, to go before anything new */
	struct event *again;
};

struct appender {
	struct appender_plan plan;
	struct lane lanes[LANES];
	struct entry_list people, time, ended;
	struct event *later, *tick;
	int64_t born_us;
	bool was_up, draining, drained;
	struct store_stats stats;
};

static void look_soon(struct appender *a)
{
	event_active(a->later, EV_TIMEOUT, 1);
}

static void end_entry(struct appender *a, struct entry *e, enum store_outcome outcome)
{
	e->outcome = outcome;
	figure_add(&store_figures[APPENDS], outcome, 1);
	figure_observe(&store_figures[APPEND_US], 0, monotonic_us() - e->since_us);
	entries_add(&a->ended, e);
	look_soon(a);
}

static bool may_wait(const struct appender *a)
{
	if (a->draining)
		return false;
	if (appender_is_up(a))
		return true;
	return !a->was_up && monotonic_us() - a->born_us < GRACE_US;
}

/* A batch holds the logs of its authorities until it has ended: another with one of them would only
 * wait in the database, with all that it brings. */
static bool is_in_flight(const struct appender *a, struct uuid authority)
{
	for (size_t i = 0; i < LANES; i++) {
		if (a->lanes[i].current && batch_is_of(a->lanes[i].current, authority))
			return true;
		for (const struct batch *b = a->lanes[i].halves; b; b = b->next)
			if (batch_is_of(b, authority))
				return true;
	}
	return false;
}

static void gather_from(struct appender *a, struct entry_list *list, struct batch *b, size_t *bytes)
{
	struct entry *previous = NULL, *e;
	size_t looked_at = 0;

	while ((e = previous ? previous->next : list->head) && b->count < a->plan.batch_streams &&
	       looked_at++ < LOOK_MOST) {
		size_t size;

		if (batch_holds(b, e->append) || is_in_flight(a, e->append->authority)) {
			previous = e;
			continue;
		}
		size = effects_size(e->append);
		if (b->count && *bytes + size > BATCH_BYTES)
			return;
		*bytes += size;
		b->entries[b->count++] = entries_take(list, previous);
	}
}

static struct batch *gather(struct lane *lane)
{
	struct batch *b;
	size_t bytes = 0;

	if (!lane->appender->people.head && !lane->appender->time.head)
		return NULL;
	b = batch_new(lane);
	gather_from(lane->appender, &lane->appender->people, b, &bytes);
	gather_from(lane->appender, &lane->appender->time, b, &bytes);
	if (b->count)
		return b;
	arena_free(b->arena);
	return NULL;
}

static void end_batch(struct batch *b, enum store_outcome outcome)
{
	struct lane *lane = b->lane;

	lane->current = NULL;
	for (size_t i = 0; i < b->count; i++)
		end_entry(lane->appender, b->entries[i],
			  outcome == STORE_DONE ? b->entries[i]->outcome : outcome);
	arena_free(b->arena);
	look_soon(lane->appender);
}

static void on_batch_end(struct segment *segment, enum store_outcome outcome);

static void send_batch(struct batch *b)
{
	struct param *params = arena_array(b->arena, struct param, EFFECT_COLUMNS);
	struct param *heads = arena_make(b->arena, struct param);
	const struct append *moves[BATCH_MOST];

	if (!pipe_has_room(b->lane->pipe)) {
		end_batch(b, STORE_AWAY);
		return;
	}
	for (size_t i = 0; i < b->count; i++)
		moves[i] = b->entries[i]->append;
	effects_write(b->arena, moves, b->count, params);
	*heads = params[0]; /* the authorities, some of them more than once */
	b->segment = (struct segment){
		.arena = b->arena,
		.steps = {{.sql = SQL_APPEND_HEADS, .params = heads, .param_count = 1},
			  {.sql = SQL_APPEND, .params = params, .param_count = EFFECT_COLUMNS}},
		.step_count = 2,
		.on_end = on_batch_end,
		.context = b,
	};
	b->lane->appender->stats.batches++;
	figure_observe(&store_figures[APPEND_BATCHES], 0, (int64_t)b->count);
	pipe_send(b->lane->pipe, &b->segment);
}

static void halve(struct batch *b)
{
	struct lane *lane = b->lane;
	size_t half = b->count / 2;

	lane->appender->stats.bisected++;
	figure_add(&store_figures[BATCHES_HALVED], 0, 1);
	for (int second = 1; second >= 0; second--) {
		struct batch *part = batch_new(lane);

		part->count = second ? b->count - half : half;
		memcpy(part->entries, b->entries + (second ? half : 0),
		       part->count * sizeof(struct entry *));
		part->next = lane->halves;
		lane->halves = part;
	}
	lane->current = NULL;
	arena_free(b->arena);
	look_soon(lane->appender);
}

static void take_rows(struct batch *b, const PGresult *result)
{
	int count = PQntuples(result);

	for (size_t i = 0; i < b->count; i++)
		b->entries[i]->outcome = STORE_MOVED_ON;
	for (int row = 0; row < count; row++) {
		int64_t i = result_int(result, row, 0, 0);

		assert(i >= 1 && (size_t)i <= b->count);
		b->entries[i - 1]->outcome = STORE_DONE;
		b->entries[i - 1]->first_leaf = result_int(result, row, 1, -1);
	}
	if (count)
		b->lane->appender->plan.on_commit(b->lane->appender->plan.context);
}

static void try_again(struct batch *b)
{
	uint32_t chance;

	evutil_secure_rng_get_bytes(&chance, sizeof(chance));
	b->tries++;
	event_add(b->lane->again,
		  &(struct timeval){.tv_usec = (long)(RETRY_US * b->tries / 2 +
						      chance % (RETRY_US * b->tries))});
}

static void on_batch_end(struct segment *segment, enum store_outcome outcome)
{
	struct batch *b = segment->context;
	struct clock *clock = b->lane->appender->plan.clock;

	if (segment->results[0]) {
		int64_t protocol_us = result_int(segment->results[0], 0, 1, INT64_MAX);

		clock_sample(clock, segment->sent_us, segment->ended_us,
			     result_int(segment->results[0], 0, 0, 0));
		clock_rehearse(clock, protocol_us != INT64_MAX, protocol_us);
	}
	if (outcome == STORE_DONE) {
		figure_observe(&store_figures[STATEMENT_US], 0,
			       segment->ended_us - segment->sent_us);
		take_rows(b, segment->results[1]);
	}
	if (segment->again && b->tries < TRIES &&
	    !batch_is_old(b,
			  monotonic_us() - b->lane->appender->plan.statement_timeout_ms * 1000)) {
		try_again(b);
		return;
	}
	if (outcome == STORE_BUG && b->count > 1) {
		halve(b);
		return;
	}
	if (outcome == STORE_BUG && batch_is_late(b))
		outcome = STORE_MOVED_ON;
	if (outcome == STORE_BUG)
		batch_report_fault(b);
	end_batch(b, outcome);
}

static void on_again(evutil_socket_t fd, short what, void *context)
{
	struct lane *lane = context;

	(void)fd;
	(void)what;
	send_batch(lane->current);
}

static bool is_idle(const struct appender *a)
{
	for (size_t i = 0; i < LANES; i++)
		if (a->lanes[i].current || a->lanes[i].halves)
			return false;
	return !a->people.head && !a->time.head && !a->ended.head;
}

static bool waits_since(const struct entry_list *list, int64_t us)
{
	return list->head && list->head->since_us < us;
}

/* While another lane is at work a batch gathers until it is worth a statement of its own: a few
 * that left sooner would only make the statements smaller and the work for each move greater. Not
 * for long, though: what holds the other lane up need not concern these. */
static bool waits_for_company(const struct lane *lane)
{
	const struct appender *a = lane->appender;
	int64_t patience_us = monotonic_us() - PATIENCE_US;
	bool alone = true;

	for (size_t i = 0; i < LANES; i++)
		alone = alone && (&a->lanes[i] == lane || !a->lanes[i].current);
	return !alone && a->people.count + a->time.count < a->plan.batch_streams / 2 &&
	       !waits_since(&a->people, patience_us) && !waits_since(&a->time, patience_us);
}

static void start_lane(struct lane *lane)
{
	if (lane->current)
		return;
	if (lane->halves) {
		lane->current = lane->halves;
		lane->halves = lane->current->next;
	} else if (pipe_has_room(lane->pipe) && !waits_for_company(lane)) {
		lane->current = gather(lane);
	}
	if (lane->current)
		send_batch(lane->current);
}

static void end_waiting(struct appender *a, enum store_outcome outcome, int64_t older_than_us)
{
	struct entry_list *lists[] = {&a->people, &a->time};

	for (size_t i = 0; i < 2; i++)
		while (lists[i]->head && lists[i]->head->since_us < older_than_us)
			end_entry(a, entries_take(lists[i], NULL), outcome);
}

static void on_later(evutil_socket_t fd, short what, void *context)
{
	struct appender *a = context;

	(void)fd;
	(void)what;
	if (!may_wait(a))
		end_waiting(a, STORE_AWAY, INT64_MAX);
	for (size_t n = a->ended.count; n; n--) {
		struct entry e = *a->ended.head;

		free(entries_take(&a->ended, NULL));
		e.on_done(e.outcome, e.first_leaf, e.context);
	}
	/* After the callbacks, which often bring the next move. */
	for (size_t i = 0; i < LANES; i++)
		start_lane(&a->lanes[i]);
	if ((a->people.head || a->time.head) && !event_pending(a->tick, EV_TIMEOUT, NULL))
		event_add(a->tick, &(struct timeval){.tv_usec = PATIENCE_US});
	if (a->draining && !a->drained && is_idle(a)) {
		a->drained = true;
		a->plan.on_drained(a->plan.context);
	}
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
	struct appender *a = context;

	(void)fd;
	(void)what;
	end_waiting(a, STORE_TIMEOUT, monotonic_us() - a->plan.statement_timeout_ms * 1000);
	look_soon(a);
}

static void on_lane_up(void *context)
{
	struct appender *a = context;

	a->was_up = true;
	look_soon(a);
}

static void on_lane_down(void *context)
{
	look_soon(context);
}

void appender_add(struct appender *a, const struct append *append, store_append_cb on_done,
		  void *context)
{
	struct entry *e = calloc(1, sizeof(*e));

	if (!e)
		report_fatal("store", "out of memory");
	assert(append->fact_count > 0);
	e->append = append;
	e->on_done = on_done;
	e->context = context;
	e->since_us = monotonic_us();
	e->first_leaf = -1;
	if (!may_wait(a) || a->people.count + a->time.count >= a->plan.most_waiting)
		end_entry(a, e, STORE_AWAY);
	else
		entries_add(append->from_time ? &a->time : &a->people, e);
	look_soon(a);
}

struct appender *appender_new(struct arena *arena, struct event_base *base,
			      const struct appender_plan *plan)
{
	struct appender *a = arena_make(arena, struct appender);
	struct pipe_plan pipe = {
		.name = "concordatd append",
		.conninfo = plan->conninfo,
		/* The statements' plans must not depend on how full the tables were when it was
		   made. */
		.settings = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off",
		.statement_timeout_ms = plan->statement_timeout_ms,
		.waits_twice = true, /* for the heads of the logs, and to write */
		.most_in_flight = 1,
		.on_up = on_lane_up,
		.on_down = on_lane_down,
		.context = a,
	};

	assert(plan->batch_streams >= 1 && plan->batch_streams <= BATCH_MOST);
	a->plan = *plan;
	a->born_us = monotonic_us();
	a->later = evtimer_new(base, on_later, a);
	a->tick = evtimer_new(base, on_tick, a);
	for (size_t i = 0; i < LANES; i++) {
		a->lanes[i].appender = a;
		a->lanes[i].pipe = pipe_new(arena, base, &pipe);
		a->lanes[i].again = evtimer_new(base, on_again, &a->lanes[i]);
	}
	return a;
}

static void forget(struct entry_list *list)
{
	while (list->head)
		free(entries_take(list, NULL));
}

static void forget_batch(struct batch *b)
{
	for (size_t i = 0; i < b->count; i++)
		free(b->entries[i]);
	arena_free(b->arena);
}

void appender_free(struct appender *a)
{
	for (size_t i = 0; i < LANES; i++) {
		struct batch *b = a->lanes[i].halves, *next;

		pipe_free(a->lanes[i].pipe);
		event_free(a->lanes[i].again);
		if (a->lanes[i].current)
			forget_batch(a->lanes[i].current);
		for (; b; b = next) {
			next = b->next;
			forget_batch(b);
		}
	}
	event_free(a->later);
	event_free(a->tick);
	forget(&a->people);
	forget(&a->time);
	forget(&a->ended);
}

void appender_drain(struct appender *a)
{
	a->draining = true;
	look_soon(a);
}

void appender_cut(struct appender *a)
{
	for (size_t i = 0; i < LANES; i++)
		pipe_cut(a->lanes[i].pipe);
}

bool appender_is_up(const struct appender *a)
{
	for (size_t i = 0; i < LANES; i++)
		if (pipe_is_up(a->lanes[i].pipe))
			return true;
	return false;
}

void appender_count(const struct appender *a, struct store_stats *stats)
{
	stats->batches += a->stats.batches;
	stats->bisected += a->stats.bisected;
	for (size_t i = 0; i < LANES; i++)
		stats->reconnects += pipe_redials(a->lanes[i].pipe);
}

void appender_figures_set(const struct appender *a)
{
	struct pool_state state = {.connections = LANES,
				   .waiting = a->people.count + a->time.count};

	for (size_t i = 0; i < LANES; i++) {
		state.up += pipe_is_up(a->lanes[i].pipe);
		state.busy += pipe_in_flight(a->lanes[i].pipe) > 0;
		state.redials += pipe_redials(a->lanes[i].pipe);
	}
	figures_set_pool(POOL_APPEND, &state);
}
