/* walk.h - entries of a log in their order, each with its placement. */
#ifndef CONCORDAT_SERVER_APP_WALK_H
#define CONCORDAT_SERVER_APP_WALK_H

#include "internal.h"

enum walk_end {
	WALK_WHOLE,   /* every entry was given */
	WALK_STOPPED, /* on_entry wanted no more */
	WALK_AWAY,    /* the database */
	WALK_BROKEN   /* a placement cannot be read, which has been reported */
};

struct walk {
	struct app *app;
	struct arena *arena;	/* the walk's own: walk_free */
	bool reads_past_broken; /* leaves out what cannot be read */
	/* False: stop. The placement may be ahead of the fact; both are good until it returns. */
	bool (*on_entry)(struct walk *walk, const struct placement *placement,
			 const struct fact *fact, int64_t index);
	/* Once, and not after walk_stop; the walk is still there. The whole: every entry before
	 * walk->to was looked at. Else every one before walk->at. */
	void (*on_end)(struct walk *walk, enum walk_end end);
	void *context;
	/* the walk's */
	int64_t at, to, most;
	struct digest leaf; /* the hash of the last entry there is before walk->to */
	const struct rows *rows;
	size_t row;
	bool stopped, running;
};

struct walk *walk_new(struct app *app);
/* From one index to before another; at most so many entries, and so much of the log, with to
 * brought down to what they reach. organisation zero: the service itself. placement zero: all. */
void walk_start(struct walk *walk, struct uuid organisation, struct uuid authority,
		struct uuid placement, int64_t from, int64_t to, int64_t most);
/* It ends at the next turn, and frees itself. */
void walk_stop(struct walk *walk);
void walk_free(struct walk *walk);

#endif
