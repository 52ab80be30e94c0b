/* rows.h - from PGresult to struct rows; the only other place that sees a PGresult is pipe.c's
 * callers. */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include <libpq-fe.h>

#include "concordat/store/store.h"

struct rows *rows_of(struct arena *arena, const PGresult *result);

/* Text parameters end in NUL for libpq, so a NUL inside one is refused: false. */
bool params_settle(struct arena *arena, const struct param *params, size_t count,
		   struct param *out);

/* An int8 of the result itself, without copying rows. */
int64_t result_int(const PGresult *result, int row, int column, int64_t when_null);

#endif
