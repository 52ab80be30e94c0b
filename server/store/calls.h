/*
 * calls.h - statements with rows, over a bank of connections.
 *
 * The least busy connection takes a call; when all are full it waits in order. Every call ends
 * once, from the loop: with rows, or with what went wrong.
 */
#ifndef STORE_CALLS_H
#define STORE_CALLS_H

#include "clock.h"
#include "concordat/store/store.h"
#include "figures.h"
#include "pipe.h"

struct bank;

struct bank_plan {
	enum pool pool; /* in figures */
	const char *name, *conninfo;
	size_t connections, most_waiting;
	int64_t statement_timeout_ms;
	bool listens;  /* to the channel concordat; on_hint */
	bool harmless; /* what was sent and not answered changed nothing: STORE_AWAY, not
			  STORE_UNKNOWN */
	struct clock *clock;
	void (*on_hint)(void *context);
	void (*on_drained)(void *context); /* at most once; the bank may not be freed in it */
	void *context;
};

struct bank *bank_new(struct arena *arena, struct event_base *base, const struct bank_plan *plan);
void bank_free(struct bank *bank);
void bank_drain(struct bank *bank);
/* After bank_drain: what is under way is not waited for. */
void bank_cut(struct bank *bank);
bool bank_is_up(const struct bank *bank);
uint64_t bank_redials(const struct bank *bank);
void bank_figures_set(const struct bank *bank);

/* head: the first statement, which brings the clock in its first two columns. */
void bank_call(struct bank *bank, struct arena *arena, const struct step *head,
	       const struct step *main, store_rows_cb on_rows, void *context);

#endif
