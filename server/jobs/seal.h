/*
 * seal.h - some logs sealed together: where they stand, their next leaves, one statement.
 */
#ifndef CONCORDAT_SERVER_JOBS_SEAL_H
#define CONCORDAT_SERVER_JOBS_SEAL_H

#include "concordat/app/log.h"
#include "internal.h"

/* Logs that are sealed no further, for what is kept of them does not agree. */
#define REFUSED_MOST 256
struct refusals {
	struct refused {
		struct uuid authority;
		const char *fault;
		int64_t said_us, retry_us; /* monotonic */
	} logs[REFUSED_MOST];
	size_t count;
};

/* What a turn of the sealer goes by, and gathers. */
struct seal_turn {
	struct jobs *jobs;
	const struct lease *lease;
	const struct signing_key *key;
	struct refusals *refused;
	struct arena *arena;	   /* of the turn */
	const struct rows *behind; /* the statement log_behind */
	size_t at;		   /* the next log */
	uint8_t (*keys)[32];	   /* all that have signed, and ours */
	size_t key_count;
	bool singly;	       /* one log a statement: together they could not be written */
	struct text filed_why; /* it cannot be relied on, and no log is sealed; TEXT_NONE: it can */
	struct text filed;     /* what is kept outside the database; log_filed_load */
	struct log_newest *newest; /* checkpoints that were signed, to be kept there */
	size_t newest_count;
	bool filing_only; /* what was sealed goes there, and nothing more is sealed */
	bool more;	  /* some log holds more than was sealed of it */
	bool failed;
	void (*on_done)(void *context);
	void *context;
	struct seal_group *group;
};

enum behind_column { BEHIND_AUTHORITY, BEHIND_HEAD, BEHIND_POSITION };

/* All that are behind, a group after the other; then on_done. */
void seal_next(struct seal_turn *turn);

#endif
