/* outcome.h - what became of a notice is brought to its placement. */
#ifndef CONCORDAT_SERVER_JOBS_OUTCOME_H
#define CONCORDAT_SERVER_JOBS_OUTCOME_H

#include "internal.h"

struct outcome_work {
	struct jobs *jobs;
	struct arena *arena; /* of the round; NULL: not just now */
	const struct rows *rows;
	size_t at;
	bool again;
};

/* Brings what waits, one by one; asked meanwhile, it looks again. */
void outcome_look(struct outcome_work *work);

#endif
