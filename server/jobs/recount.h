/* recount.h - what runs by an older calendar is counted again by a newer one, by whoever is the
 * clock. */
#ifndef CONCORDAT_SERVER_JOBS_RECOUNT_H
#define CONCORDAT_SERVER_JOBS_RECOUNT_H

#include "chunk.h"

struct recount {
	struct jobs *jobs;
	const struct lease *lease; /* the clock's */
	const void *done_with;	   /* the reference data by which nothing is left to count again */
	int64_t not_before_us;	   /* monotonic: it looks again then */
	/* of the look that goes on */
	struct arena *look;	   /* NULL: none does */
	const void *held;	   /* the reference data as it began */
	const struct rows *behind; /* authorities, a walk each */
	size_t at;
	bool left; /* an authority's turn has not come yet, or its walk was broken off */
	/* of the walk */
	struct uuid authority;
	int32_t version;
	int32_t from_day;
	struct uuid placement; /* how far it has come */
	struct chunk chunk;
	int64_t seen, moved;
	int64_t began_us;
};

void recount_open(struct recount *recount, struct jobs *jobs, const struct lease *lease);
/* Looks whether newer calendars ask for walks, unless it does so already; the lease is held. */
void recount_look(struct recount *recount);

#endif
