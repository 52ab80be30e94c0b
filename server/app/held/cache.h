/* cache.h - the placements held folded, for load.c and load_ahead.c. */
#ifndef CONCORDAT_SERVER_APP_CACHE_H
#define CONCORDAT_SERVER_APP_CACHE_H

#include "internal.h"

/* One placement, in its own arena. Chained by bucket, and listed by use, latest first. */
struct held {
	struct arena *arena;
	struct placement *placement;
	size_t bytes;
	struct held *chain;
	struct held *newer, *older;
	struct worked worked;
	int keepers; /* callbacks and looks that still read it */
	bool forgotten;
};

struct cache {
	struct held **buckets;
	struct held *newest, *oldest;
	size_t bytes, bytes_most, count;
	struct held *given;  /* to a callback just now */
	uint64_t reconnects; /* of the store, when what is held was first read */
};

enum folded { FOLDED, FOLD_GAP, FOLD_FAILED };

/* What was read before a connection was lost may be of a database that was put back since, which no
 * newer entry would show: it is put out. Before anything is believed to be held. */
void cache_trust(struct app *app);
/* NULL when it is not held. */
struct held *cache_find(struct cache *cache, struct uuid placement);
/* Without facts yet. */
struct held *cache_new(struct cache *cache, struct uuid authority, struct uuid placement);
/* Puts it out; whoever keeps it still may read it. */
void cache_drop(struct cache *cache, struct held *held);
/* One stored fact folded in, unless it is already; *why when it cannot be. */
enum folded cache_fold(struct held *held, int32_t seq, int64_t recorded_at_us,
		       const struct digest *leaf_hash, struct text body, struct text *why);
/* Counts what it has grown to, and puts out the least lately used until there is room. */
void cache_weigh(struct cache *cache, struct held *held);

#endif
