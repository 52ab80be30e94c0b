/*
 * outcome.c - from SQLSTATE to what the rest of the house is told.
 *
 * One table, most particular rows first. It is asked only when the server
 * answered: a connection that died without a word is pipe.c's own case.
 */
#include "outcome.h"

#include <string.h>

const char *const store_outcome_names[] = {
	[STORE_DONE] = "done", [STORE_MOVED_ON] = "moved_on", [STORE_AWAY] = "away",
	[STORE_FULL] = "full", [STORE_TIMEOUT] = "timeout",   [STORE_UNKNOWN] = "unknown",
	[STORE_BUG] = "bug",
};

static const struct meaning meanings[] = {
	{"40001", STORE_TIMEOUT, true, false},	/* serialization_failure */
	{"40P01", STORE_TIMEOUT, true, false},	/* deadlock_detected */
	{"55P03", STORE_TIMEOUT, true, false},	/* lock_not_available */
	{"57014", STORE_TIMEOUT, false, false}, /* query_canceled: statement_timeout */
	{"53300", STORE_AWAY, false, true},	/* too_many_connections */
	{"53", STORE_FULL, false, false},	/* insufficient_resources: disk, memory */
	{"58", STORE_FULL, false, false},	/* system_error: input or output failed */
	{"08", STORE_AWAY, false, true},	/* connection_exception */
	{"57P", STORE_AWAY, false, true},	/* shutdown, crash, starting up */
	{"25006", STORE_AWAY, false, true}, /* read_only_sql_transaction: no longer the primary */
	{"25P03", STORE_AWAY, false, true}, /* idle_in_transaction_session_timeout */
	{"26000", STORE_AWAY, false, true}, /* our prepared statement is gone */
	{"", STORE_BUG, false, false},
};

/* A migration changed a table under a prepared statement: preparing again on a new connection
 * helps. */
static const struct meaning stale_plan = {"0A000", STORE_AWAY, false, true};

const struct meaning *meaning_of(const char *sqlstate, const char *function)
{
	const struct meaning *m = meanings;

	if (strcmp(sqlstate, stale_plan.prefix) == 0 && function &&
	    strcmp(function, "RevalidateCachedQuery") == 0)
		return &stale_plan;
	while (strncmp(sqlstate, m->prefix, strlen(m->prefix)) != 0)
		m++;
	return m;
}
