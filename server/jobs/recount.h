/* recount.h - what runs by an older calendar is counted again by a newer one, by whoever is the
 * clock. */
#ifndef CONCORDAT_SERVER_JOBS_RECOUNT_H
#define CONCORDAT_SERVER_JOBS_RECOUNT_H

#include "internal.h"

struct recount {
	struct jobs *jobs;
	const struct lease *lease;    /* the clock's */
	int32_t done[DIVISION_COUNT]; /* the version whose walk is over, as far as known; 0: none */
	int64_t not_before_us[DIVISION_COUNT]; /* monotonic: the walk may begin then */
	bool walking;
	enum division division; /* of the walk */
	int32_t version;
	int32_t from_day;
	struct uuid authority, placement; /* how far it has come */
	struct arena *chunk;
	struct uuid *authorities, *placements; /* of the chunk */
	size_t count, begun, out;
	bool failed; /* one of the chunk's placements could not be looked at just now */
	int64_t seen, moved;
	int64_t began_us;
};

void recount_open(struct recount *recount, struct jobs *jobs, const struct lease *lease);
/* Begins a walk where a newer calendar asks for one and none goes on; the lease is held. */
void recount_look(struct recount *recount);

#endif
