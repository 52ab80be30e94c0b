/*
 * fill_indexes.c - the secondary indexes of the tables that grow, away while they do.
 */
#include "fill_indexes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fill_copy.h"

/* The longest task first. */
static const char secondary[] =
	"select i.indexname, i.indexdef from pg_indexes i "
	"where i.schemaname = 'public' and i.tablename in ('fact', 'stream', 'placement', "
	"'placement_party', 'obligation', 'person', 'personal_text') "
	"and not exists (select from pg_constraint c where c.conname = i.indexname) "
	"order by i.tablename <> 'fact', i.indexname";

/* Vacuumed as well, else the server would begin to do so in the middle of what is measured. */
static const char *const analyses[] = {
	"vacuum (analyze) fact",
	"vacuum (analyze) personal_text",
	"vacuum (analyze) obligation",
	"vacuum (analyze) placement",
	"vacuum (analyze) placement_party",
	"vacuum (analyze) person",
	"vacuum (analyze) stream",
	"vacuum (analyze) log_head, deliver_cursor, organisation, app_user, token",
};
#define ANALYSES ((int)(sizeof(analyses) / sizeof(analyses[0])))

void indexes_drop(struct indexes *indexes, PGconn *connection)
{
	PGresult *result = sql_rows(connection, secondary, 0, NULL);
	char statement[256];

	indexes->count = PQntuples(result);
	if (indexes->count > INDEXES_MOST)
		fail("There are %d indexes, more than are provided for", indexes->count);
	sql_do(connection, "begin");
	for (int i = 0; i < indexes->count; i++) {
		indexes->definitions[i] = strdup(PQgetvalue(result, i, 1));
		if (!indexes->definitions[i])
			fail("Out of memory");
		snprintf(statement, sizeof(statement), "drop index public.%s",
			 PQgetvalue(result, i, 0));
		sql_do(connection, statement);
	}
	sql_do(connection, "commit");
	PQclear(result);
}

/* The tasks of one worker: the next that nobody has begun. */
static void work(const struct indexes *indexes, const char *conninfo, int *next)
{
	PGconn *connection = sql_connect(conninfo);
	int i;

	sql_do(connection, "set maintenance_work_mem = '512MB'");
	sql_do(connection, "set max_parallel_maintenance_workers = 0");
	while ((i = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED)) < indexes->count + ANALYSES)
		sql_do(connection,
		       i < indexes->count ? indexes->definitions[i] : analyses[i - indexes->count]);
	PQfinish(connection);
}

void indexes_make(struct indexes *indexes, const char *conninfo, int workers)
{
	int *next = mmap(NULL, sizeof(*next), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			 -1, 0);
	int status, failed = 0;

	if (next == MAP_FAILED)
		fail("Out of memory");
	for (int i = 0; i < workers; i++) {
		pid_t pid = fork();

		if (pid < 0)
			fail("No worker can be started: %m");
		if (!pid) {
			work(indexes, conninfo, next);
			_exit(0);
		}
	}
	for (int i = 0; i < workers; i++)
		failed += wait(&status) < 0 || status != 0;
	if (failed)
		fail("Not every index was made again. Make the database anew");
	munmap(next, sizeof(*next));
	for (int i = 0; i < indexes->count; i++)
		free(indexes->definitions[i]);
}
