/* plain.h - a blocking connection, for start-up and for commands; never on the loop. */
#ifndef STORE_PLAIN_H
#define STORE_PLAIN_H

#include <libpq-fe.h>

#include "concordat/store/store.h"

/* NULL and *why when it cannot be reached. statement_timeout_ms 0: no limit. */
PGconn *plain_connect(struct arena *arena, const char *conninfo, int64_t statement_timeout_ms,
		      struct text *why);

/* Rows in the arena; NULL and *why when refused. sqlstate: six bytes, or NULL. */
struct rows *plain_ask(PGconn *conn, struct arena *arena, const char *sql,
		       const struct param *params, size_t count, char *sqlstate, struct text *why);

/* Several statements at once, without parameters or rows. */
bool plain_do(PGconn *conn, struct arena *arena, const char *sql, char *sqlstate, struct text *why);

/* second when first is empty */
const char *conninfo_or(const char *first, const char *second);

/* Whether the schema's version is this program's; *why says what to run. */
bool schema_fits(int64_t there, struct arena *arena, struct text *why)
	__attribute__((warn_unused_result));
/* Makes *why, of a look that failed with sqlstate, say that the schema is missing when that is it.
 */
void schema_explain(const char *sqlstate, struct arena *arena, struct text *why);

#endif
