/* outcome.h - what an SQLSTATE means to us; the one table is in outcome.c. */
#ifndef STORE_OUTCOME_H
#define STORE_OUTCOME_H

#include <stdbool.h>

#include "concordat/store/store.h"

struct meaning {
	const char *prefix; /* of the SQLSTATE; the first row that fits counts */
	enum store_outcome outcome;
	bool again;  /* the same transaction may succeed if tried again */
	bool redial; /* the connection is of no more use */
};

/* function: the server's routine that raised it, or NULL. Never NULL. */
const struct meaning *meaning_of(const char *sqlstate, const char *function);

#endif
