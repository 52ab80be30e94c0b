/* cursor.h - where a reader stands in an authority's log, sealed. */
#ifndef CONCORDAT_SERVER_APP_CURSOR_H
#define CONCORDAT_SERVER_APP_CURSOR_H

#include "internal.h"

/* Printable, another one each time: it does not say whether anything has happened. index: the first
 * entry that the reader has not been shown. */
struct text cursor_seal(const struct app *app, struct arena *arena, struct uuid authority,
			struct uuid organisation, int64_t index);
/* False: it is none of this authority and organisation, or not by this master key. */
bool cursor_open(const struct app *app, struct text cursor, struct uuid authority,
		 struct uuid organisation, int64_t *index) __attribute__((warn_unused_result));

#endif
