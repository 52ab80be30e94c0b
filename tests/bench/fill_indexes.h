/*
 * fill_indexes.h - the secondary indexes of the tables that grow, away while they do.
 *
 * Names and definitions are PostgreSQL's own words for them, so each comes back as it was. The
 * primary keys stay: what is written comes nearly in their order.
 */
#ifndef TESTS_BENCH_FILL_INDEXES_H
#define TESTS_BENCH_FILL_INDEXES_H

#include <libpq-fe.h>

#define INDEXES_MOST 32

struct indexes {
	char *definitions[INDEXES_MOST];
	int count;
};

void indexes_drop(struct indexes *indexes, PGconn *connection);
/* Makes them again, so many at once, and then has all tables that grew analysed. */
void indexes_make(struct indexes *indexes, const char *conninfo, int workers);

#endif
