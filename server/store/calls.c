/*
 * calls.c - who takes a call, and what becomes of one that nobody can take.
 *
 * A call waits only while some connection is up, or in the first second of the
 * bank's life. Calls that end without being sent end at the next turn of the
 * loop, like all others.
 */
#include "calls.h"

#include <event2/event.h>

#include "queries.h"
#include "rows.h"

#define GRACE_US INT64_C(1000000)
#define TICK_US 100000
#define MOST_IN_FLIGHT 32

struct call {
	struct segment segment;
	struct bank *bank;
	struct call *next;
	int64_t since_us;
	enum store_outcome outcome; /* of one that ends unsent */
	store_rows_cb on_rows;
	void *context;
};

struct call_list {
	struct call *head, *tail;
	size_t count;
};

struct bank {
	struct bank_plan plan;
	struct pipe **pipes;
	int64_t born_us;
	bool was_up, draining, drained;
	struct call_list waiting, ended;
	struct event *later, *tick;
	struct segment listen;
};

static void list_add(struct call_list *list, struct call *call)
{
	call->next = NULL;
	if (list->tail)
		list->tail->next = call;
	else
		list->head = call;
	list->tail = call;
	list->count++;
}

static struct call *list_take(struct call_list *list)
{
	struct call *call = list->head;

	if (!call)
		return NULL;
	list->head = call->next;
	if (!list->head)
		list->tail = NULL;
	list->count--;
	return call;
}

static void end_unsent(struct bank *bank, struct call *call, enum store_outcome outcome)
{
	call->outcome = outcome;
	list_add(&bank->ended, call);
	event_active(bank->later, EV_TIMEOUT, 1);
}

static bool may_wait(const struct bank *bank)
{
	if (bank->draining)
		return false;
	if (bank_is_up(bank))
		return true;
	return !bank->was_up && monotonic_us() - bank->born_us < GRACE_US;
}

static bool is_idle(const struct bank *bank)
{
	for (size_t i = 0; i < bank->plan.connections; i++)
		if (pipe_in_flight(bank->pipes[i]))
			return false;
	return !bank->waiting.head && !bank->ended.head;
}

static void settle(struct bank *bank)
{
	if (bank->draining && !bank->drained && is_idle(bank))
		event_active(bank->later, EV_TIMEOUT, 1);
}

static struct pipe *least_busy(const struct bank *bank)
{
	struct pipe *best = NULL;

	for (size_t i = 0; i < bank->plan.connections; i++) {
		struct pipe *p = bank->pipes[i];

		if (pipe_has_room(p) && (!best || pipe_in_flight(p) < pipe_in_flight(best)))
			best = p;
	}
	return best;
}

static void dispatch(struct bank *bank)
{
	struct pipe *pipe;

	if (!may_wait(bank))
		while (bank->waiting.head)
			end_unsent(bank, list_take(&bank->waiting), STORE_AWAY);
	while (bank->waiting.head && (pipe = least_busy(bank)) != NULL)
		pipe_send(pipe, &list_take(&bank->waiting)->segment);
	if (bank->waiting.head && !event_pending(bank->tick, EV_TIMEOUT, NULL))
		event_add(bank->tick, &(struct timeval){.tv_usec = TICK_US});
	settle(bank);
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
	struct bank *bank = context;
	int64_t oldest = monotonic_us() - bank->plan.statement_timeout_ms * 1000;

	(void)fd;
	(void)what;
	while (bank->waiting.head && bank->waiting.head->since_us < oldest)
		end_unsent(bank, list_take(&bank->waiting), STORE_TIMEOUT);
	dispatch(bank);
}

static void on_later(evutil_socket_t fd, short what, void *context)
{
	struct bank *bank = context;
	struct call *call;

	(void)fd;
	(void)what;
	/* Only those that are there now: a callback that calls again must not keep the loop here.
	 */
	for (size_t n = bank->ended.count; n && (call = list_take(&bank->ended)); n--)
		call->on_rows(call->outcome, NULL, call->context);
	if (bank->ended.head)
		event_active(bank->later, EV_TIMEOUT, 1);
	if (bank->draining && !bank->drained && is_idle(bank)) {
		bank->drained = true;
		bank->plan.on_drained(bank->plan.context);
	}
}

static void on_call_end(struct segment *segment, enum store_outcome outcome)
{
	struct call *call = segment->context;
	struct bank *bank = call->bank;
	const PGresult *head = segment->results[0];
	struct rows *rows = NULL;

	if (head) {
		int64_t protocol_us = result_int(head, 0, 1, INT64_MAX);

		clock_sample(bank->plan.clock, segment->sent_us, segment->ended_us,
			     result_int(head, 0, 0, 0));
		clock_rehearse(bank->plan.clock, protocol_us != INT64_MAX, protocol_us);
	}
	if (outcome == STORE_DONE)
		rows = rows_of(segment->arena, segment->results[1]);
	if (outcome == STORE_UNKNOWN && bank->plan.harmless)
		outcome = STORE_AWAY;
	figure_observe(&store_figures[CALL_US], bank->plan.pool - POOL_READ,
		       segment->ended_us - call->since_us);
	call->on_rows(outcome, rows, call->context); /* may free the call */
	dispatch(bank);
}

static void on_bank_up(void *context)
{
	struct bank *bank = context;

	bank->was_up = true;
	if (bank->plan.listens && pipe_has_room(bank->pipes[0])) {
		bank->listen =
			(struct segment){.step_count = 1, .steps = {{.sql = SQL_STORE_LISTEN}}};
		pipe_send(bank->pipes[0], &bank->listen);
	}
	dispatch(bank);
}

static void on_bank_down(void *context)
{
	dispatch(context);
}

static void on_bank_hint(void *context)
{
	struct bank *bank = context;

	if (bank->plan.on_hint && !bank->draining)
		bank->plan.on_hint(bank->plan.context);
}

void bank_call(struct bank *bank, struct arena *arena, const struct step *head,
	       const struct step *main, store_rows_cb on_rows, void *context)
{
	struct call *call = arena_make(arena, struct call);
	const struct step *steps[PIPE_STEPS] = {head, main};

	call->bank = bank;
	call->since_us = monotonic_us();
	call->on_rows = on_rows;
	call->context = context;
	call->segment.arena = arena;
	call->segment.step_count = PIPE_STEPS;
	call->segment.on_end = on_call_end;
	call->segment.context = call;
	for (size_t i = 0; i < PIPE_STEPS; i++) {
		struct param *params = arena_array(arena, struct param, steps[i]->param_count);

		call->segment.steps[i] = *steps[i];
		call->segment.steps[i].params = params;
		if (!params_settle(arena, steps[i]->params, steps[i]->param_count, params)) {
			end_unsent(bank, call, STORE_BUG);
			return;
		}
	}
	if (!may_wait(bank) || bank->waiting.count >= bank->plan.most_waiting) {
		end_unsent(bank, call, STORE_AWAY);
		return;
	}
	list_add(&bank->waiting, call);
	dispatch(bank);
}

struct bank *bank_new(struct arena *arena, struct event_base *base, const struct bank_plan *plan)
{
	struct bank *bank = arena_make(arena, struct bank);
	struct pipe_plan pipe = {
		.name = plan->name,
		.conninfo = plan->conninfo,
		.settings = "",
		.statement_timeout_ms = plan->statement_timeout_ms,
		.most_in_flight = MOST_IN_FLIGHT,
		.on_up = on_bank_up,
		.on_down = on_bank_down,
		.on_hint = on_bank_hint,
		.context = bank,
	};

	bank->plan = *plan;
	bank->born_us = monotonic_us();
	bank->later = evtimer_new(base, on_later, bank);
	bank->tick = evtimer_new(base, on_tick, bank);
	bank->pipes = arena_array(arena, struct pipe *, plan->connections);
	for (size_t i = 0; i < plan->connections; i++)
		bank->pipes[i] = pipe_new(arena, base, &pipe);
	return bank;
}

void bank_free(struct bank *bank)
{
	bank->draining = true;
	for (size_t i = 0; i < bank->plan.connections; i++)
		pipe_free(bank->pipes[i]);
	event_free(bank->later);
	event_free(bank->tick);
}

void bank_drain(struct bank *bank)
{
	bank->draining = true;
	dispatch(bank);
}

void bank_cut(struct bank *bank)
{
	for (size_t i = 0; i < bank->plan.connections; i++)
		pipe_cut(bank->pipes[i]);
}

bool bank_is_up(const struct bank *bank)
{
	for (size_t i = 0; i < bank->plan.connections; i++)
		if (pipe_is_up(bank->pipes[i]))
			return true;
	return false;
}

uint64_t bank_redials(const struct bank *bank)
{
	uint64_t n = 0;

	for (size_t i = 0; i < bank->plan.connections; i++)
		n += pipe_redials(bank->pipes[i]);
	return n;
}

void bank_figures_set(const struct bank *bank)
{
	struct pool_state state = {.connections = bank->plan.connections,
				   .waiting = bank->waiting.count,
				   .redials = bank_redials(bank)};

	for (size_t i = 0; i < bank->plan.connections; i++) {
		state.up += pipe_is_up(bank->pipes[i]);
		state.busy += pipe_in_flight(bank->pipes[i]) > 0;
	}
	figures_set_pool(bank->plan.pool, &state);
}
