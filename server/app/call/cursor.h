/* cursor.h - where a reader stands in an authority's log, sealed. */
#ifndef CONCORDAT_SERVER_APP_CURSOR_H
#define CONCORDAT_SERVER_APP_CURSOR_H

#include "internal.h"

/* index: the first entry that the reader has not been shown; leaf: the hash of the one before it,
 * zero at the log's beginning. */
struct place {
	int64_t index;
	struct digest leaf;
};

/* Printable, another one each time: it does not say whether anything has happened. */
struct text cursor_seal(const struct app *app, struct arena *arena, struct uuid authority,
			struct uuid organisation, struct place place);
/* False: it is none of this authority and organisation, or not by this master key. Of the leaf only
 * the first bytes come back. */
bool cursor_open(const struct app *app, struct text cursor, struct uuid authority,
		 struct uuid organisation, struct place *place) __attribute__((warn_unused_result));
/* Whether a place that was opened is behind the entry with this hash. */
bool place_follows(const struct place *opened, const struct digest *leaf);

#endif
