/* batch.h - moves that go to the database together, on one lane of append.c. */
#ifndef STORE_BATCH_H
#define STORE_BATCH_H

#include "entries.h"
#include "pipe.h"

#define BATCH_MOST 32

struct lane;

struct batch {
	struct arena *arena;
	struct segment segment;
	struct entry *entries[BATCH_MOST];
	size_t count;
	unsigned int tries;
	struct lane *lane;
	struct batch *next;
};

/* Empty, with an arena of its own. */
struct batch *batch_new(struct lane *lane);
/* Whether a move of the same stream is in it. */
bool batch_holds(const struct batch *b, const struct append *append);
/* Whether one of its moves is of this authority. */
bool batch_is_of(const struct batch *b, struct uuid authority);
/* Whether all of its moves have waited since before then. */
bool batch_is_old(const struct batch *b, int64_t us);
/* Whether it failed because somebody made the same person a moment ago: not a fault, only late. */
bool batch_is_late(const struct batch *b);
/* An error line about the move that stands alone in it and cannot be appended. */
void batch_report_fault(const struct batch *b);

#endif
