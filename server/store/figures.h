/* figures.h - what the store counts for /metrics. */
#ifndef STORE_FIGURES_H
#define STORE_FIGURES_H

#include "concordat/base/figure.h"
#include "concordat/store/store.h"

enum store_figure {
	APPENDS,	/* by outcome */
	APPEND_US,	/* from the queue to the outcome */
	APPEND_BATCHES, /* one histogram: how many moves were in each */
	STATEMENT_US,	/* from sending a batch to its answer */
	BATCHES_HALVED,
	CALL_US, /* by kind, from the queue to the answer */
	QUEUE_WAITING,
	POOL_CONNECTIONS,
	POOL_UP,
	POOL_BUSY,
	POOL_RECONNECTS,
	DATABASE_READY,
	CLOCK_OFFSET,
	STORE_FIGURES
};

/* The connections by what they do. */
enum pool { POOL_APPEND, POOL_READ, POOL_WORK, POOLS };

extern struct figure store_figures[STORE_FIGURES];

/* What is measured of one pool. */
struct pool_state {
	size_t connections, up, busy;
	uint64_t waiting, redials;
};
void figures_set_pool(enum pool pool, const struct pool_state *state);

#endif
