/*
 * plain.c - blocking calls for what runs before the loop or instead of it.
 *
 * Start-up's look at the schema, migrations, and commands such as create-admin.
 */
#include "plain.h"
#include "queries.h"

#include <assert.h>
#include <string.h>

#include "concordat/base/report.h"
#include "pipe.h"
#include "rows.h"

/* A notice is for a person at psql, not for a log. */
static void on_notice(void *context, const PGresult *result)
{
	(void)context;
	(void)result;
}

static void copy_sqlstate(char *to, const PGresult *result)
{
	const char *from = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (!to)
		return;
	memset(to, 0, 6);
	if (from)
		memcpy(to, from, strnlen(from, 5));
}

static bool is_done(PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

const char *conninfo_or(const char *first, const char *second)
{
	return first && first[0] ? first : second;
}

PGconn *plain_connect(struct arena *arena, const char *conninfo, int64_t statement_timeout_ms,
		      struct text *why)
{
	struct text options = session_settings(arena, statement_timeout_ms, "", conninfo);
	const char *keywords[] = {"target_session_attrs",
				  "connect_timeout",
				  "application_name",
				  "dbname",
				  "options",
				  "client_encoding",
				  NULL};
	const char *values[] = {
		"read-write", "5", "concordatd command", conninfo, text_cstr(arena, options),
		"UTF8",	      NULL};
	PGconn *conn = PQconnectdbParams(keywords, values, 1);

	if (!conn)
		report_fatal("store", "out of memory");
	if (PQstatus(conn) == CONNECTION_OK) {
		PQsetNoticeReceiver(conn, on_notice, NULL);
		return conn;
	}
	*why = text_printf(arena, "cannot reach the database: %.*s",
			   TEXT_FMT(first_line(arena, PQerrorMessage(conn))));
	PQfinish(conn);
	return NULL;
}

struct rows *plain_ask(PGconn *conn, struct arena *arena, const char *sql,
		       const struct param *params, size_t count, char *sqlstate, struct text *why)
{
	const char *values[PIPE_PARAMS];
	int lengths[PIPE_PARAMS], formats[PIPE_PARAMS];
	struct param *settled = arena_array(arena, struct param, count);
	struct rows *rows = NULL;
	PGresult *result;

	assert(count <= PIPE_PARAMS);
	if (!params_settle(arena, params, count, settled)) {
		*why = TEXT("a text holds a NUL byte: take it out");
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		values[i] = settled[i].value.at;
		lengths[i] = (int)settled[i].value.len;
		formats[i] = settled[i].binary;
	}
	result = PQexecParams(conn, sql, (int)count, NULL, values, lengths, formats, 0);
	if (is_done(result)) {
		rows = rows_of(arena, result);
	} else {
		copy_sqlstate(sqlstate, result);
		*why = first_line(arena, PQresultErrorMessage(result));
	}
	PQclear(result);
	return rows;
}

bool plain_do(PGconn *conn, struct arena *arena, const char *sql, char *sqlstate, struct text *why)
{
	PGresult *result = PQexec(conn, sql);
	bool done = is_done(result);

	if (!done) {
		copy_sqlstate(sqlstate, result);
		*why = first_line(arena, PQresultErrorMessage(result));
	}
	PQclear(result);
	return done;
}

bool schema_fits(int64_t there, struct arena *arena, struct text *why)
{
	if (there == store_schema_wanted())
		return true;
	*why = text_printf(arena,
			   "the database's schema is version %lld and this program needs %d: %s",
			   (long long)there, store_schema_wanted(),
			   there > store_schema_wanted() ? "run a newer concordatd"
							 : "run concordatd migrate");
	return false;
}

void schema_explain(const char *sqlstate, struct arena *arena, struct text *why)
{
	if (sqlstate[0] == '4' && sqlstate[1] == '2')
		*why = text_printf(arena,
				   "the database has no schema that this user may read: run "
				   "concordatd migrate (%.*s)",
				   TEXT_FMT(*why));
}

static bool schema_is_ours(PGconn *conn, struct arena *arena, struct text *why)
{
	char sqlstate[6] = "";
	struct rows *rows =
		plain_ask(conn, arena, SQL_STORE_SCHEMA_VERSION, NULL, 0, sqlstate, why);

	if (rows)
		return schema_fits(row_int(rows, 0, 0, 0), arena, why);
	schema_explain(sqlstate, arena, why);
	return false;
}

bool store_run(const struct config *config, struct arena *arena, const char *sql,
	       const struct param *params, size_t param_count, struct rows *rows, struct text *why)
{
	PGconn *conn = plain_connect(arena, config->database, config->statement_timeout_ms, why);
	struct rows *found = NULL;

	if (!conn)
		return false;
	if (schema_is_ours(conn, arena, why))
		found = plain_ask(conn, arena, sql, params, param_count, NULL, why);
	PQfinish(conn);
	if (found && rows)
		*rows = *found;
	return found != NULL;
}

/* ---- a session for a command ---- */

struct store_session {
	PGconn *conn;
	struct arena *arena;
};

static const char *conninfo_of(const struct config *config, enum store_role role)
{
	switch (role) {
	case STORE_SERVICE:
		break;
	case STORE_READER:
		return conninfo_or(config->database_reader, config->database);
	case STORE_OWNER:
		return conninfo_or(config->database_owner, config->database);
	}
	return config->database;
}

struct store_session *store_session_open(const struct config *config, struct arena *arena,
					 enum store_role role, struct text *why)
{
	PGconn *conn =
		plain_connect(arena, conninfo_of(config, role), config->statement_timeout_ms, why);
	struct store_session *session;

	if (!conn)
		return NULL;
	session = arena_make(arena, struct store_session);
	*session = (struct store_session){conn, arena};
	return session;
}

bool store_session_read(struct store_session *session, struct arena *arena, const char *sql,
			const struct param *params, size_t param_count, struct rows *rows,
			struct text *why)
{
	const struct rows *found =
		plain_ask(session->conn, arena, sql, params, param_count, NULL, why);

	if (found)
		*rows = *found;
	return found != NULL;
}

bool store_session_ask(struct store_session *session, const char *sql, const struct param *params,
		       size_t param_count, struct rows *rows, struct text *why)
{
	return store_session_read(session, session->arena, sql, params, param_count, rows, why);
}

bool store_session_freeze(struct store_session *session, struct text *snapshot, struct text *why)
{
	struct arena *arena = session->arena;
	struct text at = TEXT_NONE, begin;
	struct rows rows;

	if (snapshot->at)
		at = text_printf(arena, "set transaction snapshot '%.*s';", TEXT_FMT(*snapshot));
	begin = text_printf(arena,
			    "begin isolation level repeatable read read only; %.*s "
			    "set local statement_timeout = 0; "
			    "set local idle_in_transaction_session_timeout = 0",
			    TEXT_FMT(at));
	if (!plain_do(session->conn, arena, begin.at, NULL, why))
		return false;
	if (snapshot->at)
		return true;
	if (!store_session_ask(session, SQL_STORE_SNAPSHOT, NULL, 0, &rows, why))
		return false;
	*snapshot = row_text(&rows, 0, 0);
	return true;
}

bool store_session_fits(struct store_session *session, struct text *why)
{
	return schema_is_ours(session->conn, session->arena, why);
}

void store_session_close(struct store_session *session)
{
	if (session)
		PQfinish(session->conn);
}
