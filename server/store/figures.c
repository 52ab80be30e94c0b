/*
 * figures.c - the store's table of figures.
 */
#include "figures.h"

static const char *const outcome_values[] = {"done",	"conflict", "away", "full",
					     "timeout", "unknown",  "bug",  NULL};
static const char *const pool_values[] = {"append", "read", "work", NULL};
static const char *const call_values[] = {"read", "work", NULL};

static const int64_t batch_bounds[] = {1, 2, 4, 8, 16, 32};
static const int64_t time_bounds_us[] = {500,	1000,	2000,	4000,	8000,	 16000,	 32000,
					 64000, 128000, 256000, 512000, 1024000, 4096000};

struct figure store_figures[STORE_FIGURES] = {
	[APPENDS] = {FIGURE_COUNTER, "concordat_appends_total",
		     "Appends by outcome; conflict: the placement had moved on, and the move is "
		     "decided again.",
		     .labels = {{"outcome", outcome_values}}, FIGURE_CELLS(STORE_BUG + 1)},
	[APPEND_US] = {FIGURE_HISTOGRAM, "concordat_append_seconds",
		       "From being queued for the append to its outcome.", FIGURE_MICROSECONDS,
		       FIGURE_HISTOGRAM_CELLS(1, time_bounds_us)},
	[APPEND_BATCHES] = {FIGURE_HISTOGRAM, "concordat_append_batch_moves",
			    "Moves in one append statement.",
			    FIGURE_HISTOGRAM_CELLS(1, batch_bounds)},
	[STATEMENT_US] = {FIGURE_HISTOGRAM, "concordat_append_statement_seconds",
			  "From sending an append statement to the answer to its commit.",
			  FIGURE_MICROSECONDS, FIGURE_HISTOGRAM_CELLS(1, time_bounds_us)},
	[BATCHES_HALVED] = {FIGURE_COUNTER, "concordat_append_batches_halved_total",
			    "Batches that were refused and halved to find the move at fault.",
			    FIGURE_CELLS(1)},
	[CALL_US] = {FIGURE_HISTOGRAM, "concordat_database_call_seconds",
		     "From asking for any other statement to its rows, by who runs it.",
		     FIGURE_MICROSECONDS, .labels = {{"pool", call_values}},
		     FIGURE_HISTOGRAM_CELLS(2, time_bounds_us)},
	[QUEUE_WAITING] = {FIGURE_GAUGE, "concordat_queue_waiting",
			   "Moves (append) and statements (read, work) that wait for a connection.",
			   .labels = {{"pool", pool_values}}, FIGURE_CELLS(POOLS)},
	[POOL_CONNECTIONS] = {FIGURE_GAUGE, "concordat_pool_connections",
			      "Database connections that there should be.",
			      .labels = {{"pool", pool_values}}, FIGURE_CELLS(POOLS)},
	[POOL_UP] = {FIGURE_GAUGE, "concordat_pool_connections_up",
		     "Database connections that can be used.", .labels = {{"pool", pool_values}},
		     FIGURE_CELLS(POOLS)},
	[POOL_BUSY] = {FIGURE_GAUGE, "concordat_pool_connections_busy",
		       "Database connections with a statement in flight.",
		       .labels = {{"pool", pool_values}}, FIGURE_CELLS(POOLS)},
	[POOL_RECONNECTS] = {FIGURE_COUNTER, "concordat_pool_reconnects_total",
			     "Database connections made again.", .labels = {{"pool", pool_values}},
			     FIGURE_CELLS(POOLS)},
	[DATABASE_READY] = {FIGURE_GAUGE, "concordat_database_ready",
			    "1 while a connection of each pool is up.", FIGURE_CELLS(1)},
	[CLOCK_OFFSET] = {FIGURE_GAUGE, "concordat_clock_offset_seconds",
			  "This machine's clock minus the database's.", FIGURE_MICROSECONDS,
			  FIGURE_CELLS(1)},
};

void figures_set_pool(enum pool pool, const struct pool_state *state)
{
	figure_set(&store_figures[POOL_CONNECTIONS], pool, (int64_t)state->connections);
	figure_set(&store_figures[POOL_UP], pool, (int64_t)state->up);
	figure_set(&store_figures[POOL_BUSY], pool, (int64_t)state->busy);
	figure_set(&store_figures[QUEUE_WAITING], pool, (int64_t)state->waiting);
	figure_set(&store_figures[POOL_RECONNECTS], pool, (int64_t)state->redials);
}
