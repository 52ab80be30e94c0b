/*
 * post.h - the post office inside: what is in flight, and what has ended and is not recorded yet.
 * post.c claims and tries, post_record.c tells the database how it went.
 */
#ifndef CONCORDAT_SERVER_JOBS_POST_H
#define CONCORDAT_SERVER_JOBS_POST_H

#include <pthread.h>

#include "channel.h"
#include "outcome.h"

#define OFFICES_MOST 2

struct transfer {
	struct office *office;
	struct arena *arena;
	int64_t term;
	int64_t claimed_us;	       /* monotonic */
	int64_t retry_ms;	       /* NEVER_MS: no more tries */
	struct transfer *next, **link; /* all that are in flight */

	/* The thread's from its start until it has handed the transfer back, but for cut. */
	pthread_t thread;
	bool has_thread;
	struct attempt attempt;
	struct transfer *next_ended; /* in ended, then in unrecorded or recorded */
};

/* A channel's part of it. */
struct office {
	struct post *post;
	const struct message_channel *channel;
	int64_t at_once, per_target, timeout_ms;
	bool claiming, again;
	size_t count; /* of its transfers */
};

struct post {
	struct jobs *jobs;
	struct alarm alarm;
	struct office offices[OFFICES_MOST];
	size_t office_count;
	struct transfer *transfers;
	struct alarm retry;    /* the soonest try to come again, of those of late */
	struct alarm patience; /* when stopping */
	int signal;	       /* eventfd: some have ended */
	struct event *ended_event;
	pthread_mutex_t lock; /* of ended */
	struct transfer *ended;
	struct transfer
		*unrecorded;	    /* ended, and their ends are still to be told to the database */
	struct transfer *recorded;  /* those of the statement under way */
	struct arena *record_arena; /* NULL: none is */
	struct alarm record_again;
	struct outcome_work outcome;
	int64_t outcomes_us; /* monotonic: looked for last; 0: now */
};

/* ---- post_record.c ---- */

/* How long a try is claimed for. */
int64_t office_claim_ms(const struct office *office);
/* Its thread is over, or it never had one: it waits for post_record. */
void transfer_ended(struct transfer *transfer);
/* Those that have ended, all in one statement; what ends meanwhile goes with the next. */
void post_record(struct post *post);
/* For alarms: a post's. */
void post_record_again(void *post);

#endif
