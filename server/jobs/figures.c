/*
 * figures.c - the jobs' table of figures.
 */
#include "figures.h"

#include "channel.h"

static const char *const delivery_values[] = {
	[DELIVERY_QUEUED] = "queued",	[DELIVERY_SENT] = "sent",
	[DELIVERY_FAILED] = "failed",	[DELIVERY_DELIVERED] = "delivered",
	[DELIVERY_UNKNOWN] = "unknown", NULL};
static const char *const waiting_values[] = {"queued", "sending", NULL};
static const char *const attempt_values[] = {
	[ATTEMPT_TAKEN] = "taken", [ATTEMPT_REFUSED] = "refused", [ATTEMPT_LATER] = "later", NULL};
static const char *const lease_values[] = {"clock", "deliver", "sealer", NULL};

static const int64_t lateness_bounds_us[] = {10000,    25000,	  50000,      100000,	  250000,
					     500000,   1000000,	  2000000,    5000000,	  10000000,
					     60000000, 600000000, 3600000000, 86400000000};

static const int64_t seal_bounds_us[] = {1000,	2500,	5000,	10000,	 25000,
					 50000, 100000, 250000, 1000000, 5000000};

struct figure jobs_figures[JOBS_FIGURES] = {
	[OBLIGATIONS_DUE] = {FIGURE_GAUGE, "concordat_obligations_due",
			     "Duties whose time has come and is not recorded yet, 10000 at most.",
			     FIGURE_CELLS(1)},
	[OLDEST_DUE] = {FIGURE_GAUGE, "concordat_obligations_due_oldest_seconds",
			"How long ago the oldest of them fell due.", FIGURE_MICROSECONDS,
			FIGURE_CELLS(1)},
	[LATENESS] = {FIGURE_HISTOGRAM, "concordat_obligation_lateness_seconds",
		      "From an instant that fell due to its record by the clock.",
		      FIGURE_MICROSECONDS, FIGURE_HISTOGRAM_CELLS(1, lateness_bounds_us)},
	[REMINDERS] = {FIGURE_COUNTER, "concordat_reminders_total", "Reminders that were told.",
		       FIGURE_CELLS(1)},
	[DELIVERIES] = {FIGURE_COUNTER, "concordat_deliveries_total",
			"Deliveries that came into each state: sent are e-mails, delivered is "
			"what a webhook took or the service itself shows, unknown what may have "
			"arrived.",
			.labels = {{"state", delivery_values}}, FIGURE_CELLS(DELIVERY_FIGURES)},
	[DELIVERIES_WAITING] = {FIGURE_GAUGE, "concordat_deliveries_waiting",
				"Messages to be sent whose time has come, those being sent among "
				"them, 10000 at most.",
				.labels = {{"state", waiting_values}}, FIGURE_CELLS(2)},
	[OLDEST_WAITING] = {FIGURE_GAUGE, "concordat_deliveries_waiting_oldest_seconds",
			    "For how long the oldest of them has waited.", FIGURE_MICROSECONDS,
			    FIGURE_CELLS(1)},
	[DELIVERY_ATTEMPTS] = {FIGURE_COUNTER, "concordat_delivery_attempts_total",
			       "Tries to send a message by what came of them; later: not now.",
			       .labels = {{"outcome", attempt_values}}, FIGURE_CELLS(3)},
	[LOG_LAG] = {FIGURE_GAUGE, "concordat_log_lag_entries",
		     "Entries of the logs that nobody has been told of yet.", FIGURE_CELLS(1)},
	[LOG_UNSEALED] = {FIGURE_GAUGE, "concordat_log_unsealed_entries",
			  "Entries of the logs that no checkpoint covers yet.", FIGURE_CELLS(1)},
	[OLDEST_UNSEALED] = {FIGURE_GAUGE, "concordat_log_unsealed_oldest_seconds",
			     "How long ago the oldest of them was recorded.", FIGURE_MICROSECONDS,
			     FIGURE_CELLS(1)},
	[LOG_CHECKPOINTS] = {FIGURE_COUNTER, "concordat_log_checkpoints_total",
			     "Checkpoints that this daemon signed.", FIGURE_CELLS(1)},
	[LOG_SEAL_TIME] = {FIGURE_HISTOGRAM, "concordat_log_seal_seconds",
			   "From the look at where a log stands to its checkpoint in the database.",
			   FIGURE_MICROSECONDS, FIGURE_HISTOGRAM_CELLS(1, seal_bounds_us)},
	[LOG_REFUSALS] = {FIGURE_COUNTER, "concordat_log_refusals_total",
			  "Times that this daemon refused to seal a log, for what is kept of it "
			  "does not agree.",
			  FIGURE_CELLS(1)},
	[LOGS_REFUSED] = {FIGURE_GAUGE, "concordat_logs_refused",
			  "Logs that are not sealed any further until somebody has looked.",
			  FIGURE_CELLS(1)},
	[WATCHED_AT] = {FIGURE_GAUGE, "concordat_watched_timestamp_seconds",
			"When what is due, waits and lags was last read, in seconds since 1970.",
			FIGURE_MICROSECONDS, FIGURE_CELLS(1)},
	[LEASES] = {FIGURE_GAUGE, "concordat_lease_held",
		    "1 where this daemon runs the clock, tells the parties, or seals the logs.",
		    .labels = {{"lease", lease_values}}, FIGURE_CELLS(3)},
	[STANDS_STILL] = {FIGURE_GAUGE, "concordat_clock_stands_still",
			  "1 while the clocks of daemon and database disagree, and time does not "
			  "act.",
			  FIGURE_CELLS(1)},
};

void figures_count_made(int64_t deliveries, int64_t queued)
{
	figure_add(&jobs_figures[DELIVERIES], DELIVERY_QUEUED, queued);
	figure_add(&jobs_figures[DELIVERIES], DELIVERY_DELIVERED, deliveries - queued);
}
