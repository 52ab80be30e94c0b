/*
 * fill_copy.c - rows into a table by COPY, in PostgreSQL's binary form.
 */
#include "fill_copy.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "concordat/core/calendar.h"

/* The server counts from 2000-01-01. */
#define SERVER_EPOCH_US INT64_C(946684800000000)
#define COPY_HEAD "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"

void fail(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("fill: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

/* ---- statements ---- */

PGconn *sql_connect(const char *conninfo)
{
	PGconn *connection = PQconnectdb(conninfo);

	if (PQstatus(connection) != CONNECTION_OK)
		fail("The database cannot be reached: %s", PQerrorMessage(connection));
	sql_do(connection, "set client_min_messages = warning");
	return connection;
}

PGresult *sql_rows(PGconn *connection, const char *statement, int param_count,
		   const char *const *params)
{
	PGresult *result =
		PQexecParams(connection, statement, param_count, NULL, params, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		fail("%s: %s", statement, PQresultErrorMessage(result));
	return result;
}

void sql_do(PGconn *connection, const char *statement)
{
	PQclear(sql_rows(connection, statement, 0, NULL));
}

int64_t sql_int(PGconn *connection, const char *statement)
{
	PGresult *result = sql_rows(connection, statement, 0, NULL);
	int64_t n;

	if (PQntuples(result) != 1 || !text_to_int(text_of(PQgetvalue(result, 0, 0)), &n))
		fail("%s: no number came back", statement);
	PQclear(result);
	return n;
}

/* ---- COPY ---- */

static void flush(struct copy *copy)
{
	if (copy->len && PQputCopyData(copy->connection, copy->buffer, (int)copy->len) != 1)
		fail("Rows cannot be sent to %s: %s", copy->table,
		     PQerrorMessage(copy->connection));
	copy->len = 0;
}

static void put(struct copy *copy, const void *bytes, size_t size)
{
	if (size > COPY_BUFFER)
		fail("A column of %s has %zu bytes, more than the buffer holds", copy->table, size);
	if (copy->len + size > COPY_BUFFER)
		flush(copy);
	memcpy(copy->buffer + copy->len, bytes, size);
	copy->len += size;
}

static void put_column(struct copy *copy, const void *bytes, size_t size)
{
	uint32_t word = htobe32(bytes ? (uint32_t)size : UINT32_MAX);

	put(copy, &word, sizeof(word));
	if (bytes)
		put(copy, bytes, size);
}

void copy_begin(struct copy *copy, PGconn *connection, const char *table, const char *columns)
{
	char statement[512];
	PGresult *result;

	*copy = (struct copy){.connection = connection, .table = table, .columns = 1};
	for (const char *c = columns; *c; c++)
		copy->columns += *c == ',';
	copy->buffer = malloc(COPY_BUFFER);
	if (!copy->buffer)
		fail("Out of memory");
	snprintf(statement, sizeof(statement), "copy %s (%s) from stdin (format binary)", table,
		 columns);
	result = PQexec(connection, statement);
	if (PQresultStatus(result) != PGRES_COPY_IN)
		fail("%s: %s", statement, PQresultErrorMessage(result));
	PQclear(result);
	put(copy, COPY_HEAD, sizeof(COPY_HEAD) - 1);
}

void copy_row(struct copy *copy)
{
	uint16_t columns = htobe16((uint16_t)copy->columns);

	put(copy, &columns, sizeof(columns));
	copy->rows++;
}

void copy_uuid(struct copy *copy, struct uuid id)
{
	put_column(copy, uuid_is_zero(id) ? NULL : id.bytes, sizeof(id.bytes));
}

void copy_text(struct copy *copy, struct text t)
{
	put_column(copy, t.at, t.len);
}

void copy_bytes(struct copy *copy, const void *bytes, size_t size)
{
	put_column(copy, bytes, size);
}

void copy_int(struct copy *copy, int32_t n)
{
	uint32_t word = htobe32((uint32_t)n);

	put_column(copy, &word, sizeof(word));
}

void copy_long(struct copy *copy, int64_t n)
{
	uint64_t word = htobe64((uint64_t)n);

	put_column(copy, &word, sizeof(word));
}

void copy_instant(struct copy *copy, int64_t at_us)
{
	if (at_us == NEVER_US)
		copy_null(copy);
	else
		copy_long(copy, at_us - SERVER_EPOCH_US);
}

void copy_bool(struct copy *copy, bool b)
{
	char byte = b;

	put_column(copy, &byte, 1);
}

void copy_null(struct copy *copy)
{
	put_column(copy, NULL, 0);
}

void copy_end(struct copy *copy)
{
	const uint16_t end = UINT16_MAX;
	PGresult *result;

	put(copy, &end, sizeof(end));
	flush(copy);
	if (PQputCopyEnd(copy->connection, NULL) != 1)
		fail("%s cannot be ended: %s", copy->table, PQerrorMessage(copy->connection));
	while ((result = PQgetResult(copy->connection))) {
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			fail("The rows of %s were refused: %s", copy->table,
			     PQresultErrorMessage(result));
		PQclear(result);
	}
	free(copy->buffer);
	copy->buffer = NULL;
}
