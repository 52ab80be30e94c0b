/*
 * fill_people.h - who there is: councils, providers with a home each, those who work there, tokens.
 *
 * Ids and secrets are made from names, so that a later run finds the same people without asking.
 * The secrets are no secrets: this is for a private cluster and for nothing else.
 */
#ifndef TESTS_BENCH_FILL_PEOPLE_H
#define TESTS_BENCH_FILL_PEOPLE_H

#include <libpq-fe.h>

#include "concordat/base/id.h"
#include "concordat/base/text.h"

#define COUNCILS 150
#define PROVIDERS 300
#define SECRET_LEN 47

struct council {
	struct uuid id, officer, panel, signatory;
	char secret[SECRET_LEN + 1]; /* the officer's bearer token */
	int64_t log_size;	     /* before this run */
};

struct provider {
	struct uuid id, home, negotiator;
	char secret[SECRET_LEN + 1]; /* the negotiator's */
};

struct people {
	struct council councils[COUNCILS];
	struct provider providers[PROVIDERS];
};

/* Enters them on the first run. True when they were not there. */
bool people_enter(struct people *people, PGconn *connection, int64_t now_us);

#endif
