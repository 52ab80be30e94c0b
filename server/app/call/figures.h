/* figures.h - what app counts for /metrics. */
#ifndef CONCORDAT_SERVER_APP_FIGURES_H
#define CONCORDAT_SERVER_APP_FIGURES_H

#include "concordat/app/parts.h"
#include "concordat/base/figure.h"

enum app_figure {
	MOVES_BY_RESULT,
	CACHE_LOADS, /* by what was held */
	CACHE_BYTES,
	CACHE_PLACEMENTS,
	CALENDAR_END,
	CALENDAR_RUNS_OUT,
	APP_FIGURES
};

enum move_result {
	MOVE_RECORDED,
	MOVE_REPEATED,
	MOVE_REFUSED,
	MOVE_STALE,
	MOVE_INVALID,
	MOVE_DENIED,
	MOVE_CONFLICT,
	MOVE_FAULT,
	MOVE_RESULTS
};

enum cache_load { LOAD_HIT, LOAD_BEHIND, LOAD_MISS, CACHE_LOAD_RESULTS };

extern struct figure app_figures[APP_FIGURES];

/* A person's move that ends with this status; MOVE_COUNT: which was not read yet. */
void figures_count_answer(const struct call *call, enum move move, int status, bool repeated,
			  bool overtaken);
/* The first so many facts of a recorded append, which are time's. */
void figures_count_time(const struct append *append, size_t count);

#endif
