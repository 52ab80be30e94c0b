/* grow.h - a log's tree with more leaves: its new root, and the rows of it that are other now. */
#ifndef CONCORDAT_SERVER_JOBS_GROW_H
#define CONCORDAT_SERVER_JOBS_GROW_H

#include "concordat/app/log.h"

struct grown {
	struct digest root;
	int64_t size;
	/* rows of log_tile, side by side, as array parameters take them */
	struct text *levels, *ns, *hashes;
	size_t count;
};

/* leaves: 32 bytes each. The state's own tree is left as it is. */
void grow(struct arena *arena, const struct log_state *state, struct text leaves,
	  struct grown *out);

#endif
