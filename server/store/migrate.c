/*
 * migrate.c - the schema, forward only.
 *
 * One at a time by a session's advisory lock, which is polled: waiting for it
 * inside PostgreSQL would hold a snapshot. Each migration commits together
 * with its record, so a failure leaves the schema at a version that has a name.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "migrations.h"
#include "plain.h"
#include "queries.h"

#define LOCK_PATIENCE_US INT64_C(60000000)
#define LOCK_POLL_NS 250000000

/* As sysexits.h has them. */
enum {
	EXIT_UNREACHABLE = 69,
	EXIT_FAULT = 70,
	EXIT_BUSY = 75,
	EXIT_FORBIDDEN = 77,
	EXIT_NEWER = 78
};

static int lock(PGconn *conn, struct arena *arena, struct text *why)
{
	int64_t until_us = monotonic_us() + LOCK_PATIENCE_US;

	for (;;) {
		struct rows *rows =
			plain_ask(conn, arena, SQL_MIGRATE_TRY_LOCK, NULL, 0, NULL, why);

		if (!rows)
			return EXIT_FAULT;
		if (row_bool(rows, 0, 0))
			return 0;
		if (monotonic_us() > until_us) {
			*why = TEXT("another migration has been running for a minute: wait for it, "
				    "then run migrate again");
			return EXIT_BUSY;
		}
		nanosleep(&(struct timespec){.tv_nsec = LOCK_POLL_NS}, NULL);
	}
}

/* Roles belong to the cluster, so another database's migration may make them at the same time. */
static bool is_there_already(const char *sqlstate)
{
	return strcmp(sqlstate, "42710") == 0 || strcmp(sqlstate, "23505") == 0;
}

static int make_roles(PGconn *conn, struct arena *arena, struct text *why)
{
	struct rows *missing =
		plain_ask(conn, arena, SQL_MIGRATE_MISSING_ROLES, NULL, 0, NULL, why);

	if (!missing)
		return EXIT_FAULT;
	for (size_t i = 0; i < missing->count; i++) {
		struct text role = row_text(missing, i, 0), reason;
		char sqlstate[6] = "";
		const char *sql = text_cstr(
			arena, text_printf(arena, "create role %.*s login", TEXT_FMT(role)));

		if (plain_do(conn, arena, sql, sqlstate, &reason)) {
			printf("created the role %.*s\n", TEXT_FMT(role));
		} else if (!is_there_already(sqlstate)) {
			*why = text_printf(
				arena,
				"the role %.*s is missing and this user may not create it (%.*s). "
				"As a superuser run: CREATE ROLE concordat_service LOGIN; CREATE "
				"ROLE concordat_reader LOGIN; then run migrate again",
				TEXT_FMT(role), TEXT_FMT(reason));
			return EXIT_FORBIDDEN;
		}
	}
	return 0;
}

static bool is_applied(const struct rows *applied, int version)
{
	for (size_t i = 0; i < applied->count; i++)
		if (row_int(applied, i, 0, 0) == version)
			return true;
	return false;
}

static int refuse_newer(const struct rows *applied, struct arena *arena, struct text *why)
{
	int64_t last = applied->count ? row_int(applied, applied->count - 1, 0, 0) : 0;

	if (last <= store_schema_wanted())
		return 0;
	*why = text_printf(arena,
			   "the database's schema is version %lld and this program knows only up "
			   "to %d: run a newer concordatd",
			   (long long)last, store_schema_wanted());
	return EXIT_NEWER;
}

static int apply(PGconn *conn, const struct migration *m, struct arena *arena, struct text *why)
{
	struct text version = text_printf(arena, "%d", m->version), reason;
	struct param record[] = {PARAM(version), PARAM(text_of(m->name))};

	if (plain_do(conn, arena, "begin", NULL, &reason) &&
	    plain_do(conn, arena, m->sql, NULL, &reason) &&
	    plain_ask(conn, arena, SQL_MIGRATE_RECORD, record, 2, NULL, &reason) &&
	    plain_do(conn, arena, "commit", NULL, &reason)) {
		printf("applied %s\n", m->name);
		return 0;
	}
	*why = text_printf(arena, "migration %s failed and was rolled back: %.*s", m->name,
			   TEXT_FMT(reason));
	return EXIT_FAULT;
}

static int migrate(PGconn *conn, struct arena *arena, struct text *why)
{
	const struct rows *applied;
	size_t done = 0;
	int code = lock(conn, arena, why);

	if (!code)
		code = make_roles(conn, arena, why);
	if (code)
		return code;
	if (!plain_do(conn, arena, SQL_MIGRATE_TABLE, NULL, why))
		return EXIT_FAULT;
	applied = plain_ask(conn, arena, SQL_MIGRATE_APPLIED, NULL, 0, NULL, why);
	if (!applied)
		return EXIT_FAULT;
	code = refuse_newer(applied, arena, why);
	for (size_t i = 0; i < migrations_count && !code; i++) {
		if (is_applied(applied, migrations[i].version))
			continue;
		code = apply(conn, &migrations[i], arena, why);
		done++;
	}
	if (!code && !done)
		printf("nothing to do: the schema is version %d\n", store_schema_wanted());
	return code;
}

static int print_status(PGconn *conn, struct arena *arena, struct text *why)
{
	static const struct rows none;
	const struct rows *there =
		plain_ask(conn, arena, SQL_MIGRATE_TABLE_EXISTS, NULL, 0, NULL, why);
	const struct rows *applied = &none;

	if (!there)
		return EXIT_FAULT;
	if (row_bool(there, 0, 0))
		applied = plain_ask(conn, arena, SQL_MIGRATE_APPLIED, NULL, 0, NULL, why);
	if (!applied)
		return EXIT_FAULT;
	for (size_t i = 0; i < applied->count; i++)
		printf("%.*s  applied %.*s UTC\n", TEXT_FMT(row_text(applied, i, 1)),
		       TEXT_FMT(row_text(applied, i, 2)));
	for (size_t i = 0; i < migrations_count; i++)
		if (!is_applied(applied, migrations[i].version))
			printf("%s  waiting\n", migrations[i].name);
	return refuse_newer(applied, arena, why);
}

int store_schema_wanted(void)
{
	return migrations[migrations_count - 1].version;
}

int store_migrate(const struct config *config, bool status_only, struct arena *arena,
		  struct text *why)
{
	PGconn *conn =
		plain_connect(arena, conninfo_or(config->database_owner, config->database), 0, why);
	int code;

	if (!conn)
		return EXIT_UNREACHABLE;
	/* DDL that waits for a lock makes everybody behind it wait too. */
	if (!plain_do(conn, arena, "set lock_timeout = '10s'", NULL, why))
		code = EXIT_FAULT;
	else if (status_only)
		code = print_status(conn, arena, why);
	else
		code = migrate(conn, arena, why);
	fflush(stdout);
	PQfinish(conn);
	return code;
}
