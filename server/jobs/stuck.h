/* stuck.h - entries that cannot be read: telling of an authority's waits for one, and then goes on
 * without it. */
#ifndef CONCORDAT_SERVER_JOBS_STUCK_H
#define CONCORDAT_SERVER_JOBS_STUCK_H

#include "internal.h"

#define STUCK_MOST 64 /* authorities */

struct stuck {
	struct uuid authority;
	int64_t leaf_index, since_us, retry_us; /* monotonic */
};

struct stuck_list {
	struct stuck items[STUCK_MOST];
	size_t count;
};

/* Whether the authority's turn has not come again. */
bool stuck_waits(const struct stuck_list *list, struct uuid authority);
void stuck_over(struct stuck_list *list, struct uuid authority);
/* The entry at leaf_index, of that placement or home, cannot be read; reported. True when it has
 * been waited for long enough. */
bool stuck_at(struct stuck_list *list, struct uuid authority, struct uuid stream,
	      int64_t leaf_index);

#endif
