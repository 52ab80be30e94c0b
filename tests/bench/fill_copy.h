/*
 * fill_copy.h - rows into a table by COPY, in PostgreSQL's binary form.
 *
 * One connection a table. A row is begun by copy_row and has every column put in the order that
 * copy_begin named; zero uuids, absent texts and NEVER_US are nulls. Whatever goes wrong ends the
 * program with a sentence: what was written so far is rolled back.
 */
#ifndef TESTS_BENCH_FILL_COPY_H
#define TESTS_BENCH_FILL_COPY_H

#include <libpq-fe.h>

#include "concordat/base/id.h"
#include "concordat/base/text.h"

/* One line on standard error, then exit with 1. */
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

PGconn *sql_connect(const char *conninfo);
/* Fails unless it succeeds. The result is the caller's to clear. */
PGresult *sql_rows(PGconn *connection, const char *statement, int param_count,
		   const char *const *params);
void sql_do(PGconn *connection, const char *statement);
/* The first column of the only row. */
int64_t sql_int(PGconn *connection, const char *statement);

#define COPY_BUFFER ((size_t)512 * 1024)

struct copy {
	PGconn *connection;
	const char *table;
	int columns;
	char *buffer; /* COPY_BUFFER bytes */
	size_t len;
	int64_t rows;
};

/* columns: "id, name" */
void copy_begin(struct copy *copy, PGconn *connection, const char *table, const char *columns);
void copy_row(struct copy *copy);
void copy_uuid(struct copy *copy, struct uuid id);
void copy_text(struct copy *copy, struct text t);
void copy_bytes(struct copy *copy, const void *bytes, size_t size);
void copy_int(struct copy *copy, int32_t n);
void copy_long(struct copy *copy, int64_t n);
void copy_instant(struct copy *copy, int64_t at_us);
void copy_bool(struct copy *copy, bool b);
void copy_null(struct copy *copy);
void copy_end(struct copy *copy);

#endif
