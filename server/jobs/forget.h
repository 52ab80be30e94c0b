/* forget.h - what is kept for a while only, and then forgotten, by whoever is the clock. */
#ifndef CONCORDAT_SERVER_JOBS_FORGET_H
#define CONCORDAT_SERVER_JOBS_FORGET_H

#include "internal.h"

struct forget {
	struct jobs *jobs;
	struct arena *asked; /* NULL: not just now */
	size_t turn;	     /* which kind is next */
	int64_t next_us;     /* monotonic */
};

/* About once a minute, and at once again while there are more; lease: the clock's, held. */
void forget_old(struct forget *forget, const struct lease *lease);

#endif
