/* walk.h - entries of a log in their order, each with its placement, or its home. */
#ifndef CONCORDAT_SERVER_APP_WALK_H
#define CONCORDAT_SERVER_APP_WALK_H

#include "concordat/core/home.h"
#include "internal.h"

enum walk_end {
	WALK_WHOLE,   /* every entry was given */
	WALK_STOPPED, /* on_entry wanted no more */
	WALK_AWAY,    /* the database */
	WALK_BROKEN   /* one cannot be read, which has been reported */
};

/* Of a placement, or of the authority's record of a home. Either may be ahead of the entry; all of
 * it is good until on_entry returns. */
struct walked {
	int64_t index;
	struct digest leaf;
	struct text traceparent; /* TEXT_NONE: none */
	const struct placement *placement;
	const struct fact *fact;
	const struct home_read *home;
	const struct home_fact *home_fact;
};

struct walk {
	struct app *app;
	struct arena *arena;	/* the walk's own: walk_free */
	bool reads_past_broken; /* leaves out what cannot be read */
	/* False: stop. */
	bool (*on_entry)(struct walk *walk, const struct walked *entry);
	/* Once, and not after walk_stop; the walk is still there. The whole: every entry before
	 * walk->to was looked at. Else every one before walk->at. */
	void (*on_end)(struct walk *walk, enum walk_end end);
	void *context;
	/* the walk's */
	int64_t at, to, most;
	struct digest leaf; /* the hash of the last entry there is before walk->to */
	struct uuid authority;
	const struct rows *rows;
	size_t row;
	struct home_read home; /* the last that was looked at */
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
