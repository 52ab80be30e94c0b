/*
 * figure.h - what /metrics shows: each room declares its figures in a table and counts into them.
 *
 * A table joins the page while its room runs, so that whoever writes the page knows no room, and no
 * room writes. Counting is an addition to a number that stands in static memory. Figures belong to
 * the process and are touched by the loop's thread only. Names are given whole, as the page has
 * them; a name's unit is a base unit: what is kept in microseconds is written in seconds.
 */
#ifndef CONCORDAT_BASE_FIGURE_H
#define CONCORDAT_BASE_FIGURE_H

#include "concordat/base/text.h"

enum figure_kind { FIGURE_COUNTER, FIGURE_GAUGE, FIGURE_HISTOGRAM };
enum figure_unit { FIGURE_AS_IS, FIGURE_MICROSECONDS };

#define FIGURE_LABELS 2

struct figure_label {
	const char *name;
	const char *const *values; /* few and fixed; ends in NULL; no quote or backslash in them */
};

struct figure {
	enum figure_kind kind;
	const char *name, *help; /* a counter's name ends in _total */
	enum figure_unit unit;
	struct figure_label labels[FIGURE_LABELS];
	bool sparse; /* what was never counted is left out */
	/* A histogram's buckets: the most that falls in each, rising; one without end follows. */
	const int64_t *bounds;
	size_t bound_count;
	/* A cell for each combination of values: the first's place times the number of the second's
	 * plus the second's place. */
	int64_t *values;
	size_t value_count;
};

#define FIGURE_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
/* Static memory for so many cells; at file scope. */
#define FIGURE_CELLS(cells) .values = (int64_t[cells]){0}, .value_count = (cells)
#define FIGURE_HISTOGRAM_CELLS(cells, array)                            \
	.bounds = (array), .bound_count = FIGURE_COUNT_OF(array),       \
	.values = (int64_t[(cells) * (FIGURE_COUNT_OF(array) + 2)]){0}, \
	.value_count = (cells) * (FIGURE_COUNT_OF(array) + 2)

void figure_add(struct figure *figure, size_t cell, int64_t by);
void figure_set(struct figure *figure, size_t cell, int64_t value);
void figure_observe(struct figure *histogram, size_t cell, int64_t value);

struct figure_table {
	struct figure *figures;
	size_t count;
	/* Sets what is measured rather than counted, before each writing; may be NULL. */
	void (*look)(void *context);
	void *context;
	struct figure_table *next; /* figures_open's own */
};

/* The table is on the page from here on, until it is closed with the same context. Opening again
 * only replaces the context. */
void figures_open(struct figure_table *table, void *context);
void figures_close(struct figure_table *table, void *context);

/* All tables and the process's own figures, in Prometheus' text form. */
void figures_write(struct writer *w);

#endif
