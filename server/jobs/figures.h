/* figures.h - what the jobs count for /metrics. */
#ifndef CONCORDAT_SERVER_JOBS_FIGURES_H
#define CONCORDAT_SERVER_JOBS_FIGURES_H

#include "concordat/base/figure.h"

enum jobs_figure {
	OBLIGATIONS_DUE,
	OLDEST_DUE,
	LATENESS,
	REMINDERS,
	DELIVERIES, /* that came into each state */
	DELIVERIES_WAITING,
	OLDEST_WAITING,
	DELIVERY_ATTEMPTS, /* by enum attempt_end */
	LOG_LAG,
	LOG_UNSEALED,
	OLDEST_UNSEALED,
	LOG_CHECKPOINTS,
	LOG_SEAL_TIME,
	LOG_REFUSALS,
	LOGS_REFUSED,
	WATCHED_AT,
	LEASES,
	STANDS_STILL,
	JOBS_FIGURES
};

enum delivery_figure {
	DELIVERY_QUEUED,
	DELIVERY_SENT,
	DELIVERY_FAILED,
	DELIVERY_DELIVERED,
	DELIVERY_UNKNOWN,
	DELIVERY_FIGURES
};

extern struct figure jobs_figures[JOBS_FIGURES];

/* New deliveries, and how many of them wait to be sent. */
void figures_count_made(int64_t deliveries, int64_t queued);

#endif
